"""The days that a plan states, held to the years that tapes are held to."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from gaapbridge.plan.refusals import refusal
from gaapbridge.plan.written import written_key
from gaapbridge.terms.periods import FIRST_YEAR, LAST_YEAR


def check_days(path: Path, content: Mapping[str, Any]) -> None:
    """Raise ``UnusableInput`` at the first day of a plan of a year before 1900 or after 2200."""
    for key, day in _days(content, ""):
        if not FIRST_YEAR <= day.year <= LAST_YEAR:
            rule = f"a day is of the years {FIRST_YEAR} to {LAST_YEAR}"
            raise refusal(path, key, str(day), rule, "write the day that is meant")


def _days(value: Any, key: str) -> Iterator[tuple[str, date]]:
    """Every day within a value, with its key; in a list it has that of the list."""
    if isinstance(value, date):
        yield key, value
    elif isinstance(value, Mapping):
        for name, one in value.items():
            yield from _days(one, f"{key}.{written_key(name)}" if key else written_key(name))
    elif isinstance(value, list):
        for one in value:
            yield from _days(one, key)


def month_end_by(day: date) -> date:
    """The last month end that a day does not come before.

    >>> month_end_by(date(2023, 12, 31)), month_end_by(date(2023, 12, 30))
    (datetime.date(2023, 12, 31), datetime.date(2023, 11, 30))
    """
    after = day + timedelta(days=1)
    return after.replace(day=1) - timedelta(days=1)

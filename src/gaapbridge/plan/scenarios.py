"""The scenarios of curves that are estimated from history."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Any

from pydantic import BeforeValidator

from gaapbridge.plan.section import Section


def _odds(value: Any) -> Any:
    number = Decimal(value) if isinstance(value, int) and not isinstance(value, bool) else value
    if not (isinstance(number, Decimal) and number.is_finite() and number > 0):
        raise ValueError("must be a number above 0; write 1 for odds as in history")
    return number


class Scenarios(Section):
    """By scenario, how many times the odds of history it has that a contract worsens."""

    odds: dict[str, Annotated[Decimal, BeforeValidator(_odds)]]

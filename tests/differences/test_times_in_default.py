"""The times in default of a contract on which interest is not recognised on the allowance."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

import numpy as np
import pytest

from gaapbridge.contracts.credit import Schedule, StateRows
from gaapbridge.contracts.loans.stage_three import _spells


def one_of(kind: Any, **facts: object) -> Any:
    """One contract in the columns of a kind, nil where nothing is said of it."""
    return kind(**{one.name: np.array([facts.get(one.name, 0)]) for one in fields(kind)})


@pytest.mark.parametrize(
    ("days_past_due", "cured", "over"),
    [
        (150, "2023-11-30", "2023-11-01"),  # 90 days past due again on 1 November: there the first one ends
        (150, "2023-10-20", "2023-10-20"),  # cured before that: each has its own days
        (0, "2023-11-30", "2023-11-30"),  # and nothing since
    ],
)
def test_a_default_ends_where_the_next_begins(days_past_due: int, cured: str, over: str) -> None:
    first_payment = np.datetime64("2023-05-01")
    schedule = one_of(
        Schedule,
        origination_date=np.datetime64("2023-04-01"),
        first_payment_date=first_payment,
        term_instalments=12,
        first_length=1.0,
    )
    rows = one_of(
        StateRows,
        instant=np.datetime64("2023-12-31"),
        days_past_due=days_past_due,
        default_date=np.datetime64("2023-08-15"),
        cured_date=np.datetime64(cured),
    )
    was, lasts = _spells(schedule, rows, np.array([90]))
    assert (was.since[0], was.until[0]) == (np.datetime64("2023-08-15"), np.datetime64(over))
    assert str(lasts.since[0]) == ("2023-11-01" if days_past_due else "NaT")

"""Where contracts stand in their schedules, asked of some of them alone."""

from __future__ import annotations

from dataclasses import fields

import numpy as np

from gaapbridge.contracts.credit import Schedule, position_at, position_of_few
from gaapbridge.measure.calendar import Position

DAY = "datetime64[D]"


def test_few_contracts_stand_where_they_stand_among_all() -> None:
    """On 31 January 2023, days later each: two of four are asked, of the others nothing is known."""
    given = {
        "origination_date": np.array(["2022-01-15"] * 3 + ["2023-01-20"], DAY),
        "first_payment_date": np.array(["2022-02-15"] * 3 + ["2023-03-31"], DAY),
        "due_day": np.array([15, 15, 15, 31]),
        "term_instalments": np.array([12, 24, 24, 24]),
        "first_length": np.array([1.0, 1.0, 1.0, 2.5]),
    }
    schedule = Schedule(**{one.name: given.get(one.name, np.zeros(4)) for one in fields(Schedule)})
    at, asked = np.datetime64("2023-01-31") + np.arange(4), np.array([False, True, False, True])
    of_few, of_all = position_of_few(schedule, at, asked), position_at(schedule, at)
    assert of_all.instalments_due.tolist() == [12, 12, 12, 0] and (of_all.elapsed_periods[[1, 3]] > 0.0).all()
    for number in fields(Position):
        few, every = getattr(of_few, number.name), getattr(of_all, number.name)
        assert few.dtype == every.dtype and few.tolist() == np.where(asked, every, 0).tolist()

"""Where contracts stand in their schedules, asked of some of them alone, and from one state to the next."""

from __future__ import annotations

from dataclasses import fields

import numpy as np

from gaapbridge.contracts.credit import Schedule, StateRows, position_at, position_of_few, positions_of
from gaapbridge.measure.calendar import Position

DAY = "datetime64[D]"


GIVEN = {
    "origination_date": np.array(["2022-01-15"] * 3 + ["2023-01-20"], DAY),
    "first_payment_date": np.array(["2022-02-15"] * 3 + ["2023-03-31"], DAY),
    "due_day": np.array([15, 15, 15, 31]),
    "term_instalments": np.array([12, 24, 24, 24]),
    "first_length": np.array([1.0, 1.0, 1.0, 2.5]),
}
SCHEDULE = Schedule(**{one.name: GIVEN.get(one.name, np.zeros(4)) for one in fields(Schedule)})
AT = np.datetime64("2023-01-31") + np.arange(4)


def test_few_contracts_stand_where_they_stand_among_all() -> None:
    """On 31 January 2023, days later each: two of four are asked, of the others nothing is known."""
    asked = np.array([False, True, False, True])
    of_few, of_all = position_of_few(SCHEDULE, AT, asked), position_at(SCHEDULE, AT)
    assert of_all.instalments_due.tolist() == [12, 12, 12, 0] and (of_all.elapsed_periods[[1, 3]] > 0.0).all()
    for number in fields(Position):
        few, every = getattr(of_few, number.name), getattr(of_all, number.name)
        assert few.dtype == every.dtype and few.tolist() == np.where(asked, every, 0).tolist()


def test_a_state_is_looked_at_anew_where_its_day_is_another() -> None:
    """Of four contracts one left three months before the closing, and of one no day is known; the opening is a year before."""
    left = np.array(["2023-01-31", "2022-10-31", "2023-01-31", "NaT"], DAY)
    days = np.full(4, np.datetime64("2022-01-31")), left, np.full(4, np.datetime64("2023-01-31"))
    nothing = {one.name: np.zeros(4) for one in fields(StateRows)}
    states = [StateRows(**{**nothing, "instant": day}) for day in days]
    for found, day in zip(positions_of(SCHEDULE, states), days, strict=True):
        anew = position_at(SCHEDULE, day)
        for number in fields(Position):
            assert getattr(found, number.name).tolist() == getattr(anew, number.name).tolist()

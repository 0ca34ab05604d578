"""Where a contract stood at a month's end, worked out by hand."""

import numpy as np
import pytest

from gaapbridge.assumptions.curve_tables import BUCKETS
from gaapbridge.estimation import months as m
from gaapbridge.estimation.states import Standings, standings
from gaapbridge.measure.histories import DEFAULTED, IN_DEFAULT, NOT_SEEN, NOWHERE, REPAID, STAYED
from tests.estimation.histories import Contract, drawn, history, of_contracts

CURRENT, FIRST, SECOND, THIRD, PROBATION, LATE = (
    BUCKETS.index(name) for name in ("current", "1-30", "31-60", "61-90", "probation", "recently_late")
)


def stood(*contracts: Contract, default_days: int = 90, look_back_months: int = 12) -> Standings:
    return standings(history(*contracts), default_days, look_back_months)


def test_arrears_default_cure_and_probation() -> None:
    found = stood(Contract([0, 30, 60, 90, 30, 0, 0]))
    assert found.bucket.tolist() == [CURRENT, FIRST, SECOND, IN_DEFAULT, IN_DEFAULT, PROBATION, PROBATION]
    assert found.step.tolist() == [NOWHERE, STAYED, STAYED, DEFAULTED, NOWHERE, NOWHERE, STAYED]
    assert found.recency.tolist() == [13, 0, 0, 0, 0, 1, 2]
    assert found.default_recency.tolist() == [13, 13, 13, 0, 0, 1, 2]


@pytest.mark.parametrize(("days", "bucket"), [(0, CURRENT), (1, FIRST), (30, FIRST), (31, SECOND), (61, THIRD), (100, THIRD)])
def test_buckets_by_days(days: int, bucket: int) -> None:
    assert stood(Contract([days]), default_days=120).bucket.tolist() == [bucket]


def test_the_look_back_ends() -> None:
    found = stood(Contract([30, *[0] * 13]))
    assert found.bucket.tolist() == [FIRST, *[LATE] * 12, CURRENT]
    cured = stood(Contract([90, *[0] * 13]))
    assert cured.bucket.tolist() == [IN_DEFAULT, *[PROBATION] * 12, CURRENT]
    assert stood(Contract([30, 0, 0, 0]), look_back_months=2).bucket.tolist() == [FIRST, LATE, LATE, CURRENT]


def test_arrears_come_before_probation() -> None:
    assert stood(Contract([90, 0, 30, 0])).bucket.tolist() == [IN_DEFAULT, PROBATION, FIRST, PROBATION]


@pytest.mark.parametrize(
    ("event", "step"),
    [
        (m.PREPAID, REPAID),
        (m.MATURED, NOWHERE),
        (m.LEFT, NOWHERE),
        (m.GONE, NOWHERE),
        (m.CHARGED_OFF, DEFAULTED),
        (m.LEFT_WITH_BALANCE, DEFAULTED),
    ],
)
def test_how_a_contract_leaves(event: int, step: int) -> None:
    found = stood(Contract([0, 0], event))
    assert (found.bucket.tolist(), found.step.tolist()) == ([CURRENT, NOT_SEEN], [NOWHERE, step])


def test_who_is_in_default_does_not_default_by_its_charge_off() -> None:
    assert stood(Contract([60, 90, 120], m.CHARGED_OFF)).step.tolist() == [NOWHERE, DEFAULTED, NOWHERE]


def test_the_look_back_of_old_contracts_is_not_known_at_first() -> None:
    assert stood(Contract([0] * 8, age=20)).origin.tolist() == [False] * 5 + [True] * 3
    assert stood(Contract([0] * 3, age=1)).origin.tolist() == [True] * 3, "all since the first instalment was seen"
    assert stood(Contract([0] * 3, age=2)).origin.tolist() == [False] * 3
    assert stood(Contract([0] * 3, age=m.UNKNOWN)).origin.tolist() == [False] * 3


def test_nothing_begins_or_ends_in_a_month_that_was_not_observed() -> None:
    found = stood(Contract([0, 0, 30, 90, 0, 0, 0, 0, 0, 0], missing=[2]))
    assert found.bucket.tolist() == [CURRENT, CURRENT, NOT_SEEN, IN_DEFAULT, *[PROBATION] * 6]
    assert found.step.tolist() == [NOWHERE, STAYED, NOWHERE, NOWHERE, NOWHERE, *[STAYED] * 5]
    assert found.origin.tolist() == [True, True, *[False] * 6, True, True]


def test_frozen_months_leave_arrears_as_they_were() -> None:
    raw = [30, 60, 90, 120, 150, 180, 0]
    assert stood(Contract(raw)).bucket.tolist() == [FIRST, SECOND, *[IN_DEFAULT] * 4, PROBATION]
    found = stood(Contract(raw, frozen=[1, 2, 3]))
    assert found.bucket.tolist() == [FIRST, FIRST, FIRST, FIRST, SECOND, IN_DEFAULT, PROBATION]


def test_what_was_current_stays_current_in_frozen_months() -> None:
    found = stood(Contract([0, 30, 60, 90, 0, 30, 0], frozen=[1, 2, 3]))
    assert found.bucket.tolist() == [CURRENT] * 5 + [FIRST, LATE]


def test_arrears_fall_in_frozen_months() -> None:
    assert stood(Contract([60, 0, 30, 0], frozen=[1, 2])).bucket.tolist() == [SECOND, LATE, LATE, LATE]


def test_nothing_is_known_of_later_months() -> None:
    whole = drawn(60, 30, seed=3)
    found = standings(whole, 90, 12)
    early = whole.month <= whole.first_seen + 14
    for place in range(60):
        mine = of_contracts(whole, place, place + 1)
        own = early[whole.contract == place]
        cut = {
            name: getattr(mine, name)[own] if getattr(mine, name).size == own.size else getattr(mine, name)
            for name in ("contract", "month", "age", "arrears_days", "event", "observed", "frozen")
        }
        short = standings(m.Months(**{**vars(mine), **cut}), 90, 12)
        assert np.array_equal(short.bucket, found.bucket[(whole.contract == place) & early])


def test_who_comes_back_after_a_charge_off_was_in_default() -> None:
    months = history(Contract([0, 0, 0, 0]))
    months.event[1] = m.CHARGED_OFF
    found = standings(months, 90, 12)
    assert found.bucket.tolist() == [CURRENT, NOT_SEEN, PROBATION, PROBATION]
    assert found.step.tolist() == [NOWHERE, DEFAULTED, NOWHERE, STAYED]


def test_buckets_stand_in_the_order_of_the_tables() -> None:
    assert BUCKETS == ("current", "1-30", "31-60", "61-90", "probation", "recently_late")

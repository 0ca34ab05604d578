"""Losses of months ahead with what is deferred, by hand: a month is held at nil, its scenarios together; its current part."""

from __future__ import annotations

from decimal import Decimal

import pytest

from gaapbridge.reperform.deferred import Counted, DeferredAhead, Discount
from gaapbridge.reperform.exact import ONE, ZERO
from gaapbridge.reperform.losses import Chances, Losses, expected_loss
from gaapbridge.reperform.timeline import Exposure

HALF = Decimal("0.5")


def lost(
    scenarios: dict[str, tuple[str, str, str]],
    owed: list[tuple[int, int, int]],
    later: tuple[tuple[Decimal, Decimal], ...] = (),
    *,
    whole: bool = False,
) -> Losses:
    """Undiscounted losses: of each scenario weight, hazard and share lost; of each month principal, interest and deferral."""
    principal, interest, deferral = (tuple(map(Decimal, part)) for part in zip(*owed, strict=True))
    return expected_loss(
        tuple((name, Decimal(weight)) for name, (weight, _, _) in scenarios.items()),
        Chances(lambda name, t: Decimal(scenarios[name][1]), lambda name, t: ZERO),
        lambda name: Decimal(scenarios[name][2]),
        Exposure(principal, interest, (None,) * len(owed), tuple(Counted(one, "") for one in deferral), later),
        len(owed),
        lambda t: ONE,
        interest_is_lost_whole=whole,
    )


@pytest.mark.parametrize(("share", "all_of_it", "costs_alone"), [("0.5", 253_000, 303_000), ("0.05", 0, 30_300)])
def test_the_example_of_the_page(share: str, all_of_it: int, costs_alone: int) -> None:
    """303,000.00 owed, 25,000.00 of fees deferred, a chance of 2 %."""
    cases: list[tuple[Discount, int]] = [
        ("whole", all_of_it),
        ("left_when_accrual_stops", all_of_it),
        ("never_left", costs_alone),
    ]
    for discount, expected in cases:
        deferred = DeferredAhead(lambda day: Decimal(-2_500_000) / 30_000_000, ZERO, ONE, ONE, discount=discount)
        counted = deferred.counted(Decimal(30_000_000), 1, is_behind=False).amount
        found = lost({"base": ("1", "0.02", share)}, [(30_000_000, 300_000, int(counted))])
        assert found.estimate == expected


TWO = {"base": ("0.6", "0.02", "0.05"), "downside": ("0.4", "0.05", "0.5")}


def test_a_month_is_held_at_nil_over_its_scenarios_together() -> None:
    """1,000 owed: where 5 % is lost, fees of 100 leave 50 less than is recovered, and where 50 % is, 400 are lost: a month
    loses 0.6 x 0.02 x (50) + 0.4 x 0.05 x 400 = 7.4. With fees of 400 it is 0.012 x (350) + 0.02 x 100 = (2.2): nil, and takes
    nothing from the month after, 0.98 and 0.95 of 7.4's parts."""
    assert lost(TWO, [(1_000, 0, -100)]).estimate == Decimal("7.4")
    found = lost(TWO, [(1_000, 0, -400), (1_000, 0, -100)])
    assert found.estimate == Decimal("0.98") * Decimal("-0.6") + Decimal("0.95") * 8
    assert [month.weighted_loss for month in found.months[:2]] == [Decimal("-4.2"), 2]
    assert [month.loss for month in found.months[:2]] == [0, 0]
    assert [month.loss for month in found.months[2:]] == [month.weighted_loss for month in found.months[2:]]
    assert sum((month.loss for month in found.months), ZERO) == found.estimate


def test_interest_lost_whole_beside_what_is_deferred() -> None:
    """1,000 owed, 100 of interest, fees of 300: 2 % of 500 + 50 less 300, or of 500 + 100 less 300."""
    one = {"base": ("1", "0.02", "0.5")}
    assert [lost(one, [(1_000, 100, -300)], whole=whole).estimate for whole in (False, True)] == [5, 6]


@pytest.mark.parametrize(
    ("owed", "later", "current"),
    [
        ((1_000, 0, -300), ("0.25", "0"), "3"),  # 2 % of 200, a quarter of it later
        ((1_000, 0, 300), ("0.25", "1"), "12"),  # of 800
        ((1_000, 1_000, -300), ("0.25", "0"), "13"),  # 4 and 10: a quarter of the 4
        ((1_000, 1_000, -300), ("0.25", "1"), "3"),  # all of the 10 as well
        ((1_000, 1_000, -700), ("0.25", "0"), "6"),  # (4) and 10: nothing below nil is later
        ((1_000, 1_000, -700), ("0", "1"), "0"),  # 10 of 6 is no more than 6
        ((1_000, 1_000, -1_300), ("1", "1"), "0"),  # nothing is lost
        ((1_000, 1_000, -1_300), ("1", "0"), "0"),
    ],
)
def test_the_current_part_of_a_month(owed: tuple[int, int, int], later: tuple[str, str], current: str) -> None:
    """A chance of 2 % that half is lost, of what is owed and of interest, beside what is deferred."""
    of_principal, of_interest = map(Decimal, later)
    found = lost({"base": ("1", "0.02", "0.5")}, [owed], ((of_principal, of_interest),))
    assert found.current == Decimal(current)
    assert found.estimate == max(ZERO, (HALF * (owed[0] + owed[1]) + owed[2]) / 50)

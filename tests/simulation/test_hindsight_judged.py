"""What of hindsight is judged and what is only shown, from sums worked out by hand."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from gaapbridge.assumptions.curve_tables import BUCKETS
from gaapbridge.contracts.hindsight import PARTS, Expecting, Hindsight
from gaapbridge.period_close.hindsight import checks_of, judged, not_checked

CHANCE, OWED = 0.1, 100
"""Each contract defaults with this chance and then owes so much."""


def seen(contracts: int, came: int, buckets: int = 1) -> Hindsight:
    """Contracts of one segment in each of so many buckets, in two scenarios that expect the same, one of each framework."""

    def of(amount: float, dtype: type = np.int64) -> np.ndarray:
        cells = np.zeros((1, len(BUCKETS)), dtype)
        cells[0, :buckets] = amount
        return cells

    def twice(amount: float, dtype: type = np.int64) -> np.ndarray:
        return np.stack([of(amount, dtype)] * 2)

    mean, square = CHANCE * OWED, CHANCE * OWED**2
    return Hindsight(
        by=Expecting(("consumer",), ((0, 1.0), (1, 1.0)), (0.01, 0.01), (1.0, 1.0)),
        contracts=of(contracts),
        defaults=of(came),
        claims=of(came * OWED),
        claimed=of(came),
        outside=dict.fromkeys(("lost", "lost_principal_minor", "in_default_at_opening", "born", "born_and_defaulted"), 0),
        probability=twice(contracts * CHANCE * PARTS),
        doubt=twice(contracts * CHANCE * (1 - CHANCE) * PARTS),
        later=twice(contracts * CHANCE * PARTS),
        amount=twice(contracts * mean),
        lost=twice(0),
        lost_observed=twice(0),
        spread=twice(contracts * (square - mean**2), np.float64),
        counted={},
        stock=np.zeros((4, 1)),
    )


@pytest.mark.parametrize(("contracts", "tested"), [(100, False), (269, False), (270, True), (400, True)])
def test_an_amount_is_judged_where_it_is_known_well_enough(contracts: int, tested: bool) -> None:
    """E = 10 n and V = 900 n, so that E^2 / V = n / 9 reaches 30 with 270 contracts; fewer have their amount shown only."""
    total = judged("loans", seen(contracts, round(contracts * CHANCE))).held[0]
    assert (total.by, total.expected_amount_minor, total.contracts) == ("total", 10 * contracts, contracts)
    assert ("amount" in total.tested) is tested and "number" in total.tested
    half = 2.5758 * (900 * contracts) ** 0.5
    assert (total.amount_low_minor, total.amount_high_minor) == pytest.approx(
        (10 * contracts - half, 10 * contracts + half), abs=1
    )


@pytest.mark.parametrize(("contracts", "tested"), [(1, False), (3, True)])
def test_a_number_is_judged_where_one_would_be_a_surprise(contracts: int, tested: bool) -> None:
    """At 0.1 each the one contract defaults in 0.1, no surprise at 0.01; all of three in 0.001."""
    table = judged("loans", seen(contracts, contracts))
    assert [("number" in one.tested) for one in table.held if one.by == "total"] == [tested] * 2
    assert [check.id for check in checks_of([table]) if "total/number" in check.id and check.holds] == []
    left = [one.row for one in not_checked([table]) if one.row == "loans/total"]
    assert left == ([] if tested else ["loans/total"] * 2)


def test_an_amount_is_not_judged_where_a_claim_is_not_stated() -> None:
    """One of 40 defaults has no claim on the tape: number only."""
    whole = seen(400, 40)
    total = judged("loans", replace(whole, claimed=whole.claimed - (whole.claimed > 0))).held[0]
    assert total.tested == ("number",) and total.observed_amount_minor is None


def test_wider_defaults_widen_the_band_of_numbers_and_amounts() -> None:
    """Twice the variance of independent borrowers: bands wider by the root of two."""
    narrow = judged("loans", seen(4_000, 400)).held[0]
    by = replace(seen(4_000, 400).by, overdispersion=(2.0, 2.0))
    wide = judged("loans", replace(seen(4_000, 400), by=by)).held[0]
    assert wide.high - wide.low == pytest.approx((narrow.high - narrow.low) * 2**0.5, abs=2)
    assert wide.amount_high_minor - 40_000 == pytest.approx((narrow.amount_high_minor - 40_000) * 2**0.5, abs=2)


def test_each_cell_of_a_family_is_judged_at_its_share_of_the_level() -> None:
    """A surprise at 1 % in one of two buckets is one at half a per cent in either: 2.8070 deviations and not 2.5758."""
    total, segment, *buckets = [one for one in judged("loans", seen(400, 40, 2)).held if one.framework == "us"]
    assert [one.cell for one in (segment, *buckets)] == ["consumer", "current", "1-30"]
    for one, deviations, contracts in ((total, 2.5758, 800), (segment, 2.5758, 800), *((one, 2.8070, 400) for one in buckets)):
        expected = 10 * contracts
        assert one.amount_high_minor == pytest.approx(expected + deviations * (900 * contracts) ** 0.5, abs=1)
        assert one.high == pytest.approx(contracts * CHANCE + deviations * (0.09 * contracts) ** 0.5, abs=1.01)

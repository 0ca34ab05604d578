"""What of hindsight is judged and what is only shown, from sums worked out by hand."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import numpy as np
import pytest

from gaapbridge.assumptions.curve_tables import BUCKETS
from gaapbridge.contracts.hindsight import PARTS, Expecting, Hindsight
from gaapbridge.period_close.furthest import furthest_of, furthest_of_all
from gaapbridge.period_close.hindsight import checks_of, judged, not_checked

HAZARDS = {"loans": "curves/hazard.csv", "guarantees": "curves/guarantees.csv"}
RECOVERIES = {"loans": "curves/recovery.csv"}
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
        by=Expecting(("consumer",), ((0, 1.0), (1, 1.0)), (0.01, 0.01), (1.0, 1.0), date(2020, 1, 1), date(2020, 1, 1)),
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
    assert [check.id for check in checks_of([table], HAZARDS, RECOVERIES) if "total/number" in check.id and check.holds] == []
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


def came(*by_bucket: int) -> Hindsight:
    """Of 400 contracts in each of so many buckets 40 were expected to default, and so many did."""
    whole = seen(400, 40, len(by_bucket))
    defaults = whole.defaults.copy()
    defaults[0, : len(by_bucket)] = by_bucket
    return replace(whole, defaults=defaults, claims=defaults * OWED, claimed=defaults)


@pytest.mark.parametrize(("by_bucket", "bucket"), [((90, 60, 5), "current"), ((10, 5, 70), "1-30"), ((40, 40, 90), "31-60")])
def test_what_is_to_be_estimated_again_is_where_most_of_the_difference_lies(by_bucket: tuple[int, ...], bucket: str) -> None:
    """Its way: 155 for 120 in all lies where too many came, though another bucket was further off the other way."""
    found = furthest_of("loans", came(*by_bucket))["us", "total", "", "number"]
    assert (found.bucket, found.expected, found.gap) == (bucket, pytest.approx(40), pytest.approx(sum(by_bucket) - 120))
    assert found.told(HAZARDS) == (
        "gaapbridge estimate PLAN makes curves/hazard.csv again; most of it lies in the version from 2020-01-01, segment "
        f"consumer, bucket {bucket}: expected 40.0, came {by_bucket[BUCKETS.index(bucket)]}"
    )


def test_of_a_bucket_it_is_the_segment_and_of_all_kinds_the_kind() -> None:
    loans, guarantees = furthest_of("loans", came(90, 40)), furthest_of("guarantees", came(40, 95))
    assert loans["ifrs", "bucket", "1-30", "amount"].gap == pytest.approx(0)
    together = furthest_of_all([loans, guarantees])
    assert {(one.kind, one.bucket) for one in together.values()} == {("guarantees", "1-30")}
    assert {place[1] for place in together} == {"total"}


def test_recoveries_name_file_version_segment_and_column() -> None:
    """Of two segments 10 and 4 thousand were expected, 9 and 1 came: most of it lies in the second."""
    whole = seen(400, 40)
    stock = np.array([[10_000, 4_000], [9_000, 1_000], [1e6, 9e6], [30, 20]], np.float64)
    by = replace(whole.by, segments=("consumer", "business"))
    cells = {
        name: np.concatenate([getattr(whole, name)] * 2, axis=-2)
        for name in (
            "contracts", "defaults", "claims", "claimed", "probability", "doubt", "later", "amount", "lost", "lost_observed",
            "spread",
        )
    }  # fmt: skip
    both = replace(whole, by=by, stock=stock, **cells)
    (check,) = (one for one in checks_of([judged("loans", both)], HAZARDS, RECOVERIES) if one.id == "R17/loans/recoveries")
    assert check.remedy.endswith(
        "gaapbridge estimate PLAN makes curves/recovery.csv again; most of it lies in the version from 2020-01-01, segment "
        "business, column remaining_recovery_ratio: expected 4,000 minor units, received 1,000 minor units"
    )
    unnamed = replace(both, by=replace(by, recoveries_from=None))
    (check,) = (one for one in checks_of([judged("loans", unnamed)], HAZARDS, {}) if one.id == "R17/loans/recoveries")
    assert "the plan names no recovery table, so nothing is expected" in check.remedy


def test_a_failing_check_names_the_table_and_what_else_to_hold() -> None:
    checks = [check for check in checks_of([judged("loans", came(40, 90))], HAZARDS, RECOVERIES) if not check.holds]
    assert checks[0].id == "R17/loans/us/total/number"
    assert "makes curves/hazard.csv again; most of it lies in the version from 2020-01-01" in checks[0].remedy
    assert checks[0].remedy.startswith("see which segments and buckets it lies in")
    amount = next(check for check in checks if check.id.endswith("us/total/amount"))
    assert "bucket 1-30: expected 4,000 minor units, came 9,000 minor units" in amount.remedy

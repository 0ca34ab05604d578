"""The estimators on histories small enough to work out by hand; no real tape is needed."""

from fractions import Fraction

import polars as pl
import pytest

from gaapbridge.assumptions import estimate
from gaapbridge.terms.errors import UnusableInput

HALF, THIRD = Fraction(1, 2), Fraction(1, 3)


def history(*rows: tuple[str, int, str, str, int]) -> pl.DataFrame:
    """A monthly history: segment, month on book, from, to, and how many contracts did so."""
    each = [
        (f"{number}-{place}", segment, month, start, end)
        for number, (segment, month, start, end, count) in enumerate(rows)
        for place in range(count)
    ]
    names = ["contract_id", "segment", "month_on_book", "bucket_from", "state_to"]
    return pl.DataFrame(each, schema=names, orient="row")


TWO_SEGMENTS = history(
    ("a", 1, "current", "current", 90),
    ("a", 2, "current", "1-30", 10),
    ("a", 2, "1-30", "current", 5),
    ("a", 3, "1-30", "default", 5),
    ("a", 4, "default", "current", 3),
    ("b", 1, "current", "prepaid", 1),
    ("b", 1, "current", "1-30", 1),
)


def test_transitions_are_counted_by_segment_and_together() -> None:
    counts = estimate.transition_counts(TWO_SEGMENTS)
    assert counts["a"]["current"] == dict.fromkeys(estimate.STATES, 0) | {"current": 90, "1-30": 10}
    assert counts["a"]["1-30"]["default"] == 5
    assert counts["*"]["current"]["1-30"] == 11
    assert sum(sum(row.values()) for row in counts["*"].values()) == 112  # the 3 months in default are no transitions


def test_the_order_of_rows_does_not_matter() -> None:
    shuffled = TWO_SEGMENTS.sample(fraction=1.0, shuffle=True, seed=1)
    assert estimate.transition_counts(shuffled) == estimate.transition_counts(TWO_SEGMENTS)
    assert list(estimate.transition_counts(shuffled)) == ["a", "b", "*"]


def test_an_unknown_bucket_is_refused() -> None:
    with pytest.raises(UnusableInput, match=r"value: 31-59 \| rule: one of current"):
        estimate.transition_counts(history(("a", 1, "31-59", "current", 1)))


IN_USE = ("current", "1-30")


def test_a_thin_row_takes_that_of_all_segments_and_never_that_of_another_bucket() -> None:
    counts = estimate.transition_counts(TWO_SEGMENTS)
    pooled, thin = estimate.pooled_counts(counts, 10, IN_USE)
    assert pooled["a"]["current"] == counts["a"]["current"]
    assert pooled["b"]["current"] == counts["*"]["current"]
    assert pooled["b"]["1-30"] == counts["*"]["1-30"]
    assert (thin, set(pooled["a"])) == ([], set(IN_USE))
    pooled, thin = estimate.pooled_counts(counts, 11, IN_USE)
    assert thin == ["1-30"]
    assert pooled["a"]["1-30"] == pooled["b"]["1-30"] == counts["*"]["1-30"]


@pytest.mark.parametrize(("rows", "bucket"), [(TWO_SEGMENTS, "31-60"), (history(("a", 1, "1-30", "default", 5)), "current")])
def test_a_bucket_that_was_never_seen_gives_no_chain(rows: pl.DataFrame, bucket: str) -> None:
    with pytest.raises(UnusableInput, match=f"value: {bucket} .*seen at the start of some month"):
        estimate.pooled_counts(estimate.transition_counts(rows), 1)


def of_segment(rows: pl.DataFrame, *buckets: str) -> dict[str, estimate.StateCounts]:
    return estimate.pooled_counts(estimate.transition_counts(rows), 1, buckets)[0]["a"]


def test_hazards_of_the_chain_by_hand() -> None:
    """From current: nobody, then 0.1 x 0.5; from 1-30: a half, then those that came back, as from current."""
    hazards, performing = estimate.recognised_ahead(of_segment(TWO_SEGMENTS, *IN_USE), 3)
    # after two months 0.9 x 0.9 + 0.1 x 0.5 = 0.86 are current and 0.09 in 1-30, of 0.95 that are left
    assert hazards["current"] == pytest.approx([0.0, 0.05, 0.045 / 0.95])
    assert hazards["1-30"] == pytest.approx([0.5, 0.0, 0.05])
    assert performing["current"] == pytest.approx([0.9, 0.81, 0.9 * 0.86 / 0.95])
    assert performing["1-30"] == pytest.approx([0.0, 0.9, 0.81])


def test_who_left_otherwise_is_not_at_risk() -> None:
    """Half prepay and a quarter default in the month: the second month's hazard is again a quarter of those left."""
    rows = history(
        ("a", 1, "current", "current", 1),
        ("a", 1, "current", "prepaid", 2),
        ("a", 1, "current", "default", 1),
    )
    hazards, performing = estimate.recognised_ahead(of_segment(rows, "current"), 4)
    assert (hazards["current"], performing["current"]) == ([0.25] * 4, [0.75] * 4)


def test_months_in_which_a_contract_matures_count_nowhere() -> None:
    """Of 4 months one ends in default; 96 more that mature leave it a quarter."""
    rows = history(("a", 1, "current", "current", 3), ("a", 1, "current", "default", 1), ("a", 9, "current", "matured", 96))
    hazards, performing = estimate.recognised_ahead(of_segment(rows, "current"), 2)
    assert (hazards["current"], performing["current"]) == ([0.25] * 2, [0.75] * 2)


def test_when_everyone_has_left_the_last_hazard_holds() -> None:
    rows = history(("a", 1, "current", "prepaid", 1), ("a", 1, "current", "default", 1))
    hazards, performing = estimate.recognised_ahead(of_segment(rows, "current"), 3)
    assert (hazards["current"], performing["current"]) == ([0.5] * 3, [0.5] * 3)


def test_a_bucket_of_which_all_defaulted_defaults_for_certain() -> None:
    rows = history(("a", 1, "current", "1-30", 1), ("a", 1, "current", "current", 3), ("a", 1, "1-30", "default", 2))
    hazards, performing = estimate.recognised_ahead(of_segment(rows, *IN_USE), 3)
    assert (hazards["1-30"], performing["1-30"]) == ([1.0, 1.0, 1.0], [0.0, 0.0, 0.0])
    assert hazards["current"] == pytest.approx([0.0, 0.25, 0.25])  # of a quarter that is late, all


def test_odds_are_scaled() -> None:
    assert estimate.scaled_odds(0.2, 2.0) == pytest.approx(1 / 3)
    assert estimate.scaled_odds(0.0, 5.0) == 0.0
    assert estimate.scaled_odds(0.3, 1.0) == pytest.approx(0.3)


def test_mortality_is_prepaid_over_performing_in_the_window() -> None:
    rows = history(
        ("a", 4, "current", "prepaid", 3),
        ("a", 4, "current", "current", 197),
        ("a", 5, "1-30", "prepaid", 7),
        ("a", 5, "current", "current", 293),
        ("a", 5, "default", "prepaid", 50),  # not performing: neither exposed nor a prepayment
    )
    exposed, prepaid = estimate.prepayment_counts(rows)
    assert exposed["a"] == {4: 200, 5: 300}
    curve = estimate.single_monthly_mortality(exposed, prepaid, half_window_months=1, minimum_count=200)
    # month 3 sees month 4 in its window; months 1 and 2 see too little and take month 3, the nearest that sees enough
    assert curve == {"a": [0.015, 0.015, 0.015, 0.02, 0.02]}


def test_a_thin_segment_takes_the_window_of_all() -> None:
    exposed = {"*": {1: 1_000}, "a": {1: 990}, "b": {1: 10}}
    prepaid = {"*": {1: 40}, "a": {1: 33}, "b": {1: 7}}
    curve = estimate.single_monthly_mortality(exposed, prepaid, half_window_months=0, minimum_count=100)
    assert curve == {"a": [33 / 990], "b": [0.04]}


def test_mortality_needs_some_month_with_enough() -> None:
    with pytest.raises(UnusableInput, match="some month needs 5 contract-months"):
        estimate.single_monthly_mortality({"*": {1: 4}}, {"*": {}}, half_window_months=0, minimum_count=5)


def episodes(*rows: tuple[int, int, str]) -> pl.DataFrame:
    return pl.DataFrame(rows, schema=["month", "exposure_minor", "outcome"], orient="row")


def test_development_weighs_by_exposure_and_pools_the_thin_tail() -> None:
    rows = episodes(
        (0, 100, "charged_off"), (0, 300, "none"), (0, 100, "none"), (1, 300, "cured"), (2, 100, "none"), (3, 100, "cured")
    )  # fmt: skip
    shares = estimate.development(rows, ("charged_off", "cured"), minimum_count=2)
    assert shares == [
        {"charged_off": Fraction(1, 5), "cured": Fraction(0)},
        {"charged_off": Fraction(0), "cured": Fraction(4, 5)},
    ]


def test_eventual_shares_follow_the_development_and_the_tail_repeats() -> None:
    shares = [{"charged_off": THIRD, "cured": Fraction(0)}, {"charged_off": Fraction(0), "cured": HALF}]
    assert estimate.eventual_shares(shares, "charged_off") == [THIRD, 0]
    assert estimate.eventual_shares(shares, "cured") == [Fraction(2, 3), 1]
    assert estimate.eventual_shares([{"cured": Fraction(0)}], "cured") == [0]


def test_recoveries_are_shares_of_what_was_under_observation() -> None:
    rows = pl.DataFrame(
        [(0, 100_000, 30_000), (0, 100_000, 0), (1, 100_000, 10_000)],
        schema=["month", "written_off_minor", "recovered_minor"],
        orient="row",
    )
    assert estimate.recovery_ratios(rows, 1) == [Fraction(3, 20), Fraction(1, 10)]
    assert estimate.recovery_ratios(rows, 2) == [Fraction(3, 20)]
    assert estimate.remaining_recovery([Fraction(3, 20), Fraction(1, 10)]) == [0.1, 0.0]
    assert estimate.remaining_recovery([]) == [0.0]


def test_loss_given_default_by_hand() -> None:
    """A quarter charged off and a quarter cured each month for ever; half recovered; a fifth of cures default again."""
    tail = [{"charged_off": Fraction(1, 4), "cured": Fraction(1, 4), "repaid": Fraction(0)}]
    plain = estimate.loss_given_default(tail, [HALF], Fraction(1, 5), Fraction(1))
    assert plain == [pytest.approx(0.25 / 0.9)]
    # recovered a month later at 1 %: K = v q R / (1 - v stay)
    v = Fraction(100, 101)
    present = v * Fraction(1, 4) * HALF / (1 - v * HALF)
    discounted = estimate.loss_given_default(tail, [HALF], Fraction(0), v)
    assert discounted == [pytest.approx(float(HALF - present))]


def test_a_loss_is_larger_when_cash_is_later() -> None:
    shares = [
        {"charged_off": Fraction(1, 10), "cured": Fraction(2, 10), "repaid": Fraction(0)},
        {"charged_off": Fraction(3, 10), "cured": Fraction(1, 10), "repaid": Fraction(1, 10)},
    ]
    plain = estimate.loss_given_default(shares, [HALF, Fraction(1, 10)], Fraction(1, 4), Fraction(1))
    discounted = estimate.loss_given_default(shares, [HALF, Fraction(1, 10)], Fraction(1, 4), Fraction(200, 201))
    assert all(late > early for late, early in zip(discounted, plain, strict=True))
    # without recoveries a default loses what is charged off, and nothing is left to discount
    bare = [estimate.loss_given_default(shares, [], Fraction(0), v) for v in (Fraction(1), Fraction(200, 201))]
    assert bare[0] == bare[1] == [0.1 + 0.7 * 0.6, 0.6]

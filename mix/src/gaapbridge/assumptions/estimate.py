"""Simple estimators of prepayment, hazard and loss curves from a lender's own monthly history.

Counts and amounts go in as integers, shares are exact fractions, and only the last step makes floats, so a
curve does not depend on the order of the rows. Nothing here smooths beyond what its arguments state.

*Monthly history*: one row per contract and observed month, columns ``contract_id``, ``segment``,
``month_on_book`` (the number of the instalment due in the month, 1..), ``bucket_from`` (bucket at the start
of the month: one of ``BUCKETS``, or ``default``) and ``state_to`` (state at its end: one of ``BUCKETS`` or
``EXITS``). Only months that were observed are rows: a contract that entered the history at age 10 counts from
month 11 and says nothing of months 1 to 10 (left truncation), and one that is still there at the end counts
until then (right censoring).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction

import polars as pl

from gaapbridge.terms.errors import UnusableInput

BUCKETS = ("current", "1-30", "31-60", "61-90")
EXITS = ("default", "prepaid", "matured")
STATES = BUCKETS + EXITS
ALL_SEGMENTS = "*"

StateCounts = dict[str, int]
TransitionCounts = dict[str, dict[str, StateCounts]]
MonthCounts = dict[str, dict[int, int]]
Development = list[dict[str, Fraction]]


def transition_counts(history: pl.DataFrame) -> TransitionCounts:
    """Contract-months by segment, starting bucket and end state, with all segments together under ``*``.

    Every bucket and state is present, a nil count as 0. Months that start in default are not transitions of
    the chain.
    """
    _refuse_unknown(history, "bucket_from", (*BUCKETS, "default"))
    _refuse_unknown(history, "state_to", STATES)
    segments = [*sorted(history["segment"].unique().to_list()), ALL_SEGMENTS]
    counts: TransitionCounts = {s: {b: dict.fromkeys(STATES, 0) for b in BUCKETS} for s in segments}
    rows = history.filter(pl.col("bucket_from") != "default").group_by("segment", "bucket_from", "state_to").len()
    for segment, bucket, state, number in rows.iter_rows():
        counts[segment][bucket][state] += number
        counts[ALL_SEGMENTS][bucket][state] += number
    return counts


def pooled_counts(
    counts: TransitionCounts, minimum_count: int, buckets: Sequence[str] = BUCKETS
) -> tuple[TransitionCounts, list[str]]:
    """The counts to use of ``buckets``, and those of them that are thin even for all segments together.

    A row thinner than ``minimum_count`` is replaced by that of all segments together; where that is thin as well it serves
    all the same, and is named: a bucket never takes the counts of another one. A bucket that was never seen is refused.
    Credibility is all or nothing, which is crude and can be said in one sentence. With a minimum of 100, a segment with 99
    months starting in 31-60 takes the row of all segments; with 101 it keeps its own.
    """
    seen = {bucket: sum(counts[ALL_SEGMENTS][bucket].values()) for bucket in buckets}
    for bucket, months in seen.items():
        if months == 0:
            raise UnusableInput(
                column="bucket_from",
                value=bucket,
                rule="every bucket in use is seen at the start of some month",
                remedy="give a longer history, or leave out a bucket in which no contract can stand",
            )
    pooled = {
        segment: {
            bucket: dict(rows[bucket] if sum(rows[bucket].values()) >= minimum_count else counts[ALL_SEGMENTS][bucket])
            for bucket in buckets
        }
        for segment, rows in counts.items()
    }
    return pooled, [bucket for bucket, months in seen.items() if months < minimum_count]


Ahead = dict[str, list[float]]


def recognised_ahead(rows: Mapping[str, StateCounts], months: int) -> tuple[Ahead, Ahead]:
    """Monthly default hazard, and share performing, by starting bucket, 1..``months`` ahead, from one segment's counts.

    The counts make a Markov chain that never matures: months in which a contract matured count nowhere. With ``a_t`` the
    chances of the buckets after t months (``a_0`` is certain of the starting bucket) and ``Q`` the part of the matrix from
    bucket to bucket, ``a_t = a_{t-1} Q``; of those on book at the start of a month, ``h_t = sum_b a_{t-1}(b) p(b, default) /
    sum_b a_{t-1}(b)`` default in it, and ``c_t`` are current and pay: they stay current or prepay. Example: of 100 current
    months 90 stay, 10 go to 1-30; of 10 months in 1-30 five come back and five default. From current h_1 = 0, c_1 = 0.9 and
    h_2 = 0.1 x 0.5 = 0.05, c_2 = 0.9 x 0.9 = 0.81; from 1-30 h_1 = 0.5, c_1 = 0, and h_2 = 0, c_2 = 0.9.
    """
    chances = {bucket: _shares(row) for bucket, row in rows.items()}
    hazards: Ahead = {}
    performing: Ahead = {}
    for start in rows:
        alive = {bucket: 1.0 if bucket == start else 0.0 for bucket in rows}
        hazards[start], performing[start] = [], []
        for _ in range(months):
            total = sum(alive.values())
            if total <= 0.0:  # everyone has left, or defaulted for certain: the last values hold
                hazards[start].append(hazards[start][-1])
                performing[start].append(performing[start][-1])
                continue
            hazard = sum(alive[bucket] * chances[bucket]["default"] for bucket in rows) / total
            hazards[start].append(hazard)
            performing[start].append(alive["current"] * sum(chances["current"][to] for to in ("current", "prepaid")) / total)
            alive = {to: sum(alive[bucket] * chances[bucket][to] for bucket in rows) for to in rows}
    return hazards, performing


def scaled_odds(probability: float, multiplier: float) -> float:
    """A probability with its odds multiplied, the scenario overlay: 0.2 at twice the odds (1/2) is 1/3."""
    return multiplier * probability / (1.0 - probability + multiplier * probability)


def prepayment_counts(history: pl.DataFrame) -> tuple[MonthCounts, MonthCounts]:
    """Performing contract-months, and the full prepayments among them, by segment and month on book."""
    performing = history.filter(pl.col("bucket_from") != "default")
    prepaid = performing.filter(pl.col("state_to") == "prepaid")
    return _by_month(performing), _by_month(prepaid)


def single_monthly_mortality(
    exposed: MonthCounts, prepaid: MonthCounts, *, half_window_months: int, minimum_count: int
) -> dict[str, list[float]]:
    """Single monthly mortality by segment for month on book 1..last, from exposed and prepaid counts.

    ``s_j`` = prepaid / exposed over months ``j - half_window_months`` to ``j + half_window_months``. Where
    the segment's exposure in the window is under ``minimum_count`` the window of all segments is used, and
    where that is thin too the nearest month that is not (the earlier of two): so ages never observed take the
    value of the nearest age that was. Example: 200 exposed and 3 prepaid in month 4, 300 and 7 in month 5,
    window 1: s_4 and s_5 are both 10/500 = 0.02.
    """
    last = max(exposed[ALL_SEGMENTS], default=0)
    months = range(1, last + 1)

    def window(segment: str, month: int) -> tuple[int, int]:
        span = range(month - half_window_months, month + half_window_months + 1)
        left = sum(prepaid.get(segment, {}).get(m, 0) for m in span)
        return left, sum(exposed[segment].get(m, 0) for m in span)

    together = {month: window(ALL_SEGMENTS, month) for month in months}
    thick = [month for month in months if together[month][1] >= max(1, minimum_count)]
    if not thick:
        raise UnusableInput(
            column="month_on_book",
            rule=f"some month needs {minimum_count} contract-months",
            remedy="lower the minimum count",
        )
    curves: dict[str, list[float]] = {}
    for segment in sorted(s for s in exposed if s != ALL_SEGMENTS):
        curves[segment] = []
        for month in months:
            left, seen = window(segment, month)
            if seen < max(1, minimum_count):
                left, seen = together[min(thick, key=lambda other: (abs(other - month), other))]
            curves[segment].append(float(Fraction(left, seen)))
    return curves


def development(rows: pl.DataFrame, outcomes: Sequence[str], minimum_count: int) -> Development:
    """Shares of exposure leaving by each outcome, by whole months since an episode began; last, the tail.

    ``rows``: one per episode and observed month, columns ``month`` (0..), ``exposure_minor`` (fixed over an
    episode) and ``outcome`` over the month that follows (one of ``outcomes``, else ``none``). A month with
    under ``minimum_count`` rows, and all after it, are one tail whose shares hold for ever. Example: 3
    episodes of 100 at month 0, one charged off, two at month 1 of which one is cured: [{charged_off: 1/3,
    cured: 0}, {charged_off: 0, cured: 1/2}].
    """
    _refuse_unknown(rows, "outcome", ("none", *outcomes))
    counts = dict(rows.group_by("month").len().iter_rows())
    months = 0
    while counts.get(months, 0) >= max(1, minimum_count):
        months += 1
    placed = rows.with_columns(pl.col("month").clip(upper_bound=months))
    exposed = pl.col("exposure_minor").cast(pl.Int128).sum()
    sums: dict[tuple[int, str], int] = {
        (month, outcome): amount for month, outcome, amount in placed.group_by("month", "outcome").agg(exposed).iter_rows()
    }
    shares: Development = []
    for month in range(months + 1):
        at_risk = sum(amount for (place, _), amount in sums.items() if place == month)
        if at_risk > 0:
            shares.append({outcome: Fraction(sums.get((month, outcome), 0), at_risk) for outcome in outcomes})
    if not shares:
        raise UnusableInput(column="month", rule="an episode must be observed", remedy="give a longer history")
    return shares


def eventual_shares(shares: Development, outcome: str) -> list[Fraction]:
    """Share that ever leaves by ``outcome``, given still there at month m: ``A(m) = q(m) + stay(m) A(m+1)``.

    The tail repeats for ever, so there ``A = q / (all that leaves)``; nothing leaves in the tail: nil.
    Example of ``development``: charged off A(0) = 1/3 + 2/3 x 0 = 1/3; cured A(1) = 1, A(0) = 2/3.
    """
    tail = shares[-1]
    leaves = sum(tail.values(), Fraction(0))
    path = [tail[outcome] / leaves if leaves else Fraction(0)]
    for month in reversed(shares[:-1]):
        path.append(month[outcome] + (1 - sum(month.values(), Fraction(0))) * path[-1])
    return path[::-1]


def recovery_ratios(rows: pl.DataFrame, minimum_count: int) -> list[Fraction]:
    """Cash recovered by whole months since the write-off, as a share of the amount then under observation.

    ``rows``: one per written-off contract and observed month, nil cash included: ``month`` (0..),
    ``written_off_minor``, ``recovered_minor`` (net of costs and reversals). Stops at the first month with
    under ``minimum_count`` contracts: what came later is left out, so the sum is prudent. Example: 1,000 and
    1,000 written off; 300 received in month 0; only the first seen in month 1, 100 received: [300/2000,
    100/1000], together 25 %.
    """
    amounts = (pl.col(name).cast(pl.Int128).sum() for name in ("written_off_minor", "recovered_minor"))
    sums = rows.group_by("month").agg(pl.len(), *amounts)
    by_month = {month: (count, base, cash) for month, count, base, cash in sums.iter_rows()}
    ratios: list[Fraction] = []
    while by_month.get(len(ratios), (0, 0, 0))[0] >= max(1, minimum_count):
        _, base, cash = by_month[len(ratios)]
        ratios.append(Fraction(cash, base))
    return ratios


def remaining_recovery(ratios: Sequence[Fraction]) -> list[float]:
    """Share of the amount written off still to come after that of month m; never under nil, at last nil."""
    return [max(0.0, float(sum(ratios[m + 1 :], Fraction(0)))) for m in range(max(1, len(ratios)))]


def loss_given_default(
    shares: Development, ratios: Sequence[Fraction], default_again: Fraction, discount_per_month: Fraction
) -> list[float]:
    """Loss as a share of exposure for a contract that is m whole months in default, m = 0.. (the last holds).

    A contract in default is charged off, cured or repaid. ``L(m) = A(m) - K(m) + C(m) d U``: A and C the
    eventual shares charged off and cured, K the present value at m of recoveries, ``K(m) = v (q(m) R +
    stay(m) K(m+1))`` with ``R = sum_l ratio_l v^l``, d the share of cures that default again and U the whole
    loss from a fresh default, ``U = (A(0) - K(0)) / (1 - C(0) d)``. A cure or a repayment returns the
    exposure in full. v = 1: not discounted. Example: one tail month, 1/4 charged off, 1/4 cured, R = 1/2, d =
    1/5, v = 1: A = C = 1/2, K = 1/4, U = 0.25 / 0.9 = 0.2778 and L = 0.25 + 0.5 x 0.2 x 0.2778 = 0.2778.
    """
    charged_off, cured = eventual_shares(shares, "charged_off"), eventual_shares(shares, "cured")
    v = discount_per_month
    cash = sum((ratio * v**lag for lag, ratio in enumerate(ratios)), Fraction(0))
    stay = [1 - sum(month.values(), Fraction(0)) for month in shares]
    leaves_tail = 1 - v * stay[-1]
    recovered = [v * shares[-1]["charged_off"] * cash / leaves_tail if leaves_tail else Fraction(0)]
    for month, remains in zip(reversed(shares[:-1]), reversed(stay[:-1]), strict=True):
        recovered.append(v * (month["charged_off"] * cash + remains * recovered[-1]))
    recovered.reverse()
    fresh = (charged_off[0] - recovered[0]) / (1 - cured[0] * default_again)
    losses = [a - k + c * default_again * fresh for a, k, c in zip(charged_off, recovered, cured, strict=True)]
    return [min(1.0, max(0.0, float(loss))) for loss in losses]


def _shares(row: StateCounts) -> dict[str, float]:
    """Shares of the end states, of the months in which the contract did not mature; nothing happens where there were none."""
    running = {state: count for state, count in row.items() if state != "matured"}
    total = sum(running.values())
    return {state: float(Fraction(count, total)) if total else 0.0 for state, count in running.items()}


def _by_month(rows: pl.DataFrame) -> MonthCounts:
    counts: MonthCounts = {ALL_SEGMENTS: {}}
    for segment, month, number in rows.group_by("segment", "month_on_book").len().iter_rows():
        counts.setdefault(segment, {})[month] = number
        counts[ALL_SEGMENTS][month] = counts[ALL_SEGMENTS].get(month, 0) + number
    return counts


def _refuse_unknown(rows: pl.DataFrame, column: str, known: Sequence[str]) -> None:
    for value in sorted(set(rows[column].unique().to_list()) - set(known)):
        raise UnusableInput(
            column=column,
            value=str(value),
            rule=f"one of {', '.join(known)}",
            remedy="map it to one of these",
        )

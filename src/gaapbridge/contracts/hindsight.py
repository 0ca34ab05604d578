"""Hindsight (R17): what the opening's curves expected of the period, held against what came.

Population: on book at the opening, not in default, and present on the closing tape. An outcome is a default recognised in the
period, cured or settled since or not. Whole numbers are added: probabilities in parts of a thousand million, amounts in minor
units, so that no order changes them; only the variance of an amount is a number of machine precision.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gaapbridge.contracts.credit import CreditSetting, RiskTerms, Schedule, StateRows
from gaapbridge.contracts.side_by_side import Course
from gaapbridge.measure import kernels
from gaapbridge.measure.calendar import add_months, whole_months_between
from gaapbridge.measure.outcomes import EXACT_BELOW_VARIANCE, Counted, count_out
from gaapbridge.measure.recognised import scan_recognised
from gaapbridge.measure.rounding import to_minor
from gaapbridge.measure.timeline import TO_RECOGNITION
from gaapbridge.terms.errors import TooLarge
from gaapbridge.terms.money import LARGEST_TOTAL

Whole = NDArray[np.int64]
Numbers = NDArray[np.float64]
Flags = NDArray[np.bool_]

PARTS = 1_000_000_000
"""A probability of one."""


@dataclass(frozen=True)
class Outcome:
    """What became of N contracts in the period, as a kind of contract knows it.

    ``claim`` is what was owed when default was recognised, where ``claimed``; ``stock_paid`` what was written off or paid out
    before the opening and still recovering then, with what of it was ``stock_expected`` and ``stock_received`` since.
    """

    share: Numbers
    claim: Whole
    claimed: Flags
    stock_paid: Whole
    stock_expected: Whole
    stock_received: Whole


@dataclass(frozen=True)
class Expecting:
    """Who expected: segments, side and weight of every scenario, and by side how improbable an outcome is a surprise, and how
    many times wider than of independent borrowers defaults spread."""

    segments: tuple[str, ...]
    scenarios: tuple[tuple[int, float], ...]
    surprise: tuple[float, float]
    overdispersion: tuple[float, float]


@dataclass(frozen=True)
class Hindsight:
    """Sums over contracts, by segment and bucket at the opening: S x B, and Q x S x B where a scenario expects it.

    ``probability``, ``doubt`` (sums of p and of p (1 - p), in parts), ``amount``, ``lost`` (minor units), ``spread`` (sum of
    the variances of amounts) and ``later`` (sum of p under the closing's curves) of scenario q; ``counted`` the number of
    defaults counted out, by (q, segment, bucket), as far as that was done. ``stock`` holds by segment what was expected of
    earlier losses, what was received, and the sum of squares of the differences.
    """

    by: Expecting
    contracts: Whole
    defaults: Whole
    claims: Whole
    claimed: Whole
    outside: Mapping[str, int]
    probability: Whole
    doubt: Whole
    later: Whole
    amount: Whole
    lost: Whole
    lost_observed: Whole
    spread: Numbers
    counted: Mapping[tuple[int, int, int], Counted]
    stock: Numbers

    def plus(self, other: Hindsight) -> Hindsight:
        """Both together."""
        summed = {
            name: getattr(self, name) + getattr(other, name)
            for name in self.__dataclass_fields__
            if name not in ("by", "outside", "counted")
        }
        for name in _IN_MINOR_UNITS:
            _refuse_too_large(float(np.abs(summed[name]).max(initial=0)))
        outside = {name: self.outside[name] + other.outside[name] for name in self.outside}
        keys = self.counted.keys() & other.counted.keys()
        counted = {key: self.counted[key].plus(other.counted[key]) for key in keys}
        return Hindsight(by=self.by, **summed, outside=outside, counted=counted)


_IN_MINOR_UNITS = ("claims", "amount", "lost", "lost_observed")


def _refuse_too_large(total: float) -> None:
    """Raise ``TooLarge`` at a total that is beyond what is taken for one: sums of int64 wrap without a word."""
    if total > float(LARGEST_TOTAL):
        raise TooLarge("what contracts owe at default adds up to less than 10^18 minor units")


def hindsight_of(
    schedule: Schedule, states: Mapping[str, StateRows], risk: RiskTerms, course: Course, outcome: Outcome,
    setting: CreditSetting,
) -> Hindsight:  # fmt: skip
    """The sums of a chunk: its risk at the opening against what the closing tape says."""
    opening, late = states["opening"], states["late"]
    at_risk = opening.on_book & ~risk.defaulted[1] & ~course.lost
    defaulted = _recognised(late, course, setting, schedule)
    probability, amount, square = _expected(schedule, opening, risk, at_risk, setting)
    share = outcome.share
    within, amount, square = np.minimum(probability, 1.0), amount * share, square * share**2
    scenarios = setting.recognised.scenarios
    shape = (len(setting.segments), setting.index.buckets)
    cell = schedule.segment * shape[1] + setting.index.bucket(risk.row[1])
    came = at_risk & defaulted
    lost = np.stack([one.lost[schedule.segment] for one in scenarios])

    def by_cell(values: Numbers | Whole, counts: Flags = at_risk) -> Any:
        added = np.zeros(shape[0] * shape[1], dtype=values.dtype)
        np.add.at(added, cell[counts], values[counts])
        return added.reshape(shape)

    def of_scenarios(values: Numbers | Whole) -> Any:
        return np.stack([by_cell(row) for row in values[: len(scenarios)]])

    ones = np.ones(len(cell), dtype=np.int64)
    known = came & outcome.claimed
    observed = to_minor(np.where(known, outcome.claim, 0) * lost)
    owed = to_minor(amount)
    for amounts, counts in ((outcome.claim, known), (observed, known), (owed, at_risk)):
        _refuse_too_large(float(np.abs(amounts[..., counts]).sum(axis=-1, dtype=np.float64).max(initial=0)))
    parts = np.rint(within * PARTS).astype(np.int64)
    return Hindsight(
        by=_expecting(setting),
        contracts=by_cell(ones),
        defaults=by_cell(ones, came),
        claims=by_cell(outcome.claim, known),
        claimed=by_cell(ones, known),
        outside=_outside(course, opening, risk, defaulted),
        probability=of_scenarios(parts),
        doubt=of_scenarios(np.rint(within * (1.0 - within) * PARTS).astype(np.int64)),
        later=np.stack([by_cell(row) for row in parts[-len(scenarios) :]]),
        amount=of_scenarios(owed),
        lost=of_scenarios(to_minor(amount[: len(scenarios)] * lost)),
        lost_observed=np.stack([by_cell(row, known) for row in observed]),
        spread=of_scenarios(np.maximum(square - amount**2, 0.0)),  # of a certain default nil, to the last bit
        counted=dict(_counted(within[: len(scenarios)], np.where(at_risk, cell, -1), shape)),
        stock=_stock(outcome, schedule.segment, shape[0]),
    )


def _expecting(setting: CreditSetting) -> Expecting:
    (us, ifrs), elections = setting.treatments, setting.elections
    return Expecting(
        setting.segments,
        tuple((one.side, one.weight) for one in setting.recognised.scenarios),
        (us.surprise(elections), ifrs.surprise(elections)),
        (us.overdispersion(elections), ifrs.overdispersion(elections)),
    )


def _recognised(late: StateRows, course: Course, setting: CreditSetting, schedule: Schedule) -> Flags:
    """Whether default was recognised in the period: by date, by days past due, or by a loss taken."""
    first, last = np.datetime64(setting.opening), np.datetime64(setting.closing)
    dated = (late.default_date > first) & (late.default_date <= last)
    overdue = late.on_book & (late.days_past_due >= setting.bases.of["opening"].default_days[1][schedule.segment])
    came: Flags = dated | overdue | course.newly_off
    return came


def _expected(
    schedule: Schedule, opening: StateRows, risk: RiskTerms, at_risk: Flags, setting: CreditSetting
) -> tuple[Numbers, Numbers, Numbers]:
    """Probability, amount owed and its square by scenario under the opening's curves, then under the closing's if others."""
    recognised, months = setting.recognised, _months(setting)
    rows = [(one.opening, one.side) for one in recognised.scenarios]
    if setting.revised:
        rows += [(one.closing, one.side) for one in recognised.scenarios]
    count = len(opening.principal)

    def each(values: Any) -> Any:
        return np.broadcast_to(values, (len(rows), count))

    no_rows = np.zeros(len(rows), dtype=np.int64)
    return scan_recognised(  # type: ignore[no-any-return]
        schedule.terms(),
        kernels.LossRows(
            weights=recognised.weights,
            table=np.stack([first + risk.row[side] for first, side in rows]),
            due=np.stack([np.where(at_risk, risk.due[side], -1) for _, side in rows]),
            paid=each(risk.paid),
            lag=np.stack([risk.lag[side] for _, side in rows]),
            elapsed_periods=each(0.0),  # of interest to the instant alone, and here it runs to the recognition
            horizon=np.stack([risk.at_risk[side] for _, side in rows]),
            principal=each(opening.principal),
            billed=each(opening.billed_interest),
            interest=each(np.full(count, TO_RECOGNITION)),
            exposure=np.array([setting.bases.of["opening"].exposure[side] for _, side in rows]),
            interest_beside=no_rows,
            shift=no_rows.astype(np.float64),
            near_months=0,
        ),
        *months,
    )


def _months(setting: CreditSetting) -> tuple[int, float]:
    """Whole months from opening to closing, and the part of one after them."""
    opening, closing = (np.array([day], dtype="datetime64[D]") for day in (setting.opening, setting.closing))
    whole = int(whole_months_between(opening, closing)[0])
    start, end = add_months(opening, whole), add_months(opening, whole + 1)
    return whole, float((closing - start)[0] / (end - start)[0])


def _outside(course: Course, opening: StateRows, risk: RiskTerms, defaulted: Flags) -> dict[str, int]:
    """Contracts that stand outside: lost, in default at the opening already, and born in the period."""
    born = (course.remained | course.left) & ~course.opened
    return {
        "lost": int(course.lost.sum()),
        "lost_principal_minor": int(to_minor(np.where(course.lost, opening.principal, 0.0)).sum()),
        "in_default_at_opening": int((opening.on_book & risk.defaulted[1]).sum()),
        "born": int(born.sum()),
        "born_and_defaulted": int((born & defaulted).sum()),
    }


def _counted(probability: Numbers, cell: Whole, shape: tuple[int, int]) -> Iterator[tuple[tuple[int, int, int], Counted]]:
    """The number of defaults counted out, cell by cell, where that is within reach; contracts of no cell have -1."""
    in_order = np.argsort(cell, kind="stable")
    ends = np.searchsorted(cell[in_order], np.arange(shape[0] * shape[1] + 1))
    for place, (first, last) in enumerate(pairwise(ends)):
        for q, of_cell in enumerate(probability[:, in_order[first:last]]):
            if (of_cell * (1.0 - of_cell)).sum() < EXACT_BELOW_VARIANCE:
                yield (q, place // shape[1], place % shape[1]), Counted(*count_out(of_cell))


def _stock(outcome: Outcome, segment: Whole, segments: int) -> Numbers:
    """By segment: what was expected of losses taken before the opening, what was received, squares of the differences, and how
    many there were."""
    paid = outcome.stock_paid > 0
    gap = (outcome.stock_received - outcome.stock_expected).astype(np.float64)
    columns = (outcome.stock_expected, outcome.stock_received, gap**2, paid)
    return np.stack([np.bincount(segment[paid], np.asarray(column)[paid], segments) for column in columns])

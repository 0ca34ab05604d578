"""Hindsight (R17): what the opening's curves expected of the period, held against what came.

Population: on book at the opening, not in default, and present on the closing tape. An outcome is a default recognised in the
period, cured or settled since or not. Whole numbers are added: probabilities in parts of a thousand million, amounts in minor
units, so that no order changes them; only the variance of an amount is a number of machine precision.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gaapbridge.contracts.credit import CreditSetting, RiskTerms, Schedule, StateRows, of_contracts
from gaapbridge.contracts.side_by_side import Course
from gaapbridge.measure import kernels
from gaapbridge.measure.calendar import add_months, whole_months_between
from gaapbridge.measure.outcomes import EXACT_BELOW_VARIANCE, Counted, count_out, counted_together
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
    """Who expected: segments, side and weight of every scenario, by side how improbable an outcome is a surprise, and how many
    times wider than of independent borrowers defaults spread; and the days from which the hazards and the recoveries are by
    which it was (None where no recovery is stated)."""

    segments: tuple[str, ...]
    scenarios: tuple[tuple[int, float], ...]
    surprise: tuple[float, float]
    overdispersion: tuple[float, float]
    hazards_from: date
    recoveries_from: date | None


@dataclass(frozen=True)
class Hindsight:
    """Sums over contracts, by segment and bucket at the opening: S x B, and Q x S x B where a scenario expects it.

    ``probability``, ``doubt`` (sums of p and of p (1 - p), in parts), ``amount``, ``lost`` (minor units), ``spread`` (sum of
    the variances of amounts) and ``later`` (sum of p under the closing's curves) of scenario q; ``counted`` the number of
    defaults counted out, by (q, segment, bucket), as far as that was done. ``stock`` holds by segment what was expected of
    earlier losses, what was received, the sum of squares of the differences, and how many there were.
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

    def undivided(self) -> Hindsight:
        """All segments and buckets in one cell, to which contracts of another kind can be added."""
        summed = {
            name: getattr(self, name).sum(axis=(-2, -1), keepdims=True)
            for name in self.__dataclass_fields__
            if name not in ("by", "outside", "counted", "stock")
        }
        places = list(np.ndindex(*self.contracts.shape))
        counted = {
            (q, 0, 0): together
            for q in range(len(self.by.scenarios))
            if (together := counted_together([self.counted.get((q, *place)) for place in places])) is not None
        }
        return Hindsight(
            by=replace(self.by, segments=("",)), **summed, outside=self.outside, counted=counted,
            stock=self.stock.sum(axis=1, keepdims=True),
        )  # fmt: skip


_IN_MINOR_UNITS = ("claims", "amount", "lost", "lost_observed")


def _refuse_too_large(total: float) -> None:
    """Raise ``TooLarge`` at a total that is beyond what is taken for one: sums of int64 wrap without a word."""
    if total > float(LARGEST_TOTAL):
        raise TooLarge("what contracts owe at default adds up to less than 10^18 minor units")


def hindsight_of(
    schedule: Schedule, states: Mapping[str, StateRows], risk: RiskTerms, course: Course, measured: Flags, outcome: Outcome,
    setting: CreditSetting,
) -> Hindsight:  # fmt: skip
    """The sums of a chunk, of what could be ``measured``: its risk at the opening against what the closing tape says."""
    opening, late = states["opening"], states["late"]
    defaulted = _recognised(late, course, setting, schedule)
    shape = (len(setting.segments), setting.index.buckets)
    cells = schedule.segment * shape[1] + setting.index.bucket(risk.row[1])
    chosen, ends = _by_cell(cells, measured & opening.on_book & ~risk.defaulted[1] & ~course.lost, shape)
    probability, amount, square = _expected(schedule, opening, risk, chosen, setting)
    within, share = np.minimum(probability, 1.0), outcome.share[chosen]
    amount, square = amount * share, square * share**2
    lost = np.stack([one.lost[schedule.segment[chosen]] for one in setting.recognised.scenarios])
    came, claim = defaulted[chosen], outcome.claim[chosen]
    known = came & outcome.claimed[chosen]
    claim = np.where(known, claim, 0)
    owed, observed = to_minor(amount), to_minor(claim * lost)
    for amounts in (claim, observed, owed):
        _refuse_too_large(float(np.abs(amounts).sum(axis=-1, dtype=np.float64).max(initial=0)))

    def added(values: Numbers | Whole | Flags) -> Any:
        return _added(values, ends).reshape(*values.shape[:-1], *shape)

    return Hindsight(
        by=_expecting(setting),
        contracts=added(np.ones_like(claim)),
        defaults=added(came.astype(np.int64)),
        claims=added(claim),
        claimed=added(known.astype(np.int64)),
        outside=_outside(course, opening, risk, defaulted),
        probability=added(_parts(within)),
        doubt=added(_parts(within * (1.0 - within))),
        later=added(_parts(_by_closing_curves(risk, chosen, setting)) if setting.revised else _parts(within)),
        amount=added(owed),
        lost=added(to_minor(amount * lost)),
        lost_observed=added(observed),
        spread=added(np.maximum(square - amount**2, 0.0)),  # of a certain default nil, to the last bit
        counted=dict(_counted(within, ends, shape)),
        stock=_stock(outcome, schedule.segment, shape[0]),
    )


def _by_cell(cells: Whole, at_risk: Flags, shape: tuple[int, int]) -> tuple[Whole, Whole]:
    """The contracts at risk in the order of their cells, and where each cell ends after the first begins."""
    chosen = np.nonzero(at_risk)[0]
    chosen = chosen[np.argsort(cells[chosen], kind="stable")]
    return chosen, np.searchsorted(cells[chosen], np.arange(shape[0] * shape[1] + 1))


def _added(values: Numbers | Whole | Flags, ends: Whole) -> Any:
    """Values of contracts in the order of their cells, added up cell by cell: last axis N in, cells out.

    >>> _added(np.array([1, 2, 3]), np.array([0, 1, 1, 3])).tolist()
    [1, 0, 5]
    """
    nil = np.zeros((*values.shape[:-1], 1), values.dtype)
    sums = np.add.reduceat(np.concatenate([values, nil], axis=-1), ends[:-1], axis=-1)
    return np.where(ends[1:] > ends[:-1], sums, nil)


def _parts(probability: Numbers) -> Whole:
    return np.rint(probability * PARTS).astype(np.int64)


def _expecting(setting: CreditSetting) -> Expecting:
    (us, ifrs), elections = setting.treatments, setting.elections
    return Expecting(
        setting.segments,
        tuple((one.side, one.weight) for one in setting.recognised.scenarios),
        (us.surprise(elections), ifrs.surprise(elections)),
        (us.overdispersion(elections), ifrs.overdispersion(elections)),
        setting.hazards_from,
        setting.recoveries_from,
    )


def _recognised(late: StateRows, course: Course, setting: CreditSetting, schedule: Schedule) -> Flags:
    """Whether default was recognised in the period: by date, by days past due, or by a loss taken."""
    first, last = np.datetime64(setting.opening), np.datetime64(setting.closing)
    dated = (late.default_date > first) & (late.default_date <= last)
    overdue = late.on_book & (late.days_past_due >= setting.bases.of["opening"].default_days[1][schedule.segment])
    came: Flags = dated | overdue | course.newly_off
    return came


def _expected(
    schedule: Schedule, opening: StateRows, risk: RiskTerms, chosen: Whole, setting: CreditSetting
) -> tuple[Numbers, Numbers, Numbers]:
    """Probability, amount owed and its square of the chosen contracts, by scenario under the opening's curves."""
    recognised = setting.recognised
    rows, count = recognised.scenarios, len(chosen)

    def each(values: Any) -> Any:
        return np.broadcast_to(values, (len(rows), count))

    no_rows = np.zeros(len(rows), dtype=np.int64)
    return scan_recognised(  # type: ignore[no-any-return]
        of_contracts(schedule, chosen).terms(),
        kernels.LossRows(
            weights=recognised.weights,
            table=np.stack([one.opening + risk.row[one.side][chosen] for one in rows]),
            due=np.stack([risk.due[one.side][chosen] for one in rows]),
            paid=each(risk.paid[chosen]),
            lag=np.stack([risk.lag[one.side][chosen] for one in rows]),
            elapsed_periods=each(0.0),  # of interest to the instant alone, and here it runs to the recognition
            horizon=np.stack([risk.at_risk[one.side][chosen] for one in rows]),
            principal=each(opening.principal[chosen]),
            billed=each(opening.billed_interest[chosen]),
            interest=each(np.full(count, TO_RECOGNITION)),
            exposure=np.array([setting.bases.of["opening"].exposure[one.side] for one in rows]),
            interest_beside=no_rows,
            shift=no_rows.astype(np.float64),
            near_months=0,
        ),
        *_months(setting),
    )


def _by_closing_curves(risk: RiskTerms, chosen: Whole, setting: CreditSetting) -> Numbers:
    """Probability of the chosen contracts by scenario under the closing's curves, as they stood at the opening."""
    recognised, (whole, rest) = setting.recognised, _months(setting)
    found = []
    for one in recognised.scenarios:
        row, months = one.closing + risk.row[one.side][chosen], risk.at_risk[one.side][chosen]
        exposed = risk.due[one.side][chosen] >= 0
        reached = recognised.within[row, np.minimum(whole, months)]
        broken = np.where(
            months > whole, rest * recognised.weights[row, np.minimum(whole, recognised.weights.shape[1] - 1)], 0.0
        )
        found.append(np.where(exposed, np.minimum(reached + broken, 1.0), 0.0))
    return np.stack(found)


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


def _counted(probability: Numbers, ends: Whole, shape: tuple[int, int]) -> Iterator[tuple[tuple[int, int, int], Counted]]:
    """The number of defaults counted out, cell by cell, where that is within reach; contracts in the order of their cells."""
    for place, (first, last) in enumerate(pairwise(ends)):
        for q, of_cell in enumerate(probability[:, first:last]):
            if (of_cell * (1.0 - of_cell)).sum() < EXACT_BELOW_VARIANCE:
                yield (q, place // shape[1], place % shape[1]), Counted(*count_out(of_cell))


def _stock(outcome: Outcome, segment: Whole, segments: int) -> Numbers:
    """By segment: what was expected of losses taken before the opening, what was received, squares of the differences, and how
    many there were."""
    paid = outcome.stock_paid > 0
    gap = (outcome.stock_received - outcome.stock_expected).astype(np.float64)
    columns = (outcome.stock_expected, outcome.stock_received, gap**2, paid)
    return np.stack([np.bincount(segment[paid], np.asarray(column)[paid], segments) for column in columns])

"""The basis of a state's credit risk: estimates in force at its instant, techniques in use then, and the tables of both.

The opening, and the closing under opening assumptions, are measured on the basis of the opening; the closing on its own. What
lies between the two measurements of the closing is the change of estimate (IAS 8.36; 250-10-45-17).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from gaapbridge.assumptions.curve_tables import BUCKETS
from gaapbridge.assumptions.curves import Curves
from gaapbridge.assumptions.look_back import LookBack
from gaapbridge.assumptions.versions import in_force
from gaapbridge.contracts.kind import CLOSING, LATE, OPENING
from gaapbridge.contracts.loss_tables import LossTables, Recognised, SeenCurves, loss_tables, mean_losses, recognised_tables
from gaapbridge.differences.expected_credit_loss.elections import Elections
from gaapbridge.differences.expected_credit_loss.treatment import Treatment
from gaapbridge.measure.survival import default_probabilities
from gaapbridge.plan import Plan

NOTE = "expected_credit_loss"
"""The note that elects how credit risk is measured."""

CURRENT = BUCKETS.index("current")

Whole = NDArray[np.int64]
Numbers = NDArray[np.float64]
Dates = NDArray[np.datetime64]
Treatments = tuple[Treatment, Treatment]


@dataclass(frozen=True)
class Basis:
    """What a state is measured with; in pairs where the sides differ.

    ``version`` is that of the curves, ``until`` the last day whose estimates are known. ``first_row`` is where a side's tables
    start among those of all bases, ``defaults_beside`` and ``interest_beside`` how much further those of defaults and of
    interest do. ``loss_given_default`` is the scenario-weighted mean by segment and month since default, ``probabilities`` of
    default are the second side's, ``default_days`` and ``look_back`` are by segment.
    """

    version: int
    until: np.datetime64
    elections: Elections
    first_row: tuple[int, int]
    defaults_beside: tuple[int, int]
    interest_beside: tuple[int, int]
    loss_given_default: tuple[Numbers, Numbers]
    probabilities: Numbers
    default_days: tuple[Whole, Whole]
    look_back: LookBack
    default_shift: tuple[float, float]
    exposure: tuple[int, int]
    discounts: tuple[bool, bool]

    def mean_loss(self, side: int, segment: Whole, months: Whole) -> Numbers:
        """Scenario-weighted loss given default at whole months since default; the last value holds beyond the table."""
        table = self.loss_given_default[side]
        found: Numbers = table[segment, np.minimum(months, table.shape[1] - 1)]
        return found

    def lost_in_default(self, side: int, segment: Whole, months: Whole, principal: Numbers, interest: Numbers) -> Numbers:
        """What contracts in default for so many months lose; their interest whole where the side elects so (326-20-30-4).

        With a loss given default of 0.6, principal 100 and interest 10 lose 66, or 70 where interest is lost whole.
        """
        lost = self.mean_loss(side, segment, months)
        of_interest = np.ones_like(lost) if self.interest_beside[side] else lost
        return principal * lost + interest * of_interest


@dataclass(frozen=True)
class Bases:
    """The basis of each state, one object for all of them where nothing was revised, and their folded loss tables; those of
    what is expected to be recognised are on the basis of the opening, and of the closing beside."""

    of: Mapping[str, Basis]
    weights: Numbers
    recognised: Recognised

    @property
    def revised(self) -> bool:
        """Whether an estimate or a technique of the closing differs from that of the opening."""
        return self.of[OPENING] is not self.of[CLOSING]

    @cached_property
    def within(self) -> Numbers:
        """Weights added up: rows x T, the expected loss of one unit owed throughout, recognised within 1..T months."""
        added: Numbers = np.cumsum(self.weights, axis=1)
        return added


def elected(plan: Plan) -> tuple[Elections, Elections]:
    """The elections of the opening and of the closing."""
    opening, closing = (plan.answers_at(NOTE, plan.instants[state]) for state in (OPENING, CLOSING))
    return Elections.of(opening), Elections.of(closing)


def default_days(treatments: Treatments, guaranteed: bool, curves: Curves, elections: Elections) -> tuple[Whole, Whole]:
    """Days past due at which default is recognised, by side and segment."""
    us, ifrs = treatments
    return us.default_days(guaranteed, curves.segments, elections), ifrs.default_days(guaranteed, curves.segments, elections)


def bases_of(
    plan: Plan, curves: Curves, treatments: Treatments, guaranteed: bool, months: int, ages: int, days: Dates
) -> Bases:  # fmt: skip
    """The bases of a plan's states; tables reach ``months`` ahead, with rows for ``ages``. ``days`` are those from which
    estimates were others: one within the period revises, though another may have put the first back in force."""
    instants = [plan.instants[state] for state in (OPENING, CLOSING)]
    opening, closing = (np.datetime64(day) for day in instants)
    versions = [in_force(curves.versions, day) for day in instants]
    seen = [
        SeenCurves(curves, version, elections, months, ages) for version, elections in zip(versions, elected(plan), strict=True)
    ]
    steady = seen[0].alike(seen[1]) and not ((days > opening) & (days <= closing)).any()
    tables = [loss_tables(one, treatments) for one in (seen[:1] if steady else seen)]
    before = _basis(seen[0], closing if steady else opening, treatments, guaranteed, tables[0], 0)
    after = before if steady else _basis(seen[1], closing, treatments, guaranteed, tables[1], len(tables[0].weights))
    return Bases(
        {OPENING: before, LATE: before, CLOSING: after},
        np.concatenate([table.weights for table in tables]),
        recognised_tables(seen[0], seen[1], treatments),
    )


def _basis(
    seen: SeenCurves, until: np.datetime64, treatments: Treatments, guaranteed: bool, tables: LossTables, place: int
) -> Basis:  # fmt: skip
    """A basis whose tables start at a place among those of all."""
    us, ifrs = treatments
    elections = seen.elections
    return Basis(
        version=seen.version,
        until=until,
        elections=elections,
        first_row=(place + tables.first_row[0], place + tables.first_row[1]),
        defaults_beside=tables.defaults_beside,
        interest_beside=tables.interest_beside,
        loss_given_default=tables.loss_given_default,
        probabilities=default_probabilities(seen.risk(ifrs)),
        default_days=default_days(treatments, guaranteed, seen.curves, elections),
        look_back=seen.curves.look_back.of(seen.version),
        default_shift=(us.default_shift(elections), ifrs.default_shift(elections)),
        exposure=(us.exposure(elections), ifrs.exposure(elections)),
        discounts=(us.discounts(elections), ifrs.discounts(elections)),
    )


@dataclass(frozen=True)
class ByDay:
    """Estimates as they were from one day to the next, for an origination or a month within the period.

    ``at_origination`` are default probabilities of a contract that is current, day x row x months; ``loss_given_default`` is
    the scenario-weighted mean by side, day x segment x month since default.
    """

    days: Dates
    at_origination: Numbers
    loss_given_default: tuple[Numbers, Numbers]

    def place(self, dates: Dates) -> Whole:
        """The place of the days whose estimates were in force on each date; the first where none were."""
        return latest(self.days, dates)

    def mean_loss(self, side: int, dates: Dates, segment: Whole, months: Whole) -> Numbers:
        """Loss given default by what was in force on each date; the last value holds beyond the table."""
        table = self.loss_given_default[side]
        found: Numbers = table[self.place(dates), segment, np.minimum(months, table.shape[2] - 1)]
        return found


def latest(days: Dates, dates: Dates) -> Whole:
    """The place of the latest of some days that was not after each date; the first where all were."""
    return np.maximum(np.searchsorted(days, dates, side="right") - 1, 0)


def by_day(plan: Plan, curves: Curves, treatments: Treatments, months: int, ages: int) -> ByDay:
    """The estimates of a plan from day to day."""
    days, seen = seen_by_day(plan, curves, months, ages)
    tables = [[mean_losses(one, treatment) for one in seen] for treatment in treatments]
    return ByDay(
        days,
        np.stack([default_probabilities(one.risk(treatments[1], CURRENT)) for one in seen]),
        (np.stack(tables[0]), np.stack(tables[1])),
    )


def seen_by_day(plan: Plan, curves: Curves, months: int, ages: int) -> tuple[Dates, tuple[SeenCurves, ...]]:
    """The days from which curves or answers were others, and the curves as they are seen from each.

    What is known of the days before the first version is that version.
    """
    days: list[date] = []
    found: list[SeenCurves] = []
    for day in sorted({*curves.versions, *plan.version_days(NOTE)}):
        seen = SeenCurves(curves, in_force(curves.versions, day), Elections.of(plan.answers_at(NOTE, day)), months, ages)
        if not found or not seen.alike(found[-1]):
            days.append(day)
            found.append(seen)
    return np.array(days, dtype="datetime64[D]"), tuple(found)

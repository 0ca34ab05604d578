"""The estimates of a chunk of loans: both treatments asked for their terms in every state, and one pass of the kernel.

The kernel takes a few thousand contracts at a time: what it is given of them, a hundred columns, then stays in the processor's
cache, and the memory that a range takes is that of its contracts' rows.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from gaapbridge.contracts.basis import Basis
from gaapbridge.contracts.credit import (
    SPLIT_MONTHS,
    Accrual,
    RiskTerms,
    StateRows,
    contractual_interest,
    of_contracts,
    position_of_few,
    positions_of,
    risk_terms,
)
from gaapbridge.contracts.loans.columns import Loans
from gaapbridge.contracts.loans.setting import LoanSetting
from gaapbridge.difference import SIDES
from gaapbridge.differences.effective_interest.treatment import FOREVER
from gaapbridge.measure import kernels
from gaapbridge.measure.calendar import Position
from gaapbridge.measure.timeline import FIRST_MISSED, after_the_last_due_date

Whole = NDArray[np.int64]
Numbers = NDArray[np.float64]

AT_A_TIME = 4096
"""Contracts that the kernel takes at a time."""


@dataclass
class StateTerms:
    """Policy terms of one state, both sides: what the kernel needs and what is kept for the amounts.

    Carrying amounts are those of the day up to which each side amortises, and of the day on which interest stops if nothing is
    paid, ``stop``, of loans past due that accrue.
    """

    rows: StateRows
    contractual_interest: Numbers
    value_after: list[Whole]
    value_at: list[Position]
    value_curve: list[Whole]
    stop_after: list[Whole]
    stop_at: list[Position]
    accrual: Accrual
    risk: RiskTerms
    basis: Basis

    @cached_property
    def split_after(self) -> Whole:
        """Instalments behind each loan whose amounts are split by when they fall due, -1 of others: of one that is not on book,
        or in default by both, when principal, deferral and allowance are current."""
        split = self.rows.on_book & ~(self.risk.defaulted[0] & self.risk.defaulted[1])
        return np.where(split, self.risk.at.instalments_due, -1)


class Estimates(NamedTuple):
    """What the kernel finds of N loans, float64 in minor units: ``factors`` at which their flows are worth what was lent and
    ``outcomes`` of looking for them, by side; ``deferrals`` of each state and side, then of the days on which interest stops;
    shares of principal due ``beyond`` the split, by state; ``losses`` of each state and side, and what of them is ``near``."""

    factors: Numbers
    outcomes: Whole
    deferrals: Numbers
    beyond: Numbers
    losses: Numbers
    near: Numbers


def terms_of_states(loans: Loans, names: Sequence[str], setting: LoanSetting) -> list[StateTerms]:
    """Ask both treatments of both notes for their terms in some states."""
    rows = [loans.states[name] for name in names]
    positions = positions_of(loans.schedule, rows)
    bases = [setting.credit.bases.of[name] for name in names]
    return [_terms(loans, *state, setting) for state in zip(rows, positions, bases, strict=True)]


def _terms(loans: Loans, rows: StateRows, at: Position, basis: Basis, setting: LoanSetting) -> StateTerms:
    curve = setting.credit.curve_row(basis.version, loans.schedule.segment)
    accrual = _accrual(loans, rows, basis, setting)
    risk = risk_terms(loans.schedule, rows, at, basis, setting.credit, accrual)
    terms = StateTerms(rows, contractual_interest(loans.schedule, rows, at), [], [], [], [], [], accrual, risk, basis)
    for side, yields in enumerate(setting.treatments):
        until = yields.accrual_date(
            rows.instant, rows.days_past_due, rows.nonaccrual_date, loans.schedule.origination_date, setting.elections
        )
        value_at = position_of_few(loans.schedule, until, until != rows.instant, at)
        terms.value_at.append(value_at)
        live = rows.on_book & (value_at.instalments_due < loans.schedule.term_instalments)
        terms.value_after.append(np.where(live, value_at.instalments_due, -1))
        terms.value_curve.append(yields.carrying_curve(curve))
        days = yields.accrual_left(rows.days_past_due, setting.elections)
        stops = rows.on_book & accrual.accrues[side] & (rows.days_past_due > 0) & (days < FOREVER)
        stop_at = position_of_few(loans.schedule, rows.instant + days, stops) if stops.any() else at
        terms.stop_at.append(stop_at)
        live = stops & (stop_at.instalments_due < loans.schedule.term_instalments)
        terms.stop_after.append(np.where(live, stop_at.instalments_due, -1))
    return terms


def _accrual(loans: Loans, rows: StateRows, basis: Basis, setting: LoanSetting) -> Accrual:
    """Ask both treatments of note (ii) whether interest is accrued, and for how long it still is on the day of default."""
    us, ifrs = setting.treatments
    days = [by_segment[loans.schedule.segment] for by_segment in basis.default_days]
    elections, overdue, stopped = setting.elections, rows.days_past_due, rows.nonaccrual_date
    return Accrual(
        (us.accrues(overdue, stopped, elections), ifrs.accrues(overdue, stopped, elections)),
        (us.accrual_left(days[0], elections), ifrs.accrual_left(days[1], elections)),
    )


def estimates_of(loans: Loans, terms: list[StateTerms], setting: LoanSetting) -> Estimates:
    """What the kernel finds at both rates in every state, us and ifrs by turns within each."""
    still = [_stands_still(loans, state, side, setting) for state in terms for side in range(len(SIDES))]
    firsts = range(0, max(len(loans.initial), 1), AT_A_TIME)
    parts = [_of_few(loans, terms, still, setting, slice(first, first + AT_A_TIME)) for first in firsts]
    return Estimates(*(np.concatenate(of_few, axis=1) for of_few in zip(*parts, strict=True)))


def _of_few(
    loans: Loans, terms: list[StateTerms], still: list[tuple[Numbers, Numbers]], setting: LoanSetting, few: slice
) -> tuple[NDArray[Any], ...]:
    """The same of a few contracts, one after the other; of them carrying amounts on the days on which interest stops follow
    those of the states."""
    credit, agreed, sides = setting.credit, of_contracts(loans.schedule, few), range(len(SIDES))
    origination = credit.curve_row(agreed.origination_version, agreed.segment)
    rows = [(s, side) for s in terms for side in sides]
    values_at = [s.value_at[side] for s, side in rows] + [s.stop_at[side] for s, side in rows]

    def of_each(columns: Iterable[NDArray[Any]]) -> NDArray[Any]:
        return np.stack([column[few] for column in columns])

    principal = of_each(s.rows.principal for s, _ in rows)
    result: tuple[NDArray[Any], ...] = kernels.scan_loans(
        agreed.terms(loans.service_fee[few]),
        kernels.RateRows(
            loans.initial[few], credit.mortality, np.stack([one.rate_curve(origination) for one in setting.treatments])
        ),
        kernels.ValueRows(
            rate_row=np.array([side for _, side in rows * 2]),
            curve=of_each(s.value_curve[side] for s, side in rows * 2),
            after=of_each([*(s.value_after[side] for s, side in rows), *(s.stop_after[side] for s, side in rows)]),
            elapsed=of_each(at.elapsed for at in values_at),
            length=of_each(at.length for at in values_at),
            principal=np.concatenate([principal, principal]),
        ),
        kernels.LossRows(
            weights=credit.bases.weights,
            table=of_each(s.risk.table[side] for s, side in rows),
            due=of_each(s.risk.due[side] for s, side in rows),
            paid=of_each(s.risk.paid for s, _ in rows),
            lag=of_each(s.risk.lag[side] for s, side in rows),
            elapsed_periods=of_each(s.risk.at.elapsed_periods for s, _ in rows),
            horizon=of_each(s.risk.horizon[side] for s, side in rows),
            principal=principal,
            billed=of_each(s.rows.billed_interest for s, _ in rows),
            interest=of_each(s.risk.interest[side] for s, side in rows),
            exposure=np.array([s.basis.exposure[side] for s, side in rows]),
            interest_beside=np.array([s.basis.interest_beside[side] for s, side in rows]),
            shift=np.array([s.basis.default_shift[side] for s, side in rows]),
            near_months=SPLIT_MONTHS,
        ),
        kernels.LossRates(np.array([side for _, side in rows]), np.array([s.basis.discounts[side] for s, side in rows])),
        kernels.DeferredRows(
            value_row=np.arange(len(rows)),
            defaults_beside=np.array([s.basis.defaults_beside[side] for s, side in rows]),
            frozen=of_each(~s.accrual.accrues[side] for s, side in rows),
            of_costs=of_each(of_costs for of_costs, _ in still),
            of_discount=of_each(of_discount for _, of_discount in still),
            elapsed=of_each(s.risk.at.elapsed for s, _ in rows),
        ),
        kernels.SplitRows(of_each(s.split_after for s in terms), SPLIT_MONTHS),
    )  # fmt: skip
    return result


def _stands_still(loans: Loans, state: StateTerms, side: int, setting: LoanSetting) -> tuple[Numbers, Numbers]:
    """Periods after the last due date of the days whose deferred costs, and whose discount, a default of month 0 counts."""
    elections, left, lag = state.basis.elections, state.accrual.left_at_default[side], state.risk.lag[side]
    late = state.basis.default_days[side][loans.schedule.segment]
    first_missed = np.where(state.basis.exposure[side] == FIRST_MISSED, late, 0)
    of_costs, of_discount = setting.credit.treatments[side].days_after_default(left, elections)
    return after_the_last_due_date(first_missed, lag, of_costs), after_the_last_due_date(first_missed, lag, of_discount)

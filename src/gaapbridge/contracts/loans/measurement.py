"""The measurement of one chunk of loans under both frameworks: policy columns in, one kernel pass, minor units out.

Each contract passes through up to three states: ``opening``; ``late``, which is the closing instant under the opening
assumptions or the moment before it left; and ``closing``. A flow is the difference between two states, so flows add to
the movement and no amount is left over.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
import polars as pl
from numpy.typing import NDArray

from gaapbridge.contracts.credit import RiskTerms, months_in_default
from gaapbridge.contracts.expectation import Expectation, expectation
from gaapbridge.contracts.kind import STATES
from gaapbridge.contracts.loans import KIND
from gaapbridge.contracts.loans.columns import Loans
from gaapbridge.contracts.loans.estimates import StateTerms, estimates_of, terms_of_states
from gaapbridge.contracts.loans.recoveries import fill_recoveries
from gaapbridge.contracts.loans.setting import LoanSetting
from gaapbridge.contracts.loans.stage_three import unearning
from gaapbridge.contracts.rows import Rows, table_of, worded
from gaapbridge.difference import PATHS, SIDES
from gaapbridge.measure.effective_rates import SOLVED
from gaapbridge.measure.rounding import fraction_of, to_minor
from gaapbridge.measure.timeline import NO_INTEREST
from gaapbridge.terms.money import round_half_away

Whole = NDArray[np.int64]
Numbers = NDArray[np.float64]


@dataclass(frozen=True)
class Measurement:
    """Minor units of a chunk of N loans, their stages and rates, and why a loan has no rate."""

    rows: Rows
    stage_opening: Whole
    stage_closing: Whole
    pd_ratio: Numbers
    stated: NDArray[np.bool_]
    recoveries_not_carried: Whole
    rates: tuple[Numbers, Numbers]
    expected: Expectation
    outcomes: Whole
    opening: RiskTerms
    late: RiskTerms
    nonaccrual: dict[str, NDArray[np.bool_]]


def measure(loans: Loans, setting: LoanSetting, rows: Rows) -> Measurement:
    """Measure a chunk: all states, both sides, in one pass of the kernel.

    A contract without an effective rate has a non-zero outcome and amounts of nil; the caller rejects it.
    """
    credit = setting.credit
    scanned = STATES if credit.revised else STATES[:2]
    terms = terms_of_states(loans, scanned, setting)
    factors, outcomes, deferrals, beyond, losses, near = estimates_of(loans, terms, setting)
    solved = (outcomes == SOLVED).all(axis=0)
    rates = tuple(np.where(solved, 1.0 / factor - 1.0, 0.0) for factor in factors)
    left = _left(terms, deferrals)
    for number, (name, state) in enumerate(zip(scanned, terms, strict=True)):
        taken = []
        for side, framework in enumerate(SIDES):
            row = 2 * number + side
            prefix = f"{name}_{framework}_"
            _carrying(rows, prefix, loans, state, side, deferrals[row], beyond[number], setting)
            taken.append(_allowance(rows, prefix, loans, state, side, losses[row], near[row], left[row], setting))
        untaxed = {"deferred_fees": taken[1] - taken[0]}
        _value_added_tax(rows, name, state.rows.days_past_due, untaxed, setting)
        _principal(rows, name, state, beyond[number])
    if not credit.revised:
        _closing_as_late(rows, loans)
    not_carried = fill_recoveries(rows, loans, rates, setting)
    _cash(rows, loans, terms)
    _interest_on_allowance(rows, loans, rates, factors, setting)
    rows.amounts[:, ~solved] = 0
    stage_closing = np.where(loans.course.remained, terms[-1].risk.stage, 0)
    pd_ratio = np.where(loans.course.remained, terms[-1].risk.pd_ratio, 0.0)
    last = terms[-1]
    counted = _counted(rows, last, 0, left[-2], setting), _counted(rows, last, 1, left[-1], setting)
    expected = expectation(last.risk, loans.schedule, loans.states["closing"], last.basis, credit, counted=counted)
    return Measurement(
        rows, terms[0].risk.stage, stage_closing, pd_ratio, terms[-1].risk.stated, np.where(solved, not_carried, 0),
        (rates[0], rates[1]), expected, outcomes.max(axis=0),
        terms[0].risk, terms[1].risk, {"opening": _stopped(terms[0]), "closing": _stopped(terms[-1])},
    )  # fmt: skip


def _stopped(state: StateTerms) -> NDArray[np.bool_]:
    """Which loans US GAAP accrues no interest of."""
    return ~state.accrual.accrues[0]


def _closing_as_late(rows: Rows, loans: Loans) -> None:
    """Where nothing was revised, the closing state of what remained is its late state."""
    remained = loans.course.remained
    for series in rows.series:
        if series.startswith("late_"):
            rows["closing_" + series.removeprefix("late_")] = np.where(remained, rows[series], 0)


def _carrying(
    rows: Rows, prefix: str, loans: Loans, state: StateTerms, side: int,
    deferral: Numbers, beyond: Numbers, setting: LoanSetting,
) -> None:  # fmt: skip
    """Deferred fees, deferred costs and accrued interest of one side: rounded once, here."""
    costs = to_minor(deferral * loans.cost_share)
    fees = to_minor(deferral) - costs
    rules, fees_ahead = setting.credit.treatments[side], np.where(state.rows.on_book, state.rows.fees_ahead, 0.0)
    accrued = rules.accrued_interest(state.contractual_interest, fees_ahead, state.accrual.accrues[side])
    rows[prefix + "deferred_fees"] = fees
    rows[prefix + "deferred_costs"] = costs
    rows[prefix + "accrued_interest"] = to_minor(accrued)
    rows[prefix + "deferred_fees_non_current"] = to_minor(fees * beyond)
    rows[prefix + "deferred_costs_non_current"] = to_minor(costs * beyond)


def _allowance(
    rows: Rows, prefix: str, loans: Loans, state: StateTerms, side: int, loss: Numbers, near: Numbers, left: Whole,
    setting: LoanSetting,
) -> Whole:  # fmt: skip
    """Loss allowance and its current part of one side, and what of deferred fees that of a contract in default takes where it
    counts all that is deferred: what is left out to be accreted yet is earned by neither side (326-20-30-5)."""
    defaulted = state.risk.defaulted[side] & state.rows.on_book
    since = months_in_default(state.rows, state.basis.default_days[side][loans.schedule.segment], defaulted)
    interest = np.where(state.risk.interest[side] != NO_INTEREST, state.contractual_interest, 0.0)
    estimate = state.basis.lost_in_default(side, loans.schedule.segment, since, state.rows.principal, interest)
    lost = to_minor(np.where(defaulted, estimate, 0.0))
    fees = rows[prefix + "deferred_fees"]
    deferred = fees + rows[prefix + "deferred_costs"]
    treatment = setting.credit.treatments[side]
    accrued = np.where(state.risk.interest[side] != NO_INTEREST, rows[prefix + "accrued_interest"], 0)
    most = treatment.most_lost(state.rows.principal.astype(np.int64) + deferred + accrued)
    in_default = np.minimum(treatment.allowance_in_default(lost, deferred, left, state.basis.elections), most)
    for series, ahead in (("loss_allowance", loss), ("loss_allowance_current", near)):
        expected = np.minimum(to_minor(np.where(state.rows.on_book, ahead, 0.0)), most)
        rows[prefix + series] = np.where(defaulted, in_default, expected)
    all_counted = np.minimum(treatment.allowance_in_default(lost, deferred, deferred, state.basis.elections), most)
    return np.where(defaulted, _fees_in(all_counted - lost, fees, deferred), 0)


def _left(terms: list[StateTerms], deferrals: Numbers) -> Whole:
    """What will be deferred when interest stops, if nothing is paid, of each state and side; where it has stopped, what is. Nil
    of loans of which nothing is past due."""
    accrues = np.concatenate([state.accrual.accrues for state in terms])
    now, when_it_stops = np.split(deferrals, 2)
    return to_minor(np.where(accrues, when_it_stops, now))


def _counted(rows: Rows, state: StateTerms, side: int, left: Whole, setting: LoanSetting) -> Whole:
    """What a default that began with the arrears of the closing counts of deferred fees and costs."""
    deferred = rows[f"closing_{SIDES[side]}_deferred_fees"] + rows[f"closing_{SIDES[side]}_deferred_costs"]
    return setting.credit.treatments[side].counted_deferral(deferred, left, state.basis.elections)


def _fees_in(taken: Whole, fees: Whole, deferred: Whole) -> Whole:
    """The part of fees in what allowances have taken of fees and costs deferred, in proportion, exact, rounded to minor units.

    >>> _fees_in(np.array([-50, -200, 0]), np.array([-300, -300, -300]), np.array([-200, -200, -200])).tolist()
    [-75, -300, 0]
    """
    part = np.where(taken == deferred, fees, 0)
    for place in np.nonzero((taken != deferred) & (taken != 0))[0]:
        part[place] = round_half_away(Fraction(int(fees[place]) * int(taken[place]), int(deferred[place])))
    return part


def _value_added_tax(
    rows: Rows, state: str, days_past_due: Whole, taken: Mapping[str, Whole], setting: LoanSetting
) -> None:  # fmt: skip
    """Tax inside the difference of each inclusive component, per contract, rounded half away from zero.

    None inside what is past due for longer than the days in which it is taxed: its tax is payable once it is received. None
    inside the difference in what allowances have ``taken`` of a component: that is never income.
    """
    for component in KIND.components:
        if component.inclusive in setting.vat_components:
            difference = rows[f"{state}_ifrs_{component.name}"] - rows[f"{state}_us_{component.name}"]
            if component.untaxed is not None:
                if component.on_receipt:
                    assert setting.taxed_days_past_due is not None, "the plan's reader has refused a plan without"
                    untaxed = np.where(days_past_due > setting.taxed_days_past_due, difference, 0)
                else:
                    untaxed = taken[component.name]
                rows[f"{state}_{component.untaxed}"] = untaxed
                difference = difference - untaxed
            rows[f"{state}_vat_{component.name}"] = fraction_of(component.sign * difference, setting.vat)


def _principal(rows: Rows, name: str, state: StateTerms, beyond: Numbers) -> None:
    principal = np.where(state.rows.on_book, state.rows.principal, 0.0)
    rows[f"{name}_principal"] = to_minor(principal)
    rows[f"{name}_principal_non_current"] = to_minor(principal * beyond)


def _interest_on_allowance(
    rows: Rows, loans: Loans, rates: tuple[Numbers, ...], factors: Numbers, setting: LoanSetting
) -> None:  # fmt: skip
    """Interest not recognised of contracts in default (IFRS 9 5.4.1(b)): rounded once, here."""
    apart = np.zeros(len(loans.contract_id))
    for side, framework in enumerate(SIDES):
        of_side, found = setting.credit.treatments[side], unearning(loans, side, factors[side], setting)
        rows[f"{framework}_interest_on_allowance"] = to_minor(
            of_side.interest_on_allowance(rates[side], found.net, found.taken)
        )
        apart = np.maximum(apart, found.apart)
    rows["interest_on_allowance_apart"] = to_minor(apart)


def _cash(rows: Rows, loans: Loans, terms: list[StateTerms]) -> None:
    """Cash and origination amounts, the same under both frameworks."""
    rows["closing_live"] = loans.course.remained.astype(np.int64)
    rows["fees_received"] = loans.fees_received
    rows["costs_paid"] = loans.costs_paid
    settled = np.where(loans.course.settled, terms[1].contractual_interest, 0.0)
    rows["interest_settled"] = to_minor(settled)
    told = loans.received_by_payments
    paid_before = loans.interest_paid + loans.service_fees_paid + loans.capitalised - rows["interest_settled"]
    rows["interest_received"] = np.where(told, paid_before, loans.received_by_rows)
    rows["interest_capitalised"] = loans.capitalised
    rows["interest_received_apart"] = np.where(told, 0, loans.interest_apart)
    other_fees = loans.fees_paid - loans.origination_fees.paid - loans.service_fees_paid
    rows["other_fees_received"] = np.where(told, other_fees, 0)
    whole = to_minor(np.where(loans.course.newly_off, loans.written_off_principal, 0.0))
    rows["principal_written_off"] = whole + loans.written_off_in_part
    rows["recoveries_received"] = to_minor(loans.recovered)
    rows["principal_advanced"], rows["principal_repaid"] = loans.advanced, loans.repaid
    rows["cash_taken_in"] = loans.paid - loans.origination_fees.off_the_advance + rows["recoveries_received"]
    rows["cash_paid_out"] = loans.advanced + np.where(loans.advanced > 0, loans.costs_paid - loans.fees_received, 0)


def detail_of(loans: Loans, measurement: Measurement, setting: LoanSetting) -> pl.DataFrame:
    """The table of a chunk: one row for each loan with an effective rate, in the order of the chunk."""
    remained = loans.course.remained
    facts: dict[str, object] = {
        "contract_id": loans.contract_id,
        "segment": worded(loans.schedule.segment, setting.credit.segments),
        "path": worded(loans.course.path, PATHS),
        "status": loans.status,
        "opening_on_book": loans.course.opened,
        "closing_on_book": remained,
        "stage_opening": measurement.stage_opening.astype(np.int8),
        "stage_closing": measurement.stage_closing.astype(np.int8),
        "pd_ratio": measurement.pd_ratio,
        "credit_risk_stated": measurement.stated,
        **loans.schedule.keys(loans.states),
        **{f"nonaccrual_{instant}": stopped for instant, stopped in measurement.nonaccrual.items()},
        "us_rate_per_period": measurement.rates[0],
        "ifrs_rate_per_period": measurement.rates[1],
    }
    restated = remained if setting.credit.revised else None
    return table_of(facts, measurement.rows, measurement.outcomes == 0, left=loans.course.left, restated=restated)

"""The measurement of one chunk of guarantees under both frameworks: losses by one kernel pass, fees in whole minor units.

States are those of the loans. Fees know no curve but the loss rates of their receivable, so their states are two: the
opening instant, and the closing one or the exit; only allowances are measured in between.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
import polars as pl
from numpy.typing import NDArray

from gaapbridge.contracts.basis import Basis
from gaapbridge.contracts.credit import (
    Accrual,
    RiskTerms,
    StateRows,
    contractual_interest,
    months_in_default,
    positions_of,
    risk_terms,
)
from gaapbridge.contracts.expectation import Expectation, expectation
from gaapbridge.contracts.guarantees import KIND
from gaapbridge.contracts.guarantees.columns import Guarantees
from gaapbridge.contracts.guarantees.setting import GuaranteeSetting
from gaapbridge.contracts.kind import STATES
from gaapbridge.contracts.rows import Rows, table_of, worded
from gaapbridge.difference import PATHS, SIDES
from gaapbridge.differences.effective_interest.treatment import FOREVER
from gaapbridge.differences.financial_guarantee.treatment import FeeLossRates, Fees
from gaapbridge.measure import kernels
from gaapbridge.measure.calendar import Position, whole_months_between
from gaapbridge.measure.rounding import fraction_of, to_minor

Whole = NDArray[np.int64]
Numbers = NDArray[np.float64]
Amounts = dict[str, Whole]

FEE_COMPONENTS = (
    "fee_receivable", "fee_receivable_non_current", "fee_allowance", "fee_allowance_non_current", "accrued_fee",
    "accrued_fee_non_current", "accrued_fee_allowance", "accrued_fee_allowance_non_current", "stand_ready",
    "contract_liability", "higher_of",
)  # fmt: skip
"""What note (iv) holds of a guarantee."""

TO_DATE = ("fee_revenue", "accreted", "written_off")
"""What has gone through income to date: no balances, but the flows of the period are taken from it."""


@dataclass(frozen=True)
class Measurement:
    """Minor units of a chunk. ``rows`` are nil where a guarantee is not live; ``at_exit`` are those of the late state of what
    left, for the table of contracts. ``outcomes`` say why a guarantee could not be measured."""

    rows: Rows
    at_exit: Amounts
    stage_opening: Whole
    stage_closing: Whole
    pd_ratio: Numbers
    stated: NDArray[np.bool_]
    expected: Expectation
    outcomes: Whole
    opening: RiskTerms
    late: RiskTerms


def measure(guarantees: Guarantees, setting: GuaranteeSetting, rows: Rows) -> Measurement:
    """Measure a chunk: losses in every state, fees in two, both sides; then the flows of the period between them."""
    risks, losses, outcomes = _losses(guarantees, setting)
    outcomes = np.where(guarantees.fault > 0, guarantees.fault, outcomes)
    before, now = setting.credit.opening, setting.credit.closing
    opening = _fees_at(guarantees, "opening", before, losses["opening"], setting)
    late = _fees_at(guarantees, "late", before, losses["late"], setting)
    closing = _fees_at(guarantees, "late", now, losses["closing"], setting)
    live_opening, live_closing = guarantees.live["opening"], guarantees.live["closing"]
    for state, measured, live in (
        ("opening", opening, live_opening),
        ("late", late, live_closing),
        ("closing", closing, live_closing),
    ):
        for framework, components in zip(SIDES, measured, strict=True):
            for name in FEE_COMPONENTS:
                rows[f"{state}_{framework}_{name}"] = np.where(live, components[name], 0)
            rows[f"{state}_{framework}_loss_allowance"] = losses[state][SIDES.index(framework)]
    _flows(rows, guarantees, opening, late, setting)
    _value_added_tax(rows, setting)
    _paid_out(rows, guarantees, setting)
    rows["closing_live"] = live_closing.astype(np.int64)
    rows.amounts[:, outcomes != 0] = 0
    left = guarantees.course.left & (outcomes == 0)
    leaving = _fees_at(guarantees, "exit", before, losses["late"], setting)
    at_exit = {
        f"exit_{framework}_{name}": series * left
        for side, framework in enumerate(SIDES)
        for name, series in {**leaving[side], "loss_allowance": losses["late"][side]}.items()
        if name not in TO_DATE
    }
    stage_closing = np.where(guarantees.course.remained, risks["closing"].stage, 0)
    pd_ratio = np.where(guarantees.course.remained, risks["closing"].pd_ratio, 0.0)
    opened, closed = risks["opening"], risks["closing"]
    expected = expectation(
        closed, guarantees.schedule, guarantees.states["closing"], setting.credit.bases.of["closing"], setting.credit,
        guarantees.share,
    )  # fmt: skip
    return Measurement(
        rows, at_exit, opened.stage, stage_closing, pd_ratio, closed.stated, expected, outcomes, opened, risks["late"]
    )


def _losses(
    guarantees: Guarantees, setting: GuaranteeSetting
) -> tuple[dict[str, RiskTerms], dict[str, tuple[Whole, Whole]], Whole]:
    """Loss allowance of note (i) in every state and on both sides, the event being payout."""
    credit, loans, both = setting.credit, guarantees.schedule, range(len(SIDES))
    basis, scanned = credit.bases.of, STATES if credit.revised else STATES[:2]
    rows = {name: guarantees.states[name] for name in scanned}
    at = dict(zip(scanned, positions_of(guarantees.schedule, [*rows.values()]), strict=True))
    accrual = _accrual(len(loans.principal))
    risks = {name: risk_terms(guarantees.schedule, rows[name], at[name], basis[name], credit, accrual) for name in scanned}
    each = [(name, side) for name in scanned for side in both]
    principal = np.stack([rows[name].principal for name, _ in each])
    estimates, outcomes = kernels.scan_guaranteed(
        loans.terms(),
        kernels.LossRows(
            weights=credit.bases.weights,
            table=np.stack([risks[name].table[side] for name, side in each]),
            due=np.stack([risks[name].due[side] for name, side in each]),
            paid=np.stack([risks[name].paid for name, _ in each]),
            lag=np.stack([risks[name].lag[side] for name, side in each]),
            elapsed_periods=np.stack([at[name].elapsed_periods for name, _ in each]),
            horizon=np.stack([risks[name].horizon[side] for name, side in each]),
            principal=principal,
            billed=np.stack([rows[name].billed_interest for name, _ in each]),
            interest=np.stack([risks[name].interest[side] for name, side in each]),
            exposure=np.array([basis[name].exposure[side] for name, side in each]),
            interest_beside=np.array([basis[name].interest_beside[side] for name, side in each]),
            shift=np.array([basis[name].default_shift[side] for name, side in each]),
            near_months=0,
        ),
        np.stack([_discount_factor(guarantees, basis[name], side, setting) for name, side in each]),
    )  # fmt: skip
    losses: dict[str, tuple[Whole, Whole]] = {}
    for number, name in enumerate(scanned):
        state = (rows[name], at[name], risks[name], basis[name])
        sides = [_allowance(guarantees, *state, side, estimates[2 * number + side]) for side in both]
        losses[name] = (sides[0], sides[1])
    if not credit.revised:
        risks["closing"] = risks["late"]
        remained = guarantees.course.remained
        losses["closing"] = (np.where(remained, losses["late"][0], 0), np.where(remained, losses["late"][1], 0))
    return risks, losses, outcomes


def _discount_factor(guarantees: Guarantees, basis: Basis, side: int, setting: GuaranteeSetting) -> Numbers:
    """Discount factor a period of each guarantee's losses; one where the side does not discount."""
    if not basis.discounts[side]:
        return np.ones_like(guarantees.schedule.rate)
    return 1.0 / (1.0 + setting.credit.treatments[side].guarantee_rate(guarantees.schedule.rate, basis.elections))


def _accrual(guarantees: int) -> Accrual:
    """The interest that a guarantee covers runs on under both frameworks: it is the borrower's, not the guarantor's income."""
    runs, left = np.ones(guarantees, dtype=np.bool_), np.full(guarantees, FOREVER)
    return Accrual((runs, runs), (left, left))


def _allowance(
    guarantees: Guarantees, rows: StateRows, at: Position, risk: RiskTerms, basis: Basis, side: int, estimate: Numbers
) -> Whole:
    """Loss allowance of one side; what is about to be paid out loses its exposure times loss given payout."""
    since = months_in_default(rows, basis.default_days[side][guarantees.schedule.segment], risk.defaulted[side])
    interest = contractual_interest(guarantees.schedule, rows, at)
    lost = basis.lost_in_default(side, guarantees.schedule.segment, since, rows.principal, interest)
    loss = np.where(risk.defaulted[side], lost, estimate) * guarantees.share
    return to_minor(np.where(rows.on_book, loss, 0.0))


def _fees_at(
    guarantees: Guarantees, state: str, rates_of: date, losses: tuple[Whole, Whole], setting: GuaranteeSetting
) -> list[Amounts]:
    """Every component of note (iv) and what went through income to date, by side, in one state, at the rates of a day."""
    fees, rows = guarantees.fees[state], guarantees.states["late" if state == "exit" else state]
    rates = setting.fee_loss_rates(rates_of, guarantees.schedule.segment, rows.bucket, fees.kept)
    return [_fees_of_side(fees, side, rates, losses[side], setting) for side in range(len(SIDES))]


def _fees_of_side(fees: Fees, side: int, rates: FeeLossRates, loss: Whole, setting: GuaranteeSetting) -> Amounts:
    """One side's components, asked of its treatment."""
    treatment, elections = setting.treatments[side], setting.elections
    receivable = treatment.fee_receivable(fees, elections)
    later = treatment.fee_receivable_non_current(receivable, fees)
    accrued = treatment.accrued_fee(fees, elections)
    accrued_later = treatment.accrued_fee_non_current(accrued, fees)
    liability = treatment.contract_liability(fees, elections)
    return {
        "fee_receivable": receivable,
        "fee_receivable_non_current": later,
        "fee_allowance": to_minor(treatment.fee_allowance(receivable, rates)),
        "fee_allowance_non_current": to_minor(treatment.fee_allowance(later, rates)),
        "accrued_fee": accrued,
        "accrued_fee_non_current": accrued_later,
        "accrued_fee_allowance": to_minor(treatment.fee_allowance(accrued, rates)),
        "accrued_fee_allowance_non_current": to_minor(treatment.fee_allowance(accrued_later, rates)),
        "stand_ready": treatment.stand_ready(fees),
        "contract_liability": liability,
        "higher_of": treatment.absorbed(liability - fraction_of(liability, setting.vat), loss, elections),
        "fee_revenue": treatment.fee_revenue(fees, elections),
        "accreted": treatment.fees_accreted(fees, elections),
        "written_off": treatment.fees_written_off(fees, elections),
    }


def _flows(rows: Rows, guarantees: Guarantees, opening: list[Amounts], late: list[Amounts], setting: GuaranteeSetting) -> None:
    """The flows of the period of each side, from what there was at its start to what there was at its end.

    The end is the closing state, the exit, or for what is lost from the tapes the opening state itself.
    """
    live, alive, left = guarantees.live["opening"], guarantees.live["closing"], guarantees.course.left
    gone = (live & ~alive) | (left & ~alive)
    lost, part = live & ~alive & ~left, live | alive | left
    no_longer_owed = gone & (guarantees.settled_early | lost)
    for side, framework in enumerate(SIDES):
        treatment = setting.treatments[side]
        start = {name: series * live for name, series in opening[side].items()}
        end = {name: np.where(lost, opening[side][name], series) for name, series in late[side].items()}
        inception = np.where(part & ~live, treatment.inception(guarantees.fees["late"].fair_value), 0)
        set_off = np.where(no_longer_owed, treatment.set_off(end["fee_receivable"], end["stand_ready"]), 0)
        left_over = np.where(gone, end["fee_receivable"] + end["accrued_fee"] - set_off, 0)
        flows = {
            "inception": inception,
            "set_off": set_off,
            "release": start["stand_ready"] + inception - np.where(gone, 0, end["stand_ready"]) - set_off,
            "fee_revenue": end["fee_revenue"] - start["fee_revenue"] + np.where(gone, end["contract_liability"], 0),
            "fee_accretion": end["accreted"] - start["accreted"],
            "fee_write_off": end["written_off"] - start["written_off"] + left_over,
        }
        rows.fill(f"{framework}_", {name: series * part for name, series in flows.items()})
    collected = {state: fees.collected for state, fees in guarantees.fees.items()}
    ended = np.where(lost, collected["opening"], collected["late"])
    rows["fees_collected"] = np.where(part, ended - np.where(live, collected["opening"], 0), 0)


def _value_added_tax(rows: Rows, setting: GuaranteeSetting) -> None:
    """Tax inside the difference of each gross component and of each flow to income, per guarantee, never on allowances."""

    def inside(minuend: str, subtrahend: str) -> Whole:
        return fraction_of(rows[minuend] - rows[subtrahend], setting.vat)

    for component in (one for one in KIND.components if one.inclusive):
        for state in ("opening", "closing"):
            us, ifrs = (f"{state}_{framework}_{component.name}" for framework in SIDES)
            rows[f"{state}_vat_{component.name}"] = inside(ifrs, us) if component.sign > 0 else inside(us, ifrs)
    rows["vat_release"] = inside("us_release", "ifrs_release")
    rows["vat_fee_accretion"] = inside("us_fee_accretion", "ifrs_fee_accretion")
    rows["vat_fee_write_off"] = inside("ifrs_fee_write_off", "us_fee_write_off")


def _paid_out(rows: Rows, guarantees: Guarantees, setting: GuaranteeSetting) -> None:
    """Amounts paid out and recovered in the period, and recoveries still expected: an asset, or net in the liability."""
    credit = setting.credit
    for state, day in (("opening", credit.opening), ("closing", credit.closing)):
        paid = guarantees.compensated[state]
        instant = np.full(paid.listed.shape, np.datetime64(day))
        since = whole_months_between(paid.paid_date, instant)
        counts = paid.listed & (paid.paid_date <= instant) & ~guarantees.course.lost
        for side, framework in enumerate(SIDES):
            ratio = 1.0 - credit.bases.of[state].mean_loss(side, guarantees.schedule.segment, since)
            owed = np.maximum(paid.paid - paid.recovered, 0)
            expected = credit.treatments[side].expected_payout_recoveries(paid.paid.astype(np.float64), ratio, owed)
            is_asset = credit.treatments[side].payout_recoveries_are_asset(credit.elections)
            component = "recoveries_receivable" if is_asset else "expected_recoveries"
            rows[f"{state}_{framework}_{component}"] = to_minor(np.where(counts, expected, 0.0))
    opening, closing = guarantees.compensated["opening"], guarantees.compensated["closing"]
    rows["principal_written_off"] = np.where(guarantees.course.newly_off, closing.paid, 0)
    before = np.where(opening.listed, opening.recovered, 0)
    rows["recoveries_received"] = np.where(closing.listed & ~guarantees.course.lost, closing.recovered - before, 0)


def detail_of(guarantees: Guarantees, measurement: Measurement, setting: GuaranteeSetting) -> pl.DataFrame:
    """The table of a chunk: one row for each measured guarantee, in the order of the chunk."""
    remained = guarantees.course.remained
    facts: dict[str, object] = {
        "contract_id": guarantees.contract_id,
        "loan_id": guarantees.loan_id,
        "guaranteed_share": guarantees.share,
        "segment": worded(guarantees.schedule.segment, setting.credit.segments),
        "related_party": guarantees.related,
        "path": worded(guarantees.course.path, PATHS),
        "status": guarantees.status,
        "opening_on_book": guarantees.course.opened,
        "closing_on_book": remained,
        "stage_opening": measurement.stage_opening.astype(np.int8),
        "stage_closing": measurement.stage_closing.astype(np.int8),
        "pd_ratio": measurement.pd_ratio,
        "credit_risk_stated": measurement.stated,
        **guarantees.schedule.keys(guarantees.states),
        "nonaccrual_opening": np.zeros_like(remained),
        "nonaccrual_closing": np.zeros_like(remained),
    }
    restated = remained if setting.revised else None
    return table_of(facts, measurement.rows, measurement.outcomes == 0, restated=restated, at_exit=measurement.at_exit)

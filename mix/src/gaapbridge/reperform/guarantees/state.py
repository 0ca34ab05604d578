"""One guarantee at an instant under one framework: its fees, its losses, or what is expected back of what was paid out."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Literal

from gaapbridge.reperform.allowance import Allowance, Coverage, loss_allowance
from gaapbridge.reperform.assumptions import Assumptions, bucket_of
from gaapbridge.reperform.calculation import NIL, Choices, Figure, State, StateKind, estimated, whole
from gaapbridge.reperform.elections import GuaranteeElections
from gaapbridge.reperform.exact import ONE, ZERO, Framework, Step
from gaapbridge.reperform.grid import Grid, whole_months
from gaapbridge.reperform.guarantees.contract import FeeInstalment, Guarantee
from gaapbridge.reperform.guarantees.fees import (
    FeeLossRates,
    FeesToDate,
    Receivable,
    absorbed,
    contract_liability,
    fee_allowance,
    fee_steps,
    ifrs_receivables,
    stand_ready,
    us_accretion,
    us_receivable,
)
from gaapbridge.reperform.loan import Loan
from gaapbridge.reperform.losses import discounting, weighted_loss_given_default
from gaapbridge.reperform.schedule import Schedule, contractual_schedule

OF_PAYOUTS = ("expected_recoveries", "recoveries_receivable")
"""What is expected back of guarantees paid out, in one of two places; measured at opening and closing only."""
COMPONENTS = (
    "fee_receivable",
    "fee_receivable_non_current",
    "fee_allowance",
    "fee_allowance_non_current",
    "accrued_fee",
    "accrued_fee_non_current",
    "accrued_fee_allowance",
    "accrued_fee_allowance_non_current",
    "stand_ready",
    "contract_liability",
    "higher_of",
    "loss_allowance",
    *OF_PAYOUTS,
)

MONTHS_A_YEAR = Decimal(12)

Standing = Literal["on_book", "kept", "paid_out"]
"""What a guarantee is at an instant: in force, ended with fees still owed, or paid out."""


@dataclass(frozen=True)
class GuaranteeBasis:
    """What guarantees of a run are calculated from: curves, loss rates of fees, elections."""

    assumptions: Assumptions
    fee_losses: FeeLossRates
    elections: GuaranteeElections

    def on(self, day: date) -> GuaranteeBasis:
        """The same with the answers of a day."""
        return replace(self, elections=self.elections.on(day))


@dataclass(frozen=True, slots=True)
class Instant:
    """A guarantee at an instant as its tapes tell it, with its fair value at inception and the day its curves and
    answers are those of.

    At the exit, the moment before it left, it stands on book.
    """

    kind: StateKind
    day: date
    curve_date: date
    standing: Standing
    guarantee: Guarantee
    instalments: tuple[FeeInstalment, ...]
    value: Figure
    valued: str


def guarantee_state(instant: Instant, framework: Framework, basis: GuaranteeBasis, *, detail: bool, choices: Choices) -> State:
    """Every component of a guarantee at an instant; nil where it has none there."""
    basis = basis.on(instant.curve_date)
    if instant.standing == "paid_out":
        expected, steps = expected_recoveries(instant, framework, basis)
        is_asset = basis.elections.compensated_guarantees == "receivable"
        place = "recoveries_receivable" if is_asset else "expected_recoveries"
        return State(instant.day, {place: expected}, steps=steps if detail else ())
    if instant.standing == "kept":
        figures, made = of_fees(instant, framework, basis, NIL)
        return State(instant.day, figures, steps=made if detail else ())
    loan, grid, schedule = guaranteed_loan(instant.guarantee, choices)
    lost, told = expected_losses(instant, framework, basis, (loan, grid, schedule), choices, detail=detail)
    allowance = estimated(lost.losses.estimate)
    figures, made = of_fees(instant, framework, basis, allowance)
    return State(
        instant.day,
        figures | {"loss_allowance": allowance},
        stage=lost.stage,
        steps=(*told, *made) if detail else (),
        months=lost.losses.months,
        instalment_near_half=schedule.other_instalment,
    )


def guaranteed_loan(guarantee: Guarantee, choices: Choices) -> tuple[Loan, Grid, Schedule]:
    """The loan guaranteed, its due dates and its schedule; with the other honest instalment where that is chosen."""
    loan = guarantee.loan()
    grid = loan.grid
    schedule = contractual_schedule(loan, grid)
    if choices.instalment_minor is not None and schedule.instalment_is_near_half:
        loan = replace(loan, instalment_minor=choices.instalment_minor)
        schedule = contractual_schedule(loan, grid)
    return loan, grid, schedule


def expected_losses(
    instant: Instant,
    framework: Framework,
    basis: GuaranteeBasis,
    guaranteed: tuple[Loan, Grid, Schedule],
    choices: Choices,
    *,
    detail: bool,
) -> tuple[Allowance, tuple[Step, ...]]:
    """Losses on the share guaranteed, lifetime under US GAAP, by stage under IFRS (326-20-30-11; 5.5.3, 5.5.5)."""
    loan, grid, schedule = guaranteed
    elections, position = basis.elections, grid.position(instant.day)
    rate, told = discount_rate(framework, schedule, elections)
    coverage = Coverage(rate, instant.guarantee.guaranteed_share, told.paragraph)
    found = loss_allowance(
        loan,
        schedule,
        grid,
        coverage,
        instant.day,
        framework,
        basis.assumptions,
        elections.losses,
        instant.curve_date,
        detail,
        choices.turn_pd_test,
    )
    return found, (
        Step("outstanding principal", loan.outstanding_principal_minor, "", f"on {instant.day}"),
        Step("whole instalments behind k", position.k, "", f"of {schedule.instalments}"),
        Step("stub fraction f", position.f, "", "elapsed share of the running period"),
        Step("contract rate per period", schedule.rate, "", "of the loan guaranteed"),
        Step("guaranteed share", coverage.share, "", "of the loan"),
        told,
        *found.steps,
        *((_allowance_step(found),) if found.in_default else ()),
    )


def _allowance_step(found: Allowance) -> Step:
    """Of a guarantee in default: nothing is deferred on the claim."""
    return Step("loss allowance", found.losses.estimate, "", "the loss of the claim, on which nothing is deferred; all current")


def discount_rate(framework: Framework, schedule: Schedule, elections: GuaranteeElections) -> tuple[Decimal, Step]:
    """The rate of a month: a current one under IFRS (B5.5.48); under US GAAP that, or the contract's (326-20-30-4, 30-11)."""
    paragraph = "326-20-30-11" if framework == "us" else "B5.5.48"
    if framework == "us" and elections.us_discount == "contract_rate":
        return schedule.rate, Step("discount rate per period", schedule.rate, paragraph, "of the loan guaranteed")
    current = elections.discount_rate
    monthly = (ONE + current) ** (ONE / MONTHS_A_YEAR) - ONE
    return monthly, Step("discount rate a year", current, paragraph, "current")


def of_fees(
    instant: Instant, framework: Framework, basis: GuaranteeBasis, allowance: Figure
) -> tuple[dict[str, Figure], tuple[Step, ...]]:
    """Balances from fees, and what has become of the fees to date."""
    elections, row, value = basis.elections, instant.guarantee, instant.value
    is_kept = instant.standing == "kept"
    counts_when_due = elections.ifrs_fee_revenue == "when_due"
    fees = FeesToDate.of(instant.instalments, instant.day, is_kept=is_kept, counts_when_due=counts_when_due)
    are_all = framework == "us" or is_kept
    rates = basis.fee_losses.promised if are_all else basis.fee_losses.earned
    loss_rate = rates.rate(instant.curve_date, (row.segment, bucket_of(row.days_past_due)))
    figures = {"revenue_to_date": whole(fees.earned), "collected_to_date": whole(fees.collected)}
    if framework == "us":
        owed = us_receivable(value, fees, elections.fee_accretion)
        ready = NIL if is_kept else stand_ready(value, row, instant.day)
        accreted = us_accretion(value, fees, owed)
        figures |= {**receivable_as("fee_receivable", "fee_allowance", owed, loss_rate), "stand_ready": ready}
        figures |= {"written_off_to_date": owed.written_off, "accretion_to_date": accreted}
        made: tuple[Step, ...] = (
            Step("fair value at inception V", value.amount, "460-10-30-2", instant.valued),
            Step("fee receivable R", owed.amount.amount, "460-10-55-23(a)", elections.fee_accretion),
            Step("accretion to date a", accreted.amount, "835-30-35-2", "collected above fair value"),
            Step("stand-ready liability S", ready.amount, "460-10-35-2(b)", "straight line over the term"),
        )
    else:
        due, accrued = ifrs_receivables(fees)
        liability = contract_liability(fees)
        is_higher_of = elections.ifrs_liability == "higher_of"
        within = absorbed(liability, allowance, elections.vat_rate) if is_higher_of else NIL
        figures |= receivable_as("fee_receivable", "fee_allowance", due, loss_rate)
        figures |= receivable_as("accrued_fee", "accrued_fee_allowance", accrued, loss_rate)
        figures |= {"contract_liability": whole(liability), "higher_of": within, "written_off_to_date": due.written_off}
        made = (
            Step("recognised at inception", 0, "B2.5(a)", "nothing for fees to come"),
            Step("fee receivable R", due.amount.amount, "IFRS 15.105, 108", "earned and due"),
            Step("accrued fee A", accrued.amount.amount, "IFRS 15.105, 108", "earned and not yet due"),
            Step("contract liability K", liability, "IFRS 15.106", "collected ahead"),
            Step("absorbed by the loss allowance", within.amount, "4.2.1(c)", elections.ifrs_liability),
        )
    counted = "of all to come, by bucket" if are_all else "of those earned, by bucket"
    lost = Step("loss rate of fees", loss_rate, "326-20-30-3" if framework == "us" else "5.5.3, 5.5.5", counted)
    return figures, (*fee_steps(fees), *made, lost)


def receivable_as(name: str, allowance_name: str, receivable: Receivable, loss_rate: Decimal) -> dict[str, Figure]:
    """The columns of an asset from fees and of its allowance."""
    lost, lost_later = fee_allowance(receivable, loss_rate)
    return {
        name: receivable.amount,
        f"{name}_non_current": receivable.non_current,
        allowance_name: lost,
        f"{allowance_name}_non_current": lost_later,
    }


def expected_recoveries(instant: Instant, framework: Framework, basis: GuaranteeBasis) -> tuple[Figure, tuple[Step, ...]]:
    """What is expected back of a payout, never above what is still owed of it (326-20-30-1; 5.4.1(a), B5.5.32)."""
    row, losses = instant.guarantee, basis.elections.losses
    assert row.exit_date is not None, "a guarantee paid out left on a day"
    months = whole_months(row.exit_date, instant.day)
    discounted, _ = discounting(framework, losses, ZERO)
    lost = weighted_loss_given_default(
        row.loan(), framework, basis.assumptions, losses, instant.curve_date, months, discounted=discounted
    )
    owed = max(0, row.paid_out_minor - row.recovered_minor)
    expected = estimated(min(row.paid_out_minor * (ONE - lost), Decimal(owed)))
    paragraph = "326-20-30-1" if framework == "us" else "B5.5.32"
    return expected, (
        Step("paid out", row.paid_out_minor, "", f"on {row.exit_date}"),
        Step("recovered to date", row.recovered_minor),
        Step("months since payout", months, "", "whole calendar months"),
        Step("loss given payout", lost, paragraph, "weighted over scenarios"),
        Step("expected recoveries", expected.amount, paragraph, "at most what is still owed"),
    )

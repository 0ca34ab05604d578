"""The independent calculation of one guarantee at one instant under one framework, step by step."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal, localcontext

from gaapbridge.reperform.allowance import Allowance, Coverage, loss_allowance
from gaapbridge.reperform.assumptions import Assumptions, Versions, bucket_of
from gaapbridge.reperform.calculation import NIL, Choices, Figure, State, StateKind, estimated, whole
from gaapbridge.reperform.elections import GuaranteeElections
from gaapbridge.reperform.exact import EXACT, ONE, ZERO, Framework, Step
from gaapbridge.reperform.grid import Grid, whole_months
from gaapbridge.reperform.guarantees.contract import MATURED, PAID_OUT, SETTLED_EARLY, FeeInstalment, Guarantee
from gaapbridge.reperform.guarantees.fees import (
    accrued_fee,
    contract_liability,
    fee_allowance,
    fees_to_date,
    higher_of,
    ifrs_receivable,
    stand_ready,
    still_owed,
    us_receivable,
)
from gaapbridge.reperform.loan import ON_BOOK
from gaapbridge.reperform.losses import discounting, weighted_loss_given_default
from gaapbridge.reperform.schedule import Schedule, contractual_schedule

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
    "expected_recoveries",
    "recoveries_receivable",
)
OF_PAYOUTS = ("expected_recoveries", "recoveries_receivable")
"""What is expected of a payout already made, at the two instants only."""
TO_DATE = ("written_off_to_date", "accretion_to_date", "revenue_to_date", "collected_to_date")
"""What flows are differences of, though no column of its own."""


@dataclass(frozen=True)
class GuaranteeBasis:
    """What guarantees are measured with: curves, loss rates of fees by segment and bucket, elections."""

    assumptions: Assumptions
    fee_losses: Versions
    elections: GuaranteeElections


@dataclass(frozen=True, slots=True)
class Instant:
    """A state of one guarantee: its standing and fees on a day, and the day whose curves are in force.

    `was_kept` where its fees were kept at the opening: it is still kept at a closing whose tape shows the last of them settled.
    """

    kind: StateKind
    guarantee: Guarantee
    fair_value: tuple[int, Step]
    instalments: tuple[FeeInstalment, ...]
    day: date
    curve_date: date
    was_kept: bool = False

    def is_kept(self, elections: GuaranteeElections) -> bool:
        """Whether it has left with fees still owed, which are kept; the exit state is the moment before."""
        keeping = (MATURED, SETTLED_EARLY) if elections.early_settlement == "fee_kept" else (MATURED,)
        if self.kind == "exit" or self.guarantee.status not in keeping:
            return False
        return self.was_kept or still_owed(self.instalments) > 0

    def is_on_book(self) -> bool:
        """Whether it is on book, or was the moment before."""
        return self.guarantee.status == ON_BOOK or self.kind == "exit"

    def is_live(self, elections: GuaranteeElections) -> bool:
        """Whether there are fees to measure: on book, or kept."""
        return self.is_on_book() or self.is_kept(elections)


def guarantee_state(
    instant: Instant, framework: Framework, basis: GuaranteeBasis, *, detail: bool = True, choices: Choices
) -> State:
    """Every component of a guarantee at an instant: fees where live, losses on book, recoveries once paid out."""
    with localcontext(EXACT):
        state = State(instant.day, dict.fromkeys((*COMPONENTS, *TO_DATE), NIL))
        if not instant.is_live(basis.elections):
            recoveries, steps = _expected_recoveries(instant, framework, basis)
            apart = basis.elections.compensated_guarantees == "receivable"
            name = "recoveries_receivable" if apart else "expected_recoveries"
            return replace(state, figures=state.figures | {name: recoveries}, steps=steps)
        if instant.is_on_book():
            state = _with_loss_allowance(state, instant, framework, basis, detail, choices)
        return _with_fees(state, instant, framework, basis)


def _with_loss_allowance(
    state: State, instant: Instant, framework: Framework, basis: GuaranteeBasis, detail: bool, choices: Choices
) -> State:
    """The state with its loss allowance, stage and months (326-20-30-11; IFRS 9 5.5.1)."""
    schedule, lost = loan_losses(instant, framework, basis, detail, choices)
    figures = state.figures | {"loss_allowance": estimated(lost.losses.estimate)}
    return replace(
        state,
        figures=figures,
        stage=lost.stage,
        steps=(*_terms_steps(instant, framework, schedule, basis.elections), *lost.steps),
        months=lost.losses.months,
        instalment_near_half=schedule.other_instalment,
    )


def loan_losses(
    instant: Instant, framework: Framework, basis: GuaranteeBasis, detail: bool, choices: Choices
) -> tuple[Schedule, Allowance]:
    """The loss allowance of the loan guaranteed, to the share guaranteed.

    Discounted at the rate of guarantees under IFRS (B5.5.48); under US GAAP at that or at the loan's contract rate, as elected.
    """
    loan = instant.guarantee.loan()
    grid = Grid.of(loan.origination_date, loan.first_payment_date, loan.term_instalments)
    schedule = contractual_schedule(loan, grid)
    if choices.instalment_minor is not None and schedule.instalment_is_near_half:
        loan = replace(loan, instalment_minor=choices.instalment_minor)
        schedule = contractual_schedule(loan, grid)
    contract_rate = _at_contract_rate(framework, basis.elections)
    rate = schedule.rate if contract_rate else monthly_rate(basis.elections.discount_rate)
    lost = loss_allowance(
        loan,
        schedule,
        grid,
        Coverage(rate, instant.guarantee.guaranteed_share, "B5.5.48"),
        instant.day,
        framework,
        basis.assumptions,
        basis.elections.losses,
        instant.curve_date,
        detail,
        choices.turn_pd_test,
    )
    return schedule, lost


def _at_contract_rate(framework: Framework, elections: GuaranteeElections) -> bool:
    return framework == "us" and elections.us_discount == "contract_rate"


def monthly_rate(annual_rate: Decimal) -> Decimal:
    """The rate a month that makes the annual one: v = 1 / (1 + rate)^(1/12) a month.

    >>> monthly_rate(Decimal(0)), round(monthly_rate(Decimal("0.03")), 10)
    (Decimal('0'), Decimal('0.0024662698'))
    """
    with localcontext(EXACT):
        return ZERO if annual_rate == ZERO else (ONE + annual_rate) ** (ONE / 12) - ONE


def _with_fees(state: State, instant: Instant, framework: Framework, basis: GuaranteeBasis) -> State:
    """The state with its fees: receivable and stand-ready under US GAAP, receivable or contract liability under IFRS."""
    elections, guarantee, kept = basis.elections, instant.guarantee, instant.is_kept(basis.elections)
    only_when_due = elections.ifrs_fee_revenue == "when_due"
    fees = fees_to_date(instant.fair_value, instant.instalments, instant.day, kept=kept, only_when_due=only_when_due)
    rate = basis.fee_losses.rate(instant.curve_date, (guarantee.segment, bucket_of(guarantee.days_past_due)))
    figures: dict[str, Figure] = {"revenue_to_date": whole(fees.revenue), "collected_to_date": whole(fees.collected)}
    if framework == "us":
        receivable = us_receivable(fees, elections.fee_accretion)
        figures["stand_ready"], step = stand_ready(guarantee, fees, instant.day, kept=kept)
        steps: tuple[Step, ...] = (step,)
    else:
        receivable, accrued = ifrs_receivable(fees), accrued_fee(fees)
        losses, losses_later, lost = fee_allowance(accrued, rate)
        figures |= {
            "accrued_fee": accrued.amount,
            "accrued_fee_non_current": accrued.non_current,
            "accrued_fee_allowance": losses,
            "accrued_fee_allowance_non_current": losses_later,
        }
        figures["contract_liability"], step = contract_liability(fees)
        steps = (*accrued.steps, lost, step)
        if elections.ifrs_liability == "higher_of":
            liability, allowance = figures["contract_liability"], state.figure("loss_allowance")
            figures["higher_of"], absorbed = higher_of(liability, allowance, elections.vat_rate)
            steps += absorbed
    fee_losses, later, allowance_step = fee_allowance(receivable, rate)
    figures |= {
        "fee_receivable": receivable.amount,
        "fee_receivable_non_current": receivable.non_current,
        "fee_allowance": fee_losses,
        "fee_allowance_non_current": later,
        "written_off_to_date": receivable.written_off,
        "accretion_to_date": receivable.accretion,
    }
    made = (*state.steps, *fees.steps, *receivable.steps, allowance_step, *steps)
    return replace(state, figures=state.figures | figures, steps=made)


def _expected_recoveries(instant: Instant, framework: Framework, basis: GuaranteeBasis) -> tuple[Figure, tuple[Step, ...]]:
    """What is expected back of a payout made by the instant, never above what is still owed."""
    guarantee = instant.guarantee
    if guarantee.status != PAID_OUT or guarantee.exit_date is None or guarantee.exit_date > instant.day:
        return NIL, ()
    losses = basis.elections.losses
    discounted, _ = discounting(framework, losses, ZERO)
    months = whole_months(guarantee.exit_date, instant.day)
    lost = weighted_loss_given_default(
        guarantee.loan(), framework, basis.assumptions, losses, instant.curve_date, months, discounted=discounted
    )
    owed = max(0, guarantee.paid_out_minor - guarantee.recovered_minor)
    recoveries = estimated(min(guarantee.paid_out_minor * (ONE - lost), Decimal(owed)))
    paragraph = "326-20-30-1" if framework == "us" else "5.5.17"
    steps = (
        Step("paid out", guarantee.paid_out_minor, "", f"on {guarantee.exit_date}"),
        Step("recovered to date", guarantee.recovered_minor, "", ""),
        Step("months since payout", months, "", "whole calendar months"),
        Step("loss given payout", lost, paragraph, "weighted over scenarios"),
        Step("expected recoveries", recoveries.amount, paragraph, "at most what is still owed"),
    )
    return recoveries, steps


def _terms_steps(instant: Instant, framework: Framework, schedule: Schedule, elections: GuaranteeElections) -> tuple[Step, ...]:
    """What the losses start from, for reading."""
    guarantee = instant.guarantee
    discount = Step("discount rate a year", elections.discount_rate, "B5.5.48", "of guarantees")
    if _at_contract_rate(framework, elections):
        discount = Step("discount rate per period", schedule.rate, "326-20-30-11", "contract rate, in dcf")
    return (
        Step("outstanding principal", guarantee.outstanding_principal_minor, "", f"on {instant.day}"),
        Step("contract rate per period", schedule.rate, "", guarantee.repayment_type),
        Step("level instalment", schedule.instalment, "", "minor units; none for other types"),
        Step("guaranteed share", guarantee.guaranteed_share, "", "of the exposure"),
        discount,
    )

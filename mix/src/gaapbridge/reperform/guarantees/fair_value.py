"""The fair value of one guarantee at inception, where its tape states none: of its fees, or of the payouts expected then."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from decimal import Decimal

from gaapbridge.reperform.calculation import AS_WRITTEN, Choices, Figure, estimated, whole
from gaapbridge.reperform.exact import ONE, ZERO
from gaapbridge.reperform.guarantees.contract import FeeInstalment, Guarantee
from gaapbridge.reperform.guarantees.fees import promised
from gaapbridge.reperform.guarantees.state import GuaranteeBasis, guaranteed_loan
from gaapbridge.reperform.losses import expected_loss, state_chances
from gaapbridge.reperform.timeline import exposures, timeline_of

DAYS_A_YEAR, MONTHS_A_YEAR = Decimal(365), Decimal(12)


def fair_value(
    guarantee: Guarantee, instalments: tuple[FeeInstalment, ...], basis: GuaranteeBasis, choices: Choices = AS_WRITTEN
) -> tuple[Figure, str]:
    """V, and how it was found: stated by the tape, or measured as elected (460-10-30-2, 55-23)."""
    basis = basis.on(guarantee.origination_date)
    elections, fees = basis.elections, promised(instalments)
    if guarantee.stand_ready_minor is not None:
        return whole(guarantee.stand_ready_minor), "stated by the tape"
    if elections.stand_ready_measurement == "nominal_fees":
        return whole(fees), "the sum of its fees"
    if elections.stand_ready_measurement == "discounted_fees":
        return estimated(fees_discounted(guarantee, instalments, elections.stand_ready_discount_rate)), "its fees, discounted"
    asked = estimated((ONE + elections.stand_ready_margin) * payouts_expected(guarantee, basis, choices))
    if asked.amount > fees:
        return whole(fees), "the sum of its fees, which payouts expected with a margin exceed"
    return asked, "payouts expected at origination, with a margin"


def fees_discounted(guarantee: Guarantee, instalments: Iterable[FeeInstalment], rate: Decimal) -> Decimal:
    """Each fee discounted from its due date to origination, days in 365ths; one due before that is not.

    >>> one = {"contract_id": "G", "segment": "s", "principal_minor": 100, "annual_rate": ZERO, "term_instalments": 1}
    >>> from datetime import date
    >>> made = Guarantee(origination_date=date(2023, 1, 1), first_payment_date=date(2024, 1, 1), repayment_type="bullet",
    ...     outstanding_principal_minor=100, **one)
    >>> covered = {"contract_id": "G", "coverage_start": date(2023, 1, 1), "coverage_end": date(2024, 1, 1)}
    >>> fees = [FeeInstalment(due_date=day, fee_minor=110, **covered) for day in (date(2022, 12, 1), date(2024, 1, 1))]
    >>> fees_discounted(made, fees, Decimal("0.1")) == 210
    True
    """
    total = ZERO
    for one in instalments:
        days = max(0, (one.due_date - guarantee.origination_date).days)
        total += one.fee_minor / (ONE + rate) ** (days / DAYS_A_YEAR)
    return total


def payouts_expected(guarantee: Guarantee, basis: GuaranteeBasis, choices: Choices) -> Decimal:
    """What a guarantor expects to lose on the day of origination, of its share, discounted at the rate elected (460-10-30-2).

    Nothing is paid, due or past due yet; curves and rating are those of origination, scenarios and forecast those of US GAAP.
    A payout of a month ahead is one at its end, and loses the discounted share of principal and interest.
    """
    losses, day = basis.elections.losses, guarantee.origination_date
    begun = replace(
        guarantee,
        outstanding_principal_minor=guarantee.principal_minor,
        billed_unpaid_interest_minor=0,
        days_past_due=0,
        default_date=None,
        cured_date=None,
        rating=guarantee.rating_at_origination,
    )
    loan, grid, schedule = guaranteed_loan(begun, choices)
    timeline = timeline_of(loan, grid, day, losses)
    owed = exposures(loan, schedule, grid, grid.position(day), timeline, "to_recognition", losses)
    monthly = (ONE + basis.elections.stand_ready_discount_rate) ** (ONE / MONTHS_A_YEAR)
    lost = expected_loss(
        losses.us_scenarios,
        state_chances(loan, "us", day, timeline.passed, basis.assumptions, losses, day),
        lambda scenario: basis.assumptions.loss_given_default(day, scenario, loan.segment, discounted=True).at(0),
        owed.times(guarantee.guaranteed_share),
        owed.life,
        lambda month: monthly**-month,
        keep_months=False,
    )
    return lost.estimate

"""Loss allowance of one contract at one date: stage, default, horizon, and the steps between."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from gaapbridge.reperform.assumptions import Assumptions
from gaapbridge.reperform.elections import Elections
from gaapbridge.reperform.exact import ZERO, Framework, Step
from gaapbridge.reperform.grid import Position
from gaapbridge.reperform.interest import accrued_interest, last_accrual_date
from gaapbridge.reperform.loan import Loan
from gaapbridge.reperform.losses import (
    Losses,
    discounting,
    expected_loss,
    exposures,
    framework_scenarios,
    probabilities,
    state_hazard,
    weighted_loss_given_default,
)
from gaapbridge.reperform.schedule import Schedule
from gaapbridge.reperform.stages import Stage, defaulted, months_in_default, staged


@dataclass(frozen=True, slots=True)
class Coverage:
    """What a lender loses where the borrower defaults: at which rate losses are discounted, and the share it bears.

    A loan is discounted at its effective rate and borne whole; a guarantee at a rate of its own (B5.5.48), to its share.
    """

    rate_per_period: Decimal
    share: Decimal
    paragraph: str


@dataclass(frozen=True, slots=True)
class Allowance:
    """What the loss estimate hands on: the losses, the stage and the steps."""

    losses: Losses
    stage: Stage | None
    steps: tuple[Step, ...]


def loss_allowance(
    contract: Loan,
    schedule: Schedule,
    position: Position,
    coverage: Coverage,
    day: date,
    framework: Framework,
    assumptions: Assumptions,
    elections: Elections,
    curve_date: date,
    detail: bool,
    turn_pd_test: bool,
) -> Allowance:
    """Loss allowance: of a defaulted contract exposure x loss, else month by month to the horizon."""
    with_accrued = exposes_interest(contract, day, framework, elections)
    ahead = exposures(contract, schedule, position.k, elections, with_accrued=with_accrued).times(coverage.share)
    stage: Stage | None = None
    if framework == "ifrs":
        life = max(schedule.instalments - position.k, 1)
        chances = probabilities(contract, position.k, life, assumptions, elections, curve_date)
        stage = staged(contract, day, elections, chances, turn_pd_test=turn_pd_test)
    discounted, factor = discounting(framework, elections, coverage.rate_per_period)
    reason = defaulted(contract, day, framework, elections)
    if reason:
        months = months_in_default(contract, day, elections)
        ratio = weighted_loss_given_default(
            contract, framework, assumptions, elections, curve_date, months, discounted=discounted
        )
        accrued = accrued_interest(contract, schedule, position) if with_accrued else ZERO
        exposure = (Decimal(contract.outstanding_principal_minor) + accrued) * coverage.share
        losses = Losses(exposure * ratio, exposure * ratio, ())
        steps = _default_steps(reason, months, ratio, exposure, losses, stage, framework)
        return Allowance(losses, stage, steps)
    horizon = min(12, ahead.life) if stage is not None and stage.number == 1 else ahead.life
    leaving = assumptions.single_monthly_mortality(curve_date, contract.segment)
    losses = expected_loss(
        framework_scenarios(framework, elections),
        state_hazard(contract, framework, assumptions, elections, curve_date),
        lambda t: leaving.at(position.k + t),
        lambda scenario: assumptions.loss_given_default(curve_date, scenario, contract.segment, discounted=discounted).at(0),
        ahead,
        horizon,
        factor,
        keep_months=detail,
    )
    steps = _loss_steps(contract, ahead.life, horizon, coverage, discounted, losses, stage, framework)
    return Allowance(losses, stage, steps)


def exposes_interest(contract: Loan, day: date, framework: Framework, elections: Elections) -> bool:
    """Whether accrued interest is part of the exposure at default.

    Always under IFRS; under US GAAP by election (326-20-30-5A), and never on non-accrual, where the amortised
    cost basis holds none.
    """
    if framework == "ifrs":
        return True
    accruing = last_accrual_date(contract, day, elections) is None
    return elections.us_accrued_interest_included and accruing


def _default_steps(
    reason: str,
    months: int,
    ratio: Decimal,
    exposure: Decimal,
    losses: Losses,
    stage: Stage | None,
    framework: Framework,
) -> tuple[Step, ...]:
    paragraph = "5.5.3, B5.5.28" if framework == "ifrs" else "326-20-30-1"
    return (
        *_stage_steps(stage),
        Step("default", reason, "B5.5.37" if framework == "ifrs" else "326-20-30-1", ""),
        Step("months since default", months, "", "whole calendar months"),
        Step("loss given default", ratio, paragraph, "weighted over scenarios"),
        Step("exposure at default", exposure, "326-20-30-5A" if framework == "us" else "B5.5.44", ""),
        Step("loss allowance", losses.estimate, paragraph, "exposure x loss given default; all current"),
    )


def _loss_steps(
    contract: Loan,
    life: int,
    horizon: int,
    coverage: Coverage,
    discounted: bool,
    losses: Losses,
    stage: Stage | None,
    framework: Framework,
) -> tuple[Step, ...]:
    return (
        *_stage_steps(stage),
        Step("months ahead T", life, "326-20-30-6" if framework == "us" else "5.5.19", "remaining instalments"),
        Step("horizon H", horizon, "326-20-30-6" if framework == "us" else "5.5.3, 5.5.5", "months"),
        Step("discounted", str(discounted).lower(), "326-20-30-4" if framework == "us" else coverage.paragraph, ""),
        Step("days past due", contract.days_past_due, "", "decides the bucket of the hazards"),
        Step("loss allowance", losses.estimate, "326-20-30-1" if framework == "us" else "5.5.17", "exact"),
        Step("loss allowance within twelve months", losses.current, "", "current part"),
    )


def _stage_steps(stage: Stage | None) -> tuple[Step, ...]:
    if stage is None:
        return ()
    return (*stage.steps, Step("stage", stage.number, "5.5.3, 5.5.5, 5.5.11", stage.reason))

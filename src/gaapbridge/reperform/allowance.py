"""Loss allowance of one contract at one date: stage, default, horizon, and the steps between."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from gaapbridge.reperform.assumptions import Assumptions
from gaapbridge.reperform.deferred import DeferredAhead
from gaapbridge.reperform.elections import Elections
from gaapbridge.reperform.exact import ONE, ZERO, Framework, Step
from gaapbridge.reperform.grid import Grid
from gaapbridge.reperform.interest import accrued_interest
from gaapbridge.reperform.loan import Loan
from gaapbridge.reperform.losses import (
    Losses,
    discounting,
    expected_loss,
    framework_scenarios,
    hazard_bucket,
    in_default,
    probabilities,
    state_chances,
    weighted_loss_given_default,
)
from gaapbridge.reperform.schedule import Schedule
from gaapbridge.reperform.stages import Stage, defaulted, months_in_default, staged
from gaapbridge.reperform.timeline import Timeline, exposures, interest_exposed, timeline_of


@dataclass(frozen=True, slots=True)
class Coverage:
    """What a lender loses where the borrower defaults: at which rate losses are discounted, the share it bears, what it has
    deferred beside its claim.

    A loan is discounted at its effective rate and borne whole; a guarantee at a rate of its own (B5.5.48), to its share, and
    nothing is deferred on the claim that it gives.
    """

    rate_per_period: Decimal
    share: Decimal
    paragraph: str
    deferred: DeferredAhead | None = None


@dataclass(frozen=True, slots=True)
class Allowance:
    """What the loss estimate hands on: the losses, of a contract in default those of the claim, the stage and the steps."""

    losses: Losses
    stage: Stage | None
    steps: tuple[Step, ...]
    in_default: bool


def loss_allowance(
    contract: Loan,
    schedule: Schedule,
    grid: Grid,
    coverage: Coverage,
    day: date,
    framework: Framework,
    assumptions: Assumptions,
    elections: Elections,
    curve_date: date,
    detail: bool,
    turn_pd_test: bool,
) -> Allowance:
    """Expected losses: of a defaulted contract exposure x loss, else month by month to the horizon.

    The claim lost in default is not the allowance yet: what is deferred beside the claim is the kind's (B5.5.33; 326-20-30-5).
    """
    position, timeline = grid.position(day), timeline_of(contract, grid, day, elections)
    mode = interest_exposed(contract, day, framework, elections)
    stage: Stage | None = None
    if framework == "ifrs":
        compared = probabilities(contract, day, timeline, assumptions, elections, curve_date)
        stage = staged(contract, day, elections, compared, turn_pd_test=turn_pd_test)
    discounted, factor = discounting(framework, elections, coverage.rate_per_period)
    whole = framework == "us" and discounted and elections.us_dcf_lost_interest == "whole"
    reason = defaulted(contract, elections)
    if reason:
        months = months_in_default(contract, day, elections)
        ratio = weighted_loss_given_default(
            contract, framework, assumptions, elections, curve_date, months, discounted=discounted
        )
        principal = Decimal(contract.outstanding_principal_minor) * coverage.share
        interest = ZERO if mode == "none" else accrued_interest(contract, schedule, position) * coverage.share
        estimate = ratio * principal + (ONE if whole else ratio) * interest
        at_once = in_default(
            framework_scenarios(framework, elections),
            lambda scenario: assumptions.loss_given_default(curve_date, scenario, contract.segment, discounted=discounted).at(
                months
            ),
            principal,
            interest,
            interest_is_lost_whole=whole,
        )
        losses = Losses(estimate, estimate, at_once if detail else ())
        steps = _default_steps(reason, months, ratio, principal + interest, losses, stage, framework)
        return Allowance(losses, stage, steps, in_default=True)
    ahead = exposures(contract, schedule, grid, position, timeline, mode, elections, coverage.deferred).times(coverage.share)
    horizon = min(12, ahead.life) if stage is not None and stage.number == 1 else ahead.life
    losses = expected_loss(
        framework_scenarios(framework, elections),
        state_chances(contract, framework, day, timeline.passed, assumptions, elections, curve_date),
        lambda scenario: assumptions.loss_given_default(curve_date, scenario, contract.segment, discounted=discounted).at(0),
        ahead,
        horizon,
        factor,
        interest_is_lost_whole=whole,
        keep_months=detail,
    )
    bucket = hazard_bucket(contract, day, assumptions.looks_back(curve_date, contract.segment), elections)
    steps = _loss_steps(contract, timeline, bucket, horizon, coverage, discounted, losses, stage, framework)
    return Allowance(losses, stage, steps, in_default=False)


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
        Step("loss of the claim", losses.estimate, paragraph, "exposure x loss given default"),
    )


def _loss_steps(
    contract: Loan,
    timeline: Timeline,
    bucket: str,
    horizon: int,
    coverage: Coverage,
    discounted: bool,
    losses: Losses,
    stage: Stage | None,
    framework: Framework,
) -> tuple[Step, ...]:
    is_us = framework == "us"
    return (
        *_stage_steps(stage),
        Step("due dates passed q", timeline.passed, "", "counted on past maturity"),
        Step("instalments paid p", timeline.paid, "", "in full"),
        Step("due dates from the first miss to recognition L", timeline.lag, "B5.5.28; 326-20-30-1", ""),
        Step("months ahead", timeline.months, "326-20-30-6" if is_us else "5.5.19", "n - q + L, at least one"),
        Step("horizon H", horizon, "326-20-30-6" if is_us else "5.5.3, 5.5.5", "months"),
        Step("discounted", str(discounted).lower(), "326-20-30-4" if is_us else coverage.paragraph, ""),
        Step("days past due", contract.days_past_due, "", "decides the bucket of the hazards"),
        *_steps_of_a_miss(contract),
        Step("bucket", bucket, "", "of the hazards"),
        *(coverage.deferred.steps(framework) if coverage.deferred else ()),
        Step(
            "loss allowance",
            losses.estimate,
            "326-20-30-1" if is_us else "5.5.17",
            "exact; a month loses nothing where more than its gross amount is recovered",
        ),
        Step("loss allowance of what is due within twelve months", losses.current, "", "current part"),
    )


def _steps_of_a_miss(contract: Loan) -> tuple[Step, ...]:
    """When an instalment was missed last, where the tape tells it."""
    missed = contract.months_since_last_missed
    told = "nothing overdue, it decides the bucket where the hazards look back so far"
    return () if missed is None else (Step("months since the last missed instalment", missed, "5.5.17(c); 326-20-30-7", told),)


def _stage_steps(stage: Stage | None) -> tuple[Step, ...]:
    if stage is None:
        return ()
    return (*stage.steps, Step("stage", stage.number, "5.5.3, 5.5.5, 5.5.11", stage.reason))

"""Expected credit losses of one contract at one date, month by month and scenario by scenario."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from gaapbridge.reperform.assumptions import PROBATION, Assumptions, bucket_of
from gaapbridge.reperform.elections import Elections
from gaapbridge.reperform.exact import ONE, ZERO, Framework
from gaapbridge.reperform.loan import Loan
from gaapbridge.reperform.stages import Probabilities, probation
from gaapbridge.reperform.timeline import Exposure, Timeline

Scenarios = tuple[tuple[str, Decimal], ...]


@dataclass(frozen=True, slots=True)
class Month:
    """A month ahead in which default may be recognised, under one scenario: what is lost, and the due date missed first.

    `loss` = weight x survival x hazard x (loss given default x principal + loss of interest x interest) x discount factor,
    minor units. The textbook convention knows no due date missed first.
    """

    scenario: str
    recognised_in_month: int
    first_missed_due: date | None
    weight: Decimal
    survival: Decimal
    hazard: Decimal
    loss_given_default: Decimal
    principal: Decimal
    loss_of_interest: Decimal
    interest: Decimal
    discount_factor: Decimal
    loss: Decimal


@dataclass(frozen=True, slots=True)
class Losses:
    """The estimate, the part of it falling in the next twelve months, and the table behind it."""

    estimate: Decimal
    current: Decimal
    months: tuple[Month, ...]


@dataclass(frozen=True, slots=True)
class Chances:
    """What may become of a contract in a month ahead, by scenario: the hazard, and the share repaid early.

    `repaid` is the single monthly mortality of the month on book times the share who are current and pay.
    """

    hazard: Callable[[str, int], Decimal]
    repaid: Callable[[str, int], Decimal]


def expected_loss(
    scenarios: Scenarios,
    chances: Chances,
    loss_given_default: Callable[[str], Decimal],
    exposure: Exposure,
    horizon: int,
    discount_factor: Callable[[int], Decimal],
    *,
    interest_is_lost_whole: bool = False,
    keep_months: bool = True,
) -> Losses:
    """Sum over scenarios and months of weight x S x h x loss x discount factor.

    Twelve instalments of 100 out of 1,200, hazard 0.4 % a month, 70 % lost, undiscounted:

    >>> owed = tuple(Decimal(100 * (12 - j)) for j in range(12))
    >>> chances = Chances(lambda scenario, t: Decimal("0.004"), lambda scenario, t: ZERO)
    >>> found = expected_loss((("base", ONE),), chances, lambda scenario: Decimal("0.7"),
    ...     Exposure(owed, (ZERO,) * 12, (None,) * 12), 12, lambda t: ONE)
    >>> found.estimate.quantize(Decimal("1e-8"))
    Decimal('21.52286026')
    """
    estimate, current, months = ZERO, ZERO, []
    factors = [discount_factor(t) for t in range(1, horizon + 1)]
    for scenario, weight in scenarios:
        survival, lost = ONE, loss_given_default(scenario)
        of_interest = ONE if interest_is_lost_whole else lost
        for t in range(1, horizon + 1):
            chance, factor = chances.hazard(scenario, t), factors[t - 1]
            principal, interest = exposure.principal[t - 1], exposure.interest[t - 1]
            likely = weight * survival * chance * factor
            loss = likely * (lost * principal + of_interest * interest)
            estimate += loss
            current += loss - likely * exposure.later_of(lost * principal, of_interest * interest, t)
            if keep_months:
                first = exposure.first_missed[t - 1]
                owed = (lost, principal, of_interest, interest)
                months.append(Month(scenario, t, first, weight, survival, chance, *owed, factor, loss))
            survival *= ONE - chance - chances.repaid(scenario, t)
    return Losses(estimate, current, tuple(months))


def state_chances(
    contract: Loan,
    framework: Framework,
    day: date,
    passed: int,
    assumptions: Assumptions,
    elections: Elections,
    curve_date: date,
) -> Chances:
    """Hazard and early repayment by month ahead of a contract as it stands; US GAAP reverts to history (326-20-30-9)."""
    bucket = hazard_bucket(contract, day, elections)
    leaving = assumptions.single_monthly_mortality(curve_date, contract.segment)
    names = {name for name, _ in framework_scenarios(framework, elections)}
    if framework == "us":
        names.add(elections.us_historical_scenario)
    curves = {
        name: assumptions.default_curves(curve_date, name, contract.segment, bucket, contract.rating) for name in sorted(names)
    }
    if framework == "ifrs":
        return Chances(lambda z, t: curves[z].hazard.at(t), lambda z, t: leaving.at(passed + t) * curves[z].performing.at(t))
    history = curves[elections.us_historical_scenario]

    def reverted(scenario: str, t: int) -> tuple[Decimal, Decimal]:
        past = share_of_history(t, elections)
        ahead = curves[scenario]
        return (
            ahead.hazard.at(t) * (ONE - past) + history.hazard.at(t) * past,
            ahead.performing.at(t) * (ONE - past) + history.performing.at(t) * past,
        )

    return Chances(lambda z, t: reverted(z, t)[0], lambda z, t: leaving.at(passed + t) * reverted(z, t)[1])


def hazard_bucket(contract: Loan, day: date, elections: Elections) -> str:
    """The bucket whose hazards a contract has: its arrears', or that of probation while a cured one is in none."""
    if contract.days_past_due <= 0 and probation(contract, day, elections):
        return PROBATION
    return bucket_of(contract.days_past_due)


def framework_scenarios(framework: Framework, elections: Elections) -> Scenarios:
    """The scenarios and weights of a framework."""
    return elections.us_scenarios if framework == "us" else elections.ifrs_scenarios


def discounting(framework: Framework, elections: Elections, rate: Decimal) -> tuple[bool, Callable[[int], Decimal]]:
    """Whether recoveries and losses are discounted, and the factor by month ahead (B5.5.44; 326-20-30-4)."""
    if framework == "us" and elections.us_method == "pd_lgd":
        return False, lambda t: ONE
    v = ONE / (ONE + rate)
    earlier = (ONE + rate) ** elections.default_timing_tau
    return True, lambda t: v**t * earlier


def weighted_loss_given_default(
    contract: Loan,
    framework: Framework,
    assumptions: Assumptions,
    elections: Elections,
    curve_date: date,
    months: int,
    *,
    discounted: bool,
) -> Decimal:
    """Loss given default after `months` in default, weighted over the framework's scenarios."""
    return sum(
        (
            weight * assumptions.loss_given_default(curve_date, scenario, contract.segment, discounted=discounted).at(months)
            for scenario, weight in framework_scenarios(framework, elections)
        ),
        ZERO,
    )


def probabilities(
    contract: Loan,
    day: date,
    timeline: Timeline,
    assumptions: Assumptions,
    elections: Elections,
    curve_date: date,
) -> Probabilities:
    """Default probabilities of the months ahead: now, and of a like contract as it was seen at origination (B5.5.9, B5.5.11).

    Now: own bucket and rating, the curves in force. At origination: bucket current, the same age and months ahead, the
    rating, curves and weights of origination, or of the day of the curves where the contract was made after it. Where the
    tape gives both twelve-month probabilities, those are compared.
    """
    chances = state_chances(contract, "ifrs", day, timeline.passed, assumptions, elections, curve_date)
    twelve_months = _cumulative(elections.ifrs_scenarios, chances, min(timeline.months, 12))
    if contract.pd_12m is not None and contract.pd_12m_at_origination is not None:
        return Probabilities(contract.pd_12m, contract.pd_12m, contract.pd_12m_at_origination)
    origin = min(contract.origination_date, curve_date)
    weights = elections.on(origin).ifrs_scenarios
    leaving = assumptions.single_monthly_mortality(origin, contract.segment)
    curves = {
        name: assumptions.default_curves(origin, name, contract.segment, "current", contract.rating_at_origination)
        for name, _ in weights
    }
    then = Chances(
        lambda z, t: curves[z].hazard.at(t), lambda z, t: leaving.at(timeline.passed + t) * curves[z].performing.at(t)
    )
    return Probabilities(
        _cumulative(elections.ifrs_scenarios, chances, timeline.months),
        twelve_months,
        _cumulative(weights, then, timeline.months),
    )


def _cumulative(scenarios: Scenarios, chances: Chances, months: int) -> Decimal:
    """Weighted probability of default in months 1..`months`: the sum of S h."""
    total = ZERO
    for scenario, weight in scenarios:
        survival = ONE
        for t in range(1, months + 1):
            chance = chances.hazard(scenario, t)
            total += weight * survival * chance
            survival *= ONE - chance - chances.repaid(scenario, t)
    return total


def share_of_history(t: int, elections: Elections) -> Decimal:
    """How much of a month ahead is history: nothing in the supportable period, then all at once or by equal steps.

    By steps over m months history is reached in the m-th month, or in the month after it.
    """
    beyond = t - elections.us_supportable_months
    if beyond <= 0:
        return ZERO
    if elections.us_reversion == "immediate":
        return ONE
    steps = elections.us_reversion_months + (0 if elections.us_reversion_reached == "in_month" else 1)
    return min(ONE, Decimal(beyond) / Decimal(steps)) if steps else ONE

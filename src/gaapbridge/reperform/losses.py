"""Expected credit losses of one contract at one date, month by month and scenario by scenario."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from gaapbridge.reperform.assumptions import PROBATION, RECENTLY_LATE, Assumptions, LooksBack, bucket_of
from gaapbridge.reperform.elections import Elections
from gaapbridge.reperform.exact import ONE, ZERO, Framework
from gaapbridge.reperform.grid import whole_months
from gaapbridge.reperform.loan import Loan
from gaapbridge.reperform.stages import Probabilities, probation
from gaapbridge.reperform.timeline import Exposure, Timeline

Scenarios = tuple[tuple[str, Decimal], ...]


@dataclass(frozen=True, slots=True)
class Month:
    """A month ahead in which default may be recognised, under one scenario: what is lost, and the due date missed first.

    `weighted_loss` = weight x survival x hazard x (loss given default x principal + loss of interest x interest + deferral)
    x discount factor, minor units; fees deferred are below nil, and `deferral_counted` says of which due date they are. `loss`
    is the same, but nil where the scenarios of the month together are below nil: more is recovered than is carried. The
    textbook convention knows no due date missed first. Month nil is a default of before: its probability is one.
    """

    recognised_in_month: int
    scenario: str
    first_missed_due: date | None
    weight: Decimal
    survival: Decimal
    hazard: Decimal
    loss_given_default: Decimal
    principal: Decimal
    loss_of_interest: Decimal
    interest: Decimal
    deferral: Decimal
    deferral_counted: str
    discount_factor: Decimal
    weighted_loss: Decimal
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
    """Sum over months of what the scenarios lose together, weight x S x h x loss x discount factor each, not below nil.

    Twelve instalments of 100 out of 1,200, hazard 0.4 % a month, 70 % lost, undiscounted:

    >>> owed = tuple(Decimal(100 * (12 - j)) for j in range(12))
    >>> chances = Chances(lambda scenario, t: Decimal("0.004"), lambda scenario, t: ZERO)
    >>> found = expected_loss((("base", ONE),), chances, lambda scenario: Decimal("0.7"),
    ...     Exposure(owed, (ZERO,) * 12, (None,) * 12), 12, lambda t: ONE)
    >>> found.estimate.quantize(Decimal("1e-8"))
    Decimal('21.52286026')
    """
    estimate, current, months = ZERO, ZERO, []
    ways = [(name, weight, loss_given_default(name), _standing(name, chances, horizon)) for name, weight in scenarios]
    for t in range(1, horizon + 1):
        principal, interest, deferral = exposure.principal[t - 1], exposure.interest[t - 1], exposure.deferred(t)
        factor, of_principal, of_interest, rows = discount_factor(t), ZERO, ZERO, []
        for name, weight, lost, standing in ways:
            survival, chance = standing[t - 1]
            likely, interest_lost = weight * survival * chance * factor, ONE if interest_is_lost_whole else lost
            with_deferral, beside = likely * (lost * principal + deferral.amount), likely * interest_lost * interest
            of_principal, of_interest = of_principal + with_deferral, of_interest + beside
            if keep_months:
                owed = lost, principal, interest_lost, interest, deferral.amount, deferral.words
                first, weighted = exposure.first_missed[t - 1], with_deferral + beside
                rows.append(Month(t, name, first, weight, survival, chance, *owed, factor, weighted, weighted))
        loss = max(ZERO, of_principal + of_interest)
        later = min(max(ZERO, exposure.later_of(of_principal, of_interest, t)), loss)
        estimate, current = estimate + loss, current + loss - later
        months += rows if loss else [replace(row, loss=ZERO) for row in rows]
    return Losses(estimate, current, tuple(months))


def in_default(
    scenarios: Scenarios,
    loss_given_default: Callable[[str], Decimal],
    principal: Decimal,
    interest: Decimal,
    *,
    interest_is_lost_whole: bool = False,
) -> tuple[Month, ...]:
    """What a contract in default loses of its claim, scenario by scenario: month nil, certain and undiscounted.

    Of 1,000 owed 80 % are lost:

    >>> [one.loss for one in in_default((("base", ONE),), lambda scenario: Decimal("0.8"), Decimal(1000), ZERO)]
    [Decimal('800.0')]
    """
    made = []
    for name, weight in scenarios:
        lost = loss_given_default(name)
        of_interest = ONE if interest_is_lost_whole else lost
        weighted = weight * (lost * principal + of_interest * interest)
        owed = lost, principal, of_interest, interest, ZERO, ""
        made.append(Month(0, name, None, weight, ONE, ONE, *owed, ONE, weighted, weighted))
    return tuple(made)


def with_deferral(months: tuple[Month, ...], deferral: Decimal, words: str) -> tuple[Month, ...]:
    """The months of a contract in default with what is deferred beside its claim, which together lose nothing below nil.

    800 of a claim with fees of 50 deferred, and of 900:

    >>> claim = in_default((("base", ONE),), lambda scenario: Decimal("0.8"), Decimal(1000), ZERO)
    >>> [with_deferral(claim, Decimal(fees), "")[0].loss for fees in (-50, -900)]
    [Decimal('750.0'), Decimal('0')]
    """
    made = [(month, month.weighted_loss + month.weight * deferral) for month in months]
    is_lost = sum((weighted for _, weighted in made), ZERO) > 0
    return tuple(
        replace(
            month, deferral=deferral, deferral_counted=words, weighted_loss=weighted, loss=weighted if is_lost else ZERO
        )
        for month, weighted in made
    )  # fmt: skip


def _standing(scenario: str, chances: Chances, months: int) -> list[tuple[Decimal, Decimal]]:
    """Survival to the beginning of each month ahead, and the hazard in it."""
    found, survival = [], ONE
    for t in range(1, months + 1):
        chance = chances.hazard(scenario, t)
        found.append((survival, chance))
        survival *= ONE - chance - chances.repaid(scenario, t)
    return found


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
    bucket = hazard_bucket(contract, day, assumptions.looks_back(curve_date, contract.segment), elections)
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


def hazard_bucket(contract: Loan, day: date, looks_back: LooksBack, elections: Elections) -> str:
    """The bucket whose hazards a contract has: its arrears'; where nothing is overdue, that of probation while the election or
    the table says that a cure is recent, that of who missed an instalment lately where the table has one, else current."""
    if contract.days_past_due > 0:
        return bucket_of(contract.days_past_due)
    if probation(contract, day, elections):
        return PROBATION
    cured, missed = contract.cured_date, contract.months_since_last_missed
    if cured is not None and whole_months(cured, day) < looks_back.months:
        return PROBATION
    if looks_back.knows_recently_late and missed is not None and missed <= looks_back.months:
        return RECENTLY_LATE
    return bucket_of(0)


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
    return sum(
        (
            weight * survival * chance
            for scenario, weight in scenarios
            for survival, chance in _standing(scenario, chances, months)
        ),
        ZERO,
    )


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

"""Expected credit losses of one contract at one date, month by month and scenario by scenario."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from gaapbridge.reperform.assumptions import Assumptions, Curve, bucket_of
from gaapbridge.reperform.elections import Elections
from gaapbridge.reperform.exact import ONE, ZERO, Framework
from gaapbridge.reperform.loan import Loan
from gaapbridge.reperform.schedule import Schedule
from gaapbridge.reperform.stages import Probabilities

Scenarios = tuple[tuple[str, Decimal], ...]


@dataclass(frozen=True, slots=True)
class Month:
    """One month ahead under one scenario: what may be lost in it.

    `loss` = weight x survival x hazard x loss given default x exposure x discount factor, minor units.
    """

    scenario: str
    month: int
    weight: Decimal
    survival: Decimal
    hazard: Decimal
    loss_given_default: Decimal
    exposure: Decimal
    discount_factor: Decimal
    loss: Decimal


@dataclass(frozen=True, slots=True)
class Losses:
    """The estimate, the part of it falling in the next twelve months, and the table behind it."""

    estimate: Decimal
    current: Decimal
    months: tuple[Month, ...]


@dataclass(frozen=True, slots=True)
class Exposure:
    """Exposure at default by month ahead (index 0 = month 1); its length is the remaining life T."""

    amounts: tuple[Decimal, ...]

    @property
    def life(self) -> int:
        """Months ahead T."""
        return len(self.amounts)

    def times(self, share: Decimal) -> Exposure:
        """The part of the exposure that is borne."""
        return Exposure(tuple(amount * share for amount in self.amounts))


def expected_loss(
    scenarios: Scenarios,
    hazard: Callable[[str, int], Decimal],
    mortality: Callable[[int], Decimal],
    loss_given_default: Callable[[str], Decimal],
    exposure: Exposure,
    horizon: int,
    discount_factor: Callable[[int], Decimal],
    *,
    keep_months: bool = True,
) -> Losses:
    """Sum over scenarios and months of weight x S x h x LGD x EAD x discount factor.

    Twelve instalments of 100 out of 1,200, hazard 0.4 % a month, 70 % lost, undiscounted:

    >>> exposures = Exposure(tuple(Decimal(100 * (12 - j)) for j in range(12)))
    >>> found = expected_loss((("base", ONE),), lambda z, t: Decimal("0.004"), lambda t: ZERO,
    ...     lambda z: Decimal("0.7"), exposures, 12, lambda t: ONE)
    >>> found.estimate.quantize(Decimal("1e-8"))
    Decimal('21.52286026')
    """
    estimate, current, months = ZERO, ZERO, []
    factors = [discount_factor(t) for t in range(1, horizon + 1)]
    for scenario, weight in scenarios:
        survival, lost = ONE, loss_given_default(scenario)
        for t in range(1, horizon + 1):
            chance, amount, factor = hazard(scenario, t), exposure.amounts[t - 1], factors[t - 1]
            loss = weight * survival * chance * lost * amount * factor
            estimate += loss
            if t <= 12:
                current += loss
            if keep_months:
                months.append(Month(scenario, t, weight, survival, chance, lost, amount, factor, loss))
            survival *= ONE - chance - mortality(t)
    return Losses(estimate, current, tuple(months))


def exposures(contract: Loan, schedule: Schedule, k: int, elections: Elections, *, with_accrued: bool) -> Exposure:
    """Exposure at default by month ahead, scaled to the outstanding principal.

    Past the last instalment, or once the schedule has no balance left, what is outstanding is exposed for
    one month. Nothing outstanding, nothing exposed, but interest billed while instalments remain.
    """
    outstanding, n = Decimal(contract.outstanding_principal_minor), schedule.instalments
    extra = Decimal(contract.billed_unpaid_interest_minor) if with_accrued else ZERO
    interest_rate = schedule.rate if with_accrued else ZERO
    if k >= n or schedule.balances[k] <= ZERO:
        if outstanding == ZERO:
            return Exposure(())
        return Exposure((outstanding + outstanding * interest_rate + extra,))
    factor = outstanding / schedule.balances[k]
    after = elections.exposure_at_default == "after_instalment"
    amounts = []
    for t in range(1, n - k + 1):
        start = schedule.balances[k + t - 1] * factor
        principal = schedule.balances[k + t] * factor if after else start
        amounts.append(principal + start * interest_rate + extra)
    return Exposure(tuple(amounts))


def state_hazard(
    contract: Loan, framework: Framework, assumptions: Assumptions, elections: Elections, curve_date: date
) -> Callable[[str, int], Decimal]:
    """Hazard of a scenario by month ahead; under US GAAP reverting to history (326-20-30-9)."""
    bucket = bucket_of(contract.days_past_due)
    names = {name for name, _ in framework_scenarios(framework, elections)}
    if framework == "us":
        names.add(elections.us_historical_scenario)
    curves: dict[str, Curve] = {name: assumptions.hazard(curve_date, name, contract.segment, bucket) for name in sorted(names)}
    if framework == "ifrs":
        return lambda scenario, t: curves[scenario].at(t)
    history = curves[elections.us_historical_scenario]
    return lambda scenario, t: _reverted(curves[scenario].at(t), history.at(t), t, elections)


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
    k: int,
    life: int,
    assumptions: Assumptions,
    elections: Elections,
    curve_date: date,
) -> Probabilities:
    """Default probabilities over the remaining life: now, and as expected at origination.

    At origination: (C(n) - C(k)) / S(k) of the version then in force, bucket current, age 0; both sums
    weighted over scenarios before the division. Nil once k has reached n.
    """
    leaving = assumptions.single_monthly_mortality(curve_date, contract.segment)
    hazard = state_hazard(contract, "ifrs", assumptions, elections, curve_date)
    now = _cumulative(elections.ifrs_scenarios, hazard, lambda t: leaving.at(k + t), life)
    origin = contract.origination_date
    first_leaving = assumptions.single_monthly_mortality(origin, contract.segment)
    first_hazards = {
        name: assumptions.hazard(origin, name, contract.segment, "current") for name, _ in elections.ifrs_scenarios
    }
    n = contract.term_instalments
    then = _cumulative(elections.ifrs_scenarios, lambda z, t: first_hazards[z].at(t), first_leaving.at, n)
    alive = then[k][1]
    at_origination = ZERO if k >= n or alive == ZERO else (then[n][0] - then[k][0]) / alive
    return Probabilities(now[life][0], now[min(life, 12)][0], at_origination)


def _cumulative(
    scenarios: Scenarios,
    hazard: Callable[[str, int], Decimal],
    mortality: Callable[[int], Decimal],
    months: int,
) -> list[tuple[Decimal, Decimal]]:
    """Weighted (defaulted by, still there) after months 0..`months`."""
    gone, alive = [ZERO] * (months + 1), [ZERO] * (months + 1)
    for scenario, weight in scenarios:
        survival, cumulative = ONE, ZERO
        alive[0] += weight
        for t in range(1, months + 1):
            chance = hazard(scenario, t)
            cumulative += survival * chance
            survival *= ONE - chance - mortality(t)
            gone[t] += weight * cumulative
            alive[t] += weight * survival
    return list(zip(gone, alive, strict=True))


def _reverted(forecast: Decimal, history: Decimal, t: int, elections: Elections) -> Decimal:
    """The forecast inside the supportable period, then history at once or by equal steps."""
    beyond = t - elections.us_supportable_months
    if beyond <= 0:
        return forecast
    months = elections.us_reversion_months
    if elections.us_reversion == "straight_line" and beyond <= months:
        share = Decimal(beyond) / Decimal(months + 1)
        return forecast * (ONE - share) + history * share
    return history

"""Effective rates and schedules of single contracts: the functions of the tape kernel, callable for one contract.

Periods are counted, so a bond with annual coupons and a loan with monthly instalments use the same functions.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from gaapbridge.measure import kernels

Numbers = NDArray[np.float64]


class NoEffectiveRate(ValueError):
    """There is no effective rate: no change of sign, or no root between -50 % and +100 % a period."""


@dataclass(frozen=True)
class Schedule:
    """Opening carrying amount, effective interest and closing carrying amount of every period."""

    opening: Numbers
    interest: Numbers
    closing: Numbers


def effective_rate(
    initial: float, flows: Sequence[float], mortality: Sequence[float] | None = None, balances: Sequence[float] | None = None
) -> float:
    """Rate a period that discounts ``flows`` (end of periods 1..n) to ``initial``; IFRS 9 Appendix A, 310-20-35-26.

    With ``mortality`` and ``balances`` (after each instalment) the flows are expected over the expected life.

    >>> round(effective_rate(950, [40, 40, 40, 40, 1140]), 8)
    0.06958446
    """
    n = len(flows)
    flow = np.array([0.0, *flows])
    balance = np.zeros(n + 1) if balances is None else np.array([initial, *balances])
    repaid = np.zeros(n + 1) if mortality is None else np.array([0.0, *mortality])
    factor, outcome = kernels.solve_factor(float(initial), balance, flow, repaid, n, 1.0, 1.0)
    if outcome != kernels.SOLVED:
        raise NoEffectiveRate("no effective rate: " + ("no change of sign" if outcome == 1 else "no admissible root"))
    return float(1.0 / factor - 1.0)


def schedule(initial: float, flows: Sequence[float], rate: float) -> Schedule:
    """Amortised cost of every period at ``rate``: interest on the opening amount, less the cash.

    >>> schedule(1000, [59, 59, 59, 59, 1309], 0.1).closing.round(4).tolist()
    [1041.0, 1086.1, 1135.71, 1190.281, 0.3091]
    """
    opening, interest, closing = [], [], []
    carrying = float(initial)
    for flow in flows:
        opening.append(carrying)
        interest.append(carrying * rate)
        carrying = carrying + interest[-1] - flow
        closing.append(carrying)
    return Schedule(np.array(opening), np.array(interest), np.array(closing))


def annual_effective(rate_per_period: float, periods_per_year: int) -> float:
    """Annual effective rate of a rate a period. 1.27039 % a month is 16.356 % a year, not 15.245 %.

    >>> round(annual_effective(0.01270390, 12), 4)
    0.1636
    """
    return (1.0 + rate_per_period) ** periods_per_year - 1.0


def dated_effective_rate(dates: Sequence[date], flows: Sequence[float]) -> float:
    """Annual effective rate of dated flows, actual/365; the first flow is the amount paid (negative).

    >>> paid = [date(2021, 1, 1), date(2022, 1, 1)]
    >>> round(dated_effective_rate(paid, [-100, 107]), 10)
    0.07
    """
    years = np.array([(d - dates[0]).days / 365.0 for d in dates])
    amounts = np.array(flows, dtype=np.float64)
    if not ((amounts > 0).any() and (amounts < 0).any()):
        raise NoEffectiveRate("no effective rate: no change of sign")
    low, high = kernels.LOWEST_FACTOR, kernels.HIGHEST_FACTOR
    factor = 0.9
    for _ in range(200):
        value = float((amounts * factor**years).sum())
        slope = float((amounts * years * factor ** (years - 1.0)).sum())
        low, high = (low, factor) if value > 0 else (factor, high)
        following = factor - value / slope if slope > 0 else low
        if not low < following < high:
            following = 0.5 * (low + high)
        if abs(following - factor) <= 1e-16:
            break
        factor = following
    if abs(value) > 1e-6 * float(np.abs(amounts).max()):
        raise NoEffectiveRate("no effective rate: no admissible root")
    return 1.0 / factor - 1.0


def dated_schedule(dates: Sequence[date], flows: Sequence[float], annual_rate: float) -> Schedule:
    """Amortised cost at each date after the first: interest compounds as (1 + rate)^(days/365) - 1."""
    opening, interest, closing = [], [], []
    carrying = -float(flows[0])
    for earlier, later, flow in zip(dates, dates[1:], flows[1:], strict=False):
        opening.append(carrying)
        interest.append(carrying * ((1.0 + annual_rate) ** ((later - earlier).days / 365.0) - 1.0))
        carrying = carrying + interest[-1] - flow
        closing.append(carrying)
    return Schedule(np.array(opening), np.array(interest), np.array(closing))


@dataclass(frozen=True)
class PoolSchedule:
    """A pool on its contractual and on its expected life: rates, interest by period and carrying amounts at period ends."""

    instalment: float
    contractual_rate: float
    expected_rate: float
    contractual_interest: Numbers
    contractual_carrying: Numbers
    expected_interest: Numbers
    expected_carrying: Numbers

    @property
    def carrying_difference(self) -> Numbers:
        """Expected life less contractual life at each period end; nil at the last."""
        return self.expected_carrying - self.contractual_carrying

    @property
    def total_income(self) -> float:
        """Income of the whole life, the same on both."""
        return float(self.expected_interest.sum())


def pool_schedule(
    loans: int,
    principal: float,
    rate: float,
    instalments: int,
    cost: float,
    mortality: Sequence[float],
    survivors: Sequence[float],
) -> PoolSchedule:
    """Interest and carrying amount of a pool of equal loans under both lives, with the repayments that happened.

    ``mortality[j-1]`` is the expected share repaid in full after instalment j; ``survivors[j-1]`` the share of the pool
    alive after period j. Contractual life: the unamortised balance of a loan that prepays goes to interest income when it
    prepays (310-20-35-26). Expected life: the rate and carrying amount look through expected repayments (B5.4.4).
    """
    n = instalments
    balance, flow = np.zeros(n + 1), np.zeros(n + 1)
    level = float(kernels.level_instalment(float(principal), rate, n))
    kernels.fill_schedule(float(principal), rate, n, kernels.LEVEL, level, 0.0, 0.0, 1.0, balance, flow)
    expected = np.array([0.0, *mortality])
    alive = np.array([1.0, *survivors])
    repaid = alive[:-1] - alive[1:]
    cash = loans * (alive[:-1] * flow[1:] + repaid * balance[1:])
    rates, carrying, interest = [], [], []
    for life in (np.zeros(n + 1), expected):
        factor, outcome = kernels.solve_factor(float(principal + cost), balance, flow, life, n, 1.0, 1.0)
        if outcome != kernels.SOLVED:
            raise NoEffectiveRate("no effective rate for the pool")
        ends = np.array([kernels.carrying_amount(balance, flow, life, n, k, 1.0, factor) for k in range(n + 1)])
        ends = loans * alive * ends
        rates.append(1.0 / factor - 1.0)
        carrying.append(ends[1:])
        interest.append(ends[1:] - ends[:-1] + cash)
    return PoolSchedule(level, rates[0], rates[1], interest[0], carrying[0], interest[1], carrying[1])


def net_initial_amount(price: float, costs_paid: float, fees_received: float = 0.0) -> float:
    """Amount that the effective rate starts from: price plus costs paid less fees received (310-20-30-2; IFRS 9 B5.4.1).

    >>> net_initial_amount(900, 50)
    950.0
    """
    return float(price) + costs_paid - fees_received


@dataclass(frozen=True)
class InstalmentLoan:
    """A loan of equal instalments at its contract rate and, with a fee deducted, at its effective rate."""

    contract_rate: float
    contract: Schedule
    effective_rate: float
    effective: Schedule

    @property
    def contract_rate_nominal_annual(self) -> float:
        """Contract rate a month, times twelve."""
        return self.contract_rate * 12

    @property
    def contract_total_interest(self) -> float:
        """Interest of the whole term at the contract rate."""
        return float(self.contract.interest.sum())

    @property
    def effective_total_interest(self) -> float:
        """Interest of the whole term at the effective rate."""
        return float(self.effective.interest.sum())

    @property
    def total_fee_amortised(self) -> float:
        """What the fee adds to the interest of the whole term."""
        return self.effective_total_interest - self.contract_total_interest


def instalment_loan(principal: float, instalment: float, instalments: int, fee_deducted: float) -> InstalmentLoan:
    """A loan of ``instalments`` equal monthly instalments with a fee deducted at origination."""
    flows = [float(instalment)] * instalments
    contract = effective_rate(principal, flows)
    net = net_initial_amount(principal, 0.0, fee_deducted)
    effective = effective_rate(net, flows)
    return InstalmentLoan(contract, schedule(principal, flows, contract), effective, schedule(net, flows, effective))


def single_prepayment(instalments: int, month: int, share: float) -> tuple[list[float], list[float]]:
    """A pool of which ``share`` repays in full after one instalment: mortality by month, and survivors after each month.

    >>> single_prepayment(3, 2, 0.4)
    ([0.0, 0.4, 0.0], [1.0, 0.6, 0.6])
    """
    mortality = [share if j == month else 0.0 for j in range(1, instalments + 1)]
    survivors = [1.0 if j < month else 1.0 - share for j in range(1, instalments + 1)]
    return mortality, survivors

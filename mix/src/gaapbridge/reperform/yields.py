"""Effective interest rates, solved to 40 digits, and present values of remaining flows.

Flows are stated *given survival*: at instalment j the borrower pays a_j and stays with probability q_j.
Contractual flows have q_j = 1 (310-20-35-26); expected flows add the prepaid balance (IFRS 9 B5.4.4).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal, localcontext

from gaapbridge.reperform.exact import EXACT, ONE, ZERO
from gaapbridge.reperform.grid import Grid
from gaapbridge.reperform.schedule import Schedule

LOWEST_FACTOR, HIGHEST_FACTOR = Decimal("0.5"), Decimal(2)
FORTY_DIGITS = Decimal("1e-42")


@dataclass(frozen=True, slots=True)
class Flows:
    """Flows a_1..a_n and probabilities of staying q_1..q_n, each with a leading element for j = 0."""

    amounts: tuple[Decimal, ...]
    staying: tuple[Decimal, ...]

    @property
    def instalments(self) -> int:
        """Number of instalments n."""
        return len(self.amounts) - 1


@dataclass(frozen=True, slots=True)
class EffectiveRate:
    """The rate per period, or the reason why there is none (`per_period` is then None)."""

    per_period: Decimal | None
    reason: str = ""

    @property
    def a_year(self) -> Decimal | None:
        """Annualised effectively: (1 + r)^12 - 1."""
        return None if self.per_period is None else (ONE + self.per_period) ** 12 - ONE


def contractual_flows(schedule: Schedule) -> Flows:
    """What the contract promises, nobody leaving early (310-20-35-26)."""
    return Flows(schedule.flows, (ONE,) * len(schedule.flows))


def expected_flows(schedule: Schedule, single_monthly_mortality: Callable[[int], Decimal]) -> Flows:
    """Contractual flow plus the balance of those who prepay, by month on book (IFRS 9 App. A, B5.4.4)."""
    amounts, staying = [ZERO], [ONE]
    for j in range(1, schedule.instalments + 1):
        leaving = single_monthly_mortality(j)
        amounts.append(schedule.flows[j] + leaving * schedule.balances[j])
        staying.append(ONE - leaving)
    return Flows(tuple(amounts), tuple(staying))


def effective_rate(net_initial_amount: Decimal, flows: Flows, grid: Grid) -> EffectiveRate:
    """The rate at which the flows are worth the net initial amount at origination.

    The value rises with the discount factor v, so a root between v = 1/2 and v = 2 is the only one; outside
    (a rate above 100 % or below -50 % a period) the reason is returned instead.

    >>> from datetime import date
    >>> grid = Grid.of(date(2023, 1, 1), date(2023, 2, 1), 1)
    >>> effective_rate(Decimal(100), Flows((ZERO, Decimal(101)), (ONE, ONE)), grid).per_period
    Decimal('0.01')
    """
    with localcontext(EXACT):
        return _solved(net_initial_amount, flows, grid)


def present_value(flows: Flows, grid: Grid, rate: Decimal, k: int) -> Decimal:
    """G_k: worth, just after instalment k, of the flows remaining to a contract still there."""
    return present_values(flows, grid, rate, k)[0]


def present_values(flows: Flows, grid: Grid, rate: Decimal, k: int) -> tuple[Decimal, ...]:
    """G_k to G_n: backward from nil at the end, G_{j-1} = v^length_j (a_j + q_j G_j)."""
    v = ONE / (ONE + rate)
    worths = [ZERO]
    for j in range(flows.instalments, k, -1):
        length = grid.length(j)
        worths.append((v if length == ONE else v**length) * (flows.amounts[j] + flows.staying[j] * worths[-1]))
    return tuple(reversed(worths))


def _solved(net_initial_amount: Decimal, flows: Flows, grid: Grid) -> EffectiveRate:
    if net_initial_amount <= ZERO:
        return EffectiveRate(None, "the net initial amount is not positive")
    if sum(flows.amounts, ZERO) <= ZERO:
        return EffectiveRate(None, "the flows do not sum to a positive amount")
    low, high = LOWEST_FACTOR, HIGHEST_FACTOR
    least, most = _value(low, flows, grid)[0], _value(high, flows, grid)[0]
    if not least < net_initial_amount < most:
        return EffectiveRate(None, "no rate between -50 % and 100 % a period")
    v = _first_guess(net_initial_amount, flows, grid)
    for _ in range(400):
        value, slope = _value(v, flows, grid)
        low, high = (v, high) if value < net_initial_amount else (low, v)
        step = (net_initial_amount - value) / slope if slope > ZERO else HIGHEST_FACTOR
        following = v + step
        if not low <= following <= high:
            following = (low + high) / 2
        if abs(following - v) <= FORTY_DIGITS:
            return EffectiveRate(_tidy(ONE / following - ONE))
        v = following
    raise AssertionError("bracketed Newton steps always close in")


def _value(v: Decimal, flows: Flows, grid: Grid) -> tuple[Decimal, Decimal]:
    """Worth of all flows at discount factor `v`, and its slope in v."""
    inner, inner_slope = ZERO, ZERO  # a_j + q_j v (inner of j + 1), from the last instalment back
    for amount, staying in zip(reversed(flows.amounts[1:]), reversed(flows.staying[1:]), strict=True):
        inner_slope = staying * (inner + v * inner_slope)
        inner = amount + staying * v * inner
    if grid.first_period == ONE:
        return v * inner, inner + v * inner_slope
    discount = v**grid.first_period
    return discount * inner, grid.first_period * discount / v * inner + discount * inner_slope


def _first_guess(net_initial_amount: Decimal, flows: Flows, grid: Grid) -> Decimal:
    """A root to about ten digits in ordinary floats, only to start from: bisection over (1/2, 2)."""
    target, phi = float(net_initial_amount), float(grid.first_period)
    pairs: Sequence[tuple[float, float]] = [
        (float(a), float(q)) for a, q in zip(flows.amounts[:0:-1], flows.staying[:0:-1], strict=True)
    ]
    low, high = 0.5, 2.0
    for _ in range(40):
        middle = (low + high) / 2
        inner = 0.0
        for amount, staying in pairs:
            inner = amount + staying * middle * inner
        if math.pow(middle, phi) * inner < target:
            low = middle
        else:
            high = middle
    return Decimal((low + high) / 2)


def _tidy(rate: Decimal) -> Decimal:
    """The rate to 40 decimals; a rate of exactly nil or 1 % then reads as such."""
    at_forty = rate.quantize(Decimal("1e-40"))
    return at_forty.normalize() if at_forty else ZERO

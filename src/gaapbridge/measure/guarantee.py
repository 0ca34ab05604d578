"""Arithmetic of financial guarantees: straight lines, fees to date, fee receivables, contract balances, liabilities.

Columns in, columns out. Whole minor units stay whole, rounded half away from zero; estimates (float64) stay unrounded, so
that the standards' examples in round figures and tapes in minor units use the same functions.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

import numpy as np
from numpy.typing import NDArray

from gaapbridge.measure.credit_loss import provision
from gaapbridge.measure.effective_interest import schedule

Whole = NDArray[np.int64]
Numbers = NDArray[np.float64]
Amounts = TypeVar("Amounts", Whole, Numbers)


def share(amount: Amounts, numerator: NDArray[Any], denominator: NDArray[Any]) -> Amounts:
    """``amount * numerator / denominator``; nil where the denominator is nil. Whole amounts by whole numbers are exact.

    Half of 5 is 2.5: 3 in minor units, 2.5 as an estimate.

    >>> half = np.array([1]), np.array([2])
    >>> share(np.array([5]), *half).tolist(), share(np.array([-5]), *half).tolist(), share(np.array([5.0]), *half).tolist()
    ([3], [-3], [2.5])
    """
    divisor = np.where(denominator == 0, 1, denominator)
    if amount.dtype.kind == "f":
        return np.where(denominator == 0, 0.0, amount * numerator / divisor)
    part: Amounts = np.where(denominator == 0, 0, _whole_share(amount, numerator, divisor))
    return part


def straight_line_remaining(amount: Amounts, elapsed_days: Whole, total_days: Whole) -> Amounts:
    """What is left of an amount that is released in equal parts a day over ``total_days``, at least one (460-10-35-1).

    >>> straight_line_remaining(np.array([1000, 1000, 1000]), np.array([-5, 100, 400]), np.array([365, 365, 365])).tolist()
    [1000, 726, 0]
    """
    days = np.maximum(total_days, 1)
    return amount - share(amount, np.clip(elapsed_days, 0, days), days)


def accrued_fees(fee: Amounts, elapsed_days: Whole, coverage_days: Whole) -> Amounts:
    """Revenue to date of fee instalments: the elapsed share of the coverage each one pays for, of at least a day.

    (IFRS 15.35, B18.) 31 of 90 days of a fee of 300 are 103.33:

    >>> accrued_fees(np.array([300, 300]), np.array([31, 91]), np.array([90, 90])).tolist()
    [103, 300]
    """
    days = np.maximum(coverage_days, 1)
    return share(fee, np.clip(elapsed_days, 0, days), days)


@dataclass(frozen=True)
class FeeReceivable(Generic[Amounts]):
    """A fee receivable recognised at fair value: what is left, what of it was written off and accreted to date.

    ``accreted`` is what was collected above the fair value that the collections settled.
    """

    receivable: Amounts
    written_off: Amounts
    accreted: Amounts


def receivable_pro_rata(fair_value: Amounts, fees: Amounts, collected: Amounts, written_off: Amounts) -> FeeReceivable[Amounts]:
    """Fee receivable of which every collection settles its share, so that the rest is accretion as it is collected.

    Fair value 90 of fees of 100, 40 collected and 10 written off: 45 are left, 9 were written off, and the 40 settled 36.

    >>> found = receivable_pro_rata(*(np.array([x]) for x in (90, 100, 40, 10)))
    >>> int(found.receivable[0]), int(found.written_off[0]), int(found.accreted[0])
    (45, 9, 4)
    """
    receivable = share(fair_value, fees - collected - written_off, fees)
    off = share(fair_value, written_off, fees)
    return FeeReceivable(receivable, off, collected - (fair_value - receivable - off))


def receivable_after_fair_value(
    fair_value: Amounts, fees: Amounts, collected: Amounts, written_off: Amounts
) -> FeeReceivable[Amounts]:
    """Fee receivable that collections settle in full first; what comes after the fair value is accretion.

    Fair value 90 of fees of 100, 85 collected and 10 written off: 5 were left to write off, and nothing accreted.

    >>> found = receivable_after_fair_value(*(np.array([x]) for x in (90, 100, 85, 10)))
    >>> int(found.receivable[0]), int(found.written_off[0]), int(found.accreted[0])
    (0, 5, 0)
    """
    receivable = np.maximum(fair_value - collected - written_off, 0)
    off = np.minimum(written_off, np.maximum(fair_value - collected, 0))
    return FeeReceivable(receivable, off, collected - (fair_value - receivable - off))


@dataclass(frozen=True)
class ContractBalance(Generic[Amounts]):
    """Revenue against collections: a receivable, or a liability."""

    receivable: Amounts
    liability: Amounts


def contract_balance(revenue: Amounts, collected: Amounts, lost: Amounts) -> ContractBalance[Amounts]:
    """What revenue to date, collections to date and earned fees lost to date leave: one net position (IFRS 15.105, 106).

    >>> found = contract_balance(np.array([50, 20, 130]), np.array([30, 30, 90]), np.array([5, 0, 100]))
    >>> found.receivable.tolist(), found.liability.tolist()
    ([15, 0, 0], [0, 10, 60])
    """
    net = revenue - collected - lost
    return ContractBalance(np.maximum(net, 0), np.maximum(-net, 0))


@dataclass(frozen=True)
class HigherOf(Generic[Amounts]):
    """The one liability of IFRS 9 4.2.1(c), and what each of its two measures adds to the other."""

    liability: Amounts
    absorbed: Amounts
    top_up: Amounts


def higher_of(amortised: Amounts, loss_allowance: Amounts) -> HigherOf[Amounts]:
    """The higher of the loss allowance and the amount initially recognised less income to date (IFRS 9 4.2.1(c)).

    ``absorbed`` is the part of the amortised amount that the allowance covers, ``top_up`` the allowance above it.

    >>> found = higher_of(np.array([800, 800]), np.array([300, 1100]))
    >>> found.liability.tolist(), found.absorbed.tolist(), found.top_up.tolist()
    ([800, 1100], [300, 800], [0, 300])
    """
    allowance = np.maximum(loss_allowance, 0)
    return HigherOf(np.maximum(amortised, allowance), np.minimum(amortised, allowance), np.maximum(allowance - amortised, 0))


@dataclass(frozen=True)
class ContingentRoll:
    """The contingent liability of a period: what was provided, on new guarantees and by a change of estimate."""

    net_payout: float
    change_in_estimate: float
    provision: float
    closing: float


def contingent_roll(
    opening: float, new_guarantees: float, payouts: float, recoveries: float, required: float
) -> ContingentRoll:
    """Roll-forward of expected losses on guarantees to the closing amount required (326-20-35-3).

    >>> contingent_roll(3418, 2900, 5100, 1700, 3207)
    ContingentRoll(net_payout=3400, change_in_estimate=289, provision=3189, closing=3207)
    """
    charged = provision(opening, payouts, recoveries, required)
    return ContingentRoll(payouts - recoveries, charged - new_guarantees, charged, opening + charged - payouts + recoveries)


@dataclass(frozen=True)
class PayoutLoss:
    """Present values of expected payouts and of what is recovered from the borrower after them."""

    payouts: float
    recoveries: float

    @property
    def expected_loss(self) -> float:
        """Payouts less recoveries: what the holder is paid less what the guarantor expects to receive (IFRS 9 B5.5.32)."""
        return self.payouts - self.recoveries


def payout_loss(
    payouts: Sequence[tuple[float, float]], recoveries: Sequence[tuple[float, float]], annual_rate: float
) -> PayoutLoss:
    """Loss of a guarantee from (years, amount) of payouts and recoveries, each discounted from its own date (B5.5.48).

    >>> round(payout_loss([(1, 60), (2, 40)], [(2, 21), (3, 14)], 0.02).expected_loss, 6)
    63.893224
    """
    return PayoutLoss(_present_value(payouts, annual_rate), _present_value(recoveries, annual_rate))


@dataclass(frozen=True)
class InterestSaved:
    """A guarantee valued by the interest it saves: the loan at the rate without it, with and without the saving."""

    without_guarantee: float
    with_guarantee: float

    @property
    def fair_value(self) -> float:
        """What the borrower would pay for the guarantee at inception (IFRS 9 5.1.1)."""
        return self.without_guarantee - self.with_guarantee


def interest_saved(amount: float, years: int, rate_with: float, rate_without: float) -> InterestSaved:
    """A bullet loan with annual interest, valued at the rate that it would bear without the guarantee.

    100 over three years at 8 % instead of 10 %: 4.97.

    >>> round(interest_saved(100, 3, 0.08, 0.1).fair_value, 2)
    4.97
    """
    without, guaranteed = (
        _present_value([*((float(year), amount * rate) for year in range(1, years + 1)), (years, amount)], rate_without)
        for rate in (rate_without, rate_with)
    )
    return InterestSaved(without, guaranteed)


@dataclass(frozen=True)
class Release:
    """A guarantee's value at inception released over its years: income, accretion and the amount left, by year."""

    fair_value: float
    income: Numbers
    accretion: Numbers
    amortised: Numbers


def straight_line_release(fair_value: float, years: int) -> Release:
    """A value released in equal parts a year. A premium of 1,000 over five years: 200 a year, 800 left after the first.

    >>> straight_line_release(1000, 5).amortised.tolist()
    [800.0, 600.0, 400.0, 200.0, 0.0]
    """
    value: Numbers = np.full(years + 1, float(fair_value))
    left = straight_line_remaining(value, np.arange(years + 1), np.full(years + 1, years))
    return Release(fair_value, -np.diff(left), np.zeros(years), left[1:])


def benefit_release(amount: float, rate_with: float, rate_without: float, discount_factors: Sequence[float]) -> Release:
    """A value made of yearly benefits by given discount factors, released by the benefits less accretion at the higher rate.

    1,000,000 at 8 % instead of 11 %, factors 0.901, 0.812 and 0.731: 73,320 at inception, 51,385.20 a year later.

    >>> benefit_release(1_000_000, 0.08, 0.11, [0.901, 0.812, 0.731]).amortised.round(2).tolist()
    [51385.2, 27037.57, 11.7]
    """
    benefits = np.full(len(discount_factors), amount * (rate_without - rate_with))
    value = float(benefits @ np.array(discount_factors))
    released = schedule(value, benefits.tolist(), rate_without)
    return Release(value, benefits, released.interest, released.closing)


@dataclass(frozen=True)
class Regimes:
    """One guarantee under both frameworks at inception (first element) and at the end of every period after it."""

    fee_receivable: Numbers
    stand_ready: Numbers
    contract: ContractBalance[Numbers]
    loss: Numbers
    fees_to_date: Numbers

    @property
    def us_revenue(self) -> Numbers:
        """Release of the stand-ready liability by period (460-10-35-1)."""
        return -np.diff(self.stand_ready)

    @property
    def ifrs_revenue(self) -> Numbers:
        """Fees by the period they cover (IFRS 15.35)."""
        return np.diff(self.fees_to_date)

    @property
    def assets_difference(self) -> Numbers:
        """Assets under IFRS less those under US GAAP."""
        return self.contract.receivable - self.fee_receivable

    @property
    def liabilities_difference(self) -> Numbers:
        """Liabilities under IFRS less those under US GAAP; the loss is the same under both."""
        return self.contract.liability + self.loss - (self.stand_ready + self.loss)

    @property
    def equity_difference(self) -> Numbers:
        """Equity under IFRS less that under US GAAP."""
        return self.assets_difference - self.liabilities_difference

    @property
    def us_profit_at_inception(self) -> float:
        """Receivable against stand-ready liability, and the expected loss through the provision (460-10-25-4; 326-20-30-11)."""
        return float(self.fee_receivable[0] - self.stand_ready[0] - self.loss[0])

    @property
    def ifrs_profit_at_inception(self) -> float:
        """The expected loss; fees that are not due yet are nothing (IFRS 9 5.5.3, IFRS 15.105)."""
        return float(self.contract.receivable[0] - self.contract.liability[0] - self.loss[0])

    @property
    def single_liability(self) -> Numbers:
        """The one liability of IFRS 9 4.2.1(c), where contract liability and loss allowance are not added."""
        return higher_of(self.contract.liability, self.loss).liability


def regimes(fair_value: float, fees: Sequence[float], collected: Sequence[float], loss: Sequence[float]) -> Regimes:
    """A guarantee over as many periods as it has fees: each fee covers its period, collections are by period.

    ``loss`` is the expected loss at inception and at the end of every period. Two periods, fees of 10, all 20 collected
    in the first: the US GAAP receivable is gone, and under IFRS 10 are a contract liability.

    >>> found = regimes(20, [10, 10], [20, 0], [4, 2, 0])
    >>> found.fee_receivable.tolist(), found.stand_ready.tolist(), found.contract.liability.tolist()
    ([20.0, 0.0, 0.0], [20.0, 10.0, 0.0], [0.0, 10.0, 0.0])
    """
    fee, ends = np.array(fees, dtype=np.float64), np.arange(len(fees) + 1)
    cash: Numbers = np.concatenate([[0.0], np.cumsum(np.array(collected, dtype=np.float64))])
    value: Numbers = np.full_like(cash, fair_value)
    total: Numbers = np.full_like(cash, fee.sum())
    none = np.zeros_like(cash)
    elapsed = ends[:, None] - np.arange(len(fees))[None, :]
    due = accrued_fees(np.broadcast_to(fee, elapsed.shape), elapsed, np.ones_like(elapsed)).sum(axis=1)
    return Regimes(
        fee_receivable=receivable_pro_rata(value, total, cash, none).receivable,
        stand_ready=straight_line_remaining(value, ends, np.full(len(cash), len(fees))),
        contract=contract_balance(due, cash, none),
        loss=np.array(loss, dtype=np.float64),
        fees_to_date=due,
    )


def losses_left(expected: float, payouts: Sequence[float]) -> Numbers:
    """Expected loss at inception and after each period's payout, where payouts come as expected.

    >>> losses_left(12, [4, 4, 4]).tolist()
    [12.0, 8.0, 4.0, 0.0]
    """
    return expected - np.concatenate([[0.0], np.cumsum(np.array(payouts, dtype=np.float64))])


def _present_value(flows: Sequence[tuple[float, float]], annual_rate: float) -> float:
    return float(sum(amount * (1.0 + annual_rate) ** -years for years, amount in flows))


def _whole_share(amount: NDArray[Any], numerator: NDArray[Any], divisor: NDArray[Any]) -> Whole:
    """An exact share, half away from zero; where a product would leave 64 bits, in integers without a bound."""
    widest = 2 * _largest(amount) * _largest(numerator) + _largest(divisor)
    kind = np.dtype(np.int64) if widest < 2**63 else np.dtype(object)
    product = np.abs(amount).astype(kind) * np.abs(numerator).astype(kind)
    magnitude = ((2 * product + divisor) // (2 * divisor.astype(kind))).astype(np.int64)
    part: Whole = np.sign(amount) * np.sign(numerator) * magnitude
    return part


def _largest(amounts: NDArray[Any]) -> int:
    return int(np.abs(amounts).max(initial=0))

"""Arithmetic of guarantee fees: straight lines, fees to date, fee receivables, contract balances.

Columns in, columns out, in whole minor units rounded half away from zero.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Whole = NDArray[np.int64]
Numbers = NDArray[np.float64]

NOMINAL_FEES, DISCOUNTED_FEES, EXPECTED_PAYOUTS = 0, 1, 2
"""What the fair value of a guarantee at inception is of."""

DAYS_PER_YEAR = 365


def share(amount: Whole, numerator: Whole, denominator: Whole) -> Whole:
    """``amount * numerator / denominator``, exact and rounded half away from zero; nil where the denominator is nil.

    Where a product would leave 64 bits it is made of integers without a bound. Half of 5 is 2.5, so 3:

    >>> half = np.array([1]), np.array([2])
    >>> share(np.array([5]), *half).tolist(), share(np.array([-5]), *half).tolist()
    ([3], [-3])
    """
    divisor = np.where(denominator == 0, 1, denominator)
    widest = 2 * _largest(amount) * _largest(numerator) + _largest(divisor)
    kind = np.dtype(np.int64) if widest < 2**63 else np.dtype(object)
    product = np.abs(amount).astype(kind) * np.abs(numerator).astype(kind)
    magnitude = ((2 * product + divisor) // (2 * divisor.astype(kind))).astype(np.int64)
    return np.where(denominator == 0, 0, np.sign(amount) * np.sign(numerator) * magnitude)


def straight_line_remaining(amount: Whole, elapsed_days: Whole, total_days: Whole) -> Whole:
    """What is left of an amount that is released in equal parts a day over ``total_days``, at least one (460-10-35-1).

    >>> straight_line_remaining(np.array([1000, 1000, 1000]), np.array([-5, 100, 400]), np.array([365, 365, 365])).tolist()
    [1000, 726, 0]
    """
    days = np.maximum(total_days, 1)
    return amount - share(amount, np.clip(elapsed_days, 0, days), days)


def accrued_fees(fee: Whole, elapsed_days: Whole, coverage_days: Whole) -> Whole:
    """Revenue to date of fee instalments: the elapsed share of the coverage each one pays for, of at least a day.

    (IFRS 15.35, B18.) 31 of 90 days of a fee of 300 are 103.33:

    >>> accrued_fees(np.array([300, 300]), np.array([31, 91]), np.array([90, 90])).tolist()
    [103, 300]
    """
    days = np.maximum(coverage_days, 1)
    earned = np.where(elapsed_days < days, 0, fee)
    running = np.flatnonzero((elapsed_days > 0) & (elapsed_days < days))  # few; a division is dear
    earned[running] = share(fee[running], elapsed_days[running], days[running])
    return earned


def discounted_fees(fee: Whole, days: Whole, rate_per_year: Numbers) -> Numbers:
    """Fees that fall due so many days on, at an effective rate a year on actual/365; at their amount where due before.

    1,000 due in a year at 3 % are worth 970.87, and 1,000 due now 1,000:

    >>> discounted_fees(np.array([1000, 1000]), np.array([365, 0]), np.array([0.03, 0.03])).round(2).tolist()
    [970.87, 1000.0]
    """
    worth: Numbers = fee * (1.0 + rate_per_year) ** (-np.maximum(days, 0) / DAYS_PER_YEAR)
    return worth


def rate_per_month(rate_per_year: Numbers) -> Numbers:
    """An effective rate a year as one a month: 3 % a year is 0.24663 % a month.

    >>> rate_per_month(np.array([0.03])).round(7).tolist()
    [0.0024663]
    """
    monthly: Numbers = (1.0 + rate_per_year) ** (1.0 / 12.0) - 1.0
    return monthly


@dataclass(frozen=True)
class FeeReceivable:
    """A fee receivable recognised at fair value: what is left, what of it was written off and accreted to date.

    ``accreted`` is what was collected above the fair value that the collections settled.
    """

    receivable: Whole
    written_off: Whole
    accreted: Whole


def receivable_pro_rata(fair_value: Whole, fees: Whole, collected: Whole, written_off: Whole) -> FeeReceivable:
    """Fee receivable of which every collection settles its share, so that the rest is accretion as it is collected.

    Fair value 90 of fees of 100, 40 collected and 10 written off: 45 are left, 9 were written off, and the 40 settled 36.

    >>> found = receivable_pro_rata(*(np.array([x]) for x in (90, 100, 40, 10)))
    >>> int(found.receivable[0]), int(found.written_off[0]), int(found.accreted[0])
    (45, 9, 4)
    """
    receivable = share(fair_value, fees - collected - written_off, fees)
    off = share(fair_value, written_off, fees)
    return FeeReceivable(receivable, off, collected - (fair_value - receivable - off))


def receivable_after_fair_value(fair_value: Whole, fees: Whole, collected: Whole, written_off: Whole) -> FeeReceivable:
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
class ContractBalance:
    """Revenue against collections: a receivable, or a liability."""

    receivable: Whole
    liability: Whole


def contract_balance(revenue: Whole, collected: Whole, lost: Whole) -> ContractBalance:
    """What revenue to date, collections to date and earned fees lost to date leave: one net position (IFRS 15.105, 106).

    >>> found = contract_balance(np.array([50, 20, 130]), np.array([30, 30, 90]), np.array([5, 0, 100]))
    >>> found.receivable.tolist(), found.liability.tolist()
    ([15, 0, 0], [0, 10, 60])
    """
    net = revenue - collected - lost
    return ContractBalance(np.maximum(net, 0), np.maximum(-net, 0))


@dataclass(frozen=True)
class HigherOf:
    """The one liability of IFRS 9 4.2.1(c), and what each of its two measures adds to the other."""

    liability: Whole
    absorbed: Whole
    top_up: Whole


def higher_of(amortised: Whole, loss_allowance: Whole) -> HigherOf:
    """The higher of the loss allowance and the amount initially recognised less income to date (IFRS 9 4.2.1(c)).

    ``absorbed`` is the part of the amortised amount that the allowance covers, ``top_up`` the allowance above it.

    >>> found = higher_of(np.array([800, 800]), np.array([300, 1100]))
    >>> found.liability.tolist(), found.absorbed.tolist(), found.top_up.tolist()
    ([800, 1100], [300, 800], [0, 300])
    """
    allowance = np.maximum(loss_allowance, 0)
    return HigherOf(np.maximum(amortised, allowance), np.minimum(amortised, allowance), np.maximum(allowance - amortised, 0))


def _largest(amounts: NDArray[Any]) -> int:
    return int(np.abs(amounts).max(initial=0))

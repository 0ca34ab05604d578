"""Money as a whole number of minor units (fen, cent), and the one rounding rule of the project.

Amounts are integers everywhere above the kernels, so a sum never depends on the order of its parts.
Halves are rounded away from zero: 0.5 becomes 1 and -0.5 becomes -1, so that a difference and its
mirror image round alike.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction


@dataclass(frozen=True, slots=True)
class Money:
    """An amount of one currency, in whole minor units.

    A float is refused, because it has already lost what the ledger keeps; two currencies are never
    added.

    >>> Money(1_050, "CNY") + Money(-50, "CNY")
    Money(amount_minor=1000, currency='CNY')
    >>> -Money(1_050, "CNY")
    Money(amount_minor=-1050, currency='CNY')
    """

    amount_minor: int
    currency: str

    def __post_init__(self) -> None:
        if isinstance(self.amount_minor, bool) or not isinstance(self.amount_minor, int):
            raise TypeError(f"money is a whole number of minor units, not {self.amount_minor!r}")
        if not self.currency:
            raise ValueError("money needs a currency")

    def __add__(self, other: Money) -> Money:
        return Money(self.amount_minor + self._same_currency(other), self.currency)

    def __sub__(self, other: Money) -> Money:
        return Money(self.amount_minor - self._same_currency(other), self.currency)

    def __neg__(self) -> Money:
        return Money(-self.amount_minor, self.currency)

    def _same_currency(self, other: Money) -> int:
        if not isinstance(other, Money):
            raise TypeError(f"money is added to money, not to {other!r}")
        if other.currency != self.currency:
            raise ValueError(f"{self.currency} and {other.currency} are not added without a rate")
        return other.amount_minor


def round_half_away(amount: Fraction | Decimal | int) -> int:
    """The nearest whole number; a half goes away from zero. Exact: floats are refused.

    >>> [round_half_away(Fraction(n, 2)) for n in (-3, -1, 1, 3)]
    [-2, -1, 1, 2]
    >>> round_half_away(Decimal("2.49"))
    2
    """
    if isinstance(amount, bool) or not isinstance(amount, (int, Decimal, Fraction)):
        raise TypeError(f"an exact number is rounded, not {amount!r}")
    if isinstance(amount, int):
        return amount
    exact = Fraction(amount)
    return share_of(1, exact.numerator, exact.denominator)


def share_of(amount_minor: int, numerator: int, denominator: int) -> int:
    """`amount_minor * numerator / denominator`, exact, rounded half away from zero.

    VAT of 6 % inside 53,000 is `share_of(53_000, 6, 106)`:

    >>> share_of(53_000, 6, 106)
    3000
    >>> share_of(-1, 1, 2)
    -1

    A denominator of zero is the caller's mistake (`ZeroDivisionError`).
    """
    product = amount_minor * numerator
    negative = (product < 0) != (denominator < 0)
    whole = (2 * abs(product) + abs(denominator)) // (2 * abs(denominator))
    return -whole if negative else whole

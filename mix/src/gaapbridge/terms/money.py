"""Money is a whole number of minor units (fen, cent); this is the one rounding rule of the project.

Amounts are integers everywhere above the kernels, so a sum never depends on the order of its parts.
Halves are rounded away from zero: 0.5 becomes 1 and -0.5 becomes -1, so that a difference and its
mirror image round alike.
"""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

LARGEST_TOTAL = 10**18 - 1
"""The largest total that is taken for one: no lender reports more, and nine of them still add up within 64 bits."""


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


def vat_fraction(rate: Decimal) -> Fraction:
    """Share of a price-inclusive amount that is value-added tax: v / (1 + v). At 6 % it is 6/106.

    >>> vat_fraction(Decimal("0.06"))
    Fraction(3, 53)
    """
    exact = Fraction(rate)
    return exact / (1 + exact)


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


def nearest_unit(exact: int, unit: int) -> int:
    """The nearest whole unit of an amount by itself, half away from zero.

    >>> nearest_unit(-88429600, 1000)
    -88430
    """
    return share_of(exact, 1, unit)

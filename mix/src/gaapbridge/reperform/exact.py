"""Exact decimal arithmetic of the independent calculator: 50 digits, and rounding half away from zero.

Nothing here is shared with the fast measurement: two calculators that share a rounding rule would share
its mistakes.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, ROUND_HALF_UP, Context, Decimal
from fractions import Fraction
from typing import Literal

EXACT = Context(prec=50, rounding=ROUND_HALF_EVEN, Emin=-999_999, Emax=999_999)
"""The context of every calculation; public functions enter it, inner ones rely on it."""

NEAR_HALF = Decimal("0.000001")
"""How close to half a minor unit an exact amount must be for two honest calculators to round it apart."""

Framework = Literal["us", "ifrs"]
FRAMEWORKS: tuple[Framework, Framework] = ("us", "ifrs")

ZERO, ONE, HALF = Decimal(0), Decimal(1), Decimal("0.5")

StepValue = Decimal | int | str | None


@dataclass(frozen=True, slots=True)
class Step:
    """One named step of a calculation: what it is, its value, the paragraph it follows, a remark.

    >>> Step("whole instalments behind", 4, "", "instalments due on or before 2023-12-31").value
    4
    """

    name: str
    value: StepValue
    paragraph: str = ""
    note: str = ""

    def as_dict(self) -> dict[str, str | int | None]:
        """The step for `--format json`; decimals are written as text, without loss."""
        value = str(self.value) if isinstance(self.value, Decimal) else self.value
        return {"name": self.name, "value": value, "paragraph": self.paragraph, "note": self.note}


def rounded(amount: Decimal) -> int:
    """The whole minor units nearest to `amount`, halves away from zero.

    >>> rounded(Decimal("2.5")), rounded(Decimal("-2.5")), rounded(Decimal("-2.4999"))
    (3, -3, -2)
    """
    return int(amount.to_integral_value(rounding=ROUND_HALF_UP))


def rounded_fraction(amount: Fraction) -> int:
    """As `rounded`, of an exact fraction.

    >>> rounded_fraction(Fraction(-7, 2)), rounded_fraction(Fraction(10, 3))
    (-4, 3)
    """
    size = (2 * abs(amount.numerator) + amount.denominator) // (2 * amount.denominator)
    return size if amount >= 0 else -size


def decimal_of(amount: Fraction) -> Decimal:
    """A fraction to fifty digits.

    >>> decimal_of(Fraction(-7, 2)), decimal_of(Fraction(1, 3)).quantize(Decimal("0.001"))
    (Decimal('-3.5'), Decimal('0.333'))
    """
    return EXACT.divide(Decimal(amount.numerator), Decimal(amount.denominator))


def is_near_half(amount: Decimal) -> bool:
    """Whether the sixth decimal decides how `amount` is rounded.

    >>> is_near_half(Decimal("-12.4999995")), is_near_half(Decimal("12.49"))
    (True, False)
    """
    part = abs(amount) % ONE
    return abs(part - HALF) <= NEAR_HALF


def plain(value: Decimal, digits: int = 10) -> str:
    """`value` with `digits` decimals for reading, without trailing zeros.

    >>> plain(Decimal("0.0150000000004")), plain(Decimal("-1200"))
    ('0.015', '-1200')
    """
    text = f"{value:.{digits}f}"
    return text.rstrip("0").rstrip(".") if "." in text else text

"""Tax arithmetic in integers: the value-added tax inside an amount, and deferred tax on a column."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from gaapbridge.terms.money import round_half_away


def vat_fraction(rate: Decimal) -> Fraction:
    """Share of a price-inclusive amount that is value-added tax: v / (1 + v). At 6 % it is 6/106.

    >>> vat_fraction(Decimal("0.06"))
    Fraction(3, 53)
    """
    exact = Fraction(rate)
    return exact / (1 + exact)


def vat_inside(amount: int | Decimal, rate: Decimal) -> Fraction:
    """Value-added tax inside a price-inclusive amount, exact. 350 at 6 % holds 19.81, not 21.

    >>> round(float(vat_inside(350, Decimal("0.06"))), 6)
    19.811321
    """
    return Fraction(amount) * vat_fraction(rate)


def tax_on(amount: int | Decimal, rate: Decimal) -> int:
    """Tax of an amount at a rate, rounded half away from zero to whole units.

    >>> tax_on(321886, Decimal("0.15536613"))
    50010
    """
    return round_half_away(Fraction(amount) * Fraction(rate))


def effective_tax_rate(income_tax_expense: int | Decimal, income_before_tax: int | Decimal) -> Fraction:
    """Income tax expense over income before tax (both positive when an expense of a profit).

    >>> round(float(effective_tax_rate(736804, 4742372)), 8)
    0.15536613
    """
    return Fraction(income_tax_expense) / Fraction(income_before_tax)


def deferred_tax(pre_tax_difference: int, rate: Decimal, side: str) -> tuple[int, int]:
    """Deferred tax of a cumulative pre-tax difference in equity, as (deferred tax assets, deferred tax liabilities).

    IAS 12.15, 12.24; 740-10-25-2. A gain lowers an asset or raises a liability; ``side`` says which one carries it:
    ``deferred_tax_assets``, ``deferred_tax_liabilities`` or ``by_sign`` (a gain is a liability, a loss an asset).

    >>> deferred_tax(200, Decimal("0.15"), "deferred_tax_assets")
    (-30, 0)
    >>> deferred_tax(-120, Decimal("0.15"), "deferred_tax_liabilities")
    (0, -18)
    """
    tax = tax_on(pre_tax_difference, rate)
    if side == "deferred_tax_assets" or (side == "by_sign" and tax < 0):
        return -tax, 0
    return 0, tax


def column_tax(pre_tax_income: int, rate: Decimal | Fraction, taxed: bool) -> int:
    """Income tax line of a column for its effect on income before tax: an expense is negative, as printed.

    >>> column_tax(321886, Decimal("0.15536613"), True), column_tax(-3395, Decimal("0.25"), False)
    (-50010, 0)
    """
    return -round_half_away(Fraction(pre_tax_income) * Fraction(rate)) if taxed else 0


@dataclass(frozen=True)
class TaxedColumn:
    """A column's effect on the balance sheet: deferred tax by side and what is left in equity."""

    deferred_tax_assets: int
    deferred_tax_liabilities: int
    equity_net: int


def taxed_column(pre_tax_difference: int, rate: Decimal, side: str) -> TaxedColumn:
    """Deferred tax of a column on its side, and its effect on equity after tax.

    >>> taxed_column(200, Decimal("0.15"), "deferred_tax_assets")
    TaxedColumn(deferred_tax_assets=-30, deferred_tax_liabilities=0, equity_net=170)
    """
    assets, liabilities = deferred_tax(pre_tax_difference, rate, side)
    return TaxedColumn(assets, liabilities, pre_tax_difference + assets - liabilities)


def net_of_vat(amount: int | Decimal, rate: Decimal) -> Fraction:
    """A price-inclusive amount without its value-added tax. 106 at 6 % leaves 100."""
    return Fraction(amount) - vat_inside(amount, rate)


def vat_of_lines(lines: Iterable[int], rate: Decimal) -> int:
    """Value-added tax of several statement lines, each rounded by itself before they are added.

    >>> vat_of_lines([-88430, -44120], Decimal("0.06"))
    -7502
    """
    return sum(round_half_away(vat_inside(line, rate)) for line in lines)


def lines_net_of_vat(lines: Iterable[int], rate: Decimal) -> int:
    """Several statement lines less their value-added tax, line by line."""
    known = list(lines)
    return sum(known) - vat_of_lines(known, rate)

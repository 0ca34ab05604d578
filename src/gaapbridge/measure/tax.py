"""Tax arithmetic in integers: the value-added tax inside an amount, and deferred tax on a column."""

from __future__ import annotations

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


def tax_on(amount: int | Decimal, rate: Decimal) -> int:
    """Tax of an amount at a rate, rounded half away from zero to whole units.

    >>> tax_on(321886, Decimal("0.15536613"))
    50010
    """
    return round_half_away(Fraction(amount) * Fraction(rate))


def deferred_tax(net_liability: int, side: str) -> dict[str, int]:
    """Debit-positive deferred tax assets or liabilities of a net liability, on the side that carries it.

    IAS 12.15, 12.24; 740-10-25-2. ``side`` is ``deferred_tax_assets``, ``deferred_tax_liabilities`` or ``by_sign`` (a gain
    is a liability, a loss an asset). The tax of a gain of 200 lowers an asset; that of a loss of 120 lowers a liability:

    >>> deferred_tax(tax_on(200, Decimal("0.15")), "deferred_tax_assets")
    {'deferred_tax_assets': -30}
    >>> deferred_tax(tax_on(-120, Decimal("0.15")), "deferred_tax_liabilities")
    {'deferred_tax_liabilities': 18}
    """
    if side == "by_sign":
        side = "deferred_tax_liabilities" if net_liability > 0 else "deferred_tax_assets"
    return {side: -net_liability}

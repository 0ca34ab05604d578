"""Rates and shares: decimals as a plan states them, per cents as they are printed."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Any

from pydantic import BeforeValidator


def _number(value: Any) -> Any:
    return Decimal(value) if isinstance(value, int) and not isinstance(value, bool) else value


def _share(value: Any) -> Decimal:
    number = _number(value)
    if not (isinstance(number, Decimal) and number.is_finite() and 0 <= number <= 1):
        raise ValueError("must be a share from 0 to 1; write 60 % as 0.6")
    return number


def _fraction(value: Any) -> Decimal:
    number = _number(value)
    if not (isinstance(number, Decimal) and number.is_finite() and 0 <= number < 1):
        raise ValueError("must be a fraction from 0 to below 1; write 25 % as 0.25")
    return number


Rate = Annotated[Decimal, BeforeValidator(_fraction)]
"""A rate as a fraction, with or without a decimal point. An error says the rule, then a remedy after "; "."""

Share = Annotated[Decimal, BeforeValidator(_share)]
"""A share of a whole, which may be all of it."""


def figure(number: Decimal) -> str:
    """A number as it is printed, without nought after its last digit.

    >>> figure(Decimal("31.50"))
    '31.5'
    """
    return f"{number.normalize():f}"


def per_cent(share: Decimal) -> str:
    """A share or a rate as it is printed.

    >>> per_cent(Decimal("0.25"))
    '25 %'
    """
    return f"{figure(100 * share)} %"

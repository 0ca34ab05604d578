"""Rates and shares as a plan states them: decimals, never per cents."""

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

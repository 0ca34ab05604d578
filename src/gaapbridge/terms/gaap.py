"""The two frameworks a lender is measured under."""

from __future__ import annotations

from enum import StrEnum


class Gaap(StrEnum):
    """US GAAP or IFRS; the value is the word used in files and column names.

    An adjustment is always `IFRS - US_GAAP`.

    >>> Gaap("ifrs") is Gaap.IFRS, str(Gaap.US_GAAP)
    (True, 'us_gaap')
    """

    US_GAAP = "us_gaap"
    IFRS = "ifrs"

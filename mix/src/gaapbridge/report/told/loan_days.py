"""Loans by days past due: the bands that a table tells apart, which contain the days that the lender elects."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from gaapbridge.report.told.disclosed import Books

if TYPE_CHECKING:  # loaded when a run is read
    import polars as pl

BUCKET_STARTS = (1, 31, 61)
"""First days past due of the buckets that curves have, after the first."""


def keeps_days(books: Books) -> bool:
    """Whether a run keeps days past due; one of a version before keeps buckets alone."""
    return f"days_past_due_{books.instant}" in books.columns("loans")


def starts_of(books: Books) -> tuple[int, ...]:
    """First days past due of the bands of a table: those of the curves' buckets, and the days from which the lender's loans are
    in default and on non-accrual, and 90 (326-20-50-16), by which loans are told apart where a run keeps their days."""
    if not keeps_days(books):
        return BUCKET_STARTS
    default = int(books.run.closing_answers["expected_credit_loss"]["default_days_past_due"])
    own = {90, books.frozen_from, default}
    return tuple(sorted({*BUCKET_STARTS, *(day for day in own if day > 0)}))


def band_of(books: Books) -> pl.Expr:
    """The first day past due of the band that a loan is in at an instant; nil of one that is current."""
    import polars as pl

    days = pl.col(f"days_past_due_{books.instant}")
    if not keeps_days(books):
        days = pl.col(f"bucket_{books.instant}").replace_strict(dict(enumerate((0, *BUCKET_STARTS))), return_dtype=pl.Int32)
    band = pl.lit(0)
    for start in starts_of(books):
        band = pl.when(days >= start).then(start).otherwise(band)
    return band


def past_due(start: int, starts: Sequence[int], late: str = " past due") -> str:
    """A band of days past due in words, by its first day; the last one is open.

    >>> past_due(0, (1, 31)), past_due(1, (1, 31)), past_due(31, (1, 31)), past_due(31, (1, 31), "")
    ('Current', '1-30 days past due', '31 days past due or more', '31 days or more')
    """
    if start == 0:
        return "Current"
    place = starts.index(start)
    return f"{start}-{starts[place + 1] - 1} days{late}" if place + 1 < len(starts) else f"{start} days{late} or more"

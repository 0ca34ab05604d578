"""What the curves of the example lender let expect of the contracts of a year-end, by the formula of the default timeline,
worked out here from tapes and curve files alone: nothing of the measurement and nothing of the simulator is used.

Year-ends only: on 31 December every due date of the month has passed, so that positions are differences of months.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np
import polars as pl
from numpy.typing import NDArray

Numbers = NDArray[np.float64]
Whole = NDArray[np.int64]

BUCKETS = ("current", "1-30", "31-60", "61-90", "probation")
MONTHS = 96
DAYS_PER_MONTH = 30.4375


@dataclass(frozen=True)
class CurveFiles:
    """The base scenario of one version. ``hazard`` and ``performing`` segment x rating x bucket x month ahead, ``prepayment``
    segment x month on book, ``lost`` two arrays segment x months since default (undiscounted, discounted); the last value
    holds beyond a file's months. ``default_days`` by segment.
    """

    segments: tuple[str, ...]
    ratings: tuple[str, ...]
    hazard: Numbers
    performing: Numbers
    prepayment: Numbers
    lost: tuple[Numbers, Numbers]
    default_days: Whole

    @staticmethod
    def read(folder: Path, version: date) -> CurveFiles:
        """The files of a kind of contract."""
        hazard, prepayment, lost = (
            pl.read_csv(folder / f"{name}.csv", try_parse_dates=True).filter(pl.col("valid_from") == version)
            for name in ("hazard", "prepayment", "loss_given_default")
        )
        hazard, lost = (table.filter(pl.col("scenario") == "base") for table in (hazard, lost))
        segments, ratings = (tuple(hazard[name].unique(maintain_order=True)) for name in ("segment", "rating"))
        axes = {"segment": segments, "rating": ratings, "bucket": BUCKETS}
        days = dict(hazard.select("segment", "default_days").unique().rows())
        return CurveFiles(
            segments,
            ratings,
            *(dense(hazard, axes, "months_ahead", name) for name in ("hazard", "performing")),
            dense(prepayment, {"segment": segments}, "month_on_book", "single_monthly_mortality"),
            tuple(
                dense(lost, {"segment": segments}, "months_since_default", name)
                for name in ("lgd_undiscounted", "lgd_discounted")
            ),
            np.array([days[segment] for segment in segments]),
        )


def dense(table: pl.DataFrame, axes: dict[str, tuple[str, ...]], month: str, value: str) -> Numbers:
    """A value by axes and month, 96 months."""
    shape = tuple(map(len, axes.values()))
    places = [pl.col(name).replace_strict({word: i for i, word in enumerate(words)}) for name, words in axes.items()]
    ordered = table.sort(*places, month)[value].to_numpy().reshape(*shape, -1)
    missing = np.repeat(ordered[..., -1:], MONTHS - ordered.shape[-1], axis=-1)
    return np.concatenate([ordered, missing], axis=-1)


@dataclass(frozen=True)
class Book:
    """Contracts on book and not in default at a year-end, as their tape tells: what the formula needs of each.

    ``due`` counts due dates passed, beyond maturity too; ``paid`` instalments paid in full; ``stub`` the part of the
    current period that has elapsed. ``principal`` is the guaranteed part.
    """

    contract_id: NDArray[np.str_]
    segment: Whole
    rating: Whole
    bucket: Whole
    due: Whole
    paid: Whole
    stub: Numbers
    term: Whole
    kind: NDArray[np.str_]
    rate: Numbers
    principal: Numbers
    billed: Numbers

    @staticmethod
    def of(tape: pl.DataFrame, year: int, curves: CurveFiles) -> Book:
        """The contracts of a tape of 31 December."""
        instant = date(year, 12, 31)
        rows = tape.filter((pl.col("status") == "on_book") & ~in_default())
        first, late = rows["first_payment_date"], rows["days_past_due"].to_numpy()
        due = np.maximum((year - first.dt.year().to_numpy()) * 12 + 13 - first.dt.month().to_numpy(), 0)
        oldest = rows.select(pl.lit(instant) - pl.duration(days="days_past_due")).to_series()
        months = (oldest.dt.year() - first.dt.year()) * 12 + oldest.dt.month() - first.dt.month()
        term = rows["term_instalments"].to_numpy()
        paid = np.where(late > 0, np.clip(months.to_numpy(), 0, np.minimum(due, term) - 1), np.minimum(due, term))
        share = rows["guaranteed_share"].fill_null(1.0).to_numpy() if "guaranteed_share" in rows.columns else 1.0
        cured = pl.col("cured_date").is_not_null() & (pl.lit(instant) - pl.col("cured_date") < pl.duration(days=90))
        probation = rows.select(cured & (pl.col("days_past_due") == 0)).to_series().to_numpy()
        places = {name: i for i, name in enumerate(curves.segments)}, {name: i for i, name in enumerate(curves.ratings)}
        return Book(
            rows["contract_id"].to_numpy(),
            rows["segment"].replace_strict(places[0]).to_numpy(),
            rows["rating"].replace_strict(places[1]).to_numpy(),
            np.where(probation, 4, np.searchsorted([1, 31, 61], late, side="right")),
            due,
            paid,
            stub_of(rows, due, year),
            term,
            rows["repayment_type"].to_numpy(),
            rows["annual_rate"].to_numpy() / 12.0,
            rows["outstanding_principal_minor"].to_numpy() * share,
            rows["billed_unpaid_interest_minor"].to_numpy() * share,
        )


def in_default() -> pl.Expr:
    """Contracts in default and not cured."""
    return pl.col("default_date").is_not_null() & pl.col("cured_date").is_null()


def stub_of(rows: pl.DataFrame, due: Whole, year: int) -> Numbers:
    """Part of the period around 31 December that has elapsed, from the due date (or origination) before to the next."""
    first = pl.col("first_payment_date")
    ahead = rows.select(first, pl.col("origination_date"), pl.Series("due", due)).with_columns(
        following=first.dt.offset_by(pl.format("{}mo", pl.col("due"))),
        previous=pl.when(pl.col("due") > 0)
        .then(first.dt.offset_by(pl.format("{}mo", pl.col("due") - 1)))
        .otherwise(pl.col("origination_date")),
    )
    elapsed = (pl.lit(date(year, 12, 31)) - pl.col("previous")).dt.total_days()
    return ahead.select(elapsed / (pl.col("following") - pl.col("previous")).dt.total_days()).to_series().to_numpy()


@dataclass(frozen=True)
class Expected:
    """Of each contract: probability of a default recognised within the months asked, amount expected at default with and
    without its interest, the expected square of the latter, and the probability times the months until then.
    """

    number: Numbers
    claim: Numbers
    principal: Numbers
    squared: Numbers
    waited: Numbers


def expected(book: Book, curves: CurveFiles, months: int | None = None) -> Expected:
    """Default within so many months, or over the life: accounting by the default timeline."""
    default = curves.default_days[book.segment] / DAYS_PER_MONTH
    lag = np.maximum(0, np.ceil(default - book.stub)).astype(np.int64)
    horizon = np.maximum(1, book.term - book.due + lag)
    alive, sums = np.ones(horizon.size), np.zeros((5, horizon.size))
    for month in range(1, int(horizon.max()) + 1 if months is None else months + 1):
        at = book.segment, book.rating, book.bucket, month - 1
        chance = np.where(month <= horizon, alive * curves.hazard[at], 0.0)
        instalment = np.maximum(book.paid, np.minimum(book.due + month - lag - 1, book.term - 1))
        exposure = book.principal * left(book, instalment)
        running = np.where(
            instalment == book.paid, book.billed + book.principal * book.rate * month, exposure * book.rate * (lag + 1)
        )
        one = np.ones_like(exposure)
        sums += chance * np.stack([one, exposure + running, exposure, exposure**2, month * one])
        prepaid = curves.prepayment[book.segment, book.due + month - 1] * curves.performing[at]
        alive = alive * (1.0 - curves.hazard[at] - prepaid)
    return Expected(*sums)


def left(book: Book, instalment: Whole) -> Numbers:
    """Scheduled balance after an instalment against that after the instalments paid, in closed form by repayment type."""
    to_come, now = book.term - instalment, np.maximum(book.term - book.paid, 1)
    with np.errstate(divide="ignore", invalid="ignore"):
        level = (1.0 - (1.0 + book.rate) ** -to_come) / (1.0 - (1.0 + book.rate) ** -now)
    even = (book.kind == "equal_principal") | (book.kind == "interest_free_instalments")
    share = np.where(even, to_come / now, np.where(book.kind == "bullet", 1.0, level))
    return np.where(book.paid >= book.term, 1.0, share)

"""Opening and closing rows of one contract side by side, as arrays: what every kind of scheduled contract has in common.

The tape's words are kept; amounts become float64 only here, on their way to an estimate.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from gaapbridge.contracts.buckets import NOT_KNOWN
from gaapbridge.contracts.credit import CreditSetting, Schedule, StateRows
from gaapbridge.contracts.often_asked import BORN, ON_BOTH
from gaapbridge.difference import PATHS
from gaapbridge.measure import kernels
from gaapbridge.measure.calendar import due_days, first_period_length
from gaapbridge.measure.rounding import to_minor

Whole = NDArray[np.int64]
Numbers = NDArray[np.float64]
Dates = NDArray[np.datetime64]
Flags = NDArray[np.bool_]

REPAYMENT_KINDS = {
    "level": kernels.LEVEL,
    "equal_principal": kernels.EQUAL_PRINCIPAL,
    "bullet": kernels.BULLET,
    "interest_free_instalments": kernels.INTEREST_FREE,
}

OF_OPENING = "_opening"
"""What the name of an opening column ends in."""

OUTSTANDING = pl.coalesce("outstanding_principal_minor", "outstanding_principal_minor" + OF_OPENING)
"""Principal outstanding on the closing tape; on the opening one where the contract is not on it."""


@dataclass(frozen=True)
class Course:
    """What became of N contracts: number of the path, and whether on book at the opening, at the closing, or left between.

    A contract on book at the opening that its closing row has leaving before is lost: the tapes contradict each other.

    ``off`` and ``off_at_opening`` say which are written off or paid out on the closing and on the opening tape.
    """

    path: Whole
    opened: Flags
    remained: Flags
    left: Flags
    off: Flags
    off_at_opening: Flags

    def path_where(self, measured: Flags) -> Whole:
        """The paths, with contracts that could not be measured among the ignored."""
        return np.where(measured, self.path, PATHS.index("ignored"))

    @property
    def born(self) -> Flags:
        """Not on book at the opening, and on book since."""
        return ~self.opened & (self.remained | self.left)

    @property
    def lost(self) -> Flags:
        """On book at the opening, and nobody knows where since."""
        return self.opened & ~self.remained & ~self.left

    @property
    def settled(self) -> Flags:
        """Left in the period without a loss."""
        return self.left & ~self.off

    @property
    def newly_off(self) -> Flags:
        """Written off or paid out in the period."""
        return self.left & self.off


def side_by_side(opening: pl.DataFrame, closing: pl.DataFrame, terms: tuple[str, ...]) -> pl.DataFrame:
    """Opening and closing rows joined by contract, in the order of contract ids; opening columns end in ``_opening``.

    ``terms`` do not change while a contract runs: the closing tape's hold, the opening tape's where the contract is not on it.
    """
    joined = closing.join(opening, on="contract_id", how="full", suffix=OF_OPENING, coalesce=True)
    joined = joined.with_columns(pl.coalesce(pl.col(name), pl.col(name + OF_OPENING)).alias(name) for name in terms)
    return joined if joined["contract_id"].is_sorted() else joined.sort("contract_id")  # a sort moves every column


WHERE_STATED = ("maturity_date", "rating_at_origination", "pd_12m_at_origination")
"""The end that was agreed, and what was known of the credit risk when a contract was made: they cannot change either, though a
tape may not have them yet."""


def terms_changed(joined: pl.DataFrame, terms: tuple[str, ...]) -> pl.Expr:
    """Whether the two tapes disagree on a term, as far as both have it, or on what need not be stated, where both state it."""

    def on_both_tapes(names: tuple[str, ...]) -> list[str]:
        return [name for name in names if name + OF_OPENING in joined.columns]

    changed = [pl.col(name).ne_missing(pl.col(name + OF_OPENING)) for name in on_both_tapes(terms)]
    judged = [(pl.col(name) != pl.col(name + OF_OPENING)).fill_null(False) for name in on_both_tapes(WHERE_STATED)]
    return ON_BOTH & pl.any_horizontal(*changed, *judged)


def missing_at_opening(opening: date | None) -> pl.Expr:
    """Whether a contract that ``path`` calls new was there at the opening instant and is not on the opening tape; never without
    one."""
    there = pl.lit(False) if opening is None else pl.col("origination_date") <= opening
    return BORN & there & ~LISTED_AT_OPENING


LISTED_AT_OPENING = pl.col("status" + OF_OPENING).is_not_null() | pl.col("listed_at_opening")
"""Whether the opening tape has a row of the contract; ``listed_at_opening`` of one that no longer counted by then."""


def returned(off_status: str) -> dict[str, pl.Expr]:
    """Contracts that the opening tape has as gone and the closing tape as on book in the period, by cause: back after a
    write-off or payout (``off_status``), written off or paid out twice, back after leaving otherwise."""
    was_off = (pl.col("status" + OF_OPENING) == off_status).fill_null(False)
    off_again = pl.col("path") == "new_written_off"
    return {
        "back after a loss": BORN & was_off & ~off_again,
        "lost twice": was_off & off_again,
        "back after it left": BORN & LISTED_AT_OPENING & ~was_off,
    }


def flag_listed(joined: pl.DataFrame, listed: pl.Series) -> pl.DataFrame:
    """The contracts with the flag ``listed_at_opening``: their ids are among ``listed`` ones of the opening tape, those of rows
    that no longer count among them."""
    return joined.with_columns(listed_at_opening=pl.col("contract_id").is_in(listed.implode()))


def course_of(joined: pl.DataFrame, setting: CreditSetting, off_status: str) -> Course:
    """What became of each contract; ``off_status`` is the status of one that was written off or paid out."""
    opened, remained = status_is(joined, "on_book", OF_OPENING), status_is(joined, "on_book", "")
    listed = joined["status"].is_not_null().to_numpy()
    left = listed & ~remained & (dates(joined, "exit_date") > np.datetime64(setting.opening))
    off, earlier = status_is(joined, off_status, ""), status_is(joined, off_status, OF_OPENING)
    names = [
        (opened & ~remained & ~left, "lost"),
        (opened & remained, "stayed"),
        (~opened & remained, "new"),
        (opened & left & ~off, "settled"),
        (~opened & left & ~off, "new_settled"),
        (opened & left & off, "written_off"),
        (~opened & left & off, "new_written_off"),
        ((off & ~left) | (earlier & ~opened), "written_off_earlier"),
    ]
    path = np.full(len(opened), PATHS.index("ignored"), dtype=np.int64)
    for flagged, name in reversed(names):
        path[flagged] = PATHS.index(name)
    return Course(path, opened, remained, left, off, earlier)


def exit_instant(joined: pl.DataFrame, course: Course, setting: CreditSetting) -> Dates:
    """The date of the late state: the exit date of what left, else the closing instant."""
    return np.where(course.left, dates(joined, "exit_date"), np.datetime64(setting.closing))


def state_rows(joined: pl.DataFrame, on_book: Flags, instant: Dates, suffix: str, ratings: Sequence[str]) -> StateRows:
    """What one tape says of each contract; ``suffix`` tells the tape, ``ratings`` are those of the curves."""
    return StateRows(
        on_book=on_book,
        instant=instant,
        principal=whole(joined, "outstanding_principal_minor" + suffix).astype(np.float64),
        billed_interest=whole(joined, "billed_unpaid_interest_minor" + suffix).astype(np.float64),
        fees_ahead=whole(joined, "service_fees_ahead_minor" + suffix).astype(np.float64),
        days_past_due=whole(joined, "days_past_due" + suffix),
        default_date=dates(joined, "default_date" + suffix),
        cured_date=dates(joined, "cured_date" + suffix),
        since_missed=whole(joined, "months_since_last_missed" + suffix, NOT_KNOWN),
        nonaccrual_date=dates(joined, "nonaccrual_date" + suffix),
        watch_list=flags(joined, "watch_list" + suffix),
        forborne=flags(joined, "forborne" + suffix),
        rating=_places(joined, "rating" + suffix, ratings),
        rating_at_origination=_places(joined, "rating_at_origination" + suffix, ratings),
        pd_12m=_stated(joined, "pd_12m" + suffix),
        pd_12m_at_origination=_stated(joined, "pd_12m_at_origination" + suffix),
    )


def _places(joined: pl.DataFrame, name: str, among: Sequence[str]) -> Whole:
    """The places of a column's words among those known; the first where it is empty or has other words."""
    words = joined[name]
    if len(among) <= 1 or words.null_count() == words.len():  # where the curves are not by rating
        return np.zeros(words.len(), np.int64)
    return _filled(words.cast(pl.Enum(among), strict=False).to_physical(), 0).astype(np.int64)


def _stated(joined: pl.DataFrame, name: str) -> Numbers:
    """A column of numbers, not a number where empty."""
    return joined[name].to_numpy().astype(np.float64)


def states_of(joined: pl.DataFrame, course: Course, setting: CreditSetting) -> dict[str, StateRows]:
    """Every contract in its three states: opening; late (closing under opening assumptions, or at exit); closing."""
    rows = len(course.path)
    opening, closing = (np.full(rows, np.datetime64(day)) for day in (setting.opening, setting.closing))
    late = state_rows(joined, course.remained | course.left, exit_instant(joined, course, setting), "", setting.ratings)
    return {
        "opening": state_rows(joined, course.opened, opening, OF_OPENING, setting.ratings),
        "late": late,
        "closing": replace(late, on_book=course.remained, instant=closing),
    }


def schedule_of(joined: pl.DataFrame, setting: CreditSetting) -> Schedule:
    """The schedules of the loans of a chunk, own or guaranteed."""
    origination, first_payment = dates(joined, "origination_date"), dates(joined, "first_payment_date")
    kind: Whole = joined["repayment_type"].replace_strict(REPAYMENT_KINDS, return_dtype=pl.Int64).to_numpy()
    place = {name: number for number, name in enumerate(setting.segments)}
    principal, term = whole(joined, "principal_minor").astype(np.float64), whole(joined, "term_instalments")
    due_day = due_days(origination, first_payment, dates(joined, "maturity_date"), term)
    rate = np.where(kind == kernels.INTEREST_FREE, 0.0, joined["annual_rate"].to_numpy().astype(np.float64) / 12.0)
    return Schedule(
        segment=joined["segment"].replace_strict(place, return_dtype=pl.Int64).to_numpy(),
        origination_version=setting.version_at(origination),
        origination_date=origination,
        first_payment_date=first_payment,
        due_day=due_day,
        first_length=first_period_length(origination, first_payment, due_day),
        principal=principal,
        rate=rate,
        term_instalments=term,
        kind=kind,
        instalment=_level_instalments(joined, principal, rate, term, kind),
        part=to_minor(principal / term).astype(np.float64),
    )


def _level_instalments(joined: pl.DataFrame, principal: Numbers, rate: Numbers, term: Whole, kind: Whole) -> Numbers:
    """Level instalment of each contract: as the tape has it, else computed and rounded to minor units."""
    given = joined["instalment_minor"]
    instalment = given.fill_null(0).to_numpy().astype(np.float64)
    absent = np.nonzero(given.is_null().to_numpy() & (kind == kernels.LEVEL))[0]
    if absent.size:
        computed = [kernels.level_instalment(principal[c], rate[c], term[c]) for c in absent]
        instalment[absent] = to_minor(np.array(computed))
    return instalment


def whole(joined: pl.DataFrame, name: str, empty: int = 0) -> Whole:
    """A column of whole numbers; nil, or what is said instead, where empty or absent."""
    if name not in joined.columns:
        return np.full(joined.height, empty, np.int64)
    return _filled(joined[name], empty).astype(np.int64)


def numbers(joined: pl.DataFrame, name: str) -> Numbers:
    """A column of numbers."""
    return joined[name].to_numpy().astype(np.float64)


def dates(joined: pl.DataFrame, name: str) -> Dates:
    """A column of dates, not-a-time where empty; all of them where the tape has no such column."""
    if name not in joined.columns:
        return np.full(joined.height, np.datetime64("NaT"), dtype="datetime64[D]")
    return joined[name].to_numpy().astype("datetime64[D]")


def flags(joined: pl.DataFrame, name: str) -> Flags:
    """A column of flags; false where empty."""
    return _filled(joined[name], False).astype(np.bool_)


def status_is(joined: pl.DataFrame, status: str, suffix: str) -> Flags:
    """Whether a tape, told by ``suffix``, has each contract in a status."""
    return _filled(joined["status" + suffix] == status, False).astype(np.bool_)


def _filled(cells: pl.Series, empty: int | bool) -> NDArray[Any]:
    """Cells with a value where they are empty. From their buffers: a query of Polars for each of fifty columns costs a range
    more than all that is measured of it, and the functions of Arrow cost a small close as much while they load."""
    if not cells.null_count():
        return cells.to_numpy()
    array = cells.to_arrow()
    told, held = array.buffers()
    flags_held = cells.dtype == pl.Boolean
    content = _bits(held, array) if flags_held else np.frombuffer(held, str(array.type))[array.offset :][: len(array)]
    return np.where(_bits(told, array), content, empty)


def _bits(buffer: Any, array: Any) -> Flags:
    """What Arrow keeps as bits, one for each cell of an array."""
    return np.unpackbits(np.frombuffer(buffer, np.uint8), bitorder="little")[array.offset :][: len(array)].astype(np.bool_)

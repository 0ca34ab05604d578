"""Episodes of default counted month by month: charged off, cured, repaid, and what became of those that were cured.

Two chains share one form. In default: contracts by whole months since default was recognised. Cured: contracts that owe
nothing overdue after a default, by whole months since. From either a contract is charged off, is repaid, stays, or crosses
to the other: a cure from the first, a further default from the second. Balances go with them, so that what is paid on
the way is in the shares. Counts are whole numbers, by fold and segment, and add up over chunks.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gaapbridge.estimation.months import (
    BY_CONTRACT,
    CHARGED_OFF,
    FOLDS,
    LEFT_WITH_BALANCE,
    MATURED,
    PREPAID,
    STILL,
    Months,
    Whole,
)
from gaapbridge.estimation.recoveries import WrittenOff, count_written_off, without_fold, written_off

MONTHS_APART = 48
"""Whole months since default, or since a cure, that are counted apart; those of this many and more are counted together."""

RATE_UNITS = 100_000
"""Rates are weighted in whole hundred-thousandths: 0.0499 a year is 4,990."""

Flags = NDArray[np.bool_]


@dataclass(frozen=True)
class Chain:
    """What came of contracts in the month that follows: arrays fold x segment x whole months 0..48 in the state.

    ``at_risk`` contracts with ``balance_minor``; of these in the month ``charged_off`` (or left with a balance), ``crossed``
    to the other chain with ``crossed_minor`` still owed, ``repaid``; who stays owes ``stayed_minor`` after it.
    ``written_off_minor`` is of all of them, parts written off of contracts that stay included. Of 300 at risk 100 charged
    off, 90 cured and 100 stayed: 10 were paid.
    """

    at_risk: Whole
    balance_minor: Whole
    charged_off: Whole
    written_off_minor: Whole
    crossed: Whole
    crossed_minor: Whole
    repaid: Whole
    stayed_minor: Whole

    def __add__(self, other: Chain) -> Chain:
        """The counts of two chunks together."""
        return Chain(*(getattr(self, one.name) + getattr(other, one.name) for one in fields(self)))

    def without(self, fold: int) -> Chain:
        """The counts of the contracts of all other folds."""
        return Chain(*(without_fold(getattr(self, one.name), fold) for one in fields(self)))

    def of(self, segments: Sequence[int]) -> Chain:
        """The counts of some segments, all folds together: by whole months in the state alone."""
        return Chain(*(getattr(self, one.name)[:, list(segments)].sum(axis=(0, 1)) for one in fields(self)))


@dataclass(frozen=True)
class Episodes:
    """What is counted of episodes of default up to the end of month ``until``.

    ``entries``, fold x segment: defaults recognised, of which ``charged_off_at_once`` in the same month; the others owe
    ``entered_minor``. ``entered_written_off_minor`` was written off in that month, of all of them: of 1,000 of which a part of
    400 is written off when it enters 600 are owed. ``rate_weighted``: sum of balance at recognition x rate
    a year in hundred-thousandths. ``truncated``: contracts first seen in default, of which nobody knows since when.
    ``left_with_balance``: contracts that did, and count as charged off, of ``left_minor``.
    ``cured_contracts``, each once, of which ``cured_charged_off`` later, by the end of ``until``.
    """

    until: int
    segments: tuple[str, ...]
    in_default: Chain
    cured: Chain
    entries: Whole
    entered_minor: Whole
    charged_off_at_once: Whole
    entered_written_off_minor: Whole
    rate_weighted: Whole
    truncated: Whole
    left_with_balance: Whole
    left_minor: Whole
    cured_contracts: Whole
    cured_charged_off: Whole
    written_off: WrittenOff

    def __add__(self, other: Episodes) -> Episodes:
        """The counts of two chunks together; they must have been asked the same."""
        assert (self.until, self.segments) == (other.until, other.segments)
        return replace(self, **{name: getattr(self, name) + getattr(other, name) for name in _COUNTED})

    def without(self, fold: int) -> Episodes:
        """The counts of the contracts of all other folds."""
        return replace(self, **{name: _without(getattr(self, name), fold) for name in _COUNTED})


_COUNTED = tuple(one.name for one in fields(Episodes) if one.name not in ("until", "segments"))


def _without(counts: Any, fold: int) -> Any:
    return without_fold(counts, fold) if isinstance(counts, np.ndarray) else counts.without(fold)


@dataclass(frozen=True)
class State:
    """By row: in default at the month's end; cured; whole months in that state; whether it is known since when."""

    in_default: Flags
    cured: Flags
    months_in: Whole
    since_known: Flags


def count(months: Months, until: int, default_days: int, segments: tuple[str, ...]) -> Episodes:
    """Episodes of one chunk, of what was known at the end of month ``until``; ``segments`` by name.

    Default is recognised at the first month end at which ``default_days`` are past due, as of whom a part is written off
    (``arrays_of``), or when a contract is charged off or leaves with a balance before that; it ends when nothing
    is overdue. In a frozen month arrears do not rise, and what they would have risen by is left out until it is paid; an
    unobserved month leaves them as they were, and no month counts that begins or ends unobserved. Who leaves without an outcome
    counts until the month before. That a contract left with a balance is known when the month after has no row of it, so not at
    the end of its last.
    """
    months = _known(months, until)
    state = states(months, default_days)
    segment, fold = (of_contract.astype(np.int64)[months.contract] for of_contract in (months.segment, months.fold))
    event = np.where((months.event == LEFT_WITH_BALANCE) & (months.month == until), STILL, months.event).astype(np.int8)
    before = np.flatnonzero(months.contract[1:] == months.contract[:-1])
    after = before + 1
    outcome = np.isin(event[after], (STILL, PREPAID, MATURED, CHARGED_OFF, LEFT_WITH_BALANCE))
    seen = months.observed[before] & months.observed[after] & (event[before] == STILL) & outcome
    seen &= months.balance_minor[before] > 0
    gone = np.isin(event[after], (CHARGED_OFF, LEFT_WITH_BALANCE))
    enters = seen & ~state.in_default[before] & (gone | ((event[after] == STILL) & state.in_default[after]))
    lost = written_off(months, event, before, after)
    cell = (fold, segment)

    def counted(where: Flags, amounts: Whole | None = None) -> Whole:
        return _added(
            (FOLDS, len(segments)), tuple(index[before[where]] for index in cell), None if amounts is None else amounts[where]
        )

    owes = np.where(gone, 0, months.balance_minor[after])
    rate = np.rint(months.rate[months.contract[after]] * RATE_UNITS).astype(np.int64)
    first = np.concatenate(([True], months.contract[1:] != months.contract[:-1])) if len(months.contract) else np.zeros(0, bool)
    unseen_start = first & state.in_default
    left = seen & (event[after] == LEFT_WITH_BALANCE)
    cures = np.unique(
        months.contract[after[seen & state.in_default[before] & (event[after] == STILL) & ~state.in_default[after]]]
    )

    def of_contracts(whose: NDArray[np.int32]) -> Whole:
        return _added(
            (FOLDS, len(segments)), (months.fold[whose].astype(np.int64), months.segment[whose].astype(np.int64)), None
        )

    moves = _Moves(months, event, state, before, after, gone, lost)
    return Episodes(
        until=until,
        segments=segments,
        in_default=_chain(
            moves, seen & state.in_default[before] & state.since_known[before], cell, segments, crosses=~state.in_default
        ),
        cured=_chain(moves, seen & state.cured[before], cell, segments, crosses=state.in_default),
        entries=counted(enters),
        entered_minor=counted(enters, owes),
        charged_off_at_once=counted(enters & gone),
        entered_written_off_minor=counted(enters, lost),
        rate_weighted=counted(enters, (owes + lost) * rate),
        truncated=_added((FOLDS, len(segments)), tuple(index[unseen_start] for index in cell), None),
        left_with_balance=counted(left),
        left_minor=counted(left, lost),
        cured_contracts=of_contracts(cures),
        cured_charged_off=of_contracts(np.intersect1d(cures, months.contract[after[seen & gone]])),
        written_off=count_written_off(months, until, len(segments)),
    )


@dataclass(frozen=True)
class _Moves:
    """Rows side by side with those of the month after, and what was written off in it."""

    months: Months
    event: NDArray[np.int8]
    state: State
    before: Whole
    after: Whole
    gone: Flags
    lost: Whole


def _chain(moves: _Moves, where: Flags, cell: tuple[Whole, Whole], segments: tuple[str, ...], *, crosses: Flags) -> Chain:
    """The counts of one chain, of the moves ``where`` it is in its state; ``crosses`` by row: in the other one's state."""
    before, after = moves.before[where], moves.after[where]
    place = (*(index[before] for index in cell), np.minimum(moves.state.months_in[before], MONTHS_APART))
    gone, owed = moves.gone[where], moves.months.balance_minor[after]
    still = moves.event[after] == STILL
    crossed = still & crosses[after]
    stayed = still & ~crossed
    repaid = np.isin(moves.event[after], (PREPAID, MATURED))
    shape = (FOLDS, len(segments), MONTHS_APART + 1)
    one = np.ones(len(before), np.int64)
    return Chain(
        *(
            _added(shape, place, amounts)
            for amounts in (
                one, moves.months.balance_minor[before], one * gone, moves.lost[where], one * crossed, owed * crossed,
                one * repaid, owed * stayed,
            )
        )
    )  # fmt: skip


def _added(shape: tuple[int, ...], place: tuple[Whole, ...], amounts: Whole | None) -> Whole:
    counts = np.zeros(shape, np.int64)
    np.add.at(counts, place, 1 if amounts is None else amounts)
    return counts


def _known(months: Months, until: int) -> Months:
    """The rows up to the end of a month; contracts stay numbered as they are."""
    if not len(months.month) or months.month.max() <= until:
        return months
    keep = months.month <= until
    by_row = [one.name for one in fields(Months) if one.name not in (*BY_CONTRACT, "first_seen")]
    return replace(months, **{name: getattr(months, name)[keep] for name in by_row})


def states(months: Months, default_days: int) -> State:
    """By row, from rows up to it alone, how it stands: in default where the last month end at ``default_days`` or more is later
    than the last with no arrears."""
    row = np.arange(len(months.contract))
    new = np.concatenate(([True], months.contract[1:] != months.contract[:-1]))[: len(row)]
    start = _last(new, row)
    arrears = _arrears(months, start)
    defaulted, paid_up = _last(arrears >= default_days, row), _last(arrears == 0, row)
    ever = defaulted >= start
    in_default = ever & (defaulted > paid_up)
    cured = ever & ~in_default
    before = np.concatenate(([False], in_default[:-1]))[: len(row)] & ~new
    turned = _last((in_default != before) | new, row)
    previous = np.maximum(turned - 1, 0)
    known = (turned > start) & months.observed[turned] & months.observed[previous]
    return State(in_default=in_default, cured=cured, months_in=row - turned, since_known=known)


def _arrears(months: Months, start: Whole) -> Whole:
    """Days past due as they count: of an unobserved month those before it; in a frozen one they may fall but do not rise."""
    told = months.arrears_days[np.maximum(_last(months.observed, np.arange(len(start))), start)].astype(np.int64)
    if not months.frozen.any():
        return told
    overdue, beyond = (np.zeros(len(months.segment), np.int64) for _ in range(2))
    by_month = np.argsort(months.month, kind="stable")
    ends = np.flatnonzero(np.diff(months.month[by_month], append=-1)) + 1
    for rows in np.split(by_month, ends[:-1]):
        rows = rows[months.observed[rows]]
        whose, stated, frozen = months.contract[rows], told[rows], months.frozen[rows]
        least = np.minimum(overdue[whose], stated)
        beyond[whose] = np.where(frozen, stated - least, np.minimum(beyond[whose], stated))
        overdue[whose] = stated - beyond[whose]
        told[rows] = overdue[whose]
    return told[np.maximum(_last(months.observed, np.arange(len(start))), start)]


def _last(where: Flags, row: Whole) -> Whole:
    """The last row up to each where something holds, -1 before the first."""
    return np.maximum.accumulate(np.where(where, row, -1)) if len(row) else row

"""The protocol of a difference: what a note is, the entries it may write and the figures it passes on.

One numbered difference between US GAAP and IFRS has one folder under ``differences`` and one column in the statement.
Amounts here are minor units, debit positive, by segment.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

BySegment = Mapping[str, int]


@dataclass(frozen=True)
class Note:
    """One numbered difference: its key in the plan, its column id, numeral and label in the statement, and its roles.

    ``roles`` are the only posting roles its journal may touch; ``requires`` and ``provides`` name the columns of figures
    it reads from other notes and offers to them.
    """

    key: str
    column: str
    numeral: str
    label: str
    roles: tuple[str, ...]
    requires: tuple[str, ...]
    provides: tuple[str, ...]


@dataclass(frozen=True)
class Posting:
    """One debit-positive amount on one role, for one segment."""

    role: str
    segment: str
    amount_minor: int


@dataclass(frozen=True)
class FlowEntry:
    """The postings of one named flow of one component; they add to nil within every segment."""

    flow: str
    component: str
    text: str
    postings: tuple[Posting, ...]


@dataclass(frozen=True)
class Posted:
    """What a note's journal returns: the opening entries, the entries of the period, and amounts passed to other notes."""

    brought_forward: tuple[FlowEntry, ...]
    movements: tuple[FlowEntry, ...]
    passed_on: Mapping[str, BySegment] = field(default_factory=dict)


def entry(flow: str, component: str, text: str, amounts: Mapping[str, BySegment]) -> FlowEntry:
    """An entry from debit-positive amounts by role and segment; nil amounts make no posting.

    >>> entry("accretion", "carrying_amount", "x", {"a": {"s": 5}, "b": {"s": -5}}).postings[1].amount_minor
    -5
    """
    postings = tuple(
        Posting(role, segment, amount)
        for role, segments in amounts.items()
        for segment, amount in sorted(segments.items())
        if amount
    )
    return FlowEntry(flow, component, text, postings)


OPENED = ("stayed", "settled", "written_off", "lost")
"""Paths of contracts that were on book at the opening instant."""

REMAINED = ("stayed", "new")
"""Paths of contracts on book at the closing instant."""

SETTLED = ("settled", "new_settled")
"""Paths of contracts that were repaid in the period."""

WRITTEN_OFF = ("written_off", "new_written_off")
"""Paths of contracts that were written off in the period."""

PATHS = ("stayed", "new", "settled", "new_settled", "written_off", "new_written_off", "written_off_earlier", "lost", "ignored")
"""What became of a contract in the period; ``ignored`` rows left before it and count for nothing."""


@dataclass(frozen=True)
class LoanSums:
    """Whole minor units of the loan tape, added by path and segment.

    ``totals[path][series][segment]``; a series is named ``{state}_{framework}_{component}`` for the states ``opening``,
    ``late`` (closing under opening assumptions, or at exit) and ``closing``, or stands alone (``recoveries_received``).
    """

    segments: tuple[str, ...]
    totals: Mapping[str, Mapping[str, BySegment]]

    def of(self, series: str, paths: tuple[str, ...]) -> dict[str, int]:
        """A series added over some paths, by segment."""
        return {s: sum(self.totals[path][series].get(s, 0) for path in paths) for s in self.segments}

    def difference(self, state: str, component: str, paths: tuple[str, ...]) -> dict[str, int]:
        """IFRS less US GAAP of a component in a state, by segment: never the other way round."""
        ifrs, us_gaap = self.of(f"{state}_ifrs_{component}", paths), self.of(f"{state}_us_{component}", paths)
        return {s: ifrs[s] - us_gaap[s] for s in self.segments}


Term = tuple[str, tuple[str, ...], int]
"""One step of a movement: a state, the paths it counts for, and +1 or -1."""


def moved(sums: LoanSums, component: str, terms: tuple[Term, ...]) -> dict[str, int]:
    """Movement of a component's difference (IFRS less US GAAP) over some terms, by segment."""
    steps = [sums.difference(state, component, paths) for state, paths, _ in terms]
    return plus(*(step if sign > 0 else minus(step) for step, (_, _, sign) in zip(steps, terms, strict=True)))


def plus(*amounts: BySegment) -> dict[str, int]:
    """Amounts added segment by segment.

    >>> plus({"a": 1}, {"a": 2, "b": 5})
    {'a': 3, 'b': 5}
    """
    added: dict[str, int] = {}
    for by_segment in amounts:
        for segment, amount in by_segment.items():
            added[segment] = added.get(segment, 0) + amount
    return added


def minus(amounts: BySegment) -> dict[str, int]:
    """Amounts with their signs turned."""
    return {segment: -amount for segment, amount in amounts.items()}

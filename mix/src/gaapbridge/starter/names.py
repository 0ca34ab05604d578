"""How the names that a lender gives to the columns of a file are matched with ours.

Five looks at a header, the surest first: the same name; the same words, however written; a name of the trade; a name of more
than one meaning whose cells fit; a name that is nearly one of these. No column of a file stands for two of ours.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import lru_cache

from gaapbridge.starter.known_names import KNOWN_BY_CELLS, LOOSE, Names
from gaapbridge.tapes.plain_words import plain, words_apart

LIKE_NAMES = 0.82
"""How alike, from 0 to 1, each word of two names must be for the names to be taken for one another: a slip of the pen is,
``paid`` and ``unpaid`` are not."""


@dataclass(frozen=True)
class Match:
    """A column of a file that stands for one of ours, and why it was taken for it."""

    ours: str
    theirs: str
    why: str


def matched(
    header: Sequence[str],
    ours: Sequence[str],
    known: Names,
    fits: Callable[[str, str], bool],
    called: Mapping[str, str] | None = None,
    against: Callable[[str, str], bool] = lambda ours, theirs: False,
) -> dict[str, Match]:
    """The columns of a header that stand for ours, by our names in their order; ``known`` are names of the trade.

    ``fits(ours, theirs)`` tells whether the cells could be what our column holds; asked where the name does not say;
    ``against`` whether they cannot, whatever the name says. ``called`` are what columns are called by a part of their name.
    """
    written = {theirs: plain((called or {}).get(theirs, theirs)) for theirs in header}
    found: dict[str, Match] = {}
    taken: set[str] = set()
    for name, theirs, why in _proposals(written, ours, known, fits):
        if other_measure(name, theirs) or against(name, theirs):
            continue
        if name not in found and theirs not in taken:
            found[name] = Match(name, theirs, why)
            taken.add(theirs)
    return {name: found[name] for name in ours if name in found}


def written_known(ours: Sequence[str], known: Names) -> dict[str, tuple[str, ...]]:
    """Our names and those of the trade in plain words, by our columns."""
    return {name: (plain(name), *map(plain, known.get(name, ()))) for name in ours}


def _proposals(
    written: Mapping[str, str], ours: Sequence[str], known: Names, fits: Callable[[str, str], bool]
) -> Iterator[tuple[str, str, str]]:
    """Pairs of names, the surest first; ``written`` are those of the header in plain words."""
    header = list(written)
    yield from ((name, name, "the same name") for name in ours if name in header)
    words_of = written_known(ours, known)
    loose = {plain(name): why for name, why in LOOSE.items()}
    for name in ours:
        own = plain(name)
        yield from ((name, theirs, "the same words") for theirs in header if written[theirs] == own)
    in_order = {theirs: _sorted(words) for theirs, words in written.items()}
    for name in ours:
        for words in words_of[name]:
            why, sought = loose.get(words, "a name of the trade"), _sorted(words)
            yield from ((name, theirs, why) for theirs in header if in_order[theirs] == sought)
    for name, may_be in KNOWN_BY_CELLS.items():
        for theirs in header:
            if name in ours and written[theirs] in may_be and fits(name, theirs):
                yield name, theirs, "a name of more than one meaning, whose cells fit: look at it"
    alike = [
        (max(_likeness(written[theirs], words) for words in words_of[name]), name, theirs) for name in ours for theirs in header
    ]
    for likeness, name, theirs in sorted(alike, key=lambda pair: -pair[0]):
        if likeness >= LIKE_NAMES and fits(name, theirs):
            yield name, theirs, "a name nearly the same: look at it"


def near(theirs: str, ours: Sequence[str], known: Names) -> list[str]:
    """Our columns that a name may stand for, best first, at most two: those whose known names share words with it, or Chinese
    characters.

    >>> near("Past Due Day Count", ["days_past_due", "status"], {})
    ['days_past_due']
    >>> near("手续费净收入", ["fees_received_minor", "status"], {"fees_received_minor": ("手续费",), "status": ("状态",)})
    ['fees_received_minor']
    """
    shared = {name: share for name, share in _shared(theirs, ours, known).items() if not other_measure(name, theirs)}
    return sorted(shared, key=lambda name: -shared[name])[:2]


def unlike(ours: str, header: Sequence[str], known: Names) -> list[str]:
    """Names that are near one of ours and state another measure, with what to do about them."""
    remedies = {theirs: other_measure(ours, theirs) for theirs in header}
    return [f"{theirs} {remedy}" for theirs, remedy in remedies.items() if remedy and _shared(theirs, [ours], known)]


def _shared(theirs: str, ours: Sequence[str], known: Names) -> dict[str, float]:
    """Our columns whose names have enough in common with a name, with the share of it."""
    words = _parts(plain(theirs))
    shared = {
        name: max(len(words & _parts(one)) / len(words | _parts(one)) if words else 0 for one in written)
        for name, written in written_known(ours, known).items()
    }
    return {name: share for name, share in shared.items() if share >= NEAR}


def _parts(words: str) -> set[str]:
    """The words of a plain name; of Chinese, which does not part them, the characters."""
    return {part for word in words.split() for part in ([word] if word.isascii() else word)}


_OTHER_MEASURE = {
    "term_instalments": (
        re.compile(r"\b(?:days?|weeks?)\b|天|日|周", re.I),
        "is not a number of instalments: add a column of that to the file, no key converts it",
    ),
    "annual_rate": (
        re.compile(r"\b(?:month|monthly|daily|day|weekly)\b|月利率|日利率|月息|日息", re.I),
        "is not the rate for a year: add a column of that to the file, no key annualises it",
    ),
    "interest_received_minor": (
        re.compile(r"\b(?:[ymq]td|this year|year to date)\b|本年|当年|本期|本月|本季", re.I),
        "is not since origination: add a column of that to the file, no key carries it forward",
    ),
    "billed_unpaid_interest_minor": (
        re.compile(r"\bprin(?:c|cipal)?\b|本金", re.I),
        "is principal and no interest: add a column of what interest is due and not paid",
    ),
}


def other_measure(ours: str, theirs: str) -> str | None:
    """What to do about a column that is called like ours and states another measure; None where it does not.

    >>> other_measure("annual_rate", "月利率(%)")
    'is not the rate for a year: add a column of that to the file, no key annualises it'
    >>> other_measure("interest_received_minor", "YTD Int Pd"), other_measure("interest_received_minor", "Int Pd LTD")
    ('is not since origination: add a column of that to the file, no key carries it forward', None)
    >>> other_measure("term_instalments", "期限"), other_measure("term_instalments", "Term (months)")
    (None, None)
    """
    shape, remedy = _OTHER_MEASURE.get(ours, (None, ""))
    return remedy if shape is not None and shape.search(" ".join(words_apart(theirs))) else None


NEAR = 1 / 2
"""Share of words in common, or of characters, from which a column may be the one that is missing."""


def _sorted(words: str) -> list[str]:
    """Words in an order of their own: ``date of origination`` is ``origination date``."""
    return sorted(words.split())


@lru_cache(1 << 16)
def _likeness(one: str, other: str) -> float:
    """How alike the least alike words of two names are, 0 where that is too little; 0 where one has more words than the other,
    or is not in Latin letters: there a single character says something else."""
    first, second = one.split(), other.split()
    if not first or len(first) != len(second) or not (one.isascii() and other.isascii()):
        return float(one == other != "")
    least = 1.0
    for words in zip(first, second, strict=True):
        if (least := min(least, _alike(*words))) < LIKE_NAMES:
            return 0.0
    return least


@lru_cache(1 << 16)
def _alike(one: str, other: str) -> float:
    """How alike two words are, of which the same few thousand pairs are looked at for every file; 0 where their lengths alone
    say that it is too little."""
    if 2 * min(len(one), len(other)) < LIKE_NAMES * (len(one) + len(other)):
        return 0.0
    return SequenceMatcher(None, one, other).ratio()

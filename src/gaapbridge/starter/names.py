"""How the names that a lender gives to the columns of a file are matched with ours.

Five looks at a header, the surest first: the same name; the same words, however written; a name of the trade; a name of more
than one meaning whose cells fit; a name that is nearly one of these. No column of a file stands for two of ours.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from gaapbridge.starter.known_names import KNOWN_BY_CELLS, Names

_WORDS = {
    "no": "number", "nr": "number", "num": "number", "nbr": "number", "acct": "account", "agmt": "agreement",
    "amt": "amount", "amnt": "amount", "bal": "balance", "ccy": "currency", "dt": "date", "d": "date", "int": "interest",
    "orig": "original", "origination": "original", "curr": "current", "cur": "current", "out": "outstanding",
    "prin": "principal", "princ": "principal", "prncp": "principal", "pmt": "payment", "pymnt": "payment", "pay": "payment",
    "rec": "received", "pd": "paid", "mth": "month", "mths": "month", "mo": "month", "mos": "month", "mnth": "month",
    "matr": "maturity", "delinq": "delinquent", "dlq": "delinquent", "inst": "instalment", "installment": "instalment",
    "installments": "instalment", "amortization": "amortisation", "amortizing": "amortising", "on": "date",
    "mat": "maturity", "stat": "status", "sts": "status", "prod": "product", "cd": "code", "monthly": "month", "rt": "rate",
    "gtee": "guarantee", "pct": "percent", "chargeoff": "charge off", "center": "centre",
    "tran": "transaction", "trans": "transaction", "txn": "transaction", "eff": "effective", "dflt": "default",
    "svc": "service", "cov": "coverage", "dept": "department", "vest": "vesting", "guar": "guarantee", "rtg": "rating",
    "accr": "accrual", "amort": "amortisation", "pty": "party", "fv": "fair value", "flg": "flag",
}  # fmt: skip
_PHRASES = {"dpd": "day past due", "upb": "unpaid principal balance", "opb": "original principal balance"}
_SILENT = {
    "minor", "cent", "fen", "usd", "cny", "rmb", "eur", "gbp", "hkd", "jpy", "the", "of", "in", "元", "万元", "千元",
    "人民币元", "分", "月", "天", "期", "人民币", "000", "thousand", "dollar", "percent",
}  # fmt: skip

ALIKE = 0.82
"""How alike, from 0 to 1, each word of two names must be for the names to be taken for one another: a slip of the pen is,
``paid`` and ``unpaid`` are not."""


@dataclass(frozen=True)
class Match:
    """A column of a file that stands for one of ours, and why it was taken for it."""

    ours: str
    theirs: str
    why: str


def plain(name: str) -> str:
    """A name's words in small letters: taken apart, written out, singular, without units.

    >>> plain("OrigLoanAmt_USD"), plain("DPD"), plain("Days Past-Due")
    ('original loan amount', 'day past due', 'day past due')
    """
    words = [word.lower() for word in re.findall(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+|[^\W\d_a-zA-Z]+", name)]
    written_out = " ".join(_PHRASES.get(word, _WORDS.get(word, word)) for word in words).split()
    singular = [word[:-1] if len(word) > 3 and word.endswith("s") and not word.endswith("ss") else word for word in written_out]
    return " ".join(word for word in singular if word not in _SILENT)


def matched(
    header: Sequence[str],
    ours: Sequence[str],
    known: Names,
    fits: Callable[[str, str], bool],
    called: Mapping[str, str] | None = None,
) -> dict[str, Match]:
    """The columns of a header that stand for ours, by our names in their order; ``known`` are names of the trade.

    ``fits(ours, theirs)`` tells whether the cells could be what our column holds; asked where the name does not say. ``called``
    are what columns are called by a part of their name.
    """
    written = {theirs: plain((called or {}).get(theirs, theirs)) for theirs in header}
    found: dict[str, Match] = {}
    taken: set[str] = set()
    for name, theirs, why in _proposals(written, ours, known, fits):
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
    for name in ours:
        yield from ((name, theirs, "the same words") for theirs in header if written[theirs] == plain(name))
    for name in ours:
        for words in words_of[name]:
            yield from (
                (name, theirs, "a name of the trade") for theirs in header if _sorted(written[theirs]) == _sorted(words)
            )
    for name, may_be in KNOWN_BY_CELLS.items():
        for theirs in header:
            if name in ours and written[theirs] in may_be and fits(name, theirs):
                yield name, theirs, "a name of more than one meaning, whose cells fit: look at it"
    alike = [
        (max(_likeness(written[theirs], words) for words in words_of[name]), name, theirs) for name in ours for theirs in header
    ]
    for likeness, name, theirs in sorted(alike, key=lambda pair: -pair[0]):
        if likeness >= ALIKE and fits(name, theirs):
            yield name, theirs, "a name nearly the same: look at it"


def near(theirs: str, ours: Sequence[str], known: Names) -> list[str]:
    """Our columns that a name may stand for, best first, at most two: those whose known names share words with it.

    >>> near("Past Due Day Count", ["days_past_due", "status"], {})
    ['days_past_due']
    """
    words = set(plain(theirs).split())
    shared = {
        name: max(len(words & set(one.split())) / len(words | set(one.split())) for one in written)
        for name, written in written_known(ours, known).items()
    }
    return sorted((name for name in ours if shared[name] >= NEAR), key=lambda name: -shared[name])[:2]


NEAR = 1 / 2
"""Share of words in common from which a column may be the one that is missing."""


def _sorted(words: str) -> list[str]:
    """Words in an order of their own: ``date of origination`` is ``origination date``."""
    return sorted(words.split())


def _likeness(one: str, other: str) -> float:
    """How alike the least alike words of two names are; 0 where one has more words than the other, or is not in Latin letters:
    there a single character says something else."""
    first, second = one.split(), other.split()
    if not first or len(first) != len(second) or not (one.isascii() and other.isascii()):
        return float(one == other != "")
    return min(SequenceMatcher(None, a, b).ratio() for a, b in zip(first, second, strict=True))

"""Ids of one contract that its two tapes write differently: by case, a blank, an apostrophe, nils before a number.

Such a contract seems to have gone without a reason, and another to have come. Looked at are the ids on the opening tape alone
and, of those on the closing tape alone, the ones of contracts that were there at the opening.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

import polars as pl

from gaapbridge.tapes.ranges import Held
from gaapbridge.terms.finding import NAMED_CONTRACTS, Finding

GONE_OR_COME = ("lost", "not on the opening tape")
"""Causes of findings that are told of such a contract otherwise."""


@dataclass
class Apart:
    """Ids on the opening tape alone, and on the closing tape alone though their contract was there before."""

    gone: list[str] = field(default_factory=list)
    come: list[str] = field(default_factory=list)

    @classmethod
    def of(cls, opening: Held | None, closing: Held | None, day: date | None) -> Apart:
        """Those of a range of contracts whose opening is that ``day``; none without two tapes."""
        if opening is None or closing is None or day is None:
            return cls()
        there = closing.every
        if "origination_date" in there.columns:
            there = there.filter((pl.col("origination_date") <= day).fill_null(True))
        before, since = opening.every["contract_id"], closing.every["contract_id"]
        gone = before.filter(~before.is_in(since.implode())).drop_nulls()
        come = there["contract_id"].filter(~there["contract_id"].is_in(before.implode())).drop_nulls()
        return cls(gone.to_list(), come.to_list())

    def add(self, other: Apart) -> None:
        """Take in those of one more range."""
        self.gone += other.gone
        self.come += other.come

    def pairs(self) -> list[tuple[str, str]]:
        """The ids of the opening tape, each with one of the closing tape that is the same but for how it is written."""
        plain: dict[str, list[str]] = {}
        for one in self.come:
            plain.setdefault(_plain(one), []).append(one)
        return sorted((one, other) for one in set(self.gone) for other in plain.get(_plain(one), ()))


def without_alike(
    causes: Mapping[str, Sequence[tuple[str, int]]], pairs: Sequence[tuple[str, str]]
) -> dict[str, list[tuple[str, int]]]:
    """Contracts by cause, without those that seem to have gone or come because of how their ids are written."""
    alike = {one for pair in pairs for one in pair}
    kept = {cause: _others(found, alike) if cause in GONE_OR_COME else list(found) for cause, found in causes.items()}
    return {cause: found for cause, found in kept.items() if found}


def _others(found: Sequence[tuple[str, int]], alike: Collection[str]) -> list[tuple[str, int]]:
    return [(contract, amount) for contract, amount in found if contract not in alike]


def alike_findings(pairs: Sequence[tuple[str, str]], address: str) -> Iterator[Finding]:
    """The finding about contracts whose ids the two tapes write differently; none where there are none."""
    if not pairs:
        return
    more = f" and {len(pairs) - NAMED_CONTRACTS} more" if len(pairs) > NAMED_CONTRACTS else ""
    first, count = pairs[:NAMED_CONTRACTS], f"{len(pairs)} contract{'s' if len(pairs) > 1 else ''}"
    told = ", ".join(f"{_shown(one)} at the opening is {_shown(other)} at the closing" for one, other in first)
    yield Finding(
        name="id written differently on the two tapes",
        where=f"{address}/{pairs[0][0]}",
        amount_minor=None,
        why=f"{count}: {told}{more}; read as a contract that left and one that came",
        remedy='write the id alike on every tape; blanks, apostrophes and ="..." around it go with trim = ["contract_id"] in '
        "the read table of the tape",
        check="R9",
    )


def _plain(contract_id: str) -> str:
    """An id without what is easily written differently.

    >>> [_plain(one) for one in ("LOAN-1 ", "loan-1", "\'LOAN-1", '="LOAN-1"', "0012")]
    ['loan-1', 'loan-1', 'loan-1', 'loan-1', '12']
    """
    folded = unicodedata.normalize("NFKC", contract_id)
    seen = "".join(sign for sign in folded if not sign.isspace() and unicodedata.category(sign) not in ("Cc", "Cf"))
    bare = seen.removeprefix("=").strip(_QUOTES).casefold()
    return bare.lstrip("0") if bare.isdigit() else bare


_QUOTES = "\"'`\u2018\u2019"


def _shown(contract_id: str) -> str:
    """An id between quotes, what no eye sees as its escape."""
    return '"' + "".join(one if one == " " or not _unseen(one) else f"\\u{ord(one):04x}" for one in contract_id) + '"'


def _unseen(sign: str) -> bool:
    return sign.isspace() or unicodedata.category(sign) in ("Cc", "Cf")

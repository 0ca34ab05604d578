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
        before, since = (tape.every.lazy().filter(pl.col("contract_id").is_not_null()) for tape in (opening, closing))
        there = since.filter((pl.col("origination_date") <= day).fill_null(True)) if _dated(closing) else since
        gone = before.select("contract_id").join(since, on="contract_id", how="anti")
        come = there.select("contract_id").join(before, on="contract_id", how="anti")
        gone_ids, come_ids = (found["contract_id"].to_list() for found in pl.collect_all([gone, come]))
        return cls(gone_ids, come_ids)

    def add(self, other: Apart) -> None:
        """Take in those of one more range."""
        self.gone += other.gone
        self.come += other.come

    def pairs(self) -> list[tuple[str, str]]:
        """The ids of the opening tape, each with one of the closing tape that is the same but for how it is written."""
        if not self.gone or not self.come:
            return []
        gone, come = (pl.Series("id", ids, dtype=pl.String).unique() for ids in (self.gone, self.come))
        left, right = (pl.DataFrame({"id": ids, "plain": plain(ids)}) for ids in (gone, come))
        return sorted(left.join(right, on="plain", suffix=" since").select("id", "id since").rows())


def _dated(tape: Held) -> bool:
    return "origination_date" in tape.every.columns


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
    told = ", ".join(f"{shown(one)} at the opening is {shown(other)} at the closing" for one, other in first)
    yield Finding(
        name="id written differently on the two tapes",
        where=f"{address}/{pairs[0][0]}",
        amount_minor=None,
        why=f"{count}: {told}{more}; read as a contract that left and one that came",
        remedy='write the id alike on every tape; blanks, apostrophes and ="..." around it go with trim = ["contract_id"] in '
        "the read table of the tape, nils before a number come back with pad = { contract_id = 10 }, or how wide it is",
        check="R9",
    )


def plain(contract_ids: pl.Series) -> pl.Series:
    """Ids without what is easily written differently: case, blanks and what no eye sees, signs in full width, hyphens of other
    kinds, an apostrophe, `="..."`, nils before a number.

    >>> plain(pl.Series(["LOAN-1 ", "loan\u20131", "\'LOAN-1", '="LOAN-1"', "ＬＯＡＮ－１", "0012"])).to_list()
    ['loan-1', 'loan-1', 'loan-1', 'loan-1', 'loan-1', '12']
    """
    seen = pl.col("id").str.normalize("NFKC").str.replace_all(r"[\s\p{Cc}\p{Cf}]", "").str.replace_all(_HYPHENS, "-")
    bare = seen.str.strip_prefix("=").str.strip_chars(_QUOTES).str.to_lowercase()
    without_nils = pl.when(bare.str.contains(r"^\d+$")).then(bare.str.strip_chars_start("0")).otherwise(bare)
    return contract_ids.to_frame("id").select(without_nils.alias("plain")).to_series()


_HYPHENS = r"[\p{Pd}\x{2212}]"
_QUOTES = "\"'`\u2018\u2019"


def shown(contract_id: str) -> str:
    """An id between quotes, what no eye sees, or takes for a hyphen, as its escape."""
    return '"' + "".join(one if one == " " or not _unseen(one) else f"\\u{ord(one):04x}" for one in contract_id) + '"'


def _unseen(sign: str) -> bool:
    category = unicodedata.category(sign)
    return sign.isspace() or category in ("Cc", "Cf") or (category == "Pd" and sign != "-")

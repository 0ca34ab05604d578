"""R16: a loan is the lender's own or another's that it guarantees, never both, and guaranteed whole at most once; else its
loss is provided for twice."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import combinations
from pathlib import Path

import polars as pl

from gaapbridge.contracts.kind import Kind
from gaapbridge.contracts.kinds import KINDS
from gaapbridge.difference import EVER_WRITTEN_OFF
from gaapbridge.engine.sink import scan_parts
from gaapbridge.terms.finding import NAMED_CONTRACTS, Finding, named


def held_twice(tables: Mapping[str, Path]) -> list[Finding]:
    """A finding for each two kinds that hold the same loan at the closing, and for each kind of which several contracts share a
    loan and are about more than all of it; from their tables of contracts by kind."""
    kinds = [kind for kind in KINDS.values() if kind.loan is not None and kind.key in tables]
    twice = [finding for one, other in combinations(kinds, 2) for finding in _in_both(one, other, tables)]
    return twice + [finding for kind in kinds if kind.share is not None for finding in _beyond(kind, kind.share, tables)]


_MOST = 1.0 + 1e-9
"""All of a loan, and what adding up its shares may round."""


def _beyond(kind: Kind, share: str, tables: Mapping[str, Path]) -> list[Finding]:
    """The contracts on book that are about more than all of their loan together, as one finding; its amount is the allowance
    that they carry under US GAAP."""
    loan = pl.col(kind.loan or "")
    rows = scan_parts(tables[kind.key]).filter(pl.col("closing_on_book"))
    every = rows.select("contract_id", loan.alias("loan"), share=share, amount_minor="us_loss_allowance")

    def of_turn(own: pl.Expr) -> pl.LazyFrame:
        some = every.filter(own)
        beyond = some.group_by("loan").agg(pl.len().alias("contracts"), pl.col("share").sum())
        return some.join(beyond.filter((pl.col("contracts") > 1) & (pl.col("share") > _MOST)), on="loan", how="semi")

    found = pl.concat([of_turn(own).collect() for own in _turns(tables[kind.key])]).sort("contract_id")
    if found.is_empty():
        return []
    first = named(found["contract_id"].head(NAMED_CONTRACTS).to_list(), found.height)
    return [
        Finding(
            name="loan guaranteed more than whole",
            where=f"{kind.word}/{first}",
            amount_minor=sum(found["amount_minor"].to_list()),
            why=f"{found.height} {kind.contracts} on book share loans, and come to more than all of them: the loss is measured "
            "twice; the amount is their loss allowance under US GAAP",
            remedy="take off the tape what stands on it twice, or correct the loan or the share",
            check="R16",
        )
    ]


def _in_both(one: Kind, other: Kind, tables: Mapping[str, Path]) -> list[Finding]:
    """The loans of two kinds, on book or still recovering, as one finding; its amount is the principal of the first kind."""
    principal = f"closing_{one.cash.principal}" if one.cash is not None else None
    amount = pl.lit(0) if principal is None else pl.col(principal)
    own = _counted(one, tables[one.key]).select("contract_id", loan=_plain(one), amount_minor=amount)
    others = _counted(other, tables[other.key]).select(loan=_plain(other))
    turns = _turns(tables[one.key], tables[other.key])
    both = [own.filter(of_turn).join(others.filter(of_turn), on="loan", how="semi").collect() for of_turn in turns]
    found = pl.concat(both).sort("contract_id")
    if found.is_empty():
        return []
    first = named(found["contract_id"].head(NAMED_CONTRACTS).to_list(), found.height)
    return [
        Finding(
            name="loan both own and guaranteed",
            where=f"{one.word}/{first}",
            amount_minor=sum(found["amount_minor"].to_list()),
            why=f"{found.height} loan{'s' if found.height > 1 else ''} on the tapes of {one.contracts} and of "
            f"{other.contracts} alike: the loss is measured twice",
            remedy="take it off the tape of those whose loan it no longer is; one taken over on payout stays on one of them",
            check="R16",
        )
    ]


LOANS_AT_ONCE = 1_000_000
"""Contracts whose loans are held against each other at a time."""


def _turns(*tables: Path) -> Iterator[pl.Expr]:
    """Which loans each turn is about, so that memory does not grow with tables: every loan is of one turn, on every table."""
    rows = sum(scan_parts(table).select(pl.len()).collect().item() for table in tables)
    turns = max(-(-rows // LOANS_AT_ONCE), 1)
    for turn in range(turns):
        yield pl.lit(True) if turns == 1 else pl.col("loan").hash() % turns == turn


def _plain(kind: Kind) -> pl.Expr:
    """The loan that a contract is, or is about, without what two tapes easily write differently: case, and blanks around it."""
    return pl.col(kind.loan or "").str.strip_chars().str.to_lowercase()


def _counted(kind: Kind, table: Path) -> pl.LazyFrame:
    """The contracts of a kind that are on book at the closing, or of which recoveries are still expected."""
    rows = scan_parts(table)
    return rows.filter(pl.col("closing_on_book") | pl.col("path").is_in(EVER_WRITTEN_OFF))

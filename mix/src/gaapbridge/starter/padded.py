"""Ids that a workbook has taken for numbers: those of one file have nils before them that those of another have lost."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace

import polars as pl

from gaapbridge.contracts.kinds import KINDS
from gaapbridge.starter.guess import sure, together
from gaapbridge.starter.names import Match
from gaapbridge.starter.tape_file import TapeFile
from gaapbridge.starter.tape_words import different

IDENTITY = "contract_id"


def ids_in(firsts: Sequence[pl.DataFrame], matches: Mapping[str, Match]) -> tuple[frozenset[str], ...]:
    """The different ids in the first rows of each file; of a workbook's numbers without the decimals."""
    if IDENTITY not in matches:
        return ()
    theirs = matches[IDENTITY].theirs
    return tuple(frozenset(text.removesuffix(".0") for text in different(one[theirs]) if theirs in one) for one in firsts)


def with_padding(tapes: Mapping[str, TapeFile]) -> dict[str, TapeFile]:
    """The tapes, with the width of their ids where those of one file lack the nils in front that those of another of the same
    kind of contracts have."""
    found = dict(tapes)
    for kind in KINDS.values():
        own = {tape.key: tapes[tape.key] for tape in kind.tapes if tape.key in tapes}
        files = [ids for tape in own.values() for look in tape.looks for ids in look.ids if _is_wide(ids)]
        wide = frozenset[str]().union(*files)
        if len({len(one) for one in wide}) == 1:
            found |= {key: _padded(tape, wide) for key, tape in own.items()}
    return found


def _is_wide(ids: Collection[str]) -> bool:
    """Whether ids are numbers of one width, some with nils in front."""
    return _are_numbers(ids) and len({len(one) for one in ids}) == 1 and any(one.startswith("0") for one in ids)


def _are_numbers(ids: Collection[str]) -> bool:
    return bool(ids) and all(one.isascii() and one.isdigit() for one in ids)


def _padded(tape: TapeFile, wide: Collection[str]) -> TapeFile:
    """The tape with that width in each layout of which a file has ids without the nils, some of them those of ``wide`` ones."""
    before = None if tape.before is None else _padded(tape.before, wide)
    short = next((one for ids in tape.ids if (one := _same_without(ids, wide)) is not None), None)
    if short is None:
        return replace(tape, before=before)
    width = len(next(iter(wide)))
    why = f"{IDENTITY}: {short} is {short.zfill(width)} in another file, in which all have {width} digits"
    return replace(tape, before=before, guess=together((tape.guess, sure("pad", {IDENTITY: width}, why))))


def _same_without(ids: Collection[str], wide: Collection[str]) -> str | None:
    """An id that is one of the wide ones without the nils before it; None where none is, or not all are numbers without."""
    width = len(next(iter(wide)))
    if not _are_numbers(ids) or any(one.startswith("0") or len(one) > width for one in ids):
        return None
    return min((one for one in ids if len(one) < width and one.zfill(width) in wide), default=None)

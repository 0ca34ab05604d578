"""A lender's own files by the key of their tape: one of each instant, or several that are read as one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from gaapbridge.contracts.kinds import KINDS
from gaapbridge.starter.seen_days import day_in
from gaapbridge.tapes.members import found
from gaapbridge.terms.errors import UnusableInput

LEDGER = "trial_balance"
"""The key of the ledger's trial balances."""

Places = Sequence[Sequence[str]]
"""What a plan names for each instant: a file, a folder or a pattern, or several of them."""


@dataclass(frozen=True)
class Named:
    """What a lender names of a tape for its only instant, or for the opening and the closing: files, folders and patterns."""

    instants: tuple[tuple[Path, ...], ...]

    @property
    def files(self) -> tuple[Path, ...]:
        """All files, those of the opening first. Raises ``UnusableInput`` where a folder or a pattern has none."""
        return tuple(file for instant in self.instants for file in _files(instant))

    @property
    def of_opening(self) -> int:
        """How many of them are the opening's."""
        return len(_files(self.instants[0])) if len(self.instants) > 1 else 0


def _files(named: Sequence[Path]) -> list[Path]:
    return found(Path(), [str(path) for path in named])


@dataclass(frozen=True)
class OwnFiles:
    """A lender's own files by the key of their tape: one of an instant, or that of the opening and that of the closing. In the
    place of a file a folder or a pattern may stand; several of one day by their names, or of a tape of the whole period, are
    one."""

    loans: tuple[Path, ...] = ()
    events: tuple[Path, ...] = ()
    payments: tuple[Path, ...] = ()
    guarantees: tuple[Path, ...] = ()
    guarantee_fees: tuple[Path, ...] = ()
    awards: tuple[Path, ...] = ()
    award_tranches: tuple[Path, ...] = ()
    award_events: tuple[Path, ...] = ()
    trial_balance: tuple[Path, ...] = ()
    history: tuple[Path, ...] = ()
    history_contracts: tuple[Path, ...] = ()
    history_outcomes: tuple[Path, ...] = ()
    history_fees: tuple[Path, ...] = ()

    @property
    def kind_of_history(self) -> str:
        """The kind of contracts whose history is brought: of guarantees where it has fees, or stands beside their tapes and
        none of loans."""
        return "guarantees" if self.history_fees or (self.guarantees and not self.loans) else "loans"

    def of_history(self) -> dict[str, Named]:
        """The files of each tape of a history. Raises ``UnusableInput`` where monthly performance is not among them, or they
        stand beside tapes of other contracts alone."""
        brought = {
            "performance": self.history, "contracts": self.history_contracts, "outcomes": self.history_outcomes,
            "fees": self.history_fees,
        }  # fmt: skip
        named = {key: Named((paths,)) for key, paths in brought.items() if paths}
        if named and not self.history:
            raise UnusableInput(rule="a history has monthly performance", remedy="name its file too: --history")
        if named and not getattr(self, self.kind_of_history) and self.of_tapes():
            remedy = f"name the tape of {self.kind_of_history} too, or write a plan of the history alone"
            rule = f"the history of {self.kind_of_history} comes with their tapes, or by itself"
            raise UnusableInput(rule=rule, remedy=remedy)
        return named

    def of_tapes(self) -> dict[str, Named]:
        """The files of each tape that has some. Raises ``UnusableInput`` where it is not clear of which instant they are, or
        there are none of the tape that the others of its kind belong to."""
        named: dict[str, Named] = {}
        for kind in KINDS.values():
            of_kind: dict[str, tuple[Path, ...]] = {tape.key: getattr(self, tape.key, ()) for tape in kind.tapes}
            first = kind.tapes[0].key
            if any(of_kind.values()) and not of_kind[first]:
                rule = f"what belongs to {kind.contracts} comes with them"
                raise UnusableInput(rule=rule, remedy=f"name the file of {_called(first)} too")
            for tape in (tape for tape in kind.tapes if of_kind[tape.key]):
                paths = of_kind[tape.key]
                named[tape.key] = Named(_by_instant(tape.key, paths) if tape.at_both else (paths,))
        return named

    def of_ledger(self) -> Named | None:
        """The trial balances, one file of each instant. Raises ``UnusableInput`` for more, or where there are no contracts."""
        if not self.trial_balance:
            return None
        if not self.of_tapes():
            raise UnusableInput(rule="a ledger comes with contracts", remedy="name the tape of some too")
        ledgers = Named(tuple((path,) for path in self.trial_balance))
        if len(ledgers.files) > min(len(self.trial_balance), 2):
            raise UnusableInput(
                value=", ".join(map(str, self.trial_balance)),
                rule="a ledger is one file of each instant",
                remedy="name that of the opening first, then that of the closing",
            )
        return ledgers


def _by_instant(key: str, paths: Sequence[Path]) -> tuple[tuple[Path, ...], ...]:
    """Files of one instant or two: each its own, or those of one day together, where the names of all state their days."""
    days = [day_in(path.name) for path in paths]
    known = sorted({day for day in days if day is not None})
    if None not in days and len(known) <= 2 and len(known) < len(paths):
        return tuple(tuple(path for path, day in zip(paths, days, strict=True) if day == instant) for instant in known)
    if len(paths) > 2:
        raise _too_many(key, paths)
    return tuple((path,) for path in paths)


def _too_many(key: str, paths: Sequence[Path]) -> UnusableInput:
    remedy = "name that of the opening first; several files of an instant by a folder, or a pattern in quotes"
    return UnusableInput(
        value=", ".join(map(str, paths)), rule=f"a lender names at most 2 files of {_called(key)}", remedy=remedy
    )


def _called(key: str) -> str:
    return key.replace("_", " ")

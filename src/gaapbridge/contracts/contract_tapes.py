"""The tapes of contracts of one kind, as the plan names them: what they have in common, and how one is opened."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Protocol

from gaapbridge.contracts.tape_rows import TapeRows
from gaapbridge.plan import Plan
from gaapbridge.tapes.read import Source, open_tape
from gaapbridge.tapes.schema import Circumstances, Schema
from gaapbridge.tapes.stream import ContractTape, open_contracts


class Tapes(Protocol):
    """All tapes of one kind of contract: opened, streamed through their checks, then known by what was read of each."""

    @property
    def kind(self) -> str: ...

    @property
    def rows(self) -> int: ...

    def stream(self, progress: Callable[[int], None]) -> None: ...

    def read(self) -> list[TapeRows]: ...


def open_at(
    plan: Plan, paths: Mapping[str, Path], name: str, state: str, schema: Schema, segments: Sequence[str]
) -> ContractTape:
    """The tape ``[tapes.NAME]`` of a plan at its ``opening`` or ``closing``. Raises ``UnusableInput``; reads no row."""
    tapes, path = plan.tapes.at_both(name), paths[f"tapes.{name}.{state}"]
    assert tapes is not None, "the plan's reader has seen to it"
    circumstances = Circumstances(instant=getattr(plan.period, state), currency=plan.entity.currency, segments=tuple(segments))
    return open_contracts(
        path, schema, circumstances, amounts=tapes.amounts, minor_digits=plan.entity.minor_digits,
        columns=tapes.columns, ignore=tapes.ignore, file=plan.name_of(path),
    )  # fmt: skip


def open_whole(plan: Plan, paths: Mapping[str, Path], name: str, schema: Schema) -> Source | None:
    """The one tape ``[tapes.NAME]`` of a plan, None where there is none. Raises ``UnusableInput``; reads no row."""
    tape = plan.tapes.whole(name)
    if tape is None:
        return None
    path = paths[f"tapes.{name}"]
    return open_tape(
        path, schema, amounts=tape.amounts, minor_digits=plan.entity.minor_digits, columns=tape.columns, ignore=tape.ignore,
        file=plan.name_of(path),
    )  # fmt: skip

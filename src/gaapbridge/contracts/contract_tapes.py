"""The tapes of contracts of one kind, as the plan names them: what they have in common, and how one is opened."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Protocol

from gaapbridge.contracts.tape_rows import TapeRows
from gaapbridge.plan import Plan
from gaapbridge.plan.model import ContractTapes
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
    tapes, path = getattr(plan.tapes, name), paths[f"tapes.{name}.{state}"]
    assert isinstance(tapes, ContractTapes), "the plan's reader has seen to it"
    circumstances = Circumstances(instant=getattr(plan.period, state), currency=plan.entity.currency, segments=tuple(segments))
    return open_contracts(
        path, schema, circumstances, amounts=tapes.amounts, minor_digits=plan.entity.minor_digits,
        columns=tapes.columns, ignore=tapes.ignore, file=plan.name_of(path),
    )  # fmt: skip

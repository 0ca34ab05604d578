"""What notes and kinds of contracts declare to the plan: elections, roles, tapes, tables; and the type of plan they make."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from typing import Any, Literal, Protocol

from pydantic import BaseModel, Field, create_model

from gaapbridge.plan.election import Election
from gaapbridge.plan.model import (
    READ,
    ContractTapes,
    Control,
    Controls,
    CurveFiles,
    Plan,
    Tapes,
    ValueAddedTax,
    WholeTape,
)
from gaapbridge.plan.queries import Input
from gaapbridge.plan.reading import ReadTable
from gaapbridge.plan.section import Section


@dataclass(frozen=True)
class Declaration:
    """What a note declares to the plan: its column, its elections, the kinds of contracts it is measured on, the posting roles
    it needs with them, which of them are balances measured of the contracts, and which are income."""

    column: str
    elections: Sequence[Election]
    kinds: tuple[str, ...]
    needs: Callable[[Collection[str]], tuple[str, ...]]
    balances: Callable[[Collection[str]], tuple[str, ...]]
    profit_roles: tuple[str, ...]


class PlannedTape(Protocol):
    """A tape as a plan names it: ``needed`` says what it holds where its kind cannot do without it, and ``numbered``
    whether its rows may have numbers of their own."""

    @property
    def key(self) -> str: ...

    @property
    def at_both(self) -> bool: ...

    @property
    def needed(self) -> str | None: ...

    @property
    def totalled(self) -> tuple[str, ...]: ...

    @property
    def numbered(self) -> bool: ...


class PlannedTable(Protocol):
    """A table of assumptions as a plan names its file."""

    @property
    def key(self) -> str: ...

    @property
    def optional(self) -> bool: ...


class PlannedKind(Protocol):
    """A kind of contract as a plan states it; the first of its tapes is the one of the contracts, and ``cash`` says whether
    its principal is rolled forward by what was received."""

    @property
    def key(self) -> str: ...

    @property
    def tapes(self) -> Sequence[PlannedTape]: ...

    @property
    def tables(self) -> Sequence[PlannedTable]: ...

    @property
    def inclusive(self) -> Sequence[str]: ...

    @property
    def cash(self) -> object | None: ...

    @property
    def untaxed_past_due(self) -> Sequence[str]: ...


@dataclass(frozen=True)
class Declared:
    """Everything that is declared to a plan: every known note by its key, every known kind of contract in order."""

    notes: Mapping[str, Declaration]
    kinds: tuple[PlannedKind, ...]

    @property
    def kind_keys(self) -> tuple[str, ...]:
        """The keys of the kinds."""
        return tuple(kind.key for kind in self.kinds)


@cache
def plan_of_kinds(kinds: tuple[PlannedKind, ...]) -> type[Plan]:
    """The type of plan in which every declared tape and table has its key; unknown keys are refused as in any table."""
    words = tuple(word for kind in kinds for word in kind.inclusive)
    inclusive: Any = list[Literal.__getitem__(words)] if words else list[str]  # type: ignore[misc]
    tapes = create_model("Tapes", __base__=Tapes, **{tape.key: _optional(_tape(tape)) for kind in kinds for tape in kind.tapes})
    tapes.kinds_known = tuple(kind.key for kind in kinds)
    curves = create_model(
        "CurveFiles", __base__=CurveFiles, **{kind.key: _optional(_tables(kind)) for kind in kinds if kind.tables}
    )
    vat = create_model("ValueAddedTax", __base__=ValueAddedTax, inclusive=(inclusive, ...))
    untaxed = vat(rate=Decimal(0), inclusive=[])
    return create_model("Plan", __base__=Plan, tapes=(tapes, tapes()), curves=(curves, curves()), vat=(vat, untaxed))


def _optional(model: type[BaseModel]) -> Any:
    return (model | None, None)


def _tape(tape: PlannedTape) -> type[Section]:
    total: Any = (int | None, Field(default=None, ge=0))
    sums: Any = dict.fromkeys(tape.totalled, total)
    control = create_model("Control", __base__=Control, **sums)
    if not tape.at_both:
        return create_model("WholeTape", __base__=WholeTape, control=(control, control()))
    controls = create_model("Controls", __base__=Controls, opening=(control, control()), closing=(control, control()))
    return create_model("ContractTapes", __base__=ContractTapes, control=(controls, controls()))


def _tables(kind: PlannedKind) -> type[Section]:
    fields: Any = {table.key: (Input | None, None) if table.optional else (Input, ...) for table in kind.tables}
    read: Any = dict.fromkeys((table.key for table in kind.tables), _optional(_table_read()))
    fields[READ] = _optional(create_model("ReadTables", __base__=Section, **read))
    model: type[Section] = create_model("Tables", __base__=Section, **fields)
    return model


@cache
def _table_read() -> type[ReadTable]:
    """The keys of how a table is read: the same for each, made once."""
    names: Any = {"columns": (dict[str, str], Field(default_factory=dict)), "ignore": (list[str], Field(default_factory=list))}
    model: type[ReadTable] = create_model("TableRead", __base__=ReadTable, **names)
    return model

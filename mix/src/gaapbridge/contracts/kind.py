"""What a kind of contract declares, once: its words, tapes, tables of assumptions, components, and what is shown of it.

A kind is a folder under ``contracts``, called by its key. Found in it by name are ``KIND`` in ``__init__``, which plan,
inputs, checks, tie-outs, notes, explanations, the starter and the page of tapes read; ``open_population`` in ``population``,
and there ``CAUSES``, the words of its findings; ``balances``, ``income`` and ``memoranda`` in ``direct``; and ``starter/``
(``chart.csv``, ``tapes``, ``curves``, ``ledger``).
How the rest is cut is the kind's own: loans have ``measurement``, ``causes`` and ``setting`` of their own. How a contract is
calculated again is answered by ``open_book`` in ``book`` of the folder of the same name under ``reperform``, where there is
one. A kind knows no note: a note names the kinds, components and roles it owns.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from functools import cached_property
from typing import Literal

from gaapbridge.difference import SIDES
from gaapbridge.tapes.schema import Schema

OPENING, LATE, CLOSING = "opening", "late", "closing"
STATES = (OPENING, LATE, CLOSING)
"""The states of a contract in a close: opening; closing under opening assumptions, or the moment before it left; closing."""


@dataclass(frozen=True)
class KindTape:
    """One tape of a kind: its key under ``[tapes]``, what it must hold, and whether there is one for each instant.

    ``needed`` names what it holds where its kind cannot do without it; ``about`` says in the starter plan what it lists, and
    ``file`` names the starter's tape where that is not called by its key.
    """

    key: str
    schema: Schema
    about: str
    at_both: bool = False
    needed: str | None = None
    file: str | None = None

    @property
    def sources(self) -> tuple[str, ...]:
        """Its names in a manifest, of two instants the opening one first."""
        return tuple(f"tapes.{self.key}{instant}" for instant in ((".opening", ".closing") if self.at_both else ("",)))

    @property
    def weighed_by(self) -> str | None:
        """The column that weighs a row of the tape; None where nothing does."""
        return self.schema.amount

    @property
    def numbered(self) -> bool:
        """Whether a row may have a number of its own."""
        return self.schema.number is not None

    @property
    def totalled(self) -> tuple[str, ...]:
        """The columns whose sums may be control totals of the tape: the one that weighs a row first."""
        return (*((self.schema.amount,) if self.schema.amount else ()), *self.schema.sums)


@dataclass(frozen=True)
class KindTable:
    """One table of assumptions of a kind: its key under ``[curves.KIND]``, what it must hold, and a remark on its figures."""

    key: str
    schema: Schema
    remark: str
    optional: bool = False


@dataclass(frozen=True)
class Component:
    """One amount measured of every contract of a kind, in whole minor units.

    A component with ``states`` is a balance: it is measured in each of them. One without is a flow of the period.
    ``sides`` is false where both frameworks measure the same amount. ``inclusive`` is the plan's word for amounts quoted
    inclusive of value-added tax, ``untaxed`` the component that says how much of their difference bears none: what is past due
    for so long that the tax is payable ``on_receipt``, or what an allowance has taken. ``sign`` is the component's sign in
    equity. ``shown`` puts it into explanations, ``tabled`` into the table of contracts; what is not tabled is only totalled.
    """

    name: str
    states: tuple[str, ...] = STATES
    sides: bool = True
    shown: bool = False
    tabled: bool = True
    inclusive: str | None = None
    untaxed: str | None = None
    on_receipt: bool = False
    sign: Literal[1, -1] = 1

    def __post_init__(self) -> None:
        assert self.sides or not self.shown, f"{self.name}: what both frameworks measure alike is not compared"

    @property
    def series(self) -> tuple[str, ...]:
        """The names of its amounts: one for each state and side.

        >>> Component("loss_allowance", ("opening",)).series, Component("recoveries_received", (), sides=False).series
        (('opening_us_loss_allowance', 'opening_ifrs_loss_allowance'), ('recoveries_received',))
        """
        before = [f"{state}_" for state in self.states] or [""]
        between = [f"{side}_" for side in SIDES] if self.sides else [""]
        return tuple(f"{state}{side}{self.name}" for state in before for side in between)


@dataclass(frozen=True)
class Losses:
    """How the loss allowance of a kind is tabled by stage: the roles it posts to, and flows posted under another name."""

    roles: tuple[str, ...]
    posted_as: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Cash:
    """How the principal of a kind rolls forward by its cash (R16), as components: a balance, and flows of the period.

    Opening ``principal`` + ``advanced`` + interest ``capitalised`` - ``received`` - ``written_off`` = closing ``principal``;
    ``tape`` evidences what was received, and may be left out; then the interest of contracts that were repaid, ``settled``, is
    taken as paid with their principal. ``taken_in`` and ``paid_out`` are all cash of the contracts, which the ledger's accounts
    of it are held against.
    """

    tape: str
    principal: str
    advanced: str
    capitalised: str
    received: str
    written_off: str
    settled: str
    taken_in: str
    paid_out: str


@dataclass(frozen=True)
class Taxed:
    """What value-added tax may have been taken out of an income role in the ledger (R19): at most the tax of all cash
    ``received``, or of all that was earned, which is the measured income and the costs ``besides`` that reduced it.

    ``sign`` is +1 where the tax is taken out of income and -1 where it relieves an expense. Amounts are series with the paths
    they count for.
    """

    sign: Literal[1, -1]
    received: tuple[tuple[str, tuple[str, ...]], ...] = ()
    besides: tuple[tuple[str, tuple[str, ...]], ...] = ()


@dataclass(frozen=True)
class Received:
    """What came in of an income role since the opening: by the ``column`` of the contracts' tapes that states it to date, which
    both must have; else by ``paid``, the column of the rows of a ``tape`` of the period's cash; else by the schedules.
    ``series`` are the flows that it is measured as, ``elsewhere`` those of the role that a ledger may have on another account.
    """

    column: str
    tape: str
    paid: str
    series: tuple[str, ...]
    elsewhere: tuple[str, ...] = ()


@dataclass(frozen=True)
class Apart:
    """What a flow may be wrong by where no cash tells it: the ``component`` that says how far apart the most and the least of
    it are, of which ``framework``, and ``why``, in words with places for ``{contracts}``, counted, and the ``{amount}``."""

    component: str
    framework: str
    why: str


@dataclass(frozen=True, eq=False)
class Kind:
    """One kind of contract. ``key`` names it in plans and folders, ``word`` a contract of it in addresses.

    ``called`` names its contracts to a reader where the key would not do.
    ``place`` orders the kinds in everything that lists them. The first of ``tapes`` is the one of the contracts; ``facts`` are
    columns of the measurement that describe a contract where it is explained, and ``loan`` the one that names the loan it is,
    or is about, where there is one: no two kinds may hold the same. ``share`` is the one that says which part of that loan a
    contract is about, where several may share it. ``taxed`` are income roles that a ledger states net of value-added tax;
    ``received`` are those that are measured from what came in since the opening, each with what states that. ``by_days`` are
    flows of days, which each close rounds once at the contract, with the roles that they debit and credit: those of the parts
    of a period add up to its own but for these roundings (R14). ``apart`` are flows that rest on rows where no cash tells
    them, with what is said of that.
    """

    key: str
    word: str
    place: int
    tapes: tuple[KindTape, ...]
    tables: tuple[KindTable, ...]
    components: tuple[Component, ...]
    facts: tuple[str, ...]
    losses: Losses | None = None
    cash: Cash | None = None
    taxed: Mapping[str, Taxed] = field(default_factory=dict)
    received: Mapping[str, Received] = field(default_factory=dict)
    by_days: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    apart: Mapping[str, Apart] = field(default_factory=dict)
    loan: str | None = None
    share: str | None = None
    called: str | None = None

    @property
    def contracts(self) -> str:
        """What a reader knows its contracts as."""
        return self.called or self.key.replace("_", " ")

    def __post_init__(self) -> None:
        named = {component.name for component in self.components}
        if self.inclusive:
            assert "live" in named, f"{self.key}: tie-out R7 counts roundings by a component live"
        if self.losses is not None:
            tabled = {"loss_allowance", "interest_on_allowance", "principal_written_off"}
            assert tabled <= named, f"{self.key}: movement tables of losses need {', '.join(sorted(tabled - named))}"
        if self.cash is not None:
            asked = {getattr(self.cash, field.name) for field in fields(self.cash) if field.name != "tape"}
            assert asked <= named, f"{self.key}: a roll-forward by cash needs {', '.join(sorted(asked - named))}"
        received = {name for one in self.received.values() for name in (*one.series, *one.elsewhere)}
        assert {*self.by_days, *self.apart, *(one.component for one in self.apart.values()), *received} <= named, (
            f"{self.key}: flows are components"
        )
        identity = self.tapes[0].schema.identity
        assert identity == "contract_id" or not self.tapes[0].at_both, f"{self.key}: tapes are cut by contract_id"

    @property
    def inclusive(self) -> tuple[str, ...]:
        """The plan's words for what may be quoted inclusive of value-added tax."""
        return tuple(dict.fromkeys(one.inclusive for one in self.components if one.inclusive))

    @property
    def untaxed_past_due(self) -> tuple[str, ...]:
        """Of these, the words for what is not taxed yet where it is past due too long."""
        return tuple(dict.fromkeys(one.inclusive for one in self.components if one.inclusive and one.on_receipt))

    @cached_property
    def series(self) -> tuple[str, ...]:
        """The names of all amounts of a contract, sorted: the layout of its int64 row."""
        return tuple(sorted(name for component in self.components for name in component.series))

    @cached_property
    def place_of(self) -> Mapping[str, int]:
        """The place of each series in the row."""
        return {name: place for place, name in enumerate(self.series)}

    @cached_property
    def only_totalled(self) -> frozenset[str]:
        """Series that stand in the totals and not in the table of contracts."""
        return frozenset(name for component in self.components if not component.tabled for name in component.series)

    def shown(self, *, flows: bool) -> tuple[str, ...]:
        """Components that explanations show, balances or flows of the period."""
        return tuple(one.name for one in self.components if one.shown and (one.states == ()) is flows)


def balances(*names: str, states: tuple[str, ...] = STATES, sides: bool = True, shown: bool = False) -> tuple[Component, ...]:
    """Several balances that are measured alike."""
    return tuple(Component(name, states, sides, shown) for name in names)


def flows(*names: str, sides: bool = True, shown: bool = False) -> tuple[Component, ...]:
    """Several flows of the period that are measured alike."""
    return tuple(Component(name, (), sides, shown) for name in names)

"""What files give of a note: all amounts of a given one, and of a measured one its adjustments.

They join what the note's own journal posts before anything else is made of it, so that deferred tax, columns, checks and what
is brought forward are of both alike. Amounts are minor units, debit positive.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Literal, TypeVar

from gaapbridge.book.journal import EntryKind
from gaapbridge.difference import BASIS_DIFFERENCE, DEFERRED_TAX, RETAINED, FlowEntry, Note, Posted, entry, minus, plus
from gaapbridge.plan import Plan
from gaapbridge.run.given_rows import REVERSED, GivenRow

NOTHING = Posted((), ())
"""What is posted of a note of which nothing is given."""

Bears = Literal["rate", "stated", "tax"]
"""How a leg bears tax: at the rate of its note, as its file states, or by being tax itself."""

BROUGHT_FORWARD: str = EntryKind.BROUGHT_FORWARD
MOVEMENT: str = EntryKind.MOVEMENT

INCOME_TAX = "income_tax_expense"

Key = TypeVar("Key")


@dataclass(frozen=True)
class Leg:
    """One leg of what a file gives: the row it comes from, the component and text of its entry, and how it bears tax;
    ``tax_minor`` is what of its amount is the tax that went to the same account of equity."""

    row: GivenRow
    component: str
    text: str
    bears: Bears
    tax_minor: int = 0

    @property
    def amount_minor(self) -> int:
        """What of the row stands on its account, debit positive: of one brought forward in equity, after its tax."""
        return self.row.amount_minor - self.tax_minor

    @property
    def day(self) -> date:
        """The day on which it moves: of an adjustment that reverses, that of the reversal."""
        return date.fromisoformat(self.row.reversing_date if self.row.flow == REVERSED else self.row.date)


@dataclass(frozen=True)
class Outside:
    """What moves equity otherwise than through profit, credit positive: by its path, the role of equity, the day."""

    path: str
    role: str
    amount: int
    bears: Bears
    day: date


@dataclass(frozen=True)
class Accounts:
    """The accounts that a note may touch: the posting role of each, and those of income and of deferred and income tax."""

    role_of: Mapping[str, str]
    profit: frozenset[str]
    deferred: frozenset[str]
    taxes: frozenset[str]

    @classmethod
    def of(cls, plan: Plan, note: Note) -> Accounts:
        """Those of a note of a plan."""
        roles = [role for role in note.roles(plan.tapes.kinds) if role != BASIS_DIFFERENCE]
        role_of: dict[str, str] = {}
        for role in roles:
            role_of.setdefault(plan.account_of(role), role)
        deferred = frozenset(plan.account_of(role) for role in DEFERRED_TAX)
        return cls(
            role_of=role_of,
            profit=frozenset(one for one, role in role_of.items() if role in (*note.profit_roles, *note.attributed)),
            deferred=deferred,
            taxes=deferred | {plan.account_of(INCOME_TAX)},
        )


@dataclass(frozen=True)
class Given:
    """What files give of one note, beside what contracts measure.

    ``balances`` by instant and ``income`` are by account, tax and retained earnings apart; ``closing`` are the balances that
    the file itself states there, None where it does not. ``tax_opening`` is the net deferred tax asset that a file states at
    the opening, ``tax_through`` what its movement went through by role, ``tax_closing`` as it is stated at the closing.
    ``apart_opening`` and ``apart_moved`` are the differences before tax that bear that tax, and none at a rate.
    ``standing`` is the difference before tax at each day of another rate, ``in_equity`` what of it has the change of its tax in
    equity, by role; both debit positive, nothing where it is not asked for. ``adjusted`` is what of a given note are
    adjustments, of which the balances that its file states know nothing.
    """

    note: Note
    posted: Posted = NOTHING
    outside: tuple[Outside, ...] = ()
    balances: Mapping[str, Mapping[str, int]] = field(default_factory=lambda: {"opening": {}, "closing": {}})
    income: Mapping[str, int] = field(default_factory=dict)
    closing: Mapping[str, int] | None = None
    tax_opening: int = 0
    tax_through: Mapping[str, int] = field(default_factory=dict)
    tax_closing: int | None = None
    apart_opening: int = 0
    apart_moved: int = 0
    standing: Mapping[date, int] = field(default_factory=dict)
    in_equity: Mapping[tuple[date, str], int] = field(default_factory=dict)
    adjusted: Given | None = None
    rows: tuple[GivenRow, ...] = ()

    @property
    def is_nil(self) -> bool:
        """Whether nothing is given."""
        return not (self.posted.brought_forward or self.posted.movements or self.states_tax)

    @property
    def states_tax(self) -> bool:
        """Whether tax is stated, so that no one rate judges the column's."""
        return bool(self.tax_opening or self.apart_opening or self.apart_moved or any(self.tax_through.values()))

    @property
    def tax_moved(self) -> int:
        """The movement of the net deferred tax asset that is stated."""
        return -sum(self.tax_through.values())

    def owned(self, plan: Plan, instant: str) -> int:
        """The difference before tax at an instant: all balances but those of equity."""
        equity = {plan.account_of(role) for role in self.note.equity}
        stated = self.closing if instant == "closing" and self.closing is not None else self.balances[instant]
        return sum(amount for account, amount in stated.items() if account not in equity)

    @property
    def outside_pre_tax(self) -> int:
        """What moves equity otherwise than through profit, before tax, credit positive."""
        return sum(one.amount for one in self.outside if one.bears != "tax")


def joined(plan: Plan, note: Note, legs: Sequence[Leg], opening_follows: bool) -> Given:
    """What the legs of one note's files come to.

    ``opening_follows``: legs brought forward are balances, of which retained earnings take the rest; otherwise they balance by
    themselves, and what was income stands in retained earnings by now.
    """
    accounts = Accounts.of(plan, note)
    flows: dict[tuple[str, str, str, str], dict[str, dict[str, int]]] = {}
    balances: dict[str, dict[str, int]] = {"opening": {}, "closing": {}}
    income: dict[str, int] = {}
    tax_through: dict[str, int] = {}
    outside: list[Outside] = []
    tax_opening = 0
    apart = {BROUGHT_FORWARD: 0, MOVEMENT: 0}
    for leg in legs:
        row, account, amount = leg.row, leg.row.account, leg.amount_minor
        kind, role = BROUGHT_FORWARD if row.kind == BROUGHT_FORWARD else MOVEMENT, accounts.role_of[account]
        if leg.bears == "tax":
            if kind == BROUGHT_FORWARD:
                tax_opening += amount if account in accounts.deferred else 0
            elif account not in accounts.deferred:
                tax_through[role] = tax_through.get(role, 0) + amount
        else:
            if kind == BROUGHT_FORWARD and account in accounts.profit:
                role = RETAINED
            posted = flows.setdefault((kind, row.flow, leg.component, leg.text), {})
            for at, part in ((role, amount), (RETAINED, leg.tax_minor)):
                posted[at] = plus(posted.get(at, {}), {row.segment: part})
            if account in accounts.profit:
                _add(income, account, amount if kind == MOVEMENT else 0)
            elif role != RETAINED:
                for instant in ("opening", "closing") if kind == BROUGHT_FORWARD else ("closing",):
                    _add(balances[instant], account, amount)
            if leg.bears == "stated" and account not in accounts.profit and role not in note.equity_roles:
                apart[kind] += amount
        if kind == MOVEMENT and role in note.equity_roles:
            outside.append(Outside(row.path, role, -amount, leg.bears, leg.day))
    if opening_follows:
        for (kind, *_), posted in flows.items():
            if kind == BROUGHT_FORWARD:
                posted[RETAINED] = minus(plus(*posted.values()))
    return Given(
        note=note,
        posted=Posted(_entries(flows, BROUGHT_FORWARD), _entries(flows, MOVEMENT)),
        outside=tuple(outside),
        balances=balances,
        income=income,
        tax_opening=tax_opening,
        tax_through=tax_through,
        apart_opening=apart[BROUGHT_FORWARD],
        apart_moved=apart[MOVEMENT],
        rows=tuple(leg.row for leg in legs),
    )


def _summed(first: Mapping[Key, int], second: Mapping[Key, int]) -> dict[Key, int]:
    return {key: first.get(key, 0) + second.get(key, 0) for key in (*first, *(one for one in second if one not in first))}


def _add(amounts: dict[str, int], account: str, amount: int) -> None:
    amounts[account] = amounts.get(account, 0) + amount


def _entries(flows: Mapping[tuple[str, str, str, str], Mapping[str, Mapping[str, int]]], kind: str) -> tuple[FlowEntry, ...]:
    """The entries of a kind, in the order in which their first legs came; nil ones are left out."""
    made = (entry(flow, component, text, roles) for (of, flow, component, text), roles in flows.items() if of == kind)
    return tuple(one for one in made if one.postings)


def entry_of(note: Note, kind: str, flow: str, component: str, bears: Bears) -> tuple[str, str]:
    """The id of the entry that a leg is posted in, and its kind."""
    if bears == "tax":
        tax = BROUGHT_FORWARD if kind == BROUGHT_FORWARD else EntryKind.TAX
        return f"{note.numeral}-{tax}-deferred_tax", tax
    return f"{note.numeral}-{flow if kind == MOVEMENT else kind}-{component}", kind


def with_given(posted: Posted, given: Given) -> Posted:
    """What a note posts with what files give of it."""
    added = given.posted
    return Posted(posted.brought_forward + added.brought_forward, posted.movements + added.movements)


def together(first: Given, second: Given) -> Given:
    """What two files give of one note: its amounts, and adjustments of them."""
    stated = first.closing
    if stated is not None:
        stated = dict(stated)
        for account, amount in second.balances["closing"].items():
            _add(stated, account, amount)
    return Given(
        note=first.note,
        posted=with_given(first.posted, second),
        outside=first.outside + second.outside,
        balances={name: plus(first.balances[name], second.balances[name]) for name in first.balances},
        income=plus(first.income, second.income),
        closing=stated,
        tax_opening=first.tax_opening + second.tax_opening,
        tax_through=plus(first.tax_through, second.tax_through),
        tax_closing=None if first.tax_closing is None else first.tax_closing + second.tax_opening + second.tax_moved,
        apart_opening=first.apart_opening + second.apart_opening,
        apart_moved=first.apart_moved + second.apart_moved,
        standing=_summed(first.standing, second.standing) if first.standing else {},
        in_equity=_summed(first.in_equity, second.in_equity),
        adjusted=second,
        rows=first.rows + second.rows,
    )

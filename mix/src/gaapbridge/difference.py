"""The protocol of a difference: what a note is, and the entries it may write. No amount passes from one note to another.

One numbered difference between US GAAP and IFRS has one folder under ``differences``, called by its key, and one column in the
statement. Found in it by name are ``NOTE`` in ``__init__``; ``ELECTIONS`` and ``Elections.of`` in ``elections``; ``post`` in
``journal``; the policies ``us_gaap`` and ``ifrs``; and ``NOTE.md``. Amounts here are minor units, debit positive, by segment.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

BySegment = Mapping[str, int]

SIDES = ("us", "ifrs")
"""The two measures, in the order in which they are subtracted: ifrs less us."""

FRAMEWORKS = {"us": "US GAAP", "ifrs": "IFRS"}
"""What each measure is called where people read."""

Roles = tuple[str, ...]
"""Posting roles: what a plan maps to its accounts."""

GIVEN = "given"
"""In the place of a kind of contract: what a file gives, and no contract measures."""

RETAINED = "retained_earnings"
"""The role of equity that takes up profit, and what is brought forward."""


@dataclass(frozen=True)
class Note:
    """One numbered difference: its key in the plan, its column id, numeral and label in the statement, and its roles.

    The posting roles its journal may touch are, by the kind of contract its amounts come from, ``balances`` (what it owns in
    the balance sheet) and ``profit`` (what passes through income before tax), and besides ``COMMON_ROLES``; ``measured`` are
    balances of a kind that are the same under both frameworks: where one depends on an election, each side's treatment is
    asked and R10 holds the answers equal; tied to the ledger, printed where a column touches the row. ``offset`` is the
    equity role that takes up what the column takes from retained earnings, where it moves amounts inside equity only.
    ``parts`` names, of a role that several notes post to, the parts that this one owns. ``vat_in_lines`` is false where
    value-added tax cannot be told from its lines, because allowances stand in them. ``example_tax_rate`` is what an
    example's plan states. ``equity`` are balances through which a given note moves equity besides profit: other
    comprehensive income, additional paid-in capital. ``attributed`` are shares of net income, below that: what of it is
    non-controlling interests' moves equity from the one to the other, and is no profit.
    """

    key: str
    column: str
    numeral: str
    label: str
    balances: Mapping[str, Roles]
    profit: Mapping[str, Roles]
    example_tax_rate: str
    measured: Mapping[str, Roles] = field(default_factory=dict)
    offset: str | None = None
    parts: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    vat_in_lines: bool = True
    equity: Roles = ()
    attributed: Roles = ()

    @property
    def is_given(self) -> bool:
        """Whether a file gives its amounts, so that no contract is measured for it."""
        return GIVEN in self.balances

    @property
    def equity_roles(self) -> Roles:
        """Roles of equity that it moves otherwise than through profit: retained earnings, its own, and shares of net income."""
        return (RETAINED, *self.equity, *self.attributed)

    @property
    def place(self) -> int:
        """Its place among the notes: the value of its numeral, ``iv`` is 4."""
        digits = [{"i": 1, "v": 5, "x": 10}[letter] for letter in self.numeral]
        return sum(-digit if digit < max(digits[number:]) else digit for number, digit in enumerate(digits))

    @property
    def kinds(self) -> tuple[str, ...]:
        """The kinds of contracts its amounts come from; a plan names at least one of them."""
        return tuple(self.balances)

    def roles(self, kinds: Collection[str]) -> Roles:
        """The only posting roles its journal may touch where the plan names contracts of these kinds."""
        known = (*kinds, GIVEN)
        own = [role for kind in self.kinds if kind in known for role in (*self.balances[kind], *self.profit[kind])]
        return (*dict.fromkeys((*own, *self.attributed)), *COMMON_ROLES)

    def needs(self, kinds: Collection[str]) -> Roles:
        """The posting roles that a plan which names contracts of these kinds must map to accounts."""
        return (*self.roles(kinds), *(role for kind in kinds for role in self.measured.get(kind, ())))

    def balance_roles(self, kinds: Collection[str]) -> Roles:
        """The roles of balances that are measured of contracts of these kinds."""
        own = [role for kind in self.kinds if kind in kinds for role in self.balances[kind]]
        besides = [role for kind in kinds for role in self.measured.get(kind, ()) if role not in self.profit_roles]
        return tuple(dict.fromkeys((*own, *besides)))

    @property
    def profit_roles(self) -> Roles:
        """Roles that pass through income before tax."""
        return tuple(dict.fromkeys(role for roles in self.profit.values() for role in roles))

    def owns(self, role: str, part: str) -> bool:
        """Whether a part of a role is this note's: one of those it names, or any of a role that no other note posts to."""
        return part in self.parts.get(role, (part,))


ASSUMPTIONS = "assumptions"
"""The flow of changes of estimate: the closing as measured, less the closing under the estimates of the opening."""

BASIS_DIFFERENCE = "opening_basis_difference"
"""The equity role of a gap between the opening brought forward and the opening measured.

IAS 8.22, 8.42; ASC 250-10-45-5, 45-23.
"""

DEFERRED_TAX = ("deferred_tax_assets", "deferred_tax_liabilities")
"""The roles of deferred tax."""

VALUATION_ALLOWANCE = "valuation allowance"
"""What stands for the segment of the allowance in the deferred tax asset, so that it is brought forward apart."""

COMMON_ROLES = (
    *DEFERRED_TAX, "income_tax_expense", RETAINED, BASIS_DIFFERENCE,
)  # fmt: skip
"""Posting roles that every note's journal may touch: its tax, and what it brings forward."""


@dataclass(frozen=True)
class Posting:
    """One debit-positive amount on one role, for one segment."""

    role: str
    segment: str
    amount_minor: int


@dataclass(frozen=True)
class FlowEntry:
    """The postings of one named flow of one component; they add to nil, those of a measured note within every segment."""

    flow: str
    component: str
    text: str
    postings: tuple[Posting, ...]


@dataclass(frozen=True)
class Posted:
    """What a note's journal returns: the opening entries and the entries of the period."""

    brought_forward: tuple[FlowEntry, ...]
    movements: tuple[FlowEntry, ...]


def entry(flow: str, component: str, text: str, amounts: Mapping[str, BySegment]) -> FlowEntry:
    """An entry from debit-positive amounts by role and segment; nil amounts make no posting.

    >>> entry("accretion", "carrying_amount", "x", {"a": {"s": 5}, "b": {"s": -5}}).postings[1].amount_minor
    -5
    """
    postings = tuple(
        Posting(role, segment, amount)
        for role, segments in amounts.items()
        for segment, amount in sorted(segments.items())
        if amount
    )
    return FlowEntry(flow, component, text, postings)


RELATED = " (related parties)"
"""What the segment of contracts with related parties ends in: their balances stand on lines of their own."""

OPENED = ("stayed", "settled", "written_off", "lost")
"""Paths of contracts that were on book at the opening instant."""

BORN = ("new", "new_settled", "new_written_off")
"""Paths of contracts that came on book in the period."""

REMAINED = ("stayed", "new")
"""Paths of contracts on book at the closing instant."""

SETTLED = ("settled", "new_settled")
"""Paths of contracts that were repaid in the period."""

WRITTEN_OFF = ("written_off", "new_written_off")
"""Paths of loans that were written off in the period, and of guarantees that were paid out."""

ROLLED = (*REMAINED, *SETTLED, *WRITTEN_OFF)
"""Paths of contracts with principal that cash rolls forward: of those lost nobody knows what was received."""

EVER_WRITTEN_OFF = (*WRITTEN_OFF, "written_off_earlier")
"""Paths of contracts written off or paid out in the period or before it."""

PATHS = ("stayed", "new", "settled", "new_settled", "written_off", "new_written_off", "written_off_earlier", "lost", "ignored")
"""What became of a contract in the period; ``ignored`` rows left before it and are not counted."""


@dataclass(frozen=True)
class Sums:
    """Whole minor units of one tape, added by path and segment.

    ``totals[path][series][segment]``; a series is named ``{state}_{framework}_{component}`` for the states ``opening``,
    ``late`` (closing under opening assumptions, or at exit) and ``closing``, or stands alone (``recoveries_received``).
    """

    segments: tuple[str, ...]
    totals: Mapping[str, Mapping[str, BySegment]]

    def of(self, series: str, paths: tuple[str, ...]) -> dict[str, int]:
        """A series added over some paths, by segment."""
        return {s: sum(self.totals[path][series].get(s, 0) for path in paths) for s in self.segments}

    def difference(self, state: str, component: str, paths: tuple[str, ...]) -> dict[str, int]:
        """IFRS less US GAAP of a component in a state, by segment: never the other way round."""
        ifrs, us_gaap = self.of(f"{state}_ifrs_{component}", paths), self.of(f"{state}_us_{component}", paths)
        return {s: ifrs[s] - us_gaap[s] for s in self.segments}


Term = tuple[str, tuple[str, ...], int]
"""One step of a movement: a state, the paths it counts for, and +1 or -1."""


def moved(sums: Sums, component: str, terms: tuple[Term, ...]) -> dict[str, int]:
    """Movement of a component's difference (IFRS less US GAAP) over some terms, by segment."""
    steps = [sums.difference(state, component, paths) for state, paths, _ in terms]
    return plus(*(step if sign > 0 else minus(step) for step, (_, _, sign) in zip(steps, terms, strict=True)))


def tax_moved(sums: Sums, component: str, terms: tuple[Term, ...]) -> dict[str, int]:
    """The same of the value-added tax inside that difference; each contract's leg was rounded once, at each state."""
    legs = [(sums.of(f"{state}_vat_{component}", paths), sign) for state, paths, sign in terms]
    return plus(*(leg if sign > 0 else minus(leg) for leg, sign in legs))


def plus(*amounts: BySegment) -> dict[str, int]:
    """Amounts added segment by segment.

    >>> plus({"a": 1}, {"a": 2, "b": 5})
    {'a': 3, 'b': 5}
    """
    added: dict[str, int] = {}
    for by_segment in amounts:
        for segment, amount in by_segment.items():
            added[segment] = added.get(segment, 0) + amount
    return added


def minus(amounts: BySegment) -> dict[str, int]:
    """Amounts with their signs turned."""
    return {segment: -amount for segment, amount in amounts.items()}

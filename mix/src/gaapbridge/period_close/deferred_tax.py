"""Deferred tax of the columns: how much each carries at both instants, and on which side of the balance sheet it stands.

A plan is of one entity and one tax authority, so its columns share the ledger's deferred tax asset and liability.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from types import MappingProxyType

from gaapbridge.book.journal import Entry, EntryKind, Line
from gaapbridge.difference import DEFERRED_TAX, VALUATION_ALLOWANCE, Note
from gaapbridge.measure.tax import Sides, on_sides, realised, tax_on
from gaapbridge.plan import Plan
from gaapbridge.run.brought_forward import AccountSegment, PriorBalances
from gaapbridge.statement.effects import DEFERRED_TAX_ROWS
from gaapbridge.terms.finding import Finding, in_minor
from gaapbridge.terms.money import round_half_away

SEGMENT = "all"
"""Deferred tax is measured for the whole portfolio."""

Balances = Mapping[AccountSegment, int]

NOWHERE: Mapping[str, int] = MappingProxyType({})
"""What goes through no equity."""


@dataclass(frozen=True)
class BeforeTax:
    """What a column does to equity before tax, credit positive: brought forward as measured, and in the period.

    ``outside`` is what of the movement did not pass through profit, by role of equity and rate. ``stated_opening`` and
    ``stated_moved`` are the net deferred tax asset that files state, of differences that are in none of the others;
    ``stated_through`` is what its movement went through besides income tax, by role of equity, debit positive. ``in_equity`` is
    the difference, debit positive, that stood where the rate changed and has that change in equity, by role and change.
    """

    opening: int
    moved: int
    outside: Mapping[tuple[str, Fraction], int] = field(default_factory=dict)
    in_equity: Mapping[tuple[str, Fraction], int] = field(default_factory=dict)
    stated_opening: int = 0
    stated_moved: int = 0
    stated_through: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Deferred:
    """What a column changes of the ledger's deferred tax: by side as realised, and of the valuation allowance in the asset.

    An allowance above nil is more of it. Gross, before any allowance, the column's net asset is the sum of both.
    """

    sides: Sides
    allowance: int = 0

    @property
    def gross(self) -> int:
        """The net asset before the allowance: rate times the difference."""
        return self.sides.net + self.allowance


@dataclass(frozen=True)
class ColumnTax:
    """Deferred tax of a column as brought forward, at the opening as measured, and at the closing.

    ``through`` is what of its movement goes through equity and not through income tax, by role, debit positive; ``traced`` what
    of that is the opening's at another rate.
    """

    brought_forward: Deferred
    opening: Deferred
    closing: Deferred
    through: Mapping[str, int] = field(default_factory=dict)
    traced: Mapping[str, int] = field(default_factory=dict)


def column_taxes(
    plan: Plan, before_tax: Mapping[str, BeforeTax], prior: PriorBalances | None, ledgers: Mapping[str, Mapping[str, int]]
) -> dict[str, ColumnTax]:
    """The deferred tax of every note's column, ``before_tax`` by note in the order of the plan.

    ``ledgers`` holds US GAAP balances by state and account: the sides of each instant start from its ledger, from nil where
    there is none. What was brought forward stands as it was printed then; its amounts before and after the allowance count.
    """
    carried = None if prior is None else {key: deferred_of(plan, prior.get(key, {})) for key in before_tax}
    gross = [_gross(plan, key, one, None if carried is None else carried[key].gross) for key, one in before_tax.items()]
    opening, closing = (
        dict(zip(before_tax, _of_columns(plan, state, ledgers.get(state, {}), amounts), strict=True))
        for state, amounts in zip(("opening", "closing"), zip(*gross, strict=True), strict=True)
    )
    taxes = {}
    for key in before_tax:
        brought, measured = opening[key] if carried is None else carried[key], opening[key]
        is_alike = (brought.gross, brought.allowance) == (measured.gross, measured.allowance)
        traced = tax_traced(before_tax[key])
        through = tax_through_equity(before_tax[key], traced)
        taxes[key] = ColumnTax(brought, brought if is_alike else measured, closing[key], through, traced)
    return taxes


def tax_traced(column: BeforeTax) -> dict[str, int]:
    """What a change of rate moves of the tax on what stood in equity then, by role, debit positive: 400 at 5 % more are 20."""
    return _taxed(column.in_equity)


def tax_through_equity(column: BeforeTax, traced: Mapping[str, int]) -> dict[str, int]:
    """Deferred tax on what moves equity otherwise than through profit, by role, debit positive: it goes where that goes
    (IAS 12.61A; 740-20-45-11), at the rate of its day; and what is ``traced`` to what went there before."""
    through = dict(column.stated_through)
    for amounts in (traced, _taxed(column.outside)):
        for role, amount in amounts.items():
            through[role] = through.get(role, 0) + amount
    return {role: amount for role, amount in through.items() if amount}


def _taxed(amounts: Mapping[tuple[str, Fraction], int]) -> dict[str, int]:
    """The tax on amounts by role and rate, by role, each rounded once; nil left out."""
    exact: dict[str, Fraction] = {}
    for (role, rate), amount in amounts.items():
        exact[role] = exact.get(role, Fraction(0)) + amount * rate
    return {role: rounded for role, tax in exact.items() if (rounded := round_half_away(tax))}


def _gross(plan: Plan, key: str, column: BeforeTax, carried: int | None) -> tuple[int, int]:
    """Net deferred tax asset of a column at both instants, before any valuation allowance.

    ``liability_method``: rate x cumulative difference, a change of rate through income (IAS 12.46; 740-10-35-4).
    ``roll_forward``: what was brought forward plus the period's movement at the period's rate. What files state is added; a
    note whose file states all of it has no rate.
    """
    tax = plan.tax.get(key)
    if tax is None:
        return column.stated_opening, column.stated_opening + column.stated_moved
    opening = -tax_on(column.opening, tax.rate_at(plan.instants["opening"])) + column.stated_opening
    at_closing = tax.rate_at(plan.period.closing)
    if tax.method == "liability_method":
        stated = column.stated_opening + column.stated_moved
        return opening, -tax_on(column.opening + column.moved, at_closing) + stated
    opening = opening if carried is None else carried
    return opening, opening - tax_on(column.moved, at_closing) + column.stated_moved


def _of_columns(plan: Plan, state: str, ledger: Mapping[str, int], gross: Sequence[int]) -> list[Deferred]:
    """Columns in their order at an instant: what of each is realised, beside the ledger of that instant by side."""
    nets = realised_at(plan, state, gross)
    sides = on_sides(standing(plan, ledger), nets)
    return [Deferred(side, whole - net) for side, whole, net in zip(sides, gross, nets, strict=True)]


def realised_at(plan: Plan, state: str, gross: Sequence[int]) -> tuple[int, ...]:
    """What of the columns' net deferred tax is realised, by the estimate in force at an instant."""
    version = plan.deferred_tax.allowance_at(plan.instants[state])
    assert version is not None, "refused where none is in force"
    return realised(gross, version.in_ledger_minor, version.further)


def standing(plan: Plan, ledger: Mapping[str, int]) -> Sides:
    """Deferred tax in a ledger, with all accounts of its two rows, a valuation allowance's among them; one account that serves
    both sides is what its balance is."""
    posted = tuple(plan.account_of(role) for role in DEFERRED_TAX)
    asset, liability = (
        sum(ledger.get(code, 0) for code, account in plan.accounts.items() if code == own or account.line == row)
        for own, row in zip(posted, DEFERRED_TAX_ROWS, strict=True)
    )
    if posted[0] == posted[1]:
        return Sides(max(asset, 0), max(-asset, 0))
    return Sides(asset, -liability)


def sided_anew(plan: Plan, prior: PriorBalances, ledger: Mapping[str, int]) -> PriorBalances:
    """Amounts brought forward with each net deferred tax on the side where this ledger puts it: a reclassification."""
    carried = [deferred_of(plan, prior[key]) for key in plan.notes.order]
    sided = {}
    changes = on_sides(standing(plan, ledger), [one.sides.net for one in carried])
    for key, one, change in zip(plan.notes.order, carried, changes, strict=True):
        sided[key] = untaxed(plan, prior[key]) | on_accounts(plan, Deferred(change, one.allowance))
    return sided


def on_accounts(plan: Plan, deferred: Deferred) -> dict[AccountSegment, int]:
    """Debit-positive amounts of both sides by account, the allowance in the asset apart; nil left out."""
    amounts: dict[AccountSegment, int] = {}
    asset, liability = (plan.account_of(role) for role in DEFERRED_TAX)
    for key, amount in (
        ((asset, SEGMENT), deferred.sides.asset + deferred.allowance),
        ((liability, SEGMENT), -deferred.sides.liability),
        ((asset, VALUATION_ALLOWANCE), -deferred.allowance),
    ):
        amounts[key] = amounts.get(key, 0) + amount
    return {key: amount for key, amount in amounts.items() if amount}


def untaxed(plan: Plan, balances: Balances) -> dict[AccountSegment, int]:
    """Balances but for deferred tax."""
    taxed = {plan.account_of(role) for role in DEFERRED_TAX}
    return {key: amount for key, amount in balances.items() if key[0] not in taxed}


def deferred_of(plan: Plan, balances: Balances) -> Deferred:
    """What a column changed of either side and of the allowance, from its balances."""
    asset, liability = (plan.account_of(role) for role in DEFERRED_TAX)
    assets, liabilities = (
        sum(amount for (account, _), amount in balances.items() if account == code) for code in (asset, liability)
    )
    sides = Sides(assets, 0 if asset == liability else -liabilities)
    return Deferred(sides, -balances.get((asset, VALUATION_ALLOWANCE), 0))


def tax_entries(
    plan: Plan,
    note: Note,
    kind: EntryKind,
    contra: str,
    before: Deferred,
    after: Deferred,
    through: Mapping[str, int] = NOWHERE,
) -> tuple[Entry, Entry]:
    """The movement of deferred tax before the allowance, and that of the allowance (740-10-45-20; IAS 12.60), each against a
    contra role, but for what goes ``through`` roles of equity; from one side to the other it touches none."""
    moved = Deferred(
        Sides(after.sides.asset - before.sides.asset, after.sides.liability - before.sides.liability),
        after.allowance - before.allowance,
    )
    accounts, when = on_accounts(plan, moved), "on the column" if kind == EntryKind.TAX else "brought forward"
    components = (("deferred_tax", SEGMENT, moved.gross), ("valuation_allowance", VALUATION_ALLOWANCE, -moved.allowance))
    entries = []
    for component, segment, net in components:
        text = f"{component.replace('_', ' ')} {when}"
        lines = [Line.of(account, where, amount, text) for (account, where), amount in accounts.items() if where == segment]
        beside = through if component == "deferred_tax" else NOWHERE
        contras = {contra: -net - sum(beside.values()), **beside}
        lines += [Line.of(plan.account_of(role), SEGMENT, amount, text) for role, amount in contras.items() if amount]
        entries.append(Entry(f"{note.numeral}-{kind}-{component}", component, component, kind, tuple(lines)))
    return entries[0], entries[1]


def on_both_sides(plan: Plan, ledgers: Mapping[str, Mapping[str, int]]) -> list[Finding]:
    """A ledger that shows an asset and a liability towards one authority: its figures stand, the columns start from both."""
    findings = []
    for state, ledger in ledgers.items():
        sides = standing(plan, ledger)
        if min(sides.asset, sides.liability) > 0:
            findings.append(
                Finding(
                    name="deferred tax on both sides",
                    where=f"trial_balance.{state}/{plan.account_of(DEFERRED_TAX[0])}",
                    amount_minor=min(sides.asset, sides.liability),
                    why=f"the ledger shows a deferred tax asset of {in_minor(sides.asset)} and a liability of "
                    f"{in_minor(sides.liability)}; "
                    "those of one entity towards one authority are offset (IAS 12.74; ASC 740-10-45-6)",
                    remedy="offset them in the ledger; where they are of several entities or authorities, close each by itself",
                    check="R6",
                )
            )
    return findings


def at_effective_rate(plan: Plan, note: Note, closing: Deferred) -> list[Finding]:
    """Deferred tax at the group's effective rate, which neither framework knows."""
    tax = plan.tax.get(note.key)
    if tax is None or tax.basis != "group_effective" or closing.gross == 0:
        return []
    rate = float(tax.rate_at(plan.period.closing))
    return [
        Finding(
            name="deferred tax at the group's effective rate",
            where=f"{note.column}/deferred_tax",
            amount_minor=-closing.gross,
            why=f"it is measured at {rate:.4%}, and not at the rate enacted for the years in which the difference reverses "
            "(IAS 12.47; ASC 740-10-30-8)",
            remedy=f'state basis = "enacted" in [tax.{note.key}], with the rates of the entities and authorities that it is of',
            check="R6",
        )
    ]


def residue(note: Note, before_tax: BeforeTax, closing: Deferred) -> list[Finding]:
    """Deferred tax left where nothing is left to tax, after a change of rate under ``roll_forward``: reported, not plugged."""
    stated = before_tax.stated_opening + before_tax.stated_moved
    if before_tax.opening + before_tax.moved != 0 or closing.gross == stated:
        return []
    return [
        Finding(
            name="deferred tax residue",
            where=f"{note.column}/deferred_tax",
            amount_minor=stated - closing.gross,
            why="the column's pre-tax difference is nil and deferred tax is not: the rate changed while it reversed",
            remedy=f'post it by hand, or state method = "liability_method" in [tax.{note.key}]',
            check="R6",
        )
    ]

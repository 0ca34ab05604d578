"""Deferred tax of the columns: how much each carries at both instants, and on which side of the balance sheet it stands.

A plan is of one entity and one tax authority, so its columns share the ledger's deferred tax asset and liability.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from gaapbridge.book.journal import Entry, Line
from gaapbridge.difference import Note
from gaapbridge.measure.tax import Sides, on_sides, tax_on
from gaapbridge.plan import Plan
from gaapbridge.run.brought_forward import AccountSegment, PriorBalances
from gaapbridge.terms.finding import Finding

ROLES = ("deferred_tax_assets", "deferred_tax_liabilities")

SEGMENT = "all"
"""Deferred tax is measured for the whole portfolio."""

Balances = Mapping[AccountSegment, int]


@dataclass(frozen=True)
class BeforeTax:
    """What a column does to equity before tax, credit positive: brought forward as measured, and in the period."""

    opening: int
    moved: int


@dataclass(frozen=True)
class ColumnTax:
    """What one column changes of the ledger's deferred tax: brought forward, at the opening as measured, at the closing."""

    brought_forward: Sides
    opening: Sides
    closing: Sides


def column_taxes(
    plan: Plan, before_tax: Mapping[str, BeforeTax], prior: PriorBalances | None, ledgers: Mapping[str, Mapping[str, int]]
) -> dict[str, ColumnTax]:
    """The deferred tax of every note's column, ``before_tax`` by note in the order of the plan.

    ``ledgers`` holds US GAAP balances by state and account: the sides of each instant start from its ledger, from nil where
    there is none. What was brought forward stands as it was printed then; its net amount is what counts.
    """
    carried = None if prior is None else {key: _sides_of(plan, prior.get(key, {})) for key in before_tax}
    nets = [_nets(plan, key, one, None if carried is None else carried[key].net) for key, one in before_tax.items()]
    opening, closing = (
        dict(zip(before_tax, on_sides(standing(plan, ledgers.get(state, {})), amounts), strict=True))
        for state, amounts in zip(("opening", "closing"), zip(*nets, strict=True), strict=True)
    )
    taxes = {}
    for key in before_tax:
        brought = opening[key] if carried is None else carried[key]
        again = brought if brought.net == opening[key].net else opening[key]
        taxes[key] = ColumnTax(brought, again, closing[key])
    return taxes


def _nets(plan: Plan, key: str, column: BeforeTax, carried: int | None) -> tuple[int, int]:
    """Net deferred tax asset of a column at both instants.

    ``liability_method``: rate x cumulative difference, a change of rate through income (IAS 12.46; 740-10-35-4).
    ``roll_forward``: what was brought forward plus the period's movement at the period's rate.
    """
    tax = plan.tax[key]
    opening = -tax_on(column.opening, tax.rate_at(plan.instants["opening"]))
    at_closing = tax.rate_at(plan.period.closing)
    if tax.method == "liability_method":
        return opening, -tax_on(column.opening + column.moved, at_closing)
    opening = opening if carried is None else carried
    return opening, opening - tax_on(column.moved, at_closing)


def standing(plan: Plan, ledger: Mapping[str, int]) -> Sides:
    """Deferred tax in a ledger; one account that serves both sides is what its balance is."""
    asset, liability = (plan.account_of(role) for role in ROLES)
    if asset == liability:
        balance = ledger.get(asset, 0)
        return Sides(max(balance, 0), max(-balance, 0))
    return Sides(ledger.get(asset, 0), -ledger.get(liability, 0))


def sided_anew(plan: Plan, prior: PriorBalances, ledger: Mapping[str, int]) -> PriorBalances:
    """Amounts brought forward with each net deferred tax on the side where this ledger puts it: a reclassification."""
    nets = [_sides_of(plan, prior[key]).net for key in plan.notes.order]
    sided = {}
    for key, change in zip(plan.notes.order, on_sides(standing(plan, ledger), nets), strict=True):
        sided[key] = untaxed(plan, prior[key]) | on_accounts(plan, change)
    return sided


def on_accounts(plan: Plan, sides: Sides) -> dict[AccountSegment, int]:
    """Debit-positive amounts of both sides by account; nil left out."""
    amounts: dict[AccountSegment, int] = {}
    for role, amount in zip(ROLES, (sides.asset, -sides.liability), strict=True):
        key = (plan.account_of(role), SEGMENT)
        amounts[key] = amounts.get(key, 0) + amount
    return {key: amount for key, amount in amounts.items() if amount}


def untaxed(plan: Plan, balances: Balances) -> dict[AccountSegment, int]:
    """Balances but for deferred tax."""
    taxed = {plan.account_of(role) for role in ROLES}
    return {key: amount for key, amount in balances.items() if key[0] not in taxed}


def _sides_of(plan: Plan, balances: Balances) -> Sides:
    """What a column changed of either side, from its balances."""
    assets, liabilities = (
        sum(amount for (account, _), amount in balances.items() if account == plan.account_of(role)) for role in ROLES
    )
    if plan.account_of(ROLES[0]) == plan.account_of(ROLES[1]):
        return Sides(assets, 0)
    return Sides(assets, -liabilities)


def tax_entry(plan: Plan, note: Note, kind: str, contra: str, before: Sides, after: Sides) -> Entry:
    """The movement of deferred tax, its net amount against a contra role; from one side to the other it touches no equity."""
    text = "deferred tax on the column" if kind == "tax" else "deferred tax brought forward"
    moved = on_accounts(plan, Sides(after.asset - before.asset, after.liability - before.liability))
    lines = [Line.of(account, segment, amount, text) for (account, segment), amount in moved.items()]
    if net := before.net - after.net:
        lines.append(Line.of(plan.account_of(contra), SEGMENT, net, text))
    return Entry(f"{note.numeral}-{kind}-deferred_tax", "deferred_tax", kind, tuple(lines))


def on_both_sides(plan: Plan, ledgers: Mapping[str, Mapping[str, int]]) -> list[Finding]:
    """A ledger that shows an asset and a liability towards one authority: its figures stand, the columns start from both."""
    findings = []
    for state, ledger in ledgers.items():
        sides = standing(plan, ledger)
        if min(sides.asset, sides.liability) > 0:
            findings.append(
                Finding(
                    name="deferred tax on both sides",
                    where=f"trial_balance.{state}/{plan.account_of(ROLES[0])}",
                    amount_minor=min(sides.asset, sides.liability),
                    why=f"the ledger shows a deferred tax asset of {sides.asset:,} and a liability of {sides.liability:,}; "
                    "those of one entity towards one authority are offset (IAS 12.74; ASC 740-10-45-6)",
                    remedy="offset them in the ledger; where they are of several entities or authorities, close each by itself",
                    check="R6",
                )
            )
    return findings


def at_effective_rate(plan: Plan, note: Note, closing: Sides) -> list[Finding]:
    """Deferred tax at the group's effective rate, which neither framework knows."""
    if plan.tax[note.key].basis != "group_effective" or closing.net == 0:
        return []
    rate = float(plan.tax[note.key].rate_at(plan.period.closing))
    return [
        Finding(
            name="deferred tax at the group's effective rate",
            where=f"{note.column}/deferred_tax",
            amount_minor=-closing.net,
            why=f"it is measured at {rate:.4%}, and not at the rate enacted for the years in which the difference reverses "
            "(IAS 12.47; ASC 740-10-30-8)",
            remedy=f'state basis = "enacted" in [tax.{note.key}], with the rates of the entities and authorities that it is of',
            check="R6",
        )
    ]


def residue(note: Note, before_tax: BeforeTax, closing: Sides) -> list[Finding]:
    """Deferred tax left where nothing is left to tax, after a change of rate under ``roll_forward``: reported, not plugged."""
    if before_tax.opening + before_tax.moved != 0 or closing.net == 0:
        return []
    return [
        Finding(
            name="deferred tax residue",
            where=f"{note.column}/deferred_tax",
            amount_minor=-closing.net,
            why="the column's pre-tax difference is nil and deferred tax is not: the rate changed while it reversed",
            remedy=f'post it by hand, or state method = "liability_method" in [tax.{note.key}]',
            check="R6",
        )
    ]

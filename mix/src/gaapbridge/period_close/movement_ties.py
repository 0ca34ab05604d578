"""R11: the movement tables of the loss allowance close, and lead to what the columns hold of it (IFRS 7.35H; 326-20-50-13).

Contracts give the tables by stage; what files add to the allowance, an overlay for one, stands in them as ``adjustment``. They
open at what was brought forward, as the balance sheet does; what is measured otherwise since is ``opening_basis_difference``.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from gaapbridge.book.journal import EntryKind
from gaapbridge.contracts.kinds import KINDS
from gaapbridge.contracts.measured import Measured, over_all
from gaapbridge.contracts.movements import NOT_ALLOCATED, MovementTable
from gaapbridge.difference import BASIS_DIFFERENCE
from gaapbridge.period_close.entries import NoteColumn
from gaapbridge.plan import Plan
from gaapbridge.run.reader import Run
from gaapbridge.statement.checks import Check
from gaapbridge.statement.evidence import RECOMPUTED, proven

Balances = Mapping[str, int]

NOT_POSTED = ("opening", "transfers", "write_off", "recovery")
"""Lines of a movement table that are the same under both frameworks, or no movement."""


def with_adjustments(plan: Plan, columns: Sequence[NoteColumn], measured: Sequence[Measured]) -> list[Measured]:
    """What was measured, its IFRS tables with what files add to the allowance at both instants: an overlay of 500.00 carried on
    from the period before raises the opening and the closing by 500.00, one made in the period the closing alone.

    Files state IFRS less US GAAP, so the tables of US GAAP have none.
    """
    return [_adjusted(plan, columns, one) if KINDS[one.kind].losses is not None else one for one in measured]


def _adjusted(plan: Plan, columns: Sequence[NoteColumn], measured: Measured) -> Measured:
    us, ifrs = measured.tables
    opening, closing = (_given(plan, columns, measured, instant) for instant in ("opening", "closing"))
    return replace(measured, tables=(us, replace(ifrs, adjusted_opening=opening, adjusted_closing=closing)))


def opened_as_brought_forward(
    plan: Plan, columns: Sequence[NoteColumn], measured: Sequence[Measured], prior: Run | None
) -> list[Measured]:
    """What was measured, its tables opening at what those of the prior run closed at, stage by stage. Where a file of amounts
    is brought forward, which knows neither stages nor frameworks, the gap to it is one of IFRS, in no stage.

    A prior run that closed at 4,036.92, and 4,136.92 measured now with an overlay of 100.00 that it lacked: 4,036.92, and an
    ``opening_basis_difference`` of 100.00.
    """
    opened = []
    for one in measured:
        if KINDS[one.kind].losses is not None:
            us, ifrs = one.tables
            if prior is not None:
                us, ifrs = (table.opened_at(_closed_at(prior, one.kind, table)) for table in one.tables)
            elif not _beside(plan, measured, one.kind) and (gap := _posted_difference(plan, columns, one.kind)):
                ifrs = replace(ifrs, basis_difference={NOT_ALLOCATED: gap})
            one = replace(one, tables=(us, ifrs))
        opened.append(one)
    return opened


def _closed_at(prior: Run, kind: str, table: MovementTable) -> Mapping[str, int]:
    """What the table of a prior run closed at, by stage; nothing where it measured no such contracts. Tables of before they
    held adjustments say nothing of those, which were carried on all the same."""
    for then in prior.movements:
        if (then.kind, then.framework) == (kind, table.framework):
            return {NOT_ALLOCATED: table.adjusted_opening, **then.closing}
    return {}


def movement_ties(plan: Plan, columns: Sequence[NoteColumn], measured: Sequence[Measured]) -> Iterator[Check]:
    """All of R11: the stages of the tables, their lines against the journals, and both ends against the balance sheets."""
    for one in measured:
        yield from _stages(one)
        if KINDS[one.kind].losses is not None:
            yield from _lines_posted(plan, one, columns)
            yield from _opening_differs(plan, one, columns, measured)
            yield from _on_the_sheets(plan, one, columns, measured)


def posted_balances(columns: Sequence[NoteColumn], instant: str) -> Balances:
    """Debit-positive balance of every account over all columns at an instant: ``closing``; ``brought_forward``, as the opening
    balance sheet has it; or ``opening``, as measured, with the gap between the two, which is a finding of its own."""
    balances: dict[str, int] = {}
    for column in columns:
        for entry in column.journal.entries:
            differs = instant == "opening" and entry.flow == BASIS_DIFFERENCE
            if instant == "closing" or entry.kind == EntryKind.BROUGHT_FORWARD or differs:
                for line in entry.lines:
                    balances[line.account] = balances.get(line.account, 0) + line.amount_minor
    return balances


def _allowance_accounts(plan: Plan, kind: str) -> dict[str, str]:
    """The accounts of a kind's loss allowance, by posting role."""
    losses = KINDS[kind].losses
    return {} if losses is None else {role: plan.account_of(role) for role in losses.roles}


def _given(plan: Plan, columns: Sequence[NoteColumn], measured: Measured, instant: str) -> int:
    """What files give of a kind's loss allowance at an instant, a larger allowance positive."""
    accounts = set(_allowance_accounts(plan, measured.kind).values())
    return -sum(column.given.balances[instant].get(account, 0) for column in columns for account in accounts)


def _stages(measured: Measured) -> Iterable[Check]:
    """Every stage of both movement tables closes without a residual."""
    for table in measured.tables:
        for stage, residual in enumerate(table.residual.tolist()):
            closing = int(table.measured_closing[stage])
            name = f"{measured.kind}/{table.framework}/{f'stage_{stage}' if stage else 'within_period'}"
            proof = proven(RECOMPUTED, closing, *(int(amounts[stage]) for amounts in table.lines.values()))
            yield Check(f"R11/{name}", "R11", None, name, table.framework, closing, closing - int(residual), proof)


def _lines_posted(plan: Plan, measured: Measured, columns: Sequence[NoteColumn]) -> Iterable[Check]:
    """Each line of the tables, IFRS less US GAAP, is what the note that owns the allowance posted to it for that flow."""
    losses = KINDS[measured.kind].losses
    assert losses is not None, "a kind with tables of losses"
    us, ifrs = measured.tables
    allowance = set(_allowance_accounts(plan, measured.kind).values())
    for column in columns:
        if not set(losses.roles) & set(column.note.balances.get(measured.kind, ())):
            continue
        entries = [entry for entry in column.journal.entries if entry.kind == EntryKind.MOVEMENT]
        for line in us.lines:
            if line in NOT_POSTED:
                continue
            flow = [entry for entry in entries if entry.flow == losses.posted_as.get(line, line)]
            posted = sum(-row.amount_minor for entry in flow for row in entry.lines if row.account in allowance)
            own, other = (int(side.lines[line].sum()) for side in (us, ifrs))
            name, proof = f"R11/journal/{measured.kind}/{line}", proven(RECOMPUTED, own, other, posted)
            yield Check(name, "R11", None, line, column.note.column, other - own, posted, proof)


def _opening_differs(
    plan: Plan, measured: Measured, columns: Sequence[NoteColumn], everything: Sequence[Measured]
) -> Iterable[Check]:
    """What the tables open otherwise than measured, IFRS less US GAAP, is what the columns posted as their opening basis
    difference on the accounts of the allowance: the prior run's tables against its balances, where either differs."""
    if plan.opening.source != "prior_run" or _beside(plan, everything, measured.kind):
        return
    own, other = (table.totals[BASIS_DIFFERENCE] for table in measured.tables)
    posted = _posted_difference(plan, columns, measured.kind)
    if any((own, other, posted)):
        name, proof = f"R11/journal/{measured.kind}/{BASIS_DIFFERENCE}", proven(RECOMPUTED, own, other, posted)
        yield Check(name, "R11", None, BASIS_DIFFERENCE, "ifrs", other - own, posted, proof)


def _posted_difference(plan: Plan, columns: Sequence[NoteColumn], kind: str) -> int:
    """What the columns posted as opening basis difference of a kind's allowance, a larger allowance positive."""
    brought, opened = (posted_balances(columns, instant) for instant in ("brought_forward", "opening"))
    return sum(brought.get(code, 0) - opened.get(code, 0) for code in set(_allowance_accounts(plan, kind).values()))


def _beside(plan: Plan, everything: Sequence[Measured], kind: str) -> list[str]:
    """The roles of other balances that share an account with a kind's allowance."""
    accounts = _allowance_accounts(plan, kind)
    known = over_all(everything, "ifrs", "closing")
    return [role for role in known if role not in accounts and plan.account_of(role) in accounts.values()]


def _on_the_sheets(
    plan: Plan, measured: Measured, columns: Sequence[NoteColumn], everything: Sequence[Measured]
) -> Iterable[Check]:
    """What the tables open and close with, IFRS less US GAAP, is what the columns hold on the accounts of the allowance: no
    entry of any flow is left out of them. Where another balance shares such an account, its measured difference is left out,
    and the opening is held as measured: nobody knows what was brought forward of that balance alone."""
    codes = set(_allowance_accounts(plan, measured.kind).values())
    us, ifrs = (table.totals for table in measured.tables)
    beside = _beside(plan, everything, measured.kind)
    opened = ("opening", ["opening", BASIS_DIFFERENCE]) if beside else ("brought_forward", ["opening"])
    for sheet, (instant, lines) in ((plan.period.opening_sheet, opened), (plan.period.closing_sheet, ("closing", list(us)))):
        own, other = (sum(side[line] for line in lines) for side in (us, ifrs))
        posted = posted_balances(columns, instant)
        shared = sum(
            sign * over_all(everything, side, instant)[role] for role in beside for sign, side in ((1, "ifrs"), (-1, "us"))
        )
        found = -(sum(posted.get(code, 0) for code in codes) - shared)
        yield Check(
            f"R11/{sheet}/{measured.kind}", "R11", sheet, ", ".join(sorted(codes)), "ifrs", other - own, found,
            proven(RECOMPUTED, own, other, found),
        )  # fmt: skip

"""R11: the movement tables of the loss allowance close, and lead to what the columns hold of it (IFRS 7.35H; 326-20-50-13).

Contracts give the tables by stage; what files add to the allowance, an overlay for one, stands in them as ``adjustment``.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from gaapbridge.book.journal import EntryKind
from gaapbridge.contracts.kinds import KINDS
from gaapbridge.contracts.measured import Measured, over_all
from gaapbridge.difference import BASIS_DIFFERENCE
from gaapbridge.period_close.entries import NoteColumn
from gaapbridge.plan import Plan
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


def movement_ties(plan: Plan, columns: Sequence[NoteColumn], measured: Sequence[Measured]) -> Iterator[Check]:
    """All of R11: the stages of the tables, their lines against the journals, and both ends against the balance sheets."""
    for one in measured:
        yield from _stages(one)
        if KINDS[one.kind].losses is not None:
            yield from _lines_posted(plan, one, columns)
            yield from _on_the_sheets(plan, one, columns, measured)


def posted_balances(columns: Sequence[NoteColumn], instant: str) -> Balances:
    """Debit-positive balance of every account over all columns, at the closing instant or at the opening one as measured:
    what was brought forward and the gap to it, which is a finding of its own."""
    balances: dict[str, int] = {}
    for column in columns:
        for entry in column.journal.entries:
            if instant == "closing" or entry.kind == EntryKind.BROUGHT_FORWARD or entry.flow == BASIS_DIFFERENCE:
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


def _on_the_sheets(
    plan: Plan, measured: Measured, columns: Sequence[NoteColumn], everything: Sequence[Measured]
) -> Iterable[Check]:
    """What the tables open and close with, IFRS less US GAAP, is what the columns hold on the accounts of the allowance: no
    entry of any flow is left out of them. Where another balance shares such an account, its measured difference is left out."""
    accounts = _allowance_accounts(plan, measured.kind)
    codes = set(accounts.values())
    us, ifrs = (table.totals for table in measured.tables)
    sheets = {"opening": plan.period.opening_sheet, "closing": plan.period.closing_sheet}
    for instant, sheet in sheets.items():
        own, other = ((side["opening"] if instant == "opening" else sum(side.values())) for side in (us, ifrs))
        posted = posted_balances(columns, instant)
        sides = [over_all(everything, framework, instant) for framework in ("ifrs", "us")]
        beside = [role for role in sides[0] if role not in accounts and plan.account_of(role) in codes]
        shared = sum(sides[0][role] - sides[1][role] for role in beside)
        found = -(sum(posted.get(code, 0) for code in codes) - shared)
        yield Check(
            f"R11/{sheet}/{measured.kind}", "R11", sheet, ", ".join(sorted(codes)), "ifrs", other - own, found,
            proven(RECOMPUTED, own, other, found),
        )  # fmt: skip

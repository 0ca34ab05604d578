"""Explanation of a tie-out or a finding, by the address that it is printed under: its two sides, and where to go on."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from gaapbridge.explanation.form import Explanation, Table
from gaapbridge.explanation.hindsight import HINDSIGHT
from gaapbridge.explanation.movements import MOVEMENTS
from gaapbridge.run.reader import Run
from gaapbridge.statement.checks import Check
from gaapbridge.statement.document import IFRS, US_GAAP, Row, Statement
from gaapbridge.statement.effects import liabilities_sign, mezzanine_rows
from gaapbridge.terms.finding import Finding

SIDES_OF: Mapping[str, tuple[str, str]] = {
    "R4": ("opening effect, effect on net income and declared paths", "closing effect"),
    "R5": ("movement of the balances, from the contracts", "what the journals took through income"),
    "R7": ("the rate's share of the whole difference", "value-added tax posted, contract by contract"),
    "R9": ("balances under US GAAP, from the contracts", "the ledger account"),
    "R10": ("measured from the contracts directly", "US GAAP and the journals"),
    "R11": ("the closing as measured, or the movement table", "the movement table, or the journals"),
    "R14": ("the parts, and what rounding at their contracts comes to", "the longer period"),
    "R16": ("the closing tape, or the cash of the contracts", "the opening and what was paid, or the ledger's cash accounts"),
    "R17": ("by the curves of the opening", "what came, by the closing tapes"),
    "R19": ("the opening ledger and declared movements, or the contracts", "the closing ledger"),
}
"""What is expected and what is found, by rule; where a rule is not named, what is added up again and what is stated."""

PRINTED = "printed/"
"""How the id of a check of the printed statement begins; the others hold its exact amounts."""

ADDED_UP = ("added up again", "as stated")


def explain_tie_out(run: Run, address: str) -> Explanation | None:
    """Explain what a run tied out or found under an address, as ``R9/bs-2023/1301``; None where there is nothing of that name.

    Expected 5,398 of the contracts, found 0 on the ledger account: both are named, with the difference, the tolerance and what
    the check proves (R18), and the cells that hold them.
    """
    checks = [check for check in run.listed.checks if check.id == address]
    findings = [one for one in run.listed.findings if one.where == address]
    if not checks and not findings:
        return None
    facts: dict[str, Any] = {}
    for check in checks:
        facts |= _facts(check) | _in_ledger(run, check)
    tables = [Table("Findings", ("finding", "why", "remedy"), tuple((one.name, one.why, one.remedy) for one in findings))]
    places = list(dict.fromkeys(place for check in checks for place in _places(run, check)))
    tables += [_added_up(run, check) for check in checks]
    opened = Table("Open further with explain", ("address",), tuple((place,) for place in places))
    return Explanation(address, {**facts, **_amounts(findings, checks)}, tuple(one for one in (*tables, opened) if one.rows))


def _facts(check: Check) -> dict[str, Any]:
    expected, found = SIDES_OF.get(check.check, ADDED_UP)
    return {
        "rule": check.check,
        "holds": "yes" if check.holds else "NO",
        "evidence": check.evidence,
        "unit": check.unit or "minor units",
        f"expected ({expected})": check.expected,
        f"found ({found})": check.actual,
        "difference": check.difference,
        "tolerance": check.tolerance,
    }


def _in_ledger(run: Run, check: Check) -> dict[str, str]:
    """What the lender's own ledger calls the account of a check, and what the plan divides it into; nothing where that is the
    same code."""
    stated = run.plan_content.get("trial_balance", {}).get("accounts", {})
    own = {theirs: [named] if isinstance(named, str) else list(named) for theirs, named in stated.items()}
    called = [theirs for theirs, named in own.items() if check.check == "R9" and check.row in named and named != [theirs]]
    divided = [f"{theirs}, divided into {', '.join(own[theirs])}" if own[theirs][1:] else theirs for theirs in called]
    return {"account of the ledger": "; ".join(divided)} if called else {}


def _added_up(run: Run, check: Check) -> Table:
    """What was added up again to what is expected, row by row; without rows where the rule adds up no cells.

    Assets of 108,000.00 are expected of liabilities of 79,000.00 and equity of 29,000.00.
    """
    document = run.document if check.id.startswith(PRINTED) else run.exact
    statement = document.statement(check.statement or "")
    row = None if statement is None else statement.row(check.row or "")
    parts = () if statement is None or row is None else tuple(_parts(statement, row, check))
    shown = parts if sum(amount for *_, amount in parts) == check.expected else ()
    unit = "amount" if check.id.startswith(PRINTED) else "minor"
    return Table("Added up again", ("from", "name", unit), shown, adds_up=True)


def _parts(statement: Statement, row: Row, check: Check) -> Iterator[tuple[str, str, int]]:
    """The cells that a rule adds up: across for R1, down for R2, the other side of the balance sheet for R3."""
    column = check.column or ""
    if check.check == "R1" and column == IFRS:
        across = {US_GAAP: row.us_gaap, **row.adjustments}
        yield from ((f"{statement.id}/{row.id}/{name}", row.label, amount) for name, amount in across.items())
    held: list[tuple[int, Row]] = []
    if check.check == "R2":
        held = [(sign, statement.by_id[child]) for sign, child in row.of]
    elif check.check == "R3":
        held = list(_other_side(statement, row))
    yield from ((f"{statement.id}/{one.id}/{column}", one.label, sign * one.amount(column)) for sign, one in held)


def _other_side(statement: Statement, row: Row) -> Iterator[tuple[int, Row]]:
    """What total assets, or the total of liabilities and equity, are held against."""
    assets, liabilities, equity = statement.row("ta"), statement.row("tl"), statement.total_equity()
    if row is not assets:
        yield from ((1, one) for one in (assets,) if one is not None)
    elif liabilities is not None and equity is not None:
        yield liabilities_sign(statement) or 1, liabilities
        yield from ((1, one) for one in (*mezzanine_rows(statement), equity))


def _amounts(findings: list[Finding], checks: list[Check]) -> dict[str, Any]:
    """The amount of a finding that no check made."""
    return {} if checks else {"amount": sum(one.amount_minor for one in findings), "unit": findings[0].unit}


def _places(run: Run, check: Check) -> Iterator[str]:
    """Addresses of the cells and tables that hold the sides of a check."""
    if check.check == "R17":
        yield HINDSIGHT
    if check.check == "R11":
        yield MOVEMENTS
    cells, measured = run.exact.cells, run.manifest.statements
    for row in (check.row or "").split(", "):
        account = run.manifest.accounts.get(row)
        line, column = (row, check.column) if account is None else (account.line, US_GAAP)
        named = (f"{one}/{line}/{column}" for one in (check.statement, measured.closing, measured.income))
        yield from [address for address in named if address in cells][:1]

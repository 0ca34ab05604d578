"""The layout that a plan prints in: a packaged one, the lender's own, or a packaged one with lines of the lender's own."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from gaapbridge.filings import layout_file, read_json
from gaapbridge.plan import Plan
from gaapbridge.statement.layout import Layout, layout_of, with_lines
from gaapbridge.terms.errors import UnusableInput, nearest


def layout_for(plan: Plan) -> Layout:
    """The layout a plan prints in. Raises ``UnusableInput`` where it has no row for an account."""
    own = plan.statement.own_layout
    path = _packaged(plan) if own is None else plan.locate(own)
    layout = layout_of(_whole(read_json(path), path), path.name)
    for code, account in plan.accounts.items():
        if account.line not in layout.row_ids():
            near = " or ".join(nearest(account.line, layout.row_ids()))
            raise UnusableInput(
                file=str(plan.path), key=f"accounts.{code}.line", value=account.line,
                rule=f"an account is carried in a row of the layout {layout.id}",
                remedy=f"did you mean {near}?" if near else "name a row of the layout",
            )  # fmt: skip
    _refuse_totals(plan, layout)
    return layout


def _refuse_totals(plan: Plan, layout: Layout) -> None:
    """Raise where a given note would post to what a sub-total carries without a line: no printed row would show it."""
    totals = {row.id for statement in layout.statements for row in statement.rows if row.of}
    for note in plan.given.values():
        for account in note.accounts:
            if plan.accounts[account].line in totals:
                raise UnusableInput(
                    file=str(plan.path), key=f"accounts.{account}.line", value=plan.accounts[account].line,
                    rule="an account that a given note posts to is carried in a line, not in a sub-total",
                    remedy="name a line, or add one to a layout of your own (docs/reference/given.md)",
                )  # fmt: skip


def _packaged(plan: Plan) -> Path:
    try:
        return layout_file(plan.statement.layout)
    except UnusableInput as unusable:
        unusable.file, unusable.key = str(plan.path), "statement.layout"
        raise


def _whole(raw: Any, path: Path) -> Any:
    """What a layout file describes, with the rows of the packaged layout that it ``extends``."""
    if not isinstance(raw, Mapping) or "extends" not in raw:
        return raw
    try:
        packaged: Any = read_json(layout_file(str(raw["extends"])))
    except UnusableInput as unusable:
        unusable.file, unusable.key = path.name, "extends"
        raise
    return with_lines(packaged, raw, path.name)

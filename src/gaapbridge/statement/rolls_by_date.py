"""Roll-forwards read off the dates, for a table that has nowhere to declare them.

A flow over a period, the balance at its end and the balance at its start make a roll. The period may
name its first day (2023-01-01/2023-12-31) or the opening instant (2022-12-31/2023-12-31).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta

from gaapbridge.statement.document import Document, Opening, Roll, Statement
from gaapbridge.statement.rules_within import is_share_based
from gaapbridge.terms.periods import first_and_last_day

Paths = Mapping[str, Mapping[str, Mapping[str, int]]]
"""By flow statement, column and name: movements declared not to be profit."""


def with_rolls_by_date(document: Document, paths: Paths, paths_pretax: Paths) -> Document:
    """The document with one roll for every flow whose closing balance it holds."""
    rolls = []
    for flow in document.statements:
        span = period_of(flow)
        if span is None or flow.row("ni") is None:
            continue
        for close in document.statements:
            if close.as_of == span[1].isoformat():
                roll = _roll(document, flow, close, span[0])
                if roll is not None:
                    after, before = paths.get(flow.id, {}), paths_pretax.get(flow.id, {})
                    rolls.append(replace(roll, paths=after, paths_pretax=before))
    return replace(document, rolls=tuple(rolls))


def period_of(statement: Statement) -> tuple[date, date] | None:
    """First and last day of a flow; None where it is no period."""
    return first_and_last_day(statement.period)


def _roll(document: Document, flow: Statement, close: Statement, start: date) -> Roll | None:
    retained = next((name for name in ("re", "eq", "eq_parent") if close.row(name)), None)
    if retained is None:
        return None
    offset: dict[str, str | None] = {}
    for column in document.columns:
        if is_share_based(column):
            if retained == "re" and close.row("apic"):
                offset[column.id] = "apic"
            elif retained != "re":
                offset[column.id] = None
    return Roll(_opening(document, close, start), close.id, flow.id, retained, "ni", offset)


def _opening(document: Document, close: Statement, start: date) -> Opening:
    """The balance of the same kind on the first day of the flow or on the day before."""
    before = start - timedelta(days=1) if start > date.min else start
    days = (start.isoformat(), before.isoformat())
    for statement in document.statements:
        if statement.as_of in days and statement.kind == close.kind and statement.id != close.id:
            return Opening(statement.id)
    return Opening(None, None, (before if start.day == 1 else start).isoformat())

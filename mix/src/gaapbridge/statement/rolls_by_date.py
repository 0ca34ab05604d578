"""Roll-forwards read off the dates, for a table that has nowhere to declare them.

A flow over a period, the balance at its end and the balance at its start make a roll. The period may
name its first day (2023-01-01/2023-12-31) or the opening instant (2022-12-31/2023-12-31).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date, timedelta

from gaapbridge.statement.document import Document, Opening, Roll, Statement
from gaapbridge.statement.effects import moves_beyond_equity
from gaapbridge.statement.not_checked import NotChecked
from gaapbridge.statement.rules_within import is_share_based
from gaapbridge.terms.periods import first_and_last_day
from gaapbridge.terms.statement_kinds import INCOME_STATEMENT

Paths = Mapping[str, Mapping[str, Mapping[str, int]]]
"""By flow statement, column and name: movements declared not to be profit."""


def with_rolls_by_date(document: Document, paths: Paths, paths_pretax: Paths) -> Document:
    """The document with one roll for every flow whose closing balance it holds."""
    rolls: list[Roll] = []
    for flow in document.statements:
        for close in _closings(document, flow) if flow.row("ni") is not None else ():
            roll = _roll(document, flow, close)
            if roll is not None:
                after, before = paths.get(flow.id, {}), paths_pretax.get(flow.id, {})
                rolls.append(replace(roll, paths=after, paths_pretax=before))
    return replace(document, rolls=tuple(rolls))


def with_rolls_told(document: Document) -> Document:
    """The document with the rolls that it declares; where it declares none, with those that follow from the dates. Flows that
    end with a balance of the document and are in no roll are said.

    Where it declares some, whoever wrote it knew which: a flow that is in none is said, and not rolled, since what reached
    equity outside of it may not be declared either.
    """
    rolled = document if document.rolls else with_rolls_by_date(document, {}, {})
    return replace(rolled, left=(*rolled.left, *_unrolled(rolled)))


def _unrolled(document: Document) -> Iterator[NotChecked]:
    """Flows that end with a balance of the document and are in no roll."""
    rolled = {roll.flow for roll in document.rolls}
    for flow in document.statements:
        if flow.id not in rolled and (flow.kind == INCOME_STATEMENT or flow.row("ni") is not None):
            for close in _closings(document, flow)[:1]:
                why = f"no roll-forward goes through {flow.id}, which ends with it"
                yield NotChecked("R4", close.id, None, None, why, "give rows re or eq, and ni, or declare it in `rollforward`")


def _closings(document: Document, flow: Statement) -> list[Statement]:
    """The balances at the end of a flow, between the same frameworks."""
    span = period_of(flow)
    ended = [one for one in document.statements if span is not None and one.as_of == span[1].isoformat()]
    return [one for one in ended if one.wording == flow.wording]


def period_of(statement: Statement) -> tuple[date, date] | None:
    """First and last day of a flow; None where it is no period."""
    return first_and_last_day(statement.period)


def _roll(document: Document, flow: Statement, close: Statement) -> Roll | None:
    span = period_of(flow)
    assert span is not None, "a flow has a period"
    retained = next((name for name in ("re", "eq", "eq_parent") if close.row(name)), None)
    if retained is None:
        return None
    offset: dict[str, str | None] = {}
    for column in document.columns:
        if is_share_based(column) and not moves_beyond_equity(close, column.id):
            if retained == "re" and close.row("apic"):
                offset[column.id] = "apic"
            elif retained != "re":
                offset[column.id] = None
    return Roll(_opening(document, close, span[0]), close.id, flow.id, retained, "ni", offset)


def _opening(document: Document, close: Statement, start: date) -> Opening:
    """The balance of the same kind on the first day of the flow or on the day before."""
    before = start - timedelta(days=1) if start > date.min else start
    days = (start.isoformat(), before.isoformat())
    for statement in document.statements:
        alike = statement.kind == close.kind and statement.wording == close.wording
        if statement.as_of in days and alike and statement.id != close.id:
            return Opening(statement.id)
    return Opening(None, None, *(reversed(days) if start.day == 1 else days))

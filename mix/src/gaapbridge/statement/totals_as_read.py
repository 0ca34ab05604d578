"""How totals that do not say what they add up were read, for whoever judges the outcome; and what no reading holds.

A reading that finds nothing is worth what it rests on: `Total assets = Cash + Loans` says at once that a row was left out.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from gaapbridge.statement.document import Document, Row, Statement, of_text
from gaapbridge.statement.not_checked import NotChecked
from gaapbridge.statement.total_readings import adds_up, is_cost, is_of_sheet, natural_starts
from gaapbridge.terms.captions import is_deducted
from gaapbridge.terms.statement_kinds import LIST

MOST_NAMED = 6
"""Rows that a printed reading names; of more, all added, it names the first ones and the last."""


@dataclass(frozen=True, slots=True)
class TotalRead:
    """A total with the rows that it was read as, each with its sign; `so` tells what it took beyond a plain sum of them."""

    statement: str
    row: str
    of: tuple[tuple[int, str], ...]
    text: str
    so: str

    def as_dict(self) -> dict[str, object]:
        """The reading as it is written in JSON."""
        of = [[sign, name] for sign, name in self.of]
        return {"statement": self.statement, "row": self.row, "of": of, "reading": self.text, "read_so": self.so}

    def __str__(self) -> str:
        return f"{self.statement}: {self.text}{f' (read so: {self.so})' if self.so else ''}"


def totals_as_read(document: Document) -> tuple[TotalRead, ...]:
    """Every total whose rows were told, as in `Total assets = Cash + Loans`."""
    found: list[TotalRead] = []
    for statement in document.statements:
        left_out = _left_out(statement)
        for row in statement.rows:
            if row.resolved:
                children = [(sign, statement.by_id[name]) for sign, name in row.of]
                so = "; ".join(_taken(statement, row, children, left_out.get(row.id, [])))
                found.append(TotalRead(statement.id, row.id, row.of, f"{row.label} = {_sum_text(children)}", so))
    return tuple(found)


def held_by_no_total(statements: Sequence[Statement]) -> Iterator[NotChecked]:
    """Statements of which no column is added up, or whose kind is not known; and rows that no reading of a total takes."""
    for one in statements:
        rows = [row for row in one.rows if row.role != "memo"]
        totals = any(row.of for row in rows) or any(map(adds_up, rows[1:]))
        if len(rows) > 1 and (one.kind == LIST or not totals):
            unkind = ["it is a list, so nothing is asked of it as of a balance sheet or a flow"] if one.kind == LIST else []
            unadded = [f"none of its {len(rows)} rows is known as a total, so each is footed across, and no column is added up"]
            why = "; ".join([*unkind, *([] if totals else unadded)])
            remedy = "state its `kind`, and of totals the rows in `of`"
            yield NotChecked("kind" if totals else "R2", one.id, None, None, why, remedy)
        left_out = _left_out(one)
        for row in rows:
            if row.id in left_out:
                why = f"it was read as a sum that leaves {', '.join(child.label for child in left_out[row.id])} out"
                yield NotChecked("R2", one.id, row.id, None, why, "name its rows in `of`")
            elif added := _costs_added(one, row):
                why = (
                    f"it was read as adding {', '.join(child.label for child in added)}, nil under one framework, beside income"
                )
                yield NotChecked("R2", one.id, row.id, None, why, "name its rows in `of`, with their signs")
            elif row.resolved and not is_of_sheet(one, row) and any(beyond := _beyond(one, row)):
                told = of_text(row.of)
                why = (
                    f"it holds {one.wording.amount(beyond[0])} beyond its rows, so the columns alone tell that they are {told}"
                )
                yield NotChecked("R2", one.id, row.id, None, why, "name its rows in `of`, or print all of them")


def _sum_text(children: Sequence[tuple[int, Row]]) -> str:
    named = [f"{'+' if sign > 0 else '-'} {one.label}" for sign, one in children]
    if len(named) > MOST_NAMED and all(sign > 0 for sign, _ in children):
        named = [*named[: MOST_NAMED - 1], "+ ...", f"{named[-1]} ({len(named)} rows)"]
    return " ".join(named).removeprefix("+ ")


def _taken(statement: Statement, row: Row, children: Sequence[tuple[int, Row]], left_out: Sequence[Row]) -> Iterator[str]:
    """What a reading took beyond a plain sum: signs that no `Less` gives, rows left out, amounts beyond its rows."""
    if flipped := [one.label for sign, one in children if sign < 0 and not is_deducted(one.label)]:
        yield f"taken off: {', '.join(flipped)}"
    if left_out:
        yield f"left out: {', '.join(one.label for one in left_out)}"
    if any(beyond := _beyond(statement, row)):
        yield f"beyond its rows it holds {statement.wording.amount(beyond[0])}"


def _costs_added(statement: Statement, row: Row) -> list[Row]:
    """Costs of positive amounts that a reading adds to income, and that fit under one framework only for being nil there."""
    if not row.resolved or is_of_sheet(statement, row):
        return []
    children = [(sign, statement.by_id[name]) for sign, name in row.of]
    costs = [one for sign, one in children if sign > 0 and is_cost(one)]
    return [one for one in costs if not (one.us_gaap and one.ifrs)] if len(costs) < len(children) else []


def _beyond(statement: Statement, row: Row) -> tuple[int, ...]:
    """What a total that is held in its columns only holds more than its rows under each framework."""
    if row.role == "subtotal_full":
        return ()
    held = ((sign, statement.by_id[child]) for sign, child in row.of)
    us_gaap, ifrs = zip(*((sign * child.us_gaap, sign * child.ifrs) for sign, child in held), strict=True)
    return row.us_gaap - sum(us_gaap), row.ifrs - sum(ifrs)


def _left_out(statement: Statement) -> dict[str, list[Row]]:
    """Of each total that was told, the rows between the last total and its first row that hold something and no total takes."""
    rows = [one for one in statement.rows if one.role != "memo"]
    places = {one.id: place for place, one in enumerate(rows)}
    added = {child for one in rows for _, child in one.of}
    starts = natural_starts(rows)
    found: dict[str, list[Row]] = {}
    for row in rows:
        if row.resolved:
            first = min(places[child] for _, child in row.of)
            between = rows[starts[bisect_right(starts, first) - 1] : first]
            if left_out := [one for one in between if one.id not in added and (one.us_gaap or one.ifrs)]:
                found[row.id] = left_out
    return found

"""The pages of the statements: the index with every printed figure, and of each row one with what stands behind its cells."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from gaapbridge.explanation.cell import CONTRACTS, JOURNALS
from gaapbridge.explanation.form import Explanation, Table
from gaapbridge.report.pack.contracts import explained_by
from gaapbridge.report.pack.site import INDEX, Site, file_name, up
from gaapbridge.report.pack.views import Cell, Shown, View, simple
from gaapbridge.report.told.statements import ToldCell, ToldRow, ToldStatement, ToldStatements
from gaapbridge.statement.document import IFRS, US_GAAP
from gaapbridge.statement.note_tables import within
from gaapbridge.statement.printing import amount_text

AS_PRINTED = (
    "This statement stands as the run of its period printed it; what it was measured from is in the pack of that run. "
    "This run has the row across, and the rows that it adds up."
)
"""What is said of a comparative that the run did not measure."""


def row_page(statement: str, row: str) -> str:
    """The page of a row."""
    return f"rows/{file_name(statement)}/{file_name(row)}.html"


def place_rows(site: Site, told: ToldStatements) -> None:
    """Say where every cell is opened."""
    for statement in told.statements:
        for row in statement.rows:
            for cell in row.cells.values():
                site.add(cell.address, row_page(statement.id, row.id))


def index_content(told: ToldStatements, shown: Shown, notes: Mapping[str, str]) -> dict[str, Any]:
    """What the index shows of the statements: the columns with their notes, the rows with their cells."""
    columns = [{"caption": one.caption, "href": notes.get(one.id)} for one in told.columns]
    statements = [
        {
            "id": one.id,
            "heading": one.heading.capitalize(),
            "when": one.when,
            "caption": dated(one),
            "basis": one.basis,
            "comparative": one.is_comparative,
            "rows": [
                {
                    "label": row.label,
                    "kind": row.kind,
                    "heading": row.heading,
                    "cells": [_linked(cell, shown, INDEX) for cell in row.cells.values()],
                }
                for row in one.printed_rows
            ],
        }
        for one in told.statements
    ]
    places = [{"anchor": one.id, "heading": dated(one)} for one in told.statements]
    return {
        "unit": told.unit, "columns": columns, "statements": statements,
        "places": [*places, {"anchor": "bridges", "heading": "From US GAAP to IFRS"}],
    }  # fmt: skip


def dated(statement: ToldStatement) -> str:
    """A statement with its day or period: `Balance sheet as of December 31, 2023`."""
    return f"{statement.heading.capitalize()} {within(statement.when)}"


def _linked(cell: ToldCell, shown: Shown, page: str) -> Cell:
    return Cell(amount_text(cell.printed), True, shown.site.link(cell.address, page), cell.address)


def row_pages(
    told: ToldStatements, cells: Mapping[str, Explanation], shown: Shown
) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """The page of every row, its title and its content."""
    for statement in told.statements:
        for row in statement.rows:
            page = row_page(statement.id, row.id)
            yield page, row.label, _row_content(told, statement, row, cells, shown, page)


def _row_content(
    told: ToldStatements, statement: ToldStatement, row: ToldRow, cells: Mapping[str, Explanation], shown: Shown, page: str
) -> dict[str, Any]:
    captions = {column.id: column.caption for column in told.columns}
    sections = [
        _section(captions[column], cell, cells.get(cell.address), _beneath(statement, row, column, shown, page), shown, page)
        for column, cell in row.cells.items()
    ]
    here = [Cell(amount_text(cell.printed), True, f"#{cell.address}") for cell in row.cells.values()]
    across = simple(f"{row.label}, {told.unit}", list(captions.values()), [tuple(here)])
    first = next(iter(row.cells.values()))
    return {
        "where": dated(statement),
        "said": "" if statement.is_measured else AS_PRINTED,
        "back": f"{up(page)}{INDEX}#{first.address if row.is_printed else statement.id}",
        "across": across,
        "sections": sections,
    }


def _section(
    caption: str, cell: ToldCell, explained: Explanation | None, beneath: list[View], shown: Shown, page: str
) -> dict[str, Any]:
    facts = [("Address", cell.address)]
    if cell.exact_minor is not None:
        facts.append((f"Exact, {shown.currency}", shown.money(cell.exact_minor)))
    views = beneath if explained is None else [_view(table, shown, page) for table in explained.tables if table.rows]
    return {
        "address": cell.address,
        "caption": caption,
        "printed": amount_text(cell.printed),
        "facts": facts,
        "said": "" if views or explained is None else "Nothing stands behind it: no account, no entry, no contract.",
        "views": views,
    }


def _view(table: Table, shown: Shown, page: str) -> View:
    """A table behind a cell; journals lead to their entries."""
    view = shown.table(table, page)
    if table.tells.what == CONTRACTS:
        without = [str(row[0]) for row in table.rows if not shown.site.link(str(row[0]), page)]
        return replace(view, remark=f"Without a page here: {explained_by(without[0], shown)}") if without else view
    if table.tells.what != JOURNALS:
        return view
    entries = [
        Cell(shown.entries.get(str(row[0]), str(row[0])), False, shown.site.link(entry_address(str(row[0])), page))
        for row in table.rows
    ]
    rows = tuple((entry, *cells[1:]) for entry, cells in zip(entries, view.rows, strict=True))
    return View(view.caption, view.header, rows, view.total, view.remark)


def entry_address(entry: str) -> str:
    """The address of an entry of the journals; its name has the numeral of its note."""
    return f"journal/{entry}"


def _beneath(statement: ToldStatement, row: ToldRow, column: str, shown: Shown, page: str) -> list[View]:
    """Of a printed cell alone: the row across for IFRS, the rows that it adds up for the others; in printed units."""
    if column == IFRS:
        parts = [(name, cell) for name, cell in row.cells.items() if name != IFRS]
        rows = [(Cell("US GAAP" if name == US_GAAP else name), _opened(cell, 1, shown, page)) for name, cell in parts]
        return [simple("US GAAP plus the columns, as printed", ("column", "printed"), rows)]
    by_id = {one.id: one for one in statement.rows}
    rows = [
        (Cell(by_id[child].label), _opened(by_id[child].cells[column], sign, shown, page))
        for sign, child in row.of
        if child in by_id
    ]
    return [simple("Adds up from, as printed", ("row", "printed"), rows)] if rows else []


def _opened(cell: ToldCell, sign: int, shown: Shown, page: str) -> Cell:
    return Cell(amount_text(sign * cell.printed), True, shown.site.link(cell.address, page))

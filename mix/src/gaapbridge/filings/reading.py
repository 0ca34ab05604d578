"""The tables of a file, whatever its form, as one reconciliation in the JSON shape."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

from gaapbridge.filings.column_map import EXAMPLE, ColumnMap, column_map
from gaapbridge.filings.column_words import unique_in
from gaapbridge.filings.decimal_marks import COMMA, REMEDY, RULE, UNTOLD, given_mark, mark_of, with_points
from gaapbridge.filings.flat_form import is_flat, read_flat
from gaapbridge.filings.forms import PAGES, TEXT_FORMS
from gaapbridge.filings.grid import MOST_CELLS, MOST_IN_A_LINE, Grid, with_figures_joined
from gaapbridge.filings.page_breaks import without_page_breaks
from gaapbridge.filings.refusals import Refusals
from gaapbridge.filings.table_read import Raw, TableRead

_NO_PAIR = "its headings name no two frameworks with an adjustment between them"

_TOO_LARGE = "leave what is no statement out of the file"


def read_tables(path: Path, columns: str | Mapping[str, str] | None = None, decimal: str | None = None) -> TableRead:
    """Everything that the tables of a file say; `columns` is the map of `--columns`, `decimal` the mark of `--decimal`.

    A file with one table is refused if it is no reconciliation; of one with several, those that are none are named as not read.
    Raises `UnusableInput`, with all that cannot be read of the file.
    """
    given, mark = column_map(columns), given_mark(decimal)
    form = path.suffix.lower()
    grids, said = _grids(path, form)
    marks = [mark or mark_of(grid) for grid in grids]
    grids = [with_points(grid) if one == COMMA else grid for grid, one in zip(grids, marks, strict=True)]
    if columns:
        given.refuse_unknown({name for grid in grids for name in _headings(grid, given)}, path.name)
    refusals = Refusals(path.name)
    whole = TableRead(not_read=said)
    on_page = form in PAGES or (form in TEXT_FORMS and len(grids) > 1)
    passed_over = 0
    for grid, one in zip(grids, marks, strict=True):
        passed_over += _take_grid(whole, grid, given, refusals, on_page=on_page, untold=one == UNTOLD)
    if not whole.statements or not on_page:
        refusals.raise_all()
    if not whole.statements:
        from gaapbridge.filings.unreconciled import no_reconciliation

        raise no_reconciliation(grids, given, refusals)
    if passed_over:
        why = f"{passed_over:,} other table{'s' if passed_over > 1 else ''}: no two frameworks with an adjustment between them"
        whole.leave("the page", why, f"where one of them is a reconciliation, name its columns: {EXAMPLE}")
    return whole


def _take_grid(whole: TableRead, grid: Grid, given: ColumnMap, refusals: Refusals, *, on_page: bool, untold: bool) -> bool:
    """Read one table; whether it was passed over, as most tables of a page are.

    Of a page, a table that cannot be read whole is left and named, since nobody can mend a page that was filed. `untold` says
    that its figures do not tell which mark stands before decimals.
    """
    own = Refusals(refusals.file)
    if (found := grid.too_large) is not None:
        rule = f"a table has at most {MOST_CELLS:,} cells, and {MOST_IN_A_LINE:,} in a line"
        refusals.add(rule, _TOO_LARGE, row=grid.title or None, value=found)
        if on_page:
            whole.leave(grid.title, f"{rule}; this one has {found}", _TOO_LARGE)
        return False
    read = _read(grid, own, given, strictly=on_page)
    if read is not None and untold:
        own.add(RULE, REMEDY, row=grid.place or None)
    refusals.met += own.met
    if own.met and on_page:
        where = f"{len(own.met)} of its cells cannot be read, the first: {own.met[0]}"
        whole.leave(grid.title, where, "copy the table into a CSV file and mend it there")
    elif read is not None:
        _take(whole, read)
    elif not on_page and not own.met:
        from gaapbridge.filings.unreconciled import how_to_name

        whole.leave(grid.title, _NO_PAIR, how_to_name(grid, given))
    return on_page and read is None and not own.met


def _read(grid: Grid, refusals: Refusals, given: ColumnMap, *, strictly: bool) -> TableRead | None:
    """A table in whichever way it reconciles: by ids, across, or down the page; None where it does not."""
    if is_flat(grid):
        return read_flat(grid, refusals, given)
    from gaapbridge.filings.down_the_page import (
        read_down,  # what tells frameworks from words is not loaded for a table with ids
    )
    from gaapbridge.filings.pasted import read_pasted

    across = read_pasted(grid, refusals, given, strictly=strictly)
    if across is not None or refusals.met:
        return across
    return read_down(grid, refusals, given, strictly=strictly)


def _grids(path: Path, form: str) -> tuple[list[Grid], list[Raw]]:
    if form == ".xlsx":
        from gaapbridge.filings.workbooks import read_workbook

        sheets, said = read_workbook(path)
        return _joined(sheets), said
    if form in PAGES:
        from gaapbridge.filings.pages import read_page

        return without_page_breaks(_joined(read_page(path))), []
    from gaapbridge.filings.text_tables import read_text_tables

    tables, said = read_text_tables(path)
    return without_page_breaks(_joined(tables)) if len(tables) > 1 else _joined(tables), said


def _joined(grids: Iterable[Grid]) -> list[Grid]:
    """The tables with their figures whole; what has ids stays as it is, since no program cuts figures."""
    return [grid if is_flat(grid) else with_figures_joined(grid) for grid in grids]


def _headings(grid: Grid, given: ColumnMap) -> list[str]:
    if is_flat(grid):
        return [cell.text for cell in grid.lines[0].cells]
    from gaapbridge.filings.down_the_page import captions_of
    from gaapbridge.filings.pasted import headings_of

    return [*headings_of(grid, given), *captions_of(grid)]


def _take(whole: TableRead, read: TableRead) -> None:
    """Put what a further table says beside what is known: columns of the same id are one, statements of the same id two."""
    known = {str(one["id"]): one for one in whole.columns}
    renamed: dict[str, str] = {}
    for column in read.columns:
        own = str(column["id"])
        parts = column.get("of")
        of = [renamed.get(str(one), str(one)) for one in parts] if isinstance(parts, list) else None
        one = {**column, "of": of} if of is not None else column
        same = own in known and {**known[own], "label": ""} == {**one, "label": ""}
        name = own if same or own not in known else unique_in(known.__contains__, own)
        renamed[own] = name
        if name not in known:
            known[name] = {**one, "id": name}
            whole.columns.append(known[name])
    taken = {str(one["id"]) for one in whole.statements}
    for statement in read.statements:
        statement["id"] = unique_in(taken.__contains__, str(statement["id"]))
        taken.add(str(statement["id"]))
        for row in _rows(statement):
            adjusted = row["adj"]
            assert isinstance(adjusted, dict)
            row["adj"] = {renamed[name]: amount for name, amount in adjusted.items()}
        whole.statements.append(statement)
    whole.paths = whole.paths or read.paths
    whole.top = {**read.top, **whole.top}
    whole.not_read += read.not_read
    whole.names += [one for one in read.names if one not in whole.names]


def _rows(statement: Raw) -> list[Raw]:
    rows = statement["rows"]
    assert isinstance(rows, list)
    return rows

"""From the JSON shape of a reconciliation to a `Document`, refusing what cannot be used.

Everything that is read is named in the refusal: the file, the statement and row, the column, the
value found, the rule it breaks and the remedy; all refusals of a file come together. Keys this version
does not know (`source`, `sign`, `published_anomalies`, ...) are left alone, since published files carry
their own; one that is nearly a known key is told.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from graphlib import CycleError, TopologicalSorter

from gaapbridge.statement.columns_told import with_columns_told
from gaapbridge.statement.decimals import decimals_of_row, decimals_printed
from gaapbridge.statement.document import (
    COLUMN_ROLES,
    IFRS,
    OURS,
    ROLES,
    US_GAAP,
    Column,
    Document,
    PeriodSum,
    Roll,
    Row,
    Statement,
    Wording,
)
from gaapbridge.statement.document_place import Place
from gaapbridge.statement.left_by_reading import left_by_reading
from gaapbridge.statement.rolls_reading import read_period_sums, read_rolls
from gaapbridge.terms.statement_kinds import LIST, kind_named


def read_document(raw: object, file: str) -> Document:
    """The document that `raw` (parsed JSON) describes; `file` is its name in refusals.

    >>> row = {"id": "ni", "us_gaap": 90, "adj": {"ecl": 10}, "ifrs": 100}
    >>> raw = {"columns": [{"id": "ecl"}], "statements": [{"id": "is", "rows": [row]}]}
    >>> read_document(raw, "small.json").statements[0].rows[0].amount("ecl")
    10

    Raises `UnusableInput`.
    """
    place = Place(file)
    top = place.mapping(raw, "the file")
    place.end()
    place = Place(file, decimals=decimals_printed(top))
    wording = Wording(*_frameworks(top, place), place.decimals)
    columns = _columns(top, place)
    statements = place.each(
        place.sequence(top, "statements", required=True), lambda one: _statement(one, place.at("statements"), columns, wording)
    )
    place.at("statements").unique((statement.id for statement in statements), "a statement id")
    document = Document(
        id=place.text(top, "id", default=file),
        file=file,
        issuer=place.text(top, "issuer"),
        currency=place.text(top, "currency"),
        unit=place.text(top, "unit"),
        columns=tuple(column for column in columns if column.role == "adjustment"),
        statements=statements,
        rolls=read_rolls(top, place),
        period_sums=read_period_sums(top, place),
        sum_columns=tuple(column for column in columns if column.role == "sum"),
        wording=wording,
        status=place.text(top, "status", default=""),
    )
    place.end()
    return refuse_unsound(with_columns_told(replace(document, left=left_by_reading(top, document)), _roles_given(top)))


def refuse_unsound(document: Document) -> Document:
    """The same document, once it is sure that its columns and rows exist where they are named, and amounts are bearable.

    Raises `UnusableInput`.
    """
    place, columns = Place(document.file), dict.fromkeys(document.column_ids)
    for statement in document.statements:
        for row in statement.rows:
            here = place.at(f"{statement.id}/{row.id}")
            for column in row.adjustments:
                here.known(column, columns, "the column of an adjustment", column=column)
            for column in (US_GAAP, *row.adjustments, *row.sums, IFRS):
                here.bearable(row.amount(column), column)
            for _, child in row.of:
                here.known(child, statement.by_id, "a row named in `of`", column="of")
        _refuse_circles(statement.rows, place.at(statement.id))
    for number, roll in enumerate(document.rolls, start=1):
        _refuse_unsound_roll(document, roll, place.at(f"rollforward {number}"))
    for number, one in enumerate(document.period_sums, start=1):
        _refuse_unsound_sum(document, one, place.at(f"period_sums {number}"))
    place.end()
    return document


def _refuse_unsound_roll(document: Document, roll: Roll, place: Place) -> None:
    by_id = {statement.id: statement for statement in document.statements}
    if roll.opening.statement is not None and not roll.opening.elsewhere:
        place.known(roll.opening.statement, by_id, "the statement", column="open")
    close = by_id.get(place.known(roll.close, by_id, "the statement", column="close"))
    flow = by_id.get(place.known(roll.flow, by_id, "the statement", column="flow"))
    if close is not None:
        place.known(roll.retained, close.by_id, f"the row in {close.id}", column="retained")
        for beside in roll.offset.values():
            if beside is not None:
                place.known(beside, close.by_id, "the row", column="offset")
    if flow is not None:
        place.known(roll.flow_row, flow.by_id, f"the row in {flow.id}", column="flow_row")
    for key, named in {"offset": roll.offset, "paths": roll.paths, "paths_pretax": roll.paths_pretax}.items():
        for column in named:
            place.known(column, document.column_ids, "the column", column=key)
    for paths in (*roll.paths.values(), *roll.paths_pretax.values()):
        for name, amount in paths.items():
            place.bearable(amount, name)


def _refuse_unsound_sum(document: Document, declared: PeriodSum, place: Place) -> None:
    by_id = {statement.id: statement for statement in document.statements}
    for name in (declared.total, *declared.parts):
        place.known(name, by_id, "the statement", column="total" if name == declared.total else "parts")
        if name in by_id:
            place.known(declared.row, by_id[name].by_id, f"the row in {name}", column="row")


def _frameworks(top: Mapping[str, object], place: Place, usual: Wording = OURS) -> tuple[str, str]:
    """The names of both, given one by one (`from`, `to`) or as a `pair`: `GAAP -> non-GAAP`; those that are `usual` else."""
    first, arrow, second = place.text(top, "pair").partition("->")
    named = arrow and first.strip() and second.strip()
    pair = (first.strip(), second.strip()) if named else (usual.from_gaap, usual.to_gaap)
    first, second = place.text(top, "from", default=pair[0]), place.text(top, "to", default=pair[1])
    return place.text(top, "from_gaap", default=first), place.text(top, "to_gaap", default=second)


def _columns(top: Mapping[str, object], place: Place) -> tuple[Column, ...]:
    here = place.at("columns")
    if "columns" not in top:
        place.refuse("`columns` lists the adjustment columns", "add `columns`", column="columns")
    columns = place.each(place.sequence(top, "columns"), lambda one: _column(here.mapping(one, "a column"), here))
    here.unique((column.id for column in columns), "a column id")
    ids = [column.id for column in columns]
    for column in columns:
        for part in column.of:
            here.known(part, (US_GAAP, *ids[: ids.index(column.id)]), "a column before it", column="of")
    return columns


def _column(raw: Mapping[str, object], here: Place) -> Column:
    name = here.name(raw, "id")
    if name in (US_GAAP, IFRS, "adj"):
        here.refuse("the ids us_gaap, ifrs and adj are taken", "rename the column", value=name)
    note = here.text(raw, "note") or None
    role = here.known(here.text(raw, "role", default="adjustment"), COLUMN_ROLES, "the role of a column", column="role")
    of = tuple(str(part) for part in here.sequence(raw, "of", required=role == "sum"))
    return Column(name, note, here.text(raw, "label", default=name), here.flag(raw, "vat_in_lines"), role, of)


def _roles_given(top: Mapping[str, object]) -> frozenset[str]:
    """The ids of the columns whose role is stated; that of the others may be told from their figures."""
    listed = top["columns"]
    return frozenset(one["id"] for one in listed if "role" in one) if isinstance(listed, list) else frozenset()


def _statement(one: object, place: Place, columns: tuple[Column, ...], wording: Wording) -> Statement:
    raw = place.mapping(one, "a statement")
    here = place.at(place.name(raw, "id"))
    rows = place.each(here.sequence(raw, "rows", required=True), lambda row: _row(row, here, columns))
    here.unique((row.id for row in rows), "a row id")
    kind = here.text(raw, "kind", default=LIST)
    return Statement(
        id=here.name(raw, "id"),
        kind=kind_named(kind) or kind,
        as_of=here.text(raw, "as_of") or None,
        period=here.text(raw, "period") or None,
        rows=rows,
        complete=here.flag(raw, "complete"),
        basis=here.text(raw, "basis"),
        wording=Wording(*_frameworks(raw, here, wording), wording.decimals),
    )


def _row(one: object, place: Place, columns: tuple[Column, ...]) -> Row:
    raw = place.mapping(one, "a row")
    row_id = place.name(raw, "id")
    here = place.at(f"{place.row}/{row_id}")
    adjustments = here.mapping(raw.get("adj", {}), "`adj`")
    of = _of(raw, here)
    role = here.text(raw, "role", default="subtotal" if of else "line")
    here.known(role, ROLES, "the role of a row", column="role")
    here = replace(here, decimals=decimals_of_row(raw)) if role == "memo" else here
    derived = here.sequence(raw, "derived")
    for cell in derived:
        here.known(str(cell), (US_GAAP, IFRS, "adj", *(one.id for one in columns)), "a derived cell", column="derived")
    roles = {column.id: column.role for column in columns}
    return Row(
        id=row_id,
        label=here.text(raw, "label", default=row_id),
        section=here.text(raw, "section"),
        role=role,
        us_gaap=here.amount(raw, US_GAAP),
        adjustments={name: here.amount(adjustments, name) for name in adjustments if roles.get(name) not in ("sum", "memo")},
        ifrs=here.amount(raw, IFRS),
        of=of,
        derived=frozenset(str(cell) for cell in derived),
        sums={name: here.amount(adjustments, name) for name in adjustments if roles.get(name) == "sum"},
        decimals=here.decimals,
    )


def _of(raw: Mapping[str, object], place: Place) -> tuple[tuple[int, str], ...]:
    of = []
    for pair in place.sequence(raw, "of"):
        if not isinstance(pair, list) or len(pair) != 2:
            place.refuse("`of` is a list of [sign, row id]", 'write [1, "row"]', column="of", value=pair)
            continue
        sign, child = pair
        if isinstance(sign, bool) or not isinstance(sign, int) or sign not in (1, -1):
            place.refuse("a sign in `of` is 1 or -1", "write 1 or -1", column="of", value=sign)
        elif not isinstance(child, str):
            place.refuse("`of` names rows by id", "write the row's id", column="of", value=child)
        else:
            of.append((sign, child))
    place.unique((child for _, child in of), "a row in `of`")
    return tuple(of)


def _refuse_circles(rows: tuple[Row, ...], place: Place) -> None:
    """No row adds up to itself."""
    try:
        TopologicalSorter({row.id: [child for _, child in row.of] for row in rows}).prepare()
    except CycleError as circle:
        place.refuse("no sub-total adds up to itself", "break the circle", column="of", value=" ".join(circle.args[1]))

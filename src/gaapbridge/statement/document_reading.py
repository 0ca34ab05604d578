"""From the JSON shape of a reconciliation to a `Document`, refusing what cannot be used.

Everything that is read is named in the refusal: the file, the statement and row, the column, the
value found, the rule it breaks and the remedy. Keys this version does not know (`source`, `sign`,
`published_anomalies`, ...) are left alone, since published files carry their own.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from graphlib import CycleError, TopologicalSorter
from typing import NoReturn

from gaapbridge.statement.document import (
    IFRS,
    ROLES,
    US_GAAP,
    Column,
    Document,
    Opening,
    PeriodSum,
    Roll,
    Row,
    Statement,
)
from gaapbridge.terms.errors import UnusableInput, nearest
from gaapbridge.terms.money import LARGEST_TOTAL


def read_document(raw: object, file: str) -> Document:
    """The document that `raw` (parsed JSON) describes; `file` is its name in refusals.

    >>> row = {"id": "ni", "us_gaap": 90, "adj": {"ecl": 10}, "ifrs": 100}
    >>> raw = {"columns": [{"id": "ecl"}], "statements": [{"id": "is", "rows": [row]}]}
    >>> read_document(raw, "small.json").statements[0].rows[0].amount("ecl")
    10

    Raises `UnusableInput`.
    """
    place = _Place(file)
    top = place.mapping(raw, "the file")
    columns = _columns(top, place)
    statements = _statements(top, place, tuple(column.id for column in columns))
    document = Document(
        id=place.text(top, "id", default=file),
        file=file,
        issuer=place.text(top, "issuer"),
        currency=place.text(top, "currency"),
        unit=place.text(top, "unit"),
        columns=columns,
        statements=statements,
        rolls=_rolls(top, place),
        period_sums=_period_sums(top, place, statements),
        status=place.text(top, "status", default=""),
    )
    return refuse_unsound(document)


def refuse_unsound(document: Document) -> Document:
    """The same document, once it is sure that its columns and rows exist where they are named, and amounts are bearable.

    Raises `UnusableInput`.
    """
    place = _Place(document.file)
    for statement in document.statements:
        for row in statement.rows:
            here = place.at(f"{statement.id}/{row.id}")
            for column in row.adjustments:
                here.known(column, document.column_ids, "the column of an adjustment", column=column)
            for column in (US_GAAP, *row.adjustments, IFRS):
                here.bearable(row.amount(column), column)
    for number, roll in enumerate(document.rolls, start=1):
        _refuse_unsound_roll(document, roll, place.at(f"rollforward {number}"))
    return document


def _refuse_unsound_roll(document: Document, roll: Roll, place: _Place) -> None:
    by_id = {statement.id: statement for statement in document.statements}
    if roll.opening.statement is not None and not roll.opening.elsewhere:
        place.known(roll.opening.statement, by_id, "the statement", column="open")
    close = by_id[place.known(roll.close, by_id, "the statement", column="close")]
    flow = by_id[place.known(roll.flow, by_id, "the statement", column="flow")]
    place.known(roll.retained, close.by_id, f"the row in {close.id}", column="retained")
    place.known(roll.flow_row, flow.by_id, f"the row in {flow.id}", column="flow_row")
    for key, named in {"offset": roll.offset, "paths": roll.paths, "paths_pretax": roll.paths_pretax}.items():
        for column in named:
            place.known(column, document.column_ids, "the column", column=key)
    for beside in roll.offset.values():
        if beside is not None:
            place.known(beside, close.by_id, "the row", column="offset")
    for paths in (*roll.paths.values(), *roll.paths_pretax.values()):
        for name, amount in paths.items():
            place.bearable(amount, name)


@dataclass(frozen=True)
class _Place:
    """Where reading stands: file and row, as they are named in a refusal."""

    file: str
    row: str | None = None

    def at(self, row: str) -> _Place:
        return _Place(self.file, row)

    def refuse(self, rule: str, remedy: str, *, column: str | None = None, value: object = None) -> NoReturn:
        shown = None if value is None else _shortened(value)
        raise UnusableInput(file=self.file, row=self.row, column=column, value=shown, rule=rule, remedy=remedy)

    def mapping(self, value: object, what: str) -> Mapping[str, object]:
        if not isinstance(value, Mapping):
            self.refuse(f"{what} is a JSON object", "see docs/reference/verify.md for the shape", value=value)
        return value

    def sequence(self, owner: Mapping[str, object], key: str, *, required: bool = False) -> list[object]:
        value = owner.get(key)
        if value is None and not required:
            return []
        if not isinstance(value, list):
            self.refuse(f"`{key}` is a list", f"give `{key}` as a JSON list", column=key, value=value)
        if required and not value:
            self.refuse(f"`{key}` is not empty", f"give at least one of `{key}`", column=key)
        return value

    def name(self, owner: Mapping[str, object], key: str) -> str:
        value = owner.get(key)
        if not isinstance(value, str) or not value.strip():
            self.refuse(f"`{key}` is a text and not blank", f"name it in `{key}`", column=key, value=value)
        return value

    def text(self, owner: Mapping[str, object], key: str, default: str = "") -> str:
        value = owner.get(key)
        if value is None:
            return default
        if not isinstance(value, str):
            self.refuse(f"`{key}` is a text", f"write `{key}` in quotes", column=key, value=value)
        return value

    def flag(self, owner: Mapping[str, object], key: str) -> bool:
        value = owner.get(key, True)
        if not isinstance(value, bool):
            self.refuse(f"`{key}` is true or false", f"write {key} without quotes", column=key, value=value)
        return value

    def amount(self, owner: Mapping[str, object], key: str) -> int:
        if key not in owner:
            self.refuse("every row gives this amount", "add it; 0 where nil was printed", column=key)
        value = owner[key]
        if isinstance(value, bool) or not isinstance(value, int):
            self.refuse(
                "an amount is a whole number of presentation units",
                "give the printed figure as a whole number, without quotes, separators or decimals",
                column=key,
                value="null" if value is None else value,
            )
        return value

    def bearable(self, amount: int, column: str) -> None:
        if abs(amount) > LARGEST_TOTAL:
            self.refuse("an amount is below 10^18", "check the figure and its unit", column=column, value=amount)

    def known(self, name: str, known: Collection[str], what: str, *, column: str | None = None) -> str:
        if name not in known:
            like = nearest(name, known)
            near = f"did you mean {' or '.join(like)}" if like else f"known are {', '.join(known)}"
            self.refuse(f"{what} exists", near, column=column, value=name)
        return name

    def unique(self, names: Iterable[str], what: str) -> None:
        seen: set[str] = set()
        for name in names:
            if name in seen:
                self.refuse(f"{what} occurs once", "give each its own id", value=name)
            seen.add(name)


def _columns(top: Mapping[str, object], place: _Place) -> tuple[Column, ...]:
    columns = []
    if "columns" not in top:
        place.refuse("`columns` lists the adjustment columns", "add `columns`", column="columns")
    for one in place.sequence(top, "columns"):
        raw = place.at("columns").mapping(one, "a column")
        here = place.at("columns")
        name = here.name(raw, "id")
        if name in (US_GAAP, IFRS, "adj"):
            here.refuse("the ids us_gaap, ifrs and adj are taken", "rename the column", value=name)
        note = here.text(raw, "note") or None
        columns.append(Column(name, note, here.text(raw, "label", default=name), here.flag(raw, "vat_in_lines")))
    place.at("columns").unique((column.id for column in columns), "a column id")
    return tuple(columns)


def _statements(top: Mapping[str, object], place: _Place, column_ids: tuple[str, ...]) -> tuple[Statement, ...]:
    statements = []
    for one in place.sequence(top, "statements", required=True):
        raw = place.at("statements").mapping(one, "a statement")
        here = place.at(place.at("statements").name(raw, "id"))
        rows = tuple(_row(row, here, column_ids) for row in here.sequence(raw, "rows", required=True))
        here.unique((row.id for row in rows), "a row id")
        _refuse_circles(rows, here)
        complete = raw.get("complete", True)
        if not isinstance(complete, bool):
            here.refuse("it is true or false", "write true or false", column="complete", value=complete)
        statements.append(
            Statement(
                id=here.name(raw, "id"),
                kind=here.text(raw, "kind", default="list"),
                as_of=here.text(raw, "as_of") or None,
                period=here.text(raw, "period") or None,
                rows=rows,
                complete=complete,
                basis=here.text(raw, "basis"),
            )
        )
    place.at("statements").unique((statement.id for statement in statements), "a statement id")
    return tuple(statements)


def _row(one: object, place: _Place, column_ids: tuple[str, ...]) -> Row:
    raw = place.mapping(one, "a row")
    row_id = place.name(raw, "id")
    here = place.at(f"{place.row}/{row_id}")
    adjustments = here.mapping(raw.get("adj", {}), "`adj`")
    of = _of(raw, here)
    role = here.text(raw, "role", default="subtotal" if of else "line")
    here.known(role, ROLES, "the role of a row", column="role")
    derived = here.sequence(raw, "derived")
    for cell in derived:
        here.known(str(cell), (US_GAAP, IFRS, "adj", *column_ids), "a derived cell", column="derived")
    return Row(
        id=row_id,
        label=here.text(raw, "label", default=row_id),
        section=here.text(raw, "section"),
        role=role,
        us_gaap=here.amount(raw, US_GAAP),
        adjustments={column: here.amount(adjustments, column) for column in adjustments},
        ifrs=here.amount(raw, IFRS),
        of=of,
        derived=frozenset(str(cell) for cell in derived),
    )


def _of(raw: Mapping[str, object], place: _Place) -> tuple[tuple[int, str], ...]:
    of = []
    for pair in place.sequence(raw, "of"):
        if not isinstance(pair, list) or len(pair) != 2:
            place.refuse("`of` is a list of [sign, row id]", 'write [1, "row"]', column="of", value=pair)
        sign, child = pair
        if isinstance(sign, bool) or not isinstance(sign, int) or sign not in (1, -1):
            place.refuse("a sign in `of` is 1 or -1", "write 1 or -1", column="of", value=sign)
        if not isinstance(child, str):
            place.refuse("`of` names rows by id", "write the row's id", column="of", value=child)
        of.append((sign, child))
    place.unique((child for _, child in of), "a row in `of`")
    return tuple(of)


def _refuse_circles(rows: tuple[Row, ...], place: _Place) -> None:
    """Every `of` names rows of the statement, and no row adds up to itself."""
    by_id = {row.id: row for row in rows}
    for row in rows:
        for _, child in row.of:
            place.at(f"{place.row}/{row.id}").known(child, by_id, "a row named in `of`", column="of")
    try:
        TopologicalSorter({row.id: [child for _, child in row.of] for row in rows}).prepare()
    except CycleError as circle:
        place.refuse("no sub-total adds up to itself", "break the circle", column="of", value=" ".join(circle.args[1]))


def _rolls(top: Mapping[str, object], place: _Place) -> tuple[Roll, ...]:
    rolls = []
    for number, one in enumerate(place.sequence(top, "rollforward"), start=1):
        here = place.at(f"rollforward {number}")
        raw = here.mapping(one, "a roll-forward")
        rolls.append(
            Roll(
                opening=_opening(here.name(raw, "open"), here),
                close=here.name(raw, "close"),
                flow=here.name(raw, "flow"),
                retained=here.name(raw, "retained"),
                flow_row=here.name(raw, "flow_row"),
                offset=_offset(raw, here),
                paths=_paths(raw, "paths", here),
                paths_pretax=_paths(raw, "paths_pretax", here),
            )
        )
    return tuple(rolls)


def _opening(reference: str, place: _Place) -> Opening:
    file, mark, statement = reference.rpartition("#")
    if not mark:
        return Opening(statement)
    if not file or not statement:
        place.refuse("another file's statement is written file#statement", "name both", column="open", value=reference)
    return Opening(statement, file)


def _per_column(raw: Mapping[str, object], key: str, place: _Place) -> Mapping[str, object]:
    given = raw.get(key)
    return place.mapping({} if given is None else given, f"`{key}`")


def _offset(raw: Mapping[str, object], place: _Place) -> dict[str, str | None]:
    offset: dict[str, str | None] = {}
    for column, row in _per_column(raw, "offset", place).items():
        if row is not None and not isinstance(row, str):
            place.refuse("an offset is a row id or null", "name the row", column="offset", value=row)
        offset[column] = row
    return offset


def _paths(raw: Mapping[str, object], key: str, place: _Place) -> dict[str, dict[str, int]]:
    paths: dict[str, dict[str, int]] = {}
    for column, named in _per_column(raw, key, place).items():
        amounts = place.mapping(named, f"`{key}` of {column}")
        paths[column] = {name: place.amount(amounts, name) for name in amounts}
    return paths


def _period_sums(top: Mapping[str, object], place: _Place, statements: tuple[Statement, ...]) -> tuple[PeriodSum, ...]:
    by_id = {statement.id: statement for statement in statements}
    sums = []
    for number, one in enumerate(place.sequence(top, "period_sums"), start=1):
        here = place.at(f"period_sums {number}")
        raw = here.mapping(one, "a sum of periods")
        total, row = here.name(raw, "total"), here.name(raw, "row")
        parts = [str(part) for part in here.sequence(raw, "parts", required=True)]
        for name in (total, *parts):
            here.known(name, by_id, "the statement", column="total" if name == total else "parts")
            here.known(row, by_id[name].by_id, f"the row in {name}", column="row")
        sums.append(PeriodSum(total, tuple(parts), row))
    return tuple(sums)


def _shortened(value: object, longest: int = 60) -> str:
    shown = value if isinstance(value, str) else repr(value)
    return shown if len(shown) <= longest else shown[: longest - 3] + "..."

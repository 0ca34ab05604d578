"""The header of a file held against a schema: which of its columns are ours, and that none is missing or unexplained."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from gaapbridge.tapes.how import BY_COLUMN, How, named_by
from gaapbridge.tapes.named_units import OTHER, said, unit_named
from gaapbridge.tapes.raw import Raw
from gaapbridge.tapes.schema import Schema
from gaapbridge.tapes.written_days import is_of_months
from gaapbridge.terms import UnusableInput, nearest

NOWHERE = ""
"""Where columns are mapped that no plan maps."""


def sources_of(
    raw: Raw, schema: Schema, columns: Mapping[str, str], ignore: Sequence[str], how: How, where: str
) -> dict[str, tuple[str, ...]]:
    """The file's columns from which each of ours is made, none of a constant. Raises ``UnusableInput`` as ``matched`` does, and
    where what the plan states of a column does not fit it."""
    _refuse_misfits(raw, schema, columns, ignore, how)
    made = {ours: tuple(name for name in names if name in raw.header) for ours, names in how.first_of.items()}
    for ours, present in made.items():
        if not present:
            raise _column_error(
                raw, how.first_of[ours][0], f"one of the columns of read.first_of.{ours} is in the file", raw.header
            )
    for name in how.only:
        if name not in raw.header:
            raise _column_error(raw, name, "a column of read.only is in the file", raw.header, "read.only")
    explained = [*ignore, *(name for name in how.only if name not in schema.names)]
    theirs = matched(raw, schema, columns, explained, where, {**made, **dict.fromkeys(how.constant, ())})
    sources = {**{ours: (name,) for ours, name in theirs.items()}, **made, **dict.fromkeys(how.constant, ())}
    for ours in how.total_where:
        if not sources.get(ours):
            raise _column_error(raw, ours, "a column of read.total_where is in the file", tuple(sources), "read.total_where")
    return {ours: sources[ours] for ours in schema.names if ours in sources}


def _refuse_misfits(raw: Raw, schema: Schema, columns: Mapping[str, str], ignore: Sequence[str], how: How) -> None:
    """Raise where a key of ``read`` names a column that is none of the tape's, or holds what the key does not apply to."""
    for key, one in BY_COLUMN.items():
        fitting = [column.name for column in schema.columns if column.kind in one.kinds]
        for name in named_by(how, key):
            if name not in fitting:
                what = "" if one.held is None else f" that hold {one.held}"
                rule = f"read.{key} names columns of the {schema.name} tape{what}"
                raise _column_error(raw, name, rule, fitting, f"read.{key}")
    if (months := [one for one in how.dates if is_of_months(one)]) and not schema.by_month:
        rule, remedy = "a format of dates has a day, but in a history", f"export the day too, and write it as {months[0]}-%d"
        raise UnusableInput(file=raw.file, column="read.dates", value=months[0], rule=rule, remedy=remedy)
    for name, words in how.values.items():
        odd = next((word for word, value in words.items() if isinstance(value, bool) or not isinstance(value, int)), None)
        if schema.column(name).kind == "count" and odd is not None:
            rule = f"read.values.{name} says of each word which whole number it is"
            remedy = f'write it without quotes, as "{odd}" = 31'
            raise UnusableInput(file=raw.file, column=name, value=f"{odd} = {words[odd]}", rule=rule, remedy=remedy)
    for name in how.constant:
        if (name in raw.header and name not in ignore) or name in columns:
            raise _column_error(raw, name, "read.constant is for a column that the file does not have", (), "read.constant")
    for name in how.first_of:
        if name in columns or name in how.constant:
            raise _column_error(raw, name, "a column is made in one way: by columns, read.first_of or read.constant", ())
    if raw.workbook and (how.decimal not in (None, ".") or how.thousands not in (None, ",")):
        raise UnusableInput(
            file=raw.file,
            value=f"decimal {how.decimal or '.'}, thousands {how.thousands or 'none'}",
            rule="the numbers of a workbook are numbers, whatever separators it shows them with",
            remedy="leave out read.decimal and read.thousands; turn text into numbers, or save the sheet as CSV",
        )


def matched(
    raw: Raw,
    schema: Schema,
    columns: Mapping[str, str],
    ignore: Sequence[str],
    where: str,
    made: Mapping[str, Sequence[str]] | None = None,
) -> dict[str, str]:
    """Our column names to the file's, for the columns the file has; every other column explained. ``made`` are columns of ours
    that are made in another way, with those of the file that this takes; ``where`` is the table of the plan that maps them."""
    made = made or {}
    for ours, theirs in columns.items():
        if ours not in schema.names:
            raise _column_error(raw, ours, f"columns maps columns of the {schema.name} tape", schema.names)
        if theirs not in raw.header:
            raise _not_there(raw, ours, theirs, [name for name in raw.header if name not in columns.values()])
    taken = set(columns.values())
    if len(taken) < len(columns):
        raise _mapped_twice(raw, columns, where)
    taken |= {name for names in made.values() for name in names}
    free = [name for name in raw.header if name not in taken and name not in ignore]
    own = {name: name for name in free if name in schema.names and name not in columns and name not in made}
    found = {**columns, **own}
    _refuse_unknown(
        raw, schema, {**found, **dict.fromkeys(made, "")}, [name for name in free if name not in own], ignore, where
    )
    _refuse_missing(raw, schema, {**found, **dict.fromkeys(made, "")}, where)
    return {ours: found[ours] for ours in schema.names if ours in found}


def _mapped_twice(raw: Raw, columns: Mapping[str, str], where: str) -> UnusableInput:
    """A column of the file that stands for several of ours, with the keys that take it."""
    theirs = next(one for one in columns.values() if list(columns.values()).count(one) > 1)
    keys = [ours for ours, one in columns.items() if one == theirs]
    rule = f"a column of the file is mapped to one of ours, and {' and '.join(keys)} take it in {where}"
    return UnusableInput(file=raw.file, column=theirs, rule=rule, remedy=f"leave the line of one of them: {' or '.join(keys)}")


def _not_there(raw: Raw, ours: str, theirs: str, free: Sequence[str]) -> UnusableInput:
    """A column that is mapped and not in the file; one that names another unit is not taken for it."""
    rule = f"the column mapped to {ours} is in the file"
    other = next((name for name in nearest(theirs, free) if unit_named(name) != unit_named(theirs)), None)
    alike = [name for name in free if unit_named(name) == unit_named(theirs)]
    if other is None or nearest(theirs, alike, n=1):
        return _column_error(raw, theirs, rule, alike)
    unit = unit_named(other)
    stated = f', and add {ours} = "{unit}" to units of read' if unit and unit != OTHER else ", once you know its unit"
    return UnusableInput(
        file=raw.file, column=theirs, rule=rule,
        remedy=f"the file has {other}, which names {said(unit) if unit else 'no unit'}: where it is meant, map it{stated}",
    )  # fmt: skip


def _refuse_unknown(
    raw: Raw, schema: Schema, matched: Mapping[str, str], extra: list[str], ignore: Sequence[str], where: str
) -> None:
    if not extra or "*" in ignore:
        return
    first, *others = extra
    more = f" (and {len(others)} more: {', '.join(others[:5])})" if others else ""
    close = nearest(first, [name for name in schema.names if name not in matched], n=1)
    missing = ", ".join(_missing(schema, matched))
    if where == NOWHERE:
        remedy = (
            f"name it {close[0]}" if close else f"leave it out{f', or name it what is missing: {missing}' if missing else ''}"
        )
    elif close:
        remedy = f'map it in {where} ({close[0]} = "{first}"), or list it in ignore'
    else:
        remedy = f"list it in ignore{f', or map it in {where} where it holds what is missing: {missing}' if missing else ''}"
    raise UnusableInput(
        file=raw.file,
        row="header",
        column=first,
        rule=f"every column is one of the {schema.name} tape{more}",
        remedy=remedy,
    )


def _refuse_missing(raw: Raw, schema: Schema, matched: Mapping[str, str], where: str) -> None:
    missing = _missing(schema, matched)
    if not missing:
        return
    first, *others = missing
    more = f" (and {len(others)} more: {', '.join(others[:5])})" if others else ""
    close = nearest(first, [name for name in raw.header if name not in matched.values()], n=1)
    new, meant = f"add it ({schema.column(first).description})", f"name it so ({close[0]})" if close else ""
    if where != NOWHERE:
        new, meant = (
            f'{new}, or map it in {where} ({first} = "...")',
            f'map it in {where} ({first} = "{close[0]}")' if close else "",
        )
    raise UnusableInput(
        file=raw.file,
        row="header",
        column=first,
        rule=f"the {schema.title.lower()} has the column{more}",
        remedy=meant or new,
    )


def _missing(schema: Schema, matched: Mapping[str, str]) -> list[str]:
    return [column.name for column in schema.columns if column.required and column.name not in matched]


def _column_error(raw: Raw, column: str, rule: str, known: Sequence[str], key: str = "the columns table") -> UnusableInput:
    close = nearest(column, known, n=1)
    remedy = f"did you mean {close[0]}?" if close else f"correct {key} of the plan"
    return UnusableInput(file=raw.file, column=column, rule=rule, remedy=remedy)

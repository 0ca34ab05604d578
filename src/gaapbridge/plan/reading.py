"""What a plan states of how a file is written: its layout, and how its columns hold what ours do."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, Field, PlainValidator, ValidationError, model_validator

from gaapbridge.plan.section import Amounts, Section

_DIRECTIVES = "YymdbBHMS"
_EXCEL, _ISO = "excel", "%Y-%m-%d"

RATIOS = {"percent": "percent", "per_mille": "per mille"}
"""Keys of a ``read`` table that say in what ratios are written, of which a column is in one, and what they are called."""

Rows = Annotated[int, Field(ge=0, le=1_000)]
Unit = Literal["minor", "major", "thousand", "ten_thousand", "lakh", "million", "crore", "hundred_million"]


def _known_formats(formats: list[str]) -> list[str]:
    """Formats of dates, of which no two have one shape, nor one that of ISO 8601, which is always read: the first would take
    what the second means. A time of day beside it tells no day from a month."""
    shapes = dict.fromkeys(_shapes(_ISO), _ISO)
    for place, form in enumerate(formats):
        named = re.findall("%(.)", form)
        if form != _EXCEL and (set(named) - set(_DIRECTIVES) or not _is_day(named)):
            remedy = f'write it as in "%d/%m/%Y", of {", ".join("%" + one for one in _DIRECTIVES)}, or "{_EXCEL}"'
            raise ValueError(f"a format of dates has a year, a month and a day; {remedy}")
        if form in formats[:place]:
            raise ValueError(f"a format of dates is stated once, and {form} is twice; remove it")
        for shape in _shapes(form):
            if _day_of(other := shapes.setdefault(shape, form)) != _day_of(form):
                remedy = "state the one the file is written in; two kinds of files are two tapes"
                raise ValueError(f"{other} and {form} read the same cell as two different days; {remedy}")
    return formats


def _shapes(form: str) -> list[str]:
    """What a cell of a format looks like, with a time of day and without: all numbers of two digits alike, of digits alone how
    many. Days that a workbook counts have six in our times."""
    return [_shape(one) for one in (["%y%m%d"] if form == _EXCEL else [_day_of(form), form])]


def _shape(form: str) -> str:
    if re.fullmatch("(%[YymdHMS])+", form):
        return f"{2 * form.count('%') + 2 * form.count('%Y')} digits"
    return re.sub("%[ymd]", "%m", form)


def _day_of(form: str) -> str:
    """A format without the time of day, names of months alike.

    >>> _day_of("%d/%m/%Y %H:%M:%S"), _day_of("%d %B %YT%H:%M:%SZ")
    ('%d/%m/%Y', '%d %b %Y')
    """
    return re.sub(r"[\sT:.,]*%[HMS][^%\s]*", "", form).strip().replace("%B", "%b")


def _is_day(named: list[str]) -> bool:
    """Whether a day is named, or a month of which a history takes the last day."""
    return [sum(named.count(one) for one in part) for part in ("Yy", "mbB", "d")] in ([1, 1, 1], [1, 1, 0])


def _separator(value: Any) -> Any:
    if not isinstance(value, str) or len(value) != 1 or value.isalnum() or value in '-+()%"':
        raise ValueError('must be one character that stands in no number, in quotes; write "," or "."')
    return value


def _delimiter(value: Any) -> Any:
    if not isinstance(value, str) or len(value) != 1 or not value.isascii() or value.isalnum() or value in '"\r\n':
        raise ValueError('must be the one character between the cells, in quotes; write ";", "|" or "\\t" for a tabulator')
    return value


def _word(value: Any) -> Any:
    if not isinstance(value, (str, bool, int)):
        raise ValueError("must be a text in quotes, a whole number, true or false")
    return value


def _texts(value: Any) -> Any:
    several = isinstance(value, list) and bool(value) and all(isinstance(one, str) for one in value)
    if not isinstance(value, str) and not several:
        raise ValueError('must be a text or a list of texts, in quotes; write "合计" or ["合计", "1303"]')
    return value


Texts = Annotated[str | list[str], PlainValidator(_texts)]
Word = Annotated[str | bool | int, PlainValidator(_word)]
Separator = Annotated[str, BeforeValidator(_separator)]
Delimiter = Annotated[str, BeforeValidator(_delimiter)]
Encoding = Literal["UTF-8", "UTF-8-SIG", "UTF-16", "GB18030", "cp1252"]
HeaderRows = Annotated[int, Field(ge=1, le=4)]


class ReadKeys(BaseModel):
    """What may be said of how a file is written: ``docs/reference/reading.md`` has every key with an example.

    Keys of columns name ours. What is not stated is as in a file of ours.
    """

    model_config = Section.model_config

    dates: Annotated[list[str], AfterValidator(_known_formats)] = Field(default_factory=list)
    decimal: Separator | None = None
    thousands: Separator | None = None
    negative: list[str] = Field(default_factory=list)
    percent: list[str] = Field(default_factory=list)
    per_mille: list[str] = Field(default_factory=list)
    units: dict[str, Unit] = Field(default_factory=dict)
    values: dict[str, dict[str, Word]] = Field(default_factory=dict)
    empty: list[str] = Field(default_factory=list)
    trim: list[str] = Field(default_factory=list)
    pad: dict[str, Annotated[int, Field(ge=2, le=64)]] = Field(default_factory=dict)
    first_of: dict[str, Annotated[list[str], Field(min_length=1)]] = Field(default_factory=dict)
    constant: dict[str, Word] = Field(default_factory=dict)
    total_where: dict[str, Texts] = Field(default_factory=dict)
    only: dict[str, list[str]] = Field(default_factory=dict)
    left_out: dict[str, list[str]] = Field(default_factory=dict)
    skip_rows: Rows = 0
    header_rows: HeaderRows = 1
    total_rows: Rows = 0
    sheet: str | None = None
    delimiter: Delimiter | None = None
    encoding: Encoding | None = None


def refuse_contradictions(read: ReadKeys) -> None:
    """Raise ``ValueError`` where keys of one table do not go together."""
    if (read.decimal or ".") == read.thousands:
        raise ValueError('decimal and thousands must differ; write, for example, decimal = "," and thousands = "."')
    ratios = [name for key in RATIOS for name in dict.fromkeys(getattr(read, key))]
    for twice in sorted({name for name in ratios if ratios.count(name) > 1}):
        raise ValueError(f"{twice} is read in {' or '.join(RATIOS.values())}; name it in one of them")
    for column, words in read.left_out.items():
        both = sorted(set(words) & set(read.only.get(column, ())))
        if both:
            raise ValueError(f"rows of {both[0]} are taken or left out; name it in read.only or in read.left_out")
        if column not in read.only:
            raise ValueError(f'read.only says which rows are taken by {column}; add only = {{ "{column}" = [...] }}')


class ReadTable(ReadKeys):
    """How a file is written."""

    @model_validator(mode="after")
    def _apart(self) -> ReadTable:
        refuse_contradictions(self)
        return self


class InstantRead(ReadKeys):
    """How the file of one instant is written, where it is not as that of the other: in the place of the tape's own keys."""

    amounts: Amounts | None = None
    ignore: list[str] = Field(default_factory=list)
    columns: dict[str, str] = Field(default_factory=dict)


class TapeRead(ReadKeys):
    """How the files of both instants are written, and beneath each instant what is only of its own."""

    opening: InstantRead | None = None
    closing: InstantRead | None = None

    @model_validator(mode="after")
    def _apart(self) -> TapeRead:
        refuse_contradictions(self)
        return self


INSTANTS = ("opening", "closing")
"""The tables of a read table that are of one instant."""

_OF_TAPE = ("amounts", "ignore", "columns")
"""Keys of a tape's own table that a table of an instant may state too."""

_MADE = ("columns", "first_of", "constant")
"""Ways in which a column of ours is made: one that an instant states stands in the place of any that both share."""


_WHOLE = ("total_where", "only", "left_out")
"""Tables that say one thing of a row together: those of an instant stand in the place of those that both share."""


def at_instant(stated: Mapping[str, Any], instant: str) -> dict[str, Any]:
    """What a tape's table states of the file of one instant: ``amounts``, ``ignore``, ``columns`` and ``read``. What stands
    beneath the instant goes before what both share; of tables with a value for each column, column by column.

    >>> at_instant({"columns": {"status": "a", "segment": "b"}, "read": {"opening": {"columns": {"status": "c"}}}}, "opening")
    {'columns': {'status': 'c', 'segment': 'b'}, 'read': {}}
    """
    described = {key: stated[key] for key in _OF_TAPE if key in stated}
    if stated.get("read") is None:
        return described
    read = {key: value for key, value in stated["read"].items() if key not in INSTANTS}
    own = {key: value for key, value in (stated["read"].get(instant) or {}).items() if value is not None}
    made = {name for key in _MADE for name in own.get(key, {})}
    for key, value in own.items():
        shared = described if key in _OF_TAPE else read
        shared[key] = _over(key, shared.get(key), value)
    for shared in (described, read):
        for key in (key for key in _MADE if key in shared):
            shared[key] = {name: value for name, value in shared[key].items() if name not in made or name in own.get(key, {})}
    return {**described, "read": read}


def _over(key: str, shared: Any, own: Any) -> Any:
    """What an instant states of a key over what both share: of a table each of its keys, of all else the whole."""
    if not isinstance(own, dict) or shared is None or key in _WHOLE:
        return own
    return {**shared, **{name: _over(name, shared.get(name), value) for name, value in own.items()}}


def stated_of_files(table: Section) -> dict[str, Any]:
    """What a tape's table states of how its files are written, as its plan does."""
    return table.model_dump(include={*_OF_TAPE, "read"}, exclude_unset=True)


@dataclass(frozen=True)
class Written:
    """How one file is written: in which unit, which of its columns are ours and which mean nothing, and the rest."""

    amounts: Amounts
    ignore: list[str]
    columns: dict[str, str]
    read: ReadTable | None


def written_at(stated: Mapping[str, Any], instant: str) -> Written:
    """How the file of an instant is written, by its tape's table. Raises ``ValueError`` where what both share and what is its
    own contradict."""
    described = at_instant(stated, instant)
    try:
        read = ReadTable.model_validate(described["read"]) if "read" in described else None
    except ValidationError as wrong:
        fault = wrong.errors()[0]
        raise ValueError(str(fault.get("ctx", {}).get("error", fault["msg"]))) from None
    return Written(described["amounts"], described.get("ignore", []), described.get("columns", {}), read)

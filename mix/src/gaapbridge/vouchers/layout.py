"""Import layouts: one table for each ledger, in ``layouts/*.toml``, which a user copies and changes. Nothing else knows one.

A layout says which columns a file has, in which order and under which captions, and which value each takes by name.
"""

from __future__ import annotations

import codecs
import hashlib
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from gaapbridge.terms.errors import UnusableInput, nearest
from gaapbridge.terms.text import text_of, visible
from gaapbridge.terms.writing import writing
from gaapbridge.vouchers.values import AMOUNTS, NUMBERS, VALUES

_LAYOUTS = Path(__file__).parent / "layouts"

Form = Literal["csv", "xlsx", "parquet"]


class _Table(BaseModel):
    """A table of a layout: strict, and unchangeable once read."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class LedgerColumn(_Table):
    """One column: its caption, what stands in it, and what the ledger takes.

    A cell is a ``value`` of the run by name, an ``answer`` of the user, or the same ``text`` or whole ``number`` in every row;
    a column with none stays blank. ``technical`` and ``above`` are further captions that stand above it. ``longest`` counts
    characters: a text is cut at a word, anything else is refused. ``dates`` is the form of a date where it is another than the
    layout's.
    """

    caption: str
    technical: str = ""
    above: str = ""
    value: str | None = None
    answer: str | None = None
    text: str | None = None
    number: int | None = None
    longest: Annotated[int, Field(ge=1)] | None = None
    dates: str | None = None

    @model_validator(mode="after")
    def _known(self) -> LedgerColumn:
        if sum(one is not None for one in (self.value, self.answer, self.text, self.number)) > 1:
            raise ValueError("a column has a value, an answer, a text or a number, one of them")
        if self.value is not None and self.value not in VALUES:
            raise ValueError(f"no value is called {self.value!r}; {_meant(self.value, VALUES)}")
        return self


class Question(_Table):
    """What the ledger wants and no run knows: the question, and the answer taken where none is given, if there is one."""

    question: str
    usual: str | None = None


class LedgerLayout(_Table):
    """How the vouchers of a run are written for a ledger.

    ``arrangement`` is a flat ``table``, a row for each line with the voucher's columns repeated, or ``blocks``, one for each
    voucher. ``forms`` are those that the ledger takes, the first one written unless another is asked for. ``lines`` is ``each``
    line of the journals, or ``net``: one for an account and a segment. ``most_lines`` of a voucher: a longer one is divided,
    each part balanced. ``most_digits`` are those before the decimal point. ``words`` are what kinds of vouchers, notes and
    segments are called, ``accounts`` the ledger's codes and ``account_names`` its names, by the plan's account.
    """

    ledger: str
    follows: str
    file: Annotated[str, Field(pattern=r"^[\w][\w .-]*$")]
    forms: Annotated[list[Form], Field(min_length=1)]
    arrangement: Literal["table", "blocks"]
    dates: str
    encoding: str = "utf-8"
    delimiter: Annotated[str, Field(min_length=1, max_length=1)] = ","
    captions: bool = True
    sheet: Annotated[str, Field(pattern=r"^[^\[\]:*?/\\]{1,31}$")] = "vouchers"
    most_decimals: Annotated[int, Field(ge=0)] = 4
    most_digits: Annotated[int, Field(ge=1)] = 18
    most_lines: Annotated[int, Field(ge=2)] | None = None
    lines: Literal["each", "net"]
    tax_apart: bool
    titles: list[list[str]] = []
    header_title: str = ""
    line_title: str = ""
    words: dict[str, str] = {}
    accounts: dict[str, str] = {}
    account_names: dict[str, str] = {}
    answers: dict[str, Question] = {}
    header: list[LedgerColumn] = []
    line: Annotated[list[LedgerColumn], Field(min_length=2)]

    @property
    def columns(self) -> tuple[LedgerColumn, ...]:
        """All columns, the voucher's before the line's."""
        return (*self.header, *self.line)

    @model_validator(mode="after")
    def _whole(self) -> LedgerLayout:
        for fault in self._faults():
            raise ValueError(fault)
        return self

    def _faults(self) -> Iterator[str]:
        of_lines = {column.value for column in self.line}
        if "account" not in of_lines:
            yield "a line has a column with the account"
        if not {"debit", "credit"} <= of_lines and "amount" not in of_lines:
            yield "a line has columns with debit and credit, or one with the amount"
        if not {column.value for column in self.columns} & {*NUMBERS}:
            yield f"a column tells vouchers apart: {', '.join(NUMBERS)}"
        if self.arrangement == "blocks" and "parquet" in self.forms:
            yield "blocks are written as csv or xlsx"
        if "parquet" in self.forms and len({column.caption for column in self.columns}) < len(self.columns):
            yield "columns of Parquet have captions that differ"
        for column in self.header:
            if column.value is not None and VALUES[column.value].of_line:
                yield f"{column.value} is a value of a line, not of a voucher"
        for column in self.columns:
            if column.value in AMOUNTS and column.longest is not None:
                yield "an amount is limited by most_digits and most_decimals, not by longest"
            if column.answer is not None and column.answer not in self.answers:
                yield f"the answer {column.answer!r} is asked for in a table of its own; add [answers.{column.answer}]"
        try:
            codecs.lookup(self.encoding)
        except LookupError:
            yield f"no encoding is called {self.encoding!r}"

    def answered(self, given: Mapping[str, str]) -> dict[str, str]:
        """The answer to each question: the one given, else the usual one. Raises ``UnusableInput`` naming all that are missing,
        and one that is not asked for."""
        for name in given:
            if name not in self.answers:
                known = self.answers or "nothing"
                raise UnusableInput(
                    key=name,
                    rule=f"the layout for {self.ledger} asks for {', '.join(known)}",
                    remedy=_meant(name, self.answers),
                )
            _refuse_unwritable(name, given[name])
        missing = {name: one.question for name, one in self.answers.items() if one.usual is None and name not in given}
        if missing:
            asked = "; ".join(f"--with {name}=... ({question})" for name, question in missing.items())
            raise UnusableInput(key=", ".join(missing), rule=f"{self.ledger} wants what no run knows", remedy=f"add {asked}")
        return {name: given.get(name, one.usual or "") for name, one in self.answers.items()}


def _refuse_unwritable(name: str, answer: str) -> None:
    """Raise ``UnusableInput`` where an answer is more than a line, or holds what no file can: a ledger reads it as it is."""
    if visible(answer) != answer:
        rule = "an answer is one line of text, without characters that no eye sees"
        raise UnusableInput(key=name, value=answer, rule=rule, remedy="write what the ledger's own screen shows")


@dataclass(frozen=True, slots=True)
class LayoutFile:
    """A layout with the name of its file, without folders, and the hash of what stands in it."""

    name: str
    sha256: str
    layout: LedgerLayout


def packaged() -> list[str]:
    """The names of the layouts that come with the package."""
    return sorted(path.stem for path in _LAYOUTS.glob("*.toml"))


def layout_path(name: str) -> Path:
    """The file of a packaged layout. Raises ``UnusableInput`` where no layout is called so."""
    if name not in packaged():
        rule = f"it is one of the packaged layouts: {', '.join(packaged())}"
        remedy = _meant(name, packaged()) + "; or name a layout of your own as --layout FILE"
        raise UnusableInput(value=name, rule=rule, remedy=remedy)
    return _LAYOUTS / f"{name}.toml"


def read_layout(path: Path) -> LayoutFile:
    """A layout from its file. Raises ``UnusableInput`` naming the key that is wrong."""
    try:
        written = path.read_bytes()
        content: dict[str, Any] = tomllib.loads(written.decode("utf-8-sig"))
    except OSError as refused:
        reason = type(refused).__name__
        raise UnusableInput(file=str(path), rule=f"the layout can be read ({reason})", remedy="check the path") from None
    except (UnicodeDecodeError, tomllib.TOMLDecodeError, RecursionError) as error:
        rule, remedy = f"a layout is TOML in UTF-8: {error}", "start from a packaged one: gaapbridge new layout generic FILE"
        raise UnusableInput(file=str(path), rule=rule, remedy=remedy) from None
    try:
        layout = LedgerLayout.model_validate(content)
    except ValidationError as wrong:
        raise _refused(path, wrong) from None
    return LayoutFile(path.name, hashlib.sha256(written).hexdigest(), layout)


@dataclass(frozen=True, slots=True)
class LayoutCopy:
    """A packaged layout copied to a file of the user's own."""

    ledger: str
    file: Path

    def as_dict(self) -> dict[str, str]:
        """For ``--format json``."""
        return {"ledger": self.ledger, "file": str(self.file)}

    def as_text(self, width: int | None = None) -> str:
        """Where it is, and how it is used; for a terminal of so many columns."""
        then = f"gaapbridge export RUN --layout {self.file} --book ..."
        return text_of([f"The layout {self.ledger} is {self.file}. Change it, then: {then}"], width)


def copy_layout(name: str, file: Path) -> LayoutCopy:
    """Write a packaged layout to a file. Raises ``UnusableInput`` where there is one, or it cannot be written."""
    content = layout_path(name).read_bytes()
    if file.exists():
        raise UnusableInput(file=str(file), rule="a new layout overwrites no file", remedy="name another file")
    with writing(file):
        file.write_bytes(content)
    return LayoutCopy(name, file)


def _refused(path: Path, wrong: ValidationError) -> UnusableInput:
    fault = min(wrong.errors(), key=lambda one: one["type"] != "extra_forbidden")
    said = str(fault["ctx"]["error"]) if fault["type"] == "value_error" else fault["msg"]
    rule, _, remedy = said.partition("; ")
    key = ".".join(str(part) for part in fault["loc"]) or None
    if fault["type"] == "extra_forbidden":
        rule, remedy = "no such key in a layout", _meant(str(fault["loc"][-1]), LedgerLayout.model_fields)
    return UnusableInput(file=str(path), key=key, rule=rule, remedy=remedy or "see docs/reference/export.md")


def _meant(name: str, known: Mapping[str, object] | list[str]) -> str:
    near = nearest(name, known)
    return f"did you mean {' or '.join(near)}?" if near else f"known: {', '.join(known) or 'nothing'}"

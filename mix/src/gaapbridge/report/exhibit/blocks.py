"""What a page is made of, before anything typesets it: lines, headings, paragraphs, and tables of text as it is printed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass, field, fields, is_dataclass, replace
from typing import Any

from gaapbridge.report.charts import Band, Step

HEADING, LINE, SUB_TOTAL, TOTAL = "heading", "line", "sub-total", "total"
"""What a row of a table is: one without amounts, one of a list, one under a single rule, one above a double one."""


@dataclass(frozen=True, slots=True)
class Centred:
    """Lines in the middle of the page, as on a cover; ``is_strong`` sets them bold."""

    lines: tuple[str, ...]
    is_strong: bool = False
    block: str = field(default="centred", init=False)


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading of level 1, a statement or the notes, or of level 2, a note; ``below`` are the lines under it."""

    text: str
    level: int
    below: tuple[str, ...] = ()
    on_new_page: bool = False
    block: str = field(default="heading", init=False)


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph, with the words it begins with set apart."""

    text: str
    lead: str = ""
    block: str = field(default="paragraph", init=False)


@dataclass(frozen=True, slots=True)
class TableRow:
    """A caption and its amounts as printed; a heading has none."""

    caption: str
    amounts: tuple[str, ...]
    kind: str = LINE


@dataclass(frozen=True, slots=True)
class Table:
    """Captions with amounts under heads. ``is_wide`` is a statement, which fills the page."""

    title: str
    heads: tuple[str, ...]
    rows: tuple[TableRow, ...]
    is_wide: bool = False
    block: str = field(default="table", init=False)


@dataclass(frozen=True, slots=True)
class Pairs:
    """Two columns of text: questions with their answers, exhibits with their descriptions. ``left_percent`` is the width of the
    first; ``is_ruled`` draws a line below each row."""

    heads: tuple[str, str]
    rows: tuple[tuple[str, str], ...]
    left_percent: int = 50
    is_ruled: bool = True
    block: str = field(default="pairs", init=False)


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture beside tables that say the same, and what it says in words: a bridge of steps, or bars by stage, or bands, each
    in its unit. A page of a filing, which takes none, leaves it out."""

    alt: str
    unit: str
    steps: tuple[Step, ...] = ()
    bands: tuple[Band, ...] = ()
    stages: tuple[tuple[str, tuple[tuple[str, int], ...]], ...] = ()
    block: str = field(default="picture", init=False)


Block = Centred | Heading | Paragraph | Table | Pairs | Picture


@dataclass(frozen=True, slots=True)
class Contents:
    """A whole document: its title, whose it is, its language (``en``, ``zh``), its name in the foot of a page, its blocks."""

    title: str
    issuer: str
    language: str
    foot: str
    blocks: tuple[Block, ...]


def plain(contents: Contents, shown: Callable[[str], str]) -> dict[str, Any]:
    """A document as what a template reads, each of its texts as it is ``shown``."""
    return asdict(retold(contents, shown))


def retold(contents: Contents, shown: Callable[[str], str]) -> Contents:
    """The same document, each of its texts as it is ``shown``."""
    made: Contents = _retold(contents, shown)
    return made


def _retold(content: Any, shown: Callable[[str], str]) -> Any:
    if isinstance(content, str):
        return shown(content)
    if isinstance(content, tuple):
        return tuple(_retold(one, shown) for one in content)
    if not is_dataclass(content) or isinstance(content, type):
        return content
    return replace(content, **{one.name: _retold(getattr(content, one.name), shown) for one in fields(content) if one.init})

"""Tables in pages of HTML as they are filed: cells that span, layout tables, signs and brackets in cells of their own."""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from gaapbridge.filings.grid import Cell, Grid, Line
from gaapbridge.filings.json_form import read_bytes, utf_16_of
from gaapbridge.terms.errors import UnusableInput

MOST_SPANNED = 1000
MOST_WORDS_BEFORE = 6
"""Paragraphs before a table that are read as its heading; those before are of something else."""

_PARAGRAPHS = {"p", "div", "td", "th", "tr", "li", "h1", "h2", "h3", "h4", "h5", "h6", "br", "hr", "table", "caption", "center"}
_NO_TEXT = ("script", "style", "head")
_HIDDEN = re.compile(r"display\s*:\s*none", re.IGNORECASE)
_MARK = re.compile(r"\s*\(?\w{1,3}\)?\s*|\s*[*†‡§]+\s*|\s*\[\w{1,3}\]\s*")


class _Reaching(NamedTuple):
    """The columns that a cell covers, and the last row that it reaches down to."""

    start: int
    end: int
    last_row: int


def read_page(path: Path) -> list[Grid]:
    """The tables of a page that hold no others, each with the paragraphs before it. Raises `UnusableInput`."""
    import lxml.html  # only here, so that the other forms start at once
    from lxml.etree import LxmlError

    content, encoding = _encoded(read_bytes(path))
    try:
        parser = lxml.html.HTMLParser(huge_tree=True, remove_comments=True, encoding=encoding)
        root = lxml.html.document_fromstring(content, parser=parser)
    except (LxmlError, RecursionError, ValueError) as error:
        raise UnusableInput(
            file=path.name, rule=f"the file is a page of HTML ({error})", remedy="save the page again, as HTML only"
        ) from None
    if any(
        "xcessive depth" in fault.message for fault in parser.error_log
    ):  # libxml2 leaves out what is deeper, without a word
        rule, remedy = "the elements of a page of HTML are at most 2,048 deep in each other", "save the table alone"
        raise UnusableInput(file=path.name, rule=rule, remedy=remedy)
    grids: list[Grid] = []
    before: list[str] = []
    for found in _in_order(root):
        if isinstance(found, str):
            before.append(found)
            continue
        lines = tuple(_lines(found))
        if lines:
            grids.append(Grid(f"table {len(grids) + 1}", lines, tuple(before[-MOST_WORDS_BEFORE:])))
            before = []
    return grids


def _encoded(content: bytes) -> tuple[bytes, str | None]:
    """The page and its encoding: UTF-8 where it is, else what the page says of itself (None)."""
    nils = content[:4000].count(0)
    if (encoding := utf_16_of(content)) is not None and (encoding == "utf-16" or 4 * nils > len(content[:4000])):
        content = content.decode(encoding, errors="replace").encode()
    try:
        content.decode("utf-8")
    except UnicodeDecodeError:
        return content, None
    return content, "utf-8"


def _in_order(root: Any) -> Iterator[Any]:
    """The paragraphs outside of tables, as text, and the tables without others in them, in the order of the page."""
    from lxml.etree import iterwalk

    words: list[str] = []
    walk = iterwalk(root, events=("start", "end"))
    for event, element in walk:
        name = element.tag if isinstance(element.tag, str) else ""
        if event == "start" and (name in _NO_TEXT or _is_hidden(element)):
            walk.skip_subtree()
            continue
        if name.rpartition(":")[2] in _PARAGRAPHS and (text := " ".join("".join(words).split())):
            yield text
            words.clear()
        if event == "start" and name == "table" and element.find(".//table") is None:
            yield element
            walk.skip_subtree()
        elif event == "start":
            words.append(element.text or "")
        if event == "end":
            words.append(element.tail or "")
    if text := " ".join("".join(words).split()):
        yield text


def _lines(table: Any) -> Iterator[Line]:
    """The rows of a table that hold anything, by number, with the columns that each cell covers."""
    from_above: list[_Reaching] = []
    for number, row in enumerate(table.iter("tr"), start=1):
        cells, place = [], 0
        reaching, waiting = list[_Reaching](), deque(from_above)
        for cell in (one for one in row.iterchildren("td", "th") if not _is_hidden(one)):
            while waiting and waiting[0].start <= place:
                place = max(place, waiting[0].end)
                reaching.append(waiting.popleft())
            end = place + _span(cell, "colspan")
            reaching.append(_Reaching(place, end, number + _span(cell, "rowspan") - 1))
            text = " ".join(_words(cell).split())
            if text:
                cells.append(Cell(text, place, end))
            place = end
        from_above = sorted(one for one in (*reaching, *waiting) if one.last_row > number)
        if cells:
            yield Line(number, tuple(cells))


def _span(cell: Any, name: str) -> int:
    """How many columns or rows a cell covers."""
    text = (cell.get(name) or "").strip()
    if not (text.isascii() and text.isdigit()):
        return 1
    return MOST_SPANNED if len(text) > len(str(MOST_SPANNED)) else min(max(int(text), 1), MOST_SPANNED)


def _words(cell: Any) -> str:
    """What a reader sees of a cell: without what is hidden or is no text, and without footnote marks that are set high."""
    from lxml.etree import iterwalk

    pieces = []
    walk = iterwalk(cell, events=("start", "end", "comment", "pi"))
    for event, element in walk:
        if event == "start":
            if element is not cell and _is_unseen(element):
                walk.skip_subtree()
            else:
                pieces.append(element.text or "")
        elif element is not cell:
            pieces += [" " if element.tag in _PARAGRAPHS else "", element.tail or ""]
    return "".join(pieces)


def _is_unseen(element: Any) -> bool:
    """Whether no reader sees an element of a cell, or it is a footnote mark."""
    marks = element.tag == "sup" and _MARK.fullmatch(element.text_content()) is not None
    return element.tag in _NO_TEXT or _is_hidden(element) or marks


def _is_hidden(element: Any) -> bool:
    return _HIDDEN.search(element.get("style") or "") is not None or element.get("hidden") is not None

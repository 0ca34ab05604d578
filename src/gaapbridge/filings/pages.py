"""Tables in pages of HTML as they are filed: cells that span, layout tables, signs and brackets in cells of their own."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from gaapbridge.filings.grid import Cell, Grid, Line
from gaapbridge.filings.json_form import read_bytes
from gaapbridge.terms.errors import UnusableInput

MOST_SPANNED = 1000
MOST_WORDS_BEFORE = 6
"""Paragraphs before a table that are read as its heading; those before are of something else."""

_PARAGRAPHS = {"p", "div", "td", "th", "tr", "li", "h1", "h2", "h3", "h4", "h5", "h6", "br", "hr", "table", "caption", "center"}
_HIDDEN = re.compile(r"display\s*:\s*none", re.IGNORECASE)
_MARK = re.compile(r"\s*\(?\w{1,3}\)?\s*|\s*[*†‡§]+\s*|\s*\[\w{1,3}\]\s*")


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
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        content = content.decode("utf-16", errors="replace").encode()
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
        if event == "start" and (name in ("script", "style", "head") or _is_hidden(element)):
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
    below: dict[int, int] = {}
    for number, row in enumerate(table.iter("tr"), start=1):
        cells, place = [], 0
        for cell in (one for one in row.iterchildren("td", "th") if not _is_hidden(one)):
            while below.get(place, 0):
                place += 1
            end = place + _span(cell, "colspan")
            for column in range(place, end):
                below[column] = _span(cell, "rowspan")
            text = " ".join(_words(cell).split())
            if text:
                cells.append(Cell(text, place, end))
            place = end
        below = {column: left - 1 for column, left in below.items() if left > 1}
        if cells:
            yield Line(number, tuple(cells))


def _span(cell: Any, name: str) -> int:
    """How many columns or rows a cell covers."""
    text = (cell.get(name) or "").strip()
    return min(max(int(text), 1), MOST_SPANNED) if text.isascii() and text.isdigit() else 1


def _words(cell: Any) -> str:
    """What a reader sees of a cell: without what is hidden, and without footnote marks that are set high."""
    pieces = [cell.text or ""]
    for child in cell.iterchildren():
        if isinstance(child.tag, str) and not _is_hidden(child):
            marked = child.tag == "sup" and _MARK.fullmatch(child.text_content())
            pieces.append("" if marked else _words(child))
            if child.tag in _PARAGRAPHS:
                pieces.append(" ")
        pieces.append(child.tail or "")
    return "".join(pieces)


def _is_hidden(element: Any) -> bool:
    return _HIDDEN.search(element.get("style") or "") is not None or element.get("hidden") is not None

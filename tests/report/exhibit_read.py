"""What the tests of the exhibit read it with, none of it ours: JSON as written, pypdf, lxml and the parser of the library."""

from __future__ import annotations

import json
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import lxml.html
from pypdf import PdfReader

ACCEPTED = {
    "html": set[str](),
    "head": set[str](),
    "title": set[str](),
    "body": {"style"},
    "p": {"style"},
    "b": set[str](),
    "br": set[str](),
    "hr": {"style"},
    "table": {"cellpadding", "cellspacing", "border", "width", "style"},
    "tr": set[str](),
    "td": {"align", "valign", "colspan", "width", "style"},
}
"""Elements of HTML 3.2 that EDGAR accepts, as far as a filing of tables needs them, with their attributes."""

EMPTY = {"br", "hr"}


class Filed(HTMLParser):
    """What a page has that a regulator's system would refuse; and its elements, opened and closed in order."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=False)
        self.faults: list[str] = [] if text.isascii() else ["characters beyond ASCII"]
        self.open: list[str] = []
        self.feed(text)
        self.close()
        self.faults += [f"<{tag}> is not closed" for tag in self.open]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in ACCEPTED:
            self.faults.append(f"<{tag}>")
        self.faults += [f"<{tag} {name}>" for name, _ in attrs if name not in ACCEPTED.get(tag, set())]
        self.faults += [f"{name}={value}" for name, value in attrs if "url(" in (value or "") or "data:" in (value or "")]
        if tag == "table" and "table" in self.open:
            self.faults.append("a table in a table")
        if tag not in EMPTY:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open.pop() != tag:
            self.faults.append(f"</{tag}> closes nothing")

    def handle_entityref(self, name: str) -> None:
        if name not in ("amp", "lt", "gt"):
            self.faults.append(f"&{name};")

    def handle_comment(self, data: str) -> None:
        self.faults.append("a comment")

    def handle_decl(self, decl: str) -> None:
        self.faults.append(f"<!{decl}>")


def statements_of(run: Path) -> Iterator[tuple[dict[str, Any], list[list[str]]]]:
    """The statements of ``statement.json`` with the rows that are printed: caption and amounts, as a filing writes them."""
    document = json.loads((run / "statement.json").read_text(encoding="utf-8"))
    columns = [column["id"] for column in document["columns"]]
    for statement in document["statements"]:
        rows = []
        for row in statement["rows"]:
            amounts = [row["us_gaap"], *(row["adj"].get(column, 0) for column in columns), row["ifrs"]]
            if row["role"] != "line" or any(amounts[1:-1]) or amounts[0] != amounts[-1]:
                rows.append([row["label"], *map(in_brackets, amounts)])
        yield statement, rows


def in_brackets(amount: int) -> str:
    """An amount as a filing writes it."""
    if amount == 0:
        return "—"
    return f"{amount:,}" if amount > 0 else f"({-amount:,})"


def page_texts(path: Path) -> list[str]:
    """The text of every page of a PDF, in one line each."""
    return [" ".join(page.extract_text().split()) for page in PdfReader(path).pages]


def tables_of(path: Path) -> list[list[list[str]]]:
    """Every table of a page of HTML: the texts of its cells, those of a figure and its bracket together."""
    tables = []
    for table in lxml.html.fromstring(path.read_text(encoding="ascii")).iter("table"):
        rows = [[" ".join(cell.text_content().split()) for cell in row.iter("td")] for row in table.iter("tr")]
        tables.append([_together(row) for row in rows])
    return tables


def _together(cells: list[str]) -> list[str]:
    """Caption and figures of a row, without the empty cells between them."""
    joined: list[str] = []
    for cell in filter(None, cells):
        if cell == ")":
            joined[-1] += cell
        else:
            joined.append(cell)
    return joined

"""What tests of the pack share: a lender whose records are hostile, and a page as a parser of the standard library reads it."""

from __future__ import annotations

import csv
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote

from gaapbridge.period_close import close
from gaapbridge.run import Run
from gaapbridge.starter import write_starter

MARKUP = "</td><script>alert(1)</script><img src=x onerror=alert(2)>"
"""A segment that would be markup."""

LONG = "x" * 10_000
RIGHT_TO_LEFT = "שלום\u202e"
HOSTILE_ID = '"><svg onload=alert(3)>/../LOAN-2'
"""An id that would end an attribute, draw, and climb out of the folder."""

REJECTED = "<i>REJECTED</i>"
"""The id of a row that cannot be read."""


def hostile_lender(folder: Path) -> Run:
    """A run of the starter's lender whose names are markup, endless, or turn what follows round."""
    plan = write_starter(folder / "lender").plan
    names = {"business": MARKUP, "LOAN-2": HOSTILE_ID, "consumer": LONG}
    for path in plan.parent.rglob("*.csv"):
        with path.open(encoding="utf-8", newline="") as stream:
            rows = [[names.get(cell, cell) for cell in row] for row in csv.reader(stream)]
        with path.open("w", encoding="utf-8", newline="") as stream:
            csv.writer(stream, lineterminator="\n").writerows(rows)
    with (plan.parent / "tapes" / "loans-2023-12-31.csv").open("r+", encoding="utf-8", newline="") as stream:
        header, *_, last = csv.reader(stream)
        bad = dict(zip(header, last, strict=True)) | {"contract_id": REJECTED, "outstanding_principal_minor": "<i>much</i>"}
        csv.writer(stream, lineterminator="\n").writerow(bad.values())
    text = plan.read_text(encoding="utf-8").replace("rejected_rows = 0", "rejected_rows = 9")
    plan.write_text(text.replace('name = "Example Lender"', f'name = "<b>{RIGHT_TO_LEFT}</b>"'), encoding="utf-8")
    return close(plan)


@dataclass
class Page(HTMLParser):
    """A page read: its elements by name, ids with the text within, links, and every text."""

    path: Path
    names: set[str] = field(default_factory=set)
    attributes: set[str] = field(default_factory=set)
    ids: list[str] = field(default_factory=list)
    links: list[str] = field(default_factory=list)
    cells: dict[str, str] = field(default_factory=dict)
    texts: list[str] = field(default_factory=list)
    headings: list[int] = field(default_factory=list)
    unscoped: int = 0
    _within: str | None = None

    def __post_init__(self) -> None:
        super().__init__()
        self.feed(self.path.read_text(encoding="utf-8"))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        self.names.add(tag)
        self.attributes |= set(given)
        if given.get("id"):
            self.ids.append(str(given["id"]))
        if tag == "td" and given.get("id"):
            self._within = given["id"]
        self.links += [str(given[name]) for name in ("href", "src") if given.get(name)]
        self.unscoped += tag == "th" and "scope" not in given
        if tag in ("h1", "h2", "h3", "h4"):
            self.headings.append(int(tag[1]))

    def handle_endtag(self, tag: str) -> None:
        if tag == "td":
            self._within = None

    def handle_data(self, data: str) -> None:
        if self.cdata_elem is not None:  # what stands in a script is nothing that anybody reads
            return
        self.texts.append(data)
        if self._within is not None:
            self.cells[self._within] = self.cells.get(self._within, "") + data


def pages(folder: Path) -> dict[str, Page]:
    """Every page of a pack by its path there."""
    return {path.relative_to(folder).as_posix(): Page(path) for path in sorted(folder.rglob("*.html"))}


def broken(folder: Path, read: dict[str, Page]) -> list[str]:
    """Links of pages that lead to no file of the pack, or to no anchor in it."""
    found = []
    for name, page in read.items():
        for link in page.links:
            path, _, anchor = link.partition("#")
            if path == "data:,":
                continue
            target = (page.path.parent / unquote(path)).resolve() if path else page.path.resolve()
            if not target.is_file() or not target.is_relative_to(folder.resolve()):
                found.append(f"{name}: {link} is no file of the pack")
            elif anchor and unquote(anchor) not in read[target.relative_to(folder.resolve()).as_posix()].ids:
                found.append(f"{name}: {link} has no anchor")
    return found

"""A documentation page as tests read it: headings, tables, links, code spans, fenced blocks."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
DOCS = ROOT / "docs"

Row = dict[str, str]


@dataclass(frozen=True)
class PrintedTable:
    """One table of a page: the heading above it, its header and its rows, cells as printed without their code marks."""

    heading: str
    header: tuple[str, ...]
    rows: tuple[Row, ...]


@dataclass(frozen=True)
class Page:
    """A page by its path."""

    path: Path

    @cached_property
    def text(self) -> str:
        return self.path.read_text(encoding="utf-8")

    @cached_property
    def fenced(self) -> list[str]:
        """Text of the fenced blocks."""
        return re.findall(r"^```[a-z]*\n(.*?)^```$", self.text, flags=re.MULTILINE | re.DOTALL)

    @cached_property
    def prose(self) -> str:
        """The page without its fenced blocks."""
        return re.sub(r"^```.*?^```$", "", self.text, flags=re.MULTILINE | re.DOTALL)

    @property
    def links(self) -> list[tuple[str, str]]:
        """Text and target of every link."""
        return re.findall(r"\[([^\]]+)\]\(([^)\s]+)\)", self.prose)

    @cached_property
    def tables(self) -> list[PrintedTable]:
        return list(self._tables())

    def table(self, heading: str) -> PrintedTable:
        """The one table under a heading that begins like this."""
        (found,) = [table for table in self.tables if table.heading.startswith(heading)]
        return found

    def section(self, heading: str) -> str:
        """The text under the one heading that begins like this, up to the next heading."""
        (found,) = [part for part in re.split(r"^#+ ", self.prose, flags=re.MULTILINE) if part.startswith(heading)]
        return found

    def _tables(self) -> Iterator[PrintedTable]:
        heading, rows = "", []
        for line in [*self.prose.split("\n"), ""]:
            if line.startswith("|"):
                rows.append([cell.strip().replace("`", "") for cell in line.strip("|").split("|")])
                continue
            if rows:
                header, _, *body = rows
                yield PrintedTable(heading, tuple(header), tuple(dict(zip(header, cells, strict=True)) for cells in body))
                rows = []
            if line.startswith("#"):
                heading = line.lstrip("# ")


def pages() -> list[Page]:
    """Every page under docs."""
    return [Page(path) for path in sorted(DOCS.rglob("*.md"))]


def names_in(module: Path) -> set[str]:
    """Functions, methods, classes and constants that a module defines, and what its package hands on."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(module.read_text(encoding="utf-8"))):
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            names.add(node.name)
        elif isinstance(node, ast.Assign):
            names |= {target.id for target in node.targets if isinstance(target, ast.Name)}
        elif isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
            names.add(node.target.id)
    return names


def number(cell: str) -> int | float | None:
    """A printed figure, or None where the cell is something else."""
    text = cell.replace(",", "")
    if re.fullmatch(r"-?\d+", text):
        return int(text)
    return float(text) if re.fullmatch(r"-?\d+\.\d+", text) else None

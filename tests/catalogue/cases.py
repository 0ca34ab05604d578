"""The catalogue of findings, one folder each: what is changed in the starter's lender, what is printed, what it means."""

from __future__ import annotations

import csv
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

FOLDERS = Path(__file__).with_name("findings")


@dataclass(frozen=True)
class Case:
    """One folder: ``input.toml``, ``printed.txt`` and ``meaning.md``."""

    folder: Path

    @property
    def name(self) -> str:
        """The name of the finding, as it is printed."""
        return self._meaning[0].removeprefix("# ")

    @property
    def when(self) -> str:
        """When it is found, in a few words."""
        return self._meaning[1].removeprefix("Found when ")

    @property
    def meaning(self) -> str:
        return self._meaning[2]

    @property
    def remedy(self) -> str:
        return self._meaning[3].removeprefix("Remedy: ")

    @property
    def printed(self) -> str:
        return self._text("printed.txt")

    @cached_property
    def input(self) -> dict[str, Any]:
        """``command``; ``rule``; what else is found (``beside``); the changes; ``after`` and ``planted`` where they apply."""
        return tomllib.loads(self._text("input.toml"))

    @property
    def changes(self) -> list[Mapping[str, Any]]:
        return self.input.get("change", [])

    @cached_property
    def _meaning(self) -> list[str]:
        parts = self._text("meaning.md").strip().split("\n\n")
        assert len(parts) == 4, f"{self.folder.name}/meaning.md has a name, when it is found, what it means, and a remedy"
        return [" ".join(part.split("\n")) for part in parts]

    def _text(self, name: str) -> str:
        return (self.folder / name).read_text(encoding="utf-8")


def cases() -> list[Case]:
    """Every folder, by the name of its finding."""
    return sorted((Case(folder) for folder in FOLDERS.iterdir()), key=lambda case: case.name.lower())


def apply(change: Mapping[str, Any], lender: Path) -> str:
    """Make one change in a copy of the lender; what was done, in words.

    A change names a ``file`` and is one of: ``text``, the whole of it; ``old`` text and ``new``; a ``row`` by its cells,
    which is removed (``remove``), gets other cells (``set``), gets so much more in some (``add``), or is repeated with others
    (``copy``); ``every`` row with these cells gets others; else the file is removed.
    """
    path, file = lender / change["file"], f"`{change['file']}`"
    if "every" in change:
        return f"{file}, {_in_every_row(path, change['every'], change['set'])}"
    if "row" in change:
        return f"{file}, {_in_row(path, change)}"
    if "text" in change:
        path.write_text(change["text"], encoding="utf-8")
        return f"{file} holds only: {_on_one_line(change['text'])}"
    if "old" in change:
        before = path.read_text(encoding="utf-8")
        assert before.count(change["old"]) == 1, f"{change['old']!r} stands once in {path.name}"
        path.write_text(before.replace(change["old"], change["new"]), encoding="utf-8")
        return f"{file}: {_on_one_line(change['old'])} → {_on_one_line(change['new'])}"
    path.unlink()
    return f"{file} is removed"


def _in_row(path: Path, change: Mapping[str, Any]) -> str:
    """Change one row of a table; what was done, in words. Columns that the table does not have are added to it."""
    rows = _read(path)
    row, settings = change["row"], change.get("set", {})
    header = list(dict.fromkeys([*rows[0], *settings]))
    (found,) = [one for one in rows if row.items() <= one.items()]
    named = f"row {' '.join(row.values())}"
    settings |= {name: str(int(found[name] or 0) + more) for name, more in change.get("add", {}).items()}
    if change.get("remove"):
        rows.remove(found)
        said = f"{named} is removed"
    elif change.get("copy"):
        rows.append({**found, **settings})
        said = f"a further row, like {named} but for " + ", ".join(f"`{name}` {cell}" for name, cell in settings.items())
    else:
        said = f"{named}: " + ", ".join(f"`{name}` {found.get(name) or 'blank'} → {cell}" for name, cell in settings.items())
        found.update(settings)
    _write(path, header, rows)
    return said


def _in_every_row(path: Path, cells: Mapping[str, str], settings: Mapping[str, str]) -> str:
    """Change every row of a table with these cells; what was done, in words."""
    rows = _read(path)
    found = [one for one in rows if cells.items() <= one.items()]
    assert found, f"{path.name} has rows {' '.join(cells.values())}"
    for one in found:
        one.update(settings)
    _write(path, list(rows[0]), rows)
    told = ", ".join(f"`{name}` {cell}" for name, cell in settings.items())
    return f"all {len(found)} rows {' '.join(cells.values())}: {told}"


def _read(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _write(path: Path, header: list[str], rows: list[dict[str, str]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        table = csv.DictWriter(file, header, restval="", lineterminator="\n")
        table.writeheader()
        table.writerows(rows)


def _on_one_line(text: str) -> str:
    return "; ".join(f"`{line}`" for line in text.strip().split("\n"))

"""The run folder: written beside its place and renamed when whole, so an interrupted run leaves nothing half-written."""

from __future__ import annotations

import contextlib
import csv
import hashlib
import io
import json
import os
import re
import shutil
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

from gaapbridge.book.journal import Journal
from gaapbridge.terms.errors import UnusableInput


def slug(name: str) -> str:
    """A name as a folder: letters and digits, hyphens between.

    >>> slug("Example Lender, Ltd.")
    'example-lender-ltd'
    """
    return re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-") or "entity"


def sha256_of(path: Path) -> str:
    """SHA-256 of a file, read in blocks."""
    digest = hashlib.sha256()
    with path.open("rb") as stream:
        while block := stream.read(1 << 20):
            digest.update(block)
    return digest.hexdigest()


def period_folder(runs: Path, entity: str, closing: date) -> Path:
    """Folder of all versions of one period."""
    return runs / slug(entity) / closing.isoformat()


def versions(folder: Path) -> list[Path]:
    """Whole runs of a period, oldest first."""
    if not folder.is_dir():
        return []
    named = [(int(p.name[1:]), p) for p in folder.iterdir() if re.fullmatch(r"v[1-9][0-9]*", p.name)]
    return [path for _, path in sorted(named)]


def _runs_in_time(runs: Path) -> list[Path]:
    whole = [p.parent for p in runs.glob("*/*/v*/manifest.json")]
    return sorted(whole, key=lambda p: (json.loads((p / "manifest.json").read_text())["written_at"], str(p)))


def find_run(name: str, runs: Path) -> Path:
    """A run by folder, or ``latest`` or ``previous`` by the time in the manifests under ``runs``."""
    if name in ("latest", "previous"):
        known = _runs_in_time(runs)
        place = -1 if name == "latest" else -2
        if len(known) < -place:
            raise UnusableInput(
                file=str(runs), value=name, rule="there must be such a run", remedy="close a plan first, or name a run folder"
            )
        return known[place]
    path = Path(name)
    if not (path / "manifest.json").is_file():
        raise UnusableInput(
            file=name, rule="a run folder holds manifest.json", remedy="name a folder written by close, or latest or previous"
        )
    return path


@contextlib.contextmanager
def new_version(folder: Path) -> Iterator[Path]:
    """A folder to write a run in; on success it becomes the next version of its period, on failure it is removed."""
    folder.mkdir(parents=True, exist_ok=True)
    beside = folder / f".unfinished-{os.getpid()}"
    shutil.rmtree(beside, ignore_errors=True)
    beside.mkdir()
    try:
        yield beside
        known = versions(folder)
        number = int(known[-1].name[1:]) + 1 if known else 1
        while True:
            try:
                beside.rename(folder / f"v{number}")
                break
            except OSError:
                if not (folder / f"v{number}").exists():
                    raise
                number += 1
    finally:
        shutil.rmtree(beside, ignore_errors=True)


def write_json(path: Path, content: Any) -> None:
    """JSON as the run keeps it: UTF-8, two spaces, keys as given, one newline at the end."""
    path.write_text(json.dumps(content, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


JOURNAL_COLUMNS = ("note", "period", "entry", "kind", "account", "line", "segment", "debit_minor", "credit_minor", "text")


def journal_rows(journals: Sequence[Journal], line_of: Mapping[str, str]) -> Iterator[tuple[object, ...]]:
    """Every line of every journal, as the ledger imports it; ``line_of`` maps accounts to statement rows."""
    for journal in journals:
        for entry in journal.entries:
            for line in entry.lines:
                yield (
                    journal.note, journal.period, entry.id, entry.kind, line.account, line_of[line.account], line.segment,
                    line.debit_minor, line.credit_minor, line.text,
                )  # fmt: skip


def safe_text(text: object) -> object:
    """Text that a spreadsheet will not take for a formula."""
    return f"'{text}" if isinstance(text, str) and text[:1] in "=+-@\t\r" and text else text


def write_csv(path: Path, header: Sequence[str], rows: Iterator[tuple[object, ...]]) -> None:
    """A comma-separated table whose texts cannot act as formulas."""
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(header)
    writer.writerows([safe_text(cell) for cell in row] for row in rows)
    path.write_text(stream.getvalue(), encoding="utf-8")

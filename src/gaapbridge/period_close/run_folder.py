"""The run folder: written beside its place and renamed when whole, so an interrupted run leaves nothing half-written."""

from __future__ import annotations

import contextlib
import csv
import io
import json
import os
import re
import shutil
import time
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

from gaapbridge.book.journal import Journal
from gaapbridge.filings import read_json
from gaapbridge.statement.rules_kept import as_written
from gaapbridge.terms.errors import UnusableInput


def slug(name: str) -> str:
    """A name as a folder: letters and digits, hyphens between.

    >>> slug("Example Lender, Ltd.")
    'example-lender-ltd'
    >>> slug("甲公司")
    '甲公司'
    """
    return re.sub(r"[\W_]+", "-", name.lower()).strip("-") or "entity"


def period_folder(runs: Path, entity: str, closing: date) -> Path:
    """Folder of all versions of one period."""
    return runs / slug(entity) / closing.isoformat()


def versions(folder: Path) -> list[Path]:
    """Runs of a period, oldest first."""
    if not folder.is_dir():
        return []
    named = [(int(p.name[1:]), p) for p in folder.iterdir() if re.fullmatch(r"v[1-9][0-9]*", p.name)]
    return [path for _, path in sorted(named)]


def manifest_of(run: Path) -> dict[str, Any]:
    """What a run says of itself. Raises ``UnusableInput`` where the folder holds no such file, or a damaged one."""
    path = run / "manifest.json"
    if not path.is_file():
        raise UnusableInput(
            file=str(run),
            rule="a run folder holds manifest.json",
            remedy="name a folder written by close, or latest or previous",
        )
    manifest: Any = read_json(path)
    stated = isinstance(manifest, dict) and manifest.keys() >= _SAID
    if not stated or not all(isinstance(manifest[name], dict) for name in _TABLES):
        raise UnusableInput(
            file=str(path),
            rule=f"a manifest states {', '.join(sorted(_SAID))}",
            remedy="restore the run, or close the plan again",
        )
    found: dict[str, Any] = manifest
    return found


_TABLES = ("period", "sources", "roles", "accounts", "posting", "statements", "libraries", "artefacts_sha256")
_SAID = frozenset({*_TABLES, "entity", "written_at", "plan_folder", "columns", "code_sha256"})


def refuse_changed(run: Path) -> None:
    """Raise ``UnusableInput`` where an artefact of a run is missing, or is not as the run wrote it."""
    for check in as_written(run, manifest_of(run)["artefacts_sha256"]):
        if not check.holds:
            raise UnusableInput(
                file=str(run / str(check.row)),
                rule=f"an artefact is as its run wrote it; this one is {check.part}",
                remedy="restore the run, or close the plan again",
            )


def _runs_in_time(runs: Path) -> list[Path]:
    whole = [p.parent for p in runs.glob("*/*/v*/manifest.json")]
    return sorted(whole, key=lambda p: (manifest_of(p)["written_at"], str(p)))


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
    manifest_of(Path(name))
    return Path(name)


@contextlib.contextmanager
def new_version(folder: Path) -> Iterator[Path]:
    """A folder to write a run in; on success it becomes the next version of its period, on failure it is removed."""
    beside = folder / f".unfinished-{os.getpid()}"
    shutil.rmtree(beside, ignore_errors=True)
    try:
        beside.mkdir(parents=True)
    except OSError as refused:
        raise UnusableInput(
            file=str(folder), rule=f"runs can be written there ({refused.strerror})", remedy="check [runs] folder in the plan"
        ) from None
    _remove_abandoned(folder)
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
        with contextlib.suppress(OSError):  # no empty folders are left of a period that was never closed
            folder.rmdir()
            folder.parent.rmdir()


def _remove_abandoned(folder: Path) -> None:
    """Remove what a close that was killed left here a day ago or longer."""
    for left in folder.glob(".unfinished-*"):
        with contextlib.suppress(OSError):
            if time.time() - left.stat().st_mtime > _A_DAY_SECONDS:
                shutil.rmtree(left, ignore_errors=True)


_A_DAY_SECONDS = 86_400


def write_json(path: Path, content: Any) -> None:
    """JSON as the run keeps it: UTF-8, one space, keys as given, one newline at the end."""
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

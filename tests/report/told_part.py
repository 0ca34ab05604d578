"""Parts of a report for tests: one that writes a line, one that fails halfway."""

from __future__ import annotations

from pathlib import Path

from gaapbridge.run.reader import Run


def write(run: Run, folder: Path) -> None:
    (folder / "told.txt").write_text(run.manifest.entity, encoding="utf-8")


def fail(run: Run, folder: Path) -> None:
    write(run, folder)
    raise ZeroDivisionError

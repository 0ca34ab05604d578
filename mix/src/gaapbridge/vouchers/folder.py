"""The folder of an export: written beside its place and renamed when whole; what is there already is kept unless told."""

from __future__ import annotations

import contextlib
import json
import os
from collections.abc import Iterator, Mapping
from pathlib import Path

from gaapbridge.run.found import run_around
from gaapbridge.run.reader import Run
from gaapbridge.scratch import put_in_place, scratch_folder
from gaapbridge.terms.errors import UnusableInput
from gaapbridge.terms.writing import reason_of, writing

STATED = "export.json"
"""What an export says of itself, beside its vouchers."""


def export_folder(run: Run, name: str) -> Path:
    """Where the vouchers of a run for a ledger are kept where nothing else is said: beside the run, not in it.

    ``runs/lender/2023-01-01_2023-12-31/v2`` for the layout ``sap``: the folder ``v2-export/sap`` beside it.
    """
    return run.beside("export") / name


def keep(folder: Path, files: Mapping[str, bytes], *, replace: bool) -> None:
    """Write all files into a folder, or none. The same content stays as it is; another export is refused unless ``replace``.

    Raises ``UnusableInput`` where the folder is in a run, where it holds another export, where it holds anything else, whatever
    is said, and where it cannot be written.
    """
    if (run := run_around(folder)) is not None:
        rule = "a run stays as it was written; an export stands beside it"
        raise UnusableInput(file=str(folder), value=str(run), rule=rule, remedy="name a folder outside of the run by --to")
    held = _held(folder)
    if held == files:
        return
    if held and not _is_export(held):
        rule = "an export takes the place of nothing but an export"
        raise UnusableInput(file=str(folder), rule=rule, remedy="name another folder by --to")
    if held and not replace:
        rule = "an export overwrites no other; what is there may have been imported"
        raise UnusableInput(file=str(folder), rule=rule, remedy="name another folder by --to, or say --replace")
    with _beside(folder) as unfinished:
        for name, content in files.items():
            with writing(unfinished / name):
                (unfinished / name).write_bytes(content)
        with writing(folder):
            put_in_place(unfinished, folder)


@contextlib.contextmanager
def _beside(folder: Path) -> Iterator[Path]:
    """A scratch folder beside the place of an export; folders above it that were made for nothing go again."""
    above = [one for one in (folder.parent, *folder.parent.parents) if not one.exists()]
    try:
        with scratch_folder(folder.parent, ".unfinished-export-") as unfinished:
            yield unfinished
    except OSError as refused:
        rule = f"an export can be written there ({reason_of(refused)})"
        raise UnusableInput(file=str(folder), rule=rule, remedy="name another folder by --to") from None
    finally:
        for one in above:
            with contextlib.suppress(OSError):
                one.rmdir()


def _held(folder: Path) -> dict[str, bytes | None]:
    """What stands at a place by the names in it: files with their content, anything else with None."""
    if not os.path.lexists(folder):
        return {}
    if not folder.is_dir():
        return {"": None}
    with writing(folder):
        return {path.name: path.read_bytes() if path.is_file() else None for path in folder.iterdir()}


def _is_export(held: Mapping[str, bytes | None]) -> bool:
    """Whether files are those of an export, all of them and no other."""
    try:
        listed = json.loads(held.get(STATED) or b"")["files_sha256"]
    except (ValueError, KeyError, TypeError):
        return False
    return set(held) == {STATED, *listed}

"""The folder of a report: written beside its place and renamed when whole; an older report of the same run gives way to it.

``report.json`` in it lists every file with its part and hash. By it a report is known again, and what a person wrote into one
of its files since, which is not thrown away.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Mapping, Sequence
from contextlib import nullcontext
from pathlib import Path
from typing import Any

from gaapbridge.report.charts_of_contracts import ContractPictures
from gaapbridge.report.masks import Masks
from gaapbridge.report.parts import APART, Part, parts_apart
from gaapbridge.run.form import json_text
from gaapbridge.run.found import run_around
from gaapbridge.run.reader import Run
from gaapbridge.scratch import alone_in, put_in_place, scratch_folder
from gaapbridge.terms.errors import UnusableInput
from gaapbridge.terms.hashes import sha256_of
from gaapbridge.terms.writing import writing

INDEX = "report.json"
"""What a report says of itself: whose it is, of which run, and its files."""


def report_folder(run: Run, masks: Masks) -> Path:
    """Where the report of a run stands: beside it, not in it, and that with masks apart from that of the house.

    ``runs/lender/2023-01-01_2023-12-31/v2`` has ``v2-report`` and ``v2-report-masked`` beside it.
    """
    return run.beside("report-masked" if masks.hides else "report")


def write_parts(run: Run, parts: Sequence[Part], folder: Path, masks: Masks) -> dict[str, tuple[str, ...]]:
    """Write the parts of a run's report into ``folder``, or nothing; the files of every part by its name.

    Parts of an older report of the same run that are not asked for stay where their ids are masked alike; of two who write
    there at once the second waits. Raises ``UnusableInput`` where the folder is in a run or another report, holds anything
    else, or files that were changed since they were written.
    """
    if folder.name in ("", ".."):  # a folder that is not called by its name cannot give way
        folder = folder.resolve()
    if (around := run_around(folder)) is not None:
        rule = "a run stays as it was written; a report stands beside it"
        raise UnusableInput(file=str(folder), value=str(around), rule=rule, remedy="name a folder outside of the run by --to")
    place = folder.parent.resolve()
    if (above := next((one for one in (place, *place.parents) if _listed(one) is not None), None)) is not None:
        rule = "a report stands beside another: within it, it would stop the other from being written again"
        raise UnusableInput(file=str(folder), value=str(above), rule=rule, remedy="name a folder outside of it by --to")
    for part in parts:
        part.refuse_missing()
    with alone_in(folder.parent):
        return _written(run, parts, folder, masks)


def _written(run: Run, parts: Sequence[Part], folder: Path, masks: Masks) -> dict[str, tuple[str, ...]]:
    """The files of every part by its name, once they are in place."""
    older = _older(folder, run, {part.name for part in parts}, masks)
    with scratch_folder(folder.parent, ".unfinished-report-") as unfinished, writing(unfinished):
        files = {name: _taken_over(names, folder, unfinished) for name, names in older.items()}
        files |= _made(run, parts, unfinished, masks)
        (unfinished / INDEX).write_text(json_text(_index(run, files, unfinished, masks)), encoding="utf-8")
        put_in_place(unfinished, folder)
    return files


def _made(run: Run, parts: Sequence[Part], unfinished: Path, masks: Masks) -> dict[str, tuple[str, ...]]:
    """The files of every part by its name, in their order. Those that stand apart are written by a process beside meanwhile,
    into a folder of their own, so that it is known whose a file is; it ends where this fails."""
    apart = [part.name for part in parts_apart(parts)]
    with scratch_folder(unfinished.parent, ".unfinished-report-") as beside:
        places = {name: (beside / name).absolute() for name in apart}
        files, of_contracts = dict[str, tuple[str, ...]](), ContractPictures(run)
        with APART.asked((run.folder.absolute(), places, masks)) if apart else nullcontext(lambda: None) as wait:
            for part in parts:
                before = set(_files(unfinished))
                if part.name not in apart:
                    part.write(run, unfinished, masks, of_contracts)
                files[part.name] = tuple(name for name in _files(unfinished) if name not in before)
            wait()
        return files | {name: _taken_over(_files(place), place, unfinished) for name, place in places.items()}


def _files(folder: Path) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())


def _taken_over(names: Sequence[str], folder: Path, unfinished: Path) -> tuple[str, ...]:
    """The files of a part that is there already, taken over."""
    for name in names:
        (unfinished / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(folder / name, unfinished / name)
    return tuple(names)


def _index(run: Run, files: Mapping[str, Sequence[str]], folder: Path, masks: Masks) -> dict[str, Any]:
    manifest = run.manifest
    made_of = {"content_sha256": manifest.content_sha256, "manifest_sha256": run.manifest_sha256, "code": manifest.code}
    return {
        "entity": masks.text(manifest.entity),
        "period": {"opening": manifest.period.opening, "closing": manifest.period.closing},
        "run": {"version": run.folder.resolve().name, **made_of},
        "ids_masked": masks.hides,
        "parts": {name: list(names) for name, names in files.items()},
        "files_sha256": {name: sha256_of(folder / name) for name in _files(folder)},
    }


def _older(folder: Path, run: Run, anew: set[str], masks: Masks) -> dict[str, list[str]]:
    """The parts that stay of what is there: of a report of the same run, masked alike, those that are not written anew."""
    if not os.path.lexists(folder) or (folder.is_dir() and not os.listdir(folder)):
        return {}
    listed = _listed(folder)
    if listed is None:
        rule = "a report takes the place of nothing but a report"
        raise UnusableInput(file=str(folder), rule=rule, remedy="name another folder by --to")
    hashes: dict[str, str] = listed["files_sha256"]
    changed = [name for name in _files(folder) if name != INDEX and hashes.get(name) != sha256_of(folder / name)]
    if changed:
        rule = "what was written into a report since, or put beside it, is not thrown away"
        remedy = "move that file elsewhere, or name another folder by --to"
        raise UnusableInput(file=str(folder / changed[0]), rule=rule, remedy=remedy)
    same = listed["run"].get("content_sha256") == run.manifest.content_sha256
    same = same and listed.get("ids_masked", False) == masks.hides
    return {name: names for name, names in listed["parts"].items() if same and name not in anew}


def _listed(folder: Path) -> dict[str, Any] | None:
    """What a report that stands there says of itself; None where nothing there is one."""
    try:
        listed = json.loads((folder / INDEX).read_text(encoding="utf-8"))
        well_formed = isinstance(listed["files_sha256"], dict) and isinstance(listed["parts"], dict)
        return listed if well_formed and isinstance(listed["run"], dict) else None
    except (OSError, ValueError, KeyError, TypeError):
        return None

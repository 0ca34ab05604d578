"""The folder that estimated curves are written to: it is replaced as a whole, so what else would go with it is refused."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from gaapbridge.run.folder import REJECTS
from gaapbridge.terms.errors import UnusableInput

ESTIMATION, FINDINGS = "estimation.json", "findings.csv"
PAGE = "validation.html"
"""The page with pictures that is made of a validation, after the folder is written."""

_ELSEWHERE = "name another folder, to = ... or --to, or move the file away"


def destination(to: Path) -> Path:
    """Where the folder really is: a symbolic link stays, and what it leads to is replaced."""
    return Path(os.path.realpath(to))


def refuse_others(folder: Path) -> None:
    """Raise where the folder is a file, or holds what no estimation wrote."""
    if os.path.lexists(folder) and not folder.is_dir():
        rule = "estimated curves are written to a folder, and this is a file"
        raise UnusableInput(file=str(folder), rule=rule, remedy="name a folder, to = ... or --to")
    for one in _others(folder):
        rule = "a folder of estimated curves holds nothing else, since it is replaced as a whole"
        raise UnusableInput(file=str(one), rule=rule, remedy=_ELSEWHERE)


def refuse_inputs(folder: Path, inputs: Mapping[str, Path]) -> None:
    """Raise where a file that is read, by the name of its source, lies in the folder."""
    for key, path in inputs.items():
        if Path(os.path.realpath(path)).is_relative_to(folder):
            rule = f"what curves are estimated from lies outside of {folder.name}, which is replaced as a whole"
            raise UnusableInput(file=str(path), key=key, rule=rule, remedy=_ELSEWHERE)


def _others(folder: Path) -> Iterator[Path]:
    """What a folder holds that an estimation did not write, in order."""
    for one in sorted(folder.iterdir()) if folder.is_dir() else ():
        if one.is_symlink() or not (one / ESTIMATION).is_file():
            yield one
        else:
            own = {ESTIMATION, FINDINGS, REJECTS, PAGE, *_written(one / ESTIMATION)}
            yield from (inside for inside in sorted(one.iterdir()) if inside.name not in own or not inside.is_file())


def _written(account: Path) -> Iterable[str]:
    """The files that an estimation says it wrote, and the page made of its validation; none where it cannot be read."""
    try:
        told = json.loads(account.read_text(encoding="utf-8"))
        validation = (told.get("validation") or {}).get("files") or ()
        return [*told["tables"], *validation, *(str(Path(one).with_suffix(".html")) for one in validation)]
    except (OSError, ValueError, TypeError, KeyError, AttributeError):
        return ()

"""What a run measured: its plan, manifest and sources, each checked against the hash recorded then."""

from __future__ import annotations

import hashlib
import json
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

from gaapbridge.reperform.assumptions import Assumptions
from gaapbridge.reperform.elections import Elections
from gaapbridge.terms.errors import UnusableInput

MEASURED_FOLDER = Path("measurements") / "loans"
OPENING_TAPE, CLOSING_TAPE, EVENT_TAPE = "tapes.loans.opening", "tapes.loans.closing", "tapes.events"


@dataclass(frozen=True, slots=True)
class Tape:
    """A tape of the run: where it is, how its columns are named, and the unit of its amounts."""

    path: Path
    names: Mapping[str, str]
    amounts: str


@dataclass(frozen=True)
class Sources:
    """Everything a recalculation starts from; nothing in it was computed by the run but the measurements."""

    run_folder: Path
    elections: Elections
    assumptions: Assumptions
    opening: Tape | None
    closing: Tape | None
    events: Tape | None
    opening_is_carried: bool
    measurements: tuple[Path, ...]


def read_sources(run_folder: Path) -> Sources:
    """The sources of a run, verified: a file changed since, or gone, is unusable input."""
    plan = _plan(run_folder / "plan.toml")
    found = _verified(run_folder)
    loans = plan.get("tapes", {}).get("loans", {})
    curves = {name: found.get(f"curves.{name}") for name in ("prepayment", "hazard", "loss_given_default")}
    for name, path in curves.items():
        if path is None:
            raise UnusableInput(
                file=str(run_folder / "manifest.json"),
                column=f"sources.curves.{name}",
                rule="the manifest names every source",
                remedy="run the close again",
            )
    measurements = tuple(sorted((run_folder / MEASURED_FOLDER).glob("*.parquet")))
    if not measurements:
        raise UnusableInput(
            file=str(run_folder / MEASURED_FOLDER),
            rule="a run has measurements",
            remedy="run the close again",
        )
    assumptions = Assumptions.read(
        _there(curves, "prepayment"),
        _there(curves, "hazard"),
        _there(curves, "loss_given_default"),
        found.get("curves.recovery"),
    )
    return Sources(
        run_folder=run_folder,
        elections=Elections.from_plan(plan, str(run_folder / "plan.toml")),
        assumptions=assumptions,
        opening=_tape(found, OPENING_TAPE, loans),
        closing=_tape(found, CLOSING_TAPE, loans),
        events=_tape(found, EVENT_TAPE, plan.get("tapes", {}).get("events", {})),
        opening_is_carried=plan.get("opening", {}).get("source") == "prior_run",
        measurements=measurements,
    )


def sha256_of(path: Path) -> str:
    """The SHA-256 of a file, in hexadecimal."""
    digest = hashlib.sha256()
    with path.open("rb") as opened:
        while chunk := opened.read(1 << 20):
            digest.update(chunk)
    return digest.hexdigest()


def _plan(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"), parse_float=Decimal)
    except (OSError, ValueError) as wrong:
        raise UnusableInput(file=str(path), rule=f"unreadable: {wrong}", remedy="name the folder of a whole run") from wrong


def _verified(run_folder: Path) -> dict[str, Path]:
    """Path of every source by name, each with the hash the manifest recorded."""
    manifest_path = run_folder / "manifest.json"
    try:
        manifest = json.loads(manifest_path.read_text(encoding="utf-8"))
        sources, plan_folder = manifest["sources"], run_folder / manifest.get("plan_folder", ".")
        named = {name: (plan_folder / given["path"], str(given["sha256"])) for name, given in sources.items()}
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as wrong:
        raise UnusableInput(
            file=str(manifest_path), rule=f"unreadable: {wrong!r}", remedy="name the folder of a whole run"
        ) from wrong
    for name, (path, recorded) in named.items():
        if not path.is_file():
            raise UnusableInput(file=str(path), column=name, rule="the source is gone", remedy="restore the file")
        if sha256_of(path) != recorded:
            raise UnusableInput(
                file=str(path),
                column=name,
                rule="the source has changed since the run",
                remedy="restore the file the run measured, or run the close again",
            )
    return {name: path for name, (path, _) in named.items()}


def _tape(found: Mapping[str, Path], name: str, described: Mapping[str, Any]) -> Tape | None:
    if name not in found:
        return None
    return Tape(found[name], described.get("columns", {}), str(described.get("amounts", "minor")))


def _there(curves: Mapping[str, Path | None], name: str) -> Path:
    path = curves[name]
    assert path is not None, "checked before"
    return path

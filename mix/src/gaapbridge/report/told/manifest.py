"""What a run was made from and with, by the hashes that change when one byte does; and what changed since the last one."""

from __future__ import annotations

from dataclasses import dataclass

from gaapbridge.changes.between import changes_between
from gaapbridge.form import Table
from gaapbridge.run import open_run
from gaapbridge.run.reader import Run
from gaapbridge.terms.errors import UnusableInput

HASH = "SHA-256"


@dataclass(frozen=True, slots=True)
class ToldManifest:
    """What the run says of itself, by name, and its lists: inputs, artefacts, libraries, run time in seconds."""

    facts: tuple[tuple[str, str], ...]
    tables: tuple[Table, ...]


def told_manifest(run: Run) -> ToldManifest:
    """The manifest of a run."""
    manifest = run.manifest
    facts = {
        "Content": manifest.content_sha256,
        "Manifest": run.manifest_sha256,
        "Plan": manifest.plan_sha256,
        "Code": manifest.code_sha256,
        "Version": manifest.version,
        "Format": str(manifest.format),
        "Written at": manifest.written_at,
        "Opens with": manifest.prior_run or "its own tapes",
        **({"Manifest of that run": manifest.prior_run_sha256} if manifest.prior_run_sha256 else {}),
    }
    inputs = tuple((name, one.path, one.sha256) for name, one in manifest.sources.items())
    took = tuple((name, round(float(seconds), 1)) for name, seconds in manifest.elapsed_seconds.items())
    tables = (
        Table("Inputs", ("input", "file, from the folder of the plan", HASH), inputs),
        Table("Artefacts", ("file of the run", HASH), tuple(sorted(manifest.artefacts_sha256.items()))),
        Table("Libraries", ("library", "version"), tuple(manifest.libraries.items())),
        Table("Run time", ("stage", "seconds"), took),
    )
    return ToldManifest(tuple(facts.items()), tuple(one for one in tables if one.rows))


@dataclass(frozen=True, slots=True)
class ToldChanges:
    """What a run is compared with, in words, and each change in a line."""

    since: str
    lines: tuple[str, ...]


def told_changes(run: Run) -> ToldChanges:
    """What changed from the version before of the same period, else from the run of the period before."""
    try:
        before = open_run("previous", beside=run.resolved())
        since = f"Since {before.folder.name} of this period"
    except UnusableInput:
        if run.prior_folder is None or not run.prior_folder.is_dir():
            return ToldChanges("There is no earlier run.", ())
        before = Run(run.prior_folder)
        since = f"Since the run of the period before, {before.manifest.period}"
    return ToldChanges(since, tuple(" ".join(line.split()) for line in changes_between(before, run).as_lines()))

"""R15: every artefact of a run is there and is as it was written, its manifest as it was sealed, and nothing else is there."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from gaapbridge.run.folder import MANIFEST, SEAL
from gaapbridge.run.hashed import fault_of, unlisted_names
from gaapbridge.run.manifest import Manifest, has_manifest, manifest_as_it_stands
from gaapbridge.run.seal import SEALED_SINCE, seal_fault
from gaapbridge.statement.checks import Check
from gaapbridge.statement.evidence import RECOMPUTED
from gaapbridge.statement.not_checked import NotChecked
from gaapbridge.terms.errors import UnusableInput


def held_to_manifest(folder: Path) -> tuple[list[Check], list[NotChecked]]:
    """R15 of every artefact that can be read; what cannot, or a manifest that vouches for nothing, is left and said."""
    try:
        manifest = manifest_as_it_stands(folder)
    except UnusableInput as error:
        why = f"the folder holds no manifest with the hashes of its artefacts ({error.rule})"
        left = [NotChecked("R15", None, MANIFEST, None, why, "restore it, or name a folder written by close")]
        return [one for one in (as_sealed(folder),) if isinstance(one, Check)], left
    vouched = [one for one in (as_sealed(folder, manifest.format), prior_as_opened(folder, manifest)) if one is not None]
    checks = [one for one in vouched if isinstance(one, Check)]
    left = [one for one in vouched if isinstance(one, NotChecked)]
    for name, sha256 in manifest.artefacts_sha256.items():
        try:
            checks.append(as_written(folder, name, sha256))
        except OSError as refused:
            why = f"the artefact cannot be read ({refused.strerror})"
            left.append(NotChecked("R15", None, name, None, why, "check the rights to it"))
    return [*checks, *unlisted(folder, manifest.artefacts_sha256)], left


def as_written(folder: Path, name: str, sha256: str) -> Check:
    """An artefact by its path in the folder, against the SHA-256 that the run's manifest has of it.

    What the manifest says is taken as it stands: ``as_sealed`` holds that to its seal.
    """
    part = fault_of(folder / name, sha256)
    told = {
        "missing": f"{name} is not in the folder",
        "changed": f"{name} does not have the SHA-256 stated in manifest.json",
    }
    return _check(name, part, told.get(part, ""))


def unlisted(folder: Path, hashes: Mapping[str, str]) -> list[Check]:
    """A failing check for each file in the folder that the manifest has no SHA-256 of."""
    return [_check(name, "unlisted", f"{name} has no SHA-256 in manifest.json") for name in unlisted_names(folder, hashes)]


def as_sealed(folder: Path, form: int = 1) -> Check | NotChecked:
    """The manifest of a run, of a format, against its seal; not checked where it was written before runs were sealed."""
    part, name = seal_fault(folder, form), MANIFEST if (folder / SEAL).is_file() else SEAL
    if name == SEAL and not part:
        why = f"a run of format {form} has no {SEAL}: from {SEALED_SINCE} on there is one"
        return NotChecked("R15", None, MANIFEST, None, why, "close the plan again")
    told = {"missing": f"{name} is not in the folder", "changed": f"{name} does not have the SHA-256 stated in {SEAL}"}
    return _check(name, part, told.get(part, ""))


def prior_as_opened(folder: Path, manifest: Manifest) -> Check | NotChecked | None:
    """The manifest of the run that one opened with against the SHA-256 that it has of it; None where it has none."""
    if manifest.prior_run is None or manifest.prior_run_sha256 is None:
        return None
    name = f"{manifest.prior_run}/{MANIFEST}"
    if not has_manifest(folder / manifest.prior_run):
        return NotChecked("R15", None, name, None, "the run that this one opened with has gone", "restore it to be compared")
    part = fault_of(folder / name, manifest.prior_run_sha256)
    return _check(name, part, f"{name} does not have the SHA-256 that this run opened with" if part else "")


def _check(name: str, part: str, figures: str) -> Check:
    """One file; a ``part`` is what is wrong with it."""
    return Check(
        f"R15/{name}",
        "R15",
        None,
        name,
        None,
        expected=0,
        actual=int(bool(part)),
        evidence=RECOMPUTED,
        part=part,
        figures=figures,
        unit="file",
    )

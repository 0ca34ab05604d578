"""A run as its folder records it: manifest, plan, statements, checks and findings."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

from gaapbridge.comparison.plan_keys import Values, stated
from gaapbridge.filings import read_json
from gaapbridge.period_close.run_folder import find_run, refuse_changed
from gaapbridge.plan.read import toml_content
from gaapbridge.statement.document import Document
from gaapbridge.statement.document_reading import read_document


@dataclass(frozen=True)
class Source:
    """An input file of a run: its path as the manifest has it and in full, and its hash then."""

    stated: str
    path: Path
    sha256: str


@dataclass(frozen=True)
class Record:
    """A run as its folder records it. ``plan`` holds what its plan states, key by key."""

    folder: Path
    manifest: Mapping[str, Any]
    plan: Values
    printed: Document
    exact: Document
    checks: Mapping[str, bool]
    findings: Mapping[tuple[str, str], Mapping[str, Any]]

    @property
    def entity(self) -> str:
        """Whose statements."""
        return str(self.manifest["entity"])

    @property
    def period(self) -> tuple[str, str]:
        """Opening and closing instant."""
        return self.manifest["period"]["opening"], self.manifest["period"]["closing"]

    @property
    def plan_folder(self) -> Path:
        """The folder that paths in the plan start from."""
        return Path(self.folder, self.manifest["plan_folder"]).resolve()

    @property
    def prior_run(self) -> Path | None:
        """The very run whose closing was brought forward; None where there was none."""
        prior = self.manifest["prior_run"]
        return None if prior is None else Path(self.folder, prior).resolve()

    @property
    def sources(self) -> dict[str, Source]:
        """Input files by name."""
        return {
            name: Source(source["path"], (self.plan_folder / source["path"]).resolve(), source["sha256"])
            for name, source in self.manifest["sources"].items()
        }

    @property
    def code(self) -> str:
        """Version and hash of the code that made the run."""
        return f"{self.manifest['version']} {self.manifest['code_sha256']}"

    @property
    def files(self) -> frozenset[str]:
        """Names of the files that the run wrote."""
        return frozenset(self.manifest["artefacts_sha256"])


def read_record(run: Path) -> Record:
    """The record of a run. Raises ``UnusableInput`` where the folder is no run, or not as it was written."""
    folder = find_run(str(run), run.parent).resolve()
    manifest = cast(Mapping[str, Any], read_json(folder / "manifest.json"))
    refuse_changed(folder)
    checks, findings = (cast(list[dict[str, Any]], read_json(folder / name)) for name in ("checks.json", "findings.json"))
    return Record(
        folder=folder,
        manifest=manifest,
        plan=stated(toml_content(folder / "plan.toml")),
        printed=read_document(read_json(folder / "statement.json"), "statement.json"),
        exact=read_document(read_json(folder / "exact.json"), "exact.json"),
        checks={check["id"]: check["holds"] for check in checks},
        findings={(finding["name"], finding["where"]): finding for finding in findings},
    )

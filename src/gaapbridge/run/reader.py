"""The reader of a run: everything its folder holds, typed, each part read when it is first asked for."""

from __future__ import annotations

import csv
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar, cast

from pydantic import ValidationError

from gaapbridge.filings import read_json, read_text
from gaapbridge.plan.read import toml_content
from gaapbridge.plan.versions import answers_on
from gaapbridge.run import folder as names
from gaapbridge.run.folder import measured_kinds, measurement_files
from gaapbridge.run.form import typed_as
from gaapbridge.run.given_rows import GivenRow, read_rows
from gaapbridge.run.hashed import refuse_changed
from gaapbridge.run.journals import JournalLine, read_lines
from gaapbridge.run.manifest import Manifest, read_manifest
from gaapbridge.run.samples import sample_files
from gaapbridge.statement.checks import Check
from gaapbridge.statement.document import Document
from gaapbridge.statement.document_reading import read_document
from gaapbridge.statement.evidence import NOT_STATED, by_evidence, counted
from gaapbridge.statement.not_checked import NotChecked
from gaapbridge.statement.printing import print_statement
from gaapbridge.terms.errors import UnusableInput
from gaapbridge.terms.finding import Finding
from gaapbridge.terms.text import text_of

if TYPE_CHECKING:  # an array library, which only measurements need
    import polars as pl

Listed = TypeVar("Listed")


@dataclass(frozen=True, slots=True)
class SourceFile:
    """An input file of a run: its path as the manifest has it and in full, and its hash then."""

    stated: str
    path: Path
    sha256: str


@dataclass(frozen=True, slots=True)
class Movements:
    """The movement table of one framework's loss allowance for one kind of contract, by line and stage, in minor units."""

    kind: str
    framework: str
    lines: Mapping[str, Mapping[str, int]]
    closing: Mapping[str, int]

    @classmethod
    def of(cls, kind: str, table: Mapping[str, Any]) -> Movements:
        """The table of a kind of contract, from its framework, lines and closing."""
        return cls(kind, table["framework"], table["lines"], table["closing"])


@dataclass(frozen=True)
class Run:
    """A run that was written, opened on its folder.

    Raises ``UnusableInput`` where the folder is no run; ``unchanged`` also where it is not as it was written. ``manifest`` is
    what it says of itself. Amounts are minor units but for ``document``, which is in printed units.
    """

    folder: Path
    manifest: Manifest = field(init=False, compare=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "folder", Path(self.folder))
        object.__setattr__(self, "manifest", read_manifest(self.folder))

    def __fspath__(self) -> str:
        return str(self.folder)

    def unchanged(self) -> Run:
        """The same run, once it is sure that every artefact is as the run wrote it."""
        refuse_changed(self.folder, self.manifest.artefacts_sha256)
        return self

    def resolved(self) -> Run:
        """The same run by the full path of its folder."""
        return Run(self.folder.resolve())

    @cached_property
    def plan_content(self) -> dict[str, Any]:
        """What the plan of the run states, as a TOML file is read."""
        return toml_content(self.folder / names.PLAN)

    @property
    def code(self) -> str:
        """Version and hash of the code that made it."""
        return self.manifest.code

    @property
    def libraries(self) -> Mapping[str, str]:
        """Versions of the libraries that it was made with."""
        return self.manifest.libraries

    @property
    def closing_answers(self) -> dict[str, dict[str, Any]]:
        """Every note's answers to its elections at the closing instant; of an estimate, that of the version in force then."""
        closing = date.fromisoformat(self.manifest.period.closing)
        return {note: answers_on(closing, answers, {}) for note, answers in self.plan_content["elections"].items()}

    @property
    def plan_folder(self) -> Path:
        """The folder that paths in the plan start from."""
        return (self.folder / self.manifest.plan_folder).resolve()

    @cached_property
    def sources(self) -> dict[str, SourceFile]:
        """Input files by name."""
        paths = self.manifest.source_paths(self.folder)
        return {name: SourceFile(one.path, paths[name].resolve(), one.sha256) for name, one in self.manifest.sources.items()}

    @property
    def prior_folder(self) -> Path | None:
        """The very run whose closing was brought forward, which may be gone; None where there was none."""
        prior = self.manifest.prior_run
        return None if prior is None else Path(os.path.normpath(self.folder / prior))

    @property
    def comparative_folders(self) -> dict[str, Path]:
        """Earlier runs whose statements are printed beside because the plan says so, by what of them is; they may be gone."""
        named = self.manifest.comparatives or {}
        return {name: Path(os.path.normpath(self.folder / run)) for name, run in named.items()}

    @cached_property
    def document(self) -> Document:
        """The statements as printed, in presentation units."""
        return self._document(names.STATEMENT)

    @cached_property
    def exact(self) -> Document:
        """The statements in minor units."""
        return self._document(names.EXACT)

    @cached_property
    def statement_text(self) -> str:
        """The statements as text."""
        return read_text(self.folder / names.STATEMENT_TEXT)

    @cached_property
    def notes_text(self) -> str:
        """The notes below the statements."""
        return read_text(self.folder / names.NOTES)

    @cached_property
    def ledgers(self) -> Mapping[str, Mapping[str, int]]:
        """US GAAP balances by statement and account, debit positive."""
        return self._typed(names.LEDGERS, dict[str, dict[str, int]])

    @cached_property
    def journals(self) -> tuple[JournalLine, ...]:
        """Every line posted."""
        return tuple(read_lines(self.folder / names.JOURNALS))

    @cached_property
    def given_rows(self) -> tuple[GivenRow, ...]:
        """Every row of a file that was posted: of given notes, and adjustments."""
        return tuple(read_rows(self.folder / names.GIVEN))

    @cached_property
    def hindsight(self) -> tuple[Mapping[str, Any], ...]:
        """By kind of contract, what the opening expected of the period against what came (R17); none in a run of before."""
        path = self.folder / names.HINDSIGHT
        return self._typed(names.HINDSIGHT, tuple[dict[str, Any], ...]) if path.exists() else ()

    @cached_property
    def movements(self) -> tuple[Movements, ...]:
        """The movement tables of loss allowances."""
        return self._typed(names.MOVEMENTS, tuple[Movements, ...])

    @cached_property
    def checks(self) -> tuple[Check, ...]:
        """Every tie-out made; those of a run written before R18 do not state what they prove."""
        written = read_json(self.folder / names.CHECKS)
        told = [{"evidence": NOT_STATED, **check} for check in written] if isinstance(written, list) else written
        return _typed(names.CHECKS, told, tuple[Check, ...])

    @cached_property
    def findings(self) -> tuple[Finding, ...]:
        """Every finding."""
        return self._typed(names.FINDINGS, tuple[Finding, ...])

    @cached_property
    def restatement(self) -> Mapping[str, Any] | None:
        """What it prints otherwise than the filed version that it restates, and why; None where it restates none."""
        path = self.folder / names.RESTATEMENT
        return self._typed(names.RESTATEMENT, dict[str, Any]) if path.exists() else None

    @cached_property
    def not_checked(self) -> tuple[NotChecked, ...]:
        """What could not be tied out."""
        return self._typed(names.NOT_CHECKED, tuple[NotChecked, ...])

    @cached_property
    def rejected_rows(self) -> int:
        """Rows of the tapes that were not measured; a row that breaks several rules counts once."""
        with (self.folder / names.REJECTS).open(encoding="utf-8", newline="") as stream:
            return len({(row["file"], row["row"]) for row in csv.DictReader(stream)})

    @property
    def kinds(self) -> list[str]:
        """The kinds of contracts measured."""
        return measured_kinds(self.folder)

    def measurements(self, kind: str) -> pl.LazyFrame:
        """What was measured of one kind of contract, one row each. Raises ``UnusableInput`` where there is none of them."""
        import polars as pl

        files = measurement_files(self.folder, kind)
        if not files:
            rule = f"this run measured {', '.join(self.kinds)}"
            raise UnusableInput(file=str(self.folder), value=kind, rule=rule, remedy="name one of these")
        return pl.scan_parquet(list(files), glob=False)

    def measurement(self, kind: str, contract_id: str) -> dict[str, Any] | None:
        """The row of one contract; None where it was not measured."""
        import polars as pl

        found = self.measurements(kind).filter(pl.col("contract_id") == contract_id).collect()
        return None if found.is_empty() else found.row(0, named=True)

    def input_rows(self, kind: str, identity: str, contract_id: str) -> dict[str, pl.DataFrame]:
        """The input rows of one contract that the run keeps, by the tape's name in the manifest; no rows of most contracts.

        ``identity`` is the column of the tapes with the ids. Beside the tape's columns are ``file`` and ``row``.
        """
        import polars as pl

        files = sample_files(self.folder, kind)
        scans = {name: pl.scan_parquet(path, glob=False) for name, path in files.items()}
        return {name: scan.filter(pl.col(identity) == contract_id).collect() for name, scan in scans.items()}

    @property
    def findings_allowed(self) -> int:
        """How many findings the plan allows before the exit code is 1."""
        return int(self.plan_content["thresholds"]["findings"])

    @property
    def exit_code(self) -> int:
        """0 clean, 1 with more findings than the plan allows; those that it accepts do not count."""
        counted = [finding for finding in self.findings if finding.accepted is None]
        return 1 if len(counted) > self.findings_allowed else 0

    def as_dict(self) -> dict[str, Any]:
        """For ``--format json``."""
        return {
            "run": str(self.folder),
            "checks": len(self.checks),
            "held": sum(check.holds for check in self.checks),
            "evidence": by_evidence(self.checks),
            "rejected_rows": self.rejected_rows,
            "set": dict(self.manifest.set or {}),
            "findings": [finding.as_dict() for finding in self.findings],
        }

    def as_text(self, width: int | None = None) -> str:
        """The statement, then checks and findings, then where the run is; in lines of at most ``width`` columns, if any."""
        accepted = sum(finding.accepted is not None for finding in self.findings)
        found = f"{len(self.findings):,}{f', {accepted:,} accepted' if accepted else ''}" if self.findings else "none"
        told = f"Checks: {counted(self.checks)}. Findings: {found}. Rejected rows: {self.rejected_rows:,}."
        if self.manifest.rows_left_out:
            told += f" Rows of totals left out: {sum(self.manifest.rows_left_out.values()):,}."
        for words in (self.manifest.rows_of_other_kinds or {}).values():
            told += f" Rows of other kinds left out: {', '.join(f'{rows:,} of {word}' for word, rows in words.items())}."
        statement = self.statement_text if width is None else print_statement(self.document, width)
        lines = [*statement.split("\n"), told]
        for finding in self.findings:
            lines.append(finding.line)
        for key, value in (self.manifest.set or {}).items():
            lines.append(f"Set on the command line: {key} = {value}")
        return text_of([*lines, f"Run: {self.folder}", ""], width)

    def _document(self, name: str) -> Document:
        return read_document(read_json(self.folder / name), name)

    def _typed(self, name: str, form: type[Listed]) -> Listed:
        return _typed(name, read_json(self.folder / name), form)


def _typed(name: str, content: object, form: type[Listed]) -> Listed:
    """The content of an artefact in the type that it was written from."""
    try:
        typed: Listed = typed_as(cast(Any, form)).validate_python(content)
        return typed
    except ValidationError as wrong:
        where = ".".join(map(str, wrong.errors()[0]["loc"]))
        rule = "an artefact is in the form in which close writes it"
        raise UnusableInput(file=name, key=where, rule=rule, remedy="restore the run, or close the plan again") from None

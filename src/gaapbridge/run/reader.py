"""The reader of a run: everything its folder holds, typed, each part read when it is first asked for."""

from __future__ import annotations

import csv
import os
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gaapbridge.filings import read_json, read_text
from gaapbridge.plan.read import toml_content
from gaapbridge.plan.versions import answers_on
from gaapbridge.run import folder as names
from gaapbridge.run.folder import measured_kinds
from gaapbridge.run.form import Form, typed_artefact
from gaapbridge.run.given_rows import GivenRow, read_rows
from gaapbridge.run.hashed import refuse_changed
from gaapbridge.run.listed import Listed
from gaapbridge.run.manifest import Estimated, Manifest, read_manifest
from gaapbridge.run.measured import every_contract, one_of, some_contracts
from gaapbridge.run.movements import Movements
from gaapbridge.run.samples import sample_files, sampled_contracts
from gaapbridge.run.shown import run_html
from gaapbridge.statement.document import Document
from gaapbridge.statement.document_reading import read_document
from gaapbridge.statement.evidence import by_evidence, counted
from gaapbridge.statement.notes_text import NotesSaid
from gaapbridge.statement.printing import print_statement
from gaapbridge.terms.arguments import expect
from gaapbridge.terms.errors import UnusableInput
from gaapbridge.terms.hashes import Hashing, sha256_of
from gaapbridge.terms.text import text_of, visible

if TYPE_CHECKING:  # an array library, which only frames need
    import polars as pl


@dataclass(frozen=True, slots=True)
class SourceFile:
    """An input file of a run: its path as the manifest has it and in full, and its hash then."""

    stated: str
    path: Path
    sha256: str


@dataclass(frozen=True, slots=True)
class Rolled:
    """How the difference of one component moved on one account: debit positive, in minor units, each cause by its flow."""

    note: str
    component: str
    account: str
    opening_minor: int
    flows_minor: Mapping[str, int]
    closing_minor: int


@dataclass(frozen=True, init=False)
class Run:
    """A run that was written, opened on its folder.

    Raises ``UnusableInput`` where the folder is no run; ``unchanged`` also where it is not as it was written. ``manifest`` is
    what it says of itself. ``statement``, ``journals``, ``checks``, ``findings``, ``not_checked`` and ``measurements`` are
    Polars frames; ``listed`` has the same as typed objects. Amounts are minor units but for ``document`` and what a statement
    prints, which are in printed units.
    """

    folder: Path
    manifest: Manifest = field(compare=False)

    def __init__(self, folder: str | os.PathLike[str]) -> None:
        expect("folder", folder, str, os.PathLike)
        object.__setattr__(self, "folder", Path(folder))
        object.__setattr__(self, "manifest", read_manifest(self.folder))

    def __fspath__(self) -> str:
        return str(self.folder)

    def unchanged(self, hashing: Hashing = sha256_of) -> Run:
        """The same run, once it is sure that every artefact is as the run wrote it."""
        refuse_changed(self.folder, self.manifest.artefacts_sha256, hashing)
        return self

    def beside(self, what: str) -> Path:
        """Where what is made of a run is kept, beside it and not in it: ``v2-report`` of ``v2``."""
        folder = self.folder if self.folder.name else self.folder.resolve()
        return folder.with_name(f"{folder.name}-{what}")

    def resolved(self) -> Run:
        """The same run by the full path of its folder."""
        return Run(self.folder.resolve())

    @cached_property
    def manifest_sha256(self) -> str:
        """The hash by which its manifest is sealed: as the report prints it, and the next run's manifest has it."""
        return sha256_of(self.folder / names.MANIFEST)

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
    def estimated(self) -> Mapping[str, Estimated]:
        """How tables of assumptions were estimated, by source, as far as that is known."""
        return self.manifest.estimated or {}

    @cached_property
    def closing_answers(self) -> dict[str, dict[str, Any]]:
        """Every note's answers to its elections at the closing instant; of an estimate, that of the version in force then."""
        closing = date.fromisoformat(self.manifest.period.closing)
        return {note: answers_on(closing, answers, {}) for note, answers in self.plan_content.get("elections", {}).items()}

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

    @property
    def says_notes(self) -> bool:
        """Whether it keeps what its notes say typed (``notes_said``), and not as text alone, as a run of before."""
        return (self.folder / names.NOTES_SAID).exists()

    @cached_property
    def notes_said(self) -> NotesSaid:
        """What the notes say beside the figures of the statements, typed: text, elections, tax, adjustments, losses.

        Raises ``UnusableInput`` in a run of before, which has them as text alone.
        """
        if not self.says_notes:
            rule = "a run keeps what its notes say in notes.json; this one is of a version before that"
            raise UnusableInput(file=str(self.folder), rule=rule, remedy="close its plan again")
        return self._typed(names.NOTES_SAID, NotesSaid)

    @cached_property
    def ledgers(self) -> Mapping[str, Mapping[str, int]]:
        """US GAAP balances by statement and account, debit positive."""
        return self._typed(names.LEDGERS, dict[str, dict[str, int]])

    @cached_property
    def statement(self) -> pl.DataFrame:
        """Every row of the statements: printed amounts by column, and the exact ones in ``COLUMN_minor``."""
        from gaapbridge.run.frames import statement_frame

        return statement_frame(self.document, self.exact)

    @cached_property
    def journals(self) -> pl.DataFrame:
        """Every line posted, in minor units."""
        from gaapbridge.run.frames import journals_frame

        return journals_frame(self.folder)

    @cached_property
    def checks(self) -> pl.DataFrame:
        """Every tie-out made, what it expected and found, whether it holds, and what it proves (R18)."""
        from gaapbridge.run.frames import checks_frame

        return checks_frame(self.listed)

    @cached_property
    def findings(self) -> pl.DataFrame:
        """Every finding, with its amount, why it matters and what to do."""
        from gaapbridge.run.frames import findings_frame

        return findings_frame(self.listed)

    @cached_property
    def not_checked(self) -> pl.DataFrame:
        """What could not be tied out, and why."""
        from gaapbridge.run.frames import not_checked_frame

        return not_checked_frame(self.listed)

    @cached_property
    def listed(self) -> Listed:
        """Journals, checks, findings and what was not checked, as tuples of typed objects: no array library is loaded."""
        return Listed(self.folder)

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
    def roll_forward(self) -> tuple[Rolled, ...]:
        """By note, component and account: the difference brought forward, every cause that moved it, and what it came to."""
        return self._typed(names.ROLL_FORWARD, tuple[Rolled, ...])

    @cached_property
    def restatement(self) -> Mapping[str, Any] | None:
        """What it prints otherwise than the filed version that it restates, and why; None where it restates none."""
        path = self.folder / names.RESTATEMENT
        return self._typed(names.RESTATEMENT, dict[str, Any]) if path.exists() else None

    @cached_property
    def rejects(self) -> tuple[Mapping[str, str], ...]:
        """The rows of the tapes that were not measured, once for each rule that they break."""
        with (self.folder / names.REJECTS).open(encoding="utf-8", newline="") as stream:
            return tuple(csv.DictReader(stream))

    @cached_property
    def rejected_rows(self) -> int:
        """Rows of the tapes that were not measured; a row that breaks several rules counts once."""
        return len({(row["file"], row["row"]) for row in self.rejects})

    def sampled(self, kind: str) -> tuple[tuple[str, str], ...]:
        """Contracts of a kind whose input rows the run keeps, and what each is kept for."""
        return sampled_contracts(self.folder, kind)

    @property
    def kinds(self) -> list[str]:
        """The kinds of contracts measured."""
        return measured_kinds(self.folder)

    @property
    def keeps_totals_only(self) -> bool:
        """Whether the plan had it keep no table of its contracts: of those alone whose input rows are kept it has what was
        measured."""
        return self.manifest.detail is not None

    def measurements(self, kind: str) -> pl.LazyFrame:
        """What was measured of one kind of contract, one row each: lazy, since a lender may have more than memory holds.

        ``.collect()`` reads it, ``.select("contract_id", ...)`` before it only these columns. Raises ``UnusableInput`` where
        none of that kind was measured, and where the run keeps totals only.
        """
        return every_contract(self.folder, kind)

    def measurement(self, kind: str, contract_id: str) -> dict[str, Any] | None:
        """The row of one contract; None where it was not measured, or is not kept by a run of totals only."""
        return self.measured_rows(kind, [contract_id]).get(contract_id)

    def measured_rows(self, kind: str, contract_ids: Collection[str]) -> dict[str, dict[str, Any]]:
        """The rows of several contracts by id, read at once; one that was not measured, or is not kept, is left out."""
        return some_contracts(self.folder, kind, contract_ids)

    def input_rows(self, kind: str, identity: str, contract_id: str) -> dict[str, pl.DataFrame]:
        """The input rows of one contract that the run keeps, by the tape's name in the manifest; no rows of most contracts.

        ``identity`` is the column of the tapes with the ids. Beside the tape's columns are ``file`` and ``row``.
        """
        return self.input_rows_of(kind, identity, [contract_id])

    def input_rows_of(self, kind: str, identity: str, contract_ids: Collection[str]) -> dict[str, pl.DataFrame]:
        """The same of several contracts, those of all in one frame: each file is read once."""
        import polars as pl

        wanted = one_of(identity, contract_ids)
        files = sample_files(self.folder, kind)
        return {name: pl.scan_parquet(path, glob=False).filter(wanted).collect() for name, path in files.items()}

    def kept_rows(self, kind: str) -> dict[str, pl.DataFrame]:
        """All input rows that the run keeps of a kind, by the tape's name in the manifest, with ``file`` and ``row`` first."""
        import polars as pl

        return {name: pl.read_parquet(path, glob=False) for name, path in sample_files(self.folder, kind).items()}

    @property
    def findings_allowed(self) -> int:
        """How many findings the plan allows before the exit code is 1."""
        return int(self.plan_content["thresholds"]["findings"])

    @property
    def exit_code(self) -> int:
        """0 clean, 1 with more findings than the plan allows; those that it accepts do not count."""
        counted = [finding for finding in self.listed.findings if finding.accepted is None]
        return 1 if len(counted) > self.findings_allowed else 0

    def as_dict(self) -> dict[str, Any]:
        """For ``--format json``."""
        checks = self.listed.checks
        return {
            "run": str(self.folder),
            "checks": len(checks),
            "held": sum(check.holds for check in checks),
            "evidence": by_evidence(checks),
            "rejected_rows": self.rejected_rows,
            "set": dict(self.manifest.set or {}),
            "detail": self.manifest.detail or "full",
            "findings": [finding.as_dict() for finding in self.listed.findings],
        }

    def as_text(self, width: int | None = None) -> str:
        """The statement, then checks and findings, then where the run is; in lines of at most ``width`` columns, if any."""
        statement = self.statement_text if width is None else print_statement(self.document, width)
        findings = [finding.line for finding in self.listed.findings]
        were_set = [f"Set on the command line: {key} = {value}" for key, value in (self.manifest.set or {}).items()]
        were_set += ["Detail: totals only; no table of contracts is kept"] if self.keeps_totals_only else []
        below = [] if width is None or self.restatement is None else [self._restated, ""]
        return text_of([*statement.split("\n"), *below, self.outcome, *findings, *were_set, f"Run: {self.folder}", ""], width)

    @property
    def _restated(self) -> str:
        """What a restatement restates and why, and where its amounts stand as filed beside those restated."""
        told = self.restatement or {}
        where = f"below the statements in {self.folder / names.STATEMENT_TEXT}"
        restated = f"Restates {told['restates']} as filed ({told['filed']}): {told['because'].rstrip('.')}."
        return f"{restated} {len(told['cells']):,} cells moved: as filed, as restated and what was changed are {where}"

    def __repr__(self) -> str:
        return visible(f"Run({str(self.folder)!r}: {self.manifest.entity}, {self.manifest.period})")

    def _repr_html_(self) -> str:
        return run_html(self)

    @property
    def outcome(self) -> str:
        """In one line how many checks hold and what they prove, how many findings there are, and which rows were left out."""
        findings = self.listed.findings
        accepted = sum(finding.accepted is not None for finding in findings)
        found = f"{len(findings):,}{f', {accepted:,} accepted' if accepted else ''}" if findings else "none"
        told = f"Checks: {counted(self.listed.checks)}. Findings: {found}. Rejected rows: {self.rejected_rows:,}."
        if self.manifest.rows_left_out:
            told += f" Rows of totals left out: {sum(self.manifest.rows_left_out.values()):,}."
        for words in (self.manifest.rows_of_other_kinds or {}).values():
            told += f" Rows of other kinds left out: {', '.join(f'{rows:,} of {word}' for word, rows in words.items())}."
        return told

    def _document(self, name: str) -> Document:
        return read_document(read_json(self.folder / name), name).of_a_close()

    def _typed(self, name: str, form: type[Form]) -> Form:
        return typed_artefact(name, read_json(self.folder / name), form)

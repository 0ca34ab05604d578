"""What a run lists, in the types it was written from: what the house itself reads of journals, checks and findings."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from gaapbridge.filings import read_json
from gaapbridge.run import folder as names
from gaapbridge.run.form import typed_artefact
from gaapbridge.run.journals import JournalLine, read_lines
from gaapbridge.statement.checks import Check
from gaapbridge.statement.evidence import NOT_STATED
from gaapbridge.statement.not_checked import NotChecked
from gaapbridge.terms.finding import Finding


@dataclass(frozen=True)
class Listed:
    """The lists of a run's folder, each read when it is first asked for; ``Run`` gives the same as frames.

    Raises ``UnusableInput`` where an artefact is not in the form in which a close writes it. Amounts are minor units but
    where a unit stands beside them.
    """

    folder: Path

    @cached_property
    def journals(self) -> tuple[JournalLine, ...]:
        """Every line posted."""
        return tuple(read_lines(self.folder / names.JOURNALS))

    @cached_property
    def checks(self) -> tuple[Check, ...]:
        """Every tie-out made; those of a run written before R18 do not state what they prove."""
        written = read_json(self.folder / names.CHECKS)
        told = [{"evidence": NOT_STATED, **check} for check in written] if isinstance(written, list) else written
        return typed_artefact(names.CHECKS, told, tuple[Check, ...])

    @cached_property
    def findings(self) -> tuple[Finding, ...]:
        """Every finding."""
        return typed_artefact(names.FINDINGS, read_json(self.folder / names.FINDINGS), tuple[Finding, ...])

    @cached_property
    def not_checked(self) -> tuple[NotChecked, ...]:
        """What could not be tied out."""
        return typed_artefact(names.NOT_CHECKED, read_json(self.folder / names.NOT_CHECKED), tuple[NotChecked, ...])

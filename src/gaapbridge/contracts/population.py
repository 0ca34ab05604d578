"""The population of one kind of contract: what the close asks of loans, guarantees and awards alike."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import polars as pl

from gaapbridge.contracts.added_up import SecondPath
from gaapbridge.contracts.contract_tapes import Tapes
from gaapbridge.contracts.expectation import nothing_expected
from gaapbridge.contracts.kept_parts import KeptParts
from gaapbridge.contracts.kept_rows import KeptRows
from gaapbridge.contracts.keyed import keyed_totals
from gaapbridge.contracts.kinds import KINDS
from gaapbridge.contracts.like_for_like import told_by_curves_alone
from gaapbridge.contracts.measured import Answers, Direct, Measured, both_sides
from gaapbridge.contracts.movements import MovementTable
from gaapbridge.contracts.rejects import refused, together
from gaapbridge.contracts.scan import Cause, Part, Progress, Scan, Task, done, findings_of, scan
from gaapbridge.contracts.tape_rows import TapeRows, tape_findings
from gaapbridge.contracts.totals import Totals
from gaapbridge.engine import Engine
from gaapbridge.engine.sink import Parts
from gaapbridge.notes import Treatments
from gaapbridge.scratch import temporary_folder
from gaapbridge.terms.errors import TooLarge, UnusableInput
from gaapbridge.terms.finding import Finding


@dataclass
class Population:
    """All contracts of one kind: opened, measured once, then known by their rejects, findings and result.

    ``causes`` has the words of the findings that contracts give rise to. ``setting`` is what is constant over the close;
    ``measured`` measures the rows of a range in it, wherever it runs; ``direct`` measures the same again from its part of the
    table, under the plan's ``answers``; ``tables`` are the movement tables of the losses, where the kind has any;
    ``unstated`` says by income role what the tapes do not state of it.
    """

    tapes: Tapes
    causes: Mapping[str, Cause]
    setting: Callable[[Treatments], Any]
    measured: Callable[[Any, Any], Part]
    direct: Direct
    answers: Answers
    tables: Callable[[Totals], tuple[MovementTable, ...]] = lambda totals: ()
    unstated: Mapping[str, str] = field(default_factory=dict)
    found: Scan = field(default_factory=Scan)

    @property
    def kind(self) -> str:
        """The kind of contract, as the plan names its tapes."""
        return self.tapes.kind

    @property
    def rows(self) -> int:
        """Rows of all its tapes."""
        return self.tapes.rows

    def measure(
        self,
        table: Path,
        treatments: Treatments,
        engine: Engine,
        progress: Progress,
        columns: tuple[str, ...] | None = None,
        kept: KeptParts | None = None,
    ) -> None:
        """Measure every contract once, into the parts of ``table``, of all its ``columns`` or some, and totals; parts that are
        ``kept`` are taken up."""
        setting, second = self.setting(treatments), self._second_path()
        of_these = None if kept is None else kept.made_by(self.measured, setting, second)
        parts = Parts(table, columns)
        with temporary_folder() as folder:
            ranges = enumerate(self.tapes.ranges(folder))
            tasks = (Task(self.measured, rows, setting, parts, number, second, of_these) for number, rows in ranges)
            try:
                self.found = scan(done, tasks, engine, progress)
            except TooLarge as beyond:
                raise self._too_large(beyond) from None

    def kept_rows(self) -> dict[str, pl.DataFrame]:
        """The input rows that the run keeps, by tape, with file and number; complete once the contracts have been measured.

        A column that a tape does not have is left out: a default tells nothing of the contract, and whoever reads the rows may
        ask whether the tape states it.
        """
        kept, (files, lacking) = self._kept(), (self.tapes.files, self.tapes.lacking)
        rows = {} if kept is None else {name: kept.rows[name].sort("row").drop(lacking[name], strict=False) for name in files}
        named = {source: found.select(pl.lit(files[source]).alias("file"), pl.all()) for source, found in rows.items()}
        return {source: self.tapes.located(found) for source, found in named.items()}

    def kept_for(self) -> list[tuple[str, str]]:
        """The contracts of those rows, each with what it is kept for."""
        kept = self._kept()
        return [] if kept is None else kept.kept_for

    def kept_measured(self) -> pl.DataFrame:
        """The rows of those contracts in their table, by id; there where the parts of it have not all of its columns."""
        kept = self._kept()
        assert kept is not None and kept.measured is not None, "asked where contracts were measured, and totals are kept only"
        ids = pl.Series([contract_id for contract_id, _ in kept.kept_for], dtype=pl.String)
        return kept.measured.filter(pl.col("contract_id").is_in(ids.implode())).sort("contract_id")

    def _kept(self) -> KeptRows | None:
        return KeptRows.together(self.found.kept) if self.found.kept else None

    def tape_rows(self) -> list[TapeRows]:
        """What was read of each tape; complete once the contracts have been measured."""
        return self.tapes.read(self.found.read)

    def rejects(self) -> list[pl.DataFrame]:
        """Rows of all its tapes that were not measured; complete once the contracts have been measured."""
        of_tapes = (part for tape in self.tape_rows() for part in tape.rejects)
        return [self.tapes.located(part) for part in (*of_tapes, *self.found.rejects)]

    def findings(self) -> list[Finding]:
        """Findings about the tapes and about contracts that the close does not take as they stand."""
        read = self.tape_rows()
        kind = KINDS[self.kind]
        of_contracts = findings_of(self.found, self.causes, kind.word)
        return [*self.tapes.findings, *tape_findings(read), *of_contracts, *nothing_expected(kind, self.found.buckets)]

    def result(self) -> Measured:
        """What the contracts come to, by two paths. Raises ``UnusableInput`` where there is none."""
        if self.found.totals is None or self.found.added is None:
            raise self._nothing_measured()
        totals, added = self.found.totals, self.found.added
        try:
            sums = totals.sums()
        except TooLarge as beyond:
            raise self._too_large(beyond) from None
        second, kind = self._second_path(), KINDS[self.kind]
        us, ifrs = both_sides(second.amounts(added))
        return Measured(
            self.kind, totals, sums, us, ifrs, self.tables(totals), self.found.hindsight,
            keyed_totals(kind, second.keyed(added)), told_by_curves_alone(kind, added.by_curves), self.unstated,
        )  # fmt: skip

    def _second_path(self) -> SecondPath:
        return SecondPath.of(KINDS[self.kind], self.direct, self.answers)

    def _nothing_measured(self) -> UnusableInput:
        """The refusal of tapes without a contract: for the rows that break a rule, where there are any."""
        rejects = together(self.rejects())
        if rejects.height:
            return refused(rejects, of_rule=f" (no contract of {self.tapes.file} could be measured)")
        return UnusableInput(file=self.tapes.file, rule="a tape must hold contracts", remedy="check the tape")

    def _too_large(self, beyond: TooLarge) -> UnusableInput:
        """The refusal of what no contract, or no lender, has."""
        file = self.tapes.file if beyond.source is None else self.tapes.files[beyond.source]
        column, remedy = None if beyond.contract_id is None else "contract_id", "correct the amounts, or their unit in the plan"
        return UnusableInput(file=file, column=column, value=beyond.contract_id, rule=beyond.rule, remedy=remedy)

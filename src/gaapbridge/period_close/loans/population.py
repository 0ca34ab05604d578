"""The loans of a close: opening and closing rows brought together chunk by chunk, and measured."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import polars as pl

from gaapbridge.difference import PATHS
from gaapbridge.measure.kernels import NEVER_REPAID, NO_ROOT, NO_SIGN_CHANGE
from gaapbridge.period_close.loans.causes import CAUSES, causes_of
from gaapbridge.period_close.loans.columns import TERMS, contracts_of
from gaapbridge.period_close.loans.detail import detail_of
from gaapbridge.period_close.loans.direct import measured_directly
from gaapbridge.period_close.loans.measurement import measure
from gaapbridge.period_close.loans.setting import LoanSetting, loan_setting
from gaapbridge.period_close.loans.tapes import Frames, LoanTapes, open_tapes
from gaapbridge.period_close.measured import Measured
from gaapbridge.period_close.movements import movement_tables
from gaapbridge.period_close.notes import Treatments
from gaapbridge.period_close.scan import Part, Progress, Scan, findings_of, scan
from gaapbridge.period_close.side_by_side import side_by_side
from gaapbridge.period_close.tape_rows import tape_findings
from gaapbridge.period_close.totals import Standing, total
from gaapbridge.period_close.unmeasurable import Fault, Rows, unmeasurable
from gaapbridge.plan import Plan
from gaapbridge.portfolio.loan_tape import LOANS
from gaapbridge.portfolio.period_tapes import EVENTS
from gaapbridge.portfolio.stream import empty_frame
from gaapbridge.terms.errors import UnusableInput
from gaapbridge.terms.finding import Finding


@dataclass
class LoanPopulation:
    """The loans of a close; ``rejects`` and ``findings`` are complete once they have been measured."""

    plan: Plan
    tapes: LoanTapes
    found: Scan = field(default_factory=Scan)

    kind = "loans"

    @property
    def rows(self) -> int:
        """Rows of both tapes."""
        return self.tapes.rows

    def measure(self, table: Path, treatments: Treatments, workers: int, progress: Progress) -> None:
        """Measure every contract once, into ``table`` and totals."""
        setting = loan_setting(self.plan, self.tapes.curves, self.tapes.longest_term, treatments)
        events = self.tapes.events.good if self.tapes.events else empty_frame(EVENTS)
        told, tapes = events_by_contract(events), self.tapes
        self.found = scan(tapes.pairs(), lambda pair: _measured(pair, told, setting, tapes), table, workers, progress)

    def rejects(self) -> list[pl.DataFrame]:
        """Rows of tapes and events that were not measured."""
        return [*(part for tape in self.tapes.read() for part in tape.rejects), *self.found.rejects]

    def findings(self) -> list[Finding]:
        """Findings about the tapes and about contracts that the close does not take as they stand."""
        return [*tape_findings(self.tapes.read()), *findings_of(self.found, CAUSES, "loan")]

    def result(self, table: Path) -> Measured:
        """What the loans come to, by two paths."""
        if self.found.totals is None:
            file = self.tapes.closing.source.file
            raise UnusableInput(file=file, rule="a tape must hold contracts", remedy="check the tape")
        return Measured(self.kind, self.found.totals, *measured_directly(table), movement_tables(self.found.totals))


def open_population(plan: Plan, paths: Mapping[str, Path]) -> LoanPopulation:
    """Open the loans of a plan. Raises ``UnusableInput``; reads no loan."""
    return LoanPopulation(plan, open_tapes(plan, paths))


def events_by_contract(events: pl.DataFrame) -> pl.DataFrame:
    """Amounts of the period's events by contract: recovered, written off, prepaid, and whether terms were modified."""
    amount = pl.col("amount_minor")
    return events.group_by("contract_id").agg(
        amount.filter(pl.col("kind") == "recovery").sum().alias("recovered_minor"),
        amount.filter(pl.col("kind") == "write_off").sum().alias("event_written_off_minor"),
        (pl.col("kind") == "modification").any().alias("modified"),
    )


def beside(pair: Frames, events: pl.DataFrame) -> pl.DataFrame:
    """Opening and closing rows of a chunk side by side, with the amounts of the period's events."""
    opening = pair[0].filter(pl.col("status").is_in(["on_book", "written_off"]))
    return side_by_side(opening, pair[1], TERMS).join(events, on="contract_id", how="left", maintain_order="left")


def _measured(pair: Frames, events: pl.DataFrame, setting: LoanSetting, tapes: LoanTapes) -> Part:
    joined = beside(pair, events)
    contracts = contracts_of(joined, setting.credit)
    measurement = measure(contracts, setting)
    unsolved = measurement.outcomes != 0
    opening, closing = (Rows(frame, LOANS, file) for frame, file in zip(pair, tapes.files, strict=True))
    failed = joined.filter(pl.Series(unsolved)).with_columns(pl.Series("outcome", measurement.outcomes[unsolved]))
    standing = Standing(
        contracts.schedule.segment,
        contracts.course.path_where(~unsolved),
        measurement.stage_opening,
        measurement.stage_closing,
    )
    return Part(
        total(standing, measurement.amounts, setting.credit.segments),
        detail_of(contracts, measurement, setting),
        unmeasurable(failed, _FAULTS, _LENT, opening, closing),
        causes_of(
            joined.with_columns(pl.Series("path", np.array(PATHS)[contracts.course.path])),
            setting.credit.opening if tapes.opening else None,
        ),
        joined.height,
    )


_FAULTED = "principal_minor, fees_received_minor, costs_paid_minor"
_MEND = "correct principal, fees, costs or instalments of this contract"
_FAULTS = {
    NO_SIGN_CHANGE: Fault(_FAULTED, "the cash flows must change sign to have an effective rate", _MEND),
    NO_ROOT: Fault(_FAULTED, "the effective rate must lie between -50 % and +100 % a period", _MEND),
    NEVER_REPAID: Fault(
        _FAULTED,
        "the scheduled balance must not grow beyond twice the principal: the instalment is below the interest",
        _MEND,
    ),
}
"""Why a loan has no effective rate, by outcome of the kernels."""

_LENT = pl.format("{} - {} + {}", "principal_minor", "fees_received_minor", "costs_paid_minor")

"""The loans of a close: opening and closing rows brought together chunk by chunk, and measured."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from pathlib import Path

import numpy as np
import polars as pl

from gaapbridge.contracts.loans import direct
from gaapbridge.contracts.loans.causes import CAUSES, causes_of
from gaapbridge.contracts.loans.columns import TERMS, contracts_of
from gaapbridge.contracts.loans.events import EVENTS
from gaapbridge.contracts.loans.measurement import detail_of, measure
from gaapbridge.contracts.loans.schema import LOANS
from gaapbridge.contracts.loans.setting import LoanSetting, loan_setting
from gaapbridge.contracts.loans.tapes import Frames, LoanTapes, open_tapes
from gaapbridge.contracts.measured import Answers, Measured, measured_directly
from gaapbridge.contracts.movements import movement_tables
from gaapbridge.contracts.population import Population
from gaapbridge.contracts.scan import Part, Progress, Scan, scan
from gaapbridge.contracts.side_by_side import side_by_side
from gaapbridge.contracts.totals import Standing, Totals, total
from gaapbridge.contracts.unmeasurable import GROWS, Fault, Rows, unmeasurable
from gaapbridge.difference import PATHS
from gaapbridge.measure.kernels import NEVER_REPAID, NO_ROOT, NO_SIGN_CHANGE
from gaapbridge.notes import Treatments
from gaapbridge.plan import Plan
from gaapbridge.tapes.stream import empty_frame


def open_population(plan: Plan, paths: Mapping[str, Path]) -> Population:
    """Open the loans of a plan. Raises ``UnusableInput``; reads no loan."""
    tapes = open_tapes(plan, paths)
    file = tapes.closing.source.file
    return Population(tapes, file, CAUSES, partial(_scanned, plan, tapes), partial(_summed, plan.elections))


def _scanned(plan: Plan, tapes: LoanTapes, table: Path, treatments: Treatments, workers: int, progress: Progress) -> Scan:
    setting = loan_setting(plan, tapes.curves, tapes.longest_term, treatments)
    told = events_by_contract(tapes.events.good if tapes.events else empty_frame(EVENTS))
    return scan(tapes.pairs(), lambda pair: _measured(pair, told, setting, tapes), table, workers, progress)


def _summed(answers: Answers, totals: Totals, table: Path) -> Measured:
    return Measured("loans", totals, *measured_directly(direct, table, answers), movement_tables(totals))


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
        total(standing, measurement.rows, setting.credit.segments),
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
    NEVER_REPAID: Fault(_FAULTED, GROWS, _MEND),
}
"""Why a loan has no effective rate, by outcome of the kernels."""

_LENT = pl.format("{} - {} + {}", "principal_minor", "fees_received_minor", "costs_paid_minor")

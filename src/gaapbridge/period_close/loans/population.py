"""The loans of a close: tapes read and checked, opening and closing rows brought together chunk by chunk, measured."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import polars as pl

from gaapbridge.difference import PATHS
from gaapbridge.measure.kernels import NEVER_REPAID, NO_SIGN_CHANGE
from gaapbridge.period_close.credit import refuse_unknown_scenarios
from gaapbridge.period_close.loans.causes import CAUSES, causes_of
from gaapbridge.period_close.loans.columns import TERMS, contracts_of
from gaapbridge.period_close.loans.detail import detail_of
from gaapbridge.period_close.loans.direct import measured_directly
from gaapbridge.period_close.loans.measurement import measure
from gaapbridge.period_close.loans.setting import LoanSetting, loan_setting
from gaapbridge.period_close.measured import Measured
from gaapbridge.period_close.movements import movement_tables
from gaapbridge.period_close.notes import Treatments
from gaapbridge.period_close.scan import Part, Progress, Scan, control_findings, findings_of, scan
from gaapbridge.period_close.side_by_side import OPENING, side_by_side
from gaapbridge.period_close.totals import Standing, total
from gaapbridge.plan import Plan
from gaapbridge.plan.model import ContractTapes
from gaapbridge.portfolio.checks import REJECTS, check
from gaapbridge.portfolio.contract import Circumstances
from gaapbridge.portfolio.curves import Curves, read_curves
from gaapbridge.portfolio.loan_tape import LOANS
from gaapbridge.portfolio.period_tapes import EVENTS
from gaapbridge.portfolio.read import open_tape
from gaapbridge.portfolio.stream import ContractTape, aligned, empty_frame, known_ids, open_loans
from gaapbridge.terms.errors import UnusableInput
from gaapbridge.terms.finding import Finding

Frames = tuple[pl.DataFrame, ...]
"""Opening and closing rows of the same contracts."""


@dataclass
class LoanPopulation:
    """The loans of a close, opened; ``rejects`` and ``findings`` are complete once they have been measured."""

    plan: Plan
    tapes: ContractTapes
    curves: Curves
    opening: ContractTape | None
    closing: ContractTape
    events: pl.DataFrame
    event_rejects: pl.DataFrame
    found: Scan = field(default_factory=Scan)

    kind = "loans"

    @property
    def rows(self) -> int:
        """Rows of both tapes."""
        return self.closing.source.rows + (self.opening.source.rows if self.opening else 0)

    @property
    def longest_term(self) -> int:
        """Longest term on either tape, in instalments."""
        return max(self.closing.longest_term, self.opening.longest_term if self.opening else 1)

    def pairs(self) -> Iterator[Frames]:
        """Opening and closing rows in chunks of the same contracts."""
        opening = self.opening.chunks() if self.opening else iter([empty_frame(LOANS)])
        return aligned(opening, self.closing.chunks())

    def measure(self, table: Path, treatments: Treatments, workers: int, progress: Progress) -> None:
        """Measure every contract once, into ``table`` and totals."""
        setting = loan_setting(self.plan, self.curves, self.longest_term, treatments)
        recovered = events_by_contract(self.events)
        file = self.closing.source.file
        self.found = scan(self.pairs(), lambda pair: _measured(pair, recovered, setting, file), table, workers, progress)

    def rejects(self) -> list[pl.DataFrame]:
        """Rows of tapes and events that were not measured."""
        opening = self.opening.rejects if self.opening else []
        return [*opening, *self.closing.rejects, self.event_rejects, *self.found.rejects]

    def findings(self, rejected: Collection[str]) -> list[Finding]:
        """Findings about the tapes; a contract whose row was ``rejected`` has its reason there and is not lost."""
        control = self.tapes.control
        tapes = (("opening", self.opening, control.opening), ("closing", self.closing, control.closing))
        return [*control_findings("tapes.loans", tapes), *findings_of(self.found, CAUSES, "loan", {"lost": rejected})]

    def result(self, table: Path) -> Measured:
        """What the loans come to, by two paths."""
        if self.found.totals is None:
            raise UnusableInput(file=self.closing.source.file, rule="a tape must hold contracts", remedy="check the tape")
        return Measured(self.kind, self.found.totals, *measured_directly(table), movement_tables(self.found.totals))


def open_population(plan: Plan, paths: Mapping[str, Path]) -> LoanPopulation:
    """Open the loan tapes, the events and the curves of a plan. Raises ``UnusableInput``; reads no row."""
    assert plan.tapes.loans is not None, "the plan's reader has seen to it"
    curves = read_curves(
        paths["curves.loans.prepayment"],
        paths["curves.loans.hazard"],
        paths["curves.loans.loss_given_default"],
        paths.get("curves.loans.recovery"),
    )
    refuse_unknown_scenarios(plan, curves)
    opening = _loans(plan, plan.tapes.loans, paths, "opening", curves) if "tapes.loans.opening" in paths else None
    closing = _loans(plan, plan.tapes.loans, paths, "closing", curves)
    events, event_rejects = _events(plan, paths, [tape for tape in (opening, closing) if tape])
    return LoanPopulation(plan, plan.tapes.loans, curves, opening, closing, events, event_rejects)


def _loans(plan: Plan, tapes: ContractTapes, paths: Mapping[str, Path], state: str, curves: Curves) -> ContractTape:
    name = f"tapes.loans.{state}"
    return open_loans(
        paths[name],
        instant=plan.period.opening if state == "opening" else plan.period.closing,
        currency=plan.entity.currency,
        segments=curves.segments,
        amounts=tapes.amounts,
        minor_digits=plan.entity.minor_digits,
        columns=tapes.columns,
        ignore=tapes.ignore,
        file=paths[name].name,
    )


def _events(plan: Plan, paths: Mapping[str, Path], tapes: list[ContractTape]) -> tuple[pl.DataFrame, pl.DataFrame]:
    if plan.tapes.events is None:
        schema = {column.name: column.dtype for column in EVENTS.columns}
        return pl.DataFrame(schema=schema), pl.DataFrame(schema=REJECTS)
    path, events = paths["tapes.events"], plan.tapes.events
    source = open_tape(
        path, EVENTS, amounts=events.amounts, minor_digits=plan.entity.minor_digits, columns=events.columns,
        ignore=events.ignore, file=path.name,
    )  # fmt: skip
    parsed = source.whole()
    named = parsed.frame["contract_id"].drop_nulls().unique()
    circumstances = Circumstances(
        opening=plan.period.opening, closing=plan.period.closing, contracts=known_ids(tapes, named) if source.rows else None
    )
    checked = check(parsed, EVENTS, circumstances, path.name)
    return checked.good, checked.rejects


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


def _measured(pair: Frames, events: pl.DataFrame, setting: LoanSetting, file: str) -> Part:
    joined = beside(pair, events)
    contracts = contracts_of(joined, setting.credit)
    measurement = measure(contracts, setting)
    unsolved = measurement.outcomes != 0
    failed = joined.filter(pl.Series(unsolved)).with_columns(pl.Series("outcome", measurement.outcomes[unsolved]))
    standing = Standing(
        contracts.segment,
        contracts.course.path_where(~unsolved),
        measurement.stage_opening,
        measurement.stage_closing,
    )
    return Part(
        total(standing, measurement.amounts, setting.credit.segments),
        detail_of(contracts, measurement, setting),
        _without_rate(failed, file),
        causes_of(joined.with_columns(pl.Series("path", np.array(PATHS)[contracts.course.path]))),
        joined.height,
    )


def _without_rate(failed: pl.DataFrame, file: str) -> pl.DataFrame:
    """Contracts without an effective rate, as rejects of the tape."""
    no_change, never = pl.col("outcome") == NO_SIGN_CHANGE, pl.col("outcome") == NEVER_REPAID
    return failed.select(
        pl.lit(file).alias("file"),
        pl.coalesce(pl.col("row"), pl.col("row" + OPENING)).cast(pl.Int64).alias("row"),
        pl.lit("principal_minor, fees_received_minor, costs_paid_minor").alias("column"),
        pl.format("{} - {} + {}", "principal_minor", "fees_received_minor", "costs_paid_minor").alias("value"),
        pl.when(no_change)
        .then(pl.lit("the cash flows must change sign to have an effective rate"))
        .when(never)
        .then(pl.lit("the scheduled balance must not grow beyond twice the principal: the instalment is below the interest"))
        .otherwise(pl.lit("the effective rate must lie between -50 % and +100 % a period"))
        .alias("rule"),
        pl.lit("correct principal, fees, costs or instalments of this contract").alias("remedy"),
        pl.col("contract_id"),
        pl.coalesce("outstanding_principal_minor", "outstanding_principal_minor" + OPENING).alias("amount_minor"),
    )

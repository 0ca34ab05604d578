"""The guarantees of a close: four tapes read and checked side by side chunk by chunk, measured."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import polars as pl

from gaapbridge.difference import PATHS
from gaapbridge.measure.kernels import NEVER_REPAID
from gaapbridge.period_close.credit import refuse_unknown_scenarios
from gaapbridge.period_close.guarantees.causes import CAUSES, causes_of
from gaapbridge.period_close.guarantees.columns import FAIR_VALUE_ABOVE_FEES, NO_FEES, TERMS, guarantees_of
from gaapbridge.period_close.guarantees.detail import detail_of
from gaapbridge.period_close.guarantees.direct import NET, measured_directly
from gaapbridge.period_close.guarantees.measurement import Measurement, measure
from gaapbridge.period_close.guarantees.setting import GuaranteeSetting, guarantee_setting
from gaapbridge.period_close.measured import Measured
from gaapbridge.period_close.movements import movement_tables
from gaapbridge.period_close.notes import Treatments
from gaapbridge.period_close.scan import Part, Progress, Scan, control_findings, findings_of, scan
from gaapbridge.period_close.side_by_side import OPENING, side_by_side
from gaapbridge.period_close.totals import Standing, total
from gaapbridge.plan import Plan
from gaapbridge.plan.model import ContractTapes
from gaapbridge.portfolio.contract import Circumstances, Contract
from gaapbridge.portfolio.curves import Curves, read_curves
from gaapbridge.portfolio.guarantee_tape import GUARANTEE_FEES, GUARANTEES
from gaapbridge.portfolio.guarantees import whole_guarantees
from gaapbridge.portfolio.rates import FeeLosses, read_fee_losses
from gaapbridge.portfolio.stream import ContractTape, aligned, empty_frame, open_contracts
from gaapbridge.terms.errors import UnusableInput
from gaapbridge.terms.finding import Finding

Frames = tuple[pl.DataFrame, ...]
"""Guarantees opening and closing, fee instalments opening and closing: good rows of the same contracts."""


@dataclass
class GuaranteePopulation:
    """The guarantees of a close, opened; ``rejects`` and ``findings`` are complete once they have been measured.

    ``opening`` and ``closing`` are pairs of tapes: the guarantees, and their fee instalments.
    """

    plan: Plan
    curves: Curves
    fee_losses: FeeLosses
    opening: tuple[ContractTape, ContractTape] | None
    closing: tuple[ContractTape, ContractTape]
    found: Scan = field(default_factory=Scan)
    rejected_across: list[pl.DataFrame] = field(default_factory=list)

    kind = "guarantees"

    @property
    def rows(self) -> int:
        """Rows of the guarantee tapes."""
        return self.closing[0].source.rows + (self.opening[0].source.rows if self.opening else 0)

    @property
    def longest_term(self) -> int:
        """Longest term on either tape, in instalments."""
        return max(tapes[0].longest_term for tapes in (self.closing, self.opening) if tapes is not None)

    def frames(self) -> Iterator[Frames]:
        """Rows of the four tapes in chunks of the same contracts, each guarantee with all its instalments or not at all."""
        absent = (empty_frame(GUARANTEES), empty_frame(GUARANTEE_FEES))
        before = [tape.chunks() for tape in self.opening] if self.opening else [iter([frame]) for frame in absent]
        after = [tape.chunks() for tape in self.closing]
        for opened, closed, fees_opened, fees_closed in aligned(before[0], after[0], before[1], after[1]):
            opening = self._good(opened, fees_opened, self.opening) if self.opening else (opened, fees_opened)
            closing = self._good(closed, fees_closed, self.closing)
            yield opening[0], closing[0], opening[1], closing[1]

    def _good(self, guarantees: pl.DataFrame, fees: pl.DataFrame, tapes: tuple[ContractTape, ContractTape]) -> Frames:
        whole, instalments = whole_guarantees(guarantees, fees, *tapes)
        self.rejected_across += [checked.rejects for checked in (whole, instalments) if checked.rejects.height]
        return whole.good, instalments.good

    def measure(self, table: Path, treatments: Treatments, workers: int, progress: Progress) -> None:
        """Measure every guarantee once, into ``table`` and totals."""
        setting = guarantee_setting(self.plan, self.curves, self.fee_losses, self.longest_term, treatments)
        file = self.closing[0].source.file
        self.found = scan(self.frames(), lambda frames: _measured(frames, setting, file), table, workers, progress)

    def rejects(self) -> list[pl.DataFrame]:
        """Rows of guarantees and fee instalments that were not measured."""
        tapes = [*(self.opening or ()), *self.closing]
        return [*(part for tape in tapes for part in tape.rejects), *self.rejected_across, *self.found.rejects]

    def findings(self, rejected: Collection[str]) -> list[Finding]:
        """Findings about the tapes; a guarantee whose row was ``rejected`` has its reason there and is not lost."""
        stated = []
        for name, place in (("guarantees", 0), ("guarantee_fees", 1)):
            control = getattr(self.plan.tapes, name).control
            opening = self.opening[place] if self.opening else None
            tapes = (("opening", opening, control.opening), ("closing", self.closing[place], control.closing))
            stated += control_findings(f"tapes.{name}", tapes)
        return [*stated, *findings_of(self.found, CAUSES, "guarantee", {"lost": rejected})]

    def result(self, table: Path) -> Measured:
        """What the guarantees come to, by two paths."""
        if self.found.totals is None:
            raise UnusableInput(file=self.closing[0].source.file, rule="a tape must hold contracts", remedy="check the tape")
        net = self.plan.elections["financial_guarantee"]["guarantee_income"] == NET
        return Measured(self.kind, self.found.totals, *measured_directly(table, net), movement_tables(self.found.totals))


def open_population(plan: Plan, paths: Mapping[str, Path]) -> GuaranteePopulation:
    """Open the guarantee tapes, their fee instalments and their curves. Raises ``UnusableInput``; reads no row."""
    prefix = "curves.guarantees."
    prepayment, hazard, lost = (paths[prefix + name] for name in ("prepayment", "hazard", "loss_given_default"))
    curves = read_curves(prepayment, hazard, lost, recovery=None)
    refuse_unknown_scenarios(plan, curves)
    fee_losses = read_fee_losses(paths[prefix + "fee_loss"], curves.segments)
    opening = _tapes(plan, paths, "opening", curves) if "tapes.guarantees.opening" in paths else None
    return GuaranteePopulation(plan, curves, fee_losses, opening, _tapes(plan, paths, "closing", curves))


def _tapes(plan: Plan, paths: Mapping[str, Path], state: str, curves: Curves) -> tuple[ContractTape, ContractTape]:
    """The guarantees and the fee instalments of one instant."""
    assert plan.tapes.guarantees is not None and plan.tapes.guarantee_fees is not None, "the plan's reader has seen to it"
    circumstances = Circumstances(
        instant=plan.period.opening if state == "opening" else plan.period.closing,
        currency=plan.entity.currency,
        segments=curves.segments,
    )

    def opened(name: str, tapes: ContractTapes, contract: Contract) -> ContractTape:
        path = paths[f"tapes.{name}.{state}"]
        return open_contracts(
            path, contract, circumstances, amounts=tapes.amounts, minor_digits=plan.entity.minor_digits,
            columns=tapes.columns, ignore=tapes.ignore, file=path.name,
        )  # fmt: skip

    return (
        opened("guarantees", plan.tapes.guarantees, GUARANTEES),
        opened("guarantee_fees", plan.tapes.guarantee_fees, GUARANTEE_FEES),
    )


def _measured(frames: Frames, setting: GuaranteeSetting, file: str) -> Part:
    opening, closing, fees_opening, fees_closing = frames
    joined = side_by_side(opening.filter(_counts_at_opening(setting)), closing, TERMS)
    guarantees = guarantees_of(joined, (fees_opening, fees_closing), setting.credit, setting.elections)
    measurement = measure(guarantees, setting)
    usable = measurement.outcomes == 0
    segment = guarantees.segment + guarantees.related * len(setting.credit.segments)
    standing = Standing(segment, guarantees.course.path_where(usable), measurement.stage_opening, measurement.stage_closing)
    told = joined.with_columns(
        path=pl.Series(np.array(PATHS)[guarantees.course.path]),
        outcome=pl.Series(measurement.outcomes),
        beside=pl.Series(_beside(measurement)),
    )
    return Part(
        total(standing, measurement.amounts, setting.segments),
        detail_of(guarantees, measurement, setting),
        _unusable(told.filter(pl.col("outcome") != 0), file),
        causes_of(told.filter(pl.col("outcome") == 0), setting.elections),
        joined.height,
    )


def _counts_at_opening(setting: GuaranteeSetting) -> pl.Expr:
    """Rows of the opening tape that still count: on book, still recovering, or settled early with fees still owed."""
    kept = ["settled_early"] if setting.elections.early_settlement == "fee_kept" else []
    return pl.col("status").is_in(["on_book", "paid_out", *kept])


def _beside(measurement: Measurement) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    """What stands as a contract liability beside a loss allowance that would absorb it."""
    amounts = measurement.amounts
    return np.minimum(amounts["closing_ifrs_contract_liability"], np.maximum(amounts["closing_ifrs_loss_allowance"], 0))


_FAULTS = {
    NO_FEES: ("contract_id", "a guarantee has at least one fee instalment", "list its fee instalments"),
    FAIR_VALUE_ABOVE_FEES: (
        "stand_ready_minor",
        "the fair value of a fee receivable is at most the sum of its instalments",
        "correct stand_ready_minor, or list all fee instalments",
    ),
    NEVER_REPAID: (
        "principal_minor, instalment_minor",
        "the scheduled balance must not grow beyond twice the principal: the instalment is below the interest",
        "correct principal, rate or instalment of the guaranteed loan",
    ),
}
"""Column, rule and remedy of each reason why a guarantee cannot be measured."""


def _unusable(failed: pl.DataFrame, file: str) -> pl.DataFrame:
    """Guarantees that could not be measured, as rejects of the tape."""
    told = [_FAULTS[outcome] for outcome in failed["outcome"].to_list()]
    given = pl.coalesce(pl.col("stand_ready_minor"), pl.lit(0)).cast(pl.String)
    return failed.select(
        pl.lit(file).alias("file"),
        pl.coalesce(pl.col("row"), pl.col("row" + OPENING)).cast(pl.Int64).alias("row"),
        pl.Series("column", [column for column, _, _ in told], dtype=pl.String),
        pl.when(pl.col("outcome") == FAIR_VALUE_ABOVE_FEES).then(given).otherwise(pl.col("contract_id")).alias("value"),
        pl.Series("rule", [rule for _, rule, _ in told], dtype=pl.String),
        pl.Series("remedy", [remedy for _, _, remedy in told], dtype=pl.String),
        pl.col("contract_id"),
        pl.coalesce("outstanding_principal_minor", "outstanding_principal_minor" + OPENING).alias("amount_minor"),
    )

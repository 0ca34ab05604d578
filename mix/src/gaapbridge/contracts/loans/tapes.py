"""The tapes of loans: opened with their curves, cut by ranges of contracts, and the rows of a range held against each other."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import polars as pl

from gaapbridge.assumptions.curves import Curves, read_curves
from gaapbridge.contracts.contract_tapes import CutTapes, Ranges, open_cut
from gaapbridge.contracts.curves_asked import curve_findings, refuse_other_curves
from gaapbridge.contracts.loans import KIND
from gaapbridge.contracts.loans.events import EVENTS
from gaapbridge.contracts.loans.payments import PAYMENTS
from gaapbridge.contracts.loans.schema import COUNTING, LOANS
from gaapbridge.plan import Plan
from gaapbridge.tapes.both_tapes import without
from gaapbridge.tapes.ranges import Held

OPENING_TAPE, CLOSING_TAPE = "tapes.loans.opening", "tapes.loans.closing"
EVENTS_TAPE, PAYMENTS_TAPE = "tapes.events", "tapes.payments"


def held_together(ranges: Ranges) -> dict[str, Held]:
    """The rows of a range of loans, by tape: held against their schemas, and good on both loan tapes or on none."""
    loans = {source: ranges[source].held(LOANS) for source in (OPENING_TAPE, CLOSING_TAPE) if source in ranges}
    rejected = {source: tape.rejected_ids for source, tape in loans.items()}
    other = {OPENING_TAPE: CLOSING_TAPE, CLOSING_TAPE: OPENING_TAPE}
    tapes = {
        source: without(tape, rejected[other[source]]) if other[source] in loans else tape for source, tape in loans.items()
    }
    listed = pl.concat([tape.every["contract_id"].drop_nulls() for tape in loans.values()])
    for source, schema in ((EVENTS_TAPE, EVENTS), (PAYMENTS_TAPE, PAYMENTS)):
        if source in ranges:
            happened = ranges[source].held(schema, listed)
            tapes[source] = _of_loans_that_count(happened, pl.concat(rejected.values()).unique(), _gone(loans))
    return tapes


def _gone(loans: Mapping[str, Held]) -> pl.Series:
    """Loans that the opening tape has as gone, not as written off, and that the closing tape does not list."""
    if OPENING_TAPE not in loans:
        return pl.Series(dtype=pl.String)
    listed = loans[CLOSING_TAPE].every["contract_id"].implode()
    left = ~pl.col("status").is_in(COUNTING) & ~pl.col("contract_id").is_in(listed)
    return loans[OPENING_TAPE].good.filter(left)["contract_id"]


def _of_loans_that_count(happened: Held, rejected: pl.Series, gone: pl.Series) -> Held:
    """Events or payments without those of loans that are ``rejected`` or ``gone``: nothing would take them."""
    if happened.good.is_empty() or (rejected.is_empty() and gone.is_empty()):
        return happened
    contract = pl.col("contract_id")
    beside = happened.good.with_columns(
        loan_gone=contract.is_in(gone.implode()), loan_rejected=contract.is_in(rejected.implode())
    )
    return happened.across(beside, happened.schema.across)


def open_tapes(plan: Plan, paths: Mapping[str, Path]) -> CutTapes[Curves]:
    """Open the loan tapes, events, payments and curves of a plan. Raises ``UnusableInput``; reads no loan but for its id."""
    curves = read_curves(
        paths["curves.loans.prepayment"],
        paths["curves.loans.hazard"],
        paths["curves.loans.loss_given_default"],
        paths.get("curves.loans.recovery"),
        plan.instants.values(),
        plan.curves.read("loans"),
    )
    refuse_other_curves(plan, curves)
    return open_cut(plan, paths, KIND, held_together, curves, curves, curve_findings(plan, curves, "loans"))

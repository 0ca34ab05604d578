"""The loans of a close: opening and closing rows brought together range by range, and measured."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from pathlib import Path

import numpy as np
import polars as pl

from gaapbridge.contracts.loans import KIND, direct
from gaapbridge.contracts.loans.causes import CAUSES, causes_of
from gaapbridge.contracts.loans.columns import TERMS, loans_of
from gaapbridge.contracts.loans.events import EVENTS
from gaapbridge.contracts.loans.measurement import detail_of, measure
from gaapbridge.contracts.loans.schema import LOANS
from gaapbridge.contracts.loans.setting import LoanSetting, loan_setting
from gaapbridge.contracts.loans.tapes import CLOSING_TAPE, EVENTS_TAPE, OPENING_TAPE, open_tapes
from gaapbridge.contracts.movements import movement_tables
from gaapbridge.contracts.population import Population
from gaapbridge.contracts.rows import Rows
from gaapbridge.contracts.scan import Part
from gaapbridge.contracts.side_by_side import side_by_side
from gaapbridge.contracts.totals import Standing, total
from gaapbridge.contracts.unmeasurable import GROWS, Fault, unmeasurable
from gaapbridge.difference import PATHS
from gaapbridge.measure.kernels import NEVER_REPAID, NO_ROOT, NO_SIGN_CHANGE
from gaapbridge.plan import Plan
from gaapbridge.tapes.ranges import Held, not_given


def open_population(plan: Plan, paths: Mapping[str, Path]) -> Population:
    """Open the loans of a plan. Raises ``UnusableInput``; reads no loan."""
    tapes = open_tapes(plan, paths)
    setting = partial(loan_setting, plan, tapes.assumed, tapes.longest_term)
    return Population(tapes, CAUSES, setting, tapes.measured(measured), direct, plan.closing_answers, movement_tables)


def events_by_contract(events: pl.DataFrame) -> pl.DataFrame:
    """Amounts of the period's events by contract: recovered, written off, prepaid, and whether terms were modified."""
    amount = pl.col("amount_minor")
    return events.group_by("contract_id").agg(
        amount.filter(pl.col("kind") == "recovery").sum().alias("recovered_minor"),
        amount.filter(pl.col("kind") == "write_off").sum().alias("event_written_off_minor"),
        (pl.col("kind") == "modification").any().alias("modified"),
    )


def beside(opening: pl.DataFrame, closing: pl.DataFrame, events: pl.DataFrame) -> pl.DataFrame:
    """Opening and closing rows of a range side by side, with the amounts of the period's events."""
    opening = opening.filter(pl.col("status").is_in(["on_book", "written_off"]))
    told = events_by_contract(events)
    return side_by_side(opening, closing, TERMS).join(told, on="contract_id", how="left", maintain_order="left")


def measured(tapes: Mapping[str, Held], setting: LoanSetting) -> Part:
    """Totals, table, rejects and causes of the loans of a range."""
    opening, closing = tapes.get(OPENING_TAPE, not_given(LOANS)), tapes[CLOSING_TAPE]
    events = tapes.get(EVENTS_TAPE, not_given(EVENTS))
    joined = beside(opening.good, closing.good, events.good)
    loans = loans_of(joined, setting.credit)
    measurement = measure(loans, setting, Rows.of(KIND, joined.height))
    unsolved = measurement.outcomes != 0
    failed = joined.filter(pl.Series(unsolved)).with_columns(pl.Series("outcome", measurement.outcomes[unsolved]))
    standing = Standing(
        loans.schedule.segment,
        loans.course.path_where(~unsolved),
        measurement.stage_opening,
        measurement.stage_closing,
    )
    return Part(
        totals=total(standing, measurement.rows, setting.credit.segments),
        table=detail_of(loans, measurement, setting),
        rejects=unmeasurable(failed, _FAULTS, _LENT, opening, closing),
        causes=causes_of(
            joined.with_columns(
                pl.Series("path", np.array(PATHS)[loans.course.path]),
                pl.Series("not_carried_minor", measurement.recoveries_not_carried),
            ),
            setting.credit.opening if OPENING_TAPE in tapes else None,
            setting.credit.known_from,
        ),
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

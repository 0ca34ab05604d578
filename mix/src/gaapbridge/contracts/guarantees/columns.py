"""The columns of a chunk of guarantees: terms, states, and fees to date, opening and closing of one guarantee side by side."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl

from gaapbridge.contracts.credit import CreditSetting, Schedule, StateRows
from gaapbridge.contracts.guarantees.fair_value import FairValues, fair_values
from gaapbridge.contracts.guarantees.fee_rows import FeeRows
from gaapbridge.contracts.guarantees.setting import GuaranteeSetting
from gaapbridge.contracts.schedule_and_standing import AHEAD_DAYS, NEAR_DAYS
from gaapbridge.contracts.side_by_side import (
    OF_OPENING,
    Course,
    Dates,
    Flags,
    Numbers,
    Whole,
    course_of,
    dates,
    exit_instant,
    flags,
    numbers,
    schedule_of,
    states_of,
    status_is,
    whole,
)
from gaapbridge.differences.financial_guarantee.treatment import Fees
from gaapbridge.measure.calendar import due_dates

TERMS = (
    "loan_id", "segment", "origination_date", "first_payment_date", "maturity_date", "principal_minor", "annual_rate",
    "term_instalments", "repayment_type", "instalment_minor", "guaranteed_share", "stand_ready_minor", "related_party",
)  # fmt: skip
"""Columns of a guarantee that do not change while it runs; both tapes must agree on them."""


@dataclass(frozen=True)
class Compensated:
    """Guarantees paid out, as one tape lists them: amount paid and recovered to date, and when."""

    listed: Flags
    paid: Whole
    recovered: Whole
    paid_date: Dates


@dataclass(frozen=True)
class Guarantees:
    """N guarantees: the guaranteed loans' terms, their states, and their fees.

    ``live`` says by instant which have fees on the books: those on book, and those settled early with fees still owed.
    ``fees`` are at the opening instant, at the closing one or at exit, and the moment before exit; ``covered_before_due`` are
    those on book at the closing whose coverage has ended and which are not yet due; ``above_fees`` is what of a measured fair
    value at inception is above the fees; ``outside_life`` are fees for coverage before or after the guarantee,
    ``due_outside`` those due before it or more than a year after it, and ``collected_ahead`` what was collected of fees
    neither due nor covering, and ``broken`` those with which an overlap of coverages begins or a gap ends; ``matured_early``
    is what was owed of those that matured before their end; ``moved`` have instalments that may be others than on the opening
    tape; ``fault`` says whose fees cannot be measured.
    """

    contract_id: pl.Series
    loan_id: pl.Series
    status: pl.Series
    course: Course
    settled_early: Flags
    related: Flags
    schedule: Schedule
    share: Numbers
    states: dict[str, StateRows]
    live: dict[str, Flags]
    compensated: dict[str, Compensated]
    claim: Whole
    claimed: Flags
    fees: dict[str, Fees]
    above_fees: Whole
    covered_before_due: Whole
    outside_life: Whole
    due_outside: Whole
    collected_ahead: Whole
    broken: Whole
    matured_early: Whole
    moved: Flags
    fault: Whole


_NEAR = np.timedelta64(NEAR_DAYS, "D")
_AHEAD = np.timedelta64(31, "D")
"""A fee that a borrower pays with the instalment before is no contradiction."""

_LATER = np.timedelta64(366, "D")
"""A fee may be billed in arrears; one that falls due later than that after the guarantee is dated wrongly."""

NO_FEES, FAIR_VALUE_ABOVE_FEES = 11, 12
"""Faults of the fees of a guarantee, beside the outcomes of the kernels."""


def guarantees_of(joined: pl.DataFrame, fees: tuple[pl.DataFrame, pl.DataFrame], of_close: GuaranteeSetting) -> Guarantees:
    """The arrays of a chunk whose rows stand side by side; ``fees`` are the fee instalments of the two tapes."""
    setting, kept_statuses = of_close.credit, of_close.kept_statuses
    course = course_of(joined, setting, "paid_out")
    rows = (FeeRows.of(fees[0], joined["contract_id"]), FeeRows.of(fees[1], joined["contract_id"]))
    kept_before = _ended(joined, OF_OPENING, kept_statuses) & (rows[0].outstanding > 0)
    kept_now = _ended(joined, "", kept_statuses) & ((rows[1].outstanding > 0) | kept_before)
    kept = {"opening": kept_before, "closing": kept_now}
    live = {"opening": course.opened | kept["opening"], "closing": course.remained | kept["closing"]}
    states = states_of(joined, course, setting)
    claimed, paid_out = joined["claim_at_default_minor"].is_not_null().to_numpy(), whole(joined, "paid_out_minor")
    schedule = schedule_of(joined, setting)
    share, listed = numbers(joined, "guaranteed_share"), joined["status"].is_not_null().to_numpy()
    rating = np.where(listed, states["late"].rating_at_origination, states["opening"].rating_at_origination)
    worth = fair_values(joined["stand_ready_minor"], rows, schedule, share, rating, of_close)
    there = course.remained | course.left
    maturity = _maturity(joined, schedule)
    added = _fees(joined, rows, course, kept, worth, maturity, setting)
    began, ended = dates(joined, "origination_date") - _NEAR, maturity
    return Guarantees(
        contract_id=joined["contract_id"],
        loan_id=joined["loan_id"],
        status=joined["status"].fill_null("missing"),
        course=course,
        settled_early=status_is(joined, "settled_early", ""),
        related=flags(joined, "related_party"),
        schedule=schedule,
        share=share,
        states=states,
        live=live,
        claim=np.where(claimed, whole(joined, "claim_at_default_minor"), paid_out),
        claimed=claimed | (paid_out > 0),
        compensated={"opening": _compensated(joined, OF_OPENING), "closing": _compensated(joined, "")},
        fees=added,
        above_fees=np.where(there, worth.above_fees, 0),
        covered_before_due=np.where(course.remained, rows[1].covered_before_due(states["closing"].instant), 0),
        outside_life=np.where(there, rows[1].outside(began, ended + _NEAR), 0),
        due_outside=np.where(there, rows[1].due_outside(began, ended + _LATER), 0),
        matured_early=_matured_early(joined, course, maturity),
        collected_ahead=np.where(there, rows[1].collected_ahead(exit_instant(joined, course, setting) + _AHEAD), 0),
        broken=np.where(there, rows[1].broken(), 0),
        moved=rows[1].moved_since(rows[0]),
        fault=_faults(added, live, course),
    )


def _matured_early(joined: pl.DataFrame, course: Course, maturity: Dates) -> Whole:
    """Principal owed the moment before of those that left as matured before their end, by more than the last two instalments
    of the loan, which may be paid ahead."""
    early = status_is(joined, "matured", "") & course.settled
    early &= dates(joined, "exit_date") < maturity - np.timedelta64(AHEAD_DAYS, "D")
    return np.where(early, whole(joined, "outstanding_principal_minor"), 0)


def _ended(joined: pl.DataFrame, suffix: str, kept_statuses: Sequence[str]) -> Flags:
    """Which guarantees have ended without a payout, so that their fees, as far as they are outstanding, are still owed."""
    return flags(joined.select(pl.col("status" + suffix).is_in(list(kept_statuses)).alias("is")), "is")


def _compensated(joined: pl.DataFrame, suffix: str) -> Compensated:
    listed = status_is(joined, "paid_out", suffix)
    paid, recovered = whole(joined, "paid_out_minor" + suffix), whole(joined, "recovered_minor" + suffix)
    return Compensated(listed, paid, recovered, dates(joined, "exit_date" + suffix))


def _fees(
    joined: pl.DataFrame, rows: tuple[FeeRows, FeeRows], course: Course, kept: dict[str, Flags], worth: FairValues,
    maturity: Dates, setting: CreditSetting,
) -> dict[str, Fees]:  # fmt: skip
    """Fees at the opening instant; at the closing one, or at exit where nothing more is owed; the moment before exit."""
    opening = np.full(joined.height, np.datetime64(setting.opening))
    left = exit_instant(joined, course, setting)
    closing = np.where(kept["closing"], np.datetime64(setting.closing), left)
    before, after = rows[0].at(opening), rows[1].at(closing)
    at_exit = rows[1].at(left) if kept["closing"].any() else after
    origination = dates(joined, "origination_date")
    term_days = np.maximum((maturity - origination).astype(np.int64), 1)
    not_yet = np.zeros_like(kept["closing"])
    return {
        state: Fees(worth.value, elapsed_days=(at - origination).astype(np.int64), term_days=term_days, kept=owed, **added)
        for state, owed, at, added in (
            ("opening", kept["opening"], opening, before),
            ("late", kept["closing"], closing, after),
            ("exit", not_yet, left, at_exit),
        )
    }


def _faults(fees: dict[str, Fees], live: dict[str, Flags], course: Course) -> Whole:
    """Whose fees cannot be measured: none at all, or a fair value above them, in a state that counts."""
    fault = np.zeros(len(course.path), np.int64)
    for state, counts in (("opening", live["opening"]), ("late", live["closing"] | course.left)):
        at = fees[state]
        fault = np.where(counts & (at.fair_value > at.total), FAIR_VALUE_ABOVE_FEES, fault)
        fault = np.where(counts & (at.total == 0), NO_FEES, fault)
    return fault


def _maturity(joined: pl.DataFrame, schedule: Schedule) -> Dates:
    """The end of the guarantee: as stated, else the last due date of the schedule."""
    stated = dates(joined, "maturity_date")
    last = due_dates(schedule.first_payment_date, schedule.due_day, schedule.term_instalments - 1)
    return np.where(np.isnat(stated), last, stated)

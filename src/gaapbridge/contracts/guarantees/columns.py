"""The columns of a chunk of guarantees: terms, states, and fees to date, opening and closing of one guarantee side by side."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl

from gaapbridge.contracts.credit import SPLIT_MONTHS, CreditSetting, Schedule, StateRows
from gaapbridge.contracts.guarantees.schema import MOST_MINOR
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
    whole,
)
from gaapbridge.differences.financial_guarantee.treatment import Fees
from gaapbridge.measure.calendar import add_months
from gaapbridge.measure.guarantee import accrued_fees
from gaapbridge.terms.errors import TooLarge

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
    those on book at the closing whose coverage has ended and which are not yet due; ``fault`` says whose fees cannot be
    measured.
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
    covered_before_due: Whole
    fault: Whole


MOST_FEES = 2**60 // MOST_MINOR
"""Fee instalments of a guarantee whose sums are sure to stay within 64 bits."""

NO_FEES, FAIR_VALUE_ABOVE_FEES = 11, 12
"""Faults of the fees of a guarantee, beside the outcomes of the kernels."""


@dataclass(frozen=True)
class FeeRows:
    """The fee instalments of one tape beside N guarantees; rows of a guarantee lie together, from ``first`` on.

    ``place`` is the place of each group's guarantee, ``run`` the group of each row; instalments of no guarantee are left out.
    """

    guarantees: int
    place: Whole
    run: Whole
    first: Whole
    due: Dates
    start: Dates
    end: Dates
    fee: Whole
    collected: Whole
    written_off: Whole

    @staticmethod
    def of(fees: pl.DataFrame, contract_ids: pl.Series) -> FeeRows:
        """The instalments of the guarantees with these ids, in the order of the tape."""
        kept = fees.filter(pl.col("contract_id").is_in(contract_ids.implode()))
        run = kept["contract_id"].rle_id().to_numpy().astype(np.int64)
        first = np.flatnonzero(np.diff(run, prepend=-1))
        places = pl.DataFrame({"contract_id": contract_ids, "place": np.arange(len(contract_ids))})
        groups = kept.select("contract_id")[first].join(places, on="contract_id", how="left", maintain_order="left")
        return FeeRows(
            len(contract_ids), groups["place"].to_numpy().astype(np.int64), run, first,
            dates(kept, "due_date"), dates(kept, "coverage_start"), dates(kept, "coverage_end"),
            *(whole(kept, name) for name in ("fee_minor", "collected_minor", "written_off_minor")),
        )  # fmt: skip

    @property
    def outstanding(self) -> Whole:
        """Fees neither collected nor written off, by guarantee."""
        return self._by_guarantee(self._owed)

    def at(self, when: Dates) -> dict[str, Whole]:
        """Sums by guarantee at the date ``when`` of each (see ``Fees``)."""
        now, in_a_year = self._by_row(when), self._by_row(add_months(when, SPLIT_MONTHS))
        is_due, is_later = self.due <= now, self.due > in_a_year
        coverage = (self.end - self.start).astype(np.int64)
        earned = accrued_fees(self.fee, (now - self.start).astype(np.int64), coverage)
        lost = np.minimum(self.written_off, np.maximum(earned - self.collected, 0))
        ahead = np.where(is_due, 0, np.maximum(earned - self.collected - self.written_off, 0))
        rows = {
            "total": self.fee,
            "collected": self.collected,
            "written_off": self.written_off,
            "earned": earned,
            "earned_of_due": np.where(is_due, earned, 0),
            "lost": lost,
            "lost_of_due": np.where(is_due, lost, 0),
            "owed_of_due": np.where(is_due, self._owed, 0),
            "owed_later": np.where(is_later, self._owed, 0),
            "ahead": ahead,
            "ahead_later": np.where(is_later, ahead, 0),
        }
        return {name: self._by_guarantee(amounts) for name, amounts in rows.items()}

    def covered_before_due(self, when: Dates) -> Whole:
        """Fees by guarantee, less what was written off, whose coverage has ended at a date before which they are not due."""
        now = self._by_row(when)
        return self._by_guarantee(np.where((self.end <= now) & (self.due > now), self.fee - self.written_off, 0))

    @property
    def _owed(self) -> Whole:
        return self.fee - self.collected - self.written_off

    def _by_row(self, when: Dates) -> Dates:
        return when[self.place][self.run]

    def _by_guarantee(self, amounts: Whole) -> Whole:
        added = np.zeros(self.guarantees, np.int64)
        if amounts.size:
            if amounts.size > MOST_FEES and np.diff(self.first, append=amounts.size).max() > MOST_FEES:
                raise TooLarge(f"a guarantee has at most {MOST_FEES:,} fee instalments on a tape")
            added[self.place] = np.add.reduceat(amounts, self.first)
        return added


def guarantees_of(
    joined: pl.DataFrame, fees: tuple[pl.DataFrame, pl.DataFrame], setting: CreditSetting, kept_statuses: Sequence[str]
) -> Guarantees:
    """The arrays of a chunk whose rows stand side by side; ``fees`` are the fee instalments of the two tapes, which are still
    owed of guarantees of ``kept_statuses``.
    """
    course = course_of(joined, setting, "paid_out")
    rows = (FeeRows.of(fees[0], joined["contract_id"]), FeeRows.of(fees[1], joined["contract_id"]))
    kept_before = _ended(joined, OF_OPENING, kept_statuses) & (rows[0].outstanding > 0)
    kept_now = _ended(joined, "", kept_statuses) & ((rows[1].outstanding > 0) | kept_before)
    kept = {"opening": kept_before, "closing": kept_now}
    live = {"opening": course.opened | kept["opening"], "closing": course.remained | kept["closing"]}
    states = states_of(joined, course, setting)
    added = _fees(joined, rows, course, kept, setting)
    claimed, paid_out = joined["claim_at_default_minor"].is_not_null().to_numpy(), whole(joined, "paid_out_minor")
    return Guarantees(
        contract_id=joined["contract_id"],
        loan_id=joined["loan_id"],
        status=joined["status"].fill_null("missing"),
        course=course,
        settled_early=flags(joined.select((pl.col("status") == "settled_early").alias("is")), "is"),
        related=flags(joined, "related_party"),
        schedule=schedule_of(joined, setting),
        share=numbers(joined, "guaranteed_share"),
        states=states,
        live=live,
        claim=np.where(claimed, whole(joined, "claim_at_default_minor"), paid_out),
        claimed=claimed | (paid_out > 0),
        compensated={"opening": _compensated(joined, OF_OPENING), "closing": _compensated(joined, "")},
        fees=added,
        covered_before_due=np.where(course.remained, rows[1].covered_before_due(states["closing"].instant), 0),
        fault=_faults(added, live, course),
    )


def _ended(joined: pl.DataFrame, suffix: str, kept_statuses: Sequence[str]) -> Flags:
    """Which guarantees have ended without a payout, so that their fees, as far as they are outstanding, are still owed."""
    return flags(joined.select(pl.col("status" + suffix).is_in(list(kept_statuses)).alias("is")), "is")


def _compensated(joined: pl.DataFrame, suffix: str) -> Compensated:
    listed = flags(joined.select((pl.col("status" + suffix) == "paid_out").alias("is")), "is")
    paid, recovered = whole(joined, "paid_out_minor" + suffix), whole(joined, "recovered_minor" + suffix)
    return Compensated(listed, paid, recovered, dates(joined, "exit_date" + suffix))


def _fees(
    joined: pl.DataFrame, rows: tuple[FeeRows, FeeRows], course: Course, kept: dict[str, Flags], setting: CreditSetting
) -> dict[str, Fees]:
    """Fees at the opening instant; at the closing one, or at exit where nothing more is owed; the moment before exit."""
    opening = np.full(joined.height, np.datetime64(setting.opening))
    left = exit_instant(joined, course, setting)
    closing = np.where(kept["closing"], np.datetime64(setting.closing), left)
    before, after = rows[0].at(opening), rows[1].at(closing)
    at_exit = rows[1].at(left) if kept["closing"].any() else after
    total = np.where(after["total"] > 0, after["total"], before["total"])
    stated = joined["stand_ready_minor"]
    fair_value = np.where(stated.is_null().to_numpy(), total, stated.fill_null(0).to_numpy())
    origination = dates(joined, "origination_date")
    term_days = np.maximum((_maturity(joined) - origination).astype(np.int64), 1)
    not_yet = np.zeros_like(kept["closing"])
    return {
        state: Fees(fair_value, elapsed_days=(at - origination).astype(np.int64), term_days=term_days, kept=owed, **added)
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


def _maturity(joined: pl.DataFrame) -> Dates:
    """The end of the guarantee: as stated, else the last due date of the schedule."""
    stated = dates(joined, "maturity_date")
    last = add_months(dates(joined, "first_payment_date"), whole(joined, "term_instalments") - 1)
    return np.where(np.isnat(stated), last, stated)

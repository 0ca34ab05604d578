"""The columns of a chunk of loans: opening and closing rows of one contract side by side, as arrays for the kernels."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import TypeVar

import numpy as np
import polars as pl

from gaapbridge.contracts.credit import CreditSetting, Schedule, StateRows
from gaapbridge.contracts.loans.origination_fees import OriginationFees, origination_fees
from gaapbridge.contracts.loans.rises import Rises
from gaapbridge.contracts.loans.service_fees import with_service_fees
from gaapbridge.contracts.schedule_and_standing import NEAR_DAYS
from gaapbridge.contracts.side_by_side import (
    OF_OPENING,
    Course,
    Dates,
    Flags,
    Numbers,
    Whole,
    course_of,
    dates,
    schedule_of,
    states_of,
    whole,
)

Column = TypeVar("Column", Whole, Dates)

TERMS = (
    "segment", "origination_date", "first_payment_date", "principal_minor", "annual_rate", "term_instalments",
    "repayment_type", "instalment_minor", "service_fee_minor", "fees_received_minor", "costs_paid_minor",
)  # fmt: skip
"""Columns of a contract that do not change while it runs; both tapes must agree on them."""

LONG_BEFORE = pl.col("event_date") < pl.col("exit_date").dt.offset_by(f"-{NEAR_DAYS}d")
"""Whether an event, beside the row of its contract, is long before the contract left."""


@dataclass(frozen=True)
class Loans:
    """N contracts: their terms, their states and their cash.

    ``advanced`` is principal paid out in the period; ``repaid`` is principal, and ``paid`` all cash, of the payments in it;
    ``written_off_in_part`` is principal written off in it of what stays on book with the rest, or left with the rest;
    ``capitalised`` is interest that modifications added to principal, ``rises`` on which days, with what is written off in
    part as amounts below nil; ``capitalised_beside`` is what of it the rows lack as received, ``not_capitalised`` by how much
    principal rose that is too much for interest, and ``forgiven`` what of ``written_off_in_part`` a modification took off
    without cash and no event states.
    ``payments`` are the rows of their tape, with what is written off in part as principal, and what is capitalised as interest
    paid and principal advanced; none without such a tape.
    ``interest_stated`` says that the loan tapes have interest received, and ``interest_received`` what these come to in the
    period, by ``interest_apart`` more or less where that is in doubt; ``interest_by_payments`` whose payments have it by day,
    with fees where they owe any; ``interest_paid`` is what these come to, ``fees_paid`` their fees,
    ``service_fees_paid`` those of the fees that are of instalments, and ``origination_fees`` those that are of
    ``fees_received`` of a loan paid out in the period, or shortly before. ``ahead_rise`` is what service fees paid before they
    fall due rose by from row to row; these are off interest billed in the ``states``, and below nil it is more than is owed.
    """

    contract_id: pl.Series
    status: pl.Series
    course: Course
    schedule: Schedule
    service_fee: Numbers
    initial: Numbers
    cost_share: Numbers
    fees_received: Whole
    costs_paid: Whole
    interest_received: Whole
    interest_apart: Whole
    interest_paid: Whole
    fees_paid: Whole
    service_fees_paid: Whole
    origination_fees: OriginationFees
    ahead_rise: Whole
    interest_stated: bool
    interest_by_payments: Flags
    recovered: Numbers
    advanced: Whole
    repaid: Whole
    paid: Whole
    written_off_in_part: Whole
    capitalised: Whole
    capitalised_beside: Whole
    not_capitalised: Whole
    forgiven: Whole
    rises: Rises
    written_off_principal: Numbers
    written_off_date: Dates
    claim: Whole
    claimed: Flags
    states: dict[str, StateRows]
    payments: pl.DataFrame | None

    @cached_property
    def explained(self) -> Flags:
        """Whose payments, with what is written off in part or capitalised, lead from the principal first known to that of the
        late state, nil of one that was repaid."""
        first = np.where(self.course.opened, self.states["opening"].principal, self.schedule.principal)
        left = np.where(self.course.settled, 0.0, self.states["late"].principal)
        known = (self.course.opened | (self.advanced > 0)) & (self.payments is not None)
        explained: Flags = known & (first + self.capitalised - self.repaid - self.written_off_in_part == left)
        return explained

    @property
    def received_by_rows(self) -> Whole:
        """Interest received as the rows tell it, with what was capitalised where they lack it."""
        return self.interest_received + self.capitalised_beside

    @property
    def received_by_payments(self) -> Flags:
        """Of whom what came in is what the payments have of it, and all their fees. The row of one that was repaid is of the
        moment before, or states the last payment with it; others state some of the fees, or none, and with them what is
        capitalised, or not."""
        more, fees = self.interest_received - self.interest_paid, self.fees_paid
        without, with_it = ((beyond >= 0) & (beyond <= fees) for beyond in (more, more - self.capitalised))
        borne_out = without | with_it
        told = np.where(self.course.settled, self.explained, borne_out) | (not self.interest_stated)
        received: Flags = told & self.interest_by_payments
        return received


def loans_of(
    joined: pl.DataFrame,
    setting: CreditSetting,
    payments: pl.DataFrame | None,
    events: pl.DataFrame,
    *,
    stated: bool,
    paid: frozenset[str],
) -> Loans:
    """The arrays of a chunk whose rows stand side by side, with ``recovered_minor`` of the events, and ``repaid_minor``,
    ``interest_paid_minor``, ``fees_paid_minor`` and ``paid_minor`` of the payments. ``stated``: the loan tapes have interest
    received; ``paid`` are columns that the payments have."""
    schedule, contracts = schedule_of(joined, setting), joined["contract_id"]
    fees, costs, service = (whole(joined, name) for name in ("fees_received_minor", "costs_paid_minor", "service_fee_minor"))
    course = course_of(joined, setting, "written_off")
    was_off = course.off | course.off_at_opening
    outstanding, outstanding_opening = (whole(joined, "outstanding_principal_minor" + suffix) for suffix in ("", OF_OPENING))
    exit_date = _of_closing(joined, dates(joined, "exit_date"), dates(joined, "exit_date" + OF_OPENING))
    lent = course.born & (schedule.origination_date > np.datetime64(setting.opening))
    ahead, ahead_before = (whole(joined, "service_fees_ahead_minor" + suffix) for suffix in ("", OF_OPENING))
    ahead_before = np.where(course.opened, ahead_before, 0)
    states = _without_fees_ahead(states_of(joined, course, setting), ahead_before, ahead)
    if payments is not None and "service_fees_minor" not in paid:
        payments = with_service_fees(payments, contracts, schedule, states, service, (ahead_before, ahead))
    in_part = _written_off_in_part(joined, course, payments is not None)
    return Loans(
        contract_id=contracts,
        status=joined["status"].fill_null("missing"),
        course=course,
        schedule=schedule,
        service_fee=service.astype(np.float64),
        initial=schedule.principal - fees + costs,
        cost_share=_cost_share(fees, costs, service),
        fees_received=fees,
        costs_paid=costs,
        interest_received=_interest_received(joined, course),
        interest_apart=np.zeros_like(in_part),
        interest_paid=whole(joined, "interest_paid_minor"),
        fees_paid=whole(joined, "fees_paid_minor"),
        service_fees_paid=_service_fees(payments, contracts),
        origination_fees=origination_fees(payments, contracts, schedule, fees * (lent | course.opened), setting.opening),
        ahead_rise=ahead - ahead_before,
        interest_stated=stated,
        interest_by_payments=((service == 0) | ("fees_minor" in paid)) & ("interest_minor" in paid),
        recovered=whole(joined, "recovered_minor").astype(np.float64),
        advanced=np.where(lent, whole(joined, "principal_minor"), 0),
        repaid=whole(joined, "repaid_minor"),
        paid=whole(joined, "paid_minor"),
        written_off_in_part=in_part,
        capitalised=np.zeros_like(in_part),
        capitalised_beside=np.zeros_like(in_part),
        not_capitalised=np.zeros_like(in_part),
        forgiven=np.zeros_like(in_part),
        rises=parts_by_day(events, joined.filter(pl.Series(in_part > 0)), contracts),
        written_off_principal=np.where(was_off, _of_closing(joined, outstanding, outstanding_opening), 0).astype(np.float64),
        written_off_date=np.where(was_off, exit_date, np.datetime64("NaT")),
        claim=whole(joined, "claim_at_default_minor"),
        claimed=joined["claim_at_default_minor"].is_not_null().to_numpy(),
        states=states,
        payments=None if payments is None else with_parts(payments, events, joined.filter(pl.Series(in_part > 0))),
    )


def _interest_received(joined: pl.DataFrame, course: Course) -> Whole:
    """The interest that loan tapes have as received since the opening, or since the advance."""
    closing, opening = (whole(joined, "interest_received_minor" + suffix) for suffix in ("", OF_OPENING))
    received: Whole = _of_closing(joined, closing, opening) - np.where(course.opened, opening, 0)
    return received


def _without_fees_ahead(states: dict[str, StateRows], opening: Whole, closing: Whole) -> dict[str, StateRows]:
    """The rows of each state with what is billed less service fees that were paid before they fall due."""
    return {
        name: replace(rows, billed_interest=rows.billed_interest - (opening if name == "opening" else closing))
        for name, rows in states.items()
    }


def _of_closing(joined: pl.DataFrame, closing: Column, opening: Column) -> Column:
    """What the closing tape says, the opening tape where the contract is not on it."""
    return np.where(joined["status"].is_not_null().to_numpy(), closing, opening)


def _written_off_in_part(joined: pl.DataFrame, course: Course, paid: bool) -> Whole:
    """Principal that events write off in part (ASC 326-20-35-8; IFRS 9 5.4.4): of a contract that was written off in the end,
    what they have long before that day, beyond the rest that its row has. Nil where the principal did not fall by so much
    beside what was paid of it, all by the end of one that was repaid, where payments tell it:
    100,000.00 of 300,000.00 with 200,000.00 left are a part, with 250,000.00 left a contradiction, of which a finding tells."""
    part = told_in_part(joined, course)
    left, opening = (whole(joined, "outstanding_principal_minor" + suffix) for suffix in ("", OF_OPENING))
    before, repaid = np.where(course.opened, opening, whole(joined, "principal_minor")), whole(joined, "repaid_minor")
    fell = before - repaid - np.where(course.settled & paid, 0, left)
    return np.where(part <= fell, part, 0)


def _parts(events: pl.DataFrame, written_off: pl.DataFrame) -> pl.DataFrame:
    """The events that write off some contracts in part."""
    off = events.filter(pl.col("kind") == "write_off").join(written_off, on="contract_id")
    return off.filter((pl.col("status") != "written_off") | LONG_BEFORE)


def parts_by_day(events: pl.DataFrame, written_off: pl.DataFrame, contracts: pl.Series) -> Rises:
    """The same by day, as amounts below nil of all ``contracts``."""
    if not written_off.height:
        return Rises.none(len(contracts))
    off = _parts(events, written_off).select("contract_id", date="event_date", amount_minor=-pl.col("amount_minor"))
    return Rises.by_day(off, contracts)


def told_in_part(joined: pl.DataFrame, course: Course) -> Whole:
    """What events write off of each contract beside its row: of one that was written off in the end, long before."""
    stated, early = whole(joined, "event_written_off_minor"), whole(joined, "written_off_before_minor")
    of_row = stated - whole(joined, "outstanding_principal_minor")
    part = np.where(course.off, np.where(early <= of_row, early, 0), stated)
    return np.where(course.remained | course.left, part, 0)


def with_parts(payments: pl.DataFrame, events: pl.DataFrame, written_off: pl.DataFrame) -> pl.DataFrame:
    """Payments, with what events write off of some contracts in part: principal falls by it on its day, without cash."""
    nil = {name: pl.lit(0, pl.Int64) for name in ("interest_minor", "fees_minor", "service_fees_minor")}
    fallen = _parts(events, written_off).select("contract_id", date="event_date", principal_minor="amount_minor", **nil)
    return pl.concat([payments, fallen.select(set(payments.columns) & set(fallen.columns))], how="diagonal")


def _service_fees(payments: pl.DataFrame | None, contracts: pl.Series) -> Whole:
    """What of the fees of each contract is of instalments; nil without payments."""
    if payments is None:
        return np.zeros(len(contracts), np.int64)
    summed = payments.group_by("contract_id").agg(pl.col("service_fees_minor").sum())
    found = contracts.to_frame().join(summed, on="contract_id", how="left", maintain_order="left")
    return whole(found, "service_fees_minor")


def _cost_share(fees: Whole, costs: Whole, service: Whole) -> Numbers:
    """Share of the deferral that comes from costs paid; the rest comes from fees.

    Without a service fee the deferral is proportional to costs less fees, and so are its parts. With one it is not, and
    the share is by gross amounts; exact where only fees or only costs were charged.
    """
    base: Whole = np.where(service == 0, costs - fees, costs + fees)
    share: Numbers = np.where(base != 0, costs / np.where(base != 0, base, 1), 0.0)
    return share

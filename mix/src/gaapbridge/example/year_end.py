"""One year-end of the example lender: which contracts a tape lists and how, events of the year, and the balances
its ledger takes from loans.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gaapbridge.example.calendar import NO_DATE, Days, months_later
from gaapbridge.example.cash import Recoveries
from gaapbridge.example.contracts import LEVEL, MONTHS_PER_YEAR, Contracts, Schedule, Whole
from gaapbridge.example.market import DEFAULT_DAYS, LONGEST_TERM, RECOVERY_MONTHS
from gaapbridge.example.simulate import Course, Payments, Standing
from gaapbridge.example.tapes import NO_AMOUNT, ON_BOOK, PREPAID, PREPAYMENT, RECOVERY, WRITE_OFF, WRITTEN_OFF

Columns = dict[str, NDArray[Any]]


@dataclass(frozen=True)
class YearEnd:
    """Balances at a year-end that the ledger takes from the loans themselves, in fen.

    ``principal_non_current`` by each contract's own schedule, nil in default; ``accrued_interest`` is contractual, nil from
    90 days past due. Both are worked out here with the simulator's own schedule and so are evidence for a
    measurement made elsewhere.
    """

    rows: int = 0
    outstanding_principal: int = 0
    principal_on_book: int = 0
    principal_non_current: int = 0
    accrued_interest: int = 0

    def __add__(self, other: YearEnd) -> YearEnd:
        """Sum of two chunks."""
        return YearEnd(*(getattr(self, field.name) + getattr(other, field.name) for field in fields(self)))


@dataclass(frozen=True)
class Year:
    """One year of the lender: its place among the year-ends, and its opening and closing instants as day numbers."""

    place: int
    opening: int
    closing: int

    def within(self, days: Days) -> NDArray[np.bool_]:
        """Which days fall in the year: after its opening, not after its closing."""
        inside: NDArray[np.bool_] = (days > self.opening) & (days <= self.closing)
        return inside


@dataclass(frozen=True)
class Listed:
    """The contracts one tape lists: their places in the chunk, which of them are on book, the moment each is described
    at (the instant, or its exit), and where it stood then.
    """

    which: NDArray[np.int64]
    on_book: NDArray[np.bool_]
    moment: Days
    standing: Standing


def listed(course: Course, year: Year) -> Listed:
    """Contracts of the closing tape of one year: on book, left within the year, or lost earlier and still being
    collected.
    """
    standing = course.at_instant[year.place]
    on_book = standing.due >= 0
    collected_until = months_later(np.where(course.exit_date < NO_DATE, course.exit_date, 0).astype(np.int32), RECOVERY_MONTHS)
    collecting = (course.status == WRITTEN_OFF) & (course.exit_date <= year.opening) & (collected_until > year.opening)
    which = np.flatnonzero(on_book | year.within(course.exit_date) | collecting)
    here = on_book[which]
    moment = np.where(here, year.closing, course.exit_date[which]).astype(np.int32)
    return Listed(which, here, moment, _either(here, standing, course.at_exit, which))


def lost(course: Course, until: int) -> Listed:
    """Contracts written off or paid out by a day, each as it was the moment before."""
    which = np.flatnonzero((course.status == WRITTEN_OFF) & (course.exit_date <= until))
    here = np.zeros(which.size, dtype=np.bool_)
    return Listed(which, here, course.exit_date[which], _either(here, course.at_exit, course.at_exit, which))


def loan_rows(contracts: Contracts, schedule: Schedule, course: Course, rows: Listed) -> tuple[Columns, YearEnd]:
    """Rows of a loan tape, and the balances they come to."""
    columns = contract_columns(contracts, schedule, course, rows)
    return columns, _balances(contracts, schedule, rows, columns)


def contract_columns(contracts: Contracts, schedule: Schedule, course: Course, rows: Listed) -> Columns:
    """What a tape tells of a contract that has nothing to do with who funds it."""
    which, state = rows.which, rows.standing
    service_fee = contracts.service_fee[which]
    late = state.paid < state.due
    oldest = contracts.due_date(which, state.paid + 1)
    billed = schedule.interest[state.due, which] - schedule.interest[state.paid, which]
    stated = np.where(contracts.instalment_given[which], contracts.level_instalment[which], NO_AMOUNT)
    return {
        "contract_id": contracts.number[which],
        "segment": contracts.segment[which],
        "origination_date": contracts.origination[which],
        "first_payment_date": contracts.first_payment[which],
        "maturity_date": contracts.due_date(which, contracts.term[which]),
        "principal_minor": contracts.principal[which],
        "annual_rate": contracts.annual_rate[which],
        "term_instalments": contracts.term[which],
        "repayment_type": contracts.kind[which],
        "instalment_minor": np.where(contracts.kind[which] == LEVEL, stated, NO_AMOUNT),
        "service_fee_minor": service_fee,
        "fees_received_minor": contracts.fees[which],
        "costs_paid_minor": contracts.costs[which],
        "outstanding_principal_minor": contracts.principal[which] - schedule.principal[state.paid, which],
        "billed_unpaid_interest_minor": billed + service_fee * (state.due - state.paid),
        "interest_received_minor": schedule.interest[state.paid, which] + service_fee * state.paid,
        "days_past_due": np.where(late, rows.moment - oldest, 0),
        "status": np.where(rows.on_book, ON_BOOK, course.status[which]),
        "exit_date": np.where(rows.on_book, NO_DATE, course.exit_date[which]),
        "default_date": state.default_date,
        "claim_at_default_minor": _claim_at_default(contracts, schedule, rows),
        "rating": state.rating,
        "rating_at_origination": contracts.rating[which],
        "cured_date": state.cured_date,
        "watch_list": state.watch_list,
        "forborne": state.forborne,
    }


def accrued_interest(contracts: Contracts, rows: Listed, columns: Columns) -> Whole:
    """Interest billed and unpaid, and that of the running period to the moment, in whole fen."""
    outstanding, billed = columns["outstanding_principal_minor"], columns["billed_unpaid_interest_minor"]
    return _with_running_interest(contracts, rows.which, rows.standing.due, rows.moment, outstanding, billed)


def _claim_at_default(contracts: Contracts, schedule: Schedule, rows: Listed) -> Whole:
    """Principal and interest owed on the default date; not given where there was no default."""
    which, state = rows.which, rows.standing
    due, paid, defaulted = state.due_at_default, state.paid_at_default, state.default_date < NO_DATE
    outstanding = contracts.principal[which] - schedule.principal[paid, which]
    billed = schedule.interest[due, which] - schedule.interest[paid, which] + contracts.service_fee[which] * (due - paid)
    when = np.where(defaulted, state.default_date, contracts.origination[which]).astype(np.int32)
    interest = _with_running_interest(contracts, which, due, when, outstanding, billed)
    return np.where(defaulted, outstanding + interest, NO_AMOUNT)


def _with_running_interest(
    contracts: Contracts, which: NDArray[np.int64], due: Whole, when: Days, outstanding: Whole, billed: Whole
) -> Whole:
    """Interest billed and that since the last due date, by a day with ``due`` instalments due, in whole fen."""
    previous = contracts.due_date(which, due)
    elapsed = (when - previous) / (contracts.due_date(which, due + 1) - previous)
    length = np.where(due == 0, contracts.first_length[which], 1.0)
    stub = np.where(due < contracts.term[which], length * elapsed, 0.0)
    running = outstanding * (contracts.annual_rate[which] / MONTHS_PER_YEAR) * stub
    accrued: Whole = np.floor(billed + running + 0.5).astype(np.int64)
    return accrued


def event_rows(contracts: Contracts, schedule: Schedule, course: Course, recoveries: Recoveries, year: Year) -> Columns:
    """Write-offs, full prepayments and recoveries dated within the year, by contract and date."""
    left = np.flatnonzero(year.within(course.exit_date))
    gone = left[(course.status[left] == WRITTEN_OFF) | (course.status[left] == PREPAID)]
    outstanding = contracts.principal[gone] - schedule.principal[course.at_exit.paid[gone], gone]
    kind = np.where(course.status[gone] == WRITTEN_OFF, WRITE_OFF, PREPAYMENT)
    within = year.within(recoveries.when)
    place = np.concatenate([gone, recoveries.which[within]])
    when = np.concatenate([course.exit_date[gone], recoveries.when[within]])
    amount = np.concatenate([outstanding, recoveries.amount[within]])
    kinds = np.concatenate([kind, np.full(int(within.sum()), RECOVERY)])
    order = np.lexsort((when, place))
    return {
        "contract_id": contracts.number[place[order]],
        "event_date": when[order],
        "kind": kinds[order],
        "amount_minor": amount[order],
    }


def payment_rows(contracts: Contracts, payments: Payments, year: Year) -> Columns:
    """Payments dated within the year, by contract and date."""
    rows = payments.where(year.within(payments.when))
    rows = rows.where(np.lexsort((rows.when, rows.which)))
    return {
        "contract_id": contracts.number[rows.which],
        "date": rows.when,
        "principal_minor": rows.principal,
        "interest_minor": rows.interest,
        "fees_minor": rows.service_fees,
    }


def _either(here: NDArray[np.bool_], standing: Standing, at_exit: Standing, which: NDArray[np.int64]) -> Standing:
    """The standing at the instant where on book, else at exit."""
    return Standing(
        due=np.where(here, standing.due[which], at_exit.due[which]),
        paid=np.where(here, standing.paid[which], at_exit.paid[which]),
        rating=np.where(here, standing.rating[which], at_exit.rating[which]),
        due_at_default=np.where(here, standing.due_at_default[which], at_exit.due_at_default[which]),
        paid_at_default=np.where(here, standing.paid_at_default[which], at_exit.paid_at_default[which]),
        default_date=np.where(here, standing.default_date[which], at_exit.default_date[which]).astype(np.int32),
        cured_date=np.where(here, standing.cured_date[which], at_exit.cured_date[which]).astype(np.int32),
        watch_list=np.where(here, standing.watch_list[which], at_exit.watch_list[which]),
        forborne=np.where(here, standing.forborne[which], at_exit.forborne[which]),
    )


def _balances(contracts: Contracts, schedule: Schedule, rows: Listed, columns: Columns) -> YearEnd:
    which, state = rows.which, rows.standing
    outstanding: Whole = columns["outstanding_principal_minor"]
    scheduled = schedule.balance[state.due, which]
    later = np.minimum(state.due + MONTHS_PER_YEAR, LONGEST_TERM)
    uncured = (state.default_date < NO_DATE) & (state.cured_date == NO_DATE)
    in_default = uncured | (columns["days_past_due"] >= DEFAULT_DAYS)
    with np.errstate(divide="ignore", invalid="ignore"):
        running = (scheduled > 0.0) & (state.due < contracts.term[which]) & ~in_default
        share = np.where(running, schedule.balance[later, which] / scheduled, 0.0)
    non_current = np.floor(outstanding * share + 0.5).astype(np.int64)
    accruing = rows.on_book & (columns["days_past_due"] < DEFAULT_DAYS)
    return YearEnd(
        rows=int(which.size),
        outstanding_principal=int(outstanding.sum()),
        principal_on_book=int(outstanding[rows.on_book].sum()),
        principal_non_current=int(non_current[rows.on_book].sum()),
        accrued_interest=int(accrued_interest(contracts, rows, columns)[accruing].sum()),
    )

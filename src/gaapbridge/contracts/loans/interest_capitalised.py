"""Interest that a modification adds to the principal: arrears, or what a holiday of payments left unpaid.

No cash comes, and no tape says how much it is: the principal has risen by what neither advances nor payments tell. It is
interest received all the same, and principal advanced, of that day (ASC 310-20-35-9 to 35-11; IFRS 9 5.4.1, 5.4.3), where so
much could be owed. A rise far above that is a further drawing or a mistake, and no income.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import polars as pl

from gaapbridge.contracts.credit import CreditSetting, Schedule, position_at
from gaapbridge.contracts.loans.columns import Loans
from gaapbridge.contracts.loans.owed_by_day import Dates, Flags, Numbers, Owing, Whole, owing_of
from gaapbridge.contracts.loans.pieces import BY_DAY, billed_on, periods_until
from gaapbridge.contracts.side_by_side import dates, flags, whole
from gaapbridge.measure.rounding import to_minor

AT_MOST = 2.0
"""How many times what a contract owes by its schedule may be added to its principal: interest on arrears, penalties."""


def with_interest_capitalised(loans: Loans, joined: pl.DataFrame, setting: CreditSetting) -> Loans:
    """The loans with the interest that a modification of the period added to their principal, on the day of the last one.

    300,000.00 at 1 % a month, three months of a holiday added on 15 May: with 309,000.00 outstanding 9,000.00 are interest, and
    come beside 27,630.00 that the rows state as received; with 350,000.00 nothing is, and the rise is told by a finding.
    """
    known = loans.course.opened | (loans.advanced > 0)
    places = np.nonzero(flags(joined, "modified") & known & (loans.course.remained | loans.course.left))[0]
    if not places.size:
        return loans
    owing, day = owing_of(loans, places, setting), dates(joined, "modified_on")[places]
    added, no_interest = _added(loans, places, owing, day, whole(joined, "modified_minor")[places])
    lacking = np.where(loans.interest_stated & _lack(owing, day, added), added, 0)
    added = added if loans.payments is not None else lacking
    every, on = np.zeros((3, len(known)), np.int64), loans.capitalised_on.copy()
    every[:, places], on[places] = (added, lacking, no_interest), day
    fallen = pl.DataFrame({"contract_id": loans.contract_id.gather(places), "date": day, "interest_minor": added})
    of_modified = fallen.filter(pl.col("interest_minor") > 0).with_columns(principal_minor=-pl.col("interest_minor"))
    return replace(
        loans,
        capitalised=every[0],
        capitalised_beside=every[1],
        not_capitalised=every[2],
        capitalised_on=on,
        payments=None if loans.payments is None else _with_rises(loans.payments, of_modified),
    )


def _with_rises(payments: pl.DataFrame, rises: pl.DataFrame) -> pl.DataFrame:
    """Payments, with what was added to principal as interest paid and principal advanced on its day, which is no cash."""
    whole = rises.with_columns(fees_minor=pl.lit(0, pl.Int64), service_fees_minor=pl.lit(0, pl.Int64))
    return pl.concat([payments, whole.select(set(payments.columns) & set(whole.columns))], how="diagonal")


def _added(loans: Loans, places: Whole, owing: Owing, day: Dates, amounts: Whole) -> tuple[Whole, Whole]:
    """What was added to the principal as interest by a day, and by how much it rose otherwise. Without payments, which hide a
    rise, by the ``amounts`` of the events where these can be it."""
    paid = loans.payments is not None
    left = np.where(owing.settled & paid, 0.0, owing.principal[1])
    rose = to_minor(left - owing.principal[0]) + loans.repaid[places] + loans.written_off_in_part[places]
    most = AT_MOST * _owed(loans.interest_by_payments[places], owing, day) + 1.0
    by_events = (amounts > 0) & (amounts >= rose) & (amounts <= most) & (not paid)
    added = np.where(by_events, amounts, np.maximum(rose, 0))
    fits = added <= most
    return np.where(fits, added, 0), np.where(fits, 0, added)


def _owed(told: Flags, owing: Owing, day: Dates) -> Numbers:
    """Interest and service fees that each contract could owe on a day, less what was paid where payments ``told`` it."""
    every = np.arange(len(day))
    due = position_at(owing.schedule, day).instalments_due
    come = _come(owing.schedule, owing.principal[0], owing.day, day)
    fees = owing.service_fees(every, owing.paid[0], np.maximum(due, owing.paid[0]))
    paid = owing.received.up_to(owing.received.interest + owing.received.fees, every, day)
    return np.maximum(owing.interest[0] + come + fees - np.where(told, paid, 0), 0.0)


def _lack(owing: Owing, day: Dates, added: Whole) -> Flags:
    """Whether interest received by the rows is nearer, with what was added to principal, to what has come and is not owed."""
    (first, last), stated = owing.principal, owing.interest_received
    before, since = _come(owing.schedule, first, owing.day, day), _come(owing.schedule, last, day, owing.rows.instant)
    settled = owing.interest[0] + before + since - owing.interest[1]
    fees = owing.service_fees(np.arange(len(day)), *owing.due)
    off, off_with = (np.minimum(np.abs(has - settled), np.abs(has - settled - fees)) for has in (stated, stated + added))
    lacks: Flags = off_with <= off
    return lacks


def _come(schedule: Schedule, principal: Numbers, first: Dates, last: Dates) -> Numbers:
    """Contract interest of a principal between two days, past the last due date too."""
    begun, ended = (periods_until(schedule, when) + billed_on(schedule, when)[BY_DAY] for when in (first, last))
    come: Numbers = schedule.rate * principal * (ended - begun)
    return come

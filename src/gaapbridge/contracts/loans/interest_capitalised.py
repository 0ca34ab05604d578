"""Interest that a modification adds to the principal: arrears, or what a holiday of payments left unpaid.

No cash comes, and no tape says how much it is: the principal has risen by what neither advances nor payments tell. It is
interest received all the same, and principal advanced, of that day (ASC 310-20-35-9 to 35-11; IFRS 9 5.4.1, 5.4.3), where so
much could be owed. A rise far above that is a further drawing or a mistake, and no income.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import polars as pl

from gaapbridge.contracts.credit import CreditSetting, Schedule, position_at
from gaapbridge.contracts.loans.columns import Loans, parts_by_day, told_in_part, with_parts
from gaapbridge.contracts.loans.owed_by_day import Dates, Flags, Numbers, Owing, Whole, owing_of
from gaapbridge.contracts.loans.pieces import BY_DAY, billed_on, periods_until
from gaapbridge.contracts.loans.rises import Rises
from gaapbridge.contracts.side_by_side import dates, flags
from gaapbridge.measure.rounding import to_minor

AT_MOST = 2.0
"""How many times what a contract owes by its schedule may be added to its principal: interest on arrears, penalties."""


@dataclass(frozen=True)
class _Moved:
    """What modifications did to the principal of N contracts, minor units: interest ``added``; a rise that is ``no_interest``;
    a ``part`` that events write off beside it; and what was ``forgiven`` that nothing states."""

    added: Whole
    no_interest: Whole
    part: Whole
    forgiven: Whole


def with_interest_capitalised(loans: Loans, joined: pl.DataFrame, events: pl.DataFrame, setting: CreditSetting) -> Loans:
    """The loans with the interest that modifications of the period added to their principal, on their days, and with what of it
    these forgave.

    300,000.00 at 1 % a month, three months of a holiday added on 15 May: with 309,000.00 outstanding 9,000.00 are interest, and
    come beside 27,630.00 that the rows state as received; with 350,000.00 nothing is, and the rise is told by a finding.
    20,000.00 of arrears added and 100,000.00 forgiven leave 220,000.00: both are told where an event writes the part off.
    """
    known = loans.course.opened | (loans.advanced > 0)
    places = np.nonzero(flags(joined, "modified") & known & (loans.course.remained | loans.course.left))[0]
    if not places.size:
        return loans
    owing, day = owing_of(loans, places, setting), dates(joined, "modified_on")[places]
    of_kind = events.filter(pl.col("kind") == "modification").rename({"event_date": "date"})
    stated = Rises.by_day(of_kind, loans.contract_id.gather(places))
    moved = _moved(loans, places, owing, day, stated.amounts.sum(axis=0), told_in_part(joined, loans.course)[places])
    rises = stated.sharing(moved.added, owing.rows.cured_date)
    risen = np.where(np.isnat(rises.last()), day, rises.last())
    lacking = np.where(loans.interest_stated & _lack(owing, risen, moved.added), moved.added, 0)
    added = moved.added if loans.payments is not None else lacking
    rises = stated.sharing(added, owing.rows.cured_date)
    every, off = np.zeros((4, len(known)), np.int64), moved.part + moved.forgiven
    every[:, places] = added, lacking, moved.no_interest, moved.forgiven
    in_part = loans.written_off_in_part.copy()
    in_part[places] += off
    return replace(
        loans,
        capitalised=every[0],
        capitalised_beside=every[1],
        not_capitalised=every[2],
        forgiven=every[3],
        rises=loans.rises.beside(rises.at(places, len(known))).beside(_off(loans, joined, events, places, day, moved)),
        written_off_in_part=in_part,
        payments=_with_rises(loans, joined, events, places, day, rises, moved),
    )


def _off(loans: Loans, joined: pl.DataFrame, events: pl.DataFrame, places: Whole, day: Dates, moved: _Moved) -> Rises:
    """What modified contracts have off their principal without cash, of which nothing was told before, as amounts below nil."""
    forgiven = Rises(day[None, :], -moved.forgiven[None, :]).at(places, joined.height)
    return parts_by_day(events, _with_part(joined, places, moved), loans.contract_id).beside(forgiven)


def _with_part(joined: pl.DataFrame, places: Whole, moved: _Moved) -> pl.DataFrame:
    """The contracts of which a part is written off beside what was added."""
    part = np.zeros(joined.height, np.int64)
    part[places] = moved.part
    return joined.filter(pl.Series(part > 0))


def _with_rises(
    loans: Loans, joined: pl.DataFrame, events: pl.DataFrame, places: Whole, day: Dates, rises: Rises, moved: _Moved
) -> pl.DataFrame | None:
    """Payments, with what was added to principal as interest paid and principal advanced on its day, and what was forgiven or
    written off in part as principal of its day: none of it is cash."""
    if loans.payments is None:
        return None
    place, on = rises.each()
    contracts, added = loans.contract_id.gather(places), rises.amounts[rises.amounts > 0]
    nil = {name: pl.lit(0, pl.Int64) for name in ("fees_minor", "service_fees_minor")}
    rose = pl.DataFrame({"contract_id": contracts.gather(place), "date": on, "interest_minor": added})
    rose = rose.with_columns(principal_minor=-pl.col("interest_minor"), **nil)
    fell = pl.DataFrame({"contract_id": contracts, "date": day, "principal_minor": moved.forgiven})
    fell = fell.filter(pl.col("principal_minor") > 0).with_columns(interest_minor=pl.lit(0, pl.Int64), **nil)
    whole = pl.concat([rose, fell], how="diagonal")
    payments = pl.concat([loans.payments, whole.select(set(loans.payments.columns) & set(whole.columns))], how="diagonal")
    return with_parts(payments, events, _with_part(joined, places, moved))


def _moved(loans: Loans, places: Whole, owing: Owing, day: Dates, amounts: Whole, in_part: Whole) -> _Moved:
    """What was added to the principal as interest by a day, by how much it rose otherwise, and what is off it without cash.
    Without payments, which hide a rise, by the ``amounts`` of the events where these can be it."""
    paid, known = loans.payments is not None, loans.written_off_in_part[places]
    left = np.where(owing.settled & paid, 0.0, owing.principal[1])
    rose = to_minor(left - owing.principal[0]) + loans.repaid[places] + known
    most = AT_MOST * _owed(loans.interest_by_payments[places], owing, day) + 1.0
    with_part = rose + in_part - known
    taken = (in_part > known) & (with_part >= 0) & (with_part <= most)
    rose = np.where(taken, with_part, rose)
    unpaid = np.where(loans.course.remained[places] & paid, np.maximum(-rose, 0), 0)
    can_be = (amounts > 0) & (amounts <= most)
    by_events = can_be & (amounts >= rose) & ((not paid) | (unpaid > 0))
    added = np.where(by_events, amounts, np.maximum(rose, 0))
    fits = added <= most
    forgiven = unpaid + np.where(unpaid > 0, added, 0)
    return _Moved(np.where(fits, added, 0), np.where(fits, 0, added), np.where(taken, in_part, 0), forgiven)


def _owed(told: Flags, owing: Owing, day: Dates) -> Numbers:
    """Interest, and beside it service fees, that each contract could owe on a day, less what was paid of either where payments
    ``told`` it: fees paid before they fall due pay no interest."""
    every, ahead = np.arange(len(day)), np.where(owing.opened, owing.opening.fees_ahead, 0.0)
    due = position_at(owing.schedule, day).instalments_due
    come = _come(owing.schedule, owing.principal[0], owing.day, day)
    billed = owing.service_fees(every, owing.paid[0], np.maximum(due, owing.paid[0])) - ahead
    interest, fees = (
        np.where(told, owing.received.up_to(paid, every, day), 0) for paid in (owing.received.interest, owing.received.fees)
    )
    return np.maximum(owing.interest[0] + ahead + come - interest + np.maximum(billed - fees, 0.0), 0.0)


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

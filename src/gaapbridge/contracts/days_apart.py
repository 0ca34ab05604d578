"""Days of one contract that cannot all be so: arrears older than a tape allows, or a default younger, or arrears of what is
paid, or an end after all is due."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import numpy as np
import polars as pl

from gaapbridge.contracts.credit import RiskTerms, Schedule, StateRows, of_contracts
from gaapbridge.contracts.often_asked import IN_PERIOD, LAST_DAY
from gaapbridge.contracts.scan import Cause
from gaapbridge.contracts.side_by_side import OF_OPENING, OUTSTANDING, Course, Flags
from gaapbridge.measure import kernels

GRACE_DAYS = 10
"""Days of grace in which many a lender still counts none, and after which it counts from the due date."""

EXIT_DAYS = 31
"""The same of one that left: many a system dates exits by the month, and has the days of all of it."""


def days_apart(opening: date | None, closing: date) -> dict[str, pl.Expr]:
    """Contracts with such days, by cause; beside the columns of both tapes stand ``path`` and ``paid_up_late``. ``opening`` is
    the instant of the opening tape, None without one."""
    return {
        "older arrears": _older_arrears(opening, closing),
        "default anew": _default_anew(opening, closing),
        "left late": _left_late(),
        "paid up late": pl.col("paid_up_late"),
    }


def _older_arrears(opening: date | None, closing: date) -> pl.Expr:
    """Whether a contract on book at the opening is more days past due than it was then and the days since, each of which adds
    one. Of one that was given time, or came out of default, days may count from another due date."""
    if opening is None:
        return pl.lit(value=False)
    restarted = [pl.col("forborne" + suffix) | pl.col("cured_date" + suffix).is_not_null() for suffix in ("", OF_OPENING)]
    more = pl.col("days_past_due") - _run_on(opening, closing)
    return _THERE & (more > _ALLOWED) & ~pl.any_horizontal(restarted).fill_null(False)


def _default_anew(opening: date | None, closing: date) -> pl.Expr:
    """Whether the closing tape has a contract in default from a later day than the opening tape, both by days past due alone:
    of a default that lasts each day adds one, and of one whose days are fewer another instalment is the oldest unpaid."""
    if opening is None:
        return pl.lit(value=False)
    by_days = [
        (pl.col("days_past_due" + suffix) >= pl.col("default_days")) & pl.col("default_date" + suffix).is_null()
        for suffix in ("", OF_OPENING)
    ]
    fewer = _run_on(opening, closing) - pl.col("days_past_due")
    return _THERE & (fewer > _ALLOWED) & pl.all_horizontal(by_days)


_THERE = IN_PERIOD & (pl.col("status" + OF_OPENING) == "on_book")

_ALLOWED = pl.when(pl.col("exit_date").is_null()).then(GRACE_DAYS).otherwise(EXIT_DAYS)


def _run_on(opening: date, closing: date) -> pl.Expr:
    """The days past due of the opening tape and those since, up to the day on which a contract left."""
    described = pl.min_horizontal("exit_date", pl.lit(closing))
    return pl.col("days_past_due" + OF_OPENING) + (described - pl.lit(opening)).dt.total_days()


def _left_late() -> pl.Expr:
    """Whether a contract left long after its end, principal owed until then and nothing past due; on book it is rejected."""
    late = (pl.col("exit_date") - LAST_DAY).dt.total_days() > EXIT_DAYS
    return IN_PERIOD & late & (pl.col("days_past_due") == 0) & (OUTSTANDING > 0)


def paid_up_late(
    schedule: Schedule, states: Mapping[str, StateRows], risk: Mapping[str, RiskTerms], course: Course, otherwise: Flags
) -> pl.Series:
    """Whether a contract is past due though its principal is that of the schedule after all that fell due, to a minor unit for
    each instalment, and no interest is unpaid; ``risk`` is by the same states. Interest is paid before principal; a bullet has
    no principal that would tell, nor has one that was ahead of its schedule at the opening. ``otherwise``: it may be past due
    for something else, or is behind by an instalment that it was ahead."""
    apart, (before, late) = np.zeros(len(course.path), np.bool_), (states[name] for name in ("opening", "late"))
    looked_at = course.remained & (late.days_past_due > 0) & (late.billed_interest == 0) & (late.principal > 0)
    places = np.flatnonzero(looked_at & ~late.forborne & ~otherwise & (schedule.kind != kernels.BULLET))
    if places.size:
        due, due_before = (risk[name].at.instalments_due[places] for name in ("late", "opening"))
        terms = of_contracts(schedule, places).terms()
        balance, balance_before = kernels.scheduled_balances(terms, np.stack([due, due_before]))
        ahead = before.on_book[places] & (before.principal[places] < balance_before - due_before)
        apart[places] = (np.abs(late.principal[places] - balance) <= due) & ~ahead
    return pl.Series(apart)


OF_DAYS: Mapping[str, Cause] = {
    "older arrears": Cause(
        "arrears older than on the opening tape",
        "R9",
        f"more days past due than those on the opening tape, the days since and {GRACE_DAYS} more, or {EXIT_DAYS} of one that "
        "left",
        "correct the days past due of the tape that is wrong; of a contract that was given time, say that it is forborne",
    ),
    "default anew": Cause(
        "default reckoned anew",
        "R9",
        "in default by days past due on both tapes, without a default_date; those of the closing tape have it begin later, by "
        f"more than {GRACE_DAYS} days, or {EXIT_DAYS} of one that left",
        "state default_date, and nonaccrual_date of a loan, on both tapes where one default lasts; on the closing tape the "
        "default_date and cured_date of one that was cured",
    ),
    "left late": Cause(
        "left long after its end",
        None,
        f"it left more than {EXIT_DAYS} days after its maturity, or its last instalment, with principal outstanding and "
        "nothing past due",
        "correct exit_date or the terms, or state how late it was the moment before",
    ),
    "paid up late": Cause(
        "past due with principal and interest paid",
        None,
        "the principal is that of the schedule after every instalment that fell due, and neither interest nor a fee is known "
        "to be unpaid",
        "correct days_past_due, the principal or the interest",
    ),
}
"""The wording of these findings, which loans and guarantees have alike."""

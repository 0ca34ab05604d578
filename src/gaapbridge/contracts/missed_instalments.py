"""Missed instalments that tapes leave out, though the hazards ask for them or the tape of the opening proves them.

Nothing is filled in. What the opening proves and the closing does not tell could be derived, but the next period opens with the
tape of this closing alone, and would measure the same contract otherwise at the same instant.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import polars as pl

from gaapbridge.assumptions.curve_tables import RECENTLY_LATE
from gaapbridge.assumptions.look_back import LookBack
from gaapbridge.contracts.basis import CURRENT
from gaapbridge.contracts.buckets import NOT_KNOWN
from gaapbridge.contracts.credit import Schedule, StateRows
from gaapbridge.contracts.expectation import Expectation
from gaapbridge.contracts.last_missed import SINCE_MISSED
from gaapbridge.contracts.often_asked import ON_BOTH
from gaapbridge.contracts.scan import Cause
from gaapbridge.contracts.side_by_side import OF_OPENING


def told_apart(
    schedule: Schedule, rows: StateRows, expected: Expectation, look_back: LookBack, *, stated: bool
) -> dict[str, pl.Series]:  # fmt: skip
    """What stands beside each contract's row: ``missed_untold``, on book and in ``current`` for want of the column, which its
    tape has not (``stated``), of a segment whose hazards know who was late; ``missed_unused``, in ``current`` with a miss that
    the tape tells and the hazards do not ask for. Of what has nothing due yet none can have been missed."""
    in_current = rows.on_book & (expected.bucket == CURRENT) & ~expected.in_default
    asked, due = look_back.recently_late[schedule.segment], schedule.first_payment_date <= rows.instant
    return {
        "missed_untold": pl.Series(in_current & asked & due & (not stated)),
        "missed_unused": pl.Series(in_current & ~asked & (rows.since_missed != NOT_KNOWN)),
    }


def missed_instalments(opening: date | None, closing: date, *, stated: bool) -> dict[str, pl.Expr]:
    """Contracts whose missed instalments the closing tape, which has the column where ``stated``, does not tell, or tells and
    nobody asks, by cause; the columns of ``told_apart`` stand beside those of both tapes."""
    before = _missed_before(opening, closing) if stated and opening is not None else pl.lit(value=False)
    told = {"missed not told": pl.col("missed_untold"), "missed not used": pl.col("missed_unused")}
    return {**told, "missed before": before}


def _missed_before(opening: date, closing: date) -> pl.Expr:
    """Whether the opening tape proves an instalment missed, by arrears or by months, that the closing tape does not tell of:
    the cell is empty, or reaches back further than the months of the period and those of then.

    Past due at the opening, and a year later 12 months or fewer, or 13 where months are counted from another day: good. 14 or
    an empty cell: not.
    """
    months = (closing.year - opening.year) * 12 + closing.month - opening.month
    before = pl.when(pl.col("days_past_due" + OF_OPENING) > 0).then(0).otherwise(pl.col(SINCE_MISSED + OF_OPENING))
    there = ON_BOTH & (pl.col("status" + OF_OPENING) == "on_book") & (pl.col("status") == "on_book")
    told = pl.col(SINCE_MISSED)
    return there & before.is_not_null() & (pl.col("days_past_due") == 0) & (told.is_null() | (told > before + months + 1))


MISSED: Mapping[str, Cause] = {
    "missed not told": Cause(
        "missed instalments not told",
        None,
        f"the hazards in force have a bucket {RECENTLY_LATE}, and the tape has no {SINCE_MISSED}, or it is empty in every row: "
        "nothing is overdue, and it stands in current whether it was late of late or not; the amount is the principal",
        f"state {SINCE_MISSED} on the tape, or name hazards that are estimated without that bucket",
    ),
    "missed not used": Cause(
        "missed instalments not used",
        None,
        f"the tape tells when an instalment was missed, and the hazards in force have no bucket {RECENTLY_LATE} of its "
        "segment: it has those of current, like contracts that were never late; the amount is the principal",
        f"name hazards that are estimated with that bucket (gaapbridge estimate PLAN), or list {SINCE_MISSED} in ignore",
    ),
    "missed before": Cause(
        "missed instalment of the opening tape not told",
        None,
        f"past due at the opening, or missed before by that tape, and {SINCE_MISSED} of the closing tape is empty or longer "
        "ago; the closing tape is measured",
        f"correct {SINCE_MISSED}, or the days past due of the opening tape and close the period before again",
    ),
}
"""The wording of the findings."""

"""Findings about the rows of loan tapes and events: the contracts concerned by cause, and the wording of each finding."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import polars as pl

from gaapbridge.contracts.ages_counted import AGES_NOT_COUNTED, OF_AGES
from gaapbridge.contracts.contradictions import ALIKE, BEFORE, RISE, ROSE, contradictory, in_default, shown
from gaapbridge.contracts.dated_rules import FLAGGED, NOT_COUNTED
from gaapbridge.contracts.days_apart import OF_DAYS, days_apart
from gaapbridge.contracts.instalment_apart import OF_INSTALMENTS, balloon, instalments_apart
from gaapbridge.contracts.loans.causes_of_rows import OF_ROWS, ROWS_ALONE
from gaapbridge.contracts.loans.columns import TERMS
from gaapbridge.contracts.missed_instalments import MISSED, missed_instalments
from gaapbridge.contracts.often_asked import BORN, IN_PERIOD, LAST_DAY, LEFT_WITH_LOSS, ON_BOTH, with_often_asked
from gaapbridge.contracts.older_than_curves import CAUSE, OLDER, older_than
from gaapbridge.contracts.scan import Cause, by_cause
from gaapbridge.contracts.schedule_and_standing import AHEAD_DAYS, NEAR_DAYS
from gaapbridge.contracts.side_by_side import (
    OF_OPENING,
    OUTSTANDING,
    missing_at_opening,
    returned,
    terms_changed,
)
from gaapbridge.difference import EVER_WRITTEN_OFF, OPENED, REMAINED, ROLLED, SETTLED, WRITTEN_OFF


@dataclass(frozen=True)
class Told:
    """What a close is told of loans: the instant of the opening tape, None without one, and that of the closing tape; whether
    there is a tape of events, one of payments, whether the loan tapes state interest received, and whether payments do too;
    whether the closing tape tells when an instalment was missed."""

    opening: date | None
    closing: date
    events: bool
    payments: bool
    received: bool
    interest: bool
    missed: bool


def causes_of(joined: pl.DataFrame, known_from: date, told: Told) -> dict[str, pl.DataFrame]:
    """Contracts with a finding, by cause. Curves are in force from ``known_from`` on; ``path`` names what became of each, and
    ``not_carried_minor`` what the recovery curve expects of it and IFRS does not carry; ``terms_told`` stand beside."""
    opening = told.opening
    off, recovered = LEFT_WITH_LOSS, pl.col("recovered_minor").fill_null(0)
    conditions = {
        "lost": pl.col("path") == "lost",
        "terms changed": terms_changed(joined, TERMS) & ~_MODIFIED,
        "not on the opening tape": missing_at_opening(opening),
        "received less": ON_BOTH & _RECEIVED_LESS & pl.lit(told.received),
        "modified": _MODIFIED,
        "write-off amount": off & (_OFF_BY != 0),
        "no write-off event": off & pl.col("event_written_off_minor").is_null() & (OUTSTANDING > 0) & pl.lit(told.events),
        "nothing written off": off & (pl.col("outstanding_principal_minor") == 0),
        "written off early": off & ~in_default("") & (OUTSTANDING > 0),
        "written off before": off & (pl.col("written_off_before_minor") > _IN_PART),
        "write-off event": ~off & (pl.col("event_written_off_minor") > _IN_PART),
        "recovery without write-off": (recovered > 0) & ~off & (pl.col("path") != "written_off_earlier") & (_IN_PART == 0),
        "recovery before its write-off": off & (pl.col("first_recovery") < pl.col("exit_date")) & (_IN_PART == 0),
        "recovered more": pl.col("path").is_in(EVER_WRITTEN_OFF) & (recovered > OUTSTANDING + _IN_PART),
        "left before": pl.col("path") == "ignored",
        OLDER: older_than(known_from),
        "matured early": _MATURED_EARLY,
        "without allowance": pl.col("without_allowance"),
        "rose": _ROSE | (_NO_INTEREST & pl.lit(not told.payments)),
        "recoveries not carried": pl.col("not_carried_minor") > 0,
        "prepaid more": pl.col("prepaid_minor") > _OWED,
        "payment outside": pl.col("payments_outside_minor") > 0,
        "payment of none": pl.col("path").is_in(["ignored", "written_off_earlier"]) & (pl.col("paid_minor") > 0),
    }
    conditions |= {cause: pl.col(amount).is_not_null() for cause, amount in OF_ROWS.items()} | instalments_apart()
    conditions |= {"paid since default": _PAYING, "accruing": _ACCRUING} | days_apart(opening, told.closing)
    conditions |= missed_instalments(opening, told.closing, stated=told.missed) | OF_AGES
    conditions |= returned("written_off") | contradictory(opening, "written_off", "outstanding_principal_minor") | FLAGGED
    for of_the_terms in ("above schedule", "behind schedule", *OF_INSTALMENTS, *OF_DAYS):
        conditions[of_the_terms] &= ~_MODIFIED
    conditions["matured in default"] &= pl.lit(not told.payments)  # who was in default may repay all: payments show it
    amounts = shown("outstanding_principal_minor") | {cause: pl.col(amount) for cause, amount in OF_ROWS.items()}
    amounts |= {
        "rose": RISE,
        "recovered more": recovered - OUTSTANDING - _IN_PART,
        "balloon": balloon(),
        "recoveries not carried": pl.col("not_carried_minor"),
        "write-off amount": _OFF_BY,
        "nothing written off": BEFORE,
        "written off before": pl.col("written_off_before_minor") - _IN_PART,
        "write-off event": pl.col("event_written_off_minor"),
        "prepaid more": pl.col("prepaid_minor") - _OWED,
        "payment outside": pl.col("payments_outside_minor"),
        "payment of none": pl.col("paid_minor"),
        "accruing": pl.col("us_accrued_minor"),
    }
    if told.payments and opening is not None:
        there_before, unexplained = BORN & (pl.col("origination_date") <= opening), _unexplained(opening)
        short = pl.col("path").is_in(SETTLED) & (unexplained > 0)
        known = ~(_ROSE | ~IN_PERIOD | there_before)
        conditions |= {"settled short": short & known, "moved without cash": (unexplained != 0) & ~short & known}
        amounts |= {"settled short": unexplained, "moved without cash": unexplained}
        if told.received and told.interest:
            conditions["interest differs"] = IN_PERIOD & ~there_before & (_INTEREST_RECEIVED >= 0) & (_INTEREST_DIFFERS != 0)
            amounts["interest differs"] = _INTEREST_DIFFERS
    return by_cause(with_often_asked(joined), conditions, OUTSTANDING, amounts)


_MODIFIED = pl.col("modified").fill_null(False)
_RECEIVED_LESS = pl.col("interest_received_minor") < pl.col("interest_received_minor" + OF_OPENING)

_IN_PART = pl.col("written_off_in_part")
_OFF_BY = pl.col("event_written_off_minor") - _IN_PART - pl.col("outstanding_principal_minor")
"""What the events have as written off, but for parts written off before, less the principal of the row that left so."""

_ROSE = ROSE & ~_MODIFIED
"""Principal that grew though nothing more was advanced and no terms were modified."""

_NO_INTEREST = ROSE & (pl.col("not_capitalised_minor") > 0)
"""Principal that grew by more than a modification can have added to it as interest."""

_BY_DATE = in_default("") & (pl.col("days_past_due") < pl.col("default_days"))
"""In default by its date alone."""

_PAYING = _BY_DATE & pl.col("paid_since_default_minor").is_not_null()
_ACCRUING = _BY_DATE & (pl.col("us_accrued_minor") > 0) & ~pl.col("forborne") & ~_PAYING
"""Which pay as if they were in none, and on which US GAAP accrues: who is given time, or pays so, may be let accrue."""

_MATURED_EARLY = (
    (pl.col("status") == "matured")
    & pl.col("path").is_in(SETTLED)
    & ((LAST_DAY - pl.col("exit_date")).dt.total_days() > AHEAD_DAYS)
    & (OUTSTANDING > 0)
    & ~_MODIFIED
)

_OWED = pl.when(IN_PERIOD | (pl.col("path") == "lost")).then(BEFORE).otherwise(0)
"""What could be prepaid in the period."""

_INTEREST_RECEIVED = pl.col("interest_received_minor") - (
    pl.when(BORN).then(0).otherwise("interest_received_minor" + OF_OPENING)
)
_INTEREST_PAID, _FEES_PAID = (pl.col(name).fill_null(0) for name in ("interest_paid_minor", "fees_paid_minor"))
_OF_A_PERIOD = (pl.col("outstanding_principal_minor") * pl.col("annual_rate") / 12).ceil().cast(pl.Int64)
_WITH_THE_LAST = pl.when(pl.col("path").is_in(SETTLED)).then(pl.col("interest_settled") + _OF_A_PERIOD).otherwise(0)
"""What a loan that is repaid may pay with its last principal: its row is as it was the moment before."""

_AT_MOST = _INTEREST_PAID + _FEES_PAID + pl.col("capitalised_minor")
_INTEREST_DIFFERS = _INTEREST_RECEIVED - _INTEREST_RECEIVED.clip(_INTEREST_PAID - _WITH_THE_LAST, _AT_MOST)
"""Interest received by the loan tapes, less that of the payments: without their fees, or with some of them, as service fees are
part of the yield and late fees are not; and with what was capitalised, or without."""


def _unexplained(opening: date) -> pl.Expr:
    """Opening principal + advances + interest capitalised - principal received - written off - the closing one (R16),
    as far as the tape tells."""

    def where(paths: tuple[str, ...], amount: str) -> pl.Expr:
        return pl.when(pl.col("path").is_in(paths)).then(amount).otherwise(0)

    advanced = pl.when(BORN & (pl.col("origination_date") > opening)).then("principal_minor").otherwise(0)
    opened = where(OPENED, "outstanding_principal_minor" + OF_OPENING)
    left = where((*REMAINED, *WRITTEN_OFF), "outstanding_principal_minor")
    capitalised = where(ROLLED, "capitalised_minor")
    return opened + advanced + capitalised - pl.col("repaid_minor").fill_null(0) - where(ROLLED, "written_off_in_part") - left


CAUSES: dict[str, Cause] = {
    **ALIKE,
    **OF_DAYS,
    **OF_INSTALMENTS,
    **MISSED,
    **NOT_COUNTED,
    **AGES_NOT_COUNTED,
    **ROWS_ALONE,
    "lost": Cause(
        "contract left without a reason",
        "R9",
        "on book at the opening; not on the closing tape, or left by it on or before the opening instant",
        "list it on the closing tape with its status and exit date",
    ),
    "not on the opening tape": Cause(
        "contract missing at the opening",
        "R9",
        "originated on or before the opening instant and not on the opening tape; all its income falls into this period",
        "list it on the opening tape, and close the period before again",
    ),
    "received less": Cause(
        "less interest received to date than before",
        "R9",
        "interest_received_minor is to date, and is lower on the closing tape than on the opening tape",
        "correct the tape that is wrong",
    ),
    "terms changed": Cause(
        "terms changed without a modification",
        None,
        "the opening and closing tapes disagree on terms that do not change",
        "correct the tape, or add a modification event",
    ),
    "modified": Cause(
        "modification not measured",
        None,
        "a modified contract is measured on the terms its tape shows; interest added to its principal is interest received, "
        "principal that a write_off event or payments show as forgiven is lost, no other gain or loss is measured",
        "assess the contract by hand (310-20-35-9; IFRS 9 5.4.3)",
    ),
    "write-off amount": Cause(
        "write-off amount differs",
        "R9",
        "the write-off event is for a different amount from the outstanding principal of the row that left; the amount is the "
        "event less the row",
        "correct the event or the row",
    ),
    "no write-off event": Cause(
        "write-off without its event",
        "R9",
        "the tape has the contract as written off in the period, and the events hold no write-off of it",
        "add the event with its day and amount, or correct the status",
    ),
    "nothing written off": Cause(
        "written off with nothing outstanding",
        "R9",
        "it left as written off and nothing was outstanding the moment before; the amount is what was at the opening, or was "
        "advanced since",
        "state the principal as it was the moment before the write-off, in read.first_of the column of what was written off "
        "before that of the balance; or the status as what it is",
    ),
    "written off early": Cause(
        "written off without a default",
        None,
        "it left as written off with principal outstanding, fewer days past due than those of default and without a default "
        "date; the amount is that principal",
        "state days_past_due as they were the moment before the write-off, or default_date; or the status as what it is",
    ),
    "loss changed": Cause(
        "earlier write-off changed",
        "R9",
        "written off before the period, and the tapes differ on the day or the amount of it; the amount is the change",
        "correct the tape that is wrong; cash on an amount written off is a recovery",
    ),
    "write-off event": Cause(
        "write-off event of a contract not written off",
        "R9",
        "the tape does not show the contract as written off in the period, nor its principal as fallen by what the event "
        "writes off in part; the amount is the event",
        "correct its status and exit date, or its principal to the rest; or remove the event",
    ),
    "recovery without write-off": Cause(
        "recovery of a contract not written off",
        "R9",
        "a recovery is cash received on an amount written off; nothing is written off on this contract",
        "list the contract as written off, or record the cash as a payment",
    ),
    "recovery before its write-off": Cause(
        "recovery before its write-off",
        "R16",
        "a recovery is cash received on an amount written off, and is dated before the write-off",
        "correct the date that is wrong, or record the cash as a payment",
    ),
    "recovered more": Cause(
        "recovered more than was written off",
        "R16",
        "recoveries of the period are above the principal written off; the amount is the excess",
        "correct the amount; what was received as interest or costs is income, not a recovery",
    ),
    "prepaid more": Cause(
        "prepaid more than was owed",
        "R16",
        "prepayments of the period are above the principal owed at its opening or advanced in it; the amount is the excess",
        "correct the amount, or remove the event",
    ),
    "written off before": Cause(
        "written off on two days",
        "R9",
        f"events write it off more than {NEAR_DAYS} days before the exit date of the tape, and are no parts of it, of which "
        "the row that left has the rest; they are the amount",
        "correct the date of the event or of the exit; a loan written off in part stays on book with the rest until it leaves",
    ),
    "payment outside": Cause(
        "payment before origination or after exit",
        "R16",
        "cash was received before the contract was made or after it had left; the amount is that cash",
        "correct the date that is wrong; cash received after a write-off is a recovery",
    ),
    "payment of none": Cause(
        "payment of a contract not on book",
        "R16",
        "the contract left before the period, and cash was received on it; no principal or interest takes it, and the amount "
        "is that cash",
        "state cash on an amount written off as a recovery; or correct the contract of the payment, or its exit date",
    ),
    "interest differs": Cause(
        "interest received differs from the payments",
        "R16",
        "interest_received_minor moved in the period by another amount than the payments have as interest, with or without "
        "fees; the amount is the difference",
        "correct the payments or the interest of the tape",
    ),
    "back after a loss": Cause(
        "loan on book again after its write-off",
        "R9",
        "written off on the opening tape, on book in the period; it is measured as if it had been originated in it",
        "correct the tape that is wrong; where the write-off was undone, close the period before again",
    ),
    "lost twice": Cause(
        "loan written off twice",
        "R9",
        "written off on the opening tape, and on the closing tape by a later day in the period; its loss is in both years",
        "give the closing tape the day of the first write-off",
    ),
    "back after it left": Cause(
        "loan on book again after it had left",
        "R9",
        "repaid on the opening tape, on book in the period; it is measured as if it had been originated in it",
        "correct the tape that is wrong; list a further loan under an id of its own",
    ),
    "rose": Cause(
        "principal rose",
        "R16",
        "more principal is outstanding than at the opening, or than was advanced, and no modification can have added as much "
        "interest to it",
        "correct the balance; state further drawings as contracts of their own, capitalised arrears as a modification",
    ),
    "settled short": Cause(
        "settled without the cash",
        "R16",
        "it left as repaid, and the payments of the period do not cover its principal; the amount is what is missing",
        "add the payments, or list the contract as written off or still on book",
    ),
    "moved without cash": Cause(
        "principal moved without its cash",
        "R16",
        "opening principal + advances + interest capitalised - principal received - written off is not the closing principal; "
        "the amount is what is unexplained, below nil where more was received than the principal fell",
        "correct the payments or the balance of the tape",
    ),
    "without allowance": Cause(
        "loan in arrears without an allowance",
        "R20",
        "it is past due and nothing is expected to be lost under US GAAP, or under IFRS",
        "look for hazards or losses given default that are nil over what remains of it (explain --months)",
    ),
    "left before": Cause(
        "row of a contract that left before the period",
        "R9",
        "it left on or before the opening instant and is not counted",
        "leave it off the closing tape",
    ),
    OLDER: CAUSE,
    "matured early": Cause(
        "loan matured before its end",
        None,
        f"it left as matured more than {AHEAD_DAYS} days before its maturity, or its last instalment, with principal "
        "outstanding",
        'state "prepaid" of a loan repaid ahead, "written_off" of one that was not, or correct the dates',
    ),
    "accruing": Cause(
        "in default and accruing",
        None,
        "it is in default by its date, and US GAAP accrues its interest, as no nonaccrual_date is given; the amount is the "
        "interest accrued",
        "state nonaccrual_date, or cured_date where it was cured; of a loan that is well secured and in collection, accept the "
        "finding in [records.severity]",
    ),
    "recoveries not carried": Cause(
        "written off whole, with recoveries expected",
        None,
        "the recovery curve still expects the amount, discounted, and IFRS has written the whole balance off",
        'state ifrs_after_write_off = "expected_recoveries" where they can reasonably be expected (IFRS 9 5.4.4, B5.4.9), '
        "or give a recovery curve of nil",
    ),
}
"""The wording of each finding."""

"""The loan tape of a marketplace lender's book at one instant, and the loans that are on no tape."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

import marketplace_assumptions as stated
import polars as pl

from gaapbridge.terms.errors import UnusableInput
from gaapbridge.terms.money import round_half_away

MONEY = ("principal", "instalment", "balance", "paid_principal", "paid_interest")


def loan_tape(book: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The tape in the contract's columns, and the rows left out, maybe none: loan, status, principal, balance, reason."""
    kept, left = [], []
    for loan in book.sort("loan_id").iter_rows(named=True):
        cents = {name: minor(loan[name], name) for name in MONEY}
        reason = _reason_to_leave_out(loan, cents)
        if reason:
            left.append((str(loan["loan_id"]), loan["status"], cents["principal"], cents["balance"], reason))
        else:
            kept.append(_row(loan, cents))
    if not kept:
        raise UnusableInput(
            column="status",
            value=", ".join(sorted(book["status"].unique())),
            rule="some loan is on book or was charged off; all are repaid or have no balance",
            remedy="give the book of a day on which loans were outstanding",
        )
    return pl.DataFrame(kept, schema_overrides=_TYPES), pl.DataFrame(left, schema=_LEFT, orient="row")


_TYPES = {"exit_date": pl.Date, "default_date": pl.Date}
_LEFT = {
    "contract_id": pl.String,
    "status": pl.String,
    "principal_minor": pl.Int64,
    "outstanding_principal_minor": pl.Int64,
    "reason": pl.String,
}


def minor(amount: float, column: str) -> int:
    """Dollars as whole cents; an amount that is not whole cents is refused, never rounded away."""
    cents = round(amount * 100)
    if abs(cents - amount * 100) > 1e-4:
        raise UnusableInput(column=column, value=str(amount), rule="whole cents", remedy="correct the amount")
    return cents


def _reason_to_leave_out(loan: dict[str, Any], cents: dict[str, int]) -> str:
    known = {*stated.FIXED_DAYS_PAST_DUE, stated.LATE_STATUS, stated.WRITTEN_OFF_STATUS, stated.REPAID_STATUS}
    if loan["status"] not in known:
        raise UnusableInput(column="status", value=str(loan["status"]), rule="a known status", remedy="map it")
    if loan["status"] == stated.REPAID_STATUS:
        return "repaid in full by the instant"
    if loan["status"] != stated.WRITTEN_OFF_STATUS and cents["balance"] <= 0:
        owed_back = "credit balance at the instant: overpaid, and what is owed back is no loan"
        return owed_back if cents["balance"] else "no balance at the instant, though not marked as repaid"
    return ""


def _row(loan: dict[str, Any], cents: dict[str, int]) -> dict[str, Any]:
    """One loan at the instant; a written-off one the moment before, leaving that day with what it owed."""
    written_off = loan["status"] == stated.WRITTEN_OFF_STATUS
    outstanding = cents["principal"] - cents["paid_principal"] if written_off else cents["balance"]
    days_past_due = _days_past_due(loan)
    missed = -(-days_past_due // stated.DAYS_A_MISSED_MONTH)
    rate = Fraction(Decimal(str(loan["annual_rate"])))
    return {
        "contract_id": str(loan["loan_id"]),
        "segment": loan["grade"],
        "currency": "USD",
        "origination_date": origination(loan),
        "first_payment_date": add_months(origination(loan), 1),
        "principal_minor": cents["principal"],
        "annual_rate": loan["annual_rate"],
        "term_instalments": loan["term_months"],
        "repayment_type": "level",
        "instalment_minor": cents["instalment"],
        "fees_received_minor": round_half_away(cents["principal"] * stated.ORIGINATION_FEE_SHARE),
        "outstanding_principal_minor": outstanding,
        "billed_unpaid_interest_minor": round_half_away(outstanding * rate * missed / 12),
        "interest_received_minor": cents["paid_interest"],
        "days_past_due": days_past_due,
        "status": "written_off" if written_off else "on_book",
        "exit_date": stated.INSTANT if written_off else None,
        "default_date": stated.INSTANT if written_off else None,
    }


def origination(loan: dict[str, Any]) -> date:
    """The day of origination: the stated day of the month given."""
    month: date = loan["origination_month"]
    return month.replace(day=stated.DUE_DAY)


def add_months(day: date, months: int) -> date:
    """The same day some months on; the stated day is in every month."""
    month = day.year * 12 + day.month - 1 + months
    return date(month // 12, month % 12 + 1, day.day)


def _days_past_due(loan: dict[str, Any]) -> int:
    """Days past due by status; in the wide band, from the first instalment that the cash paid does not cover.

    First instalment on 1 February, 2.4 instalments paid: 1 April is the first not covered, 90 days at 30
    June.
    """
    if loan["status"] == stated.WRITTEN_OFF_STATUS:  # one charged off sooner is as late as its first instalment
        return min(stated.DAYS_PAST_DUE_AT_WRITE_OFF, (stated.INSTANT - add_months(origination(loan), 1)).days)
    if loan["status"] != stated.LATE_STATUS:
        return stated.FIXED_DAYS_PAST_DUE[loan["status"]]
    if loan["instalment"] <= 0:
        raise UnusableInput(
            row=str(loan["loan_id"]), column="instalment", value=str(loan["instalment"]), rule="above nil", remedy="correct it"
        )
    covered = int((loan["paid_principal"] + loan["paid_interest"]) / loan["instalment"])
    unpaid_since = add_months(add_months(origination(loan), 1), covered)
    least, most = stated.LATE_RANGE
    return min(most, max(least, (stated.INSTANT - unpaid_since).days))

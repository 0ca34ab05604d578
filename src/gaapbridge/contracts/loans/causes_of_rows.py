"""Findings that rows of events and payments are found for by themselves, whatever becomes of their loan."""

from __future__ import annotations

from gaapbridge.contracts.loans.origination_fees import SOON_DAYS
from gaapbridge.contracts.scan import Cause

OF_ROWS = {
    "event outside": "events_outside_minor",
    "recovered twice": "recovered_twice_minor",
    "paid since default": "paid_since_default_minor",
    "fee soon": "fee_soon_minor",
    "forgiven": "forgiven_minor",
}
"""The causes that rows of events and payments are found for, with the column of their amount, empty where there are none."""

ROWS_ALONE: dict[str, Cause] = {
    "event outside": Cause(
        "event before origination or after exit",
        "R9",
        "a write-off, prepayment or modification is dated before the contract was made or after it had left; the amount is "
        "that of those events",
        "correct the date of the event, of origination or of exit",
    ),
    "paid since default": Cause(
        "paid regularly since its default",
        "R16",
        "it is in default by its date and less past due than those in default, and paid whole instalments in six months or "
        "more since; the amount is those",
        "correct default_date or the payments, or state its cured_date where it was cured; of a loan in a cure or observation "
        "period, or under a court's plan, accept the finding in [records.severity]",
    ),
    "recovered twice": Cause(
        "recovery of the same amount a day later",
        "R16",
        "the events hold two equal recoveries of a loan, the second by the next business day, and no third in a row; the "
        "amount is that of the second",
        "take out the one that was recorded twice; where both were received, accept the finding in [records.severity]",
    ),
    "fee soon": Cause(
        "fee soon after the advance",
        "R16",
        f"fees were paid within {SOON_DAYS} days of the advance, before the first instalment, by another amount than lacks to "
        "fees_received_minor, or after it by just that; they are income of their day beside it; the amount is theirs",
        "where they are the fee of origination, state fees_received_minor as it was paid, or the payment as that fee; of other "
        "fees, as for a document, accept the finding in [records.severity]",
    ),
    "forgiven": Cause(
        "principal forgiven by a modification",
        "R16",
        "a modified contract owes less principal than its payments and write-offs leave: what is missing is taken as "
        "forgiven by the modification, a loss without cash; the amount is that loss",
        "state it as a write_off event of the day of the modification; or add the payments where it was paid",
    ),
}
"""The wording of each."""

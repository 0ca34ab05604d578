"""The schema of the payments tape: cash received from borrowers in the period, one row for each payment."""

from __future__ import annotations

import polars as pl

from gaapbridge.contracts.loans.events import OF_LOANS_THAT_COUNT, in_period, on_loan_tapes
from gaapbridge.tapes.schema import Circumstances, Column, Rule, Schema, amount_from, at_most

_RECEIVED = "state what was received as a positive number; leave out a payment that was taken back, with what took it back"


def _nothing_received(_: Circumstances) -> pl.Expr:
    return (pl.col("principal_minor") == 0) & (pl.col("interest_minor") == 0) & (pl.col("fees_minor") == 0)


PAYMENTS = Schema(
    name="payments",
    title="Payments tape",
    description=(
        "Cash received from borrowers in the period on contracts of the loan tapes, one row for each payment: every "
        "instalment, prepayment and final settlement, as the system that collects it recorded it. Recoveries on "
        "written-off contracts are events and do not stand here again. The tape is optional; with it the principal of "
        "every contract is rolled forward by its cash (R16), without it the cash that the two loan tapes imply is shown "
        "as not evidenced. Fees are service fees as service_fees_minor says; without that column, as far as any has fallen "
        "due and is not paid. Other fees are income of their day, and so are service fees paid before they fall due, unless "
        "service_fees_ahead_minor of the loan tapes has them; what of the fee of origination is paid on the day of the advance "
        "is deferred, and so is the rest of it where just that is paid within 15 days or up to the first instalment. A column "
        "of interest or fees that is blank in every row tells nothing, as if it were left out; nil is "
        "stated as 0. Of rows that are the same in every column the first "
        "counts and the others are rejected, as a payment that was recorded twice, unless each has its payment_id; where the "
        "system that collects has no numbers "
        'and two equal payments of a day were both received, `same_rows = "counted"` of the tape in the plan has those '
        "without one all count. Then nothing tells a row that was exported twice but the control totals, which are to be "
        "stated."
    ),
    columns=(
        Column("contract_id", "text", "the contract of the loan tapes"),
        Column("date", "date", "day on which the cash was received"),
        Column("principal_minor", "minor", "principal repaid by it"),
        Column("interest_minor", "minor", "interest paid by it", default=0),
        Column("fees_minor", "minor", "fees paid by it: service fees of instalments, fees for paying late or ahead", default=0),
        Column("service_fees_minor", "minor", "of fees_minor, those that are service fees of instalments", default=0),
        Column(
            "payment_id",
            "text",
            "the number of the payment in the system that collects it, by which two that are the same are told apart",
            nullable=True,
        ),
    ),
    rules=(
        in_period("date", "leave the payment to the period it belongs to, or correct the date"),
        amount_from("principal_minor", 0, _RECEIVED),
        amount_from("interest_minor", 0, _RECEIVED),
        amount_from("fees_minor", 0, _RECEIVED),
        amount_from("service_fees_minor", 0, _RECEIVED),
        at_most(
            "service_fees_minor",
            "fees_minor",
            "state all fees in fees_minor, and in service_fees_minor those of them that are of instalments",
        ),
        Rule(
            "something_received",
            "principal_minor",
            "a payment is of principal, interest or fees",
            "state what was received, or leave the row out",
            _nothing_received,
            beside=("interest_minor", "fees_minor"),
        ),
        on_loan_tapes(),
    ),
    across=OF_LOANS_THAT_COUNT,
    once=("contract_id", "date"),
    number="payment_id",
    identity="contract_id",
    amount="principal_minor",
    sums=("interest_minor", "fees_minor"),
    may_be_empty=True,
    given=("interest_minor", "fees_minor", "service_fees_minor"),
)

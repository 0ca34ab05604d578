"""Loans of the lender's own: tapes of both instants and events, measured contract by contract for notes (i) and (ii)."""

from gaapbridge.assumptions.curve_tables import HAZARD, LOSS_GIVEN_DEFAULT, PREPAYMENT, RECOVERY
from gaapbridge.contracts.kind import (
    CLOSING,
    Apart,
    Cash,
    Component,
    Kind,
    KindTable,
    KindTape,
    Losses,
    Received,
    Taxed,
    balances,
    flows,
)
from gaapbridge.contracts.loans.events import EVENTS
from gaapbridge.contracts.loans.payments import PAYMENTS
from gaapbridge.contracts.loans.schema import LOANS
from gaapbridge.difference import BORN, PATHS

KIND = Kind(
    key="loans",
    word="loan",
    place=1,
    tapes=(
        KindTape("loans", LOANS, "Loans of the lender's own.", at_both=True),
        KindTape(
            "events",
            EVENTS,
            "What happened to loans in the period: write-offs, recoveries, prepayments, modifications.",
            file="loan-events-2023",
        ),
        KindTape(
            "payments",
            PAYMENTS,
            "Cash received from the borrowers of these loans in the period. Left out, no cash evidences the principal repaid.",
            file="loan-payments-2023",
        ),
    ),
    tables=(
        KindTable("prepayment", PREPAYMENT, "by month on book"),
        KindTable("hazard", HAZARD, "of default, by bucket and month ahead"),
        KindTable("loss_given_default", LOSS_GIVEN_DEFAULT, "by months since default"),
        KindTable("recovery", RECOVERY, "of write-offs; may be left out", optional=True),
    ),
    components=(
        Component("deferred_fees", shown=True, inclusive="deferred_fees", untaxed="untaxed_deferred_fees"),
        Component("untaxed_deferred_fees", sides=False, tabled=False),
        Component("deferred_costs", shown=True),
        Component(
            "accrued_interest",
            shown=True,
            inclusive="accrued_interest",
            untaxed="untaxed_accrued_interest",
            on_receipt=True,
        ),
        Component("untaxed_accrued_interest", sides=False, tabled=False),
        *balances("loss_allowance", "loss_allowance_current", shown=True),
        Component("expected_recoveries", shown=True),
        *balances("deferred_fees_non_current", "deferred_costs_non_current"),
        *balances("principal", "principal_non_current", "vat_deferred_fees", "vat_accrued_interest", sides=False),
        Component("live", (CLOSING,), sides=False),
        *flows("interest_on_allowance", "interest_on_recoveries", shown=True),
        *flows("interest_on_allowance_apart", "interest_received_apart", sides=False),
        *flows("fees_received", "costs_paid", "interest_received", "interest_settled", sides=False),
        *flows("other_fees_received", sides=False),
        *flows("principal_written_off", "recoveries_received", "principal_advanced", "principal_repaid", sides=False),
        *flows("interest_capitalised", sides=False),
        *(Component(name, (), sides=False, tabled=False) for name in ("cash_taken_in", "cash_paid_out")),
    ),
    facts=("segment", "path", "status"),
    losses=Losses(roles=("loss_allowance_current", "loss_allowance_non_current")),
    cash=Cash(
        tape="payments",
        principal="principal",
        advanced="principal_advanced",
        capitalised="interest_capitalised",
        received="principal_repaid",
        written_off="principal_written_off",
        settled="interest_settled",
        taken_in="cash_taken_in",
        paid_out="cash_paid_out",
    ),
    taxed={
        "financing_income": Taxed(
            sign=1,
            received=(
                *((name, PATHS) for name in ("interest_received", "interest_settled", "other_fees_received")),
                ("fees_received", BORN),
            ),
            besides=(("costs_paid", BORN), ("opening_us_deferred_costs", PATHS)),
        )
    },
    received={
        "financing_income": Received(
            "interest_received_minor",
            "payments",
            paid="interest_minor",
            series=("interest_received", "interest_settled"),
            elsewhere=("other_fees_received",),
        )
    },
    apart={
        "interest_on_allowance": Apart(
            "interest_on_allowance_apart",
            "ifrs",
            "{contracts} paid while in default and no tape says on which days: what they earned until then is estimated from "
            "two rows of each, wrong by {amount} minor units at most. The provision is wrong by as much, so that profit and "
            "balances are right",
        ),
        "interest_received": Apart(
            "interest_received_apart",
            "us_gaap",
            "{contracts} were repaid, and what their rows state as interest received is far from what their schedules have, "
            "with the last payment and without it, as with late fees in it: the nearer of the two is taken, and where it is "
            "the other, income and profit are wrong by {amount} minor units at most",
        ),
    },
    by_days={
        "interest_on_allowance": ("financing_income", "provision_for_loans"),
        "interest_on_recoveries": ("provision_for_loans", "financing_income"),
    },
    loan="contract_id",
)

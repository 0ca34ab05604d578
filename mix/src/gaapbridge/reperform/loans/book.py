"""The loans of a run: their tapes, curves and elections, and the columns measured of them."""

from __future__ import annotations

from collections.abc import Collection
from functools import partial

from gaapbridge.reperform.assumptions import Assumptions
from gaapbridge.reperform.book import Book
from gaapbridge.reperform.calculation import STATES, Calculate, column_prefix
from gaapbridge.reperform.elections import Elections
from gaapbridge.reperform.exact import FRAMEWORKS
from gaapbridge.reperform.loan import Paid
from gaapbridge.reperform.loans.row import INTEREST_AFTER_WRITE_OFF, LOAN, STAGE_3_INTEREST, calculate_contract
from gaapbridge.reperform.loans.state import COMPONENTS, VAT_COMPONENTS
from gaapbridge.reperform.sample import Strata, by_status_and_stage, sizes_of
from gaapbridge.reperform.sources import Sources
from gaapbridge.reperform.tapes import read_contracts, read_events, read_payments

LOAN_STRATA = Strata(
    ("status", "stage_opening", "stage_closing"),
    by_status_and_stage,
    sizes_of(("", "exit_"), ("deferred_fees", "deferred_costs", "accrued_interest", "loss_allowance")),
)


def open_book(sources: Sources) -> Book:
    """The loans of a run."""
    elections = Elections.from_plans(sources.plans, sources.plan_file)
    assumptions = Assumptions.read(
        sources.needed_table("loans", "prepayment"),
        sources.needed_table("loans", "hazard"),
        sources.needed_table("loans", "loss_given_default"),
        sources.table("loans", "recovery"),
    )
    opening, closing = sources.tape("loans", "opening"), sources.tape("loans", "closing")
    events, payments = sources.tape("events"), sources.tape("payments")

    def calculations(wanted: Collection[str]) -> dict[str, Calculate]:
        before, after = (
            {} if tape is None else read_contracts(tape, elections.minor_digits, wanted) for tape in (opening, closing)
        )
        happened = {} if events is None else read_events(events, elections.minor_digits, wanted)
        period = (elections.opening, elections.closing)
        counts_same = sources.counts_same("payments")
        paid = None
        if payments is not None:
            paid = read_payments(payments, elections.minor_digits, *period, wanted, counts_same=counts_same)
        interest, fees, service_fees = (
            payments is not None and payments.gives(name) for name in ("interest_minor", "fees_minor", "service_fees_minor")
        )

        def of(one: str) -> Calculate:
            rows = before.get(one), after.get(one)
            received = None if paid is None else Paid(paid.get(one, ()), interest, fees, service_fees)
            return partial(calculate_contract, *rows, happened.get(one, ()), assumptions, elections, payments=received)

        return {one: of(one) for one in {**before, **after}}

    columns = expected_columns()
    is_carried = opening is None and sources.opening_is_carried
    return Book(
        kind=LOAN,
        measurements=sources.measurements("loans"),
        columns=columns,
        may_be_absent=may_be_absent,
        carried=frozenset(("path", *(column for column in columns if "opening" in column))) if is_carried else frozenset(),
        strata=LOAN_STRATA,
        tapes=tuple((tape, "contract_id") for tape in (opening, closing) if tape is not None),
        calculations=calculations,
    )


def expected_columns() -> tuple[str, ...]:
    """Columns a measurement must have for the comparison.

    A restated state is measured only where the curves changed in the period.

    >>> "exit_ifrs_loss_allowance" in expected_columns(), "closing_us_deferred_fees" in expected_columns()
    (True, False)
    """
    states = [f"{column_prefix(kind)}{framework}_{name}" for kind in STATES for framework in FRAMEWORKS for name in COMPONENTS]
    rates = [f"{framework}_rate_per_period" for framework in FRAMEWORKS]
    others = [
        f"{kind}_{name}"
        for kind in STATES
        for name in ("principal", "principal_non_current", *(f"vat_{inside}" for inside in VAT_COMPONENTS))
    ]
    facts = ("contract_id", "path", "status", "stage_opening", "stage_closing", STAGE_3_INTEREST, INTEREST_AFTER_WRITE_OFF)
    return (*facts, *rates, *(column for column in (*states, *others) if not may_be_absent(column)))


def may_be_absent(column: str) -> bool:
    """Whether a measurement may lack a column; it is compared where it is there.

    >>> may_be_absent("restated_us_loss_allowance"), may_be_absent("us_loss_allowance")
    (True, False)
    """
    return column.startswith("restated_")

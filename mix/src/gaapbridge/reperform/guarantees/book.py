"""The guarantees of a run: their tapes, curves and elections, and the columns measured of them."""

from __future__ import annotations

from collections.abc import Collection
from functools import partial

from gaapbridge.reperform.assumptions import Assumptions
from gaapbridge.reperform.book import Book
from gaapbridge.reperform.calculation import STATES, Calculate, column_prefix
from gaapbridge.reperform.elections import GuaranteeElections
from gaapbridge.reperform.exact import FRAMEWORKS
from gaapbridge.reperform.guarantees.contract import FEE_FIELDS, GUARANTEE_FIELDS, FeeInstalment, Guarantee
from gaapbridge.reperform.guarantees.fees import FeeLossRates
from gaapbridge.reperform.guarantees.row import (
    FACTS,
    FLOWS,
    GUARANTEE,
    NIL_FLOWS,
    OTHER_FLOWS,
    VAT_BALANCES,
    VAT_FLOWS,
    GuaranteeRows,
    calculate_guarantee,
)
from gaapbridge.reperform.guarantees.state import COMPONENTS, OF_PAYOUTS, GuaranteeBasis
from gaapbridge.reperform.sample import Strata, by_status_and_stage, sizes_of
from gaapbridge.reperform.sources import Sources
from gaapbridge.reperform.tapes import Tape, by_key, read_each

GUARANTEE_STRATA = Strata(
    ("status", "stage_opening", "stage_closing"),
    by_status_and_stage,
    sizes_of(("", "exit_"), ("fee_receivable", "stand_ready", "contract_liability", "loss_allowance")),
)


def open_book(sources: Sources) -> Book:
    """The guarantees of a run."""
    elections = GuaranteeElections.from_plans(sources.plans, sources.plan_file)
    basis = GuaranteeBasis(
        Assumptions.read(
            sources.needed_table("guarantees", "prepayment"),
            sources.needed_table("guarantees", "hazard"),
            sources.needed_table("guarantees", "loss_given_default"),
        ),
        FeeLossRates.read(sources.needed_table("guarantees", "fee_loss")),
        elections,
    )
    opening, closing = (sources.tape("guarantees", instant) for instant in ("opening", "closing"))
    opening_fees, closing_fees = (sources.tape("guarantee_fees", instant) for instant in ("opening", "closing"))
    digits = elections.losses.minor_digits

    def calculations(wanted: Collection[str]) -> dict[str, Calculate]:
        before, after = (read_guarantees(tape, digits, wanted) for tape in (opening, closing))
        fees_before, fees_after = (read_fees(tape, digits, wanted) for tape in (opening_fees, closing_fees))
        return {
            one: partial(
                calculate_guarantee,
                GuaranteeRows(before.get(one), after.get(one), fees_before.get(one, ()), fees_after.get(one, ())),
                basis,
            )
            for one in {**before, **after}
        }

    is_carried = opening is None and sources.opening_is_carried
    return Book(
        kind=GUARANTEE,
        measurements=sources.measurements("guarantees"),
        columns=expected_columns(),
        may_be_absent=may_be_absent,
        carried=carried_columns() if is_carried else frozenset(),
        strata=GUARANTEE_STRATA,
        tapes=tuple((tape, "contract_id") for tape in (opening, closing) if tape is not None),
        calculations=calculations,
    )


def read_guarantees(tape: Tape | None, minor_digits: int, wanted: Collection[str]) -> dict[str, Guarantee]:
    """The guarantees of a tape by id; none where there is no tape."""
    if tape is None:
        return {}
    made = read_each(tape, minor_digits, GUARANTEE_FIELDS, Guarantee.from_row, wanted)
    return {guarantee.contract_id: guarantee for guarantee in made}


def read_fees(tape: Tape | None, minor_digits: int, wanted: Collection[str]) -> dict[str, tuple[FeeInstalment, ...]]:
    """The fee instalments of a tape by guarantee; none where there is no tape."""
    if tape is None:
        return {}
    made = read_each(tape, minor_digits, FEE_FIELDS, lambda row: FeeInstalment(**row), wanted)
    return by_key(made, lambda instalment: instalment.contract_id)


def expected_columns() -> tuple[str, ...]:
    """Columns a measurement must have for the comparison.

    >>> "exit_us_stand_ready" in expected_columns(), "exit_us_expected_recoveries" in expected_columns()
    (True, False)
    """
    balances = [
        f"{column_prefix(kind)}{framework}_{name}"
        for kind in STATES
        for framework in FRAMEWORKS
        for name in COMPONENTS
        if name not in OF_PAYOUTS or kind in ("opening", "closing")
    ]
    taxes = [f"{instant}_{name}" for instant in ("opening", "closing") for name in VAT_BALANCES]
    measured = (*balances, *FLOWS, *NIL_FLOWS, *taxes, *VAT_FLOWS, *OTHER_FLOWS)
    return ("contract_id", *FACTS, *(column for column in measured if not may_be_absent(column)))


def carried_columns() -> frozenset[str]:
    """Columns that rest on the opening: its balances, and every flow that starts there."""
    opening = (column for column in expected_columns() if "opening" in column)
    return frozenset((*opening, "path", *FLOWS, *VAT_FLOWS, "recoveries_received"))


def may_be_absent(column: str) -> bool:
    """Whether a measurement may lack a column: restated states exist only where curves changed in the period."""
    return column.startswith("restated_")

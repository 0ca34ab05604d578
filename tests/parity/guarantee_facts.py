"""Facts shared by the tests of guarantees: one guarantee for a year, its fees, flat curves, a basis."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

from gaapbridge.reperform.assumptions import BUCKETS, Assumptions, rates_from_rows
from gaapbridge.reperform.calculation import Calculation
from gaapbridge.reperform.elections import GuaranteeElections
from gaapbridge.reperform.grid import months_later
from gaapbridge.reperform.guarantees.contract import FeeInstalment, Guarantee
from gaapbridge.reperform.guarantees.fees import FeeLossRates
from gaapbridge.reperform.guarantees.row import GuaranteeRows, calculate_guarantee
from gaapbridge.reperform.guarantees.state import GuaranteeBasis
from tests.parity.reperform_facts import assumptions, plan

START = date(2023, 4, 1)
LOSS_RATES = {"current": "0.02", "1-30": "0.1", "31-60": "0.3", "61-90": "0.5"}


def guarantee(**changed: object) -> Guarantee:
    """A guarantee of 1,000.00 without interest, repaid by one instalment after a year; no fair value of its own."""
    facts: dict[str, Any] = {
        "contract_id": "G1",
        "segment": "s",
        "origination_date": START,
        "first_payment_date": date(2024, 4, 1),
        "principal_minor": 100_000,
        "annual_rate": Decimal(0),
        "term_instalments": 1,
        "repayment_type": "bullet",
        "outstanding_principal_minor": 100_000,
    }
    return Guarantee(**{**facts, **changed})


def fees(collected: int = 0, *, of: int = 12, fee_minor: int = 1_000, written_off: dict[int, int] | None = None) -> Any:
    """Monthly instalments in advance, the first on the day of origination; the first `collected` are collected."""
    lost = written_off or {}
    return tuple(
        FeeInstalment(
            contract_id="G1",
            due_date=months_later(START, number),
            coverage_start=months_later(START, number),
            coverage_end=months_later(START, number + 1),
            fee_minor=fee_minor,
            collected_minor=fee_minor if number < collected else 0,
            written_off_minor=lost.get(number, 0),
        )
        for number in range(of)
    )


def fee_losses(valid_from: str = "2020-01-01", times: str = "1") -> list[dict[str, str]]:
    """Rows of loss rates of fees: 2 % current, 10 %, 30 %, 50 % by bucket, times a factor; of those earned half of it."""
    rates = {bucket: Decimal(LOSS_RATES[bucket]) * Decimal(times) for bucket in BUCKETS}
    return [
        {"valid_from": valid_from, "segment": "s", "bucket": bucket, "loss_rate": str(rate), "earned_loss_rate": str(rate / 2)}
        for bucket, rate in rates.items()
    ]


def fee_loss_rates(*rows: dict[str, str]) -> FeeLossRates:
    """The loss rates as lookups."""
    columns = ("loss_rate", "earned_loss_rate")
    return FeeLossRates(*(rates_from_rows(rows or fee_losses(), ("segment", "bucket"), column, "f") for column in columns))


def basis(curves: Assumptions | None = None, rates: FeeLossRates | None = None, **changed: object) -> GuaranteeBasis:
    """Flat curves, the loss rates above, the plan's elections with some fields changed."""
    elections = replace(GuaranteeElections.from_plan(plan()), **changed)  # type: ignore[arg-type]
    return GuaranteeBasis(curves or assumptions(), rates or fee_loss_rates(), elections)


def calculated(
    opening: tuple[Guarantee, Any] | None, closing: tuple[Guarantee, Any] | None, used: GuaranteeBasis | None = None
) -> Calculation:
    """The row of a guarantee from what the tapes say of it and its fees at both instants."""
    before, fees_before = opening or (None, ())
    after, fees_after = closing or (None, ())
    return calculate_guarantee(GuaranteeRows(before, after, fees_before, fees_after), used or basis())


def figures(found: Calculation, *names: str) -> tuple[int, ...]:
    """The amounts of some columns."""
    return tuple(found.figures[name].amount for name in names)

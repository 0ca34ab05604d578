"""The independent calculator against enumeration: every path of small contracts of every age and bucket."""

from __future__ import annotations

import json
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from gaapbridge.reperform.assumptions import Assumptions
from gaapbridge.reperform.exact import FRAMEWORKS
from gaapbridge.reperform.loan import Loan
from gaapbridge.reperform.loans.state import calculate_state
from tests.parity.enumerated_facts import (
    CALLED_EARLY,
    CLOSING,
    INTEREST,
    OF_GUARANTEES,
    OF_LOANS,
    facts_of,
    hazard_rows,
    loss_rows,
    lost,
    prepayment_rows,
    standings,
)
from tests.parity.enumeration import Borrower, Contract, curves_of, defaults_of
from tests.parity.reperform_facts import elections

VECTORS = Path(__file__).parents[1] / "conformance" / "vectors"
DIGITS = 45
ONE = Fraction(1)


def curves(borrower: Borrower) -> Assumptions:
    """The curves of a behaviour, for contracts of six periods at most."""
    return Assumptions.from_rows(prepayment_rows(borrower), hazard_rows(borrower, "base", 9, DIGITS), loss_rows("base"))


CASES: dict[str, tuple[Borrower, dict[str, Any], str]] = {
    "90 days, interest at the instant": (OF_LOANS, {"nonaccrual_days_past_due": 120}, "at_the_instant"),
    "90 days, interest reversed by then": (OF_LOANS, {"nonaccrual_days_past_due": 90}, "none"),
    "62 days, discounted, interest to recognition": (
        OF_GUARANTEES,
        {"us_interest": "to_recognition", "us_method": "dcf", "nonaccrual_days_past_due": None},
        "to_recognition",
    ),
    "31 days": (CALLED_EARLY, {"us_interest": "none"}, "none"),
}


@pytest.mark.campaign(but=2)
@pytest.mark.parametrize("name", list(CASES))
def test_every_age_and_bucket_loses_what_its_paths_lose(name: str) -> None:
    borrower, chosen, us_interest = CASES[name]
    used, elected = (
        curves(borrower),
        elections(default_days_past_due=borrower.days_at_recognition, ifrs_scenarios=(("base", Decimal(1)),), **chosen),
    )
    found = 0
    for one in standings(borrower, instalments=4):
        facts = facts_of(one)
        contract = Loan(contract_id="L", **{**facts, "annual_rate": Decimal("0.12")})
        for framework in FRAMEWORKS:
            state = calculate_state(contract, "closing", CLOSING, framework, used, elected, CLOSING)
            discounted = framework == "ifrs" or elected.us_method == "dcf"
            interest = "to_recognition" if framework == "ifrs" else us_interest
            paths = lost(borrower, one, facts, interest=interest, discount=ONE / (1 + INTEREST) if discounted else ONE)
            exact = Fraction(state.figures["loss_allowance"].exact)
            assert paths > 0 and abs(exact / paths - 1) < Fraction(1, 10**30), (one, framework)
            found += 1
    assert found > 100


# ---------------------------------------------------------------- what others enumerated

PUBLISHED: dict[str, tuple[Borrower, Fraction]] = {
    "loans": (
        Borrower(
            paying=(
                {1: Fraction("0.956"), 0: Fraction("0.044")},
                {2: Fraction("0.6205"), 1: Fraction("0.1095"), 0: Fraction("0.27")},
                {3: Fraction("0.315"), 1: Fraction("0.035"), 0: Fraction("0.65")},
            ),
            rescued=Fraction("0.16"),
            prepaying=Fraction("0.027"),
            days_at_recognition=90,
        ),
        Fraction(0),
    ),
    "guarantees-62": (
        Borrower(
            paying=(
                {1: Fraction("0.9853"), 0: Fraction("0.0147")},
                {2: Fraction("0.204"), 1: Fraction("0.036"), 0: Fraction("0.76")},
                {3: Fraction("0.0665"), 1: Fraction("0.0035"), 0: Fraction("0.93")},
            ),
            rescued=Fraction(0),
            prepaying=Fraction("0.005"),
            days_at_recognition=62,
        ),
        Fraction(2, 31),
    ),
}
"""The behaviour behind the cases, which their hazards give away; in 62 days lie two due dates but on a period's first day."""


@pytest.mark.parametrize("name", list(PUBLISHED))
def test_paths_are_those_of_the_published_enumeration(name: str) -> None:
    """Hazards and shares performing to their twelve digits; number and amount of the contracts with few paths left."""
    borrower, stub = PUBLISHED[name]
    vector = json.loads((VECTORS / f"ecl-default-timeline-{name}.json").read_text(encoding="utf-8"))
    given, expected = vector["inputs"], vector["expected"]
    for unpaid, bucket in enumerate(given["buckets"]):
        curves = curves_of(borrower, unpaid, stub, 30)
        for curve, told in zip(curves, (given["hazard"][bucket], given["performing"][bucket]), strict=True):
            assert [round(float(value), 12) for value in curve] == pytest.approx(told, abs=1.1e-12)
    compared = 0
    for place, one in enumerate(given["contracts"]):
        n, passed, paid = one["term_periods"], one["due_dates_passed"], one["instalments_paid"]
        if n - passed <= 6:
            paths = list(defaults_of(borrower, Contract(n, passed, paid, stub)))
            rate = given["contract_rate_per_period"]
            balance = [(1 - (1 + rate) ** -(n - k)) / (1 - (1 + rate) ** -n) for k in range(n + 1)]
            owed = sum(float(path.chance) * one["outstanding_principal"] * balance[path.paid] / balance[paid] for path in paths)
            assert float(sum(path.chance for path in paths)) == pytest.approx(expected["expected_defaults"][place], abs=1e-10)
            assert owed == pytest.approx(expected["expected_default_amount"][place], abs=1e-6)
            compared += 1
    assert compared >= 7

"""No allowance is above what it is deducted from (IFRS 9 Appendix A, B5.5.28; ASC 326-20-30-1)."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import numpy as np

from gaapbridge.differences.expected_credit_loss import ifrs, us_gaap
from gaapbridge.period_close import close
from tests.differences.loans_alone import rewrite_curves, write_loans
from tests.differences.test_allowance_in_default import rows_of


def test_no_more_is_lost_than_is_carried(tmp_path: Path) -> None:
    """200,000.00 without interest in two equal parts, with costs of as much: (36) % a month, so that what is lost a month later
    is more today. All is lost of a default, which has a chance of a half in every month: the gross amount is lost, no more."""
    days, facts = (date(2023, 12, 31), date(2024, 1, 10)), {"principal_minor": 20_000_000, "costs_paid_minor": 20_000_000}
    loan: dict[str, object] = {
        "contract_id": "COSTLY", "origination_date": date(2023, 12, 15), "first_payment_date": date(2024, 1, 15), **facts,
        "annual_rate": 0.0, "term_instalments": 2, "repayment_type": "interest_free_instalments", "days_past_due": 0,
        "outstanding_principal_minor": 20_000_000, "billed_unpaid_interest_minor": 0, "status": "on_book",
    }  # fmt: skip
    (plan,) = write_loans(tmp_path / "lender", {day: [loan] for day in days}, None)
    rewrite_curves(
        plan.parent / "curves",
        {
            "loss-given-default": dict.fromkeys(("lgd_undiscounted", "lgd_discounted"), 1.0),
            "prepayment": {"single_monthly_mortality": 0.0},
            "hazard": {"hazard": 0.5, "performing": 0.0},
        },
    )
    row = rows_of(close(plan))["COSTLY"]
    assert row["ifrs_deferred_costs"] > 7_000_000
    assert row["ifrs_loss_allowance"] == row["ifrs_loss_allowance_current"] == 20_000_000 + row["ifrs_deferred_costs"]
    assert row["us_loss_allowance"] < 20_000_000 + row["us_deferred_costs"]


def test_no_more_is_lost_than_is_carried_and_nothing_of_what_is_below_nil() -> None:
    """326-20-30-1; IFRS 9 Appendix A: of a carrying amount of 90, 90; of (3), nothing."""
    for treatment in (us_gaap, ifrs):
        assert treatment.most_lost(np.array([90, -3])).tolist() == [90, 0]

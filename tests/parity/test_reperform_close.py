"""A whole close of awkward loans, calculated again under four sets of elections: no figure may disagree."""

from __future__ import annotations

import random
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from gaapbridge.example import write_example
from gaapbridge.period_close import close
from gaapbridge.reperform.grid import months_later
from gaapbridge.reperform.run import reperform
from tests.parity.awkward_facts import (
    CREDIT_RISK,
    day_between,
    failing_checks,
    paths_of,
    rate,
    rewrite,
    risk_at_origination,
    risk_now,
    write_plan,
)

OPENING, CLOSING = date(2021, 12, 31), date(2022, 12, 31)
ORIGINATION_FACTS = (
    "origination_date",
    "first_payment_date",
    "maturity_date",
    "principal_minor",
    "annual_rate",
    "term_instalments",
    "repayment_type",
    "instalment_minor",
    "service_fee_minor",
    "fees_received_minor",
    "costs_paid_minor",
)
ELECTIONS: dict[str, dict[str, str]] = {
    "as the example": {},
    "discounted, after the instalment": {
        "us_method": '"dcf"',
        "default_timing": '"middle"',
        "default_timeline": '"none"',
        "exposure_at_default": '"after_instalment"',
        "us_accrued_interest": '"excluded"',
        "us_reversion": '"immediate"',
        "us_reversion_months": "0",
        "us_supportable_months": "3",
    },
    "two scenarios, early default": {
        "us_method": '"dcf"',
        "default_timing": '"start"',
        "us_scenarios": "[{ valid_from = 2020-01-01, base = 0.5, downside = 0.5 }]",
        "us_historical_scenario": '"upside"',
        "us_supportable_months": "6",
        "us_reversion_months": "24",
        "us_reversion_reached": '"in_month"',
        "us_dcf_lost_interest": '"whole"',
        "sicr_pd_ratio": "[{ valid_from = 2020-01-01, value = 1.2 }]",
        "sicr_pd_increase": "[{ valid_from = 2020-01-01, value = 0.001 }]",
        "sicr_days_past_due": "[{ valid_from = 2020-01-01, value = 20 }]",
        "default_days_past_due": "60",
        "nonaccrual_days_past_due": "45",
        "cure_probation_days": "400",
        "stage_3_interest_from": '"next_period"',
        "low_credit_risk_pd_12m": "[{ valid_from = 2020-01-01, value = 0.01 }]",
    },
    "no supportable forecast, late non-accrual": {
        "us_method": '"dcf"',
        "us_dcf_lost_interest": '"whole"',
        "nonaccrual_days_past_due": "120",
        "us_supportable_months": "0",
        "inclusive": '["accrued_interest"]',
        "sicr_pd_ratio": "[{ valid_from = 2020-01-01, value = 1.0 }]",
        "sicr_pd_increase": "[{ valid_from = 2020-01-01, value = 0.0 }]",
    },
    "non-accrual before default, textbook": {"nonaccrual_days_past_due": "30", "default_timeline": '"none"'},
    "non-accrual after default": {"nonaccrual_days_past_due": "120"},
}


@pytest.fixture(scope="module")
def awkward_lender(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The example lender with the contracts on its tapes replaced by awkward ones; no ledger to agree with."""
    folder = tmp_path_factory.mktemp("awkward")
    write_example(folder, loans=700)
    chance = random.Random(5)
    changed: dict[str, dict[str, Any]] = {}

    def make_awkward(row: dict[str, Any]) -> dict[str, Any]:
        told = awkward(row, chance) if row["status"] == "on_book" else left_too_early(row, chance)
        made = risk_at_origination(chance)
        changed[row["contract_id"]] = told | made | risk_now(made, chance)
        return changed[row["contract_id"]]

    def follow(row: dict[str, Any]) -> dict[str, Any] | None:
        later = changed.get(row["contract_id"])
        if later is None or later["origination_date"] >= OPENING:
            return None
        rated = {name: later[name] for name in CREDIT_RISK}
        if row["status"] != "on_book":
            return row | rated
        terms = {name: later[name] for name in ORIGINATION_FACTS}
        blank = dict.fromkeys(("default_date", "cured_date", "nonaccrual_date"))
        late = min(row["days_past_due"], (OPENING - later["origination_date"]).days)
        owed = min(row["outstanding_principal_minor"], later["principal_minor"])
        return {**row, **terms, **blank, **rated, "days_past_due": late, "outstanding_principal_minor": owed}

    rate(folder / "curves" / "hazard.csv")
    rewrite(folder / "tapes" / "loans-2022-12-31.parquet", make_awkward)
    rewrite(folder / "tapes" / "loans-2021-12-31.parquet", follow)
    return folder


def awkward(row: dict[str, Any], chance: random.Random) -> dict[str, Any]:
    """A contract on book with extreme terms and a troubled history."""

    n = chance.choice([1, 2, 3, 6, 12, 13, 24, 25, 36, 60, 120, 480])
    origination = day_between(chance, date(2019, 1, 1), date(2022, 12, 30))
    first = origination + timedelta(days=chance.choice([1, 15, 28, 29, 30, 31, 45, 60]))
    principal = chance.choice([100, 999, 12_345, 1_000_000, 98_765_432])
    repayment_type = chance.choice(["level", "equal_principal", "bullet", "interest_free_instalments"])
    stated = repayment_type == "level" and chance.random() < 0.4
    default = day_between(chance, origination, CLOSING) if chance.random() < 0.15 else None
    cured = day_between(chance, default, CLOSING) if default is not None and chance.random() < 0.6 else None
    late = chance.choice([0, 0, 0, 0, 1, 29, 30, 31, 60, 61, 89, 90, 91, 200, 500])
    return row | {
        "origination_date": origination,
        "first_payment_date": first if chance.random() < 0.5 else months_later(origination, 1),
        "maturity_date": None,
        "term_instalments": n,
        "principal_minor": principal,
        "outstanding_principal_minor": int(principal * chance.choice([0, 0.1, 0.5, 0.9, 1, 1.3])),
        "annual_rate": chance.choice([0, 0.0001, 0.06, 0.18, 0.36]),
        "repayment_type": repayment_type,
        "instalment_minor": max(1, int(principal / n * chance.choice([1.3, 2]))) if stated else None,
        "service_fee_minor": chance.choice([0, 0, principal // 200]),
        "fees_received_minor": chance.choice([0, 0, principal // 50, principal // 33]),
        "costs_paid_minor": chance.choice([0, principal // 50, principal // 70]),
        "billed_unpaid_interest_minor": chance.choice([0, 0, principal // 90]),
        "interest_received_minor": 0,
        "days_past_due": min(late, (CLOSING - origination).days),
        "default_date": default,
        "cured_date": cured,
        "nonaccrual_date": day_between(chance, origination, CLOSING) if chance.random() < 0.1 else None,
        "watch_list": chance.random() < 0.05,
        "forborne": chance.random() < 0.05,
    }


def left_too_early(row: dict[str, Any], chance: random.Random) -> dict[str, Any]:
    """A contract that left in the period, or sometimes, against what the opening tape says, before it."""
    if chance.random() < 0.3 and row["origination_date"] < OPENING < row["exit_date"]:
        return row | {"exit_date": day_between(chance, row["origination_date"] + timedelta(days=1), OPENING)}
    return row


@pytest.mark.campaign
@pytest.mark.parametrize("name", list(ELECTIONS))
def test_no_figure_of_an_awkward_close_disagrees(awkward_lender: Path, name: str) -> None:
    plan = write_plan(awkward_lender / "plan-2022.toml", str(list(ELECTIONS).index(name)), ELECTIONS[name])
    run = close(plan)
    found = reperform(run.folder, sample=None)
    assert [one.as_dict() for one in found.disagreements] == []
    assert failing_checks(run) <= {"R16", "R17"}, "payments and defaults are those of the contracts replaced"
    assert found.figures_compared > 50 * len(found.addresses)
    assert len(found.within_rounding) <= 10
    assert {"on_book, stage 0 to 1", "on_book, stage 0 to 2", "on_book, stage 0 to 3"} <= found.kinds["loan"].strata.keys()
    assert {"lost", "settled", "written_off", "new_settled"} < paths_of(run.folder, "loans")

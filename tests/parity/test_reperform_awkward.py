"""A whole close of awkward guarantees and awards, calculated again under other elections: no figure may disagree."""

from __future__ import annotations

import random
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pyarrow.parquet as parquet
import pytest

from gaapbridge.example import write_example
from gaapbridge.period_close import close
from gaapbridge.reperform.grid import months_later
from gaapbridge.reperform.run import reperform
from tests.parity.awkward_facts import (
    HAZARDS,
    day_between,
    failing_checks,
    paths_of,
    rate,
    replace_rows,
    risk_at_origination,
    risk_now,
    write_plan,
)

OPENING, CLOSING = date(2022, 12, 31), date(2023, 12, 31)
"""Assumptions are revised between the two, so that restated states are measured."""
SEGMENTS = ("bank-a", "bank-d", "trust-b")
FUNCTIONS = ("origination_and_servicing", "sales_and_marketing", "general_and_administrative", "research_and_development")
ELECTIONS: dict[str, dict[str, str]] = {
    "pro rata, fee kept, additive": {
        "fee_accretion": '"pro_rata"',
        "early_settlement": '"fee_kept"',
        "compensated_guarantees": '"net_in_liability"',
        "ifrs_fee_revenue": '"when_due"',
        "ifrs_liability": '"additive"',
        "us_attribution": '"graded"',
        "us_forfeitures": '"estimated"',
    },
    "after fair value, derecognised, higher of, discounted": {
        "fee_accretion": '"after_fair_value"',
        "early_settlement": '"fee_derecognised"',
        "ifrs_liability": '"higher_of"',
        "us_method": '"dcf"',
        "us_guarantee_discount": '"contract_rate"',
        "stand_ready_measurement": '"expected_payouts_plus_margin"',
        "stand_ready_margin": "[{ valid_from = 2021-09-01, value = 0 }, { valid_from = 2023-02-01, value = 0.5 }]",
        "us_scenarios": "[{ valid_from = 2020-01-01, base = 1 }, { valid_from = 2021-05-01, downside = 1 }]",
        "default_timing": '"middle"',
        "default_timeline": '"none"',
        "exposure_at_default": '"after_instalment"',
        "us_attribution": '"straight_line"',
        "us_forfeitures": '"estimated"',
    },
    "pro rata, derecognised, higher of, called early": {
        "fee_accretion": '"pro_rata"',
        "early_settlement": '"fee_derecognised"',
        "ifrs_fee_revenue": '"when_due"',
        "ifrs_liability": '"higher_of"',
        "payout_days_past_due": "30",
        "stand_ready_measurement": '"discounted_fees"',
        "stand_ready_discount_rate": "[{ valid_from = 2020-01-01, value = 0 }, { valid_from = 2022-07-01, value = 0.2 }]",
        "guarantee_discount_rate": "[{ valid_from = 2020-01-01, value = 0.11 }]",
        "default_timing": '"start"',
        "cure_probation_days": "400",
        "sicr_pd_ratio": "[{ valid_from = 2020-01-01, value = 1.0 }]",
        "sicr_pd_increase": "[{ valid_from = 2020-01-01, value = 0.0 }]",
        "us_attribution": '"graded"',
        "us_forfeitures": '"as_they_occur"',
    },
    "after fair value, fee kept, fees without tax": {
        "fee_accretion": '"after_fair_value"',
        "early_settlement": '"fee_kept"',
        "ifrs_liability": '"higher_of"',
        "us_method": '"dcf"',
        "us_dcf_lost_interest": '"whole"',
        "guarantee_discount_rate": "[{ valid_from = 2020-01-01, value = 0.0 }]",
        "us_accrued_interest": '"excluded"',
        "nonaccrual_days_past_due": "30",
        "inclusive": '["accrued_interest"]',
        "guarantee_income": '"net_in_provision"',
        "us_supportable_months": "0",
    },
}


@pytest.fixture(scope="module")
def awkward_lender(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The example lender with awkward guarantees and awards on its tapes; no ledger to agree with."""
    folder = tmp_path_factory.mktemp("awkward")
    write_example(folder, loans=60)
    rate(folder / HAZARDS["payout_days_past_due"])
    chance, tapes = random.Random(11), folder / "tapes"
    sides: dict[date, tuple[list[Any], list[Any]]] = {OPENING: ([], []), CLOSING: ([], [])}
    for number in range(700):
        for instant, (row, fees) in guarantee(f"G{number:04}", chance).items():
            sides[instant][0].append(row)
            sides[instant][1].extend(fees)
    for instant, (rows, fees) in sides.items():
        replace_rows(tapes / f"guarantees-{instant}.parquet", rows)
        replace_rows(tapes / f"guarantee-fees-{instant}.parquet", fees)
    awards = [award(f"A{number:04}", chance) for number in range(300)]
    for place, name in enumerate(("awards", "award-tranches", "award-events")):
        replace_rows(tapes / f"{name}.parquet", [row for one in awards for row in one[place]])
    return folder


def guarantee(contract_id: str, chance: random.Random) -> dict[date, tuple[dict[str, Any], list[dict[str, Any]]]]:
    """What the tapes of each instant say of a guarantee with extreme terms and fees: row and instalments."""
    terms = guarantee_terms(contract_id, chance)
    origination = terms["origination_date"]
    dues = [months_later(origination, chance.randrange(0, 40)) for _ in range(chance.choice([1, 2, 12, 30]))]
    fees = list({tuple(fee.values()): fee for fee in (fee_terms(contract_id, due, chance) for due in dues)}.values())
    promised = sum(fee["fee_minor"] for fee in fees)
    terms["stand_ready_minor"] = chance.choice([None, None, promised, promised * 2 // 3, chance.randrange(promised + 1), 0])
    told = {}
    left = None
    if origination < OPENING and chance.random() < 0.9:
        left = exit_between(origination, OPENING, chance) if chance.random() < 0.15 else None
        told[OPENING] = ({**terms, **standing(terms, left, OPENING, chance)}, listed(fees, chance))
        if left is not None and left["status"] == "paid_out":
            left["recovered_minor"] = chance.randrange(told[OPENING][0]["recovered_minor"], left["paid_out_minor"] + 1)
    if chance.random() < 0.95 or not told:
        if left is None and chance.random() < 0.5:
            left = exit_between(max(origination, OPENING), CLOSING, chance)
            if origination < OPENING and chance.random() < 0.1:
                left = exit_between(origination, OPENING, chance)
        told[CLOSING] = ({**terms, **standing(terms, left, CLOSING, chance)}, listed(fees, chance))
    return told


def guarantee_terms(contract_id: str, chance: random.Random) -> dict[str, Any]:
    n = chance.choice([1, 2, 6, 12, 13, 24, 36, 120])
    origination = day_between(chance, date(2021, 1, 1), date(2023, 12, 30))
    first = chance.choice([months_later(origination, 1), origination + timedelta(days=chance.choice([1, 29, 45]))])
    principal = chance.choice([100, 12_345, 1_000_000, 98_765_432])
    repayment_type = chance.choice(["level", "equal_principal", "bullet", "interest_free_instalments"])
    stated = repayment_type == "level" and chance.random() < 0.3
    return {
        "contract_id": contract_id,
        "loan_id": f"F{contract_id}",
        "segment": chance.choice(SEGMENTS),
        "currency": "CNY",
        "origination_date": origination,
        "first_payment_date": first,
        "maturity_date": months_later(first, n + chance.choice([-1, 3])) if chance.random() < 0.5 else None,
        "principal_minor": principal,
        "annual_rate": chance.choice([0.0, 0.0001, 0.06, 0.36]),
        "term_instalments": n,
        "repayment_type": repayment_type,
        "instalment_minor": max(1, int(principal / n * 1.3)) if stated else None,
        "guaranteed_share": chance.choice([1.0, 1.0, 0.8, 0.333]),
        "related_party": chance.random() < 0.1,
        **risk_at_origination(chance),
    }


def standing(terms: dict[str, Any], left: dict[str, Any] | None, instant: date, chance: random.Random) -> dict[str, Any]:
    """How a guarantee stands at an instant, or stood the moment before it left."""
    origination, principal = terms["origination_date"], terms["principal_minor"]
    last = left["exit_date"] if left else instant
    end = terms["maturity_date"] or months_later(terms["first_payment_date"], terms["term_instalments"] - 1)
    least = 0 if left or end >= instant else 1
    overdue = min(
        chance.choice([least, least, least, 1, 29, 30, 31, 60, 61, 200]), max((last - terms["first_payment_date"]).days, 0)
    )
    default = day_between(chance, origination, last) if chance.random() < 0.15 else None
    still = last - timedelta(days=overdue)
    cured = day_between(chance, default, still) if default is not None and default <= still and chance.random() < 0.6 else None
    return {
        "outstanding_principal_minor": int(principal * chance.choice([0, 0.1, 0.5, 0.9, 1, 1.3])),
        "billed_unpaid_interest_minor": chance.choice([0, 0, principal // 90]),
        "days_past_due": overdue,
        "status": "on_book",
        "exit_date": None,
        "default_date": default,
        "cured_date": cured,
        "watch_list": chance.random() < 0.05,
        "forborne": chance.random() < 0.05,
        **risk_now(terms, chance),
        "paid_out_minor": 0,
        "recovered_minor": 0,
        **(left or {}),
    }


def exit_between(first: date, last: date, chance: random.Random) -> dict[str, Any]:
    status = chance.choice(["settled_early", "settled_early", "matured", "paid_out", "paid_out"])
    paid = chance.choice([1, 999, 777_777]) if status == "paid_out" else 0
    return {
        "status": status,
        "exit_date": day_between(chance, first + timedelta(days=1), last),
        "paid_out_minor": paid,
        "recovered_minor": chance.randrange(paid + 1),
    }


def fee_terms(contract_id: str, due: date, chance: random.Random) -> dict[str, Any]:
    start = due + timedelta(days=chance.choice([-31, -30, -7, 0, 0, 15]))
    return {
        "contract_id": contract_id,
        "due_date": due,
        "coverage_start": start,
        "coverage_end": start + timedelta(days=chance.choice([1, 7, 28, 30, 31, 365])),
        "fee_minor": chance.choice([1, 3, 999, 54_321, 2_000_001]),
    }


def listed(fees: list[dict[str, Any]], chance: random.Random) -> list[dict[str, Any]]:
    """The instalments as a tape lists them: seldom without some of them, or without any."""
    left_out = chance.choice([1, len(fees)]) if chance.random() < 0.05 else 0
    return [collected(fee, chance) for fee in fees[left_out:]]


def collected(fee: dict[str, Any], chance: random.Random) -> dict[str, Any]:
    """The instalment with some of it collected and some of it written off."""
    paid = chance.choice([0, 0, fee["fee_minor"], fee["fee_minor"], fee["fee_minor"] // 3])
    lost = chance.choice([0, 0, 0, fee["fee_minor"] - paid])
    return {**fee, "collected_minor": paid, "written_off_minor": lost}


def award(award_id: str, chance: random.Random) -> tuple[list[dict[str, Any]], list[dict[str, Any]], list[dict[str, Any]]]:
    """An award with its tranches and forfeitures: vesting at once, on odd days, or long after the closing."""
    grant = day_between(chance, date(2020, 1, 1), date(2024, 3, 1))
    row = {
        "award_id": award_id,
        "grant_date": grant,
        "function": chance.choice(FUNCTIONS),
        "currency": "CNY",
        "fair_value_per_unit": chance.choice([0.0, 0.01, 3.17, 10.005, 123.4567]),
        "condition": "service",
    }
    tranches, events = [], []
    for number in range(1, chance.choice([1, 2, 4, 5]) + 1):
        vesting = grant + timedelta(days=chance.choice([0, 1, 30, 365, 730, 731, 1096, 1461]))
        units = chance.choice([1, 2, 50, 999, 1_000_000])
        name = str(number)
        own = chance.choice([None, None, 7.77])
        tranches.append(
            {"award_id": award_id, "tranche": name, "vesting_date": vesting, "units": units, "fair_value_per_unit": own}
        )
        if vesting > grant and chance.random() < 0.4:
            gone = {"event_date": day_between(chance, grant, vesting - timedelta(days=1)), "kind": "forfeiture"}
            events.append({"award_id": award_id, "tranche": name, **gone, "units": chance.randrange(1, units + 1)})
    return [row], tranches, events


@pytest.mark.campaign
@pytest.mark.parametrize("name", list(ELECTIONS))
def test_no_figure_of_awkward_guarantees_and_awards_disagrees(awkward_lender: Path, name: str) -> None:
    run = close(write_plan(awkward_lender / "plan.toml", str(list(ELECTIONS).index(name)), ELECTIONS[name]))
    assert parquet.read_table(run.folder / "journals.parquet").num_rows > 0
    found = reperform(run.folder, sample=None)
    assert [one.as_dict() for one in found.disagreements] == []
    assert failing_checks(run) <= {"R17"}, "the defaults are those of the contracts replaced"
    assert len(found.within_rounding) <= 10
    assert found.kinds["guarantee"].figures_compared > 600 * 90
    assert found.kinds["award"].population == 300
    assert len(found.kinds["guarantee"].strata) > 20
    assert paths_of(run.folder, "guarantees") > {"lost", "settled", "new_written_off", "written_off_earlier", "ignored"}

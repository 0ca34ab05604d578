"""What a changed answer does, by what it is declared to be: two loans by hand, closed at 2022 and, opening with that, at 2023.

LATE owes 1,000,000, is 120 days late at the end of 2022 and bears no interest. CURRENT owes 100,000,000 in one sum on 15
January 2024, pays 1 % a month until then, and never prepays. Of who is current 2 % default in a month; lost is 40 % in the base
scenario, the only one of US GAAP, and 60 % in the downturn, which IFRS gives as much weight: 50 %. At the end of 2023 one
instalment is left, so that CURRENT owes 101,000,000 if it defaults: 2 % x 40 % of that under US GAAP, and under IFRS 2 % x 50 %
of it, discounted by one month.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from gaapbridge.contracts.declared import DECLARED
from gaapbridge.period_close import close
from gaapbridge.plan import read_plan
from gaapbridge.run import Run
from gaapbridge.run.prior_answers import prior_answers
from gaapbridge.starter.miniature import miniature
from gaapbridge.starter.plan_text import plan_text, tape_lines

BUCKETS = ("current", "1-30", "31-60", "61-90", "probation")
TABLES = {
    "prepayment": ["valid_from,segment,month_on_book,single_monthly_mortality", "2020-01-01,a,1,0"],
    "hazard": [
        "valid_from,scenario,segment,bucket,months_ahead,hazard,performing,default_days",
        *(f"2020-01-01,{z},a,{bucket},1,0.02,0.9,90" for z in ("base", "down") for bucket in BUCKETS),
    ],
    "loss_given_default": [
        "valid_from,scenario,segment,months_since_default,lgd_undiscounted,lgd_discounted",
        "2020-01-01,base,a,0,0.4,0.4",
        "2020-01-01,down,a,0,0.6,0.6",
    ],
    "recovery": ["valid_from,segment,months_since_write_off,remaining_recovery_ratio", "2020-01-01,a,0,0"],
}
LOANS = """\
contract_id,segment,currency,origination_date,first_payment_date,principal_minor,annual_rate,term_instalments,repayment_type,outstanding_principal_minor,days_past_due,pd_12m,pd_12m_at_origination
CURRENT,a,CNY,2022-01-15,2022-02-15,100000000,0.12,24,bullet,100000000,0,0.2,0.2
LATE,a,CNY,2022-01-15,2022-02-15,1000000,0,24,bullet,1000000,{late},0.2,0.2
"""
ANSWERS = {
    "expected_credit_loss": {
        "us_scenarios": "[{ valid_from = 2020-01-01, base = 1.0 }]",
        "us_historical_scenario": '"base"',
        "ifrs_scenarios": "[{ valid_from = 2020-01-01, base = 0.5, down = 0.5 }]",
        "default_timeline": '"none"',
    },
    "effective_interest": {"nonaccrual_days_past_due": "120"},
}
REVISED = "[{ valid_from = 2020-01-01, base = 0.5, down = 0.5 }, { valid_from = 2023-07-01, base = 0.25, down = 0.75 }]"

Close = Callable[..., Run]


@pytest.fixture
def second(tmp_path: Path) -> Close:
    """Closes 2023, opening with 2022 as it was closed, its plan with some answers changed."""
    for name, lines in TABLES.items():
        (tmp_path / f"{name}.csv").write_text("\n".join([*lines, ""]))
    for year, late in ((2022, 120), (2023, 485)):
        (tmp_path / f"loans-{year}.csv").write_text(LOANS.format(late=late))
    (tmp_path / "plan-2022.toml").write_text(stated(2022, "none", {"closing": "loans-2022.csv"}))
    first = close(tmp_path / "plan-2022.toml")
    assert first.listed.findings == () and all(check.holds for check in first.listed.checks)

    def closed(**changed: str) -> Run:
        text = stated(2023, "prior_run", {"closing": "loans-2023.csv"})
        for name, answer in changed.items():
            text, found = re.subn(rf"(?m)^{name} = .*$", f"{name} = {answer}", text)
            assert found == 1, name
        (tmp_path / "plan-2023.toml").write_text(text)
        run = close(tmp_path / "plan-2023.toml")
        assert all(check.holds for check in run.listed.checks)
        return run

    return closed


def stated(year: int, source: str, tape: dict[str, str]) -> str:
    """The plan of a year."""
    facts = replace(
        miniature(), opening=date(year - 1, 12, 31), closing=date(year, 12, 31), source=source,
        notes=["expected_credit_loss", "effective_interest"], tapes={"loans": tape_lines(tape)}, control={}, ledger=None,
        curves={"loans": {name: f"{name}.csv" for name in TABLES}}, answers=ANSWERS,
    )  # fmt: skip
    return plan_text(facts)


def allowances(run: Run, state: str = "") -> dict[str, tuple[int, int]]:
    """What each loan's allowance is under US GAAP and under IFRS."""
    return {
        row["contract_id"]: (row[f"{state}us_loss_allowance"], row[f"{state}ifrs_loss_allowance"])
        for row in run.measurements("loans").collect().iter_rows(named=True)
    }


def posted(run: Run, flow: str, account: str) -> int:
    """What an entry of note (i) posts to an account, debit positive."""
    codes = run.manifest.posting
    lines = [line for line in run.listed.journals if line.note == "ecl" and line.flow == flow]
    return sum(line.amount_minor for line in lines if line.account == codes[account])


AS_IT_WAS = {"CURRENT": (808_000, 1_000_000), "LATE": (400_000, 500_000)}


def test_nothing_changed_leaves_nothing_apart(second: Close) -> None:
    run = second()
    assert run.listed.findings == () and allowances(run) == AS_IT_WAS
    assert run.manifest.techniques_before is None
    assert posted(run, "assumptions", "provision_for_loans") == 0
    assert "restated_us_loss_allowance" not in run.measurements("loans").collect_schema().names()


@pytest.mark.campaign
def test_revised_weights_move_profit_by_a_flow_of_their_own(second: Close) -> None:
    """From July 2023 the downturn weighs 75 %: 55 % is lost, 5 % of 1,000,000 and 2 % x 5 % of 100,000,000 more."""
    run, before = second(ifrs_scenarios=REVISED), second()
    assert run.listed.findings == (), "the opening is what the prior run closed with"
    assert allowances(run, "opening_") == allowances(before, "opening_")
    assert allowances(run, "restated_") == AS_IT_WAS
    assert allowances(run) == {"CURRENT": (808_000, 1_100_000), "LATE": (400_000, 550_000)}
    assert posted(run, "assumptions", "provision_for_loans") == 150_000
    assert posted(run, "remeasurement", "provision_for_loans") == posted(before, "remeasurement", "provision_for_loans")
    assert moved(before, run, "ni") == moved(before, run, "re") == -112_500, "less tax at 25 %"


NEW = "NEW,a,CNY,2023-08-15,2023-09-15,2000000,0.12,24,bullet,2000000,0,,\n"
"""Made after the version of July: two years to go, no probability of the lender's own."""

COMPARED = {
    "sicr_pd_ratio": "[{ valid_from = 2020-01-01, value = 1.5 }]",
    "sicr_pd_increase": "[{ valid_from = 2020-01-01, value = 0.0 }]",
    "low_credit_risk_pd_12m": "[{ valid_from = 2020-01-01, value = 0.0 }]",
}


@pytest.mark.campaign(but=1)
@pytest.mark.parametrize("hazard", [0.001, 0.1])
def test_a_version_of_the_curves_moves_the_flow_of_assumptions_alone(second: Close, tmp_path: Path, hazard: float) -> None:
    """A loan made under the new version is seen by the old one as if there were no other: what it was made with is not compared
    with what is known now, so neither a stage nor the flow of origination moves."""
    with (tmp_path / "loans-2023.csv").open("a") as tape:
        tape.write(NEW)
    before = second(**COMPARED)
    with (tmp_path / "hazard.csv").open("a") as table:
        table.writelines(f"2023-07-01,{z},a,{one},1,{hazard},0.9,90\n" for z in ("base", "down") for one in BUCKETS)
    run = second(**COMPARED)
    assert run.manifest.sources != before.manifest.sources and allowances(run) != allowances(before)
    assert allowances(run, "restated_") == allowances(before)
    for flow in ("origination", "remeasurement"):
        assert posted(run, flow, "provision_for_loans") == posted(before, flow, "provision_for_loans")


def test_weights_that_start_after_the_closing_are_not_used(second: Close) -> None:
    assert allowances(second(ifrs_scenarios=REVISED.replace("2023-07-01", "2024-01-01"))) == AS_IT_WAS


@pytest.mark.campaign
def test_a_changed_technique_moves_profit_and_leaves_the_opening(second: Close) -> None:
    """A default at the start of its month is not discounted: 2 % x 50 % of 101,000,000 is 1,010,000."""
    run, before = second(default_timing='"start"'), second()
    assert run.listed.findings == () and allowances(run, "opening_") == allowances(before, "opening_")
    assert allowances(run, "restated_") == AS_IT_WAS
    assert allowances(run) == {**AS_IT_WAS, "CURRENT": (808_000, 1_010_000)}
    assert posted(run, "assumptions", "provision_for_loans") == 10_000
    assert run.manifest.techniques_before == {"expected_credit_loss": {"2022-12-31": {"default_timing": '"end"'}}}
    assert moved(before, run, "ni") == moved(before, run, "re") == -7_500


def test_a_changed_policy_moves_the_opening_and_no_estimate(second: Close) -> None:
    """Without interest US GAAP has 800,000 at the closing. At the opening thirteen months are left: 40 % of the 1,000,000 a
    month, lost by the share that does not survive, 1 - 0.98^13 = 23.0978 %, is 92,391 less, and the difference more."""
    run, before = second(us_accrued_interest='"excluded"'), second()
    (finding,) = run.listed.findings
    assert (finding.name, finding.where) == ("opening basis difference", "ecl/opening")
    assert finding.why.startswith("change of policy: ") and "(us_accrued_interest answered otherwise)" in finding.why
    assert allowances(run)["CURRENT"] == (800_000, 1_000_000)
    assert posted(run, "assumptions", "provision_for_loans") == 0
    taxed = 92_391 - 23_098
    assert finding.amount_minor == -taxed == -posted(run, "opening_basis_difference", "opening_basis_difference")
    assert moved(before, run, "re") == -6_000, "8,000 at the closing, less tax at 25 %"
    assert moved(before, run, "ni") == -6_000 + taxed, "profit has both instants on one basis"
    tables = {table.framework: table.lines for table in run.movements}
    differs = {framework: lines["opening_basis_difference"] for framework, lines in tables.items()}
    assert {framework: sum(row.values()) for framework, row in differs.items()} == {"us": -92_391, "ifrs": 0}
    assert differs["us"]["stage_1"] == -92_391, "the table opens as published, and the stage to which it belongs says so"
    assert run.prior_folder is not None
    for then in Run(run.prior_folder).movements:
        assert tables[then.framework]["opening"] == then.closing


def test_an_estimate_restated_of_the_opening_is_an_error_put_right(second: Close) -> None:
    run = second(ifrs_scenarios="[{ valid_from = 2020-01-01, base = 0.25, down = 0.75 }]")
    (finding,) = run.listed.findings
    assert finding.why.startswith("correction of an error: ")
    assert "(ifrs_scenarios stated otherwise up to 2022-12-31)" in finding.why
    assert posted(run, "assumptions", "provision_for_loans") == 0


def test_the_prior_run_says_what_the_opening_is_measured_with(second: Close, tmp_path: Path) -> None:
    """Techniques by their answers then; what the plan still answers alike is no change."""
    run = second(default_timing='"start"', us_accrued_interest='"excluded"', ifrs_scenarios=REVISED)
    plan = read_plan(tmp_path / "plan-2023.toml", DECLARED)
    assert run.prior_folder is not None
    answers = prior_answers(plan, Run(run.prior_folder))
    assert answers.techniques == {"expected_credit_loss": {date(2022, 12, 31): {"default_timing": "end"}}}
    assert answers.policies == {"expected_credit_loss": ("us_accrued_interest",)}
    assert (answers.estimates, answers.asked_since) == ({}, {})
    opening = plan.continuing(answers.techniques).answers_at("expected_credit_loss", date(2022, 12, 31))
    assert (opening["default_timing"], opening["us_accrued_interest"]) == ("end", "excluded")
    unchanged = plan.answers_at("expected_credit_loss", date(2022, 12, 31))
    assert unchanged["default_timing"] == "start", "a plan is not changed by another's"


def test_techniques_of_every_year_before_are_carried_on(second: Close, tmp_path: Path) -> None:
    """At the end of a month in 2022, at its start in 2023, in the middle from 2024 on; a run tells of the years before it."""
    run = second(default_timing='"start"')
    third = stated(2024, "prior_run", {"closing": "loans-2023.csv"})
    (tmp_path / "plan-2024.toml").write_text(re.sub(r"(?m)^default_timing = .*$", 'default_timing = "middle"', third))
    plan = read_plan(tmp_path / "plan-2024.toml", DECLARED)
    answers = prior_answers(plan, run)
    used = {date(2022, 12, 31): {"default_timing": "end"}, date(2023, 12, 31): {"default_timing": "start"}}
    assert answers.techniques == {"expected_credit_loss": used}
    continued = plan.continuing(answers.techniques)
    told = [continued.answers_at("expected_credit_loss", date(year, 6, 30))["default_timing"] for year in (2022, 2023, 2024)]
    assert told == ["end", "start", "middle"]


def moved(before: Run, after: Run, row: str) -> int:
    """By how much more the column of note (i) adds to a row at the closing, credit positive."""
    amounts = []
    for run in (before, after):
        statement = next(one for one in run.exact.statements if one.row(row) is not None)
        cell = statement.row(row)
        assert cell is not None
        amounts.append(cell.amount("ecl"))
    return amounts[1] - amounts[0]

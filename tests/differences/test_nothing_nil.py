"""R20: a contract in arrears, or a bucket, of which nothing is expected is named; what is rightly nil is not."""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Mapping
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import polars as pl
import pytest

from gaapbridge.contracts import credit
from gaapbridge.contracts.expectation import Expectation, expectation, nothing_expected
from gaapbridge.contracts.guarantees import KIND as GUARANTEES
from gaapbridge.contracts.loans import KIND as LOANS
from gaapbridge.contracts.rows import Rows
from gaapbridge.period_close import close
from gaapbridge.terms.finding import Finding

LOAN, GUARANTEE = "loan in arrears without an allowance", "guarantee in arrears without an allowance"
BUCKET, SIDE = "nothing expected of a bucket", "balance on its wrong side"


def changed(path: Path, rows: Mapping[str, str], cells: Mapping[str, str]) -> None:
    """Every row of a table with these cells gets others."""
    with path.open(encoding="utf-8", newline="") as file:
        table = list(csv.DictReader(file))
    meant = [row for row in table if rows.items() <= row.items()]
    assert meant
    for row in meant:
        row.update(cells)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, table[0], lineterminator="\n")
        writer.writeheader()
        writer.writerows(table)


def found(starter_copy: Path) -> dict[str, list[Finding]]:
    """The findings of R20 by name."""
    by_name: dict[str, list[Finding]] = {}
    for finding in close(starter_copy / "plan.toml").listed.findings:
        if finding.check == "R20":
            by_name.setdefault(finding.name, []).append(finding)
    return by_name


def test_early_months_of_nil_are_right(starter_copy: Path) -> None:
    """Nobody who is current can be 90 days late within two months: the starter's hazards say so, and nothing is found."""
    hazards = pl.read_csv(starter_copy / "curves/loans-hazard.csv").filter(
        pl.col("bucket") == "current", pl.col("months_ahead") < 3
    )
    assert (hazards["hazard"] == 0).all() and found(starter_copy) == {}


def test_a_bucket_without_hazards_is_found_and_its_contract_named(starter_copy: Path) -> None:
    changed(starter_copy / "curves/loans-hazard.csv", {"segment": "consumer", "bucket": "31-60"}, {"hazard": "0"})
    findings = found(starter_copy)
    assert set(findings) == {LOAN, BUCKET}
    (loan,) = findings[LOAN]
    assert (loan.where, loan.amount_minor) == ("loan/LOAN-2", 5_174_662)
    assert [(one.where, one.amount_minor) for one in findings[BUCKET]] == [
        ("loans/consumer/31-60/us", 5_174_662),
        ("loans/consumer/31-60/ifrs", 5_174_662),
    ]


@pytest.mark.campaign
def test_either_framework_is_enough(starter_copy: Path) -> None:
    """US GAAP looks at the base scenario alone, then at history; IFRS at three."""
    for scenario in ("base", "long_run"):
        changed(
            starter_copy / "curves/loans-hazard.csv",
            {"scenario": scenario, "segment": "consumer", "bucket": "31-60"},
            {"hazard": "0"},
        )
    findings = found(starter_copy)
    assert [one.where for one in findings[LOAN]] == ["loan/LOAN-2"]
    assert [one.where for one in findings[BUCKET]] == ["loans/consumer/31-60/us"]


@pytest.mark.campaign
def test_a_loss_given_default_of_nil_is_found_too(starter_copy: Path) -> None:
    changed(starter_copy / "curves/loans-loss-given-default.csv", {"segment": "consumer"}, {"lgd_undiscounted": "0"})
    assert [one.where for one in found(starter_copy)[BUCKET]] == ["loans/consumer/31-60/us"]


@pytest.mark.campaign
def test_what_rounds_to_nil_is_right(starter_copy: Path) -> None:
    changed(starter_copy / "tapes/loans-2023-12-31.csv", {"contract_id": "LOAN-2"}, {"outstanding_principal_minor": "1"})
    assert found(starter_copy) == {}


def test_a_guarantee_in_arrears_is_named(starter_copy: Path) -> None:
    changed(starter_copy / "tapes/guarantees-2023-12-31.csv", {"contract_id": "GUARANTEE-2"}, {"days_past_due": "20"})
    assert found(starter_copy) == {}
    changed(starter_copy / "curves/guarantees-hazard.csv", {"bucket": "1-30"}, {"hazard": "0"})
    findings = found(starter_copy)
    assert [(one.where, one.amount_minor) for one in findings[GUARANTEE]] == [("guarantee/GUARANTEE-2", 6_000_000)]
    assert {one.where for one in findings[BUCKET]} == {"guarantees/guaranteed/1-30/us", "guarantees/guaranteed/1-30/ifrs"}


@pytest.mark.campaign
def test_a_horizon_that_is_too_short_is_seen(starter_copy: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Planted: months at risk stop after the next one, in which nobody 45 days late is yet 90 days late."""
    monkeypatch.setattr(credit, "months_at_risk", lambda instalments, passed, lag: np.ones_like(passed))
    findings = found(starter_copy)
    assert [one.where for one in findings[LOAN]] == ["loan/LOAN-2"]
    assert {one.where for one in findings[BUCKET]} >= {"loans/consumer/31-60/us", "loans/business/current/us"}


def of_one(owed: float, ratio: float, allowance: int, *, overdue: bool = True) -> bool:
    """Whether one loan would be found."""
    one = np.zeros(1, np.int64)
    ratios, lost = (np.array([ratio]), np.array([ratio])), (np.array([owed * ratio]), np.array([owed * ratio]))
    standing = Expectation(one, one, one > 0, np.array([owed]), np.array([overdue]), ratios, lost)
    rows = Rows.of(LOANS, 1)
    for side in ("us", "ifrs"):
        rows[f"closing_{side}_loss_allowance"] = np.array([allowance])
    return bool(standing.without_allowance(rows)[0])


@pytest.mark.parametrize(
    ("owed", "ratio", "allowance", "overdue", "is_found"),
    [
        (600_000.0, 0.02, 0, True, True),
        (600_000.0, 0.02, 1, True, False),
        (600_000.0, 0.02, 0, False, False),
        (600_000.0, 0.0, 0, True, True),
        (0.0, 0.02, 0, True, False),
        (20.0, 0.02, 0, True, False),
        (50.0, 0.02, 0, True, True),
        (1.0, 0.0, 0, True, True),
    ],
)
def test_which_allowances_of_nil_are_wrong(owed: float, ratio: float, allowance: int, overdue: bool, is_found: bool) -> None:
    assert of_one(owed, ratio, allowance, overdue=overdue) is is_found


PROBABILITY, LOSS = 0.1, 0.02
"""Of default within the one month of the horizon, and what a default loses of what is owed."""


def expected_of_one(counted: tuple[int, int], *, defaulted: bool) -> Expectation:
    """Of one loan in arrears that owes 600,000, by side what a default counts of deferred fees; a row of losses, and one of
    defaults beside it, are all its tables."""
    one, days, day = np.zeros(1, np.int64), np.array([95 if defaulted else 20]), np.array(["2023-12-31"], "datetime64[D]")
    never, flags = np.full(1, np.datetime64("NaT", "D")), np.array([defaulted])
    rows = SimpleNamespace(
        on_book=one == 0, instant=day, principal=np.array([600_000.0]), days_past_due=days, default_date=never, cured_date=never
    )
    risk = SimpleNamespace(horizon=(one + 1,) * 2, defaulted=(flags,) * 2, table=(one,) * 2, row=(one,) * 2)
    basis = SimpleNamespace(default_days=(np.array([90]),) * 2, defaults_beside=(1, 1), mean_loss=lambda *_: np.array([LOSS]))
    bases = SimpleNamespace(within=np.array([[PROBABILITY * LOSS], [PROBABILITY]]))
    setting = SimpleNamespace(bases=bases, index=SimpleNamespace(bucket=np.copy))
    us, ifrs = (np.array([amount]) for amount in counted)
    measured: Callable[..., Expectation] = expectation
    return measured(risk, SimpleNamespace(segment=one), rows, basis, setting, counted=(us, ifrs))


@pytest.mark.parametrize(
    ("defaulted", "counted", "lost", "is_found"),
    [
        (True, -18_000, 0.0, False),
        (True, -12_000, 0.0, False),
        (True, -11_999, 1.0, True),
        (True, 0, 12_000.0, True),
        (True, 1, 12_001.0, True),
        (False, -18_000, 0.0, False),
        (False, -11_000, 100.0, True),
        (False, 0, 1_200.0, True),
    ],
)
def test_fees_still_deferred_may_leave_nothing_to_lose(defaulted: bool, counted: int, lost: float, is_found: bool) -> None:
    """A default loses 12,000 of 600,000, and the carrying amount leaves out 18,000 already (IFRS 9 B5.5.33): nothing is lost by
    a loan in default, nor by one that defaults with a chance of a tenth."""
    expected = expected_of_one((counted, counted), defaulted=defaulted)
    assert expected.lost[0][0] == expected.lost[1][0] == pytest.approx(lost)
    assert bool(expected.without_allowance(Rows.of(LOANS, 1))[0]) is is_found


@pytest.mark.parametrize(("counted_us", "is_found"), [(-18_000, False), (0, True)])
@pytest.mark.parametrize("defaulted", [False, True])
def test_fees_that_are_income_to_come_offset_no_loss(counted_us: int, is_found: bool, defaulted: bool) -> None:
    """Fees that US GAAP still accretes are no part of what a default counts: nil is wrong for 12,000 (ASC 326-20-30-5)."""
    expected = expected_of_one((counted_us, -18_000), defaulted=defaulted)
    assert bool(expected.without_allowance(Rows.of(LOANS, 1))[0]) is is_found


def test_a_bucket_is_judged_over_all_ranges() -> None:
    """Nothing is expected of two contracts of one range, something of one of another: the bucket is none without losses."""
    of_range = {"segment": ["a", "b"], "bucket": ["current", "current"], "owed_minor": [30, 70], "contracts": [2, 1]}
    nil = pl.DataFrame({**of_range, "us": [2, 1], "ifrs": [2, 1]})
    some = pl.DataFrame({**of_range, "us": [1, 1], "ifrs": [2, 0]})
    where = [(one.where, one.amount_minor) for one in nothing_expected(GUARANTEES, [nil, some])]
    assert where == [("guarantees/a/current/ifrs", 60), ("guarantees/b/current/us", 140)]
    assert list(nothing_expected(GUARANTEES, [])) == []


@pytest.mark.campaign
def test_a_balance_on_its_wrong_side_is_found_under_both_frameworks(starter_copy: Path) -> None:
    """Tax payable that the ledger has as a debit of 300,000: it is a receivable, and stands among the liabilities."""
    ledger = starter_copy / "ledger/trial-balance-2023-12-31.csv"
    text = ledger.read_text(encoding="utf-8")
    (tax,) = re.findall(r"(?m)^2221,.*,0,(\d+)$", text)
    (cash,) = re.findall(r"(?m)^1001,.*,(\d+),0$", text)
    text = re.sub(r"(?m)^(2221,.*),0,\d+$", r"\1,300000,0", text)
    ledger.write_text(text.replace(f",{cash},0", f",{int(cash) - int(tax) - 300_000},0"), encoding="utf-8")
    findings = found(starter_copy)
    assert set(findings) == {SIDE}
    assert [one.where for one in findings[SIDE]] == ["bs-2023/otp/us_gaap", "bs-2023/otp/ifrs"]
    assert findings[SIDE][0].amount_minor == -300_000


def test_without_a_ledger_nothing_is_said_of_sides(starter_copy: Path) -> None:
    plan = starter_copy / "plan.toml"
    text = plan.read_text(encoding="utf-8")
    plan.write_text(text[: text.index("[trial_balance]")] + text[text.index("[thresholds]") :], encoding="utf-8")
    assert SIDE not in found(starter_copy)

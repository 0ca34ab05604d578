"""What every difference must satisfy, whichever folder it lives in: tried on the example lender."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import polars as pl
import pytest

from gaapbridge.difference import LoanSums
from gaapbridge.example import ExampleFiles
from gaapbridge.period_close import Run, close
from gaapbridge.period_close.columns import contracts_of, side_by_side
from gaapbridge.period_close.direct import financing_income, provision_for_loans
from gaapbridge.period_close.entries import NOTES
from gaapbridge.period_close.inputs import Inputs, read_inputs
from gaapbridge.period_close.loans import measure
from gaapbridge.period_close.period import DECLARED
from gaapbridge.period_close.population import events_by_contract
from gaapbridge.period_close.setting import Setting, Treatments, make_setting, standard_treatments
from gaapbridge.period_close.totals import LoanTotals, total
from gaapbridge.plan import Plan, read_plan
from gaapbridge.reperform.run import reperform

US_SIDE, IFRS_SIDE = 0, 1


@pytest.fixture(scope="module")
def plan(lender: ExampleFiles) -> Plan:
    return read_plan(lender.plans[2022], DECLARED)


@pytest.fixture(scope="module")
def measure_rows(plan: Plan) -> Callable[[pl.DataFrame], LoanTotals]:
    inputs = read_inputs(plan)
    setting = make_setting(plan, inputs.curves, inputs.longest_term)
    return lambda rows: _totals(rows, setting)


@pytest.fixture(scope="module")
def joined(plan: Plan) -> pl.DataFrame:
    return _joined(read_inputs(plan))


def _joined(inputs: Inputs) -> pl.DataFrame:
    pairs = list(inputs.pairs())
    opening, closing = (pl.concat(list(part)) for part in zip(*pairs, strict=True))
    kept = opening.filter(pl.col("status").is_in(["on_book", "written_off"]))
    return side_by_side(kept, closing, events_by_contract(inputs.events))


def _totals(rows: pl.DataFrame, setting: Setting) -> LoanTotals:
    contracts = contracts_of(rows, setting)
    return total(contracts, measure(contracts, setting), setting.segments)


@pytest.mark.parametrize("side", [US_SIDE, IFRS_SIDE])
def test_equal_policies_make_no_difference(lender: ExampleFiles, side: int) -> None:
    """One framework on both sides: no journal has a line."""
    own = standard_treatments()
    both = Treatments((own.interest[side], own.interest[side]), (own.loss[side], own.loss[side]))
    plan = lender.plans[2022]
    copied = plan.with_name(f"plan-both-{side}.toml")
    copied.write_text(plan.read_text().replace('"Example Lender"', f'"Both {side}"').replace("findings = 0", "findings = 99"))
    run = close(copied, treatments=both)
    with (run.folder / "journals.csv").open(newline="") as stream:
        assert list(csv.DictReader(stream)) == []


def test_totals_do_not_depend_on_batches_or_order(
    joined: pl.DataFrame, measure_rows: Callable[[pl.DataFrame], LoanTotals]
) -> None:
    whole = measure_rows(joined)
    shuffled = measure_rows(joined.sample(fraction=1.0, shuffle=True, seed=7))
    split = measure_rows(joined.head(1))
    for start in range(1, joined.height, 97):
        split = split.plus(measure_rows(joined.slice(start, 97)))
    assert (whole.amounts == shuffled.amounts).all()
    assert (whole.amounts == split.amounts).all()
    assert abs(whole.amounts).sum() > 0


def test_a_life_makes_no_difference(years: list[Run]) -> None:
    """Contracts born and gone within a year earn the same in total under both frameworks, to the fen.

    Written-off contracts keep an asset for expected recoveries under US GAAP until the last is received.
    """
    for run in years:
        profit = {side: financing_income(side) - provision_for_loans(side) for side in ("us", "ifrs")}
        pending = pl.col("us_expected_recoveries") - pl.col("ifrs_expected_recoveries")
        lives = (
            pl.scan_parquet(run.folder / "measurements" / "loans" / "*.parquet")
            .filter(pl.col("path").is_in(["new_settled", "new_written_off"]))
            .select((profit["ifrs"] - profit["us"] + pending).alias("difference"), profit["us"].alias("profit"))
            .collect()
        )
        assert lives.height > 50
        assert lives["difference"].to_list() == [0] * lives.height
        assert lives["profit"].abs().sum() > 0


def test_what_has_left_has_no_balance(detail: Path) -> None:
    gone = pl.scan_parquet(detail).filter(~pl.col("closing_on_book")).collect()
    kept = [c for c in gone.columns if c[:3] in ("us_", "ifr") and "rate" not in c and "interest_on" not in c]
    kept = [c for c in kept if "expected_recoveries" not in c]
    assert kept and gone.height
    assert {column: gone[column].abs().sum() for column in kept} == dict.fromkeys(kept, 0)


def test_every_check_holds_and_nothing_is_found(years: list[Run]) -> None:
    for run in years:
        assert [check.id for check in run.checks if not check.holds] == []
        assert run.findings == ()
        rules = {check.check for check in run.checks}
        assert rules >= {"R1", "R2", "R3", "R4", "R5", "R6", "R7", "R9", "R10", "R11", "R12"}


def test_opening_is_last_closing(years: list[Run]) -> None:
    """What the second year brings forward is what the first year posted, note by note and account by account."""
    first, second = (_rolled(run) for run in years)
    opened = {key: row["opening"] for key, row in second.items() if row["opening"]}
    closed = {key: row["closing"] for key, row in first.items() if row["closing"]}
    assert opened == closed


def _rolled(run: Run) -> dict[tuple[str, str], dict[str, int]]:
    """Balance-sheet accounts by note: opening and closing, from the journals; equity and income left out."""
    manifest = json.loads((run.folder / "manifest.json").read_text())
    outside = {*manifest["profit_rows"], manifest["retained_row"]}
    sums: dict[tuple[str, str], dict[str, int]] = {}
    with (run.folder / "journals.csv").open(newline="") as stream:
        for line in csv.DictReader(stream):
            if line["line"] not in outside:
                row = sums.setdefault((line["note"], line["account"]), {"opening": 0, "closing": 0})
                amount = int(line["debit_minor"]) - int(line["credit_minor"])
                row["closing"] += amount
                row["opening"] += amount if line["kind"] == "brought_forward" else 0
    return sums


def test_journals_touch_only_declared_roles(years: list[Run]) -> None:
    manifest = json.loads((years[-1].folder / "manifest.json").read_text())
    with (years[-1].folder / "journals.csv").open(newline="") as stream:
        lines = list(csv.DictReader(stream))
    for note in NOTES.values():
        declared = {manifest["posting"][role] for role in note.roles}
        touched = {line["account"] for line in lines if line["note"] == note.column}
        assert touched and touched <= declared


def test_the_independent_calculator_agrees(years: list[Run]) -> None:
    outcome = reperform(years[-1].folder, sample=120)
    assert outcome.figures_compared > 5000
    assert outcome.disagreements == ()


def test_two_runs_are_byte_identical(lender: ExampleFiles, years: list[Run]) -> None:
    again = close(lender.plans[2023])
    assert again.folder != years[-1].folder
    names = sorted(p.relative_to(again.folder) for p in again.folder.rglob("*") if p.is_file())
    assert Path("statement.json") in names
    for name in names:
        if name.name != "manifest.json":
            assert (again.folder / name).read_bytes() == (years[-1].folder / name).read_bytes(), name


def test_a_wrong_opening_goes_to_equity_not_to_profit(lender: ExampleFiles, years: list[Run]) -> None:
    """Another election than the prior run's: the gap is a finding and an equity line; the profit is on one basis."""
    plan = lender.plans[2023]
    changed = plan.with_name("plan-changed.toml")
    changed.write_text(
        plan.read_text().replace('exposure_at_default = "before_instalment"', 'exposure_at_default = "after_instalment"')
    )
    run = close(changed)
    assert "opening basis difference" in {finding.name for finding in run.findings}
    assert run.exit_code == 1
    exact = json.loads((run.folder / "exact.json").read_text())
    assert exact["rollforward"][0]["paths"]["ecl"]["opening_basis_difference"] != 0
    assert [c.id for c in run.checks if c.check in ("R4", "R5") and not c.holds] == []


def test_sums_of_another_shape_are_refused(measure_rows: Callable[[pl.DataFrame], LoanTotals], joined: pl.DataFrame) -> None:
    totals = measure_rows(joined.head(10))
    with pytest.raises(ValueError, match="different series"):
        totals.plus(replace(totals, series=totals.series[1:]))
    assert isinstance(totals.sums(), LoanSums)

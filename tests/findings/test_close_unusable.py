"""Plans and tapes that cannot be closed: one clear line, exit code 2, and nothing written."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Callable
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from gaapbridge.example import write_example
from gaapbridge.period_close import close
from gaapbridge.terms.errors import UnusableInput

Change = Callable[[Path], object]


@pytest.fixture(scope="module")
def lender(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("unusable") / "lender"
    write_example(folder, loans=300)
    return folder


def plan_text(old: str, new: str) -> Change:
    def change(folder: Path) -> None:
        plan = folder / "plan-2022.toml"
        text = plan.read_text()
        assert old in text
        plan.write_text(text.replace(old, new, 1))

    return change


def closing_tape(**columns: pl.Expr) -> Change:
    def change(folder: Path) -> None:
        path = folder / "tapes" / "loans-2022-12-31.parquet"
        frame = pl.read_parquet(path)
        first = pl.int_range(pl.len()) == 0
        changed = [pl.when(first).then(new).otherwise(pl.col(name)).alias(name) for name, new in columns.items()]
        frame.with_columns(changed).write_parquet(path)

    return change


def whole_tape(rewrite: Callable[[pl.DataFrame], pl.DataFrame]) -> Change:
    def change(folder: Path) -> None:
        path = folder / "tapes" / "loans-2022-12-31.parquet"
        rewrite(pl.read_parquet(path)).write_parquet(path)

    return change


def truncated(folder: Path) -> None:
    path = folder / "tapes" / "loans-2022-12-31.parquet"
    path.write_bytes(path.read_bytes()[:-200])


def infinite_hazard(folder: Path) -> None:
    path = folder / "curves" / "hazard.csv"
    lines = path.read_text().splitlines()
    lines[1] = lines[1].rpartition(",")[0] + ",inf"
    path.write_text("\n".join(lines) + "\n")


CASES: dict[str, tuple[Change, tuple[str, ...]]] = {
    "misspelt key": (plan_text("presentation_unit", "presentation_units"), ("plan-2022.toml", "presentation_unit")),
    "misspelt election": (plan_text("sicr_pd_ratio", "sicr_pd_ration"), ("sicr_pd_ratio",)),
    "missing election": (plan_text("default_timing = ", "# default_timing = "), ("default_timing", "missing", "B5.5.44")),
    "election of another kind": (plan_text('us_method = "pd_lgd"', 'us_method = "guess"'), ("us_method", "pd_lgd, dcf")),
    "weights that do not add up": (plan_text("upside = 0.15", "upside = 0.25"), ("ifrs_scenarios", "1.1")),
    "unknown scenario": (plan_text("base = 1.0", "bass = 1.0"), ("us_scenarios", "known scenarios")),
    "payout day of an unknown segment": (
        plan_text("bank-a = 62", "bonk-a = 62"),
        ("payout_days_past_due.bonk-a", "value: 62", "did you mean bank-a"),
    ),
    "segment without a payout day": (
        plan_text("bank-a = 62, ", ""),
        ("payout_days_past_due", "{ bank-b = 62, ", "add bank-a = a number"),
    ),
    "unknown account": (plan_text('= "1305"  #', '= "9305"  #'), ("9305", "[accounts]")),
    "unknown layout row": (plan_text('line = "loans_nc"', 'line = "loans_cn"'), ("loans_cn", "loans_nc")),
    "not TOML": (plan_text("[entity]", "[entity"), ("TOML",)),
    "dates the wrong way": (plan_text("opening = 2021-12-31", "opening = 2024-12-31"), ("opening must be before closing",)),
    "missing source": (plan_text("loans-2022-12-31", "loans-2029-12-31"), ("tapes.loans.closing", "check the path")),
    "truncated Parquet": (truncated, ("loans-2022-12-31.parquet",)),
    "empty tape": (whole_tape(lambda frame: frame.head(0)), ("at least one row",)),
    "unknown column": (whole_tape(lambda frame: frame.rename({"annual_rate": "anual_rate"})), ("annual_rate",)),
    "wrong type": (whole_tape(lambda frame: frame.with_columns(principal_minor=pl.lit([1]))), ("principal_minor",)),
    "another currency": (whole_tape(lambda frame: frame.with_columns(currency=pl.lit("USD"))), ("currency", "CNY")),
    "duplicate id": (whole_tape(lambda frame: pl.concat([frame, frame.head(1)])), ("contract_id", "once")),
    "negative principal": (closing_tape(principal_minor=pl.lit(-1)), ("principal_minor", "-1")),
    "infinite rate": (closing_tape(annual_rate=pl.lit(float("inf"))), ("annual_rate", "inf")),
    "empty rate": (closing_tape(annual_rate=pl.lit(None, pl.Float64)), ("annual_rate", "given")),
    "maturity before origination": (closing_tape(maturity_date=pl.lit(date(2000, 1, 1))), ("maturity_date", "2000-01-01")),
    "no change of sign": (
        closing_tape(fees_received_minor=pl.col("principal_minor") * 2, costs_paid_minor=pl.lit(0)),
        ("sign",),
    ),
    "infinite hazard": (infinite_hazard, ("hazard.csv", "inf", "decimal")),
}


@pytest.mark.campaign(but=5)
@pytest.mark.parametrize("name", CASES)
def test_what_cannot_be_closed(name: str, lender: Path, tmp_path: Path) -> None:
    change, words = CASES[name]
    folder = tmp_path / "lender"
    shutil.copytree(lender, folder)
    change(folder)
    with pytest.raises(UnusableInput) as refused:
        close(folder / "plan-2022.toml")
    message = str(refused.value)
    assert "rule: " in message and "remedy: " in message
    for word in words:
        assert word in message
    assert [path for path in folder.glob("runs/**/*") if path.is_file() or path.name.startswith(("v", "."))] == []


def test_rejects_within_the_plan_are_listed_and_the_run_is_whole(lender: Path, tmp_path: Path) -> None:
    """One bad row, allowed with its loan's other row and its twelve payments: all stand in rejects.csv, the cause first."""
    folder = tmp_path / "lender"
    shutil.copytree(lender, folder)
    closing_tape(annual_rate=pl.lit(float("nan")))(folder)
    plan_text("\nrejected_rows = 0", "\nrejected_rows = 14")(folder)
    plan_text("rejected_principal_minor = 0", "rejected_principal_minor = 100000000000")(folder)
    run = close(folder / "plan-2022.toml")
    lines = (run.folder / "rejects.csv").read_text().splitlines()
    assert len(lines) == 15 and "annual_rate" in lines[1] and "loans-2022-12-31.parquet,1," in lines[1]
    assert "loans-2021-12-31.parquet,1," in lines[2] and "other rows of the contract are good" in lines[2]
    assert all("payments-2022.parquet" in line and "the rows of the loan are good" in line for line in lines[3:])
    assert run.rejected_rows == 14
    assert "contract left without a reason" not in {finding.name for finding in run.listed.findings}


def test_the_command_line_exits_with_2_and_one_line(lender: Path, tmp_path: Path, command: list[str]) -> None:
    folder = tmp_path / "lender"
    shutil.copytree(lender, folder)
    plan_text("presentation_unit", "presentation_units")(folder)
    ended = subprocess.run([*command, "close", str(folder / "plan-2022.toml")], capture_output=True, text=True, check=False)
    assert ended.returncode == 2
    assert ended.stdout == ""
    assert len(ended.stderr.strip().splitlines()) == 1 and "did you mean presentation_unit" in ended.stderr


def test_a_folder_that_cannot_be_written_is_one_line(tmp_path: Path, command: list[str]) -> None:
    (tmp_path / "file").write_text("")
    ended = subprocess.run(
        [*command, "new", "plan", str(tmp_path / "file" / "mine")], capture_output=True, text=True, check=False
    )
    assert ended.returncode == 2
    assert ended.stderr.startswith("gaapbridge: file: ") and len(ended.stderr.splitlines()) == 1
    assert "rule: the file can be read or written (" in ended.stderr


@pytest.mark.campaign
def test_a_ledger_that_differs_by_rejected_rows_is_not_to_be_adjusted(lender: Path, tmp_path: Path) -> None:
    folder = tmp_path / "lender"
    shutil.copytree(lender, folder)
    closing_tape(annual_rate=pl.lit(float("nan")))(folder)
    plan_text("\nrejected_rows = 0", "\nrejected_rows = 14")(folder)
    plan_text("rejected_principal_minor = 0", "rejected_principal_minor = 100000000000")(folder)
    remedies = {finding.remedy for finding in close(folder / "plan-2022.toml").listed.findings if finding.check == "R9"}
    assert remedies == {"this measurement leaves out 14 rejected rows: correct them first"}


def test_a_layout_that_is_not_there_is_told_with_plan_and_key(lender: Path, tmp_path: Path) -> None:
    folder = tmp_path / "lender"
    shutil.copytree(lender, folder)
    plan_text('layout = "lender"', 'layout = "nolayout"')(folder)
    with pytest.raises(UnusableInput) as told:
        close(folder / "plan-2022.toml")
    assert (told.value.file, told.value.key) == (str(folder / "plan-2022.toml"), "statement.layout")

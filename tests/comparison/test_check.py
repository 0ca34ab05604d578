"""A plan and its inputs checked: every bad row named, as a close would reject it, and no kernel loaded."""

from __future__ import annotations

import csv
import json
import subprocess
import sys
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from gaapbridge.checking import check
from gaapbridge.contracts.rejects import alike
from gaapbridge.example.lender import write_example
from gaapbridge.terms.errors import UnusableInput

ALLOWED = (
    ("\nrejected_rows = 0", "\nrejected_rows = 1000"),
    ("rejected_principal_minor = 0", "rejected_principal_minor = 9_000_000_000"),
)


def first_row(path: Path, **columns: object) -> int:
    """Give the first row of a tape other values; the number of that row."""
    frame = pl.read_parquet(path)
    changed = [
        pl.when(pl.int_range(pl.len()) == 0).then(pl.lit(value, frame.schema[name])).otherwise(pl.col(name)).alias(name)
        for name, value in columns.items()
    ]
    frame.with_columns(changed).write_parquet(path)
    return 1


def plant(folder: Path) -> None:
    """One fault on each tape of the closing instant."""
    tapes = folder / "tapes"
    first_row(tapes / "loans-2023-12-31.parquet", principal_minor=-1)
    first_row(tapes / "guarantee-fees-2023-12-31.parquet", contract_id="NOT-LISTED")
    first_row(tapes / "events-2023.parquet", event_date=date(2020, 1, 1))
    first_row(tapes / "award-tranches.parquet", units=-5)


def test_a_clean_lender(lender) -> None:
    checked = check(lender.plan(2023))
    assert checked.exit_code == 0 and checked.rejects.is_empty() and not checked.findings
    files = {file.source: file for file in checked.files}
    tape = pl.read_parquet(lender.folder / "tapes" / "loans-2023-12-31.parquet")
    assert files["tapes.loans.closing"].rows == tape.height
    assert [stated == found for _, stated, found in files["tapes.loans.closing"].controls] == [True, True]
    assert files["trial_balance.closing"].rows > 10 and files["curves.awards.forfeiture"].rows == 8
    text = checked.as_text()
    assert "the prior run runs/example-lender/2022-01-01_2022-12-31/v1" in text and text.endswith("Plan and inputs are clean.")
    assert "rows held; outstanding principal held" in text
    assert not list(lender.runs.rglob("v2")), "nothing is written"


def test_every_bad_row_is_named(lender) -> None:
    plant(lender.folder)
    checked = check(lender.plan(2023))
    assert checked.exit_code == 2 and checked.refusal is not None
    named = {(one["file"], one["row"], one["column"], one["value"]) for one in checked.as_dict()["rejects"]}
    assert ("tapes/loans-2023-12-31.parquet", 1, "principal_minor", "-1") in named
    assert ("tapes/guarantee-fees-2023-12-31.parquet", 1, "contract_id", "NOT-LISTED") in named
    assert ("tapes/award-tranches.parquet", 1, "units", "-5") in named
    assert {row for file, row, column, _ in named if file == "tapes/events-2023.parquet" and column == "event_date"} == {1}
    text = checked.as_text()
    assert "tapes/loans-2023-12-31.parquet, row 1, principal_minor -1: " in text and "Remedy: " in text
    assert "contract_id is on the guarantee tape of the same instant" in text
    assert text.endswith("A close would stop: more is rejected than the plan allows.")


def test_a_close_rejects_the_same_rows(lender) -> None:
    plant(lender.folder)
    checked = check(lender.plan(2023, *ALLOWED))
    run = lender.close(2023, *ALLOWED)
    with (run / "rejects.csv").open(newline="") as stream:
        rejected = sorted((row["file"], int(row["row"]), row["column"], row["rule"]) for row in csv.DictReader(stream))
    found = sorted((one["file"], one["row"], one["column"], one["rule"]) for one in checked.rejects.iter_rows(named=True))
    assert found == rejected != []
    assert checked.exit_code == 0 and checked.as_text().endswith("within the thresholds of the plan.")
    assert sum(file.rejected_rows for file in checked.files) == len({(file, row) for file, row, _, _ in rejected})


def test_the_text_shows_the_first_twenty_and_counts_by_rule(lender) -> None:
    path = lender.folder / "tapes" / "loans-2023-12-31.parquet"
    row = pl.int_range(pl.len())
    wrong = pl.when(row < 25).then(-1 - row).otherwise("days_past_due").cast(pl.Int64)
    pl.read_parquet(path).with_columns(days_past_due=wrong).write_parquet(path)
    checked = check(lender.plan(2023))
    mine = checked.rejects.filter(pl.col("column") == "days_past_due")
    lines = checked.as_text().splitlines()
    assert mine.height == 25 and len(json.loads(json.dumps(checked.as_dict()))["rejects"]) == checked.rejects.height
    assert sum(line.startswith("  tapes/loans-2023-12-31.parquet, row ") for line in lines) == 20
    more = alike(checked.rejects).height - 20
    assert more >= 5 and f"  and {more} more, all in --format json" in lines
    assert any(line.startswith("  tapes/loans-2023-12-31.parquet  days_past_due ") and line.endswith(" 25") for line in lines)


def test_rows_that_are_rejected_alike_are_told_once(lender) -> None:
    path = lender.folder / "tapes" / "loans-2023-12-31.parquet"
    wrong = pl.when(pl.int_range(pl.len()) < 25).then(-1).otherwise("days_past_due").cast(pl.Int64)
    pl.read_parquet(path).with_columns(days_past_due=wrong).write_parquet(path)
    text = check(lender.plan(2023)).as_text()
    assert text.count("days_past_due -1: ") == 1
    assert "tapes/loans-2023-12-31.parquet, rows 1, 2, 3, 4, 5 and 20 more, days_past_due -1: " in text


def test_control_totals_and_a_ledger_that_do_not_hold_are_findings(lender) -> None:
    rows = pl.read_parquet(lender.folder / "tapes" / "loans-2023-12-31.parquet").height
    ledger = lender.folder / "ledger" / "trial-balance-2023-12-31.csv"
    header, first, *others = ledger.read_text().splitlines()
    account, name, debit, credit = first.split(",")
    ledger.write_text("\n".join([header, f"{account},{name},{int(debit or 0) + 7},{credit}", *others]) + "\n")
    checked = check(lender.plan(2023, (f"rows = {rows}", f"rows = {rows + 3}")))
    assert [(finding.name, finding.amount_minor) for finding in checked.findings] == [
        ("trial balance does not balance", 7),
        ("control total differs", -3),
    ]
    assert checked.exit_code == 1
    assert f"rows differ by -3: stated {rows + 3:,}, found {rows:,}; outstanding principal held" in checked.as_text()


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("loans-2023-12-31", "loans-2029-12-31", "a source named in the plan is a file"),
        ('line = "loans_nc"', 'line = "loans_cn"', "did you mean loans_c or loans_nc"),
        ("base = 1.0", "bass = 1.0", "known scenarios"),
        ('run = "latest"', 'run = "runs/none"', "a run folder holds manifest.json"),
    ],
)
def test_what_cannot_be_used_is_raised(lender, old: str, new: str, words: str) -> None:
    with pytest.raises(UnusableInput, match=words):
        check(lender.plan(2023, (old, new)))


TIMED = """
import sys, time
from pathlib import Path
started = time.process_time()
from gaapbridge.checking import check
from gaapbridge.contracts.rejects import alike
checked = check(Path(sys.argv[1]))
checked.as_text()
rows = sum(file.rows for file in checked.files)
print(checked.exit_code, rows, time.process_time() - started, *sorted({"numba", "llvmlite"} & set(sys.modules)))
"""


@pytest.mark.campaign
def test_a_hundred_thousand_rows_take_seconds_and_no_kernel(tmp_path: Path) -> None:
    """Seconds of the processor: what else the machine has to do does not count."""
    plan = write_example(tmp_path, loans=12_000).plans[2022]
    done = subprocess.run([sys.executable, "-c", TIMED, str(plan)], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    exit_code, rows, seconds, *loaded = done.stdout.split()
    assert exit_code == "0" and int(rows) > 100_000 and loaded == []
    assert float(seconds) < 5

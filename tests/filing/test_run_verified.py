"""Verification of a run: clean as it was written, and one finding for every file or figure that was touched since."""

from __future__ import annotations

import csv
import errno
import hashlib
import json
import re
import shutil
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from gaapbridge.cli import app
from gaapbridge.period_close import close
from gaapbridge.report.told.cover import told_facts
from gaapbridge.run import Run
from gaapbridge.starter import Starter, write_starter
from gaapbridge.starter.plan_text import notes_in_order
from gaapbridge.statement.checks import Check
from gaapbridge.terms.errors import UnusableInput
from gaapbridge.verification import Verification, verify
from tests.manifests import rewrite

RATES = {"statutory_rate": "0.25", "vat_rate": "0.06"}


@pytest.fixture(scope="module")
def starter(tmp_path_factory: pytest.TempPathFactory) -> Starter:
    return write_starter(tmp_path_factory.mktemp("verified") / "lender")


@pytest.fixture(scope="module")
def run(starter: Starter) -> Run:
    return close(starter.plan)


@pytest.fixture
def folder(run: Run, tmp_path: Path) -> Path:
    """A copy of the run to tamper with."""
    return Path(shutil.copytree(run.folder, tmp_path / "run"))


def edited(path: Path, *changes: tuple[str, str, str, int]) -> None:
    """Amounts added to cells of a statement file: statement, row, cell, amount."""
    document = json.loads(path.read_text(encoding="utf-8"))
    for statement_id, row_id, cell, amount in changes:
        statement = next(one for one in document["statements"] if one["id"] == statement_id)
        row = next(one for one in statement["rows"] if one["id"] == row_id)
        cells = row if cell in ("us_gaap", "ifrs") else row["adj"]
        cells[cell] = cells.get(cell, 0) + amount
    path.write_text(json.dumps(document, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def found(outcome: Verification) -> list[tuple[str, str]]:
    return [(finding.check, finding.where) for finding in outcome.findings]


def failing(run: Run, rule: str) -> dict[str, Check]:
    return {check.id: check for check in run.listed.checks if check.check == rule and not check.holds}


@pytest.mark.parametrize("name", ["", "statement.json", "statement.csv"])
def test_a_clean_run_gives_no_finding(name: str, run: Run) -> None:
    """Its lines at the opening hold costs paid, without value-added tax: as document and as table, R7 leaves them alone."""
    outcome = verify(run.folder / name, **RATES)
    assert not outcome.findings
    assert ("bs-2022", "eir") in {(left.statement, left.column) for left in outcome.not_checked if left.check == "R7"}
    assert {"R12", "R15"} <= {check.check for check in outcome.checks} or name


def test_the_lines_of_the_opening_hold_costs(run: Run) -> None:
    """27.30 less and 25.92 more on loans, and yet 2.52 of tax: it is the tax on fees of 44.57 alone, not 6/106 of 1.38."""
    exact = json.loads((run.folder / "exact.json").read_text(encoding="utf-8"))
    opening = next(one for one in exact["statements"] if one["id"] == "bs-2022")
    effects = {row["id"]: row["adj"].get("eir", 0) for row in opening["rows"]}
    assert (effects["loans_c"], effects["loans_nc"], effects["otp"]) == (-2_730, 2_592, -252)
    assert [column["id"] for column in exact["columns"] if not column.get("vat_in_lines", True)] == ["ecl", "eir", "fg"]


def test_a_lender_without_costs_has_the_tax_in_its_lines(starter: Starter, tmp_path: Path) -> None:
    shutil.copytree(starter.folder, tmp_path / "lender", ignore=shutil.ignore_patterns("runs"))
    for tape in (tmp_path / "lender/tapes").glob("loans-*.csv"):
        tape.write_text(tape.read_text(encoding="utf-8").replace(",720000,", ",0,"), encoding="utf-8")
    plan = tmp_path / "lender/plan.toml"
    head, ledger, tail = plan.read_text(encoding="utf-8").partition("[trial_balance]")
    plan.write_text(head + tail[tail.index("[thresholds]") :], encoding="utf-8")
    assert ledger
    again = close(plan)
    columns = json.loads((again.folder / "statement.json").read_text(encoding="utf-8"))["columns"]
    assert [column["id"] for column in columns if not column.get("vat_in_lines", True)] == ["ecl", "fg"]
    outcome = verify(again.folder, **RATES)
    assert [check.statement for check in outcome.checks if (check.check, check.column) == ("R7", "eir")]
    assert not outcome.findings


def test_compensating_cells_are_seen(folder: Path) -> None:
    """Two units moved between two cells, totals kept: nothing fails to add up, and the file is not the one that was written."""
    edited(folder / "statement.json", ("bs-2023", "loans_c", "us_gaap", 2), ("bs-2023", "loans_c", "ifrs", 2))
    edited(folder / "statement.json", ("bs-2023", "loans_nc", "us_gaap", -2), ("bs-2023", "loans_nc", "ifrs", -2))
    outcome = verify(folder, **RATES)
    assert found(outcome)[0] == ("R15", "statement.json")
    assert {check for check, _ in found(outcome)} == {"R15", "R12"}
    assert {where for check, where in found(outcome) if check == "R12"} <= {
        f"bs-2023/{row}/{cell}" for row in ("loans_c", "loans_nc") for cell in ("us_gaap", "ifrs")
    }
    first = outcome.findings[0]
    assert "SHA-256" in first.why and "restore" in first.remedy
    held = {check.row: check.holds for check in outcome.checks if check.check == "R15"}
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    assert set(held) == {*manifest["artefacts_sha256"], "manifest.json"}
    assert [name for name, holds in held.items() if not holds] == ["statement.json"]


def test_a_file_that_the_manifest_does_not_list_is_named(folder: Path) -> None:
    """What a system leaves beside the artefacts does not matter, unless it would be read as one."""
    (folder / ".DS_Store").write_text("")
    (folder / "remarks.txt").write_text("seen")
    (folder / "measurements" / "loans" / ".part-00001.parquet").write_text("")
    (folder / "samples" / "more").symlink_to(folder)
    outcome = verify(folder)
    assert found(outcome) == [
        ("R15", "measurements/loans/.part-00001.parquet"), ("R15", "remarks.txt"), ("R15", "samples/more"),
    ]  # fmt: skip
    assert {finding.name for finding in outcome.findings} == {"file in the run that its manifest does not list"}


@pytest.mark.parametrize("name", ["measurements/loans/part-00001.parquet", "samples/loans/more.parquet"])
def test_nothing_is_read_that_the_manifest_does_not_list(name: str, folder: Path) -> None:
    (folder / "remarks.txt").write_text("seen")
    assert Run(folder).unchanged() == Run(folder)
    shutil.copy(folder / "measurements/loans/part-00000.parquet", folder / name)
    with pytest.raises(UnusableInput, match=f"{name} .*; this one is not in its manifest"):
        Run(folder).unchanged()


def test_a_run_without_its_hashes_is_refused(folder: Path) -> None:
    """All of them, or that of one file that is read."""
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    del manifest["artefacts_sha256"]["journals.csv"]
    rewrite(folder, manifest)
    with pytest.raises(UnusableInput, match=r"journals\.csv .*; this one is not in its manifest"):
        Run(folder).unchanged()
    assert found(verify(folder)) == [("R15", "journals.csv")]
    rewrite(folder, {**manifest, "artefacts_sha256": {}})
    with pytest.raises(UnusableInput, match="a manifest states"):
        Run(folder)


@pytest.mark.parametrize("stated", ["minor_digits = 99999999", "minor_digits = -1", "minor_digits = 2.0"])
def test_a_unit_beyond_all_units_is_not_worked_out(stated: str, folder: Path) -> None:
    plan = folder / "plan.toml"
    plan.write_text(re.sub(r"(?m)^minor_digits = .*$", stated, plan.read_text(encoding="utf-8")), encoding="utf-8")
    (left,) = [one for one in verify(folder).not_checked if one.row == "exact.json"]
    assert "minor_digits from 0 to 4" in left.why


def test_every_touched_or_missing_artefact_is_a_finding(folder: Path) -> None:
    (folder / "notes.txt").unlink()
    with (folder / "journals.csv").open("a", encoding="utf-8") as stream:
        stream.write("\n")
    outcome = verify(folder)
    assert found(outcome) == [("R15", "journals.csv"), ("R15", "notes.txt")]
    assert [finding.name for finding in outcome.findings] == [
        "artefact changed since the run", "artefact missing from the run",
    ]  # fmt: skip
    result = CliRunner().invoke(app, ["verify", str(folder)])
    assert result.exit_code == 1
    assert "R15 notes.txt: +1 file  artefact missing from the run" in result.stdout


def test_a_manifest_that_says_something_else_is_found_by_its_seal(folder: Path) -> None:
    """An account on another line, an entity renamed: whatever reads the run refuses it, and verify names the manifest."""
    path = folder / "manifest.json"
    sealed = path.read_bytes()
    assert (folder / "manifest.sha256").read_text() == f"{hashlib.sha256(sealed).hexdigest()}  manifest.json\n"
    for bit in range(0, len(sealed) * 8, len(sealed) * 8 // 40):
        flipped = bytearray(sealed)
        flipped[bit // 8] ^= 1 << bit % 8
        path.write_bytes(flipped)
        with pytest.raises(UnusableInput):
            Run(folder)
    path.write_bytes(sealed.replace(b'"line": "loans_nc"', b'"line": "loans_c"'))
    with pytest.raises(UnusableInput, match=r"as its run sealed it by manifest\.sha256; one of them is changed"):
        Run(folder)
    outcome = verify(folder)
    assert found(outcome) == [("R15", "manifest.json")]
    assert "does not have the SHA-256 stated in manifest.sha256" in outcome.findings[0].why
    path.write_bytes(sealed)
    (folder / "manifest.sha256").unlink()
    assert found(verify(folder)) == [("R15", "manifest.sha256")]
    with pytest.raises(UnusableInput, match="; that is missing"):
        Run(folder)


def test_a_manifest_sealed_again_is_told_by_its_hash_elsewhere(run: Run, folder: Path) -> None:
    """A seal is no signature: who writes both is found by the cover of the report, or by the run that opened with it."""
    assert f"manifest.json: {run.manifest_sha256}" in verify(folder).as_text()
    assert dict(told_facts(run))["Hash of its manifest"] == run.manifest_sha256 == verify(folder).manifest_sha256
    opened = {"prior_run": "../prior", "prior_run_sha256": run.manifest_sha256}
    rewrite(folder, json.loads((folder / "manifest.json").read_text(encoding="utf-8")) | opened)
    assert [left.why for left in verify(folder).not_checked if left.check == "R15"] == [
        "the run that this one opened with has gone"
    ]
    prior = Path(shutil.copytree(run.folder, folder.with_name("prior")))
    assert not verify(folder).findings
    rewrite(prior, json.loads((prior / "manifest.json").read_text(encoding="utf-8")) | {"status": "filed"})
    assert not verify(prior).findings and verify(prior).manifest_sha256 != run.manifest_sha256
    assert found(verify(folder)) == [("R15", "../prior/manifest.json")]


def test_a_run_of_before_has_no_seal_and_says_so(folder: Path) -> None:
    rewrite(folder, json.loads((folder / "manifest.json").read_text(encoding="utf-8")) | {"format": 2})
    (folder / "manifest.sha256").unlink()
    outcome = verify(folder)
    assert not outcome.findings and Run(folder).unchanged()
    assert [left.row for left in outcome.not_checked if left.check == "R15"] == ["manifest.json"]


def test_without_a_manifest_or_exact_amounts_it_says_so(folder: Path) -> None:
    (folder / "manifest.json").unlink()
    (folder / "exact.json").write_text("{", encoding="utf-8")
    outcome = verify(folder, **RATES)
    assert found(outcome) == [("R15", "manifest.json")], "its seal says that there was one"
    (folder / "manifest.sha256").unlink()
    outcome = verify(folder, **RATES)
    assert not outcome.findings
    assert [(left.check, left.row) for left in outcome.not_checked[:2]] == [("R15", "manifest.json"), ("R12", "exact.json")]


@pytest.mark.parametrize("content", ["[]", "{}", '{"artefacts_sha256": {}}', '{"artefacts_sha256": ["exact.json"]}'])
def test_a_manifest_that_vouches_for_nothing_is_not_passed_over(content: str, folder: Path) -> None:
    (folder / "manifest.json").write_text(content, encoding="utf-8")
    outcome = verify(folder, **RATES)
    assert [check.row for check in outcome.checks if check.check == "R15"] == ["manifest.json"]
    assert found(outcome) == [("R15", "manifest.json")], "its seal is of another"
    (left,) = [one for one in outcome.not_checked if one.check == "R15"]
    assert left.row == "manifest.json" and "(a manifest states accounts, artefacts_sha256, " in left.why
    assert "  R15 manifest.json: " in outcome.as_text()


def test_an_artefact_that_cannot_be_read_leaves_the_others_checked(
    run: Run, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = {check.row for check in verify(run.folder).checks if check.check == "R15"}
    opened = Path.open

    def refused(path: Path, *arguments: Any, **options: Any) -> Any:
        if path.name == "notes.txt":
            raise PermissionError(errno.EACCES, "Permission denied", str(path))
        return opened(path, *arguments, **options)

    monkeypatch.setattr(Path, "open", refused)
    outcome = verify(folder)
    assert {check.row for check in outcome.checks if check.check == "R15"} == whole - {"notes.txt"}
    assert "exact" in {check.part for check in outcome.checks if check.check == "R12"}
    (left,) = [one for one in outcome.not_checked if one.check == "R15"]
    assert (left.row, left.why) == ("notes.txt", "the artefact cannot be read (Permission denied)")


@pytest.mark.parametrize(
    ("stated", "why"),
    [
        ('presentation_unit = "x"', "presentation_unit is from 1 to 1,000,000,000, minor_digits from 0 to 4"),
        ("presentation_unit = 0", "presentation_unit is from 1 to 1,000,000,000, minor_digits from 0 to 4"),
        ("", "it states no presentation_unit"),
    ],
)
def test_a_unit_that_is_none_leaves_exact_amounts_unchecked(stated: str, why: str, folder: Path) -> None:
    plan = folder / "plan.toml"
    text, changed = re.subn(r"(?m)^presentation_unit = .*$", stated, plan.read_text(encoding="utf-8"))
    assert changed == 1
    plan.write_text(text, encoding="utf-8")
    outcome = verify(folder)
    (left,) = [one for one in outcome.not_checked if one.row == "exact.json"]
    assert left.check == "R12" and f"({why})" in left.why
    assert found(outcome) == [("R15", "plan.toml")]


@pytest.mark.parametrize(("amount", "holds"), [(99, True), (-99, True), (100, False), (-100, False)])
def test_a_printed_figure_is_less_than_a_unit_from_its_exact_amount(amount: int, holds: bool, folder: Path) -> None:
    """The unit holds 100 fen. An exact amount set beside its printed figure, and moved by less than a unit or by one."""
    exact, printed = (json.loads((folder / name).read_text(encoding="utf-8")) for name in ("exact.json", "statement.json"))
    exact["statements"][0]["rows"][0]["us_gaap"] = 100 * printed["statements"][0]["rows"][0]["us_gaap"] + amount
    (folder / "exact.json").write_text(json.dumps(exact), encoding="utf-8")
    row = exact["statements"][0]["rows"][0]["id"]
    seen = [f for f in verify(folder).findings if f.where == f"bs-2023/{row}/us_gaap"]
    assert [(f.check, f.difference, f.unit) for f in seen] == ([] if holds else [("R12", -amount, "minor units")])


def test_a_close_judges_deferred_tax_by_the_rates_of_its_plan(run: Run, folder: Path) -> None:
    """R6 by rate for each column with deferred tax at closing; nothing is left unchecked for want of an option."""
    rated = [check for check in run.listed.checks if check.id.startswith("R6/") and check.id.endswith("/rate")]
    taxed = [one.note.column for one in notes_in_order() if Decimal(one.note.example_tax_rate)]
    assert [check.id for check in rated] == [f"R6/bs-2023/{column}/rate" for column in taxed]
    assert taxed[:2] == ["ecl", "eir"]
    assert all(check.holds for check in rated)
    left: list[dict[str, Any]] = json.loads((folder / "not_checked.json").read_text(encoding="utf-8"))
    assert "--" not in "".join(one["why"] + one["remedy"] for one in left)


@pytest.mark.campaign
def test_one_rate_does_not_judge_tax_that_keeps_its_rates(starter: Starter, tmp_path: Path) -> None:
    shutil.copytree(starter.folder, tmp_path / "lender", ignore=shutil.ignore_patterns("runs"))
    plan = tmp_path / "lender/plan.toml"
    before, table, after = plan.read_text(encoding="utf-8").partition("[tax.expected_credit_loss]")
    plan.write_text(before + table + after.replace('"liability_method"', '"roll_forward"', 1), encoding="utf-8")
    again = close(plan)
    left = json.loads((again.folder / "not_checked.json").read_text(encoding="utf-8"))
    (judged,) = (one for one in left if one["check"] == "R6")
    assert (judged["statement"], judged["column"]) == ("bs-2023", "ecl")
    assert "roll_forward" in judged["why"] and "[tax.expected_credit_loss]" in judged["remedy"]
    assert "R6/bs-2023/ecl/rate" not in {check.id for check in again.listed.checks}


@pytest.mark.campaign
def test_an_account_that_copies_the_measurement_is_told_what_to_post(starter: Starter, tmp_path: Path) -> None:
    """Allowance and principal 40 fen off: one is copied, so it says what to post; the other has a ledger to compare with."""
    shutil.copytree(starter.folder, tmp_path / "lender", ignore=shutil.ignore_patterns("runs"))
    ledger = tmp_path / "lender/ledger/trial-balance-2023-12-31.csv"
    with ledger.open(encoding="utf-8", newline="") as file:
        rows = list(csv.reader(file))
    for row in rows:
        if row[0] in ("1311", "1301"):
            row[-2:] = [str(int(amount) - 40) if amount != "0" else "0" for amount in row[-2:]]
    with ledger.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows(rows)
    plan = tmp_path / "lender/plan.toml"
    plan.write_text(plan.read_text(encoding="utf-8").replace("\nrows = 3\n", "\nrows = 4\n"), encoding="utf-8")
    again = close(plan)
    assert {check.difference for check in failing(again, "R9").values()} == {40, -40}
    told = {finding.where: finding for finding in again.listed.findings if finding.check == "R9"}
    copied, own, rows = told["R9/bs-2023/1311"], told["R9/bs-2023/1301"], told["tapes.loans.closing/rows"]
    assert "account 1311 (" in copied.remedy and "credit 40 minor units" in copied.remedy
    assert "compare" not in copied.remedy
    assert "compare the ledger account with the sub-ledger" in own.remedy
    assert (rows.amount_minor, rows.unit) == (-1, "rows")
    text = again.as_text()
    assert "tapes.loans.closing/rows (-1 rows):" in text
    assert "R9/bs-2023/1311 (40 minor units):" in text
    assert json.loads((again.folder / "findings.json").read_text(encoding="utf-8"))[0]["unit"] in ("rows", "minor units")
    checked = CliRunner().invoke(app, ["check", str(plan)])
    assert "tapes.loans.closing/rows (-1 rows):" in checked.stdout

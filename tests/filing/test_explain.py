"""Explanations of a demonstration run: cells that add up, contracts side by side, unknown addresses."""

from __future__ import annotations

import csv
import hashlib
import json
import re
import shutil
from collections import defaultdict
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
import typer

from gaapbridge.cli import app
from gaapbridge.example import write_example
from gaapbridge.explanation import explain
from gaapbridge.form import Table, as_printed
from gaapbridge.period_close import close
from gaapbridge.reperform.grid import months_later
from gaapbridge.run import Run
from gaapbridge.starter.write import write_starter
from gaapbridge.statement.printing import print_statement
from gaapbridge.terms.errors import UnusableInput
from tests.manifests import rewrite


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Run:
    folder = tmp_path_factory.mktemp("explained")
    return close(write_example(folder, loans=400).plans[2022])


@pytest.fixture
def looked_through(run: Run, monkeypatch: pytest.MonkeyPatch) -> Run:
    """The run, looked through for changes once and not again for each of a thousand addresses."""
    run.unchanged()
    monkeypatch.setattr(Run, "unchanged", lambda self, hashing: self)
    return run


@pytest.fixture(scope="module")
def without_ledger(tmp_path_factory: pytest.TempPathFactory) -> Run:
    """The starter's lender closed without its trial balance."""
    plan = tmp_path_factory.mktemp("without") / "lender" / "plan.toml"
    write_starter(plan.parent)
    text = plan.read_text(encoding="utf-8")
    plan.write_text(re.sub(r"^\[trial_balance\]\n(?:.*\n)*?(?=\[)", "", text, flags=re.MULTILINE), encoding="utf-8")
    return close(plan)


def us_gaap_parts(folder: Path) -> dict[str, Table]:
    """What stands behind every US GAAP cell of a run that is not nil; the parts add up to its exact amount, or this fails."""
    found = {}
    for statement in json.loads((folder / "exact.json").read_text())["statements"]:
        for row in statement["rows"]:
            address = f"{statement['id']}/{row['id']}/us_gaap"
            explanation = explain(folder, address)
            (found[address],) = explanation.tables
            assert found[address].total == explanation.facts["exact_minor"] == row["us_gaap"], address
    return found


def test_every_cell_of_every_column_adds_up(looked_through: Run) -> None:
    """Journals and segments behind a line add to its exact amount; a sub-total's rows and unprinted part to its own."""
    exact = json.loads((looked_through.folder / "exact.json").read_text())
    opened = 0
    for statement in exact["statements"]:
        for row in statement["rows"]:
            for column in exact["columns"]:
                amount = row["adj"].get(column["id"], 0)
                explanation = explain(looked_through, f"{statement['id']}/{row['id']}/{column['id']}")
                assert explanation.facts["exact_minor"] == amount
                tables = {table.title: table for table in explanation.tables}
                if amount and row["role"] == "line":
                    assert sum(r[-1] for r in tables["Journals"].rows) == amount
                    assert sum(r[-1] for r in tables["Segments"].rows) == amount
                    opened += 1
                if "Adds up from" in tables:
                    assert sum(r[-1] for r in tables["Adds up from"].rows) == amount
    assert opened > 10


def test_us_gaap_opens_to_ledger_accounts_and_ifrs_to_the_row(run: Run) -> None:
    parts = us_gaap_parts(run.folder)
    assert "Ledger" in parts["bs-2022/loans_c/us_gaap"].title and len(parts) > 50
    (profit,) = [row for row in parts["bs-2022/re/us_gaap"].rows if row[1] == "profit of the period"]
    assert profit[0] == "is-2022/ni/us_gaap" and profit[2] == explain(run, profit[0]).facts["exact_minor"] != 0
    across = explain(run, "bs-2022/loans_c/ifrs")
    assert sum(row[-1] for row in across.tables[0].rows) == across.facts["exact_minor"]


@pytest.mark.campaign
def test_without_a_trial_balance_the_balancing_figure_is_named(without_ledger: Run) -> None:
    """It is a row of equity, which therefore adds up in print; the statements say what their US GAAP column is not."""
    folder = without_ledger.folder
    parts = us_gaap_parts(folder)
    (balancing,) = parts["bs-2023/balancing/us_gaap"].rows
    assert balancing[0] == "sub-ledger only" and "balances" in balancing[1] and balancing[2] != 0
    assert [row for rows in parts.values() for row in rows.rows if row[0] == "sub-ledger only"][1:] == [
        parts["bs-2022/balancing/us_gaap"].rows[0]
    ]
    sheet = json.loads((folder / "statement.json").read_text())["statements"][0]
    shown_rows = {row["id"]: row["us_gaap"] for row in sheet["rows"]}
    assert shown_rows["apic"] + shown_rows["re"] + shown_rows["balancing"] == shown_rows["eq_parent"]
    text = (folder / "statement.txt").read_text()
    assert len(re.findall(r"^(?:As of|For the year).*\nNo trial balance: .* this is not the lender's", text, re.MULTILINE)) == 3
    assert "\nBalancing figure, held by no sub-ledger " in text
    assert "Balancing figure, held by no sub-ledger" in (folder / "statement.csv").read_text()


def test_with_a_trial_balance_nothing_balances(run: Run) -> None:
    document = json.loads((run.folder / "statement.json").read_text())
    assert "No trial balance" not in print_statement(run.document)
    assert {row["id"] for statement in document["statements"] for row in statement["rows"]} >= {"re", "ni"}
    assert "balancing" not in {row["id"] for statement in document["statements"] for row in statement["rows"]}


def test_lists_end_in_their_total_and_deferred_tax_is_named(run: Run) -> None:
    explanation = explain(run, "bs-2022/re/ecl")
    printed = as_printed(explanation.facts["exact_minor"])
    assert [line.split()[-1] for line in explanation.as_text().split("\n") if line.startswith("  Total ")] == [printed] * 2
    segments = dict(next(table for table in explanation.tables if table.title == "Segments").rows)
    assets, liabilities = (explain(run, f"bs-2022/{row}/ecl").facts["exact_minor"] for row in ("dta", "dtl"))
    tax = assets - liabilities
    assert segments["deferred tax, all segments"] == tax != 0 and "all" not in segments


@pytest.mark.campaign
def test_nought_is_printed_where_it_is_a_number(run: Run) -> None:
    """Days past due of a contract that pays: 0. Stages as a re-performance has them, 0 where there is no contract."""
    contracts = next(t for t in explain(run, "bs-2022/loans_c/ecl").tables if t.title == "Largest contracts").rows
    texts = [explain(run, address).as_text() for address, _, _ in contracts]
    assert any(re.search(r"^  days past due +0 ", text, re.MULTILINE) for text in texts)
    stages = re.compile(r"^  stage at opening and closing +0 to [123]; 0 is not on book$", re.MULTILINE)
    assert any(map(stages.search, texts))
    told = [line for text in texts for line in text.splitlines() if not line.startswith("Input row")]  # a file may be of 2022.
    assert [line for line in told if re.search(r"(?<![\d.,])\d{4,}\.", line)] == [], "thousands are separated"


def made_for_programs(run: Run, address: str) -> str:
    """An explanation with its months as ``--format json`` prints it."""
    return json.dumps(explain(run, address, months=True).as_dict())


@pytest.mark.campaign
def test_the_months_behind_an_allowance_add_up_to_it(run: Run) -> None:
    """Each month is weight x survival x hazard x (LGD x principal + loss of interest x interest + deferral) x discount factor,
    and nil where the scenarios of the month together are below nil; a contract in default has month nil alone."""
    contracts = next(t for t in explain(run, "bs-2022/loans_c/ecl").tables if t.title == "Largest contracts").rows
    opened = 0
    for address, _, _ in contracts:
        tables = {table.title: table for table in explain(run, address, months=True).tables}
        for title, table in tables.items():
            if title.startswith("Months"):
                together: defaultdict[int, Decimal] = defaultdict(Decimal)
                for month, _, missed, weight, survival, hazard, *owed, factor, weighted, _ in table.rows:
                    lost, principal, of_interest, interest, deferral, _ = owed
                    made = weight * survival * hazard * (lost * principal + of_interest * interest + deferral) * factor
                    assert abs(made - weighted) < Decimal("1e-9")
                    together[month] += weighted
                    if month:
                        assert missed < months_later(date(2022, 12, 31), month), "a default began before it is recognised"
                    else:
                        assert missed is None and survival == hazard == factor == 1, "a contract in default is certain to be"
                assert all(loss == (weighted if together[month] > 0 else 0) for month, *_, weighted, loss in table.rows)
                steps = {row[0]: row[1] for row in tables[title.replace("Months", "Steps")].rows}
                is_in_default = table.rows[0][0] == 0  # whose claim and deferred amounts are rounded before they are added
                assert abs(table.total - steps["loss allowance"]) <= (Decimal("0.5") if is_in_default else Decimal("1e-9"))
                opened += 1
                (told,) = [one for one in json.loads(made_for_programs(run, address))["tables"] if one["title"] == title]
                assert abs(Decimal(told["total"]) - table.total) < Decimal("1e-9")
    assert opened
    hinted = [explain(run, address) for address, _, _ in contracts]
    assert {one.facts.get("loss allowance month by month") for one in hinted} <= {"with --months", None}
    assert not any(table.title.startswith("Months") for one in hinted for table in one.tables)


def test_a_contract_shows_both_frameworks_and_agrees(run: Run) -> None:
    with (run.folder / "journals.csv").open(newline="") as stream:
        assert next(csv.DictReader(stream))
    largest = next(t for t in explain(run, "bs-2022/loans_nc/ecl").tables if t.title == "Largest contracts")
    explanation = explain(run, largest.rows[0][0])
    assert explanation.facts["independent calculation"] == "agrees"
    text = explanation.as_text()
    for paragraph in ("310-20-35-26", "326-20-30-6", "B5.4.4", "B5.5.44"):
        assert paragraph in text
    assert json.dumps(explanation.as_dict())


@pytest.mark.parametrize("address", ["bs-2022/loan_nc/ecl", "loan/L00000000X", "nonsense"])
def test_an_unknown_address_names_the_nearest(run: Run, address: str) -> None:
    with pytest.raises(UnusableInput) as refused:
        explain(run, address)
    assert "nearest" in str(refused.value)


def test_every_tie_out_opens_by_its_address_and_names_cells_that_open(looked_through: Run) -> None:
    told = {check.check: explain(looked_through, check.id) for check in looked_through.listed.checks}
    assert {"R9", "R10", "R16", "R17", "R19"} <= set(told)
    for rule, explained in told.items():
        facts = explained.as_dict()
        amounts = [value for name, value in facts.items() if name.startswith(("expected (", "found ("))]
        assert facts["rule"] == rule and len(amounts) == 2 and amounts[1] - amounts[0] == facts["difference"]
        opened = [table for table in explained.tables if table.title.startswith("Open")]
        for address in (row[0] for table in opened for row in table.rows):
            assert explain(looked_through, str(address)).tables, address


def test_a_sum_that_is_tied_out_is_told_row_by_row(looked_through: Run) -> None:
    """R3 of US GAAP: liabilities and equity, each with its address; across a row and down a sub-total alike."""
    held = {check.id: check for check in looked_through.listed.checks}
    for beneath, document in (("", looked_through.exact), ("printed/", looked_through.document)):
        address = f"{beneath}R3/bs-2022/us_gaap"
        (added,) = [one for one in explain(looked_through, address).tables if one.title == "Added up again"]
        assert [row[0] for row in added.rows] == ["bs-2022/tl/us_gaap", "bs-2022/eq/us_gaap"]
        assert [row[-1] for row in added.rows] == [document.cells[str(row[0])][0] for row in added.rows]
        assert added.total == held[address].expected
    for rule in ("R1", "R2", "R3"):
        for check in (one for one in held.values() if one.check == rule and one.expected):
            (added,) = [one for one in explain(looked_through, check.id).tables if one.title == "Added up again"]
            assert added.total == check.expected, check.id
    ledger = next(name for name, check in held.items() if check.check == "R9")
    assert not [one for one in explain(looked_through, ledger).tables if one.title == "Added up again"]


def test_a_finding_opens_by_its_address(tmp_path: Path) -> None:
    """One account of the ledger is put 662 away from the contracts, another the other way."""
    write_starter(tmp_path / "lender")
    ledger = tmp_path / "lender/ledger/trial-balance-2023-12-31.csv"
    rows = list(csv.DictReader(ledger.read_text(encoding="utf-8").splitlines()))
    for account, more in (("1301", -662), ("1001", 662)):
        (row,) = [one for one in rows if one["account"] == account]
        row["debit_minor"] = str(int(row["debit_minor"]) + more)
    with ledger.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    changed = close(tmp_path / "lender/plan.toml")
    (finding,) = [one for one in changed.listed.findings if one.where == "R9/bs-2023/1301"]
    explained = explain(changed, finding.where)
    assert explained.facts["difference"] == -662 and explained.facts["holds"] == "NO"
    assert explained.tables[0].rows == ((finding.name, finding.why, finding.remedy),)


def test_the_run_is_verified_by_verify(run: Run) -> None:
    from gaapbridge.verification import verify

    outcome = verify(run.folder / "statement.json", statutory_rate="0.25")
    assert outcome.findings == ()
    assert len(outcome.checks) > 100


def test_totals_carry_their_hash(run: Run) -> None:
    totals = json.loads((run.folder / "totals.json").read_text())
    assert len(totals["sha256"]) == 64 and totals["posted"]
    manifest = json.loads((run.folder / "manifest.json").read_text())
    assert set(manifest["artefacts_sha256"]) >= {"statement.json", "journals.csv", "totals.json", "plan.toml"}
    assert Path(run.folder / "measurements" / "loans" / "part-00000.parquet").is_file()


@pytest.mark.parametrize("name", ["journals.csv", "exact.json", "ledger.json", "measurements/loans/part-00000.parquet"])
def test_nothing_is_explained_from_a_changed_run(run: Run, tmp_path: Path, name: str) -> None:
    """Nor from one of which a file is gone; what a system leaves beside the artefacts does not matter."""
    copy = tmp_path / "v1"
    shutil.copytree(run.folder, copy)
    (copy / "measurements" / ".DS_Store").write_text("")
    assert explain(copy, "bs-2022/loans_c/ecl").tables
    with (copy / name).open("ab") as artefact:
        artefact.write(b" ")
    with pytest.raises(UnusableInput, match="this one is changed"):
        explain(copy, "bs-2022/loans_c/ecl")
    (copy / name).unlink()
    with pytest.raises(UnusableInput, match="this one is missing"):
        explain(copy, "bs-2022/loans_c/ecl")


def vouched(folder: Path, name: str, content: object, **said: str) -> Path:
    """A run with an artefact of another content, for which its manifest vouches; ``said`` is put into the manifest."""
    (folder / name).write_text(json.dumps(content), encoding="utf-8")
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    manifest["artefacts_sha256"][name] = hashlib.sha256((folder / name).read_bytes()).hexdigest()
    rewrite(folder, manifest | said)
    return folder


def test_a_comparative_whose_prior_run_is_gone_says_so(run: Run, tmp_path: Path) -> None:
    """Only what is printed is said to be of the prior run; an address that nothing prints stays unknown."""
    copy = Path(shutil.copytree(run.folder, tmp_path / "2023" / "v1"))
    exact = json.loads((copy / "exact.json").read_text(encoding="utf-8"))
    exact["statements"] = [one for one in exact["statements"] if one["id"] != "is-2022"]
    exact["rollforward"] = [one for one in exact["rollforward"] if one["flow"] != "is-2022"]
    vouched(copy, "exact.json", exact, prior_run="../../2022/v1")
    with pytest.raises(UnusableInput, match="printed from the prior run") as refused:
        explain(copy, "is-2022/ni/ecl")
    assert f"{tmp_path / '2022' / 'v1'}, which is not there" in refused.value.rule
    assert (refused.value.value, refused.value.remedy) == ("is-2022/ni/ecl", "restore it")
    with pytest.raises(UnusableInput, match="no such cell"):
        explain(copy, "is-2021/ni/ecl")
    shutil.copytree(run.folder, tmp_path / "2022" / "v1")
    assert explain(copy, "is-2022/ni/ecl").facts["run"] == str(tmp_path / "2022" / "v1")


@pytest.mark.campaign
def test_a_row_that_is_not_printed_is_explained_all_the_same(without_ledger: Run, tmp_path: Path) -> None:
    copy = Path(shutil.copytree(without_ledger.folder, tmp_path / "v1"))
    printed = json.loads((copy / "statement.json").read_text(encoding="utf-8"))
    for statement in printed["statements"]:
        statement["rows"] = [row for row in statement["rows"] if row["id"] != "balancing"]
        for row in statement["rows"]:
            row["of"] = [[sign, child] for sign, child in row.get("of", []) if child != "balancing"]
    vouched(copy, "statement.json", printed)
    explanation = explain(copy, "bs-2022/balancing/us_gaap")
    assert explanation.facts["printed"] == "not printed"
    assert explanation.facts["exact_minor"] == explanation.tables[0].total != 0
    assert "not printed" in explanation.as_text()


def test_the_help_says_of_what_there_are_months() -> None:
    command = typer.main.get_command(app).commands["explain"]  # type: ignore[attr-defined]
    (months,) = [option for option in command.params if option.name == "months"]
    assert "of a contract with a loss allowance" in months.help

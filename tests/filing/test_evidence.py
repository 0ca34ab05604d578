"""R18: every check says what it proves, honestly; the counts that are printed are those of the checks."""

from __future__ import annotations

import json
import re
import shutil
from collections import Counter, defaultdict
from collections.abc import Mapping
from pathlib import Path

import pytest
from typer.testing import CliRunner

from gaapbridge.cli import app
from gaapbridge.comparison import compare
from gaapbridge.period_close import close
from gaapbridge.report.told.tie_outs import RULES
from gaapbridge.run import Run
from gaapbridge.starter import Starter, write_starter
from gaapbridge.statement.checks import WORDS, Check
from gaapbridge.statement.evidence import STATED, counted
from gaapbridge.verification import verify
from tests.published import published

LINE = re.compile(
    r"^Checks: ([\d,]+) hold, ([\d,]+) fail: ([\d,]+) independent, ([\d,]+) recomputed, ([\d,]+) same source, "
    r"([\d,]+) by construction, ([\d,]+) nil\. Findings: none\. Rejected rows: 0\.$",
    re.MULTILINE,
)


@pytest.fixture(scope="module")
def starter(tmp_path_factory: pytest.TempPathFactory) -> Starter:
    return write_starter(tmp_path_factory.mktemp("evidence") / "lender")


@pytest.fixture(scope="module")
def run(starter: Starter) -> Run:
    return close(starter.plan)


def by_id(run: Run) -> Mapping[str, Check]:
    return {check.id: check for check in run.listed.checks}


def test_the_line_has_the_five_counts_of_the_checks_and_no_total_alone(run: Run) -> None:
    found = LINE.search(run.as_text())
    assert found
    held, failed, *kinds = (int(number.replace(",", "")) for number in found.groups())
    assert (held, failed) == (len(run.listed.checks), 0)
    assert kinds == [Counter(check.evidence for check in run.listed.checks)[kind] for kind in STATED] and all(kinds)
    assert run.as_dict()["evidence"] == dict(zip(STATED, kinds, strict=True))


def test_the_artefact_has_what_each_check_proves(run: Run) -> None:
    written = json.loads((run.folder / "checks.json").read_text(encoding="utf-8"))
    assert {one["evidence"] for one in written} == set(STATED)
    assert [one["evidence"] for one in written] == [check.evidence for check in run.listed.checks]


def test_each_rule_proves_what_the_page_says(run: Run, root: Path) -> None:
    page = (root / "docs/reference/checks.md").read_text(encoding="utf-8")
    told, found = defaultdict[str, set[str]](set), defaultdict[str, set[str]](set)
    for rules, evidence in re.findall(r"(?m)^\| ([^|`]*R\d[^|`]*) \|[^|]*\| ([^|]*) \|$", page):
        for rule in re.findall(r"R\d+", rules):
            told[rule] |= set(re.findall(r"`([^`]+)`", evidence))
    assert told.pop("R14") == {"recomputed"}, "of a close beside its parts: tests/simulation/test_against_its_parts.py"
    for check in run.listed.checks:
        if check.evidence != "nil = nil" and not check.id.startswith("printed/"):
            found[check.check].add(check.evidence)
    assert found == told
    printed = {check.evidence for check in run.listed.checks if check.id.startswith("printed/")}
    assert printed == {"by construction", "nil = nil"}


def test_each_rule_has_its_words_and_its_tick_mark(run: Run) -> None:
    """Without words a check that fails cannot be told, and without a mark a report would say that it was recomputed."""
    rules = {check.check for check in run.listed.checks}
    assert rules <= {found[0] for words in WORDS if (found := re.match(r"R\d+", words))}
    assert rules <= set(RULES)


def test_nil_is_said_where_nothing_stands_behind_either_side(run: Run) -> None:
    checks = by_id(run)
    rows = {(one.id, row.id): row for one in run.exact.statements for row in one.rows}
    for check in run.listed.checks:
        if check.evidence == "nil = nil":
            assert check.expected == check.actual == 0, check.id
    for (statement, name), row in rows.items():
        nothing = row.us_gaap == row.ifrs == 0 and not any(row.adjustments.values())
        assert (checks[f"R1/{statement}/{name}"].evidence == "nil = nil") is nothing
    for account in (check.row or "" for check in run.listed.checks if check.check == "R9"):
        nothing = run.ledgers["bs-2023"].get(account, 0) == checks[f"R9/bs-2023/{account}"].expected == 0
        assert (checks[f"R9/bs-2023/{account}"].evidence == "nil = nil") is nothing


def test_a_difference_of_nil_between_amounts_is_no_nil_check(run: Run) -> None:
    """Principal of 17,174,662 is the same under both frameworks: that nothing is posted to it has been found out."""
    check = by_id(run)["R10/bs-2023/1301"]
    assert (check.expected, check.actual, check.evidence) == (0, 0, "recomputed")


@pytest.mark.campaign
def test_an_account_that_the_ledger_copies_is_no_independent_one(starter: Starter, run: Run, tmp_path: Path) -> None:
    folder = Path(shutil.copytree(starter.folder, tmp_path / "copied"))
    plan = folder / "plan.toml"
    text = plan.read_text(encoding="utf-8")
    plan.write_text(text.replace("same_source = [", 'same_source = ["principal_current", '), encoding="utf-8")
    copied = by_id(close(plan))
    changed = {name for name, check in by_id(run).items() if copied[name].evidence != check.evidence}
    assert changed == {"R9/bs-2022/1301", "R9/bs-2023/1301"}
    assert {(by_id(run)[name].evidence, copied[name].evidence) for name in changed} == {("independent", "same source")}


@pytest.mark.campaign
def test_a_column_of_sub_ledgers_balances_by_construction(starter: Starter, run: Run, tmp_path: Path) -> None:
    folder = Path(shutil.copytree(starter.folder, tmp_path / "without"))
    plan = folder / "plan.toml"
    text = re.sub(r"(?ms)^\[trial_balance\]\n.*?(?=^\[thresholds\])", "", plan.read_text(encoding="utf-8"))
    plan.write_text(text, encoding="utf-8")
    without = close(plan)
    assert by_id(run)["R3/bs-2023/us_gaap"].evidence == "recomputed"
    assert by_id(without)["R3/bs-2023/us_gaap"].evidence == "by construction"
    independent = {check.check for check in without.listed.checks if check.evidence == "independent"}
    assert independent == {"R16", "R17"} and not any(check.evidence == "same source" for check in without.listed.checks)


def test_a_check_that_fails_is_counted_with_what_it_would_prove(starter: Starter, tmp_path: Path) -> None:
    folder = Path(shutil.copytree(starter.folder, tmp_path / "failing"))
    ledger = folder / "ledger" / "trial-balance-2023-12-31.csv"
    text = ledger.read_text(encoding="utf-8").replace("17174662,0", "17174663,0")
    ledger.write_text(re.sub(r"(?m)^(1001,[^,]*),(\d+),0", lambda m: f"{m[1]},{int(m[2]) - 1},0", text), encoding="utf-8")
    failing = close(folder / "plan.toml")
    assert [check.id for check in failing.listed.checks if not check.holds] == ["R9/bs-2023/1301"]
    assert f"Checks: {len(failing.listed.checks) - 1:,} hold, 1 fail: " in failing.as_text()
    assert sum(failing.as_dict()["evidence"].values()) == len(failing.listed.checks)


def test_a_filing_re_adds_itself_and_is_held_against_the_filing_before() -> None:
    alone, beside = verify(published("qifu-2023")), verify(published("qifu-2023"), opening=published("qifu-2021"))
    assert {check.evidence for check in alone.checks} == {"recomputed", "nil = nil"}
    independent = {check.id for check in beside.checks if check.evidence == "independent"}
    rolled = {check.id for check in beside.checks if check.check in ("R4", "R5") or check.part == "movement"}
    assert independent == {name for name in rolled if "/bs-2022/" in name} and independent
    assert f"they prove: {len(independent)} independent" in beside.as_text()


def test_a_run_that_is_verified_proves_by_construction_what_it_added_up(run: Run) -> None:
    found = {check.evidence for check in verify(run.folder).checks if check.check in ("R1", "R2", "R4", "R12", "R13")}
    assert found == {"by construction", "nil = nil"}
    assert {check.evidence for check in verify(run.folder).checks if check.check == "R15"} == {"recomputed"}


def test_a_comparison_counts_both_runs_in_the_same_words(run: Run) -> None:
    comparison = compare(run, run)
    for name in ("old", "new"):
        assert f"  checks   {name}: {counted(run.listed.checks)}" in comparison.as_text().splitlines()
        assert comparison.as_dict()["checks"][name]["evidence"] == run.as_dict()["evidence"]


@pytest.mark.campaign
def test_the_command_line_prints_and_gives_the_same(starter: Starter) -> None:
    text = CliRunner().invoke(app, ["close", str(starter.plan)]).stdout
    given = json.loads(CliRunner().invoke(app, ["close", str(starter.plan), "--format", "json"]).stdout)
    found = LINE.search(text)
    assert found and [int(number) for number in found.groups()[2:]] == list(given["evidence"].values())

"""A run and a plan of the format before: kept beside this test, read by every command, and opened with by the next period."""

from __future__ import annotations

import html
import json
import re
import shutil
import zipfile
from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest

from gaapbridge.comparison import compare
from gaapbridge.explanation import explain
from gaapbridge.period_close import close
from gaapbridge.reperform.run import MEASURED_OTHERWISE, reperform
from gaapbridge.report import write_report
from gaapbridge.report.exhibit.disclosure_pages import COMPARED_AT_OPENING
from gaapbridge.run import Run
from gaapbridge.run.journals import JournalLine
from gaapbridge.run.manifest import FORMAT
from gaapbridge.statement.document import Statement
from gaapbridge.terms.errors import UnusableInput
from gaapbridge.verification import verify
from tests.manifests import rewrite, write_manifest

KEPT = Path(__file__).with_name("run-of-format-1.zip")
"""A lender of one loan with its plan, its files and its run, as written before manifests and plans stated a format."""

NEXT = {
    "opening = 2022-12-31\nclosing = 2023-12-31": "opening = 2023-12-31\nclosing = 2024-12-31",
    "loans-2023.csv": "loans-2024.csv",
}

SIDE = 'side = "deferred_tax_assets"\n'
"""What every note of the kept plan says of its tax, and plans no longer do."""
GONE = 'transfers_between_notes            = "4105"  # equity that one note passes to another\n'
"""What the kept plan states and plans no longer do: no amount passes from one note to another."""

REMOVED = r"key: posting\.transfers_between_notes .* remedy: remove it"
UNDATED = "rates = [{ from = 2021-01-01,"
ENACTED = 'basis = "enacted"\nreverses = [1.0]\nrates = [{ enacted = 2007-03-16, from = 2021-01-01,'
"""The rates of tax of the kept plan, and what is asked of them now."""

REALISED = '[deferred_tax]\nvaluation_allowance = [{ valid_from = 2020-01-01, in_ledger_minor = 0, further_minor = "all" }]\n'
"""Which deferred tax assets are realised."""

LATE_INTEREST = '"guarantee_fees"]\ninterest_past_due_days = 90\n[tax.'
"""Until when interest past due is taxed, where the kept plan goes on to its tax."""

TAXED = ("interest_past_due_days", "side", "basis", "reverses", "rates", "valuation_allowance")

ESTIMATES = (
    "us_scenarios", "ifrs_scenarios", "sicr_pd_ratio", "sicr_pd_increase", "sicr_days_past_due", "low_credit_risk_pd_12m",
    "guarantee_discount_rate",
)  # fmt: skip
"""What plans of that day state without a date."""


def without(line: str) -> Callable[[str], str]:
    """What takes a line out of a plan."""
    return lambda plan: plan.replace(line, "")


def dated(plan: str) -> str:
    """The plan with the day from which its estimates are in force, as its refusals ask for it one after another."""

    def in_versions(stated: re.Match[str]) -> str:
        name, answer = stated.groups()
        answer = answer.strip("{ }") if "{" in answer else f"value = {answer}"
        return f"{name} = [{{ valid_from = 2022-12-31, {answer} }}]"

    return re.sub(rf"^({'|'.join(ESTIMATES)}) = (.*)$", in_versions, plan, flags=re.MULTILINE)


@pytest.fixture(scope="module")
def lender(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The lender's folder, with a tape a year later."""
    folder = tmp_path_factory.mktemp("kept")
    with zipfile.ZipFile(KEPT) as kept:
        kept.extractall(folder)
    _brought_up_to_date(folder / "lender")
    tape = (folder / "lender/loans-2023.csv").read_text(encoding="utf-8")
    (folder / "lender/loans-2024.csv").write_text(tape.replace("180000.00", "60000.00"), encoding="utf-8")
    return folder / "lender"


RECOGNISED_LATE = 20_109
"""By how much the columns of then took non-current loans down for defaults of months up to twelve, recognised later."""

FOUND = ["everybody pays at all times", "credit risk compared by curves alone"]
"""What today's closes say of the kept curves and tape."""

EXPOSED = ("nonaccrual_days_past_due = 90\n", "nonaccrual_days_past_due = 91\n")
"""When interest stops: the run of then exposed that of a default ahead, which today's closes do where default does not reverse
it."""

ANSWERED = {
    "us_reversion_reached": '"month_after"',
    "us_dcf_lost_interest": '"at_loss_given_default"',
    "default_timeline": '"none"',
    "hindsight_confidence": "0.99",
    "hindsight_overdispersion": "1",
    "stage_3_interest_from": '"day"',
    "ifrs_after_write_off": '"nil"',
}
"""Elections that the plan of then did not ask, answered as its run measured."""


def _brought_up_to_date(lender: Path) -> None:
    """What today's plan and curves must state besides, such that nothing is measured otherwise: nobody but who is current
    and pays prepays, of contracts that never cure."""
    plan, heading = lender / "plan.toml", "[elections.expected_credit_loss]\n"
    text = plan.read_text(encoding="utf-8")
    answers = "".join(f"{key} = {answer}\n" for key, answer in ANSWERED.items())
    text = text.replace(heading, heading + answers).replace("loans-hazard.csv", "loans-hazard-recognised.csv")
    text = text.replace(*EXPOSED)
    plan.write_text(text, encoding="utf-8")
    hazard = pl.read_csv(lender / "curves/loans-hazard.csv", infer_schema=False)
    hazard = hazard.with_columns(performing=pl.lit("1"), default_days=pl.lit("90"))
    cured = hazard.filter(pl.col("bucket") == "current").with_columns(bucket=pl.lit("probation"))
    pl.concat([hazard, cured]).write_csv(lender / "curves/loans-hazard-recognised.csv")


@pytest.fixture(scope="module")
def then(lender: Path) -> Run:
    """The run of the format before."""
    return Run(lender / "runs/example-lender/2023-12-31/v1")


@pytest.fixture(scope="module")
def again(then: Run, lender: Path) -> Run:
    """The same plan closed again by this code, without the key and the role that are gone, its estimates and tax dated."""
    plan = lender / "plan.toml"
    for refused, mended in (
        (r"loss\.side \| .* follows from the ledger.* \| remedy: remove the line", without(SIDE)),
        (r"loss\.basis \| .*stated \| remedy: add basis = ", lambda plan: plan.replace(UNDATED, ENACTED)),
        (r"remedy: add the table \[deferred_tax\] with valuation_allowance = ", lambda plan: f"{plan}\n{REALISED}"),
        (r"us_scenarios = \[\{ valid_from = 2023-12-31, base = 1.0 \}\]", dated),
        (
            r"remedy: add interest_past_due_days = 90 to \[vat\]",
            lambda plan: plan.replace('"guarantee_fees"]\n[tax.', LATE_INTEREST),
        ),
        (REMOVED, without(GONE)),
    ):
        with pytest.raises(UnusableInput, match=refused):
            close(plan)
        text = mended(plan.read_text(encoding="utf-8"))
        plan = lender / "mended.toml"
        plan.write_text(text, encoding="utf-8")
    return close(plan)


def test_a_manifest_without_a_number_is_of_the_first_format(then: Run, again: Run) -> None:
    assert (then.manifest.format, again.manifest.format) == (1, FORMAT)
    assert "format" not in json.loads((then.folder / "manifest.json").read_text(encoding="utf-8"))


def test_a_run_of_the_format_before_is_explained_and_verified(then: Run) -> None:
    assert "loan/A-1" in explain(then, "bs-2023/loans_c/ecl").as_text()
    outcome = verify(then.folder)
    assert not outcome.findings and "R15" in {check.check for check in outcome.checks}


def test_what_was_measured_without_a_timeline_is_calculated_once_it_is_closed_again(then: Run, again: Run) -> None:
    """The second calculator follows the specification of today: of a run of then it says so, and compares nothing."""
    explained = explain(then.folder, "loan/A-1")
    assert explained.facts["independent calculation"] == MEASURED_OTHERWISE
    assert [table.title for table in explained.tables] == ["Measured at the closing, minor units"]
    with pytest.raises(UnusableInput, match=r"add \w+ and close the plan again"):
        reperform(then)
    assert explain(again.folder, "loan/A-1").facts["independent calculation"] == "agrees"
    assert (reperform(again).population, reperform(again).disagreements) == (1, ())


def test_its_checks_do_not_say_what_they_prove(then: Run, again: Run) -> None:
    assert {check.evidence for check in then.listed.checks} == {"not stated"}
    assert f"0 nil, {len(then.listed.checks)} not stated. Findings" in then.as_text()
    assert "not stated" not in {check.evidence for check in again.listed.checks} and "not stated" not in again.as_text()


def test_its_frames_have_the_columns_of_today(then: Run, again: Run) -> None:
    for name in ("journals", "checks", "findings", "not_checked"):
        assert getattr(then, name).schema == getattr(again, name).schema
    assert set(then.checks["evidence"]) == {"not stated"} and then.journals.height == len(then.listed.journals) > 0
    assert then.statement["us_gaap_minor"].null_count() == 0 < then.statement.height
    assert "not stated" in then._repr_html_()


def test_its_plan_closes_again_to_the_same_figures(then: Run, again: Run) -> None:
    """But for the side of deferred tax, as there is no ledger and what the plan had as an asset below nil is a liability; and
    for the allowance of defaults that months 13 to 15 recognise, which is current like the principal that they lose."""
    comparison = compare(then, again)
    assert {change.key[-1] for change in comparison.changes.keys} == {
        *ANSWERED, *ESTIMATES, "hazard", *TAXED, "transfers_between_notes", "nonaccrual_days_past_due"
    }  # fmt: skip
    moved = {cell.address.split("/")[1]: cell.difference_minor for cell in comparison.moved if cell.address.endswith("/ecl")}
    assert moved["dta"] == moved["dtl"] == 4_065, "25 % of 16,261"
    assert moved["loans_c"] == -moved["loans_nc"] == RECOGNISED_LATE
    assert {"re", "eq", "otp"}.isdisjoint(moved)
    written = [set(run.manifest.artefacts_sha256) for run in (then, again)]
    assert written[0] <= written[1], "an artefact of the format before is no longer written"


def test_it_serves_as_prior_run(then: Run, again: Run, lender: Path) -> None:
    """The next period is the same, whether it opens with the run of the format before or with the one of today.

    The balance sheet of the former stands as it was printed, deferred tax on the side that its plan asked for and the allowance
    split as then; the year moves both to where they belong, against no equity.
    """
    text = (lender / "mended.toml").read_text(encoding="utf-8")
    for old, new in NEXT.items():
        assert old in text
        text = text.replace(old, new)
    opened = []
    for prior in (then, again):
        plan = lender / f"plan-2024-on-{prior.folder.name}.toml"
        source = f'source = "prior_run"\nrun = "{prior.folder.relative_to(lender).as_posix()}"'
        plan.write_text(text.replace('source = "none"', source), encoding="utf-8")
        run = close(plan)
        split = [finding for finding in run.listed.findings if finding.name == "opening basis difference"]
        assert [finding.amount_minor for finding in split] == ([0] if prior is then else [])
        assert [finding.name for finding in run.listed.findings if finding not in split] == FOUND
        assert run.prior_folder is not None and run.prior_folder.samefile(prior)
        assert any(line.kind == "brought_forward" for line in run.listed.journals)
        opened.append(run)
    assert opened[0].sources["tapes.loans.opening"].path == (lender / "loans-2023.csv").resolve()
    for name in ("brought_forward.csv", "movements.json"):
        assert (opened[0].folder / name).read_bytes() == (opened[1].folder / name).read_bytes()
    for of in (lambda run: run.document, lambda run: run.exact):
        before, after = (of(run).statements for run in opened)
        assert [one.id for one, other in zip(before, after, strict=True) if one != other] == ["bs-2023"]
        printed = amounts(next(one for one in of(then).statements if one.id == "bs-2023"))
        assert printed == {row: found for row, found in amounts(before[1]).items() if row in printed or found != (0, {}, 0)}
    net = [[(account(line), line.amount_minor) for line in run.listed.journals] for run in opened]
    assert totals(net[0]) == totals(net[1])
    written = write_report(opened[0], only="pdf,filing").folder / "tables.htm"
    assert COMPARED_AT_OPENING in " ".join(html.unescape(written.read_text(encoding="utf-8")).split())


def amounts(statement: Statement) -> dict[str, tuple[int, dict[str, int], int]]:
    """What stands in the rows of a statement: US GAAP, adjustments, IFRS."""
    return {row.id: (row.us_gaap, dict(row.adjustments), row.ifrs) for row in statement.rows}


def account(line: JournalLine) -> str:
    """Where a line stands; deferred tax by its net amount."""
    return "deferred tax" if line.line in ("dta", "dtl") else line.account


def totals(lines: list[tuple[str, int]]) -> dict[str, int]:
    """Amounts by account, nil left out."""
    added: dict[str, int] = {}
    for where, amount in lines:
        added[where] = added.get(where, 0) + amount
    return {where: amount for where, amount in added.items() if amount}


def test_a_manifest_of_a_later_format_is_refused(then: Run, tmp_path: Path) -> None:
    later = Path(shutil.copytree(then.folder, tmp_path / "v1"))
    content = json.loads((later / "manifest.json").read_text(encoding="utf-8"))
    rewrite(later, content | {"format": FORMAT + 1})
    with pytest.raises(UnusableInput, match=rf"value: {FORMAT + 1} \| rule: this version reads runs up to format {FORMAT} "):
        Run(later)


@pytest.mark.parametrize("stated", ["2", "0", '"1"', "true", "[]"])
def test_a_plan_of_another_format_is_refused(stated: str, lender: Path) -> None:
    plan = lender / "another.toml"
    text = (lender / "plan.toml").read_text(encoding="utf-8").replace(SIDE, "")
    plan.write_text(f"format = {stated}\n{text}", encoding="utf-8")
    with pytest.raises(UnusableInput, match=r"key: format \| value: .* \| rule: this version reads plans of format 1 "):
        close(plan)


@pytest.mark.parametrize("stated", [{"sources": ["a"]}, {"columns": "ecl"}, {"artefacts_sha256": {}}, {"format": "2"}])
def test_a_damaged_manifest_is_refused(stated: dict[str, object], tmp_path: Path) -> None:
    assert Run(write_manifest(tmp_path)).manifest.entity == "Lender"
    content = json.loads((tmp_path / "manifest.json").read_text(encoding="utf-8"))
    rewrite(tmp_path, content | stated)
    with pytest.raises(UnusableInput, match="a manifest states accounts, artefacts_sha256, code_sha256"):
        Run(tmp_path)

"""Periods side by side: their folders and names, what stands beside, a filed run and its restatement."""

from __future__ import annotations

import json
import shutil
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from gaapbridge.comparison import compare
from gaapbridge.contracts.declared import DECLARED
from gaapbridge.explanation import explain
from gaapbridge.period_close import close, period
from gaapbridge.plan import read_plan
from gaapbridge.run import Run, open_run, open_two
from gaapbridge.run.comparatives import comparatives
from gaapbridge.run.folder import new_version
from gaapbridge.run.manifest import Period
from gaapbridge.statement.printing import caption_when
from gaapbridge.terms.addresses import income_id, sheet_id
from gaapbridge.terms.errors import UnusableInput
from tests.manifests import rewrite, vouch, write_manifest
from tests.simulation.run_off import write_lender

START, HALF, END = date(2022, 12, 31), date(2023, 6, 30), date(2023, 12, 31)
NEXT_HALF = date(2024, 6, 30)
FILED = 'status = "filed"\nstatus_note = "Form 6-K of August 20, 2023"\n'
RESTATED = 'restates = "v2"\nrestates_because = "defaults happen in the middle of their month"\n'
TIMING = ('default_timing = "end"', 'default_timing = "middle"')

NAMED = [
    ("2022-12-31", "2023-12-31", "is-2023", "For the year ended December 31, 2023"),
    ("2023-12-31", "2024-06-30", "is-2024h1", "For the six months ended June 30, 2024"),
    ("2024-06-30", "2024-12-31", "is-2024h2", "For the six months ended December 31, 2024"),
    ("2024-06-30", "2024-09-30", "is-2024q3", "For the three months ended September 30, 2024"),
    ("2023-12-31", "2024-01-31", "is-2024-01", "For the month ended January 31, 2024"),
    ("2024-01-31", "2024-02-29", "is-2024-02", "For the month ended February 29, 2024"),
    ("2023-12-31", "2024-09-30", "is-2024-01-01_2024-09-30", "For the nine months ended September 30, 2024"),
    ("2023-03-31", "2023-09-30", "is-2023-04-01_2023-09-30", "For the six months ended September 30, 2023"),
    ("2023-06-30", "2024-06-30", "is-2024-06-30", "For the year ended June 30, 2024"),
    ("2024-03-14", "2024-12-31", "is-2024-03-15_2024-12-31", "For the period from March 15, 2024 to December 31, 2024"),
]
"""Periods by their instants, what their income statement is called in addresses, and its title."""


@pytest.mark.parametrize(("opening", "closing", "called", "title"), NAMED, ids=[name for _, _, name, _ in NAMED])
def test_an_income_statement_is_named_by_its_period(opening: str, closing: str, called: str, title: str) -> None:
    assert income_id(date.fromisoformat(opening), date.fromisoformat(closing)) == called
    assert caption_when(None, f"{opening}/{closing}") == title


def test_a_balance_sheet_is_named_by_its_day() -> None:
    assert [sheet_id(day) for day in (END, HALF, date(2024, 1, 31))] == ["bs-2023", "bs-2023-06-30", "bs-2024-01-31"]


@pytest.fixture(scope="module")
def halves(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A lender whose 2022 is closed, and whose first half of 2023 is: as a draft, and as it was filed."""
    folder = tmp_path_factory.mktemp("halves")
    plans = write_lender(folder, instants=(START, HALF, END, NEXT_HALF))
    close(plans[START])
    for said in ('status = "draft"\n', FILED):
        close(stated(plans[HALF], said))
    return folder


@pytest.fixture
def lender(halves: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(halves, tmp_path / "lender"))


def plan_of(lender: Path, day: date) -> Path:
    return lender / f"plan-{day}.toml"


def stated(plan: Path, said: str = "", *changed: tuple[str, str]) -> Path:
    """The plan with some lines in its period in the place of those before, and some text exchanged."""
    lines = plan.read_text(encoding="utf-8").split("\n")
    kept = [line for line in lines if not line.startswith(("status", "restates"))]
    kept.insert(next(place for place, line in enumerate(kept) if line.startswith("closing = ")) + 1, said)
    text = "\n".join(kept)
    for old, new in changed:
        assert old in text
        text = text.replace(old, new)
    plan.write_text(text, encoding="utf-8")
    return plan


def comparing(plan: Path, *lines: str) -> Path:
    """The plan with its comparatives stated."""
    table = "\n".join(("[comparatives]", *lines, "", "[notes]"))
    return stated(plan, "", ("\n[notes]", f"\n{table}"))


def ids(run: Run) -> Sequence[str]:
    return [one.id for one in run.document.statements]


@pytest.mark.campaign
def test_runs_lie_in_folders_of_their_first_and_last_day(halves: Path) -> None:
    folders = sorted(path.relative_to(halves / "runs").as_posix() for path in halves.glob("runs/*/*/v*"))
    period = "example-lender/2023-01-01_2023-06-30"
    assert folders == ["example-lender/2022-12-31/v1", f"{period}/v1", f"{period}/v2"]


def test_a_draft_says_so_in_its_heading_and_a_filed_run_does_not(halves: Path) -> None:
    draft, filed = (Run(path) for path in sorted(halves.glob("runs/*/2023*/v*")))
    assert draft.statement_text.split("\n")[2:4] == ["(Amounts in thousands of CNY)", "Draft"]
    assert draft.notes_text.split("\n")[3] == "Draft"
    assert draft.document.status == "Draft" and filed.document.status == ""
    assert "Draft" not in filed.statement_text
    assert (filed.manifest.status, filed.manifest.status_note) == ("filed", "Form 6-K of August 20, 2023")
    assert not compare(draft, filed).moved and compare(draft, filed).changes.number == 0, "a status moves no figure"


@pytest.mark.parametrize(
    ("said", "refused"),
    [
        (
            "",
            r'v2 is filed \(Form 6-K of August 20, 2023\).* \| remedy: add restates = "v2" and restates_because to \[period\]',
        ),
        (FILED, "v2 is filed"),
        (RESTATED.replace("v2", "v1"), "value: v1 | rule: v2 is filed"),
        ('restates = "v2"\n', "a restatement names the filed version and its reason: add restates_because"),
        ('status = "filed"\n', "what is filed says where and when: add status_note"),
        ('status_note = "Form 6-K"\n', "a note is on a status: add status"),
    ],
)
def test_a_filed_run_is_not_superseded_silently(lender: Path, said: str, refused: str) -> None:
    before = sorted(lender.rglob("*"))
    with pytest.raises(UnusableInput, match=refused):
        close(stated(plan_of(lender, HALF), said))
    assert sorted(lender.rglob("*")) == before


@pytest.mark.campaign
def test_of_two_closes_at_once_that_restate_a_filed_run_one_is_refused(lender: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The other is written, and filed, after this one has looked and before it has its number."""
    plan = stated(plan_of(lender, HALF), FILED + RESTATED, TIMING)
    other = plan.with_name("other.toml")
    other.write_text(plan.read_text(encoding="utf-8"), encoding="utf-8")
    write, closed = period.write_run, list[Run]()

    def write_second(*given: Any) -> None:
        monkeypatch.setattr(period, "write_run", write)
        closed.append(close(other))
        write(*given)

    monkeypatch.setattr(period, "write_run", write_second)
    with pytest.raises(UnusableInput, match=r"v3 is filed .*: no version takes its place without saying so"):
        close(plan)
    (third,) = closed
    assert sorted(one.name for one in third.folder.parent.iterdir()) == ["v1", "v2", "v3"]


def test_a_number_taken_after_a_version_was_let_stand_asks_again(tmp_path: Path) -> None:
    """Whoever takes the number between the question and the renaming has it, and the question is put once more."""
    asked: list[str] = []

    def take_once() -> None:
        asked.append("asked")
        if len(asked) == 1:
            (tmp_path / "v1").mkdir()
            (tmp_path / "v1" / "manifest.json").touch()

    with new_version(tmp_path, take_once) as version:
        (version.folder / "statement.txt").touch()
    assert version.folder.name == "v2" and len(asked) == 2


def test_a_version_whose_manifest_is_damaged_may_have_been_filed(lender: Path) -> None:
    draft = next(lender.glob("runs/*/2023-01-01_2023-06-30/v1"))
    (draft / "manifest.json").write_text("{}", encoding="utf-8")
    with pytest.raises(UnusableInput, match="restore the run, or move its folder away: whether it was filed is not known"):
        close(stated(plan_of(lender, HALF), RESTATED))


def test_what_was_never_filed_is_not_restated(lender: Path) -> None:
    with pytest.raises(UnusableInput, match="a version that is restated was filed; none of this period was"):
        close(stated(plan_of(lender, END), RESTATED))


@pytest.mark.campaign
def test_a_restatement_tells_what_moved_and_why(lender: Path) -> None:
    """The cells of restatement.json are those that compare finds between the two runs, and the cause is the changed answer."""
    run = close(stated(plan_of(lender, HALF), RESTATED, TIMING))
    filed = Run(run.folder.with_name("v2"))
    assert run.document.status == "Restated" and run.folder.name == "v3"
    told = run.restatement
    assert told is not None and told["restates"] == "2023-01-01_2023-06-30/v2"
    on_screen = " ".join(run.as_text(80).split())
    assert (
        "Restates 2023-01-01_2023-06-30/v2 as filed (Form 6-K of August 20, 2023): defaults happen in the middle" in on_screen
    )
    assert (
        f"{len(told['cells']):,} cells moved: as filed, as restated and what was changed are below the statements" in on_screen
    )
    compared = compare(filed, run)
    assert told["cells"] == [cell.as_dict() for cell in compared.moved] != []
    (change,) = told["changes"]["plan"]
    assert change == {
        "key": "elections.expected_credit_loss.default_timing", "nature": "technique", "old": '"end"', "new": '"middle"',
    }  # fmt: skip
    text = run.statement_text
    assert text.split("\n")[3] == "Restated"
    below = text[text.index("RESTATEMENT") :]
    assert "as filed (Form 6-K of August 20, 2023). Defaults happen in the\nmiddle of their month.\n" in below
    assert 'default_timing (technique): "end" → "middle"' in below and "Restatement. These statements restate" in run.notes_text
    (cell,) = [one for one in compared.moved if one.address == "is-2023h1/ni/ifrs"]
    words = ["Net", "income", "IFRS", f"{cell.old_printed:,}", f"{cell.new_printed:,}", f"({-cell.printed_difference:,})"]
    assert any(line.split() == words for line in below.split("\n"))
    assert json.loads((run.folder / "manifest.json").read_text(encoding="utf-8"))["restates"] == "v2"


def test_the_next_period_opens_with_what_was_filed(lender: Path) -> None:
    """A draft that was closed after it is named; once it is filed, it is what stands."""
    close(stated(plan_of(lender, HALF), 'status = "draft"\n' + RESTATED, TIMING))
    run = close(plan_of(lender, END))
    assert run.prior_folder is not None and run.prior_folder.name == "v2"
    (found,) = [one for one in run.listed.findings if one.name == "prior period closed again since it was filed"]
    assert found.amount_minor == 1 and "brought forward is v2, filed; closed after it: v3, draft" in found.why
    close(stated(plan_of(lender, HALF), FILED + RESTATED))
    run = close(plan_of(lender, END))
    assert run.prior_folder is not None and run.prior_folder.name == "v4"
    assert "prior period closed again since it was filed" not in {one.name for one in run.listed.findings}
    assert "As of June 30, 2023\nAs restated. No trial balance" in run.statement_text
    assert [one.basis.startswith("As restated.") for one in run.document.statements] == [False, False, True, False]


@pytest.mark.campaign
def test_interim_statements_stand_beside_the_year_end_and_the_same_period_a_year_before(lender: Path) -> None:
    """A second half has the last year end from the run before it, and no income of that: it is another half."""
    first = Run(next(lender.glob("runs/*/2023-01-01_2023-06-30/v2")))
    assert ids(first) == ["bs-2023-06-30", "bs-2022", "is-2023h1"]
    second = close(plan_of(lender, END))
    assert ids(second) == ["bs-2023", "bs-2022", "bs-2023-06-30", "is-2023h2"]
    assert second.document.statement("bs-2022") == first.document.statement("bs-2022")
    assert "No income statement of the same period a year before stands beside." in second.notes_text
    third = close(comparing(plan_of(lender, NEXT_HALF), 'income = "latest"'))
    assert ids(third) == ["bs-2024-06-30", "bs-2023", "is-2024h1", "is-2023h1"]
    assert third.document.statement("is-2023h1") == first.document.statement("is-2023h1")
    assert "Earlier periods" not in third.notes_text
    assert third.manifest.comparatives == {"income": "../../2023-01-01_2023-06-30/v2"}
    with pytest.raises(
        UnusableInput, match=r"value: is-2023h1/ni/ecl .* printed it \| remedy: open it in .*2023-01-01_2023-06-30/v2"
    ):
        explain(third, "is-2023h1/ni/ecl")
    assert explain(first, "is-2023h1/ni/ecl").facts["printed"] == first.document.statement("is-2023h1").row("ni").amount("ecl")  # type: ignore[union-attr]


@pytest.mark.campaign(but=1)
@pytest.mark.parametrize(
    ("line", "refused"),
    [
        ('income = "latest"', "comparatives.income .* a run of Example Lender from 2022-07-01 to 2022-12-31 is needed"),
        (
            'income = "runs/example-lender/2023-01-01_2023-06-30/v2"',
            "a period that closes on 2022-12-31, a year before; this run",
        ),
        (
            'balance_sheet = "runs/example-lender/2023-01-01_2023-06-30/v2"',
            "the last year end, 2022-12-31; this run is of 2022",
        ),
        ('balance_sheet = "runs"', "a run folder holds manifest.json"),
    ],
)
def test_a_run_beside_is_one_of_the_year_before(lender: Path, line: str, refused: str) -> None:
    with pytest.raises(UnusableInput, match=refused):
        close(comparing(plan_of(lender, END), line))


@pytest.mark.campaign
def test_runs_of_before_are_found_under_the_last_day_and_their_numbers_are_not_used_again(lender: Path) -> None:
    """A run kept and named by its last day alone opens the next period, and is compared; its next version is v3."""
    period = next(lender.glob("runs/*/2023-01-01_2023-06-30"))
    shutil.rmtree(period / "v2")
    before = period.with_name("2023-06-30")
    before.mkdir()
    kept = vouch(_named_as_before((period / "v1").rename(before / "v2")))
    assert ids(Run(kept))[2] == "is-2023-06-30" and explain(Run(kept), "is-2023-06-30/ni/ecl").facts["row"] == "Net income"
    run = close(plan_of(lender, END))
    assert run.prior_folder is not None and run.prior_folder.samefile(kept)
    again = close(stated(plan_of(lender, HALF), ""))
    assert again.folder == period / "v3"
    assert open_two("previous", again.folder)[0].folder.samefile(kept)
    compared = compare(kept, again)
    assert not compared.moved and not compared.notices
    assert {cell.statement for cell in compared.cells} == {"bs-2023-06-30", "bs-2022", "is-2023h1"}
    assert open_run(plan_of(lender, HALF)) == again


def _named_as_before(run: Path) -> Path:
    """The same run with its income statement named by its last day."""
    for path in run.glob("*.json"):
        path.write_text(path.read_text(encoding="utf-8").replace("is-2023h1", "is-2023-06-30"), encoding="utf-8")
    return run


@pytest.mark.campaign
def test_of_two_periods_that_close_on_a_day_one_is_taken_where_both_leave_the_same(lender: Path, tmp_path: Path) -> None:
    """The year is made here of the second half's own closing: what it left, changed, is asked about."""
    half = close(plan_of(lender, END))
    year = half.folder.parent.with_name("2023-01-01_2023-12-31") / "v1"
    shutil.copytree(half.folder, year)
    manifest = json.loads((year / "manifest.json").read_text(encoding="utf-8"))
    manifest["period"]["opening"] = "2022-12-31"
    rewrite(year, manifest)
    run = close(plan_of(lender, NEXT_HALF))
    assert run.prior_folder is not None and run.prior_folder == half.folder, "the one of six months, as this one is"
    manifest["artefacts_sha256"]["brought_forward.csv"] = "0" * 64
    rewrite(year, manifest)
    with pytest.raises(
        UnusableInput,
        match=r"periods that close on 2023-12-31 leave the same amounts to the next one; .* do not .* name the run",
    ):
        close(plan_of(lender, NEXT_HALF))


def test_latest_and_previous_are_of_one_entity_period_and_plan(tmp_path: Path) -> None:
    """By the plan's file and by the run that stands beside; what another plan closed in the same folder is neither."""
    place = {"plan_folder": "../../../.."}
    for number, (day, plan) in enumerate(
        (("2022", "a.toml"), ("2023", "a.toml"), ("2023", "b.toml"), ("2023", "a.toml"), ("2024", "a.toml")), start=1
    ):
        period = tmp_path / f"runs/lender/{day}-01-01_{day}-12-31"
        folder = period / f"v{1 + len(list(period.glob('v*')))}"
        folder.mkdir(parents=True)
        dates = Period(f"{int(day) - 1}-12-31", f"{day}-12-31")
        write_manifest(folder, written_at=f"2025-01-0{number}T00:00:00", plan_file=plan, period=dates, **place)
    runs, year = tmp_path / "runs", tmp_path / "runs/lender/2023-01-01_2023-12-31"
    assert open_run("latest", runs).folder.parent.name == "2024-01-01_2024-12-31"
    with pytest.raises(UnusableInput, match="a version before v1, of the same entity, period and plan"):
        open_run("previous", runs)
    assert [one.folder.name for one in open_two("previous", year / "v3", runs)] == ["v1", "v3"]
    assert [one.folder.name for one in open_two(year / "v1", "latest", runs)] == ["v1", "v3"]
    stated = '[entity]\nname = "Lender"\n[period]\nopening = 2022-12-31\nclosing = 2023-12-31\n[opening]\nsource = "amounts"\n'
    for name in ("a", "b", "c"):
        (tmp_path / f"{name}.toml").write_text(f'{stated}[runs]\nfolder = "runs"\n', encoding="utf-8")
    assert [open_run(tmp_path / f"{name}.toml").folder.name for name in ("a", "b")] == ["v3", "v2"]
    with pytest.raises(UnusableInput, match="there must be a run that was closed from this plan"):
        open_run(tmp_path / "c.toml")


@pytest.mark.parametrize(
    ("opening", "closing", "stands"),
    [
        ("2021-12-31", "2022-12-31", True),
        ("2022-01-01", "2022-12-25", True),
        ("2022-06-30", "2022-12-31", False),
        ("2021-12-31", "2022-12-23", False),
        ("2020-12-31", "2021-12-31", False),
    ],
)
def test_income_is_that_of_the_same_period_a_year_before_within_a_week(
    lender: Path, tmp_path: Path, opening: str, closing: str, stands: bool
) -> None:
    """Years of 52 and 53 weeks end up to seven days apart; of a year of 2023, a half-year before it is none."""
    text = plan_of(lender, END).read_text(encoding="utf-8").replace("opening = 2023-06-30", "opening = 2022-12-31")
    plan_of(lender, END).write_text(text, encoding="utf-8")
    plan = read_plan(plan_of(lender, END), DECLARED)
    before = next(lender.glob("runs/*/2023-01-01_2023-06-30/v2"))
    manifest = json.loads((before / "manifest.json").read_text(encoding="utf-8"))
    manifest["period"] = {"opening": opening, "closing": closing}
    rewrite(before, manifest)
    assert (comparatives(plan, Run(before), {}).income is not None) is stands


def test_the_latest_version_is_the_last_whatever_the_clock_said(lender: Path) -> None:
    """A clock that was put back says that the second version was written before the first."""
    second = next((lender / "runs").glob("*/2023-01-01_2023-06-30/v2"))
    manifest = json.loads((second / "manifest.json").read_text(encoding="utf-8"))
    rewrite(second, manifest | {"written_at": "2001-01-01T00:00:00"})
    assert open_run("latest", lender / "runs").folder == second
    assert open_run("previous", lender / "runs").folder.name == "v1"

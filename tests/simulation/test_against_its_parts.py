"""A year closed beside its halves and quarters: it holds itself against them, line by line, without a tolerance (R14)."""

from __future__ import annotations

import re
import shutil
from collections.abc import Sequence
from datetime import date, timedelta
from pathlib import Path

import pytest

from gaapbridge.comparison import compare
from gaapbridge.period_close import close
from gaapbridge.run import Run
from gaapbridge.run.manifest import Period
from gaapbridge.run.parts import divisions_of
from gaapbridge.statement.checks import Check
from tests.manifests import write_manifest
from tests.simulation.run_off import write_lender
from tests.simulation.test_paid_in_default import TOLD
from tests.simulation.test_parts_of_a_year import FROM_DAY, FROM_NEXT, interest

OPENING, HALF, CLOSING = date(2022, 12, 31), date(2023, 6, 30), date(2023, 12, 31)
QUARTERS = (date(2023, 3, 31), HALF, date(2023, 9, 30))
TOGETHER = ('folder = "runs"', 'folder = "../runs"')
TIMING = ('default_timing = "end"', 'default_timing = "middle"')
FILED = 'status = "filed"\nstatus_note = "Form 6-K of August 20, 2023"\n'


def plans_in(folder: Path, between: Sequence[date], *replacements: tuple[str, str]) -> list[Path]:
    """The plans of the parts of the year, whose runs stand beside those of other divisions; the opening is closed once."""
    plans = list(write_lender(folder, TOGETHER, *replacements, instants=(OPENING, *between, CLOSING), seed=11).values())
    if not folder.with_name("runs").exists():
        close(plans[0])
    return plans[1:]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A year that was closed before its parts, its quarters and its halves, of which the first was filed."""
    folder = tmp_path_factory.mktemp("parts")
    plans = [plan for name, between in (("year", ()), ("quarters", QUARTERS)) for plan in plans_in(folder / name, between)]
    first, second = plans_in(folder / "halves", (HALF,))
    for plan in (*plans, said(first, FILED), second):
        close(plan)
    return folder


@pytest.fixture
def lender(made: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(made, tmp_path / "lender"))


def said(plan: Path, lines: str, *replacements: tuple[str, str]) -> Path:
    text = re.sub(r'(?m)^(status|status_note|restates|restates_because) = ".*"\n', "", plan.read_text(encoding="utf-8"))
    text = re.sub(r"(?m)^(closing = \d.*\n)", rf"\g<1>{lines}", text, count=1)
    for old, new in replacements:
        assert old in text
        text = text.replace(old, new)
    plan.write_text(text, encoding="utf-8")
    return plan


def year(lender: Path) -> Run:
    return close(lender / "year" / f"plan-{CLOSING}.toml")


def held(run: Run, division: str = "") -> list[Check]:
    """What the year is held against, all of it or one division."""
    return [check for check in run.listed.checks if check.check == "R14" and check.id.endswith(division)]


def failing(run: Run) -> set[str]:
    return {check.id for check in held(run) if not check.holds}


def left(run: Run) -> list[str]:
    return [one.why for one in run.listed.not_checked if one.check == "R14"]


def test_a_year_agrees_with_its_halves_and_its_quarters_to_the_minor_unit(lender: Path) -> None:
    """No line has a tolerance: what the roundings at contracts come to is expected of the two lines that have it."""
    before, after = (Run(lender / "runs/example-lender/2023-01-01_2023-12-31/v1"), year(lender))
    assert held(before) == [] and left(before) == []
    assert failing(after) == set() and left(after) == []
    for division in ("halves", "quarters"):
        checks = held(after, division)
        assert {check.tolerance for check in checks} == {0}
        assert {check.evidence for check in checks} <= {"recomputed", "nil = nil"}
        assert {"bs-2023", "is-2023"} <= {check.statement for check in checks} and len(checks) > 70
    assert [check.difference for check in held(after) if "/fi/ecl/" in check.id] == [0, 0]
    parts = [Path(part).parts[-2:] for part in after.manifest.parts or ()]
    assert parts[:2] == [("2023-01-01_2023-06-30", "v1"), ("2023-07-01_2023-12-31", "v1")] and len(parts) == 6
    told = compare(before, after).as_text()
    assert "parts    held against none → 2023-01-01_2023-06-30/v1, 2023-07-01_2023-12-31/v1, 2023-01-01_2023-03-31/v1" in told


def test_a_part_that_keeps_totals_only_is_held_by_its_balances_and_the_rest_is_said_not_to_be(lender: Path) -> None:
    """Income of days is rounded by contract, so without a part's table what rounding explains is not known: nothing is taken to
    hold, and nothing fails. A year that keeps totals only is itself held as any other."""
    close(lender / "halves" / f"plan-{CLOSING}.toml", settings=["runs.detail=totals"])
    whole = close(lender / "year" / f"plan-{CLOSING}.toml", settings=["runs.detail=totals"])
    assert failing(whole) == set() and len(held(whole, "quarters")) > 70
    assert {check.statement for check in held(whole, "halves")} <= {"bs-2023", "is-2023"}
    assert {(check.row or "").partition("/")[0] for check in held(whole, "halves") if check.statement == "is-2023"} == {
        "opened"
    }
    (told,) = left(whole)
    assert told.startswith("its halves: 2023-07-01_2023-12-31 keeps totals only")


def test_what_the_two_lines_differ_by_is_what_was_rounded_at_each_contract(lender: Path) -> None:
    """The year's financing income is not the sum of its parts' by these units, and the provision by as many."""
    run, runs, apart = year(lender), lender / "runs/example-lender", 0
    for division, between in (("halves", (HALF,)), ("quarters", QUARTERS)):
        days = zip((OPENING, *between), (*between, CLOSING), strict=True)
        parts = [Run(runs / f"{first + timedelta(days=1)}_{last}" / "v1") for first, last in days]
        rounded = 0
        for on, sign in (("allowance", 1), ("recoveries", -1)):
            whole, by_part = interest(run, on), [interest(part, on) for part in parts]
            by_contract = {one: amount - sum(part.get(one, 0) for part in by_part) for one, amount in whole.items()}
            assert max(map(abs, by_contract.values())) <= (len(parts) + 1) // 2, "half a unit in the year and in each part"
            rounded += sign * sum(by_contract.values())
        difference = income(run) - sum(income(part) for part in parts)
        assert difference == -rounded
        apart += abs(difference)
        assert next(check.expected for check in held(run, division) if "/fi/ecl/" in check.id) == income(run)
    assert apart > 0, "of some division the roundings do not cancel"


def income(run: Run) -> int:
    """Financing income in the column of expected credit losses."""
    row = next(one for one in run.exact.statements if one.id == run.manifest.statements.income).row("fi")
    assert row is not None
    return row.amount("ecl")


def test_parts_that_do_not_make_up_the_year_are_said(lender: Path) -> None:
    shutil.rmtree(lender / "runs/example-lender/2023-07-01_2023-09-30")
    run = year(lender)
    assert {check.id.rpartition("/")[2] for check in held(run)} == {"halves"} and failing(run) == set()
    (why,) = left(run)
    assert "are parts of it and do not make it up: no close of 2023-07-01_2023-09-30" in why


def test_parts_of_several_lengths_make_up_the_year_where_none_of_one_length_do(lender: Path) -> None:
    for gone in ("2023-07-01_2023-12-31", "2023-01-01_2023-03-31"):
        shutil.rmtree(lender / "runs/example-lender" / gone)
    run = year(lender)
    assert {check.id.rpartition("/")[2] for check in held(run)} == {"parts"} and failing(run) == {"R14/is-2023/opened/parts"}
    assert [Path(part).parent.name[:10] for part in run.manifest.parts or ()] == ["2023-01-01", "2023-07-01", "2023-10-01"]
    assert len(left(run)) == 1, "the second quarter"


def test_a_restated_half_counts_once_it_is_filed_and_the_other_is_closed_on_it(lender: Path) -> None:
    """The half as filed stands until its restatement is filed; then the half after it is of what was superseded."""
    first, second = (lender / "halves" / f"plan-{day}.toml" for day in (HALF, CLOSING))
    because = 'restates = "v1"\nrestates_because = "defaults happen in the middle of their month"\n'
    close(said(first, 'status = "draft"\n' + because, TIMING))
    assert failing(year(lender)) == set(), "the draft does not stand"
    close(said(first, FILED + because))
    run = year(lender)
    assert "../../2023-01-01_2023-06-30/v3" in (run.manifest.parts or ())
    assert {"R14/is-2023/opened/halves", "R14/is-2023/p_loans/ecl/halves"} <= failing(run)
    assert not any(name.endswith("/quarters") for name in failing(run))
    told = next(one for one in run.listed.findings if one.where == "R14/is-2023/opened/halves")
    assert (told.name, told.unit) == ("part periods do not add up to the longer one", "parts")
    assert "2023-07-01_2023-12-31 opened with another version" in told.why
    close(said(second, "", ('run = "latest"', 'run = "../runs/example-lender/2023-01-01_2023-06-30/v3"')))
    assert failing(year(lender)) == set(), "the timing goes to the middle in one half and back in the other"


def test_a_changed_run_is_no_part(lender: Path) -> None:
    journal = lender / "runs/example-lender/2023-07-01_2023-12-31/v1/journals.csv"
    journal.write_text(journal.read_text(encoding="utf-8") + "\n", encoding="utf-8")
    run = year(lender)
    assert held(run) == [] and "an artefact is as its run wrote it; this one is changed" in left(run)[0]


def test_an_answer_by_period_leaves_out_the_contracts_only(lender: Path) -> None:
    """By next_period a default of March counts from July on in the halves and not in the year: no check of contracts, and every
    line of the two agrees but for it."""
    plan = lender / "year" / f"plan-{CLOSING}.toml"
    run = close(said(plan, "", (FROM_DAY, FROM_NEXT)))
    assert failing(run) == set()
    assert not any("interest_on_allowance" in check.id for check in held(run))
    assert len(left(run)) == 2 and left(run)[0].startswith("stage_3_interest_from = next_period: what is measured depends on")


def test_who_pays_in_default_without_a_tape_of_payments_is_named(tmp_path: Path) -> None:
    """The halves know what was owed in June, the year does not: a finding of that contract, and of nothing else. UNEVEN paid
    unevenly. LOAN-070 was in default from 10 May to 9 July and was billed by schedule, which the rows of the year tell too: its
    16,581.40 are what the payments come to (16,581.39)."""
    folder = tmp_path / "lender"
    for name, between in (("halves", (HALF,)), ("year", ())):
        plans = write_lender(folder / name, TOGETHER, instants=(OPENING, *between, CLOSING), also=tuple(TOLD.values()))
        for plan in list(plans.values())[bool(not between) :]:
            text = plan.read_text(encoding="utf-8")
            plan.write_text(re.sub(r"(?m)^\[tapes\.payments\]\n(\w+ = .*\n)+", "", text), encoding="utf-8")
            run = close(plan)
    assert failing(run) == {"R14/is-2023/loans/interest_on_allowance/halves"}
    told = next(one for one in run.listed.findings if one.check == "R14")
    named = set(re.findall(r"loan/([\w-]+)", told.why))
    assert (told.amount_minor, told.unit, named) == (1, "loans", {"UNEVEN"})


@pytest.mark.parametrize(
    ("closed", "found", "beside", "missing"),
    [
        ((1, 2, 3), [("months", 3)], 0, ()),
        ((1, 3), [], 2, ("2024-02-01_2024-02-29",)),
        ((1,), [], 1, ("2024-02-01_2024-03-31",)),
        ((), [], 0, ()),
    ],
)
def test_a_quarter_and_its_months(
    tmp_path: Path, closed: Sequence[int], found: list[tuple[str, int]], beside: int, missing: tuple[str, ...]
) -> None:
    ends = (date(2023, 12, 31), date(2024, 1, 31), date(2024, 2, 29), date(2024, 3, 31))
    for month in closed:
        _closed(tmp_path, ends[month - 1], ends[month])
    _closed(tmp_path, ends[0], ends[3])
    _closed(tmp_path, date(2023, 11, 30), ends[1])
    divisions = divisions_of(tmp_path, "Lender", ends[0], ends[3])
    assert [(one.name, len(one.folders)) for one in divisions.found] == found
    assert (len(divisions.beside), divisions.missing) == (beside, missing)


def test_weeks_make_up_a_quarter_and_overlapping_closes_do_not(tmp_path: Path) -> None:
    days = [date(2024, 1, 1), date(2024, 1, 29), date(2024, 2, 26), date(2024, 4, 1)]
    for opening, closing in ((0, 1), (1, 2), (2, 3), (0, 2)):
        _closed(tmp_path, days[opening], days[closing])
    divisions = divisions_of(tmp_path, "Lender", days[0], days[3])
    assert [(one.name, len(one.folders)) for one in divisions.found] == [("parts", 2)], "as few as make it up"
    assert len(divisions.beside) == 2
    for folder in (tmp_path / "lender").glob("2024-02-27*"):
        shutil.rmtree(folder)
    _closed(tmp_path, days[1], days[3])
    shutil.rmtree(tmp_path / "lender" / "2024-01-02_2024-01-29")
    overlapping = divisions_of(tmp_path, "Lender", days[0], days[3])
    assert (overlapping.found, overlapping.missing, len(overlapping.beside)) == ((), (), 3)


def _closed(runs: Path, opening: date, closing: date) -> None:
    first = date.fromordinal(opening.toordinal() + 1)
    folder = runs / "lender" / f"{first}_{closing}" / "v1"
    folder.mkdir(parents=True)
    write_manifest(folder, period=Period(str(opening), str(closing)), plan_file="plan.toml", plan_folder="../../../..")

"""Histories as a lender files them, read into months: what became of each contract, and every fault by its name."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from gaapbridge.contracts.declared import DECLARED
from gaapbridge.estimation import months as m
from gaapbridge.estimation.history import History, history_findings, open_history, read_tapes, stated_paths
from gaapbridge.estimation.months import Months
from gaapbridge.plan.history_file import read_history
from gaapbridge.progress import Progress
from gaapbridge.tapes import ranges, survey
from gaapbridge.terms.errors import UnusableInput
from tests.history_page import history_page

PLAN = """
[entity]
name = "Lender"
currency = "USD"
minor_digits = 2
presentation_unit = 1
[history]
known_at = [2020-03-31]
to = "curves"
rejected_rows = 9
findings = 9
[history.scenarios]
odds = { base = 1 }
supportable_months = 12
reversion = "straight_line"
reversion_months = 12
reversion_reached = "in_month"
[history.loans]
default_days = 90
look_back_months = 1
matured_within_months = 0
minimum_months = 0
minimum_defaults = 10
minimum_on_book = 100
minimum_charge_offs = 30
minimum_at_risk = 30
severity_years = "all"
discount_rate = "contract"
[history.loans.performance]
path = "months.csv"
amounts = "minor"
ignore = ["*"]
"""

HEADER = "contract_id,segment,month_end,balance_minor,missed_instalments,status,first_payment_date,maturity_date,annual_rate\n"


def row(
    contract: str, month: str, balance: int, missed: int | str = 0, status: str = "on_book", last: str = "2021-12-15"
) -> str:
    """One row of performance, of a contract whose first instalment was due in January 2020."""
    return f"{contract},auto,{month},{balance},{missed},{status},2020-01-15,{last},0.12\n"


JANUARY, FEBRUARY, MARCH, APRIL = "2020-01-31", "2020-02-29", "2020-03-31", "2020-04-30"
LONG = row("Z", JANUARY, 900) + row("Z", FEBRUARY, 800) + row("Z", MARCH, 700) + row("Z", APRIL, 600)
"""A contract whose rows say how long the history is."""


def read(folder: Path, rows: str, more: str = "", outcomes: str | None = None) -> History:
    """The history of some rows, and keys that the plan states besides."""
    (folder / "months.csv").write_text(HEADER + rows, encoding="utf-8")
    plan = PLAN + more
    if outcomes is not None:
        (folder / "outcomes.csv").write_text("contract_id,date,what,amount_minor\n" + outcomes, encoding="utf-8")
        plan += '[history.loans.outcomes]\npath = "outcomes.csv"\namounts = "minor"\n'
    (folder / "plan.toml").write_text(plan, encoding="utf-8")
    stated = read_history(folder / "plan.toml", DECLARED)
    tapes = open_history(stated, "loans", stated_paths(stated))
    (folder / "scratch").mkdir()
    with Progress(show=False).stage("reading", tapes.rows) as step:
        return read_tapes(tapes, folder / "scratch", step)


def of_contract(history: History, number: int = 0) -> dict[str, list[int]]:
    """The rows of one contract, column by column."""
    (months,) = history.months()
    where = months.contract == number
    names = (
        "month",
        "age",
        "remaining",
        "arrears_days",
        "balance_minor",
        "written_off_minor",
        "recovered_minor",
        "event",
        "observed",
    )
    return {name: getattr(months, name)[where].tolist() for name in names}


def named(history: History) -> set[str]:
    """The names of what is found."""
    return {finding.name for finding in history_findings(history)}


def rules(history: History) -> dict[str, list[int]]:
    """The rules that rejected rows of performance break, with the numbers of those rows."""
    rejects = history.read["performance"].rejects
    broken: dict[str, list[int]] = {}
    for part in rejects:
        for one in part.iter_rows(named=True):
            broken.setdefault(one["rule"], []).append(one["row"])
    return broken


@pytest.mark.parametrize(
    ("last_row", "last", "event"),
    [
        (row("A", MARCH, 0, status="repaid"), "2021-12-15", m.PREPAID),
        (row("A", MARCH, 0), "2021-12-15", m.PREPAID),
        (row("A", MARCH, 0, status="repaid", last="2020-03-15"), "2020-03-15", m.MATURED),
        (row("A", MARCH, 0, status="charged_off"), "2021-12-15", m.CHARGED_OFF),
        (row("A", MARCH, 500, status="sold"), "2021-12-15", m.LEFT),
        (row("A", MARCH, 500), "2021-12-15", m.LEFT_WITH_BALANCE),
    ],
)
def test_what_became_of_a_contract(tmp_path: Path, last_row: str, last: str, event: int) -> None:
    first = row("A", JANUARY, 700, last=last) + row("A", FEBRUARY, 600, 2, last=last)
    found = of_contract(read(tmp_path, first + last_row + LONG))
    assert found["event"] == [m.STILL, m.STILL, event]
    assert found["age"] == [1, 2, 3]
    assert found["arrears_days"] == [0, 60, 0]
    assert found["written_off_minor"] == [0, 0, 600 if event == m.CHARGED_OFF else 0]
    assert found["balance_minor"] == [700, 600, 500 if event == m.LEFT_WITH_BALANCE else 0]


def test_a_charge_off_after_the_last_row_and_what_came_later(tmp_path: Path) -> None:
    rows = row("A", JANUARY, 700) + row("A", FEBRUARY, 600, 2) + LONG
    came = f"A,2020-03-10,charge_off,600\nA,{APRIL},recovery,250\nA,2020-04-01,recovery,-50\n"
    found = of_contract(read(tmp_path, rows, outcomes=came))
    assert found["event"] == [m.STILL, m.STILL, m.CHARGED_OFF, m.GONE]
    assert found["written_off_minor"] == [0, 0, 600, 0]
    assert found["recovered_minor"] == [0, 0, 0, 200]
    assert found["balance_minor"] == [700, 600, 0, 0]
    assert found["observed"] == [True] * 4


def test_a_month_that_is_missing_is_a_row_that_is_not_observed(tmp_path: Path) -> None:
    history = read(tmp_path, row("A", JANUARY, 700) + row("A", MARCH, 500) + row("A", APRIL, 400) + LONG)
    assert of_contract(history)["observed"] == [True, False, True, True]
    assert "months missing in a history" in named(history)


def test_a_month_that_stands_twice(tmp_path: Path) -> None:
    same = row("A", FEBRUARY, 600)
    rows = row("A", JANUARY, 700) + same + same + row("A", MARCH, 500) + row("A", MARCH, 501) + row("A", APRIL, 400) + LONG
    history = read(tmp_path, rows)
    assert rules(history) == {"a row stands once on the tape": [3], "a contract has one row of a month": [4, 5]}
    assert of_contract(history)["observed"] == [True, True, False, True]


def test_a_default_that_is_undone_is_rejected(tmp_path: Path) -> None:
    gone = row("A", FEBRUARY, 0, status="charged_off")
    history = read(tmp_path, row("A", JANUARY, 700) + gone + row("A", MARCH, 500) + row("A", APRIL, 0, status="gone") + LONG)
    assert rules(history) == {"a contract that left by an earlier row owes nothing afterwards": [3]}
    assert of_contract(history)["event"] == [m.STILL, m.CHARGED_OFF, m.GONE, m.GONE]


def test_cells_that_are_wrong_are_rejected(tmp_path: Path) -> None:
    rows = row("A", JANUARY, -1) + row("B", JANUARY, 5, "") + row("C", JANUARY, 5).replace("0.12", "12")
    history = read(tmp_path, rows + LONG)
    assert sorted(rules(history)) == [
        "annual_rate is a finite number from 0 to 1",
        "balance_minor is from 0 to 9007199254740991 minor units",
        "days_past_due or missed_instalments is given where something is owed",
    ]


def test_a_contract_of_a_rejected_row_is_not_said_to_have_defaulted(tmp_path: Path) -> None:
    history = read(tmp_path, row("A", JANUARY, 700) + row("A", FEBRUARY, 600, -1) + LONG)
    assert of_contract(history)["event"] == [m.LEFT]


def test_a_balance_that_rises_is_found(tmp_path: Path) -> None:
    history = read(tmp_path, row("A", JANUARY, 700) + row("A", FEBRUARY, 800) + row("A", MARCH, 0, status="repaid") + LONG)
    (rose,) = (one for one in history_findings(history) if one.name == "balance rose in a history")
    assert (rose.amount_minor, rose.where) == (100, "history.loans/A")


def test_an_outcome_without_a_month_is_rejected(tmp_path: Path) -> None:
    history = read(tmp_path, LONG, outcomes=f"Y,{MARCH},charge_off,5\nZ,2019-12-31,recovery,5\n")
    (rejects,) = history.read["outcomes"].rejects
    assert rejects["row"].to_list() == [1, 2]


def test_rows_by_month_are_those_by_contract(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither the order of rows nor the ranges in which contracts are read change a month."""
    contracts = [f"L{number:05d}" for number in range(1_500)]
    days = (JANUARY, FEBRUARY, MARCH, APRIL)
    by_contract = "".join(row(one, day, 900 - place, place % 3) for one in contracts for place, day in enumerate(days))
    by_month = "".join(row(one, day, 900 - place, place % 3) for place, day in enumerate(days) for one in contracts)
    whole = _joined(tmp_path / "a", by_contract)
    monkeypatch.setattr(ranges, "READ_ROWS", 1_024)
    monkeypatch.setattr(survey, "READ_ROWS", 1_024)
    cut = _joined(tmp_path / "b", by_month)
    assert len(cut) > 1
    assert len(whole) == 1
    for name in ("month", "age", "remaining", "arrears_days", "balance_minor", "event"):
        assert np.array_equal(np.concatenate([getattr(one, name) for one in cut]), getattr(whole[0], name))
    assert np.concatenate([one.fold for one in cut]).tolist() == whole[0].fold.tolist()


def _joined(folder: Path, rows: str) -> list[Months]:
    folder.mkdir()
    return list(read(folder, rows).months())


RULE = '[[history.loans.exclusions]]\nrule = "{rule}"\n{of}\nreason = "why"\n'


@pytest.mark.parametrize(
    ("rule", "of", "column", "expected"),
    [
        ("count_unchanged", "from = 2020-02-01\nto = 2020-03-31", "frozen", [False, True, True, False]),
        ("months_left_out", "from = 2020-02-01\nto = 2020-02-28", "observed", [True, False, True, True]),
        ("months_left_out", 'from = 2020-02-01\nto = 2020-02-28\ncontracts = ["A"]', "observed", [True] * 4),
        ("contracts_left_out", 'contracts = ["A"]', "observed", [True] * 4),
    ],
)
def test_exclusions(tmp_path: Path, rule: str, of: str, column: str, expected: list[bool]) -> None:
    added = RULE.format(rule=rule, of=of)
    history = read(tmp_path, row("A", JANUARY, 0, status="repaid") + LONG, added)
    (months,) = history.months()
    last = months.contract == months.contract[-1]
    assert getattr(months, column)[last].tolist() == expected
    assert len(months.segment) == (1 if rule == "contracts_left_out" else 2)
    assert not any(one.frozen.any() for one in history.months(rules=[]))


@pytest.mark.parametrize(
    ("rule", "of", "said"),
    [
        ("contracts_left_out", 'segments = ["autos"]', "did you mean auto?"),
        ("months_left_out", "from = 2020-05-01\nto = 2020-05-31", "which goes from 2020-01 to 2020-04"),
        ("count_unchanged", "from = 2019-05-01\nto = 2019-12-31", "which goes from 2020-01 to 2020-04"),
    ],
)
def test_an_exclusion_of_nothing_is_refused(tmp_path: Path, rule: str, of: str, said: str) -> None:
    with pytest.raises(UnusableInput, match=said.replace("?", r"\?")):
        read(tmp_path, LONG, RULE.format(rule=rule, of=of))


def test_an_exclusion_of_a_contract_that_is_not_there_is_found(tmp_path: Path) -> None:
    history = read(tmp_path, LONG, RULE.format(rule="contracts_left_out", of='contracts = ["Z", "Y"]'))
    (nobody,) = (one for one in history_findings(history) if one.name == "exclusion of nobody in a history")
    assert nobody.where == "history.loans/Y"


def test_what_rules_leave_out_and_what_comes_later_makes_no_segment(tmp_path: Path) -> None:
    """Of the only contract of a segment no month is left: one is left out by a rule, one made after the day of the curves."""
    ruled, late = row("A", JANUARY, 5).replace("auto", "ruled"), row("B", APRIL, 5).replace("auto", "late")
    history = read(tmp_path, ruled + late + LONG, RULE.format(rule="contracts_left_out", of='contracts = ["A"]'))
    never = {one.where for one in history_findings(history) if one.name == "segment never seen in a history"}
    assert never == {"history.loans/ruled", "history.loans/late"}


def test_rows_that_contradict(tmp_path: Path) -> None:
    moved = (
        row("A", JANUARY, 700) + row("A", FEBRUARY, 600).replace("auto", "boat") + row("A", MARCH, 500).replace("auto", "boat")
    )
    (told,) = (one for one in history_findings(read(tmp_path, moved + LONG)) if one.name == "segment changed in a history")
    assert (told.where, told.amount_minor) == ("history.loans/A", 600)


@pytest.mark.parametrize(
    ("was", "now", "said"),
    [
        ("known_at = [2020-03-31]", "known_at = [2020-05-31]", "the history goes to 2020-04"),
        ("look_back_months = 1", "look_back_months = 12", "the history begins in 2020-01: 2 months before"),
        ("known_at = [2020-03-31]", "", "says at which month ends"),
        ("known_at = [2020-03-31]", "known_at = [2020-03-30]", "must be the end of a month"),
        ('"contract"', "12", "must be a fraction from 0 to below 1"),
        ("default_days = 90", "", "this key has no default"),
    ],
)
def test_refused_plans(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, was: str, now: str, said: str) -> None:
    monkeypatch.setitem(globals(), "PLAN", PLAN.replace(was, now))
    with pytest.raises(UnusableInput, match=said):
        read(tmp_path, LONG)


def test_findings_of_whole_histories(tmp_path: Path) -> None:
    late = "".join(row("A", day, 700, missed) for day, missed in ((JANUARY, 0), (FEBRUARY, 1), (MARCH, 0), (APRIL, 0)))
    history = read(tmp_path, late + LONG)
    assert {"one vintage in a history", "arrears at weekends in a history"} <= named(history)


def test_the_reference_page_is_in_step(root: Path) -> None:
    written = (root / "docs/reference/history.md").read_text(encoding="utf-8")
    assert written == history_page(), "write it again: python -m tests.pages"

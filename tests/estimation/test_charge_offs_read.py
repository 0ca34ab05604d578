"""Charge-offs beside the rows of balances: in another month, beside another status, of a part, far from what was owed."""

from __future__ import annotations

from pathlib import Path

import pytest

from gaapbridge.estimation import months as m
from gaapbridge.estimation.history import history_findings
from gaapbridge.terms.errors import UnusableInput
from tests.estimation import test_history_reading
from tests.estimation.test_history_reading import APRIL, FEBRUARY, JANUARY, LONG, MARCH, PLAN, named, of_contract, read, row

START = row("A", JANUARY, 700) + row("A", FEBRUARY, 600, 2)


@pytest.mark.parametrize(
    ("rows", "day", "amount", "found"),
    [
        (row("A", MARCH, 0), MARCH, 600, None),
        (row("A", MARCH, 0), APRIL, 600, "charge-off in another month in a history"),
        (row("A", MARCH, 0), FEBRUARY, 600, "charge-off in another month in a history"),
        (row("A", MARCH, 0, status="charged_off"), APRIL, 550, "charge-off in another month in a history"),
        (row("A", MARCH, 0, status="repaid"), MARCH, 200, "repaid and charged off in a history"),
        (row("A", MARCH, 0, status="repaid"), APRIL, 200, "repaid and charged off in a history"),
        (row("A", MARCH, 0, status="gone"), MARCH, 600, None),
        (row("A", MARCH, 0, status="gone"), APRIL, 600, "charge-off in another month in a history"),
    ],
)
def test_what_was_written_off_is_a_default(tmp_path: Path, rows: str, day: str, amount: int, found: str | None) -> None:
    history = read(tmp_path, START + rows + LONG, outcomes=f"A,{day},charge_off,{amount}\n")
    told = of_contract(history)
    assert told["event"][:3] == [m.STILL, m.STILL, m.CHARGED_OFF]
    assert (told["written_off_minor"][2], sum(told["written_off_minor"])) == (amount, amount)
    of_endings = {"charge-off in another month in a history", "repaid and charged off in a history"}
    moved = [one for one in history_findings(history) if one.name in of_endings and one.name != found]
    assert not moved
    assert found is None or (found, amount) in {(one.name, one.amount_minor) for one in history_findings(history)}


def test_a_part_by_which_the_balance_fell_is_no_end(tmp_path: Path) -> None:
    rows = row("A", JANUARY, 700) + row("A", FEBRUARY, 500) + row("A", MARCH, 0)
    history = read(tmp_path, rows + LONG, outcomes=f"A,{FEBRUARY},charge_off,200\n")
    assert of_contract(history)["event"] == [m.STILL, m.STILL, m.PREPAID]
    assert "written off in part in a history" in named(history)


def test_one_that_was_sold_is_no_default_but_told(tmp_path: Path) -> None:
    history = read(tmp_path, START + row("A", MARCH, 0, status="sold") + LONG, outcomes=f"A,{MARCH},charge_off,300\n")
    assert of_contract(history)["event"] == [m.STILL, m.STILL, m.LEFT]
    assert "sold and charged off in a history" in named(history)


@pytest.mark.parametrize(("amount", "far"), [(2, True), (299, True), (300, False), (1_200, False), (1_201, True)])
def test_charge_offs_are_held_against_what_was_owed(tmp_path: Path, amount: int, far: bool) -> None:
    history = read(tmp_path, START + row("A", MARCH, 0) + LONG, outcomes=f"A,{MARCH},charge_off,{amount}\n")
    assert ("charge-offs far from what was owed" in named(history)) == far


def test_recoveries_that_there_are_none_of_or_that_are_alone(tmp_path: Path) -> None:
    off = START + row("A", MARCH, 0, status="charged_off") + LONG
    (tmp_path / "none").mkdir()
    assert "no recoveries in a history" in named(read(tmp_path / "none", off))
    alone = named(read(tmp_path, off, outcomes=f"Z,{MARCH},recovery,5\nA,{MARCH},recovery,5\n"))
    assert "recoveries without a charge-off" in alone
    assert "no recoveries in a history" not in alone


def test_a_month_that_nobody_has_is_no_default(tmp_path: Path) -> None:
    def without_march(number: int, last: str) -> str:
        return "".join(row(f"B{number:02d}", day, 500) for day in (JANUARY, FEBRUARY)) + last

    rows = without_march(0, "") + without_march(1, row("B01", APRIL, 0, status="gone"))
    rows += "".join(without_march(number, row(f"B{number:02d}", APRIL, 400)) for number in range(2, 20))
    history = read(tmp_path, rows)
    (months,) = history.months()
    assert not (months.event == m.LEFT_WITH_BALANCE).any()
    assert (months.event == m.LEFT).sum() == 2
    (told,) = (one for one in history_findings(history) if one.name == "month that nobody has in a history")
    assert (told.where, told.amount_minor) == ("history.loans/2020-03", 20 * 500)


def test_a_row_of_no_day_says_nothing_of_the_end(tmp_path: Path) -> None:
    rows = "".join(row(f"B{number:02d}", day, 500) for number in range(20) for day in (JANUARY, FEBRUARY, MARCH))
    history = read(tmp_path, rows + row("B20", "2099-12-31", 500))
    assert history.tapes.setting.last_seen == 2020 * 12 + 2
    (months,) = history.months()
    assert not (months.event == m.LEFT_WITH_BALANCE).any()


def test_few_that_go_on_after_all_others_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    rows = "".join(row(f"B{number:02d}", day, 500) for number in range(20) for day in (JANUARY, FEBRUARY, MARCH))
    (tmp_path / "stated").mkdir()
    with pytest.raises(UnusableInput, match="after 2020-03, when 20 were on book, no month has more than 1 row"):
        read(tmp_path, rows + row("B20", "2020-06-30", 500))
    last = PLAN.replace("default_days = 90", "default_days = 90\nlast_month = 2020-03-31")
    monkeypatch.setattr(test_history_reading, "PLAN", last)
    stated = read(tmp_path / "stated", rows + row("B20", "2020-06-30", 500))
    assert stated.tapes.setting.last_seen == 2020 * 12 + 2

"""A year closed at once and in parts: what stage 3 leaves unrecognised adds up, and with it every line of income (R14)."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Callable, Sequence
from datetime import date
from functools import cache
from pathlib import Path

import polars as pl
import pytest

from gaapbridge.period_close import close
from gaapbridge.run import Run
from gaapbridge.statement.document import Statement
from tests.simulation.run_off import write_lender

OPENING, CLOSING = date(2022, 12, 31), date(2023, 12, 31)
HALF = date(2023, 6, 30)
PARTS = {
    "halves": (HALF,),
    "quarters": (date(2023, 3, 31), HALF, date(2023, 9, 30)),
    "months": tuple(date(2023, month, monthrange(2023, month)[1]) for month in range(1, 12)),
    "broken": (date(2023, 2, 14), date(2023, 2, 15), date(2023, 11, 3)),
}
Parts = Callable[[str], list[Run]]
FROM_DAY, FROM_NEXT = 'stage_3_interest_from = "day"', 'stage_3_interest_from = "next_period"'


def closed(folder: Path, between: Sequence[date], *replacements: tuple[str, str]) -> list[Run]:
    """The runs of the parts of the year."""
    plans = write_lender(folder, *replacements, instants=(OPENING, *between, CLOSING))
    return [close(plan) for plan in plans.values()][1:]


@pytest.fixture(scope="module")
def year(tmp_path_factory: pytest.TempPathFactory) -> Run:
    (run,) = closed(tmp_path_factory.mktemp("year"), ())
    return run


@pytest.fixture(scope="module")
def parts(tmp_path_factory: pytest.TempPathFactory) -> Parts:
    """The runs of the parts by their name, closed when they are first asked for."""
    return cache(lambda name: closed(tmp_path_factory.mktemp(name), PARTS[name]))


def sheet(run: Run) -> Statement:
    """The closing balance sheet, exact."""
    return next(one for one in run.exact.statements if one.id == run.manifest.statements.closing)


@pytest.mark.campaign
@pytest.mark.parametrize("name", PARTS)
def test_the_parts_close_as_the_year_does(year: Run, parts: Parts, name: str) -> None:
    """Every difference of every row to the minor unit, and so what is brought forward, byte for byte. What was expected at each
    opening, and revised in between, leaves no trace in the balances.

    Without a ledger retained earnings have the period's own income only, and equity balances: the two together are the same.
    """
    whole, last = sheet(year), sheet(parts(name)[-1])
    assert whole.id == last.id == "bs-2023" and [row.id for row in whole.rows] == [row.id for row in last.rows]
    assert sum(bool(row.amount(column)) for row in whole.rows for column in year.exact.column_ids) > 30
    for row, other in zip(whole.rows, last.rows, strict=True):
        columns = year.exact.column_ids if row.id in ("re", "balancing") else ("us_gaap", *year.exact.column_ids, "ifrs")
        assert {column: row.amount(column) for column in columns} == {column: other.amount(column) for column in columns}, (
            row.id
        )
    held = [[one.row(row).us_gaap for row in ("re", "balancing")] for one in (whole, last)]  # type: ignore[union-attr]
    assert sum(held[0]) == sum(held[1]) and held[0] != held[1]
    assert (year.folder / "brought_forward.csv").read_bytes() == (parts(name)[-1].folder / "brought_forward.csv").read_bytes()


@pytest.mark.campaign
@pytest.mark.parametrize("name", PARTS)
def test_income_of_the_parts_adds_up_to_the_year(year: Run, parts: Parts, name: str) -> None:
    """Before tax to the minor unit in every column, US GAAP and IFRS; tax, rounded once a close, within a unit for each."""
    (flow,) = [one for one in year.exact.statements if one.id == "is-2023"]
    flows = [run.exact.statement(str(run.manifest.statements.income)) for run in parts(name)]
    for row in (row for row in flow.rows if row.id in ("pbt", "ni")):
        for column in ("us_gaap", *year.exact.column_ids, "ifrs"):
            added = sum(part.row(row.id).amount(column) for part in flows)  # type: ignore[union-attr]
            assert abs(added - row.amount(column)) <= (0 if row.id == "pbt" else len(flows)), (row.id, column)
    assert [run.prior_folder for run in parts(name)[1:]] == [run.folder for run in parts(name)[:-1]]


def unrecognised(run: Run) -> dict[str, int]:
    """Interest not recognised on the allowance, of the contracts with any."""
    return interest(run, "allowance")


def interest(run: Run, on: str) -> dict[str, int]:
    """Interest of stage 3 on the allowance, or on recoveries after a write-off, of the contracts with any."""
    rows = run.measurements("loans").select("contract_id", f"ifrs_interest_on_{on}").collect().iter_rows()
    return {contract: amount for contract, amount in rows if amount}


@pytest.mark.campaign
@pytest.mark.parametrize("name", PARTS)
def test_what_is_not_recognised_in_the_parts_adds_up_to_the_year(year: Run, parts: Parts, name: str) -> None:
    """Contract by contract within half a minor unit for each part: the defaults that went on, began, ended or were cured."""
    whole, by_part = unrecognised(year), [unrecognised(run) for run in parts(name)]
    together = {one: sum(part.get(one, 0) for part in by_part) for one in {*whole, *(one for part in by_part for one in part)}}
    assert {one: amount for one, amount in together.items() if abs(amount - whole.get(one, 0)) > len(by_part) / 2} == {}
    assert len(whole) > 10
    paths = year.measurements("loans").filter(pl.col("contract_id").is_in(list(whole))).collect()
    assert {"stayed", "written_off", "settled"} <= set(paths["path"])
    assert {1, 3} <= set(paths["stage_closing"]), "a cured loan has left stage 3, what was not recognised before has not"


@pytest.mark.campaign
@pytest.mark.parametrize("name", PARTS)
def test_interest_after_write_offs_of_the_parts_adds_up_to_the_year(year: Run, parts: Parts, name: str) -> None:
    whole, by_part = interest(year, "recoveries"), [interest(run, "recoveries") for run in parts(name)]
    assert len(whole) > 3
    for one, amount in whole.items():
        assert abs(sum(part.get(one, 0) for part in by_part) - amount) <= len(by_part) / 2
    assert {one for part in by_part for one in part} == whole.keys()


@pytest.mark.campaign
@pytest.mark.parametrize("name", PARTS)
def test_every_line_of_income_of_the_parts_adds_up_to_the_year(year: Run, parts: Parts, name: str) -> None:
    """R14: half a minor unit x contracts x parts in what holds stage 3 interest, a unit of tax a part, nothing elsewhere."""
    runs = parts(name)
    touched = {one for run in (year, *runs) for name in ("allowance", "recoveries") for one in interest(run, name)}
    room = {("fi", "ecl"): len(touched) * len(runs) / 2, ("p_loans", "ecl"): len(touched) * len(runs) / 2}
    (flow,) = [one for one in year.exact.statements if one.id == "is-2023"]
    flows = [next(one for one in run.exact.statements if one.id == run.exact.rolls[0].flow) for run in runs]
    for row in flow.rows:
        if row.role != "line":
            continue
        for column in ("ecl", "eir", "sbc"):
            added = sum(next(one for one in part.rows if one.id == row.id).amount(column) for part in flows)
            allowed = len(runs) if row.id == "tax" else room.get((row.id, column), 0)
            assert abs(added - row.amount(column)) <= allowed, (row.id, column)
    assert year.exact.rolls[0].paths == {} and all(run.exact.rolls[0].paths == {} for run in runs)


@pytest.mark.campaign
def test_from_the_next_period_the_period_of_default_leaves_all_recognised(year: Run, parts: Parts, tmp_path: Path) -> None:
    """By ``next_period`` only loans in default at the opening have any, and these as much as by the day of default."""
    (run,) = closed(tmp_path / "year", (), (FROM_DAY, FROM_NEXT))
    first, second = closed(tmp_path / "halves", (HALF,), (FROM_DAY, FROM_NEXT))
    early = pl.read_csv(run.manifest.source_paths(run.folder)["tapes.loans.opening"])
    late = early.filter((pl.col("days_past_due") >= 90) & (pl.col("status") == "on_book"))["contract_id"].to_list()
    by_day, by_period = unrecognised(year), unrecognised(run)
    assert by_period == {one: amount for one, amount in by_day.items() if one in late}
    assert 0 < len(by_period) < len(by_day)
    assert unrecognised(first).keys() == by_period.keys() & unrecognised(parts("halves")[0]).keys()
    assert len(unrecognised(second)) > 0
    assert [check.id for check in run.listed.checks if not check.holds and check.check != "R17"] == []

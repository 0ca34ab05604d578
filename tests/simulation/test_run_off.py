"""Five years of a small lender, each opened with the run of the year before, until its last contract is settled."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from fractions import Fraction
from importlib import import_module
from itertools import pairwise
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from gaapbridge.contracts.measured import contribution, sides_of
from gaapbridge.notes import NOTES
from gaapbridge.period_close import close
from gaapbridge.reperform.run import reperform
from gaapbridge.run import Run
from gaapbridge.statement.document import Document
from gaapbridge.terms.finding import Finding
from tests.differences.journals import amount, journal
from tests.simulation.by_hand import months_later
from tests.simulation.run_off import WRITTEN_OFF_AFTER, YEAR_ENDS, YEARS, Borrower, borrowers, write_lender

COLUMNS = {note.column: note for note in NOTES.values()}


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> dict[int, Run]:
    """The runs by year."""
    plans = write_lender(tmp_path_factory.mktemp("run-off"))
    return {day.year: close(plan) for day, plan in plans.items()}


def printed(document: Document, statement: str, row: str, column: str) -> int:
    """The printed amount of a column in a row."""
    found = document.statement(statement)
    shown = found.row(row) if found is not None else None
    assert shown is not None, f"{statement} has no row {row}"
    return shown.amount(column)


def failing(run: Run) -> list[str]:
    """Checks that do not hold, but for hindsight: the curves are the starter's, and these borrowers pay worse than they say."""
    return [check.id for check in run.listed.checks if not check.holds and check.check != "R17"]


def found(run: Run) -> list[Finding]:
    """Findings but those of hindsight."""
    return [finding for finding in run.listed.findings if finding.check != "R17"]


def test_every_check_holds_and_nothing_is_found(runs: dict[int, Run]) -> None:
    for run in runs.values():
        assert (failing(run), found(run)) == ([], [])


@pytest.mark.parametrize("column", COLUMNS)
@pytest.mark.parametrize("year", YEARS[1:])
def test_each_column_rolls_forward_on_the_printed_page(runs: dict[int, Run], year: int, column: str) -> None:
    """Last year's page, and this year's effect on net income: what equity differs by on this year's page, within a unit.

    Awards move amounts inside equity, so their column rolls in retained earnings. No path is declared in any column.
    """
    before, now = runs[year - 1].document, runs[year].document
    row = "eq" if COLUMNS[column].offset is None else "re"
    rolled = printed(before, f"bs-{year - 1}", row, column) + printed(now, f"is-{year}", "ni", column)
    assert abs(rolled - printed(now, f"bs-{year}", row, column)) <= 1
    assert printed(now, f"bs-{year - 1}", row, column) == printed(before, f"bs-{year - 1}", row, column)
    assert [roll.paths for roll in now.rolls] == [{}]


@pytest.mark.parametrize("column", COLUMNS)
def test_each_column_has_something_to_roll(runs: dict[int, Run], column: str) -> None:
    income = [printed(runs[year].document, f"is-{year}", "ni", column) for year in YEARS[1:]]
    assert sum(amount != 0 for amount in income) >= 3


@pytest.mark.parametrize("column", COLUMNS)
def test_each_difference_is_nil_once_every_contract_is_settled(runs: dict[int, Run], column: str) -> None:
    """To the minor unit, deferred tax and value-added tax with it; paid-in capital and retained earnings too."""
    last = YEARS[-1]
    sheet, opening = (runs[last].exact.statement(f"bs-{year}") for year in (last, last - 1))
    assert sheet is not None and opening is not None
    assert {row.id: row.amount(column) for row in sheet.rows if row.amount(column)} == {}
    assert any(row.amount(column) for year in YEARS[1:-1] for row in runs[year].exact.statements[0].rows)


def posted(run: Run, column: str, account: str, *kinds: str) -> int:
    """What a note's entries of some kinds posted to an account, debit positive."""
    return sum(
        amount(line) for line in journal(run) if (line["note"], line["account"]) == (column, account) and line["kind"] in kinds
    )


@pytest.mark.campaign(but=6)
@pytest.mark.parametrize("year", YEARS[1:])
@pytest.mark.parametrize("column", COLUMNS)
def test_what_contracts_contribute_to_a_column_adds_up_to_its_journal(runs: dict[int, Run], year: int, column: str) -> None:
    """Role by role, though two notes post to the same one: each names its parts, and ``explain`` ranks contracts by them."""
    run, note = runs[year], COLUMNS[column]
    found: dict[tuple[str, tuple[str, ...]], int] = {}
    for kind in note.kinds:
        direct = import_module(f"gaapbridge.contracts.{kind}.direct")
        income = [(role, "closing", ("movement",)) for role in note.profit[kind]]
        sheets = [
            (role, instant, kinds)
            for role in note.balances[kind]
            for instant, kinds in (("opening", ("brought_forward",)), ("closing", ("brought_forward", "movement")))
        ]
        for role, instant, kinds in (*income, *sheets):
            each = contribution(sides_of(direct, instant, run.closing_answers), note, role)
            assert each is not None
            whole = int(run.measurements(kind).select(each.sum()).collect().item())
            place = (run.manifest.posting[role], kinds)
            found[place] = found.get(place, 0) + whole
    assert found == {(account, kinds): posted(run, column, account, *kinds) for account, kinds in found}
    assert any(found.values()) or year == YEARS[-1]


def test_a_deferral_open_at_a_write_off_ends_in_the_provision_of_its_own_column(runs: dict[int, Run]) -> None:
    """As the table of contracts has it the moment before each loan was written off; no tax is in it, since the allowance of a
    loan in default has taken what is deferred."""
    for year in YEARS[2:4]:
        run = runs[year]
        exit_ = {side: pl.col(f"exit_{side}_deferred_fees") + pl.col(f"exit_{side}_deferred_costs") for side in ("us", "ifrs")}
        off = run.measurements("loans").filter(pl.col("path").is_in(["written_off", "new_written_off"]))
        open_, tax = off.select((exit_["ifrs"] - exit_["us"]).sum(), pl.col("exit_vat_deferred_fees").sum()).collect().row(0)
        assert open_ != 0 and tax == 0
        assert posted(run, "eir", run.manifest.posting["provision_for_loans"], "movement") == open_


@pytest.mark.campaign
def test_accrued_interest_is_in_the_column_of_impairment_alone(runs: dict[int, Run], tmp_path: Path) -> None:
    """IFRS carries interest on loans past 90 days that US GAAP does not; 6/106 of it is tax, where due before receipt."""
    on_receipt, at_once = (f"interest_past_due_days = {days}" for days in (90, 3650))
    taxed = [close(plan) for plan in write_lender(tmp_path, (on_receipt, at_once), instants=YEAR_ENDS[:3]).values()]
    assert failing(taxed[-1]) == []
    for run, share in ((runs[2023], 0.0), (taxed[-1], 6 / 106)):
        _interest_of_impaired_loans(run, share)


def _interest_of_impaired_loans(run: Run, share: float) -> None:
    accounts = {role: run.manifest.posting[role] for role in ("accrued_interest", "other_tax_payable", "provision_for_loans")}
    interest, tax, _ = (posted(run, "ecl", account, "brought_forward", "movement") for account in accounts.values())
    assert interest > 0
    assert posted(run, "eir", accounts["accrued_interest"], "brought_forward", "movement") == 0
    impaired = run.measurements("loans").filter(pl.col("ifrs_accrued_interest") != pl.col("us_accrued_interest")).collect()
    assert impaired["stage_closing"].to_list() == [3] * impaired.height
    assert impaired.height > 0 and abs(tax + interest * share) <= impaired.height / 2


LEFT = (Fraction("0.2"), Fraction("0.1"), Fraction("0.05"), Fraction(0))
"""Share of an amount written off that is still to come, by whole months since."""


WHOLE = "written off whole, with recoveries expected"


def worth(month: int, rate: Fraction) -> Fraction:
    """What is still to come, each month's at its end, discounted: 0.2 is 0.1 after a month, 0.05 after two and after three."""
    return sum((now - later) / (1 + rate) ** ahead for ahead, (now, later) in enumerate(pairwise(LEFT[month:]), start=1))


def months_since(one: Borrower, day: date) -> int:
    """Whole months since a loan was written off, three at most; then nothing is left to come."""
    return max((month for month in range(len(LEFT)) if months_later(one.exit_date, month) <= day), default=0)


def after_write_off(run: Run, year: int) -> Iterator[tuple[dict[str, Any], dict[str, Fraction]]]:
    """Loans written off by the end of a year and listed then: measured, and by hand."""
    rows = {row["contract_id"]: row for row in run.measurements("loans").collect().to_dicts()}
    opening, closing = date(year - 1, 12, 31), date(year, 12, 31)
    for one in borrowers("LOAN", 160, WRITTEN_OFF_AFTER, 7):
        if one.ended != "lost" or one.exit_date > closing or one.name not in rows:
            continue
        rate, off = Fraction(rows[one.name]["ifrs_rate_per_period"]), one.balances[one.standing(one.exit_date).paid]
        first, last = (months_since(one, day) for day in (opening, closing))
        yield (
            rows[one.name],
            {
                "us_expected_recoveries": off * LEFT[last],
                "ifrs_expected_recoveries": off * worth(last, rate),
                "ifrs_interest_on_recoveries": off * rate * sum(worth(month, rate) for month in range(first, last)),
                "exit_ifrs_expected_recoveries": off * worth(0, rate) if one.exit_date > opening else Fraction(0),
            },
        )


@pytest.mark.parametrize("year", YEARS[1:])
def test_what_is_expected_after_a_write_off_by_hand(runs: dict[int, Run], year: int) -> None:
    """US GAAP what is to come; IFRS what that is worth, and interest on it from the day of the write-off on."""
    seen = 0
    for row, expected in after_write_off(runs[year], year):
        assert [name for name, amount in expected.items() if abs(row[name] - amount) > 0.5 + 1e-6] == []
        seen += any(expected.values())
    assert seen or year == YEARS[1]


@pytest.mark.campaign
def test_where_nothing_remains_after_a_write_off_it_is_said_how_much_is_expected(tmp_path: Path) -> None:
    """By the other election: no asset, no interest on it, and a finding with the amount; the rest ties out as before."""
    kept, nil = 'ifrs_after_write_off = "expected_recoveries"', 'ifrs_after_write_off = "nil"'
    plans = write_lender(tmp_path, (kept, nil), instants=YEAR_ENDS[:4])
    runs = {day.year: close(plan) for day, plan in plans.items()}
    whole = 0
    for year in YEARS[1:4]:
        by_hand = [amounts["ifrs_expected_recoveries"] for _, amounts in after_write_off(runs[year], year)]
        assert [finding.name for finding in found(runs[year])] == [WHOLE] * any(by_hand)
        told = sum(finding.amount_minor for finding in found(runs[year]))
        assert abs(told - sum(by_hand)) <= len(by_hand) / 2
        table = runs[year].measurements("loans").collect()
        assert [table[f"ifrs_{name}"].abs().sum() for name in ("expected_recoveries", "interest_on_recoveries")] == [0, 0]
        assert failing(runs[year]) == []
        whole += told
    assert whole > 0


@pytest.mark.campaign(but=1)
@pytest.mark.parametrize("year", (2023, 2025))
def test_the_independent_calculator_agrees_on_every_contract(runs: dict[int, Run], year: int) -> None:
    outcome = reperform(runs[year], sample=None)
    assert outcome.disagreements == () and outcome.population >= 60


def test_the_lender_does_what_it_is_made_for(runs: dict[int, Run]) -> None:
    """Loans repaid early, written off, recovered and cured after a default; guarantees paid out; curves revised."""
    paths = [set(run.measurements("loans").collect()["path"]) for run in runs.values()]
    assert {"stayed", "new", "settled", "new_settled", "written_off", "written_off_earlier"} <= set().union(*paths)
    tape = pl.read_csv(Path(runs[2023].manifest.source_paths(runs[2023].folder)["tapes.loans.closing"]))
    assert tape["cured_date"].is_not_null().any() and (tape["status"] == "prepaid").any()
    assert any(line["entry"] == "i-assumptions-loss_allowance" for line in journal(runs[2023]))

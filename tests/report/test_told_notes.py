"""What reports tell of the notes, against the statements in minor units and as printed."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest

from gaapbridge.example.demo import Demonstration
from gaapbridge.report.told.differences import told_accounts, told_rolls
from gaapbridge.report.told.elections import told_elections
from gaapbridge.report.told.notes import ToldNotes, told_notes
from gaapbridge.report.told.trail import told_causes
from gaapbridge.statement.note_tables import NoteTable


@pytest.fixture(scope="module")
def told(done: Demonstration) -> ToldNotes:
    """The notes of its later year."""
    return told_notes(done.run)


def printed(run: Path, statement: str, row: str, name: str = "statement.json") -> dict[str, int]:
    """The amounts of a row of a run's statements as they are written, by column."""
    document = json.loads((run / name).read_text(encoding="utf-8"))
    rows = next(one["rows"] for one in document["statements"] if one["id"] == statement)
    found = next(one for one in rows if one["id"] == row)
    return {"us_gaap": found["us_gaap"], **found["adj"], "ifrs": found["ifrs"]}


def amounts(table: NoteTable, caption: str) -> tuple[int, ...]:
    """The amounts of a row of a table."""
    return dict(table.rows)[caption]


def test_the_causes_lead_from_the_opening_difference_to_the_closing_one(done: Demonstration, told: ToldNotes) -> None:
    closing = printed(done.run.folder, "bs-2023", "eq", "exact.json")
    opening = printed(done.prior.folder, "bs-2022", "eq", "exact.json")
    for note in told.notes:
        causes = told_causes(done.run, note.id)
        assert sum(one.equity_minor for one in causes if one.is_before) == opening.get(note.id, 0)
        assert sum(one.equity_minor for one in causes) == closing.get(note.id, 0)
    assert sum(opening.get(note.id, 0) != 0 for note in told.notes) > 1


def test_accounts_hold_both_frameworks_as_the_books_do(done: Demonstration, told: ToldNotes) -> None:
    """Of each account: the trial balance, and the lines of the journals that bear the note."""
    ledgers = json.loads((done.run.folder / "ledger.json").read_text(encoding="utf-8"))
    with (done.run.folder / "journals.csv").open(encoding="utf-8", newline="") as stream:
        lines = list(csv.DictReader(stream))
    for note in told.notes:
        for one in told_accounts(done.run, note.id):
            own = [line for line in lines if (line["note"], line["account"]) == (note.id, one.account)]
            amounts = [int(line["debit_minor"] or 0) - int(line["credit_minor"] or 0) for line in own]
            before = [a for a, line in zip(amounts, own, strict=True) if line["kind"] == "brought_forward"]
            assert one.at("opening") == (ledgers["bs-2022"].get(one.account, 0), sum(before))
            assert one.at("closing") == (ledgers["bs-2023"].get(one.account, 0), sum(amounts))


def test_a_roll_forward_leads_from_last_year_to_this_one(done: Demonstration, told: ToldNotes) -> None:
    for note in told.notes:
        rolls = told_rolls(done.run, note.id)
        assert rolls.rolls
        for one in rolls.rolls:
            assert sum(one.by_cause.values()) == one.closing and set(one.by_cause) <= {*rolls.causes, "brought_forward"}
        for cause in rolls.causes:
            assert sum(one.by_cause.get(cause, 0) for one in rolls.rolls) == 0, "a journal balances"


def test_an_answer_has_its_paragraph_and_the_line_of_the_plan(done: Demonstration, told: ToldNotes) -> None:
    method = told.notes[0].elections[0]
    assert method.paragraph == "326-20-30-3 to 30-5" and method.in_plan == 'us_method = "pd_lgd"'
    listed = told_elections(done.run)
    plan = (done.run.folder / "plan.toml").read_text(encoding="utf-8")
    elections = [one for one in listed if one.in_plan]
    assert all(one.paragraph and one.nature for one in elections) and len(elections) > 30
    assert all(f"\n{one.in_plan.partition(' = ')[0]} = " in plan for one in elections)
    rates = [one.answer for one in listed if one.question == "At which rate of tax?"]
    assert rates == ["25 %", "25 %", "0 %", "25 %"]
    asked = {one.in_plan for note in told.notes for one in note.elections if one.in_plan}
    assert asked and asked <= {one.in_plan for one in listed}


def test_equity_and_net_income_are_those_of_the_statements(done: Demonstration, told: ToldNotes) -> None:
    equity, income = told.summary
    for table, ids, row in ((equity, ("bs-2023", "bs-2022"), "eq"), (income, ("is-2023", "is-2022"), "ni")):
        expected = [printed(done.run.folder, one, row) for one in ids]
        assert amounts(table, "Under U.S. GAAP") == tuple(one["us_gaap"] for one in expected)
        assert amounts(table, "Under IFRS") == tuple(one["ifrs"] for one in expected)
        assert [sum(column) for column in zip(*(figures for _, figures in table.rows[:-1]), strict=True)] == [
            one["ifrs"] for one in expected
        ]


def test_tax_by_note_is_that_of_the_statements(done: Demonstration, told: ToldNotes) -> None:
    income, deferred = told.tax
    for place, (flow, sheet) in enumerate((("is-2023", "bs-2023"), ("is-2022", "bs-2022"))):
        tax = printed(done.run.folder, flow, "tax")
        assert amounts(income, "Total")[place] == tax["ifrs"] - tax["us_gaap"]
        asset, liability = (printed(done.run.folder, sheet, row) for row in ("dta", "dtl"))
        net = {side: asset[side] - liability[side] for side in ("us_gaap", "ifrs")}
        assert amounts(deferred, "Total")[place] == net["ifrs"] - net["us_gaap"] != 0


def test_each_note_says_what_the_run_printed(done: Demonstration, told: ToldNotes) -> None:
    notes = " ".join(done.run.notes_text.split())
    assert [note.numeral for note in told.notes] == ["i", "ii", "iii", "iv"]
    for note in told.notes:
        assert all(f"{title}. {text}" in notes for title, text in note.paragraphs)
        assert all(table.title in notes for table in note.tables) and len(note.elections) > 3

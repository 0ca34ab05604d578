"""What reports tell of the notes, against the statements in minor units and as printed."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from gaapbridge.example.demo import Demonstration, demonstrate
from gaapbridge.progress import Progress
from gaapbridge.report.told.notes import ToldNotes, told_notes
from gaapbridge.statement.note_tables import NoteTable


@pytest.fixture(scope="module")
def done(tmp_path_factory: pytest.TempPathFactory) -> Demonstration:
    """Both years of a small example lender."""
    return demonstrate(tmp_path_factory.mktemp("years") / "demo", 300, Progress(show=False))


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
    closing = printed(done.run.folder, "bs-2023", "re", "exact.json")
    opening = printed(done.prior.folder, "bs-2022", "re", "exact.json")
    for note in told.notes:
        assert note.causes is not None
        rows = [figures for _, (figures,) in note.causes.rows]
        assert sum(rows[:-1]) == rows[-1]
        assert abs(rows[0] * 100_000 - opening[note.id]) <= 50_000 and abs(rows[-1] * 100_000 - closing[note.id]) <= 50_000
        moved = sum(abs(one) for one in rows[1:-1])
        assert moved >= abs(rows[-1] - rows[0])


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

"""The notes below the statement, on a document small enough to add by head: text, elections, figures, roll-forward."""

from __future__ import annotations

from typing import Any

import pytest

from gaapbridge.statement.document import Document
from gaapbridge.statement.document_reading import read_document
from gaapbridge.statement.notes_text import NotesSaid, NoteText, paragraphs_of, print_notes

TEXT = NoteText(
    paragraphs={"US GAAP": "No stages.", "IFRS": "Stages under IFRS, not US GAAP.", "Accordingly": "Loans move."},
    elections=[("From how many days past due?", "90"), ("Which scenarios carry the US GAAP forecast?", "base 100 %")],
)


def row(row_id: str, label: str, role: str, amount: int, of: list[Any] | None = None, section: str = "") -> dict[str, Any]:
    """A row with nothing under US GAAP and one adjustment."""
    total = {} if of is None else {"of": of}
    return {
        "id": row_id, "label": label, "section": section, "role": role,
        "us_gaap": 0, "adj": {"ecl": amount}, "ifrs": amount, **total,
    }  # fmt: skip


def sheet(year: int, loans: int) -> dict[str, Any]:
    """A balance sheet of one asset and one kind of equity."""
    rows = [
        row("loans", "Loans receivable", "line", loans, section="non-current assets"),
        row("re", "Retained earnings", "line", loans, section="equity"),
        row("eq", "TOTAL EQUITY", "total", loans, [[1, "re"]], "equity"),
    ]
    return {"id": f"bs-{year}", "kind": "balance sheet", "as_of": f"{year}-12-31", "complete": True, "rows": rows}


def document(moved: int = 30, closing: int = 90) -> dict[str, Any]:
    """Equity 20 at the end of 2022; income 50 less a provision of 12 plus tax of 2 in 2023; a movement; equity of 2023."""
    income = [
        row("fi", "Financing income", "line", 50),
        row("p_loans", "Provision", "line", 12),
        row("pbt", "Income before tax", "subtotal", 38, [[1, "fi"], [-1, "p_loans"]]),
        row("tax", "Income tax expense", "line", 2),
        row("ni", "Net income", "total", 40, [[1, "pbt"], [1, "tax"]]),
    ]
    roll = {
        "open": "bs-2022", "close": "bs-2023", "flow": "is-2023", "retained": "re", "flow_row": "ni", "offset": {},
        "bs_pretax_rows": {"ecl": []}, "paths": {"ecl": {"opening_basis_difference": moved}},
        "paths_pretax": {"ecl": {"opening_basis_difference": moved}},
    }  # fmt: skip
    flow = {
        "id": "is-2023", "kind": "income statement", "period": "2022-12-31/2023-12-31", "complete": True, "rows": income,
    }  # fmt: skip
    return {
        "id": "small", "issuer": "Small Lender", "currency": "CNY", "unit": "thousand",
        "from_gaap": "US GAAP", "to_gaap": "IFRS",
        "columns": [{"id": "ecl", "note": "i", "label": "Expected credit losses"}], "rollforward": [roll],
        "statements": [sheet(2023, closing), sheet(2022, 20), flow],
    }  # fmt: skip


def read(content: dict[str, Any]) -> Document:
    return read_document(content, "small.json")


def printed(**changes: int) -> list[str]:
    """The lines of the notes to the small document."""
    return print_notes(read(document(**changes)), NotesSaid("From the trial balance.", "", {"ecl": TEXT})).splitlines()


def test_the_roll_forward_adds() -> None:
    """20 + 40 + 30 = 90: without the movement that the statement does not print, a reader could not add it."""
    lines = printed()
    place = lines.index("Roll-forward of the difference in total equity")
    assert [(line[:50].strip(), line[50:].strip()) for line in lines[place + 1 :]] == [
        ("As of December 31, 2022", "20"),
        ("Net income for the year ended December 31, 2023", "40"),
        ("Opening basis difference", "30"),
        ("As of December 31, 2023", "90"),
    ]


def test_what_rounding_leaves_is_printed() -> None:
    """20 + 40 - 30 is 30 and the closing balance sheet prints 31."""
    assert [line.split()[-1] for line in printed(moved=-30, closing=31)[-5:]] == ["20", "40", "(30)", "1", "31"]
    assert not any("Rounding  " in line for line in printed())


def test_the_lines_of_profit_add_with_what_is_deducted_marked() -> None:
    """50 less 12 and 2 is 40."""
    lines = printed()
    assert [line for line in lines if line.startswith("  Less: ")] == [line for line in lines if " Provision " in line]
    assert [line.split()[-1] for line in lines if line.startswith(("  Fin", "  Less", "  Income tax", "  Net income  "))] == [
        "50", "12", "2", "40",
    ]  # fmt: skip


def test_text_then_elections_then_figures() -> None:
    lines = printed()
    order = [
        "U.S. GAAP. No stages.",
        "IFRS. Stages under IFRS, not U.S. GAAP.",
        "Effect on the statements. Loans move.",
        "Elections",
    ]
    assert [line for line in lines if line in order] == order
    after = lines[lines.index("Elections") + 1 :]
    assert [(line[:58].strip(), line[58:].strip()) for line in after[:2]] == [
        ("From how many days past due?", "90"), ("Which scenarios carry the U.S. GAAP forecast?", "base 100 %"),
    ]  # fmt: skip
    assert any("Loans receivable (non-current)" in line for line in after)


def test_the_basis_names_what_is_reconciled() -> None:
    text = " ".join(printed())
    assert "Small Lender reports under U.S. GAAP." in text
    assert (
        "its balance sheets as of December 31, 2023 and as of December 31, 2022 and its income statement for the year ended"
        in text
    )
    assert "U.S. GAAP amounts. From the trial balance." in text and "Amounts are in thousands of CNY," in text


@pytest.mark.parametrize(("us_gaap", "said"), [(0, "are not printed; sub-totals"), (5, "but for the balancing figure;")])
def test_a_balancing_figure_is_printed_though_no_note_adjusts_it(us_gaap: int, said: str) -> None:
    balanced = document()
    balancing = {**row("balancing", "Balancing figure", "line", 0, section="equity"), "us_gaap": us_gaap, "ifrs": us_gaap}
    for one in balanced["statements"][:2]:
        one["rows"].insert(2, balancing)
    text = " ".join(print_notes(read(balanced), NotesSaid("From the tapes.", "", {"ecl": TEXT})).split())
    assert said in text


def test_no_line_is_wide() -> None:
    assert max(map(len, printed())) <= 100


def test_one_instant_has_no_roll_forward() -> None:
    alone = {**document(), "rollforward": [], "statements": [sheet(2023, 90)]}
    text = print_notes(read(alone), NotesSaid("From the trial balance.", "", {"ecl": TEXT}))
    assert "Roll-forward" not in text and "Retained earnings" in text


def test_a_kind_of_contract_that_is_not_there_is_not_described() -> None:
    text = "## US GAAP\n\nAll.\n\n### Loans\n\nOf loans.\n\n### Guarantees\n\nOf guarantees.\n\n## Not formalised\n\nRest."
    assert paragraphs_of(text, ["loans"]) == {"US GAAP": "All. Of loans."}
    assert paragraphs_of(text, ["guarantees"]) == {"US GAAP": "All. Of guarantees."}
    assert paragraphs_of(text, ["loans", "guarantees"]) == {"US GAAP": "All. Of loans. Of guarantees."}


def test_a_lender_without_value_added_tax_reads_nothing_of_it() -> None:
    taxed, without = (
        print_notes(read(document()), NotesSaid("From the trial balance.", "", {"ecl": TEXT}, with_vat=one))
        for one in (True, False)
    )
    assert (
        "value-added" in taxed and "value-added" not in without and "the deferred tax that belongs" in " ".join(without.split())
    )

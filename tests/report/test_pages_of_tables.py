"""Tables of the exhibit that go over a page: each page says what it shows, and none begins or ends with a lone row."""

from __future__ import annotations

from pathlib import Path

import pytest

from gaapbridge.report.exhibit.blocks import HEADING, LINE, TOTAL, Contents, Pairs, Table, TableRow
from gaapbridge.report.exhibit.typeset import pdf_of
from tests.report.exhibit_read import page_texts

PERIODS = (
    "For the year ended December 31, 2023",
    "For the year ended December 31, 2022",
    "For the year ended December 31, 2021",
)


def _pages(folder: Path, *blocks: Table | Pairs) -> list[list[str]]:
    """The lines of each page without its foot."""
    folder.joinpath("made.pdf").write_bytes(pdf_of(Contents("A title", "Issuer", "en", "Page", blocks)))
    read = [page.split("Issuer")[0] for page in page_texts(folder / "made.pdf")]
    return [[line.strip() for line in page.split("|") if line.strip()] for page in read]


@pytest.mark.parametrize("rows", [14, 16, 19])
def test_a_table_breaks_between_its_parts_and_says_that_it_goes_on(tmp_path: Path, rows: int) -> None:
    parts = [
        (
            TableRow(when, (), HEADING),
            *(TableRow(f"| row {n} |", ("1",), LINE) for n in range(rows)),
            TableRow("| closing |", ("9",), TOTAL),
        )
        for when in PERIODS
    ]
    pages = _pages(tmp_path, Table("| Roll-forward |", ("U.S. GAAP",), tuple(row for part in parts for row in part)))
    assert len(pages) > 1
    for number, page in enumerate(pages):
        text = " ".join(page)
        assert text.startswith("Roll-forward (continued)" if number else "Roll-forward") and "U.S. GAAP" in page[1]
        assert [text.count(one) for one in ("row 0", "closing")] == [sum(when in text for when in PERIODS)] * 2, (
            "no period is parted"
        )


@pytest.mark.parametrize("rows", range(38, 46))
def test_no_page_of_answers_begins_with_a_lone_one(tmp_path: Path, rows: int) -> None:
    asked = tuple((f"| Question {n}? |", "| Answer |") for n in range(rows))
    pages = _pages(tmp_path, Pairs(("| Policies |", "| Reply |"), asked))
    counted = [sum(line.startswith("Question") for line in page) for page in pages]
    assert sum(counted) == rows and min(counted) >= 3
    assert [page[0].split(" (")[0] for page in pages] == ["Policies"] * len(pages)
    assert all("(continued)" in " ".join(page[:3]) for page in pages[1:]) and "(continued)" not in " ".join(pages[0])

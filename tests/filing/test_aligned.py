"""Tables whose columns are held apart by spaces, as filings of text print them: read, every misprint found, or refused.

The restated second quarter of 2022 of a Form 10-Q/A (CIK 1172222), Cerro Verde's Form 20-F of 2023, and Ahold's annual report
of 2002 (page 190, its headings shortened): their figures, laid out as EDGAR's text is.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from gaapbridge.filings import read_json
from gaapbridge.filings.reading import read_tables
from gaapbridge.filings.table_read import TableRead
from gaapbridge.statement.document_reading import read_document
from gaapbridge.statement.printing import is_printed, print_statement
from gaapbridge.terms.errors import UnusableInput
from gaapbridge.verification import verify
from tests.published import published

ALIGNED = Path(__file__).parent / "aligned"
ROWS = {"ahold-2002": 21, "hawaiian-2022q2": 7, "cerro-verde-2023": 6}
"""Rows, or where the table reconciles down the page, periods."""

Rows = list[list[tuple[float, list[float], float]]]


def rows_of(read: TableRead) -> Rows:
    """Both frameworks and what leads from one to the other, row by row, nil adjustments left out."""
    statements = [one["rows"] for one in read.statements]
    return [[_amounts(row) for row in rows] for rows in statements if isinstance(rows, list)]


def _amounts(row: dict[str, object]) -> tuple[float, list[float], float]:
    adjusted = row["adj"]
    assert isinstance(adjusted, dict)
    return float(str(row["us_gaap"])), sorted(float(one) for one in adjusted.values() if one), float(str(row["ifrs"]))


@pytest.mark.parametrize("name", ROWS)
def test_what_a_filing_prints_adds_up(name: str) -> None:
    outcome = verify(ALIGNED / f"{name}.txt")
    assert not [one for one in outcome.findings if one.check in ("R1", "R2", "R12")]
    assert sum(one.check == "R1" for one in outcome.checks) == ROWS[name]


def test_captions_headings_and_units_are_whole() -> None:
    """Captions over two lines, leaders of dots, headings over several lines, a date over all columns, currency and unit."""
    read = read_tables(ALIGNED / "ahold-2002.txt")
    (statement,) = read.statements
    rows = statement["rows"]
    assert isinstance(rows, list) and statement["as_of"] == "2001-12-30"
    assert [row["label"] for row in rows][8:10] == [
        "Alternative minimum tax carry forwards",
        "General business tax credit carry forwards",
    ]
    assert (read.top["currency"], read.top["unit"]) == ("EUR", "million")
    assert read.names == [("DUTCH GAAP BALANCES", "US GAAP BALANCES")]
    assert verify(ALIGNED / "hawaiian-2022q2.txt").checks[0].statement == "is-2022q2"


def test_a_page_and_a_text_give_the_same() -> None:
    """Cerro Verde's note as its page prints it, and as text."""
    page = Path(__file__).parent / "pasted" / "cerro-verde-2023.html"
    assert rows_of(read_tables(ALIGNED / "cerro-verde-2023.txt")) == rows_of(read_tables(page))


def misprints(text: str) -> Iterator[tuple[str, str]]:
    """The text with one figure of a row changed, and that row; headings are set in."""
    for found in re.finditer(r"(?<=[ (])\d[\d,]*(?=\)|\s{2,}|\n)", text):
        begins = text.rfind("\n", 0, found.start()) + 1
        line, before = text[begins : text.index("\n", found.end())], text[begins : found.start()]
        if line.startswith(" " * 9) or not re.search(r"\s{2,}\S*$|\s{2,}(?:EUR|\$) *\(?$", before):
            continue
        changed = found[0][:-1] + str((int(found[0][-1]) + 3) % 10)
        yield text[: found.start()] + changed + text[found.end() :], line


def _is_seen(path: Path) -> bool:
    """Whether its row no longer foots, or it is refused, as a figure is beside a blank under a framework."""
    try:
        return any(one.check == "R1" for one in verify(path).findings)
    except UnusableInput:
        return True


@pytest.mark.campaign(but=1)
@pytest.mark.parametrize(("name", "many"), [("ahold-2002", 50), ("hawaiian-2022q2", 19), ("cerro-verde-2023", 67)])
def test_every_misprint_of_a_single_figure_is_found(name: str, many: int, tmp_path: Path) -> None:
    text = (ALIGNED / f"{name}.txt").read_text(encoding="utf-8")
    seen, unseen = 0, []
    for changed, line in misprints(text):
        (tmp_path / "changed.txt").write_text(changed, encoding="utf-8")
        seen += 1
        if not _is_seen(tmp_path / "changed.txt"):
            unseen.append(line)
    assert unseen == [] and seen >= many


@pytest.mark.parametrize(
    "name",
    [
        "autohome-2024",
        "hutchmed-2022h1",
        "hutchmed-2023h1",
        "petroteq-2019",
        "qifu-2021",
        "qifu-2023",
        "sony-2020",
        "toyota-2019",
    ],
)
def test_our_own_text_gives_what_it_was_printed_from(name: str, tmp_path: Path) -> None:
    """As the statement.txt of a run is, statement by statement, row by row."""
    raw: Any = read_json(published(name))
    document = read_document(raw, name)
    (tmp_path / "statement.txt").write_text(print_statement(document), encoding="utf-8")
    read = read_tables(tmp_path / "statement.txt")
    held = [zip(one["rows"], made.rows, strict=True) for one, made in zip(raw["statements"], document.statements, strict=True)]
    assert rows_of(read) == [[_amounts(row) for row, made in rows if is_printed(made)] for rows in held]
    dates = zip(map(_when, read.statements), map(_when, raw["statements"]), strict=True)
    assert all(one.startswith(other) for one, other in dates)


def _when(statement: dict[str, object]) -> str:
    """The day, or the period, which may be written as a year."""
    return str(statement.get("as_of") or statement.get("period"))


HEAD = "                         As reported      Effect    As restated\n"
ROW = "Cash                          1,000          --          1,000\n"


def _read(text: str, folder: Path) -> Rows:
    (folder / "text.txt").write_text(text, encoding="utf-8")
    return rows_of(read_tables(folder / "text.txt"))


@pytest.mark.parametrize(
    ("line", "amounts"),
    [
        ("Loans, net                $ ( 250)         (25)          (275)\n", (-250, [-25], -275)),
        ("Loans under IFRS 9                           25             25\n", (0, [25], 25)),
        ("Adoption of ASC 606             250      (250)              --\n", (250, [-250], 0)),
        ("Loans (1) . . . . . . .         250   $     25     $       275\n", (250, [25], 275)),
        ("Loans                           250  25                    275\n", (250, [25], 275)),
    ],
)
def test_an_amount_stands_in_its_column(line: str, amounts: tuple[float, list[float], float], tmp_path: Path) -> None:
    """Signs apart, numbers among the words of a caption, leaders of dots, all amounts of a row out of line."""
    assert _read(HEAD + ROW + ROW + line, tmp_path) == [[(1000, [], 1000), (1000, [], 1000), amounts]]


@pytest.mark.parametrize(
    "line",
    [
        "Loans                  250  25\n",
        "Loans                                 25               275\n",
        "Loans                           250  25   30           275\n",
        "Loans receivable, net of reserves (250)       25\n",
    ],
)
def test_what_stands_in_no_column_is_refused(line: str, tmp_path: Path) -> None:
    """A row of fewer amounts than columns, of which one ends where no column does: refused with its line."""
    with pytest.raises(UnusableInput) as refused:
        _read(HEAD + ROW + ROW + line, tmp_path)
    assert "line 4" in str(refused.value) and "semicolon" in str(refused.value)


BROKEN = """\
| | Three months ended September 30, 2018 | | Nine Months Ended September 30, 2018 |
(millions) | | As Reported | | Adjustments | | Balances Without Adoption of ASC 606 | | As Reported | | Adjustments | | Balances Without Adoption of ASC 606 |
Revenue | | |
Total revenue | | $ | 2,349 |
| | $ | 142 |
| | $ | 2,491 |
| | $ | 8,000 |
| | $ | (268 | ) | | $ | 7,732 |
|
"""  # noqa: E501
"""Aon's Form 10-Q for the third quarter of 2018, as its page is copied: a row over five lines."""


def test_a_row_over_several_lines_of_bars_is_one(tmp_path: Path) -> None:
    assert _read(BROKEN, tmp_path) == [[(2349, [142], 2491)], [(8000, [-268], 7732)]]
    with pytest.raises(UnusableInput, match="line 10"):
        _read(f"{BROKEN}Compensation | | $ | 1,392 |\n| | $ | 36 |\n| | $ | 1,428 |\n", tmp_path)


def test_bars_without_cells_below_each_other_are_read_in_order(tmp_path: Path) -> None:
    """A sign in a cell of its own moves what follows it: amounts went to the columns of others."""
    text = "|As reported|Effect|As restated|\nCash|$|10|$|(2|)|$|8|\nLoans|20|(2)|18|\n"
    assert _read(text, tmp_path) == [[(10, [-2], 8), (20, [-2], 18)]]
    blank = "|As reported|Effect|As restated|\nCash|10|-2|8|\nLoans|20||20|\n"
    assert _read(blank, tmp_path) == [[(10, [-2], 8), (20, [], 20)]]


def test_a_filing_of_text_names_its_other_tables(tmp_path: Path) -> None:
    """Of several tables those that are no reconciliation are passed over, as on a page."""
    other = "<TABLE>\n<S>   <C>\nShares issued        1,200\nShares held          1,100\n</TABLE>\n"
    table = f"<TABLE>\n<CAPTION>\n{HEAD}<S>   <C>\n{ROW}{ROW}</TABLE>\n"
    (tmp_path / "filing.txt").write_text(f"Prose of 2,000 words.\n\n{other}{table}", encoding="utf-8")
    read = read_tables(tmp_path / "filing.txt")
    assert rows_of(read) == [[(1000, [], 1000)] * 2]
    assert [one["where"] for one in read.not_read] == ["the page"]

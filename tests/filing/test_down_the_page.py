"""Tables that reconcile down the page, as five issuers published them: every misprint of a single cell is seen."""

from __future__ import annotations

import csv
import io
import random
from collections.abc import Iterator
from pathlib import Path

import lxml.html
import pytest

from gaapbridge.filings.amounts import figure_of
from gaapbridge.filings.framework_lines import framework_line
from gaapbridge.filings.reading import read_tables
from gaapbridge.terms.errors import UnusableInput
from gaapbridge.verification import Verification, verify
from tests.filing.pasted_forms import lines_of, written

PASTED = Path(__file__).parent / "pasted"
Lines = list[list[str]]

PUBLISHED = {
    "cerro-verde-2023.html": (
        ("IFRS", "US GAAP"),
        {
            **{f"net_profit-{year}": f"{year}-01-01/{year}-12-31" for year in (2023, 2022, 2021)},
            **{f"shareholders_equity-{year}": f"{year}-12-31" for year in (2023, 2022, 2021)},
        },
        6,
    ),
    "electrolux-2001.csv": (
        ("As reported", "US GAAP"),
        {f"net_income-{year}": f"{year}-01-01/{year}-12-31" for year in (2001, 2000, 1999)},
        3,
    ),
    "volvo-2004.tsv": (
        ("Swedish GAAP", "IFRS"),
        {
            "equity-2004-01-01": "2004-01-01",
            "equity-2004": "2004-12-31",
            "equity-2005-01-01": "2005-01-01",
            "net_income-2004": "2004-01-01/2004-12-31",
        },
        8,
    ),
    "ceva-2023q3.tsv": (
        ("GAAP", "Non-GAAP"),
        {
            "net_income_loss-2023q3": "2023-07-01/2023-09-30",
            "net_income_loss-2023q2": "2023-04-01/2023-06-30",
            "net_income_loss-2022q3": "2022-07-01/2022-09-30",
            "net_income_loss-2023-01-01-2023-09-30": "2023-01-01/2023-09-30",
            "net_income_loss-2022-01-01-2022-09-30": "2022-01-01/2022-09-30",
        },
        5,
    ),
    "software-2019q1.csv": (
        ("As reported", "Non-GAAP"),
        {f"net_income-{year}q1": f"{year}-01-01/{year}-03-31" for year in (2019, 2018)},
        2,
    ),
}
"""Both names, the statements with their dates, and how many sums are footed.

Sociedad Minera Cerro Verde, statements in a Form 20-F for 2023; Electrolux, annual report 2001; Volvo, annual report 2006,
transition to IFRS in 2004; CEVA, results of the third quarter of 2023; a software company, results of the first of 2019.
"""
ROUNDED = {("equity-2004-01-01", "ifrs", 1), ("equity-2005-01-01", "ifrs", 1)}
"""Volvo prints 72,532 where its figures come to 72,531, and 70,503 for 70,502; so do its totals of adjustments."""


YEARS = [str(year) for year in range(1999, 2024)]


def cells_of(path: Path) -> Lines:
    """The table in a file as lines of cells; the paragraph before a table of a page is its first line."""
    text = path.read_text(encoding="utf-8")
    if path.suffix != ".html":
        return list(csv.reader(io.StringIO(text), delimiter="\t" if path.suffix == ".tsv" else ","))
    page = lxml.html.document_fromstring(text)
    rows = [[cell.text_content() for cell in row.iterchildren()] for row in page.iter("tr")]
    return [[one.text_content()] for one in page.iter("p")] + rows


def found(outcome: Verification) -> set[tuple[str, str, float]]:
    return {(one.check, one.where, one.difference) for one in outcome.findings}


@pytest.mark.parametrize("name", PUBLISHED)
def test_it_is_read_a_column_at_a_time(name: str) -> None:
    names, dates, checks = PUBLISHED[name]
    read = read_tables(PASTED / name)
    assert {str(one["id"]): one.get("period") or one.get("as_of") for one in read.statements} == dates
    outcome = verify(PASTED / name)
    assert {(one.wording.from_gaap, one.wording.to_gaap) for one in outcome.checks} == {names}
    assert [one.check for one in outcome.checks] == ["R1"] * checks
    assert {(one.statement, one.column, one.difference) for one in outcome.findings if one.column == "ifrs"} == (
        ROUNDED if name.startswith("volvo") else set()
    )
    assert all(one.rounding for one in outcome.findings) and not verify(PASTED / name, rounding=True).findings
    said = [one.why for one in outcome.not_checked if "read down the page" in one.why]
    assert len(said) == len({one.partition("-")[0] for one in dates})
    assert not [one for one in outcome.not_checked if one.check == "R2"]


def changed(lines: Lines, chance: random.Random) -> Iterator[tuple[str, Lines]]:
    """Every amount from one framework to the other misprinted in two of five ways; what stands below is not read."""
    ends = [number for number, line in enumerate(lines) if framework_line(line[0]) and "per " not in line[0] and len(line) > 1]
    first = next(number for number, line in enumerate(lines) if line[0].casefold().startswith(("net", "gaap net", "equity")))
    for number in range(first, ends[-1] + 1):
        for place in range(1, len(lines[number])):
            cell = lines[number][place]
            figure = figure_of(cell + (")" if cell.startswith("(") and not cell.endswith(")") else ""))
            if figure is None or not figure.amount or cell in YEARS:
                continue
            for kind, text in chance.sample(list(_misprints(cell, chance)), 2):
                copy = [list(line) for line in lines]
                copy[number][place] = text
                yield f"{kind} of {lines[number][0]}, {cell}", copy


def _misprints(cell: str, chance: random.Random) -> Iterator[tuple[str, str]]:
    digits = [place for place, sign in enumerate(cell) if sign.isdigit()]
    at = chance.choice(digits)
    other = chance.choice([one for one in "123456789" if one != cell[at]])
    yield "a digit", cell[:at] + other + cell[at + 1 :]
    signed = cell.startswith(("(", "–"))
    yield "the sign", cell.strip("()–") if signed else f"–{cell.removeprefix('$')}"
    yield "a text", "see note"
    yield "a blank", ""
    yield "a figure more", cell.replace(cell[digits[0]], "1" + cell[digits[0]], 1)


@pytest.mark.campaign
@pytest.mark.parametrize("name", PUBLISHED)
def test_every_change_of_a_single_cell_is_seen(name: str, tmp_path: Path) -> None:
    """By a finding or a refusal; a line whose only amount is blank is no line of figures, which is said."""
    lines, sound = cells_of(PASTED / name), verify(PASTED / name)
    form = name.rpartition(".")[2]
    unseen, tried = [], 0
    for what, copy in changed(lines, random.Random(name)):
        tried += 1
        try:
            outcome = verify(written(tmp_path, form, copy))
        except UnusableInput:
            continue
        said = what.startswith("a blank") and outcome.not_checked != sound.not_checked
        if found(outcome) == found(sound) and not said:
            unseen.append(what)
    assert "\n".join(unseen) == "" and tried >= 20


BOTH = """
|Year ended December 31, 2004|2003
(in millions of euros)||
Net income under IFRS|1,000|900
Amortization of goodwill|120|110
Deferred tax|(30)|(20)
Total adjustments|90|90
Net income in accordance with U.S. GAAP|1,090|990
"""


@pytest.mark.parametrize("form", ["csv", "tsv", "html", "xlsx", "utf-16.csv"])
def test_every_form_of_file_is_read_alike(form: str, tmp_path: Path) -> None:
    outcome = verify(written(tmp_path, form, lines_of(BOTH)))
    assert len(outcome.checks) == 4 and not outcome.findings and outcome.unit == "million"


@pytest.mark.parametrize(
    ("first", "option"),
    [
        ("Local profit", ('"from=Local profit,to=Group profit"')),
        ('"Profit, local"', "'\"from=Profit, local\",to=Group profit'"),
    ],
)
def test_a_table_of_no_known_framework_is_told_to_name_its_lines(first: str, option: str, tmp_path: Path) -> None:
    """Over its columns stand years: what it lacks is no column, and the option that it is told reads it."""
    file = tmp_path / "down.csv"
    file.write_text(f"(in thousands),2023,2022\n{first},1000,900\nGoodwill,120,110\nGroup profit,1120,1010\n", encoding="utf-8")
    with pytest.raises(UnusableInput) as refused:
        verify(file)
    assert refused.value.remedy == f"name the lines: --columns {option}"
    told = verify(file, columns=option[1:-1])
    assert (len(told.checks), told.findings) == (2, ())


def test_a_framework_that_no_word_names_is_named_by_the_option(tmp_path: Path) -> None:
    text = BOTH.replace("under IFRS", "per the local books").replace("in accordance with U.S. GAAP", "for the group")
    path = written(tmp_path, "csv", lines_of(text))
    with pytest.raises(UnusableInput, match=r"from=Net income per the local books,to=Net income for the group"):
        verify(path)
    outcome = verify(path, columns="from=Net income per the local books,to=Net income for the group")
    assert len(outcome.checks) == 4 and not outcome.findings


HELD = {
    "Net income in accordance with accounting principles generally accepted in the United States": ("net income", "US GAAP"),
    "Stockholders' equity, as reported under IFRS": ("stockholders' equity", "IFRS"),
    "Profit attributable to equity holders (IFRS)": ("profit attributable to equity holders", "IFRS"),
    "Net loss under Canadian GAAP": ("net loss", "Canadian GAAP"),
    "Non-GAAP operating income": ("operating income", "Non-GAAP"),
    "IFRS net result": ("net result", "IFRS"),
}


@pytest.mark.parametrize("caption", HELD)
def test_an_amount_under_a_framework_is_known_by_its_caption(caption: str) -> None:
    line = framework_line(caption)
    assert line is not None and (line.held, line.framework) == HELD[caption]


@pytest.mark.parametrize(
    "caption",
    [
        "Deferred taxes on IFRS adjustments",
        "Total US GAAP adjustments",
        "Pensions under IAS 19",
        "Reversal under US GAAP",
        "Net income",
    ],
)
def test_an_adjustment_is_no_such_amount(caption: str) -> None:
    assert framework_line(caption) is None


BETWEEN = """(in millions),2003,2002
Net income under IFRS,100,90
Goodwill,10,9
Net income under US GAAP,110,99
{0}
Shareholders' equity under IFRS,500,590
Goodwill,(20),(30)
Shareholders' equity under US GAAP,480,560
"""


@pytest.mark.parametrize(
    "line",
    [
        "Net income under US GAAP per share,0.12,0.13\nWeighted average number of shares,900,800",
        "Net income under US GAAP (in US$),15,14", "Net income under US GAAP - basic,0.12,0.13",
        "Comprehensive income under US GAAP,95,86\nDividends paid,(7),(8)", "Loss per share,(0.12),(0.13)",
    ],
)  # fmt: skip
def test_another_amount_between_two_blocks_is_in_neither(line: str, tmp_path: Path) -> None:
    (tmp_path / "table.csv").write_text(BETWEEN.format(line), encoding="utf-8")
    outcome = verify(tmp_path / "table.csv")
    assert found(outcome) == set() and len(outcome.checks) == 4
    first = line.split(",")[0]
    assert any(first in one.why and "stands in no reconciliation" in one.why for one in outcome.not_checked)


def test_a_block_that_ends_without_an_amount_takes_in_no_other(tmp_path: Path) -> None:
    """The last line of the first block is blank: without it the two were read as one, in which errors that offset hold."""
    blocks = "Balance under US GAAP,1,2\nLeases,3,3\nBalance under Canadian GAAP,$,$\nBalance under US GAAP,9,9\nLeases,1,1\n"
    table = tmp_path / "table.csv"
    table.write_text(f"(in millions),2003,2002\n{blocks}Balance under Canadian GAAP,14,15\n", encoding="utf-8")
    with pytest.raises(UnusableInput) as refused:
        verify(table, columns="from=Balance under US GAAP,to=Balance under Canadian GAAP")
    assert refused.value.row == "line 4"

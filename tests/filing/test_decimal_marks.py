"""Figures with a comma before decimals: told by a figure of the table or by its unit, refused where neither tells."""

from __future__ import annotations

from pathlib import Path

import pytest

from gaapbridge.filings.reading import read_tables
from gaapbridge.terms.errors import UnusableInput
from gaapbridge.verification import verify

HEAD = ";US-GAAP;Anpassung;IFRS"


def rows_of(lines: list[str], folder: Path, decimal: str | None = None) -> list[tuple[float, float, float]]:
    path = folder / "table.csv"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    (statement,) = read_tables(path, decimal=decimal).statements
    rows = statement["rows"]
    assert isinstance(rows, list)
    return [(float(row["us_gaap"]), float(sum(row["adj"].values())), float(row["ifrs"])) for row in rows]


ASSETS, CLAIMS = "Sachanlagen;51.204;2.310;53.514", "Forderungen;1.930;25;1.955"
WHOLE = [(51_204, 2_310, 53_514), (1_930, 25, 1_955)]


@pytest.mark.parametrize("unit", ["in Mio. €", "in TEUR", "Angaben in Tausend", "Mrd. EUR"])
def test_the_unit_tells(unit: str, tmp_path: Path) -> None:
    assert rows_of([f"Anlagen zum 31.12.2018 ({unit})", HEAD, ASSETS, CLAIMS], tmp_path) == WHOLE


@pytest.mark.parametrize(
    ("line", "amounts"),
    [
        ("Umsatz;1.234.567,8;(12,5);1.234.555,3", (1_234_567.8, -12.5, 1_234_555.3)),
        ("Umsatz;1.234.567;–57;1.234.510", (1_234_567, -57, 1_234_510)),
        ("Umsatz;1.500,0 €;0,5 €;1.500,5 €", (1_500, 0.5, 1_500.5)),
    ],
)
def test_another_figure_tells(line: str, amounts: tuple[float, float, float], tmp_path: Path) -> None:
    assert rows_of([HEAD, ASSETS, CLAIMS, line], tmp_path) == [*WHOLE, amounts]


@pytest.mark.parametrize("unit", ["en milliers d'euros", "en miles de euros", "milioni di euro", "in thousands of euros"])
def test_units_of_other_languages_tell_and_so_do_captions_beside_euros(unit: str, tmp_path: Path) -> None:
    assert rows_of([f"({unit})", HEAD, ASSETS, CLAIMS], tmp_path) == WHOLE


@pytest.mark.parametrize(
    ("lines", "amounts"),
    [
        (["Ventes;1 234,5;(34,5);1 200,0", "Autres;12;—;12"], [(1_234.5, -34.5, 1_200), (12, 0, 12)]),
        (["Umsatz;1'234,50;-0,50;1'234,00"], [(1_234.5, -0.5, 1_234)]),
        (["Umsatz;1'234.50;0.125;1'234.625"], [(1_234.5, 0.125, 1_234.625)]),
        (["Umsatz;1’234;2.125;1’236.125"], [(1_234, 2.125, 1_236.125)]),
        (["Ergebnis;12,5;-2,5;10"], [(12.5, -2.5, 10)]),
    ],
)
def test_spaces_and_apostrophes_part_thousands(
    lines: list[str], amounts: list[tuple[float, float, float]], tmp_path: Path
) -> None:
    assert rows_of([HEAD, *lines], tmp_path) == amounts


def test_millions_of_francs_do_not_tell(tmp_path: Path) -> None:
    """In Switzerland a point stands before decimals, whatever the words of the unit are."""
    with pytest.raises(UnusableInput, match="--decimal"):
        rows_of(["Anlagen (in Mio. CHF)", HEAD, ASSETS, CLAIMS], tmp_path)


def test_figures_with_points_before_decimals_stay_as_they_are(tmp_path: Path) -> None:
    """A figure of one or two decimals, one with commas between thousands, or one of thousands without a mark."""
    for line in ("Sales;1.5;0.25;1.75", "Sales;1,500;—;1,500", "Sales;15000;—;15000"):
        assert rows_of([HEAD, ASSETS, line], tmp_path)[0] == (51.204, 2.31, 53.514)


def test_what_nothing_tells_is_refused_until_it_is_said(tmp_path: Path) -> None:
    """All rows foot either way, so a guess would be wrong by a factor of a thousand in silence; a year is no figure."""
    lines = ["Anlagen;2018;2018;2019", HEAD, ASSETS, "Forderungen;1.930;25;1.955"]
    with pytest.raises(UnusableInput) as refused:
        rows_of(lines, tmp_path)
    assert "exactly three digits" in str(refused.value) and "--decimal" in str(refused.value)
    assert rows_of(lines, tmp_path, ",")[-2:] == WHOLE
    assert rows_of(lines, tmp_path, ".")[-2:] == [(51.204, 2.31, 53.514), (1.93, 25, 1.955)]
    assert not verify(tmp_path / "table.csv", decimal=",").findings and verify(tmp_path / "table.csv", decimal=".").findings
    with pytest.raises(UnusableInput, match="comma or a point"):
        verify(tmp_path / "table.csv", decimal=";")


def test_a_table_of_a_page_that_nothing_tells_is_left_and_named(tmp_path: Path) -> None:
    """Another table of the page is read all the same."""

    def table(*rows: str) -> str:
        cells = ("".join(f"<td>{cell}</td>" for cell in row.split(";")) for row in rows)
        return f"<table>{''.join(f'<tr>{one}</tr>' for one in cells)}</table>"

    page = f"<p>First</p>{table(';US GAAP;Adjustment;IFRS', ASSETS, CLAIMS)}<p>Second</p>"
    page += table(";As reported;Effect;Correction;As restated", "Cash;10.5;1.5;—;12.0", "Loans;20.5;0.5;—;21.0")
    (tmp_path / "page.html").write_text(f"<html><body>{page}</body></html>", encoding="utf-8")
    read = read_tables(tmp_path / "page.html")
    assert [len(one["rows"]) for one in read.statements if isinstance(one["rows"], list)] == [2]
    assert any("exactly three digits" in str(one["why"]) for one in read.not_read)

"""Dates, units and headings in the languages of the continent, and what a refusal says of a table that names no frameworks."""

from __future__ import annotations

from pathlib import Path

import pytest

from gaapbridge.filings.column_words import Means, meaning_of
from gaapbridge.filings.dates import span_of, without_dates
from gaapbridge.filings.reading import read_tables
from gaapbridge.filings.units import currency_in, unit_in
from gaapbridge.terms.errors import UnusableInput


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("Konzernbilanz zum 31. Dezember 2023", "2023-12-31"),
        ("au 31 décembre 2023", "2023-12-31"),
        ("Bilan au 1er janvier 2004", "2004-01-01"),
        ("31 de diciembre de 2023", "2023-12-31"),
        ("al 30 giugno 2022", "2022-06-30"),
        ("per 1. März 2019", "2019-03-01"),
        ("Stand 01.02.2019", "2019-02-01"),
        ("31/12/2018", "2018-12-31"),
    ],
)
def test_a_day_is_read(text: str, day: str) -> None:
    span = span_of(text)
    assert span is not None and span.as_of == day and span.first is None
    assert without_dates(text) in ("", "Konzernbilanz", "Bilan")


def test_a_day_that_may_be_read_in_two_ways_is_none() -> None:
    """2 January or 1 February, as the country has it; no month has the number 13."""
    assert span_of("01/02/2019") is None and span_of("31.13.2019") is None


@pytest.mark.parametrize(
    ("text", "period"),
    [
        ("Geschäftsjahr zum 31. Dezember 2023", "2023-01-01/2023-12-31"),
        ("Exercice clos le 31 décembre 2023", "2023-01-01/2023-12-31"),
        ("vom 1. Januar 2023 bis 30. Juni 2023", "2023-01-01/2023-06-30"),
        ("neun Monate bis 30. September 2023", "2023-01-01/2023-09-30"),
    ],
)
def test_a_period_is_read(text: str, period: str) -> None:
    span = span_of(text)
    assert span is not None and span.period == period


@pytest.mark.parametrize(
    ("text", "currency", "unit"),
    [
        ("in TEUR", "EUR", "thousand"),
        ("in Mio. €", "EUR", "million"),
        ("Angaben in Tausend Euro", "EUR", "thousand"),
        ("en milliers d'euros", "EUR", "thousand"),
        ("in TCHF", "CHF", "thousand"),
        ("Mrd. EUR", "EUR", "billion"),
        ("en miles de euros", "EUR", "thousand"),
        ("in migliaia di euro", "EUR", "thousand"),
    ],
)
def test_a_unit_is_read(text: str, currency: str, unit: str) -> None:
    assert (currency_in(text), unit_in(text)) == (currency, unit)


@pytest.mark.parametrize(
    ("heading", "means"),
    [
        ("HGB", Means.FROM),
        ("Normes françaises", Means.FROM),
        ("wie ursprünglich berichtet", Means.FROM),
        ("Anpassung durch IFRS 16", Means.ADJUSTMENT),
        ("Retraitements IFRS", Means.ADJUSTMENT),
        ("nach Anpassung", Means.TO),
        ("Veränderung %", Means.MEMO),
    ],
)
def test_a_heading_is_read(heading: str, means: Means) -> None:
    assert meaning_of(heading) == means


def test_the_table_that_comes_nearest_is_named(tmp_path: Path) -> None:
    """Of a page whose first table is one of figures of the year, the one between two days is what its owner asks for."""
    figures = "<table><tr><td></td><td>H1 2019</td><td>H1 2018</td></tr><tr><td>Sales</td><td>20</td><td>21</td></tr></table>"
    days = "<tr><td></td><td>31.12.2018</td><td>Anpassung</td><td>Stand</td></tr>"
    days += "<tr><td>Vorräte</td><td>10</td><td>2</td><td>13</td></tr>"
    days = f"<table>{days}</table>"
    (tmp_path / "page.html").write_text(f"<html><body>{figures}<p>x</p>{days}</body></html>", encoding="utf-8")
    with pytest.raises(UnusableInput) as refused:
        read_tables(tmp_path / "page.html")
    assert refused.value.row == "table 2, header" and str(refused.value.value).startswith("31.12.2018, Anpassung")


def test_frameworks_with_nothing_between_are_said_to_be_so(tmp_path: Path) -> None:
    """Both frameworks are named: what is missing is what leads from one to the other."""
    (tmp_path / "table.csv").write_text(",US GAAP,Adjustment,IFRS\nCash,10,2,12\n", encoding="utf-8")
    with pytest.raises(UnusableInput) as refused:
        read_tables(tmp_path / "table.csv", "Adjustment=memo")
    assert refused.value.rule == "something leads from one framework to the other" and "=adjustment" in refused.value.remedy


def test_lines_of_frameworks_are_named_as_columns_would_be(tmp_path: Path) -> None:
    """Lines that are nothing but a framework, over columns of equity: the remedy that is printed reads the table."""
    path = tmp_path / "equity.csv"
    path.write_text(
        ",Share capital,Deficit\nAs reported under GAAP,74,(22)\nShare-based payments,5,(4)\nAs reported under IFRS,79,(26)\n",
        encoding="utf-8",
    )
    with pytest.raises(UnusableInput) as refused:
        read_tables(path)
    said = refused.value.remedy.partition("--columns ")[2].strip('"')
    assert said == "from=As reported under GAAP,to=As reported under IFRS"
    assert len(read_tables(path, said).statements) == 2

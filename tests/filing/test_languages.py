"""Captions in German, French, Japanese and both Chinese scripts lead to the same rules as English ones."""

from __future__ import annotations

from pathlib import Path

import pytest

from gaapbridge.terms.captions import looks_like_total, meaning_of_row, rows_by_meaning, section_of
from gaapbridge.terms.statement_kinds import kind_in
from gaapbridge.verification import verify

MEANT = {
    "ta": "Bilanzsumme|Summe Aktiva|Vermögenswerte, gesamt|TOTAL DE L'ACTIF|資產總額|總資產|資産合計|资产总计",
    "tl": "Summe der Schulden|Schulden gesamt|Verbindlichkeiten, insgesamt|Total des passifs|負債總額|負債合計|總負債",
    "tle": "Summe Passiva|Eigenkapital und Schulden, gesamt|Total du passif et des capitaux propres|負債及權益總額"
    "|負債純資産合計|負債及び純資産合計|负债和所有者权益总计",
    "eq": "Eigenkapital|Summe Eigenkapital|Capitaux propres|權益總額|資本合計|純資産合計|淨資產",
    "eq_parent": "Eigenkapital der Aktionäre|Capitaux propres, part du groupe|本公司擁有人應佔權益",
    "re": "Gewinnrücklagen|Report à nouveau|保留盈餘|利益剰余金",
    "pbt": "Gewinn vor Steuern|Ergebnis vor Ertragsteuern|Résultat avant impôts|除稅前溢利|税引前利益",
    "tax": "Ertragsteuern|Steuern vom Einkommen und vom Ertrag|Impôts sur les bénéfices|所得稅開支|法人所得税費用",
    "ni": "Ergebnis nach Steuern|Jahresüberschuß|Jahresüberschuss/-fehlbetrag|Résultat net|年內溢利|当期利益|净利润",
    "ni_attr": "davon auf die Anteilseigner der X AG entfallend|Résultat net - part du groupe|親会社株主に帰属する当期純利益",
    "dta": "Aktive latente Steuern|Actifs d'impôts différés|遞延所得稅資產|繰延税金資産",
    "dtl": "Passive latente Steuern|Passifs d'impôts différés|遞延稅項負債|繰延税金負債",
}


@pytest.mark.parametrize(("meaning", "caption"), [(key, one) for key, said in MEANT.items() for one in said.split("|")])
def test_a_caption_means_the_same_in_every_language(meaning: str, caption: str) -> None:
    assert meaning_of_row(caption) == meaning
    assert looks_like_total(caption) or meaning not in ("ta", "tl", "tle", "pbt", "ni", "ni_attr")


@pytest.mark.parametrize(
    "caption", ["Verbindlichkeiten", "Total du passif", "净利息收入", "Ergebnis vor Zinsen und Steuern", "Service charges"]
)
def test_what_may_be_a_line_or_either_side_means_nothing(caption: str) -> None:
    """Payables beside provisions; liabilities in Canada, both sides in France; net interest income; EBIT."""
    assert meaning_of_row(caption) is None


def test_the_second_total_of_a_sheet_is_that_of_its_other_side() -> None:
    assert rows_by_meaning(["Kasse", "Bilanzsumme", "Eigenkapital", "Bilanzsumme"]) == {"ta": 1, "eq": 2, "tle": 3}
    assert rows_by_meaning(["Summe Aktiva", "Bilanzsumme"]) == {"ta": 0, "tle": 1}


def test_sections_and_kinds() -> None:
    sections = {
        "Kurzfristige Vermögenswerte": "current assets", "Langfristige Schulden": "non-current liabilities",
        "Actif courant": "current assets", "非流動負債": "non-current liabilities", "純資産の部": "equity",
    }  # fmt: skip
    assert {one: section_of(one) for one in sections} == sections
    kinds = {
        "Konzernbilanz zum 31. Dezember 2023": "balance sheet", "Gewinn- und Verlustrechnung": "income statement",
        "Compte de résultat consolidé": "income statement", "連結貸借対照表": "balance sheet", "資產負債表": "balance sheet",
    }  # fmt: skip
    assert {one: kind_in(one) for one in kinds} == kinds


GERMAN = """Konzernbilanz zum 31. Dezember 2023
in TEUR
;HGB;Anpassungen;IFRS
Aktiva;;;
Forderungen;900;-100;800
Zahlungsmittel;50;0;50
Bilanzsumme;950;{};850
Passiva;;;
Gezeichnetes Kapital;200;0;200
Gewinnrücklagen;150;-75;75
Eigenkapital;350;-75;275
Darlehen;600;-25;575
Schulden, gesamt;600;-25;575
Bilanzsumme;950;-100;850
Gewinn- und Verlustrechnung 2023
Umsatzerlöse;500;-20;480
Personalaufwand;300;0;300
Ergebnis vor Steuern;200;-20;180
Ertragsteuern;50;-5;45
Ergebnis nach Steuern;150;-15;135
"""


def test_a_german_table_is_added_up_and_balanced(tmp_path: Path) -> None:
    """Every total names its rows, costs and tax taken off; total assets of -90 beside -100 and nil is found by R2 and R3."""
    (tmp_path / "sound.csv").write_text(GERMAN.format("-100"), encoding="utf-8")
    sound = verify(tmp_path / "sound.csv")
    assert sound.findings == () and sound.not_checked == () and {one.check for one in sound.checks} == {"R1", "R2", "R3"}
    assert [one.text for one in sound.totals] == [
        "Bilanzsumme = Forderungen + Zahlungsmittel",
        "Eigenkapital = Gezeichnetes Kapital + Gewinnrücklagen",
        "Schulden, gesamt = Darlehen",
        "Bilanzsumme = Eigenkapital + Schulden, gesamt",
        "Ergebnis vor Steuern = Umsatzerlöse - Personalaufwand",
        "Ergebnis nach Steuern = Ergebnis vor Steuern - Ertragsteuern",
    ]
    assert [one.as_line() for one in sound.implied_rates] == ["is-2023/anpassungen: 25.00 %, 5 on -20 before tax"]
    (tmp_path / "off.csv").write_text(GERMAN.format("-90"), encoding="utf-8")
    found = verify(tmp_path / "off.csv").findings
    assert {(one.check, one.row, one.column, one.difference) for one in found} >= {
        ("R2", "ta", "anpassungen", 10), ("R3", "ta", "anpassungen", 10),
    }  # fmt: skip

"""The words of an exhibit in another language than English: nothing is left, and a language is a column of one table."""

from __future__ import annotations

import csv
import html
import re
from dataclasses import replace
from pathlib import Path

import pytest

from gaapbridge.example.demo import Demonstration
from gaapbridge.notes import FOLDERS
from gaapbridge.period_close import close
from gaapbridge.period_close.note_texts import TAX_BASES, TAX_METHODS, TAX_SIDES
from gaapbridge.report.exhibit import write_filing
from gaapbridge.report.exhibit.blocks import Block, Table, retold
from gaapbridge.report.exhibit.contents import exhibit_of
from gaapbridge.report.exhibit.disclosure_pages import disclosures_of
from gaapbridge.report.exhibit.typeset import pdf_of
from gaapbridge.report.exhibit.words import CHINESE, Words, own_names
from gaapbridge.report.told.elections import PARAGRAPHS_ON_TAX
from gaapbridge.run import Run
from gaapbridge.run.movements import LINES
from gaapbridge.statement.notes_text import as_filed
from gaapbridge.terms.errors import UnusableInput
from gaapbridge.terms.languages import TABLE

NOT_ENGLISH = {"ASC", "IFRS", "CNY", "iii", "default", "days"}
"""What a Chinese filer writes in Latin letters: standards, the currency, the numeral of a note, a column of a curve file."""


def english_left(run: Run) -> list[str]:
    """Texts of the Chinese exhibit and disclosures in which words stand in Latin letters, but for names of the lender's own."""
    segments = {str(name) for kind in run.kinds for name in run.measurements(kind).collect()["segment"].unique()}
    names = NOT_ENGLISH | set(re.findall(r"[A-Za-z]+", " ".join(segments)))
    shown: list[str] = []

    def keep(text: str) -> str:
        shown.append(text)
        return text

    for contents in (exhibit_of(run, CHINESE), disclosures_of(run, CHINESE)):
        retold(replace(contents, language="", blocks=tuple(map(of_no_kind, contents.blocks))), keep)
    return [text for text in shown if set(re.findall(r"[A-Za-z]{3,}", text)) - names]


def of_no_kind(block: Block) -> Block:
    """A block without what its rows are, which no reader sees."""
    return replace(block, rows=tuple(replace(row, kind="") for row in block.rows)) if isinstance(block, Table) else block


def test_no_english_is_left_in_the_chinese_exhibit(filed: Run, done: Demonstration) -> None:
    """Headings, captions, notes, questions and answers: of a run of a period with all that its notes elect."""
    assert english_left(filed) == []
    assert {"Example Lender"} <= set(english_left(done.run)), "the plan has no Chinese name"
    assert [text for run in (done.prior, done.run) for text in english_left(run) if "Example Lender" not in text] == []


@pytest.mark.campaign
def test_no_english_is_left_where_there_is_no_trial_balance(starter_copy: Path) -> None:
    plan = starter_copy / "plan.toml"
    text = plan.read_text(encoding="utf-8")
    plan.write_text(re.sub(r"(?ms)^\[trial_balance\].*?(?=^\[)", "", text), encoding="utf-8")
    run = close(plan)
    assert "No trial balance was given" in run.notes_said.us_gaap
    assert [text for text in english_left(run) if "Example Lender" not in text] == []


def test_every_question_and_answer_of_an_election_has_its_chinese() -> None:
    said = Words(CHINESE)
    asked = [one for folder in FOLDERS.values() for one in folder.elections.ELECTIONS]
    texts = [text for one in asked for text in (one.question.replace("`", ""), *one.choices.values())]
    taxed = [f"{method}; {TAX_SIDES}" for method in TAX_METHODS.values()]
    left = [text for text in map(as_filed, [*texts, *taxed, *TAX_BASES.values(), *PARAGRAPHS_ON_TAX]) if said(text) == text]
    assert left == [] and len(texts) > 80


@pytest.mark.parametrize(
    ("english", "chinese"),
    [
        ("90", "90"),
        ("2.5", "2.5"),
        ("base 60 %, upside 15 %, downside 25 %", "基准 60 %，乐观 15 %，悲观 25 %"),
        ("app-a 31, app-b 62", "app-a 31，app-b 62"),
        ("0.03 as of December 31, 2023; 0.02 as of December 31, 2022", "0.03（于2023年12月31日）；0.02（于2022年12月31日）"),
        ("deferred fees, accrued interest: 6 %", "递延费用，应计利息：6 %"),
        ("at most CNY 1,234.56 more than the ledger's", "最多比账面金额多CNY 1,234.56"),
        (
            f"{TAX_BASES['enacted']}: 60 % in year 1 and 40 % in year 2 after it",
            "资产负债表日已颁布的、差异转回年度适用的税率：其后第1年60 %、第2年40 %",
        ),
        ("leases.csv, as given", "按所提供的leases.csv"),
        ("Income tax at 25 %, then 20 %", "按25 %、其后20 %计算的所得税"),
        (
            "made: late invoice; prepared by A. Li; approved by nobody; source memo 7; reverses on 2024-01-31",
            "本期新增：late invoice；编制人：A. Li；批准人：nobody；依据memo 7；将于2024-01-31转回",
        ),
        (
            "Draft: 1,234 checks fail, no trial balance as of December 31, 2023 and as of December 31, 2022.",
            "草稿：1,234项核对不符，于2023年12月31日、于2022年12月31日没有试算平衡表。",
        ),
        ("Rent, deposits and others", "Rent, deposits and others"),
    ],
)
def test_what_is_made_up_of_others_is_told_by_its_form(english: str, chinese: str) -> None:
    assert Words(CHINESE)(english) == chinese


FRENCH = {"Deferred tax assets": "Actifs d'impôts différés", "As of {day}": "Au {day}", "{lead}.": "{lead} :"}


@pytest.fixture
def in_french(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A further language: a column of the table, and nothing else."""
    with TABLE.open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    table = tmp_path / "words.csv"
    with table.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, [*rows[0], "fr"])
        writer.writeheader()
        writer.writerows({**row, "fr": FRENCH.get(row["en"], "")} for row in rows)
    for module in ("terms.languages", "report.exhibit.words"):
        monkeypatch.setattr(f"gaapbridge.{module}.TABLE", table)


@pytest.mark.usefixtures("in_french")
def test_a_language_is_a_column_of_the_table(lender: Path, tmp_path: Path) -> None:
    """All that there is of Chinese there is of it: exhibit, disclosures by the lender's own words, in both formats."""
    plan = lender / "plan.toml"
    own = '\n[words.zh]\n"Example Lender" = "示例贷款公司"\n[words.fr]\n"Example Lender" = "Prêteur modèle"\n'
    plan.write_text(plan.read_text(encoding="utf-8") + own, encoding="utf-8")
    run = close(plan)
    folder = tmp_path / "filing"
    folder.mkdir()
    write_filing(run, folder)
    names = {path.name for path in folder.iterdir()}
    assert {name.replace("zh", "fr") for name in names if "zh" in name} == {"exhibit.fr.htm", "tables.fr.htm"} <= names
    assert pdf_of(exhibit_of(run, "fr")).startswith(b"%PDF"), "in the fonts of every language that names none"
    page = html.unescape((folder / "exhibit.fr.htm").read_text(encoding="ascii"))
    assert "Actifs d'impôts différés" in page and "Au December 31, 2023" in page and "Rounding :" in page
    assert "Income tax expense" in page, "a row without the language stays in English"
    assert "Prêteur modèle" in html.unescape((folder / "tables.fr.htm").read_text(encoding="ascii"))


def test_words_of_a_plan_in_a_language_that_no_column_has_are_refused(filed: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(filed.plan_content, "words", {"cn": {"Example Lender": "示例贷款公司"}})
    with pytest.raises(UnusableInput, match=r"words\.cn .* in a language of the exhibit: zh"):
        own_names(filed, "zh")


def test_a_blank_of_a_run_of_before_leaves_its_caption_in_english(filed: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(filed.plan_content, "words", {"zh": {"TOTAL ASSETS": "  ", "Example Lender": "示例贷款公司"}})
    assert own_names(filed, "zh") == {"Example Lender": "示例贷款公司"}
    assert Words.of(filed, "zh")("TOTAL ASSETS") == Words("zh")("TOTAL ASSETS") != "  "


def test_what_is_written_off_is_said_to_be_principal_in_both_languages() -> None:
    """5,782 of principal, beside 6,335 of the gross carrying amount in the disclosures (IFRS 7.35I)."""
    assert LINES["write_off"] == "Written off or paid out, principal"
    assert "本金" in Words(CHINESE)(LINES["write_off"])

"""The exhibit against the statement it prints, read by others: pypdf, lxml, the allow-list of a regulator, ``verify``."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path

import pytest
from pypdf import PdfReader

from gaapbridge.example.demo import Demonstration
from gaapbridge.filings import layout_file, read_json
from gaapbridge.notes import FOLDERS
from gaapbridge.period_close import close
from gaapbridge.plan.filing import Filing
from gaapbridge.report import Report, write_report
from gaapbridge.report.exhibit import write, write_filing
from gaapbridge.report.exhibit.disclosure_pages import disclosures_of
from gaapbridge.report.exhibit.words import CHINESE, Words
from gaapbridge.report.masks import Masks
from gaapbridge.report.told.disclosures import told_disclosures
from gaapbridge.report.told.draft import open_matters
from gaapbridge.report.told.limits import LIMITED, limits_of
from gaapbridge.run import Run
from gaapbridge.statement.notes_text import as_filed, paragraphs_of
from gaapbridge.terms.errors import UnusableInput
from gaapbridge.verification import verify
from tests.given_lender import closed, write_lender
from tests.made_once import MadeOnce
from tests.report.conftest import FILED
from tests.report.exhibit_read import Filed, page_texts, statements_of, tables_of

HOSTILE = "<script>alert(1)</script> #set page(fill: red) \\u202egpj.exe $x$ & `raw`"


@pytest.fixture(scope="module")
def written(filed: Run, made_once: MadeOnce) -> Path:
    """A folder with all that is made of it."""

    def write_all(folder: Path) -> None:
        folder.mkdir()
        write(filed, folder)
        write_filing(filed, folder)

    return made_once.folder("exhibit", write_all)


def test_the_pdf_prints_every_cell_of_the_statement(filed: Run, written: Path) -> None:
    pages, cells = page_texts(written / "exhibit.pdf"), 0
    for statement, rows in statements_of(filed.folder):
        day = statement.get("as_of") or statement["period"].partition("/")[2]
        (page,) = [one for one in pages if one.startswith(statement["kind"].upper()) and day[:4] in one[:90]]
        place = 0
        for row in rows:
            place = page.index(" ".join(row), place)
            cells += len(row) - 1
    assert cells > 400


def test_the_page_prints_every_cell_of_the_statement(filed: Run, written: Path) -> None:
    tables = [table for table in tables_of(written / "ex99-1.htm") if len(table[0]) == 6]
    expected = [rows for _, rows in statements_of(filed.folder)]
    printed = [[row for row in table[1:] if len(row) > 1] for table in tables]
    assert printed == expected
    assert [table[0][0] for table in tables] == ["U.S. GAAP"] * 4


@pytest.mark.parametrize("name", ["ex99-1.htm", "exhibit.zh.htm", "form6k.htm", "tables.htm", "tables.zh.htm"])
def test_a_regulator_takes_the_page(written: Path, name: str) -> None:
    text = (written / name).read_text(encoding="utf-8")
    assert Filed(text).faults == []
    assert "\\n" not in text and max(map(len, text.split("\n"))) < 1000


def test_what_a_regulator_refuses_is_seen() -> None:
    refused = "<style>b{}</style><table><tr><td onclick='x'><table></table>&eacute;é<img src='data:x'></td></tr></table>"
    assert len(set(Filed(refused).faults)) >= 7


def test_verify_finds_nothing_in_our_own_exhibit(written: Path, tmp_path: Path) -> None:
    own = verify(written / "ex99-1.htm")
    assert list(own.findings) == []
    assert sum(check.holds for check in own.checks) == len(own.checks) > 200
    wrong = tmp_path / "ex99-1.htm"
    text = (written / "ex99-1.htm").read_text(encoding="ascii")
    before, total, after = text.partition("TOTAL ASSETS")
    figure = after[after.index("<b>") + 3 :].partition("</b>")[0]
    wrong.write_text(before + total + after.replace(f"<b>{figure}</b>", "<b>1</b>", 1), encoding="ascii")
    assert verify(wrong).findings


@pytest.mark.campaign
def test_the_same_run_gives_the_same_bytes(filed: Run, written: Path, tmp_path: Path) -> None:
    write(filed, tmp_path)
    write_filing(filed, tmp_path)
    files, again = ([path.relative_to(one) for path in sorted(one.rglob("*.*"))] for one in (written, tmp_path))
    assert files == again and Path("charts", "loan-life.png") in files
    assert [name for name in files if (written / name).read_bytes() != (tmp_path / name).read_bytes()] == []


@pytest.mark.campaign
def test_curves_that_have_gone_are_told_in_the_place_of_pictures(starter_copy: Path, tmp_path: Path) -> None:
    """By which of them it is, without where the folder of a lender stands; the exhibit is written all the same, and named as
    the file to open."""
    run = close(starter_copy / "plan.toml")
    shutil.rmtree(starter_copy / "curves")
    folder = tmp_path / "report"
    assert f"{folder}/exhibit.pdf" in write_report(run, only="pdf", to=folder).as_text()
    said = (folder / "charts.txt").read_text(encoding="utf-8")
    assert "charts/loan-life was not drawn: curves.loans.prepayment: the source is gone; restore the file\n" in said
    assert "charts/vesting-cost was not drawn: curves.awards.forfeiture: the source is gone" in said
    assert str(starter_copy) not in said and not (folder / "charts").exists() and (folder / "exhibit.pdf").exists()


def test_the_pdf_is_tagged_for_who_cannot_see_it(written: Path) -> None:
    reader = PdfReader(written / "exhibit.pdf")
    catalog = reader.trailer["/Root"]
    assert catalog["/MarkInfo"]["/Marked"] and catalog["/Lang"] == "en" and "/StructTreeRoot" in catalog
    assert reader.metadata is not None and reader.metadata.title == (
        "Reconciliation between U.S. GAAP and International Financial Reporting Standards"
    )
    assert b"/CreationDate" not in (written / "exhibit.pdf").read_bytes()


def test_the_chinese_exhibit_prints_the_same_figures(filed: Run, written: Path) -> None:
    if not (written / "exhibit.zh.pdf").exists():
        pytest.skip("no font of this machine has Chinese: " + (written / "exhibit.zh.txt").read_text(encoding="utf-8"))
    text = "".join("".join(page.split()) for page in page_texts(written / "exhibit.zh.pdf"))
    said = Words(CHINESE)
    rows = [row for _, rows in statements_of(filed.folder) for row in rows]
    assert [row for row in rows if "".join((said(row[0]), *row[1:])).replace(" ", "") not in text] == []
    assert "示例贷款公司" in text and "于2023年12月31日" in text and "截至2022年12月31日止年度" in text


def test_every_caption_of_our_layouts_has_chinese() -> None:
    said = Words(CHINESE)
    captions = {
        row["label"]
        for name in ("lender", "qifu")
        for statement in read_json(layout_file(name))["statements"]
        for row in statement["rows"]
    }
    assert [caption for caption in sorted(captions) if said(caption) == caption] == []


def test_what_was_not_written_is_told_where_the_report_is(filed: Run, tmp_path: Path) -> None:
    """On the terminal, not in a file alone: a character that no font has leaves a filing without its Chinese exhibit."""
    (tmp_path / "exhibit.zh.txt").write_text("exhibit.zh.pdf was not written. value: 甲\n", encoding="utf-8")
    (tmp_path / "charts.txt").write_text("charts/one was not drawn\ncharts/two was not drawn\n", encoding="utf-8")
    report = Report(filed, tmp_path, {"pdf": ("charts.txt", "exhibit.pdf", "exhibit.zh.txt")})
    why = ["charts/one was not drawn (and 1 more: charts.txt)", "exhibit.zh.pdf was not written. value: 甲"]
    assert report.as_dict()["not_written"] == why and all(f"Warning: {one}\n" in report.as_text() for one in why)
    assert "not_written" not in Report(filed, tmp_path, {"pdf": ("exhibit.pdf",)}).as_dict()


@pytest.mark.campaign
def test_without_a_font_the_chinese_exhibit_is_not_written(
    filed: Run, written: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import typst

    made = typst.Fonts
    monkeypatch.setattr(typst, "Fonts", lambda **_: made(include_system_fonts=False))
    write(filed, tmp_path)
    assert not (tmp_path / "exhibit.zh.pdf").exists()
    assert "fonts-noto-cjk" in (tmp_path / "exhibit.zh.txt").read_text(encoding="utf-8")
    files = tuple(path.name for path in tmp_path.iterdir())
    said = Report(filed, tmp_path, {"pdf": files}).as_text()
    assert "Warning: exhibit.zh.pdf was not written." in said and "fonts-noto-cjk" in said
    assert (tmp_path / "exhibit.pdf").read_bytes() == (written / "exhibit.pdf").read_bytes()


@pytest.mark.campaign
def test_a_name_in_no_font_is_told_and_stops_no_other_part(
    lender: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Character by character: whatever has none may be, or hold, the id of a contract."""
    import typst

    run = close(lender / "plan-2022.toml", settings=["entity.name=甲公司"])
    made = typst.Fonts
    monkeypatch.setattr(typst, "Fonts", lambda **_: made(include_system_fonts=False))
    write(run, tmp_path, Masks(b"key", frozenset({"甲公司"})))
    write_filing(run, tmp_path)
    told = (tmp_path / "exhibit.txt").read_text(encoding="utf-8")
    assert "value: 甲 " in told and "甲公司" not in told and "fonts-noto-cjk" in told and not list(tmp_path.glob("*.pdf"))
    assert "&#30002;&#20844;&#21496;" in (tmp_path / "ex99-1.htm").read_text(encoding="ascii")


def test_the_form_says_what_the_plan_does(written: Path) -> None:
    import lxml.html

    page = lxml.html.fromstring((written / "form6k.htm").read_text(encoding="ascii")).body
    text = " ".join(page.text_content().split())
    parts = (
        *("FORM 6-K", "For the month of April 2024", "Commission File Number: 001-38752", "EXAMPLE LENDER."),
        *("1 Example Road", "Shanghai, People's Republic", "Form 20-F ☒", "Form 40-F ☐"),
        *("EXPLANATORY NOTE", "balance sheets as of December 31"),
        *("EXHIBIT INDEX", "Exhibit No.", "Supplemental Disclosure", "SIGNATURES"),
        *("Date: April 25, 2024", "Name: Zoë Person", "Title: Chief Financial Officer"),
    )
    places = [text.index(part) for part in parts]
    assert places == sorted(places) and "\\n" not in text
    assert "1 Example Road<br>Shanghai" in (written / "form6k.htm").read_text(encoding="ascii")


def test_a_plan_without_a_filing_is_told_what_to_add(done: Demonstration, tmp_path: Path) -> None:
    write_filing(done.run, tmp_path)
    told = (tmp_path / "form6k.txt").read_text(encoding="ascii")
    assert [name for name, field in Filing.model_fields.items() if field.is_required() and f"\n{name} = " not in told] == []
    assert {path.name for path in tmp_path.iterdir()} == {"ex99-1.htm", "exhibit.zh.htm", "form6k.txt", "tables.htm"}


@pytest.mark.campaign
def test_what_stands_open_makes_a_draft_that_nobody_signs(filed: Run, written: Path, tmp_path: Path) -> None:
    """Two checks that fail and a finding in a run that was clean: told on the first page and in every foot, and no form."""
    first, *_ = page_texts(written / "exhibit.pdf")
    assert open_matters(filed) == () and "Unaudited" in first and "Draft" not in first
    other = Path(shutil.copytree(filed.folder, tmp_path / "v1"))
    checks = json.loads((other / "checks.json").read_text(encoding="utf-8"))
    for check in checks[:2]:
        check["actual"] += 1
    (other / "checks.json").write_text(json.dumps(checks), encoding="utf-8")
    finding = {"name": "R9", "where": "1301", "why": "because", "remedy": "mend", "amount_minor": 5, "unit": "minor units"}
    (other / "findings.json").write_text(json.dumps([finding, {**finding, "accepted": "known"}]), encoding="utf-8")
    folder = tmp_path / "report"
    folder.mkdir()
    write(Run(other), folder)
    write_filing(Run(other), folder)
    line = "Draft: 2 checks fail, 1 finding is open."
    for name in ("exhibit", "tables"):
        pages = page_texts(folder / f"{name}.pdf")
        assert line in pages[0] and "Unaudited" in pages[0] and all("Draft" in page for page in pages)
    assert line in (folder / "ex99-1.htm").read_text(encoding="ascii")
    assert Words(CHINESE)(line) == "草稿：2项核对不符，1项发现未处理。"
    assert not (folder / "form6k.htm").exists()
    assert "- 2 checks fail\n- 1 finding is open\n" in (folder / "form6k.txt").read_text(encoding="ascii")


def test_a_close_without_a_trial_balance_is_a_draft(starter_copy: Path, tmp_path: Path) -> None:
    plan = starter_copy / "plan.toml"
    text = plan.read_text(encoding="utf-8")
    plan.write_text(re.sub(r"(?ms)^\[trial_balance\].*?(?=^\[)", "", text), encoding="utf-8")
    run = close(plan)
    (line,) = [one for one in open_matters(run) if "trial balance" in one]
    assert line == "no trial balance as of December 31, 2023 and as of December 31, 2022"
    assert Words(CHINESE)(f"Draft: {line}.") == "草稿：于2023年12月31日、于2022年12月31日没有试算平衡表。"
    report = write_report(run, only="filing", to=tmp_path / "report")
    assert f"Warning: Draft: {line}" in report.as_text() and line in report.as_dict()["open"]
    assert report.files["filing"][-1:] == ("tables.htm",) and "form6k.txt" in report.files["filing"]


@pytest.mark.campaign
def test_another_registrant_and_answers_of_an_example_make_a_draft(starter_copy: Path, tmp_path: Path) -> None:
    """Neither of them is signed for; a registrant that is the entity in capitals stands open nowhere."""
    plan = starter_copy / "plan.toml"
    text = plan.read_text(encoding="utf-8") + FILED
    example = '\n[starter]\nunanswered = ["entity.name", "tax"]\n'
    plan.write_text(text.replace('"EXAMPLE LENDER."', '"Example Lender & Sons, Inc."') + example, encoding="utf-8")
    said = ("2 answers are still an example's", "the registrant is not the entity")
    run = close(plan)
    assert open_matters(run)[-2:] == said
    write_filing(run, tmp_path)
    told = (tmp_path / "form6k.txt").read_text(encoding="ascii")
    assert all(f"- {one}\n" in told for one in said) and not (tmp_path / "form6k.htm").exists()
    assert Words(CHINESE)(f"Draft: {', '.join(said)}.") == "草稿：2项答复仍为示例内容，注册人与报告主体名称不一致。"
    plan.write_text(text, encoding="utf-8")
    assert set(said).isdisjoint(open_matters(close(plan)))


def test_tables_say_whether_those_of_the_period_before_stand_below(done: Demonstration, filed: Run) -> None:
    said = (
        "Below the amounts of the period stand those of the period before, as its own run measured them (IAS 1.38).",
        "Tables of balances have those of the opening below; ",
    )
    for run, words in zip((filed, done.prior), said, strict=True):
        texts = [getattr(one, "text", "") for one in disclosures_of(run, "en").blocks]
        assert [any(text.startswith(one) for text in texts) for one in said] == [words == one for one in said]
    assert "各表本期金额之下列示上期金额，以上期结账时计量的金额为准（《国际会计准则第1号》第38段）。" in [
        getattr(one, "text", "") for one in disclosures_of(filed, CHINESE).blocks
    ]


def test_every_note_says_what_it_leaves_out(filed: Run, written: Path) -> None:
    """In plain words below each note, in Chinese too; a note of its own list in NOTE.md without one would fail here."""
    text = " ".join(" ".join(page_texts(written / "exhibit.pdf")).split())
    for column in filed.document.columns:
        limits = limits_of(column.id, filed.kinds)
        assert limits and limits[:60] in text
        assert not re.search("[a-z]{4}", Words(CHINESE).prose(limits))
    assert text.count(LIMITED) == len(FOLDERS) and not limits_of("leases", filed.kinds)
    assert "collateral" not in limits_of("ecl", ["guarantees"]) and "collateral" in limits_of("ecl", ["loans"])


@pytest.mark.campaign
def test_text_of_a_plan_is_never_markup(lender: Path, tmp_path: Path) -> None:
    run = close(lender / "plan-2022.toml", settings=[f'entity.name="{HOSTILE}"'])
    write(run, tmp_path)
    write_filing(run, tmp_path)
    page = (tmp_path / "ex99-1.htm").read_text(encoding="ascii")
    assert Filed(page).faults == [] and "&lt;script&gt;alert(1)" in page and "\\u202egpj" in page
    assert "#set page(fill: red)" in page_texts(tmp_path / "exhibit.pdf")[0]


@pytest.mark.campaign
def test_given_notes_have_columns_and_what_a_page_cannot_declare_is_found(tmp_path: Path) -> None:
    plan = write_lender(tmp_path)
    *_, run = closed(plan, plan.read_text(encoding="utf-8"))
    write(run, tmp_path)
    write_filing(run, tmp_path)
    found = {(one.check, one.column, one.difference) for one in verify(tmp_path / "ex99-1.htm").findings}
    assert found == {("R4", "preferred_shares", 864), ("R5", "preferred_shares", 864)}
    text = " ".join(page_texts(tmp_path / "exhibit.pdf"))
    rows = [row for _, rows in statements_of(run.folder) for row in rows]
    assert {len(row) for row in rows} == {9} and [row for row in rows if " ".join(row) not in text] == []
    assert "Less: Finance costs" in text and "(v) Leases, net of tax" in text


@pytest.mark.campaign
def test_a_run_of_one_instant_has_no_movements(starter_copy: Path, tmp_path: Path) -> None:
    plan = starter_copy / "plan.toml"
    text = plan.read_text(encoding="utf-8").replace('source = "opening_tape"', 'source = "none"')
    plan.write_text(re.sub(r'^opening = "tapes.*$', "", text, flags=re.MULTILINE), encoding="utf-8")
    run = close(plan)
    write(run, tmp_path)
    assert "December 31, 2022" not in " ".join(page_texts(tmp_path / "exhibit.pdf") + page_texts(tmp_path / "tables.pdf"))
    titles = [one.title for one in told_disclosures(run)]
    assert titles == ["Loans by days past due and stage", "Loans by year of origination", "Aging of loans, amortised cost"]


def test_a_run_of_before_is_refused_plainly(done: Demonstration, tmp_path: Path) -> None:
    before = Path(shutil.copytree(done.run.folder, tmp_path / "v1"))
    (before / "notes.json").unlink()
    with pytest.raises(UnusableInput, match=r"keeps what its notes say in notes.json.*close its plan again"):
        write_filing(Run(before), tmp_path)


def test_every_paragraph_of_a_note_has_its_chinese() -> None:
    """A note whose English changed is printed in English until its Chinese in words.csv is changed too: this says so."""
    said = Words(CHINESE)
    for note, folder in FOLDERS.items():
        paragraphs = paragraphs_of(folder.text, ("loans", "guarantees", "awards"))
        english = [title for title, text in paragraphs.items() if re.search("[a-z]{4}", said.prose(as_filed(text)))]
        assert english == [], f"{note}: {', '.join(english)} of NOTE.md in words.csv"


def test_disclosures_and_notes_in_chinese_have_the_figures_of_the_english(filed: Run) -> None:
    """One table of labels: no English word stays but names of the lender's own, and no figure differs."""
    made = [disclosures_of(filed, language) for language in ("en", CHINESE)]
    tables = [[block for block in one.blocks if block.block == "table"] for one in made]
    figures = [[[row.amounts for row in table.rows] for table in told] for told in tables]
    assert figures[0] == figures[1] and len(figures[0]) > 10
    captions = [text for table in tables[1] for text in (*table.heads, *(row.caption for row in table.rows))]
    segments = {"app-a", "app-b", "app-c", "app-d", "partner-a", "partner-b", "partner-c", "partner-d"}
    assert [text for text in captions if re.search("[A-Za-z]{3}", text) and text not in segments] == []
    assert made[1].issuer == "示例贷款公司" and any("预期信用损失" in text for text in captions)

"""Reports whose ids are masked: no id of a contract stands in any byte of any part, and masks are the same in all of them."""

from __future__ import annotations

import csv
import html
import json
import re
import zipfile
from pathlib import Path

import pypdf
import pytest
from openpyxl import load_workbook
from typer.testing import CliRunner

import gaapbridge
from gaapbridge.cli import app
from gaapbridge.period_close import close
from gaapbridge.report import Report
from gaapbridge.report.masks import Masks, common_words, masks_of
from gaapbridge.run import Run
from gaapbridge.starter import write_starter
from gaapbridge.terms.errors import UnusableInput

MASK = re.compile(r"M-[0-9a-f]{12}")


def naming_lender(folder: Path, entity: str = "Example Lender") -> Run:
    """A run whose files, segments, findings, rejected rows and status name contracts."""
    plan = write_starter(folder / "lender").plan
    tapes = plan.parent / "tapes"
    for path in plan.parent.rglob("*.csv"):
        text = path.read_text(encoding="utf-8")
        path.write_text(re.sub(r"\bbusiness\b", "pool of LOAN-1 and FUNDED-1", text), encoding="utf-8")
    with (tapes / "loans-2023-12-31.csv").open("r+", encoding="utf-8", newline="") as stream:
        header, *_, last = csv.reader(stream)
        bad = dict(zip(header, last, strict=True)) | {"contract_id": "LOAN-9", "outstanding_principal_minor": "see LOAN-9"}
        csv.writer(stream, lineterminator="\n").writerow(bad.values())
    with (tapes / "loan-payments-2023.csv").open("a", encoding="utf-8") as stream:
        stream.write("LOAN-8,2023-05-15,1000000,300000,0\n")
    (tapes / "loan-events-2023.csv").rename(tapes / "events of LOAN-3_2023.csv")
    text = plan.read_text(encoding="utf-8").replace("loan-events-2023.csv", "events of LOAN-3_2023.csv")
    text = text.replace('#status = "draft"', 'status = "draft"').replace(
        "Form 20-F of April 25, 2025", "before GUARANTEE-2 is agreed"
    )
    text = re.sub(r"rejected_(rows|principal_minor) = 0", r"rejected_\1 = 9000000", text.replace("#status_note", "status_note"))
    plan.write_text(text.replace('name = "Example Lender"', f'name = "{entity}"'), encoding="utf-8")
    return close(plan)


def ids_of_tapes(run: Run) -> set[str]:
    """Every value of every column of ids of every tape."""
    found: set[str] = set()
    for path in (run.plan_folder / "tapes").glob("*.csv"):
        with path.open(encoding="utf-8", newline="") as stream:
            found |= {row[name] for row in csv.DictReader(stream) for name in row if name.endswith("_id")}
    return found


def texts(folder: Path) -> dict[str, str]:
    """Every file of a report by its name, as bytes read for text, and as what a reader sees of it."""
    found: dict[str, str] = {}
    for path in (path for path in folder.rglob("*") if path.is_file()):
        name = path.relative_to(folder).as_posix()
        if path.suffix == ".xlsx":
            with zipfile.ZipFile(path) as book:
                found |= {f"{name}/{one}": book.read(one).decode("utf-8") for one in book.namelist()}
        elif path.suffix == ".pdf":
            found[name] = "\n".join(page.extract_text() for page in pypdf.PdfReader(path).pages)
            found[f"{name} as it is"] = path.read_bytes().decode("latin-1")
        elif path.suffix == ".png":  # points of a picture, whose text is that of the SVG beside it
            assert path.with_suffix(".svg").exists()
            found[name] = path.read_bytes().decode("latin-1")
        else:
            found[name] = path.read_text(encoding="utf-8")
    return {name: f"{name}\n{text}\n{html.unescape(text)}" for name, text in found.items()}


def named(folder: Path, ids: set[str]) -> set[str]:
    """The ids that stand in a report."""
    return {one for text in texts(folder).values() for one in ids if one in text}


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Run:
    return naming_lender(tmp_path_factory.mktemp("naming"))


@pytest.fixture(scope="module")
def masked(run: Run) -> Report:
    return gaapbridge.write_report(run, mask_ids=True)


def test_no_part_holds_an_id_of_a_tape(run: Run, masked: Report) -> None:
    ids = ids_of_tapes(run)
    assert {"LOAN-1", "LOAN-8", "LOAN-9", "FUNDED-1", "GUARANTEE-2", "AWARD-1"} <= ids
    assert set(masked.files) == {"workbook", "pack", "pdf", "filing"} and run.listed.findings and run.rejects
    for name, text in texts(masked.folder).items():
        assert not [one for one in ids if one in text], name


@pytest.mark.campaign
def test_an_id_is_seen_where_nothing_is_masked(run: Run, tmp_path: Path) -> None:
    """The search that finds nothing with masks finds all of these without."""
    ids = ids_of_tapes(run)
    assert named(gaapbridge.write_report(run, to=tmp_path / "plain", only="workbook").folder, ids) >= {"LOAN-1", "LOAN-9"}
    assert named(gaapbridge.write_report(run, to=tmp_path / "pack", only="pack").folder, ids) >= {"LOAN-3", "GUARANTEE-2"}


@pytest.mark.campaign
def test_a_contract_has_one_mask_in_every_part(run: Run, masked: Report) -> None:
    of_loan = masks_of(run).contract("LOAN-1")
    assert MASK.fullmatch(of_loan) and masks_of(Run(run.folder)).contract("LOAN-1") == of_loan
    pages, sheets = (
        "".join(text for name, text in texts(masked.folder).items() if part in name) for part in ("pack/", "xlsx/")
    )
    assert of_loan in sheets and f"contracts/loan-{of_loan}.html" in pages
    assert set(MASK.findall(sheets)) <= {masks_of(run).contract(one) for one in ids_of_tapes(run)}


@pytest.mark.campaign
def test_the_key_stands_in_no_report_and_is_another_of_every_run(run: Run, masked: Report, tmp_path: Path) -> None:
    key = masks_of(run).key
    assert key is not None and not [name for name, text in texts(masked.folder).items() if key.hex() in text]
    plan = naming_lender(tmp_path).plan_folder / "plan.toml"
    text = plan.read_text(encoding="utf-8")
    plan.write_text(text.replace("value = 0.03 }", "value = 0.04 }"), encoding="utf-8")
    assert masks_of(close(plan)).contract("LOAN-1") != masks_of(run).contract("LOAN-1")


@pytest.mark.campaign
def test_what_is_masked_stands_apart_from_the_report_of_the_house(run: Run, masked: Report, tmp_path: Path) -> None:
    assert masked.folder == run.folder.with_name(f"{run.folder.name}-report-masked")
    assert json.loads((masked.folder / "report.json").read_text(encoding="utf-8"))["ids_masked"] is True
    gaapbridge.write_report(run, only="workbook,filing", to=tmp_path / "out")
    done = gaapbridge.write_report(run, only="workbook", mask_ids=True, to=tmp_path / "out")
    assert set(done.files) == {"workbook"}, "a part of the house does not stay beside one with masks"
    assert not named(done.folder, ids_of_tapes(run))


@pytest.mark.campaign
def test_a_statement_that_names_a_contract_is_refused(tmp_path: Path) -> None:
    run = naming_lender(tmp_path, entity="Lender of GUARANTEE-2")
    for part in ("pdf", "filing"):
        with pytest.raises(UnusableInput, match="names a contract"):
            gaapbridge.write_report(run, only=part, mask_ids=True)
    assert not run.folder.with_name(f"{run.folder.name}-report-masked").exists()
    folder = gaapbridge.write_report(run, only="workbook,pack", mask_ids=True).folder
    assert not named(folder, ids_of_tapes(run))


def test_an_id_that_every_row_has_is_masked(tmp_path: Path) -> None:
    """Said once above the rows of a tape; of two digits, which no text is searched for."""
    plan = write_starter(tmp_path / "lender").plan
    for path in plan.parent.glob("tapes/*.csv"):
        path.write_text(re.sub(r"FUNDED-\d", "77", path.read_text(encoding="utf-8")), encoding="utf-8")
    run = close(plan)
    file = gaapbridge.write_report(run, only="workbook", mask_ids=True).folder / "workbook.xlsx"
    said = [str(cell) for row in load_workbook(file)["Input guarantees"].iter_rows(values_only=True) for cell in row if cell]
    assert any(f"loan id {masks_of(run).contract('77')}" in text for text in said)
    assert not [text for text in said if re.search(r"\b77\b", text)]


def test_the_command_masks(run: Run, tmp_path: Path) -> None:
    asked = ["report", str(run.folder), "--only", "workbook", "--mask-ids", "--to", str(tmp_path / "out")]
    assert CliRunner().invoke(app, asked).exit_code == 0
    assert not named(tmp_path / "out", ids_of_tapes(run))


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("tapes/LOAN-1.csv", "tapes/{LOAN-1}.csv"),
        ("LOAN-1, LOAN-12 and XLOAN-1", "{LOAN-1}, {LOAN-12} and XLOAN-1"),
        ("贷款LOAN-1号", "贷款{LOAN-1}号"),
        ("row 123456 of 12", "row {123456} of 12"),
        ("0.123456 of 123456.5, hash 0a123456", "0.123456 of 123456.5, hash 0a123456"),
        ('<a> "x" & more', "<a> {\"x\" &} more"),
        ("", ""),
    ],
)  # fmt: skip
def test_ids_in_the_midst_of_a_text(text: str, told: str) -> None:
    masks = Masks(b"key", frozenset({"LOAN-1", "LOAN-12", "123456", "12", '"x" &'}))
    assert masks.text(text) == re.sub(r"\{(.+?)\}", lambda found: masks.contract(found[1]), told)
    assert Masks().text(text) == text


WORDS = {"LOAN-1": "total", "LOAN-2": "2023-12-31", "LOAN-3": "Loans", "GUARANTEE-1": "Current assets", "AWARD-1": "1301"}
"""Ids that stand in every report as words, days and accounts."""


def renamed_lender(folder: Path, ids: dict[str, str]) -> Run:
    """The starter's lender with other ids."""
    plan = write_starter(folder / "lender").plan
    for path in (plan.parent / "tapes").glob("*.csv"):
        text = path.read_text(encoding="utf-8")
        path.write_text(re.sub(rf"\b({'|'.join(ids)})(?![\w-])", lambda found: ids[found[0]], text), encoding="utf-8")
    return close(plan)


def test_ids_that_are_words_are_masked_where_a_contract_is_named_alone(tmp_path: Path) -> None:
    """As many masks in every part as ids that are no words have; the statement reads as it does without masks."""
    plain, words = (renamed_lender(tmp_path / name, ids) for name, ids in (("plain", {"LOAN-1": "LOAN-1"}), ("words", WORDS)))
    told, masked = (gaapbridge.write_report(run, mask_ids=True) for run in (plain, words))
    house = gaapbridge.write_report(words, only="filing")
    for part in ("xlsx/", "pack/", "htm", "pdf"):
        counts = [
            sum(len(MASK.findall(text)) for name, text in texts(one.folder).items() if part in name) for one in (told, masked)
        ]
        assert counts[0] == counts[1], part
    name = "ex99-1.htm"
    assert (masked.folder / name).read_text(encoding="ascii") == (house.folder / name).read_text(encoding="ascii")
    assert masked.ids_untold == len(WORDS) and told.ids_untold == 0
    assert "Warning: 5 ids of contracts are words" in masked.as_text() and "ids of contracts" not in house.as_text()
    sheets = {name: text for name, text in texts(masked.folder).items() if "sharedStrings" in name}
    assert sheets and not any("loan/total" in text or "loan/Loans" in text for text in sheets.values())


def test_a_name_that_no_report_prints_is_no_word(tmp_path: Path) -> None:
    run = renamed_lender(tmp_path, {"LOAN-1": "Wolkenkuckucksheim", "LOAN-2": "Total"})
    masks = masks_of(run)
    assert masks.words == masks.untold == {"Total"}
    assert masks.text("Total of Wolkenkuckucksheim") == f"Total of {masks.contract('Wolkenkuckucksheim')}"


def test_the_words_of_pages_are_declared(run: Run, masked: Report) -> None:
    """An id that is one of them stays as it is in the midst of a text, and any other is masked there."""
    pages = "\n".join(text for name, text in texts(masked.folder).items() if name.endswith((".html", ".htm")))
    seen = re.sub(r"(?s)<(script|style)\b.*?</\1>|<[^>]*>|&[a-z]+;", " ", pages)
    printed = {word.casefold() for word in re.findall(r"[A-Za-z]{4,}(?![\w.-])", re.sub(r"\S*[-_/.0-9]\w\S*", " ", seen))}
    lenders = " ".join([str(run.plan_folder), *(path.read_text() for path in (run.plan_folder / "tapes").glob("*.csv"))])
    own = {word.casefold() for word in re.findall("[A-Za-z]+", lenders)}
    assert " ".join(sorted(printed - common_words() - own)) == "", "add them to common_words.txt"

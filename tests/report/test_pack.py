"""The review pack: every printed figure has its address, every link a target, no text of a lender becomes markup."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path
from shlex import quote

import pytest

from gaapbridge.explanation.cell import CONTRACTS
from gaapbridge.explanation.form import Explanation
from gaapbridge.report.masks import masks_of
from gaapbridge.report.pack import LISTINGS, Listing, write
from gaapbridge.report.pack.site import up
from gaapbridge.report.told.trail import told_causes, told_cells, told_contracts, told_entries
from gaapbridge.run import Run
from gaapbridge.statement.printing import amount_text
from gaapbridge.terms.text import readable
from tests.report.packs import HOSTILE_ID, REJECTED, Page, broken, hostile_lender, pages

NAMESPACES = ("http://www.w3.org/2000/svg", "http://www.w3.org/1999/xlink")
"""Names in a picture, which nothing fetches."""


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Run:
    return hostile_lender(tmp_path_factory.mktemp("hostile"))


@pytest.fixture(scope="module")
def pack(run: Run, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("report")
    write(run, folder)
    return folder / "pack"


@pytest.fixture(scope="module")
def read(pack: Path) -> dict[str, Page]:
    return pages(pack)


def test_every_printed_cell_has_its_address_and_its_figure(run: Run, read: dict[str, Page]) -> None:
    printed = json.loads((run.folder / "statement.json").read_text(encoding="utf-8"))
    columns = [column["id"] for column in printed["columns"]]
    index, seen = read["index.html"], 0
    for statement in printed["statements"]:
        for row in statement["rows"]:
            amounts = {
                "us_gaap": row["us_gaap"],
                "ifrs": row["ifrs"],
                **{one: row.get("adj", {}).get(one, 0) for one in columns},
            }
            for column, amount in amounts.items():
                address = f"{statement['id']}/{row['id']}/{column}"
                opened = read[f"rows/{statement['id']}/{row['id']}.html"]
                assert address in opened.ids
                if address in index.cells:
                    assert index.cells[address].strip() == amount_text(amount), address
                    seen += 1
                else:
                    assert row["role"] == "line" and not any(row.get("adj", {}).values()), address
    assert seen == len(index.cells) > 100


def test_a_page_that_lists_is_declared_once(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    one_more = Listing("one-more.html", "One more", "What nobody had", lambda of: {"said": ["of one line"], "parts": []})
    monkeypatch.setattr("gaapbridge.report.pack.LISTINGS", (*LISTINGS, one_more))
    write(run, tmp_path)
    found = pages(tmp_path / "pack")
    assert {"What nobody had", "of one line", "One more"} <= {text.strip() for text in found["one-more.html"].texts}
    without = [path for path, page in found.items() if not any(link.endswith("one-more.html") for link in page.links)]
    assert without == [] and broken(tmp_path / "pack", found) == []


def test_every_link_has_its_target(pack: Path, read: dict[str, Page]) -> None:
    assert sum(len(page.links) for page in read.values()) > 1_000
    assert broken(pack, read) == []


@pytest.mark.campaign
def test_a_link_without_a_target_is_seen(pack: Path, tmp_path: Path) -> None:
    copy = Path(shutil.copytree(pack, tmp_path / "pack"))
    (copy / "rows" / "bs-2023" / "re.html").unlink()
    assert any("rows/bs-2023/re.html" in one for one in broken(copy, pages(copy)))


def test_no_text_of_the_lender_becomes_markup(read: dict[str, Page]) -> None:
    for name, page in read.items():
        allowed = {"script", "form"} if name == "journals.html" else set()
        assert not page.names & {"script", "b", "svg", "iframe", "object", "form"} - allowed, name
        assert not [one for one in page.attributes if one.startswith("on") or one == "style"], name
        text = "".join(page.texts)
        assert not set("\x1b\u202e") & set(text) and max(map(len, text.split())) < 2_000, name
        assert len(set(page.ids)) == len(page.ids), f"{name}: an anchor stands twice"
    shown = "".join(read["notes/ecl.html"].texts)
    assert "</td><script>alert(1)</script>" in shown, "it is shown as what it is"


def test_nothing_is_fetched(pack: Path) -> None:
    for path in (path for path in pack.rglob("*") if path.is_file()):
        text = path.read_text(encoding="utf-8")
        for name in NAMESPACES:
            text = text.replace(f'"{name}"', "")
        assert not re.search(
            r"(https?:|src=\"|href=\"//|url\(|@import|fetch\(|XMLHttp|import\()", text.replace('<img src="', "")
        ), path
        assert text.count("<script") == 2 * (path.name == "journals.html"), path


def test_pages_have_headings_and_headers_in_order(read: dict[str, Page]) -> None:
    for name, page in read.items():
        assert page.headings[0] == 1 and page.headings.count(1) == 1, name
        assert all(later - before <= 1 for before, later in zip(page.headings, page.headings[1:], strict=False)), name
        assert page.unscoped == 0, name
        assert {"main", "nav", "title"} <= page.names


@pytest.mark.campaign
def test_the_pack_is_the_same_bytes_again_when_the_tapes_are_gone(run: Run, pack: Path, tmp_path: Path) -> None:
    lender = Path(shutil.copytree(run.plan_folder, tmp_path / "lender"))
    shutil.rmtree(lender / "tapes")
    again = Run(lender / run.folder.resolve().relative_to(run.plan_folder.resolve()))
    write(again, tmp_path)
    files = {path.relative_to(pack): path.read_bytes() for path in pack.rglob("*") if path.is_file()}
    assert {
        path.relative_to(tmp_path / "pack"): path.read_bytes() for path in (tmp_path / "pack").rglob("*") if path.is_file()
    } == files
    shown = [path.read_text(encoding="utf-8") for path in (tmp_path / "pack" / "contracts").iterdir()]
    in_full = [text for text in shown if "Every step</h2>" in text]
    assert in_full and all("agrees" in text for text in in_full)


@pytest.mark.campaign
def test_masked_ids_stand_nowhere_and_masks_stay(run: Run, tmp_path: Path) -> None:
    write(run, tmp_path / "a", masks_of(run))
    write(run, tmp_path / "b", masks_of(run))
    ids = {one for kind in run.kinds for one in run.measurements(kind).select("contract_id").collect()["contract_id"]}
    assert HOSTILE_ID in ids and run.listed.findings and run.rejected_rows == 1
    ids.add(REJECTED)
    read = pages(tmp_path / "a" / "pack")
    for name, page in read.items():
        text = "\n".join((name, *page.texts, *page.ids, *page.links))
        assert not [one for one in ids if one in text], name
    assert broken(tmp_path / "a" / "pack", read) == []
    assert sorted(read) == sorted(pages(tmp_path / "b" / "pack"))
    assert any(re.search(r"contracts/loan-M-[0-9a-f]{12}\.html", name) for name in read)


def test_causes_come_to_what_is_printed(run: Run) -> None:
    closing, income = run.manifest.statements.closing, run.manifest.statements.income
    for column in run.document.column_ids:
        causes = told_causes(run, column)
        assert sum(one.equity_minor for one in causes) == run.exact.cells[f"{closing}/eq/{column}"][0]
        assert sum(one.income_minor for one in causes) == run.exact.cells[f"{income}/ni/{column}"][0]
        for entry in told_entries(run, column):
            assert sum(line.amount_minor for line in entry.lines) == 0


def test_contracts_are_told_as_they_were_measured(run: Run) -> None:
    told = told_contracts(run, told_cells(run))
    assert {one.address.partition("/")[0] for one in told} == {"loan", "guarantee", "award"}
    for one in (one for one in told if one.in_full):
        assert one.explanation.facts["independent calculation"] == "agrees"
        assert any(table.title.startswith("Input row") for table in one.explanation.tables)


def test_every_contract_under_a_cell_has_its_page(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _tell_few(monkeypatch)
    write(run, tmp_path)
    found, told = pages(tmp_path / "pack"), told_contracts(run, told_cells(run))
    rows = [(name, page) for name, page in found.items() if name.startswith("rows/")]
    named = {str(row[0]) for cell in told_cells(run).values() for row in _largest(cell)}
    assert named <= {one.address for one in told} and {readable(one) for one in named} <= {t for _, p in rows for t in p.texts}
    assert not [name for name, page in rows if any("Without a page here" in text for text in page.texts)]
    short = [one.address for one in told if not one.in_full]
    said = [text for page in found.values() for text in page.texts if text.startswith("Every step, month by month")]
    assert len(said) == len(short) > 2
    for address in short:
        assert any(text.endswith(f"gaapbridge explain v1 {quote(readable(address))} --html") for text in said), address


def test_the_months_of_a_contract_say_their_formula_with_figures(run: Run, pack: Path, read: dict[str, Page]) -> None:
    said = [(page, text) for page in read.values() for text in page.texts if text.startswith("Of month ")]
    assert said
    for page, text in said:
        product, _, printed = text.partition(": ")[2].rpartition(" (Months")[0].partition(" = ")
        factors = [_number(one) for one in re.findall(r"\(?\d[\d,.]*(?:E-\d+)?\)?", product)]
        weight, survival, hazard, lost, principal, interest_lost, interest, deferral, discounted = factors
        exact = weight * survival * hazard * (lost * principal + interest_lost * interest + deferral) * discounted
        assert exact == pytest.approx(_number(printed), rel=1e-4) and printed in page.texts


def test_a_phone_stacks_rows_with_sentences_under_their_headings(pack: Path) -> None:
    page = (pack / "checks.html").read_text(encoding="utf-8")
    (legend,) = re.findall(r'<table class="stacked">\n<caption>Tick marks.*?</table>', page, re.S)
    assert legend.count('data-head="what it says"') == legend.count("<tr>") - 1 > 5
    assert "data-head" not in (pack / "index.html").read_text(encoding="utf-8").partition('id="bridges"')[0]


def test_of_more_contracts_than_have_pages_the_command_stands_there(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _tell_few(monkeypatch)
    monkeypatch.setattr("gaapbridge.report.told.trail.MOST_NAMED", 0)
    write(run, tmp_path)
    found = pages(tmp_path / "pack")
    said = {text for page in found.values() for text in page.texts if text.startswith("Without a page here")}
    assert said and all(re.search(r"gaapbridge explain v1 '?(loan|guarantee|award)/.*--html$", text) for text in said)
    assert broken(tmp_path / "pack", found) == []


def _number(printed: str) -> float:
    """A figure as it is printed; one below nil has brackets."""
    return float(printed.strip("()").replace(",", "")) * (-1 if printed.startswith("(") else 1)


def _tell_few(monkeypatch: pytest.MonkeyPatch) -> None:
    """One contract of a kind in full: the lender of the tests has few."""
    monkeypatch.setattr("gaapbridge.report.told.trail.LARGEST", 0)
    monkeypatch.setattr("gaapbridge.report.told.trail.SAMPLED", 1)


def _largest(cell: Explanation) -> list[tuple[object, ...]]:
    return [row for table in cell.tables if table.tells.what == CONTRACTS for row in table.rows]


def test_findings_and_rejected_rows_stand_with_their_remedy(run: Run, read: dict[str, Page]) -> None:
    text = "".join(read["findings.html"].texts)
    for finding in run.listed.findings:
        assert finding.name in text and finding.remedy in text
    assert REJECTED in text and "<i>much</i>" in text and run.rejects[0]["rule"] in text


def test_checks_stand_under_what_they_prove(run: Run, read: dict[str, Page]) -> None:
    text = [one.strip() for one in read["checks.html"].texts if one.strip()]
    assert {readable(check.id) for check in run.listed.checks} <= set(text)
    for evidence, count in run.as_dict()["evidence"].items():
        assert text[text.index(evidence) + 1] == f"{count:,}"


def test_a_page_leads_to_the_folder_of_the_pack() -> None:
    assert (up("index.html"), up("rows/bs-2023/re.html")) == ("", "../../")

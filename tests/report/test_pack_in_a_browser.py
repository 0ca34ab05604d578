"""The pack in a real browser: from a printed figure to a cash flow by clicks, with nothing asked of any machine."""

from __future__ import annotations

import csv
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from unicodedata import normalize

import pytest
from pypdf import PdfReader

from gaapbridge.report.pack import write
from gaapbridge.report.told.trail import told_entries
from gaapbridge.run import Run
from gaapbridge.statement.printing import amount_text
from tests.report.packs import hostile_lender

CELL = "bs-2023/loans_c/ecl"

WIDTHS = (1280, 390)
"""A laptop and a phone."""


@dataclass
class Browser:
    """A page of Chromium, and what it asked for and showed of its own while it was driven."""

    page: Any
    asked: list[str] = field(default_factory=list)
    alarmed: list[str] = field(default_factory=list)

    def goto(self, path: Path, anchor: str = "") -> None:
        self.page.goto(f"{path.as_uri()}{anchor}")


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Run:
    return hostile_lender(tmp_path_factory.mktemp("hostile"))


@pytest.fixture(scope="module")
def pack(run: Run, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("report")
    write(run, folder)
    return folder / "pack"


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    program = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if program is None:
        pytest.skip("no Chromium is installed: the pack was not opened in a browser")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        options = ["--no-sandbox", "--disable-background-networking"]
        chromium = playwright.chromium.launch(executable_path=program, args=options)
        page = chromium.new_page(java_script_enabled=True)
        driven = Browser(page)
        page.on("request", lambda request: driven.asked.append(request.url))
        page.on("dialog", lambda dialog: (driven.alarmed.append(dialog.message), dialog.dismiss()))
        page.on("console", lambda message: driven.alarmed.append(message.text))
        yield driven
        chromium.close()


def test_a_printed_figure_leads_to_a_cash_flow_by_clicks(run: Run, pack: Path, browser: Browser) -> None:
    page, (exact, _) = browser.page, run.exact.cells[CELL]
    browser.goto(pack / "index.html")
    cell = page.locator(f'[id="{CELL}"]')
    assert cell.inner_text().strip() == amount_text(run.document.cells[CELL][0])
    cell.locator("a").click()
    section = page.locator(f'section[id="{CELL}"]')
    digits = run.plan_content["entity"]["minor_digits"]
    assert f"{abs(exact) / 10**digits:,.{digits}f}" in section.locator("dl").inner_text()
    link = section.get_by_role("link", name="loan/").first
    contract_id = link.inner_text().strip().partition("/")[2]
    link.click()
    assert contract_id in page.locator("h1").inner_text()
    paid = run.input_rows("loans", "contract_id", contract_id)["tapes.payments"]
    table = page.get_by_role("region", name="Input row").filter(has_text="payments")
    assert paid.height and f"{paid['principal_minor'][0]:,}" in table.inner_text()
    page.get_by_role("link", name="Statements").click()
    assert page.locator("h1").inner_text().startswith("Reconciliation")


def test_an_address_in_a_mail_opens_its_cell(pack: Path, browser: Browser) -> None:
    browser.goto(pack / "index.html", f"#{CELL}")
    colour = browser.page.locator(f'[id="{CELL}"]').evaluate("one => getComputedStyle(one).backgroundColor")
    assert colour == "rgb(255, 243, 191)"


def test_no_page_is_wider_than_its_window(pack: Path, browser: Browser) -> None:
    for path in sorted(pack.rglob("*.html")):
        browser.goto(path)
        for width in WIDTHS:
            browser.page.set_viewport_size({"width": width, "height": 900})
            assert browser.page.evaluate("document.documentElement.scrollWidth") <= width, path


def test_every_figure_leads_to_where_it_is_opened(run: Run, pack: Path, browser: Browser) -> None:
    """By the browser's own way of finding what an address names."""
    browser.goto(pack / "index.html")
    links = browser.page.locator("td[id] a").evaluate_all("all => all.map(one => [one.closest('td').id, one.href])")
    assert len(links) > 100
    for path in {href.partition("#")[0] for _, href in links}:
        browser.page.goto(path)
        own = [address for address, href in links if href.partition("#")[0] == path]
        found = browser.page.evaluate(
            "all => all.map(one => (location.hash = one, document.querySelector(':target')?.id))", own
        )
        assert found == own


def test_digits_stand_below_each_other(pack: Path, browser: Browser) -> None:
    """Whether a figure stands in brackets or not, its last digit is where those above are."""
    browser.page.set_viewport_size({"width": WIDTHS[0], "height": 900})
    browser.goto(pack / "index.html")
    for table in browser.page.evaluate(DIGITS):
        assert any(text.startswith("(") for text, _, _ in table)
        for place in {place for _, place, _ in table}:
            ends = [end for _, where, end in table if where == place]
            assert max(ends) - min(ends) <= 1, table


DIGITS = """() => [...document.querySelectorAll('.statement')].map(table =>
    [...table.querySelectorAll('tr.line td')].map(cell => {
        const text = cell.querySelector('a').firstChild, range = document.createRange(), last = text.data.search(/[0-9][)]?$/);
        if (last < 0) return null;
        range.setStart(text, last);
        range.setEnd(text, last + 1);
        return [text.data, cell.cellIndex, range.getBoundingClientRect().right];
    }).filter(Boolean))"""
"""Of each figure of each statement its text, its column, and where its last digit ends."""


def test_long_pages_begin_with_what_is_on_them(pack: Path, browser: Browser) -> None:
    """A list of links, each to a heading of the page that bears its words."""
    for path in ("checks.html", "notes/ecl.html", "index.html", "assumptions.html"):
        browser.goto(pack / path)
        links = browser.page.locator("nav.contents a").evaluate_all("all => all.map(one => [one.hash.slice(1), one.innerText])")
        assert len(links) > 2, path
        heads = browser.page.evaluate(
            "all => all.map(one => document.getElementById(decodeURIComponent(one))?.closest('section, h2')?.innerText)",
            [anchor for anchor, _ in links],
        )
        assert all(heads), path


def test_folded_checks_are_counted_opened_by_a_key_and_printed(pack: Path, browser: Browser, tmp_path: Path) -> None:
    """Without a script: closed on a screen under their number, open by the keyboard, all of them on paper."""
    page = browser.page.context.browser.new_context(java_script_enabled=False).new_page()
    page.goto((pack / "checks.html").as_uri())
    first = page.locator("details").evaluate_all("all => all.findIndex(one => !one.open)")
    folded = page.locator("details").nth(first)
    rule = folded.locator("tbody th").first
    assert not rule.is_visible()
    shown = int(folded.locator("summary .quiet").inner_text().split()[0].replace(",", ""))
    assert shown == folded.locator("tbody tr").count() > 0
    folded.locator("summary").focus()
    page.keyboard.press("Enter")
    assert rule.is_visible()
    page.reload()
    ids = page.locator("tbody th").all_text_contents()
    page.pdf(path=tmp_path / "checks.pdf", format="A4", landscape=True)
    texts = [normalize("NFKC", one.extract_text()) for one in PdfReader(tmp_path / "checks.pdf").pages]
    printed = "".join("".join(text.split()) for text in texts)
    assert len(ids) > 100 and [one for one in ids if "".join(one.split()) not in printed] == []
    page.context.close()


def test_an_entry_that_is_folded_opens_at_its_address(run: Run, pack: Path, browser: Browser) -> None:
    entry = next(line.entry for line in run.listed.journals if line.note == "ecl")
    browser.goto(pack / "notes/ecl.html", f"#journal/{entry}")
    section = browser.page.locator(f'section[id="journal/{entry}"]')
    assert section.locator("summary").is_visible() and entry in section.locator("summary").inner_text()


def test_a_contract_is_told_in_words_and_in_the_currency(run: Run, pack: Path, browser: Browser) -> None:
    """No code of a tape without what it says, and no minor units that are not called so."""
    for path in sorted((pack / "contracts").glob("*.html")):
        browser.goto(path)
        facts = browser.page.locator("dl").first.inner_text()
        assert not {"path", "0 is not on book", "on_book"} & set(facts.splitlines()) and "in the period" in facts
        said = browser.page.locator("main > p").first.inner_text()
        assert said.endswith("Amounts in CNY, but where minor units are named.")
        rows = browser.page.locator("tr").evaluate_all("all => all.map(one => [...one.children].map(cell => cell.innerText))")
        minor = [row for row in rows if row[0].endswith("_minor") and len(row) == 3]
        assert all(f"{int(row[1].replace(',', '')) / 100:,.2f} CNY" == row[2] for row in minor if row[1] != "0")
        codes = [row for row in rows if len(row) == 3 and row[1] == "on_book"]
        assert all(row[2] == "on the books" for row in codes) and (minor or "award" in path.name)


def test_text_is_told_from_its_ground(pack: Path, browser: Browser) -> None:
    """By the contrast of WCAG 2, level AA: 4.5 to 1, text by text."""
    for path in ("index.html", "journals.html", "checks.html", "notes/ecl.html"):
        browser.goto(pack / path)
        assert browser.page.evaluate(FAINT) == [], path


def test_keys_reach_the_content_and_the_figures(pack: Path, browser: Browser) -> None:
    browser.goto(pack / "index.html")
    browser.page.keyboard.press("Tab")
    assert browser.page.evaluate("document.activeElement.className") == "skip"
    browser.page.keyboard.press("Enter")
    for _ in range(12):
        browser.page.keyboard.press("Tab")
    assert browser.page.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid"


def test_pictures_are_shown(pack: Path, browser: Browser) -> None:
    browser.goto(pack / "index.html")
    widths = browser.page.locator("img").evaluate_all("all => all.map(one => one.naturalWidth)")
    assert len(widths) == 2 and min(widths) > 300


def test_nothing_is_asked_of_any_machine_and_no_text_runs(pack: Path, browser: Browser) -> None:
    for path in sorted(pack.rglob("*.html")):
        browser.goto(path)
    assert len(browser.asked) > 100
    assert [url for url in browser.asked if not url.startswith(("file:", "data:"))] == []
    assert browser.alarmed == []


FAINT = """() => {
    const parts = colour => (colour.match(/[\\d.]+/g) || []).map(Number);
    const bright = colour => parts(colour).slice(0, 3).map(one => one / 255)
        .map(one => one <= 0.03928 ? one / 12.92 : ((one + 0.055) / 1.055) ** 2.4)
        .reduce((sum, one, place) => sum + one * [0.2126, 0.7152, 0.0722][place], 0);
    const ground = one => {
        for (; one; one = one.parentElement) {
            const colour = getComputedStyle(one).backgroundColor;
            if (parts(colour)[3] !== 0) return colour;
        }
        return "rgb(255, 255, 255)";
    };
    return [...document.querySelectorAll("main *, header *, footer *")]
        .filter(one => [...one.childNodes].some(text => text.nodeType === 3 && text.data.trim()) && one.tagName !== "SCRIPT")
        .map(one => [bright(getComputedStyle(one).color), bright(ground(one)), one.outerHTML])
        .filter(([text, behind]) => (Math.max(text, behind) + 0.05) / (Math.min(text, behind) + 0.05) < 4.5)
        .map(([, , html]) => html.slice(0, 80));
}"""
"""The elements with text of their own that is hard to tell from what is behind it."""


LINES, SEARCHED = 50_000, ("pool 0007", "pool 0001 brought", "Loss ALLOWANCE", "", "no such word")
"""Lines of journals, and texts by which they are filtered in under a second each."""

FILTERED = """text => {
    const field = document.getElementById("filter").elements.text, begun = performance.now();
    field.value = text;
    field.dispatchEvent(new Event("input", {bubbles: true}));
    document.querySelector("#journal").getBoundingClientRect();
    return performance.now() - begun;
}"""
"""Types a text and has the page laid out; the milliseconds that took."""


@pytest.fixture(scope="module")
def long_journal(run: Run, tmp_path_factory: pytest.TempPathFactory) -> Run:
    """A lender with so many segments that 50,000 lines were posted."""
    path = Path(shutil.copytree(run.folder, tmp_path_factory.mktemp("long") / "v1")) / "journals.csv"
    with path.open(encoding="utf-8", newline="") as stream:
        header, *lines = csv.reader(stream)
    segment, times = header.index("segment"), -(-LINES // len(lines))
    many = [[*line[:segment], f"pool {each:04}", *line[segment + 1 :]] for line in lines for each in range(times)]
    with path.open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream, lineterminator="\n").writerows([header, *many[:LINES]])
    return Run(path.parent)


def having(run: Run, words: list[str]) -> tuple[int, int, int]:
    """How many lines have all the words, and their debits and credits in minor units."""
    captions, accounts = {one.id: f"({one.note})" for one in run.document.columns}, run.manifest.accounts
    entries = {entry.id: entry.name for column in captions for entry in told_entries(run, column)}
    columns = (
        ((entries[one.entry], captions[one.note], one.account, accounts[one.account].name, one.segment, one.text), one)
        for one in run.listed.journals
    )
    found = [one for told, one in columns if all(any(word.lower() in text.lower() for text in told) for word in words)]
    return len(found), sum(one.debit_minor for one in found), sum(one.credit_minor for one in found)


def test_fifty_thousand_lines_are_filtered_within_a_second(long_journal: Run, browser: Browser, tmp_path: Path) -> None:
    """By the browser's own clock, from the words to the lines laid out; what is found is what the run has."""
    write(long_journal, tmp_path)
    size = sum(path.stat().st_size for path in tmp_path.rglob("*") if path.is_file())
    assert len(long_journal.listed.journals) == LINES and size < 15_000_000
    page, took = browser.page, dict[str, float]()
    browser.goto(tmp_path / "pack" / "journals.html")
    for text in SEARCHED:
        took[text] = page.evaluate(FILTERED, text)
        lines, debit, credit = having(long_journal, text.split())
        amounts = [f"{amount / 100:,.2f}" if amount else "nil" for amount in (debit, credit)]
        said = f"{lines:,} of {LINES:,} lines: debit {amounts[0]}, credit {amounts[1]}"
        assert page.locator("#found").inner_text() == said
        assert page.locator("#journal tbody tr").count() == min(500, lines)
    assert max(took.values()) < 1_000, took


def test_journals_are_filtered_by_what_is_chosen(run: Run, pack: Path, browser: Browser) -> None:
    page, lines = browser.page, run.listed.journals
    browser.goto(pack / "journals.html")
    assert page.locator("#journal tbody tr").count() == len(lines) < 1_000, "before anything is chosen all of them are read"
    account = lines[0].account
    page.get_by_label("Account").select_option(label=f"{account} {run.manifest.accounts[account].name}")
    page.get_by_label("Note").select_option(label=f"({run.document.column(lines[0].note).note})")
    own = [one for one in lines if (one.account, one.note) == (account, lines[0].note)]
    assert page.locator("#found").inner_text().startswith(f"{len(own):,} of {len(lines):,} lines")
    page.locator("#journal tbody tr a").first.click()
    assert page.url.partition("#")[2] == f"journal/{own[0].entry}"


def test_journals_are_read_without_a_script(run: Run, pack: Path, browser: Browser) -> None:
    page = browser.page.context.browser.new_context(java_script_enabled=False).new_page()
    page.goto((pack / "journals.html").as_uri())
    assert page.locator("#journal tbody tr").count() == len(run.listed.journals)
    assert not page.locator("#filter").is_visible()
    page.context.close()

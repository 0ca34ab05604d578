"""The pack in a real browser: from a printed figure to a cash flow by clicks, with nothing asked of any machine."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from gaapbridge.report.pack import write
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


@pytest.mark.parametrize("width", WIDTHS)
def test_no_page_is_wider_than_its_window(pack: Path, browser: Browser, width: int) -> None:
    browser.page.set_viewport_size({"width": width, "height": 900})
    for path in ("index.html", "rows/bs-2023/loans_c.html", "notes/ecl.html", "checks.html", "hindsight.html", "manifest.html"):
        browser.goto(pack / path)
        assert browser.page.evaluate("document.documentElement.scrollWidth") <= width, path


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

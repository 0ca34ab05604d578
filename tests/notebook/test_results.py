"""What every verb gives shows itself in a notebook: as tables, in one line of text, without markup from a lender's files."""

from __future__ import annotations

import re
import typing
from collections.abc import Callable
from html.parser import HTMLParser
from pathlib import Path

import pytest

import gaapbridge
from tests.estimation.lender import write_history
from tests.given.holder import MONTHS, ledger_of, plan_of, write_holder

HOSTILE = "<script>alert(1)</script>"
TAGS = {"div", "h4", "p", "table", "thead", "tbody", "tr", "th", "td"}


class Read(HTMLParser):
    """The tags of a result as a browser meets them, and whether each was ended in order."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.seen: set[str] = set()
        self.said = ""
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert {name for name, _ in attrs} <= {"class", "style"}
        self.open.append(tag)
        self.seen.add(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.said += data


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A plan of which names, captions and reasons are markup; a row of a ledger, too."""
    plan = write_holder(tmp_path_factory.mktemp("hostile") / "books")
    text = re.sub('"(?:Holder|Investments|Leases)"', f'"{HOSTILE}"', plan_of(0))
    plan.write_text(text, encoding="utf-8")
    for name in ("adjustments.csv", "leases.csv"):
        file = plan.parent / name
        file.write_text(file.read_text(encoding="utf-8").replace("Rent indexed late", HOSTILE), encoding="utf-8")
    ledger = plan.parent / ledger_of(MONTHS[0])
    renamed = ledger.read_text(encoding="utf-8").replace("account,debit_minor", "account,name,debit_minor")
    renamed = re.sub(r"(?m)^(\d{4}),", rf"\1,{HOSTILE},", renamed)
    ledger.write_text(renamed, encoding="utf-8")
    return plan


RESULTS: dict[str, Callable[[gaapbridge.Run, Path], object]] = {
    "close": lambda run, _: run,
    "check": lambda run, _: gaapbridge.check(run.plan_folder / "plan.toml"),
    "compare": lambda run, _: gaapbridge.compare(run, run),
    "estimate": lambda _, to: gaapbridge.estimate(write_history(to)),
    "explain": lambda run, _: gaapbridge.explain(run, f"{run.manifest.statements.closing}/rou/leases"),
    "export": lambda run, to: gaapbridge.export(run, "generic", book="movements", to=to, despite_failing_checks=True),
    "write_report": lambda run, to: gaapbridge.write_report(run, only="workbook", to=to),
    "verify": lambda run, _: gaapbridge.verify(run.folder / "statement.json"),
}


@pytest.fixture(scope="module")
def run(hostile: Path) -> gaapbridge.Run:
    return gaapbridge.close(hostile)


def test_every_verb_is_here() -> None:
    assert set(RESULTS) == {name for name in gaapbridge.__all__ if name.islower() and not name.startswith("_")}


@pytest.mark.parametrize("verb", RESULTS)
def test_what_a_verb_gives_shows_itself(verb: str, run: gaapbridge.Run, tmp_path: Path) -> None:
    result: typing.Any = RESULTS[verb](run, tmp_path / "out")
    html = result._repr_html_()
    read = Read(html)
    assert read.open == [] and read.seen <= TAGS and "table" in read.seen
    assert "<script" not in html and "color" not in html
    assert "\n" not in repr(result) and len(repr(result)) < 300
    if verb in ("close", "check", "compare", "export", "verify"):
        assert HOSTILE in read.said


def test_rejects_and_findings_of_a_check_are_tables(run: gaapbridge.Run) -> None:
    checked = gaapbridge.check(run.plan_folder / "plan.toml")
    said = Read(checked._repr_html_()).said
    assert "Files" in said and "given.leases" in said
    for finding in checked.findings:
        assert finding.name in said and finding.remedy in said


def test_an_export_shows_the_numbers_that_its_text_has(run: gaapbridge.Run, tmp_path: Path) -> None:
    done = gaapbridge.export(run, "generic", book="movements", to=tmp_path / "out", despite_failing_checks=True)
    said = Read(done._repr_html_()).said
    assert done.numbers and all(number in said and number in done.as_text() for number in done.numbers)
    assert str(done.folder / "vouchers.csv") in said

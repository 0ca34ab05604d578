"""What a notebook shows of a result: well-formed, escaped, numbers to the right, and the figures of its text."""

from __future__ import annotations

import json
import re
import shutil
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from xml.etree import ElementTree

import pytest

from gaapbridge.comparison import Comparison, compare
from gaapbridge.explanation import explain
from gaapbridge.explanation.form import Explanation
from gaapbridge.form import Table
from gaapbridge.notebook import MOST_ROWS, NUMBER, result_html, table_html
from gaapbridge.period_close import close
from gaapbridge.run import Run
from gaapbridge.starter import write_starter
from gaapbridge.statement.document import IFRS, US_GAAP
from gaapbridge.statement.printing import amount_text, is_printed
from gaapbridge.verification import verify
from tests.published import published

HOSTILE = '<img src=x onerror="alert(1)">&\x1b[2J\n</table><script>'
"""An id that would be markup, obeyed by a terminal, and the end of what it stands in."""


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Run:
    """The run of the starter, closed again with another answer as its second version."""
    plan = write_starter(tmp_path_factory.mktemp("shown") / "lender").plan
    return close(plan)


@pytest.fixture(scope="module")
def comparison(run: Run) -> Comparison:
    plan = run.plan_folder / "plan.toml"
    text = plan.read_text(encoding="utf-8")
    assert 'default_timing = "end"' in text
    plan.write_text(text.replace('default_timing = "end"', 'default_timing = "middle"'), encoding="utf-8")
    return compare(run, close(plan))


@pytest.fixture(scope="module")
def results(run: Run, comparison: Comparison) -> dict[str, object]:
    """One of each kind of result."""
    return {
        "run": run,
        "document": run.document,
        "statement": run.document.statements[0],
        "cell": explain(run, "bs-2023/loans_c/ecl"),
        "contract": explain(run, "loan/LOAN-1", months=True),
        "comparison": comparison,
        "verification": verify(published("qifu-2023"), opening=published("qifu-2021")),
    }


NAMES = ("run", "document", "statement", "cell", "contract", "comparison", "verification")


def tree(html: str) -> ElementTree.Element:
    """The HTML as a tree: every tag is closed, every text escaped."""
    return ElementTree.fromstring(f"<body>{html}</body>")


def cells(html: str) -> list[list[str]]:
    """The rows of every table, as read."""
    return [["".join(cell.itertext()) for cell in row] for row in tree(html).iter("tr")]


@pytest.mark.campaign(but=1)
@pytest.mark.parametrize("name", NAMES)
def test_it_is_well_formed_and_states_no_colour(name: str, results: dict[str, object]) -> None:
    html = results[name]._repr_html_()  # type: ignore[attr-defined]
    assert {one.tag for one in tree(html).iter()} <= {"body", "div", "h4", "p", "table", "thead", "tbody", "tr", "th", "td"}
    assert re.findall(r"color|background|#[0-9a-f]{3}", html) == [] and "<tbody>" in html


@pytest.mark.parametrize("name", NAMES)
def test_numbers_stand_to_the_right_and_negative_ones_in_brackets(name: str, results: dict[str, object]) -> None:
    number = re.compile(r"\(?\d{1,3}(,\d{3})*(\.\d+)?\)?|—")
    found = [cell for cell in tree(results[name]._repr_html_()).iter("td") if number.fullmatch(cell.text or "")]  # type: ignore[attr-defined]
    right = [cell for cell in found if cell.get("style") == NUMBER]
    assert len(right) > 3 and not [cell.text for cell in found if cell not in right and "," in (cell.text or "")]
    assert not [cell.text for cell in tree(results[name]._repr_html_()).iter("td") if (cell.text or "").startswith("-")]  # type: ignore[attr-defined]


@pytest.mark.parametrize("name", NAMES)
def test_repr_is_one_short_line(name: str, results: dict[str, object]) -> None:
    text = repr(results[name])
    assert "\n" not in text and len(text) < 400 and re.match(r"[A-Z][a-z]+\(", text)


def test_a_run_shows_what_its_text_prints(run: Run) -> None:
    rows = cells(run._repr_html_())
    for statement in run.document.statements:
        for row in filter(is_printed, statement.rows):
            amounts = [row.amount(column) for column in (US_GAAP, *run.document.column_ids, IFRS)]
            assert [row.label, *map(amount_text, amounts)] in rows
    for kind, made in run.checks.group_by("evidence").len().rows():
        (row,) = [row for row in rows if row[0] == kind]
        assert sum(int(count.replace(",", "").replace("—", "0")) for count in row[1:]) == made
    assert run.outcome in run._repr_html_() and str(run.folder) in run._repr_html_()


def test_what_fails_and_what_was_found_is_shown_in_full(run: Run, tmp_path: Path) -> None:
    copy = Path(shutil.copytree(run.folder, tmp_path / "v1"))
    checks = json.loads((copy / "checks.json").read_text(encoding="utf-8"))
    checks[0] |= {"actual": checks[0]["expected"] - 1234, "difference": -1234, "holds": False, "id": HOSTILE}
    finding = {"name": HOSTILE, "where": HOSTILE, "amount_minor": -5, "why": HOSTILE, "remedy": "look", "check": None}
    (copy / "checks.json").write_text(json.dumps(checks), encoding="utf-8")
    (copy / "findings.json").write_text(json.dumps([finding]), encoding="utf-8")
    changed = Run(copy)
    html = changed._repr_html_()
    assert "(1,234)" in [cell for row in cells(html) for cell in row]
    assert "<img" not in html and "<script" not in html and "\x1b" not in html
    assert [row for row in cells(html) if row[0].startswith('<img src=x onerror="alert(1)">&\\x1b[2J\\n</table>')]
    assert changed.findings["where"].to_list() == [HOSTILE], "programs get it as it is"
    assert "<img" not in changed.findings._repr_html_()


def test_no_name_becomes_markup(run: Run) -> None:
    statement = run.document.statements[0]
    named = replace(statement, rows=tuple(replace(row, label=HOSTILE, section=HOSTILE) for row in statement.rows))
    shown = [
        named,
        replace(run.document, issuer=HOSTILE, currency=HOSTILE, statements=(named,)),
        Explanation(HOSTILE, {HOSTILE: HOSTILE}, (Table(HOSTILE, (HOSTILE, "minor"), ((HOSTILE, -1),), adds_up=True),)),
    ]
    for one in shown:
        html = one._repr_html_()
        assert tree(html) and "<img" not in html and "<script" not in html and "\x1b" not in html
        assert "\n" not in repr(one) and "\x1b" not in repr(one)


def test_a_long_table_says_how_many_rows_are_left() -> None:
    table = Table("Findings", ("finding", "amount"), tuple((f"F{place}", place) for place in range(MOST_ROWS + 1_234)))
    html = table_html(table)
    assert len(cells(html)) == 1 + MOST_ROWS and "and 1,234 rows more" in html
    assert "rows more" not in table_html(replace(table, rows=table.rows[:MOST_ROWS]))


def test_a_table_adds_up_and_keeps_its_signs() -> None:
    table = Table(
        "", ("row", "minor"), (("loans", -1200), ("cash", 0), ("rate", Decimal("-0.5")), ("none", None)), adds_up=False
    )
    assert cells(result_html([[table]])) == [
        ["row", "minor"],
        ["loans", "(1,200)"],
        ["cash", "—"],
        ["rate", "(0.5)"],
        ["none", ""],
    ]
    added = replace(table, rows=(("loans", -1200), ("cash", 200)), adds_up=True)
    assert cells(table_html(added))[-1] == ["Total", "(1,000)"]

"""The page of a validation: everything escaped, every cell in a table, nothing loaded, and a sentence where it cannot be."""

from __future__ import annotations

import json
import re
from importlib.util import find_spec
from pathlib import Path

import pytest
from typer.testing import CliRunner

from gaapbridge.cli import app
from gaapbridge.estimation.validation.report import write_validation
from gaapbridge.report import validated
from gaapbridge.report.charts import Point, panels
from tests.estimation.test_estimate import lender
from tests.estimation.test_validation import told

POINTS = [Point("current", 1, 0.002, 0.003, 0.001, 0.004), Point("<b>31-60</b>", 1, 0.1, None)]


def test_panels_have_an_axis_each_and_let_no_markup_in() -> None:
    drawn = panels(POINTS, "month ahead", "hazard")
    assert "current" in drawn and "<b>" not in drawn and drawn == panels(POINTS, "month ahead", "hazard")


def test_a_page_tells_every_cell_and_limit_and_loads_nothing(tmp_path: Path) -> None:
    found = told()
    found["tests"][0]["cells"][0]["cell"] = "<script>all</script>"
    write_validation(found, tmp_path)
    assert validated.lacking() == ""
    written = validated.write_pages([tmp_path], "A & B")
    assert written.as_dict() == {"pages": [str(tmp_path / validated.PAGE)]} and validated.PAGE in written.as_text()
    page = (tmp_path / validated.PAGE).read_text()
    assert "A &amp; B" in page and "<script>" not in page and "&lt;script&gt;" in page
    assert all(row["cell"] in page for test in found["tests"] for row in test["cells"][1:])
    assert all(limit.split("`")[0][:60] in page for limit in found["limits"])
    assert not re.search(r'(src|href)="(?!data:|#)', page)
    assert page == validated.validation_page(json.dumps(found, indent=1) + "\n", "A & B")


def test_the_command_writes_it_and_says_where_or_why_not(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    plan = lender(tmp_path)
    asked = ["estimate", str(plan), "--validate", "--format", "json"]
    done = CliRunner().invoke(app, asked)
    page = tmp_path / "curves" / "loans" / validated.PAGE
    assert done.exit_code == 0 and json.loads(done.stdout)["report"] == {"pages": [str(page)]} and page.is_file()
    monkeypatch.setattr(validated, "find_spec", lambda name: None)
    done = CliRunner().invoke(app, asked[:3])
    assert done.exit_code == 0 and "No report: a page with pictures needs jinja2, vl_convert" in done.stdout.replace("\n", " ")
    assert not page.exists() and page.with_suffix(".md").is_file()


def test_without_its_libraries_it_is_said_what_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(validated, "find_spec", lambda name: None if name == "jinja2" else find_spec(name))
    assert "jinja2 of the extra" in validated.lacking() and "validation.md" in validated.lacking()

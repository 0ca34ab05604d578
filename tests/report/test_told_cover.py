"""The cover: who signed as the plan states it, a line to sign where it does not, and no figure moved by either."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import openpyxl
import pytest

from gaapbridge.comparison import compare
from gaapbridge.period_close import close
from gaapbridge.plan.sign_off import SignOff
from gaapbridge.report import pack, workbook
from gaapbridge.report.told.cover import told_signatures
from gaapbridge.run import Run
from gaapbridge.starter import write_starter
from tests.report.packs import Page

SIGNED = """
[sign_off]
prepared_by = "=A. Preparer"
prepared_on = 2024-02-20
reviewed_by = "B. <b>Reviewer</b>"
reviewed_on = 2024-02-27

[opening]
"""


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> tuple[Run, Run]:
    """A run that nobody signed, and the same one signed."""
    plan = write_starter(tmp_path_factory.mktemp("signed") / "lender").plan
    unsigned = close(plan)
    plan.write_text(plan.read_text(encoding="utf-8").replace("\n[opening]\n", SIGNED, 1), encoding="utf-8")
    return unsigned, close(plan)


def on_cover(run: Run, folder: Path) -> list[tuple[object, ...]]:
    """The lines of who signs on the cover of the workbook."""
    workbook.write(run, folder)
    rows = openpyxl.load_workbook(folder / workbook.FILE)["Cover"].iter_rows(values_only=True)
    return [tuple(row[:4]) for row in rows if row[0] in ("Prepared by", "Reviewed by")]


def test_a_sign_off_moves_nothing(runs: tuple[Run, Run]) -> None:
    before, after = (run.manifest.artefacts_sha256 for run in runs)
    assert {name for name in before if before[name] != after[name]} == {"plan.toml"}
    assert not compare(*runs).moved and compare(*runs).changes.number == 0


def test_the_cover_has_names_and_days_or_a_line_to_sign(runs: tuple[Run, Run], tmp_path: Path) -> None:
    blank = [("Prepared by", None, None, None), ("Reviewed by", None, None, None)]
    for number, run in enumerate(runs):
        folder = tmp_path / str(number)
        folder.mkdir()
        lines = on_cover(run, folder)
        if number == 0:
            assert [tuple(cell or None for cell in line) for line in lines] == blank
        else:
            assert lines[0][:3] == ("Prepared by", "=A. Preparer", "February 20, 2024")
            assert lines[1][:3] == ("Reviewed by", "B. <b>Reviewer</b>", "February 27, 2024")


def test_the_first_page_of_the_pack_has_them_too(runs: tuple[Run, Run], tmp_path: Path) -> None:
    pack.write(runs[1], tmp_path)
    page = Page(tmp_path / pack.FOLDER / "index.html")
    text = " ".join(" ".join(page.texts).split())
    assert "Prepared by =A. Preparer February 20, 2024" in text and "Reviewed by B. <b>Reviewer</b> February 27, 2024" in text


def test_every_key_of_the_table_is_told(runs: tuple[Run, Run]) -> None:
    """What a plan can state of who signs stands on the cover: a further key is printed, or this says that it is not."""
    stated = SignOff.model_validate(runs[1].plan_content["sign_off"])
    told = [text for one in told_signatures(runs[1]) for text in (one.name, one.day)]
    assert [name for name in SignOff.model_fields if getattr(stated, name) is None] == [], "state it in SIGNED"
    assert [name for name in SignOff.model_fields if in_words(getattr(stated, name)) not in told] == []


def in_words(value: object) -> str:
    """A name as it is, a day as a cover prints it."""
    return f"{value:%B} {value.day}, {value.year}" if isinstance(value, date) else str(value)

"""What holds a disclosure to the books, and what is said where nothing does."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from gaapbridge.example.demo import Demonstration, demonstrate
from gaapbridge.progress import Progress
from gaapbridge.report.told.disclosed import NOT_TIED, Books
from gaapbridge.run import Run
from tests.manifests import rewrite
from tests.report.disclosures_read import paragraphs


@pytest.fixture(scope="module")
def done(tmp_path_factory: pytest.TempPathFactory) -> Demonstration:
    """Both years of an example lender."""
    return demonstrate(tmp_path_factory.mktemp("years") / "demo", 400, Progress(show=False))


def test_a_role_that_no_account_takes_is_a_tie_that_fails(done: Demonstration, tmp_path: Path) -> None:
    """Not one left out: of an amount whose role the plan does not post the page says that nothing holds it."""
    books = Books(done.run)
    assert [tie.holds for tie in books.tie("Loans", 700, ("principal_current", "principal_of_nobody"))] == [False]
    assert [tie.against for tie in books.ends("Loans", 600, 700, ("nobody",))] == [NOT_TIED]
    assert [tie.against for tie in books.stated("Provision", 700, ("nobody",))] == [NOT_TIED]
    assert books.tie("Loans", 0, ("nobody",)) == (), "there is no amount to hold"
    other = Path(shutil.copytree(done.run.folder, tmp_path / "v1"))
    manifest = json.loads((other / "manifest.json").read_text(encoding="utf-8"))
    del manifest["posting"]["stand_ready_liability"]
    rewrite(other, manifest)
    said = paragraphs(Run(other))
    assert any(text.startswith("These do not agree: Guarantee liabilities, stand-ready.") for text in said)

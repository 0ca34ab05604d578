"""The folder that curves are written to: nothing that was not estimated is ever replaced, and no file that is read."""

from __future__ import annotations

from pathlib import Path

import pytest

import gaapbridge
from gaapbridge.estimation import run
from gaapbridge.terms.errors import UnusableInput
from tests.estimation.lender import write_history


@pytest.fixture
def plan(tmp_path: Path) -> Path:
    return write_history(tmp_path)


def files(folder: Path) -> dict[str, bytes]:
    """What lies in a folder."""
    return {str(file.relative_to(folder)): file.read_bytes() for file in folder.rglob("*") if file.is_file()}


def test_a_file_is_no_folder(plan: Path) -> None:
    before = files(plan.parent)
    with pytest.raises(UnusableInput, match="and this is a file"):
        gaapbridge.estimate(plan, to=plan)
    assert files(plan.parent) == before


def test_a_file_beside_the_tables_is_refused(plan: Path) -> None:
    gaapbridge.estimate(plan, settings=["history.findings=9"])
    (plan.parent / "curves" / "loans" / "notes.txt").write_text("mine", encoding="utf-8")
    before = files(plan.parent)
    with pytest.raises(UnusableInput, match=r"notes\.txt.*holds nothing else"):
        gaapbridge.estimate(plan)
    assert files(plan.parent) == before


def test_one_that_comes_meanwhile_is_kept(plan: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    written = run._write_account

    def and_another(*given: object) -> None:
        (plan.parent / "curves").mkdir()
        (plan.parent / "curves" / "notes.txt").write_text("mine", encoding="utf-8")
        written(*given)  # type: ignore[arg-type]

    monkeypatch.setattr(run, "_write_account", and_another)
    with pytest.raises(UnusableInput, match="holds nothing else"):
        gaapbridge.estimate(plan)
    assert files(plan.parent / "curves") == {"notes.txt": b"mine"}


@pytest.mark.parametrize("name", ["months.csv", "hazard.csv"])
def test_a_history_does_not_lie_in_the_folder(plan: Path, name: str) -> None:
    gaapbridge.estimate(plan)
    (plan.parent / "months.csv").rename(plan.parent / "curves" / "loans" / name)
    text = plan.read_text(encoding="utf-8")
    plan.write_text(text.replace('"months.csv"', f'"curves/loans/{name}"'), encoding="utf-8")
    before = files(plan.parent)
    with pytest.raises(UnusableInput, match=r"holds nothing else|lies outside of curves"):
        gaapbridge.estimate(plan)
    assert files(plan.parent) == before


def test_a_symbolic_link_stays(plan: Path) -> None:
    (plan.parent / "elsewhere").mkdir()
    (plan.parent / "curves").symlink_to(plan.parent / "elsewhere")
    for _ in range(2):
        gaapbridge.estimate(plan)
    assert (plan.parent / "curves").is_symlink()
    assert (plan.parent / "elsewhere" / "loans" / "hazard.csv").is_file()

"""Writing a starter plan: what is written, that nothing is overwritten, what the report says, what the dictionary holds."""

import tomllib
from pathlib import Path

import pytest

from gaapbridge.contracts.kinds import KINDS
from gaapbridge.contracts.reference import SCHEMAS
from gaapbridge.starter import OwnFiles, Starter, write_starter
from gaapbridge.terms import UnusableInput


def test_every_file_the_plan_names_is_written(starter: Starter) -> None:
    plan = tomllib.loads(starter.plan.read_text(encoding="utf-8"))
    tables = [*plan["tapes"].values(), *plan["curves"].values(), plan["trial_balance"]]
    named = {value for table in tables for value in table.values() if isinstance(value, str) and value.endswith(".csv")}
    tapes = [tape for kind in KINDS.values() for tape in kind.tapes]
    curves = [one for kind in KINDS.values() for one in kind.tables]
    ledger = 2
    assert len(named) == sum(2 if tape.at_both else 1 for tape in tapes) + len(curves) + ledger
    assert set(starter.files) == {"plan.toml", "dictionary.md"} | named
    assert all((starter.folder / name).is_file() for name in starter.files)


def test_the_report_says_what_to_do(starter: Starter) -> None:
    text = starter.as_text()
    assert f"gaapbridge close {starter.plan}" in text and f"gaapbridge check {starter.plan}" in text
    assert "dictionary.md" in text
    files = {"plan": str(starter.plan), "files": list(starter.files)}
    assert starter.as_dict() == {**files, "tapes": {}, "trial_balance": None, "history": None}


@pytest.mark.parametrize("name", ["plan.toml", "tapes/awards.csv"])
def test_nothing_is_overwritten(folder: Path, name: str) -> None:
    (folder / name).parent.mkdir(parents=True)
    (folder / name).write_text("mine")
    with pytest.raises(UnusableInput, match="overwrites nothing") as refused:
        write_starter(folder)
    assert refused.value.file == str(folder / name)
    assert [path.name for path in folder.rglob("*") if path.is_file()] == [Path(name).name]
    assert (folder / name).read_text() == "mine"


def test_a_file_is_no_folder(folder: Path) -> None:
    folder.write_text("")
    with pytest.raises(UnusableInput, match="into a folder"):
        write_starter(folder)


def test_a_tape_that_cannot_be_read_leaves_no_folder(folder: Path) -> None:
    with pytest.raises(UnusableInput, match="the file exists"):
        write_starter(folder, OwnFiles(loans=(folder.parent / "none.csv",)))
    assert not folder.exists()


def test_the_dictionary_holds_every_file_and_column(starter: Starter) -> None:
    text = (starter.folder / "dictionary.md").read_text(encoding="utf-8")
    for name in starter.files:
        assert name in ("plan.toml", "dictionary.md") or f" | {name} | [" in text
    for contract in SCHEMAS:
        assert f"\n## {contract.title}\n" in text
        assert f"(#{contract.title.lower().replace(' ', '-')})" in text
        assert all(f"| `{column.name}` |" in text for column in contract.columns)
    assert "rendered from" not in text

"""What is not exported: runs that fail or were changed, what a ledger cannot take, and anything over what is there already."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

import gaapbridge
from gaapbridge.cli import app
from gaapbridge.terms.errors import UnusableInput
from tests.run.test_full_disk import full
from tests.vouchers.lender import ANSWERS, changed, table, vouchers


def failing(text: str) -> str:
    """Checks of which the first fails."""
    checks = json.loads(text)
    return json.dumps([{**checks[0], "actual": checks[0]["actual"] + 5, "difference": 5, "holds": False}, *checks[1:]])


def tree(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_a_run_with_a_failing_check_is_refused_unless_told(years: tuple[Path, Path], tmp_path: Path) -> None:
    run = changed(years[1], tmp_path, checks=failing)
    name = json.loads((run / "checks.json").read_text(encoding="utf-8"))[0]["id"]
    with pytest.raises(UnusableInput, match=f"1 fail, {name} among them"):
        gaapbridge.export(run, "generic", book="movements")
    assert not run.with_name("v1-export").exists()
    for ledger, answers in ANSWERS.items():
        done = gaapbridge.export(run, ledger, book="movements", answers=answers, despite_failing_checks=True)
        assert done.exit_code == 1 and name in done.as_text()
        stated = json.loads((done.folder / "export.json").read_text(encoding="utf-8"))
        assert stated["failing_checks"] == [name]
        warning = "校验未通过" if "kingdee" in ledger else "CHECKS FAIL"
        for one in vouchers(ledger, done.folder / next(iter(done.files))):
            assert all(text.startswith(warning) for text in one.texts)


def test_a_changed_run_is_refused_whatever_is_told(years: tuple[Path, Path], tmp_path: Path) -> None:
    run = changed(years[1], tmp_path)
    journals = run / "journals.csv"
    journals.write_text(journals.read_text(encoding="utf-8").replace("consumer", "customer"), encoding="utf-8")
    with pytest.raises(UnusableInput, match="this one is changed"):
        gaapbridge.export(run, "generic", book="movements", despite_failing_checks=True)
    assert not run.with_name("v1-export").exists()


def test_everything_that_a_ledger_wants_is_asked_at_once(years: tuple[Path, Path], tmp_path: Path) -> None:
    with pytest.raises(UnusableInput) as refused:
        gaapbridge.export(years[1], "oracle", book="movements", to=tmp_path / "out")
    assert refused.value.key == "ledger_id, company, group_id" and "--with company=" in refused.value.remedy
    with pytest.raises(UnusableInput, match="asks for company_code") as unknown:
        gaapbridge.export(years[1], "sap", book="movements", answers={"company_kode": "1"}, to=tmp_path / "out")
    assert unknown.value.remedy == "did you mean company_code?"
    with pytest.raises(UnusableInput, match="takes 4 characters there, and a code is not cut"):
        answers = {"company_code": "10000", "ledger_group": ""}
        gaapbridge.export(years[1], "sap", book="movements", answers=answers, to=tmp_path / "out")
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ({"ledger": "sapp", "book": "movements"}, "did you mean sap"),
        ({"ledger": None, "book": "movements"}, "one layout is named"),
        ({"ledger": "sap", "layout": "own.toml", "book": "movements"}, "one layout is named"),
        ({"ledger": "generic", "book": "all"}, "movements: the ledger carries differences forward"),
        ({"ledger": "generic", "book": "movements", "opening": "yes"}, "unbooked: nothing of earlier periods"),
        ({"ledger": "netsuite", "book": "movements", "form": "xlsx"}, "it is one of csv"),
    ],
)
def test_words_that_mean_nothing_are_refused(years: tuple[Path, Path], said: dict[str, str], told: str) -> None:
    with pytest.raises(UnusableInput, match=told):
        gaapbridge.export(years[1], **said)  # type: ignore[arg-type]


def test_another_content_is_not_overwritten_silently(years: tuple[Path, Path], tmp_path: Path) -> None:
    to = tmp_path / "out"
    gaapbridge.export(years[1], "generic", book="movements", to=to)
    before = tree(to)
    (to / "vouchers.csv").touch()
    gaapbridge.export(years[1], "generic", book="movements", to=to)
    assert tree(to) == before, "the same again is nothing new"
    with pytest.raises(UnusableInput, match="an export overwrites no other"):
        gaapbridge.export(years[1], "generic", book="balances", to=to)
    assert tree(to) == before
    gaapbridge.export(years[1], "generic", book="balances", to=to, replace=True)
    assert tree(to) != before and sorted(tree(tmp_path)) == ["out/export.json", "out/vouchers.csv"]


@pytest.mark.parametrize("beside", ["letter.txt", "folder/letter.txt", "export.json", None])
def test_what_is_no_export_is_never_taken(years: tuple[Path, Path], tmp_path: Path, beside: str | None) -> None:
    to = tmp_path / "out"
    mine = to if beside is None else to / beside
    mine.parent.mkdir(parents=True, exist_ok=True)
    mine.write_text("dear", encoding="utf-8")
    for replace in (False, True):
        with pytest.raises(UnusableInput, match="takes the place of nothing but an export"):
            gaapbridge.export(years[1], "generic", book="movements", to=to, replace=replace)
    assert mine.read_text(encoding="utf-8") == "dear" and len(tree(tmp_path)) == 1


def test_a_file_beside_an_export_keeps_it(years: tuple[Path, Path], tmp_path: Path) -> None:
    gaapbridge.export(years[1], "generic", book="movements", to=tmp_path / "out")
    (tmp_path / "out" / "imported.txt").write_text("on Monday", encoding="utf-8")
    before = tree(tmp_path)
    with pytest.raises(UnusableInput, match="takes the place of nothing but an export"):
        gaapbridge.export(years[1], "generic", book="balances", to=tmp_path / "out", replace=True)
    assert tree(tmp_path) == before


def test_an_empty_folder_is_filled(years: tuple[Path, Path], tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    gaapbridge.export(years[1], "generic", book="movements", to=tmp_path / "out")
    assert sorted(tree(tmp_path)) == ["out/export.json", "out/vouchers.csv"]


def test_a_full_disk_leaves_nothing(years: tuple[Path, Path], tmp_path: Path) -> None:
    with full(100), pytest.raises(UnusableInput, match="it can be written"):
        gaapbridge.export(years[1], "generic", book="movements", to=tmp_path / "above" / "out")
    assert [*tmp_path.iterdir()] == []


def test_a_run_moved_to_a_folder_of_another_name_is_refused(years: tuple[Path, Path], tmp_path: Path) -> None:
    run = changed(years[1], tmp_path)
    run = run.rename(tmp_path / "copy")
    with pytest.raises(UnusableInput, match="called by its version"):
        gaapbridge.export(run, "generic", book="movements")


def test_on_the_command_line(years: tuple[Path, Path], tmp_path: Path) -> None:
    """As a user says it: beside the run, answers with --with, JSON for programs."""
    run = changed(years[1], tmp_path)
    sap = ["export", str(run), "--for", "sap", "--book", "balances", "--with", "company_code=1000", "--with", "ledger_group="]
    done = CliRunner().invoke(app, [*sap, "--format", "json"])
    said = json.loads(done.stdout)
    assert done.exit_code == 0 and said["folder"] == str(tmp_path / "v1-export" / "sap")
    assert said["answers"]["ledger_group"] == "" and said["opening"] == "booked"
    rows = table(Path(said["folder"]) / "upload-general-journal-entries.xlsx")
    assert sum(row[0] in range(1, 99) for row in rows) == len(said["vouchers"]) == 11
    printed = CliRunner().invoke(app, sap).stdout
    assert all(voucher["number"] in printed for voucher in said["vouchers"])
    wrong = CliRunner().invoke(app, [*sap[:-1], "ledger_group"])
    assert isinstance(wrong.exception, UnusableInput) and "it is KEY=VALUE, each key once" in str(wrong.exception)
    assert CliRunner().invoke(app, ["export", str(run), "--for", "generic"]).exit_code == 2, "a book is asked for"


@pytest.mark.parametrize("below", ["", "x", "measurements/../x"])
def test_nothing_is_exported_into_a_run(years: tuple[Path, Path], tmp_path: Path, below: str) -> None:
    run = changed(years[1], tmp_path)
    held = tree(run)
    with pytest.raises(UnusableInput, match="a run stays as it was written"):
        gaapbridge.export(run, "generic", book="movements", to=run / below, replace=True)
    assert tree(run) == held


@pytest.mark.parametrize("answer", ["1\n2", "1\x00", "\udcff", "1\u202e2"])
def test_an_answer_is_one_line_that_can_be_written(years: tuple[Path, Path], tmp_path: Path, answer: str) -> None:
    with pytest.raises(UnusableInput, match="an answer is one line of text") as refused:
        answers = {"company_code": answer, "ledger_group": "2L"}
        gaapbridge.export(years[1], "sap", book="movements", answers=answers, to=tmp_path / "out")
    assert refused.value.key == "company_code" and not (tmp_path / "out").exists()

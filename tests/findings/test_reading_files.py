"""A tape in several files is read as one, and every row is named by the file it stands in."""

import shutil
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from gaapbridge.checking import check
from gaapbridge.period_close import close
from gaapbridge.plan.reading import ReadTable
from gaapbridge.reperform.run import reperform
from gaapbridge.run import Run
from gaapbridge.starter import write_starter
from gaapbridge.tapes.members import found
from gaapbridge.tapes.read import Source, open_tape
from gaapbridge.terms import UnusableInput
from tests.findings.tapes_made import write_csv
from tests.findings.test_reading_values import SMALL


def tape(folder: Path, *texts: str, **read: Any) -> Source:
    """A tape in a file for each text."""
    files = {f"{number}.csv": write_csv(folder, text, f"{number}.csv") for number, text in enumerate(texts, start=1)}
    return open_tape(folder / "1.csv", SMALL, files=files, file="all", read=ReadTable(**read) if read else None)


def test_rows_one_after_the_other(tmp_path: Path) -> None:
    source = tape(tmp_path, "contract_id,months\nA1,1\nA2,2\n", "contract_id,months\n", "months,contract_id\n3,A3\n")
    assert source.rows == 3
    assert source.whole().frame.rows() == [(1, "A1", 1), (2, "A2", 2), (3, "A3", 3)]


def test_rows_are_found_again_where_they_stand(tmp_path: Path) -> None:
    """The fourth row is the first of the third file, and the misshapen one the second of the first."""
    source = tape(tmp_path, "contract_id,months\nA1,1\nA2\n", "contract_id,months\nA3,x\n", "contract_id,months\nA4,y\n")
    bad = source.whole().bad
    assert bad["row"].to_list() == [2, 3, 4]
    rows = pl.DataFrame({"file": ["all", "other", "all"], "row": [2, 2, 4]})
    assert source.located(rows).rows() == [("1.csv", 2), ("other", 2), ("3.csv", 1)]


def test_totals_of_every_file_are_left_out_and_number_no_row(tmp_path: Path) -> None:
    texts = ("contract_id,months\nsum,3\nA1,1\n", "contract_id,months\nA2,2\nsum,2\n")
    source = tape(tmp_path, *texts, total_where={"contract_id": "sum"})
    assert (source.rows, source.raw.left_out) == (2, 2)
    numbers = source.whole().frame["row"]
    assert source.located(pl.DataFrame({"file": ["all", "all"], "row": numbers})).rows() == [("1.csv", 2), ("2.csv", 1)]


def test_other_headers_are_refused(tmp_path: Path) -> None:
    with pytest.raises(UnusableInput) as caught:
        tape(tmp_path, "contract_id,months\nA1,1\n", "contract_id,term\nA2,2\n")
    assert (caught.value.file, caught.value.column, caught.value.value) == ("2.csv", "months", "only in 1.csv")


def test_parquet_of_other_types_is_refused_and_empty_columns_are_of_any(tmp_path: Path) -> None:
    for name, cells in (("a", [1]), ("b", [None]), ("c", [1.5])):
        pl.DataFrame({"contract_id": [name], "months": cells}).write_parquet(tmp_path / f"{name}.parquet")
    files = {name: tmp_path / f"{name}.parquet" for name in ("a", "b")}
    whole = open_tape(files["a"], SMALL, files=files).whole().frame
    assert whole["months"].to_list() == [1, None]
    with pytest.raises(UnusableInput, match="one type in all files"):
        open_tape(files["a"], SMALL, files={**files, "c": tmp_path / "c.parquet"})


def test_files_of_a_pattern_a_folder_and_a_list(tmp_path: Path) -> None:
    folder = tmp_path / "tapes"
    (folder / "day=1").mkdir(parents=True)
    for name in ("b.csv", "a.csv", "day=1/c.csv", ".hidden.csv", "_SUCCESS"):
        (folder / name).write_text("x")
    names = [folder / name for name in ("a.csv", "b.csv", "day=1/c.csv")]
    assert found(tmp_path, "tapes/*.csv") == names[:2]
    assert found(tmp_path, "tapes") == names
    assert found(tmp_path, ["tapes/b.csv", "tapes/a.csv"]) == [names[1], names[0]]
    assert found(tmp_path, "tapes/missing.csv") == [folder / "missing.csv"], "that it is missing is said where it is opened"


def test_what_finds_no_files_is_refused(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    (tmp_path / "mixed").mkdir()
    (tmp_path / "mixed/a.csv").write_text("x")
    (tmp_path / "mixed/b.xlsx").write_text("x")
    (tmp_path / "other").mkdir()
    (tmp_path / "other/a.csv").write_text("x")
    (tmp_path / "other/b.txt").write_text("x")  # no tape ends so, and yet it may be one that would be left out
    for stated, rule in (
        ("*.csv", "a pattern finds files"),
        ("empty", "files of one ending"),
        ("mixed", "files of one ending"),
        ("other", "files of one ending"),
    ):
        with pytest.raises(UnusableInput, match=rule):
            found(tmp_path, stated)
    with pytest.raises(UnusableInput, match="each of its files once"):
        found(tmp_path, ["mixed/a.csv", "mixed/*.csv"])


def test_a_file_is_one_by_whatever_path(tmp_path: Path) -> None:
    (tmp_path / "tapes").mkdir()
    for name in ("a.csv", "b.csv"):
        (tmp_path / "tapes" / name).write_text("x")
    (tmp_path / "linked").symlink_to(tmp_path / "tapes")
    (tmp_path / "tapes/c.csv").symlink_to(tmp_path / "tapes/a.csv")
    for stated, named in (
        (["tapes/a.csv", "tapes/../tapes/a.csv"], "tapes/a.csv"),
        (["tapes/a.csv", "./tapes/a.csv"], "tapes/a.csv"),
        (["tapes/a.csv", "linked/a.csv"], "linked/a.csv"),
        (["tapes/a.csv", str(tmp_path / "tapes/a.csv")], "tapes/a.csv"),
        ("tapes/*.csv", "tapes/c.csv"),
        ("tapes", "tapes/c.csv"),
    ):
        with pytest.raises(UnusableInput, match="each of its files once") as refused:
            found(tmp_path, stated)
        assert refused.value.file == named
    assert found(tmp_path, ["tapes/../tapes/a.csv", "linked/b.csv"]) == [tmp_path / "tapes/a.csv", tmp_path / "linked/b.csv"]


def test_two_files_that_only_links_tell_apart_are_both_read(tmp_path: Path) -> None:
    """Above the folder to which a link leads lies another file of the same name: both are read, and named in the run."""
    plan = write_starter(tmp_path / "lender").plan
    loans, beside = plan.parent / "tapes/loans-2023-12-31.csv", tmp_path / "beside/loans-2023-12-31.csv"
    header, *rows = loans.read_text(encoding="utf-8").splitlines()
    (tmp_path / "beside/deep").mkdir(parents=True)
    (plan.parent / "tapes/link").symlink_to(tmp_path / "beside/deep")
    loans.write_text("\n".join([header, *rows[:1], ""]), encoding="utf-8")
    beside.write_text("\n".join([header, *rows[1:], ""]), encoding="utf-8")
    text = plan.read_text(encoding="utf-8")
    one = 'closing = "tapes/loans-2023-12-31.csv"'
    assert one in text
    both = 'closing = ["tapes/loans-2023-12-31.csv", "tapes/link/../loans-2023-12-31.csv"]'
    plan.write_text(text.replace(one, both), encoding="utf-8")
    run = Run(close(plan).folder)
    paths = [run.manifest.sources[name].path for name in ("tapes.loans.closing", "tapes.loans.closing.2")]
    assert paths == ["tapes/loans-2023-12-31.csv", "../beside/loans-2023-12-31.csv"]
    (tape,) = [file for file in check(plan).files if file.source == "tapes.loans.closing"]
    assert (tape.rows, tape.rejected_rows) == (3, 0)
    assert reperform(run.folder).differences == ()


@pytest.fixture(scope="module")
def lender(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The starter's lender, and a plan of it with each closing loan in a file of its own."""
    folder = tmp_path_factory.mktemp("several") / "lender"
    write_starter(folder)
    header, *rows = (folder / "tapes/loans-2023-12-31.csv").read_text(encoding="utf-8").splitlines()
    (folder / "tapes/2023-12").mkdir()
    for number, row in enumerate(rows):
        (folder / f"tapes/2023-12/{number}.csv").write_text(f"{header}\n{row}\n", encoding="utf-8")
    plan = (folder / "plan.toml").read_text(encoding="utf-8")
    several = plan.replace('"tapes/loans-2023-12-31.csv"', '"tapes/2023-12/*.csv"').replace(
        'folder = "runs"', 'folder = "several"'
    )
    (folder / "several.toml").write_text(several, encoding="utf-8")
    return folder


def test_a_close_of_several_files_is_that_of_one(lender: Path) -> None:
    """To the last figure; the manifest has each file with its own hash."""
    run = Run(close(lender / "several.toml").folder)
    whole = Run(close(lender / "plan.toml").folder)
    assert run.measurements("loans").collect().equals(whole.measurements("loans").collect())
    assert [name for name in run.sources if name.startswith("tapes.loans.closing")] == [
        "tapes.loans.closing", "tapes.loans.closing.2", "tapes.loans.closing.3",
    ]  # fmt: skip
    assert len({source.sha256 for source in run.sources.values()}) == len(run.sources)


def test_a_reject_names_its_file(lender: Path, tmp_path: Path) -> None:
    folder = tmp_path / "lender"
    shutil.copytree(lender, folder)
    second = folder / "tapes/2023-12/1.csv"
    second.write_text(second.read_text(encoding="utf-8").replace(",level,", ",annuity,"), encoding="utf-8")
    rejects = check(folder / "several.toml").rejects
    assert rejects.filter(pl.col("column") == "repayment_type").select("file", "row", "value").rows() == [
        ("tapes/2023-12/1.csv", 1, "annuity")
    ]

"""A disk that is full, as a limit on the size of files shows it: the file is named, and nothing stays half-written."""

from __future__ import annotations

import resource
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from fnmatch import fnmatch
from pathlib import Path

import polars as pl
import pytest

from gaapbridge.contracts.loans.schema import LOANS
from gaapbridge.engine.sink import Parts
from gaapbridge.example.demo import demonstrate
from gaapbridge.progress import Progress
from gaapbridge.run.artefacts import _write
from gaapbridge.run.samples import write_sample
from gaapbridge.starter import write_starter
from gaapbridge.tapes.from_csv import read_csv
from gaapbridge.tapes.read import open_tape
from gaapbridge.tapes.spill import dealt
from gaapbridge.terms.errors import UnusableInput
from gaapbridge.terms.writing import writing


@contextmanager
def full(size: int) -> Iterator[None]:
    """No file takes more than so many bytes."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


@pytest.mark.campaign(but=2)
@pytest.mark.parametrize("kilobytes", [0, 1, 4, 8, 20, 60, 100])
def test_a_close_names_the_file_and_keeps_nothing(kilobytes: int, starter_copy: Path, command: list[str]) -> None:
    limited = f'ulimit -f {kilobytes}; exec "$@"'
    line = ["bash", "-c", limited, "bash", *command, "close", str(starter_copy / "plan.toml")]
    done = subprocess.run(line, capture_output=True, text=True, check=False)
    assert done.returncode == 2 and done.stdout == ""
    (told,) = done.stderr.splitlines()
    assert told.startswith(tuple(f"gaapbridge: file: {where}/" for where in (starter_copy / "runs", tempfile.gettempdir())))
    assert "rule: it can be written (File too large) | remedy: make room there" in told
    assert [*starter_copy.glob("runs/**/*")] == []


def one_loan(folder: Path) -> list[tuple[Path, ...]]:
    tape = folder / "loans.csv"
    source = open_tape(write_starter(folder / "lender").folder / "tapes" / "loans-2023-12-31.csv", LOANS, file=tape.name)
    with full(100):
        return dealt(source, (), folder / "spilt")


def put_aside(folder: Path) -> object:
    tape = folder / "loans.csv"
    tape.write_text("contract_id\n" + "".join(f"{number:099}\n" for number in range(100_000)))
    (folder / "temporary").mkdir()
    with pytest.MonkeyPatch.context() as patch, full(1_000):
        patch.setattr(tempfile, "tempdir", str(folder / "temporary"))
        return read_csv(tape, tape.name)


def sampled(folder: Path) -> None:
    rows = {"tapes.loans.opening": pl.DataFrame({"contract_id": [f"L{number}" for number in range(100)]})}
    with full(100):
        write_sample(folder, "loans", rows, [("L1", "first")])


def put(folder: Path) -> None:
    with full(100):
        Parts(folder / "table").put(pl.DataFrame({"contract_id": ["L"], "amount": [1]}), 0)


def written(folder: Path) -> None:
    with full(100):
        _write(folder / "statement.txt", "x" * 101)


WRITERS: dict[str, tuple[Callable[[Path], object], str]] = {
    "rows dealt out": (one_loan, "spilt/0-0.arrow"),
    "rows put aside": (put_aside, "temporary/gaapbridge-*/rows.parquet"),
    "rows kept": (sampled, "samples/loans/loans.opening.parquet"),
    "what was measured": (put, "table/part-00000.parquet"),
    "an artefact": (written, "statement.txt"),
}


@pytest.mark.parametrize("what", WRITERS)
def test_every_writer_names_its_file(what: str, tmp_path: Path) -> None:
    write, name = WRITERS[what]
    with pytest.raises(UnusableInput, match=r"it can be written \(File too large\)") as refused:
        write(tmp_path)
    assert fnmatch(refused.value.file or "", str(tmp_path / name))
    assert not [*tmp_path.glob("temporary/*")], "what nobody will read is not left behind"


def test_a_starter_is_whole_or_not_there(tmp_path: Path) -> None:
    with full(1000), pytest.raises(UnusableInput, match="can be written") as refused:
        write_starter(tmp_path / "lender")
    assert refused.value.file == str(tmp_path / "lender" / "plan.toml")
    assert [*(tmp_path / "lender").iterdir()] == []


def test_a_demonstration_names_its_folder(tmp_path: Path) -> None:
    with full(1000), pytest.raises(UnusableInput, match="can be written") as refused:
        demonstrate(tmp_path / "demo", 100, Progress(show=False))
    assert refused.value.file == str(tmp_path / "demo")
    assert [*(tmp_path / "demo").iterdir()] == []


def test_what_the_file_system_names_is_named(tmp_path: Path) -> None:
    with pytest.raises(UnusableInput, match=r"No such file or directory") as refused, writing(tmp_path):
        (tmp_path / "not" / "there").write_text("")
    assert refused.value.file == str(tmp_path / "not" / "there")

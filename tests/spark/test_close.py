"""A close is the same to the last byte whoever measures; a worker that is lost is replaced, and no half run is ever left."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path

import polars as pl
import pytest

from gaapbridge.engine import Engine, kept
from gaapbridge.engine.local import Threads
from gaapbridge.engine.processes import Processes
from gaapbridge.engine.spark import Spark
from gaapbridge.example import write_example
from gaapbridge.period_close import close
from gaapbridge.tapes import ranges, survey
from gaapbridge.terms.errors import UnusableInput
from tests.spark.lost import Befallen, killed_once, refusal, refused, without_memory

YEAR = 2022


@pytest.fixture(scope="module")
def plan(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The example with a bad row in 97 of the closing loans, guarantees shuffled, and fees as CSV."""
    files = write_example(tmp_path_factory.mktemp("lender"), loans=1200)
    plan = files.plans[YEAR]
    tapes = plan.parent / "tapes"
    loans, guarantees, fees = (tapes / f"{name}-{YEAR}-12-31.parquet" for name in ("loans", "guarantees", "guarantee-fees"))
    bad = pl.int_range(pl.len()) % 97 == 96
    spoilt = pl.when(bad).then(-1).otherwise(pl.col("days_past_due")).cast(pl.Int64).alias("days_past_due")
    pl.read_parquet(loans).with_columns(spoilt).write_parquet(loans)
    pl.read_parquet(guarantees).sample(fraction=1.0, shuffle=True, seed=7).write_parquet(guarantees)
    pl.read_parquet(fees).write_csv(fees.with_suffix(".csv"))
    text = plan.read_text(encoding="utf-8")
    written = {fees.name: fees.with_suffix(".csv").name, "rejected_rows = 0": "rejected_rows = 99"}
    for old, new in {**written, "rejected_principal_minor = 0": "rejected_principal_minor = 9_000_000_000"}.items():
        assert old in text
        text = text.replace(old, new)
    plan.write_text(text, encoding="utf-8")
    return plan


@pytest.fixture(autouse=True)
def _several_ranges(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (ranges, survey):
        monkeypatch.setattr(module, "MARK_ROWS", 16)
    monkeypatch.setattr(ranges, "CHUNK_ROWS", 80)
    monkeypatch.setattr(ranges, "READ_ROWS", 800)


def artefacts(plan: Path, engine: Engine) -> dict[str, str]:
    """The hashes of all files of a run but its manifest, which has the time in it."""
    folder = close(plan, engine=engine).folder
    files = (file for file in folder.rglob("*") if file.is_file() and not file.name.startswith("manifest"))
    return {str(file.relative_to(folder)): hashlib.sha256(file.read_bytes()).hexdigest() for file in files}


@pytest.fixture(scope="module")
def by_threads() -> dict[Path, dict[str, str]]:
    return {}


@pytest.fixture
def expected(plan: Path, by_threads: dict[Path, dict[str, str]], _several_ranges: None) -> dict[str, str]:
    """What threads come to, in several ranges."""
    if plan not in by_threads:
        by_threads[plan] = artefacts(plan, Threads(2))
    parts = [name for name in by_threads[plan] if name.startswith("measurements/loans/")]
    assert len(parts) > 3 and "rejects.csv" in by_threads[plan]
    return by_threads[plan]


@pytest.mark.parametrize("engine", [Processes(2), Spark("local[2]"), Spark("local[2]", workers=1)], ids=str)
def test_every_engine_writes_the_same_bytes(plan: Path, expected: dict[str, str], engine: Engine) -> None:
    assert artefacts(plan, engine) == expected


def test_what_workers_kept_is_taken_up_by_workers_and_by_threads(
    plan: Path, expected: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever measured; an entry that were kept again would be another file."""
    monkeypatch.setenv("GAAPBRIDGE_PARTS_MB", "100")
    monkeypatch.setattr(kept, "cache_root", lambda: tmp_path)
    found = []
    for engine in (Spark("local[2]"), Spark("local[2]"), Threads(1)):
        assert artefacts(plan, engine) == expected
        found.append({file.name: file.stat().st_ino for file in (tmp_path / "parts").glob("*.kept")})
    assert len(found[0]) == sum(name.endswith(".parquet") and name.startswith("measurements/") for name in expected)
    assert found[0] == found[1] == found[2]


def test_a_worker_killed_as_it_writes_is_survived(plan: Path, expected: dict[str, str], tmp_path: Path) -> None:
    """Nothing of what it had begun to write is in the run."""
    mark = tmp_path / "killed"
    assert artefacts(plan, Befallen(Spark("local[2,4]"), partial(killed_once, mark))) == expected
    assert mark.exists()


@pytest.mark.parametrize(
    ("fate", "said"),
    [
        (
            without_memory,
            r"key: --engine \| rule: Spark does what it is asked \(MemoryError: no room for a range\) \| remedy: ",
        ),
        (refused, r"file: a\.csv \| key: k \| row: 7 \| column: c \| value: x\|y \| rule: r \| remedy: m$"),
    ],
)
def test_a_task_that_fails_leaves_no_half_run(plan: Path, fate: Callable[[object], object], said: str) -> None:
    """What is our own arrives as it was raised, all of it; what is not is one line."""
    before = everything_below(plan.parent)
    with pytest.raises(UnusableInput, match=said) as failed:
        close(plan, engine=Befallen(Spark("local[2]"), fate))
    assert everything_below(plan.parent) == before
    if fate is refused:
        assert [str(one) for one in failed.value.further] == [str(one) for one in refusal().further]


def everything_below(folder: Path) -> set[Path]:
    """Files and folders, but for the folder of all runs, which a refused first close leaves, whoever measures."""
    return set(folder.rglob("*")) - {folder / "runs"}


def test_a_tape_refused_by_a_worker_is_refused_in_the_same_words(plan: Path) -> None:
    """Nine payments of the largest amount are more than any contract has, which its range alone can tell."""
    payments = plan.parent / "tapes" / f"payments-{YEAR}.parquet"
    kept = payments.read_bytes()
    try:
        rows = pl.read_parquet(payments)
        first = rows.filter(pl.col("contract_id") == rows["contract_id"].min()).head(1)
        largest, nil = pl.lit(2**53 - 1), pl.lit(0, pl.Int64)
        days = (pl.col("date") + pl.duration(days=pl.int_range(pl.len()))).cast(pl.Date).alias("date")
        amounts = [largest.alias("principal_minor"), nil.alias("interest_minor"), nil.alias("fees_minor")]
        beyond = pl.concat([first] * 9).with_columns(days, *amounts)
        pl.concat([rows, beyond.select(rows.columns)]).write_parquet(payments)
        said = {engine: said_of(plan, engine) for engine in (Threads(2), Spark("local[2]"))}
    finally:
        payments.write_bytes(kept)
    assert len({*said.values()}) == 1
    assert payments.name in said[Threads(2)] and "add up to at most 2^56 minor units" in said[Threads(2)]


def said_of(plan: Path, engine: Engine) -> str:
    with pytest.raises(UnusableInput) as refused_tape:
        close(plan, engine=engine)
    return str(refused_tape.value)


def test_a_folder_that_workers_do_not_see_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    seen = Spark("local[1]")
    seen.reach(tmp_path)
    assert list(tmp_path.iterdir()) == []
    monkeypatch.setattr("os.path.exists", _unseen)
    with pytest.raises(UnusableInput, match="all workers of Spark see the folders of this machine") as refused_folder:
        seen.reach(tmp_path)
    assert refused_folder.value.file == str(tmp_path)


def _unseen(path: str) -> bool:
    return False


def gaapbridge(*words: str, environment: dict[str, str] | None = None) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "gaapbridge", *words]
    return subprocess.run(command, capture_output=True, text=True, env={**os.environ, **(environment or {})})


def test_the_command_closes_on_spark(starter_copy: Path) -> None:
    done = gaapbridge("close", str(starter_copy / "plan.toml"), "--engine", "spark", "--master", "local[2]", "--quiet")
    assert done.returncode == 0, done.stderr
    assert Path(done.stdout.strip(), "manifest.json").is_file()


def test_a_master_that_is_none_is_one_line(starter_copy: Path) -> None:
    done = gaapbridge("close", str(starter_copy / "plan.toml"), "--engine", "spark", "--master", "nowhere", "--quiet")
    assert (done.returncode, done.stdout) == (2, "")
    last = done.stderr.strip().splitlines()[-1]
    assert (
        last.startswith("gaapbridge: key: --master | value: nowhere | rule: Spark begins (") and "Traceback" not in done.stderr
    )
    assert not (starter_copy / "runs").exists()


def test_a_machine_without_java_takes_that_of_the_wheel(starter_copy: Path, tmp_path: Path) -> None:
    """Every other program of this machine is there, under a name in a folder of its own."""
    for folder in reversed(os.environ["PATH"].split(os.pathsep)):
        for program in Path(folder).glob("*"):
            if program.name != "java" and not (tmp_path / program.name).exists():
                (tmp_path / program.name).symlink_to(program)
    without = {"PATH": str(tmp_path), "JAVA_HOME": ""}
    environment = {name: value for name, value in {**os.environ, **without}.items() if name != "JAVA_HOME"}
    command = [sys.executable, "-m", "gaapbridge", "close", str(starter_copy / "plan.toml")]
    words = [*command, "--engine", "spark", "--master", "local[1]", "--quiet"]
    done = subprocess.run(words, capture_output=True, text=True, env=environment)
    assert done.returncode == 0, done.stderr

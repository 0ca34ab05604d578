"""Files of tables that somebody writes to while queries are answered: refused, as a tape is; their hashes stand in the run."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from gaapbridge.extracts import from_duckdb
from gaapbridge.period_close import close
from gaapbridge.terms.errors import UnusableInput
from tests.extracts.asking import answer, one_query

LOANS = "tapes/loans-2023-12-31.csv"
CHANGED = "the file stays as it is while a close reads it; this one was changed meanwhile"


def meanwhile(monkeypatch: pytest.MonkeyPatch, change: Callable[[], object]) -> None:
    """Once the first rows of an answer are fetched, something happens."""
    fetched = from_duckdb._batches

    def batches(*given: Any) -> Iterator[pa.RecordBatch]:
        for place, batch in enumerate(fetched(*given)):
            if not place:
                change()
            yield batch

    monkeypatch.setattr(from_duckdb, "_batches", batches)


def same_size(path: Path) -> None:
    """Rewritten in place, of the same size, and with the time it had."""
    state, content = path.stat(), path.read_bytes()
    path.write_bytes(content.replace(b"LOAN-3", b"LOAN-4"))
    os.utime(path, ns=(state.st_atime_ns, state.st_mtime_ns))


def put_in_its_place(path: Path) -> None:
    """Another file of the same content, under the name of the first."""
    beside = path.with_name("beside")
    beside.write_bytes(path.read_bytes())
    beside.replace(path)


def there_and_back(path: Path) -> None:
    """Changed, and written again as it was."""
    content = path.read_bytes()
    path.write_bytes(b"")
    path.write_bytes(content)


CHANGES = [same_size, put_in_its_place, there_and_back, Path.unlink]


@pytest.mark.parametrize("change", CHANGES)
def test_a_file_that_changes_meanwhile_is_refused(
    starter_copy: Path, monkeypatch: pytest.MonkeyPatch, change: Callable[[Path], object]
) -> None:
    plan = one_query(starter_copy / "plan.toml", "SELECT * FROM loans")
    assert answer(plan).num_rows == 3, "nothing changes it"
    meanwhile(monkeypatch, lambda: change(starter_copy / LOANS))
    with pytest.raises(UnusableInput) as refused:
        answer(plan)
    assert (refused.value.file, refused.value.rule) == (LOANS, CHANGED)
    assert refused.value.key == "sources.exports.tables.loans"


def test_a_file_of_no_query_that_changes_is_refused_too(starter_copy: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Which tables a query reads is for it to say; all of its source are looked at."""
    tables = f'loans = "{LOANS}"\nopening = "tapes/loans-2022-12-31.csv"'
    plan = one_query(starter_copy / "plan.toml", "SELECT * FROM loans", tables=tables)
    meanwhile(monkeypatch, lambda: same_size(starter_copy / "tapes/loans-2022-12-31.csv"))
    with pytest.raises(UnusableInput, match="changed meanwhile") as refused:
        answer(plan)
    assert refused.value.file == "tapes/loans-2022-12-31.csv"


def test_a_run_has_the_hashes_of_the_files(starter_copy: Path) -> None:
    asked = close(one_query(starter_copy / "plan.toml", "SELECT * FROM loans")).manifest.queries
    assert asked is not None
    assert asked["tapes.loans.closing"].files == {LOANS: hashlib.sha256((starter_copy / LOANS).read_bytes()).hexdigest()}


def with_numbers(starter: Path) -> tuple[Path, Path]:
    """A plan whose query reads a Parquet file larger than a block of rows, and that file."""
    numbers, rows = starter / "tapes/numbers.parquet", 3_000_000
    pq.write_table(pa.table({"a": np.random.default_rng(1).random(rows)}), numbers, row_group_size=100_000)
    return one_query(starter / "plan.toml", "SELECT * FROM numbers", tables='numbers = "tapes/numbers.parquet"'), numbers


def test_a_file_cut_short_meanwhile_is_named(starter_copy: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    plan, numbers = with_numbers(starter_copy)
    meanwhile(monkeypatch, lambda: os.truncate(numbers, numbers.stat().st_size // 4))
    with pytest.raises(UnusableInput) as refused:
        answer(plan)
    assert (refused.value.file, refused.value.rule) == ("tapes/numbers.parquet", CHANGED)


def test_a_file_that_cannot_be_read_to_its_end_is_named(starter_copy: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An error of DuckDB while rows are fetched is about what it reads: nobody is told to make room for what is written."""
    plan, numbers = with_numbers(starter_copy)
    meanwhile(monkeypatch, lambda: os.truncate(numbers, numbers.stat().st_size // 4))
    monkeypatch.setattr(from_duckdb.Seen, "unchanged", True)
    with pytest.raises(UnusableInput) as refused:
        answer(plan)
    assert (refused.value.file, refused.value.key) == ("tapes/numbers.parquet", "tapes.loans.closing")
    assert refused.value.rule.startswith("the file can be read to its end (")
    assert str(starter_copy) not in str(refused.value)


def test_a_cell_that_cannot_be_cast_late_is_the_query_s(starter_copy: Path) -> None:
    text = "SELECT CAST(CASE WHEN i = 900000 THEN 'x' ELSE '1' END AS INTEGER) AS contract_id FROM range(1000000) AS r(i)"
    with pytest.raises(UnusableInput) as refused:
        answer(one_query(starter_copy / "plan.toml", text))
    assert (refused.value.file, refused.value.key) == ("loans.sql", "tapes.loans.closing")
    assert refused.value.rule.startswith("the database answers the query (") and "'x'" in refused.value.rule

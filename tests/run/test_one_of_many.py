"""A contract out of many: only the part of the table and the row groups of the tapes that may hold it are read."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pyarrow.parquet as parquet
import pytest

from gaapbridge.engine.sink import Parts
from gaapbridge.reperform import tapes
from gaapbridge.reperform.tapes import read_rows
from gaapbridge.run import measured
from gaapbridge.run.folder import measurement_path
from gaapbridge.run.measured import ids_beside, some_contracts

IDS = sorted(f"L{number:03}" for number in range(0, 200, 2))


@pytest.fixture
def run(tmp_path: Path) -> Path:
    """A table in ten parts of ten contracts, every other id of two hundred."""
    for number in range(10):
        own = IDS[number * 10 : number * 10 + 10]
        Parts(measurement_path(tmp_path, "loans")).put(pl.DataFrame({"contract_id": own, "amount": range(10)}), number)
    return tmp_path


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many parts each reading of a table asked."""
    found: list[int] = []
    table = measured._table

    def counted(run: Path, kind: str, files: tuple[Path, ...]) -> pl.LazyFrame:
        found.append(len(files))
        return table(run, kind, files)

    monkeypatch.setattr(measured, "_table", counted)
    return found


def test_one_part_is_asked_for_each_contract(run: Path, asked: list[int]) -> None:
    for place, one in enumerate(IDS):
        assert some_contracts(run, "loans", [one]) == {one: {"contract_id": one, "amount": place % 10}}
    assert set(asked) == {1}
    assert list(some_contracts(run, "loans", ["L000", "L198"])) == ["L000", "L198"] and asked[-1] == 2


@pytest.mark.parametrize("absent", ["", "K", "L001", "L019", "L199", "M", "贷"])
def test_a_contract_that_is_not_there_is_not_found(run: Path, asked: list[int], absent: str) -> None:
    assert some_contracts(run, "loans", [absent]) == {} and asked == [1]


def test_one_that_is_not_there_may_stand_for_its_neighbours(run: Path, asked: list[int]) -> None:
    assert ids_beside(run, "loans", "L045") == IDS[20:30] and asked == [1]
    for path in sorted(measurement_path(run, "loans").iterdir())[3:]:
        path.unlink()
    assert ids_beside(run, "loans", "L045") == IDS[:30]


def test_many_contracts_are_sought_in_all_parts(run: Path, asked: list[int]) -> None:
    assert len(some_contracts(run, "loans", IDS[::7])) == 15 and asked == [10]


def test_parts_that_do_not_say_their_ends_are_all_asked(run: Path, asked: list[int]) -> None:
    for path in measurement_path(run, "loans").iterdir():
        table = parquet.read_table(path)
        parquet.write_table(table, path, write_statistics=False)
    assert some_contracts(run, "loans", ["L100"]) == {"L100": {"contract_id": "L100", "amount": 0}} and asked == [10]


def test_of_a_tape_in_order_the_row_groups_with_the_ids_are_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """So are those of one that is not, where there are few rows; else the library looks through it."""
    path, read = tmp_path / "tape.parquet", list[int]()
    rows = pl.DataFrame({"contract_id": [one for one in IDS for _ in range(3)], "fee": range(300)})
    rows.write_parquet(path, row_group_size=50)
    group = parquet.ParquetFile.read_row_group

    def counted(self: parquet.ParquetFile, number: int, *of: object) -> object:
        read.append(number)
        return group(self, number, *of)

    monkeypatch.setattr(tapes, "FEW", 0)
    monkeypatch.setattr(parquet.ParquetFile, "read_row_group", counted)
    for one in (IDS[0], IDS[16], IDS[99]):  # of the second three rows stand in two groups
        assert [row["fee"] for row in read_rows(path, "contract_id", [one])] == rows.filter(contract_id=one)["fee"].to_list()
    assert read == [0, 0, 1, 5]
    assert list(read_rows(path, "contract_id", ["L001"])) == [] and read[4:] in ([], [0])
    shuffled = rows.sample(fraction=1, shuffle=True, seed=7)
    shuffled.write_parquet(path, row_group_size=50)
    read.clear()
    found = sorted(row["fee"] for row in read_rows(path, "contract_id", [IDS[16]]))
    assert found == [48, 49, 50] and read == []
    monkeypatch.setattr(tapes, "FEW", 300)
    assert sorted(row["fee"] for row in read_rows(path, "contract_id", [IDS[16]])) == found and len(read) == 6

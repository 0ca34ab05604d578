"""A table of a query in several files: each cell under its own header, each amount as it stands, or the file is refused."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from gaapbridge.terms.errors import UnusableInput
from tests.extracts.asking import answer, one_query

TABLES = 'loans = ["tapes/a{0}", "tapes/b{0}"]'


def asked(plan: Path, ending: str) -> list[dict[str, object]]:
    one_query(plan, "SELECT * FROM loans ORDER BY id", tables=TABLES.format(ending))
    rows: list[dict[str, object]] = answer(plan).to_pylist()
    return rows


def test_columns_in_another_order_are_read_by_their_names(starter_copy: Path) -> None:
    (starter_copy / "tapes/a.csv").write_text("id,fee,cost\nA,1,2\n", encoding="utf-8")
    (starter_copy / "tapes/b.csv").write_text("id,cost,fee\nB,4,3\n", encoding="utf-8")
    rows = asked(starter_copy / "plan.toml", ".csv")
    assert rows == [{"id": "A", "fee": "1", "cost": "2"}, {"id": "B", "fee": "3", "cost": "4"}]


@pytest.mark.parametrize("second", ["id,outstanding\nB,2\n", "B,2\nC,3\n", "id,principal,more\nB,2,3\n", "id\nB\n"])
def test_a_file_with_other_columns_is_named(starter_copy: Path, second: str) -> None:
    (starter_copy / "tapes/a.csv").write_text("id,principal\nA,1\n", encoding="utf-8")
    (starter_copy / "tapes/b.csv").write_text(second, encoding="utf-8")
    with pytest.raises(UnusableInput, match=r"all files of a table have the columns of a\.csv") as caught:
        asked(starter_copy / "plan.toml", ".csv")
    assert caught.value.file == "tapes/b.csv"


def test_an_amount_is_not_rounded_to_the_type_of_another_file(starter_copy: Path) -> None:
    pl.DataFrame({"id": ["A"], "principal": [100]}).write_parquet(starter_copy / "tapes/a.parquet")
    pl.DataFrame({"id": ["B"], "principal": [2.75]}).write_parquet(starter_copy / "tapes/b.parquet")
    with pytest.raises(UnusableInput, match="of one type each") as caught:
        asked(starter_copy / "plan.toml", ".parquet")
    assert (caught.value.file, caught.value.column) == ("tapes/b.parquet", "principal")


def test_a_cell_is_not_what_its_folder_is_called_nor_without_its_quotes(starter_copy: Path) -> None:
    (starter_copy / "tapes/p=2020").mkdir()
    (starter_copy / "tapes/p=2020/a.csv").write_text("id,p\n'001',1\n'002',1\n", encoding="utf-8")
    one_query(starter_copy / "plan.toml", "SELECT * FROM loans ORDER BY id", tables='loans = "tapes/p=2020/a.csv"')
    assert answer(starter_copy / "plan.toml").to_pylist() == [{"id": "'001'", "p": "1"}, {"id": "'002'", "p": "1"}]


def test_tables_are_not_told_by_case_alone(starter_copy: Path) -> None:
    tables = 'loans = "tapes/loans-2023-12-31.csv"\nLOANS = "tapes/loans-2022-12-31.csv"'
    one_query(starter_copy / "plan.toml", "SELECT * FROM loans", tables=tables)
    with pytest.raises(UnusableInput, match="differ by more than case"):
        answer(starter_copy / "plan.toml")

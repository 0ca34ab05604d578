"""A table of a query has the rows that its files have: nothing of how they are written is guessed, and what is not stated is
refused."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from gaapbridge.contracts.declared import DECLARED
from gaapbridge.plan import read_plan
from gaapbridge.terms.errors import UnusableInput
from tests.extracts.asking import answer, one_query

HEADER = "id,kind,amount\n"
ROWS = "A,fee,5\n" * 5


def asked(starter: Path, text: str | bytes, read: str = "", name: str = "a.csv") -> list[dict[str, object]]:
    content = text.encode() if isinstance(text, str) else text
    (starter / "tapes" / name).write_bytes(content)
    plan = one_query(starter / "plan.toml", "SELECT * FROM t", tables=f't = "tapes/{name}"')
    if read:
        plan.write_text(plan.read_text(encoding="utf-8") + f"\n[sources.exports.read.t]\n{read}\n", encoding="utf-8")
    rows: list[dict[str, object]] = answer(plan).to_pylist()
    return rows


def refused(starter: Path, text: str | bytes, read: str = "", name: str = "a.csv") -> UnusableInput:
    with pytest.raises(UnusableInput) as caught:
        asked(starter, text, read, name)
    assert (caught.value.file, caught.value.key) == (f"tapes/{name}", "sources.exports.tables.t")
    return caught.value


@pytest.mark.parametrize(
    "before",
    ["A,fee,5\n", ROWS, ROWS * 6_000, "A,unit #5,5\n" * 5],
    ids=["one row", "a few", "more than are looked at", "with the sign in a cell"],
)
def test_a_row_that_begins_like_a_remark_is_a_row(starter_copy: Path, before: str) -> None:
    rows = asked(starter_copy, f"{HEADER}{before}#7,fee,900\n{before}")
    assert len(rows) == 2 * before.count("\n") + 1
    assert [row for row in rows if row["id"] == "#7"] == [{"id": "#7", "kind": "fee", "amount": "900"}]


@pytest.mark.parametrize("title", ["# exported in 2023\n", "Report\n\n", "Report of all loans\n"])
def test_a_title_is_stated_or_refused(starter_copy: Path, title: str) -> None:
    told = refused(starter_copy, title + HEADER + "#7,fee,900\n" + ROWS)
    assert told.rule == "a row has 1 cells, as the header"
    skipped = f"skip_rows = {title.count(chr(10))}"
    (starter_copy / "plan.toml").write_text(
        (starter_copy / "plan.toml").read_text(encoding="utf-8") + (f"\n[sources.exports.read.t]\n{skipped}\n"),
        encoding="utf-8",
    )
    rows = answer(starter_copy / "plan.toml").to_pylist()
    assert [row["id"] for row in rows] == ["#7", *"AAAAA"]


def test_a_remark_is_a_row_without_its_cells(starter_copy: Path) -> None:
    told = refused(starter_copy, f"{HEADER}{ROWS}# remark\n{ROWS}")
    assert (told.row, told.value, told.rule) == ("6", "1 cells", "a row has 3 cells, as the header")


@pytest.mark.parametrize("row", ["A,fee\n", "A,fee,1,000\n", "\n", "A,fee,5,\n"])
def test_a_row_of_another_width_is_named(starter_copy: Path, row: str) -> None:
    assert refused(starter_copy, HEADER + ROWS + row + ROWS).row == "6"


def test_a_row_of_totals_is_stated(starter_copy: Path) -> None:
    assert refused(starter_copy, f"{HEADER}{ROWS}Rows: 5\n").row == "6"
    plan = starter_copy / "plan.toml"
    plan.write_text(plan.read_text(encoding="utf-8") + "\n[sources.exports.read.t]\ntotal_rows = 1\n", encoding="utf-8")
    assert answer(plan).num_rows == 5


@pytest.mark.parametrize("delimiter", [";", "\t", "|"])
def test_a_separator_is_stated(starter_copy: Path, delimiter: str) -> None:
    text = f"{HEADER}A,fee,7\n".replace(",", delimiter).replace("7", "1,5")
    told = refused(starter_copy, text)
    assert told.remedy.startswith("state the separator, as in read.delimiter")
    plan = starter_copy / "plan.toml"
    stated = f"\n[sources.exports.read.t]\ndelimiter = {delimiter!r}\n".replace("'\\t'", '"\\t"')
    plan.write_text(plan.read_text(encoding="utf-8") + stated, encoding="utf-8")
    assert answer(plan).to_pylist() == [{"id": "A", "kind": "fee", "amount": "1,5"}]


def test_an_encoding_is_stated(starter_copy: Path) -> None:
    rows = asked(starter_copy, "id,kind,amount\n甲,费用,5\n".encode("GB18030"), 'encoding = "GB18030"')
    assert rows == [{"id": "甲", "kind": "费用", "amount": "5"}]


def test_cells_stay_as_they_are(starter_copy: Path) -> None:
    """Blanks, nils before a number, quotes doubled, a line end in quotes; an empty cell is none, in quotes too."""
    rows = asked(starter_copy, 'id,kind,amount\n" 007 ","a ""b""\nc",\n1e5,"",NULL\n')
    assert rows == [
        {"id": " 007 ", "kind": 'a "b"\nc', "amount": None},
        {"id": "1e5", "kind": None, "amount": "NULL"},
    ]


@pytest.mark.parametrize("name", ["a.csv", "a.parquet"])
@pytest.mark.parametrize(
    ("header", "rule"),
    [
        (["segment", "segment", "b"], "a column name stands once in the header"),
        (["segment", "Segment", "b"], "the columns of a table differ by more than case: a query knows none"),
        (["segment", "SEGMENT_1", "Segment"], "the columns of a table differ by more than case: a query knows none"),
    ],
)
def test_a_name_stands_once_in_a_header(starter_copy: Path, header: list[str], rule: str, name: str) -> None:
    if name == "a.csv":
        (starter_copy / name).write_text(f"{','.join(header)}\n1,2,3\n", encoding="utf-8")
    else:
        pq.write_table(pa.table([["1"], ["2"], ["3"]], names=header), starter_copy / name)
    told = refused(starter_copy, (starter_copy / name).read_bytes(), name=name)
    assert (told.rule, told.row) == (rule, "header")


def test_json_is_read_by_all_of_its_rows(starter_copy: Path) -> None:
    """A fraction after 30,000 whole numbers was rounded to one of them, and a key that only a later row has was left out."""
    text = '{"id": 1}\n' * 30_000 + '{"id": 2.75, "fee": 3}\n'
    rows = asked(starter_copy, text, name="a.json")
    assert len(rows) == 30_001 and rows[-1] == {"id": 2.75, "fee": 3}
    assert rows[0] == {"id": 1.0, "fee": None}


def test_json_has_a_column_for_each_of_many_keys(starter_copy: Path) -> None:
    rows = asked(starter_copy, "{" + ", ".join(f'"k{place}": {place}' for place in range(300)) + "}\n", name="a.json")
    assert rows == [{f"k{place}": place for place in range(300)}]


def test_a_table_larger_than_is_kept_at_hand(starter_copy: Path) -> None:
    """The sum of 1 to n is n (n + 1) / 2, whatever is put aside on the way."""
    pl.DataFrame({"id": range(1, 400_001), "x": ["y" * 20] * 400_000}).write_csv(starter_copy / "tapes/a.csv")
    one_query(
        starter_copy / "plan.toml", "SELECT count(*) AS n, sum(id::BIGINT)::BIGINT AS s FROM t", tables='t = "tapes/a.csv"'
    )
    assert answer(starter_copy / "plan.toml").to_pylist() == [{"n": 400_000, "s": 400_000 * 400_001 // 2}]


def test_what_is_stated_is_of_a_table_in_csv(starter_copy: Path) -> None:
    with pytest.raises(UnusableInput) as caught:
        asked(starter_copy, '{"id": 1}\n', 'delimiter = ";"', name="a.json")
    assert (caught.value.key, caught.value.rule) == ("sources.exports.read.t", "the keys of read are for tables in CSV files")
    plan = starter_copy / "plan.toml"
    plan.write_text(plan.read_text(encoding="utf-8").replace("read.t]", "read.loans]"), encoding="utf-8")
    with pytest.raises(UnusableInput) as caught:
        read_plan(plan, DECLARED)
    assert caught.value.rule == "read says how a table is written, and loans is none" and caught.value.remedy == "name one of t"

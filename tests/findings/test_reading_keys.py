"""Every key of a read table by itself: what it does to a tape, what a reject says then, and that the page on reading has it.

A key that is declared and has no case here, a case of which nothing depends on its key, or a key without an example on the
page is a fault; so is a column that a key does not apply to and takes all the same.
"""

import re
import tomllib
from dataclasses import dataclass, fields, replace
from datetime import date
from itertools import combinations
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from gaapbridge.plan.reading import RATIOS, ReadTable
from gaapbridge.tapes.checks import check
from gaapbridge.tapes.how import BY_COLUMN, How, named_by
from gaapbridge.tapes.how import RATIOS as POWERS
from gaapbridge.tapes.layout import Layout
from gaapbridge.tapes.read import open_tape
from gaapbridge.tapes.schema import Circumstances, Rule, amount_from
from gaapbridge.terms import UnusableInput
from tests.findings.small_tape import SMALL
from tests.findings.tapes_made import write_csv

TAPE = replace(
    SMALL,
    rules=(
        *SMALL.rules,
        amount_from("lent_minor", 0, "correct it"),
        Rule("part", "annual_rate", "annual_rate is at most 1", "correct it", lambda _: pl.col("annual_rate") > 1),
    ),
)
"""With rules for what is read."""

ROW = {"text": "status", "date": "day", "count": "months", "minor": "lent_minor", "number": "annual_rate", "flag": "related"}
"""A column of each type."""


@dataclass(frozen=True)
class Case:
    """The cells of some columns of a tape, what a key states, what the cells of a column are read as then, and by row the
    value and a part of the rule of each reject."""

    written: dict[str, list[str]]
    stated: Any
    column: str
    read: list[Any]
    rejects: dict[int, tuple[str, str]]


AMOUNT, DAY, KNOWN = "lent_minor is an amount", "day is a day of the calendar", "status is one of on_book, matured"
CASES: dict[str, Case] = {
    "dates": Case({"day": ["31/12/2023", "12/31/2023"]}, ["%d/%m/%Y"], "day", [date(2023, 12, 31), None], {
        2: ("12/31/2023", f"{DAY}, written %d/%m/%Y, %Y-%m-%d"),
    }),
    "decimal": Case({"lent_minor": ["5,0", "5.0"]}, ",", "lent_minor", [5, None], {
        2: ("5.0", "written with ',' before decimals"),
    }),
    "thousands": Case({"lent_minor": ["1 234", "1,234"]}, " ", "lent_minor", [1234, None], {
        2: ("1,234", "and ' ' between thousands"),
    }),
    "empty": Case({"contract_id": ["A1", "none"]}, ["none"], "contract_id", ["A1", None], {
        2: ("", "contract_id is given"),
    }),
    "negative": Case({"lent_minor": ["-7", "7"]}, ["lent_minor"], "lent_minor", [7, -7], {
        2: ('-7 ("7" in the file)', "lent_minor is from 0"),
    }),
    "percent": Case({"annual_rate": ["15", "250"]}, ["annual_rate"], "annual_rate", [0.15, 2.5], {
        2: ('2.5 ("250" in the file)', "annual_rate is at most 1"),
    }),
    "per_mille": Case({"annual_rate": ["15", "2500"]}, ["annual_rate"], "annual_rate", [0.015, 2.5], {
        2: ('2.5 ("2500" in the file)', "annual_rate is at most 1"),
    }),
    "units": Case({"lent_minor": ["1.5", "x"]}, {"lent_minor": "thousand"}, "lent_minor", [150000, None], {
        2: ("x", f"{AMOUNT} in thousand units"),
    }),
    "values": Case({"related": ["ja", "nein"]}, {"related": {"ja": True}}, "related", [True, None], {
        2: ("nein", "read.values.related"),
    }),
    "trim": Case({"status": [" on_book", " gone"]}, ["status"], "status", ["on_book", "gone"], {
        2: ('gone (" gone" in the file)', KNOWN),
    }),
    "pad": Case({"contract_id": ["31", "0031"]}, {"contract_id": 4}, "contract_id", ["0031", "0031"], {
        1: ('0031 ("31" in the file)', "contract_id stands once"), 2: ("0031", "contract_id stands once"),
    }),
    "constant": Case({"contract_id": ["A1", "A2"]}, {"status": "gone"}, "status", ["gone", "gone"], {
        1: ("gone", KNOWN), 2: ("gone", KNOWN),
    }),
    "first_of": Case({"now": ["", "gone"], "then": ["on_book", "x"]}, {"status": ["now", "then"]}, "status", [
        "on_book", "gone",
    ], {2: ("gone", KNOWN)}),
    "total_where": Case({"contract_id": ["A1", "sum"], "lent_minor": ["5", "-5"]}, {"contract_id": "sum"}, "lent_minor", [
        5,
    ], {}),
}  # fmt: skip
"""By key of ``read``."""


def of_cells() -> set[str]:
    """The keys that are none of the layout of a file."""
    return ReadTable.model_fields.keys() - {one.name for one in fields(Layout)}


def _read(folder: Path, case: Case, **read: Any) -> tuple[list[Any] | None, dict[int, tuple[str, str]]]:
    """What is read of the column, None where the tape has none; and the rejects, by row."""
    cells = {"contract_id": [f"A{row}" for row in range(1, 3)], **case.written}
    lines = [",".join(cells), *(",".join(f'"{cell}"' for cell in row) for row in zip(*cells.values(), strict=True))]
    path = write_csv(folder, "\n".join(lines) + "\n", "small.csv")
    source = open_tape(path, TAPE, amounts="major" if "units" in read else "minor", ignore=["*"], read=ReadTable(**read))
    whole = source.whole()
    rejects = check(whole, TAPE, Circumstances(), "small.csv").rejects.select("row", "value", "rule").rows()
    column = whole.frame[case.column].to_list() if case.column in whole.frame.columns else None
    return column, {row: (value, rule) for row, value, rule in rejects}


def test_every_key_is_declared_and_has_a_case() -> None:
    """A new key of a plan is one by column, which the header, the translation and the proposed plan take from the
    declaration, or one of the whole file; ``How`` is what the readers see of it."""
    of_file, of_rows = {"dates", "decimal", "thousands", "empty"}, {"only", "left_out"}  # test_reading_rows.py
    assert CASES.keys() | of_rows == of_cells() == BY_COLUMN.keys() | of_file | of_rows
    assert {name for name, one in vars(How).items() if isinstance(one, property)} == ReadTable.model_fields.keys()


@pytest.mark.parametrize(
    "keys", [*combinations([key for key, one in BY_COLUMN.items() if one.held == "ratios"], 2)], ids=" and ".join
)
def test_a_ratio_is_written_in_one_way(keys: tuple[str, str]) -> None:
    """A key for another way of writing ratios is refused beside those there are."""
    assert RATIOS.keys() == POWERS.keys() == {key for key, one in BY_COLUMN.items() if one.held == "ratios"}
    with pytest.raises(ValueError, match=f"annual_rate is read in .*{RATIOS[keys[1]]}; name it in one of them"):
        ReadTable(**{key: ["annual_rate"] for key in keys})


@pytest.mark.parametrize("key", CASES)
def test_a_key_is_read_and_told(key: str, tmp_path: Path) -> None:
    case = CASES[key]
    column, rejects = _read(tmp_path, case, **{key: case.stated})
    assert column == case.read
    assert rejects.keys() == case.rejects.keys()
    for row, (value, rule) in case.rejects.items():
        assert rejects[row][0] == value and rule in rejects[row][1]
    assert _read(tmp_path, case)[0] != column, "without the key it is read otherwise"
    assert _read(tmp_path, case)[1] != rejects, "and told otherwise"


@pytest.mark.parametrize("key", BY_COLUMN)
def test_a_key_names_columns_that_it_applies_to(key: str, tmp_path: Path) -> None:
    """Every other is refused under the name of the key, and so is a column that no tape has."""
    one = BY_COLUMN[key]
    path = write_csv(tmp_path, "contract_id\nA1\n", "small.csv")
    for name in [*(column for kind, column in ROW.items() if kind not in one.kinds), "none"]:
        value: Any = {"units": "major", "values": {"a": "b"}, "first_of": ["a"], "pad": 4}.get(key, "a")
        stated = ReadTable(**{key: [name] if one.form == "list" else {name: value}})
        assert named_by(stated, key) == [name]
        with pytest.raises(UnusableInput) as refused:
            open_tape(path, TAPE, read=stated)
        assert refused.value.column == name and f"read.{key} names columns of the small tape" in refused.value.rule
        assert (one.held is None) == ("that hold" not in refused.value.rule)


@pytest.mark.parametrize("key", CASES)
def test_the_page_shows_how_a_key_is_written(key: str, root: Path) -> None:
    """Its examples are what a plan takes; a key by column has the form that is declared."""
    page = (root / "docs/reference/reading.md").read_text(encoding="utf-8")
    row = re.search(rf"(?m)^\| `{key}` \| (.*?) \| \S", page)
    assert row is not None
    for example in re.findall("`([^`]+)`", row[1]):
        table = f'{example}\n"a" = "b"' if example.startswith("[tapes.") else f"[tapes.loans.read]\n{key} = {example}"
        stated = tomllib.loads(table)["tapes"]["loans"]["read"]
        beside = {"decimal": ","} if stated == {"thousands": "."} else {}
        value = getattr(ReadTable.model_validate({**beside, **stated}), key)
        assert value != ReadTable.model_fields[key].get_default(call_default_factory=True)
        if key in BY_COLUMN:
            tables = isinstance(value, dict) and all(isinstance(one, dict) for one in value.values())
            assert ("list" if isinstance(value, list) else "tables" if tables else "table") == BY_COLUMN[key].form

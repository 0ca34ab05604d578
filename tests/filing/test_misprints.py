"""Misprints in published tables: every change of a single cell is seen, and totals are told as they are declared."""

from __future__ import annotations

import copy
import json
import time
from collections import Counter
from pathlib import Path

import pytest

from benchmarks.misprints import MOVED, SEEN, SINGLE, Table, Watch, misprints, shares, tables
from gaapbridge.statement.document_reading import read_document
from gaapbridge.statement.totals import with_totals_told
from gaapbridge.verification import verify


@pytest.mark.campaign
@pytest.mark.parametrize(("plain", "changes"), [(False, 2_000), (True, 600)])
def test_every_change_of_a_single_cell_is_seen(plain: bool, changes: int, tmp_path: Path) -> None:
    """And of those that leave every row footed across, as many as totals, rolls and balances hold."""
    watch = Watch(tmp_path)
    made = [(one, watch.sees(one)) for one in misprints(changes, plain=plain)]
    assert [one.where for one, what in made if one.kind in SINGLE and what != SEEN] == []
    tried = Counter(one.kind for one, _ in made)
    assert set(tried) == SINGLE.keys() | MOVED.keys() and min(tried.values()) > 10
    seen = {kind: sum(what == SEEN for one, what in made if one.kind == kind) / tried[kind] for kind in MOVED}
    least = (0.6, 0.1) if plain else (0.85, 0.5)
    assert seen["an amount in the next column"] > least[0] and seen["both frameworks by the same"] > least[1]
    assert sum(tried.values()) == changes and len(shares([(one.kind, what) for one, what in made])) == len(tried) + 1


@pytest.mark.parametrize("without", [("of",), ("of", "role", "section")])
@pytest.mark.parametrize("table", tables(), ids=lambda table: table.path.stem)
def test_totals_are_told_as_they_are_declared(table: Table, without: tuple[str, ...], tmp_path: Path) -> None:
    """What is told names the rows that are declared, in all but a line of one row, and makes no finding that was none."""
    raw = copy.deepcopy(table.raw)
    rows = [(statement["id"], row) for statement in raw["statements"] for row in statement["rows"]]
    declared = {(place, row["id"]): tuple(map(tuple, row["of"])) for place, row in rows if "of" in row}
    for _, row in rows:
        for key in without:
            row.pop(key, None)
    document = with_totals_told(read_document(raw, table.path.name))
    told = {(one.id, row.id): row.of for one in document.statements for row in one.rows if row.resolved}
    other = {place for place in declared.keys() & told.keys() if declared[place] != told[place]}
    assert other <= {("is-2022", "rev"), ("is-2023", "rev")}, "the filing prints a row of one row between them"
    (tmp_path / table.path.name).write_text(json.dumps(raw), encoding="utf-8")
    found, before = (
        {(one.where, one.difference) for one in verify(file).findings} for file in (tmp_path / table.path.name, table.path)
    )
    assert found <= before


def test_most_totals_are_told() -> None:
    """68 of the 74 sub-totals of these tables, by captions and figures alone."""
    told = declared = 0
    for table in tables():
        raw = copy.deepcopy(table.raw)
        for row in (row for statement in raw["statements"] for row in statement["rows"]):
            declared += "of" in row
            for key in ("of", "role", "section"):
                row.pop(key, None)
        document = with_totals_told(read_document(raw, table.path.name))
        by_place = {(one.id, row.id): row.of for one in document.statements for row in one.rows}
        of = ((one["id"], row) for one in table.raw["statements"] for row in one["rows"] if "of" in row)
        told += sum(by_place[place, row["id"]] == tuple(map(tuple, row["of"])) for place, row in of)
    assert (told, declared) == (68, 74)


@pytest.mark.campaign(but=1)
@pytest.mark.parametrize("declared", [True, False])
def test_sub_totals_upon_sub_totals_take_as_long_as_there_are(declared: bool, tmp_path: Path) -> None:
    """Twice as many rows take twice as long, whether they say what they add up or it is told."""

    def seconds(number: int) -> float:
        rows = [{"id": "r0", "us_gaap": 1, "adj": {"ecl": 0}, "ifrs": 1}]
        for place in range(1, number):
            more = {"of": [[1, f"r{place - 1}"]]} if declared else {}
            rows.append({**rows[0], "id": f"r{place}", "label": "Total", "role": "subtotal", **more})
        file = tmp_path / "chain.json"
        file.write_text(json.dumps({"columns": [{"id": "ecl"}], "statements": [{"id": "bs", "rows": rows}]}), encoding="utf-8")
        began = time.process_time()
        assert not verify(file).findings
        return time.process_time() - began

    seconds(100)
    assert seconds(4_000) < 8 * max(seconds(1_000), 0.02)

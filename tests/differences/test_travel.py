"""Work that travels: a range of contracts is plain data, and whoever measures it, and however it was cut, comes to the same."""

from __future__ import annotations

import pickle
from dataclasses import fields
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest
from pyarrow import parquet

from gaapbridge.checking import check
from gaapbridge.contracts.added_up import SecondPath
from gaapbridge.contracts.declared import DECLARED
from gaapbridge.contracts.kinds import KINDS
from gaapbridge.contracts.loans import estimates
from gaapbridge.contracts.rejects import together
from gaapbridge.contracts.scan import Part, Task, done
from gaapbridge.engine import Engine
from gaapbridge.engine.local import Threads
from gaapbridge.engine.processes import Processes
from gaapbridge.engine.sink import Parts
from gaapbridge.engine.spark import Own
from gaapbridge.example import write_example
from gaapbridge.notes import standard_treatments
from gaapbridge.period_close.inputs import read_inputs
from gaapbridge.plan import Plan, read_plan
from gaapbridge.tapes import ranges, survey
from gaapbridge.terms.errors import UnusableInput

YEAR = 2022
SEVERAL = {"CHUNK_ROWS": 80, "READ_ROWS": 800}
"""Rows of a range of which the example has several."""


@pytest.fixture(scope="module")
def plan(tmp_path_factory: pytest.TempPathFactory) -> Plan:
    """The example with bad rows on every tape but the awards' and contracts that are missing at the closing; the closing
    guarantees shuffled, their fee instalments as CSV."""
    folder = tmp_path_factory.mktemp("travel")
    files = write_example(folder, loans=1200)
    text = files.plans[YEAR].read_text()
    tapes = folder / "tapes"
    for name, column in {"loans": "days_past_due", "guarantees": "days_past_due", "guarantee-fees": "collected_minor"}.items():
        for year in (YEAR - 1, YEAR):
            _spoil(tapes / f"{name}-{year}-12-31.parquet", column, -1, every=97)
    for name in ("events", "payments"):
        _spoil(tapes / f"{name}-{YEAR}.parquet", "contract_id", "nobody", every=13)
    for name in ("loans", "guarantees"):
        closing = tapes / f"{name}-{YEAR}-12-31.parquet"
        pl.read_parquet(closing).filter(pl.int_range(pl.len()) % 53 != 5).write_parquet(closing)
    shuffled = tapes / f"guarantees-{YEAR}-12-31.parquet"
    pl.read_parquet(shuffled).sample(fraction=1.0, shuffle=True, seed=7).write_parquet(shuffled)
    fees = tapes / f"guarantee-fees-{YEAR}-12-31.parquet"
    pl.read_parquet(fees).write_csv(fees.with_suffix(".csv"))
    assert fees.name in text
    files.plans[YEAR].write_text(text.replace(fees.name, fees.with_suffix(".csv").name))
    return read_plan(files.plans[YEAR], DECLARED)


def _spoil(path: Path, column: str, value: object, every: int) -> None:
    frame = pl.read_parquet(path)
    bad = pl.int_range(pl.len()) % every == every - 1
    frame.with_columns(pl.when(bad).then(pl.lit(value)).otherwise(pl.col(column)).alias(column)).write_parquet(path)


def cut(monkeypatch: pytest.MonkeyPatch, **rows: int) -> None:
    """Ranges of so many rows, cut as finely as 16 of them."""
    for module in (ranges, survey):
        monkeypatch.setattr(module, "MARK_ROWS", 16)
    for name, number in rows.items():
        monkeypatch.setattr(ranges, name, number)


def outcome(plan: Plan, folder: Path, engine: Engine) -> dict[str, Any]:
    """Everything a scan of every kind leaves, in plain words, and the bytes of every part."""
    found: dict[str, Any] = {}
    for population in read_inputs(plan).populations:
        table = folder / population.kind
        population.measure(table, standard_treatments(), engine, lambda rows: None)
        result = population.result()
        totals = result.totals
        files = sorted(table.iterdir())
        assert len({str(parquet.read_schema(file)) for file in files}) == 1, "the schema is known before the first part"
        found[population.kind] = {
            "totals": (totals.segments, totals.series, totals.amounts.tolist()),
            "second path": (result.us, result.ifrs, result.keyed, result.findings),
            "table": pl.concat([pl.read_parquet(file) for file in files]).sort("contract_id").to_dicts(),
            "rejects": together(population.rejects()).to_dicts(),
            "findings": [finding.as_dict() for finding in population.findings()],
            "read": [(tape.source, tape.rows, tape.rejected_rows) for tape in population.tapes.read(population.found.read)],
            "files": {file.name: file.read_bytes() for file in files},
        }
    return found


def without_files(found: dict[str, Any]) -> dict[str, Any]:
    return {kind: {name: part for name, part in parts.items() if name != "files"} for kind, parts in found.items()}


@pytest.fixture(scope="module")
def uncut(plan: Plan, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """One range a kind, measured by the caller's own thread."""
    return outcome(plan, tmp_path_factory.mktemp("uncut"), Threads(1))


def test_there_is_something_to_compare(uncut: dict[str, Any]) -> None:
    assert all(list(parts["files"]) == ["part-00000.parquet"] for parts in uncut.values())
    assert {len(uncut[kind]["read"]) for kind in ("loans", "guarantees")} == {4}
    for kind in ("loans", "guarantees"):
        assert all(rejected for _, _, rejected in uncut[kind]["read"]), kind
        assert uncut[kind]["findings"] and len(uncut[kind]["table"]) > 200


@pytest.mark.campaign
def test_two_spawned_processes_and_two_threads_come_to_the_same(
    plan: Plan, uncut: dict[str, Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cut(monkeypatch, **SEVERAL)
    monkeypatch.setenv("POLARS_MAX_THREADS", "3")  # of the processes: this one has started with its own number
    travelled = outcome(plan, tmp_path / "processes", Processes(2))
    stayed = outcome(plan, tmp_path / "threads", Threads(2))
    assert {kind: len(parts["files"]) > 3 for kind, parts in travelled.items()} == {
        "loans": True,
        "guarantees": True,
        "awards": False,
    }
    assert travelled == stayed
    assert without_files(travelled) == without_files(uncut)


def test_loans_that_the_kernel_takes_a_few_at_a_time_come_to_the_same(
    plan: Plan, uncut: dict[str, Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(estimates, "AT_A_TIME", 7)
    assert without_files(outcome(plan, tmp_path, Threads(1))) == without_files(uncut)


@pytest.mark.campaign
@pytest.mark.parametrize("rows", [{"CHUNK_ROWS": 40}, {"CHUNK_ROWS": 240, "READ_ROWS": 240}])
def test_ranges_of_any_size_come_to_the_same(
    plan: Plan, uncut: dict[str, Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, rows: dict[str, int]
) -> None:
    cut(monkeypatch, **rows)
    assert without_files(outcome(plan, tmp_path, Threads(2))) == without_files(uncut)


@pytest.mark.campaign
def test_a_check_reads_what_a_close_reads(plan: Plan, uncut: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    """The same rejects but for those that only a measurement finds, of which the example has none."""
    whole = check(plan.path)
    cut(monkeypatch, **SEVERAL)
    checked = check(plan.path)
    assert checked.as_dict() == whole.as_dict()
    measured = [row for parts in uncut.values() for row in parts["rejects"]]
    assert sorted(map(repr, checked.rejects.to_dicts())) == sorted(map(repr, measured))


@pytest.mark.campaign(but=1)
@pytest.mark.parametrize("kind", ["loans", "guarantees", "awards"])
def test_a_task_and_its_part_are_what_plain_pickle_takes(
    plan: Plan, kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A task done twice leaves one file, the same as its copy's, and nothing beside it."""
    cut(monkeypatch, **SEVERAL)
    (population,) = [one for one in read_inputs(plan).populations if one.kind == kind]
    (tmp_path / "dealt").mkdir()
    rows = next(iter(population.tapes.ranges(tmp_path / "dealt")))
    setting = population.setting(standard_treatments())
    second = SecondPath.of(KINDS[kind], population.direct, population.answers)
    task = Task(population.measured, rows, setting, Parts(tmp_path / "table"), 7, second)
    part = done(task)
    path = task.parts.folder / "part-00007.parquet"
    written = path.read_bytes()
    copied = pickle.loads(pickle.dumps(done(pickle.loads(pickle.dumps(task)))))
    assert [file.name for file in task.parts.folder.iterdir()] == ["part-00007.parquet"]
    assert path.read_bytes() == written
    assert part.table is None and copied.table is None
    assert np.array_equal(part.totals.amounts, copied.totals.amounts)
    once, again, read = (second.amounts(added) for added in (part.added, copied.added, second.add_up(pl.read_parquet(path))))
    assert once == again == read
    assert part.rejects.equals(copied.rejects)
    assert part.read.keys() == copied.read.keys()


def test_of_a_further_task_only_its_own_goes_to_a_spark(plan: Plan, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where its rows lie and its number: the setting of a close with its curves is a hundred times as large."""
    cut(monkeypatch, **SEVERAL)
    (population,) = [one for one in read_inputs(plan).populations if one.kind == "loans"]
    setting = population.setting(standard_treatments())
    second = SecondPath.of(KINDS["loans"], population.direct, population.answers)
    rows = list(population.tapes.ranges(tmp_path))
    parts = Parts(tmp_path / "table")
    first, *further = (Task(population.measured, one, setting, parts, number, second) for number, one in enumerate(rows))
    assert further
    for task in further:
        own = Own.of(task, first)
        assert own.values.keys() == {"rows", "number"}
        assert 20 * len(pickle.dumps(own)) < len(pickle.dumps(task))
        again = Own.whole(own, first)
        assert all(getattr(again, one.name) is getattr(task, one.name) for one in fields(Task))
    assert Own.of(first, first) == Own({}) and Own.whole(Own({}), first) == first
    assert Own.of("a file", first) == "a file" == Own.whole("a file", first)


def test_a_task_that_fails_leaves_no_part(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is half written does not bear the name of a part."""

    def half(table: object, path: Path, **options: object) -> None:
        Path(path).write_bytes(b"PAR1")
        raise OSError("the disk is full")

    task = Task(
        _measured,
        pl.DataFrame({"contract_id": ["a"]}),
        None,
        Parts(tmp_path),
        0,
        SecondPath({("us", "closing", "role", "part"): pl.lit(1)}, {}),
    )
    with monkeypatch.context() as patch:
        patch.setattr(parquet, "write_table", half)
        with pytest.raises(UnusableInput, match=r"part-00000\.parquet .* full"):
            done(task)
    assert list(tmp_path.glob("*.parquet")) == []
    done(task)
    assert [file.name for file in tmp_path.glob("*.parquet")] == ["part-00000.parquet"]


def _measured(rows: pl.DataFrame, setting: None) -> Part:
    return Part({}, table=rows)

"""Whatever a measurement takes tells kept parts apart: every field of its setting, curves and answers among it, and of rows."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields, is_dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from gaapbridge.contracts.added_up import SecondPath
from gaapbridge.contracts.declared import DECLARED
from gaapbridge.contracts.kept_parts import KeptParts
from gaapbridge.contracts.kinds import KINDS
from gaapbridge.contracts.scan import Part, Task
from gaapbridge.engine.sink import Parts
from gaapbridge.notes import standard_treatments
from gaapbridge.period_close.inputs import read_inputs
from gaapbridge.plan import Plan, read_plan

ANOTHER = "another"
"""A value that no field has."""


class Asked(Exception):
    """That something is asked for by its key."""


class Asking:
    """What is kept, as far as keys go."""

    def take(self, key: str) -> bytes:
        raise Asked(key)


@pytest.fixture
def plan(starter_copy: Path) -> Plan:
    return read_plan(starter_copy / "plan.toml", DECLARED)


def tasks(plan: Plan, folder: Path) -> Iterator[tuple[Task, Any]]:
    """The first task of each kind, with its setting."""
    for population in read_inputs(plan).populations:
        (folder / population.kind).mkdir()
        rows = next(iter(population.tapes.ranges(folder / population.kind)))
        second = SecondPath.of(KINDS[population.kind], population.direct, population.answers)
        setting = population.setting(standard_treatments())
        yield Task(population.measured, rows, setting, Parts(folder), 0, second)


def key_of(task: Task) -> str:
    """The key under which the part of a task is kept; its own where what it is made of has none."""
    kept: Any = Asking()
    of_kind = KeptParts(kept, "made with", {}).made_by(task.measured, task.setting, task.second)
    assert of_kind is not None, "all that a kind is measured by has a fingerprint"
    with pytest.raises(Asked) as asked:
        of_kind.part_of(task, never)
    return str(asked.value)


def never(task: Task) -> Part:
    raise AssertionError("rows have a fingerprint")


def otherwise(value: Any) -> Iterator[tuple[str, Any]]:
    """A value with one field changed, for each field, of what it is made of in turn too; and the name of the field."""
    if is_dataclass(value) and not isinstance(value, type):
        for one in fields(value):
            yield one.name, replace(value, **{one.name: ANOTHER})
            for name, inner in otherwise(getattr(value, one.name)):
                yield f"{one.name}.{name}", replace(value, **{one.name: inner})


def test_every_field_of_what_a_kind_is_measured_by_tells_parts_apart(plan: Plan, tmp_path: Path) -> None:
    told = 0
    for task in tasks(plan, tmp_path):
        keys = {key_of(task)}
        changed = [replace(task, setting=setting) for _, setting in otherwise(task.setting)]
        if isinstance(task.rows, dict):
            for tape, rows in task.rows.items():
                changed += [replace(task, rows={**task.rows, tape: other}) for _, other in otherwise(rows)]
        for other in changed:
            keys.add(key_of(other))
        assert len(keys) == 1 + len(changed)
        told += len(changed)
    assert told > 100


def test_where_a_part_goes_and_its_number_tell_nothing(plan: Plan, tmp_path: Path) -> None:
    for task in tasks(plan, tmp_path):
        assert key_of(task) == key_of(replace(task, parts=Parts(tmp_path / "other"), number=7))


def test_the_same_inputs_read_again_have_the_same_keys(plan: Plan, tmp_path: Path) -> None:
    folders = [tmp_path / name for name in ("once", "again")]
    once, again = ([key_of(task) for task in tasks(plan, made)] for made in folders if made.mkdir() is None)
    assert once == again and len(set(once)) == len(once)

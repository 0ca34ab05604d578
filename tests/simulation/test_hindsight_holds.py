"""Hindsight over forty lenders of two thousand loans: true curves hold, and of the first twenty, halved and doubled ones are
seen; and of the lender of the demonstration, of which both years hold and a horizon that stops at the last due date is seen.
The seeds are the first forty numbers and the example's own; none is picked."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

import polars as pl
import pytest

from gaapbridge.contracts.declared import DECLARED
from gaapbridge.engine.local import Threads
from gaapbridge.example import ExampleFiles, write_example
from gaapbridge.period_close.hindsight import ALL_KINDS, all_judged, checks_of
from gaapbridge.period_close.inputs import read_inputs
from gaapbridge.period_close.period import measure
from gaapbridge.plan import read_plan
from gaapbridge.progress import Progress

SEEDS, LOANS = range(40), 2_000
WRONG_OF = range(20)
"""The lenders on which wrong curves are tried: one in twenty may hide them, where one in eight may be a surprise by chance."""
HAZARDS = ("curves/hazard.csv", "curves/guarantees/hazard.csv")
TIMELINE = ('default_timeline = "first_missed"', 'default_timeline = "none"')


def surprises(plan: Path) -> list[str]:
    """The checks of R17 that do not hold in the period of a plan."""
    inputs = read_inputs(read_plan(plan, DECLARED))
    inputs = replace(inputs, populations=[one for one in inputs.populations if one.kind != "awards"])
    with TemporaryDirectory() as folder:
        measured = measure(inputs, Path(folder), Progress(show=False), engine=Threads(1))
    seen = all_judged(measured)
    assert [one.kind for one in seen] == ["loans", "guarantees", ALL_KINDS]
    return [check.id for check in checks_of(seen, {"loans": HAZARDS[0], "guarantees": HAZARDS[1]}, {}) if not check.holds]


def scaled(files: ExampleFiles, times: float) -> Iterator[None]:
    """The hazards of both markets so many times what they are, as far as a probability goes; then as they were."""
    paths = [files.folder / name for name in HAZARDS]
    before = [path.read_bytes() for path in paths]
    for path in paths:
        table = pl.read_csv(path)
        hazard = (pl.col("hazard") * times).clip(upper_bound=0.98)
        table.with_columns(hazard, pl.min_horizontal("performing", 0.99 - hazard).alias("performing")).write_csv(path)
    yield
    for path, content in zip(paths, before, strict=True):
        path.write_bytes(content)


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[list[str]]]:
    """What was a surprise, lender by lender: under true curves, halved and doubled ones."""
    told: dict[str, list[list[str]]] = {"true": [], "halved": [], "doubled": []}
    for seed in SEEDS:
        files = write_example(tmp_path_factory.mktemp("lender"), loans=LOANS, seed=seed)
        plan = files.plans[2022]
        told["true"].append(surprises(plan))
        for name, times in (("halved", 0.5), ("doubled", 2.0)) if seed in WRONG_OF else ():
            for _ in scaled(files, times):
                told[name].append(surprises(plan))
    return told


@pytest.mark.campaign
def test_true_curves_are_seldom_a_surprise(found: dict[str, list[list[str]]]) -> None:
    assert sum(bool(one) for one in found["true"]) <= 5


@pytest.mark.campaign
@pytest.mark.parametrize("wrong", ["halved", "doubled"])
def test_what_is_wrong_is_seen(found: dict[str, list[list[str]]], wrong: str) -> None:
    assert sum(bool(one) for one in found[wrong]) >= 19 and len(found[wrong]) == 20


@pytest.mark.campaign
def test_both_years_of_the_demonstration_hold_and_a_stopped_horizon_is_seen(tmp_path: Path) -> None:
    files = write_example(tmp_path)
    second = files.plans[2023].with_name("second.toml")
    text = files.plans[2023].read_text(encoding="utf-8")
    second.write_text(re.sub(r'(?m)^source = "prior_run"\nrun = .*$', 'source = "opening_tape"', text), encoding="utf-8")
    assert [surprises(plan) for plan in (files.plans[2022], second)] == [[], []]
    text = files.plans[2022].read_text(encoding="utf-8")
    assert TIMELINE[0] in text
    stopped = files.plans[2022].with_name("stopped.toml")
    stopped.write_text(text.replace(*TIMELINE), encoding="utf-8")
    assert surprises(stopped) != []

"""Loans held twice, in as many turns as bound memory: the same findings however many are held against each other at once."""

from __future__ import annotations

import random
from pathlib import Path

import polars as pl
import pytest

from gaapbridge.contracts.held_twice import held_twice


def tables(folder: Path) -> dict[str, Path]:
    """Three hundred loans, and as many guarantees of loans of which some are own and some are guaranteed by several."""
    chance = random.Random(3)
    held = {"closing_on_book": [chance.random() < 0.9 for _ in range(300)], "path": ["stayed"] * 300}
    own = {"contract_id": [f"L{number}" for number in range(300)], "closing_principal": range(100, 400)}
    loans = [chance.choice(["l", "L", "M"]) + str(chance.randrange(400)) for _ in range(300)]
    of = {"contract_id": [f"G{number}" for number in range(300)], "loan_id": [*loans[:295], *[None] * 5]}
    amounts = {"guaranteed_share": [chance.choice([0.5, 1.0]) for _ in range(300)], "us_loss_allowance": range(300)}
    made = {"loans": pl.DataFrame({**own, **held}), "guarantees": pl.DataFrame({**of, **amounts, **held})}
    for kind, table in made.items():
        (folder / kind).mkdir(parents=True)
        for number in range(3):
            table.slice(number * 100, 100).write_parquet(folder / kind / f"part-{number:05d}.parquet")
    return {kind: folder / kind for kind in made}


@pytest.mark.parametrize("at_once", [500, 100, 7])
def test_turns_change_nothing(tmp_path: Path, at_once: int, monkeypatch: pytest.MonkeyPatch) -> None:
    written = tables(tmp_path)
    whole = held_twice(written)
    assert {one.name for one in whole} == {"loan both own and guaranteed", "loan guaranteed more than whole"}
    assert all(one.amount_minor for one in whole)
    monkeypatch.setattr("gaapbridge.contracts.held_twice.LOANS_AT_ONCE", at_once)
    assert held_twice(written) == whole

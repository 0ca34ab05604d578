"""The keys of a plan, one by one: what is one value, in which order they stand, which of them name a file."""

from __future__ import annotations

import tomllib
from decimal import Decimal
from pathlib import Path

import pytest

from gaapbridge.changes.plan_keys import content_of, in_order, located, source_of, stated
from gaapbridge.plan.written import written


def keys(text: str) -> dict[tuple[str, ...], object]:
    return stated(tomllib.loads(text, parse_float=Decimal))


def test_comments_order_and_form_of_a_table_are_no_difference() -> None:
    inline = "[elections.ecl]\nratio = 2.50 # higher\nweights = { base = 0.6, downside = 0.4 }\n"
    table = "[elections.ecl]\nratio = 2.5\n[elections.ecl.weights]\ndownside = 0.40\nbase = 0.6\n"
    assert keys(inline) == keys(table)


def test_weights_rates_and_column_maps_are_one_value_each() -> None:
    text = (
        "[elections.ecl]\nweights = { base = 1.0 }\n[tax.ecl]\nrates = [{ from = 2021-01-01, rate = 0.25 }]\n"
        '[tapes.loans]\nclosing = "a"\ncolumns = { contract_id = "id" }\n[tapes.loans.control.closing]\nrows = 3\n'
    )
    assert [".".join(key) for key in keys(text)] == [
        "elections.ecl.weights",
        "tax.ecl.rates",
        "tapes.loans.closing",
        "tapes.loans.columns",
        "tapes.loans.control.closing.rows",
    ]


def test_a_plan_is_put_together_again() -> None:
    content = tomllib.loads('[a]\nb = 1\n[a.c]\nd = [1]\n[tapes.x]\ncolumns = { y = "z" }\n')
    assert content_of(stated(content)) == content


@pytest.mark.parametrize(
    ("old", "new", "order"),
    [
        ("abc", "cab", "cab"),
        ("abc", "ac", "abc"),
        ("abc", "bc", "abc"),
        ("abcd", "ad", "abcd"),
        ("ab", "axb", "axb"),
    ],
)
def test_removed_keys_stand_where_they_stood(old: str, new: str, order: str) -> None:
    ordered = in_order(dict.fromkeys(zip(old, strict=True)), dict.fromkeys(zip(new, strict=True)))
    assert "".join(key[0] for key in ordered) == order


def test_only_paths_are_located() -> None:
    values = keys(
        '[opening]\nrun = "latest"\n[statement]\nlayout = "lender"\n[tapes.events]\npath = "../t/e.csv"\namounts = "minor"\n'
        '[tapes.loans]\nclosing = "t/l.csv"\n[tapes.loans.control.closing]\nrows = 1\n[curves.loans]\nhazard = "/h.csv"\n'
        '[runs]\nfolder = "runs"\n'
    )
    moved = {key: value for key, value in located(values, Path("/plans"), {}).items() if value != values[key]}
    assert moved == {("tapes", "events", "path"): "/t/e.csv", ("tapes", "loans", "closing"): "/plans/t/l.csv"}
    assert [source_of(key) for key in moved] == ["tapes.events", "tapes.loans.closing"]
    named = keys('[opening]\nrun = "runs/v1"\nfile = "f.csv"\n[statement]\nlayout = "own.json"\n')
    assert list(located(named, Path("/p"), {}).values()) == ["/p/runs/v1", "/p/f.csv", "/p/own.json"]


def test_values_are_shown_as_a_plan_writes_them() -> None:
    value = tomllib.loads('v = [{ from = 2021-01-01, rate = 0.25, on = false, name = "é" }]', parse_float=Decimal)["v"]
    assert written(value) == '[{ from = 2021-01-01, rate = 0.25, on = false, name = "é" }]'
    assert written(None) == "not stated"

"""What the verbs of the Python interface are given that is of another type: refused by its name, before anything is done."""

from __future__ import annotations

from typing import Any

import pytest

import gaapbridge


@pytest.mark.parametrize("tolerance", ["1", None, 1.5, True])
def test_a_tolerance_is_a_whole_number(tolerance: Any) -> None:
    with pytest.raises(TypeError, match="tolerance is a whole number, not "):
        gaapbridge.verify("statement.csv", tolerance=tolerance)


@pytest.mark.parametrize("columns", [5, {1: 2}, ["us_gaap=A"]])
def test_columns_are_texts(columns: Any) -> None:
    with pytest.raises(TypeError, match="columns is text or a mapping of texts to texts or None"):
        gaapbridge.verify("statement.csv", columns=columns)


@pytest.mark.parametrize(
    ("verb", "given", "stated", "named"),
    [
        ("verify", (None,), {}, "path is text or a path, not None"),
        ("close", (None,), {}, "plan_path is"),
        ("check", ({},), {}, "plan_path is"),
        ("explain", ("run", None), {}, "address is text"),
        ("explain", (None, "loan/1"), {}, "run is a Run or text or a path"),
        ("compare", (5, 5), {}, "run is a Run"),
        ("export", ("run", 5), {"book": "movements"}, "ledger is text or None"),
        ("export", ("run", "sap"), {"book": "movements", "answers": [1]}, "answers is a mapping of texts to texts or None"),
        (
            "export",
            ("run", "sap"),
            {"book": "movements", "answers": {"a": 5}},
            "answers is a mapping of texts to texts or None",
        ),
        ("export", ("run", "sap"), {"book": "movements", "to": 5}, "to is text or a path or None"),
        ("Run", (5,), {}, "folder is text or a path"),
    ],
)
def test_every_verb_names_the_argument(verb: str, given: tuple[Any, ...], stated: dict[str, Any], named: str) -> None:
    with pytest.raises(TypeError, match=f"^{named}"):
        getattr(gaapbridge, verb)(*given, **stated)

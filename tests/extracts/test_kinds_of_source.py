"""A kind of source is declared once, and whole: a planted third one is asked like the others, and what it lacks is named."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Sequence
from pathlib import Path

import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet as pq
import pytest

from gaapbridge.contracts.declared import DECLARED
from gaapbridge.extracts.asking import ASK
from gaapbridge.plan import Plan, read_plan
from gaapbridge.plan.queries import SOURCE_KINDS, Database, Extract, SourceKind
from gaapbridge.terms.errors import UnusableInput
from tests.extracts.asking import EXPORTS, answer, one_query
from tests.house.test_contracts import OPTIONAL
from tests.house.tree import nothing

THIRD = SourceKind("ledgerlib", needed=((("tables",), "says what is read", "add tables"),), optional=("timeout_seconds",))
THIRD_EXPORTS = EXPORTS.replace("duckdb", "third")


def lacking(root: Path) -> list[str]:
    """What the kinds of sources do not have that each needs."""
    extras = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["project"]["optional-dependencies"]
    page = (root / "docs/reference/reading.md").read_text(encoding="utf-8")
    rows = dict(re.findall(r"(?m)^\| `(\w+)` \| (.*)", page))
    found = [f"{kind} is asked, and not declared" for kind in ASK.keys() - SOURCE_KINDS.keys()]
    for name, kind in SOURCE_KINDS.items():
        if name not in ASK:
            found.append(f"{name}: how it is asked, in extracts/asking.py")
        if not any(re.match(rf"{kind.library}\b", one) for one in extras.get(name, [])):
            found.append(f"{name}: {kind.library} in an extra of pyproject.toml")
        if kind.library not in OPTIONAL:
            found.append(f"{name}: {kind.library} among the libraries of tests/house/test_contracts.py")
        found += [f"{name}: the key {key} of Database" for key in kind.keys if key not in Database.model_fields]
        if f'`"{name}"`' not in rows["kind"]:
            found.append(f"{name}: the row of kind in docs/reference/reading.md")
        for key in kind.keys:
            if name not in rows.get(key, "").partition(" | ")[2].partition(":")[0].casefold():
                found.append(f"{name}: the row of {key} in docs/reference/reading.md")
    of_some = {key for kind in SOURCE_KINDS.values() for key in kind.keys}
    return found + [f"no kind has {key}" for key in Database.model_fields if key not in {"kind", *of_some}]


def test_every_kind_is_whole(root: Path) -> None:
    nothing(lacking(root))


def test_a_third_kind_is_told_what_it_lacks(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(SOURCE_KINDS, "third", SourceKind("ledgerlib", THIRD.needed, ("timeout_seconds", "pages")))
    assert [fault for fault in lacking(root) if fault.startswith("third")] == [
        "third: how it is asked, in extracts/asking.py",
        "third: ledgerlib in an extra of pyproject.toml",
        "third: ledgerlib among the libraries of tests/house/test_contracts.py",
        "third: the key pages of Database",
        "third: the row of kind in docs/reference/reading.md",
        "third: the row of tables in docs/reference/reading.md",
        "third: the row of timeout_seconds in docs/reference/reading.md",
        "third: the row of pages in docs/reference/reading.md",
    ]


def test_a_third_kind_is_asked_once_declared(starter_copy: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No other place knows a kind by its name: its answer is what the plan's reader gets, its keys are what it may have."""
    asked: list[str] = []

    def ask(plan: Plan, source: str, extracts: Sequence[Extract], folder: Path) -> None:
        for extract in extracts:
            asked.append(f"{source}: {extract.text}")
            pq.write_table(pa.csv.read_csv(plan.locate("tapes/loans-2023-12-31.csv")), extract.path)

    monkeypatch.setitem(SOURCE_KINDS, "third", THIRD)
    monkeypatch.setitem(ASK, "third", ask)
    plan = one_query(starter_copy / "plan.toml", "loans, please")
    text = plan.read_text(encoding="utf-8").replace(EXPORTS, THIRD_EXPORTS)
    plan.write_text(text, encoding="utf-8")
    assert answer(plan).num_rows == 3
    assert asked == ["exports: loans, please"]
    plan.write_text(text.replace(THIRD_EXPORTS, f"{THIRD_EXPORTS}memory_megabytes = 512\n"), encoding="utf-8")
    with pytest.raises(UnusableInput) as refused:
        read_plan(plan, DECLARED)
    assert (refused.value.rule, refused.value.remedy) == ('kind = "third" has no memory_megabytes', "remove it")
    plan.write_text(text[: text.index("[sources.exports.tables]")], encoding="utf-8")
    with pytest.raises(UnusableInput) as refused:
        read_plan(plan, DECLARED)
    assert (refused.value.rule, refused.value.remedy) == ('kind = "third" says what is read', "add tables")

"""Comparison of an adapter's answers with a worked example, key by key, and the record that is kept of it."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from decimal import Decimal
from numbers import Real
from pathlib import Path
from typing import Any

import numpy as np

from tests.conformance.adapters import ADAPTERS
from tests.conformance.given import Given

Allowed = Callable[[str, float], float]
"""How far a figure may lie from the one expected, by key and value."""

OUT_OF_REACH = {
    "qifu-adjustment-rollforward-2022-2023": "the balances of 1 January 2022 need the net income of 2022, which is no input",
}
"""Why a key of an operation that is covered cannot be produced from the inputs."""


@dataclass(frozen=True)
class Outcome:
    """One worked example: passed, failed, or not covered and why."""

    id: str
    operation: str
    module: str
    status: str
    reason: str


def run_vector(path: Path) -> Outcome:
    """The outcome of one vector file."""
    vector = json.loads(path.read_text(encoding="utf-8"))
    operation = vector.get("operation", "")

    def outcome(status: str, reason: str = "") -> Outcome:
        return Outcome(vector.get("id", path.stem), operation, vector.get("module", ""), status, reason)

    absent_parts = [part for part in ("operation", "inputs", "expected", "tolerance") if part not in vector]
    if absent_parts:
        return outcome("not_covered", f"not covered: {', '.join(absent_parts)}")
    adapter = ADAPTERS.get(operation)
    if adapter is None:
        return outcome("not_covered", f"not covered: {operation}")
    if not vector["expected"]:
        return outcome("not_covered", "not covered: expected")
    given = Given(vector["inputs"])
    try:
        answers = adapter(given)
    except KeyError as absent:
        return outcome("not_covered", f"not covered: {absent.args[0]}")
    except (ArithmeticError, IndexError, TypeError, ValueError) as refused:
        return outcome("failed", f"{type(refused).__name__}: {refused}")
    if given.unread():
        return outcome("not_covered", f"not covered: {', '.join(given.unread())}")
    tolerance = vector["tolerance"]
    missing, wrong = compare(vector["expected"], answers, _of_expected(tolerance["expected"]), "")
    if "as_published" in vector:
        published = _of_published(tolerance.get("as_published", tolerance["expected"]))
        also_missing, also_wrong = compare(vector["as_published"], answers, published, "")
        missing, wrong = missing + also_missing, wrong + [f"as published {text}" for text in also_wrong]
    if wrong:
        return outcome("failed", "; ".join(wrong))
    if missing:
        return outcome("not_covered", "not covered: " + ", ".join(dict.fromkeys(missing)))
    return outcome("passed")


def _of_expected(tolerance: Mapping[str, float]) -> Allowed:
    return lambda key, value: max(tolerance.get("abs", 0.0), tolerance.get("rel", 0.0) * abs(value))


def _of_published(tolerance: Mapping[str, Any]) -> Allowed:
    by_key, usual = tolerance.get("by_key", {}), _of_expected(tolerance)

    def allowed(key: str, value: float) -> float:
        named = [name for name in reversed(re.split(r"[.\[\]]+", key)) if name in by_key]
        return float(by_key[named[0]]) if named else usual(key, value)

    return allowed


def compare(expected: Any, found: Any, allowed: Allowed, key: str) -> tuple[list[str], list[str]]:
    """Keys that were not produced, and figures that differ by more than is allowed.

    A list called ``.._first_months`` is the beginning of a longer path; any other is all of it.
    """
    missing: list[str] = []
    wrong: list[str] = []
    if isinstance(expected, Mapping):
        for name, value in expected.items():
            inner = f"{key}.{name}" if key else name
            if not isinstance(found, Mapping) or name not in found:
                missing.append(inner)
                continue
            below = compare(value, found[name], allowed, inner)
            missing, wrong = missing + below[0], wrong + below[1]
    elif isinstance(expected, list):
        if not isinstance(found, Sequence | np.ndarray) or isinstance(found, str):
            return [key], []
        if len(found) < len(expected) or (len(found) > len(expected) and not key.endswith("_first_months")):
            wrong.append(f"{key}: {len(expected)} values expected, {len(found)} found")
        else:
            for place, value in enumerate(expected):
                below = compare(value, found[place], allowed, f"{key}[{place}]")
                missing, wrong = missing + below[0], wrong + below[1]
    elif not _is_number(expected) or not _is_number(found):
        if type(expected) is not type(found):
            missing.append(key)
        elif expected != found:
            wrong.append(f"{key}: expected {expected!r}, found {found!r}")
    elif not abs(float(found) - float(expected)) <= allowed(key, float(expected)):  # so that not-a-number fails
        wrong.append(f"{key}: expected {expected}, found {float(found)!r}")
    return missing, wrong


def _is_number(value: Any) -> bool:
    return isinstance(value, Real | Decimal) and not isinstance(value, bool)


def run_folder(folder: Path) -> list[Outcome]:
    """Outcomes of every vector of a folder, in order of module and id."""
    outcomes = [run_vector(path) for path in sorted(folder.glob("*.json"))]
    return sorted(outcomes, key=lambda outcome: (outcome.module, outcome.id))


def as_markdown(outcomes: Sequence[Outcome]) -> str:
    """The conformance page: a count and a table for each module."""
    lines = [
        "# Conformance",
        "",
        "Worked examples of the standards, and of statements filed, run through the package's public functions.",
    ]
    lines += ["Made by `python -m tests.conformance.page` and held in step by a test; gaps are listed, not hidden.", ""]
    for module in sorted({outcome.module for outcome in outcomes}):
        own = [outcome for outcome in outcomes if outcome.module == module]
        passed = sum(outcome.status == "passed" for outcome in own)
        lines += [f"## {module}: {passed} of {len(own)} pass", "", "| example | operation | outcome |", "|---|---|---|"]
        lines += [f"| {o.id} | {o.operation} | {_told(o)} |" for o in own]
        lines.append("")
    return "\n".join(lines).rstrip() + "\n"


def _told(outcome: Outcome) -> str:
    why = OUT_OF_REACH.get(outcome.id) if outcome.status == "not_covered" else None
    told = (outcome.reason or outcome.status) + (f" ({why})" if why else "")
    return told.replace("|", "\\|")


def as_text(outcomes: Sequence[Outcome]) -> str:
    """A table a module, for the terminal."""
    lines = []
    for module in sorted({outcome.module for outcome in outcomes}):
        own = [outcome for outcome in outcomes if outcome.module == module]
        statuses = ("passed", "failed", "not_covered")
        counts = [f"{sum(o.status == status for o in own)} {status.replace('_', ' ')}" for status in statuses]
        lines += ["", f"{module}: {', '.join(counts)}"]
        lines += [f"  {o.id:52} {o.operation:40} {o.status}{': ' + o.reason if o.status == 'failed' else ''}" for o in own]
    return "\n".join(lines) + "\n"


def as_json(outcomes: Sequence[Outcome]) -> str:
    """The record written to ``build/conformance.json``."""
    return json.dumps([asdict(outcome) for outcome in outcomes], indent=1) + "\n"

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
from tests.conformance.out_of_reach import told

Allowed = Callable[[str, float], float]
"""How far a figure may lie from the one expected, by key and value."""


@dataclass(frozen=True)
class Outcome:
    """One worked example: passed, failed, or not covered and why; how many of its keys agree, and which are not covered."""

    id: str
    operation: str
    module: str
    status: str
    reason: str
    agree: int = 0
    keys: tuple[str, ...] = ()


def run_vector(path: Path) -> Outcome:
    """The outcome of one vector file."""
    vector = json.loads(path.read_text(encoding="utf-8"))
    operation = vector.get("operation", "")

    def outcome(status: str, reason: str = "", agree: int = 0, keys: Sequence[str] = ()) -> Outcome:
        named = (vector.get("id", path.stem), operation, vector.get("module", ""))
        return Outcome(*named, status, reason or (f"not covered: {', '.join(keys)}" if keys else ""), agree, tuple(keys))

    absent_parts = [part for part in ("operation", "inputs", "expected", "tolerance") if part not in vector]
    if absent_parts:
        return outcome("not_covered", keys=absent_parts)
    adapter = ADAPTERS.get(operation)
    if adapter is None:
        return outcome("not_covered", keys=[operation])
    if not vector["expected"]:
        return outcome("not_covered", keys=["expected"])
    given = Given(vector["inputs"])
    try:
        answers = adapter(given)
    except KeyError as absent:
        return outcome("not_covered", keys=[str(absent.args[0])])
    except (ArithmeticError, IndexError, TypeError, ValueError) as refused:
        return outcome("failed", f"{type(refused).__name__}: {refused}")
    if given.unread():
        return outcome("not_covered", keys=given.unread())
    tolerance = vector["tolerance"]
    missing, wrong = compare(vector["expected"], answers, _of_expected(tolerance["expected"]), "")
    if "as_published" in vector:
        published = _of_published(tolerance.get("as_published", tolerance["expected"]))
        also_missing, also_wrong = compare(vector["as_published"], answers, published, "")
        missing, wrong = missing + also_missing, wrong + [f"as published {text}" for text in also_wrong]
    if wrong:
        return outcome("failed", "; ".join(wrong))
    missing = list(dict.fromkeys(missing))
    agree = sum(not any(re.match(rf"{re.escape(name)}($|[.\[])", key) for key in missing) for name in vector["expected"])
    return outcome("not_covered" if missing else "passed", agree=agree, keys=missing)


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
        "Worked examples of the standards, and of statements filed, through what a close runs: the treatments of the notes and",
        "the kernels of the tapes, on a chunk of a few contracts whose periods are counted; the movement tables, journals and",
        "statements of a close, on totals of a few contracts. What no close gives is not covered, and the reason stands beside",
        "each key; where an example is covered in part, its other keys agree. Made by `python -m tests.conformance.page`, and",
        "a test holds it in step.",
        "",
        f"{_counted(outcomes, 'passed')} of {len(outcomes)} pass, {_counted(outcomes, 'failed') or 'none'} fails, "
        f"{_counted(outcomes, 'not_covered')} are not covered or in part only.",
        "",
    ]
    for module in sorted({outcome.module for outcome in outcomes}):
        own = [outcome for outcome in outcomes if outcome.module == module]
        passed = sum(outcome.status == "passed" for outcome in own)
        lines += [f"## {module}: {passed} of {len(own)} pass", "", "| example | operation | outcome |", "|---|---|---|"]
        lines += [f"| {o.id} | {o.operation} | {_told(o)} |" for o in own]
        lines.append("")
    return "\n".join(lines).rstrip() + "\n"


def _counted(outcomes: Sequence[Outcome], status: str) -> int:
    return sum(outcome.status == status for outcome in outcomes)


def _told(outcome: Outcome) -> str:
    if outcome.status != "not_covered":
        return (outcome.reason or outcome.status).replace("|", "\\|")
    rest = f"; the other keys agree ({outcome.agree})" if outcome.agree else ""
    return ("not covered: " + told(outcome.id, outcome.operation, outcome.keys) + rest).replace("|", "\\|")


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

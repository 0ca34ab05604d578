"""Comparison of an adapter's answers with a worked example, key by key, and the record that is kept of it."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from tests.conformance.adapters import ADAPTERS, ALWAYS_KNOWN


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
    operation = vector["operation"]

    def outcome(status: str, reason: str = "") -> Outcome:
        return Outcome(vector["id"], operation, vector["module"], status, reason)

    adapter = ADAPTERS.get(operation)
    if adapter is None:
        return outcome("not_covered", f"not covered: {operation}")
    unknown = sorted(set(vector["inputs"]) - adapter.inputs - ALWAYS_KNOWN)
    if unknown:
        return outcome("not_covered", f"not covered: {', '.join(unknown)}")
    answers = adapter.answer(vector["inputs"])
    tolerance = vector["tolerance"]
    missing, wrong = compare(vector["expected"], answers, _of_expected(tolerance["expected"]), "")
    if "as_published" in vector:
        also_missing, also_wrong = compare(vector["as_published"], answers, _of_published(tolerance["as_published"]), "")
        missing, wrong = missing + also_missing, wrong + [f"as published {text}" for text in also_wrong]
    if wrong:
        return outcome("failed", "; ".join(wrong))
    if missing:
        return outcome("not_covered", "not covered: " + ", ".join(dict.fromkeys(missing)))
    return outcome("passed")


def _of_expected(tolerance: Mapping[str, float]) -> Any:
    return lambda key, value: max(tolerance.get("abs", 0.0), tolerance.get("rel", 0.0) * abs(value))


def _of_published(tolerance: Mapping[str, Any]) -> Any:
    by_key = tolerance.get("by_key", {})
    return lambda key, value: by_key.get(key.partition("[")[0].rpartition(".")[2], tolerance["abs"])


def compare(expected: Any, found: Any, allowed: Any, key: str) -> tuple[list[str], list[str]]:
    """Keys that were not produced, and figures that differ by more than is allowed."""
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
    elif isinstance(expected, Sequence) and not isinstance(expected, str):
        if len(found) != len(expected):
            wrong.append(f"{key}: {len(expected)} values expected, {len(found)} found")
        else:
            for place, value in enumerate(expected):
                below = compare(value, found[place], allowed, f"{key}[{place}]")
                missing, wrong = missing + below[0], wrong + below[1]
    elif abs(float(found) - float(expected)) > allowed(key, float(expected)):
        wrong.append(f"{key}: expected {expected}, found {float(found)!r}")
    return missing, wrong


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
    lines += ["Made by `make conformance`; gaps are listed, not hidden.", ""]
    for module in sorted({outcome.module for outcome in outcomes}):
        own = [outcome for outcome in outcomes if outcome.module == module]
        passed = sum(outcome.status == "passed" for outcome in own)
        lines += [f"## {module}: {passed} of {len(own)} pass", "", "| example | operation | outcome |", "|---|---|---|"]
        lines += [f"| {o.id} | {o.operation} | {o.reason or o.status} |" for o in own]
        lines.append("")
    return "\n".join(lines).rstrip() + "\n"


def as_json(outcomes: Sequence[Outcome]) -> str:
    """The record written to ``build/conformance.json``."""
    return json.dumps([asdict(outcome) for outcome in outcomes], indent=1) + "\n"

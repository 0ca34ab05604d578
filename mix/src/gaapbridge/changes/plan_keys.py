"""The keys of a plan file one by one: what a plan states, in which order, and a plan put together from keys of two plans.

A key is the names on the way to a value. What belongs together is one value: the answer to an election (a table of scenario
weights too), a list of rates, a map of columns, how a file is read, a query and where it is put. Comments are no part of it.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Protocol

from gaapbridge.plan.queries import SOURCES
from gaapbridge.run.reader import SourceFile
from gaapbridge.tapes.members import tape_of

Key = tuple[str, ...]
Values = Mapping[Key, Any]
"""Values of a plan by key, in the order of its file."""

PRIOR_RUN: Key = ("opening", "run")
"""The key that names the prior run."""


class Planned(Protocol):
    """What has the content of a plan: a run."""

    @property
    def plan_content(self) -> Mapping[str, Any]: ...


def plan_of(run: Planned) -> Values:
    """What the plan of a run states, key by key; a file that states no format is of the first one."""
    return stated({"format": 1, **run.plan_content})


def stated(content: Mapping[str, Any], at: Key = ()) -> dict[Key, Any]:
    """What a plan's content states, key by key.

    >>> stated({"vat": {"rate": 1}, "elections": {"ecl": {"weights": {"base": 1}}}})
    {('vat', 'rate'): 1, ('elections', 'ecl', 'weights'): {'base': 1}}
    """
    values: dict[Key, Any] = {}
    for name, value in content.items():
        key = (*at, name)
        if isinstance(value, dict) and not _is_one_value(key) and not _is_query(value):
            values |= stated(value, key)
        else:
            values[key] = value
    return values


def _is_query(value: Any) -> bool:
    """Whether a value is a query, or a list of them, in the place of a file."""
    listed = value if isinstance(value, list) else [value]
    return bool(listed) and all(isinstance(one, dict) and set(one) == {"source", "query"} for one in listed)


def _is_one_value(key: Key) -> bool:
    whole = {"elections": 3, SOURCES: 2}
    return len(key) == whole.get(key[0]) or key[-1] in ("columns", "read")


def content_of(values: Values) -> dict[str, Any]:
    """The content of a plan file that states these values; the reverse of ``stated``."""
    content: dict[str, Any] = {}
    for key, value in values.items():
        table = content
        for name in key[:-1]:
            table = table.setdefault(name, {})
        table[key[-1]] = value
    return content


def in_order(old: Values, new: Values) -> list[Key]:
    """The keys of both plans in the order of the new one; a key only the old one has stands after the key before it there.

    >>> in_order({("a",): 1, ("b",): 1, ("c",): 1}, {("c",): 1, ("a",): 1})
    [('c',), ('a',), ('b',)]
    """
    ordered = list(new)
    before: Key | None = None
    for key in old:
        if key not in new:
            ordered.insert(0 if before is None else ordered.index(before) + 1, key)
        before = key
    return ordered


def source_of(key: Key) -> str | None:
    """The name that a manifest gives to the file which a key names; None for a key that names no file.

    >>> source_of(("tapes", "events", "path")), source_of(("vat", "rate"))
    ('tapes.events', None)
    """
    match key:
        case ("tapes", tape, "path"):
            return f"tapes.{tape}"
        case ("opening", "file") | ("statement", "layout") | ("curves", _, _):
            return dotted(key)
        case ("given", note, "file"):
            return f"given.{note}"
        case ("adjustments", "path"):
            return "adjustments"
        case ("tapes" | "trial_balance", *_, "opening" | "closing"):
            return dotted(key)
    return None


def located(values: Values, folder: Path, inputs: Mapping[str, SourceFile]) -> dict[Key, Any]:
    """The same values with every path from the plan's folder, so that keys of two folders can stand in one plan; a query is
    what it gave, among the ``inputs`` of a run: nothing is asked again."""
    found: dict[Key, Any] = {}
    for key, value in values.items():
        source = source_of(key)
        if source is not None and _is_query(value):
            found[key] = [str(one.path) for name, one in inputs.items() if tape_of(name) == source]
            found[key] = found[key] if isinstance(value, list) else found[key][0]
        else:
            found[key] = _located(folder, value) if _is_path(key, value) else value
    return found


def _located(folder: Path, value: Any) -> Any:
    """A path, a pattern or each of a list of them, from a folder."""
    return [_located(folder, one) for one in value] if isinstance(value, list) else os.path.normpath(folder / value)


def _is_path(key: Key, value: Any) -> bool:
    if not isinstance(value, (str, list)):
        return False
    if key == ("statement", "layout"):
        return isinstance(value, str) and value.endswith(".json")
    return source_of(key) is not None or (key == PRIOR_RUN and value != "latest")


def dotted(key: Key) -> str:
    """A key as it is named everywhere: ``elections.expected_credit_loss.default_timing``."""
    return ".".join(key)

"""The dictionary of a plan: the files it names, and what each of them must hold, column by column."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from gaapbridge.contracts.kinds import KINDS
from gaapbridge.contracts.reference import section_of, tapes_reference
from gaapbridge.tapes.given import ADJUSTMENTS, GIVEN
from gaapbridge.tapes.ledger import TRIAL_BALANCE
from gaapbridge.tapes.schema import Schema

NONE_YET = "none yet"
"""What stands for the file of a table that the plan has switched off."""

_HEAD = """\
# What the files hold

The files that `plan.toml` names, and what a file in the place of each must hold.

| in the plan | file | its columns |
|---|---|---|
"""


def dictionary(plan: Mapping[str, Any]) -> str:
    """The text of `dictionary.md` for the content of a plan file."""
    rows = [f"| `{key}` | {path} | {_link(schema.title)} |\n" for key, path, schema in _named(plan)]
    history = "".join(text for schema in _of_history(plan) for text in section_of(schema))
    return _HEAD + "".join(rows) + "\n" + _what_files_hold() + history


def _named(plan: Mapping[str, Any]) -> Iterator[tuple[str, str, Schema]]:
    """Every file of a plan: its key there, its path, and what it must hold."""
    if "tapes" in plan:
        yield from _of_close(plan)
    for schema, named in _of_history(plan).items():
        yield from ((f"{key}.path", path, schema) for key, path in named)


def _of_close(plan: Mapping[str, Any]) -> Iterator[tuple[str, str, Schema]]:
    for tape in (tape for kind in KINDS.values() for tape in kind.tapes):
        yield from _at(f"tapes.{tape.key}", plan["tapes"].get(tape.key, {}), tape.schema)
    for kind in KINDS.values():
        files = plan["curves"].get(kind.key, {})
        yield from ((f"curves.{kind.key}.{one.key}", files[one.key], one.schema) for one in kind.tables if one.key in files)
    yield from _at("trial_balance", plan.get("trial_balance", {}), TRIAL_BALANCE)
    given = plan.get("given", {"KEY": {"file": NONE_YET}})
    yield from ((f"given.{key}.file", note["file"], GIVEN) for key, note in given.items())
    yield from _at("adjustments", plan.get("adjustments", {"path": NONE_YET}), ADJUSTMENTS)


def _of_history(plan: Mapping[str, Any]) -> dict[Schema, list[tuple[str, str]]]:
    """The tapes of the histories of contracts in a plan: what each must hold, with its keys there and its files."""
    from gaapbridge.estimation.schema import SCHEMAS

    history = plan.get("history", {})
    kinds = {key: history[key] for key in KINDS if key in history}
    named: dict[Schema, list[tuple[str, str]]] = {}
    for tape, schema in SCHEMAS.items():
        files = [(f"history.{kind}.{tape}", _shown(stated[tape]["path"])) for kind, stated in kinds.items() if tape in stated]
        if files:
            named[schema] = files
    return named


def _shown(path: Any) -> str:
    """The files of a tape of a history: several as a list, of a query its name."""
    one = [part["query"] if isinstance(part, dict) else str(part) for part in (path if isinstance(path, list) else [path])]
    return ", ".join(one)


def _at(key: str, files: Mapping[str, Any], schema: Schema) -> Iterator[tuple[str, str, Schema]]:
    """The files that a table of a plan names for its instants, or for all time."""
    return ((f"{key}.{state}", files[state], schema) for state in ("opening", "closing", "path") if state in files)


def _link(title: str) -> str:
    """A link to the section of that title."""
    return f"[{title}](#{title.lower().replace(' ', '-')})"


def _what_files_hold() -> str:
    """The reference page without its title and the sentence on where it comes from."""
    _title, _origin, rest = tapes_reference().split("\n\n", 2)
    return rest

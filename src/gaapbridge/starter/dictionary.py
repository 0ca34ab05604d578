"""The dictionary of a plan: the files it names, and what each of them must hold, column by column."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from gaapbridge.contracts.reference import SCHEMAS, tapes_reference

_HEAD = """\
# What the files hold

The files that `plan.toml` names, and what a file in the place of each must hold.

| in the plan | file | its columns |
|---|---|---|
"""


def dictionary(plan: Mapping[str, Any]) -> str:
    """The text of `dictionary.md` for the content of a plan file."""
    titles = {schema.name: schema.title for schema in SCHEMAS}
    rows = [f"| `{key}` | {path} | {_link(titles[name])} |\n" for key, path, name in _named(plan)]
    return _HEAD + "".join(rows) + "\n" + _what_files_hold()


def _named(plan: Mapping[str, Any]) -> Iterator[tuple[str, str, str]]:
    """Every file of a plan: its key there, its path, and the name of its contract."""
    for tape, table in plan["tapes"].items():
        yield from ((f"tapes.{tape}.{state}", table[state], tape) for state in ("opening", "closing", "path") if state in table)
    for kind, files in plan["curves"].items():
        yield from ((f"curves.{kind}.{curve}", path, curve) for curve, path in files.items())
    ledger = "trial_balance"
    if ledger in plan:
        yield from ((f"{ledger}.{state}", plan[ledger][state], ledger) for state in ("opening", "closing"))


def _link(title: str) -> str:
    """A link to the section of that title."""
    return f"[{title}](#{title.lower().replace(' ', '-')})"


def _what_files_hold() -> str:
    """The reference page without its title and the sentence on where it comes from."""
    _title, _origin, rest = tapes_reference().split("\n\n", 2)
    return rest

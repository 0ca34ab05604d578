"""Keys of a plan that are set where it is closed, over what its file states; and the text of the plan that is then in force.

``KEY=VALUE``: the key with its tables before it, the value as a plan file writes it. A value that is no TOML and has no mark
of it (quotes, brackets, ``#``) is a text: ``entity.name=Other Lender`` needs no quotes beside those of the shell.
"""

from __future__ import annotations

import copy
import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

from gaapbridge.plan.written import written, written_key
from gaapbridge.terms.errors import UnusableInput, together
from gaapbridge.terms.key_values import key_values, not_key_value

Key = tuple[str, ...]

_OPTION, _EXAMPLE = "--set", "entity.minor_digits=2"
_BARE = re.compile(r"""[^"'\[\]{}#=\x00-\x1f\x7f]+""")
"""A text that may stand without quotes."""

_MOST_TABLES = 20
"""Points of a key: no plan has as many tables in each other, and copies of content call themselves for each."""

_NO_TOML = (ValueError, InvalidOperation, RecursionError)


@dataclass(frozen=True)
class Setting:
    """A key of a plan, the names on the way to it, and the value that it is given."""

    key: Key
    value: Any

    def __str__(self) -> str:
        return f"{self.name} = {written(self.value)}"

    @property
    def name(self) -> str:
        """The key as it is named everywhere."""
        return ".".join(map(written_key, self.key))


def settings_of(texts: Sequence[str]) -> tuple[Setting, ...]:
    """What ``KEY=VALUE`` sets, each key once. Raises ``UnusableInput`` with every text that is none.

    >>> [str(one) for one in settings_of(["vat.rate=0.06", "entity.name=甲公司"])]
    ['vat.rate = 0.06', 'entity.name = "甲公司"']
    """
    found: dict[Key, Setting] = {}
    refused: list[UnusableInput] = []
    for name, given in key_values(_OPTION, texts, _EXAMPLE).items():
        one = _setting(name, given)
        if one is None or one.key in found:
            refused.append(not_key_value(_OPTION, f"{name}={given}", f"{_EXAMPLE}, the value as a plan file writes it"))
        else:
            found[one.key] = one
    if refused:
        raise together(refused)
    return tuple(found.values())


def _setting(name: str, given: str) -> Setting | None:
    if name.count(".") > _MOST_TABLES:
        return None
    for value in (given, *([written(given)] if _BARE.fullmatch(given) else [])):
        with suppress(*_NO_TOML):
            key = _only_key(_toml(f"{name} = 0"))
            content: Any = _toml(f"{name} = {value}")
            for number, part in enumerate(key):
                if set(content) != {part}:
                    return None
                content = content[part]
                if number + 1 < len(key) and not isinstance(content, dict):
                    return None
            _toml(f"value = {written(content)}")  # what has no form in a plan file, such as nan, is no value
            return Setting(key, content)
    return None


def _toml(text: str) -> dict[str, Any]:
    return tomllib.loads(text, parse_float=Decimal)


def _only_key(content: Mapping[str, Any]) -> Key:
    """The names on the way to the one value of a content."""
    key: list[str] = []
    value: Any = content
    while isinstance(value, dict):
        (name,) = value
        key, value = [*key, name], value[name]
    return tuple(key)


def content_with(path: Path, content: Mapping[str, Any], settings: Sequence[Setting]) -> dict[str, Any]:
    """The content of a plan file with what is set. Raises ``UnusableInput`` where a key is set below one that is no table."""
    made = copy.deepcopy(dict(content))
    for one in settings:
        table = made
        for number, name in enumerate(one.key[:-1], start=1):
            table = table.setdefault(name, {})
            if not isinstance(table, dict):
                holder = ".".join(one.key[:number])
                rule, remedy = f"{holder} is no table, and holds no key", f"set {holder} itself"
                raise UnusableInput(file=str(path), key=one.name, value=written(one.value), rule=rule, remedy=remedy)
        table[one.key[-1]] = one.value
    return made


def text_in_force(path: Path, text: str, wanted: Mapping[str, Any], settings: Sequence[Setting]) -> str:
    """The text of a plan file with what is set, comments kept, which states exactly what is ``wanted``."""
    said = [
        f"# The plan in force: {path.name} with what was set on the command line:",
        *(f"#   {one}" for one in settings),
        "#",
    ]
    edited = text
    for one in settings:
        edited = _edited(edited, one)
    with suppress(*_NO_TOML):
        if _toml(edited) == wanted:
            return "\n".join([*said, edited])
    return "\n".join([*said, *_generated(wanted), ""])


def _edited(text: str, setting: Setting) -> str:
    """A text with one key of another value, where it stands, or in its table; unedited where that cannot be told."""
    lines = text.split("\n")
    table, *above = setting.key[:-1], setting.key[-1]
    place: int | None = 0 if not table else None
    for first, last, key, value in _statements(lines):
        if value is None:
            place = last if key == table else place
        elif key == setting.key[: len(key)]:
            replaced = _nested(value, setting.key[len(key) :], setting.value)
            had = f"the file has: {written(value)}"
            name = lines[first].partition("=")[0].strip()
            lines[first:last] = [f"{name} = {written(replaced)}  # set on the command line; {had}"]
            return "\n".join(lines)
    line = f"{written_key(*above)} = {written(setting.value)}  # set on the command line"
    if place is None:
        header = ".".join(map(written_key, table))
        return "\n".join([*lines, f"[{header}]", line, ""])
    return "\n".join([*lines[:place], line, *lines[place:]])


def _nested(value: Any, key: Key, new: Any) -> Any:
    """A value with another one at a key within it."""
    if not key:
        return new
    inner = value if isinstance(value, dict) else {}
    return {**inner, key[0]: _nested(inner.get(key[0]), key[1:], new)}


def _statements(lines: Sequence[str]) -> Iterator[tuple[int, int, Key, Any]]:
    """The statements of a TOML file: from which line to which, the key, and the value; of the header of a table None."""
    table: Key = ()
    place = 0
    while place < len(lines):
        line, first = lines[place].strip(), place
        place += 1
        if not line or line.startswith("#"):
            continue
        if line.startswith("["):
            with suppress(*_NO_TOML):
                table = _header(line)
                yield first, place, table, None
            continue
        for place in range(first + 1, len(lines) + 1):
            with suppress(*_NO_TOML):
                key, value = _stated("\n".join(lines[first:place]))
                yield first, place, (*table, *key), value
                break


def _header(line: str) -> Key:
    """The names of a table in its header."""
    content: Any = _toml(line)
    key: list[str] = []
    while isinstance(content, dict) and content:
        ((name, content),) = content.items()
        key.append(name)
    return tuple(key)


def _stated(text: str) -> tuple[Key, Any]:
    """Key and value of a statement."""
    key = _only_key(_toml(f"{_key_text(text)} = 0"))
    value: Any = _toml(text)
    for name in key:
        value = value[name]
    return key, value


def _key_text(text: str) -> str:
    found = re.match(r"""(?:"(?:\\.|[^"\\])*"|'[^']*'|[^="'])+""", text)
    return found[0] if found else text


def _generated(content: Mapping[str, Any]) -> Iterator[str]:
    """A content as the text of a plan file, without comments: its keys, then its tables."""
    yield from (f"{written_key(name)} = {written(value)}" for name, value in content.items() if not isinstance(value, dict))
    for name, table in content.items():
        if isinstance(table, dict):
            yield from ("", f"[{written_key(name)}]")
            yield from (f"{written_key(inner)} = {written(value)}" for inner, value in table.items())

"""Where the reading of a document stands, and what its keys must hold: every refusal names its place, and all are kept."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import TypeVar

from gaapbridge.statement.decimals import MOST_DECIMALS, decimal_of
from gaapbridge.terms.errors import UnusableInput, nearest, together
from gaapbridge.terms.money import LARGEST_TOTAL

Found = TypeVar("Found")
Read = TypeVar("Read")


@dataclass(frozen=True)
class Place:
    """Where reading stands: file and row, as they are named in a refusal; and how many decimals amounts have there.

    What is refused is kept in `refused` and read as nothing, so that one refusal hides no other; `end` raises them all. Only
    `name` raises at once: what has no name cannot be read on.
    """

    file: str
    row: str | None = None
    decimals: int = 0
    refused: list[UnusableInput] = field(default_factory=list, compare=False)

    def at(self, row: str) -> Place:
        """The same reading at another row."""
        return replace(self, row=row)

    def each(self, listed: Iterable[Found], read: Callable[[Found], Read]) -> tuple[Read, ...]:
        """What can be read of a list."""
        made = []
        for one in listed:
            try:
                made.append(read(one))
            except UnusableInput as refusal:
                self.refused.append(refusal)
        return tuple(made)

    def end(self) -> None:
        """Raises `UnusableInput` with every refusal that was kept, if there is any."""
        if self.refused:
            raise together(self.refused)

    def refuse(self, rule: str, remedy: str, *, column: str | None = None, value: object = None) -> None:
        self.refused.append(self._refusal(rule, remedy, column, value))

    def mapping(self, value: object, what: str) -> Mapping[str, object]:
        if isinstance(value, Mapping):
            return value
        self.refuse(f"{what} is a JSON object", "see docs/reference/verify.md for the shape", value=value)
        return {}

    def sequence(self, owner: Mapping[str, object], key: str, *, required: bool = False) -> list[object]:
        value = owner.get(key)
        if value is None and not required:
            return []
        if not isinstance(value, list):
            self.refuse(f"`{key}` is a list", f"give `{key}` as a JSON list", column=key, value=value)
            return []
        if required and not value:
            self.refuse(f"`{key}` is not empty", f"give at least one of `{key}`", column=key)
        return value

    def name(self, owner: Mapping[str, object], key: str) -> str:
        value = owner.get(key)
        if not isinstance(value, str) or not value.strip():
            raise self._refusal(f"`{key}` is a text and not blank", f"name it in `{key}`", key, value)
        return value

    def text(self, owner: Mapping[str, object], key: str, default: str = "") -> str:
        value = owner.get(key)
        if isinstance(value, str):
            return value
        if value is not None:
            self.refuse(f"`{key}` is a text", f"write `{key}` in quotes", column=key, value=value)
        return default

    def flag(self, owner: Mapping[str, object], key: str) -> bool:
        value = owner.get(key, True)
        if isinstance(value, bool):
            return value
        self.refuse(f"`{key}` is true or false", f"write {key} without quotes", column=key, value=value)
        return True

    def amount(self, owner: Mapping[str, object], key: str) -> int:
        if key not in owner:
            self.refuse("every row gives this amount", "add it; 0 where nil was printed", column=key)
            return 0
        value = owner[key]
        if type(value) is int:
            return int(value * 10**self.decimals)
        printed = decimal_of(value)
        if printed is None:
            self.refuse(
                f"an amount is a number of presentation units, of at most {MOST_DECIMALS} decimals",
                "give the printed figure as a number, without quotes or separators",
                column=key,
                value="null" if value is None else value,
            )
            return 0
        return int(printed.scaleb(self.decimals))

    def bearable(self, amount: int, column: str) -> None:
        if abs(amount) > LARGEST_TOTAL:
            self.refuse("an amount is below 10^18", "check the figure and its unit", column=column, value=amount)

    def known(self, name: str, known: Collection[str], what: str, *, column: str | None = None) -> str:
        if name not in known:
            like = nearest(name, known)
            near = f"did you mean {' or '.join(like)}" if like else f"known are {', '.join(known)}"
            self.refuse(f"{what} exists", near, column=column, value=name)
        return name

    def unique(self, names: Iterable[str], what: str) -> None:
        seen: set[str] = set()
        for name in names:
            if name in seen:
                self.refuse(f"{what} occurs once", "give each its own id", value=name)
            seen.add(name)

    def _refusal(self, rule: str, remedy: str, column: str | None, value: object) -> UnusableInput:
        shown = None if value is None else _shortened(value)
        return UnusableInput(file=self.file, row=self.row, column=column, value=shown, rule=rule, remedy=remedy)


def _shortened(value: object, longest: int = 60) -> str:
    shown = value if isinstance(value, str) else repr(value)
    return shown if len(shown) <= longest else shown[: longest - 3] + "..."

"""What changed between two runs: keys of the plan, input files, the prior run, the code and its libraries."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from gaapbridge.changes.cells import Printed
from gaapbridge.changes.judgements import HISTORY, JudgementChange, judgements_between
from gaapbridge.changes.plan_keys import Key, Values, dotted, in_order, located, plan_of, source_of
from gaapbridge.notes import FOLDERS
from gaapbridge.plan.election import Nature
from gaapbridge.plan.written import written
from gaapbridge.run.manifest import Estimated, has_manifest, read_manifest
from gaapbridge.run.reader import SourceFile

DIGEST = 12
"""Characters of a hash that are shown."""

SAID_OF_IT = frozenset({"status", "status_note", "restates", "restates_because"})
"""Keys of the plan's period that are said of what is closed and move no figure."""

SIGN_OFF = "sign_off"
"""The table of who signed for it, which moves none either."""


class Closing(Printed, Protocol):
    """A close that can be told from another: a run, or one about to be written. ``code`` is its version and hash."""

    @property
    def plan_content(self) -> Mapping[str, Any]: ...

    @property
    def plan_folder(self) -> Path: ...

    @property
    def sources(self) -> Mapping[str, SourceFile]: ...

    @property
    def prior_folder(self) -> Path | None: ...

    @property
    def code(self) -> str: ...

    @property
    def libraries(self) -> Mapping[str, str]: ...

    @property
    def estimated(self) -> Mapping[str, Estimated]: ...


@dataclass(frozen=True)
class KeyChange:
    """A key whose value the new plan states otherwise; values as a plan holds them, None where it states none."""

    key: Key
    old: Any
    new: Any

    @property
    def nature(self) -> Nature | None:
        """What an answer to an election is declared to be; None of any other key."""
        return _nature(*self.key[1:]) if self.key[0] == "elections" and len(self.key) == 3 else None

    def __str__(self) -> str:
        declared = f" ({self.nature})" if self.nature else ""
        old, new = _apart(self.old, self.new), _apart(self.new, self.old)
        if (old == self.old and new == self.new) or old == new:
            return f"{dotted(self.key)}{declared}: {written(self.old)} → {written(self.new)}"
        moved = f"{written(old)} → {written(new)}" if old and new else f"{written(new)} added" if new else f"{written(old)} out"
        return f"{dotted(self.key)}{declared}: {moved}, all else in it alike"


def _apart(one: Any, other: Any) -> Any:
    """Of a table or a list what the other has not; anything else as it is.

    >>> _apart({"a": 1, "b": 2}, {"a": 1, "b": 3}), _apart(["a", "b"], ["b", "c"]), _apart(1, 2)
    ({'b': 2}, ['a'], 1)
    """
    match one, other:
        case dict(), dict():
            return {key: value for key, value in one.items() if key not in other or other[key] != value}
        case list(), list():
            return [value for value in one if value not in other]
    return one


def _nature(note: str, name: str) -> Nature | None:
    declared = FOLDERS[note].elections.ELECTIONS if note in FOLDERS else ()
    return next((election.nature for election in declared if election.name == name), None)


@dataclass(frozen=True)
class SourceChange:
    """An input file that was replaced, or whose content changed; None where a run had no such input."""

    name: str
    old: SourceFile | None
    new: SourceFile | None

    @property
    def in_place(self) -> bool:
        """Whether the file was changed where it lies."""
        return self.old is not None and self.new is not None and self.old.path == self.new.path

    def __str__(self) -> str:
        old, new = self.old, self.new
        if old is not None and new is not None and self.in_place:
            return f"{self.name}: {new.stated}, changed in place ({old.sha256[:DIGEST]} → {new.sha256[:DIGEST]})"
        return f"{self.name}: {' → '.join('none' if one is None else one.stated for one in (old, new))}"


@dataclass(frozen=True)
class Changes:
    """Everything that may have moved a figure. ``libraries`` holds the versions of those that differ, old and new;
    ``judgements`` what estimated tables that differ were estimated on."""

    keys: tuple[KeyChange, ...]
    sources: tuple[SourceChange, ...]
    prior_run: tuple[Path, Path] | None
    code: tuple[str, str] | None
    libraries: Mapping[str, tuple[str | None, str | None]]
    judgements: tuple[JudgementChange, ...] = ()

    @property
    def of_the_close(self) -> tuple[KeyChange, ...]:
        """Keys that a close reads: those of ``[history]`` move a figure by the tables that are estimated on them alone."""
        return tuple(change for change in self.keys if change.key[0] != HISTORY)

    @property
    def estimated(self) -> tuple[str, ...]:
        """Tables that were estimated on other judgements."""
        return tuple(dict.fromkeys(table for change in self.judgements for table in change.tables))

    @property
    def in_place(self) -> tuple[SourceChange, ...]:
        """Input files that were changed where they lie."""
        return tuple(source for source in self.sources if source.in_place)

    @property
    def moves_ground(self) -> bool:
        """Whether input files, code or libraries changed, outside the plan."""
        return bool(self.in_place or self.code or self.libraries)

    @property
    def number(self) -> int:
        """How many changes there are to tell apart."""
        return len(self.of_the_close) + bool(self.prior_run) + self.moves_ground

    def as_lines(self) -> Iterator[str]:
        """For people: one line for each change, an input that a changed key names not again."""
        named = {source_of(change.key) for change in self.keys}
        yield from (f"  plan     {change}" for change in self.keys)
        yield from (f"  input    {one}" for one in self.sources if one.name not in named)
        yield from (f"  curves   {one}" for one in self.judgements)
        if self.prior_run is not None:
            yield f"  prior    {' → '.join(map(str, self.prior_run))}"
        if self.code is not None:
            yield f"  code     {' → '.join(code[: code.index(' ') + 1 + DIGEST] for code in self.code)}"
        yield from (f"  library  {name} {was} → {now}" for name, (was, now) in self.libraries.items())
        if not (self.number or self.sources or self.keys):
            yield "  nothing: plan, inputs, prior run, code and libraries are the same"

    def as_dict(self) -> dict[str, Any]:
        """For ``--format json``."""
        return {
            "plan": [
                {"key": dotted(one.key), "nature": one.nature, "old": written(one.old), "new": written(one.new)}
                for one in self.keys
            ],
            "inputs": [
                {"source": one.name, "in_place": one.in_place, "old": _plain(one.old), "new": _plain(one.new)}
                for one in self.sources
            ],
            "judgements": [one.as_dict() for one in self.judgements],
            "prior_run": None if self.prior_run is None else dict(zip(("old", "new"), map(str, self.prior_run), strict=True)),
            "code": None if self.code is None else dict(zip(("old", "new"), self.code, strict=True)),
            "libraries": {name: dict(zip(("old", "new"), pair, strict=True)) for name, pair in self.libraries.items()},
        }


def changes_between(old: Closing, new: Closing) -> Changes:
    """What changed from one run to another, keys in the order of the new plan file; what is only said of a run is left out."""
    plans = plan_of(old), plan_of(new)
    order = [key for key in in_order(*plans) if not _is_said(key)]
    keys = tuple(change for key in order if (change := _key_change(key, plans, old, new)) is not None)
    opened_otherwise = any(change.key[0] == "opening" for change in keys)
    before, after = old.libraries, new.libraries
    codes = old.code, new.code
    sources = _sources(old, new)
    return Changes(
        keys=keys,
        sources=sources,
        prior_run=None if opened_otherwise else _prior_runs(old, new),
        code=None if codes[0] == codes[1] else codes,
        libraries={
            name: (before.get(name), after.get(name)) for name in {**before, **after} if before.get(name) != after.get(name)
        },
        judgements=judgements_between(old.estimated, new.estimated, [one.name for one in sources]),
    )


def _is_said(key: Key) -> bool:
    """Whether a key is only said of what is closed."""
    return key[0] == SIGN_OFF or (key[0] == "period" and key[-1] in SAID_OF_IT)


def _key_change(key: Key, plans: tuple[Values, Values], old: Closing, new: Closing) -> KeyChange | None:
    """A key that the plans state otherwise; one path from two folders differs where the files there do."""
    values = [plan.get(key) for plan in plans]
    if values[0] == values[1]:
        source = source_of(key)
        before, after = (run.sources.get(source) if source else None for run in (old, new))
        if before is None or after is None or before.path == after.path or before.sha256 == after.sha256:
            return None
        values = [located(plan, run.plan_folder, run.sources)[key] for plan, run in zip(plans, (old, new), strict=True)]
    return KeyChange(key, values[0], values[1])


def _sources(old: Closing, new: Closing) -> tuple[SourceChange, ...]:
    before, after = old.sources, new.sources
    pairs = [SourceChange(name, before.get(name), after.get(name)) for name in {**after, **before}]
    return tuple(one for one in pairs if _hash(one.old) != _hash(one.new))


def _prior_runs(old: Closing, new: Closing) -> tuple[Path, Path] | None:
    """The prior runs of both, where their figures differ."""
    before, after = old.prior_folder, new.prior_folder
    if before is None or after is None or _figures(before) == _figures(after):
        return None
    return before, after


def _figures(run: Path) -> Mapping[str, str] | Path:
    """What tells the figures of a run from another's; the folder itself where it is no run any more."""
    return read_manifest(run).artefacts_sha256 if has_manifest(run) else run


def _hash(source: SourceFile | None) -> str | None:
    return None if source is None else source.sha256


def _plain(source: SourceFile | None) -> dict[str, str] | None:
    return None if source is None else {"path": source.stated, "sha256": source.sha256}

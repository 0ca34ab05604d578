"""Writing a starter plan into a folder: the plan, the dictionary of its files, and files that it can be tried on."""

from __future__ import annotations

import os
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gaapbridge.contracts.kinds import KINDS
from gaapbridge.progress import Progress
from gaapbridge.scratch import scratch_folder
from gaapbridge.starter.chart import starter_chart
from gaapbridge.starter.curve_files import README, curves_readme, for_segments
from gaapbridge.starter.dictionary import dictionary
from gaapbridge.starter.first_sight import look_at
from gaapbridge.starter.history_text import TO
from gaapbridge.starter.instants_order import in_order
from gaapbridge.starter.ledger_file import LedgerFile, look_at_ledger
from gaapbridge.starter.miniature import curve_texts, files, miniature
from gaapbridge.starter.own_files import LEDGER, Named, OwnFiles, Places
from gaapbridge.starter.own_history import OwnHistory, estimated, look_at_history, with_text
from gaapbridge.starter.own_report import told_of_history, told_of_own
from gaapbridge.starter.own_tapes import NONE, Curves, copied, kinds_of, plan_of, segments_of
from gaapbridge.starter.padded import with_padding
from gaapbridge.starter.plan_text import plan_text
from gaapbridge.starter.tape_file import TapeFile
from gaapbridge.terms.errors import UnusableInput
from gaapbridge.terms.text import text_of
from gaapbridge.terms.writing import writing

PLAN = "plan.toml"
DICTIONARY = "dictionary.md"


@dataclass(frozen=True)
class Starter:
    """A starter plan that was written: its folder, its files by their paths in it, and the lender's own tapes by
    their keys, ledger and history, if any."""

    folder: Path
    files: tuple[str, ...]
    tapes: Mapping[str, TapeFile]
    ledger: LedgerFile | None
    history: OwnHistory | None = None

    @property
    def plan(self) -> Path:
        """The plan file."""
        return self.folder / PLAN

    def as_dict(self) -> dict[str, Any]:
        """For ``--format json``."""
        return {
            "plan": str(self.plan),
            "files": list(self.files),
            "tapes": {key: tape.as_dict() for key, tape in self.tapes.items()},
            "trial_balance": None if self.ledger is None else self.ledger.as_dict(),
            "history": None if self.history is None else self.history.as_dict(),
        }

    def as_text(self, width: int | None = None) -> str:
        """What was written, what of it is a guess or still missing, and what to do next."""
        told = _told_of_own if self.tapes else _told if self.history is None else _told_of_history
        return text_of(told(self, width), width)


@dataclass(frozen=True)
class _Seen:
    """What was found in a lender's own files, and their paths from the plan's folder."""

    tapes: Mapping[str, TapeFile]
    ledger: LedgerFile | None
    places: Mapping[str, Places]
    history: OwnHistory | None


def write_starter(folder: Path, own: OwnFiles | None = None, progress: Progress | None = None) -> Starter:
    """Write a starter plan: one that closes as it is, or one of a lender's own files, with curves of its history.

    Raises ``UnusableInput`` where the folder has a plan or another file that would be overwritten, or where a file
    cannot be read; then nothing is written.
    """
    seen = _seen(folder, own or OwnFiles())
    _refuse_overwriting(folder, (PLAN, DICTIONARY, TO))
    with scratch_folder(folder, ".unfinished-") as unfinished:
        history = seen.history
        if history is not None:
            history = estimated(history, unfinished, miniature().entity, progress or Progress(show=False))
        written = _texts(seen, history)
        _refuse_overwriting(folder, written)
        for name, content in written.items():
            with writing(folder / name):
                (unfinished / name).parent.mkdir(parents=True, exist_ok=True)
                (unfinished / name).write_text(content, encoding="utf-8", newline="\n")
        made = [path.relative_to(unfinished).as_posix() for path in sorted((unfinished / TO).rglob("*")) if path.is_file()]
        for name in (*written, *([TO] if made else [])):
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (unfinished / name).replace(folder / name)
    return Starter(folder, (*written, *made), seen.tapes, seen.ledger, None if history is None else history.at(folder / PLAN))


def _seen(folder: Path, own: OwnFiles) -> _Seen:
    """What is found in a lender's own files."""
    schemas = {tape.key: tape.schema for kind in KINDS.values() for tape in kind.tapes}
    named, of_history, books = own.of_tapes(), own.of_history(), own.of_ledger()
    tapes = {key: look_at(one.files, schemas[key], one.of_opening, apart=True) for key, one in named.items()}
    both, kinds = any(tape.of_opening for tape in tapes.values()), [kind.key for kind in kinds_of(tapes)]
    ledger = None if books is None else look_at_ledger(books.files, starter_chart(), kinds, both)
    tapes, ledger = in_order(with_padding(tapes), ledger)
    if books is not None and ledger is not None and ledger.opening:
        books = Named((books.instants * 2)[:2])
    looked = look_at_history(of_history) if of_history else {}
    files_of = {**named, **({} if books is None else {LEDGER: books})}
    history = with_text(own.kind_of_history, looked, _places(folder, of_history), tapes, ledger) if looked else None
    return _Seen(tapes, ledger, _places(folder, files_of), history)


def _places(folder: Path, named: Mapping[str, Named]) -> dict[str, Places]:
    return {key: [[_from(folder, path) for path in paths] for paths in one.instants] for key, one in named.items()}


def _texts(seen: _Seen, history: OwnHistory | None) -> dict[str, str]:
    """Every file to write, by its path: the plan, the dictionary, and the files beside them."""
    if history is not None and not seen.tapes:
        text = history.alone(miniature().entity)
        return {PLAN: text, DICTIONARY: dictionary(tomllib.loads(text))}
    curves = NONE if history is None else history.curves
    text = plan_of(seen.tapes, seen.ledger, seen.places, curves) if seen.tapes else plan_text(miniature())
    beside = _curves(seen.tapes, curves) if seen.tapes else files()
    return {PLAN: text, DICTIONARY: dictionary(tomllib.loads(text)), **beside}


def _curves(tapes: Mapping[str, TapeFile], estimated: Curves) -> dict[str, str]:
    """The curve files of a lender's own contracts that no history gave: the example's figures for its segments, and a page that
    says so."""
    kinds, left = kinds_of(tapes), copied(tapes, estimated)
    of_kind = {kind.key: curve_texts([kind]).keys() & left for kind in kinds}
    curves = {name: for_segments(left[name], segments_of(tapes, kind)) for kind in kinds for name in sorted(of_kind[kind.key])}
    segments = dict.fromkeys(segment for kind in kinds if of_kind[kind.key] for segment in segments_of(tapes, kind))
    return {**curves, README: curves_readme(curves, list(segments))} if curves else {}


def _from(folder: Path, file: Path) -> str:
    """A file's path as a plan in the folder names it: absolute as it was given, otherwise from the folder."""
    if file.is_absolute():
        return file.as_posix()
    return Path(os.path.relpath(file.parent.resolve() / file.name, folder.resolve())).as_posix()


def _refuse_overwriting(folder: Path, names: Iterable[str]) -> None:
    if folder.exists() and not folder.is_dir():
        raise UnusableInput(file=str(folder), rule="a starter plan is written into a folder", remedy="name a folder")
    for name in names:
        if (folder / name).exists():
            raise UnusableInput(
                file=str(folder / name),
                rule="a starter plan overwrites nothing",
                remedy="name another folder, or move the file",
            )


def _told(starter: Starter, width: int | None) -> Iterator[str]:
    yield f"A starter plan is in {starter.folder}; it closes as it is, on the miniature tapes beside it."
    yield ""
    yield "  plan.toml      every election asked, explained and answered by an example"
    yield "  dictionary.md  what every file must hold, column by column"
    yield f"  tapes/         contracts of each kind: {', '.join(kind.contracts for kind in KINDS.values())}"
    yield "  curves/        tables of assumptions about each kind"
    yield "  ledger/        the trial balance at both instants"
    yield from _next(
        (f"gaapbridge close {starter.plan}", "what a close gives"),
        (f"edit {starter.plan}", "put your own in the place of the example, from the top down"),
        (f"gaapbridge check {starter.plan}", "what is missing or wrong"),
    )


def _told_of_history(starter: Starter, width: int | None) -> Iterator[str]:
    assert starter.history is not None, "of who brings one"
    yield f"A plan of your history is in {starter.folder}; to close takes tapes too."
    yield from told_of_history(starter.history, width)
    yield from _next(
        (f"edit {starter.plan}", "what is OPEN, then the decisions, which are an example's"),
        (f"gaapbridge estimate {starter.plan}", "the curves again"),
        ("gaapbridge new plan NAME --loans TAPE --history FILE", "a plan that closes, once there are tapes"),
    )


def _told_of_own(starter: Starter, width: int | None) -> Iterator[str]:
    yield f"A plan for your files is in {starter.folder}."
    yield from told_of_own(starter.tapes, starter.ledger, NONE if starter.history is None else starter.history.curves)
    if starter.history is not None:
        yield from told_of_history(starter.history, width)
    yield from _next(
        (f"edit {starter.plan}", "from the top down: what is OPEN, then what is an example's"),
        (f"gaapbridge check {starter.plan}", "what is missing or wrong"),
        (f"gaapbridge close {starter.plan}", "the statement"),
    )
    if not any(tape.of_opening for tape in starter.tapes.values()):
        yield "For a period and not an instant, name the file of the opening before that of the closing: the option twice."
    yield "The example's other tapes, curves and ledger have their tables in plan.toml, switched off."


def _next(*steps: tuple[str, str]) -> Iterator[str]:
    longest = max(len(command) for command, _ in steps)
    yield from ("", "Next:", *(f"  {command.ljust(longest)}  {why}" for command, why in steps))

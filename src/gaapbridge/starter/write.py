"""Writing a starter plan into a folder: the plan, the dictionary of its files, and files that it can be tried on."""

from __future__ import annotations

import os
import textwrap
import tomllib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gaapbridge.contracts.kinds import KINDS
from gaapbridge.contracts.loans.schema import LOANS
from gaapbridge.scratch import scratch_folder
from gaapbridge.starter.curve_files import COPIED, README, curves_readme, for_segments
from gaapbridge.starter.dictionary import dictionary
from gaapbridge.starter.loan_file import FIRST_ROWS, LoanFile, look_at
from gaapbridge.starter.miniature import curve_texts, files, miniature
from gaapbridge.starter.own_loans import first_of, plan_of, would_be
from gaapbridge.starter.plan_text import plan_text
from gaapbridge.terms.errors import UnusableInput
from gaapbridge.terms.text import text_of
from gaapbridge.terms.writing import writing

PLAN = "plan.toml"
DICTIONARY = "dictionary.md"

_WIDTH = 110
_FIRST = max(map(len, LOANS.names))
"""Characters of a line of the report, and of its first column: our longest name."""


@dataclass(frozen=True)
class Starter:
    """A starter plan that was written: its folder, its files by their paths in it, and the lender's own loans if any."""

    folder: Path
    files: tuple[str, ...]
    loans: LoanFile | None

    @property
    def plan(self) -> Path:
        """The plan file."""
        return self.folder / PLAN

    def as_dict(self) -> dict[str, Any]:
        """For ``--format json``."""
        return {
            "plan": str(self.plan),
            "files": list(self.files),
            "loans": None if self.loans is None else self.loans.as_dict(),
        }

    def as_text(self) -> str:
        """What was written, what of it is a guess or still missing, and what to do next."""
        return text_of(_told(self) if self.loans is None else _told_of_loans(self, self.loans))


def write_starter(folder: Path, loans: Path | None = None) -> Starter:
    """Write a starter plan: one that closes as it is, or with ``loans`` one of that loan tape at one instant.

    Raises ``UnusableInput`` where the folder has a plan or another file that would be overwritten, or where the tape
    cannot be read; then nothing is written.
    """
    own = None if loans is None else look_at(loans)
    text = plan_text(miniature()) if own is None else plan_of(own, _from(folder, own.path))
    written = {
        PLAN: text,
        DICTIONARY: dictionary(tomllib.loads(text)),
        **(files() if own is None else _curves(own.segments)),
    }
    _refuse_overwriting(folder, written)
    with scratch_folder(folder, ".unfinished-") as unfinished:
        for name, content in written.items():
            with writing(folder / name):
                (unfinished / name).parent.mkdir(parents=True, exist_ok=True)
                (unfinished / name).write_text(content, encoding="utf-8", newline="\n")
        for name in written:
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (unfinished / name).replace(folder / name)
    return Starter(folder, tuple(written), own)


def _curves(segments: Sequence[str]) -> dict[str, str]:
    """The curve files of a lender's own loans: the example's figures for its segments, and a page that says so."""
    samples = curve_texts([KINDS["loans"]])
    curves = {name: for_segments(text, segments) for name, text in samples.items()} if segments else samples
    return {**curves, README: curves_readme(list(curves), segments)}


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


def _told(starter: Starter) -> Iterator[str]:
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


def _told_of_loans(starter: Starter, loans: LoanFile) -> Iterator[str]:
    yield f"A starter plan for {loans.path} is in {starter.folder}: its loans at one instant."
    yield ""
    yield f"Guessed from the header and the first {FIRST_ROWS:,} rows; read it again in part 6 of plan.toml:"
    yield from _aligned((ours, f"{match.theirs}  ({match.why})") for ours, match in loans.matches.items())
    yield from _aligned([("amounts", _amounts(loans))])
    if loans.currency is not None:
        yield from _aligned([("currency", f"{loans.currency}, the only one in these rows")])
    yield from _listed(
        "Needed and not found: map it in [tapes.loans.columns], or add it to the file:",
        ((column.name, column.description) for column in loans.missing),
    )
    yield from _listed("Not found, and taken as:", _defaults(loans))
    yield from _listed("Found and cannot be used as it is:", loans.faults.items())
    yield from _paragraph("In the file and not read (ignore)", loans.unread)
    yield from _listed(
        "Words that a tape may not hold; a plan maps no words, so write in the file:",
        ((ours, would_be(words)) for ours, words in loans.words.items()),
    )
    yield ""
    yield from _wrapped(_segments(loans.segments))
    yield "Still an example's: entity, period, every election, tax and value-added tax, accounts, every figure in curves/."
    yield from _next(
        (f"edit {starter.plan}", "from the top down"),
        (f"gaapbridge check {starter.plan}", "what is missing or wrong"),
    )
    yield 'For a period and not an instant, name the tape of its opening too and set source = "opening_tape".'
    yield "The example's other tapes, curves and ledger have their tables in plan.toml, switched off."


def _segments(segments: Sequence[str]) -> str:
    if not segments:
        return "No segment was found: the files in curves/ have those of the example, business and consumer."
    copied = f"the example's {COPIED}, copied"
    return f"Segments in the file: {first_of(segments)}. Each has its rows in curves/: {copied}, to be replaced by your own."


def _amounts(loans: LoanFile) -> str:
    if loans.decimal is None:
        return 'minor  (no decimals seen; write "major" if 5000 in the file means 5,000.00)'
    column, cell = loans.decimal
    return f"major  ({column} holds {cell})"


def _defaults(loans: LoanFile) -> Iterator[tuple[str, str]]:
    """What is taken in the place of columns that the file does not have, with the columns."""
    names: dict[str, list[str]] = {}
    for column in loans.defaulted:
        taken = "not known" if column.default is None else str(column.default).lower()
        names.setdefault(taken, []).append(column.name)
    yield from ((taken, ", ".join(columns)) for taken, columns in names.items())


def _listed(title: str, pairs: Iterable[tuple[str, str]]) -> Iterator[str]:
    lines = list(_aligned(pairs))
    if lines:
        yield from ("", title, *lines)


def _aligned(pairs: Iterable[tuple[str, str]]) -> Iterator[str]:
    """Two columns; the second runs on below itself."""
    for first, second in pairs:
        yield from textwrap.wrap(
            second, _WIDTH, initial_indent=f"  {first.ljust(_FIRST)}  ", subsequent_indent=" " * (_FIRST + 4),
            break_on_hyphens=False, break_long_words=False,
        )  # fmt: skip


def _paragraph(title: str, names: Iterable[str]) -> Iterator[str]:
    text = ", ".join(names)
    if text:
        yield ""
        yield from _wrapped(f"{title}: {text}")


def _wrapped(text: str) -> list[str]:
    return textwrap.wrap(text, _WIDTH, subsequent_indent="  ", break_on_hyphens=False, break_long_words=False)


def _next(*steps: tuple[str, str]) -> Iterator[str]:
    longest = max(len(command) for command, _ in steps)
    yield from ("", "Next:", *(f"  {command.ljust(longest)}  {why}" for command, why in steps))

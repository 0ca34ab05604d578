"""The lender's answers where a standard leaves a choice, each with question, paragraph and the words of the plan; and where
its estimates come from."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from gaapbridge.form import Table
from gaapbridge.notes import FOLDERS
from gaapbridge.plan.election import Election
from gaapbridge.plan.written import written
from gaapbridge.run.judgements import told_judgements
from gaapbridge.run.manifest import by_account
from gaapbridge.run.reader import Run
from gaapbridge.statement.document import Column
from gaapbridge.statement.notes_text import NoteText

NOT_STATED = "not stated"
"""What is said of an answer that a plan may leave blank."""

PARAGRAPHS_ON_TAX: Mapping[str, str] = {
    "How is deferred tax on the difference measured?": "IAS 12.46; ASC 740-10-35-4",
    "Which rate is that?": "IAS 12.47; ASC 740-10-30-8",
    "Which deferred tax assets are realised?": "IAS 12.24, 12.27 to 12.31; ASC 740-10-30-5(e), 30-17 to 30-23",
}
"""The paragraphs of questions that a note answers beside its elections."""


@dataclass(frozen=True, slots=True)
class ToldElection:
    """One answer: of which note, what is asked, the answer in words, the paragraph, what it is (policy, estimate, technique),
    and the line of the plan. What no election declares, as an answer on tax, has neither nature nor line."""

    note: str
    question: str
    answer: str
    paragraph: str
    nature: str = ""
    in_plan: str = ""


def told_elections(run: Run) -> tuple[ToldElection, ...]:
    """Every answer by note, in the order of the columns: elections as a note asks them, then what it says of tax and of files.

    ``us_method = "pd_lgd"`` is *probability of default x loss given default, undiscounted* (ASC 326-20-30-3, a technique).
    """
    stated = run.plan_content.get("elections", {})
    told = [one for column in run.document.columns for one in _of_column(run, column)]
    columns = {column.id for column in run.document.columns}
    beside = (note for note in stated if note not in FOLDERS or FOLDERS[note].note.column not in columns)
    return (*told, *(one for note in beside for one in _of_plan(run, note, note.replace("_", " "))))


def told_answers(run: Run, column: Column) -> tuple[ToldElection, ...]:
    """What a note says that the lender answered, in its order; what an election leaves blank is not said."""
    asked = {question for question, _ in run.notes_said.notes[column.id].elections}
    return tuple(one for one in _of_column(run, column) if one.question in asked)


def _of_column(run: Run, column: Column) -> Iterator[ToldElection]:
    stated = run.plan_content.get("elections", {})
    keys = [key for key, folder in FOLDERS.items() if folder.note.column == column.id and key in stated]
    declared = [one for key in keys for one in _of_plan(run, key, column.caption)]
    yield from declared
    asked = {one.question for one in declared}
    for question, answer in _said(run, column.id).items():
        if question not in asked:
            yield ToldElection(column.caption, question, answer, PARAGRAPHS_ON_TAX.get(question, ""))


def _of_plan(run: Run, note: str, caption: str) -> Iterator[ToldElection]:
    """The answers under ``[elections.NOTE]``; one that this version does not know stands as the plan writes it."""
    stated, closing = run.plan_content["elections"][note], run.closing_answers[note]
    declared = {one.name: one for one in FOLDERS[note].elections.ELECTIONS} if note in FOLDERS else {}
    said = _said(run, FOLDERS[note].note.column) if note in FOLDERS else {}
    for name in (*(name for name in declared if name in stated), *(name for name in stated if name not in declared)):
        in_plan, election = f"{name} = {written(stated[name])}", declared.get(name)
        if election is None:
            yield ToldElection(caption, name.replace("_", " "), _plainly(closing[name]), "", "", in_plan)
            continue
        answer = said.get(election.question) or _answer(election, closing[name])
        yield ToldElection(caption, election.question, answer, election.paragraph, str(election.nature), in_plan)


def _said(run: Run, column: str) -> dict[str, str]:
    """The answers as the notes of the run print them; none of a run of before."""
    text: NoteText | None = run.notes_said.notes.get(column) if run.says_notes else None
    return {} if text is None else dict(text.elections)


def _answer(election: Election, answer: Any) -> str:
    known = answer in election.choices if election.choices and isinstance(answer, str) else not isinstance(answer, str)
    return election.in_words(answer) if known else _plainly(answer)


def _plainly(answer: Any) -> str:
    return (answer if isinstance(answer, str) else written(answer)) or NOT_STATED


def told_assumptions(run: Run) -> tuple[Table, ...]:
    """The tables that estimates come from, with the file of each and its hash, how those that were estimated were made, as far
    as the run knows, on which judgements and of which files; and keys that were set on the command line."""
    name_of = {name: name.removeprefix("curves.").replace(".", ", ").replace("_", " ") for name in run.manifest.sources}
    files = tuple(
        (name_of[name], one.path, one.sha256) for name, one in run.manifest.sources.items() if name.startswith("curves.")
    )
    given = tuple((run.manifest.set or {}).items())
    tables = (
        Table("Tables of assumptions", ("table", "file, from the folder of the plan", "SHA-256"), files),
        Table("How estimated tables were made", ("table", "segment", "bucket", "months", "how"), tuple(_made(run, name_of))),
        Table("Judgements that estimated tables rest on", ("tables", "about", "decided"), tuple(_judged(run, name_of))),
        Table(
            "Histories of estimated tables",
            ("tables", "file, from the folder of the plan", "SHA-256"),
            tuple(_read(run, name_of)),
        ),
        Table("Set on the command line", ("key of the plan", "value"), given),
    )
    return tuple(one for one in tables if one.rows)


def _judged(run: Run, name_of: Mapping[str, str]) -> Iterator[tuple[str, str, str]]:
    """What was decided in estimating, a row a subject; once for tables of one estimate."""
    for sources, made in by_account(run.manifest.estimated or {}):
        tables = "; ".join(name_of[source] for source in sources)
        yield from ((tables, about, words) for about, words in told_judgements(made.stated))


def _read(run: Run, name_of: Mapping[str, str]) -> Iterator[tuple[str, str, str]]:
    """Every file of a history, where the run knows its hash."""
    for sources, made in by_account(run.manifest.estimated or {}):
        tables = "; ".join(name_of[source] for source in sources)
        yield from ((tables, file, hashed) for file, hashed in zip(made.sources, made.sources_sha256, strict=False))


def _made(run: Run, name_of: Mapping[str, str]) -> Iterator[tuple[str, str, str, str, str]]:
    """How the cells of estimated tables were made in the version that serves at the closing, each table first by a line of
    its own."""
    closing = run.manifest.period.closing
    for source, made in (run.manifest.estimated or {}).items():
        yield name_of[source], "", "", "", made.told(closing)
        for cell in made.cells:
            if cell.known_at == made.known(closing):
                months = "" if cell.from_month is None else f"{cell.from_month} to {cell.to_month}"
                yield name_of[source], cell.segment, cell.bucket, months, cell.how

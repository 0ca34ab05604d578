"""How a command ends that did what it was asked: its outcome printed, and its exit code."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from dataclasses import dataclass
from typing import NoReturn, Protocol

import typer

from gaapbridge.cli.options import Format, text_width
from gaapbridge.cli.streams import as_json, let_go, say
from gaapbridge.progress import Progress
from gaapbridge.terms.errors import UnusableInput
from gaapbridge.terms.text import text_of
from gaapbridge.terms.writing import reason_of

READER_GONE = 141
"""The exit code of a command that only prints and whose reader has gone."""


class Outcome(Protocol):
    """What a command comes to, for programs and for people."""

    def as_dict(self) -> Mapping[str, object]: ...

    def as_text(self, width: int | None = None) -> str: ...


@dataclass(frozen=True)
class WithReport:
    """An outcome and the report that was written of it, or why none was."""

    outcome: Outcome
    report: Outcome | None
    without: str = ""

    def as_dict(self) -> dict[str, object]:
        """The outcome, and under ``report`` what was written of it; None where nothing was."""
        return {**self.outcome.as_dict(), "report": None if self.report is None else self.report.as_dict()}

    def as_text(self, width: int | None = None) -> str:
        """The outcome, and below it where the report is."""
        below = text_of([f"No report: {self.without}", ""], width) if self.report is None else self.report.as_text(width)
        return f"{self.outcome.as_text(width)}\n{below}"


@dataclass(frozen=True)
class Asked:
    """How the user wants to be told: in which form, in how many columns, or as little as can be."""

    format: Format
    width: int | None
    quiet: bool

    def progress(self) -> Progress:
        """The line that tells how far the command is; none of a quiet one."""
        return Progress(show=False if self.quiet else None)

    def end(self, outcome: Outcome, code: int, *, kept: str | None = None) -> NoReturn:
        """Print an outcome and end with its exit code.

        What was ``kept`` on disk before stands, and so does its code, whatever becomes of what is printed. Of a command that
        only prints nothing is left: it ends with 2, or silently where its reader has gone, as commands in a pipe do.
        """
        try:
            text = self._printed(outcome, kept)
            typer.echo(text, nl=bool(text) and not text.endswith("\n"))
        except OSError as refused:
            let_go(sys.stdout)
            reader_gone, why = isinstance(refused, BrokenPipeError), f"what is printed can be written ({reason_of(refused)})"
            if kept is None and not reader_gone:
                raise UnusableInput(rule=why, remedy="check where standard output goes") from None
            if kept is not None and not reader_gone:
                say(UnusableInput(file=kept, rule=f"it is written; {why}", remedy="read it there"))
            code = READER_GONE if kept is None else code
        raise typer.Exit(code)

    def _printed(self, outcome: Outcome, kept: str | None) -> str:
        if self.format is Format.json:
            return as_json(outcome.as_dict())
        told = [kept or ""] if self.quiet else outcome.as_text(text_width(self.width)).split("\n")
        return text_of(told)

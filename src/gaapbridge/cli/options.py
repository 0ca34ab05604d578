"""What every command takes: the form in which its outcome is printed, how wide, how much; and a run by its name."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from itertools import pairwise
from pathlib import Path
from typing import Annotated

import typer

from gaapbridge.terms.errors import UnusableInput

LEAST_WIDTH = 40
"""Columns below which no table is narrowed."""


class Format(StrEnum):
    """How a result is printed."""

    text = "text"
    json = "json"


FormatOption = Annotated[Format, typer.Option("--format", help="text for people, json for programs")]
WidthOption = Annotated[
    int | None,
    typer.Option("--width", min=LEAST_WIDTH, metavar="COLUMNS", help="columns of the text; otherwise those of the terminal"),
]
OwnOption = Annotated[
    list[Path] | None, typer.Option(help="your own file, folder or pattern; of a period twice, the opening's first")
]
QuietOption = Annotated[
    bool, typer.Option("--quiet", "-q", help="print nothing but errors, and the name of the folder that was written")
]
RunsOption = Annotated[
    Path, typer.Option("--runs", metavar="FOLDER", help="folder in which latest and previous are looked for")
]
RUNS = Path("runs")
"""Where they are looked for if nothing is said."""

RunArgument = Annotated[str, typer.Argument(help="a run folder, a plan for its last run, latest or previous", metavar="RUN")]
PlanArgument = Annotated[Path, typer.Argument(help="the plan file (TOML)", metavar="PLAN")]
SetOption = Annotated[
    list[str] | None,
    typer.Option(
        "--set", metavar="KEY=VALUE", help="a key of the plan with another value, entity.name='Lender'; as often as needed"
    ),
]


class EngineName(StrEnum):
    """Who measures."""

    threads = "threads"
    processes = "processes"
    spark = "spark"


EngineOption = Annotated[
    EngineName,
    typer.Option("--engine", help="who measures: threads or processes of this machine, or Spark; all to the same bytes"),
]
WorkersOption = Annotated[
    int | None,
    typer.Option("--workers", min=1, help="ranges of contracts measured at a time; otherwise one for each processor"),
]
MasterOption = Annotated[
    str | None, typer.Option("--master", help="where Spark runs, local[2] or yarn; otherwise where it is configured to")
]


def text_width(stated: int | None) -> int | None:
    """The columns that text is to fit: those stated, or those of the terminal that it goes to, or that ``COLUMNS`` says it has.

    None in a pipe, where lines are as long as they are. ``COLUMNS`` says nothing there: whatever a Python with readline calls
    has it in its environment, 80 as a rule.
    """
    if stated is not None:
        return stated
    try:
        if not sys.stdout.isatty():
            return None
        told = os.environ.get("COLUMNS", "")
        columns = int(told) if told.isascii() and told.isdigit() else os.get_terminal_size(sys.stdout.fileno()).columns
    except (AttributeError, OSError, ValueError):
        return None
    return max(columns, LEAST_WIDTH) if columns else None


def asks_for_json(words: Sequence[str]) -> bool:
    """Whether a command line asks for JSON, so that a refusal of it is JSON as well.

    >>> asks_for_json(["close", "plan.toml", "--format", "json"]), asks_for_json(["close", "--", "--format=json"])
    (True, False)
    """
    before = words[: words.index("--")] if "--" in words else words
    forms = [word.removeprefix("--format=") for word in before if word.startswith("--format=")]
    forms += [after for word, after in pairwise(before) if word == "--format"]
    return Format.json in forms


_DECIMALS = 12


def rate_of(option: str, text: str | None) -> Decimal | None:
    """The rate that an option states. Raises ``UnusableInput`` where it is none."""
    if text is None:
        return None
    try:
        rate = Decimal(text)
    except InvalidOperation:
        rate = Decimal("NaN")
    if not (rate.is_finite() and 0 <= rate < 1 and rate == round(rate, _DECIMALS)):
        rule = f"a rate is a fraction from 0 to below 1, of at most {_DECIMALS} decimals"
        raise UnusableInput(column=option, value=text, rule=rule, remedy="write 25 % as 0.25")
    return rate

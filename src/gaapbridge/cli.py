"""The command line: a thin layer on the Python API. Exit code 0 clean, 1 findings, 2 unusable input.

Imports are made inside the commands, so that ``--help`` and ``verify`` load no numeric library.
"""

from __future__ import annotations

import contextlib
import errno
import gc
import json
import os
import sys
from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from io import TextIOWrapper
from pathlib import Path
from typing import Annotated, NoReturn, Protocol, TextIO

import typer

from gaapbridge.terms.errors import INTERRUPTED, INTERRUPTED_CODE, UnusableInput
from gaapbridge.terms.text import text_of, visible_json
from gaapbridge.terms.writing import reason_of

app = typer.Typer(
    add_completion=False,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    help="Measures a lender's contracts under US GAAP and IFRS, posts each difference, prints the reconciliation.",
)


class Format(StrEnum):
    """How a result is printed."""

    text = "text"
    json = "json"


FormatOption = Annotated[Format, typer.Option("--format", help="text for people, json for programs")]
RunsOption = Annotated[Path, typer.Option(help="folder in which latest and previous are looked for")]
RunArgument = Annotated[str, typer.Argument(help="a run folder, a plan for its last run, latest or previous", metavar="RUN")]


@app.command()
def demo(
    loans: Annotated[int, typer.Option(min=100, help="loans that the example lender writes")] = 20_000,
    folder: Annotated[Path, typer.Option(help="where the example lender is written")] = Path("demo"),
    format: FormatOption = Format.text,
) -> None:
    """Close two years of an example lender, nothing to prepare: simulate, measure, post, reconcile, print."""
    from gaapbridge.example.demo import demonstrate
    from gaapbridge.progress import Progress

    done = demonstrate(folder, loans, Progress())
    _end_with(done, format, done.exit_code, kept=str(folder))


@app.command()
def close(
    plan: Annotated[Path, typer.Argument(help="the plan file (TOML)", metavar="PLAN")],
    format: FormatOption = Format.text,
) -> None:
    """Close one period from a plan: writes an immutable run and prints the statement."""
    from gaapbridge.period_close import close as close_period
    from gaapbridge.progress import Progress

    run = close_period(plan, progress=Progress())
    _end_with(run, format, run.exit_code, kept=str(run.folder))


@app.command()
def check(
    plan: Annotated[Path, typer.Argument(help="the plan file (TOML)", metavar="PLAN")],
    format: FormatOption = Format.text,
) -> None:
    """Check a plan and its inputs only, in seconds: every bad row is named, nothing is measured or written."""
    from gaapbridge.checking import check as check_plan
    from gaapbridge.progress import Progress

    checked = check_plan(plan, progress=Progress())
    _end_with(checked, format, checked.exit_code)


@app.command()
def compare(
    old: Annotated[str, typer.Argument(help="the earlier run: a folder, a plan, latest or previous", metavar="RUN")],
    new: Annotated[str, typer.Argument(help="the later run", metavar="RUN")],
    runs: RunsOption = Path("runs"),
    format: FormatOption = Format.text,
) -> None:
    """Tell two runs apart: every cell that moved, what changed in plan, inputs and code, and which change moved what."""
    from gaapbridge.comparison import compare as compare_runs
    from gaapbridge.progress import Progress
    from gaapbridge.run import open_two

    comparison = compare_runs(*open_two(old, new, runs), progress=Progress())
    _end_with(comparison, format, comparison.exit_code)


OwnOption = Annotated[
    list[Path] | None, typer.Option(help="your own file, folder or pattern; of a period twice, the opening's first")
]

new = typer.Typer(no_args_is_help=True, help="Write something new to start from: a plan with miniature tapes.")
app.add_typer(new, name="new")


@new.command("plan")
def new_plan(
    folder: Annotated[Path, typer.Argument(help="the folder to write into", metavar="DIR")],
    loans: OwnOption = None,
    events: Annotated[list[Path] | None, typer.Option(help="what happened to the loans in the period")] = None,
    payments: Annotated[list[Path] | None, typer.Option(help="cash received from their borrowers in the period")] = None,
    guarantees: OwnOption = None,
    fees: OwnOption = None,
    awards: Annotated[list[Path] | None, typer.Option(help="your own share awards")] = None,
    award_tranches: Annotated[list[Path] | None, typer.Option(help="their tranches")] = None,
    award_events: Annotated[list[Path] | None, typer.Option(help="what happened to them")] = None,
    trial_balance: OwnOption = None,
    format: FormatOption = Format.text,
) -> None:
    """Write a plan that closes unedited on miniature tapes beside it, every election explained, with a data dictionary; or one
    that reads your own files: columns, words, days and units told from them, what they leave open asked."""
    from gaapbridge.starter import OwnFiles, write_starter

    own = OwnFiles(
        loans=tuple(loans or ()),
        events=tuple(events or ()),
        payments=tuple(payments or ()),
        guarantees=tuple(guarantees or ()),
        guarantee_fees=tuple(fees or ()),
        awards=tuple(awards or ()),
        award_tranches=tuple(award_tranches or ()),
        award_events=tuple(award_events or ()),
        trial_balance=tuple(trial_balance or ()),
    )
    _end_with(write_starter(folder, own), format, 0, kept=str(folder))


@app.command()
def verify(
    file: Annotated[Path, typer.Argument(help="a reconciliation: JSON, CSV or XLSX", metavar="FILE")],
    opening: Annotated[Path | None, typer.Option(help="the file that holds the opening balance sheet")] = None,
    statutory_rate: Annotated[str | None, typer.Option(help="statutory tax rate, such as 0.25")] = None,
    vat_rate: Annotated[str | None, typer.Option(help="value-added tax rate, such as 0.06")] = None,
    tolerance: Annotated[int, typer.Option(min=0, help="presentation units allowed across periods")] = 1,
    format: FormatOption = Format.text,
) -> None:
    """Re-add and challenge any published or in-house reconciliation."""
    from gaapbridge.verification import verify as verify_file

    outcome = verify_file(
        file,
        opening=opening,
        statutory_rate=_rate("--statutory-rate", statutory_rate),
        vat_rate=_rate("--vat-rate", vat_rate),
        tolerance=tolerance,
    )
    _end_with(outcome, format, outcome.exit_code)


@app.command()
def explain(
    run: RunArgument,
    address: Annotated[str, typer.Argument(help="a contract, loan/ID, or a cell, bs-2023/loans_nc/ecl", metavar="ADDRESS")],
    months: Annotated[bool, typer.Option("--months", help="month by month, of a contract with a loss allowance")] = False,
    runs: RunsOption = Path("runs"),
    format: FormatOption = Format.text,
) -> None:
    """Open a printed cell down to its journals, segments and largest contracts, or a contract step by step."""
    from gaapbridge.explanation import explain as explain_address
    from gaapbridge.run import open_run

    _end_with(explain_address(open_run(run, runs), address, months=months), format, 0)


@app.command()
def reperform(
    run: RunArgument,
    sample: Annotated[int, typer.Option(min=1, help="contracts to calculate again")] = 25,
    seed: Annotated[int, typer.Option(help="seed of the sample")] = 20231231,
    runs: RunsOption = Path("runs"),
    format: FormatOption = Format.text,
) -> None:
    """Calculate a sample of a run's contracts again, by the independent calculator, and compare to the minor unit."""
    from gaapbridge.reperform.run import reperform as reperform_run
    from gaapbridge.run import open_run

    outcome = reperform_run(open_run(run, runs), sample=sample, seed=seed)
    _end_with(outcome, format, 1 if outcome.disagreements else 0)


class _Outcome(Protocol):
    """What a command comes to, for programs and for people."""

    def as_dict(self) -> Mapping[str, object]: ...

    def as_text(self) -> str: ...


def _end_with(outcome: _Outcome, format: Format, code: int, *, kept: str | None = None) -> NoReturn:
    """Print an outcome and end with its exit code.

    What was ``kept`` on disk before stands, and so does its code, whatever becomes of what is printed. Of a command that only
    prints nothing is left: it ends with 2, or silently where its reader has gone, as commands in a pipe do.
    """
    text = _json(outcome.as_dict()) if format is Format.json else text_of(outcome.as_text().split("\n"))
    try:
        typer.echo(text, nl=not text.endswith("\n"))
    except OSError as refused:
        _let_go(sys.stdout)
        reader_gone, why = isinstance(refused, BrokenPipeError), f"what is printed can be written ({reason_of(refused)})"
        if kept is None and not reader_gone:
            raise UnusableInput(rule=why, remedy="check where standard output goes") from None
        if kept is not None and not reader_gone:
            _say(UnusableInput(file=kept, rule=f"it is written; {why}", remedy="read it there"))
        code = _READER_GONE if kept is None else code
    raise typer.Exit(code)


def _json(content: object) -> str:
    """JSON in what standard output can encode: escapes of its own kind where that is not every character."""
    text = json.dumps(content, ensure_ascii="utf" not in (getattr(sys.stdout, "encoding", None) or "utf").lower())
    return visible_json(text)


_DECIMALS = 12


def _rate(option: str, text: str | None) -> Decimal | None:
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


_READER_GONE = 141

_OBJECTS = 50_000
"""New objects between two looks for garbage: imports make half a million that stay, and were looked through again and again."""


def main() -> None:
    """Run the command line; unusable input becomes one clear line on standard error and exit code 2.

    What the streams cannot encode is printed as its escapes: a name that a terminal does not know fails no close.
    """
    gc.set_threshold(_OBJECTS)
    _open_streams()
    try:
        app()
    except (KeyboardInterrupt, SystemExit) as ended:
        if isinstance(ended, SystemExit) and ended.code != INTERRUPTED_CODE:
            raise
        _say(INTERRUPTED)
        raise SystemExit(INTERRUPTED_CODE) from None
    except UnusableInput as unusable:
        _end(unusable)
    except OSError as refused:
        _end(_refusal(refused))
    except UnicodeEncodeError as unnamed:
        if unnamed.reason != "surrogates not allowed":
            raise
        _end(UnusableInput(value=str(unnamed.object), rule="names of files and folders are in UTF-8", remedy="rename it"))


def _open_streams() -> None:
    """Let no file that is opened later take the place of a closed stream, whose number libraries print to."""
    for number in range(3):
        try:
            os.fstat(number)
        except OSError:
            os.open(os.devnull, os.O_RDWR)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def _let_go(stream: TextIO) -> None:
    """Send nowhere what a stream still holds, and could not write when the process ends either."""
    with contextlib.suppress(OSError):
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, stream.fileno())
        os.close(nowhere)


def _say(what: object) -> None:
    """One line on standard error, if it can be written."""
    if sys.stderr is not None:
        try:
            sys.stderr.write(f"gaapbridge: {what}\n")
            sys.stderr.flush()
        except OSError:
            _let_go(sys.stderr)


def _end(unusable: UnusableInput) -> NoReturn:
    _say(unusable)
    raise SystemExit(2) from None


def _refusal(refused: OSError) -> UnusableInput:
    """What the file system refused, in the form of all unusable input."""
    remedy = "check the path, the rights to it and the space left"
    if refused.filename is None and refused.errno == errno.ENOENT:
        return UnusableInput(rule="the folder that the command is called in exists", remedy="change to one that does")
    if refused.filename is None:
        return UnusableInput(rule=f"what is asked for can be read and written ({reason_of(refused)})", remedy=remedy)
    rule = f"the file can be read or written ({reason_of(refused)})"
    return UnusableInput(file=os.fsdecode(refused.filename), rule=rule, remedy=remedy)

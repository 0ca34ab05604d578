"""The commands: each imports what it needs when it runs, calls one function and ends with what comes back.

Imports are made inside the commands, so that ``--help`` and ``verify`` load no numeric library.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any, Literal

import typer
from typer.core import TyperCommand

from gaapbridge.cli.options import (
    RUNS,
    EngineName,
    EngineOption,
    Format,
    FormatOption,
    MasterOption,
    OwnOption,
    PlanArgument,
    QuietOption,
    RunArgument,
    RunsOption,
    SetOption,
    WidthOption,
    WorkersOption,
    rate_of,
)
from gaapbridge.cli.outcomes import Asked, WithReport
from gaapbridge.terms.errors import UnusableInput
from gaapbridge.terms.version import VERSION

app = typer.Typer(
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
    help="Measures a lender's contracts under US GAAP and IFRS, posts each difference, prints the reconciliation.",
)


class Command(TyperCommand):
    """A command whose arguments stand in its usage by their names alone: ``gaapbridge explain RUN ADDRESS``."""

    def collect_usage_pieces(self, ctx: Any) -> list[str]:
        """The words of the usage line."""
        return [piece.strip("{}") for piece in super().collect_usage_pieces(ctx)]


def _print_version(asked: bool) -> None:
    if asked:
        typer.echo(f"gaapbridge {VERSION}")
        raise typer.Exit


@app.callback()
def _gaapbridge(
    version: Annotated[
        bool, typer.Option("--version", callback=_print_version, is_eager=True, help="print the version and end")
    ] = False,
) -> None:
    """Measures a lender's contracts under US GAAP and IFRS, posts each difference, prints the reconciliation."""


@app.command(cls=Command)
def demo(
    loans: Annotated[int, typer.Option(min=100, help="loans that the example lender writes")] = 20_000,
    folder: Annotated[Path, typer.Option(help="where the example lender is written")] = Path("demo"),
    format: FormatOption = Format.text,
    width: WidthOption = None,
    quiet: QuietOption = False,
) -> None:
    """Close two years of an example lender, nothing to prepare: simulate, measure, post, reconcile, print."""
    from gaapbridge.report import reports_at_all, write_report
    from gaapbridge.report.parts import begin

    begin()
    from gaapbridge.example.demo import demonstrate

    asked, without = Asked(format, width, quiet), reports_at_all()
    with asked.progress() as progress:
        done = demonstrate(folder, loans, progress)
        with progress.stage("writing the report"):
            written = None if without else write_report(done.run)
    asked.end(WithReport(done, written, without or ""), done.exit_code, kept=str(folder))


@app.command(cls=Command)
def close(
    plan: PlanArgument,
    settings: SetOption = None,
    report: Annotated[bool, typer.Option("--report", help="write its report too, beside the run")] = False,
    engine: EngineOption = EngineName.threads,
    workers: WorkersOption = None,
    master: MasterOption = None,
    format: FormatOption = Format.text,
    width: WidthOption = None,
    quiet: QuietOption = False,
) -> None:
    """Close one period from a plan: writes an immutable run and prints the statement."""
    if report:
        from gaapbridge.report import reports_at_all, write_report
        from gaapbridge.report.parts import begin

        if without := reports_at_all():
            rule, _, remedy = without.partition(": ")
            raise UnusableInput(key="--report", rule=rule, remedy=remedy)
        begin()
    from gaapbridge.engine.named import engine_named
    from gaapbridge.period_close import close as close_period

    asked = Asked(format, width, quiet)
    with asked.progress() as progress:
        run = close_period(plan, settings=settings or (), progress=progress, engine=engine_named(engine.value, workers, master))
        written = write_report(run) if report else None
    asked.end(WithReport(run, written) if written else run, run.exit_code, kept=str(run.folder))


@app.command(cls=Command)
def check(
    plan: PlanArgument,
    settings: SetOption = None,
    format: FormatOption = Format.text,
    width: WidthOption = None,
    quiet: QuietOption = False,
) -> None:
    """Check a plan and its inputs only, in seconds: every bad row is named, nothing is measured or written."""
    from gaapbridge.checking import check as check_plan

    asked = Asked(format, width, quiet)
    with asked.progress() as progress:
        checked = check_plan(plan, settings=settings or (), progress=progress)
    asked.end(checked, checked.exit_code)


@app.command(cls=Command)
def compare(
    old: Annotated[str, typer.Argument(help="the earlier run: a folder, a plan, latest or previous", metavar="RUN")],
    new: Annotated[str, typer.Argument(help="the later run", metavar="RUN")],
    runs: RunsOption = RUNS,
    format: FormatOption = Format.text,
    width: WidthOption = None,
    quiet: QuietOption = False,
) -> None:
    """Tell two runs apart: every cell that moved, what changed in plan, inputs and code, and which change moved what."""
    from gaapbridge.comparison import compare as compare_runs
    from gaapbridge.run import open_two

    asked = Asked(format, width, quiet)
    with asked.progress() as progress:
        comparison = compare_runs(*open_two(old, new, runs), progress=progress)
    asked.end(comparison, comparison.exit_code)


@app.command(cls=Command)
def estimate(
    plan: PlanArgument,
    settings: SetOption = None,
    validate: Annotated[bool, typer.Option("--validate", help="hold the curves against what came, with a report")] = False,
    to: Annotated[Path | None, typer.Option(help="the folder to write; the one that the plan names where none is")] = None,
    format: FormatOption = Format.text,
    width: WidthOption = None,
    quiet: QuietOption = False,
) -> None:
    """Estimate the curves of a plan from the monthly history of its contracts, and write them as tables that a plan names."""
    from gaapbridge.estimation.run import estimate as estimate_plan

    asked = Asked(format, width, quiet)
    with asked.progress() as progress:
        made = estimate_plan(plan, settings=settings or (), validate=validate, to=to, progress=progress)
    if not validate:
        asked.end(made, made.exit_code, kept=str(made.folder))
    from gaapbridge.report.validated import lacking, write_pages

    without = lacking()
    pages = None if without else write_pages([kind.folder for kind in made.kinds], made.plan.entity.name)
    asked.end(WithReport(made, pages, without), made.exit_code, kept=str(made.folder))


new = typer.Typer(
    no_args_is_help=True, help="Write something new to start from: a plan with miniature tapes, a ledger's layout."
)
app.add_typer(new, name="new")


@new.command("plan", cls=Command)
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
    history: Annotated[
        list[Path] | None, typer.Option(help="monthly performance of your loans or guarantees, for curves")
    ] = None,
    history_contracts: Annotated[list[Path] | None, typer.Option(help="what does not change of them, where apart")] = None,
    history_outcomes: Annotated[list[Path] | None, typer.Option(help="what was charged off, recovered and spent")] = None,
    history_fees: Annotated[list[Path] | None, typer.Option(help="fees of guarantees and what became of them")] = None,
    format: FormatOption = Format.text,
    width: WidthOption = None,
    quiet: QuietOption = False,
) -> None:
    """Write a plan that closes unedited on miniature tapes beside it, every election explained, with a data dictionary; or one
    of your own files, with curves of their history: columns, words, days and units told from them, what is open asked."""
    from gaapbridge.starter import OwnFiles, write_starter

    own = OwnFiles(
        loans=tuple(loans or ()), events=tuple(events or ()), payments=tuple(payments or ()),
        guarantees=tuple(guarantees or ()), guarantee_fees=tuple(fees or ()), awards=tuple(awards or ()),
        award_tranches=tuple(award_tranches or ()), award_events=tuple(award_events or ()),
        trial_balance=tuple(trial_balance or ()), history=tuple(history or ()), history_fees=tuple(history_fees or ()),
        history_contracts=tuple(history_contracts or ()), history_outcomes=tuple(history_outcomes or ()),
    )  # fmt: skip
    asked = Asked(format, width, quiet)
    with asked.progress() as progress:
        starter = write_starter(folder, own, progress)
    asked.end(starter, 0, kept=str(folder))


@new.command("layout", cls=Command)
def new_layout(
    ledger: Annotated[str, typer.Argument(help="the layout to start from: generic, sap, ...", metavar="LEDGER")],
    file: Annotated[Path, typer.Argument(help="the file to write", metavar="FILE")],
    format: FormatOption = Format.text,
    width: WidthOption = None,
    quiet: QuietOption = False,
) -> None:
    """Write the import layout of a ledger as a file to be changed, for `export --layout`."""
    from gaapbridge.vouchers.layout import copy_layout

    Asked(format, width, quiet).end(copy_layout(ledger, file), 0, kept=str(file))


@app.command(cls=Command)
def verify(
    file: Annotated[Path, typer.Argument(help="a reconciliation: JSON, CSV, TSV, TXT, XLSX or HTML; or a run", metavar="FILE")],
    opening: Annotated[Path | None, typer.Option(help="the file that holds the opening balance sheet")] = None,
    statutory_rate: Annotated[str | None, typer.Option(help="statutory tax rate, such as 0.25")] = None,
    vat_rate: Annotated[str | None, typer.Option(help="value-added tax rate, such as 0.06")] = None,
    tolerance: Annotated[int, typer.Option(min=0, help="presentation units allowed across periods")] = 1,
    columns: Annotated[str | None, typer.Option(help="which headings mean what: us_gaap=As reported,ifrs=As restated")] = None,
    rounding: Annotated[bool, typer.Option("--rounding", help="what rounding alone can make is no finding")] = False,
    decimal: Annotated[str | None, typer.Option(help="the mark before decimals in a table, comma or point")] = None,
    runs: RunsOption = RUNS,
    format: FormatOption = Format.text,
    width: WidthOption = None,
    quiet: QuietOption = False,
) -> None:
    """Re-add and challenge any published or in-house reconciliation."""
    from gaapbridge.verification import verify as verify_file

    if str(file) in ("latest", "previous"):
        from gaapbridge.run import open_run

        file = open_run(str(file), runs).folder
    outcome = verify_file(
        file,
        opening=opening,
        statutory_rate=rate_of("--statutory-rate", statutory_rate),
        vat_rate=rate_of("--vat-rate", vat_rate),
        tolerance=tolerance,
        columns=columns,
        rounding=rounding,
        decimal=decimal,
    )
    Asked(format, width, quiet).end(outcome, outcome.exit_code)


_HTML = "write it as a page of its own, as ID.html in the current folder or --to, and print where it is"
_ADDRESS = "a contract, loan/ID; a cell, bs-2023/loans_nc/ecl; or hindsight, movements, a tie-out, a finding"


@app.command(cls=Command)
def explain(
    run: RunArgument,
    address: Annotated[str, typer.Argument(help=_ADDRESS, metavar="ADDRESS")],
    months: Annotated[bool, typer.Option("--months", help="month by month, of a contract with a loss allowance")] = False,
    html: Annotated[bool, typer.Option("--html", help=_HTML)] = False,
    to: Annotated[Path | None, typer.Option(help="the file of the page, with --html")] = None,
    mask_ids: Annotated[bool, typer.Option("--mask-ids", help="its id masked, with --html")] = False,
    runs: RunsOption = RUNS,
    format: FormatOption = Format.text,
    width: WidthOption = None,
    quiet: QuietOption = False,
) -> None:
    """Open a printed cell down to its journals, segments and largest contracts, or a contract step by step."""
    from gaapbridge.explanation import explain as explain_address
    from gaapbridge.run import open_run

    asked = Asked(format, width, quiet)
    if html:
        from gaapbridge.report.explained import write_page

        written = write_page(open_run(run, runs), address, mask_ids=mask_ids, to=to)
        asked.end(written, 0, kept=str(written.file))
    if to is not None or mask_ids:
        rule = "--to and --mask-ids are of a page"
        raise UnusableInput(key="--html", rule=rule, remedy="say --html too, or leave them out")
    asked.end(explain_address(open_run(run, runs), address, months=months), 0)


_ONLY = "parts to write, with a comma between them, as workbook; all of them where nothing is said"
_MASK_IDS = "a mask in the place of every contract's id, for what leaves the house"


@app.command("report", cls=Command)
def write_report_of(
    run: RunArgument,
    only: Annotated[str | None, typer.Option(metavar="PARTS", help=_ONLY)] = None,
    mask_ids: Annotated[bool, typer.Option("--mask-ids", help=_MASK_IDS)] = False,
    to: Annotated[Path | None, typer.Option(help="the folder to write; beside the run where none is named")] = None,
    runs: RunsOption = RUNS,
    format: FormatOption = Format.text,
    width: WidthOption = None,
    quiet: QuietOption = False,
) -> None:
    """Write what people open of a run: a workbook with live formulas, a pack of pages to click through, the exhibit."""
    from gaapbridge.report import write_report
    from gaapbridge.report.parts import begin

    begin(only)
    from gaapbridge.run import open_run

    written = write_report(open_run(run, runs), only=only, mask_ids=mask_ids, to=to)
    Asked(format, width, quiet).end(written, 0, kept=str(written.folder))


_BOOK = "movements where the ledger carries differences forward, balances where they are reversed and booked anew each period"
_OPENING = (
    "booked, unbooked: whether the ledger holds the difference brought forward; or the version of it that it holds, as v1"
)
_LEDGERS = ", ".join(sorted(path.stem for path in Path(__file__).parents[1].glob("vouchers/layouts/*.toml")))
_BOOKED = "the version of this period whose vouchers the ledger holds, or none; asked where the run restates one"


@app.command(cls=Command)
def export(
    run: RunArgument,
    book: Annotated[Literal["movements", "balances"], typer.Option(help=_BOOK)],
    ledger: Annotated[str | None, typer.Option("--for", help=_LEDGERS)] = None,
    layout: Annotated[Path | None, typer.Option(help="a layout of your own, in the place of --for")] = None,
    opening: Annotated[str | None, typer.Option(help=_OPENING)] = None,
    booked: Annotated[str | None, typer.Option(help=_BOOKED)] = None,
    answers: Annotated[list[str] | None, typer.Option("--with", help="KEY=VALUE, what the layout asks for")] = None,
    form: Annotated[Literal["csv", "xlsx", "parquet"] | None, typer.Option(help="where the layout has several")] = None,
    to: Annotated[Path | None, typer.Option(help="the folder to write; beside the run where none is named")] = None,
    despite_failing_checks: Annotated[bool, typer.Option("--despite-failures", help="every voucher tells it")] = False,
    replace: Annotated[bool, typer.Option("--replace", help="put it in the place of another content")] = False,
    runs: RunsOption = RUNS,
    format: FormatOption = Format.text,
    width: WidthOption = None,
    quiet: QuietOption = False,
) -> None:
    """Write the journals of a run as vouchers in the import layout of a ledger, each balanced and leading back to the run."""
    from gaapbridge.run import open_run
    from gaapbridge.terms.key_values import key_values
    from gaapbridge.vouchers import export as export_run

    done = export_run(
        open_run(run, runs),
        ledger,
        book=book,
        opening=opening,
        booked=booked,
        layout=layout,
        form=form,
        answers=key_values("--with", answers or [], "company_code=1000", blank=True),
        to=to,
        despite_failing_checks=despite_failing_checks,
        replace=replace,
    )
    Asked(format, width, quiet).end(done, done.exit_code, kept=str(done.folder))


@app.command(cls=Command)
def reperform(
    run: RunArgument,
    sample: Annotated[int, typer.Option(min=1, help="contracts to calculate again")] = 25,
    seed: Annotated[int, typer.Option(help="seed of the sample")] = 20231231,
    runs: RunsOption = RUNS,
    format: FormatOption = Format.text,
    width: WidthOption = None,
    quiet: QuietOption = False,
) -> None:
    """Calculate a sample of a run's contracts again, by the independent calculator, and compare to the minor unit."""
    from gaapbridge.reperform.run import reperform as reperform_run
    from gaapbridge.run import open_run

    outcome = reperform_run(open_run(run, runs), sample=sample, seed=seed)
    Asked(format, width, quiet).end(outcome, 1 if outcome.disagreements else 0)

"""The close of one period, top to bottom: read, check, measure, post, reconcile, tie out, write.

``close`` is the only place where notes, statement and engine meet. Every step below is one sentence of the review file:
the tapes are checked and counted; each contract is measured under both frameworks; each note posts its flows; the columns
and the trial balance make the statement; the statement is tied out by two paths; the run is written whole or not at all.
"""

from __future__ import annotations

import os
import platform
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from gaapbridge.book.trial_balance import TrialBalance
from gaapbridge.contracts.asked_after import asked_after
from gaapbridge.contracts.declared import DECLARED
from gaapbridge.contracts.held_twice import held_twice
from gaapbridge.contracts.kept_parts import KeptParts, TakenUp
from gaapbridge.contracts.kinds import KINDS
from gaapbridge.contracts.measured import Measured
from gaapbridge.contracts.rejects import rejected_rows
from gaapbridge.engine import Engine
from gaapbridge.engine.local import Threads, processors
from gaapbridge.engine.sink import Parts
from gaapbridge.extracts.asking import answered
from gaapbridge.measure.compile import about_to_compile
from gaapbridge.notes import Treatments, standard_treatments
from gaapbridge.period_close.account_lines import on_wrong_lines
from gaapbridge.period_close.apart import told_by_rows
from gaapbridge.period_close.balancing import us_gaap_balances
from gaapbridge.period_close.cash import cash_ties
from gaapbridge.period_close.divided import with_divided_ledgers
from gaapbridge.period_close.entries import NoteColumn, post_notes
from gaapbridge.period_close.hindsight import KindHindsight, all_judged, checks_of, not_checked
from gaapbridge.period_close.inputs import Inputs, Records, read_inputs, refuse_excess, unchanged_inputs
from gaapbridge.period_close.layouts import layout_for
from gaapbridge.period_close.movement_ties import opened_as_brought_forward, with_adjustments
from gaapbridge.period_close.opening_gap import income_policies
from gaapbridge.period_close.overdrawn import overdrawn
from gaapbridge.period_close.parts import held_against_parts
from gaapbridge.period_close.restatement import filed_before, refuse_unless_restated, restated
from gaapbridge.period_close.right_ledger import ledger_ties, refuse_wrong_ledger
from gaapbridge.period_close.stated import stated_queries
from gaapbridge.period_close.statements import Statements, make_statements
from gaapbridge.period_close.ties import Ties, close_ties
from gaapbridge.plan import Plan, read_plan
from gaapbridge.progress import Progress
from gaapbridge.run.artefacts import Closed, write_run
from gaapbridge.run.folder import measurement_path, new_version, period_folder
from gaapbridge.run.movements import Movements
from gaapbridge.run.provenance import code_version, library_versions
from gaapbridge.run.reader import Run
from gaapbridge.run.remembered import remembered
from gaapbridge.run.samples import keep_totals_only, write_sample
from gaapbridge.terms.arguments import expect

BOTH_SIDES = "open both sides with explain; compare the ledger account with the sub-ledger"
"""What to do where a tie-out between books does not hold and says nothing of its own."""


def close(
    plan_path: str | os.PathLike[str],
    *,
    settings: Sequence[str] = (),
    progress: Progress | None = None,
    treatments: Treatments | None = None,
    engine: Engine | None = None,
) -> Run:
    """Close one period from a plan file and write an immutable run.

    Raises ``UnusableInput`` when the plan or a source cannot be used, or is changed meanwhile, or when more rows are rejected
    than the plan allows; then nothing is written. ``settings`` are keys of the plan with other values than its file states,
    each KEY=VALUE, which the run's plan then has. ``treatments`` puts other policies on the two sides of the notes, as tests
    do; ``engine`` are other workers than a thread for each processor.
    """
    expect("plan_path", plan_path, str, os.PathLike)
    return close_plan(read_plan(Path(plan_path), DECLARED, settings), progress=progress, treatments=treatments, engine=engine)


def close_plan(
    plan: Plan, *, progress: Progress | None = None, treatments: Treatments | None = None, engine: Engine | None = None
) -> Run:
    """Close one period from a plan already read; as ``close``."""
    shown, filed, began_ns = progress or Progress(show=False), filed_before(plan), time.time_ns()
    workers = engine or Threads(processors())
    with workers.begun(), answered(plan, stated_queries(plan), shown) as asked:
        with shown.stage("reading"):
            inputs = read_inputs(asked)
            refuse_wrong_ledger(asked, inputs.records, layout_for(asked))
        new = new_version(_folder_of(plan), lambda: refuse_unless_restated(plan))
        with new as version, unchanged_inputs(asked, inputs.records):
            closed = measure_and_reconcile(inputs, version.folder, shown, treatments, workers)
            with shown.stage("writing"):
                if plan.runs.totals_only:
                    keep_totals_only(version.folder, {one.kind: one.kept_measured() for one in inputs.populations})
                written_ns = time.time_ns()
                write_run(version.folder, restated(closed, version.folder, filed), shown.elapsed)
    run = Run(version.folder)
    with remembered() as hashes:  # so that it is explained without reading all of it, and of its tapes, once more
        hashes.learn({seen.path: seen.sha256 for seen in closed.sources.values()}, began_ns)
        hashes.learn({run.folder / name: sha256 for name, sha256 in run.manifest.artefacts_sha256.items()}, written_ns)
    return run


def _folder_of(plan: Plan) -> Path:
    """Where the versions of a plan's period are kept."""
    opening = None if plan.opening.source == "none" else plan.period.opening
    return period_folder(plan.locate(plan.runs.folder), plan.entity.name, opening, plan.period.closing)


def _files(plan: Plan, table: str) -> dict[str, str]:
    """The file of a table of each kind that has it, as the plan names it."""
    tables = {kind: plan.curves.of(kind) for kind in plan.tapes.kinds}
    return {kind: str(stated[table]) for kind, stated in tables.items() if stated.get(table) is not None}


def _of_hindsight(plan: Plan, hindsight: Sequence[KindHindsight]) -> Ties:
    """R17 of what is judged and of what is not, naming the tables to estimate again."""
    checks = checks_of(hindsight, _files(plan, "hazard"), _files(plan, "recovery"))
    return Ties(tuple(checks), tuple(not_checked(hindsight)))


def measure_and_reconcile(
    inputs: Inputs, unfinished: Path, progress: Progress, treatments: Treatments | None = None, engine: Engine | None = None
) -> Closed:
    """Everything between reading and writing: contracts measured into ``unfinished``, notes posted, statements tied out."""
    plan, measured = inputs.plan, measure(inputs, unfinished, progress, treatments, engine)
    rejects = inputs.rejects()
    refuse_excess(plan, rejects)
    with progress.stage("posting and tying out"):
        records = with_divided_ledgers(plan, inputs.records, measured)
        sums = {one.kind: one.sums for one in measured}
        ledgers = us_gaap_balances(plan, records, measured)
        columns, posting_findings = post_notes(plan, sums, records.opening, ledgers, records.given)
        measured = with_adjustments(plan, columns, measured)
        measured = opened_as_brought_forward(plan, columns, measured, records.prior_run)
        moved = any(column.basis_difference is not None for column in columns)
        policies = income_policies(records.prior_run, records.prior_answers, opening_moved=moved)
        statements = make_statements(plan, records, columns, measured, ledgers)
        hindsight = all_judged(measured)
        ties = _tied_out(plan, records, columns, measured, statements, rejected_rows(rejects))
        ties = ties.and_those(_of_hindsight(plan, hindsight))
        held = held_against_parts(plan, columns, statements, [one.kind for one in measured], unfinished)
        ties = ties.and_those(held.ties).and_those(Ties((), tuple(told_by_rows(plan, measured, unfinished))))
        failed = [check.as_finding(BOTH_SIDES) for check in ties.checks if not check.holds]
        twice = held_twice({one.kind: measurement_path(unfinished, one.kind) for one in measured})
        of_contracts = [*(finding for one in measured for finding in one.findings), *twice]
    return Closed(
        plan=plan,
        sources=records.sources,
        prior_run=None if records.prior_run is None else records.prior_run.folder,
        comparatives=statements.comparatives,
        parts=held.runs,
        sums=sums,
        hindsight=[one.as_dict() for one in hindsight],
        keyed=[row for one in measured for row in one.keyed],
        movements=tuple(Movements.of(one.kind, table.as_dict()) for one in measured for table in one.tables),
        noted={column.note.column: column.note for column in columns},
        given=tuple(row for column in columns for row in column.given.rows),
        journals=tuple(column.journal for column in columns),
        layout=statements.layout,
        statements=statements.ids,
        exact=statements.exact,
        printed=statements.printed,
        notes=statements.notes,
        estimated=statements.estimated,
        ledgers=statements.ledgers,
        checks=(*ties.checks, *statements.checks),
        findings=(
            *on_wrong_lines(plan, inputs.records, statements.layout),
            *overdrawn(plan, inputs.records, statements.layout),
            *replace(inputs, records=records).findings(),
            *of_contracts,
            *posting_findings,
            *policies,
            *failed,
            *statements.findings,
        ),
        not_checked=(*ties.not_checked, *statements.not_checked),
        rejects=rejects,
        rows_left_out=inputs.rows_left_out(),
        rows_of_other_kinds=inputs.rows_of_other_kinds(),
    )


def _tied_out(
    plan: Plan,
    records: Records,
    columns: Sequence[NoteColumn],
    measured: Sequence[Measured],
    statements: Statements,
    rejected: int,
) -> Ties:
    """The tie-outs of books; of cash and of the ledger only where there is an opening."""
    has_opening = statements.ids.opening is not None
    ties = close_ties(plan, columns, measured, _ledgers(plan, records), has_opening, rejected)
    if has_opening:
        ties = ties.and_those(cash_ties(plan, measured, records))
        ties = ties.and_those(ledger_ties(plan, measured, records, statements.layout))
    return ties


def _ledgers(plan: Plan, records: Records) -> Mapping[str, TrialBalance]:
    """The trial balances by state; where a plan with a ledger names none of the opening, the one the prior run closed with."""
    opening = None if plan.trial_balance is None else records.ledger("opening")
    return records.ledgers if opening is None else {"opening": TrialBalance(opening), **records.ledgers}


def measure(
    inputs: Inputs, folder: Path, progress: Progress, treatments: Treatments | None = None, engine: Engine | None = None
) -> list[Measured]:
    """Every kind of contract measured into its table below ``folder``, input rows kept beside, and what it comes to.

    Parts that an earlier close measured of the same are taken up, but under other policies than the notes': of their code no
    hash is known.
    """
    if (told := about_to_compile()) is not None:
        progress.say(told)
    sides, workers = treatments or standard_treatments(), engine or Threads(processors())
    for needed in (folder, Path(tempfile.gettempdir())):
        workers.reach(needed)
    made_with = (code_version(), library_versions(), sys.version, platform.machine())
    kept = KeptParts.opened(made_with, inputs.records.sources) if treatments is None else None
    with progress.stage("measuring", inputs.rows) as step:
        for population in inputs.populations:
            table = measurement_path(folder, population.kind)
            columns = asked_after(KINDS[population.kind]) if inputs.plan.runs.totals_only else None
            population.measure(table, sides, workers, step, columns, kept)
            Parts(table).sweep()
            write_sample(folder, population.kind, population.kept_rows(), population.kept_for())
    for sentence in sum((one.found.taken_up for one in inputs.populations), TakenUp()).told():
        progress.say(sentence)
    if told is not None:
        progress.say(f"compiled and measured in {progress.elapsed[-1][1]:.0f} s")
    return [population.result() for population in inputs.populations]

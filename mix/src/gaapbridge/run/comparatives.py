"""Statements of earlier periods that stand beside those of a close, each as the run that made it printed it then.

A balance sheet is compared with that of the last year end, an income statement with that of the same period a year before, as
filings print interim statements (IAS 34.20; Regulation S-X 210.10-01(c)). A close that opens with the run of a year before has
both from it; of a half-year or a month its plan names the runs, or ``latest`` for the one that stands for such a period.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from pathlib import Path

from gaapbridge.plan import Plan
from gaapbridge.run.manifest import has_manifest
from gaapbridge.run.periods import closed_periods, period_of
from gaapbridge.run.prior_run import NOT_DIVIDED, Divided, opened_as_closed, refuse_other_units
from gaapbridge.run.reader import Run
from gaapbridge.statement.document import Statement
from gaapbridge.terms.addresses import a_year_before, days_name
from gaapbridge.terms.errors import UnusableInput
from gaapbridge.terms.statement_kinds import BALANCE_SHEET

WEEK = timedelta(days=7)

LATEST, NONE = "latest", "none"

AS_RESTATED = "As restated."
"""What is said below the heading of a statement that stands beside and is that of a restatement."""


@dataclass(frozen=True)
class Comparatives:
    """What stands beside: the last year end's balance sheet, the opening one as printed then, income of a year before; each
    None where it does not. ``runs`` are those that a plan has named, or ``latest`` has found, by what of them is printed."""

    year_end: Statement | None = None
    opening: Statement | None = None
    income: Statement | None = None
    runs: Mapping[str, Path] = field(default_factory=dict)

    @property
    def by_id(self) -> dict[str, Statement]:
        """All of them by id, in the order in which they are printed."""
        return {one.id: one for one in (self.year_end, self.opening, self.income) if one is not None}


def comparatives(plan: Plan, prior: Run | None, opening: Mapping[str, int], divided: Divided = NOT_DIVIDED) -> Comparatives:
    """What stands beside the statements of a plan. ``opening`` is the opening ledger: the prior run's balance sheet is printed
    as it was only where that run closed with it. ``divided`` are accounts whose balance there is still that of others too.

    Raises ``UnusableInput`` where a run that the plan names is none, or of another entity, unit or period.
    """
    named = {"income": _income_run(plan), "balance_sheet": _sheet_run(plan)}
    year_before = named["income"] or (prior if prior is not None and _is_a_year_before(plan, prior) else None)
    income = None if year_before is None or plan.comparatives.income == NONE else _income(year_before)
    opened = _closing_sheet(prior) if prior is not None and opened_as_closed(prior, opening, divided) else None
    runs = {name: run.folder for name, run in named.items() if run is not None}
    return Comparatives(_year_end_sheet(plan, prior, named["balance_sheet"]), opened, income, runs)


def last_year_end(plan: Plan) -> date:
    """The last day before the closing on which a fiscal year ended: by the ledger, else the calendar."""
    ledger, day = plan.trial_balance, plan.period.closing - timedelta(days=1)
    while not ((day.month, day.day) == (12, 31) if ledger is None else ledger.ends_fiscal_year(day)):
        day -= timedelta(days=1)
    return day


def _is_a_year_before(plan: Plan, prior: Run) -> bool:
    """Whether a run closes the same period a year before: a half-year is not compared with that before it."""
    then = prior.manifest.period
    return _about_a_year(then.opening, plan.period.opening) and _about_a_year(then.closing, plan.period.closing)


def _about_a_year(then: str, now: date) -> bool:
    """Whether a day is a year before another, within the week by which years of 52 and 53 weeks differ."""
    return abs(date.fromisoformat(then) - a_year_before(now)) <= WEEK


def _year_end_sheet(plan: Plan, prior: Run | None, named: Run | None) -> Statement | None:
    """The balance sheet of the last year end: of the run that the plan names, else as the prior run prints it. Where the period
    opens with the year, the opening one is it."""
    year_end = last_year_end(plan)
    if year_end == plan.period.opening and plan.opening.source != "none":
        return None
    if named is not None:
        return _closing_sheet(named)
    if prior is None or plan.comparatives.balance_sheet == NONE:
        return None
    printed = prior.document.statements
    return next((one for one in printed if one.kind == BALANCE_SHEET and one.as_of == str(year_end)), None)


def _closing_sheet(run: Run) -> Statement | None:
    return _as_printed(run, run.manifest.statements.closing)


def _income(run: Run) -> Statement | None:
    income = run.manifest.statements.income
    return None if income is None else _as_printed(run, income)


def _as_printed(run: Run, name: str) -> Statement | None:
    """A statement of a run as it was printed; that of a restatement says so where it stands beside others."""
    printed = run.document.statement(name)
    if printed is None or run.manifest.restates is None:
        return printed
    return replace(printed, basis=f"{AS_RESTATED} {printed.basis}".strip())


def _income_run(plan: Plan) -> Run | None:
    """The run that a plan names for the income of a year before."""
    closing = a_year_before(plan.period.closing)
    stated = plan.comparatives.income
    run = _named(plan, "income", stated, a_year_before(plan.period.opening), closing)
    then = None if run is None else run.manifest
    if then is not None and not (then.statements.income and _about_a_year(then.period.closing, plan.period.closing)):
        rule = f"the income beside is of a period that closes on {closing}, a year before; this run is of {then.period}"
        raise _refusal(plan, "income", stated, rule, "name a run of such a period, or leave the key out")
    return run


def _sheet_run(plan: Plan) -> Run | None:
    """The run that a plan names for the balance sheet of the last year end."""
    closing, stated = last_year_end(plan), plan.comparatives.balance_sheet
    run = _named(plan, "balance_sheet", stated, None, closing)
    if run is not None and run.manifest.period.closing != str(closing):
        rule = f"the balance sheet beside is that of the last year end, {closing}; this run is of {run.manifest.period}"
        raise _refusal(plan, "balance_sheet", stated, rule, "name a run that closes then, or leave the key out")
    return run


def _named(plan: Plan, key: str, stated: str | None, opening: date | None, closing: date) -> Run | None:
    """The run of a folder, or the version that stands for the period ``latest`` means; of any period that closes then where
    ``opening`` is None."""
    if stated in (None, NONE):
        return None
    if stated == LATEST:
        periods = closed_periods(plan.locate(plan.runs.folder), plan.entity.name, closing)
        period = period_of(periods, opening) if opening is not None else next(iter(periods), None)
        if period is None:
            what = f"from {days_name(opening, closing).replace('_', ' to ')}" if opening else f"that closes on {closing}"
            rule = f"a run of {plan.entity.name} {what} is needed"
            raise _refusal(plan, key, stated, rule, "close that period, or leave the key out: then nothing stands beside")
        folder = period.standing.folder
    else:
        folder = plan.locate(str(stated))
    if not has_manifest(folder):
        raise _refusal(plan, key, stated, "a run folder holds manifest.json", "name a folder written by close, or latest")
    run = Run(folder)
    if run.manifest.entity != plan.entity.name:
        rule = f"statements beside are of {plan.entity.name}, this run is of {run.manifest.entity}"
        raise _refusal(plan, key, stated, rule, "name a run of this entity")
    refuse_other_units(plan, run.unchanged().plan_content.get("entity", {}))
    return run


def _refusal(plan: Plan, key: str, value: str | None, rule: str, remedy: str) -> UnusableInput:
    return UnusableInput(file=str(plan.path), key=f"comparatives.{key}", value=value, rule=rule, remedy=remedy)

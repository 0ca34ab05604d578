"""The run of the period before: found, held to what this plan needs of it, and what is wrong with it."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path
from types import MappingProxyType
from typing import Any

from gaapbridge.book.trial_balance import UNLISTED, TrialBalance
from gaapbridge.plan import Plan
from gaapbridge.plan.period import PlanPeriod
from gaapbridge.plan.written import written
from gaapbridge.run.folder import BROUGHT_FORWARD_FILE, MANIFEST
from gaapbridge.run.manifest import has_manifest
from gaapbridge.run.periods import ClosedPeriod, closed_periods, period_of
from gaapbridge.run.reader import Run
from gaapbridge.terms.addresses import whole_months
from gaapbridge.terms.errors import UnusableInput
from gaapbridge.terms.finding import Finding

KEY = "opening.run"

Divided = Mapping[str, Sequence[str]]
"""Accounts of a ledger whose balance is that of others too, with those."""

NOT_DIVIDED: Divided = MappingProxyType({})
"""A ledger in which every account is one of the plan's."""


def prior_run(plan: Plan) -> Run | None:
    """The prior run that a plan opens with; None where it opens otherwise.

    Raises ``UnusableInput`` where it is no run, is not as it was written, or is one of another entity, period or unit.
    """
    if plan.opening.source != "prior_run" or plan.opening.run is None:
        return None
    folder = _latest(plan) if plan.opening.run == "latest" else plan.locate(plan.opening.run)
    if not has_manifest(folder):
        raise _refusal(plan, "a run folder holds manifest.json", "name a folder written by close, or latest")
    run = Run(folder)
    closed, entity = run.manifest.period.closing, run.manifest.entity
    if closed != str(plan.period.opening):
        rule = f"the prior run closes on the opening instant {plan.period.opening}, this one on {closed}"
        raise _refusal(plan, rule, "name the run of the period before")
    if entity != plan.entity.name:
        rule = f"the prior run is one of {plan.entity.name}, this one is of {entity}"
        raise _refusal(
            plan, rule, "name a run of this entity; where it was renamed, bring its brought_forward.csv forward as amounts"
        )
    refuse_other_units(plan, run.unchanged().plan_content.get("entity", {}))
    if run.manifest.statements.closing not in run.ledgers:
        raise UnusableInput(
            file=str(run.folder / MANIFEST), key="statements.closing", value=run.manifest.statements.closing,
            rule=f"the closing balance sheet is one of ledger.json: {', '.join(run.ledgers)}",
            remedy="restore the run, or close the period before again",
        )  # fmt: skip
    return run


def closing_ledger(prior: Run) -> Mapping[str, int]:
    """The US GAAP balances with which a run closed, by account."""
    return prior.ledgers[prior.manifest.statements.closing]


def opened_as_closed(prior: Run, opening: Mapping[str, int], divided: Divided = NOT_DIVIDED) -> bool:
    """Whether an opening ledger is the one the prior run closed with, so that its balance sheet stands as printed then.

    ``divided`` are accounts whose balance in that ledger is still that of others too.
    """
    return _not_nil(_together(opening, divided)) == _not_nil(_together(closing_ledger(prior), divided))


def restated(prior: Run | None, opening: TrialBalance | None, divided: Divided = NOT_DIVIDED) -> Iterator[Finding]:
    """A finding for each account that does not open as the prior run closed it, where both were given a trial balance."""
    if prior is None or opening is None:
        return
    closed, opened = _together(closing_ledger(prior), divided), opening.balances
    if UNLISTED in closed:
        return
    for account in sorted({*closed, *opened}):
        difference = opened.get(account, 0) - closed.get(account, 0)
        if difference:
            yield Finding(
                "opening ledger differs from the prior close",
                f"trial_balance.opening/{account}",
                difference,
                "the trial balance of the opening is not the one the prior run closed with; the comparative is printed afresh",
                "give the trial balance the prior run closed with, or close the period before again on this one",
                "R9",
            )


def not_tied_out(prior: Run | None) -> Iterator[Finding]:
    """A finding where checks of the prior run fail: what it brings forward and printed is wrong somewhere. A surprise to its
    estimates (R17) is a fault of those, and shows in the year in which it is seen."""
    failing = [] if prior is None else [check for check in prior.listed.checks if not check.holds and check.check != "R17"]
    if prior is not None and failing:
        yield Finding(
            "prior run has failing checks",
            f"{KEY}/{prior.manifest.period.closing}/{prior.folder.name}",
            len(failing),
            "what is brought forward and printed beside was not tied out; "
            f"of {len(prior.listed.checks):,} checks of that run the first that fails is {failing[0].id}",
            "put right what that run found and close its period again, then this one",
            unit="failing",
        )


def closed_since_filed(plan: Plan, prior: Run | None) -> Iterator[Finding]:
    """A finding where the period before was closed again since it was filed: which version is brought forward."""
    if prior is None:
        return
    opened = None if prior.manifest.statements.opening is None else date.fromisoformat(prior.manifest.period.opening)
    period = period_of(_closed_before(plan), opened)
    if period is None or period.filed is None:
        return
    later = [version for version in period.versions if version.number > period.filed.number]
    taken = next((version for version in period.versions if version.folder.samefile(prior.folder)), None)
    if taken is None or taken is not period.filed or later:
        yield Finding(
            "prior period closed again since it was filed",
            f"{KEY}/{prior.manifest.period.closing}/{prior.folder.name}",
            len(later),
            f"filed is {period.filed.folder.name} ({period.filed.manifest.status_note}); brought forward is "
            f"{'a run of another folder' if taken is None else taken}; closed after it: {', '.join(map(str, later)) or 'none'}",
            "file the version that stands, then close this period on it; or name the run that is meant in opening.run",
            unit="later",
        )


def _together(ledger: Mapping[str, int], divided: Divided) -> dict[str, int]:
    """Balances with those of accounts that were divided out of another back in it."""
    whole = {first: sum(ledger.get(account, 0) for account in (first, *others)) for first, others in divided.items()}
    parts = {account for others in divided.values() for account in others}
    return {account: amount for account, amount in {**ledger, **whole}.items() if account not in parts}


def _not_nil(ledger: Mapping[str, int]) -> dict[str, int]:
    return {account: amount for account, amount in ledger.items() if amount}


def _latest(plan: Plan) -> Path:
    """The version that stands for the period before: of periods that close on one day and leave the same, that of this plan's
    length, else the longest."""
    periods = _closed_before(plan)
    if not periods:
        rule = f"a run of {plan.entity.name} that closes on {plan.period.opening} is needed"
        raise _refusal(plan, rule, 'close that period first, or use source = "opening_tape"')
    left = {period.standing.manifest.artefacts_sha256.get(BROUGHT_FORWARD_FILE) for period in periods}
    if len(left) > 1:
        runs = [os.path.relpath(period.standing.folder, plan.folder) for period in periods]
        rule = (
            f"periods that close on {plan.period.opening} leave the same amounts to the next one; {' and '.join(runs)} do not"
        )
        raise _refusal(plan, rule, f"name the run that is brought forward: run = {written(runs[0])}")
    as_long = (period for period in periods if period.opening is not None and _months(period) == _months(plan.period))
    return next(as_long, periods[0]).standing.folder


def _months(period: ClosedPeriod | PlanPeriod) -> int | None:
    return None if period.opening is None else whole_months(period.opening, period.closing)


def _closed_before(plan: Plan) -> list[ClosedPeriod]:
    """The periods of the plan's entity that close when it opens."""
    return closed_periods(plan.locate(plan.runs.folder), plan.entity.name, plan.period.opening)


def refuse_other_units(plan: Plan, then: Mapping[str, Any]) -> None:
    """Amounts brought forward and printed comparatives are in the prior run's units."""
    for name in ("currency", "minor_digits", "presentation_unit"):
        value = getattr(plan.entity, name)
        if then.get(name, value) != value:
            raise UnusableInput(
                file=str(plan.path), key=f"entity.{name}", value=str(value), rule=f"the prior run has {then[name]}",
                remedy="keep it, or close the period before again with this one",
            )  # fmt: skip


def _refusal(plan: Plan, rule: str, remedy: str) -> UnusableInput:
    return UnusableInput(file=str(plan.path), key=KEY, value=plan.opening.run, rule=rule, remedy=remedy)

"""The run of the period before: found, held to what this plan needs of it, and read for its comparatives."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import Any

from gaapbridge.book.trial_balance import UNLISTED, TrialBalance
from gaapbridge.plan import Plan
from gaapbridge.run.folder import MANIFEST, period_folder, versions
from gaapbridge.run.manifest import has_manifest
from gaapbridge.run.reader import Run
from gaapbridge.statement.document import Statement
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
    _refuse_other_units(plan, run.unchanged().plan_content.get("entity", {}))
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


def as_printed_then(prior: Run | None, opening: Mapping[str, int]) -> dict[str, Statement]:
    """Statements of a prior run as printed then, by id; its balance sheet only where the opening ledger is still the same."""
    if prior is None:
        return {}
    wanted = {prior.manifest.statements.income}
    if opened_as_closed(prior, opening):
        wanted.add(prior.manifest.statements.closing)
    return {statement.id: statement for statement in prior.document.statements if statement.id in wanted}


def opened_as_closed(prior: Run, opening: Mapping[str, int], divided: Divided = NOT_DIVIDED) -> bool:
    """Whether an opening ledger is the one the prior run closed with, so that its balance sheet stands as printed then.

    ``divided`` are accounts whose balance in that ledger is still that of others too.
    """
    return _not_nil(opening) == _not_nil(_together(closing_ledger(prior), divided))


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


def _together(ledger: Mapping[str, int], divided: Divided) -> dict[str, int]:
    """Balances with those of accounts that were divided out of another back in it."""
    whole = {first: sum(ledger.get(account, 0) for account in (first, *others)) for first, others in divided.items()}
    parts = {account for others in divided.values() for account in others}
    return {account: amount for account, amount in {**ledger, **whole}.items() if account not in parts}


def _not_nil(ledger: Mapping[str, int]) -> dict[str, int]:
    return {account: amount for account, amount in ledger.items() if amount}


def _latest(plan: Plan) -> Path:
    """The last run of the period before."""
    runs = period_folder(plan.locate(plan.runs.folder), plan.entity.name, plan.period.opening)
    known = [run for run in versions(runs) if has_manifest(run)]
    if not known:
        rule = f"a run of {plan.entity.name} that closes on {plan.period.opening} is needed"
        raise _refusal(plan, rule, 'close that period first, or use source = "opening_tape"')
    return known[-1]


def _refuse_other_units(plan: Plan, then: Mapping[str, Any]) -> None:
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

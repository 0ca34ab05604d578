"""The inputs of a close: sources located and hashed, ledgers, amounts brought forward, populations opened.

Everything that can make input unusable is raised here, before anything is written. Sources are hashed before they are read, and
looked at again once the close is done with them: figures and hashes of a run are of the same files.
"""

from __future__ import annotations

import contextlib
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

import polars as pl

from gaapbridge.book.trial_balance import UNLISTED, TrialBalance
from gaapbridge.contracts.contract_tapes import Tapes
from gaapbridge.contracts.kinds import KINDS
from gaapbridge.contracts.rejects import refused, together
from gaapbridge.difference import Note
from gaapbridge.notes import notes_of
from gaapbridge.period_close.adjustments import adjustment_findings, read_adjustments, without_adjustments
from gaapbridge.period_close.deferred_tax import sided_anew
from gaapbridge.period_close.given import Given
from gaapbridge.period_close.given import together as given_together
from gaapbridge.period_close.given_notes import read_given_note
from gaapbridge.period_close.layouts import layout_for
from gaapbridge.period_close.opening_gap import Opening, gap_since, late_adjustments
from gaapbridge.period_close.same_tapes import refuse_same_ledger, same_tapes
from gaapbridge.period_close.stated import stated_paths
from gaapbridge.plan import Plan
from gaapbridge.plan.ledger_accounts import refuse_left_open
from gaapbridge.plan.reading import Written, written_at
from gaapbridge.run import Run
from gaapbridge.run.brought_forward import PriorBalances, read_brought_forward
from gaapbridge.run.folder import BROUGHT_FORWARD_FILE
from gaapbridge.run.given_rows import still_open
from gaapbridge.run.prior_answers import PriorAnswers, prior_answers
from gaapbridge.run.prior_run import closed_since_filed, closing_ledger, not_tied_out, opened_as_closed, prior_run, restated
from gaapbridge.tapes import members
from gaapbridge.tapes.ledger import Listed, open_trial_balance, read_trial_balance
from gaapbridge.tapes.ledger_foot import unlike_its_total
from gaapbridge.terms.errors import UnusableInput, nearest
from gaapbridge.terms.errors import together as all_refused
from gaapbridge.terms.finding import Finding
from gaapbridge.terms.hashes import Seen, at_once, changed

if TYPE_CHECKING:  # loads the kernels
    from gaapbridge.contracts.population import Population


@dataclass(frozen=True)
class Records:
    """What a close reads beside its contracts: every source as it was before it was read, trial balances by state as
    ``ledgers``, the accounts of the closing one as they are ``listed``, the amounts brought forward as ``prior_balances``;
    ``prior_answers`` are what the prior run answered otherwise. ``carried`` says how the tapes are written that the opening
    takes over from the prior run, by the key of each. ``given`` is what files give of every note, by its key."""

    sources: Mapping[str, Seen]
    ledgers: Mapping[str, TrialBalance]
    listed: tuple[Listed, ...]
    ledger_findings: tuple[Finding, ...]
    prior_run: Run | None
    prior_balances: PriorBalances | None
    prior_answers: PriorAnswers
    carried: Mapping[str, Written]
    given: Mapping[str, Given]

    @property
    def opening(self) -> Opening | None:
        """The amounts brought forward with what a gap to them is; None where nothing is."""
        if self.prior_balances is None:
            return None
        late = late_adjustments(self.prior_run, self.given)
        return Opening(self.prior_balances, gap_since(self.prior_run, self.prior_answers, self.sources, late))

    @property
    def paths(self) -> dict[str, Path]:
        """Where every source is."""
        return {name: seen.path for name, seen in self.sources.items()}

    def ledger(self, state: str) -> Mapping[str, int] | None:
        """Balances of the ledger at an instant: the plan's, at the opening else the prior run's; None where there are none."""
        if state in self.ledgers:
            return self.ledgers[state].balances
        if state == "opening" and self.prior_run is not None:
            closed = closing_ledger(self.prior_run)
            return None if UNLISTED in closed else closed
        return None


@dataclass(frozen=True)
class Inputs:
    """What a close reads: the plan, its opening on the techniques of the prior run; its records and the contracts."""

    plan: Plan
    records: Records
    populations: tuple[Population, ...]

    @property
    def rows(self) -> int:
        """Rows of all tapes."""
        return sum(population.rows for population in self.populations)

    def rejects(self) -> pl.DataFrame:
        """All rejects; complete once the populations have been measured."""
        return together(part for population in self.populations for part in population.rejects())

    def rows_left_out(self) -> dict[str, int]:
        """Rows of totals on the tapes, by source, where there are any; complete once the populations have been measured."""
        return {tape.source: tape.left_out for one in self.populations for tape in one.tape_rows() if tape.left_out}

    def rows_of_other_kinds(self) -> dict[str, Mapping[str, int]]:
        """Rows of kinds that the plan leaves out, by source and word, where there are any; complete likewise."""
        return {tape.source: tape.others for one in self.populations for tape in one.tape_rows() if tape.others}

    def findings(self) -> list[Finding]:
        """Findings about the inputs: ledgers, control totals, contracts; complete once the populations have been measured."""
        of_contracts = (finding for population in self.populations for finding in population.findings())
        return [*self.records.ledger_findings, *(taken(finding, self.plan) for finding in of_contracts)]


def read_records(plan: Plan) -> Records:
    """Locate and hash every source of a plan, read its ledgers and what is brought forward. Raises ``UnusableInput``."""
    _refuse_unknown_findings(plan)
    prior = prior_run(plan)
    sources = _sources(plan, prior)
    refuse_same_ledger(plan, sources)
    paths = {name: seen.path for name, seen in sources.items()}
    ledgers, listed, findings = _ledgers(plan, paths)
    notes = notes_of(plan, layout_for(plan))
    prior_balances = _brought_forward(plan, paths, prior, ledgers, notes)
    given = _given(plan, notes, paths, prior, prior_balances)
    return Records(
        sources=sources,
        ledgers=ledgers,
        listed=listed,
        ledger_findings=(
            *findings,
            *not_tied_out(prior),
            *closed_since_filed(plan, prior),
            *restated(prior, ledgers.get("opening"), divided_by(plan)),
            *same_tapes(sources),
            *adjustment_findings(given),
        ),
        prior_run=prior,
        prior_balances=prior_balances,
        prior_answers=prior_answers(plan, prior),
        carried={} if prior is None else _written_then(plan, prior, paths),
        given=given,
    )


def _given(
    plan: Plan,
    notes: Mapping[str, Note],
    paths: Mapping[str, Path],
    prior: Run | None,
    brought: PriorBalances | None,
) -> dict[str, Given]:
    """What files give of every note, by its key: of a given one all of it, and adjustments, also those of the prior run. What
    is wrong with the files of given notes is told together."""
    earlier = [] if prior is None else still_open(prior.given_rows, str(plan.period.opening))
    adjusted = read_adjustments(plan, notes, paths.get("adjustments"), earlier)
    found, refusals = {}, list[UnusableInput]()
    for key, note in notes.items():
        found[key] = adjusted[key]
        if note.is_given:
            carried = None if brought is None else without_adjustments(plan, brought[key], adjusted[key])
            try:
                own = read_given_note(plan, note, paths[f"given.{key}"], carried, adjusted[key])
                found[key] = given_together(own, adjusted[key])
            except UnusableInput as refused:
                refusals.append(refused)
    if refusals:
        raise all_refused(refusals)
    return found


def _written_then(plan: Plan, prior: Run, paths: Mapping[str, Path]) -> dict[str, Written]:
    """How the tapes are written that a plan takes over from a prior run, which its own plan says: since then the lender may
    write them otherwise."""
    stated = plan.tapes
    taken = [tape.key for kind in KINDS.values() for tape in kind.tapes if tape.at_both and stated.named(tape.key)]
    carried = [key for key in taken if f"tapes.{key}.opening" in paths and getattr(stated.named(key), "opening", None) is None]
    return {key: written_at(prior.plan_content["tapes"][key], "closing") for key in carried}


def divided_by(plan: Plan) -> Mapping[str, Sequence[str]]:
    """The accounts that the plan divides, with those they are divided into: at first their balance is one."""
    return plan.trial_balance.divided if plan.trial_balance else {}


def _brought_forward(
    plan: Plan,
    paths: Mapping[str, Path],
    prior: Run | None,
    ledgers: Mapping[str, TrialBalance],
    notes: Mapping[str, Note],
) -> PriorBalances | None:
    """The amounts brought forward, deferred tax on the sides that the opening ledger gives it; where the prior run's balance
    sheet stands as it was printed, on those it was printed on."""
    carried = prior.folder / BROUGHT_FORWARD_FILE if prior is not None else paths.get("opening.file")
    if carried is None:
        return None
    balances = read_brought_forward(plan, carried, notes)
    opening = ledgers["opening"].balances if "opening" in ledgers else {}
    if prior is not None and (not opening or opened_as_closed(prior, opening, divided_by(plan))):
        return balances
    return sided_anew(plan, balances, opening)


def read_inputs(plan: Plan) -> Inputs:
    """Locate, hash and open every source of a plan. Raises ``UnusableInput``; writes nothing."""
    records = read_records(plan)
    plan, paths = plan.continuing(records.prior_answers.techniques).carrying(records.carried), records.paths
    populations = tuple(_part(kind, "population").open_population(plan, paths) for kind in plan.tapes.kinds)
    return Inputs(plan, records, populations)


def _refuse_unknown_findings(plan: Plan) -> None:
    """Raise where the plan accepts what is no finding about the contracts that it names, nor about names of accounts."""
    if not plan.records.severity:
        return
    causes = (cause for kind in plan.tapes.kinds for cause in _part(kind, "population").CAUSES.values())
    known = {*(cause.name for cause in causes), *OF_NAMES}
    for name in plan.records.severity:
        if name not in known:
            near = nearest(name, known)
            raise UnusableInput(
                file=str(plan.path), key="records.severity", value=name,
                rule="a severity is of a finding about contracts or names of accounts",
                remedy=f"did you mean {' or '.join(near)}?" if near else "name one of them, or remove it",
            )  # fmt: skip


OF_NAMES = ("income on a row of the balance sheet", "balance on a row of the income statement", "cash is overdrawn")
"""Findings about accounts by their names, which a plan may accept."""


def taken(finding: Finding, plan: Plan) -> Finding:
    """A finding about contracts, or names of accounts, as the plan takes it: accepted with its reason, where it says so."""
    stated = plan.records.severity.get(finding.name)
    return finding if stated is None else replace(finding, accepted=stated.reason)


@contextlib.contextmanager
def unchanged_inputs(plan: Plan, records: Records) -> Iterator[None]:
    """Raise ``UnusableInput`` where the plan, a source or the prior run is no longer what was read when what is done in
    between ends, well or not: an input that changes meanwhile may look like any other fault."""
    try:
        yield
    except Exception:
        _refuse_changed(plan, records)
        raise
    _refuse_changed(plan, records)


def _refuse_changed(plan: Plan, records: Records) -> None:
    if not plan.path.is_file() or plan.path.read_bytes() != plan.written:
        raise changed(str(plan.path), None)
    unchanged = at_once(lambda seen: seen.unchanged, records.sources.values())
    for (name, seen), as_it_was in zip(records.sources.items(), unchanged, strict=True):
        if not as_it_was:
            raise changed(str(seen.path), name)
    if records.prior_run is not None:
        records.prior_run.unchanged()


def open_tapes(plan: Plan, records: Records) -> tuple[Tapes, ...]:
    """The tapes of every kind of contract a plan names, with their curves: what is checked where nothing is measured."""
    carrying = plan.carrying(records.carried)
    return tuple(_part(kind, "tapes").open_tapes(carrying, records.paths) for kind in plan.tapes.kinds)


def _part(kind: str, name: str) -> Any:
    """A module of a kind of contract; imported only where the plan names its tape, kernels only where it is measured."""
    return import_module(f"gaapbridge.contracts.{kind}.{name}")


def refuse_excess(plan: Plan, rejects: pl.DataFrame) -> None:
    """Raise when more rows, or more principal, were rejected than the plan carries; names what is to be mended, all of it: not
    what is rejected because something else of its contract is."""
    rows = rejects.unique(["file", "row"])
    principal = sum(abs(amount) for amount in rows["amount_minor"].drop_nulls().to_list())
    allowed = plan.thresholds
    if rows.height <= allowed.rejected_rows and principal <= allowed.rejected_principal_minor:
        return
    of_rule = (
        f" ({rows.height:,} rows rejected with {principal:,} minor units; the plan allows "
        f"{allowed.rejected_rows:,} and {allowed.rejected_principal_minor:,})"
    )
    of_remedy = (
        "; or raise rejected_rows and rejected_principal_minor under [thresholds] to close without them, listed in rejects.csv"
    )
    raise refused(rejects, of_rule=of_rule, of_remedy=of_remedy)


def _sources(plan: Plan, prior: Run | None) -> dict[str, Seen]:
    """All sources by name, each hashed; the opening tape of a prior run is that run's closing tape, unchanged since."""
    stated = stated_paths(plan)
    carried = {} if prior is None else _carried_tapes(plan, prior, stated)
    paths = {**carried, **stated}
    for name, path in paths.items():
        if not path.is_file():
            raise UnusableInput(
                file=str(path), key=name, rule="a source named in the plan is a file", remedy="check the path in the plan"
            )
    tops = (path.parent if name in plan.extracts else plan.folder for name, path in paths.items())
    seen = at_once(lambda one: Seen.of(*one), zip(paths.values(), tops, strict=True))
    sources = dict(zip(paths, seen, strict=True))
    then = {} if prior is None else prior.manifest.sources
    for name, path in carried.items():
        if sources[name].sha256 != then[_closing_of(name)].sha256:
            raise UnusableInput(
                file=str(path), rule="the prior run's closing tape is unchanged since that run", remedy="restore the tape"
            )
    return sources


def _carried_tapes(plan: Plan, prior: Run, paths: Mapping[str, Path]) -> dict[str, Path]:
    """The prior run's closing tapes, as openings, where the plan names no opening tape of its own."""
    then = prior.manifest.source_paths(prior.folder)
    tapes = [tape.key for kind in KINDS.values() for tape in kind.tapes if tape.at_both]
    stated = [f"tapes.{tape}.opening" for tape in tapes if plan.tapes.named(tape) is not None]
    openings = [name for name in stated if _closing_of(name) in then and name not in paths]
    carried: dict[str, Path] = {}
    for name in openings:
        closing = _closing_of(name)
        carried |= members.named(name, [then[closing], *members.others(then, closing)])
    return carried


def _closing_of(opening: str) -> str:
    """The closing tape of an opening one, by their names in a manifest."""
    return opening.replace(".opening", ".closing")


def _ledgers(plan: Plan, paths: Mapping[str, Path]) -> tuple[dict[str, TrialBalance], tuple[Listed, ...], tuple[Finding, ...]]:
    """The trial balances by state, the accounts of the last as they are listed, and findings."""
    ledgers: dict[str, TrialBalance] = {}
    listed: tuple[Listed, ...] = ()
    findings: list[Finding] = []
    names = {code: account.name for code, account in plan.accounts.items()}
    for state in ("opening", "closing"):
        path = paths.get(f"trial_balance.{state}")
        if path is not None and plan.trial_balance is not None:
            called = plan.name_of(path) if f"trial_balance.{state}" in plan.extracts else None
            how = plan.trial_balance.at(state)
            source = open_trial_balance(path, how, plan.entity.minor_digits, plan.entity.currency, called)
            read = read_trial_balance(source, names, plan.trial_balance.charted)
            _refuse_twice(plan.trial_balance.divided, read.balances, plan.name_of(path))
            ledgers[state], listed = TrialBalance(read.balances), read.listed
            findings += (*read.findings, *unlike_its_total(source))
    refuse_left_open(plan)
    return ledgers, listed, tuple(findings)


def _refuse_twice(divided: Mapping[str, Collection[str]], balances: Mapping[str, int], file: str) -> None:
    """Raise where an account that the plan divides out of another has a balance of its own."""
    for first, others in divided.items():
        for account in others:
            if account in balances:
                raise UnusableInput(
                    file=file, column="account", value=account,
                    rule=f"[trial_balance.accounts] divides it out of {first}, so it is no account of the ledger",
                    remedy=f'map the account of the ledger to {account} alone, or "{account}" to the account that is divided',
                )  # fmt: skip

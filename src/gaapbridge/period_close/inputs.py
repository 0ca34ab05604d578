"""The inputs of a close: sources located and hashed, ledgers, amounts brought forward, populations opened.

Everything that can make input unusable is raised here, before anything is written.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

import polars as pl

from gaapbridge.book.trial_balance import TrialBalance
from gaapbridge.contracts.contract_tapes import Tapes
from gaapbridge.contracts.kinds import KINDS
from gaapbridge.contracts.rejects import together
from gaapbridge.plan import Plan
from gaapbridge.run import Run
from gaapbridge.run.brought_forward import PriorBalances, read_brought_forward
from gaapbridge.run.folder import BROUGHT_FORWARD_FILE
from gaapbridge.run.prior_run import prior_run, restated
from gaapbridge.tapes.checks import refusal
from gaapbridge.tapes.ledger import read_trial_balance
from gaapbridge.terms.errors import UnusableInput
from gaapbridge.terms.finding import Finding
from gaapbridge.terms.hashes import sha256_of

if TYPE_CHECKING:  # loads the kernels
    from gaapbridge.contracts.population import Population

Sources = dict[str, tuple[Path, str]]


@dataclass(frozen=True)
class Records:
    """What a close reads beside its contracts: where every source is, trial balances by state as ``ledgers``,
    and the amounts brought forward as ``prior_balances``."""

    paths: Mapping[str, Path]
    ledgers: Mapping[str, TrialBalance]
    ledger_findings: tuple[Finding, ...]
    prior_run: Run | None
    prior_balances: PriorBalances | None


@dataclass(frozen=True)
class Inputs:
    """What a close reads: its records, every source with its path and hash, and the contracts."""

    records: Records
    sources: Sources
    populations: tuple[Population, ...]

    @property
    def rows(self) -> int:
        """Rows of all tapes."""
        return sum(population.rows for population in self.populations)

    def rejects(self) -> pl.DataFrame:
        """All rejects; complete once the populations have been measured."""
        return together(part for population in self.populations for part in population.rejects())

    def findings(self) -> list[Finding]:
        """Findings about the inputs: ledgers, control totals, contracts; complete once the populations have been measured."""
        return [*self.records.ledger_findings, *(f for population in self.populations for f in population.findings())]


def read_records(plan: Plan) -> Records:
    """Locate every source of a plan, read its ledgers and what is brought forward. Raises ``UnusableInput``."""
    prior = prior_run(plan)
    paths = _paths(plan, prior)
    for name, path in paths.items():
        if not path.is_file():
            raise UnusableInput(
                file=str(path), key=name, rule="a source named in the plan is a file", remedy="check the path in the plan"
            )
    ledgers, findings = _ledgers(plan, paths)
    carried = prior.folder / BROUGHT_FORWARD_FILE if prior is not None else paths.get("opening.file")
    return Records(
        paths=paths,
        ledgers=ledgers,
        ledger_findings=(*findings, *restated(prior, ledgers.get("opening"))),
        prior_run=prior,
        prior_balances=None if carried is None else read_brought_forward(plan, carried),
    )


def read_inputs(plan: Plan) -> Inputs:
    """Locate, hash and open every source of a plan. Raises ``UnusableInput``; writes nothing."""
    records = read_records(plan)
    return Inputs(
        records=records,
        sources={name: (path, sha256_of(path)) for name, path in records.paths.items()},
        populations=tuple(_part(kind, "population").open_population(plan, records.paths) for kind in plan.tapes.kinds),
    )


def open_tapes(plan: Plan, records: Records) -> tuple[Tapes, ...]:
    """The tapes of every kind of contract a plan names, with their curves: what is checked where nothing is measured."""
    return tuple(_part(kind, "tapes").open_tapes(plan, records.paths) for kind in plan.tapes.kinds)


def _part(kind: str, name: str) -> Any:
    """A module of a kind of contract; imported only where the plan names its tape, kernels only where it is measured."""
    return import_module(f"gaapbridge.contracts.{kind}.{name}")


def refuse_excess(plan: Plan, rejects: pl.DataFrame) -> None:
    """Raise when more rows, or more principal, were rejected than the plan carries; names the first."""
    rows = rejects.unique(["file", "row"])
    principal = sum(abs(amount) for amount in rows["amount_minor"].drop_nulls().to_list())
    allowed = plan.thresholds
    if rows.height <= allowed.rejected_rows and principal <= allowed.rejected_principal_minor:
        return
    raise refusal(
        rejects,
        of_rule=f" ({rows.height:,} rows rejected with {principal:,} minor units; the plan allows "
        f"{allowed.rejected_rows:,} and {allowed.rejected_principal_minor:,})",
        of_remedy="; or raise rejected_rows and rejected_principal_minor under [thresholds] to close without them, listed in "
        "rejects.csv",
    )


def _paths(plan: Plan, prior: Run | None) -> dict[str, Path]:
    """Paths of all sources by name; the opening tape of a prior run is that run's closing tape."""
    named: dict[str, str | None] = {"opening.file": plan.opening.file}
    tapes = [tape for kind in KINDS.values() for tape in kind.tapes]
    for tape in sorted(tapes, key=lambda tape: not tape.at_both):
        stated = plan.tapes.named(tape.key)
        for part in ("opening", "closing") if tape.at_both else ("path",):
            name = f"tapes.{tape.key}" if part == "path" else f"tapes.{tape.key}.{part}"
            named[name] = None if stated is None else getattr(stated, part)
    for kind in plan.tapes.kinds:
        named |= {f"curves.{kind}.{table}": path for table, path in plan.curves.of(kind).items()}
    for state in ("opening", "closing"):
        named[f"trial_balance.{state}"] = getattr(plan.trial_balance, state) if plan.trial_balance else None
    named["statement.layout"] = plan.statement.own_layout
    paths = {name: plan.locate(path) for name, path in named.items() if path is not None}
    return paths if prior is None else {**_carried_tapes(plan, prior, paths), **paths}


def _carried_tapes(plan: Plan, prior: Run, paths: Mapping[str, Path]) -> dict[str, Path]:
    """The prior run's closing tapes, unchanged since, where the plan names no opening tape of its own."""
    then, carried = prior.manifest.source_paths(prior.folder), {}
    for tape in (tape.key for kind in KINDS.values() for tape in kind.tapes if tape.at_both):
        path = then.get(f"tapes.{tape}.closing")
        if plan.tapes.named(tape) is None or path is None or f"tapes.{tape}.opening" in paths:
            continue
        if path.is_file() and sha256_of(path) != prior.manifest.sources[f"tapes.{tape}.closing"].sha256:
            raise UnusableInput(
                file=str(path), rule="the prior run's closing tape is unchanged since that run", remedy="restore the tape"
            )
        carried[f"tapes.{tape}.opening"] = path
    return carried


def _ledgers(plan: Plan, paths: Mapping[str, Path]) -> tuple[dict[str, TrialBalance], tuple[Finding, ...]]:
    ledgers: dict[str, TrialBalance] = {}
    findings: list[Finding] = []
    for state in ("opening", "closing"):
        path = paths.get(f"trial_balance.{state}")
        if path is not None and plan.trial_balance is not None:
            read = read_trial_balance(path, plan.trial_balance.amounts, plan.entity.minor_digits, plan.accounts.keys())
            ledgers[state] = TrialBalance(read.balances)
            findings += read.findings
    return ledgers, tuple(findings)

"""The inputs of a close: sources located and hashed, curves, ledgers, events and the two streams of loans.

Everything that can make input unusable is raised here, before anything is written.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import polars as pl

from gaapbridge.book.trial_balance import TrialBalance
from gaapbridge.period_close.entries import NOTES, PATH_ROLES, PROFIT_ROLES, PriorBalances
from gaapbridge.period_close.run_folder import period_folder, sha256_of, versions, write_csv
from gaapbridge.plan import Plan
from gaapbridge.portfolio.checks import REJECTS, check
from gaapbridge.portfolio.contract import Circumstances
from gaapbridge.portfolio.curves import Curves, read_curves
from gaapbridge.portfolio.ledger import read_trial_balance
from gaapbridge.portfolio.period_tapes import EVENTS
from gaapbridge.portfolio.read import open_tape
from gaapbridge.portfolio.stream import LoanTape, aligned, known_ids, open_loans
from gaapbridge.terms.errors import UnusableInput
from gaapbridge.terms.finding import Finding
from gaapbridge.terms.gaap import Gaap

Sources = dict[str, tuple[Path, str]]


@dataclass
class Inputs:
    """What a close reads. ``ledgers`` holds trial balances by state; ``prior_balances`` what the prior run left."""

    sources: Sources
    curves: Curves
    opening: LoanTape | None
    closing: LoanTape
    events: pl.DataFrame
    event_rejects: pl.DataFrame
    ledgers: Mapping[str, TrialBalance]
    ledger_findings: tuple[Finding, ...]
    prior_run: Path | None
    prior_balances: PriorBalances | None
    control: tuple[tuple[str, LoanTape, int | None, int | None], ...] = field(default=())

    @property
    def rows(self) -> int:
        """Rows of both tapes."""
        return self.closing.source.rows + (self.opening.source.rows if self.opening else 0)

    @property
    def longest_term(self) -> int:
        """Longest term on either tape, in instalments."""
        return max(self.closing.longest_term, self.opening.longest_term if self.opening else 1)

    @property
    def closing_name(self) -> str:
        """Name of the closing tape in rejects."""
        return self.closing.source.file

    def pairs(self) -> Iterator[tuple[pl.DataFrame, pl.DataFrame]]:
        """Opening and closing rows in chunks of the same contracts."""
        opening = self.opening.chunks() if self.opening else iter(())
        return aligned(opening, self.closing.chunks())

    def rejects(self, measured: list[pl.DataFrame]) -> pl.DataFrame:
        """All rejects in the order of the files; complete once the tapes have been streamed."""
        parts = [*(self.opening.rejects if self.opening else []), *self.closing.rejects, self.event_rejects, *measured]
        empty = pl.DataFrame(schema=REJECTS)
        return pl.concat([empty, *(part.select(REJECTS.names()) for part in parts)]).sort("file", "row", maintain_order=True)

    def findings(self) -> list[Finding]:
        """Findings about the inputs: control totals and ledgers; complete once the tapes have been streamed."""
        found = list(self.ledger_findings)
        for state, tape, rows, principal in self.control:
            for name, expected, actual in (
                ("rows", rows, tape.totals.rows),
                ("outstanding_principal_minor", principal, tape.totals.amount_minor),
            ):
                if expected is not None and expected != actual:
                    found.append(
                        Finding(
                            name="control total differs",
                            where=f"tapes.loans.{state}/{name}",
                            amount_minor=actual - expected,
                            why=f"the plan states {expected:,}, the tape holds {actual:,}, rejects included",
                            remedy="export the tape again, or correct the control total",
                            check="R9",
                        )
                    )
        return found

    def write_rejects(self, path: Path, rejects: pl.DataFrame) -> None:
        """The rejects file: one line for each rule that a row breaks."""
        write_csv(path, rejects.columns, rejects.iter_rows())


def read_inputs(plan: Plan) -> Inputs:
    """Locate, hash and open every source of a plan. Raises ``UnusableInput``; writes nothing."""
    prior = _prior_run(plan)
    paths = _paths(plan, prior)
    for name, path in paths.items():
        if not path.is_file():
            raise UnusableInput(
                file=str(path), column=name, rule="a source named in the plan is a file", remedy="check the path in the plan"
            )
    curves = read_curves(
        paths["curves.prepayment"], paths["curves.hazard"], paths["curves.loss_given_default"], paths.get("curves.recovery")
    )
    _refuse_unknown_scenarios(plan, curves)
    opening = _loans(plan, paths, "opening", curves) if "tapes.loans.opening" in paths else None
    closing = _loans(plan, paths, "closing", curves)
    events, event_rejects = _events(plan, paths, [tape for tape in (opening, closing) if tape])
    ledgers, findings = _ledgers(plan, paths)
    control = plan.tapes.loans.control
    return Inputs(
        sources={name: (path, sha256_of(path)) for name, path in paths.items()},
        curves=curves,
        opening=opening,
        closing=closing,
        events=events,
        event_rejects=event_rejects,
        ledgers=ledgers,
        ledger_findings=findings,
        prior_run=prior,
        prior_balances=None if prior is None else _prior_balances(plan, prior),
        control=tuple(
            (state, tape, totals.rows, totals.outstanding_principal_minor)
            for state, tape, totals in (("opening", opening, control.opening), ("closing", closing, control.closing))
            if tape is not None
        ),
    )


def refuse_excess(plan: Plan, rejects: pl.DataFrame) -> None:
    """Raise when more rows, or more principal, were rejected than the plan carries; names the first."""
    rows = rejects.unique(["file", "row"])
    principal = sum(rows["amount_minor"].fill_null(0).to_list())
    allowed = plan.thresholds
    if rows.height <= allowed.rejected_rows and principal <= allowed.rejected_principal_minor:
        return
    first = rejects.row(0, named=True)
    raise UnusableInput(
        file=first["file"],
        row=str(first["row"]),
        column=first["column"],
        value=first["value"],
        rule=f"{first['rule']} ({rows.height:,} rows rejected with {principal:,} minor units; the plan allows "
        f"{allowed.rejected_rows:,} and {allowed.rejected_principal_minor:,})",
        remedy=f"{first['remedy']}; or raise rejected_rows and rejected_principal_minor under [thresholds] to close "
        "without them, listed in rejects.csv",
    )


def _prior_run(plan: Plan) -> Path | None:
    if plan.opening.source != "prior_run" or plan.opening.run is None:
        return None
    if plan.opening.run == "latest":
        known = versions(period_folder(plan.locate(plan.runs.folder), plan.entity.name, plan.period.opening))
        if not known:
            raise UnusableInput(
                file=plan.path.name,
                column="opening.run",
                value="latest",
                rule=f"a run of {plan.entity.name} that closes on {plan.period.opening} is needed",
                remedy='close that period first, or use source = "opening_tape"',
            )
        return known[-1]
    folder = plan.locate(plan.opening.run)
    if not (folder / "manifest.json").is_file():
        raise UnusableInput(
            file=plan.path.name, column="opening.run", value=plan.opening.run, rule="a run folder holds manifest.json",
            remedy="name a folder written by close, or latest",
        )  # fmt: skip
    closed = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))["period"]["closing"]
    if closed != str(plan.period.opening):
        raise UnusableInput(
            file=plan.path.name, column="opening.run", value=plan.opening.run,
            rule=f"the prior run closes on the opening instant {plan.period.opening}, this one on {closed}",
            remedy="name the run of the period before",
        )  # fmt: skip
    return folder


def _paths(plan: Plan, prior: Path | None) -> dict[str, Path]:
    """Paths of all sources by name; the opening tape of a prior run is that run's closing tape."""
    named: dict[str, str | None] = {
        "tapes.loans.opening": plan.tapes.loans.opening,
        "tapes.loans.closing": plan.tapes.loans.closing,
        "tapes.events": plan.tapes.events.path if plan.tapes.events else None,
        "curves.prepayment": plan.curves.prepayment,
        "curves.hazard": plan.curves.hazard,
        "curves.loss_given_default": plan.curves.loss_given_default,
        "curves.recovery": plan.curves.recovery,
        "trial_balance.opening": plan.trial_balance.opening if plan.trial_balance else None,
        "trial_balance.closing": plan.trial_balance.closing if plan.trial_balance else None,
    }
    paths = {name: plan.locate(path) for name, path in named.items() if path is not None}
    if prior is not None and "tapes.loans.opening" not in paths:
        manifest: Any = json.loads((prior / "manifest.json").read_text(encoding="utf-8"))
        source = manifest["sources"]["tapes.loans.closing"]
        path = prior / manifest["plan_folder"] / source["path"]
        if path.is_file() and sha256_of(path) != source["sha256"]:
            raise UnusableInput(
                file=str(path), rule="the prior run's closing tape is unchanged since that run", remedy="restore the tape"
            )
        paths["tapes.loans.opening"] = path
    return paths


def _loans(plan: Plan, paths: Mapping[str, Path], state: str, curves: Curves) -> LoanTape:
    tapes, name = plan.tapes.loans, f"tapes.loans.{state}"
    return open_loans(
        paths[name],
        instant=plan.period.opening if state == "opening" else plan.period.closing,
        currency=plan.entity.currency,
        segments=curves.segments,
        amounts=tapes.amounts,
        minor_digits=plan.entity.minor_digits,
        columns=tapes.columns,
        ignore=tapes.ignore,
        file=paths[name].name,
    )


def _events(plan: Plan, paths: Mapping[str, Path], tapes: list[LoanTape]) -> tuple[pl.DataFrame, pl.DataFrame]:
    if plan.tapes.events is None:
        schema = {column.name: column.dtype for column in EVENTS.columns}
        return pl.DataFrame(schema=schema), pl.DataFrame(schema=REJECTS)
    path, events = paths["tapes.events"], plan.tapes.events
    source = open_tape(
        path, EVENTS, amounts=events.amounts, minor_digits=plan.entity.minor_digits, columns=events.columns,
        ignore=events.ignore, file=path.name,
    )  # fmt: skip
    parsed = source.whole()
    named = parsed.frame["contract_id"].drop_nulls().unique()
    circumstances = Circumstances(
        opening=plan.period.opening, closing=plan.period.closing, contracts=known_ids(tapes, named) if source.rows else None
    )
    checked = check(parsed, EVENTS, circumstances, path.name)
    return checked.good, checked.rejects


def _ledgers(plan: Plan, paths: Mapping[str, Path]) -> tuple[dict[str, TrialBalance], tuple[Finding, ...]]:
    ledgers: dict[str, TrialBalance] = {}
    findings: list[Finding] = []
    for state in ("opening", "closing"):
        path = paths.get(f"trial_balance.{state}")
        if path is not None and plan.trial_balance is not None:
            read = read_trial_balance(path, plan.trial_balance.amounts, plan.entity.minor_digits, plan.accounts.keys())
            ledgers[state] = TrialBalance(Gaap.US_GAAP, read.balances)
            findings += read.findings
    return ledgers, tuple(findings)


def _refuse_unknown_scenarios(plan: Plan, curves: Curves) -> None:
    answers = plan.elections["expected_credit_loss"]
    named = {name: key for key in ("us_scenarios", "ifrs_scenarios") for name in answers[key]}
    named[answers["us_historical_scenario"]] = "us_historical_scenario"
    for scenario, key in named.items():
        if scenario not in curves.scenarios:
            raise UnusableInput(
                file=plan.path.name, column=f"elections.expected_credit_loss.{key}", value=scenario,
                rule="every scenario of an election is in the hazard file",
                remedy=f"known scenarios: {', '.join(curves.scenarios)}",
            )  # fmt: skip


def _prior_balances(plan: Plan, prior: Path) -> PriorBalances:
    """Closing balances the prior run posted, by note, account and segment; income and equity are left out."""
    outside = {plan.account_of(r) for r in (*PROFIT_ROLES, *PATH_ROLES, "retained_earnings", "income_tax_expense")}
    balances: dict[str, dict[tuple[str, str], int]] = {}
    keys = {note.column: note.key for note in NOTES.values()}
    with (prior / "journals.csv").open(encoding="utf-8", newline="") as stream:
        for line in csv.DictReader(stream):
            if line["account"] not in outside:
                note = balances.setdefault(keys[line["note"]], {})
                key = (line["account"], line["segment"])
                note[key] = note.get(key, 0) + int(line["debit_minor"]) - int(line["credit_minor"])
    return {note: {key: amount for key, amount in kept.items() if amount} for note, kept in balances.items()}

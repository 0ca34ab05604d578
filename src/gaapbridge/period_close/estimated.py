"""How the tables of assumptions of a close were estimated, as far as an account of it stands beside them."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from gaapbridge.assumptions.account import ACCOUNT
from gaapbridge.filings import read_json
from gaapbridge.plan import Plan
from gaapbridge.plan.days import month_end_by
from gaapbridge.plan.history import judgements_of
from gaapbridge.run.form import typed_as
from gaapbridge.run.manifest import Estimated, MadeCell
from gaapbridge.terms.errors import UnusableInput
from gaapbridge.terms.finding import Finding
from gaapbridge.terms.hashes import Seen


@dataclass(frozen=True)
class _File:
    file: str
    sha256: str = ""


@dataclass(frozen=True)
class _Source:
    files: tuple[_File, ...]


@dataclass(frozen=True)
class _Table:
    sha256: str
    told: tuple[MadeCell, ...]


@dataclass(frozen=True)
class _Account:
    """What a close reads of an account: version of the code, days, months of all contracts, files of the history, tables, and
    what was decided in estimating, by key, of which kind of contracts; none where it does not say."""

    gaapbridge: str
    known_at: tuple[str, ...]
    contract_months: int
    sources: tuple[_Source, ...]
    tables: Mapping[str, _Table]
    kind: str = ""
    stated: Mapping[str, Any] = field(default_factory=dict)


def estimated_tables(sources: Mapping[str, Seen]) -> dict[str, Estimated]:
    """By source each table of assumptions that an account beside it names. A file of that name that is no such account says
    nothing of anything."""
    return {name: _estimated(account, seen) for name, (account, seen) in _accounts(sources).items()}


def estimated_findings(plan: Plan, estimated: Mapping[str, Estimated]) -> Iterator[Finding]:
    """What is found of estimated tables: those that are not as they were written, and those of which nothing was known at the
    end of the month of an instant, where the version of an earlier one serves."""
    for source, made in estimated.items():
        if made.changed:
            yield Finding(
                name="curves changed since they were estimated", where=source, amount_minor=None,
                why=f"{ACCOUNT} beside the table is of another: it does not say how the cells that serve were made",
                remedy=f"gaapbridge estimate {plan.path.name} writes both; or remove {ACCOUNT}, and state its source",
            )  # fmt: skip
    served = ("closing", "opening") if plan.opening.source == "opening_tape" else ("closing",)
    for state in served:
        instant = plan.instants[state]
        older: dict[str, list[str]] = {}
        for source, made in estimated.items():
            known = made.known(str(instant))
            if known is not None and known < str(month_end_by(instant)):
                older.setdefault(known, []).append(source)
        for known, sources in older.items():
            yield Finding(
                name="curves known earlier than the instant", where=f"{state}/{', '.join(sources)}", amount_minor=None,
                why=f"at {instant} the version serves that was known at {known}: nothing that came since is in it",
                remedy=f"let known_at of [history] have the instant, and gaapbridge estimate {plan.path.name}",
            )  # fmt: skip


def judged_otherwise(plan: Plan, sources: Mapping[str, Seen]) -> Iterator[Finding]:
    """What is found where ``[history]`` of the plan decides otherwise than was decided when its curves were estimated: the keys
    with both, as ``default_days is 60 and was 90``, once for each kind of contracts and account."""
    if plan.history is None:
        return
    by_kind = plan.history.all_kinds
    accounts = {seen.path.parent: account for account, seen in _accounts(sources).values()}
    for account in accounts.values():
        if not account.stated or account.kind not in by_kind:
            continue
        now = judgements_of(plan.history, account.kind)
        other = [
            f"{key} is {json.dumps(now.get(key), ensure_ascii=False)} and was {json.dumps(was, ensure_ascii=False)}"
            for key, was in account.stated.items()
            if now.get(key) != was
        ]
        if other:
            yield Finding(
                name="curves estimated on other judgements", where=f"history.{account.kind}", amount_minor=None,
                why=f"{ACCOUNT} beside the curves states others than the plan: {'; '.join(other)}",
                remedy=f"gaapbridge estimate {plan.path.name}; or state what the curves were estimated on",
            )  # fmt: skip


def _accounts(sources: Mapping[str, Seen]) -> dict[str, tuple[_Account, Seen]]:
    """By source each table of assumptions with the account beside it that names it."""
    tables = {name: seen for name, seen in sources.items() if name.startswith("curves.")}
    accounts = {folder: _account(folder / ACCOUNT) for folder in {seen.path.parent for seen in tables.values()}}
    return {
        name: (account, seen)
        for name, seen in tables.items()
        if (account := accounts[seen.path.parent]) is not None and seen.path.name in account.tables
    }


def _account(path: Path) -> _Account | None:
    try:
        account: _Account = typed_as(_Account).validate_python(read_json(path))
    except (UnusableInput, ValidationError):
        return None
    return account


def _estimated(account: _Account, seen: Seen) -> Estimated:
    table = account.tables[seen.path.name]
    changed = table.sha256 != seen.sha256
    files = {one.file: one.sha256 for source in account.sources for one in source.files}
    return Estimated(
        by=account.gaapbridge,
        known_at=account.known_at,
        sources=tuple(files),
        contract_months=account.contract_months,
        changed=changed,
        cells=() if changed else table.told,
        sources_sha256=tuple(files.values()) if all(files.values()) else (),
        stated=account.stated,
    )

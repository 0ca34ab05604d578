"""How the tables of assumptions of a close were estimated, as far as an account of it stands beside them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from pydantic import ValidationError

from gaapbridge.assumptions.account import ACCOUNT
from gaapbridge.filings import read_json
from gaapbridge.run.form import typed_as
from gaapbridge.run.manifest import Estimated, MadeCell
from gaapbridge.terms.errors import UnusableInput
from gaapbridge.terms.hashes import Seen


@dataclass(frozen=True)
class _File:
    file: str


@dataclass(frozen=True)
class _Table:
    sha256: str
    told: tuple[MadeCell, ...]


@dataclass(frozen=True)
class _Account:
    """What a close reads of an account: version of the code, days, months of all contracts, files of the history, tables."""

    gaapbridge: str
    known_at: tuple[str, ...]
    contract_months: int
    sources: tuple[_File, ...]
    tables: Mapping[str, _Table]


def estimated_tables(sources: Mapping[str, Seen]) -> dict[str, Estimated]:
    """By source each table of assumptions that an account beside it names. A file of that name that is no such account says
    nothing of anything."""
    tables = {name: seen for name, seen in sources.items() if name.startswith("curves.")}
    accounts = {folder: _account(folder / ACCOUNT) for folder in {seen.path.parent for seen in tables.values()}}
    return {
        name: _estimated(account, seen)
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
    return Estimated(
        by=account.gaapbridge,
        known_at=account.known_at,
        sources=tuple(dict.fromkeys(one.file for one in account.sources)),
        contract_months=account.contract_months,
        changed=changed,
        cells=() if changed else table.told,
    )

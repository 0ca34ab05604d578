"""How the tables of assumptions of a close were estimated, as far as an account of it stands beside them."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from gaapbridge.filings import read_json
from gaapbridge.run.manifest import Estimated, MadeCell
from gaapbridge.terms.errors import UnusableInput
from gaapbridge.terms.hashes import Seen

ACCOUNT = "estimation.json"
"""The file that ``gaapbridge estimate`` writes beside its tables."""


def estimated_tables(sources: Mapping[str, Seen]) -> dict[str, Estimated]:
    """By source each table of assumptions that an account beside it names. A file of that name that is no such account says
    nothing of anything."""
    tables = {name: seen for name, seen in sources.items() if name.startswith("curves.")}
    accounts = {folder: _account(folder / ACCOUNT) for folder in {seen.path.parent for seen in tables.values()}}
    return {
        name: _estimated(account, seen)
        for name, seen in tables.items()
        if seen.path.name in (account := accounts[seen.path.parent]).get("tables", {})
    }


_STATED = {"gaapbridge", "known_at", "sources", "contract_months", "tables"}


def _account(path: Path) -> dict[str, Any]:
    """The account in a file; empty where there is none."""
    try:
        content = read_json(path)
    except UnusableInput:
        return {}
    return content if isinstance(content, dict) and {*content} >= _STATED else {}


def _estimated(account: Mapping[str, Any], seen: Seen) -> Estimated:
    table = account["tables"][seen.path.name]
    changed = table["sha256"] != seen.sha256
    files = [file["file"] for source in account["sources"] for file in source["files"]]
    return Estimated(
        by=account["gaapbridge"],
        known_at=tuple(account["known_at"]),
        sources=tuple(dict.fromkeys(files)),
        contract_months=account["contract_months"],
        changed=changed,
        cells=() if changed else tuple(map(_cell, table["told"])),
    )


def _cell(told: Mapping[str, Any]) -> MadeCell:
    """A cell; of a table without buckets or months these are blank and nil."""
    return MadeCell(
        told["known_at"],
        told["segment"],
        told.get("bucket", ""),
        told.get("from_month", 0),
        told.get("to_month", 0),
        told["how"],
    )

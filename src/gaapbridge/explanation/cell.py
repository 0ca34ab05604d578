"""Explanation of a printed cell: down to its journals, segments and largest contracts, from the run's own files."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator, Mapping, Sequence
from importlib import import_module
from pathlib import Path
from typing import Any

from gaapbridge.contracts.kinds import KINDS
from gaapbridge.contracts.measured import contribution
from gaapbridge.explanation.form import Explanation, Table
from gaapbridge.notes import NOTES
from gaapbridge.plan.read import toml_content
from gaapbridge.terms.errors import UnusableInput, nearest

LARGEST = 10
"""Contracts listed under a cell."""

ALL_SEGMENTS = "all"
"""The segment of journal lines that are posted for the whole portfolio."""

NOT_PRINTED = "not printed"
"""What stands for the printed amount of a row that the statement leaves out: the prior run printed it otherwise."""

PARTS = ("from", "name", "minor")
Part = tuple[str | None, str, int]

HELD_BY_NONE = "in no account of the plan: the figure that balances what the sub-ledgers give"
"""The name of what stands in US GAAP equity where no trial balance was given."""


def explain_cell(run: Path, address: str) -> Explanation:
    """Explain a cell ``STATEMENT/ROW/COLUMN`` of a run; an unknown address names the nearest three."""
    exact, printed = _json(run / "exact.json"), _json(run / "statement.json")
    cells = _cells(exact)
    if address not in cells:
        near = nearest(address, cells)
        raise UnusableInput(
            file=str(run),
            value=address,
            rule="no such cell in this run",
            remedy=f"nearest: {', '.join(near) or 'loan/ID, guarantee/ID, award/ID or STATEMENT/ROW/COLUMN'}",
        )
    statement, row, column = address.split("/")
    amount, label = cells[address]
    manifest = _json(run / "manifest.json")
    facts: dict[str, Any] = {
        "row": label,
        "column": _column_label(exact, column),
        "printed": _cells(printed).get(address, (NOT_PRINTED, label))[0],
        "unit": f"{exact['currency']}, {printed['unit']}",
        "exact_minor": amount,
        "run": str(run),
    }
    source = _find_row(exact, statement, row)
    if column not in manifest["columns"]:
        opened = (
            _across(manifest, statement, row, cells) if column == "ifrs" else _accounts(run, manifest, source, statement, exact)
        )
        return Explanation(address, facts, (opened,))
    tables = []
    if source.get("of"):
        tables.append(_children(cells, source, statement, column))
    journal = _journal_rows(run, manifest, statement, row, column)
    if journal:
        tables += [_entries(journal, manifest, row), _segments(journal, manifest, row)]
    contracts = _contracts(run, manifest, statement, row, column)
    if contracts is not None:
        tables.append(contracts)
    return Explanation(address, facts, tuple(tables))


def has_cell(run: Path, address: str) -> bool:
    """Whether a run has measured a cell of that address."""
    return address in _cells(_json(run / "exact.json"))


def prints_cell(run: Path, address: str) -> bool:
    """Whether a run prints a cell of that address, measured by itself or by its prior run."""
    return address in _cells(_json(run / "statement.json"))


def _json(path: Path) -> Any:
    return json.loads(path.read_text(encoding="utf-8"))


def _cells(document: Mapping[str, Any]) -> dict[str, tuple[int, str]]:
    """Every cell of a statement document by address: amount and row label."""
    cells = {}
    for statement in document["statements"]:
        for row in statement["rows"]:
            amounts = {"us_gaap": row["us_gaap"], "ifrs": row["ifrs"]}
            amounts |= {column["id"]: row["adj"].get(column["id"], 0) for column in document["columns"]}
            for column, amount in amounts.items():
                cells[f"{statement['id']}/{row['id']}/{column}"] = (amount, row["label"])
    return cells


def _find_row(document: Mapping[str, Any], statement: str, row: str) -> Mapping[str, Any]:
    found = next(s for s in document["statements"] if s["id"] == statement)
    return next(r for r in found["rows"] if r["id"] == row)


def _column_label(document: Mapping[str, Any], column: str) -> str:
    labels = {c["id"]: f"({c['note']}) {c['label']}" for c in document["columns"]}
    return {"us_gaap": "US GAAP", "ifrs": "IFRS"}.get(column) or labels[column]


def _children(cells: Mapping[str, tuple[int, str]], row: Mapping[str, Any], statement: str, column: str) -> Table:
    return Table("Adds up from", PARTS, tuple(_beneath(cells, row, statement, column)), adds_up=True)


def _beneath(cells: Mapping[str, tuple[int, str]], row: Mapping[str, Any], statement: str, column: str) -> Iterator[Part]:
    for sign, child in row.get("of", ()):
        amount, label = cells[f"{statement}/{child}/{column}"]
        yield f"{statement}/{child}/{column}", label, sign * amount


def _across(manifest: Mapping[str, Any], statement: str, row: str, cells: Mapping[str, tuple[int, str]]) -> Table:
    """An IFRS cell: the row across."""
    addresses = [f"{statement}/{row}/{column}" for column in ("us_gaap", *manifest["columns"])]
    rows = tuple((address, cells[address][0]) for address in addresses)
    return Table("US GAAP plus the columns", ("address", "minor"), rows, adds_up=True)


def _accounts(
    run: Path, manifest: Mapping[str, Any], row: Mapping[str, Any], statement: str, exact: Mapping[str, Any]
) -> Table:
    """A US GAAP cell: the rows beneath, the ledger accounts of the row itself, and for retained earnings the profit."""
    ledger: Mapping[str, int] = _json(run / "ledger.json").get(statement, {})
    sign, name, cells = _sign(manifest, row["id"]), row["id"], _cells(exact)
    accounts = manifest["accounts"]
    parts = list(_beneath(cells, row, statement, "us_gaap"))
    parts += [(code, one["name"], sign * ledger.get(code, 0)) for code, one in accounts.items() if one["line"] == name]
    if name == manifest["retained_row"]:
        profit = sum(ledger.get(code, 0) for code, one in accounts.items() if one["line"] in manifest["profit_rows"])
        where = _net_income(exact, manifest, statement)
        parts += [(where, "profit of the period" if where else "profit not yet closed to it", sign * profit)] if profit else []
    left = row["us_gaap"] - sum(amount for _, _, amount in parts)
    if left:
        parts.append((", ".join(code for code in ledger if code not in accounts), HELD_BY_NONE, left))
    title = "Adds up from" if row.get("of") else "Ledger accounts, signed as the row is"
    return Table(title, PARTS, tuple(parts), adds_up=True)


def _net_income(exact: Mapping[str, Any], manifest: Mapping[str, Any], statement: str) -> str | None:
    """Where the profit that a closing balance sheet holds is opened."""
    if statement != manifest["statements"]["closing"] or not exact["rollforward"]:
        return None
    (roll,) = exact["rollforward"]
    return f"{roll['flow']}/{roll['flow_row']}/us_gaap"


def _journal_rows(run: Path, manifest: Mapping[str, Any], statement: str, row: str, column: str) -> list[dict[str, str]]:
    """Journal lines behind a cell: of the row's own accounts, and of profit for retained earnings."""
    kinds = _kinds(manifest, statement)
    lines = {row} | (set(manifest["profit_rows"]) if row == manifest["retained_row"] else set())
    with (run / "journals.csv").open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    return [r for r in rows if r["note"] == column and r["kind"] in kinds and r["line"] in lines]


def _kinds(manifest: Mapping[str, Any], statement: str) -> tuple[str, ...]:
    """Kinds of entries that a statement shows: the opening balance sheet only what was brought forward."""
    if statement == manifest["statements"].get("opening"):
        return ("brought_forward",)
    if statement == manifest["statements"].get("income"):
        return ("movement", "tax")
    return ("brought_forward", "movement", "tax") if statement == manifest["statements"]["closing"] else ()


def _sign(manifest: Mapping[str, Any], row: str) -> int:
    return 1 if manifest["normal"].get(row) == "debit" else -1


def _amount(line: Mapping[str, str]) -> int:
    return int(line["debit_minor"]) - int(line["credit_minor"])


def _entries(rows: Sequence[Mapping[str, str]], manifest: Mapping[str, Any], row: str) -> Table:
    sums: dict[tuple[str, str, str], int] = {}
    for line in rows:
        key = (line["entry"], line["account"], line["text"])
        sums[key] = sums.get(key, 0) + _sign(manifest, row) * _amount(line)
    lines = tuple((*key, amount) for key, amount in sums.items())
    return Table("Journals", ("entry", "account", "text", "minor"), lines, adds_up=True)


def _segments(rows: Sequence[Mapping[str, str]], manifest: Mapping[str, Any], row: str) -> Table:
    sums: dict[str, int] = {}
    for line in rows:
        segment = _segment(line)
        sums[segment] = sums.get(segment, 0) + _sign(manifest, row) * _amount(line)
    ordered = sorted(sums.items(), key=lambda item: (-abs(item[1]), item[0]))
    return Table("Segments", ("segment", "minor"), tuple(ordered), adds_up=True)


def _segment(line: Mapping[str, str]) -> str:
    """The segment of a journal line; what is posted for all of them at once is named: deferred tax, as a rule."""
    if line["segment"] != ALL_SEGMENTS:
        return line["segment"]
    return "deferred tax, all segments" if line["text"].startswith("deferred tax") else f"{line['text']}, all segments"


def _contracts(run: Path, manifest: Mapping[str, Any], statement: str, row: str, column: str) -> Table | None:
    """Largest contracts of a cell that contracts measure; None for tax, totals and statements of other periods."""
    if not _kinds(manifest, statement):
        return None
    import polars as pl

    instant = "opening" if statement == manifest["statements"].get("opening") else "closing"
    note = next(note for note in NOTES.values() if note.column == column)
    answers = toml_content(run / "plan.toml")["elections"]
    found = []
    for kind in sorted(key for key in KINDS if (run / "measurements" / key).is_dir()):
        measured = manifest["roles"][column].get(kind, [])
        roles = [role for role in measured if manifest["accounts"][manifest["posting"][role]]["line"] == row]
        direct = import_module(f"gaapbridge.contracts.{kind}.direct")
        expressions = [e for role in roles if (e := contribution(direct, note, role, instant, answers)) is not None]
        if expressions:
            amount = (pl.sum_horizontal(expressions) * _sign(manifest, row)).alias("minor")
            address = pl.format("{}/{}", pl.lit(KINDS[kind].word), pl.col("contract_id")).alias("address")
            found.append(pl.scan_parquet(run / "measurements" / kind / "*.parquet").select(address, "segment", amount))
    if not found:
        return None
    size = pl.col("minor").abs()
    largest = pl.concat(found).filter(size > 0).sort([-size, pl.col("address")]).head(LARGEST).collect()
    return Table("Largest contracts", ("address", "segment", "minor"), tuple(largest.iter_rows()))

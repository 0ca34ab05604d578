"""Explanation of a printed cell: down to its journals, segments and largest contracts, from the run's own files."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gaapbridge.book.journal import EntryKind
from gaapbridge.contracts.kinds import KINDS, OF_WORD
from gaapbridge.contracts.measured import contribution, sides_of
from gaapbridge.explanation.form import Explanation, Table
from gaapbridge.form import Tells
from gaapbridge.notes import NOTES
from gaapbridge.run.journals import JournalLine
from gaapbridge.run.manifest import Manifest, has_manifest
from gaapbridge.run.reader import Run
from gaapbridge.run.samples import TOTALS_ONLY, WITH_DETAIL
from gaapbridge.statement.document import IFRS, US_GAAP, Document, Row
from gaapbridge.terms.errors import UnusableInput, nearest

if TYPE_CHECKING:  # an array library, which only contracts behind a cell need
    import polars as pl

LARGEST = 10
"""Contracts listed under a cell."""

CONTRACTS, JOURNALS = "contracts", "journals"
"""What two tables behind a cell tell: its largest contracts, and the entries that were posted to it."""

ALL_SEGMENTS = "all"
"""The segment of journal lines that are posted for the whole portfolio."""

NOT_PRINTED = "not printed"
"""What stands for the printed amount of a row that the statement leaves out: the prior run printed it otherwise."""

PARTS = ("from", "name", "minor")
Part = tuple[str | None, str, int]

HELD_BY_NONE = "in no account of the plan: the figure that balances what the sub-ledgers give"
"""The name of what stands in US GAAP equity where no trial balance was given."""


def explain_cell(run: Run, address: str) -> Explanation:
    """Explain a cell ``STATEMENT/ROW/COLUMN`` of a run; an unknown address names the nearest three."""
    return explain_cells(run, [address])[address]


def explain_cells(run: Run, addresses: Iterable[str]) -> dict[str, Explanation]:
    """Explain several cells, by address; contracts behind all of them are looked for in one reading of each kind's table."""
    wanted = tuple(addresses)
    largest, posted = largest_contracts(run, wanted), dict[str, list[JournalLine]]()
    for line in run.listed.journals:
        posted.setdefault(line.note, []).append(line)
    return {address: _explained(run, address, posted, largest.get(address)) for address in wanted}


def _explained(run: Run, address: str, posted: Mapping[str, Sequence[JournalLine]], contracts: Table | None) -> Explanation:
    """One cell, of the journal lines by note and the contracts behind it."""
    exact, manifest = run.exact, run.manifest
    cells = exact.cells
    if address not in cells:
        _refuse_printed_before(run, address)
        near = nearest(address, cells)
        raise UnusableInput(
            file=str(run.folder),
            value=address,
            rule="no such cell in this run",
            remedy=f"nearest: {', '.join(near) or ', '.join(f'{word}/ID' for word in OF_WORD) + ' or STATEMENT/ROW/COLUMN'}",
        )
    statement, _, column = address.split("/")
    amount, row = cells[address]
    printed = run.document.cells.get(address)
    facts: dict[str, Any] = {
        "row": row.label,
        "column": {US_GAAP: "US GAAP", IFRS: "IFRS"}.get(column) or exact.column(column).caption,
        "printed": NOT_PRINTED if printed is None else printed[0],
        "unit": f"{exact.currency}, {run.document.unit}",
        "exact_minor": amount,
        "run": str(run.folder),
    }
    if column == IFRS:
        return Explanation(address, facts, (_across(exact, statement, row),))
    if column == US_GAAP:
        return Explanation(address, facts, (_accounts(run, statement, row),))
    tables = []
    if row.of:
        tables.append(Table("Adds up from", PARTS, tuple(_beneath(cells, row, statement, column)), adds_up=True))
    journal = _lines_behind(run.manifest, statement, row.id, posted.get(column, ()))
    if journal:
        tables += [_entries(journal, _sign(manifest, row.id)), _segments(journal, _sign(manifest, row.id))]
    if given := _rows_given(run, statement, row.id, column):
        tables.append(Table("Rows of files", ("file", "row", "entry", "account", "of", "path", "minor"), given))
    if contracts is not None:
        tables.append(contracts)
    elif run.keeps_totals_only:
        facts["largest contracts"] = f"not told: {TOTALS_ONLY}; {WITH_DETAIL}"
    return Explanation(address, facts, tuple(tables))


def _refuse_printed_before(run: Run, address: str) -> None:
    """A cell of a statement that stands as an earlier run printed it is opened in that run."""
    if address not in run.document.cells:
        return
    beside = [run.prior_folder, *run.comparative_folders.values()]
    places = [folder for folder in beside if folder is not None and _has_cell(folder, address)]
    raise UnusableInput(
        file=str(run.folder),
        value=address,
        rule="a run explains what it measured; this statement stands as an earlier run printed it",
        remedy=f"open it in {places[-1]}" if places else "open it in the run that closed that period",
    )


def _has_cell(folder: Path, address: str) -> bool:
    return has_manifest(folder) and address in Run(folder).exact.cells


def _beneath(cells: Mapping[str, tuple[int, Row]], row: Row, statement: str, column: str) -> Iterator[Part]:
    for sign, child in row.of:
        amount, beneath = cells[f"{statement}/{child}/{column}"]
        yield f"{statement}/{child}/{column}", beneath.label, sign * amount


def _across(exact: Document, statement: str, row: Row) -> Table:
    """An IFRS cell: the row across."""
    rows = tuple((f"{statement}/{row.id}/{column}", row.amount(column)) for column in (US_GAAP, *exact.column_ids))
    return Table("US GAAP plus the columns", ("address", "minor"), rows, adds_up=True)


def _accounts(run: Run, statement: str, row: Row) -> Table:
    """A US GAAP cell: the rows beneath, the ledger accounts of the row itself, and for retained earnings the profit."""
    ledger, manifest = run.ledgers.get(statement, {}), run.manifest
    sign, accounts = _sign(manifest, row.id), manifest.accounts
    parts = list(_beneath(run.exact.cells, row, statement, US_GAAP))
    parts += [(code, one.name, sign * ledger.get(code, 0)) for code, one in accounts.items() if one.line == row.id]
    if row.id == manifest.retained_row:
        profit = sum(ledger.get(code, 0) for code, one in accounts.items() if one.line in manifest.profit_rows)
        where = _net_income(run, statement)
        parts += [(where, "profit of the period" if where else "profit not yet closed to it", sign * profit)] if profit else []
    left = row.us_gaap - sum(amount for _, _, amount in parts)
    if left:
        parts.append((", ".join(code for code in ledger if code not in accounts), HELD_BY_NONE, left))
    title = "Adds up from" if row.of else "Ledger accounts, signed as the row is"
    return Table(title, PARTS, tuple(parts), adds_up=True)


def _net_income(run: Run, statement: str) -> str | None:
    """Where the profit that a closing balance sheet holds is opened."""
    if statement != run.manifest.statements.closing or not run.exact.rolls:
        return None
    (roll,) = run.exact.rolls
    return f"{roll.flow}/{roll.flow_row}/{US_GAAP}"


def _lines_behind(manifest: Manifest, statement: str, row: str, posted: Sequence[JournalLine]) -> list[JournalLine]:
    """Lines of a note's journals behind a cell: of the row's own accounts, and of profit for retained earnings."""
    kinds = _kinds(manifest, statement)
    rows = {row, *(manifest.profit_rows if row == manifest.retained_row else ())}
    return [one for one in posted if one.kind in kinds and one.line in rows]


def _rows_given(run: Run, statement: str, row: str, column: str) -> tuple[tuple[object, ...], ...]:
    """Rows of files behind a cell, in the order in which they are posted: of a given note, and of adjustments."""
    manifest, kinds = run.manifest, _kinds(run.manifest, statement)
    rows, sign = {row, *(manifest.profit_rows if row == manifest.retained_row else ())}, _sign(manifest, row)
    posted = [one for one in run.given_rows if one.note == column and one.kind in kinds]
    return tuple(
        (one.file, one.row, one.entry, one.account, one.name, one.path, sign * one.amount_minor)
        for one in posted
        if manifest.accounts[one.account].line in rows
    )


def _kinds(manifest: Manifest, statement: str) -> tuple[str, ...]:
    """Kinds of entries that a statement shows: the opening balance sheet only what was brought forward."""
    measured = manifest.statements
    shown = {
        measured.closing: tuple(EntryKind),
        measured.opening: (EntryKind.BROUGHT_FORWARD,),
        measured.income: (EntryKind.MOVEMENT, EntryKind.TAX),
    }
    return shown.get(statement, ())


def _sign(manifest: Manifest, row: str) -> int:
    return 1 if manifest.normal.get(row) == "debit" else -1


def _entries(lines: Sequence[JournalLine], sign: int) -> Table:
    sums: dict[tuple[str, str, str], int] = {}
    for line in lines:
        key = (line.entry, line.account, line.text)
        sums[key] = sums.get(key, 0) + sign * line.amount_minor
    rows = tuple((*key, amount) for key, amount in sums.items())
    told = Tells(JOURNALS, minor=("minor",))
    return Table("Journals", ("entry", "account", "text", "minor"), rows, adds_up=True, tells=told)


def _segments(lines: Sequence[JournalLine], sign: int) -> Table:
    sums: dict[str, int] = {}
    for line in lines:
        segment = _segment(line)
        sums[segment] = sums.get(segment, 0) + sign * line.amount_minor
    ordered = sorted(sums.items(), key=lambda item: (-abs(item[1]), item[0]))
    return Table("Segments", ("segment", "minor"), tuple(ordered), adds_up=True)


def _segment(line: JournalLine) -> str:
    """The segment of a journal line; what is posted for all of them at once is named: deferred tax, as a rule."""
    if line.segment != ALL_SEGMENTS:
        return line.segment
    return "deferred tax, all segments" if line.text.startswith("deferred tax") else f"{line.text}, all segments"


def largest_contracts(run: Run, addresses: Iterable[str], kinds: Sequence[str] | None = None) -> dict[str, Table]:
    """Largest contracts, of all kinds or some, of the cells that contracts measure: none of tax, totals, given notes, nor of
    statements of other periods; and none of a run that keeps totals only."""
    wanted = tuple(addresses)
    if run.keeps_totals_only:
        return {}
    found: dict[str, list[Contract]] = {}
    for kind in run.kinds if kinds is None else kinds:
        amounts = dict(_contributions(run, kind, wanted))
        for address, contracts in _largest_of(run, kind, amounts).items():
            found.setdefault(address, []).extend(contracts)
    return {address: _table_of(contracts) for address, contracts in found.items()}


Contract = tuple[str, str, int]
"""A contract behind a cell: its address, its segment and its amount there, in minor units."""


def _table_of(contracts: Iterable[Contract]) -> Table:
    largest, told = tuple(sorted(contracts, key=_by_size)[:LARGEST]), Tells(CONTRACTS, minor=("minor",))
    return Table("Largest contracts", ("address", "segment", "minor"), largest, tells=told)


def _by_size(contract: Contract) -> tuple[int, str]:
    """The largest first; of the same size by address."""
    return -abs(contract[-1]), contract[0]


def _contributions(run: Run, kind: str, addresses: Iterable[str]) -> Iterator[tuple[str, pl.Expr]]:
    """By cell what each contract of a kind adds to it, signed as the row is."""
    import polars as pl

    manifest, direct = run.manifest, import_module(f"gaapbridge.contracts.{kind}.direct")
    sides = cache(lambda instant: sides_of(direct, instant, run.closing_answers))
    notes = {note.column: note for note in NOTES.values()}
    for statement, row, column in (address.split("/") for address in addresses if address in run.exact.cells):
        if column in notes and _kinds(manifest, statement):
            instant = "opening" if statement == manifest.statements.opening else "closing"
            measured = manifest.roles[column].get(kind, ())
            roles = [role for role in measured if manifest.accounts[manifest.posting[role]].line == row]
            expressions = [e for role in roles if (e := contribution(sides(instant), notes[column], role)) is not None]
            if expressions:
                yield f"{statement}/{row}/{column}", pl.sum_horizontal(expressions) * _sign(manifest, row)


def _largest_of(run: Run, kind: str, amounts: Mapping[str, pl.Expr]) -> dict[str, list[Contract]]:
    """The largest contracts of a kind by cell, without those that add nothing."""
    import polars as pl

    if not amounts:
        return {}
    named = {
        address: pl.struct("contract_id", "segment", amount.alias("minor")).top_k_by(
            [amount.abs(), pl.col("contract_id")], LARGEST, reverse=[False, True]
        )
        for address, amount in amounts.items()
    }
    largest = run.measurements(kind).select(**named).collect().to_dict(as_series=False)
    word = KINDS[kind].word
    return {
        address: [(f"{word}/{one['contract_id']}", one["segment"], one["minor"]) for one in contracts if one["minor"]]
        for address, contracts in largest.items()
    }

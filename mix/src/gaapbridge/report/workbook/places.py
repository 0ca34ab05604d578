"""Where in the workbook everything stands, told before anything is written: formulas and links point both up and down."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import groupby, islice
from operator import attrgetter, itemgetter

from gaapbridge.report.told.differences import told_touched
from gaapbridge.report.told.findings import InCurrency
from gaapbridge.report.told.statements import ToldRow, ToldStatement, ToldStatements, told_statements
from gaapbridge.report.workbook.criteria import Sums
from gaapbridge.report.workbook.sample_places import SamplePlaces
from gaapbridge.report.workbook.sheets import at, letters_of, quoted, sheet_name
from gaapbridge.run.journals import JournalLine
from gaapbridge.run.manifest import Manifest
from gaapbridge.run.reader import Run

BALANCE_SHEET, INCOME_STATEMENT = "Balance sheet", "Income statement"
TRIAL_BALANCE, ENTRIES, JOURNALS, TIE_OUTS = "Trial balance", "Entries", "Journals", "Tie-outs"
"""Names of sheets that others lead to."""

FACE_FIRST_ROW, FORMULAS_FIRST_ROW = 4, 6
JOURNALS_FIRST_ROW, LEDGER_FIRST_ROW = 5, 5
ENTRIES_FIRST_ROW, NOTE_FIRST_ROW = 6, 4
FACE_FIRST_COLUMN, EXACT_FIRST_COLUMN, EXACT_OF_NOTE, LEDGER_AMOUNTS = 1, 3, 3, 4
"""Rows and columns, from nil, at which tables begin."""

MOST_LINES = 1_000_000
"""Journal lines that one sheet takes; a workbook with more has a sheet for each note."""

MOST_ENTRIES = 5_000
"""Entries by account that have a row of their own: every formula looks through these. Of more, those of a cause share one."""

MOST_IN_A_DOUBLE = 2**53 - 1
"""Minor units up to which a spreadsheet, whose numbers are doubles, adds up to the unit."""

UNLISTED_ROW = "balancing"
"""The row of what no account of the plan holds, where a statement has it."""


@dataclass(frozen=True)
class JournalSheet:
    """A sheet of journal lines: its name, the prefix of the names of its ranges, and its lines."""

    name: str
    prefix: str
    lines: Sequence[JournalLine]

    def column(self, column: int) -> str:
        """The range of one of its columns."""
        return self.span(column, 0, max(len(self.lines), 1))

    def span(self, column: int, first: int, end: int) -> str:
        """The range of a column from its line ``first``, counted from nil, up to ``end`` without it."""
        letter = letters_of(column)
        return f"{quoted(self.name)}!${letter}${JOURNALS_FIRST_ROW + first + 1}:${letter}${JOURNALS_FIRST_ROW + end}"


@dataclass(frozen=True)
class Entry:
    """What an entry posts to one account: its first line, how many there are, what they come to, and the spans they stand in.

    Of very many, the ``entries`` of one cause are added up.
    ``spans`` are sheets, each with the place of the first line there and of that after the last.
    """

    first: JournalLine
    entries: int
    count: int
    debit_minor: int
    credit_minor: int
    spans: tuple[tuple[JournalSheet, int, int], ...]


@dataclass(frozen=True)
class Places:
    """The places of one run's workbook. Rows and columns count from nil."""

    run: Run
    told: ToldStatements
    journals: tuple[JournalSheet, ...]

    @classmethod
    def of(cls, run: Run) -> Places:
        """The places for a run."""
        return cls(run, told_statements(run), tuple(journal_parts(ordered(run.listed.journals), MOST_LINES)))

    @property
    def manifest(self) -> Manifest:
        """What the run says of itself."""
        return self.run.manifest

    @cached_property
    def column_ids(self) -> tuple[str, ...]:
        """The columns of a statement: U.S. GAAP, the notes, IFRS."""
        return tuple(column.id for column in self.told.columns)

    @cached_property
    def digits(self) -> int:
        """Decimals that an exact amount has in printed units."""
        return max(len(str(self.told.unit_minor)) - 1, 0) if set(str(self.told.unit_minor)) <= {"1", "0"} else 9

    def in_units(self, amount_minor: int) -> float:
        """An exact amount in printed units, as a formula comes to it."""
        return round(amount_minor / self.told.unit_minor, self.digits) + 0.0

    @property
    def currency(self) -> str:
        """The currency of the run."""
        return self.run.document.currency

    @property
    def money_digits(self) -> int:
        """Decimals that an amount of the currency has."""
        return int(self.run.plan_content["entity"]["minor_digits"])

    @property
    def money_minor(self) -> int:
        """Minor units in one of the currency: 100 of a CNY."""
        return int(10**self.money_digits)

    def in_money(self, amount_minor: int) -> float:
        """Minor units as an amount of the currency, as a formula comes to it."""
        return round(amount_minor / self.money_minor, self.money_digits) + 0.0

    @property
    def texts(self) -> InCurrency:
        """How amounts stand within sentences."""
        return InCurrency(self.currency, self.money_digits)

    def face_sheet(self, statement: ToldStatement) -> str:
        """The sheet that shows a statement as it is printed."""
        return BALANCE_SHEET if statement.is_balance_sheet else INCOME_STATEMENT

    def face(self, name: str) -> tuple[ToldStatement, ...]:
        """The statements that a sheet shows, in printed order."""
        return tuple(one for one in self.told.statements if self.face_sheet(one) == name)

    @cached_property
    def face_rows(self) -> dict[tuple[str, str], int]:
        """The row of every printed row of a statement on its sheet."""
        found: dict[tuple[str, str], int] = {}
        for name in (BALANCE_SHEET, INCOME_STATEMENT):
            row = FACE_FIRST_ROW
            for statement in self.face(name):
                row += head_rows(statement)
                for one in statement.printed_rows:
                    row += bool(one.heading)
                    found[statement.id, one.id] = row
                    row += 1
                row += 2
        return found

    def formula_sheet(self, statement_id: str) -> str:
        """The sheet with a statement's formulas."""
        return f"Formulas {statement_id}"[:31]

    @cached_property
    def measured(self) -> tuple[ToldStatement, ...]:
        """The statements that the run measured, which have formulas."""
        return tuple(one for one in self.told.statements if one.is_measured)

    def formula_lines(self, statement: ToldStatement) -> Iterator[tuple[str, ToldRow]]:
        """The lines of a sheet of formulas in order: rows, and above a sub-total what it holds that no row shows."""
        carrying = {account.line for account in self.manifest.accounts.values()}
        for row in statement.rows:
            if row.of and row.id in carrying:
                yield "carried", row
            yield "row", row

    @cached_property
    def formula_rows(self) -> dict[tuple[str, str, str], int]:
        """The row of every line of the sheets of formulas, by statement, row and what of it."""
        return {
            (statement.id, row.id, what): FORMULAS_FIRST_ROW + place
            for statement in self.measured
            for place, (what, row) in enumerate(self.formula_lines(statement))
        }

    def formula_cell(self, statement: str, row: str, column: str, what: str = "row") -> str:
        """The exact cell of a statement, without its sheet."""
        return at(self.formula_rows[statement, row, what], EXACT_FIRST_COLUMN + self.column_ids.index(column))

    def face_cell(self, statement: str, row: str, column: str) -> str:
        """The printed cell of a statement, without its sheet."""
        return at(self.face_rows[statement, row], FACE_FIRST_COLUMN + self.column_ids.index(column))

    @cached_property
    def accounts(self) -> tuple[str, ...]:
        """Every account of the ledgers and of the plan, the plan's first."""
        in_ledgers = (code for ledger in self.run.ledgers.values() for code in ledger)
        return tuple(dict.fromkeys((*self.manifest.accounts, *in_ledgers)))

    @cached_property
    def codes_of_ledger(self) -> dict[str, list[str]]:
        """The codes, or patterns of such, that a ledger of its own chart has for accounts of the plan; of one that is divided
        with each of its parts."""
        found: dict[str, list[str]] = {}
        ledger = self.run.plan_content.get("trial_balance", {})
        for theirs, ours in ledger.get("accounts", {}).items():
            for one in [ours] if isinstance(ours, str) else ours:
                if one:
                    found.setdefault(one, []).append(theirs)
        return {} if all(theirs == [ours] for ours, theirs in found.items()) else found

    def line_of(self, account: str) -> str:
        """The row of the statement that carries an account."""
        if account in self.manifest.accounts:
            return self.manifest.accounts[account].line
        rows = {row.id for statement in self.told.statements for row in statement.rows}
        return UNLISTED_ROW if UNLISTED_ROW in rows else self.manifest.retained_row

    def statement_of(self, line: str) -> str:
        """IS for a row of the income statement, BS for one of the balance sheet."""
        return "IS" if line in self.manifest.profit_rows else "BS"

    def note_sheet(self, column: str) -> str:
        """The sheet of a note, by its column."""
        place, one = next((place, one) for place, one in enumerate(self.told.notes, 1) if one.id == column)
        return sheet_name(f"Note {one.note or one.id}", f"Note {place}")

    @cached_property
    def touched_rows(self) -> dict[tuple[str, str, str], int]:
        """The row of what a note does to a row of a statement on the note's sheet, by note, statement and row."""
        found: dict[tuple[str, str, str], int] = {}
        for note in self.told.notes:
            row = NOTE_FIRST_ROW
            for statement, touched in self.touched(note.id):
                found |= {(note.id, statement.id, one.id): row + place for place, one in enumerate(touched, 1)}
                row += len(touched) + 2
        return found

    def touched(self, column: str) -> list[tuple[ToldStatement, tuple[ToldRow, ...]]]:
        """The rows of the measured statements that a note touches, by statement."""
        return [(one, rows) for one, rows in told_touched(self.told, column) if one.is_measured]

    @cached_property
    def ledger_rows(self) -> dict[str, int]:
        """The row of the first account of a row of the statements on the trial balance."""
        found: dict[str, int] = {}
        for place, account in enumerate(self.accounts):
            found.setdefault(self.line_of(account), LEDGER_FIRST_ROW + place)
        return found

    @cached_property
    def first_entries(self) -> dict[tuple[str, str], int]:
        """The row of the first entry of a note on a row of the statements, on the sheet of entries."""
        found: dict[tuple[str, str], int] = {}
        for place, entry in enumerate(self.summed):
            found.setdefault((entry.first.note, entry.first.line), ENTRIES_FIRST_ROW + place)
        return found

    @cached_property
    def entry_rows(self) -> dict[tuple[str, int], int]:
        """The row on the sheet of entries of what begins at a line of a sheet of journals."""
        return {
            (sheet.name, first): ENTRIES_FIRST_ROW + place
            for place, entry in enumerate(self.summed)
            for sheet, first, _ in entry.spans
        }

    @cached_property
    def first_lines(self) -> dict[tuple[str, str, str], tuple[str, int]]:
        """The sheet and row of the first line of a note, component and account."""
        found: dict[tuple[str, str, str], tuple[str, int]] = {}
        for sheet in self.journals:
            for place, line in enumerate(sheet.lines):
                found.setdefault((line.note, line.component, line.account), (sheet.name, JOURNALS_FIRST_ROW + place))
        return found

    @cached_property
    def posted_by_account(self) -> dict[tuple[str, str], int]:
        """What the journals come to by note and account, debit positive."""
        sums: dict[tuple[str, str], int] = {}
        for line in self.run.listed.journals:
            sums[line.note, line.account] = sums.get((line.note, line.account), 0) + line.amount_minor
        return sums

    @cached_property
    def sampled(self) -> SamplePlaces:
        """The places of the contracts of the sample."""
        return SamplePlaces(self.run)

    @cached_property
    def first_of_segment(self) -> dict[str, tuple[str, int]]:
        """The sheet and row of the first journal line of a segment."""
        found: dict[str, tuple[str, int]] = {}
        for sheet in self.journals:
            for place, line in enumerate(sheet.lines):
                found.setdefault(line.segment, (sheet.name, JOURNALS_FIRST_ROW + place))
        return found

    @property
    def is_beyond_doubles(self) -> bool:
        """Whether a ledger or the journals add up to more than a spreadsheet holds to the minor unit."""
        ledgers = [sum(abs(amount) for amount in ledger.values()) for ledger in self.run.ledgers.values()]
        return max(*ledgers, sum(line.debit_minor for line in self.run.listed.journals)) > MOST_IN_A_DOUBLE

    @cached_property
    def sums(self) -> Sums:
        """How formulas add up by accounts, rows, notes and causes."""
        asked = (text for line in self.run.listed.journals for text in (line.flow, line.component))
        rows = (row.id for statement in self.told.statements for row in statement.rows)
        ways = [Sums.over(one) for one in (asked, rows, self.accounts, self.column_ids)]
        return Sums(all(one.by_sumifs for one in ways), any(one.by_capitals for one in ways))

    def net_posted(self, but: str | None = None, **held: str) -> str:
        """Debits less credits, in minor units, of the entries whose columns hold what is asked, of any kind ``but`` one."""
        columns = {f"entry_{column}": value for column, value in held.items()}
        return self.sums.of("entry_net", columns, {} if but is None else {"entry_kind": but})

    def on_ledger(self, state: str, column: str, value: str) -> str:
        """The balances of the trial balance whose column holds a value, in minor units."""
        return self.sums.of(f"tb_{state}", {f"tb_{column}": value})

    @cached_property
    def summed(self) -> tuple[Entry, ...]:
        """Every entry by account, in the order of their lines."""
        keys = iter(_keys([line for sheet in self.journals for line in sheet.lines]))
        found: dict[tuple[str, ...], list[tuple[JournalSheet, int, int]]] = {}
        for sheet in self.journals:
            at_line = 0
            for one, own in groupby(islice(keys, len(sheet.lines))):
                end = at_line + sum(1 for _ in own)
                found.setdefault(one, []).append((sheet, at_line, end))
                at_line = end
        return tuple(_entry(tuple(spans)) for spans in found.values())


def head_rows(statement: ToldStatement) -> int:
    """Rows above the first one of a statement on its sheet: its date, what it rests on, the titles of its columns."""
    return 2 + bool(statement.basis)


_BY_ENTRY = attrgetter("note", "entry", "note", "kind", "flow", "component", "account", "line")


def _keys(lines: Sequence[JournalLine]) -> list[tuple[str, ...]]:
    """By what each line is added up: entry and account, or of very many entries their cause and account."""
    by_entry = list(map(_BY_ENTRY, lines))
    return by_entry if len(set(by_entry)) <= MOST_ENTRIES else [key[2:] for key in by_entry]


def ordered(lines: Sequence[JournalLine]) -> Sequence[JournalLine]:
    """Journal lines with those of a note together, and in it those that are added up together; else as they are posted."""
    keys = _keys(lines)
    notes = {note: place for place, note in enumerate(dict.fromkeys(key[0] for key in keys))}
    places = {key: (notes[key[0]], place) for place, key in enumerate(dict.fromkeys(keys))}
    return [line for _, line in sorted(zip(map(places.__getitem__, keys), lines, strict=True), key=itemgetter(0))]


def _entry(spans: tuple[tuple[JournalSheet, int, int], ...]) -> Entry:
    """What stands in some spans, added up."""
    lines = [line for sheet, first, end in spans for line in sheet.lines[first:end]]
    sums = sum(line.debit_minor for line in lines), sum(line.credit_minor for line in lines)
    return Entry(lines[0], len({line.entry for line in lines}), len(lines), *sums, spans)


def journal_parts(lines: Sequence[JournalLine], most: int) -> Iterator[JournalSheet]:
    """The sheets for journal lines: one, or where that cannot take them one for each note, in parts if need be."""
    if len(lines) <= most:
        yield JournalSheet(JOURNALS, "je", lines)
        return
    by_note: Mapping[str, list[JournalLine]] = {line.note: [] for line in lines}
    for line in lines:
        by_note[line.note].append(line)
    number = 0
    for note, own in by_note.items():
        for first in range(0, len(own), most):
            number += 1
            part = f" {first // most + 1}" if len(own) > most else ""
            name = sheet_name(f"{JOURNALS} {note}{part}", f"{JOURNALS} {number}")
            yield JournalSheet(name, f"je{number}", own[first : first + most])

"""The reference page of the tapes, rendered from their schemas."""

from __future__ import annotations

from collections.abc import Iterator

from gaapbridge.contracts.kinds import KINDS
from gaapbridge.tapes.given import ADJUSTMENTS, GIVEN
from gaapbridge.tapes.ledger import TRIAL_BALANCE
from gaapbridge.tapes.schema import Column, Schema

SCHEMAS: tuple[Schema, ...] = tuple(
    dict.fromkeys(
        (
            *(tape.schema for kind in KINDS.values() for tape in kind.tapes),
            TRIAL_BALANCE,
            GIVEN,
            ADJUSTMENTS,
            *(table.schema for kind in KINDS.values() for table in kind.tables),
        )
    )
)
"""What every file a plan names must hold: tapes by kind of contract, the ledger, what files give, tables of assumptions."""

TOTALLED = {tape.schema.name: tape.totalled for kind in KINDS.values() for tape in kind.tapes}
"""The columns of each tape whose sums a plan may state."""

_CELLS = {
    "text": "text",
    "date": "date",
    "count": "whole number",
    "minor": "amount",
    "number": "number",
    "flag": "true or false",
}

_WORDS = {
    "instant": "the tape's instant",
    "opening": "the opening instant",
    "closing": "the closing instant",
    "currency": "of the plan",
}

_INTRODUCTION = """\
# Tapes

This page is rendered from the schemas that the kinds of contracts declare; a test holds it to them.

A tape is a Parquet, CSV or XLSX file. Its first row names the columns. `columns` in the plan maps our names to the
file's; a column that is neither ours nor listed in `ignore` (`"*"`: all others) is refused, as is a missing required one.
A file that is written in another way is read as the `read` table of the plan says, a tape in several files as one
(`docs/reference/reading.md`); what follows is of files without such a table.

| cell | is written |
|---|---|
| text | as it is; it starts with a visible character where it is required, \
and an id has none in it that is not seen (U+200B, U+2060, U+FEFF, U+00AD). \
Order and equality are those of its UTF-8 bytes |
| date | `YYYY-MM-DD` of the years 1900 to 2200, a date cell, or a timestamp at midnight without a time zone |
| whole number | digits, a minus sign, no separators, within 64 bits |
| amount | with `amounts = "minor"` a whole number of minor units; with `"major"` a decimal not finer than the minor unit, \
not with three decimals of a unit that has fewer (700.000 may be thousands), \
converted exactly. Binary fractions of Parquet and XLSX count where they are within a millionth of a minor unit, \
or of large amounts within their last binary digits |
| number | digits with a decimal point, an exponent if need be; no percent sign |
| true or false | `true`, `false`, `1` or `0` |

- CSV is UTF-8 (a byte order mark is skipped), separated by commas, quotes doubled inside quotes. An empty cell is empty,
  not zero. Quotes enclose a whole cell: a file in which they begin behind its first character and enclose a comma or a line
  end is refused, and so is a row of more than 32 MB, whose quote is never closed.
- XLSX: the sheet named in the plan, else the one called like the tape (`loans`, `guarantee_fees`, `award_tranches`, ...), else
  the only visible one. Blank rows above the header and blank columns beside the table are passed over. Dates count from 1900
  or 1904 as the workbook says, fractions as the binary fraction that is stored. Bad cells are those with an error value; a
  formula without a stored value, as programs write that do not calculate (or with a stored 0 where the workbook asks to be
  calculated when it is opened); and a number of more than 15 digits, of which Excel keeps 15: a longer id is stored as text.
- A workbook is refused where cells are merged in the rows of the table (in the header they name every column they cover), where
  a row or column of the table is hidden, by a filter for one, since nobody saw it who approved the file, and where the sheet is
  hidden and the plan does not name it. So is a sheet of more than 2,000,000 cells below its header, cells far from the table
  included, one that unpacks to more than 512 MB, and a workbook whose texts unpack to more than 256: use CSV or Parquet.
- A row with a cell that cannot be read, or that breaks a rule, is rejected whole: `rejects.csv` names the file, the row
  (data rows from 1, the header excluded), the column, the value, the rule, the remedy, the contract and its amount, one
  line for each broken rule. Nothing is repaired, clipped or filled in.
- A contract with a rejected row at one instant is not measured: all its rows are rejected too, on the tapes of both
  instants, its fee instalments included, so that a bad row never reads as if the contract had come or gone.
- A rule that compares with another column says nothing of a row where that column cannot be read or is itself wrong.
- A default applies where the column is absent from the tape altogether, or where its cell is empty.
- A key that stands more than once rejects every row that carries it. On a tape without a key the first of the rows that are
  the same goes on, and the others are rejected.
- A guarantee counts with all its fee instalments, an award with all its tranches and events, or not at all: where one row is
  rejected the others are too, each with the rule that says so.
- Control totals of the system a tape came from stand in the plan, `[tapes.loans.control.opening]` and `.closing` of a tape for
  each instant, `[tapes.events.control]` of one for the period or the whole life: `rows`, and the sums that its section below
  names, rejects included. One that differs is a finding with the difference. A tape without a key needs them most: nothing else
  tells that an export was cut off.
- In curves, rates and the trial balance one bad row makes the file unusable, because nothing can be left out of them.
- A file that is missing, cut off, empty or misnamed, whose header does not fit, or whose columns hold another kind of
  thing altogether, is unusable input: exit code 2.

A long Parquet tape of loans, guarantees or fee instalments in the binary order of `contract_id`, its row groups not above a
million rows, is read where it lies, by ranges of contracts; any other is dealt out to such ranges on disk first. A CSV file
is passed through once, 8 MB at a time in whatever encoding; where it has more than some ten thousand rows they are put aside as
Parquet, compressed, where the machine keeps temporary files (`TMPDIR`), for this user alone and as long as they are read, by
ranges as of a Parquet tape. Memory does not grow with a tape of either format.
"""


def tapes_reference() -> str:
    """The text of `docs/reference/tapes.md`."""
    return _INTRODUCTION + "".join(section for schema in SCHEMAS for section in _section(schema))


def _section(schema: Schema) -> Iterator[str]:
    yield f"\n## {schema.title}\n\n{schema.description}\n\n"
    yield "| column | cell | if empty | holds |\n|---|---|---|---|\n"
    for column in schema.columns:
        yield f"| `{column.name}` | {_CELLS[column.kind]} | {_empty(column)} | {_holds(column)} |\n"
    severity = "reject" if schema.identity else "refused"
    yield "\n| rule | severity | remedy |\n|---|---|---|\n"
    if schema.key:
        alone = len(schema.key) == 1
        names = ", ".join(f"`{name}`" for name in schema.key)
        yield f"| {names} {'stands' if alone else 'stand together'} once on the tape | {severity} | leave one row |\n"
    if schema.once:
        remedy = "leave one of the rows that are the same; add up what did happen twice"
        yield f"| a row stands once on the tape | {severity} | {remedy} |\n"
    for rule in (*schema.rules, *schema.across):
        yield f"| {rule.sentence.format(**_WORDS)} | {severity} | {rule.remedy} |\n"
    if totals := TOTALLED.get(schema.name):
        yield f"\nIts control totals are {', '.join(f'`{name}`' for name in ('rows', *totals))}.\n"
    for unusual in schema.unusual:
        yield f"\nNo reject but a finding is `{unusual.column}` above {unusual.most:g} ({unusual.name}): {unusual.remedy}.\n"


def _empty(column: Column) -> str:
    if column.required:
        return "refused"
    if column.default is None:
        return "not known"
    return str(column.default).lower()


def _holds(column: Column) -> str:
    return f"{column.description}, in minor units" if column.kind == "minor" else column.description

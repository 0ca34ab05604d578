"""Two years of the starter's lender, copies of its runs with something changed, and files read by other programs than ours."""

from __future__ import annotations

import csv
import io
import json
import shutil
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import pyarrow.parquet

import gaapbridge
from tests.manifests import vouch

SAID: Mapping[str, str] = {
    "company_code": "1000", "ledger_group": "2L", "prepared_by": "王会计", "subsidiary": "Example Lender",
    "accounting_book": "IFRS", "ledger_id": "300000001", "company": "101", "group_id": "20231231",
}  # fmt: skip
"""What our lender answers where a layout asks, by the question."""


def toml_of(ledger: str) -> dict[str, Any]:
    """A packaged layout as its file says it."""
    return tomllib.loads((LAYOUTS / f"{ledger}.toml").read_text(encoding="utf-8"))


LAYOUTS = Path(gaapbridge.__file__).parent / "vouchers" / "layouts"
LEDGERS = sorted(path.stem for path in LAYOUTS.glob("*.toml"))
ANSWERS: Mapping[str, Mapping[str, str]] = {
    ledger: {name: SAID[name] for name in toml_of(ledger).get("answers", {}) if name in SAID} for ledger in LEDGERS
}
"""What each packaged layout asks for."""


@dataclass
class Read:
    """A voucher as it stands in a file: number, dates and texts found there, and its lines as account and minor units."""

    number: tuple[str, ...]
    posted: str
    texts: list[str] = field(default_factory=list)
    lines: list[tuple[str, int]] = field(default_factory=list)


def table(path: Path, encoding: str = "utf-8") -> list[list[Any]]:
    """All rows of a file, as csv, openpyxl or pyarrow read it."""
    if path.suffix == ".csv":
        return list(csv.reader(io.StringIO(path.read_bytes().decode(encoding), newline="")))
    if path.suffix == ".xlsx":
        sheet = openpyxl.load_workbook(path).worksheets[0]
        assert not [cell for row in sheet.iter_rows() for cell in row if cell.data_type in ("f", "e")]
        return [["" if cell is None else cell for cell in row] for row in sheet.iter_rows(values_only=True)]
    read = pyarrow.parquet.read_table(path)
    rows = [["" if cell is None else cell for cell in row.values()] for row in read.to_pylist()]
    return [read.column_names, *rows]


def minor(cell: Any, digits: int = 2) -> int:
    """Minor units of a cell."""
    exact = Decimal(str(cell or 0)).scaleb(digits)
    assert round(exact) == exact if isinstance(cell, str) else abs(round(exact) - exact) < Decimal("0.001")
    return round(exact)


NUMBERED = ("document", "document_in_period", "fiscal_year", "fiscal_period")


def vouchers(ledger: str, path: Path, digits: int = 2) -> list[Read]:
    """The vouchers in a file for a ledger, read by what its layout says of columns, captions and dates: told apart by
    number, or one a block."""
    layout = toml_of(ledger)
    rows = table(path, layout.get("encoding", "utf-8"))[len(layout.get("titles", [])) :]
    if layout["arrangement"] == "blocks":
        return _blocks(layout, rows, digits)
    columns = [*layout.get("header", []), *layout["line"]]
    found: dict[tuple[str, ...], Read] = {}
    captions = captions_above(layout, columns)
    assert not captions or rows[captions - 1] == [column["caption"] for column in columns]
    for row in rows[captions:]:
        number = tuple(str(cell) for cell, column in zip(row, columns, strict=True) if column.get("value") in NUMBERED)
        one = found.setdefault(number, Read(number, day_in(layout, columns, row)))
        _add(one, columns, row, digits)
    return list(found.values())


def captions_above(layout: Mapping[str, Any], columns: list[dict[str, Any]]) -> int:
    """How many rows of captions stand above columns."""
    if not layout.get("captions", True):
        return 0
    return 1 + sum(any(column.get(further) for column in columns) for further in ("above", "technical"))


def day_in(layout: Mapping[str, Any], columns: list[dict[str, Any]], row: list[Any]) -> str:
    """The day of posting in a row, as 2023-12-31, whatever form the layout writes it in; not a column of the month alone."""
    for cell, column in zip(row, columns, strict=False):
        if column.get("value") == "posting_date" and "%d" in column.get("dates", layout["dates"]):
            return str(datetime.strptime(str(cell), column.get("dates", layout["dates"])).date())
    raise AssertionError("a layout has the day of posting")


def _add(one: Read, columns: list[dict[str, Any]], row: list[Any], digits: int) -> None:
    """A line: its account, its amount from two columns or from one with a sign, its text."""
    cells = {column["value"]: cell for column, cell in zip(columns, row, strict=False) if "value" in column}
    if "debit" in cells:
        assert (cells["debit"] in ("", None)) != (cells["credit"] in ("", None))
        amount = minor(cells["debit"], digits) - minor(cells["credit"], digits)
    else:
        amount = minor(cells["amount"], digits)
    one.lines.append((str(cells["account"]), amount))
    one.texts.append(str(cells.get("text", cells.get("line_text"))))


def _blocks(layout: Mapping[str, Any], rows: list[list[Any]], digits: int) -> list[Read]:
    """Vouchers each in rows of their own: header columns, then lines, each below a title and captions."""
    header, line = layout["header"], layout["line"]
    above, over = captions_above(layout, header), captions_above(layout, line)
    found: list[Read] = []
    numbered = [place for place, row in enumerate(rows) if row and str(row[0]).isdigit()]
    for start, end in zip(numbered, [*numbered[1:], len(rows)], strict=True):
        block = [row[1:] for row in rows[start:end]]
        assert block[0][0] == layout["header_title"] and [row[0] for row in block if row].count(layout["line_title"]) == 1
        said = block[1 + above]
        numbers = tuple(str(cell) for cell, column in zip(said, header, strict=False) if column.get("value") in NUMBERED)
        texts = [str(cell) for cell, column in zip(said, header, strict=False) if column.get("value") == "header_text"]
        one = Read(numbers, day_in(layout, header, said), texts)
        items = next(place for place, row in enumerate(block) if row and row[0] == layout["line_title"])
        assert block[items + over][: len(line)] == [column["caption"] for column in line]
        for row in block[items + over + 1 :]:
            if any(cell not in ("", None) for cell in row):
                _add(one, line, row, digits)
        found.append(one)
    return found


def sums(lines: list[tuple[str, int]]) -> dict[str, int]:
    """What lines add up to by account, accounts that come to nil left out."""
    added: dict[str, int] = {}
    for account, amount in lines:
        added[account] = added.get(account, 0) + amount
    return {account: amount for account, amount in added.items() if amount}


def posted(run: Path, *kinds: str) -> dict[str, int]:
    """The journals of a run by account, from its table, of entries of these kinds or all."""
    with (run / "journals.csv").open(encoding="utf-8", newline="") as stream:
        rows = [row for row in csv.DictReader(stream) if not kinds or row["kind"] in kinds]
    return sums([(row["account"], int(row["debit_minor"]) - int(row["credit_minor"])) for row in rows])


def income(run: Path) -> set[str]:
    """The accounts of income of a run."""
    manifest = json.loads((run / "manifest.json").read_text(encoding="utf-8"))
    return {code for code, account in manifest["accounts"].items() if account["line"] in manifest["profit_rows"]}


def changed(run: Path, folder: Path, manifest: Mapping[str, Any] | None = None, **files: Callable[[str], str]) -> Path:
    """A copy of a run in which files (called by their name without an ending) and the manifest say something else, and which
    says of itself that it was written so."""
    copy = Path(shutil.copytree(run, folder / "v1"))
    for name, change in files.items():
        (path,) = (path for path in copy.glob(f"{name}.*") if path.suffix in (".csv", ".json", ".toml"))
        before = path.read_text(encoding="utf-8")
        assert change(before) != before
        path.write_text(change(before), encoding="utf-8")
    path = copy / "manifest.json"
    path.write_text(json.dumps({**json.loads(path.read_text(encoding="utf-8")), **(manifest or {})}), encoding="utf-8")
    return vouch(copy)

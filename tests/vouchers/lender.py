"""Two years of the starter's lender, copies of its runs with something changed, and files read by other programs than ours."""

from __future__ import annotations

import csv
import io
import json
import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import pyarrow.parquet

from tests.manifests import vouch

ANSWERS: Mapping[str, Mapping[str, str]] = {
    "generic": {},
    "sap": {"company_code": "1000", "ledger_group": "2L"},
    "kingdee": {"prepared_by": "王会计"},
    "kingdee-k3": {"prepared_by": "王会计"},
    "netsuite": {"subsidiary": "Example Lender", "accounting_book": "IFRS"},
    "oracle": {"ledger_id": "300000001", "company": "101", "group_id": "20231231"},
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


FLAT: Mapping[str, tuple[str, tuple[str, ...], str, str, str, str, str]] = {
    "generic": ("utf-8-sig", ("document",), "posting date", "account", "debit", "credit", "text"),
    "kingdee": ("gb18030", ("会计期间", "凭证号"), "日期", "科目代码", "借方金额", "贷方金额", "摘要"),
    "kingdee-k3": ("gb18030", ("会计年度", "会计期间", "凭证号"), "凭证日期", "科目代码", "借方", "贷方", "凭证摘要"),
    "netsuite": ("utf-8", ("External ID",), "Date", "Account", "Debit", "Credit", "Line Memo"),
}
"""How a flat file is read: encoding, and the captions of number, day, account, debit, credit and text."""


def vouchers(ledger: str, path: Path, digits: int = 2) -> list[Read]:
    """The vouchers in a file for a ledger, told apart by what that ledger tells them apart by."""
    if ledger == "sap":
        return _blocks(table(path), digits)
    if ledger == "oracle":
        rows = [[f"{place}" for place in range(1, 96)], *table(path)]
        named: Any = ("utf-8", ("46",), "3", "10", "39", "40", "52")
    else:
        named = FLAT[ledger]
        rows = table(path, named[0])
    found: dict[tuple[str, ...], Read] = {}
    header = rows[0]
    for row in rows[1:]:
        cells = dict(zip(header, row, strict=True))
        number = tuple(str(cells[name]) for name in named[1])
        one = found.setdefault(number, Read(number, str(cells[named[2]])))
        one.lines.append((str(cells[named[3]]), minor(cells[named[4]], digits) - minor(cells[named[5]], digits)))
        one.texts.append(str(cells[named[6]]))
        assert (cells[named[4]] in ("", None)) != (cells[named[5]] in ("", None))
    return list(found.values())


def _blocks(rows: list[list[Any]], digits: int) -> list[Read]:
    """The journal entries of the template of Upload General Journal Entries."""
    found: list[Read] = []
    numbered = [place for place, row in enumerate(rows) if row and str(row[0]).isdigit()]
    for start, end in zip(numbered, [*numbered[1:], len(rows)], strict=True):
        block = rows[start:end]
        assert block[0][1] == "Header" and [row[1] for row in block if row].count("Line Items") == 1
        header = dict(zip(block[1][1:], block[3][1:], strict=False))
        items = next(place for place, row in enumerate(block) if row and row[1] == "Line Items")
        assert block[items + 1][4] == "Transaction Currency"
        names = block[items + 2][1:]
        one = Read((header["XBLNR"],), str(header["BUDAT"]), [header["BKTXT"]])
        for row in block[items + 4 :]:
            if any(cell not in ("", None) for cell in row):
                cells = dict(zip(names, row[1:], strict=False))
                one.lines.append((str(cells["HKONT"]), minor(cells["WRSOL"], digits) - minor(cells["WRHAB"], digits)))
                one.texts.append(str(cells["SGTXT"]))
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

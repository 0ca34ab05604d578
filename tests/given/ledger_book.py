"""A ledger's IFRS book: its trial balances under US GAAP, and on top of them the vouchers of each run, read from their files.

Nothing of the package adds anything up here: accounts and rows are added from the files that a run and a ledger leave.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import gaapbridge
from gaapbridge.vouchers.voucher import Book, Opening
from tests.vouchers.lender import ANSWERS, Read, sums, vouchers

RETAINED = "4104"


def read_json(run: Path, name: str) -> Any:
    return json.loads((run / name).read_text(encoding="utf-8"))


def trial_balance(file: Path, minor_of_unit: int = 1) -> dict[str, int]:
    """Balances by account under US GAAP, debit positive, income and expense on their accounts; amounts in units of so many."""
    with file.open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    return {row["account"]: minor_of_unit * (int(row["debit_minor"]) - int(row["credit_minor"])) for row in rows}


def imported(run: Path, ledger: str, book: Book, to: Path, opening: Opening | None = None) -> list[Read]:
    """The vouchers of a run, as another program reads their file."""
    done = gaapbridge.export(run, ledger, book=book, opening=opening, answers=ANSWERS[ledger], to=to)
    return vouchers(ledger, to / next(iter(done.files)))


def posted_by(read: list[Read]) -> dict[str, int]:
    """What vouchers move, by account; each balances."""
    assert all(sum(amount for _, amount in one.lines) == 0 for one in read)
    return sums([line for one in read for line in one.lines])


def together(*moves: Mapping[str, int]) -> dict[str, int]:
    return sums([line for move in moves for line in move.items()])


def income_of(run: Path) -> set[str]:
    """The accounts of income and expense."""
    manifest = read_json(run, "manifest.json")
    return {code for code, one in manifest["accounts"].items() if one["line"] in manifest["profit_rows"]}


def year_closed(book: Mapping[str, int], run: Path) -> dict[str, int]:
    """A book once its fiscal year is closed: income and expense led to retained earnings."""
    income = income_of(run)
    return sums([(RETAINED if account in income else account, amount) for account, amount in book.items()])


def of_balance_sheet(book: Mapping[str, int], run: Path) -> dict[str, int]:
    """The accounts of a book that are neither income nor retained earnings."""
    return {account: amount for account, amount in book.items() if account not in {RETAINED, *income_of(run)}}


def brought_forward(run: Path) -> dict[str, int]:
    """The differences that a run leaves to the next, by account, as its table has them."""
    with (run / "brought_forward.csv").open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    return sums([(row["account"], int(row["debit_minor"]) - int(row["credit_minor"])) for row in rows])


def unlike_rows(run: Path, sheet: str, ledger: Mapping[str, int], column: str) -> dict[str, tuple[int, int]]:
    """Rows of a statement that a ledger's accounts do not add up to: what these come to, and what is printed, in minor units.

    A row is the accounts that name it as their line, and the rows below it; the row of retained earnings has all income in it.
    """
    manifest = read_json(run, "manifest.json")
    (statement,) = [one for one in read_json(run, "exact.json")["statements"] if one["id"] == sheet]
    rows = {row["id"]: row for row in statement["rows"]}
    direct = dict.fromkeys(rows, 0)
    for account, amount in ledger.items():
        line = manifest["accounts"][account]["line"]
        if line in manifest["profit_rows"] and statement["kind"] == "balance sheet":
            line = manifest["retained_row"]
        if line in direct:
            direct[line] += amount if manifest["normal"][line] == "debit" else -amount

    def value(row: str) -> int:
        return direct[row] + sum(sign * value(below) for sign, below in rows[row].get("of", []))

    found = {row: (value(row), one[column]) for row, one in rows.items()}
    return {row: pair for row, pair in found.items() if pair[0] != pair[1]}

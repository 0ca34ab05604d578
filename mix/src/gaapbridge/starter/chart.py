"""The chart of accounts that examples are kept by, and the accounts that roles post to: rows of the kinds and of no kind.

Each kind of contract has its rows in ``starter/chart.csv`` of its own folder; what belongs to no kind (cash, capital, taxes)
is in ``files/chart.csv`` here. A row is an account, a role that posts to it, or both; name and line stand with the account,
once. The role ``cash`` posts nothing: it names the account through which all cash of the kind goes.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path

from gaapbridge import contracts
from gaapbridge.contracts.kind import Kind
from gaapbridge.contracts.kinds import KINDS
from gaapbridge.filings import layout_file, read_json
from gaapbridge.notes import FOLDERS
from gaapbridge.plan.model import ChartAccount
from gaapbridge.statement.layout import Layout, layout_of

OF_NO_KIND = Path(__file__).with_name("files")
"""The rows and balances of the example that belong to no kind of contract."""

LAYOUT = "lender"

CASH = "cash"
"""What stands in the place of a role with the account of a kind's cash."""


@dataclass(frozen=True)
class Chart:
    """Accounts by code, in its order; the account and a remark of each role; roles that the ledger copies from a close; roles
    whose account takes other amounts too; the account of the cash of each kind that has one of its own."""

    accounts: Mapping[str, ChartAccount]
    posting: Mapping[str, str]
    remarks: Mapping[str, str]
    same_source: tuple[str, ...]
    shared: tuple[str, ...]
    cash: Mapping[str, str]

    def of_profit(self) -> frozenset[str]:
        """The accounts of income and expense, by the rows in which they count."""
        layout = starter_layout()
        return frozenset(code for code, account in self.accounts.items() if not layout.is_balance_sheet_row(account.line))

    def measured(self, kinds: Collection[str]) -> frozenset[str]:
        """The accounts that contracts of these kinds are measured on, balances and profit."""
        notes = [folder.note for folder in FOLDERS.values()]
        roles = {role for note in notes for kind in kinds for role in (*note.balance_roles([kind]), *note.profit.get(kind, ()))}
        return frozenset(self.posting[role] for role in roles)

    def trial_balance(self, balances: Mapping[str, int]) -> str:
        """A trial balance as a CSV file, from debit-positive balances by account; accounts not given are left out."""
        stream = io.StringIO()
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(["account", "name", "debit_minor", "credit_minor"])
        for code in (code for code in self.accounts if code in balances):
            writer.writerow([code, self.accounts[code].name, max(0, balances[code]), max(0, -balances[code])])
        return stream.getvalue()


def folder_of(kind: Kind) -> Path:
    """What a kind brings to the starter: its chart, and its part of the tapes, curves and ledger in miniature."""
    return Path(contracts.__file__).parent / kind.key / "starter"


def folders() -> list[Path]:
    """The folders that the starter is put together from: those of the kinds in order, then what belongs to no kind."""
    return [*map(folder_of, KINDS.values()), OF_NO_KIND]


def starter_chart() -> Chart:
    """The chart of all kinds together, in order of code; its roles in the order of the kinds."""
    rows = [row for folder in folders() for row in table(folder / "chart.csv")]
    named: dict[str, ChartAccount] = {}
    for row in (row for row in rows if row["name"]):
        if row["account"] in named:
            raise ValueError(f"account {row['account']} is named twice in the charts of the starter: take one that is free")
        named[row["account"]] = ChartAccount(name=row["name"], line=row["line"])
    roles = [row for row in rows if row["role"] not in ("", CASH)]
    of_kinds = {kind.key: table(folder_of(kind) / "chart.csv") for kind in KINDS.values()}
    return Chart(
        accounts=dict(sorted(named.items())),
        posting={row["role"]: row["account"] for row in roles},
        remarks={row["role"]: row["remark"] for row in roles},
        same_source=tuple(row["role"] for row in roles if row["same_source"]),
        shared=tuple(row["role"] for row in roles if row.get("shared")),
        cash={key: row["account"] for key, rows in of_kinds.items() for row in rows if row["role"] == CASH},
    )


def starter_layout() -> Layout:
    """The layout of the statement that examples are printed in."""
    return layout_of(read_json(layout_file(LAYOUT)), LAYOUT)


def table(path: Path) -> list[dict[str, str]]:
    """The rows of a CSV file of the starter."""
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))

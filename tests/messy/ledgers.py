"""The trial balance of a general ledger with accounts of ten digits: several, in one range, for each account of ours."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path

import numpy as np
import polars as pl

from tests.messy.export import Cell, Export, Heading, Sheet, grouped_digits, write_csv, write_sheet

AMERICAN = ("GL Account", "Description", "Debit", "Credit")
CHINESE = ("科目编号", "科目名称", "借方余额", "贷方余额")
OURS = ("account", "name", "debit_minor", "credit_minor")
MOST_PARTS = 4
OTHER_SIDE = 5

Account = tuple[str, str, int]
"""An account of theirs: its ten digits, its name, its balance, debit positive."""


def american_ledger(folder: Path, ledger: pl.DataFrame, instant: date, *, seed: int = 2) -> Export:
    """The trial balance as CSV: a title, separators, blanks where nil, a total."""
    accounts = spread(ledger, seed)
    lines: list[Sequence[Cell]] = [
        [f"FIRST EXAMPLE BANK   GENERAL LEDGER TRIAL BALANCE   {instant:%m/%d/%Y}"],
        AMERICAN,
        *([number, name, *_sides(balance)] for number, name, balance in accounts),
        ["TOTAL", None, *_both(accounts)],
        [],
    ]
    path = write_csv(folder / f"general-ledger-{instant}.csv", lines, "utf-8")
    return _export(path, AMERICAN, ledger, skip_rows=1, total_rows=1)


def chinese_ledger(folder: Path, ledger: pl.DataFrame, instant: date, *, seed: int = 3) -> Export:
    """The trial balance (科目余额表) as CSV in GB18030: separators, blanks where nil, a row 合计."""
    accounts = spread(ledger, seed)
    lines: list[Sequence[Cell]] = [
        CHINESE,
        *([number, name, *_sides(balance)] for number, name, balance in accounts),
        ["合计", None, *_both(accounts)],
    ]
    path = write_csv(folder / f"科目余额表-{instant}.csv", lines, "gb18030")
    return _export(path, CHINESE, ledger, total_rows=1, encoding="gb18030")


def chinese_ledger_sheet(folder: Path, ledger: pl.DataFrame, instant: date, *, seed: int = 4) -> Export:
    """The same as a report in a workbook: accounts and amounts are numbers, both sides under one heading."""
    accounts = spread(ledger, seed)
    groups = ("", "", "期末余额", "期末余额")
    headings = [Heading(name, None, lambda _: None, group) for name, group in zip(CHINESE, groups, strict=True)]
    rows = [[int(number), name, *_numbers(balance)] for number, name, balance in accounts]
    debit, credit = (sum(row[side] or 0 for row in rows) for side in (2, 3))
    above = ["科目余额表", f"{instant:%Y%m}    单位：元"]
    total: list[Cell] = ["合计", None, round(debit, 2), round(credit, 2)]
    path = write_sheet(folder / f"科目余额表-{instant}.xlsx", Sheet("余额表", above, headings, rows, total, 2, []))
    names = [f"{group} {name}".strip() for name, group in zip(CHINESE, groups, strict=True)]
    return _export(path, names, ledger, skip_rows=2, header_rows=2, total_rows=1, sheet="余额表")


def spread(ledger: pl.DataFrame, seed: int) -> list[Account]:
    """Each account of ours with a balance as up to four of theirs that add up to it, one in five of them on the other side."""
    random = np.random.Generator(np.random.PCG64(seed))
    accounts: list[Account] = []
    for row in ledger.iter_rows(named=True):
        rest = row["debit_minor"] - row["credit_minor"]
        if rest == 0:
            continue
        parts = int(random.integers(1, MOST_PARTS + 1))
        for part in range(parts):
            share = float(random.uniform(0.1, 0.6)) * (-1 if random.integers(OTHER_SIDE) == 0 else 1)
            balance = rest if part == parts - 1 else int(rest * share)
            rest -= balance
            accounts.append(
                (f"{row['account']}{part + 1:02d}{int(random.integers(10_000)):04d}", f"{row['name']} {part + 1}", balance)
            )
    return accounts


def _export(path: Path, names: Sequence[str], ledger: pl.DataFrame, **layout: object) -> Export:
    truth = path.with_name(f"{path.name}-truth.parquet")
    held = ledger.filter(pl.col("debit_minor") != pl.col("credit_minor"))
    held.write_parquet(truth)
    ranges = {account: (f"{account}000000", f"{account}999999") for account in held["account"]}
    return Export(path, truth, dict(zip(OURS, names, strict=True)), ranges=ranges, **layout)  # type: ignore[arg-type]


def _sides(balance: int) -> tuple[str, str]:
    return (grouped_digits(balance), "") if balance > 0 else ("", grouped_digits(-balance) if balance else "")


def _numbers(balance: int) -> tuple[float | None, float | None]:
    return (balance / 100, None) if balance > 0 else (None, -balance / 100 if balance else None)


def _both(accounts: Sequence[Account]) -> tuple[str, str]:
    debits = sum(balance for _, _, balance in accounts if balance > 0)
    credits = -sum(balance for _, _, balance in accounts if balance < 0)
    return grouped_digits(debits), grouped_digits(credits)

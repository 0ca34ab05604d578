"""A whole period of the lender as four core systems export it: every tape of both instants, and the trial balances.

The tapes of contracts are those of `american` and `chinese`, as far as these write them; the others are written here in their
manner. The ledgers are in the two forms in which a balance is one column, and in those with two.

- US CSV: `american`, the other files separated by bars, in cp1252, with a title, a total and the line of the printer; a ledger
  with ten digits of account in debits and credits.
- US XLSX: days and numbers as cells of a workbook, rates in per cent, two rows of header; a ledger with one signed balance.
- Chinese CSV: `chinese`, GB18030, yuan; a ledger with a balance beside its side (方向).
- Chinese XLSX: the same as reports in 万元; a ledger with both sides under 期末余额.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import polars as pl

from tests.messy import chinese
from tests.messy.american import FLAGS, REPAYMENT, loan_trial, status
from tests.messy.export import Cell, grouped_digits, year_month_day
from tests.messy.ledgers import american_ledger
from tests.messy.lender import CLOSING, OPENING, Lender
from tests.messy.period_names import ACCOUNTS, AMERICAN, CHINESE, GROUPS, WORDS

Tape = tuple[str, date | None]
"""The key of a tape and its instant; none of a tape of the whole period."""

OPTIONS = {"guarantee_fees": "fees"}
"""Options of the command line that are not called as their tape is."""


@dataclass(frozen=True)
class Period:
    """The files of a period, by the option of the command line that names them, in its order."""

    files: Mapping[str, Sequence[Path]]

    def arguments(self) -> list[str]:
        """The options of `gaapbridge new plan`."""
        return [part for option, paths in self.files.items() for path in paths for part in (f"--{option}", str(path))]


def tapes_of(lender: Lender) -> dict[Tape, pl.DataFrame]:
    """The truth of every tape of the period that closes with 2023."""
    whole = {
        "events": lender.files.events[CLOSING.year],
        "payments": lender.files.payments[CLOSING.year],
        **lender.files.awards,
    }
    at_instants: dict[Tape, pl.DataFrame] = dict(lender.tapes.items())
    return at_instants | {(key, None): pl.read_parquet(path) for key, path in whole.items()}


def clean(folder: Path, lender: Lender) -> Period:
    """The period in our own columns: tapes as Parquet, the ledger as CSV."""

    def tape(key: str, instant: date | None, frame: pl.DataFrame) -> Path:
        path = folder / f"{key}-{instant or CLOSING}.parquet"
        frame.write_parquet(path)
        return path

    def ledger(instant: date, frame: pl.DataFrame) -> Path:
        frame.write_csv(path := folder / f"ledger-{instant}.csv")
        return path

    return _period(lender, tape, ledger)


def us_csv(folder: Path, lender: Lender) -> Period:
    """Printed by a bank's core system."""

    def tape(key: str, instant: date | None, frame: pl.DataFrame) -> Path:
        if key == "loans" and instant is not None:
            return loan_trial(folder, frame, instant).path
        shown = _Shown("%m/%d/%Y", lambda minor: f"${grouped_digits(minor)}", lambda rate: f"{rate * 100:.2f}%", "USD")
        rows = _rows(key, frame, AMERICAN, shown)
        title = [f"FIRST EXAMPLE BANK   {key.upper().replace('_', ' ')}   AS OF {instant or CLOSING:%m/%d/%Y}"]
        total = [f"TOTAL {frame.height:,} RECORDS", *[""] * (len(rows[0]) - 1)]
        lines = [title, ["RUN 01/03/2024 04:12 AM – RPT LN0410"], *rows, total, []]
        text = io.StringIO()
        csv.writer(text, delimiter="|", lineterminator="\r\n").writerows(lines)
        path = folder / f"{key}-{instant or CLOSING}.csv"
        path.write_bytes(text.getvalue().encode("cp1252"))
        return path

    return _period(lender, tape, lambda instant, frame: american_ledger(folder, frame, instant).path)


def us_xlsx(folder: Path, lender: Lender) -> Period:
    """Downloaded from a loan servicing platform."""

    def tape(key: str, instant: date | None, frame: pl.DataFrame) -> Path:
        shown = _Shown(None, lambda minor: minor / 100, lambda rate: rate, "USD")
        names, *rows = _rows(key, frame, AMERICAN, shown)
        groups = [GROUPS.get(ours, "Contract") for ours in AMERICAN[key]]
        tiers = [[group if group != before else None for before, group in zip([None, *groups], groups, strict=False)], names]
        banner: list[list[Cell]] = [
            [f"{key.replace('_', ' ').title()} as of {instant or CLOSING:%B %d, %Y}"],
            ["Amounts in USD"],
        ]
        total: list[Cell] = ["Total", *[None] * (len(names) - 1)]
        path = folder / f"{key}-{instant or CLOSING}.xlsx"
        return _book(path, [*banner, *(tiers if key in ("loans", "guarantees") else [names]), *rows, total], AMERICAN[key])

    def ledger(instant: date, frame: pl.DataFrame) -> Path:
        rows: list[list[Cell]] = [
            [f"{row['account']}-000", row["name"], (row["debit_minor"] - row["credit_minor"]) / 100]
            for row in frame.iter_rows(named=True)
        ]
        lines: list[list[Cell]] = [
            [f"Trial balance {instant:%B %d, %Y}"],
            ["GL Account", "Description", "Ending Balance"],
            *rows,
        ]
        return _book(folder / f"gl-{instant}.xlsx", [*lines, ["Total", None, 0]], ())

    return _period(lender, tape, ledger)


def chinese_csv(folder: Path, lender: Lender) -> Period:
    """Exported by a credit system in GB18030, amounts in yuan."""

    def tape(key: str, instant: date | None, frame: pl.DataFrame) -> Path:
        if instant is not None:
            return chinese.ledger_csv(folder, key, frame, instant).path
        shown = _Shown("%Y%m%d", lambda minor: grouped_digits(minor), lambda rate: f"{rate * 100:.2f}", "人民币")
        rows = _rows(key, frame, CHINESE, shown)
        return _gb18030(folder / f"{key}-{CLOSING:%Y%m%d}.csv", [*rows, ["合计", *[""] * (len(rows[0]) - 1)]])

    def ledger(instant: date, frame: pl.DataFrame) -> Path:
        rows = [[row["account"], ACCOUNTS[row["account"]], *_side(row)] for row in frame.iter_rows(named=True)]
        header = ["科目编码", "科目名称", "方向", "期末余额"]
        return _gb18030(folder / f"科目余额表-{instant:%Y%m%d}.csv", [["科目余额表"], header, *rows])

    return _period(lender, tape, ledger)


def chinese_xlsx(folder: Path, lender: Lender) -> Period:
    """Reports of a credit system, amounts in ten thousands of yuan."""

    def tape(key: str, instant: date | None, frame: pl.DataFrame) -> Path:
        if instant is not None:
            return chinese.ledger_sheet(folder, key, frame, instant).path
        shown = _Shown("%Y年{m}月{d}日", lambda minor: minor / 1_000_000, lambda rate: rate * 100, "人民币")
        names, *rows = _rows(key, frame, CHINESE, shown)
        names = [str(name).replace("(元)", "(万元)") if ours.endswith("_minor") else name for ours, name in _named(key, names)]
        lines: list[list[Cell]] = [["明细表"], names, *rows, ["合计", *[None] * (len(names) - 1)]]
        return _book(folder / f"{key}-{CLOSING:%Y%m%d}.xlsx", lines, ())

    def ledger(instant: date, frame: pl.DataFrame) -> Path:
        tiers: list[list[Cell]] = [["科目编码", "科目名称", "期末余额", None], [None, None, "借方", "贷方"]]
        rows: list[list[Cell]] = [
            [int(row["account"]), ACCOUNTS[row["account"]], row["debit_minor"] / 100 or None, row["credit_minor"] / 100 or None]
            for row in frame.iter_rows(named=True)
        ]
        debits, credits = (int(frame[side].sum()) / 100 for side in ("debit_minor", "credit_minor"))
        lines: list[list[Cell]] = [["科目余额表"], *tiers, *rows, ["合计", None, debits, credits]]
        return _book(folder / f"科目余额表-{instant:%Y%m%d}.xlsx", lines, ())

    return _period(lender, tape, ledger)


VARIANTS: Mapping[str, Callable[[Path, Lender], Period]] = {
    "US CSV": us_csv,
    "US XLSX": us_xlsx,
    "Chinese CSV": chinese_csv,
    "Chinese XLSX": chinese_xlsx,
}


@dataclass(frozen=True)
class _Shown:
    """How a system shows a day (None: as a cell), an amount, a ratio and the currency."""

    days: str | None
    money: Callable[[int], Cell]
    rate: Callable[[float], Cell]
    currency: str

    def cell(self, key: str, ours: str, value: Any, row: Mapping[str, Any]) -> Any:
        """A value as it is shown."""
        words = WORDS["CNY" if self.currency == "人民币" else "USD"]
        if ours == "currency":
            return self.currency
        if ours == "status" and key == "loans":
            return status(row)
        if ours == "repayment_type":
            return REPAYMENT[value]
        if value is None:
            return None
        if (ours, value) in words:
            return words[ours, value]
        if isinstance(value, bool):
            return FLAGS[value]
        if isinstance(value, date):
            return value if self.days is None else year_month_day(value, self.days)
        if ours.endswith("_minor"):
            return self.money(value)
        return self.rate(value) if ours in ("annual_rate", "guaranteed_share") else value


def _period(
    lender: Lender, tape: Callable[[str, date | None, pl.DataFrame], Path], ledger: Callable[[date, pl.DataFrame], Path]
) -> Period:
    """All files of a period, each written by one of the two."""
    files: dict[str, list[Path]] = {}
    for (key, instant), frame in tapes_of(lender).items():
        files.setdefault(OPTIONS.get(key, key.replace("_", "-")), []).append(tape(key, instant, frame))
    return Period({**files, "trial-balance": [ledger(instant, lender.ledger[instant]) for instant in (OPENING, CLOSING)]})


def _rows(key: str, frame: pl.DataFrame, names: Mapping[str, Mapping[str, str]], shown: _Shown) -> list[list[Any]]:
    """The header and the rows of a tape."""
    held = [ours for ours in names[key] if ours in frame.columns]
    rows = ([shown.cell(key, ours, row[ours], row) for ours in held] for row in frame.iter_rows(named=True))
    return [[names[key][ours] for ours in held], *rows]


def _named(key: str, names: Sequence[Any]) -> list[tuple[str, Any]]:
    """The names of a tape with our columns."""
    ours_of = {theirs: ours for ours, theirs in CHINESE[key].items()}
    return [(ours_of[name], name) for name in names]


def _side(row: Mapping[str, Any]) -> tuple[str, str]:
    """The side of a balance and the balance without a sign."""
    balance = row["debit_minor"] - row["credit_minor"]
    return "借" if balance > 0 else "贷" if balance else "平", grouped_digits(abs(balance))


def _gb18030(path: Path, lines: Sequence[Sequence[Any]]) -> Path:
    text = io.StringIO()
    csv.writer(text, lineterminator="\r\n").writerows(lines)
    path.write_bytes(text.getvalue().encode("gb18030"))
    return path


FORMATS = {"_date": "mm/dd/yyyy", "_minor": '"$"#,##0.00', "annual_rate": "0.00%", "guaranteed_share": "0.00%"}


def _book(path: Path, lines: Sequence[Sequence[Any]], ours: Sequence[str] | Mapping[str, str]) -> Path:
    """Lines as a workbook, the columns of days, amounts and rates formatted as such; ratios shown in per cent."""
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for line in lines:
        sheet.append(list(line))
    for place, name in enumerate(ours, start=1):
        form = next((form for end, form in FORMATS.items() if name.endswith(end)), None)
        for (cell,) in sheet.iter_rows(min_row=5, min_col=place, max_col=place) if form else ():
            cell.number_format = form
    book.save(path)
    return path

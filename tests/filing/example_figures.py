"""What docs/example.md compares with the published magnitudes, worked out from the files of a demonstration."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from datetime import date
from pathlib import Path

import polars as pl

from gaapbridge.example.market import VERSIONS
from tests.simulation.outcomes import Book, CurveFiles, expected

YEARS = (2022, 2023)
MONTHS_A_YEAR = 12
Ledger = Mapping[str, int]


def figures(demo: Path) -> dict[str, tuple[float, float]]:
    """By row of the page: what it is at the end of both years, in the row's unit (per cent where it names none)."""
    first, second = (figures_of(demo, year) for year in YEARS)
    return {row: (first[row], second[row]) for row in first}


def figures_of(demo: Path, year: int) -> dict[str, float]:
    """Those of one year."""
    ledger, before = trial_balance(demo, year), trial_balance(demo, year - 1)
    loans, guarantees = on_book(demo, "loans", year), on_book(demo, "guarantees", year)
    own, guaranteed = loans["principal"].sum(), guarantees["principal"].sum()
    arranged = pl.read_parquet(tape(demo, "guarantees", year)).filter(pl.col("origination_date").dt.year() == year)
    receivable = total(ledger, "1201", "1202", "1211", "1212")
    in_arrears = {name: share(guarantees, *days) for name, days in BUCKETS.items()}
    awards = ledger["4002"] - before["4002"]
    revenue = -total(ledger, "6001", "6002", "6003", "6004")
    return {
        "guaranteed principal / own loans (times)": guaranteed / own,
        "term of guaranteed loans at origination (months)": arranged["term_instalments"].mean(),
        "stand-ready liability / guaranteed principal": -100.0 * ledger["2111"] / guaranteed,
        "fees receivable, gross / guaranteed principal": 100.0 * receivable / guaranteed,
        "allowance / fees receivable": -100.0 * total(ledger, "1203", "1204", "1213", "1214") / receivable,
        "fees receivable due after a year / all": 100.0 * total(ledger, "1202", "1212") / receivable,
        "allowance / own loans, gross": -100.0 * total(ledger, "1311", "1312") / total(ledger, *LOANS_GROSS),
        "provision for loans / financing income": -100.0 * ledger["6701"] / ledger["6001"],
        "cost of share awards / own loans": -100.0 * awards / own,
        "contingent liability less expected recoveries of payouts / guaranteed principal": (
            -100.0 * total(ledger, "2112", "1241") / guaranteed
        ),
        "mean wait to the payouts expected (months)": mean_wait(demo, year),
        **{f"guaranteed principal {name}": 100.0 * part for name, part in in_arrears.items()},
        "payouts of the year less recoveries / guaranteed principal": 100.0 * net_payouts(demo, year) / guaranteed,
        "provision for contingent liabilities / release": -100.0 * ledger["6703"] / ledger["6002"],
        "income before tax / revenue": -100.0 * before_tax(ledger) / revenue,
    }


LOANS_GROSS = ("1301", "1302", "1303", "1304", "1305")
BUCKETS = {
    "current": (0, 0),
    "1 to 30 days past due": (1, 30),
    "31 to 60 days past due": (31, 60),
    "61 to 90 days past due": (61, 90),
}


def trial_balance(demo: Path, year: int) -> Ledger:
    """Balances of the lender's ledger by account, debit positive."""
    with (demo / "ledger" / f"trial-balance-{year}-12-31.csv").open(encoding="utf-8", newline="") as file:
        return {row["account"]: int(row["debit_minor"]) - int(row["credit_minor"]) for row in csv.DictReader(file)}


def total(ledger: Ledger, *accounts: str) -> int:
    """Sum of accounts."""
    return sum(ledger[account] for account in accounts)


def before_tax(ledger: Ledger) -> int:
    """Income-statement accounts but for income tax."""
    return sum(amount for account, amount in ledger.items() if account.startswith("6") and account != "6801")


def tape(demo: Path, kind: str, year: int) -> Path:
    """A tape of contracts at the end of a year."""
    return demo / "tapes" / f"{kind}-{date(year, 12, 31)}.parquet"


def on_book(demo: Path, kind: str, year: int) -> pl.DataFrame:
    """The contracts on book at the end of a year, with the principal that the lender bears."""
    rows = pl.read_parquet(tape(demo, kind, year)).filter(pl.col("status") == "on_book")
    borne = pl.col("guaranteed_share").fill_null(1.0) if "guaranteed_share" in rows.columns else pl.lit(1.0)
    return rows.with_columns(principal=pl.col("outstanding_principal_minor") * borne)


def share(guarantees: pl.DataFrame, least: int, most: int) -> float:
    """Share of principal so many days past due."""
    of = guarantees.filter(pl.col("days_past_due").is_between(least, most))
    return float(of["principal"].sum() / guarantees["principal"].sum())


def mean_wait(demo: Path, year: int) -> float:
    """Months from the end of a year to the payouts that the curves in force let expect of its guarantees, by number."""
    in_force = max(version for version in VERSIONS if version <= date(year, 12, 31))
    curves = CurveFiles.read(demo / "curves" / "guarantees", in_force)
    each = expected(Book.of(pl.read_parquet(tape(demo, "guarantees", year)), year, curves), curves)
    return float(each.waited.sum() / each.number.sum())


def net_payouts(demo: Path, year: int) -> int:
    """Paid to funders in a year, less what came back in it of all payouts."""
    now, before = (pl.read_parquet(tape(demo, "guarantees", at)) for at in (year, year - 1))
    paid = now.filter((pl.col("status") == "paid_out") & (pl.col("exit_date").dt.year() == year))["paid_out_minor"].sum()
    earlier = now.join(before.select("contract_id", earlier="recovered_minor"), on="contract_id", how="left")
    return int(paid - (earlier["recovered_minor"] - earlier["earlier"].fill_null(0)).sum())

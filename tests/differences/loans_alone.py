"""A starter's lender that has loans of a test's own, and nothing else: no guarantees, awards or ledger."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date
from itertools import pairwise
from pathlib import Path
from typing import Any

import polars as pl

from gaapbridge.starter import write_starter
from tests.differences.loans_added import TERMS

TRIAL_BALANCE = re.compile(r"\n\[trial_balance\].*?\n(?=\n\[)", re.DOTALL)
PAYMENTS = re.compile(r"\n\[tapes\.payments\]\n(\w+ = .*\n)+")
OTHER_KINDS = re.compile(r"(?m)^\[(tapes|curves)\.(guarantee|award)\w*\]\n(\w+ += .*\n)+")
CONTROL = re.compile(r"(?m)^\[tapes\.\w+\.control\.\w+\]\n(\w+ = .*\n)+")

Paid = tuple[str, date, int, int, int]
"""Contract, day, and minor units of principal, interest and fees."""


def write_loans(
    folder: Path,
    rows: Mapping[date, Sequence[Mapping[str, Any]]],
    payments: Sequence[Paid] | None,
    written_off: Sequence[tuple[str, date, int]] = (),
) -> list[Path]:
    """The plans from each instant of ``rows`` to the next, of which the loans have ``TERMS`` and what their row says.

    Without ``payments`` the plans name no tape of them. Each plan has the events of its own days. Runs stand in ``runs`` beside
    the folder.
    """
    starter, plans, instants = write_starter(folder).folder, [], sorted(rows)
    text, cut = TRIAL_BALANCE.subn("\n", (starter / "plan.toml").read_text(encoding="utf-8"))
    assert cut == 1
    text = OTHER_KINDS.sub("", text).replace('"share_based_compensation", "financial_guarantee",', "")
    text = text.replace('folder = "runs"', 'folder = "../runs"')
    text = CONTROL.sub("", text if payments is not None else PAYMENTS.sub("\n", text))
    for instant, stated in rows.items():
        table = pl.DataFrame([{**TERMS, "segment": "business", **row} for row in stated], infer_schema_length=None)
        table.write_csv(starter / f"tapes/loans-{instant}.csv")
    for opening, closing in pairwise(instants):
        events = [f"{name},{day},write_off,{lost}" for name, day, lost in written_off if opening < day <= closing]
        _write(starter / f"tapes/loan-events-{closing}.csv", "contract_id,event_date,kind,amount_minor", events)
        paid = [",".join(map(str, one)) for one in payments or () if opening < one[1] <= closing]
        _write(
            starter / f"tapes/loan-payments-{closing}.csv", "contract_id,date,principal_minor,interest_minor,fees_minor", paid
        )
        plans.append(starter / f"plan-{closing}.toml")
        plans[-1].write_text(_of_period(text, opening, closing), encoding="utf-8")
    return plans


def rewrite_curves(folder: Path, changed: Mapping[str, Mapping[str, float]]) -> None:
    """Every row of the named tables of loans gets these values."""
    for name, columns in changed.items():
        path = folder / f"loans-{name}.csv"
        pl.read_csv(path).with_columns(**{column: pl.lit(value) for column, value in columns.items()}).write_csv(path)


def _of_period(text: str, opening: date, closing: date) -> str:
    text = re.sub(r"(loan-events|loan-payments)-2023", rf"\1-{closing}", text)
    text = text.replace("opening = 2022-12-31", f"opening = {opening}")
    text = re.sub(r"(?m)^closing = 2023-12-31", f"closing = {closing}", text)
    tapes = {"2022": opening, "2023": closing}
    return re.sub(r"loans-(202[23])-12-31\.csv", lambda found: f"loans-{tapes[found[1]]}.csv", text)


def _write(path: Path, header: str, rows: Sequence[str]) -> None:
    path.write_text("\n".join([header, *rows, ""]), encoding="utf-8")

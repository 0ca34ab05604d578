"""What core systems export, read as a plan says, is the truth beside it, cell by cell."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from gaapbridge.contracts.guarantees.schema import GUARANTEE_FEES, GUARANTEES
from gaapbridge.contracts.loans.schema import LOANS
from gaapbridge.plan.ledger import TrialBalances
from gaapbridge.plan.reading import ReadTable
from gaapbridge.tapes.ledger import open_trial_balance, read_trial_balance
from gaapbridge.tapes.read import open_tape
from tests.messy.export import Export
from tests.messy.lender import CLOSING, OPENING, Lender, small_lender
from tests.messy.test_exports import LEDGERS, TAPES

SCHEMAS = {"loans": LOANS, "guarantees": GUARANTEES, "guarantee_fees": GUARANTEE_FEES}


@pytest.fixture(scope="module")
def lender(tmp_path_factory: pytest.TempPathFactory) -> Lender:
    return small_lender(tmp_path_factory.mktemp("lender"), loans=200)


def stated(export: Export, ours: set[str]) -> dict[str, Any]:
    """The keys of a read table that say of a file what its export says."""
    flags = {"true": True, "false": False}
    keys: dict[str, Any] = {
        "skip_rows": export.skip_rows,
        "header_rows": export.header_rows,
        "total_rows": export.total_rows,
        "dates": [export.dates],
        "trim": ["*"],
        "percent": [name for name in export.percent if name in ours],
        "negative": list(export.negative),
        "empty": [text for text in export.empty if text],
        "values": {
            name: {theirs: flags.get(one, one) for theirs, one in words.items()} for name, words in export.words.items()
        },
        "thousands": ",",
    }
    if export.unit > 1:
        keys["units"] = {name: "ten_thousand" for name in ours if name.endswith("_minor")}
    if export.sheet:
        keys["sheet"] = export.sheet
    elif export.encoding == "gb18030":
        keys["encoding"] = "GB18030"
    return keys


@pytest.mark.campaign(but=2)
@pytest.mark.parametrize("instant", [OPENING, CLOSING], ids=str)
@pytest.mark.parametrize("name", TAPES)
def test_an_export_is_read_as_its_truth(lender: Lender, tmp_path: Path, name: str, instant: date) -> None:
    export = TAPES[name](tmp_path, lender, instant)
    truth = pl.read_parquet(export.truth)
    schema = SCHEMAS[next(kind for kind in ("guarantee_fees", "guarantees", "loans") if kind in name)]
    currency = truth["currency"][0] if "currency" in truth.columns else "CNY"
    source = open_tape(
        export.path, schema, amounts="major", columns=export.columns, ignore=["*"],
        read=ReadTable(**stated(export, set(export.columns))), currency=currency,
    )  # fmt: skip
    whole = source.whole()
    assert whole.bad.is_empty(), whole.bad
    for column in truth.columns:
        assert whole.frame[column].to_list() == truth[column].to_list(), column


@pytest.mark.parametrize("write", LEDGERS)
def test_a_ledger_is_read_as_its_truth(lender: Lender, tmp_path: Path, write: Any) -> None:
    export = write(tmp_path, lender.ledger[CLOSING], CLOSING)
    truth = pl.read_parquet(export.truth)
    keys = {key: value for key, value in stated(export, set()).items() if key not in ("values", "negative", "percent", "dates")}
    plan = {
        "closing": export.path.name, "amounts": "major", "taken": "before_closing", "fiscal_year_end": "12-31",
        "columns": dict(export.columns), "read": keys,
        "accounts": {f"{first}-{last}": ours for ours, (first, last) in export.ranges.items()},
    }  # fmt: skip
    how = TrialBalances.model_validate(plan)
    read = read_trial_balance(open_trial_balance(export.path, how, 2, "CNY"), dict.fromkeys(export.ranges, ""), how.accounts)
    assert read.balances == {row["account"]: row["debit_minor"] - row["credit_minor"] for row in truth.iter_rows(named=True)}
    assert read.findings == ()

"""Hazards counted from some months on book alone, and a tape with contracts of others."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from gaapbridge.assumptions.account import account_beside
from gaapbridge.contracts.ages_counted import age_not_counted


def test_the_account_of_the_hazards_says_from_which_ages(tmp_path: Path) -> None:
    for origins, ages in (({"from": 4, "to": 6}, (4, 6)), (None, None)):
        account = {"tables": {"hazard.csv": {}}, "scenarios": [], "stated": {"exclusions": [], "origins": origins}}
        (tmp_path / "estimation.json").write_text(json.dumps(account), encoding="utf-8")
        assert account_beside(tmp_path / "hazard.csv").ages_counted == ages


@pytest.mark.parametrize(
    ("row", "found"),
    [
        ({"first_payment_date": date(2018, 3, 31)}, False),
        ({"first_payment_date": date(2018, 1, 1)}, False),
        ({"first_payment_date": date(2018, 4, 1)}, True),
        ({"first_payment_date": date(2017, 12, 31)}, True),
        ({"first_payment_date": date(2018, 7, 15)}, True),
        ({"first_payment_date": date(2017, 12, 31), "status": "written_off"}, False),
        ({"first_payment_date": date(2017, 12, 31), "days_past_due": 90}, False),
        ({"first_payment_date": date(2017, 12, 31), "default_date": date(2018, 5, 1)}, False),
        ({"first_payment_date": date(2017, 12, 31), "default_date": date(2018, 4, 1), "cured_date": date(2018, 5, 1)}, True),
    ],
)
def test_which_contracts_have_other_ages(row: dict[str, Any], found: bool) -> None:
    """On 30 June 2018 first instalments of January to March have been due six to four times."""
    stands = {"status": "on_book", "days_past_due": 0, "default_days": 90}
    dates = {"default_date": pl.Date, "cured_date": pl.Date}
    told = pl.DataFrame([{**dict.fromkeys(dates), **stands, **row}], schema_overrides=dates)
    assert told.select(age_not_counted((4, 6), date(2018, 6, 30))).item() is found
    assert not told.select(age_not_counted(None, date(2018, 6, 30))).item()

"""How servicers state charge-offs: less proceeds, or again month by month; found by name, and counted once."""

from __future__ import annotations

from datetime import date

import numpy as np
import polars as pl

from gaapbridge.estimation.arrays import Setting, arrays_of
from gaapbridge.estimation.repeats import charged_off_again

DAYS = [date(2021, 1, 31), date(2021, 2, 28), date(2021, 3, 31), date(2021, 4, 30), date(2021, 5, 31)]


def performance(contract: str, balances: list[int]) -> pl.DataFrame:
    """Months of a contract that is charged off in the last of them."""
    last = len(balances) - 1
    rows = [
        (contract, day, owed, 0, None, 0, "charged_off" if place == last else "on_book", None, None, "all")
        for place, (day, owed) in enumerate(zip(DAYS, balances, strict=False))
    ]
    names = (
        "contract_id", "month_end", "balance_minor", "days_past_due", "missed_instalments", "advanced_minor", "status",
        "remaining_instalments", "month_on_book", "segment",
    )  # fmt: skip
    static = {name: pl.lit(None, pl.Date()) for name in ("origination_date", "first_payment_date", "maturity_date")}
    static |= {"principal_minor": pl.lit(None, pl.Int64()), "fold": pl.lit(None, pl.Int64())}
    whole = ("missed_instalments", "remaining_instalments", "month_on_book")
    frame = pl.DataFrame(rows, schema=names, orient="row").with_columns(pl.col(whole).cast(pl.Int64))
    return frame.with_columns(**static, annual_rate=pl.lit(0.1))


def outcomes(*rows: tuple[str, date, str, int]) -> pl.DataFrame:
    return pl.DataFrame(rows, schema=("contract_id", "date", "what", "amount_minor"), orient="row")


def net(*rows: tuple[str, date, str, int]) -> tuple[bool, int]:
    """Whether a charge-off of 1,000 owed is found to be less proceeds, and what counts as written off."""
    none = pl.Series([], dtype=pl.String())
    made = arrays_of(
        performance("A", [1000, 1000, 0]), None, outcomes(*rows), none, Setting(("all",), 24252, 24256, 0, (), (90,))
    )
    return bool(made.net.any()), int(made.months.written_off_minor.sum())


def test_a_charge_off_after_proceeds_counts_as_what_was_owed() -> None:
    assert net(("A", DAYS[2], "charge_off", 600), ("A", DAYS[2], "recovery", 400)) == (True, 1000)


def test_one_of_all_that_was_owed_is_left_as_it_is() -> None:
    assert net(("A", DAYS[2], "charge_off", 1000), ("A", DAYS[2], "recovery", 400)) == (False, 1000)
    assert net(("A", DAYS[2], "recovery", 400)) == (False, 1000)
    assert net(("A", DAYS[2], "charge_off", 600), ("A", DAYS[3], "recovery", 400)) == (False, 600)


def again(*rows: tuple[str, date, str, int]) -> list[bool]:
    return charged_off_again(performance("A", [1000, 1000, 0]), outcomes(*rows)).to_list()


def test_the_same_charge_off_month_after_month_counts_once() -> None:
    rows = [("A", day, "charge_off", 950) for day in DAYS[2:]]
    assert again(*rows, ("A", DAYS[4], "recovery", 950)) == [False, True, True, False]


def test_equal_parts_of_what_was_owed_both_count() -> None:
    assert again(("A", DAYS[2], "charge_off", 400), ("A", DAYS[3], "charge_off", 400)) == [False, False]
    assert again(("A", DAYS[2], "charge_off", 950), ("A", DAYS[4], "charge_off", 950)) == [False, False]
    assert np.array_equal(again(), [])

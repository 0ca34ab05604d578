"""Value-added tax on interest past due: payable on receipt once it is past due for longer than the plan states."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from gaapbridge.example import ExampleFiles
from gaapbridge.period_close import close
from gaapbridge.run import Run
from gaapbridge.terms.money import share_of

TAXED_DAYS = 90


@pytest.fixture(scope="module")
def interest(lender: ExampleFiles, tables: dict[str, Path]) -> pl.DataFrame:
    """Every loan on book at the closing of the second year: days past due, what interest differs by, the tax inside it."""
    (tape,) = (path for day, path in lender.tapes.items() if day.year == 2023)
    table = pl.read_parquet(tables["loans"]).filter("closing_on_book")
    return table.join(pl.read_parquet(tape).select("contract_id", "days_past_due"), on="contract_id").select(
        "days_past_due",
        difference=pl.col("ifrs_accrued_interest") - pl.col("us_accrued_interest"),
        tax=pl.col("closing_vat_accrued_interest"),
    )


def test_interest_past_due_for_longer_bears_no_tax_and_other_interest_does(interest: pl.DataFrame) -> None:
    """One by one: 6/106 of the difference to 90 days, rounded half away from zero, and nothing from the 91st on."""
    seen = {True: 0, False: 0}
    for days, difference, tax in interest.iter_rows():
        assert tax == (share_of(difference, 6, 106) if days <= TAXED_DAYS else 0)
        seen[days <= TAXED_DAYS] += difference != 0
    assert seen[False] > 0, "the example has interest past due for longer that US GAAP does not accrue"


def test_more_days_leave_more_tax_in_the_difference_and_r7_counts_it(
    lender: ExampleFiles, years: list[Run], interest: pl.DataFrame
) -> None:
    """Where a decade past due is taxed, all is: R7 expects the tax of the whole difference, and finds it posted."""
    text = lender.plans[2023].read_text(encoding="utf-8")
    assert f"interest_past_due_days = {TAXED_DAYS}" in text
    changed = text.replace(f"interest_past_due_days = {TAXED_DAYS}", "interest_past_due_days = 3650")
    plan = lender.folder / "plan-taxed-later.toml"
    plan.write_text(changed.replace('"Example Lender"', '"Taxed Later"').replace('"prior_run"\nrun', '"opening_tape"\n#run'))
    (before,), (after,) = ([one for one in run.listed.checks if one.id == R7] for run in (years[-1], close(plan)))
    assert before.holds and after.holds
    late = interest.filter(pl.col("days_past_due") > TAXED_DAYS)["difference"].to_list()
    tax = sum(share_of(difference, 6, 106) for difference in late)
    assert after.actual - before.actual == -tax, "a payable is a credit"
    assert abs(after.expected - before.expected + tax) <= len(late) / 2 + 1, "rounded once, not loan by loan"
    assert abs(tax) > 2 * before.tolerance, "tax left in would be seen"


R7 = "R7/bs-2023/ecl"

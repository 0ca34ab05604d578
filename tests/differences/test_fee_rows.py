"""Fee instalments of many guarantees at once, held against plain loops over the rows of the tapes."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import polars as pl
import pytest

from gaapbridge.contracts.guarantees.fee_rows import FeeRows
from gaapbridge.measure.fee_sums import SUMS

GUARANTEES = [f"G{number}" for number in range(40)]
ROW = ("contract_id", "due_date", "coverage_start", "coverage_end", "fee_minor")


def tape(seed: int, *, changed: float = 0.0) -> pl.DataFrame:
    """Up to six instalments of each guarantee, of which some changed by a day or an amount, are missing, or stand elsewhere."""
    drawn, changes = np.random.default_rng(7), np.random.default_rng(seed)
    rows = []
    for contract in GUARANTEES:
        own = []
        for number in range(int(drawn.integers(0, 7))):
            start = date(2023, 1, 1) + timedelta(days=31 * number + int(drawn.integers(0, 3)))
            fee, collected = int(drawn.integers(0, 900)), int(drawn.integers(0, 2))
            if changes.random() < changed:
                start += timedelta(days=1)
            if changes.random() >= changed:
                own.append((contract, start, start, start + timedelta(days=30), fee, fee * collected, 0))
        rows += own[::-1] if changes.random() < changed else own
    return pl.DataFrame(rows, [*ROW, "collected_minor", "written_off_minor"], orient="row")


def by_contract(found: np.ndarray) -> dict[str, int]:
    return dict(zip(GUARANTEES, found.tolist(), strict=True))


@pytest.mark.parametrize("changed", [0.0, 0.02, 0.3])
@pytest.mark.parametrize("seed", range(5))
def test_instalments_that_moved_are_among_those_suspected(seed: int, changed: float) -> None:
    before, now = tape(1), tape(seed, changed=changed)
    ids = pl.Series("contract_id", GUARANTEES)
    suspected = by_contract(FeeRows.of(now, ids).moved_since(FeeRows.of(before, ids)))
    then, since = (set(one.select(ROW).iter_rows()) for one in (before, now))
    on_both = set(before["contract_id"]) & set(now["contract_id"])
    moved = {row[0] for row in then - since} & on_both
    assert {contract for contract, flag in suspected.items() if flag} >= moved
    assert bool(moved) == (changed > 0), "the case has what it is about"
    if changed == 0:
        assert not any(suspected.values())


def test_only_the_guarantee_that_changed_is_suspected() -> None:
    before = tape(1)
    ids = pl.Series("contract_id", GUARANTEES)
    changed = before["contract_id"][10]
    now = before.with_columns(due_date=pl.when(pl.int_range(pl.len()) == 10).then(date(2024, 1, 1)).otherwise("due_date"))
    suspected = by_contract(FeeRows.of(now, ids).moved_since(FeeRows.of(before, ids)))
    assert [contract for contract, flag in suspected.items() if flag] == [changed]


@pytest.mark.parametrize("tape_order", ["as listed", "reversed"])
def test_fees_outside_a_life_and_collected_ahead_are_what_the_rows_say(tape_order: str) -> None:
    fees = tape(3, changed=0.1)
    fees = fees.reverse() if tape_order == "reversed" else fees
    first, last = np.datetime64("2023-02-03"), np.datetime64("2023-04-20")
    days = np.full(len(GUARANTEES), first), np.full(len(GUARANTEES), last)
    rows = FeeRows.of(fees, pl.Series("contract_id", GUARANTEES))
    outside, ahead = dict.fromkeys(GUARANTEES, 0), dict.fromkeys(GUARANTEES, 0)
    for contract, due, start, end, fee, collected, _ in fees.iter_rows():
        if np.datetime64(start) < first or np.datetime64(end) > last:
            outside[contract] += fee
        if np.datetime64(due) > last and np.datetime64(start) > last:
            ahead[contract] += collected
    assert sum(outside.values()) > 0 and sum(ahead.values()) > 0, "the case has both"
    assert by_contract(rows.outside(*days)) == outside
    assert by_contract(rows.collected_ahead(days[1])) == ahead


@pytest.mark.parametrize("seed", range(3))
def test_sums_at_a_date_are_what_the_rows_say(seed: int) -> None:
    drawn = np.random.default_rng(seed)
    fees = tape(seed, changed=0.1)
    lost = [int(fee * drawn.integers(0, 2)) if not paid else 0 for fee, paid in fees["fee_minor", "collected_minor"].rows()]
    fees = fees.with_columns(written_off_minor=pl.Series(lost, dtype=pl.Int64))
    day = date(2023, 3, 15)
    expected = {name: dict.fromkeys(GUARANTEES, 0) for name in SUMS}
    for contract, due, start, end, fee, collected, written_off in fees.rows():
        elapsed, days = (day - start).days, max((end - start).days, 1)
        earned = 0 if elapsed <= 0 else fee if elapsed >= days else (2 * fee * elapsed + days) // (2 * days)
        gone, owed = min(written_off, max(earned - collected, 0)), fee - collected - written_off
        ahead = 0 if due <= day else max(earned - collected - written_off, 0)
        is_due, is_later = due <= day, due > date(day.year + 1, day.month, day.day)
        of_row = {
            "total": fee, "collected": collected, "written_off": written_off,
            "earned": earned, "earned_of_due": earned * is_due,
            "lost": gone, "lost_of_due": gone * is_due, "owed_of_due": owed * is_due, "owed_later": owed * is_later,
            "ahead": ahead, "ahead_later": ahead * is_later,
        }  # fmt: skip
        for name, amount in of_row.items():
            expected[name][contract] += amount
    in_order = fees.sort("contract_id", maintain_order=True)
    found = FeeRows.of(in_order, pl.Series(GUARANTEES)).at(np.full(len(GUARANTEES), np.datetime64(day)))
    assert {name: by_contract(amounts) for name, amounts in found.items()} == expected

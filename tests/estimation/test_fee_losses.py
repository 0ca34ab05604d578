"""Fees written off, of fees open at a month end, by hand."""

from __future__ import annotations

import numpy as np
import pytest

from gaapbridge.estimation.fee_losses import FeeCounts, FeeMonths, count_fees, fit_fee_losses

SEGMENTS = ("retail",)


def fees(*contracts: list[tuple[int, int, int, int, int]]) -> FeeMonths:
    """By contract its months: bucket, open, earned, collected, written off."""
    rows = [(number, month, *cells) for number, months in enumerate(contracts) for month, cells in enumerate(months)]
    columns = np.array(rows, np.int64).reshape(-1, 7).T
    return FeeMonths(
        *columns[:2], columns[2].astype(np.int8), *columns[3:],
        segment=np.zeros(len(contracts), np.int32), fold=np.arange(len(contracts), dtype=np.int8) % 10,
    )  # fmt: skip


def counted(months: FeeMonths, until: int = 10) -> FeeCounts:
    return count_fees(months, until, 12, SEGMENTS)


LOST = [(0, 300, 100, 0, 0), (1, 240, 140, 60, 0), (2, 0, 0, 0, 240)]


def test_a_contract_whose_fees_are_lost() -> None:
    """Of 300 open and current 240 are lost, of the 100 earned 40; of the 240 open when 1-30 late everything."""
    found = fit_fee_losses(counted(fees(LOST)), minimum_contracts=1)
    assert found.loss_rate[0, :2] == pytest.approx([0.8, 1.0])
    assert found.earned_loss_rate[0, :2] == pytest.approx([0.4, 1.0])
    assert np.isnan(found.loss_rate[0, 3])


def test_a_fee_let_off_is_not_lost() -> None:
    """Of 100 and 100 open one is let off 60 after paying 40, the other is written off: 100 of 200."""
    settled = [(0, 100, 10, 0, 0), (0, 0, 0, 40, 0)]
    lost = [(0, 100, 10, 0, 0), (2, 0, 0, 0, 100)]
    found = fit_fee_losses(counted(fees(settled, lost)), minimum_contracts=1)
    assert found.loss_rate[0, 0] == pytest.approx(0.5)
    assert found.earned_loss_rate[0, 0] == pytest.approx(0.5)


def test_what_is_still_open_is_neither_collected_nor_lost() -> None:
    """Two of 100 stay a month; then one is cut off, and of the other 50 are lost: half of what was under observation."""
    cut = [(0, 100, 0, 0, 0), (0, 100, 0, 0, 0)]
    seen = [(0, 100, 0, 0, 0), (1, 100, 0, 0, 0), (1, 0, 0, 50, 50)]
    assert fit_fee_losses(counted(fees(cut, seen)), minimum_contracts=1).loss_rate[0, 0] == pytest.approx(0.5)


def test_nothing_later_than_the_day_is_known() -> None:
    assert counted(fees(LOST), until=1).written_off_minor.sum() == 0


def test_chunks_add_up_and_folds_come_off() -> None:
    settled = [(0, 100, 10, 0, 0), (0, 0, 0, 100, 0)]
    whole, first = counted(fees(LOST, settled)), counted(fees(LOST))
    assert np.array_equal(whole.without(1).open_minor, first.open_minor)
    assert (first + first).written_off_minor.sum() == 2 * first.written_off_minor.sum()


def test_a_thin_bucket_takes_that_of_all_segments_and_says_so() -> None:
    found = fit_fee_losses(counted(fees(LOST)), minimum_contracts=2)
    assert not found.own.any()
    assert found.loss_rate[0, 0] == pytest.approx(0.8)

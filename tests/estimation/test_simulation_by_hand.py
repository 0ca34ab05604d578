"""What is counted of tiny histories, as worked out on paper."""

from __future__ import annotations

import pytest

from tests.estimation.histories_by_hand import HISTORIES, LOSS_AT_DEFAULT, LOSS_LINES, Cells, Paper
from tests.estimation.simulated.by_hand import last_month, written
from tests.estimation.simulated.counted import Counted, counted
from tests.estimation.simulated.truth import BUCKETS


def cells(of: Counted) -> Cells:
    """Counts of the one segment in the form of the paper."""
    return {
        bucket: {
            ahead: (of.on_book[key], of.defaults[key], of.prepaid[key])
            for key in sorted(of.on_book)
            for ahead in (key[2],)
            if key[1] == bucket
        }
        for bucket in BUCKETS
        if any(key[1] == bucket for key in of.on_book)
    }


@pytest.mark.parametrize("paper", HISTORIES.values(), ids=HISTORIES)
def test_counted_slowly(paper: Paper) -> None:
    assert cells(counted(written(*paper.lines), last_month(*paper.lines), 24)) == paper.cells, paper.why


def test_without_the_rule_the_deferral_is_a_default() -> None:
    """The history of the rule, raw: month 6 sees the third miss at month 9, months 7 and 8 stand in 1-30 and 31-60."""
    (line,) = HISTORIES["frozen by a dated rule"].lines
    raw = counted(written(type(line)(line.months)), last_month(line), 24)
    assert cells(raw)["current"] == {1: (1, 0, 0), 2: (1, 0, 0), 3: (1, 1, 0)}
    assert cells(raw)["1-30"][2] == (1, 1, 0)


def test_losses_on_paper_are_those_of_the_lines() -> None:
    months = written(*LOSS_LINES)
    lost = int((months.written_off_minor - months.recovered_minor + months.cost_minor).sum())
    assert LOSS_AT_DEFAULT * 4 * 1_000 == lost == 1_800

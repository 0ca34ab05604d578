"""Severity of a run-off by the day on which its history ends: expected and come are told up to the same month."""

from __future__ import annotations

import numpy as np
import pytest

from gaapbridge.estimation.validation.book import book_at
from gaapbridge.estimation.validation.expected import expected
from gaapbridge.estimation.validation.observed import observed
from gaapbridge.estimation.validation.run_off import LossTerms, RunOff
from tests.estimation.test_validation import history
from tests.estimation.validated import OPENING, conditions, curves

LADDER = np.array([0.1, 0.08, 0.06, 0.04, 0.03, 0.02])
"""Proceeds 0.33 of what is charged off, in months 0 to 5 since."""


def terms(severity: float) -> LossTerms:
    to_come = np.array([LADDER[month + 1 :].sum() for month in range(len(LADDER))])
    return LossTerms(np.array([[1.0], [1.0]]), severity, 0.0, 0.0, 40, to_come)


def test_one_charge_off_three_months_before_the_end_has_what_comes_by_then() -> None:
    """In months 0 to 3 since 0.28 comes, and 0.05 later: of 1,000 are lost 720 by the end, and 670 in the end."""
    charged_off = np.zeros(12)
    charged_off[-4] = 1_000.0
    assert terms(0.67).severity_by_end(charged_off) == pytest.approx(1.0 - LADDER[:4].sum())


def test_months_of_charge_off_weigh_by_what_was_charged_off_in_them() -> None:
    """Of 300 in the month of the end 0.23 comes later, of 100 long before it nothing; of no charge-off severity is that in the
    end, and no more than all is lost."""
    assert terms(0.67).severity_by_end(np.array([100.0, *[0.0] * 9, 300.0])) == pytest.approx(0.67 + 0.75 * 0.23)
    assert terms(0.67).severity_by_end(np.zeros(3)) == 0.67
    assert terms(0.95).severity_by_end(np.array([100.0])) == 1.0


def test_the_loss_of_a_run_off_is_expected_by_the_end_of_the_history() -> None:
    """A history of one month ahead: all that is charged off is so in its last month, of which 0.1 has come."""
    months, standing = history()
    book, until = book_at(months, standing, OPENING), OPENING + 1
    run_off = RunOff((OPENING,), until)
    came = observed(months, standing, book, until)
    run_off.add(book, expected(book, curves((0.01,) * 6, mortality=0.0), 1), came, terms(0.67), 90)
    (row,) = run_off.rows((terms(0.67),), conditions())
    assert row["severity_expected"] == pytest.approx(0.9) and row["severity_in_the_end"] == 0.67
    assert row["loss"]["expected_minor"] == pytest.approx(0.9 * row["gross"]["expected_minor"], abs=1)

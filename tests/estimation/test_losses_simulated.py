"""Losses of a history made by known chances, cut off while most of it runs: what is estimated is what was put in."""

from __future__ import annotations

import numpy as np
import pytest

from gaapbridge.estimation.months import CHARGED_OFF, PREPAID
from tests.estimation.loss_histories import Contract, History, Row, gone
from tests.estimation.test_losses import fitted

CHARGED, CURED, REPAID = 0.10, 0.20, 0.05
"""Chances of a month in default."""
AGAIN, REPAID_AFTER = 0.05, 0.10
"""Chances of a month after a cure."""
MONTHS = 18
PROCEEDS = {0: 20, 1: 0, 2: 20}
"""Of 100, by months since charge-off."""

EVER_CHARGED = CHARGED / (CHARGED + CURED + REPAID - CURED * AGAIN / (AGAIN + REPAID_AFTER))
"""D = (0.1 + 0.2 C) / 0.35 and C = 0.05 D / 0.15: 0.353."""


def contract(random: np.random.Generator, first: int) -> Contract:
    """In default in its second month, then by the chances until the history ends."""
    rows, in_default = [Row(), Row(arrears_days=90)], True
    while first + len(rows) < MONTHS:
        draw = random.random()
        if in_default and draw < CHARGED:
            rows.append(Row(balance_minor=0, event=CHARGED_OFF, written_off_minor=100, recovered_minor=PROCEEDS[0]))
            rows += [gone(PROCEEDS.get(since, 0)) for since in range(1, MONTHS - first - len(rows) + 1)]
            break
        if draw < ((CHARGED + REPAID) if in_default else REPAID_AFTER):
            rows.append(Row(balance_minor=0, event=PREPAID))
            break
        turns = draw < ((CHARGED + REPAID + CURED) if in_default else REPAID_AFTER + AGAIN)
        in_default = in_default != turns
        rows.append(Row(arrears_days=90 if in_default else 0))
    return Contract(tuple(rows), first=first, fold=first % 10)


@pytest.fixture(scope="module")
def history() -> History:
    random = np.random.default_rng(11)
    return History([contract(random, int(random.integers(0, MONTHS - 2))) for _ in range(3_000)])


def test_the_share_charged_off_and_the_loss_are_those_put_in(history: History) -> None:
    """Three standard errors of a share of 3,000 are 0.026; half of the contracts are cut off before anything came of them, and
    of many charged off the later proceeds are."""
    found = fitted(history, until=MONTHS - 1, minimum_at_risk=100)
    assert found.charged_off[0, 0] == pytest.approx(EVER_CHARGED, abs=0.03)
    assert found.severity_of_all.elected == pytest.approx(0.6, abs=1e-9)
    assert found.lgd_undiscounted[0, 0] == pytest.approx(0.6 * EVER_CHARGED, abs=0.018)


def test_what_came_so_far_is_far_below(history: History) -> None:
    """The same history by what came of it: less than three quarters of what comes in the end."""
    told = fitted(history, until=MONTHS - 1, minimum_at_risk=100).outcomes_of_all
    assert told.charged_off / told.entries < EVER_CHARGED * 3 / 4


def test_discounted_by_the_chances(history: History) -> None:
    """At 12 % a year: in default G = 0.1 / 0.35, K = v 0.1 R / (1 - 0.65 v), cured and lost later v 0.2 C / (1 - 0.65 v), and
    C = v 0.05 D / (1 - 0.85 v)."""
    v = 1 / 1.01
    proceeds, stays = 0.2 + 0.2 * v**2, 1 - CHARGED - CURED - REPAID
    after = v * AGAIN / (1 - v * (1 - AGAIN - REPAID_AFTER))
    own = CHARGED / (1 - stays) - v * CHARGED * proceeds / (1 - v * stays)
    true = own / (1 - v * CURED * after / (1 - v * stays))
    assert fitted(history, until=MONTHS - 1, minimum_at_risk=100).lgd_discounted[0, 0] == pytest.approx(true, abs=0.018)

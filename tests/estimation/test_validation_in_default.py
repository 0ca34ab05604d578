"""Contracts in default at an opening, held against cash: by hand, and by known chances over seeds."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from gaapbridge.estimation.chain import Steps, pace, pace_in_default, solved
from gaapbridge.estimation.months import CHARGED_OFF, PREPAID, Months
from gaapbridge.estimation.validation.book import IN_DEFAULT
from gaapbridge.estimation.validation.in_default import InDefault
from gaapbridge.estimation.validation.report import BY_MONTHS, by_months_texts, in_default_texts
from gaapbridge.estimation.validation.report import IN_DEFAULT as HEADER
from gaapbridge.estimation.validation.run_off import InDefaultTerms, LossTerms
from tests.estimation.loss_histories import FIRST, Contract, History, Row, gone
from tests.estimation.validated import conditions

OPENING, AHEAD = FIRST + 3, 20
CHARGED, CURED, REPAID = 0.10, 0.12, 0.03
"""Chances of a month in default; a cure lasts."""
SEVERITY = 0.6


def terms(charged: float = CHARGED, severity: float = SEVERITY) -> LossTerms:
    """What comes of contracts in default by the chances, whatever their months there."""
    stays = 1.0 - charged - CURED - REPAID
    path = charged * stays ** np.arange(AHEAD)
    in_default = InDefaultTerms(np.broadcast_to(path, (2, 3, AHEAD)), np.full(2, severity))
    return LossTerms(np.zeros((2, 3)), severity, 0.49, 0.0, 10**9, np.zeros(1), in_default)


def held(contracts: list[Contract], of: LossTerms, allowance: float = 0.0) -> dict[str, Any]:
    """The row of an opening three months after the first, at which all rows 90 days late are in default."""
    months = History(contracts).months()
    standing = np.where(months.arrears_days >= 90, IN_DEFAULT, 0).astype(np.int8)
    return told(months, standing, of, allowance)


def told(months: Months, standing: np.ndarray, of: LossTerms, allowance: float) -> dict[str, Any]:
    test = InDefault((OPENING,), OPENING + AHEAD, 2)
    test.add(months, standing, OPENING, of, 90)
    (row,) = test.rows((of,), conditions(calendar_allowance=allowance))
    return row


def late(balance_minor: int = 100, **more) -> Row:
    return Row(arrears_days=90, balance_minor=balance_minor, **more)


def off(balance_minor: int, recovered_minor: int) -> Row:
    return Row(balance_minor=0, event=CHARGED_OFF, written_off_minor=balance_minor, recovered_minor=recovered_minor)


def test_two_contracts_by_hand() -> None:
    """One two months in default, charged off with 30 of 100 and 10 more two months later: 60 lost; one of 300 cured. Another
    that is not in default is none of them. Expected: of 400 the chances to the end, at 0.6."""
    first = Contract((Row(), late(), late(), late(), off(100, 30), gone(), gone(10)))
    cured = Contract((Row(), Row(), Row(), late(300), Row(balance_minor=300)))
    quiet = Contract((Row(), Row(), Row(), Row(), off(100, 0)))
    row = held([first, cured, quiet], terms())
    share = CHARGED * (1.0 - 0.75**AHEAD) / 0.25
    assert (row["contracts"], row["owed_minor"], row["charge_offs"]) == (2, 400, 1)
    assert row["expected_charge_offs"] == pytest.approx(2 * share)
    assert row["gross"]["expected_minor"] == round(400 * share) and row["gross"]["came_minor"] == 100
    assert row["loss"]["expected_minor"] == round(400 * share * SEVERITY) and row["loss"]["came_minor"] == 60
    assert [(one["months"], one["contracts"], one["came_minor"]) for one in row["by_months_in_default"]] == [
        ("0 months", 1, 0), ("1 to 3", 1, 100), ("4 to 11", 0, 0), ("12 and more", 0, 0),
    ]  # fmt: skip
    assert len(in_default_texts(row)) == len(HEADER) and [len(one) for one in by_months_texts(row)] == [len(BY_MONTHS)] * 2


def test_nobody_in_default_is_no_row() -> None:
    test = InDefault((OPENING,), OPENING + AHEAD, 2)
    months = History([Contract((Row(),) * 6)]).months()
    test.add(months, np.zeros(6, np.int8), OPENING, terms(), 90)
    assert test.rows((terms(),), conditions()) == []


def by_chance(seed: int, number: int = 150) -> list[Contract]:
    """Contracts in default from their second month, as by the chances."""
    random, found = np.random.default_rng(seed), []
    for contract in range(number):
        owed = int(random.integers(50, 200))
        rows = [Row(), Row(), Row(), late(owed)]
        for _ in range(AHEAD):
            draw = random.random()
            if draw < CHARGED:
                rows += [off(owed, owed if random.random() >= SEVERITY else 0)]
                break
            if draw < CHARGED + CURED:
                rows += [Row(balance_minor=owed)]
                break
            if draw < CHARGED + CURED + REPAID:
                rows += [Row(balance_minor=0, event=PREPAID)]
                break
            rows.append(late(owed))
        found.append(Contract(tuple(rows), fold=contract % 10, segment=contract % 2))
    return found


def test_right_curves_are_inside_and_wrong_ones_outside() -> None:
    """Of 60 seeds 95 in a hundred inside, of number, gross and loss; curves or a severity of two thirds are found."""
    right = [held(by_chance(seed), terms()) for seed in range(60)]
    for verdicts in ([row["verdict"] for row in right], *([row[of]["verdict"] for row in right] for of in ("gross", "loss"))):
        assert np.mean([verdict == "inside" for verdict in verdicts]) >= 0.88
    fewer = [held(by_chance(seed), terms(charged=CHARGED / 2))["verdict"] for seed in range(20)]
    cheaper = [held(by_chance(seed), terms(severity=SEVERITY / 2))["loss"]["verdict"] for seed in range(20)]
    assert np.mean([verdict == "outside" for verdict in fewer]) > 0.9
    assert np.mean([verdict == "outside" for verdict in cheaper]) > 0.9


def test_ahead_and_in_the_end_are_one_chain() -> None:
    """By months in default, and of a fresh one: what is charged off month by month adds up to the share in the end."""
    in_default = np.array([[100.0, 80.0, 60.0], [20.0, 10.0, 12.0], [30.0, 20.0, 3.0], [40.0, 45.0, 40.0]])
    cured = np.array([[50.0, 40.0], [1.0, 0.0], [10.0, 4.0], [30.0, 30.0]])
    of = Steps(in_default, cured, 90.0, 10.0, 0.1, np.zeros(3), np.zeros(2))
    path = solved(of, 0.0, 1.0).in_default
    ahead = pace_in_default(of, 480)
    assert ahead.sum(axis=1)[1:] == pytest.approx(path[1:3], abs=1e-6)
    assert pace(of).sum() == pytest.approx(path[0], abs=1e-6)
    assert ahead[0, 0] == pytest.approx(0.2) and ahead[2, 0] == pytest.approx(0.2)
    assert ahead[0, 1] == pytest.approx(0.4 * 10 / 80 + 0.3 * 1 / 50)

"""Parts written off of contracts that go on: losses of the first default, added up, held against cash by hand."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from gaapbridge.estimation import months as m
from gaapbridge.estimation.history import history_findings
from gaapbridge.estimation.validation.book import IN_DEFAULT, book_at
from gaapbridge.estimation.validation.observed import NEVER, observed
from tests.estimation.loss_histories import FIRST, Contract, History, Row, gone
from tests.estimation.test_episodes import charged, counted, late
from tests.estimation.test_history_reading import FEBRUARY, JANUARY, LONG, MARCH, of_contract, read, row
from tests.estimation.test_losses import fitted

REPAID = Row(balance_minor=0, event=m.PREPAID)
LOST = Contract((late(0), late(90, 60, written_off_minor=40), charged(60, recovered_minor=30), gone(), gone()))
"""40 of 100 written off when it enters, the other 60 a month later, of which 30 come back: 70 are lost."""

CURED = Contract((late(0), late(90, 60, written_off_minor=40), late(0, 60), REPAID))
"""40 of 100 written off when it enters; it pays the rest."""

LATER = Contract((late(0), late(90), late(120, 75, written_off_minor=25), late(150, 50, written_off_minor=25), REPAID))
"""Two parts of 25 while it is in default; it pays the rest."""


def test_the_loss_of_parts_is_that_of_the_cash() -> None:
    """Lost 70 and 40 of 200 that entered; severity is that of both: 140 written off, 30 came."""
    found = fitted(History([LOST, CURED]))
    assert found.severity_of_all.elected == pytest.approx(1.0 - 30 / 140)
    assert found.lgd_undiscounted[0, 0] == pytest.approx(110 / 200)
    assert found.charged_off[0, 0] == pytest.approx(140 / 200)


def test_parts_written_off_in_default_are_in_the_chain() -> None:
    """50 of 100 written off, nothing recovered, the rest paid: with the first 120 of 200 are lost, with both 160 of 300."""
    assert fitted(History([LOST, LATER])).lgd_undiscounted[0, 0] == pytest.approx(120 / 200)
    assert fitted(History([LOST, CURED, LATER])).lgd_undiscounted[0, 0] == pytest.approx(160 / 300)


def test_parts_of_a_contract_are_one_charge_off() -> None:
    """Of 100 in two parts 40 came between them: 0.6 is lost, not all that the last was of."""
    parts = Contract((late(0), late(90, 40, written_off_minor=60), late(120, 40, recovered_minor=40), charged(40)))
    of = counted(History([parts])).written_off.of((0, 1))
    assert (of.number.sum(), of.written_off_minor.sum(), of.proceeds_minor.sum()) == (1, 100, 40)
    assert of.number[3] == 1
    known_before = counted(History([parts]), until=2).written_off.of((0, 1))
    assert (known_before.number[1], known_before.written_off_minor.sum(), known_before.proceeds_minor.sum()) == (1, 60, 40)
    assert fitted(History([parts])).lgd_undiscounted[0, 0] == pytest.approx(0.6)


@pytest.mark.parametrize(("missed", "days"), [(0, 90), (1, 90), (4, 120)])
def test_a_part_opens_a_default_where_days_had_opened_none(tmp_path: Path, missed: int, days: int) -> None:
    rows = row("A", JANUARY, 700) + row("A", FEBRUARY, 500, missed) + row("A", MARCH, 450)
    history = read(tmp_path, rows + LONG, outcomes=f"A,{FEBRUARY},charge_off,200\n")
    told = of_contract(history)
    assert (told["event"], told["arrears_days"]) == ([m.STILL] * 2 + [m.LEFT_WITH_BALANCE], [0, days, 0])
    assert ("written off in part in a history", 200) in {(one.name, one.amount_minor) for one in history_findings(history)}


def test_validation_sees_parts_as_charged_off() -> None:
    """Written off 100, 40 and 50 of the three, 30 recovered of the first; in default and charged off when the first part is."""
    months = History([LOST, CURED, LATER]).months()
    standing = np.where(months.arrears_days >= 90, IN_DEFAULT, 0).astype(np.int8)
    came = observed(months, standing, book_at(months, standing, FIRST), FIRST + 4)
    assert came.default.tolist() == [1, 1, 1]
    assert came.charged_off.tolist() == [1, 1, 2]
    assert came.gross_minor.tolist() == [100, 40, 50]
    assert came.recovered_minor.tolist() == [30, 0, 0]
    assert NEVER not in came.charged_off

"""Loans written off in part (ASC 326-20-35-8; IFRS 9 5.4.4): the part is a write-off, and no cash; the rest stays on book.

300,000.00 at 1 % a month due at the end, in default since October 2022, 0.8 of it lost; of it 90,000.00 are written off on
20 June 2023. Of each loan what was provided is what its allowance rose by and what was written off, and profit is its cash.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from gaapbridge.period_close import close
from gaapbridge.reperform.run import reperform
from gaapbridge.report.told.disclosed import NOT_TIED
from gaapbridge.report.told.disclosures import compared_disclosures
from gaapbridge.run import Run
from tests.differences.loans_alone import rewrite_curves, write_loans
from tests.differences.test_revenue_by_cash import (
    AT_THE_END,
    CLOSING,
    HALF,
    OPENING,
    Case,
    case,
    measured,
    not_revenue,
)
from tests.simulation.default_by_hand import Payment

WRITTEN_OFF, LEFT = date(2023, 6, 20), date(2023, 11, 20)
PART, REST = 9_000_000, 21_000_000
FALL = Payment(WRITTEN_OFF, PART, 0)
"""By hand the part is principal that falls on its day; the tape of payments has it not."""

SINCE_MAY = replace(AT_THE_END, origination=date(2023, 1, 15))
CASES = {
    "FEES": case(replace(AT_THE_END, fees=900_000), FALL),
    "PAID-TOO": case(AT_THE_END, FALL, Payment(date(2023, 8, 10), 1_000_000, 500_000)),
    "THEN-LOST": case(AT_THE_END, FALL, until=LEFT, settled=True, lost=True),
    "THEN-REPAID": case(AT_THE_END, FALL, Payment(LEFT, REST, 4_000_000), until=LEFT, settled=True, repaid=True),
    "NEW": case(SINCE_MAY, FALL, paid=1, since=date(2023, 6, 13)),
}


def closed(
    folder: Path, *between: date, payments: bool = True, row: Callable[[str], dict[str, int]] = lambda _: {}
) -> list[Run]:
    """The runs of the parts of the year; ``row`` is what the closing tape has otherwise of a loan."""
    told = {name: [one for one in each.told.paid if one is not FALL] for name, each in CASES.items()}
    paid = sorted(
        ((name, one.day, int(one.principal), int(one.interest), one.fees) for name in told for one in told[name]),
        key=lambda one: one[1],
    )
    lost = [(name, WRITTEN_OFF, PART) for name in CASES] + [("THEN-LOST", LEFT, REST)]
    rows = {day: [_row(name, one, day, row) for name, one in CASES.items()] for day in sorted({OPENING, *between, CLOSING})}
    plans = write_loans(folder, {day: [one for one in of if one] for day, of in rows.items()}, paid if payments else None, lost)
    share = dict.fromkeys(("lgd_undiscounted", "lgd_discounted"), 0.8)
    curves = plans[0].parent / "curves"
    rewrite_curves(curves, {"loss-given-default": share, "recovery": {"remaining_recovery_ratio": 0.0}})
    return [close(plan) for plan in plans]


def _row(name: str, one: Case, day: date, otherwise: Callable[[str], dict[str, int]]) -> dict[str, object] | None:
    found = one.row(name, day)
    return None if found is None else found | (otherwise(name) if day == CLOSING else {})


@pytest.fixture(scope="module", params=[True, False], ids=["payments", "rows alone"])
def year(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Run:
    (run,) = closed(tmp_path_factory.mktemp("year") / "lender", payments=request.param)
    return run


def of(run: Run, statement: str | None, *rows: str) -> dict[str, int]:
    """The sum of some rows of a statement, under both frameworks."""
    (found,) = (one for one in run.exact.statements if one.id == statement)
    return {side: sum(getattr(row, side) for row in found.rows if row.id in rows) for side in ("us_gaap", "ifrs")}


def test_profit_is_what_balances_gained_and_cash(year: Run) -> None:
    statements = year.manifest.statements
    before, after = (of(year, day, "loans_c", "loans_nc") for day in (statements.opening, statements.closing))
    income, provided = (of(year, statements.income, row) for row in ("fi", "p_loans"))
    cash = sum(
        int(one.principal) + int(one.interest)
        for each in CASES.values()
        for one in each.told.paid
        if one is not FALL and one.day > OPENING
    )
    lent = SINCE_MAY.principal
    for side in ("us_gaap", "ifrs"):
        assert abs(income[side] - provided[side] - (after[side] - before[side] + cash - lent)) <= 2, side


def test_the_part_is_written_off_and_no_cash(year: Run) -> None:
    assert measured(year, "principal_written_off") == dict.fromkeys(CASES, PART) | {"THEN-LOST": PART + REST}
    assert all(one.holds for one in year.listed.checks if one.check in ("R10", "R11", "R16"))
    assert not {one.name for one in year.listed.findings if "writ" in one.name or "principal" in one.name}
    for movement in year.movements:
        assert sum(movement.lines["write_off"].values()) == -(5 * PART + REST)
    implied = [one.why for one in year.listed.not_checked if "is implied" in one.why]
    assert len(implied) == ("tapes.payments" not in year.sources)
    assert all(text.startswith("principal received of 22,000,000 minor units is implied") for text in implied)


def test_disclosures_have_it_and_tie(year: Run) -> None:
    ties = [tie for made in compared_disclosures(year) for tie in made.ties]
    off = [tie for tie in ties if tie.against != NOT_TIED and not tie.holds]
    assert ties and not off


def test_revenue_is_on_the_rest_from_that_day_on(tmp_path: Path) -> None:
    """To the fen, where payments tell the principal of each day: from 20 June on 1 % is on 0.2 of what is owed of the rest."""
    (run,) = closed(tmp_path / "year")
    assert measured(run) == not_revenue(CASES)
    parts = [measured(part) for part in closed(tmp_path / "halves", HALF)]
    off = {name: sum(part.get(name, 0) for part in parts) - amount for name, amount in not_revenue(CASES).items()}
    assert set(off.values()) <= {-1, 0, 1}, off


def test_the_second_calculator_agrees(year: Run) -> None:
    assert reperform(year.folder, sample=None).differences == ()


def test_a_part_by_which_the_principal_did_not_fall_is_found(tmp_path: Path) -> None:
    """250,000.00 are left where 210,000.00 should be: nothing is written off, and the finding has the event's amount."""
    (run,) = closed(tmp_path / "lender", row=lambda name: {"outstanding_principal_minor": 25_000_000} if name == "FEES" else {})
    assert measured(run, "principal_written_off")["FEES"] == 0
    found = {one.where: one.amount_minor for one in run.listed.findings if one.name.startswith("write-off event of")}
    assert found == {"loan/FEES": PART}

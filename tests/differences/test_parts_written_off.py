"""Loans in equal parts of which a part is written off, with payments of principal alone (326-20-35-8; IFRS 9 5.4.1(b), 5.4.4).

360,000.00 in 36 parts at 1 % a month with fees of 9,000.00, 0.8 of it lost. What is written off falls on its day and pays no
instalment, though nine instalments have as much principal: revenue is worked out day by day from what was paid.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from gaapbridge.period_close import close
from gaapbridge.reperform.run import reperform
from gaapbridge.run import Run
from tests.differences.loans_alone import rewrite_curves, write_loans
from tests.differences.test_interest_capitalised import Modified, brought, until
from tests.differences.test_modified_twice import Forgiven
from tests.differences.test_revenue_by_cash import CLOSING, DEFAULT, OPENING, PARTS, measured
from tests.simulation.default_by_hand import Payment

PART, FEES = 9_000_000, replace(PARTS, fees=900_000)
FEBRUARY, AUGUST = date(2023, 2, 10), date(2023, 8, 20)


@dataclass(frozen=True)
class Reduced(Modified):
    """A loan of which a part was written off, each payment being that of an instalment."""

    def _last_paid(self, day: date) -> date:
        paid = sum(one.day <= day for one in self.paid if not isinstance(one, Forgiven))
        return self.contract.due(paid)


def cured(since: date, first: int, off: date, on: date, waived_share: float) -> Reduced:
    """All behind is paid with the cure but what of its interest is waived, then each instalment on its day."""
    behind = FEES.due_by(on) - first
    left = 36_000_000 - first * 1_000_000 - PART
    at_cure = max(behind * 1_000_000 - PART, 0)
    before = [*until(FEES, first), Forgiven(off, PART, 0)]
    owed = int(Reduced(FEES, before, 0, day=on, since=since, cured=on).told.interest(on))
    waived = int(owed * waived_share)
    then, left = [], left - at_cure
    for number in range(FEES.due_by(on) + 1, 25):
        then.append(Payment(FEES.due(number), 1_000_000, left // 100))
        left -= 1_000_000
    paid = [*before, Payment(on, at_cure, owed - waived), *then]
    return Reduced(FEES, paid, 0, day=on, since=since, cured=on, waived=waived)


SEPTEMBER = date(2023, 9, 15)
CASES = {
    "CURED": cured(DEFAULT, 6, FEBRUARY, date(2023, 8, 15), 0.0),
    "HALF-WAIVED": cured(DEFAULT, 6, FEBRUARY, date(2023, 8, 15), 0.5),
    "LASTS": Reduced(FEES, [*until(FEES, 6), Forgiven(date(2023, 6, 20), PART, 0)], 0, since=DEFAULT),
}
IN_THE_PERIOD = {
    "ALL-PAID": cured(date(2023, 7, 14), 15, AUGUST, SEPTEMBER, 0.0),
    "HALF-PAID": cured(date(2023, 7, 14), 15, AUGUST, SEPTEMBER, 0.5),
}


def closed(folder: Path, cases: dict[str, Reduced], by: str) -> Run:
    """The run of the year without value-added tax, by payments or their principal."""
    paid = [(name, one.day, int(one.principal), int(one.interest), 0)
            for name, of in cases.items() for one in of.paid if not isinstance(one, Forgiven)]  # fmt: skip
    rows = {day: [row for name, one in cases.items() if (row := one.row(name, day))] for day in (OPENING, CLOSING)}
    off = [(name, one.day, PART) for name, of in cases.items() for one in of.paid if isinstance(one, Forgiven)]
    (plan,) = write_loans(folder, rows, sorted((one for one in paid if one[2] or one[3]), key=lambda one: one[1]), off)
    plan.write_text(re.sub(r"(?m)^rate = .*$", "rate = 0.0", plan.read_text(encoding="utf-8"), count=1), encoding="utf-8")
    if by == "principal":
        tape = plan.parent / f"tapes/loan-payments-{CLOSING}.csv"
        told = pl.read_csv(tape, infer_schema=False).filter(pl.col("principal_minor") != "0")
        told.select("contract_id", "date", "principal_minor").write_csv(tape)
    share = dict.fromkeys(("lgd_undiscounted", "lgd_discounted"), 0.8)
    rewrite_curves(plan.parent / "curves", {"loss-given-default": share, "recovery": {"remaining_recovery_ratio": 0.0}})
    return close(plan)


@pytest.mark.parametrize("by", ["payments", "principal"])
def test_a_part_pays_no_instalment(by: str, tmp_path: Path) -> None:
    """11,818.14 of income, whatever is waived. By payments of principal alone the interest of nine instalments was taken as
    paid on 10 February, and nothing told of it: 11,486.98."""
    run = closed(tmp_path / "lender", CASES, by)
    assert {CASES[name].earned for name in ("CURED", "HALF-WAIVED")} == {1_181_814}
    found = brought(run, "ifrs", "financing_income")
    off = {name: found[name] - one.earned for name, one in CASES.items()}
    assert all(abs(amount) <= 1 for amount in off.values()), off
    assert measured(run, "interest_on_allowance_apart")["LASTS"] == 0
    assert reperform(run.folder, sample=None).differences == ()


@pytest.mark.parametrize("by", ["payments", "principal"])
def test_the_bound_has_what_a_part_leaves_open(by: str, tmp_path: Path) -> None:
    """Of a default of the period principal alone does not tell which interest was paid with a part off: 422.47 and 5,500.11
    were off, with bounds of nil and 4,577.42."""
    run = closed(tmp_path / "lender", IN_THE_PERIOD, by)
    found, apart = brought(run, "ifrs", "financing_income"), measured(run, "interest_on_allowance_apart")
    off = {name: abs(found[name] - one.earned) for name, one in IN_THE_PERIOD.items()}
    assert all(amount <= max(apart[name], 1) for name, amount in off.items()), (off, apart)
    assert (max(off.values()) > 1) == (by == "principal")
    assert reperform(run.folder, sample=None).differences == ()

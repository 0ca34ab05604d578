"""Who bills by schedule, and comes into default in the year: rows alone tell it by what they have as received (5.4.1(b)).

360,000.00 at 1 % a month in 36 parts, 15 of them paid, the next missed on 15 April 2023, in default from 14 July, 0.8 lost. By
schedule interest of an instalment is billed whether the one before was paid or not; by day on what is owed.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from gaapbridge.period_close import close
from gaapbridge.reperform.run import reperform
from gaapbridge.run import Run
from tests.differences.loans_alone import rewrite_curves, write_loans
from tests.differences.test_interest_capitalised import Modified, brought, until
from tests.differences.test_revenue_by_cash import CLOSING, OPENING, PARTS, measured
from tests.simulation.default_by_hand import InDefault, Payment

DEFAULT, ADDED_ON = date(2023, 7, 14), date(2023, 9, 15)


@dataclass(frozen=True)
class Billed(Modified):
    """A loan in default, with interest ``added`` to its principal while it is, or none; ``by`` schedule or day."""

    by: str = "schedule"

    @property
    def told(self) -> InDefault:
        """Its account by hand: what is added bears interest beside the schedule."""
        told, one = super().told, self.contract
        if self.by == "day":
            return told
        billed = list(one.interest)
        for number in range(one.due_by(self.day) + 1, one.term + 1):
            first, last = one.due(number - 1), one.due(number)
            billed[number] += one.monthly * self.added * Decimal((last - max(first, self.day)).days) / (last - first).days
        return replace(told, billed=billed)

    def row(self, name: str, day: date) -> dict[str, Any] | None:
        found = super().row(name, day)
        return None if found is None else found | {"forborne": "false"}


def lent(added: int = 0, *paid: Payment, day: date = ADDED_ON, by: str = "schedule") -> Billed:
    return Billed(PARTS, [*until(PARTS, 15), *paid], added, day, DEFAULT, by=by)


CASES = {
    "NOTHING-ADDED": lent(),
    "BY-DAY": lent(by="day"),
    "ADDED": lent(1_110_000),
    "ADDED-EARLY": lent(780_000, day=date(2023, 7, 20)),
    "ADDED-BY-DAY": lent(1_260_000, by="day"),
}
EACH_MONTH = [Payment(date(2023, month, 15), 1_000_000, 0) for month in range(8, 13)]
PAID = {
    "PRINCIPAL-ALONE": lent(0, *EACH_MONTH),
    "AND-ADDED": lent(1_110_000, *EACH_MONTH),
    "AND-ADDED-EARLY": lent(780_000, *EACH_MONTH, day=date(2023, 7, 20)),
    "AND-BY-DAY": lent(1_200_000, *EACH_MONTH, by="day"),
    "IN-PART": lent(1_110_000, Payment(date(2023, 11, 20), 2_000_000, 261_100)),
}
"""In default, of principal without interest, or with part of it, on days that no row tells."""


def closed(folder: Path, told: str) -> Run:
    """The year by a tape of payments, by one of principal alone, or by the rows alone."""
    cases = CASES | PAID
    paid = [(name, one.day, int(one.principal), int(one.interest), 0) for name in cases for one in cases[name].paid]
    rows = {day: [row for name, one in cases.items() if (row := one.row(name, day))] for day in (OPENING, CLOSING)}
    (plan,) = write_loans(folder, rows, None if told == "rows" else sorted(paid, key=lambda one: one[1]))
    plan.write_text(re.sub(r"(?m)^rate = .*$", "rate = 0.0", plan.read_text(encoding="utf-8"), count=1), encoding="utf-8")
    with (folder / f"tapes/loan-events-{CLOSING}.csv").open("a", encoding="utf-8") as tape:
        tape.writelines(f"{name},{one.day},modification,{one.added}\n" for name, one in cases.items() if one.added)
    if told == "principal":
        payments = folder / f"tapes/loan-payments-{CLOSING}.csv"
        pl.read_csv(payments).drop("interest_minor", "fees_minor").write_csv(payments)
    share = dict.fromkeys(("lgd_undiscounted", "lgd_discounted"), 0.8)
    rewrite_curves(plan.parent / "curves", {"loss-given-default": share})
    return close(plan)


def test_income_by_hand() -> None:
    """To 14 July six instalments have 2,400.00 of interest and 100.00 less each, and 29 of 30 days have run on 210,000.00 where
    16 of 31 had on 240,000.00: 13,691.29. Then a month's 1 % on 0.2 of 210,000.00 and what is unpaid: on the 14th that of the
    instalments missed, from 2,100.00 on, and what has run; from the 15th on that of one more, less a day's interest."""
    missed, in_default = 2_100 + 2_000 + 1_900, 0.0
    for number, (before, length) in enumerate([(30, 31), (31, 31), (31, 30), (30, 31), (31, 30), (30, 31)]):
        first = missed + 2_100 * (before - 1) / before
        missed += 1_800 - 100 * number
        days, later = 17 if number == 5 else length, missed - 2_100 / before
        in_default += 0.01 * 0.2 * (210_000 + first + (210_000 + later) * (days - 1)) / length
    healthy = sum(range(1_900, 2_500, 100)) + 2_100 * 29 / 30 - 2_400 * 16 / 31
    assert (round(healthy, 2), round(healthy + in_default, 2)) == (13_691.29, 16_147.85)
    assert CASES["NOTHING-ADDED"].earned == 1_614_785


@pytest.mark.parametrize("told", ["payments", "principal", "rows"])
def test_rows_tell_the_schedule_by_what_they_have_as_received(told: str, tmp_path: Path) -> None:
    """An instalment that was repaid in default of its principal alone has paid no interest, as rows state none: 50,000.00 of
    principal, and 15,896.29 of income. What is not checked has by how much it may be off for the days that no row tells."""
    run = closed(tmp_path / "lender", told)
    found, apart = brought(run, "ifrs", "financing_income"), measured(run, "interest_on_allowance_apart")
    off = {name: found[name] - one.earned for name, one in (CASES | PAID).items()}
    assert all(abs(off[name]) <= 1 for name in CASES), off
    assert PAID["PRINCIPAL-ALONE"].earned == 1_589_629
    exact = PAID if told == "payments" else [name for name in PAID if told == "principal" and name != "IN-PART"]
    assert all(abs(off[name]) <= (1 if name in exact else apart[name]) for name in PAID), (off, apart)
    assert all(apart[name] < 260_000 for name in PAID), apart
    assert reperform(run.folder, sample=None).differences == ()

"""Modifications that forgive principal beside what they add, two in a year, one booked after the cure: by cash in and out.

Each is a bullet of 300,000.00 at 1 % a month, 0.8 of it lost, in default since 13 October 2022 with twelve months of interest
missed by 15 June 2023, 36,000.00, on which it is cured (310-20-35-9 to 35-11; 326-20-35-8; IFRS 9 5.4.1, 5.4.3).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from gaapbridge.period_close import close
from gaapbridge.reperform.run import reperform
from gaapbridge.run import Run
from tests.differences.loans_alone import rewrite_curves, write_loans
from tests.differences.test_interest_capitalised import ARREARS, CURED, Modified, brought, gained, of_months, until
from tests.differences.test_revenue_by_cash import AT_THE_END, CLOSING, DEFAULT, HALF, OPENING, measured
from tests.simulation.default_by_hand import Payment

Event = tuple[date, str, int]
LATER, AUTUMN = date(2023, 6, 25), date(2023, 9, 15)


@dataclass(frozen=True)
class Forgiven(Payment):
    """Principal that falls without cash: on no tape of payments."""


@dataclass(frozen=True)
class Told(Modified):
    """A modified loan, with the events that tell of it; nothing is billed and unpaid from the modification on."""

    events: Sequence[Event] = ()

    @property
    def cash(self) -> list[Payment]:
        return [one for one in self.paid if not isinstance(one, Forgiven)]

    def row(self, name: str, day: date) -> dict[str, Any] | None:
        found = super().row(name, day)
        return found if found is None or day < CURED else found | {"billed_unpaid_interest_minor": 0}


def closed(folder: Path, cases: dict[str, Told], *between: date, payments: bool = True) -> list[Run]:
    """The runs of the parts of the year."""
    paid = [(name, one.day, int(one.principal), int(one.interest), one.fees) for name in cases for one in cases[name].cash]
    instants = sorted({OPENING, *between, CLOSING})
    rows = {day: [row for name, one in cases.items() if (row := one.row(name, day))] for day in instants}
    plans = write_loans(folder, rows, sorted(paid, key=lambda one: one[1]) if payments else None)
    for (opening, day), plan in zip(pairwise(instants), plans, strict=True):
        plan.write_text(re.sub(r"(?m)^rate = .*$", "rate = 0.0", plan.read_text(encoding="utf-8"), count=1), encoding="utf-8")
        with (plan.parent / f"tapes/loan-events-{day}.csv").open("a", encoding="utf-8") as tape:
            for name, one in cases.items():
                tape.writelines(f"{name},{on},{kind},{amount}\n" for on, kind, amount in one.events if opening < on <= day)
    share = dict.fromkeys(("lgd_undiscounted", "lgd_discounted"), 0.8)
    rewrite_curves(plans[0].parent / "curves", {"loss-given-default": share, "recovery": {"remaining_recovery_ratio": 0.0}})
    return [close(plan) for plan in plans]


def names(runs: Iterable[Run]) -> set[str]:
    return {one.name for run in runs for one in run.listed.findings}


def cut(*events: Event) -> Told:
    """100,000.00 forgiven, 20,000.00 of the arrears added, the rest waived: 220,000.00 are left, and 2,200.00 paid a month."""
    paid = [*until(AT_THE_END, 6), Forgiven(CURED, 10_000_000, 0), *of_months(220_000, 7)]
    return Told(AT_THE_END, paid, 2_000_000, CURED, DEFAULT, CURED, waived=1_600_000, events=events)


CUTS = {
    "WRITTEN-OFF": cut((CURED, "write_off", 10_000_000), (CURED, "modification", 0)),
    "BOTH-AMOUNTS": cut((CURED, "write_off", 10_000_000), (CURED, "modification", 2_000_000)),
    "ADDED": cut((CURED, "modification", 2_000_000)),
    "UNTOLD": cut((CURED, "modification", 0)),
}
STATED = ("WRITTEN-OFF", "BOTH-AMOUNTS")


@pytest.mark.parametrize("payments", [True, False], ids=["payments", "rows alone"])
def test_profit_is_cash_where_principal_is_forgiven(payments: bool, tmp_path: Path) -> None:
    """13,200.00 are received in the year. Income of interest under US GAAP is them, 20,000.00 added and 1,135.48 that has run;
    revenue under IFRS 3,579.33 to the cure, and then 2,200.00 a month, 14,335.48. What is forgiven is a loss."""
    cases = CUTS if payments else {name: CUTS[name] for name in STATED}
    (run,) = closed(tmp_path / "lender", cases, payments=payments)
    received = 1_320_000
    for framework in ("us", "ifrs"):
        profit, gain = brought(run, framework, "financing_income", "provision_for_loans"), gained(run, framework)
        assert profit == {name: gain[name] + received for name in cases}
    us, ifrs = (brought(run, framework, "financing_income") for framework in ("us", "ifrs"))
    assert us == {name: (0 if name == "UNTOLD" else 2_000_000) + received + 113_548 for name in cases}
    assert all(abs(amount - 357_933 - 1_433_548) <= 1 for amount in ifrs.values())
    off = {name: 8_000_000 if name == "UNTOLD" else 10_000_000 for name in cases}
    assert measured(run, "principal_written_off") == off
    assert [one.id for one in run.listed.checks if not one.holds] == []
    assert reperform(run.folder, sample=None).differences == ()
    told = [(one.where, one.amount_minor) for one in run.listed.findings if one.name == "principal forgiven by a modification"]
    assert told == ([("loan/ADDED, UNTOLD", 18_000_000)] if payments else [])


@pytest.mark.parametrize("payments", [True, False], ids=["payments", "rows alone"])
def test_parts_of_a_year_add_up_with_principal_forgiven(payments: bool, tmp_path: Path) -> None:
    cases = {name: CUTS[name] for name in STATED}
    halves = closed(tmp_path / "lender", cases, HALF, payments=payments)
    ifrs = [brought(run, "ifrs", "financing_income") for run in halves]
    assert all(abs(sum(part[name] for part in ifrs) - 1_791_481) <= 2 for name in cases)
    assert [reperform(run.folder, sample=None).differences for run in halves] == [(), ()]


WITH_THE_CURE = {
    # 3,360.00 a month from July on: all was added with the cure, whatever else was agreed later
    "CURE-AND-LATER": ((CURED, "modification", 0), (AUTUMN, "modification", 0)),
    "AMOUNT-AND-LATER": ((CURED, "modification", ARREARS), (AUTUMN, "modification", 0)),
    # booked ten days after it, and billed from it on
    "BOOKED-LATER": ((LATER, "modification", 0),),
}
IN_TWO = ((CURED, "modification", 2_400_000), (AUTUMN, "modification", 1_200_000))


def with_cure(*events: Event, added: int = ARREARS) -> Told:
    paid = [*until(AT_THE_END, 6), *of_months((30_000_000 + added) // 100, 7)]
    return Told(AT_THE_END, paid, added, CURED, DEFAULT, CURED, events=events)


@pytest.mark.parametrize("payments", [True, False], ids=["payments", "rows alone"])
@pytest.mark.parametrize("between", [(), (HALF,)], ids=["year", "halves"])
def test_what_is_added_falls_on_its_own_day(payments: bool, between: tuple[date, ...], tmp_path: Path) -> None:
    """25,473.52 in the year: 3,579.33 to the cure, then 3,360.00 a month for 6 16/31 months; in parts as in all."""
    cases = {name: with_cure(*events) for name, events in WITH_THE_CURE.items()}
    runs = closed(tmp_path / "lender", cases, *between, payments=payments)
    found = [brought(run, "ifrs", "financing_income") for run in runs]
    off = {name: sum(part[name] for part in found) - 2_547_352 for name in cases}
    assert all(abs(amount) <= 2 for amount in off.values()), off
    assert all(reperform(run.folder, sample=None).differences == () for run in runs)
    assert names(runs) == {"modification not measured"}


@pytest.mark.parametrize("payments", [True, False], ids=["payments", "rows alone"])
def test_two_amounts_fall_on_two_days(payments: bool, tmp_path: Path) -> None:
    """24,000.00 of the arrears added with the cure, 12,000.00 on 15 September, and not billed on between: 3,579.33 to the cure,
    3,240.00 in each of three months, and 3,360.00 a month for 3 16/31 months: 25,113.52."""
    paid = [*until(AT_THE_END, 6), *of_months(324_000, 7, 9), *of_months(336_000, 10)]
    contract = Told(AT_THE_END, paid, ARREARS, CURED, DEFAULT, CURED, events=IN_TWO)
    (run,) = closed(tmp_path / "lender", {"IN-TWO": contract}, payments=payments)
    assert abs(brought(run, "ifrs", "financing_income")["IN-TWO"] - 2_511_352) <= 1
    assert measured(run, "interest_capitalised") == {"IN-TWO": ARREARS}
    assert reperform(run.folder, sample=None).differences == ()

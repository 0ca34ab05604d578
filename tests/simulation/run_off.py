"""A small lender from its first loans to the last recovery: borrowers month by month, tapes at six year-ends, a plan a year.

Plan, curves and awards are the starter's; loans and guarantees are simulated here, in whole minor units. By the last
year-end every contract is settled under both frameworks, so that every difference has reversed.
"""

from __future__ import annotations

import csv
import random
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from typing import Any

from gaapbridge.contracts.loans.events import EVENTS
from gaapbridge.contracts.loans.payments import PAYMENTS
from gaapbridge.starter import write_starter
from tests.simulation.by_hand import half_away, months_later

YEARS = (2021, 2022, 2023, 2024, 2025, 2026)
YEAR_ENDS = tuple(date(year, 12, 31) for year in YEARS)
"""The first is closed alone; each of the five after it opens with the run of the year before."""

LAST_ORIGINATION = date(2024, 10, 1)
WRITTEN_OFF_AFTER, PAID_OUT_AFTER, DEFAULT_AFTER = timedelta(days=150), timedelta(days=62), timedelta(days=90)
RECOVERED_AFTER = (timedelta(days=40), timedelta(days=75))
"""When a twenty-fifth of the principal comes back, twice."""

AT_ORIGINATION, RISEN = 0.05, 0.25
"""Default probabilities of twelve months: at origination and of who pays, and of who is behind."""

PAYS, CATCHES_UP, PREPAYS = 0.9, 0.25, 0.015
"""Monthly probabilities of who is current, of who is behind, and of who is current and has instalments left."""

Row = dict[str, Any]


@dataclass(frozen=True)
class Standing:
    """What a borrower has done from a day on: instalments paid in full, and the last default."""

    since: date
    paid: int
    defaulted: date | None = None
    cured: date | None = None


@dataclass(frozen=True)
class Borrower:
    """A level loan, how it was served, and how and when it left: ``prepaid``, ``matured`` or ``lost``."""

    name: str
    principal: int
    annual_rate: float
    term: int
    origination: date
    balances: tuple[int, ...]
    interest: tuple[int, ...]
    history: tuple[Standing, ...] = ()
    ended: str = ""
    exit_date: date = date.max

    def due(self, instalment: int) -> date:
        """Due date of an instalment; origination for 0."""
        return months_later(self.origination, instalment)

    def standing(self, day: date) -> Standing:
        """How it stands on a day; the moment before, where that is the day on which it left."""
        return [one for one in self.history if one.since < day or (one.since == day != self.exit_date)][-1]

    def due_by(self, day: date) -> int:
        """Instalments fallen due by a day."""
        return sum(self.due(number) <= day for number in range(1, self.term + 1))


def borrowers(kind: str, count: int, gone_after: timedelta, seed: int) -> list[Borrower]:
    """Borrowers with loans of 6 to 18 months, originated evenly until ``LAST_ORIGINATION``."""
    chance, found = random.Random(seed), []
    first = date(YEARS[0], 2, 1)
    for number in range(count):
        days = (LAST_ORIGINATION - first).days * number // count
        principal, rate = 100 * chance.randrange(1_000_000, 4_000_000), chance.choice((0.12, 0.18, 0.24))
        balances, interest = _schedule(principal, rate / 12, term := chance.choice((6, 9, 12, 18)))
        agreed = Borrower(f"{kind}-{number:03}", principal, rate, term, first + timedelta(days=days), balances, interest)
        found.append(_served(agreed, gone_after, chance))
    return found


def _schedule(principal: int, rate: float, term: int) -> tuple[tuple[int, ...], tuple[int, ...]]:
    instalment = round(principal * rate / (1 - (1 + rate) ** -term))
    balances, interest = [principal], [0]
    for number in range(1, term + 1):
        interest.append(round(balances[-1] * rate))
        balances.append(0 if number == term else balances[-1] + interest[-1] - instalment)
    return tuple(balances), tuple(interest)


def _served(agreed: Borrower, gone_after: timedelta, chance: random.Random) -> Borrower:
    """The borrower pays, catches up or misses on every due date, until the loan has ended."""
    history, number = [Standing(agreed.origination, 0)], 0
    while True:
        number += 1
        day, last = agreed.due(number), history[-1]
        due = min(number, agreed.term)
        if chance.random() < (PAYS if last.paid == due - 1 else CATCHES_UP):
            late = last.paid < due and day - agreed.due(last.paid + 1) >= DEFAULT_AFTER
            defaulted = agreed.due(last.paid + 1) + DEFAULT_AFTER if late else last.defaulted
            history.append(Standing(day, due, defaulted, day if late else last.cured))
        served = replace(agreed, history=tuple(history))
        paid = history[-1].paid
        if paid == agreed.term:
            return replace(served, ended="matured", exit_date=day)
        if paid < due and agreed.due(paid + 1) + gone_after < agreed.due(number + 1):
            return replace(served, ended="lost", exit_date=agreed.due(paid + 1) + gone_after)
        if paid == due and chance.random() < PREPAYS:
            return replace(served, ended="prepaid", exit_date=day + timedelta(days=12))


def write_lender(
    folder: Path,
    *replacements: tuple[str, str],
    instants: Sequence[date] = YEAR_ENDS,
    seed: int = 7,
    also: Sequence[Borrower] = (),
) -> dict[date, Path]:
    """The plan of every instant, beside its tapes; ``replacements`` change the text of each plan, ``also`` are more loans."""
    stated = write_starter(folder).plan.read_text(encoding="utf-8")
    for old, new in replacements:
        assert old in stated, old
        stated = stated.replace(old, new)
    own = [*borrowers("LOAN", 160, WRITTEN_OFF_AFTER, seed), *also]
    funded = borrowers("GUARANTEE", 60, PAID_OUT_AFTER, seed + 1)
    _revise(folder / "curves")
    plans, tapes = {}, folder / "tapes"
    for opening, closing in pairwise([instants[0], *instants]):
        loans = [_loan(one, closing) for one in own if _listed(one, opening, closing)]
        _write(tapes / f"loans-{closing}.csv", loans)
        for name, rows_of, columns in (("events", _events, EVENTS.names), ("payments", _payments, PAYMENTS.names)):
            rows = [row for one in own for row in rows_of(one) if opening < row[columns[1]] <= closing]
            _write(tapes / f"loan-{name}-{closing}.csv", rows, columns)
        listed = [one for one in funded if _listed(one, opening, closing)]
        _write(tapes / f"guarantees-{closing}.csv", [_guarantee(one, closing) for one in listed])
        _write(tapes / f"guarantee-fees-{closing}.csv", [row for one in listed for row in _fees(one, closing)])
        plans[closing] = folder / f"plan-{closing}.toml"
        plans[closing].write_text(_plan_of(stated, opening, closing), encoding="utf-8")
    return plans


def _revise(curves: Path) -> None:
    """Losses given default: a tenth more from the middle of 2023 on, and from the third month on nothing is expected back."""
    ratios = ("lgd_undiscounted", "lgd_discounted")
    for name in ("loans-loss-given-default.csv", "guarantees-loss-given-default.csv"):
        with (curves / name).open(newline="", encoding="utf-8") as file:
            stated = [row for row in csv.DictReader(file) if int(row["months_since_default"]) < 3]
        revised = [
            {**row, "valid_from": "2023-07-01", **{key: f"{float(row[key]) * 1.1:.4f}" for key in ratios}} for row in stated
        ]
        last = [row for row in (*stated, *revised) if row["months_since_default"] == "2"]
        nothing = [{**row, "months_since_default": "3", **dict.fromkeys(ratios, "1")} for row in last]
        _write(curves / name, [*stated, *revised, *nothing])


def _plan_of(text: str, opening: date, closing: date) -> str:
    """The starter's plan for a period: without a ledger and control totals, in thousands, opening with the run before it."""
    head, _, tail = text.partition("[trial_balance]")
    text = head + tail[tail.index("[thresholds]") :]
    text = re.sub(r"(?m)^\[tapes\.\w+\.control\.closing\]\n(\w+ = .*\n)+", "", text)
    text = text.replace("presentation_unit = 1 ", "presentation_unit = 1000 ").replace("unit = 1\n", "unit = 1000\n")
    text = re.sub(r"(loan-events|loan-payments)-2023", r"\1-2023-12-31", text)
    text = text.replace("2023-12-31", "CLOSING").replace("2022-12-31", str(opening)).replace("CLOSING", str(closing))
    if closing > opening:
        return text.replace('source = "opening_tape"\n#run', 'source = "prior_run"\nrun')
    text = text.replace(f"opening = {opening}", f"opening = {opening - timedelta(days=365)}")
    text = re.sub(r'(?m)^opening = "tapes/.*\n', "", text.replace('source = "opening_tape"', 'source = "none"'))
    return re.sub(r"(?m)^\[tapes\.(events|payments)\]\n(\w+ = .*\n)+", "", text)


def _listed(one: Borrower, opening: date, closing: date) -> bool:
    """Whether a tape lists it: on book in the period, or lost in the year before."""
    kept = opening - timedelta(days=365) if one.ended == "lost" else opening
    return one.origination <= closing and one.exit_date > kept


def _terms(one: Borrower, segment: str) -> Row:
    return {
        "contract_id": one.name, "segment": segment, "currency": "CNY", "origination_date": one.origination,
        "first_payment_date": one.due(1), "principal_minor": one.principal, "annual_rate": one.annual_rate,
        "term_instalments": one.term, "repayment_type": "level",
    }  # fmt: skip


def _state(one: Borrower, instant: date, words: Mapping[str, str]) -> Row:
    """Its balance and standing on an instant, or the moment before it left. A default that was cured stays stated; one after it
    shows in the days past due."""
    left = one.exit_date <= instant
    day = one.exit_date if left else instant
    now, due = one.standing(day), one.due_by(day)
    late = (day - one.due(now.paid + 1)).days if now.paid < due else 0
    defaulted = one.due(now.paid + 1) + DEFAULT_AFTER if late >= DEFAULT_AFTER.days else None
    return {
        "outstanding_principal_minor": one.balances[now.paid],
        "billed_unpaid_interest_minor": sum(one.interest[now.paid + 1 : due + 1]),
        "days_past_due": late,
        "status": words[one.ended] if left else "on_book",
        "exit_date": one.exit_date if left else "",
        "default_date": now.defaulted or defaulted or "",
        "cured_date": now.cured or "",
        "pd_12m": RISEN if late else AT_ORIGINATION,
        "pd_12m_at_origination": AT_ORIGINATION,
    }


def _loan(one: Borrower, instant: date) -> Row:
    words = {"prepaid": "prepaid", "matured": "matured", "lost": "written_off"}
    paid = one.standing(min(instant, one.exit_date)).paid
    return {
        **_terms(one, "consumer" if one.term < 12 else "business"),
        "fees_received_minor": one.principal // 20,
        "costs_paid_minor": one.principal // 100,
        "interest_received_minor": sum(one.interest[: paid + 1]),
        **_state(one, instant, words),
    }


def _recoveries(one: Borrower) -> list[date]:
    return [one.exit_date + later for later in RECOVERED_AFTER] if one.ended == "lost" else []


def _events(one: Borrower) -> Iterator[Row]:
    """The write-off and the recoveries of who was lost."""
    told = [(day, "recovery", one.principal // 25) for day in _recoveries(one)]
    if one.ended == "lost":
        told.append((one.exit_date, "write_off", one.balances[one.standing(one.exit_date).paid]))
    for day, kind, amount in told:
        yield {"contract_id": one.name, "event_date": day, "kind": kind, "amount_minor": amount}


def _payments(one: Borrower) -> Iterator[Row]:
    """What was paid of principal and interest; who prepays pays for the days since the last due date too."""
    cash = [
        (now.since, one.balances[last.paid] - one.balances[now.paid], sum(one.interest[last.paid + 1 : now.paid + 1]))
        for last, now in pairwise(one.history)
    ]
    if one.ended == "prepaid":
        number, owed = one.history[-1].paid, one.balances[one.history[-1].paid]
        elapsed = Fraction((one.exit_date - one.due(number)).days, (one.due(number + 1) - one.due(number)).days)
        cash.append((one.exit_date, owed, half_away(owed * Fraction(str(one.annual_rate)) / 12 * elapsed)))
    for day, principal, interest in cash:
        yield {"contract_id": one.name, "date": day, "principal_minor": principal, "interest_minor": interest}


def _guarantee(one: Borrower, instant: date) -> Row:
    words = {"prepaid": "settled_early", "matured": "matured", "lost": "paid_out"}
    state = _state(one, instant, words)
    owed = state["outstanding_principal_minor"] + state["billed_unpaid_interest_minor"]
    recovered = sum(day <= instant for day in _recoveries(one)) * (one.principal // 25)
    return {
        **_terms(one, "guaranteed"),
        "loan_id": f"FUNDED-{one.name}",
        "maturity_date": one.due(one.term),
        **state,
        "paid_out_minor": owed if state["status"] == "paid_out" else 0,
        "recovered_minor": recovered if state["status"] == "paid_out" else 0,
    }


def _fees(one: Borrower, instant: date) -> Iterator[Row]:
    """A fee with each instalment, collected with it; of who left, up to and including the day."""
    paid = one.history[-1].paid if one.exit_date <= instant else one.standing(instant).paid
    fee = one.principal // 120
    for number in range(1, one.term + 1):
        yield {
            "contract_id": one.name, "due_date": one.due(number), "coverage_start": one.due(number - 1),
            "coverage_end": one.due(number), "fee_minor": fee, "collected_minor": fee if number <= paid else 0,
        }  # fmt: skip


def _write(path: Path, rows: Sequence[Row], columns: Sequence[str] = ()) -> None:
    with path.open("w", newline="", encoding="utf-8") as file:
        table = csv.DictWriter(file, columns or list(rows[0]), lineterminator="\n")
        table.writeheader()
        table.writerows(rows)

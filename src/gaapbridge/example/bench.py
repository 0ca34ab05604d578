"""Tapes for benchmarks: any number of loans in closed form, written row group by row group.

Nothing is simulated: a loan's state follows from its age and its unpaid instalments. That is enough to give
every part of a close its usual work, at a cost far below the work measured.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gaapbridge.example.calendar import NO_DATE, Days, anchor_of, day_number, month_of, months_later, on_day
from gaapbridge.example.curves import write_curves
from gaapbridge.example.market import BANDS, CHANNELS, DEFAULT_DAYS, SEGMENTS
from gaapbridge.example.plan_text import write_plan
from gaapbridge.example.tapes import NO_AMOUNT, REPAYMENT_TYPES, ROW_GROUP_ROWS, event_tape, loan_tape

OPENING, CLOSING = date(2022, 12, 31), date(2023, 12, 31)
_LEVEL, _EQUAL, _BULLET = (REPAYMENT_TYPES.index(kind) for kind in REPAYMENT_TYPES[:3])
_YEAR_MONTHS = 12

_Whole = NDArray[np.int64]
_Numbers = NDArray[np.float64]


@dataclass(frozen=True)
class BenchFiles:
    """What was written: the plan, both tapes with their rows, and the events (none)."""

    plan: Path
    opening_tape: Path
    closing_tape: Path
    events: Path
    opening_rows: int
    closing_rows: int


def write_bench_tapes(folder: Path, loans: int, *, seed: int = 20231231, young: bool = False) -> BenchFiles:
    """Write two tapes of ``loans`` contracts on book, curves, no events and a plan without a ledger.

    Every contract is on book at both instants, so its term is 18 to 36 months. With ``young`` the closing
    tape has the terms of a consumer lender (mean about 12 months, 6 to run) and the opening tape only the
    contracts old enough. Memory does not grow with ``loans``; the same arguments give the same bytes.
    """
    tapes = {
        "opening": f"tapes/loans-{OPENING}.parquet",
        "closing": f"tapes/loans-{CLOSING}.parquet",
        "events": "tapes/events-2023.parquet",
    }
    opening_rows, principal = 0, 0
    chunks = range(0, loans, ROW_GROUP_ROWS)
    seeds = np.random.SeedSequence(seed).spawn(len(chunks))
    with (
        loan_tape(folder / tapes["opening"], SEGMENTS) as opening,
        loan_tape(folder / tapes["closing"], SEGMENTS) as closing,
    ):
        for first, chunk_seed in zip(chunks, seeds, strict=True):
            random = np.random.Generator(np.random.PCG64(chunk_seed))
            terms = _draw_terms(random, first, min(ROW_GROUP_ROWS, loans - first), young=young)
            closing_state = _state(random, terms, terms["age"], CLOSING)
            principal += int(closing_state["outstanding_principal_minor"].sum())
            closing.append({**terms, **closing_state})
            old = terms["age"] >= _YEAR_MONTHS
            before = {name: column[old] for name, column in terms.items()}
            opening.append({**before, **_state(random, before, before["age"] - _YEAR_MONTHS, OPENING)})
            opening_rows += int(old.sum())
    with event_tape(folder / tapes["events"]):
        pass
    write_curves(folder)
    plan = folder / "plan.toml"
    write_plan(
        plan,
        entity="Benchmark Lender",
        opening=OPENING,
        closing=CLOSING,
        tapes=tapes,
        prior_run=False,
        control=(loans, principal),
        trial_balances=None,
    )
    return BenchFiles(
        plan,
        folder / tapes["opening"],
        folder / tapes["closing"],
        folder / tapes["events"],
        opening_rows,
        loans,
    )


def _draw_terms(random: np.random.Generator, first: int, rows: int, *, young: bool) -> dict[str, NDArray[Any]]:
    """Contract terms. ``age``, the instalments due by the closing instant, is not a tape column."""
    if young:
        term = random.choice([3, 6, 12, 24, 36], rows, p=[0.10, 0.20, 0.55, 0.13, 0.02])
        age = (random.random(rows) * term).astype(np.int64)
    else:
        term = random.choice([18, 24, 36], rows, p=[0.60, 0.35, 0.05])
        age = _YEAR_MONTHS + (random.random(rows) * (term - _YEAR_MONTHS)).astype(np.int64)
    origination = _originated(random, age)
    first_payment = months_later(origination, 1)
    principal = random.integers(300_000, 6_000_000, rows)
    kind = random.choice(4, rows, p=[0.80, 0.12, 0.04, 0.04]).astype(np.int8)
    band = random.integers(0, len(BANDS), rows)
    free = kind == 3
    annual_rate = np.where(free, 0.0, np.round(0.07 + 0.04 * band + 0.05 * random.random(rows), 4))
    instalment = _instalment(principal, annual_rate / 12.0, term)
    return {
        "contract_id": first + np.arange(rows),
        "segment": (random.integers(0, len(CHANNELS), rows) * len(BANDS) + band).astype(np.int8),
        "origination_date": origination,
        "first_payment_date": first_payment,
        "maturity_date": on_day((month_of(first_payment) + term - 1).astype(np.int32), anchor_of(first_payment)),
        "principal_minor": principal,
        "annual_rate": annual_rate,
        "term_instalments": term,
        "repayment_type": kind,
        "instalment_minor": np.where(kind == _LEVEL, instalment, NO_AMOUNT),
        "service_fee_minor": np.where(free, principal // 125, 0),
        "fees_received_minor": np.where(free, 0, principal * random.integers(0, 80, rows) // 10_000),
        "costs_paid_minor": principal * random.integers(150, 300, rows) // 10_000,
        "age": age,
    }


def _originated(random: np.random.Generator, age: _Whole) -> Days:
    """Origination dates such that ``age`` monthly due dates have passed at the closing instant."""
    closing_month = int(month_of(np.array([day_number(CLOSING)], dtype=np.int32))[0])
    month = (closing_month - age).astype(np.int32)
    return on_day(month, random.integers(1, 29, age.size).astype(np.int32))


def _instalment(principal: _Whole, rate: _Numbers, term: _Whole) -> _Whole:
    """Level instalment, rounded half up to the minor unit."""
    with np.errstate(divide="ignore", invalid="ignore"):
        payment = np.where(rate > 0.0, principal * rate / (1.0 - (1.0 + rate) ** -term), principal / term)
    return np.floor(payment + 0.5).astype(np.int64)


def _state(
    random: np.random.Generator, terms: Mapping[str, NDArray[Any]], due: _Whole, instant: date
) -> dict[str, NDArray[Any]]:
    """State columns at ``instant``: ``due`` instalments fallen due, the last 0 to 5 of them unpaid."""
    unpaid = np.minimum(random.choice(6, due.size, p=[0.96, 0.018, 0.008, 0.005, 0.005, 0.004]), due)
    paid = due - unpaid
    balance_due, interest_due = _scheduled(terms, due)
    balance, interest_paid = _scheduled(terms, paid)
    oldest = on_day(
        (month_of(terms["first_payment_date"]) + paid).astype(np.int32),
        anchor_of(terms["first_payment_date"]),
    )
    late = unpaid > 0
    days_past_due = np.where(late, day_number(instant) - oldest, 0)
    fee = terms["service_fee_minor"]
    return {
        "outstanding_principal_minor": np.where(late, balance, balance_due),
        "billed_unpaid_interest_minor": interest_due - interest_paid + unpaid * fee,
        "interest_received_minor": interest_paid + paid * fee,
        "days_past_due": days_past_due,
        "default_date": np.where(days_past_due >= DEFAULT_DAYS, oldest + DEFAULT_DAYS, NO_DATE),
        "watch_list": random.random(due.size) < 0.004,
        "forborne": random.random(due.size) < 0.003,
    }


def _scheduled(terms: Mapping[str, NDArray[Any]], instalments: _Whole) -> tuple[_Whole, _Whole]:
    """Balance after the first ``instalments`` and interest within them, in closed form and minor units."""
    principal, term, kind = terms["principal_minor"], terms["term_instalments"], terms["repayment_type"]
    rate = terms["annual_rate"] / 12.0
    growth = (1.0 + rate) ** instalments
    payment = terms["instalment_minor"]
    with np.errstate(divide="ignore", invalid="ignore"):
        annuity = np.where(rate > 0.0, (growth - 1.0) / rate, instalments)
    level = principal * growth - payment * annuity
    part = np.floor(principal / term + 0.5)
    equal = principal - part * instalments
    balance = np.floor(np.select([kind == _LEVEL, kind == _BULLET], [level, principal], equal) + 0.5).astype(np.int64)
    equal_interest = rate * (principal * instalments - part * instalments * (instalments - 1) / 2.0)
    bullet_interest = principal * rate * instalments
    interest = np.select(
        [kind == _LEVEL, kind == _BULLET],
        [payment * instalments - (principal - balance), np.floor(bullet_interest + 0.5)],
        np.floor(equal_interest + 0.5),
    )
    return np.maximum(balance, 0), np.maximum(interest, 0).astype(np.int64)

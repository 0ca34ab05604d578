"""Tapes for benchmarks: any number of contracts in closed form, written row group by row group.

Nothing is simulated: a contract's state follows from its age and its unpaid instalments. That is enough to give
every part of a close its usual work, at a cost far below the work measured.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gaapbridge.example.awards import AWARD_FILES, write_awards
from gaapbridge.example.calendar import NO_DATE, Days, anchor_of, day_number, month_of, months_later, on_day
from gaapbridge.example.curves import write_curves
from gaapbridge.example.market import BANDS, CHANNELS, GUARANTEED_LOANS, OWN_LOANS, RATINGS, Market
from gaapbridge.example.plan_text import write_plan
from gaapbridge.example.tapes import (
    NO_AMOUNT,
    NOT_STATED,
    REPAYMENT_TYPES,
    ROW_GROUP_ROWS,
    TapeWriter,
    event_tape,
    fee_tape,
    guarantee_tape,
    loan_tape,
)

OPENING, CLOSING = date(2022, 12, 31), date(2023, 12, 31)
_LEVEL, _EQUAL, _BULLET = (REPAYMENT_TYPES.index(kind) for kind in REPAYMENT_TYPES[:3])
_YEAR_MONTHS = 12
_LOANS_UNPAID = (0.96, 0.018, 0.008, 0.005, 0.005, 0.004)
_GUARANTEES_UNPAID = (0.968, 0.018, 0.014)
_FEE_IN_10_000 = 60

_Whole = NDArray[np.int64]
_Numbers = NDArray[np.float64]
_Terms = dict[str, NDArray[Any]]


@dataclass(frozen=True)
class BenchFiles:
    """What was written: the plan, the tapes of both instants (opening, closing) with their rows, events (none) and
    awards.
    """

    plan: Path
    loans: tuple[Path, Path]
    guarantees: tuple[Path, Path]
    guarantee_fees: tuple[Path, Path]
    events: Path
    awards: Mapping[str, Path]
    loan_rows: tuple[int, int]
    guarantee_rows: tuple[int, int]
    fee_rows: tuple[int, int]

    @property
    def tapes(self) -> tuple[Path, ...]:
        """Every tape whose size grows with the lender's."""
        return (*self.loans, *self.guarantees, *self.guarantee_fees)


def write_bench_tapes(folder: Path, loans: int, *, seed: int = 20231231, young: bool = False) -> BenchFiles:
    """Write two tapes of ``loans`` loans on book, as many guarantees with their fees, awards, curves, no events and a
    plan without a ledger.

    Every loan is on book at both instants, so its term is 18 to 36 months. With ``young`` the closing tape has
    the terms of a consumer lender (mean about 12 months, 6 to run) and the opening tape only the contracts old
    enough; guarantees are always young. Memory does not grow with ``loans``; the same arguments give the same
    bytes.
    """
    of_loans, of_guarantees, of_awards = np.random.SeedSequence(seed).spawn(3)
    names = {kind: _names(kind) for kind in ("loans", "guarantees", "guarantee_fees")}
    paths = {kind: (folder / opening, folder / closing) for kind, (opening, closing) in names.items()}
    loan_rows, principal = _write_loans(paths["loans"], loans, of_loans, young=young)
    guarantee_rows, fee_rows, guaranteed = _write_guarantees(paths, loans, of_guarantees)
    events = f"tapes/events-{CLOSING.year}.parquet"
    with event_tape(folder / events):
        pass
    awards = write_awards(folder, np.random.Generator(np.random.PCG64(of_awards)), loans)
    write_curves(folder)
    write_plan(
        folder / "plan.toml",
        entity="Benchmark Lender",
        opening=OPENING,
        closing=CLOSING,
        tapes=names,
        events=events,
        payments=None,
        awards=AWARD_FILES,
        prior_run=False,
        control={"loans": (loans, principal), "guarantees": (loans, guaranteed)},
        trial_balances=None,
    )
    return BenchFiles(
        folder / "plan.toml",
        **paths,
        events=folder / events,
        awards=awards,
        loan_rows=loan_rows,
        guarantee_rows=guarantee_rows,
        fee_rows=fee_rows,
    )


def _names(kind: str) -> tuple[str, str]:
    """Paths of an opening and a closing tape, relative to the plan."""
    file = kind.replace("_", "-")
    return f"tapes/{file}-{OPENING}.parquet", f"tapes/{file}-{CLOSING}.parquet"


def _chunks(contracts: int, seed: np.random.SeedSequence) -> Iterator[tuple[np.random.Generator, int, int]]:
    """Random stream, first row and number of rows of each row group."""
    firsts = range(0, contracts, ROW_GROUP_ROWS)
    for first, own in zip(firsts, seed.spawn(len(firsts)), strict=True):
        yield np.random.Generator(np.random.PCG64(own)), first, min(ROW_GROUP_ROWS, contracts - first)


def _write_loans(
    paths: tuple[Path, Path], loans: int, seed: np.random.SeedSequence, *, young: bool
) -> tuple[tuple[int, int], int]:
    """Both loan tapes; their rows, and the closing tape's outstanding principal."""
    opening_rows, principal = 0, 0
    with loan_tape(paths[0], OWN_LOANS.segments) as opening, loan_tape(paths[1], OWN_LOANS.segments) as closing:
        for random, first, rows in _chunks(loans, seed):
            terms = _draw_terms(random, first, rows, young=young)
            state = _state(random, terms, terms["age"], CLOSING, _LOANS_UNPAID, OWN_LOANS)
            principal += int(state["outstanding_principal_minor"].sum())
            closing.append({**terms, **state})
            before = _a_year_old(terms)
            age = before["age"] - _YEAR_MONTHS
            opening.append({**before, **_state(random, before, age, OPENING, _LOANS_UNPAID, OWN_LOANS)})
            opening_rows += age.size
    return (opening_rows, loans), principal


def _write_guarantees(
    paths: Mapping[str, tuple[Path, Path]], guarantees: int, seed: np.random.SeedSequence
) -> tuple[tuple[int, int], tuple[int, int], int]:
    """Both tapes of guarantees and of their fees; the rows of each, and the closing tape's outstanding principal."""
    opening_rows, opening_fees, closing_fees, principal = 0, 0, 0, 0
    with ExitStack() as stack:
        tapes = [stack.enter_context(guarantee_tape(path, GUARANTEED_LOANS.segments)) for path in paths["guarantees"]]
        fees = [stack.enter_context(fee_tape(path)) for path in paths["guarantee_fees"]]
        for random, first, rows in _chunks(guarantees, seed):
            terms = _draw_guarantees(random, first, rows)
            state = _append_guarantees(random, terms, terms["age"], CLOSING, tapes[1], fees[1])
            principal += int(state["outstanding_principal_minor"].sum())
            closing_fees += int(terms["term_instalments"].sum())
            before = _a_year_old(terms)
            _append_guarantees(random, before, before["age"] - _YEAR_MONTHS, OPENING, tapes[0], fees[0])
            opening_rows += before["age"].size
            opening_fees += int(before["term_instalments"].sum())
    return (opening_rows, guarantees), (opening_fees, closing_fees), principal


def _append_guarantees(
    random: np.random.Generator, terms: _Terms, due: _Whole, instant: date, tape: TapeWriter, fees: TapeWriter
) -> _Terms:
    """Add guarantees and their fees to the tapes of an instant; returns their states."""
    state = _state(random, terms, due, instant, _GUARANTEES_UNPAID, GUARANTEED_LOANS)
    tape.append({**terms, **state})
    fees.append(_fees(terms, due - state["unpaid"]))
    return state


def _draw_guarantees(random: np.random.Generator, first: int, rows: int) -> _Terms:
    """Terms of guarantees: those of young loans without charges, all of the funders that wait longest but one, and a fee with
    every instalment.
    """
    terms = _draw_terms(random, first, rows, young=True)
    return terms | {
        "loan_id": terms["contract_id"],
        "segment": terms["segment"] % len(BANDS),
        "guaranteed_share": np.full(rows, NOT_STATED),
        "stand_ready_minor": np.full(rows, NO_AMOUNT),
        "related_party": random.random(rows) < 0.03,
        "service_fee_minor": np.zeros(rows, dtype=np.int64),
        "fee_minor": terms["principal_minor"] * _FEE_IN_10_000 // 10_000,
    }


def _fees(terms: _Terms, paid: _Whole) -> _Terms:
    """Fee instalments of guarantees, due and collected with the first ``paid`` loan instalments."""
    term = terms["term_instalments"]
    which = np.repeat(np.arange(term.size), term)
    place = np.arange(which.size) - np.repeat(np.cumsum(term) - term, term)
    first = terms["first_payment_date"][which]
    due = on_day((month_of(first) + place).astype(np.int32), anchor_of(first))
    before = on_day((month_of(first) + np.maximum(place - 1, 0)).astype(np.int32), anchor_of(first))
    fee = terms["fee_minor"][which]
    return {
        "contract_id": terms["contract_id"][which],
        "due_date": due,
        "coverage_start": np.where(place == 0, terms["origination_date"][which], before),
        "coverage_end": due,
        "fee_minor": fee,
        "collected_minor": np.where(place < paid[which], fee, 0),
    }


def _a_year_old(terms: _Terms) -> _Terms:
    """The contracts that were on book a year before."""
    old = terms["age"] >= _YEAR_MONTHS
    return {name: column[old] for name, column in terms.items()}


def _draw_terms(random: np.random.Generator, first: int, rows: int, *, young: bool) -> _Terms:
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
        "rating": random.integers(0, len(RATINGS), rows),
        "rating_at_origination": random.integers(0, len(RATINGS), rows),
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
    random: np.random.Generator,
    terms: _Terms,
    due: _Whole,
    instant: date,
    unpaid_shares: tuple[float, ...],
    market: Market,
) -> _Terms:
    """State columns at ``instant``: ``due`` instalments fallen due, the last few of them unpaid, by their shares.

    ``unpaid``, the number of those, is not a tape column.
    """
    unpaid = np.minimum(random.choice(len(unpaid_shares), due.size, p=unpaid_shares), due)
    paid = due - unpaid
    balance_due, interest_due = _scheduled(terms, due)
    balance, interest_paid = _scheduled(terms, paid)
    oldest = on_day(
        (month_of(terms["first_payment_date"]) + paid).astype(np.int32),
        anchor_of(terms["first_payment_date"]),
    )
    late = unpaid > 0
    days_past_due = np.where(late, day_number(instant) - oldest, 0)
    default_days = market.default_days[terms["segment"]]
    fee = terms["service_fee_minor"]
    return {
        "outstanding_principal_minor": np.where(late, balance, balance_due),
        "billed_unpaid_interest_minor": interest_due - interest_paid + unpaid * fee,
        "interest_received_minor": interest_paid + paid * fee,
        "days_past_due": days_past_due,
        "default_date": np.where(days_past_due >= default_days, oldest + default_days, NO_DATE),
        "unpaid": unpaid,
        "watch_list": random.random(due.size) < 0.004,
        "forborne": random.random(due.size) < 0.003,
    }


def _scheduled(terms: _Terms, instalments: _Whole) -> tuple[_Whole, _Whole]:
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

"""The example lender as files: three year-ends of tapes, two years of events, awards, curves, a ledger and two plans.

Everything follows from the number of contracts and a seed: the same arguments write the same bytes. Contracts
are simulated in chunks with a random stream each, so memory does not grow with their number.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np

from gaapbridge.example.awards import AWARD_FILES, write_awards
from gaapbridge.example.calendar import day_number
from gaapbridge.example.cash import CashFlows, GuaranteeCash, draw_recoveries
from gaapbridge.example.chart import CHART
from gaapbridge.example.contracts import OWN_PRODUCT, draw_contracts, schedule_of
from gaapbridge.example.curves import write_curves
from gaapbridge.example.fees import fee_instalments
from gaapbridge.example.guarantee_books import GuaranteeYear, guarantee_year
from gaapbridge.example.guarantees import draw_guarantees, fee_rows, guarantee_rows, paid_out
from gaapbridge.example.ledger import (
    Books,
    Ledger,
    keep_ledger,
    read_ledger,
    trial_balance,
    write_ledger,
)
from gaapbridge.example.market import GUARANTEED_LOANS, OWN_LOANS, WRITE_OFF_DAYS
from gaapbridge.example.plan_text import write_plan
from gaapbridge.example.simulate import Payments, simulate
from gaapbridge.example.tapes import TapeWriter, event_tape, fee_tape, guarantee_tape, loan_tape, payment_tape
from gaapbridge.example.year_end import Year, YearEnd, contract_columns, event_rows, listed, loan_rows, lost, payment_rows

INSTANTS = (date(2021, 12, 31), date(2022, 12, 31), date(2023, 12, 31))
GUARANTEES_FOR_TEN_LOANS = 14
_BEFORE_THE_FIRST_LOAN = date(2020, 12, 31)
_CHUNK_ROWS = 32_768
_LEDGER_FILE = "ledger/general-ledger.json"
_DAYS = tuple(day_number(day) for day in (_BEFORE_THE_FIRST_LOAN, *INSTANTS))
_YEARS = tuple(Year(place, _DAYS[place], _DAYS[place + 1]) for place in range(len(INSTANTS)))


@dataclass(frozen=True)
class ExampleFiles:
    """What was written, by year-end or year, and the books behind it.

    ``plans`` are for the closes of 2022 and 2023; ``awards`` by the name of the tape in the plan;
    ``trial_balances`` lack the measured balances until ``complete_ledger`` has been given them.
    """

    folder: Path
    plans: Mapping[int, Path]
    tapes: Mapping[date, Path]
    events: Mapping[int, Path]
    payments: Mapping[int, Path]
    guarantees: Mapping[date, Path]
    guarantee_fees: Mapping[date, Path]
    awards: Mapping[str, Path]
    trial_balances: Mapping[date, Path]
    ledger: Ledger
    books: Books


def write_example(folder: Path, *, loans: int = 20_000, guarantees: int | None = None, seed: int = 20231231) -> ExampleFiles:
    """Write the example lender into ``folder``: it originates ``loans`` contracts from 2021 to 2023, and arranges and
    guarantees ``guarantees`` of other funders (where not given, 14 for 10 loans).
    """
    guaranteed = loans * GUARANTEES_FOR_TEN_LOANS // 10 if guarantees is None else guarantees
    of_loans, of_guarantees, of_awards = np.random.SeedSequence(seed).spawn(3)
    loan_cash, loan_years = _write_loans(folder, loans, of_loans)
    guarantee_cash, guarantee_years = _write_guarantees(folder, guaranteed, of_guarantees)
    awards = write_awards(folder, np.random.Generator(np.random.PCG64(of_awards)), loans)
    write_curves(folder)
    books = Books(loan_cash, guarantee_cash, loan_years, guarantee_years)
    ledger = keep_ledger(books)
    write_ledger(folder / _LEDGER_FILE, ledger)
    trial_balances = complete_ledger(folder, {})
    return ExampleFiles(
        folder=folder,
        plans={year: _write_plan(folder, place, books) for place, year in ((1, 2022), (2, 2023))},
        tapes={instant: folder / _tape_name("loans", instant) for instant in INSTANTS},
        events={instant.year: folder / _event_name(instant.year) for instant in INSTANTS[1:]},
        payments={instant.year: folder / _payment_name(instant.year) for instant in INSTANTS[1:]},
        guarantees={instant: folder / _tape_name("guarantees", instant) for instant in INSTANTS},
        guarantee_fees={instant: folder / _tape_name("guarantee_fees", instant) for instant in INSTANTS},
        awards=awards,
        trial_balances=trial_balances,
        ledger=ledger,
        books=books,
    )


def complete_ledger(folder: Path, measured: Mapping[date, Mapping[str, int]]) -> dict[date, Path]:
    """Write the three trial balances of an example folder again, with the balances measured at each year-end.

    ``measured`` holds, by year-end, amounts in fen by the roles of ``ledger.MEASURED_ROLES``; a year-end not
    given keeps the lender's own books only. Returns the files by year-end.
    """
    ledger = read_ledger(folder / _LEDGER_FILE)
    files = {}
    for instant in INSTANTS:
        before = ledger.before(instant)
        prior = {} if before is None else measured.get(before, {})
        files[instant] = folder / _trial_balance_name(instant)
        files[instant].parent.mkdir(parents=True, exist_ok=True)
        balances = trial_balance(ledger, instant, measured.get(instant, {}), prior)
        files[instant].write_text(CHART.trial_balance(balances), encoding="utf-8", newline="\n")
    return files


def _chunks(rows: int, seed: np.random.SeedSequence) -> Iterator[tuple[int, int, np.random.Generator]]:
    """First row, number of rows and random stream of each chunk."""
    firsts = range(0, rows, _CHUNK_ROWS)
    for first, own in zip(firsts, seed.spawn(len(firsts)), strict=True):
        yield first, min(_CHUNK_ROWS, rows - first), np.random.Generator(np.random.PCG64(own))


def _write_loans(folder: Path, loans: int, seed: np.random.SeedSequence) -> tuple[CashFlows, dict[date, YearEnd]]:
    """The loan tapes and their events; the lender's cash and the balances of each year-end."""
    cash, year_ends = CashFlows(), dict.fromkeys(INSTANTS, YearEnd())
    with ExitStack() as stack:
        tapes = {
            instant: stack.enter_context(loan_tape(folder / _tape_name("loans", instant), OWN_LOANS.segments))
            for instant in INSTANTS
        }
        events = {instant: stack.enter_context(event_tape(folder / _event_name(instant.year))) for instant in INSTANTS[1:]}
        paid = {instant: stack.enter_context(payment_tape(folder / _payment_name(instant.year))) for instant in INSTANTS[1:]}
        for first, rows, random in _chunks(loans, seed):
            contracts = draw_contracts(random, OWN_PRODUCT, first, rows, loans)
            schedule = schedule_of(contracts)
            cash.lend(contracts)
            patience = np.full(rows, WRITE_OFF_DAYS, dtype=np.int32)
            course = simulate(contracts, schedule, OWN_LOANS, patience, random, _DAYS[1:])
            payments = Payments.of(course.payments)
            cash.receive(payments)
            gone = lost(course, _DAYS[-1])
            written_off = contracts.principal[gone.which] - schedule.principal[gone.standing.paid, gone.which]
            cash.write_off(gone.moment, written_off)
            recoveries = draw_recoveries(random, OWN_LOANS, contracts, gone.which, gone.moment, written_off, _DAYS[-1])
            cash.recover(recoveries.when, recoveries.amount)
            for instant, year in zip(INSTANTS, _YEARS, strict=True):
                columns, balances = loan_rows(contracts, schedule, course, listed(course, year))
                tapes[instant].append(columns)
                year_ends[instant] += balances
                if instant in events:
                    events[instant].append(event_rows(contracts, schedule, course, recoveries, year))
                    paid[instant].append(payment_rows(contracts, payments, year))
    return cash, year_ends


def _write_guarantees(
    folder: Path, guarantees: int, seed: np.random.SeedSequence
) -> tuple[GuaranteeCash, dict[date, GuaranteeYear]]:
    """The tapes of guarantees and fees; the lender's cash of them and its books of each year."""
    cash, years = GuaranteeCash(), dict.fromkeys(INSTANTS, GuaranteeYear())
    with ExitStack() as stack:
        tapes = {
            instant: (
                stack.enter_context(guarantee_tape(folder / _tape_name("guarantees", instant), GUARANTEED_LOANS.segments)),
                stack.enter_context(fee_tape(folder / _tape_name("guarantee_fees", instant))),
            )
            for instant in INSTANTS
        }
        for first, rows, random in _chunks(guarantees, seed):
            _write_guarantee_chunk(random, first, rows, guarantees, cash, years, tapes)
    return cash, years


def _write_guarantee_chunk(
    random: np.random.Generator,
    first: int,
    rows: int,
    guarantees: int,
    cash: GuaranteeCash,
    years: dict[date, GuaranteeYear],
    tapes: Mapping[date, tuple[TapeWriter, TapeWriter]],
) -> None:
    """Simulate one chunk of guarantees and append its rows to every tape."""
    given = draw_guarantees(random, first, rows, guarantees)
    loans = given.loans
    schedule = schedule_of(loans)
    cash.funders.lend(loans)
    payout_days = GUARANTEED_LOANS.default_days[loans.segment].astype(np.int32)
    course = simulate(loans, schedule, GUARANTEED_LOANS, payout_days, random, _DAYS[1:])
    cash.funders.receive(Payments.of(course.payments))
    instalments = fee_instalments(loans, given.fees, course)
    cash.collect(instalments.collected_on, instalments.fee, given.related[instalments.which])
    gone = lost(course, _DAYS[-1])
    left = contract_columns(loans, schedule, course, gone)
    paid = paid_out(given, gone, left)
    cash.funders.write_off(gone.moment, left["outstanding_principal_minor"])
    cash.pay_out(gone.moment, paid)
    recoveries = draw_recoveries(random, GUARANTEED_LOANS, loans, gone.which, gone.moment, paid, _DAYS[-1])
    cash.recover(recoveries.when, recoveries.amount)
    for instant, year in zip(INSTANTS, _YEARS, strict=True):
        tape, fees = tapes[instant]
        on_tape = listed(course, year)
        columns = guarantee_rows(given, schedule, course, recoveries, on_tape, year)
        tape.append(columns)
        fees.append(fee_rows(given, instalments, on_tape))
        years[instant] += guarantee_year(given, instalments, course, on_tape, columns, year)


def _write_plan(folder: Path, place: int, books: Books) -> Path:
    """The plan of the close at one year-end; the first starts from its opening tape, the next from the prior run.

    The last is `plan.toml`, the one to edit.
    """
    opening, closing = INSTANTS[place - 1], INSTANTS[place]
    path = folder / ("plan.toml" if closing == INSTANTS[-1] else f"plan-{closing.year}.toml")
    loans, guarantees = books.loan_years[closing], books.guarantee_years[closing]
    write_plan(
        path,
        entity="Example Lender",
        opening=opening,
        closing=closing,
        tapes={key: (_tape_name(key, opening), _tape_name(key, closing)) for key in ("loans", "guarantees", "guarantee_fees")},
        events=_event_name(closing.year),
        payments=_payment_name(closing.year),
        awards=AWARD_FILES,
        prior_run=place > 1,
        control={
            "loans": (loans.rows, loans.outstanding_principal),
            "guarantees": (guarantees.rows, guarantees.outstanding_principal),
        },
        trial_balances=(_trial_balance_name(opening), _trial_balance_name(closing)),
    )
    return path


def _tape_name(key: str, instant: date) -> str:
    return f"tapes/{key.replace('_', '-')}-{instant}.parquet"


def _event_name(year: int) -> str:
    return f"tapes/events-{year}.parquet"


def _payment_name(year: int) -> str:
    return f"tapes/payments-{year}.parquet"


def _trial_balance_name(instant: date) -> str:
    return f"ledger/trial-balance-{instant}.csv"

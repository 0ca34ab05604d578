"""The example lender as files: three year-ends of tapes, two years of events, curves, a ledger and two plans.

Everything follows from the number of loans and a seed: the same arguments write the same bytes. Contracts are
simulated in chunks with a random stream each, so memory does not grow with the number of loans.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np

from gaapbridge.example.calendar import day_number
from gaapbridge.example.cash import CashFlows, draw_recoveries
from gaapbridge.example.contracts import draw_contracts, schedule_of
from gaapbridge.example.curves import write_curves
from gaapbridge.example.ledger import (
    Ledger,
    keep_ledger,
    read_ledger,
    trial_balance,
    write_ledger,
    write_trial_balance,
)
from gaapbridge.example.market import SEGMENTS
from gaapbridge.example.plan_text import write_plan
from gaapbridge.example.simulate import simulate
from gaapbridge.example.tapes import WRITTEN_OFF, TapeWriter, event_tape, loan_tape
from gaapbridge.example.year_end import YearEnd, event_rows, tape_rows

INSTANTS = (date(2021, 12, 31), date(2022, 12, 31), date(2023, 12, 31))
_FOUNDED = date(2020, 12, 31)
_CHUNK_LOANS = 32_768
_LEDGER_FILE = "ledger/general-ledger.json"


@dataclass(frozen=True)
class ExampleFiles:
    """What was written, by year-end or year, and the ledger and cash book behind it.

    ``plans`` are for the closes of 2022 and 2023; ``trial_balances`` lack the measured balances until
    ``complete_ledger`` has been given them.
    """

    folder: Path
    plans: Mapping[int, Path]
    tapes: Mapping[date, Path]
    events: Mapping[int, Path]
    trial_balances: Mapping[date, Path]
    ledger: Ledger
    cash: CashFlows
    year_ends: Mapping[date, YearEnd]


def write_example(folder: Path, *, loans: int = 20_000, seed: int = 20231231) -> ExampleFiles:
    """Write the example lender, which originates ``loans`` contracts from 2021 to 2023, into ``folder``."""
    tapes = {instant: folder / _tape_name(instant) for instant in INSTANTS}
    events = {instant.year: folder / _event_name(instant.year) for instant in INSTANTS[1:]}
    cash = CashFlows()
    year_ends = dict.fromkeys(INSTANTS, YearEnd())
    chunks = range(0, loans, _CHUNK_LOANS)
    seeds = np.random.SeedSequence(seed).spawn(len(chunks))
    with ExitStack() as stack:
        loan_tapes = {instant: stack.enter_context(loan_tape(path, SEGMENTS)) for instant, path in tapes.items()}
        event_tapes = {year: stack.enter_context(event_tape(path)) for year, path in events.items()}
        for first, chunk_seed in zip(chunks, seeds, strict=True):
            random = np.random.Generator(np.random.PCG64(chunk_seed))
            _write_chunk(random, first, loans, cash, year_ends, loan_tapes, event_tapes)
    write_curves(folder)
    ledger = keep_ledger(cash, year_ends)
    write_ledger(folder / _LEDGER_FILE, ledger)
    trial_balances = complete_ledger(folder, {})
    plans = {instant.year: _write_plan(folder, place, year_ends) for place, instant in enumerate(INSTANTS) if place}
    return ExampleFiles(folder, plans, tapes, events, trial_balances, ledger, cash, year_ends)


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
        write_trial_balance(files[instant], trial_balance(ledger, instant, measured.get(instant, {}), prior))
    return files


def _write_chunk(
    random: np.random.Generator,
    first: int,
    loans: int,
    cash: CashFlows,
    year_ends: dict[date, YearEnd],
    loan_tapes: Mapping[date, TapeWriter],
    event_tapes: Mapping[int, TapeWriter],
) -> None:
    """Simulate one chunk of contracts and append its rows to every tape."""
    contracts = draw_contracts(random, first, min(_CHUNK_LOANS, loans - first), loans)
    schedule = schedule_of(contracts)
    cash.lend(contracts)
    days = [day_number(instant) for instant in INSTANTS]
    course = simulate(contracts, schedule, random, days, cash)
    lost = np.flatnonzero((course.status == WRITTEN_OFF) & (course.exit_date <= days[-1]))
    written_off = contracts.principal[lost] - schedule.principal[course.at_exit.paid[lost], lost]
    recoveries = draw_recoveries(random, contracts, lost, course.exit_date[lost], written_off)
    cash.recover(recoveries.when, recoveries.amount)
    openings = [day_number(_FOUNDED), *days[:-1]]
    for place, (instant, opening) in enumerate(zip(INSTANTS, openings, strict=True)):
        rows, balances = tape_rows(contracts, schedule, course, place, opening, days[place])
        loan_tapes[instant].append(rows)
        year_ends[instant] = year_ends[instant].plus(balances)
        if instant.year in event_tapes:
            happened = event_rows(contracts, schedule, course, recoveries, opening, days[place])
            event_tapes[instant.year].append(happened)


def _write_plan(folder: Path, place: int, year_ends: Mapping[date, YearEnd]) -> Path:
    """The plan of the close at one year-end; the first starts from its opening tape, the next from the prior
    run.
    """
    opening, closing = INSTANTS[place - 1], INSTANTS[place]
    path = folder / f"plan-{closing.year}.toml"
    write_plan(
        path,
        entity="Example Lender",
        opening=opening,
        closing=closing,
        tapes={
            "opening": _tape_name(opening),
            "closing": _tape_name(closing),
            "events": _event_name(closing.year),
        },
        prior_run=place > 1,
        control=(year_ends[closing].rows, year_ends[closing].outstanding_principal),
        trial_balances=(_trial_balance_name(opening), _trial_balance_name(closing)),
    )
    return path


def _tape_name(instant: date) -> str:
    return f"tapes/loans-{instant}.parquet"


def _event_name(year: int) -> str:
    return f"tapes/events-{year}.parquet"


def _trial_balance_name(instant: date) -> str:
    return f"ledger/trial-balance-{instant}.csv"

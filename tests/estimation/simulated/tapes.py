"""The simulated lender's tapes of loans at a month end, from what its history says by then, and its outcomes as one file."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl

from gaapbridge.estimation import months as words
from gaapbridge.estimation.months import Months
from tests.estimation.simulated.filed import SEGMENTS, Filed, month_end
from tests.estimation.simulated.lender import FIRST

DEFAULT_DAYS = 90
LEFT = {words.PREPAID: "prepaid", words.MATURED: "matured", words.CHARGED_OFF: "written_off"}


def outcomes(rows: Filed) -> pl.DataFrame:
    """What was written off and what came in, one row each: contract, day, what, amount."""
    parts = [
        rows.charge_offs.select("contract_id", "month_end", amount="written_off_minor", event=pl.lit("charge-off")),
        rows.recoveries.select("contract_id", "month_end", amount="recovered_minor", event=pl.lit("recovery")),
    ]
    return pl.concat(parts).rename({"month_end": "Posting Date", "amount": "Amount (cents)"})


def loans_tape(months: Months, at: int, since: int | None = None) -> pl.DataFrame:
    """Loans on book at the end of a month, and those that left after ``since``; nothing later is read."""
    rows = [row for number in range(len(months.segment)) for row in _of_loan(months, number, at, since)]
    return pl.DataFrame(rows, infer_schema_length=None)


def _of_loan(months: Months, number: int, at: int, since: int | None) -> Iterator[dict[str, Any]]:
    own = (months.contract == number) & (months.month <= at)
    if not own.any():
        return
    columns = (months.month, months.age, months.remaining, months.arrears_days, months.balance_minor, months.event)
    seen = list(zip(*(one[own].tolist() for one in columns), strict=True))
    state: dict[str, Any] = {"default_date": None, "cured_date": None, "missed": None}
    before = seen[0]
    for one in seen:
        month, _, _, days, _, event = one
        if event in LEFT:
            if since is not None and since < month <= at:
                yield _row(months, number, before, state, LEFT[event], month)
            return
        _moved(state, month, days)
        before = one
    if before[0] == at:
        yield _row(months, number, before, state, "on_book", at)


def _moved(state: dict[str, Any], month: int, days: int) -> None:
    defaulted = state["default_date"] is not None and state["cured_date"] is None
    if days >= DEFAULT_DAYS and not defaulted:
        state["default_date"], state["cured_date"] = month_end(month), None
    elif days == 0 and defaulted:
        state["cured_date"] = month_end(month)
    if days > 0:
        state["missed"] = month


def _row(months: Months, number: int, at: tuple[int, ...], state: dict[str, Any], status: str, month: int) -> dict[str, Any]:
    seen, age, remaining, days, balance, _ = at
    vintage = int(months.vintage[number])
    left = status != "on_book"
    return {
        "contract_id": f"K{number:06d}",
        "segment": SEGMENTS[months.segment[number]],
        "currency": "USD",
        "origination_date": _day(vintage, 15),
        "first_payment_date": _day(vintage + 1, 15),
        "principal_minor": int(months.principal_minor[number]),
        "annual_rate": float(months.rate[number]),
        "term_instalments": age + remaining,
        "repayment_type": "level",
        "outstanding_principal_minor": balance,
        "days_past_due": days,
        "status": status,
        "exit_date": _day(month, 20) if left else None,
        "default_date": state["default_date"],
        "cured_date": state["cured_date"],
        "months_since_last_missed": None if state["missed"] is None else seen - state["missed"],
    }


def _day(month: int, day: int) -> date:
    return month_end(month).replace(day=day)


def write_files(folder: Path, months: Months, rows: Filed, opening: int, closing: int) -> dict[str, tuple[Path, ...]]:
    """The files of a lender by the names that ``OwnFiles`` has for them: its history, and its tapes of both instants."""
    names = {one: folder / f"loans-{month_end(one)}.csv" for one in (opening, closing)}
    loans_tape(months, opening).write_csv(names[opening])
    loans_tape(months, closing, opening).write_csv(names[closing])
    rows.performance.write_csv(folder / "months.csv")
    outcomes(rows).write_csv(folder / "outcomes.csv")
    history = {"history": (folder / "months.csv",), "history_outcomes": (folder / "outcomes.csv",)}
    return {"loans": (names[opening], names[closing]), **history}


def lately(months: Months) -> Months:
    """The same history, four years later: it ends in December 2023."""
    return replace(months, month=months.month + _LATER, vintage=months.vintage + _LATER, first_seen=months.first_seen + _LATER)


_LATER = 48
LAST = FIRST + 59 + _LATER
"""The last month of that."""

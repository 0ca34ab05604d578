"""The columns of a chunk of contracts: opening and closing rows of one contract side by side, as arrays for the kernels.

The tape's words are kept; amounts become float64 only here, on their way to an estimate.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from gaapbridge.difference import PATHS
from gaapbridge.measure import kernels
from gaapbridge.measure.calendar import first_period_length
from gaapbridge.measure.rounding import to_minor
from gaapbridge.period_close.setting import Setting

Whole = NDArray[np.int64]
Numbers = NDArray[np.float64]
Dates = NDArray[np.datetime64]
Flags = NDArray[np.bool_]

_KIND = {
    "level": kernels.LEVEL,
    "equal_principal": kernels.EQUAL_PRINCIPAL,
    "bullet": kernels.BULLET,
    "interest_free_instalments": kernels.INTEREST_FREE,
}

TERMS = (
    "segment", "origination_date", "first_payment_date", "principal_minor", "annual_rate", "term_instalments",
    "repayment_type", "instalment_minor", "service_fee_minor", "fees_received_minor", "costs_paid_minor",
)  # fmt: skip
"""Columns of a contract that do not change while it runs; both tapes must agree on them."""


@dataclass(frozen=True)
class StateRows:
    """What the tape says of each contract in one state; rows that are not ``on_book`` then hold nothing of meaning."""

    on_book: Flags
    instant: Dates
    principal: Numbers
    billed_interest: Numbers
    days_past_due: Whole
    default_date: Dates
    cured_date: Dates
    nonaccrual_date: Dates
    watch_list: Flags
    forborne: Flags


@dataclass(frozen=True)
class Contracts:
    """N contracts: their terms, their states and their cash."""

    contract_id: pl.Series
    status: pl.Series
    path: Whole
    segment: Whole
    origination_version: Whole
    origination_date: Dates
    first_payment_date: Dates
    first_length: Numbers
    principal: Numbers
    rate: Numbers
    term_instalments: Whole
    kind: Whole
    instalment: Numbers
    part: Numbers
    service_fee: Numbers
    initial: Numbers
    cost_share: Numbers
    fees_received: Whole
    costs_paid: Whole
    interest_received: Whole
    recovered: Numbers
    written_off_principal: Numbers
    written_off_date: Dates
    listed_at_opening: Flags
    listed_at_closing: Flags
    settled: Flags
    newly_written_off: Flags
    states: dict[str, StateRows]


def side_by_side(opening: pl.DataFrame, closing: pl.DataFrame, recovered: pl.DataFrame) -> pl.DataFrame:
    """Opening and closing rows joined by contract, in the order of contract ids; opening columns end in ``_opening``."""
    joined = closing.join(opening, on="contract_id", how="full", suffix="_opening", coalesce=True)
    joined = joined.with_columns(pl.coalesce(pl.col(name), pl.col(f"{name}_opening")).alias(name) for name in TERMS)
    return joined.join(recovered, on="contract_id", how="left").sort("contract_id")


def contracts_of(joined: pl.DataFrame, setting: Setting) -> Contracts:
    """The arrays of a chunk made by ``side_by_side``."""
    origination, first_payment = _dates(joined, "origination_date"), _dates(joined, "first_payment_date")
    kind = joined["repayment_type"].replace_strict(_KIND, return_dtype=pl.Int64).to_numpy()
    term, principal = _whole(joined, "term_instalments"), _whole(joined, "principal_minor").astype(np.float64)
    rate = np.where(kind == kernels.INTEREST_FREE, 0.0, _numbers(joined, "annual_rate") / 12.0)
    fees, costs, service = (_whole(joined, name) for name in ("fees_received_minor", "costs_paid_minor", "service_fee_minor"))
    position = {name: number for number, name in enumerate(setting.segments)}
    path, opened, remained, left = _paths(joined, setting)
    written_off = (joined["status"] == "written_off").fill_null(False).to_numpy()
    earlier = (joined["status_opening"] == "written_off").fill_null(False).to_numpy()
    was_off = written_off | earlier
    at_closing = joined["status"].is_not_null().to_numpy()
    outstanding = np.where(
        at_closing, _whole(joined, "outstanding_principal_minor"), _whole(joined, "outstanding_principal_minor_opening")
    )
    exit_date = np.where(at_closing, _dates(joined, "exit_date"), _dates(joined, "exit_date_opening"))
    late_instant = np.where(left, _dates(joined, "exit_date"), np.datetime64(setting.closing))
    return Contracts(
        contract_id=joined["contract_id"],
        status=joined["status"].fill_null("missing"),
        path=path,
        segment=joined["segment"].replace_strict(position, return_dtype=pl.Int64).to_numpy(),
        origination_version=setting.version_at(origination),
        origination_date=origination,
        first_payment_date=first_payment,
        first_length=first_period_length(origination, first_payment),
        principal=principal,
        rate=rate,
        term_instalments=term,
        kind=kind,
        instalment=_instalments(joined, principal, rate, term, kind),
        part=to_minor(principal / term).astype(np.float64),
        service_fee=service.astype(np.float64),
        initial=principal - fees + costs,
        cost_share=_cost_share(fees, costs, service),
        fees_received=fees,
        costs_paid=costs,
        interest_received=np.where(
            at_closing, _whole(joined, "interest_received_minor"), _whole(joined, "interest_received_minor_opening")
        )
        - np.where(opened, _whole(joined, "interest_received_minor_opening"), 0),
        recovered=_whole(joined, "recovered_minor").astype(np.float64),
        written_off_principal=np.where(was_off, outstanding, 0).astype(np.float64),
        written_off_date=np.where(was_off, exit_date, np.datetime64("NaT")),
        listed_at_opening=earlier,
        listed_at_closing=written_off,
        settled=left & ~written_off,
        newly_written_off=left & written_off,
        states={
            "opening": _rows(joined, opened, np.full(len(path), np.datetime64(setting.opening)), "_opening"),
            "late": _rows(joined, remained | left, late_instant, ""),
            "closing": _rows(joined, remained, np.full(len(path), np.datetime64(setting.closing)), ""),
        },
    )


def _paths(joined: pl.DataFrame, setting: Setting) -> tuple[Whole, Flags, Flags, Flags]:
    """What became of each contract, and whether it was on book at the opening, at the closing, or left in between."""
    opened = (joined["status_opening"] == "on_book").fill_null(False).to_numpy()
    remained = (joined["status"] == "on_book").fill_null(False).to_numpy()
    listed = joined["status"].is_not_null().to_numpy()
    exit_date = _dates(joined, "exit_date")
    left = listed & ~remained & (exit_date > np.datetime64(setting.opening))
    off = (joined["status"] == "written_off").fill_null(False).to_numpy()
    earlier = (joined["status_opening"] == "written_off").fill_null(False).to_numpy()
    names = [
        (opened & remained, "stayed"),
        (~opened & remained, "new"),
        (opened & left & ~off, "settled"),
        (~opened & left & ~off, "new_settled"),
        (opened & left & off, "written_off"),
        (~opened & left & off, "new_written_off"),
        ((off & ~left) | (earlier & ~opened), "written_off_earlier"),
        (opened & ~listed, "lost"),
    ]
    path = np.full(len(opened), PATHS.index("ignored"), dtype=np.int64)
    for flags, name in reversed(names):
        path[flags] = PATHS.index(name)
    return path, opened, remained, left


def _rows(joined: pl.DataFrame, on_book: Flags, instant: Dates, suffix: str) -> StateRows:
    return StateRows(
        on_book=on_book,
        instant=instant,
        principal=_whole(joined, "outstanding_principal_minor" + suffix).astype(np.float64),
        billed_interest=_whole(joined, "billed_unpaid_interest_minor" + suffix).astype(np.float64),
        days_past_due=_whole(joined, "days_past_due" + suffix),
        default_date=_dates(joined, "default_date" + suffix),
        cured_date=_dates(joined, "cured_date" + suffix),
        nonaccrual_date=_dates(joined, "nonaccrual_date" + suffix),
        watch_list=_flags(joined, "watch_list" + suffix),
        forborne=_flags(joined, "forborne" + suffix),
    )


def _instalments(joined: pl.DataFrame, principal: Numbers, rate: Numbers, term: Whole, kind: Whole) -> Numbers:
    """Level instalment of each contract: as the tape has it, else computed and rounded to minor units."""
    given = joined["instalment_minor"]
    instalment = given.fill_null(0).to_numpy().astype(np.float64)
    absent = np.nonzero(given.is_null().to_numpy() & (kind == kernels.LEVEL))[0]
    if absent.size:
        computed = [kernels.level_instalment(principal[c], rate[c], term[c]) for c in absent]
        instalment[absent] = to_minor(np.array(computed))
    return instalment


def _cost_share(fees: Whole, costs: Whole, service: Whole) -> Numbers:
    """Share of the deferral that comes from costs paid; the rest comes from fees.

    Without a service fee the deferral is proportional to costs less fees, and so are its parts. With one it is not, and
    the share is by gross amounts; exact where only fees or only costs were charged.
    """
    base = np.where(service == 0, costs - fees, costs + fees)
    share: Numbers = np.where(base != 0, costs / np.where(base != 0, base, 1), 0.0)
    return share


def _whole(joined: pl.DataFrame, name: str) -> Whole:
    return (
        joined[name].fill_null(0).to_numpy().astype(np.int64) if name in joined.columns else np.zeros(joined.height, np.int64)
    )


def _numbers(joined: pl.DataFrame, name: str) -> Numbers:
    return joined[name].to_numpy().astype(np.float64)


def _dates(joined: pl.DataFrame, name: str) -> Dates:
    return joined[name].to_numpy().astype("datetime64[D]")


def _flags(joined: pl.DataFrame, name: str) -> Flags:
    return joined[name].fill_null(False).to_numpy().astype(np.bool_)

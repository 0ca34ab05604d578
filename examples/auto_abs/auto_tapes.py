"""Loan tapes at the two instants and the events between them, in the tape contract's columns."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from fractions import Fraction

import polars as pl
from auto_assumptions import (
    CURTAILMENT_RATIO,
    DAYS_A_MISSED_MONTH,
    DEALER_COST_SHARE,
    DEFAULT_MISSED,
    DUE_DAY,
)
from auto_filed import last_day, month_number
from auto_source import Source

from gaapbridge.contracts.loans.schema import LOANS
from gaapbridge.contracts.schedule_and_standing import RISK
from gaapbridge.terms.money import round_half_away

_STATE = (
    "contract_id", "status", "exit_date", "outstanding_minor", "missed",
    "default_month", "default_minor", "cure_month", "missed_month", "interest_to_date_minor",
)  # fmt: skip


def loan_tape(source: Source, instant: date, since: date | None = None) -> pl.DataFrame:
    """The tape at an instant: on book, or written off by then; with ``since``, also all that left after it.

    The opening tape has no ``since``: a contract repaid before it is on no tape.
    """
    gone = source.exits.filter(pl.col("exit_date") <= instant)
    listed = pl.col("status") == "written_off"
    if since is not None:
        listed = listed | (pl.col("exit_date") > since)
    states = pl.concat([_on_book(source, instant), gone.filter(listed).select(_STATE)], how="vertical_relaxed")
    return _in_contract_form(states.join(source.contracts, on="contract_id").sort("contract_id"), instant)


def on_book_rows(source: Source, instant: date) -> pl.DataFrame:
    """The filed months that end at an instant with a balance."""
    return source.months.filter((pl.col("month") == month_number(instant)) & (pl.col("end_minor") > 0))


def _on_book(source: Source, instant: date) -> pl.DataFrame:
    return on_book_rows(source, instant).select(
        "contract_id",
        pl.lit("on_book").alias("status"),
        pl.lit(None, dtype=pl.Date).alias("exit_date"),
        pl.col("end_minor").alias("outstanding_minor"),
        *_STATE[4:],
    )


def _in_contract_form(rows: pl.DataFrame, instant: date) -> pl.DataFrame:
    written_off, running = pl.col("status") == "written_off", pl.col("cure_month").is_null()
    in_default = pl.col("default_month").is_not_null() & running
    late_by_state = pl.col("missed") >= DEFAULT_MISSED
    # A write-off is itself a default where no run is open: the limit may be reached in the month of leaving.
    fresh = (written_off | late_by_state) & ~in_default
    unpaid = _interest_of(rows, "outstanding_minor", rows["missed"])
    at_default = _interest_of(rows, "default_minor", pl.Series([DEFAULT_MISSED]).new_from_index(0, rows.height))
    described = pl.col("exit_date").fill_null(instant)  # the day on which a row describes its contract
    month_at = described.dt.year().cast(pl.Int32) * 12 + described.dt.month() - 1
    agrees = pl.col("maturity_month_number") == pl.col("first_payment_month_number") + pl.col("term_instalments") - 1
    costs = [_share(amount, DEALER_COST_SHARE) for amount in rows["principal_minor"]]
    return rows.with_columns(
        pl.lit("USD").alias("currency"),
        pl.col("origination_month").dt.replace(day=DUE_DAY).alias("origination_date"),
        pl.col("first_payment_month").dt.replace(day=DUE_DAY).alias("first_payment_date"),
        pl.when(agrees).then(pl.col("maturity_month").dt.replace(day=DUE_DAY)).alias("maturity_date"),
        pl.lit("level").alias("repayment_type"),
        pl.lit(0, dtype=pl.Int64).alias("service_fee_minor"),
        pl.lit(0, dtype=pl.Int64).alias("fees_received_minor"),
        pl.Series("costs_paid_minor", costs, dtype=pl.Int64),
        pl.col("outstanding_minor").alias("outstanding_principal_minor"),
        pl.Series("billed_unpaid_interest_minor", unpaid, dtype=pl.Int64),
        pl.lit(0, dtype=pl.Int64).alias("service_fees_ahead_minor"),
        pl.col("interest_to_date_minor").fill_null(0).clip(lower_bound=0).alias("interest_received_minor"),
        (pl.col("missed") * DAYS_A_MISSED_MONTH).alias("days_past_due"),
        pl.when(fresh).then("exit_date").otherwise(last_day(pl.col("default_month"))).alias("default_date"),
        pl.when(~fresh).then(last_day(pl.col("cure_month"))).alias("cured_date"),
        (month_at - pl.col("missed_month")).cast(pl.Int64).alias("months_since_last_missed"),
        pl.lit(None, dtype=pl.Date).alias("nonaccrual_date"),
        pl.lit(False).alias("watch_list"),
        pl.lit(False).alias("forborne"),
        pl.when(fresh)
        .then(pl.col("outstanding_minor") + pl.Series(unpaid, dtype=pl.Int64))
        .otherwise(pl.col("default_minor") + pl.Series(at_default, dtype=pl.Int64))
        .alias("claim_at_default_minor"),
        pl.lit(None, dtype=pl.String).alias("day_count"),
        pl.lit(None, dtype=pl.String).alias("payment_frequency"),
        *(pl.lit(None, dtype=column.dtype).alias(column.name) for column in RISK),
    ).select(LOANS.names)


def _share(amount_minor: int, share: Fraction) -> int:
    return round_half_away(amount_minor * share)


def _interest_of(rows: pl.DataFrame, balance: str, missed: pl.Series) -> list[int | None]:
    """Interest fallen due and unpaid on a balance, an estimate: balance x rate/12 x months missed, in cents; none without one.

    12,000.00 at 6 % with two months missed: 120.00.
    """
    return [
        None if owed is None else round_half_away(Fraction(Decimal(str(rate))) * owed * months / 12)
        for owed, rate, months in zip(rows[balance], rows["annual_rate"], missed, strict=True)
    ]


def events(source: Source, since: date, until: date) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Events after ``since`` up to ``until``, and the recovery cash that became no event, with the reason."""
    left = source.exits.filter((pl.col("exit_date") > since) & (pl.col("exit_date") <= until))
    kind = {"written_off": "write_off", "prepaid": "prepayment"}
    exits = left.filter(pl.col("status").is_in(list(kind))).select(
        "contract_id",
        pl.col("exit_date").alias("event_date"),
        pl.col("status").replace_strict(kind).alias("kind"),
        pl.col("outstanding_minor").alias("amount_minor"),
    )
    recoveries, unused = _recoveries(source, since, until)
    found = pl.concat([exits, _curtailments(source, since, until), recoveries], how="vertical_relaxed")
    return found.sort("contract_id", "event_date", "kind"), unused


def _curtailments(source: Source, since: date, until: date) -> pl.DataFrame:
    """Principal paid early by contracts that stayed: cash above what was due, past the stated share of it.

    Due = instalment x (1 + months missed before). 300 due, 500 paid of which 480 principal: 200 early.
    """
    stayed = pl.col("month").is_between(month_number(since) + 1, month_number(until)) & (pl.col("end_minor") > 0)
    due = pl.col("instalment_minor") * (1 + pl.col("missed_before"))
    over = pl.col("paid_minor") * CURTAILMENT_RATIO.denominator > due * CURTAILMENT_RATIO.numerator
    early = pl.min_horizontal(pl.col("paid_minor") - due, "principal_paid_minor")
    rows = source.months.filter(stayed).join(source.contracts.select("contract_id", "instalment_minor"), on="contract_id")
    return rows.filter(over & (early > 0)).select(
        "contract_id",
        last_day(pl.col("month")).alias("event_date"),
        pl.lit("prepayment").alias("kind"),
        early.alias("amount_minor"),
    )


def recovery_cash(source: Source, since: date, until: date) -> pl.DataFrame:
    """Recovery cash of the period: filed in it, or filed before for a contract written off in it.

    ``credited_month``: the month of the cash or, where that is earlier, of the write-off; null for a contract
    that has not been written off by ``until``.
    """
    written_off = source.exits.filter((pl.col("status") == "written_off") & (pl.col("exit_date") <= until))
    rows = source.cash.filter(pl.col("month") <= month_number(until)).join(
        written_off.select("contract_id", "exit_month"), on="contract_id", how="left"
    )
    credited = pl.when(pl.col("exit_month").is_not_null()).then(pl.max_horizontal("month", "exit_month"))
    filed_in, credited_in = (
        pl.col("month") > month_number(since),
        pl.col("credited_month") > month_number(since),
    )
    return rows.with_columns(credited.alias("credited_month")).filter(filed_in | credited_in).drop("exit_month")


def _recoveries(source: Source, since: date, until: date) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Recoveries net of costs and reversals: a negative row takes from the latest receipts, then later ones.

    Fees of 300 after nothing received become no event (an event's amount is positive): they are listed as
    unused.
    """
    cash = recovery_cash(source, since, until)
    held = cash.filter(pl.col("credited_month").is_null())
    found: list[tuple[str, int, int]] = []
    unused = [(key, month, amount, _HELD) for key, month, amount in held.drop("credited_month").iter_rows()]
    credited = cash.filter(pl.col("credited_month").is_not_null()).sort("contract_id", "credited_month", "month")
    for (contract,), rows in credited.group_by("contract_id", maintain_order=True):
        receipts: list[list[int]] = []
        owed = 0
        for month, amount in rows.group_by("credited_month", maintain_order=True).agg(pl.col("cash_minor").sum()).iter_rows():
            owed -= min(amount, 0)
            amount = max(amount, 0)
            while owed and receipts:
                taken = min(owed, receipts[-1][1])
                receipts[-1][1] -= taken
                owed -= taken
                if not receipts[-1][1]:
                    receipts.pop()
            taken = min(owed, amount)
            owed -= taken
            if amount > taken:
                receipts.append([month, amount - taken])
        found += [(str(contract), month, amount) for month, amount in receipts]
        if owed:
            last_cost = rows.filter(pl.col("cash_minor") < 0)["month"].max()
            unused.append((str(contract), int(last_cost), -owed, _COST))  # type: ignore[arg-type]
    schema = {"contract_id": pl.String, "month": pl.Int32, "amount_minor": pl.Int64}
    recoveries = pl.DataFrame(found, schema=schema, orient="row").select(
        "contract_id",
        last_day(pl.col("month")).alias("event_date"),
        pl.lit("recovery").alias("kind"),
        "amount_minor",
    )
    return recoveries, pl.DataFrame(unused, schema={**schema, "reason": pl.String}, orient="row")


_HELD = "proceeds of a contract that is not written off by the closing: they fall in the period of its write-off"
_COST = "repossession cost or reversal above the cash received in the period: an event's amount is positive"

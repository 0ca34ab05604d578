"""What was left out and why, and the proof that nothing else was: source = used + excluded."""

from __future__ import annotations

from datetime import date

import polars as pl
from auto_filed import month_number, unexplained
from auto_source import CHARGED, FELL, Source
from auto_tapes import recovery_cash

_EXCLUDED = ("tie", "contract_id", "month", "amount_minor", "reason")


def excluded_rows(source: Source, closing: pl.DataFrame, unused_cash: pl.DataFrame, since: date, until: date) -> pl.DataFrame:
    """Every source row that is on no tape and no event, one line each, with the reason."""
    exits = source.exits.select("contract_id", "exit_month")
    off_tape = source.contracts.join(closing, on="contract_id", how="anti").join(exits, on="contract_id", how="left")
    late = pl.col("exit_month").is_null() | (pl.col("exit_month") > month_number(until))
    contracts = off_tape.select(
        pl.lit("contracts").alias("tie"),
        "contract_id",
        pl.col("exit_month").alias("month"),
        pl.col("principal_minor").alias("amount_minor"),
        pl.when(late).then(pl.lit("no report with a balance by the closing instant"))
        .otherwise(pl.lit("repaid before the opening instant")).alias("reason"),
    )  # fmt: skip
    cash = unused_cash.select(pl.lit("recovery_cash").alias("tie"), *_EXCLUDED[1:])
    moved = [_moved(source, since, until, amount, why) for amount, why in _MOVED]
    after = _in_period(source.after_exit, since, until)
    silent = after.join(source.cash, on=["contract_id", "month"], how="anti").select(
        pl.lit("rows_after_exit").alias("tie"),
        "contract_id",
        "month",
        pl.lit(0, dtype=pl.Int64).alias("amount_minor"),
        pl.lit("reported again after leaving, without cash").alias("reason"),
    )
    credit = [_credit_balances(source, instant) for instant in (since, until)]
    undone = [_undone_write_offs(source, since, until), _undone_payoffs(source, since, until)]
    parts = [contracts, cash, *moved, silent, *credit, *undone]
    found = pl.concat(parts, how="vertical_relaxed").sort("tie", "contract_id", "month")
    # Months are written as the source writes them: 201906.
    filed_month = pl.col("month") // 12 * 100 + pl.col("month") % 12 + 1
    return found.with_columns(filed_month.alias("month"))


def _credit_balances(source: Source, instant: date) -> pl.DataFrame:
    """Balances below nil at an instant: the borrower overpaid and left; what the lender owes is no loan."""
    return _filed_balances(source, instant).filter(pl.col("end_minor") < 0).select(
        pl.lit(f"balance_{instant}").alias("tie"),
        "contract_id",
        "month",
        pl.col("end_minor").alias("amount_minor"),
        pl.lit("credit balance: overpaid, and left").alias("reason"),
    )  # fmt: skip


_MOVED = (
    (pl.col("adjustment_minor"), "balance adjusted without payment or charge-off: no event, in the balances"),
    (pl.col("brought_minor") - pl.col("begin_minor"), "the month begins with another balance than the one before ended with"),
    (unexplained(), "the balance moved otherwise than by its month's payments"),
)


def _moved(source: Source, since: date, until: date, amount: pl.Expr, why: str) -> pl.DataFrame:
    """Falls of a balance that are no payment and no charge-off, by contract and month."""
    return _in_period(source.months, since, until).filter(amount != 0).select(
        pl.lit("principal_movement").alias("tie"),
        "contract_id",
        "month",
        amount.alias("amount_minor"),
        pl.lit(why).alias("reason"),
    )  # fmt: skip


def _undone_write_offs(source: Source, since: date, until: date) -> pl.DataFrame:
    """Charge-offs filed of a contract that did not leave by them, and what was last owed to one that is no longer reported."""
    charged = _in_period(source.months, since, until).filter(pl.col("charge_off_minor") != 0)
    exits = source.exits.filter(pl.col("status") == "written_off").select("contract_id", pl.col("exit_month").alias("month"))
    kept = charged.join(exits, on=["contract_id", "month"], how="anti").select(
        "contract_id",
        "month",
        pl.col("charge_off_minor").alias("amount_minor"),
        pl.when(CHARGED)
        .then(pl.lit("charged off, and on book again later: it never left"))
        .otherwise(pl.lit("charged off in part or reversed: the contract did not leave by it"))
        .alias("reason"),
    )
    owed = _left(source, since, until).filter(pl.col("end_minor") < 0).select(
        "contract_id",
        "month",
        pl.col("end_minor").alias("amount_minor"),
        pl.lit("credit balance that is no longer reported").alias("reason"),
    )  # fmt: skip
    return pl.concat([kept, owed]).select(pl.lit("write_offs").alias("tie"), *_EXCLUDED[1:])


def _undone_payoffs(source: Source, since: date, until: date) -> pl.DataFrame:
    exits = source.exits.filter(pl.col("status") != "written_off").select("contract_id", pl.col("exit_month").alias("month"))
    return _payoffs(source, since, until).join(exits, on=["contract_id", "month"], how="anti").select(
        pl.lit("full_prepayments").alias("tie"),
        "contract_id",
        "month",
        pl.col("brought_minor").alias("amount_minor"),
        pl.lit("repaid, and on book again later: it never left").alias("reason"),
    )  # fmt: skip


def ties(
    source: Source,
    tapes: dict[date, pl.DataFrame],
    events: pl.DataFrame,
    excluded: pl.DataFrame,
) -> pl.DataFrame:
    """One line per tie; ``tapes`` holds the opening and closing tape by instant, in that order.

    A line that does not tie is our mistake, not the lender's: it stops the run.
    """
    since, until = tapes
    closing = tapes[until]
    rows = [
        _tie("contracts", _sum(source.contracts, "principal_minor"), _sum(closing, "principal_minor"), excluded),
        *(_balance_tie(source, tape, instant, excluded) for instant, tape in tapes.items()),
        _tie("write_offs", _filed_write_offs(source, since, until), _event_sum(events, "write_off"), excluded),
        _tie("full_prepayments", _sum(_payoffs(source, since, until), "brought_minor"), _full_prepayments(closing), excluded),
        _recovery_tie(source, events, excluded, since, until),
        _principal_tie(source, excluded, since, until),
        _after_exit_tie(source, excluded, since, until),
    ]
    table = pl.DataFrame(rows)
    for row in table.iter_rows(named=True):
        for unit in ("rows", "minor"):
            assert row[f"source_{unit}"] == row[f"used_{unit}"] + row[f"excluded_{unit}"], row
    return table


def _tie(name: str, source: tuple[int, int], used: tuple[int, int], excluded: pl.DataFrame) -> dict[str, str | int]:
    left = _sum(excluded.filter(pl.col("tie") == name), "amount_minor")
    return {
        "tie": name,
        "source_rows": source[0],
        "source_minor": source[1],
        "used_rows": used[0],
        "used_minor": used[1],
        "excluded_rows": left[0],
        "excluded_minor": left[1],
    }


def _sum(rows: pl.DataFrame, column: str) -> tuple[int, int]:
    return rows.height, int(rows[column].sum())


def _in_period(rows: pl.DataFrame, since: date, until: date) -> pl.DataFrame:
    return rows.filter(pl.col("month").is_between(month_number(since) + 1, month_number(until)))


def _filed_balances(source: Source, instant: date) -> pl.DataFrame:
    return source.months.filter((pl.col("month") == month_number(instant)) & (pl.col("end_minor") != 0))


def _balance_tie(source: Source, tape: pl.DataFrame, instant: date, excluded: pl.DataFrame) -> dict[str, str | int]:
    """Balances filed for the instant's month, against the rows of the tape that are on book."""
    filed = _sum(_filed_balances(source, instant), "end_minor")
    used = _sum(tape.filter(pl.col("status") == "on_book"), "outstanding_principal_minor")
    return _tie(f"balance_{instant}", filed, used, excluded)


def _left(source: Source, since: date, until: date) -> pl.DataFrame:
    """Last reports of contracts that left their pool with a balance, by the month of leaving: the next one."""
    reports = source.months.filter(pl.col("event") == "left_pool").with_columns(pl.col("month") + 1)
    return _in_period(reports, since, until)


def _filed_write_offs(source: Source, since: date, until: date) -> tuple[int, int]:
    """Charge-offs filed in the period, and balances of the last report before leaving the pool in it."""
    charged = _in_period(source.months, since, until).filter(pl.col("charge_off_minor") != 0)
    left = _left(source, since, until)
    (rows, amount), (more_rows, more) = _sum(charged, "charge_off_minor"), _sum(left, "end_minor")
    return rows + more_rows, amount + more


def _event_sum(events: pl.DataFrame, kind: str) -> tuple[int, int]:
    return _sum(events.filter(pl.col("kind") == kind), "amount_minor")


def _payoffs(source: Source, since: date, until: date) -> pl.DataFrame:
    return _in_period(source.months, since, until).filter(FELL & ~CHARGED)


def _full_prepayments(closing: pl.DataFrame) -> tuple[int, int]:
    left = closing.filter(pl.col("status").is_in(["prepaid", "matured"]))
    return _sum(left, "outstanding_principal_minor")


def _recovery_tie(
    source: Source, events: pl.DataFrame, excluded: pl.DataFrame, since: date, until: date
) -> dict[str, str | int]:
    """Filed cash rows net each other: rows used = rows filed less rows listed; the cents tie on their own."""
    cash = _sum(recovery_cash(source, since, until), "cash_minor")
    listed = excluded.filter(pl.col("tie") == "recovery_cash").height
    return _tie("recovery_cash", cash, (cash[0] - listed, _event_sum(events, "recovery")[1]), excluded)


def _principal_tie(source: Source, excluded: pl.DataFrame, since: date, until: date) -> dict[str, str | int]:
    """Fall of the filed balances (and of new reports) = principal paid + written off + adjustments.

    Rows are months in which principal was paid, written off or adjusted.
    """
    months = _in_period(source.months, since, until)
    firsts = source.months.filter(pl.col("month") == pl.col("month").min().over("contract_id"))
    entered = int(_in_period(firsts, since, until)["begin_minor"].sum())
    before, after = (int(_filed_balances(source, instant)["end_minor"].sum()) for instant in (since, until))
    paid = months.filter(pl.col("principal_paid_minor") != 0)
    rows, written_off = _filed_write_offs(source, since, until)
    listed = excluded.filter(pl.col("tie") == "principal_movement").height
    moved = (paid.height + rows + listed, before + entered - after)
    used = (paid.height + rows, int(paid["principal_paid_minor"].sum()) + written_off)
    return _tie("principal_movement", moved, used, excluded)


def _after_exit_tie(source: Source, excluded: pl.DataFrame, since: date, until: date) -> dict[str, str | int]:
    """Rows filed after a contract left: those with cash are in the recovery tie, the others are listed."""
    after = _in_period(source.after_exit, since, until)
    with_cash = after.join(source.cash, on=["contract_id", "month"], how="semi").height
    return _tie("rows_after_exit", (after.height, 0), (with_cash, 0), excluded)

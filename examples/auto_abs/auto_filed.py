"""The filed tables as they are read: refused where they contradict themselves, else read in one way that a finding names.

A month number counts months since year 0 (2018-12 is 24227), so months subtract. Amounts are whole cents.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path

import auto_assumptions as stated
import polars as pl

from gaapbridge.terms.errors import UnusableInput

MONEY = {
    "balance_begin": "begin_minor",
    "balance_end": "end_minor",
    "total_paid": "paid_minor",
    "principal_paid": "principal_paid_minor",
    "interest_and_other_paid": "interest_paid_minor",
    "recovered": "recovered_minor",
    "repo_proceeds": "repossession_minor",
    "charge_off": "charge_off_minor",
    "other_adjustment": "adjustment_minor",
}
EVENTS = ("none", "paid_off", "charge_off", "left_pool", "post_exit", "reinstated")
FINDING = {"finding": pl.String, "contract_id": pl.String, "month": pl.Int32, "amount_minor": pl.Int64}

_LOAN_WORDS = ("loan_id", "pool")
_LOAN_MONTHS = ("origination_month", "first_payment_month", "maturity_month")
_LOAN_NUMBERS = ("principal", "annual_rate", "term_months", "grace_months", "instalment", "credit_score")
_MONTH_NUMBERS = ("period", "consecutive_missed", *MONEY)
_OWN = "contract_id"


@dataclass(frozen=True)
class Filed:
    """Contracts; their months on book, one row each without a gap; rows after they left; and what had to be decided.

    ``noted`` has a row per contract and month in which the files allow of more than one reading, with the name of the finding.
    """

    contracts: pl.DataFrame
    months: pl.DataFrame
    after_exit: pl.DataFrame
    cash: pl.DataFrame
    noted: pl.DataFrame


def month_number(day: date) -> int:
    """Months since year 0. 2018-12-31 is 24227."""
    return day.year * 12 + day.month - 1


def first_day(month: pl.Expr) -> pl.Expr:
    """First calendar day of a month number."""
    return pl.date(month // 12, month % 12 + 1, 1)


def last_day(month: pl.Expr) -> pl.Expr:
    """Last calendar day of a month number."""
    return first_day(month + 1) - pl.duration(days=1)


def read_filed(folder: Path) -> Filed:
    """The two filed tables of a folder (``loans.parquet``, ``months.parquet``)."""
    loans = _table(folder / "loans.parquet", words=_LOAN_WORDS, months=_LOAN_MONTHS, numbers=_LOAN_NUMBERS)
    table = _table(folder / "months.parquet", words=("loan_id", "event"), numbers=_MONTH_NUMBERS)
    contracts, twice = _contracts(loans)
    rows, twice_a_month = _rows(table, contracts)
    off = (pl.col("event") == "post_exit") & (pl.col("end_minor").fill_null(0) == 0)
    months, stopped = _ends_named(_without_gaps(rows.filter(~off)), contracts)
    cash = (pl.col("recovered_minor").fill_null(0) + pl.col("repossession_minor").fill_null(0)).alias("cash_minor")
    return Filed(
        contracts,
        months,
        rows.filter(off).select(_OWN, "month"),
        rows.select(_OWN, "month", cash).filter(pl.col("cash_minor") != 0),
        pl.concat([twice, twice_a_month, stopped, *_read_in_one_way(months)]),
    )


def _table(path: Path, *, words: tuple[str, ...], numbers: tuple[str, ...], months: tuple[str, ...] = ()) -> pl.DataFrame:
    """A table of the layout with at least one row; a column that is absent or of another kind is refused."""
    if not path.exists():
        raise UnusableInput(file=str(path), rule="the layout has this file", remedy="name the folder that holds it")
    try:
        table = pl.read_parquet(path)
    except pl.exceptions.PolarsError:
        raise UnusableInput(file=str(path), rule="the file is Parquet", remedy="write it again") from None
    for name in (*words, *numbers, *months):
        kind = table.schema.get(name)
        fits = kind is not None and (
            kind.is_numeric() or kind == pl.Null
            if name in numbers
            else kind == pl.Date
            if name in months
            else kind == pl.String
        )
        if not fits:
            has = "absent" if kind is None else str(kind)
            raise UnusableInput(file=path.name, column=name, value=has, rule="the layout has this column", remedy="add it")
    if table.is_empty():
        raise UnusableInput(file=path.name, rule="the table has a row", remedy="give a folder with loans in it")
    return table


def _stated(table: pl.DataFrame, names: tuple[str, ...], file: str) -> None:
    for name in names:
        if table[name].null_count():
            row = str(table.filter(pl.col(name).is_null())["loan_id"][0])
            raise UnusableInput(
                file=file, row=row, column=name, rule="no cell is empty here", remedy="state it, or drop the row"
            )


def _cents(table: pl.DataFrame, names: dict[str, str], file: str) -> pl.DataFrame:
    """Dollar columns as whole cents; a value that is not whole cents is refused, never rounded away."""
    for theirs, ours in names.items():
        cents = table[theirs].cast(pl.Float64) * 100
        stray = table.filter(~cents.is_finite() | ((cents.round() - cents).abs() > 1e-4))
        if stray.height:
            value = str(stray[theirs][0])
            raise UnusableInput(file=file, column=theirs, value=value, rule="whole cents", remedy="correct the amount")
        table = table.with_columns(cents.round().cast(pl.Int64).alias(ours))
    return table


def _once(table: pl.DataFrame, key: list[str], file: str) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The table with equal rows once, and the keys that had stood twice; rows that differ under one key are refused."""
    once = table.unique(maintain_order=True)
    unlike = once.filter(pl.struct(key).is_duplicated())
    if unlike.height:
        value = ", ".join(map(str, unlike.select(key).row(0)))
        raise UnusableInput(
            file=file, column=", ".join(key), value=value, rule="one row each", remedy="keep the row that is right"
        )
    return once, table.filter(table.is_duplicated()).select(key).unique(maintain_order=True)


def _contracts(loans: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    _stated(loans, (*_LOAN_WORDS, *_LOAN_MONTHS, *_LOAN_NUMBERS), "loans.parquet")
    once, twice = _once(loans, ["loan_id"], "loans.parquet")
    month_of = {name: pl.col(name).dt.year().cast(pl.Int32) * 12 + pl.col(name).dt.month() - 1 for name in _LOAN_MONTHS}
    contracts = _cents(once, {"principal": "principal_minor", "instalment": "instalment_minor"}, "loans.parquet").with_columns(
        pl.col("loan_id").alias(_OWN),
        _segment().alias("segment"),
        (pl.col("term_months") - pl.col("grace_months")).cast(pl.Int64).alias("term_instalments"),
        *(expression.alias(f"{name}_number") for name, expression in month_of.items()),
    )
    twice = twice.join(contracts, on="loan_id")
    return contracts.sort(_OWN), _finding(twice, "row filed twice", "principal_minor", "origination_month_number")


def _segment() -> pl.Expr:
    """The pool that a loan's curves are of, by its borrower's credit score: of 679 the worst, of 720 the best."""
    segment = pl.lit(stated.BEST)
    for below, name in reversed(stated.SCORES):
        segment = pl.when(pl.col("credit_score") < below).then(pl.lit(name)).otherwise(segment)
    return segment


def _rows(table: pl.DataFrame, contracts: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The filed months in cents and by month number, each once, and those that had stood twice."""
    file = "months.parquet"
    _stated(table, ("loan_id", "event", "period", "consecutive_missed"), file)
    once, twice = _once(table, ["loan_id", "period"], file)
    _refuse(once, ~pl.col("event").is_in(EVENTS), "event", f"one of {', '.join(EVENTS)}", "map it to one of these")
    _refuse(once, ~(pl.col("period") % 100).is_between(1, 12), "period", "a year and month, such as 201812", "correct it")
    _refuse(
        once, ~pl.col("loan_id").is_in(contracts[_OWN].implode()), "loan_id", "every loan is in loans.parquet", "add it there"
    )
    on_book = once.filter(pl.col("event") != "post_exit")
    _stated(on_book, ("balance_begin", "balance_end"), file)
    rows = _cents(once, MONEY, file).with_columns(
        (pl.col("period") // 100 * 12 + pl.col("period") % 100 - 1).cast(pl.Int32).alias("month"),
        pl.col("loan_id").alias(_OWN),
        pl.col("consecutive_missed").cast(pl.Int64).alias("missed"),
        *(pl.col(name).fill_null(0) for name in MONEY.values() if name != "end_minor"),
    )
    unsaid = (pl.col("event") == "charge_off") & (pl.col("charge_off_minor") <= 0)
    _refuse(rows, unsaid, "charge_off", "a charge-off states its amount", "state it, or correct the event")
    twice = twice.join(rows, on=["loan_id", "period"])
    kept = rows.select(_OWN, "month", "event", "missed", *MONEY.values()).sort(_OWN, "month")
    return kept, _finding(twice, "row filed twice", "end_minor")


def _refuse(rows: pl.DataFrame, wrong: pl.Expr, column: str, rule: str, remedy: str) -> None:
    stray = rows.filter(wrong)
    if stray.height:
        row, value = str(stray["loan_id"][0]), str(stray[column][0])
        raise UnusableInput(file="months.parquet", row=row, column=column, value=value, rule=rule, remedy=remedy)


def _without_gaps(rows: pl.DataFrame) -> pl.DataFrame:
    """Months between two reports of a balance that nobody reported, with the balance and missed months of the report before.

    ``filed`` is false in them. ``brought_minor`` is the balance that the month before ended with, or, in the first, began with.
    """
    next_month = pl.col("month").shift(-1).over(_OWN)
    before_a_gap = rows.filter((pl.col("end_minor") != 0) & (next_month > pl.col("month") + 1).fill_null(False))
    spans = rows.with_columns(next_month.alias("next")).join(before_a_gap.select(_OWN, "month"), on=[_OWN, "month"], how="semi")
    silent = (
        spans.with_columns(pl.int_ranges(pl.col("month") + 1, "next", dtype=pl.Int32).alias("month"))
        .explode("month")
        .with_columns(
            pl.lit(0, dtype=pl.Int64).alias(name) for name in MONEY.values() if name not in ("begin_minor", "end_minor")
        )
        .with_columns(pl.col("end_minor").alias("begin_minor"), pl.lit("none").alias("event"))
    )
    found = [rows.with_columns(pl.lit(True).alias("filed")), silent.drop("next").with_columns(pl.lit(False).alias("filed"))]
    return (
        pl.concat(found, how="vertical_relaxed")
        .sort(_OWN, "month")
        .with_columns(pl.coalesce(pl.col("end_minor").shift(1).over(_OWN), "begin_minor").alias("brought_minor"))
    )


def _ends_named(months: pl.DataFrame, contracts: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Whose reports stop with a balance before those of its pool has left it, whether or not its row says so; none else."""
    last, pools = pl.col("month").max(), contracts.select(_OWN, "pool")
    ends = months.join(pools, on=_OWN).with_columns(last.over(_OWN).alias("own_last"), last.over("pool").alias("pool_last"))
    said = pl.col("event") == "left_pool"
    final = (pl.col("month") == pl.col("own_last")) & (pl.col("end_minor") != 0)
    stops = final & (pl.col("month") < pl.col("pool_last"))
    event = pl.when(stops | (said & final)).then(pl.lit("left_pool")).when(said).then(pl.lit("none")).otherwise("event")
    stopped = _finding(ends.filter(stops & ~said & (pl.col("end_minor") > 0)), "reports stop with a balance", "end_minor")
    return ends.with_columns(event.alias("event")).drop("pool", "own_last", "pool_last").sort(_OWN, "month"), stopped


def _read_in_one_way(months: pl.DataFrame) -> list[pl.DataFrame]:
    """The findings of balances: each row of a month that does not follow from the month before or from what was paid in it."""
    brought, begin, end = pl.col("brought_minor"), pl.col("begin_minor"), pl.col("end_minor")
    first = pl.col("month") == pl.col("month").min().over(_OWN)
    back = ~first & (brought <= 0) & (end > 0)
    jump = ~back & (begin != brought)
    part = (pl.col("charge_off_minor") != 0) & (end > 0) & ~back
    rows = months.with_columns((begin - brought).alias("jump_minor"), unexplained().alias("unexplained_minor"))
    return [
        _finding(rows.filter(~pl.col("filed")), "month not reported", "end_minor"),
        _finding(rows.filter((end < 0) & ((brought >= 0) | first)), "credit balance at exit", "end_minor"),
        _finding(rows.filter(back), "loan reinstated", "end_minor"),
        _finding(rows.filter(part), "charged off in part", "charge_off_minor"),
        _finding(rows.filter(jump), "balance moved between reports", "jump_minor"),
        _finding(rows.filter(pl.col("unexplained_minor") != 0), "balance not explained by its month", "unexplained_minor"),
    ]


def unexplained() -> pl.Expr:
    """What a balance fell by in a month beyond principal paid, charge-off and adjustment; nil in a sound report."""
    named = pl.col("principal_paid_minor") + pl.col("charge_off_minor") + pl.col("adjustment_minor")
    return pl.col("begin_minor") - named - pl.col("end_minor")


def _finding(rows: pl.DataFrame, name: str, amount: str, month: str = "month") -> pl.DataFrame:
    return rows.select(
        pl.lit(name).alias("finding"), _OWN, pl.col(month).alias("month"), pl.col(amount).alias("amount_minor")
    ).cast(FINDING)  # type: ignore[arg-type]

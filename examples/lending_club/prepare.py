"""Turns a marketplace lender's book of one day into a plan that ``gaapbridge estimate`` and ``gaapbridge close`` run.

    python examples/lending_club/prepare.py SOURCE_FOLDER OUTPUT_FOLDER

Writes the tape, the monthly history of which ``gaapbridge estimate`` makes the curves, ``plan.toml``, ``excluded.csv`` (every
loan left out, with the reason) and ``ties.csv`` (source = used + excluded).
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

import marketplace_assumptions as stated
import polars as pl
from marketplace_history import history
from marketplace_plan import plan_text
from marketplace_tape import loan_tape, minor

from gaapbridge.terms.errors import UnusableInput


def main(arguments: list[str] | None = None) -> int:
    """The command line: source folder in, output folder out; prints what was written and the ties."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("source", type=Path, help="folder with live_2018.parquet and resolved_2015.parquet")
    parser.add_argument("output", type=Path, help="folder to write; made where absent")
    options = parser.parse_args(arguments)
    try:
        book = _table(options.source / "live_2018.parquet", _BOOK)
        resolved = _table(options.source / "resolved_2015.parquet", _RESOLVED)
        tied = prepare(book, resolved, options.output)
    except UnusableInput as unusable:
        print(f"prepare: {unusable}", file=sys.stderr)
        return 2
    for row in tied.iter_rows(named=True):
        print(
            f"{row['tie']}: source {row['source_rows']:,} rows {row['source_minor'] / 100:,.2f}, "
            f"used {row['used_rows']:,} rows {row['used_minor'] / 100:,.2f}, "
            f"excluded {row['excluded_rows']:,} rows {row['excluded_minor'] / 100:,.2f}"
        )
    print(f"written: {options.output / 'plan.toml'}")
    return 0


_NUMBERS = ("principal", "annual_rate", "instalment", "paid_principal", "paid_interest")
_BOOK = ("loan_id", "grade", "status", "origination_month", "term_months", "balance", *_NUMBERS)
_RESOLVED = (
    "loan_id", "grade", "status", "origination_month", "principal", "annual_rate", "recoveries", "collection_fee",
    "charged_off_principal", "implied_instalments",
)  # fmt: skip


def _table(path: Path, columns: tuple[str, ...]) -> pl.DataFrame:
    """A file of the layout: it has the columns that are used, a value in each cell of them, and each loan once."""
    if not path.exists():
        raise UnusableInput(file=str(path), rule="the layout has this file", remedy="name the folder that holds it")
    table = pl.read_parquet(path)
    if table.is_empty():
        raise UnusableInput(file=path.name, rule="the table has a row", remedy="give a folder with loans in it")
    for name in columns:
        if name not in table.columns:
            raise UnusableInput(file=path.name, column=name, rule="the layout has this column", remedy="add it")
        if table[name].null_count():
            row = str(table.filter(pl.col(name).is_null())["loan_id"][0])
            raise UnusableInput(file=path.name, row=row, column=name, rule="no cell is empty here", remedy="state it")
    twice = table.filter(pl.col("loan_id").is_duplicated())
    if twice.height:
        value = str(twice["loan_id"][0])
        raise UnusableInput(
            file=path.name, column="loan_id", value=value, rule="one row each", remedy="keep the row that is right"
        )
    return table


def prepare(book: pl.DataFrame, resolved: pl.DataFrame, output: Path) -> pl.DataFrame:
    """Writes everything into ``output`` and returns the ties."""
    tape, excluded = loan_tape(book)
    tied = ties(book, tape, excluded)
    _refuse_unknown_grade(tape, resolved)
    records = history(resolved)
    for folder in ("tapes", "history"):
        (output / folder).mkdir(parents=True, exist_ok=True)
    tape.write_parquet(output / "tapes" / f"loans-{stated.INSTANT}.parquet")
    for name, table in records.items():
        table.write_parquet(output / "history" / f"{name}.parquet")
    (output / "plan.toml").write_text(plan_text(tape, records["performance"]), encoding="utf-8")
    excluded.write_csv(output / "excluded.csv")
    tied.write_csv(output / "ties.csv")
    return tied


def _refuse_unknown_grade(tape: pl.DataFrame, resolved: pl.DataFrame) -> None:
    for grade in sorted(set(tape["segment"]) - set(resolved["grade"])):
        raise UnusableInput(
            file="resolved_2015.parquet",
            column="grade",
            value=grade,
            rule="every grade of the book has resolved loans, from which its curves are estimated",
            remedy="add resolved loans of the grade, or leave its loans out of the book",
        )


def ties(book: pl.DataFrame, tape: pl.DataFrame, excluded: pl.DataFrame) -> pl.DataFrame:
    """Loans by principal, and balances: source = used + excluded. A gap is our mistake and stops the run.

    The source reports a written-off loan with no balance; the tape describes it the moment before, so only
    loans on book count in the tie of balances.
    """
    on_book = tape.filter(pl.col("status") == "on_book")
    with_balance = book.filter(pl.col("balance") != 0)
    left = excluded.filter(pl.col("outstanding_principal_minor") != 0)
    rows = [
        _tie("principal", book["principal"], tape["principal_minor"], excluded["principal_minor"]),
        _tie(
            "balance",
            with_balance["balance"],
            on_book["outstanding_principal_minor"],
            left["outstanding_principal_minor"],
        ),
    ]
    for row in rows:
        for unit in ("rows", "minor"):
            assert row[f"source_{unit}"] == int(row[f"used_{unit}"]) + int(row[f"excluded_{unit}"]), row
    return pl.DataFrame(rows)


def _tie(name: str, source: pl.Series, used: pl.Series, excluded: pl.Series) -> dict[str, str | int]:
    return {
        "tie": name,
        "source_rows": source.len(),
        "source_minor": sum(minor(amount, name) for amount in source),
        "used_rows": used.len(),
        "used_minor": int(used.sum()),
        "excluded_rows": excluded.len(),
        "excluded_minor": int(excluded.sum()),
    }


if __name__ == "__main__":
    raise SystemExit(main())

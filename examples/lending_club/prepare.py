"""Turns a marketplace lender's book of one day into a plan that ``gaapbridge close`` runs.

    python examples/lending_club/prepare.py SOURCE_FOLDER OUTPUT_FOLDER

Writes the tape, curves, ``plan.toml``, ``excluded.csv`` (every loan left out, with the reason), ``ties.csv``
(source = used + excluded) and ``estimates.json`` (the totals behind the curves).
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

import marketplace_assumptions as stated
import polars as pl
from marketplace_curves import curves
from marketplace_plan import plan_text
from marketplace_tape import loan_tape, minor

from gaapbridge.terms.errors import UnusableInput


def main(arguments: list[str] | None = None) -> int:
    """The command line: source folder in, output folder out; prints what was written and the ties."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("source", type=Path, help="folder with live_2018.parquet and resolved_2015.parquet")
    parser.add_argument("output", type=Path, help="folder to write; made where absent")
    options = parser.parse_args(arguments)
    book, resolved = (_table(options.source / name) for name in ("live_2018.parquet", "resolved_2015.parquet"))
    for row in prepare(book, resolved, options.output).iter_rows(named=True):
        print(
            f"{row['tie']}: source {row['source_rows']:,} rows {row['source_minor'] / 100:,.2f}, "
            f"used {row['used_rows']:,} rows {row['used_minor'] / 100:,.2f}, "
            f"excluded {row['excluded_rows']:,} rows {row['excluded_minor'] / 100:,.2f}"
        )
    print(f"written: {options.output / 'plan.toml'}")
    return 0


def _table(path: Path) -> pl.DataFrame:
    if not path.exists():
        raise UnusableInput(file=str(path), rule="the layout has this file", remedy="name the folder that holds it")
    return pl.read_parquet(path)


def prepare(book: pl.DataFrame, resolved: pl.DataFrame, output: Path) -> pl.DataFrame:
    """Writes everything into ``output`` and returns the ties."""
    for folder in ("tapes", "curves"):
        (output / folder).mkdir(parents=True, exist_ok=True)
    tape, excluded = loan_tape(book)
    tied = ties(book, tape, excluded)
    tables, figures = curves(resolved)
    tape.write_parquet(output / "tapes" / f"loans-{stated.INSTANT}.parquet")
    for name, table in tables.items():
        table.write_csv(output / "curves" / f"{name}.csv")
    (output / "estimates.json").write_text(json.dumps(figures, indent=2) + "\n", encoding="utf-8")
    (output / "plan.toml").write_text(plan_text(tape), encoding="utf-8")
    excluded.write_csv(output / "excluded.csv")
    tied.write_csv(output / "ties.csv")
    return tied


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
    try:
        raise SystemExit(main())
    except UnusableInput as unusable:
        raise SystemExit(f"prepare: {unusable}") from None

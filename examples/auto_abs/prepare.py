"""Turns a folder of filed monthly auto loans into a plan that ``gaapbridge estimate`` and ``gaapbridge close`` run.

    python examples/auto_abs/prepare.py SOURCE_FOLDER OUTPUT_FOLDER

Writes tapes, events, the monthly history of which ``gaapbridge estimate`` makes the curves, ``plan.toml``, ``excluded.csv``
(every source row left out, with the reason), ``ties.csv`` (source = used + excluded) and ``findings.csv`` (what the files
leave open, and how it was read).
"""

from __future__ import annotations

import argparse
import sys
from datetime import date
from pathlib import Path

import auto_assumptions as stated
import polars as pl
from auto_findings import findings, lines
from auto_history import history
from auto_plan import plan_text
from auto_source import Source, read_source, refuse_instants
from auto_tapes import events, loan_tape
from auto_ties import excluded_rows, ties

from gaapbridge.terms.errors import UnusableInput


def main(arguments: list[str] | None = None) -> int:
    """The command line: source folder in, output folder out; prints what was written and the ties."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("source", type=Path, help="folder with loans.parquet and months.parquet")
    parser.add_argument("output", type=Path, help="folder to write; made where absent")
    parser.add_argument("--opening", type=date.fromisoformat, default=stated.OPENING, help="a month end")
    parser.add_argument("--closing", type=date.fromisoformat, default=stated.CLOSING, help="a later month end")
    options = parser.parse_args(arguments)
    try:
        tied, found = prepare(read_source(options.source), options.output, options.opening, options.closing)
    except UnusableInput as unusable:
        print(f"prepare: {unusable}", file=sys.stderr)
        return 2
    for row in tied.iter_rows(named=True):
        print(
            f"{row['tie']}: source {row['source_rows']:,} rows {row['source_minor'] / 100:,.2f}, "
            f"used {row['used_rows']:,} rows {row['used_minor'] / 100:,.2f}, "
            f"excluded {row['excluded_rows']:,} rows {row['excluded_minor'] / 100:,.2f}"
        )
    for line in lines(found):
        print(line)
    print(f"written: {options.output / 'plan.toml'}")
    return 0


def prepare(source: Source, output: Path, opening: date, closing: date) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Writes everything into ``output`` and returns the ties and the findings."""
    refuse_instants(source, opening, closing)
    before, after = source.known_at(opening), source.known_at(closing)
    tapes = {opening: loan_tape(before, opening), closing: loan_tape(after, closing, since=opening)}
    moved, unused_cash = events(after, opening, closing)
    excluded = excluded_rows(after, tapes[closing], unused_cash, opening, closing)
    tied = ties(after, tapes, moved, excluded)
    found, records = findings(after, opening), history(after, closing)

    for folder in ("tapes", "history"):
        (output / folder).mkdir(parents=True, exist_ok=True)
    for instant, tape in tapes.items():
        tape.write_parquet(output / "tapes" / f"loans-{instant}.parquet")
    moved.write_parquet(output / "tapes" / "events.parquet")
    for name, table in records.items():
        table.write_parquet(output / "history" / f"{name}.parquet")
    (output / "plan.toml").write_text(plan_text(tapes, records["performance"]), encoding="utf-8")
    excluded.write_csv(output / "excluded.csv")
    found.write_csv(output / "findings.csv")
    tied.write_csv(output / "ties.csv")
    return tied, found


if __name__ == "__main__":
    raise SystemExit(main())

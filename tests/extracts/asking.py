"""Lenders whose plans ask databases in the place of naming files."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from gaapbridge.contracts.declared import DECLARED
from gaapbridge.extracts.asking import answered
from gaapbridge.period_close.stated import stated_queries
from gaapbridge.plan import read_plan
from gaapbridge.progress import Progress

FILE = re.compile(r'(?m)^(\w+)( *)= "((?:tapes|curves|ledger)/[^"]*\.(?:csv|parquet))"')
"""A line of a plan that names a tape, a table of assumptions or a ledger."""

EXPORTS = '\n[sources.exports]\nkind = "duckdb"\n'


def with_queries(plan: Path, text_of: Callable[[str], str], source: str, declared: str) -> Path:
    """The plan with a query in the place of every file; ``text_of`` makes its text from the file's path."""

    def asked(found: re.Match[str]) -> str:
        query = plan.parent / "sql" / Path(found[3]).with_suffix(".sql")
        query.parent.mkdir(parents=True, exist_ok=True)
        query.write_text(text_of(found[3]), encoding="utf-8")
        return f'{found[1]}{found[2]}= {{ source = "{source}", query = "{query.relative_to(plan.parent)}" }}'

    text, number = FILE.subn(asked, plan.read_text(encoding="utf-8"))
    assert number > 15, "tapes, curves and ledgers"
    plan.write_text(text + declared, encoding="utf-8")
    return plan


def over_files(plan: Path) -> Path:
    """The plan with DuckDB asked for every file, each as a table of its own name."""
    files = [found[3] for found in FILE.finditer(plan.read_text(encoding="utf-8"))]
    tables = "".join(f'{table(file)} = "{file}"\n' for file in files)
    declared = f"{EXPORTS}[sources.exports.tables]\n{tables}"
    return with_queries(plan, lambda file: f"SELECT * FROM {table(file)}", "exports", declared)


def table(file: str) -> str:
    """The name of a table for a file.

    >>> table("tapes/loans-2023-12-31.csv")
    'tapes_loans_2023_12_31'
    """
    return re.sub(r"\W", "_", file.rpartition(".")[0])


def one_query(
    plan: Path, text: str, *, line: str = 'closing = "tapes/loans', tables: str = 'loans = "tapes/loans-2023-12-31.csv"'
) -> Path:
    """The plan with one query in the place of a file, that of the line, over files under the names of ``tables``."""
    (plan.parent / "loans.sql").write_text(text, encoding="utf-8")
    query = f'{line.split()[0]} = {{ source = "exports", query = "loans.sql" }}'
    stated, number = re.subn(rf'(?m)^{line}[^"]*"', query, plan.read_text(encoding="utf-8"))
    assert number == 1
    plan.write_text(f"{stated}{EXPORTS}[sources.exports.tables]\n{tables}\n", encoding="utf-8")
    return plan


def files_below(folder: Path) -> set[str]:
    """Every file and folder below one."""
    return {str(path.relative_to(folder)) for path in folder.rglob("*")}


def answer(plan: Path, source: str = "tapes.loans.closing") -> pa.Table:
    """What a query of a plan gives."""
    stated = read_plan(plan, DECLARED)
    with answered(stated, stated_queries(stated), Progress(show=False)) as asked:
        return pq.read_table(asked.extracts[source].path)

"""The queries of a plan put to their sources: each answered once, into a scratch folder that lasts as long as its readers.

Nothing else of a close sees a database: an extract is a Parquet file like any other, and a run keeps it.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path

from gaapbridge.extracts import from_duckdb, from_postgresql, from_spark
from gaapbridge.plan import Plan
from gaapbridge.plan.queries import SOURCES, Database, Extract, Query
from gaapbridge.plan.refusals import meant, refusal
from gaapbridge.progress import Progress
from gaapbridge.scratch import temporary_folder
from gaapbridge.terms.errors import UnusableInput
from gaapbridge.terms.writing import reason_of

Ask = Callable[[Plan, str, Sequence[Extract], Path], Mapping[str, str] | None]
"""Puts queries to one source of a plan, by its name, and writes each answer where its extract is to lie; may use the folder.
Gives the hashes of the files that they could read, by their names; None where there are none."""

ASK: dict[str, Ask] = {"duckdb": from_duckdb.ask, "postgresql": from_postgresql.ask, "spark": from_spark.ask}
"""How a source is asked, by its kind."""


@contextlib.contextmanager
def answered(plan: Plan, queries: Mapping[str, Query], progress: Progress) -> Iterator[Plan]:
    """The plan with what its queries gave, by the names of the sources, for as long as what is done in between lasts.

    Raises ``UnusableInput`` where a query cannot be answered; what is raised in between about an extract names its query.
    """
    if not queries:
        yield plan
        return
    with temporary_folder() as folder:
        extracts = {name: _to_be_asked(plan, name, query, folder) for name, query in queries.items()}
        with progress.stage("asking the databases"):
            for source in dict.fromkeys(query.source for query in queries.values()):
                of_source = [extract for extract in extracts.values() if extract.query.source == source]
                files = ASK[plan.sources[source].kind](plan, source, of_source, folder)
                extracts |= {extract.name: replace(extract, files=files) for extract in of_source}
        try:
            yield plan.answered(extracts)
        except UnusableInput as unusable:
            called = {str(extract.path): extract.called for extract in extracts.values()}
            unusable.file = called.get(str(unusable.file), unusable.file)
            raise


def _to_be_asked(plan: Plan, name: str, query: Query, folder: Path) -> Extract:
    database = _database(plan, name, query)
    return Extract(name, query, database.kind, _text(plan, name, query), _days(plan, name), folder / f"{name}.parquet")


def _database(plan: Plan, name: str, query: Query) -> Database:
    if query.source not in plan.sources:
        remedy = meant(query.source, plan.sources, f"add [{SOURCES}.{query.source}]")
        raise refusal(plan.path, name, str(query), "a query is put to a source of the plan", remedy)
    return plan.sources[query.source]


def _text(plan: Plan, name: str, query: Query) -> str:
    """The text of a query, as its file has it."""
    try:
        return plan.locate(query.query).read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        reason = reason_of(error) if isinstance(error, OSError) else "it is not UTF-8"
        rule = f"the text of a query can be read ({reason})"
        raise UnusableInput(file=query.query, key=name, rule=rule, remedy="correct the path in the plan") from None


def _days(plan: Plan, name: str) -> dict[str, date]:
    """The days that are bound to a query: both instants of the period, and that of a source which is of one instant."""
    days = {"opening": plan.period.opening, "closing": plan.period.closing}
    instant = next((day for state, day in days.items() if state in name.split(".")[1:]), None)
    return days if instant is None else {"instant": instant, **days}

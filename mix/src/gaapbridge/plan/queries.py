"""Queries in the place of files: the sources that they are put to, and what a close keeps of their answers."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Annotated, Any

from pydantic import Field, PlainValidator, model_validator
from pydantic_core import PydanticKnownError

from gaapbridge.plan.reading import Delimiter, Encoding, HeaderRows, Rows
from gaapbridge.plan.section import Section
from gaapbridge.plan.written import written

SOURCES = "sources"
"""The table of a plan in which databases are named; no value in it is ever printed, lest it be a password."""

_FORM = 'write { source = "core", query = "sql/loans.sql" }'


@dataclass(frozen=True, slots=True)
class Query:
    """A query in the place of a file: the source it is put to, and the file of its text from the plan's folder."""

    source: str
    query: str

    def __str__(self) -> str:
        return written({"source": self.source, "query": self.query})


@dataclass(frozen=True, slots=True)
class Extract:
    """What a query gives for a source of a run: Parquet at a path for as long as a close reads it. ``text`` is the query as it
    was put, ``parameters`` are the days bound to it, ``files`` the hashes of those that it could read, by their names."""

    name: str
    query: Query
    kind: str
    text: str
    parameters: Mapping[str, date]
    path: Path
    files: Mapping[str, str] | None = None

    @property
    def called(self) -> str:
        """What it is called in rejects and errors: by its query, the source and the instant.

        >>> asked = Query("core", "sql/loans.sql")
        >>> Extract("tapes.loans.closing", asked, "duckdb", "", {"instant": date(2023, 12, 31)}, Path("a")).called
        'sql/loans.sql (core, 2023-12-31)'
        """
        at = [str(self.parameters["instant"])] if "instant" in self.parameters else []
        return f"{self.query.query} ({', '.join([self.query.source, *at])})"


def _query(value: dict[str, Any]) -> Query:
    if set(value) != {"source", "query"} or not all(isinstance(one, str) and one for one in value.values()):
        raise ValueError(f"a query names its source and the file of its text; {_FORM}")
    return Query(value["source"], value["query"])


def _input(value: Any) -> str | Query:
    if isinstance(value, dict):
        return _query(value)
    if not isinstance(value, str):
        raise ValueError("must be a text in quotes")
    return value


def _files(value: Any) -> str | Query | list[str] | list[Query]:
    listed = value if isinstance(value, list) else [value]
    if listed and all(isinstance(one, dict) for one in listed):
        queries = [_query(one) for one in listed]
        if len(set(queries)) < len(queries):
            raise ValueError("a tape names each of its queries once; remove it from the list")
        return queries[0] if len(queries) == 1 else queries
    if not listed or not all(isinstance(name, str) and name for name in listed):
        remedy = 'write closing = "tapes/loans.csv", "tapes/2023-12/*.csv", "tapes/2023-12", or ["tapes/a.csv", "tapes/b.csv"]'
        raise ValueError(f"must be a file, a pattern, a folder or a list of them, in quotes; {remedy}")
    return listed[0] if len(listed) == 1 else listed


Input = Annotated[str | Query, PlainValidator(_input)]
"""One file, or a query."""

Files = Annotated[str | Query | list[str] | list[Query], PlainValidator(_files)]
"""The files of a tape: one, all that a pattern finds or a folder holds, or those of a list; or a query, or a list of them."""


def _tables(value: Any) -> dict[str, list[str]]:
    remedy = 'write tables = { loans = "exports/loans.csv" }, a pattern or a list of files'
    if not isinstance(value, dict) or not value:
        raise ValueError(f"must say which files are which tables of a query; {remedy}")
    if len({name.casefold() for name in value}) < len(value):
        raise ValueError(f"tables of a query differ by more than case; {remedy}")
    stated = {name: _files(files) for name, files in value.items()}
    listed = {name: files if isinstance(files, list) else [files] for name, files in stated.items()}
    named = {name: [file for file in files if isinstance(file, str)] for name, files in listed.items()}
    if not all(named.values()):
        raise ValueError(f"a table of a query is in files; {remedy}")
    return named


def _name(value: Any) -> str:
    if not isinstance(value, str) or not re.fullmatch(r"[A-Za-z_][A-Za-z0-9_.-]*", value):
        raise ValueError("must be a name in quotes, not a connection; keep the connection in the variable, or in the service")
    return value


@dataclass(frozen=True, slots=True)
class SourceKind:
    """What a plan states of sources of a kind, and the ``library`` that answers for them, an extra of the kind's own name.

    ``needed`` are keys of which one each is stated, with what it is for and how it is added; ``optional`` ones may be.
    """

    library: str
    needed: tuple[tuple[tuple[str, ...], str, str], ...]
    optional: tuple[str, ...] = ()

    @property
    def keys(self) -> tuple[str, ...]:
        """All keys of a source of the kind."""
        return (*(key for keys, *_ in self.needed for key in keys), *self.optional)


SOURCE_KINDS: dict[str, SourceKind] = {
    "duckdb": SourceKind(
        library="duckdb",
        needed=((("tables",), "says what a query may read", 'add tables = { loans = "exports/loans.csv" }'),),
        optional=("read", "memory_megabytes"),
    ),
    "postgresql": SourceKind(
        library="psycopg",
        needed=(
            (
                ("service", "environment"),
                "is found by one of service and environment",
                'add service = "...", a service of libpq, or environment = "...", the name of a variable with the connection',
            ),
            (
                ("timeout_seconds",),
                "says how long a query may take",
                "add timeout_seconds = 600, after which the server gives a query up",
            ),
        ),
    ),
    "spark": SourceKind(library="pyspark", needed=()),
}
"""The kinds of sources: how one is asked is said in ``extracts``, by the same name."""


def _kind(value: Any) -> str:
    if not isinstance(value, str) or value not in SOURCE_KINDS:
        raise PydanticKnownError("literal_error", {"expected": ", ".join(map(repr, SOURCE_KINDS))})
    return value


class ReadText(Section):
    """How the CSV files of a table lie, where not as one of ours: rows above the header and of it, of totals at the end, what
    parts cells, and the encoding. Nothing of it is guessed."""

    skip_rows: Rows = 0
    header_rows: HeaderRows = 1
    total_rows: Rows = 0
    delimiter: Delimiter | None = None
    encoding: Encoding | None = None


class Database(Section):
    """Where queries are put: DuckDB over files of the plan's folder, a PostgreSQL server, or the Spark of the close.

    ``tables`` names what a query may read, ``read`` how CSV files of them lie, ``memory_megabytes`` what a query may hold.
    A server is found by a ``service`` of libpq or by the variable of the ``environment`` that holds its connection: no password
    stands in a plan.
    """

    kind: Annotated[str, PlainValidator(_kind)]
    tables: Annotated[dict[str, list[str]], PlainValidator(_tables)] | None = None
    read: dict[str, ReadText] | None = None
    memory_megabytes: Annotated[int, Field(ge=64, le=1_000_000)] | None = None
    service: Annotated[str, PlainValidator(_name)] | None = None
    environment: Annotated[str, PlainValidator(_name)] | None = None
    timeout_seconds: Annotated[int, Field(ge=1, le=86_400)] | None = None

    @model_validator(mode="after")
    def _whole(self) -> Database:
        kind = SOURCE_KINDS[self.kind]
        stated = [name for name in Database.model_fields if name != "kind" and getattr(self, name) is not None]
        for name in stated:
            if name not in kind.keys:
                raise ValueError(f'kind = "{self.kind}" has no {name}; remove it')
        for names, purpose, remedy in kind.needed:
            if len(set(names) & set(stated)) != 1:
                raise ValueError(f'kind = "{self.kind}" {purpose}; {remedy}')
        for name in self.read or {}:
            if name not in (self.tables or {}):
                raise ValueError(
                    f"read says how a table is written, and {name} is none; name one of {', '.join(self.tables or {})}"
                )
        return self

"""Queries to a PostgreSQL server: read by a cursor on its side, in one transaction that can write nothing.

All queries of a source see the database at one moment. What psycopg says of a connection may hold its host, user or password:
it is never repeated, and the connection itself stands in a service of libpq or in a variable of the environment.
"""

from __future__ import annotations

import contextlib
import os
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gaapbridge.extracts.postgresql_values import Column, write_postgresql_values
from gaapbridge.extracts.written import BLOCK_ROWS, no_answer, not_installed, unbound
from gaapbridge.plan import Plan
from gaapbridge.plan.queries import SOURCES, Database, Extract
from gaapbridge.plan.refusals import refusal
from gaapbridge.terms.errors import UnusableInput

if TYPE_CHECKING:
    import psycopg

_PARAMETER = re.compile(r"%\((\w+)\)s")
_REASONS = (
    ("password", "the server does not take the user or the password"),
    ("authentication", "the server does not take the user or the password"),
    ("service", "there is no such service"),
    ("does not exist", "the server has no such user or database"),
)
"""What libpq's words mean that may be said without them."""

_TIMED_OUT, _READ_ONLY, _SHUT_DOWN = "57014", "25006", ("57P", "08")


def ask(plan: Plan, source: str, extracts: Sequence[Extract], folder: Path) -> None:
    """Put queries to one server and write their answers. Raises ``UnusableInput``, with nothing of the connection in it."""
    try:
        import psycopg
    except ImportError:
        raise not_installed(plan, source) from None
    database = plan.sources[source]
    for extract in extracts:
        if (fault := unbound(extract, _PARAMETER.findall(extract.text))) is not None:
            raise fault
    with _connected(plan, source, database) as connection:
        secrets = _secrets(connection)
        for extract in extracts:
            try:
                _answer(connection, extract, folder)
            except psycopg.Error as error:
                raise _refused(extract, database, error, secrets) from None
            except UnicodeDecodeError:
                raise no_answer(extract, "the texts of an answer can be read as UTF-8", "convert them in the query") from None


@contextlib.contextmanager
def _connected(plan: Plan, source: str, database: Database) -> Iterator[psycopg.Connection[Any]]:
    """A connection in a transaction that is given up in the end."""
    import psycopg
    from psycopg.types.string import TextLoader

    where = _where(plan, source, database)
    try:
        connection = psycopg.connect(where, client_encoding="UTF8", application_name="gaapbridge")
    except psycopg.Error as error:
        said = str(error)
        reason = next((reason for word, reason in _REASONS if word in said), "no server answers there")
        rule = f"the database can be connected to ({reason})"
        key = f"{SOURCES}.{source}"
        raise refusal(plan.path, key, None, rule, "try the same connection with psql, on this machine") from None
    with contextlib.closing(connection):
        connection.read_only = True
        connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        for number in [number for known in connection.adapters.types for number in (known.oid, known.array_oid)]:
            connection.adapters.register_loader(number, TextLoader)
        settings = {
            "statement_timeout": f"{database.timeout_seconds}s", "timezone": "UTC", "datestyle": "ISO",
            "cursor_tuple_fraction": "1",
        }  # fmt: skip
        try:
            for name, value in settings.items():
                connection.execute("SELECT set_config(%s, %s, false)", (name, value))
        except psycopg.Error:
            rule = "the database takes the settings of a reader"
            raise refusal(plan.path, f"{SOURCES}.{source}", None, rule, "try again; ask its administrator") from None
        yield connection


def _where(plan: Plan, source: str, database: Database) -> str:
    """The connection: the name of a service, or what a variable of the environment holds."""
    if database.service is not None:
        return f"service={database.service}"
    named = database.environment or ""
    if not (where := os.environ.get(named)):
        key, remedy = f"{SOURCES}.{source}.environment", f"set {named} to the connection, as in postgresql://user@host/database"
        raise refusal(plan.path, key, named, "the variable is set where the close runs", remedy)
    return where


def _answer(connection: psycopg.Connection[Any], extract: Extract, folder: Path) -> None:
    parameters = dict(extract.parameters) if _PARAMETER.search(extract.text) else None
    with connection.cursor(name="gaapbridge") as cursor:
        cursor.execute(extract.text.encode(), parameters)
        columns = [Column(one.name, one.type_code, one.precision, one.scale) for one in cursor.description or ()]
        write_postgresql_values(extract, columns, iter(lambda: cursor.fetchmany(BLOCK_ROWS), []), folder)


def _secrets(connection: psycopg.Connection[Any]) -> set[str]:
    """What of a connection is told to nobody."""
    given = connection.info.get_parameters()
    return {given[name] for name in ("password", "user", "host", "hostaddr") if given.get(name)} | {connection.info.password}


def _refused(extract: Extract, database: Database, error: psycopg.Error, secrets: set[str]) -> UnusableInput:
    import psycopg

    state, said = error.sqlstate or "", error.diag.message_primary or ""
    if state == _TIMED_OUT:
        remedy = f"raise timeout_seconds under [{SOURCES}.{extract.query.source}], or ask for less"
        return no_answer(extract, f"the server answers within {database.timeout_seconds} seconds", remedy)
    if state.startswith(_SHUT_DOWN) or (not state and isinstance(error, psycopg.OperationalError)):
        rule = "the server is there until the answer is read; the connection has ended before"
        return no_answer(extract, rule, "close again once the server is back")
    if not state:  # psycopg's own reading of the query, before any server saw it
        said = str(error)
    said = "" if any(secret and secret in said for secret in secrets) else f"{said}, " if said else ""
    if state == _READ_ONLY:
        return no_answer(extract, f"a query writes nothing ({said}{state})", "leave one SELECT in the file that only reads")
    rule = f"the database answers the query ({said}{state or 'as it is written'})"
    return no_answer(extract, rule, "correct the query: it is one SELECT, and beside a parameter a % of its own is %%")

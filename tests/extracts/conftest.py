"""A PostgreSQL server of the tests' own, started where its wheel is there; without one its tests are skipped, by name."""

from __future__ import annotations

import tempfile
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

Started = Callable[[], Any]


@pytest.fixture(scope="session")
def started() -> Iterator[Started]:
    """Starts a server of its own each time it is called; all are stopped in the end, and their folders removed.

    These lie outside of the folders of tests, which are closed to the user that a server started by root runs as.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # a folder of the user that the machine does not have
        pgserver = pytest.importorskip("pgserver", reason="there is no wheel of a PostgreSQL server for this Python")
    servers: list[Any] = []

    def start() -> Any:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            servers.append(pgserver.get_server(Path(tempfile.mkdtemp(prefix="postgresql-")), cleanup_mode="delete"))
        return servers[-1]

    yield start
    for server in servers:
        server.cleanup()


@pytest.fixture(scope="session")
def server(started: Started) -> Any:
    """A server whose user ``reader`` has to give a password."""
    import psycopg

    server = started()
    with psycopg.connect(server.get_uri(), autocommit=True) as connection:
        connection.execute("CREATE ROLE reader LOGIN PASSWORD 'correct horse'")
        connection.execute("GRANT pg_read_all_data TO reader")
        rules = Path(server.pgdata) / "pg_hba.conf"
        rules.write_text("local all reader scram-sha-256\n" + rules.read_text(encoding="utf-8"), encoding="utf-8")
        connection.execute("SELECT pg_reload_conf()")
    return server

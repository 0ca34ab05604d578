"""What comes from a PostgreSQL server, and what is said where nothing does: exact, read only, without its password."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from gaapbridge.checking import check
from gaapbridge.contracts.declared import DECLARED as DECLARATIONS
from gaapbridge.extracts.asking import answered
from gaapbridge.period_close import close
from gaapbridge.period_close.stated import stated_queries
from gaapbridge.plan import read_plan
from gaapbridge.progress import Progress
from gaapbridge.terms.errors import UnusableInput
from tests.extracts.asking import answer
from tests.extracts.server import OF_COLUMN, VARIABLE, as_reader, asking, frame_of, refused


@pytest.fixture
def reading(server: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """The variable of the plans holds the connection of the user who reads."""
    monkeypatch.setenv(VARIABLE, as_reader(server, "correct horse"))


def test_values_come_exact(starter_copy: Path, reading: None) -> None:
    """Decimals as decimals, whole numbers whole, days as days, nothing as nothing; texts untouched."""
    plan = asking(
        starter_copy,
        """
        SELECT * FROM (VALUES
            (1::bigint, 90071992547409.93::numeric(18,2), 0.1::numeric, 123456789012345678901234567890.12::numeric,
             '2023-12-31'::date, '2023-12-31'::timestamp, ' 007 '::text, true, 'x'::char(3)),
            (NULL, NULL::numeric(18,2), 12345678901234567890.0000000001, NULL, NULL, NULL, '', false, NULL)
        ) AS t(whole, money, ratio, large, day, moment, label, flag, code)
        """,
    )
    table = answer(plan)
    kinds = [str(kind) for kind in table.schema.types]
    assert kinds[:4] == ["int64", "decimal128(18, 2)", "decimal128(38, 10)", "decimal128(38, 2)"]
    assert kinds[4:] == ["date32[day]", "timestamp[us]", "string", "bool", "string"]
    first, second = table.to_pylist()
    assert first["money"] == Decimal("90071992547409.93") and first["ratio"] == Decimal("0.1")
    assert second["ratio"] == Decimal("12345678901234567890.0000000001"), "more digits than a binary fraction has"
    assert first["large"] == Decimal("123456789012345678901234567890.12")
    assert (first["day"], first["moment"]) == (date(2023, 12, 31), datetime(2023, 12, 31))
    assert (first["label"], first["flag"], first["code"]) == (" 007 ", True, "x  ")
    assert [second[name] for name in ("whole", "money", "large", "day", "moment", "code")] == [None] * 6
    assert (second["label"], second["flag"]) == ("", False)


def test_values_without_a_place_in_their_type_stay_text(starter_copy: Path, reading: None) -> None:
    """The row is rejected by its cell, with what the server has there, and not the query."""
    plan = asking(
        starter_copy,
        """
        SELECT * FROM (VALUES
            ('infinity'::date, 'infinity'::timestamp, 'NaN'::numeric, 1e30::numeric,
             '2023-12-31 12:00+00'::timestamptz, '{1}'::int[]),
            ('2023-12-31', '2023-12-31', 1, 1e-30, NULL, NULL)
        ) AS t(day, moment, ratio, wide, zoned, list)
        """,
    )
    table = answer(plan)
    assert set(table.schema.types) == {pa.string(), pa.timestamp("us", "UTC")}
    first, second = table.to_pylist()
    assert (first["day"], first["moment"], first["ratio"], first["list"]) == ("infinity", "infinity", "NaN", "{1}")
    assert (second["day"], second["moment"], second["ratio"]) == ("2023-12-31", "2023-12-31", "1")
    assert second["wide"] == "0." + "0" * 29 + "1"
    assert first["zoned"] == datetime(2023, 12, 31, 12, tzinfo=UTC)


def test_many_blocks_in_the_order_of_the_query(starter_copy: Path, reading: None) -> None:
    plan = asking(starter_copy, "SELECT i, i * 0.01 AS cents FROM generate_series(50000, 1, -1) AS numbers(i)")
    table = answer(plan)
    assert table["i"].to_pylist() == list(range(50_000, 0, -1))
    assert table["cents"][-1].as_py() == Decimal("0.01")


QUERIES = {
    "a query that writes": ("DELETE FROM kept", "syntax error"),
    "a query that writes within": ("WITH gone AS (DELETE FROM kept RETURNING id) SELECT * FROM gone", "data-modifying"),
    "a second statement": ("SELECT 1; DELETE FROM kept", "multiple commands"),
    "the end of the transaction": ("COMMIT", "syntax error"),
    "a function that writes": ("SELECT nextval('numbers')", "a query writes nothing (cannot execute nextval()"),
    "an object": ("SELECT lo_create(0)", "a query writes nothing (cannot execute lo_create()"),
    "the transaction made another": ("SELECT set_config('transaction_read_only', 'off', false)", "read-write mode"),
    "a copy to a program": ("COPY kept TO PROGRAM 'cat'", "syntax error"),
    "a table that is not there": ("SELECT * FROM nowhere", 'relation "nowhere" does not exist, 42P01'),
    "a parameter that is not there": ("SELECT %(today)s", "a query has the parameters instant, opening, closing here"),
    "a per cent beside a parameter": ("SELECT %(instant)s WHERE 'a' LIKE 'a%'", "placeholders"),
    "no query": ("", "syntax error"),
}
"""Texts, and what is said of them."""


@pytest.mark.parametrize("name", QUERIES)
def test_a_query_only_reads(name: str, starter_copy: Path, server: Any, reading: None) -> None:
    import psycopg

    text, words = QUERIES[name]
    with psycopg.connect(server.get_uri(), autocommit=True) as connection:
        connection.execute("CREATE TABLE IF NOT EXISTS kept AS SELECT 1 AS id")
        connection.execute("CREATE SEQUENCE IF NOT EXISTS numbers")
        connection.execute("GRANT ALL ON kept, numbers TO reader")
        said = refused(asking(starter_copy, text))
        assert (said.file, said.key) == ("loans.sql", "tapes.loans.closing") and words in said.rule
        assert connection.execute("SELECT count(*) FROM kept").fetchone() == (1,)
        assert connection.execute("SELECT last_value, is_called FROM numbers").fetchone() == (1, False)


def test_a_per_cent_stands_for_itself(starter_copy: Path, reading: None) -> None:
    alone = asking(starter_copy, "SELECT 'a%' AS label WHERE 'ab' LIKE 'a%'")
    assert answer(alone).to_pylist() == [{"label": "a%"}]
    (starter_copy / "loans.sql").write_text("SELECT %(instant)s::date AS day WHERE 'ab' LIKE 'a%%'", encoding="utf-8")
    assert answer(alone).to_pylist() == [{"day": date(2023, 12, 31)}]


def test_a_query_that_takes_too_long(starter_copy: Path, reading: None) -> None:
    plan = asking(starter_copy, "SELECT pg_sleep(30)")
    plan.write_text(plan.read_text(encoding="utf-8").replace("timeout_seconds = 60", "timeout_seconds = 1"), encoding="utf-8")
    said = refused(plan)
    assert said.rule == "the server answers within 1 seconds" and "raise timeout_seconds" in said.remedy


def test_a_server_that_goes_in_the_middle(
    starter_copy: Path, server: Any, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """Rows have come already when the connection ends: nothing of them is kept, and no run is written."""
    monkeypatch.setenv(VARIABLE, server.get_uri())
    plan = asking(
        starter_copy,
        "SELECT i AS contract_id, CASE WHEN i = 50000 THEN pg_terminate_backend(pg_backend_pid()) END AS ended"
        " FROM generate_series(1, 100000) AS numbers(i)",
    )
    said = refused(plan)
    assert said.rule == "the server is there until the answer is read; the connection has ended before"
    with pytest.raises(UnusableInput):
        close(plan)
    assert not (starter_copy / "runs").exists()
    assert caplog.text == "", "what psycopg logs names the connection"


def test_all_queries_see_one_moment_and_may_not_write(starter_copy: Path, reading: None) -> None:
    """What somebody books between two queries of a source is in neither answer."""
    plan = asking(
        starter_copy,
        "SELECT pg_current_snapshot()::text AS seen, now()::text AS moment, current_setting('transaction_isolation') AS level,"
        " current_setting('transaction_read_only') AS read_only, current_setting('statement_timeout') AS most",
    )
    text = plan.read_text(encoding="utf-8")
    opening = re.sub(r'(?m)^opening = "tapes/loans.*"', 'opening = { source = "core", query = "loans.sql" }', text)
    plan.write_text(opening, encoding="utf-8")
    first, second = (answer(plan, f"tapes.loans.{state}").to_pylist()[0] for state in ("opening", "closing"))
    assert first != second, "two closes are two moments"
    stated = read_plan(plan, DECLARATIONS)
    with answered(stated, stated_queries(stated), Progress(show=False)) as asked:
        rows = [pq.read_table(extract.path).to_pylist() for extract in asked.extracts.values()]
    assert rows[0] == rows[1] and len(rows) == 2
    assert [rows[0][0][name] for name in ("level", "read_only", "most")] == ["repeatable read", "on", "1min"]


LOANS = Path("tapes/loans-2023-12-31.csv")
SECRET = "pass word 7&'x"
CLOSING = """
import sys
from gaapbridge.__main__ import main
sys.argv = ["gaapbridge", "close", sys.argv[1]]
main()
"""


@pytest.mark.campaign(but=1)
@pytest.mark.parametrize("password", ["wrong", "right"])
def test_a_password_stands_nowhere(password: str, starter_copy: Path, server: Any) -> None:
    import psycopg

    with psycopg.connect(server.get_uri(), autocommit=True) as connection:
        literal = SECRET.replace("'", "''")
        connection.execute("DROP TABLE IF EXISTS loans")
        typed = ", ".join(f'"{name}" {OF_COLUMN[name]}' for name in frame_of(starter_copy / LOANS).columns)
        connection.execute(f"CREATE TABLE loans ({typed})")
        with connection.cursor().copy("COPY loans FROM STDIN (FORMAT csv)") as copying:
            copying.write(frame_of(starter_copy / LOANS).write_csv(include_header=False))
        connection.execute(f"ALTER ROLE reader PASSWORD '{literal if password == 'right' else 'correct horse'}'")
    plan = asking(starter_copy, "SELECT * FROM loans WHERE %(instant)s = DATE '2023-12-31'")
    escaped = SECRET.replace("'", "\\'")
    environment = os.environ | {VARIABLE: as_reader(server, escaped), "PYTHONFAULTHANDLER": "1"}
    done = subprocess.run([sys.executable, "-c", CLOSING, str(plan)], env=environment, capture_output=True, text=True)
    with psycopg.connect(server.get_uri(), autocommit=True) as connection:
        connection.execute("ALTER ROLE reader PASSWORD 'correct horse'")
    assert done.returncode == (0 if password == "right" else 2), done.stderr
    if password == "wrong":
        assert "(the server does not take the user or the password)" in done.stderr and len(done.stderr.splitlines()) == 1
    kept = [path for path in starter_copy.rglob("*") if path.is_file()]
    assert any(path.name == "tapes.loans.closing.parquet" for path in kept) == (password == "right")
    texts = [done.stdout.encode(), done.stderr.encode(), *(path.read_bytes() for path in kept)]
    for secret in (SECRET, escaped, "pass word 7", str(server.get_postmaster_info().socket_dir)):
        assert [text for text in texts if secret.encode() in text] == []


def test_a_service_of_libpq(starter_copy: Path, server: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = server.get_postmaster_info().socket_dir
    service = f"[core_reader]\nhost={folder}\nuser=reader\ndbname=postgres\npassword=correct horse\n"
    (tmp_path / "services.conf").write_text(service, encoding="utf-8")
    monkeypatch.setenv("PGSERVICEFILE", str(tmp_path / "services.conf"))
    plan = asking(starter_copy, "SELECT current_user::text AS label")
    text = plan.read_text(encoding="utf-8").replace(f'environment = "{VARIABLE}"', 'service = "core_reader"')
    plan.write_text(text, encoding="utf-8")
    assert answer(plan).to_pylist() == [{"label": "reader"}]
    plan.write_text(text.replace("core_reader", "elsewhere"), encoding="utf-8")
    with pytest.raises(UnusableInput, match="there is no such service"):
        answer(plan)


def test_a_library_that_is_not_there(starter_copy: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "psycopg", None)
    with pytest.raises(UnusableInput) as missing:
        check(asking(starter_copy, "SELECT 1"))
    assert (missing.value.key, missing.value.value) == ("sources.core.kind", "postgresql")
    assert missing.value.remedy == 'install it: python -m pip install "gaapbridge[postgresql]"'


def test_rejects_name_the_query(starter_copy: Path, reading: None, server: Any) -> None:
    plan = asking(starter_copy, "SELECT 1 AS nothing_of_a_loan")
    with pytest.raises(UnusableInput) as refused_header:
        check(plan)
    assert refused_header.value.file == "loans.sql (core, 2023-12-31)"

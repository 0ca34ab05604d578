"""Queries over files, answered by DuckDB: one SELECT over the tables that the plan names, and nothing else of the machine.

The files are opened before the query is read; then the database is shut: no other file, no network, no extension, no variable
of the environment or of Python, and no setting that could be changed.
"""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gaapbridge.extracts.written import BLOCK_ROWS, no_answer, not_installed, unbound, write_answer
from gaapbridge.plan import Plan
from gaapbridge.plan.queries import SOURCES, Database, Extract
from gaapbridge.tapes.members import found
from gaapbridge.terms.errors import UnusableInput
from gaapbridge.terms.text import shortened

if TYPE_CHECKING:
    import duckdb
    import pyarrow as pa

_MEGABYTES = 1_024
_CAUSE = re.compile(r"Candidate bindings:|Did you mean|Error when converting column|Expected Number of Columns|Either add it")
"""How lines begin, besides the first, in which DuckDB names a column, a candidate or a cell; no other is repeated: they quote
rows, the query and the settings of its reader."""

_CONNECTION = re.compile(r"[a-z][a-z0-9+.-]*://|\b(password|passwd|user|host|hostaddr|dbname|secret|token)\s*=", re.I)
_USER = re.compile(r"(?<=://)[^/\s@\"]*@")
_LONGEST = 300
_ENDINGS = (".csv", ".parquet", ".json", ".jsonl", ".ndjson")


def ask(plan: Plan, source: str, extracts: Sequence[Extract], folder: Path) -> None:
    """Put queries to one source and write their answers. Raises ``UnusableInput``; what does not fit into memory goes to the
    folder."""
    try:
        import duckdb
    except ImportError:
        raise not_installed(plan, source) from None
    database = plan.sources[source]
    first: dict[str, str | bool | int | float | list[str]] = {
        "autoinstall_known_extensions": False, "autoload_known_extensions": False, "python_enable_replacements": False,
        "temp_directory": str(folder), "memory_limit": f"{database.memory_megabytes or _MEGABYTES}MiB",
    }  # fmt: skip
    with contextlib.closing(duckdb.connect(":memory:", config=first)) as connection:
        connection.execute("SET TimeZone = 'UTC'")
        files = [file for name in database.tables or {} for file in _tabled(connection, plan, source, database, name)]
        connection.execute("SET allowed_paths = $files", {"files": [str(file) for file in files]})
        connection.execute("SET enable_external_access = false")
        connection.execute("SET lock_configuration = true")
        for extract in extracts:
            _answer(connection, extract)


def _tabled(connection: duckdb.DuckDBPyConnection, plan: Plan, source: str, database: Database, name: str) -> list[Path]:
    """Files under the name of their table, the cells of CSV as text; and their paths. All have the columns of the first, and of
    its types: DuckDB would read the others by its places and round to its types."""
    import duckdb

    key, stated = f"{SOURCES}.{source}.tables.{name}", (database.tables or {})[name]
    files = [_beneath(plan, key, path) for path in found(plan.folder, stated, _ENDINGS)]
    ending = _ending(files, key)
    columns: dict[str, str] = {}
    for file in files:
        try:
            relation = _read(connection, ending, [str(file)])
        except duckdb.Error as error:
            rule, remedy = f"the file can be read as a table ({_said(error)})", "export it again, text as UTF-8"
            raise UnusableInput(file=plan.name_of(file), key=key, rule=rule, remedy=remedy) from None
        own = dict(zip(relation.columns, map(str, relation.types), strict=True))
        columns = columns or own
        for column in columns | own:
            if columns.get(column) != own.get(column):
                rule = f"all files of a table have the columns of {files[0].name}, of one type each"
                remedy = "export the files alike, or name them as tables of their own"
                raise UnusableInput(file=plan.name_of(file), key=key, column=column, rule=rule, remedy=remedy)
    _read(connection, ending, [str(file) for file in files]).create_view(name, replace=False)
    return files


def _read(connection: duckdb.DuckDBPyConnection, ending: str, paths: Any) -> duckdb.DuckDBPyRelation:
    """Files as rows with the columns that they themselves have, by their names."""
    match ending:
        case ".csv":
            return connection.read_csv(
                paths, header=True, all_varchar=True, quotechar='"', escapechar='"', hive_partitioning=False, union_by_name=True
            )
        case ".parquet":
            return connection.read_parquet(paths, hive_partitioning=False, union_by_name=True)
        case _:
            return connection.read_json(paths)


def _beneath(plan: Plan, key: str, path: Path) -> Path:
    """A file of the plan's folder, in full."""
    whole = path.resolve()
    if not whole.is_relative_to(plan.folder.resolve()):
        rule = "a query reads files beneath the plan's folder"
        raise UnusableInput(file=plan.name_of(path), key=key, rule=rule, remedy="put the file there, or name it as a tape")
    if re.search(r"[*?\[]", str(whole)):
        rule = "the path of a file for a query has none of * ? ["
        raise UnusableInput(file=plan.name_of(path), key=key, rule=rule, remedy="rename it, or name it as a tape")
    if not whole.is_file():
        raise UnusableInput(file=plan.name_of(path), key=key, rule="the file exists", remedy="correct the path in the plan")
    return whole


def _ending(files: Sequence[Path], key: str) -> str:
    endings = sorted({file.suffix.lower() for file in files})
    if len(endings) != 1 or endings[0] not in _ENDINGS:
        rule, remedy = f"a table is in files of one ending: {', '.join(_ENDINGS)}", "save them under one of these"
        raise UnusableInput(file=files[0].name, key=key, value=" and ".join(endings), rule=rule, remedy=remedy)
    return endings[0]


def _answer(connection: duckdb.DuckDBPyConnection, extract: Extract) -> None:
    import duckdb

    try:
        statement = _only_select(connection, extract)
        names = statement.named_parameters
        if (fault := unbound(extract, names)) is not None:
            raise fault
        relation = connection.sql(statement, params={name: extract.parameters[name] for name in names})
        reader = relation.to_arrow_reader(BLOCK_ROWS)
        schema = _plain(reader.schema)
        write_answer(extract, schema, _batches(reader, schema))
    except duckdb.Error as error:
        raise _refused(extract, error) from None


def _only_select(connection: duckdb.DuckDBPyConnection, extract: Extract) -> duckdb.Statement:
    """The statement of a query, by DuckDB's own reading of it."""
    import duckdb

    statements = connection.extract_statements(extract.text)
    if len(statements) == 1 and statements[0].type == duckdb.StatementType.SELECT:
        return statements[0]
    kinds = ", ".join(str(one.type).rpartition(".")[2] for one in statements) or "none"
    raise no_answer(extract, "a query is one statement, and that a SELECT", "leave one SELECT in the file", kinds)


def _plain(schema: pa.Schema) -> pa.Schema:
    """The schema with every type of DuckDB's own as the one that it is stored in."""
    import pyarrow as pa

    plain = [field.type.storage_type if isinstance(field.type, pa.BaseExtensionType) else field.type for field in schema]
    return pa.schema([pa.field(field.name, kind) for field, kind in zip(schema, plain, strict=True)])


def _batches(reader: pa.RecordBatchReader, schema: pa.Schema) -> Iterator[pa.RecordBatch]:
    import pyarrow as pa

    for batch in reader:
        columns = [one.storage if isinstance(one, pa.ExtensionArray) else one for one in batch.columns]
        yield pa.record_batch(columns, schema=schema)


def _refused(extract: Extract, error: duckdb.Error) -> UnusableInput:
    import duckdb

    line = _said(error)
    if isinstance(error, duckdb.PermissionException):
        named = re.search(r'"([^"]+)"', _USER.sub("", str(error)))
        rule = "a query reads the tables of its source and nothing else"
        remedy = f"name the file in tables under [{SOURCES}.{extract.query.source}], and the table in the query"
        return no_answer(extract, rule, remedy, named[1] if named else line)
    if isinstance(error, duckdb.OutOfMemoryException):
        remedy = f"raise memory_megabytes under [{SOURCES}.{extract.query.source}]"
        return no_answer(extract, f"a query is answered within its memory ({line})", remedy)
    return no_answer(extract, f"the database answers the query ({line})", "correct the query")


def _said(error: Exception) -> str:
    """What DuckDB says of the cause, on one line that is no longer than one can be: without rows, and whatever may connect."""
    first, *others = str(error).strip().partition("\n\n")[0].split("\n")
    lines = [first, *(line for line in map(str.strip, others) if _CAUSE.match(line))]
    told = [line for line in lines if not _CONNECTION.search(line)] or [type(error).__name__]
    line = "; ".join(" ".join(line.split()) for line in told)
    return shortened("".join(sign for sign in line if sign.isprintable()), _LONGEST)

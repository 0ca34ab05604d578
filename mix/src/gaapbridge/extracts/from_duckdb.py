"""Queries over files, answered by DuckDB: one SELECT over the tables that the plan names, and nothing else of the machine.

The files are opened before the query is read; then the database is shut: no other file, no network, no extension, no variable
of the environment or of Python, and no setting that could be changed.
"""

from __future__ import annotations

import contextlib
import re
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.parquet as pq

from gaapbridge.extracts.text_tables import as_texts, refuse_alike
from gaapbridge.extracts.written import BLOCK_ROWS, no_answer, not_installed, unbound, write_answer
from gaapbridge.plan import Plan
from gaapbridge.plan.queries import SOURCES, Database, Extract
from gaapbridge.tapes.layout import PLAIN, Layout
from gaapbridge.tapes.members import found
from gaapbridge.terms.errors import UnusableInput
from gaapbridge.terms.hashes import Seen, changed
from gaapbridge.terms.text import shortened
from gaapbridge.terms.writing import reason_of, writing

if TYPE_CHECKING:
    import duckdb

_MEGABYTES = 1_024
_CAUSE = re.compile(r"Candidate bindings:|Did you mean|Error when converting column|Expected Number of Columns|Either add it")
"""How lines begin, besides the first, in which DuckDB names a column, a candidate or a cell; no other is repeated: they quote
rows, the query and the settings of its reader."""

_CONNECTION = re.compile(r"[a-z][a-z0-9+.-]*://|\b(password|passwd|user|host|hostaddr|dbname|secret|token)\s*=", re.I)
_USER = re.compile(r"(?<=://)[^/\s@\"]*@")
_LONGEST = 300
_TEXT = ".csv"
_ENDINGS = (_TEXT, ".parquet", ".json", ".jsonl", ".ndjson")


@dataclass(frozen=True, slots=True)
class _Table:
    """Files of one ending under the name of their table, and its key in the plan."""

    name: str
    key: str
    files: Sequence[Path]
    ending: str
    layout: Layout


def ask(plan: Plan, source: str, extracts: Sequence[Extract], folder: Path) -> Mapping[str, str]:
    """Put queries to one source and write their answers; the hashes of its files. Raises ``UnusableInput``; what does not fit
    into memory goes to the folder."""
    try:
        import duckdb
    except ImportError:
        raise not_installed(plan, source) from None
    database = plan.sources[source]
    tables = [_located(plan, source, database, name) for name in database.tables or {}]
    first: dict[str, str | bool | int | float | list[str]] = {
        "autoinstall_known_extensions": False, "autoload_known_extensions": False, "python_enable_replacements": False,
        "temp_directory": str(folder), "memory_limit": f"{database.memory_megabytes or _MEGABYTES}MiB",
    }  # fmt: skip
    with (
        _unchanged(plan, tables) as hashes,
        _made_in(folder) as copies,
        contextlib.closing(duckdb.connect(":memory:", config=first)) as connection,
    ):
        connection.execute("SET TimeZone = 'UTC'")
        called = {path: file for table in tables for path, file in _tabled(connection, plan, table, copies).items()}
        connection.execute("SET allowed_paths = $files", {"files": list(called)})
        connection.execute("SET enable_external_access = false")
        connection.execute("SET lock_configuration = true")
        for extract in extracts:
            _answer(connection, extract, called)
    return hashes


def _located(plan: Plan, source: str, database: Database, name: str) -> _Table:
    key, stated = f"{SOURCES}.{source}.tables.{name}", (database.tables or {})[name]
    files = [_beneath(plan, key, path) for path in found(plan.folder, stated, _ENDINGS)]
    read = (database.read or {}).get(name)
    if (ending := _ending(files, key)) != _TEXT and read is not None:
        rule, remedy = "the keys of read are for tables in CSV files", "remove it, or name the CSV files"
        raise UnusableInput(file=plan.name_of(files[0]), key=f"{SOURCES}.{source}.read.{name}", rule=rule, remedy=remedy)
    return _Table(name, key, files, ending, PLAIN if read is None else Layout(**read.model_dump()))


@contextlib.contextmanager
def _unchanged(plan: Plan, tables: Sequence[_Table]) -> Iterator[Mapping[str, str]]:
    """The hashes of the files of tables. Raises ``UnusableInput`` where one is no longer what it was when what is done in
    between ends, well or not: an answer would be partly of the one, partly of the other."""
    by_key = {file: table.key for table in tables for file in table.files}
    try:
        seen = [(Seen.of(file, plan.folder), key) for file, key in by_key.items()]
    except OSError as error:
        rule, remedy = f"the files of a table can be read ({reason_of(error)})", "give read permission"
        raise UnusableInput(file=plan.name_of(Path(str(error.filename))), rule=rule, remedy=remedy) from None

    def look_again() -> None:
        for one, key in seen:
            if not one.unchanged:
                raise changed(plan.name_of(one.path), key)

    try:
        yield {plan.name_of(one.path): one.sha256 for one, _ in seen}
    except Exception:
        look_again()
        raise
    look_again()


@contextlib.contextmanager
def _made_in(folder: Path) -> Iterator[Path]:
    """A folder in one, for as long as what is done in between lasts."""
    with writing(folder), tempfile.TemporaryDirectory(dir=folder) as made:
        yield Path(made)


def _tabled(connection: duckdb.DuckDBPyConnection, plan: Plan, table: _Table, copies: Path) -> dict[str, str]:
    """Files under the name of their table, the cells of CSV as text; what each that DuckDB reads is called. All have the
    columns of the first, and of its types: DuckDB would read the others by its places and round to its types."""
    import duckdb

    called: dict[str, str] = {}
    columns: dict[str, str] = {}
    for file in table.files:
        name = plan.name_of(file)
        try:
            path = _readable(file, name, table, copies)
            own = _columns(_read(connection, table.ending, [str(path)]))
            if table.ending == ".parquet":
                refuse_alike(pq.read_schema(path).names, name)
        except UnusableInput as unusable:
            unusable.key = table.key
            raise
        except (duckdb.Error, pa.ArrowException, OSError) as error:
            rule, remedy = f"the file can be read as a table ({_said(error)})", "export it again, text as UTF-8"
            raise UnusableInput(file=name, key=table.key, rule=rule, remedy=remedy) from None
        columns = columns or own
        for column in columns | own:
            if columns.get(column) != own.get(column):
                rule = f"all files of a table have the columns of {table.files[0].name}, of one type each"
                remedy = "export the files alike, or name them as tables of their own"
                raise UnusableInput(file=name, key=table.key, column=column, rule=rule, remedy=remedy)
        called[str(path)] = name
    _read(connection, table.ending, list(called)).create_view(table.name, replace=False)
    return called


def _readable(file: Path, name: str, table: _Table, copies: Path) -> Path:
    """What DuckDB reads of a file: the file, or of CSV its cells as our own reader tells them."""
    if table.ending != _TEXT:
        return file
    copy = copies / f"{len(list(copies.iterdir()))}.parquet"
    as_texts(file, name, table.layout, copy)
    return copy


def _columns(relation: duckdb.DuckDBPyRelation) -> dict[str, str]:
    return dict(zip(relation.columns, map(str, relation.types), strict=True))


def _read(connection: duckdb.DuckDBPyConnection, ending: str, paths: Any) -> duckdb.DuckDBPyRelation:
    """Files as rows with the columns that they themselves have, by their names. Of JSON every row is looked at: a key or a type
    that the first rows do not have would go without a word."""
    if ending in (_TEXT, ".parquet"):
        return connection.read_parquet(paths, hive_partitioning=False, union_by_name=True)
    return connection.read_json(paths, sample_size=-1, map_inference_threshold=-1, hive_partitioning=False, union_by_name=True)


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


def _answer(connection: duckdb.DuckDBPyConnection, extract: Extract, called: Mapping[str, str]) -> None:
    import duckdb

    try:
        statement = _only_select(connection, extract)
        names = statement.named_parameters
        if (fault := unbound(extract, names)) is not None:
            raise fault
        relation = connection.sql(statement, params={name: extract.parameters[name] for name in names})
        reader = relation.to_arrow_reader(BLOCK_ROWS)
    except duckdb.Error as error:
        raise _refused(extract, error, called) from None
    schema = _plain(reader.schema)
    write_answer(extract, schema, _batches(reader, schema, extract, called))


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
    plain = [field.type.storage_type if isinstance(field.type, pa.BaseExtensionType) else field.type for field in schema]
    return pa.schema([pa.field(field.name, kind) for field, kind in zip(schema, plain, strict=True)])


def _batches(
    reader: pa.RecordBatchReader, schema: pa.Schema, extract: Extract, called: Mapping[str, str]
) -> Iterator[pa.RecordBatch]:
    """The rows of an answer, some at a time. What DuckDB says while they are fetched comes as an error of Arrow or of the
    system, and is about what it reads, not about what is written."""
    import duckdb

    while True:
        try:
            batch = reader.read_next_batch()
        except StopIteration:
            return
        except (duckdb.Error, pa.ArrowException, OSError) as error:
            raise _refused(extract, error, called) from None
        columns = [one.storage if isinstance(one, pa.ExtensionArray) else one for one in batch.columns]
        yield pa.record_batch(columns, schema=schema)


def _refused(extract: Extract, error: Exception, called: Mapping[str, str]) -> UnusableInput:
    line, said = _said(error), str(error)
    if said.startswith("Permission Error"):
        named = re.search(r'"([^"]+)"', _USER.sub("", said))
        rule = "a query reads the tables of its source and nothing else"
        remedy = f"name the file in tables under [{SOURCES}.{extract.query.source}], and the table in the query"
        return no_answer(extract, rule, remedy, named[1] if named else line)
    if said.startswith("Out of Memory Error"):
        remedy = f"raise memory_megabytes under [{SOURCES}.{extract.query.source}]"
        return no_answer(extract, f"a query is answered within its memory ({line})", remedy)
    if (of_file := next((path for path in called if f'"{path}"' in said), None)) is not None:
        rule = f"the file can be read to its end ({line.replace(of_file, called[of_file])})"
        remedy = "write the file again; it may have been cut off while it was copied"
        return UnusableInput(file=called[of_file], key=extract.name, rule=rule, remedy=remedy)
    return no_answer(extract, f"the database answers the query ({line})", "correct the query")


def _said(error: Exception) -> str:
    """What DuckDB says of the cause, on one line that is no longer than one can be: without rows, and whatever may connect."""
    first, *others = str(error).strip().partition("\n\n")[0].split("\n")
    lines = [first, *(line for line in map(str.strip, others) if _CAUSE.match(line))]
    told = [line for line in lines if not _CONNECTION.search(line)] or [type(error).__name__]
    line = "; ".join(" ".join(line.split()) for line in told)
    return shortened("".join(sign for sign in line if sign.isprintable()), _LONGEST)

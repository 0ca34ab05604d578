"""Where workers leave what they made: a table in parts, each whole or not at all."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

import polars as pl

from gaapbridge.terms.writing import writing


def scan_parts(folder: Path) -> pl.LazyFrame:
    """The parts of a table as one, whatever characters the path of its folder has."""
    return pl.scan_parquet(sorted(folder.glob("*.parquet")), glob=False)


@dataclass(frozen=True)
class Parts:
    """The parts of a table of contracts as Parquet files of a folder, numbered by their ranges; of its columns all, or those
    that are named."""

    folder: Path
    columns: tuple[str, ...] | None = None

    def put(self, table: pl.DataFrame, number: int) -> None:
        """Write one part.

        Whole numbers are written as differences, which is smaller and twice as fast; little is left to compress, and the
        quicker way costs three bytes in a hundred. Statistics are kept of the ids alone, by which a contract is found; those of
        a hundred amounts cost a quarter of the writing. A column without an empty cell has no flags of them.
        """
        import pyarrow as arrow
        from pyarrow import parquet

        contents = table.select(name for name in table.columns if self.columns is None or name in self.columns).to_arrow()
        cells = list(zip(contents.schema, contents.columns, strict=True))
        told = arrow.schema([column.with_nullable(held.null_count > 0) for column, held in cells])
        amounts = [column.name for column in told if column.type == arrow.int64()]
        words = [column.name for column in told if column.name not in {*amounts, "contract_id"}]
        compression = {**dict.fromkeys(amounts, "snappy"), **dict.fromkeys((*words, "contract_id"), "zstd")}
        with self._placed(number) as unfinished:
            parquet.write_table(
                arrow.Table.from_arrays(contents.columns, schema=told), unfinished, compression=compression,
                use_dictionary=words, column_encoding=dict.fromkeys(amounts, "DELTA_BINARY_PACKED"),
                write_statistics=["contract_id"],
            )  # fmt: skip

    def put_written(self, content: bytes, number: int) -> None:
        """Write one part as it was written before."""
        with self._placed(number) as unfinished:
            unfinished.write_bytes(content)

    def written(self, number: int) -> bytes:
        """One part as it is written."""
        return self._path(number).read_bytes()

    def _path(self, number: int) -> Path:
        return self.folder / f"part-{number:05d}.parquet"

    @contextlib.contextmanager
    def _placed(self, number: int) -> Iterator[Path]:
        """A file of its own, renamed to that of a part once it is written: of two workers that make it the last one stands."""
        path = self._path(number)
        unfinished = path.with_name(f"{path.stem}-{uuid4().hex}.unfinished")
        with writing(path):
            self.folder.mkdir(parents=True, exist_ok=True)
            yield unfinished
            unfinished.replace(path)

    def sweep(self) -> None:
        """Remove what workers were writing that were lost; others have made the same parts since."""
        for path in self.folder.glob("*.unfinished"):
            path.unlink()

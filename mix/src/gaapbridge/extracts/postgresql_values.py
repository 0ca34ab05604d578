"""An answer of PostgreSQL, which came as text, written in exact types: a number as whole or decimal, a day as a day.

A server sends every value as text, and only all of them tell how many digits a number without a stated precision has. So the
rows are set aside as text while they come, and typed once they are all there. A column of which some value does not fit its
type, such as the day ``infinity``, stays text: whoever reads the row rejects the cell, not the query.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gaapbridge.extracts.written import write_answer
from gaapbridge.plan.queries import Extract
from gaapbridge.terms.writing import writing

if TYPE_CHECKING:
    import pyarrow as pa

_LARGEST_PRECISION = 38
_NUMERIC, _BOOLEAN, _TIMESTAMPS = 1700, 16, (1114, 1184)
_NUMBER = r"^-?[0-9]+(\.[0-9]+)?$"


@dataclass(frozen=True, slots=True)
class Column:
    """A column of an answer: its name, the number of its type in PostgreSQL, and the digits that a number is declared with."""

    name: str
    type_number: int
    precision: int | None
    scale: int | None


def write_postgresql_values(
    extract: Extract, columns: Sequence[Column], blocks: Iterable[Sequence[tuple[str | None, ...]]], folder: Path
) -> None:
    """Write rows of texts, as PostgreSQL writes values, as an extract, in their order; the folder takes them meanwhile."""
    import pyarrow as pa

    aside = folder / f"{extract.name}.arrow"
    texts = pa.schema([pa.field(column.name, pa.string()) for column in columns])
    seen = [_Values(column) for column in columns]
    with writing(aside), pa.ipc.new_stream(aside, texts) as stream:
        for block in blocks:
            arrays = [pa.array(cells, pa.string()) for cells in zip(*block, strict=True)]
            for one, cells in zip(seen, arrays, strict=True):
                one.look(cells)
            stream.write_batch(pa.record_batch(arrays, schema=texts))
    schema = pa.schema([pa.field(one.column.name, one.kind()) for one in seen])
    write_answer(extract, schema, _typed(aside, seen, schema))
    aside.unlink()


def _typed(aside: Path, seen: Sequence[_Values], schema: pa.Schema) -> Iterator[pa.RecordBatch]:
    import pyarrow as pa

    with aside.open("rb") as stream, pa.ipc.open_stream(stream) as reader:
        for batch in reader:
            arrays = [one.typed(cells) for one, cells in zip(seen, batch.columns, strict=True)]
            yield pa.record_batch(arrays, schema=schema)


class _Values:
    """What was seen of a column so far: whether its type holds every value, and the most digits of a number."""

    def __init__(self, column: Column) -> None:
        self.column = column
        self._stated = _stated_type(column)
        self._whole = self._fraction = 0
        self._fits = self._stated is not None or column.type_number == _NUMERIC

    def look(self, cells: pa.Array) -> None:
        """Take note of the values of a block."""
        import pyarrow as pa
        import pyarrow.compute as pc

        if not self._fits or cells.null_count == len(cells):
            return
        if self._stated is not None:
            try:
                _cast(cells, self._stated)
            except pa.ArrowInvalid:
                self._fits = False
        elif pc.all(pc.match_substring_regex(cells, _NUMBER)).as_py():
            digits = _shortest(cells)
            length, point = pc.utf8_length(digits), pc.find_substring(digits, ".")
            whole = pc.if_else(pc.less(point, 0), length, point)
            fraction = pc.subtract(pc.subtract(length, whole), 1)
            self._fraction = max(self._fraction, pc.max(fraction).as_py())
            self._whole = max(self._whole, pc.max(whole).as_py())
        else:
            self._fits = False

    def kind(self) -> pa.DataType:
        """The type that holds every value exactly."""
        import pyarrow as pa

        if not self._fits or self._whole + self._fraction > _LARGEST_PRECISION:
            return pa.string()
        return self._stated or pa.decimal128(_LARGEST_PRECISION, self._fraction)

    def typed(self, cells: pa.Array) -> pa.Array:
        """Texts of a block in that type; of a moment that stays text, the day where it is one."""
        import pyarrow as pa
        import pyarrow.compute as pc

        kind = self.kind()
        if kind != pa.string():
            return _cast(cells if self._stated is not None else _shortest(cells), kind)
        return pc.replace_substring_regex(cells, " 00:00:00$", "") if self.column.type_number in _TIMESTAMPS else cells


def _stated_type(column: Column) -> Any:
    """The type that a column was declared with, where it is more than text; None where only its values can tell."""
    import pyarrow as pa

    if column.type_number == _NUMERIC:
        precision, scale = column.precision or 0, column.scale or 0
        return pa.decimal128(precision, scale) if 0 < precision <= _LARGEST_PRECISION and 0 <= scale <= precision else None
    known = {
        _BOOLEAN: pa.bool_(), 20: pa.int64(), 21: pa.int64(), 23: pa.int64(), 26: pa.int64(), 700: pa.float64(),
        701: pa.float64(), 1082: pa.date32(), 1114: pa.timestamp("us"), 1184: pa.timestamp("us", "UTC"),
    }  # fmt: skip
    return known.get(column.type_number)


def _cast(cells: pa.Array, kind: pa.DataType) -> pa.Array:
    """Texts as values; PostgreSQL writes a truth as one letter."""
    import pyarrow as pa
    import pyarrow.compute as pc

    return pc.equal(cells, "t") if kind == pa.bool_() else cells.cast(kind)


def _shortest(cells: pa.Array) -> pa.Array:
    """Numbers without the nils that end their decimals."""
    import pyarrow.compute as pc

    without = pc.utf8_rtrim(pc.utf8_rtrim(cells, "0"), ".")
    return pc.if_else(pc.match_substring(cells, "."), without, cells)

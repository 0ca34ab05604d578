"""Tapes of contracts as streams: checked chunk by chunk in the order of contract ids, any number of them side by side.

Memory does not grow with the tape, but for one 64-bit number a contract where a tape is not in the order of its ids: such a
tape is put in order on disk (``spill``). Where a contract has many rows they are all in one chunk.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import polars as pl

from gaapbridge.tapes.checks import Totals, check
from gaapbridge.tapes.read import CHUNK_ROWS, Source, open_tape
from gaapbridge.tapes.schema import Amounts, Circumstances, Schema
from gaapbridge.tapes.spill import in_contract_order
from gaapbridge.tapes.survey import MOST_INSTALMENTS, READ_ROWS, Survey, ascending, survey_of
from gaapbridge.tapes.unusual import UnusualRows
from gaapbridge.terms import UnusableInput


@dataclass
class ContractTape:
    """One tape of contracts: opened, and streamed once.

    ``rejects``, ``totals`` and ``unusual`` are complete after the last chunk.
    """

    source: Source
    circumstances: Circumstances
    survey: Survey

    def __post_init__(self) -> None:
        self.rejects: list[pl.DataFrame] = []
        self.totals = Totals()
        self.unusual = tuple(UnusualRows(unusual) for unusual in self.source.schema.unusual)

    @property
    def ordered(self) -> bool:
        """Whether the rows lie in the order of their ids, so that nothing has to be sorted."""
        return self.survey.ascending

    @property
    def longest_term(self) -> int:
        """Instalments of the longest contract, not above the longest that a tape may have."""
        return min(self.survey.longest_term, MOST_INSTALMENTS)

    @property
    def rejected_ids(self) -> pl.Series:
        """Ids of contracts of which a row was rejected; once a chunk is given out, all of them up to its last id."""
        ids = [pl.Series("contract_id", [], dtype=pl.String), *(part["contract_id"] for part in self.rejects)]
        return pl.concat(ids).drop_nulls().unique()

    @property
    def _unique(self) -> bool:
        """Whether a contract has one row."""
        return bool(self.source.schema.key)

    def chunks(self) -> Iterator[pl.DataFrame]:
        """Good rows in ascending order of contract id, about 64k at a time, four times as many where a contract has several.

        A contract's rows are never split over two chunks; the first chunk is empty, so that there is one of every tape.

        Bad rows go to ``rejects``. Raises ``UnusableInput`` where no row at the head of the tape is in the entity's currency:
        the tape is another's.
        """
        yield empty_frame(self.source.schema)
        parts = self._good()
        if not self.survey.ascending:
            parts = in_contract_order(parts, self.survey.sample, self.source.rows)
        elif not self._unique:
            parts = _whole_contracts(parts)
        rows = CHUNK_ROWS if self._unique else READ_ROWS
        for part in parts:
            yield from _slices(part, rows)

    def _good(self) -> Iterator[pl.DataFrame]:
        grouped = self.survey.duplicated is None
        last = ""
        for number, parsed in enumerate(self.source.batches(READ_ROWS)):
            if number == 0 and "currency" in parsed.frame.columns:
                _refuse_currency(parsed.frame, self.circumstances.currency, self.source.file)
            in_order = grouped and ascending(parsed.frame["contract_id"], strictly=self._unique)
            duplicated = frozenset[str]() if in_order else self.survey.duplicated
            checked = check(parsed, self.source.schema, self.circumstances, self.source.file, duplicated)
            self.totals += checked.totals()
            for unusual in self.unusual:
                unusual.see(checked.good)
            if checked.rejects.height:
                self.rejects.append(checked.rejects)
            good = checked.good.sort("contract_id", maintain_order=True) if grouped and not in_order else checked.good
            if grouped and good.height:
                self._refuse_false_statistics(last, good["contract_id"][0])
                last = good["contract_id"][-1]
            yield good

    def _refuse_false_statistics(self, last: str, first: str) -> None:
        if first < last or (self._unique and first == last):
            raise UnusableInput(
                file=self.source.file,
                column="contract_id",
                value=f"{first} after {last}",
                rule="the statistics of a Parquet row group state its lowest and highest value",
                remedy="write the file again with a current writer",
            )


def open_contracts(
    path: Path,
    schema: Schema,
    circumstances: Circumstances,
    *,
    amounts: Amounts,
    minor_digits: int,
    columns: Mapping[str, str],
    ignore: Sequence[str],
    file: str,
) -> ContractTape:
    """A tape of contracts ready to stream: header held against the schema, duplicates found, order known."""
    source = open_tape(path, schema, amounts=amounts, minor_digits=minor_digits, columns=columns, ignore=ignore, file=file)
    return ContractTape(source, circumstances, survey_of(source))


def empty_frame(schema: Schema) -> pl.DataFrame:
    """No rows in the columns of a schema: the one chunk of a tape that is not given."""
    return pl.DataFrame(schema={"row": pl.Int64(), **{column.name: column.dtype for column in schema.columns}})


def _refuse_currency(frame: pl.DataFrame, currency: str | None, file: str) -> None:
    given = frame["currency"].drop_nulls()
    if currency is None or given.is_empty() or (given == currency).any():
        return
    raise UnusableInput(
        file=file,
        row="1",
        column="currency",
        value=", ".join(given.unique().sort().head(5).to_list()),
        rule=f"the tape is in the entity's currency {currency}",
        remedy="name the tape of this entity, or correct entity.currency in the plan",
    )


def _whole_contracts(parts: Iterator[pl.DataFrame]) -> Iterator[pl.DataFrame]:
    """The rows of ascending parts, cut between contracts: those of the last id of a part wait for the next part."""
    waiting: pl.DataFrame | None = None
    for part in parts:
        rows = part if waiting is None else pl.concat([waiting, part])
        if rows.height:
            cut = _place(rows, rows["contract_id"][-1], "left")
            yield rows.head(cut)
            waiting = rows.slice(cut)
    if waiting is not None:
        yield waiting


def _slices(part: pl.DataFrame, rows: int) -> Iterator[pl.DataFrame]:
    """Slices of about so many rows, cut between contracts."""
    start = 0
    while start < part.height:
        end = min(start + rows, part.height)
        end = _place(part, part["contract_id"][end - 1], "right")
        yield part.slice(start, end - start)
        start = end


def _place(rows: pl.DataFrame, contract_id: str, side: Literal["left", "right"]) -> int:
    """The place of a contract in ascending rows: its first row, or the row after its last."""
    return int(rows["contract_id"].search_sorted(contract_id, side))


def aligned(*streams: Iterator[pl.DataFrame]) -> Iterator[tuple[pl.DataFrame, ...]]:
    """Chunks of each stream that hold the same range of contract ids, so that a contract is never split over two tuples.

    All streams ascend. The cut is the smallest of the last ids at hand; what is above it waits for the next tuple. Of a
    tape that is not given the stream is one empty frame (``empty_frame``).
    """
    buffers = [_Buffer(stream) for stream in streams]
    while ends := [end for buffer in buffers if (end := buffer.end()) is not None]:
        cut = min(ends)
        yield tuple(buffer.take(cut) for buffer in buffers)


class _Buffer:
    """A stream of ascending chunks read one ahead."""

    def __init__(self, chunks: Iterator[pl.DataFrame]) -> None:
        first = next(chunks, None)
        if first is None:
            raise ValueError("a stream without rows is one empty frame, which has its columns")
        self._chunks, self._held = chunks, first

    def end(self) -> str | None:
        """Last id at hand, of the next chunk where none is; None where the stream is used up and does not limit the cut."""
        while self._held.is_empty():
            chunk = next(self._chunks, None)
            if chunk is None:
                return None
            self._held = chunk
        return str(self._held["contract_id"][-1])

    def take(self, cut: str) -> pl.DataFrame:
        """Rows up to and including the cut; the rest is kept."""
        place = _place(self._held, cut, "right")
        rows, self._held = self._held.head(place), self._held.slice(place)
        return rows


def known_ids(tapes: Collection[ContractTape], among: pl.Series | None = None) -> pl.Series:
    """Ids of contracts on the tapes, for checking events against them; of ``among`` only, where it is given.

    With ``among`` memory does not grow with the tapes.
    """
    found: list[pl.Series] = [pl.Series("contract_id", [], dtype=pl.String)]
    for tape in tapes:
        for parsed in tape.source.batches(READ_ROWS, ["contract_id"]):
            ids = parsed.frame["contract_id"].drop_nulls()
            found.append(ids if among is None else ids.filter(ids.is_in(among.implode())))
    return pl.concat(found).unique()

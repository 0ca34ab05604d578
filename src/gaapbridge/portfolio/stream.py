"""Loan tapes as a stream: checked chunk by chunk in the order of contract ids, opening and closing side by side.

Memory does not grow with the tape, but for one 64-bit number a contract where a tape is not in the order of its ids: such a
tape is put in order on disk (``spill``).
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import polars as pl

from gaapbridge.portfolio.checks import Totals, check
from gaapbridge.portfolio.contract import Amounts, Circumstances
from gaapbridge.portfolio.loan_tape import LOANS, MOST_INSTALMENTS
from gaapbridge.portfolio.read import CHUNK_ROWS, Source, open_tape
from gaapbridge.portfolio.spill import in_contract_order
from gaapbridge.portfolio.survey import READ_ROWS, Survey, strictly_ascending, survey_of
from gaapbridge.terms import UnusableInput


@dataclass
class LoanTape:
    """One loan tape: opened, and streamed once. ``rejects`` and ``totals`` are complete after the last chunk."""

    source: Source
    circumstances: Circumstances
    survey: Survey

    def __post_init__(self) -> None:
        self.rejects: list[pl.DataFrame] = []
        self.totals = Totals()

    @property
    def ordered(self) -> bool:
        """Whether the rows lie in the order of their ids, so that nothing has to be sorted."""
        return self.survey.ascending

    @property
    def longest_term(self) -> int:
        """Instalments of the longest contract, not above the longest that a tape may have."""
        return min(self.survey.longest_term, MOST_INSTALMENTS)

    def chunks(self) -> Iterator[pl.DataFrame]:
        """Good rows in ascending order of contract id, about 64k at a time; bad rows go to ``rejects``.

        Raises ``UnusableInput`` where no row at the head of the tape is in the entity's currency: the tape is another's.
        """
        parts = self._good()
        if not self.survey.ascending:
            parts = in_contract_order(parts, self.survey.sample, self.source.rows)
        for part in parts:
            yield from part.iter_slices(CHUNK_ROWS)

    def _good(self) -> Iterator[pl.DataFrame]:
        grouped = self.survey.duplicated is None
        last = ""
        for number, parsed in enumerate(self.source.batches(READ_ROWS)):
            if number == 0:
                _refuse_currency(parsed.frame, self.circumstances.currency, self.source.file)
            strict = grouped and strictly_ascending(parsed.frame["contract_id"])
            duplicated = frozenset[str]() if strict else self.survey.duplicated
            checked = check(parsed, LOANS, self.circumstances, self.source.file, duplicated)
            self.totals += checked.totals()
            if checked.rejects.height:
                self.rejects.append(checked.rejects)
            good = checked.good.sort("contract_id") if grouped and not strict else checked.good
            if grouped and good.height:
                _refuse_false_statistics(last, good["contract_id"][0], self.source.file)
                last = good["contract_id"][-1]
            yield good


def open_loans(
    path: Path,
    *,
    instant: date,
    currency: str,
    segments: Sequence[str],
    amounts: Amounts,
    minor_digits: int,
    columns: Mapping[str, str],
    ignore: Sequence[str],
    file: str,
) -> LoanTape:
    """A loan tape ready to stream: header held against the contract, duplicates found, order known."""
    source = open_tape(path, LOANS, amounts=amounts, minor_digits=minor_digits, columns=columns, ignore=ignore, file=file)
    circumstances = Circumstances(instant=instant, currency=currency, segments=tuple(segments))
    return LoanTape(source, circumstances, survey_of(source))


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


def _refuse_false_statistics(last: str, first: str, file: str) -> None:
    if first <= last:
        raise UnusableInput(
            file=file,
            column="contract_id",
            value=f"{first} after {last}",
            rule="the statistics of a Parquet row group state its lowest and highest value",
            remedy="write the file again with a current writer",
        )


def aligned(opening: Iterator[pl.DataFrame], closing: Iterator[pl.DataFrame]) -> Iterator[tuple[pl.DataFrame, pl.DataFrame]]:
    """Pairs of chunks that hold the same range of contract ids, so that a contract is never split over two pairs.

    Both streams ascend. The cut is the smaller of the last ids at hand; what is above it waits for the next pair.
    """
    left, right = _Buffer(opening), _Buffer(closing)
    while left.fill() | right.fill():
        ends = [end for end in (left.end(), right.end()) if end is not None]
        cut = min(ends) if ends else None
        yield left.take(cut), right.take(cut)


class _Buffer:
    """A stream of ascending chunks read one ahead."""

    def __init__(self, chunks: Iterator[pl.DataFrame]) -> None:
        self._chunks = chunks
        self._held: pl.DataFrame | None = None
        self._done = False

    def fill(self) -> bool:
        """Hold a chunk if any is left; whether rows are at hand."""
        while not self._done and (self._held is None or self._held.is_empty()):
            chunk = next(self._chunks, None)
            if chunk is None:
                self._done = True
            else:
                self._held = chunk
        return self._held is not None and not self._held.is_empty()

    def end(self) -> str | None:
        """Last id at hand; None where the stream is used up, so that it does not limit the cut."""
        if self._held is None or self._held.is_empty():
            return None
        return str(self._held["contract_id"][-1])

    def take(self, cut: str | None) -> pl.DataFrame:
        """Rows up to and including the cut; the rest is kept."""
        if self._held is None:
            return pl.DataFrame(schema=_schema())
        rows = self._held if cut is None else self._held.filter(pl.col("contract_id") <= cut)
        self._held = self._held.slice(rows.height)
        return rows


def _schema() -> dict[str, pl.DataType]:
    return {"row": pl.Int64(), **{column.name: column.dtype for column in LOANS.columns}}


def known_ids(tapes: Collection[LoanTape], among: pl.Series | None = None) -> pl.Series:
    """Ids of contracts on the tapes, for checking events against them; of ``among`` only, where it is given.

    With ``among`` memory does not grow with the tapes.
    """
    found: list[pl.Series] = [pl.Series("contract_id", [], dtype=pl.String)]
    for tape in tapes:
        for parsed in tape.source.batches(READ_ROWS, ["contract_id"]):
            ids = parsed.frame["contract_id"].drop_nulls()
            found.append(ids if among is None else ids.filter(ids.is_in(among.implode())))
    return pl.concat(found).unique()

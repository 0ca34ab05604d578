"""The int64 rows of a chunk of contracts: one row of minor units for every series that the kind declares."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import cast

import numpy as np
import polars as pl
from numpy.typing import NDArray

from gaapbridge.contracts.kind import CLOSING, LATE, Kind
from gaapbridge.difference import SIDES
from gaapbridge.terms.errors import nearest

Whole = NDArray[np.int64]
Flags = NDArray[np.bool_]


@dataclass(frozen=True)
class Rows:
    """Minor units of N contracts: ``amounts`` S x N, a row for each of the kind's ``series``; nil until it is filled."""

    kind: Kind
    series: tuple[str, ...]
    amounts: Whole

    @classmethod
    def of(cls, kind: Kind, contracts: int) -> Rows:
        """Empty rows of so many contracts."""
        return cls(kind, kind.series, np.zeros((len(kind.series), contracts), np.int64))

    def __getitem__(self, series: str) -> Whole:
        amounts: Whole = self.amounts[self._place(series)]
        return amounts

    def __setitem__(self, series: str, amounts: Whole) -> None:
        self.amounts[self._place(series)] = amounts

    def fill(self, prefix: str, amounts: Mapping[str, Whole]) -> None:
        """Fill several series whose names begin alike."""
        for name, values in amounts.items():
            self[prefix + name] = values

    def _place(self, series: str) -> int:
        if series not in self.kind.place_of:
            near = " or ".join(nearest(series, self.series))
            raise KeyError(f"{self.kind.key} have no amounts {series}: {f'did you mean {near}?' if near else 'declare them'}")
        return self.kind.place_of[series]


def worded(places: Whole, among: Sequence[str]) -> pl.Series:
    """The word of each contract, by its place among all of them.

    >>> worded(np.array([1, 0, 1]), ("new", "lost")).to_list()
    ['lost', 'new', 'lost']
    """
    return pl.Series(among, dtype=pl.String).gather(places)


def table_of(
    facts: Mapping[str, object],
    rows: Rows,
    measured: Flags,
    *,
    left: Flags | None = None,
    restated: Flags | None = None,
    at_exit: Mapping[str, Whole] | None = None,
) -> pl.DataFrame:
    """The table of contracts that a run keeps, one row for each that was ``measured``, its ``facts`` first.

    ``us_*`` and ``ifrs_*`` are the closing state or, for a flow, the period; ``opening_*`` the opening one. ``exit_*`` is the
    moment before a contract ``left``: its late state, or what ``at_exit`` holds instead. ``restated_*``, the closing under
    opening assumptions, is there where assumptions were revised, of the contracts in ``restated``.
    """
    columns: dict[str, Whole] = {}
    of_left, of_restated = _as_factor(left), _as_factor(restated)
    for series in (one for one in rows.series if one not in rows.kind.only_totalled):
        state, _, rest = series.partition("_")
        if state == LATE:
            if of_left is not None:
                columns[f"exit_{rest}"] = rows[series] * of_left
            if of_restated is not None:
                columns[f"restated_{rest}"] = rows[series] * of_restated
        elif state == CLOSING and rest.partition("_")[0] in SIDES:
            columns[rest] = rows[series]
        else:
            columns[series] = rows[series]
    table = pl.DataFrame(dict(facts)).hstack(_as_they_lie({**columns, **(at_exit or {})}))
    return table if measured.all() else table.filter(pl.Series(measured))


def _as_they_lie(columns: Mapping[str, Whole]) -> pl.DataFrame:
    """Columns of amounts in the memory in which they are: Polars copies what it takes of NumPy, and nothing that it takes of
    Arrow, which asks Pandas of each array what it is, and loads it for that, unless it is given the memory alone."""
    import pyarrow

    def lying(amounts: Whole) -> pyarrow.Array:
        held = pyarrow.py_buffer(np.ascontiguousarray(amounts))
        return pyarrow.Array.from_buffers(pyarrow.int64(), len(amounts), [None, held])

    return cast(pl.DataFrame, pl.from_arrow(pyarrow.table({name: lying(amounts) for name, amounts in columns.items()})))


def _as_factor(of_whom: Flags | None) -> Whole | None:
    """One or nil of each contract: to multiply amounts by flags converts them anew for each of a hundred columns."""
    return None if of_whom is None else of_whom.astype(np.int64)

"""Small histories written out by hand, month by month, for the tests of losses."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from gaapbridge.estimation.months import GONE, STILL, Months

FIRST = 2018 * 12
"""The first month of the histories: January 2018."""


@dataclass(frozen=True)
class Row:
    """One month of one contract; a cell that a test says nothing of is the quiet one."""

    arrears_days: int = 0
    balance_minor: int = 100
    event: int = STILL
    written_off_minor: int = 0
    recovered_minor: int = 0
    cost_minor: int = 0
    observed: bool = True
    frozen: bool = False


@dataclass(frozen=True)
class Contract:
    """The months of a contract from ``first`` on, counted from January 2018."""

    rows: tuple[Row, ...]
    first: int = 0
    segment: int = 0
    fold: int = 0
    rate: float = 0.12


@dataclass
class History:
    """Contracts in the order given."""

    contracts: list[Contract] = field(default_factory=list)

    def months(self) -> Months:
        """The history as arrays."""
        rows = [
            (number, place, contract, row)
            for number, contract in enumerate(self.contracts)
            for place, row in enumerate(contract.rows)
        ]

        def column(values, kind):
            return np.array(list(values), dtype=kind)

        return Months(
            contract=column((number for number, _, _, _ in rows), np.int32),
            month=column((FIRST + contract.first + place for _, place, contract, _ in rows), np.int32),
            age=column((place + 1 for _, place, _, _ in rows), np.int32),
            remaining=column((-1 for _ in rows), np.int32),
            arrears_days=column((row.arrears_days for _, _, _, row in rows), np.int32),
            balance_minor=column((row.balance_minor for _, _, _, row in rows), np.int64),
            written_off_minor=column((row.written_off_minor for _, _, _, row in rows), np.int64),
            recovered_minor=column((row.recovered_minor for _, _, _, row in rows), np.int64),
            cost_minor=column((row.cost_minor for _, _, _, row in rows), np.int64),
            event=column((row.event for _, _, _, row in rows), np.int8),
            observed=column((row.observed for _, _, _, row in rows), np.bool_),
            frozen=column((row.frozen for _, _, _, row in rows), np.bool_),
            segment=column((one.segment for one in self.contracts), np.int32),
            fold=column((one.fold for one in self.contracts), np.int8),
            vintage=column((FIRST for _ in self.contracts), np.int32),
            principal_minor=column((100 for _ in self.contracts), np.int64),
            rate=column((one.rate for one in self.contracts), np.float64),
            first_seen=FIRST,
        )


def gone(recovered_minor: int = 0) -> Row:
    """A month after the charge-off, with what was recovered in it."""
    return Row(balance_minor=0, event=GONE, recovered_minor=recovered_minor)

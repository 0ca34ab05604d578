"""The lender's cash book, month by month in whole fen, and the recoveries after write-off or payout.

It is filled with what borrowers paid, and posted to the general ledger afterwards; the tapes of contracts are written
from their standing instead, so that the two can be compared.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from gaapbridge.example.calendar import Days, day_number, month_of, months_later
from gaapbridge.example.contracts import FIRST_DAY, LAST_DAY, MONTHS_PER_YEAR, Contracts, Whole
from gaapbridge.example.market import RECOVERY_MONTHS, VERSIONS, Market, recovery_weights
from gaapbridge.example.simulate import Payments

MONTHS = (LAST_DAY.year - FIRST_DAY.year + 1) * MONTHS_PER_YEAR
_FIRST_MONTH = int(month_of(np.array([day_number(FIRST_DAY)], dtype=np.int32))[0])
_RECOVERY_EACH_MONTH = 0.25


def _months() -> Whole:
    return np.zeros(MONTHS + 1, dtype=np.int64)


@dataclass(frozen=True)
class CashFlows:
    """Amounts by month in fen, January 2021 first; the last place takes what lies beyond December 2023.

    Written-off principal is no cash; it is here because it leaves the book as cash does.
    """

    lent: Whole = field(default_factory=_months)
    fees: Whole = field(default_factory=_months)
    costs: Whole = field(default_factory=_months)
    principal: Whole = field(default_factory=_months)
    interest: Whole = field(default_factory=_months)
    written_off: Whole = field(default_factory=_months)
    recovered: Whole = field(default_factory=_months)

    def lend(self, contracts: Contracts) -> None:
        """Principal out, fees in and costs out on the day of origination."""
        month = _month(contracts.origination)
        np.add.at(self.lent, month, contracts.principal)
        np.add.at(self.fees, month, contracts.fees)
        np.add.at(self.costs, month, contracts.costs)

    def receive(self, payments: Payments) -> None:
        """Money from borrowers; service fees go with interest."""
        month = _month(payments.when)
        np.add.at(self.principal, month, payments.principal)
        np.add.at(self.interest, month, payments.interest + payments.service_fees)

    def write_off(self, when: Days, principal: Whole) -> None:
        """Principal given up."""
        np.add.at(self.written_off, _month(when), principal)

    def recover(self, when: Days, amount: Whole) -> None:
        """Money from borrowers whose contracts were written off."""
        np.add.at(self.recovered, _month(when), amount)


@dataclass(frozen=True)
class GuaranteeCash:
    """The lender's own cash of its guarantees, by month in fen as in ``CashFlows``; ``funders`` is the money of the
    loans guaranteed, which the lender only arranges.
    """

    fees: Whole = field(default_factory=_months)
    fees_of_related_parties: Whole = field(default_factory=_months)
    paid_out: Whole = field(default_factory=_months)
    recovered: Whole = field(default_factory=_months)
    funders: CashFlows = field(default_factory=CashFlows)

    def collect(self, when: Days, fee: Whole, related: NDArray[np.bool_]) -> None:
        """Fees from borrowers; those never collected are dated beyond the last day."""
        month = _month(when)
        np.add.at(self.fees, month[~related], fee[~related])
        np.add.at(self.fees_of_related_parties, month[related], fee[related])

    def pay_out(self, when: Days, amount: Whole) -> None:
        """Money to funders whose borrowers did not pay."""
        np.add.at(self.paid_out, _month(when), amount)

    def recover(self, when: Days, amount: Whole) -> None:
        """Money from borrowers whose funders were paid."""
        np.add.at(self.recovered, _month(when), amount)


@dataclass(frozen=True)
class Recoveries:
    """Recoveries of a chunk: place of the contract in the chunk, day, fen."""

    which: NDArray[np.int64]
    when: Days
    amount: Whole


def draw_recoveries(
    random: np.random.Generator,
    market: Market,
    contracts: Contracts,
    which: NDArray[np.int64],
    exit_date: Days,
    lost: Whole,
    until: int,
) -> Recoveries:
    """Recoveries of the contracts ``which`` over eighteen months after their write-off or payout, up to a day.

    On the same day of each month one contract in four pays, four times its expected share, give or take a half;
    never more than was lost.
    """
    shape = (RECOVERY_MONTHS, which.size)
    when = np.stack([months_later(exit_date, month) for month in range(1, RECOVERY_MONTHS + 1)])
    share = np.stack([regime.recovered for regime in market.regimes])
    regime = (when >= day_number(VERSIONS[1])).astype(np.int64)
    expected = lost * share[regime, contracts.segment[which]] * recovery_weights()[:, None]
    pays = random.random(shape) < _RECOVERY_EACH_MONTH
    amount = np.where(pays, expected / _RECOVERY_EACH_MONTH * (0.5 + random.random(shape)), 0.0).astype(np.int64)
    to_date = np.minimum(np.cumsum(amount, axis=0), lost)
    amount = np.diff(to_date, axis=0, prepend=0)
    kept = (amount > 0) & (when <= until)
    place = np.broadcast_to(which, shape)
    return Recoveries(place[kept], when[kept], amount[kept])


def _month(when: Days) -> NDArray[np.int64]:
    return np.minimum(month_of(when).astype(np.int64) - _FIRST_MONTH, MONTHS)

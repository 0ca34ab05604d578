"""Small contracts whose cash is known, with what they pay, are worth and lose by hand: shared by tests of what is deferred."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from gaapbridge.reperform.exact import ONE, ZERO

HAZARD, LOST, HALF = Decimal("0.01"), Decimal("0.45"), Decimal("0.5")
MADE = date(2023, 4, 1)


@dataclass(frozen=True)
class Cash:
    """What a contract pays on its due dates and what is then owed of principal (`owed[0]` at origination), and the share who
    repay in full every month."""

    pays: tuple[Decimal, ...]
    owed: tuple[Decimal, ...]
    leaving: Decimal = ZERO

    def worth(self, v: Decimal, k: int) -> Decimal:
        """Just after `k` instalments, if nobody defaults: of every due date what is paid by who is still there."""
        total, there = ZERO, ONE
        for number in range(k + 1, len(self.owed)):
            total += v ** (number - k) * there * (self.pays[number - 1] + self.leaving * self.owed[number])
            there *= ONE - self.leaving
        return total

    def with_defaults(self, v: Decimal, k: int, received: Callable[[int], Decimal]) -> Decimal:
        """The same, where of a hundred one defaults in every month, of whom `received` is all that comes on the due date."""
        total, there = ZERO, ONE
        for number in range(k + 1, len(self.owed)):
            paid = (ONE - HAZARD) * self.pays[number - 1] + self.leaving * self.owed[number]
            total += v ** (number - k) * there * (HAZARD * received(number) + paid)
            there *= ONE - HAZARD - self.leaving
        return total

    def factor(self, paid_out: int, first: Decimal = ONE) -> Decimal:
        """The discount factor of a period at which what comes is worth what was paid out, by halving; the first is so long."""
        low, high = HALF, Decimal(2)
        for _ in range(160):
            middle = (low + high) / 2
            worth = self.worth(middle, 0) * middle ** (first - ONE)
            low, high = (middle, high) if worth < paid_out else (low, middle)
        return low


def instalments(fee: int = 0, leaving: str = "0") -> Cash:
    """Twelve of 10,000 without interest, each with a service fee."""
    return Cash((Decimal(10_000 + fee),) * 12, tuple(Decimal(10_000 * left) for left in range(12, -1, -1)), Decimal(leaving))


def at_the_end(leaving: str = "0") -> Cash:
    """120,000 at the end, 1,200 of interest a month."""
    return Cash((Decimal(1_200),) * 11 + (Decimal(121_200),), (Decimal(120_000),) * 12 + (ZERO,), Decimal(leaving))


OF_INSTALMENTS = {"repayment_type": "equal_principal", "annual_rate": ZERO, "principal_minor": 120_000}
OF_THE_END = {"repayment_type": "bullet", "principal_minor": 120_000}
DEFERRED = [
    {"fees_received_minor": 4_000},
    {"costs_paid_minor": 4_000},
    {"fees_received_minor": 900, "costs_paid_minor": 3_000},
]

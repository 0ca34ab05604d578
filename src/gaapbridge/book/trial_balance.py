"""A trial balance: every account's balance at one instant, under one framework."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from gaapbridge.terms.finding import Finding
from gaapbridge.terms.gaap import Gaap


@dataclass(frozen=True, slots=True)
class TrialBalance:
    """Balances by account code, debit positive, in minor units, under `gaap`.

    It is an ordinary unadjusted trial balance: income-statement accounts stand beside retained
    earnings before the year's profit is closed to it. One that does not sum to zero is the
    lender's disagreement, not an exception: the reader returns `imbalance_finding`.

    >>> TrialBalance(Gaap.US_GAAP, {"1001": 300, "3001": -300}).total_minor
    0
    """

    gaap: Gaap
    balances: Mapping[str, int]

    def __post_init__(self) -> None:
        for account, balance in self.balances.items():
            if isinstance(balance, bool) or not isinstance(balance, int):
                raise TypeError(f"account {account}: a balance is a whole number, not {balance!r}")
        object.__setattr__(self, "balances", MappingProxyType(dict(self.balances)))

    @property
    def total_minor(self) -> int:
        """The sum of all balances: nil when debits equal credits."""
        return sum(self.balances.values())

    def balance(self, account: str) -> int:
        """The balance of one account, debit positive; nil where the ledger does not list it."""
        return self.balances.get(account, 0)

    def imbalance_finding(self, where: str) -> Finding | None:
        """The finding when the balances do not sum to zero; `where` names the ledger file."""
        total = self.total_minor
        if total == 0:
            return None
        return Finding(
            name="trial balance does not balance",
            where=where,
            amount_minor=total,
            why=f"debits exceed credits by {total} minor units"
            if total > 0
            else f"credits exceed debits by {-total} minor units",
            remedy="export the trial balance again with all accounts",
        )

"""A trial balance: every account's balance at one instant."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

UNLISTED = "sub-ledger only"
"""Account that stands for all balances no tape holds, where no trial balance was given."""


@dataclass(frozen=True, slots=True)
class TrialBalance:
    """Balances by account code, debit positive, in minor units.

    It is an ordinary unadjusted trial balance: income-statement accounts stand beside retained
    earnings before the year's profit is closed to it. One that does not sum to zero is the
    lender's disagreement, not an exception: its reader returns a finding.

    >>> TrialBalance({"1001": 300, "3001": -300}).balance("3001")
    -300
    """

    balances: Mapping[str, int]

    def __post_init__(self) -> None:
        for account, balance in self.balances.items():
            if isinstance(balance, bool) or not isinstance(balance, int):
                raise TypeError(f"account {account}: a balance is a whole number, not {balance!r}")
        object.__setattr__(self, "balances", MappingProxyType(dict(self.balances)))

    def balance(self, account: str) -> int:
        """The balance of one account, debit positive; nil where the ledger does not list it."""
        return self.balances.get(account, 0)

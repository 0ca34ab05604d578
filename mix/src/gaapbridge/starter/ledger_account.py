"""One account of a lender's ledger, and what it seems to be in the plan."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class LedgerAccount:
    """An account of a ledger: its code and name, the account of the plan it seems to be and why, and others that it may be.

    ``row`` is that of the statement in which one counts that no note touches; ``parts`` are the accounts beneath one that may
    be a total; ``beside`` those of the plan that take what the contracts measured of it.
    """

    code: str
    name: str
    ours: str | None
    near: tuple[str, ...] = ()
    why: str = ""
    row: str | None = None
    parts: tuple[str, ...] = ()
    beside: tuple[str, ...] = ()

"""What a close still asks of the table of contracts once all are measured, where the run is to keep totals only."""

from __future__ import annotations

from gaapbridge.contracts.kind import Kind
from gaapbridge.difference import SIDES


def asked_after(kind: Kind) -> tuple[str, ...]:
    """The columns of a kind's table that tie-outs of contracts read: its loans and what is on book of them, flows of days, and
    those that rest on rows where no cash tells them (R14, R16). They are a tenth of the table; none is left out of a check."""
    principal = () if kind.cash is None else (f"closing_{kind.cash.principal}",)
    named = (kind.loan, kind.share, *principal, *(one.component for one in kind.apart.values()))
    flows = (f"{side}_{flow}" for side in SIDES for flow in kind.by_days)
    known = ("contract_id", "path", "closing_on_book", "us_loss_allowance")
    return tuple(dict.fromkeys((*known, *(name for name in named if name is not None), *flows)))

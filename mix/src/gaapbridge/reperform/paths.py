"""How a contract went through a period, told from what the tapes of both instants say of it."""

from __future__ import annotations

from datetime import date
from typing import Protocol

from gaapbridge.reperform.loan import ON_BOOK

LOST = "lost"
"""On book at the opening, and gone without a reason that falls in the period."""


class Listed(Protocol):
    """A row of a tape: a loan or a guarantee, on book or left on a day."""

    @property
    def status(self) -> str:
        """On book, or how it left."""
        ...

    @property
    def exit_date(self) -> date | None:
        """The day it left; none while on book."""
        ...


def path_of(before: Listed | None, after: Listed | None, opening: date, written_off: str) -> str:
    """The path from the opening tape's row to the closing tape's; `written_off` is the status of a loss paid or written off.

    One that was on book at the opening is lost where the closing tape does not list it, or says that it had left by then.
    """
    was_on_book = before is not None and before.status == ON_BOOK
    if after is not None and after.status == ON_BOOK:
        return "stayed" if was_on_book else "new"
    if after is not None and has_left_since(after, opening):
        left = "written_off" if after.status == written_off else "settled"
        return left if was_on_book else f"new_{left}"
    if was_on_book:
        return LOST
    earlier = {row.status for row in (before, after) if row is not None}
    return "written_off_earlier" if written_off in earlier else "ignored"


def has_left_since(row: Listed, opening: date) -> bool:
    """Whether a row of the closing tape left in the period, and not before it.

    >>> from types import SimpleNamespace
    >>> has_left_since(SimpleNamespace(status="matured", exit_date=date(2022, 12, 31)), date(2022, 12, 31))
    False
    """
    return row.exit_date is not None and row.exit_date > opening

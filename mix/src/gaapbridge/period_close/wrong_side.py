"""R20: no balance is printed on its wrong side, as an asset below nil or a liability that is owed to the lender."""

from __future__ import annotations

from collections.abc import Iterator

from gaapbridge.statement.document import IFRS, US_GAAP, Document
from gaapbridge.statement.printing import BALANCING
from gaapbridge.terms.finding import Finding
from gaapbridge.terms.sections import ASSETS, LIABILITIES
from gaapbridge.terms.statement_kinds import BALANCE_SHEET


def on_wrong_side(printed: Document, exact: Document) -> Iterator[Finding]:
    """A finding for each asset or liability that a balance sheet of this close prints below nil, under either framework.

    Without a ledger only a part of most balances is known, and nothing is said of them.
    """
    for statement in exact.statements:
        shown = printed.statement(statement.id)
        if statement.kind != BALANCE_SHEET or shown is None or statement.row(BALANCING) is not None:
            continue
        for row in shown.rows:
            books = statement.row(row.id)
            for column in (US_GAAP, IFRS) if books is not None and row.of_what in (ASSETS, LIABILITIES) else ():
                if books is not None and row.amount(column) < 0:
                    yield Finding(
                        name="balance on its wrong side",
                        where=f"{statement.id}/{row.id}/{column}",
                        amount_minor=books.amount(column),
                        why=f"{row.label} is printed below nil",
                        remedy="see by explain which column or account takes it there; show what is owed on the other side",
                        check="R20",
                    )

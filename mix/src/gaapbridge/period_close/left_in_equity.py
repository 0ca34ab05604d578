"""Tax that stays in equity when items of US GAAP end that bore another rate when they arose."""

from __future__ import annotations

from collections.abc import Iterator

from gaapbridge.book.journal import Journal
from gaapbridge.difference import RETAINED, Note
from gaapbridge.period_close.deferred_tax import BeforeTax
from gaapbridge.plan import Plan
from gaapbridge.terms.finding import Finding


def tax_left_in_equity(plan: Plan, note: Note, before_tax: BeforeTax, journal: Journal) -> Iterator[Finding]:
    """A finding for each account of equity that a note whose items are US GAAP's leaves a balance on, though in the period its
    difference before tax came to nil (740-20-45-11, 740-10-45-15).

    Gains of 400.00 that bore 25 % and are sold after 30 % were enacted: 300.00 were in equity and 280.00 leave it, 20.00 stay.
    No more is told of than another rate can make of what ended; other amounts in equity are none of tax.
    """
    given, tax = plan.given.get(note.key), plan.tax.get(note.key)
    if given is None or tax is None or given.equity_of != "us_gaap":
        return
    if before_tax.opening == 0 or before_tax.opening + before_tax.moved != 0:
        return
    rates = [one.rate for one in tax.rates]
    ended = abs(before_tax.opening) + sum(map(abs, before_tax.outside.values()))
    most = ended * (max(rates) - min(rates))
    for role in (one for one in note.equity_roles if one != RETAINED and one not in note.attributed):
        account = plan.account_of(role)
        left = sum(line.amount_minor for line in journal.lines() if line.account == account)
        if 0 < abs(left) <= most:
            yield Finding(
                name="tax left in equity",
                where=f"{note.column}/{account}",
                amount_minor=-left,
                why="the difference before tax came to nil in the period, and the items of US GAAP in it bore another rate "
                "when they arose than when they ended",
                remedy='state the tax in rows of the file (tax = "stated"), by the lender\'s policy of releasing it: item by '
                "item, or with the last of the portfolio (ASC 740-20-45-11)",
                check="R6",
            )

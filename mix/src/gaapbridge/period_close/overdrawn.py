"""Cash of the ledger below nil: an overdrawn bank account is no asset, whatever row of the statement takes its balance.

Set off against an asset it makes the total of assets too low and hides what is owed. Cash at a bank and what is overdrawn there
are one amount only under a right of set-off (ASC 210-20-45-1; IAS 32.42).
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator

from gaapbridge.period_close.inputs import Records, taken
from gaapbridge.plan import Plan
from gaapbridge.statement.layout import Layout
from gaapbridge.terms.finding import NAMED_CONTRACTS, Finding, named
from gaapbridge.terms.sections import ASSETS

_CASH = re.compile(
    r"^(?:petty )?cash\b|^banks?\b|\bcash (?:at|in|on|with|and)\b|\bdue from banks\b|\blockbox\b|\bchecking\b"
    r"|\b(?:operating|bank|settlement|money market) accounts?\b|\bdeposits? (?:at|with) banks?\b|^kasse\b"
    r"|现金|银行存款|货币资金",
    re.I,
)
_RESTRICTED = re.compile(r"restricted|collateral|escrow|pledged|受限|保证金", re.I)
_NO_CASH = re.compile(
    rf"{_RESTRICTED.pattern}|overdraft|advances|surrender|\bdue\b(?! from banks)"
    r"|\b(?:flows?|loans?|payables?|fees?|charges?|interest|borrowings?)\b|receivable|借款|手续费|利息",
    re.I,
)


def overdrawn(plan: Plan, records: Records, layout: Layout) -> Iterator[Finding]:
    """A finding where the closing ledger's accounts of cash that count as assets come to less than nil together: by their
    names, and those that ``trial_balance.cash`` lists. Together, as many a ledger posts what loans bring through an account
    of its own beside that of the bank; restricted cash is none to pay with. None where what else stands on the same rows of
    the statement makes them up, as a bank's account may have any name.

    A ledger with 1010 *Cash* of (478,734.30) and no other is overdrawn by 478,734.30.
    """
    if plan.trial_balance is None:
        return
    assets = {row.id for row in layout.balance_sheet.rows if row.of_what == ASSETS}
    of_contracts = {account for accounts in plan.trial_balance.cash.values() for account in accounts}
    cash: dict[str, int] = {}
    rows: dict[str, int] = defaultdict(int)
    held: set[str] = set()
    for one in records.listed:
        account = plan.accounts[one.ours]
        name = one.name or account.name
        if account.line in assets and not _RESTRICTED.search(name):
            rows[account.line] += one.balance
            if one.ours in of_contracts or is_cash(name):
                cash[one.code] = one.balance
                held.add(account.line)
    if (total := sum(cash.values())) < 0 and sum(rows[line] for line in held) < 0:
        lowest = sorted(cash, key=lambda code: cash[code])[:NAMED_CONTRACTS]
        found = Finding(
            name="cash is overdrawn",
            where=f"trial_balance.closing/{named(lowest, len(cash))}",
            amount_minor=total,
            why="the ledger's cash is below nil at the closing, and its rows are assets: what banks are owed is a liability, "
            "and is set off only by right (ASC 210-20-45-1; IAS 32.42)",
            remedy="give what is overdrawn an account of liabilities, or correct the ledger; where the bank may set it off, "
            "accept the finding in [records.severity]",
        )
        yield taken(found, plan)


def is_cash(name: str) -> bool:
    """Whether the name of an account is that of cash to pay with.

    >>> is_cash("Cash and cash equivalents"), is_cash("Bank - operating account"), is_cash("银行存款")
    (True, True, True)
    >>> is_cash("Cash and due from banks"), is_cash("Money market account"), is_cash("Cash advances to customers")
    (True, True, False)
    >>> is_cash("Restricted cash"), is_cash("Bank loans"), is_cash("Bank charges"), is_cash("Loans receivable")
    (False, False, False, False)
    """
    return bool(_CASH.search(name)) and not _NO_CASH.search(name)

"""The example lender's chart of accounts: the starter's for all that roles post to, under its own names, and accounts besides.

An account of the statement's sub-totals (cash, funding costs) is carried there and not printed: only lines
that a note can touch are printed.
"""

from __future__ import annotations

from pathlib import Path

from gaapbridge.example.curves import CURVE_FILES
from gaapbridge.notes import NOTES
from gaapbridge.plan.model import ChartAccount
from gaapbridge.starter.chart import Chart, starter_chart, table

_STARTER = starter_chart()

CASH = "1001"
LOAN_CASH = _STARTER.cash["loans"]
RESTRICTED_CASH = "1012"
FEES_CURRENT = _STARTER.posting["fee_receivable_current"]
FEES_NON_CURRENT = _STARTER.posting["fee_receivable_non_current"]
RELATED_FEES_CURRENT = _STARTER.posting["fee_receivable_related_current"]
RELATED_FEES_NON_CURRENT = _STARTER.posting["fee_receivable_related_non_current"]
PRINCIPAL_CURRENT = _STARTER.posting["principal_current"]
PRINCIPAL_NON_CURRENT = _STARTER.posting["principal_non_current"]
EQUIPMENT = "1601"
FUNDING_CURRENT = "2001"
FUNDING_NON_CURRENT = "2002"
STAND_READY_LIABILITY = _STARTER.posting["stand_ready_liability"]
OTHER_TAX_PAYABLE = _STARTER.posting["other_tax_payable"]
INCOME_TAX_PAYABLE = "2222"
ACCRUED_FUNDING_COSTS = "2231"
SHARE_CAPITAL = "4001"
RETAINED_EARNINGS = _STARTER.posting["retained_earnings"]
FINANCING_INCOME = _STARTER.posting["financing_income"]
GUARANTEE_REVENUE = _STARTER.posting["guarantee_revenue"]
FEE_ACCRETION = _STARTER.posting["fee_accretion"]
FACILITATION_FEES = "6004"
FUNDING_COSTS = "6401"
SERVICING_EXPENSES = "6402"
SALES_EXPENSES = _STARTER.posting["share_based_marketing"]
ADMINISTRATIVE_EXPENSES = _STARTER.posting["share_based_administrative"]
INTEREST_ON_CASH = "6603"
RESEARCH_EXPENSES = "6604"
PROVISION_FOR_LOANS = _STARTER.posting["provision_for_loans"]
PROVISION_FOR_FEES = _STARTER.posting["provision_for_fee_receivable"]
PROVISION_FOR_CONTINGENT = _STARTER.posting["provision_for_contingent"]
INCOME_TAX_EXPENSE = _STARTER.posting["income_tax_expense"]

_MOVED = {"share_based_servicing": SERVICING_EXPENSES, "share_based_research": RESEARCH_EXPENSES}
"""Roles that post elsewhere than in the starter, whose accounts are others here."""

_SAME_ARITHMETIC = (
    *("principal_current", "principal_non_current", "accrued_interest"),
    *("fee_receivable_current", "fee_receivable_non_current"),
    *("fee_receivable_related_current", "fee_receivable_related_non_current"),
    *("stand_ready_liability", "guarantee_revenue", "fee_accretion"),
)
"""Roles whose balances the lender works out from its contracts by the rules that a measurement has, besides those that it
copies: how principal falls due, interest that runs, fees at fair value, and what they earn. Their agreement is no evidence.
"""


def _chart() -> Chart:
    """What the lender calls its accounts is in ``chart.csv``, with the row of the statement where the starter has none."""
    named = {row["account"]: row for row in table(Path(__file__).with_name("chart.csv"))}
    needed = {role for note in NOTES.values() for role in note.needs(CURVE_FILES)}  # each kind that it has has curves
    posting = {role: account for role, account in {**_STARTER.posting, **_MOVED}.items() if role in needed}
    lines = {code: account.line for code, account in _STARTER.accounts.items()}
    lines |= {account: lines[_STARTER.posting[role]] for role, account in posting.items()}
    return Chart(
        accounts={code: ChartAccount(name=row["name"], line=row["line"] or lines[code]) for code, row in named.items()},
        posting=posting,
        remarks=_STARTER.remarks,
        same_source=tuple(role for role in posting if role in {*_STARTER.same_source, *_SAME_ARITHMETIC}),
        shared=tuple(role for role in _STARTER.shared if role in posting),
        cash={"loans": LOAN_CASH},
    )


CHART = _chart()
"""The accounts of the ledger, in its order, and those that measured balances live in and the notes post to."""

INCOME_STATEMENT_ACCOUNTS = tuple(code for code in CHART.accounts if code.startswith("6"))

"""The example lender's chart of accounts, and where each account stands in the statement.

An account of the statement's sub-totals (cash, funding costs) is carried there and not printed: only lines
that a note can touch are printed.
"""

from __future__ import annotations

CASH = "1001"
RESTRICTED_CASH = "1012"
PRINCIPAL_CURRENT = "1301"
PRINCIPAL_NON_CURRENT = "1302"
DEFERRED_CURRENT = "1303"
DEFERRED_NON_CURRENT = "1304"
ACCRUED_INTEREST = "1305"
ALLOWANCE_CURRENT = "1311"
ALLOWANCE_NON_CURRENT = "1312"
EXPECTED_RECOVERIES = "1313"
EQUIPMENT = "1601"
DEFERRED_TAX_ASSETS = "1811"
FUNDING_CURRENT = "2001"
FUNDING_NON_CURRENT = "2002"
OTHER_TAX_PAYABLE = "2221"
INCOME_TAX_PAYABLE = "2222"
ACCRUED_FUNDING_COSTS = "2231"
DEFERRED_TAX_LIABILITIES = "2901"
SHARE_CAPITAL = "4001"
RETAINED_EARNINGS = "4104"
TRANSFERS_BETWEEN_NOTES = "4105"
OPENING_BASIS_DIFFERENCE = "4106"
FINANCING_INCOME = "6001"
FUNDING_COSTS = "6401"
SERVICING_EXPENSES = "6402"
SALES_EXPENSES = "6601"
ADMINISTRATIVE_EXPENSES = "6602"
INTEREST_ON_CASH = "6603"
PROVISION_FOR_LOANS = "6701"
INCOME_TAX_EXPENSE = "6801"

CHART: dict[str, tuple[str, str]] = {
    CASH: ("Cash and cash equivalents", "tca"),
    RESTRICTED_CASH: ("Restricted cash", "tca"),
    PRINCIPAL_CURRENT: ("Loans receivable: principal due within a year", "loans_c"),
    PRINCIPAL_NON_CURRENT: ("Loans receivable: principal due later", "loans_nc"),
    DEFERRED_CURRENT: ("Loans receivable: deferred fees and costs, within a year", "loans_c"),
    DEFERRED_NON_CURRENT: ("Loans receivable: deferred fees and costs, later", "loans_nc"),
    ACCRUED_INTEREST: ("Loans receivable: accrued interest", "loans_c"),
    ALLOWANCE_CURRENT: ("Loss allowance for loans, within a year", "loans_c"),
    ALLOWANCE_NON_CURRENT: ("Loss allowance for loans, later", "loans_nc"),
    EXPECTED_RECOVERIES: ("Expected recoveries of loans written off", "loans_c"),
    EQUIPMENT: ("Property and equipment, net", "tnca"),
    DEFERRED_TAX_ASSETS: ("Deferred tax assets", "dta"),
    FUNDING_CURRENT: ("Payable to investors of trusts, within a year", "tcl"),
    FUNDING_NON_CURRENT: ("Payable to investors of trusts, later", "tncl"),
    OTHER_TAX_PAYABLE: ("Other tax payable: value added tax", "otp"),
    INCOME_TAX_PAYABLE: ("Income tax payable", "tcl"),
    ACCRUED_FUNDING_COSTS: ("Accrued funding costs", "tcl"),
    DEFERRED_TAX_LIABILITIES: ("Deferred tax liabilities", "dtl"),
    SHARE_CAPITAL: ("Share capital and additional paid-in capital", "apic"),
    RETAINED_EARNINGS: ("Retained earnings", "re"),
    TRANSFERS_BETWEEN_NOTES: ("Transfers between notes", "re"),
    OPENING_BASIS_DIFFERENCE: ("Opening basis difference", "re"),
    FINANCING_INCOME: ("Financing income", "fi"),
    FUNDING_COSTS: ("Funding costs", "opex"),
    SERVICING_EXPENSES: ("Origination and servicing", "opex"),
    SALES_EXPENSES: ("Sales and marketing", "opex"),
    ADMINISTRATIVE_EXPENSES: ("General and administrative", "opex"),
    INTEREST_ON_CASH: ("Interest income on cash", "pbt"),
    PROVISION_FOR_LOANS: ("Provision for loans receivable", "p_loans"),
    INCOME_TAX_EXPENSE: ("Income tax expense", "tax"),
}
"""Account code to name and row of the statement layout ``loans``, in the order of the ledger."""

INCOME_STATEMENT_ACCOUNTS = tuple(code for code in CHART if code.startswith("6"))

POSTING: dict[str, str] = {
    "principal_current": PRINCIPAL_CURRENT,
    "principal_non_current": PRINCIPAL_NON_CURRENT,
    "deferred_current": DEFERRED_CURRENT,
    "deferred_non_current": DEFERRED_NON_CURRENT,
    "accrued_interest": ACCRUED_INTEREST,
    "loss_allowance_current": ALLOWANCE_CURRENT,
    "loss_allowance_non_current": ALLOWANCE_NON_CURRENT,
    "expected_recoveries": EXPECTED_RECOVERIES,
    "other_tax_payable": OTHER_TAX_PAYABLE,
    "deferred_tax_assets": DEFERRED_TAX_ASSETS,
    "deferred_tax_liabilities": DEFERRED_TAX_LIABILITIES,
    "retained_earnings": RETAINED_EARNINGS,
    "transfers_between_notes": TRANSFERS_BETWEEN_NOTES,
    "opening_basis_difference": OPENING_BASIS_DIFFERENCE,
    "financing_income": FINANCING_INCOME,
    "provision_for_loans": PROVISION_FOR_LOANS,
    "income_tax_expense": INCOME_TAX_EXPENSE,
}
"""Accounts that measured balances live in and the notes post to, by role."""

SAME_SOURCE = (
    "deferred_current",
    "deferred_non_current",
    "loss_allowance_current",
    "loss_allowance_non_current",
    "expected_recoveries",
)
"""Roles whose ledger balance was copied from this very measurement: agreement there proves nothing."""


def plan_accounts() -> list[str]:
    """Lines of the plan's ``[accounts]`` table."""
    rows = [f'"{code}" = {{ name = "{name}", line = "{line}" }}' for code, (name, line) in CHART.items()]
    return [
        "[accounts]                            # code, name, row of the statement (a sub-total: not printed)",
        *rows,
    ]


def plan_posting() -> list[str]:
    """Lines of the plan's ``[posting]`` table."""
    heading = "[posting]                             # accounts that hold measured balances and take the journals"
    return [heading, *(f'{role} = "{code}"' for role, code in POSTING.items())]


def plan_same_source() -> str:
    """The plan's list of roles whose ledger balances prove nothing about the measurement."""
    return "[" + ", ".join(f'"{role}"' for role in SAME_SOURCE) + "]"

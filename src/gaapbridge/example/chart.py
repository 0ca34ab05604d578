"""The example lender's chart of accounts, and where each account stands in the statement.

An account of the statement's sub-totals (cash, funding costs) is carried there and not printed: only lines
that a note can touch are printed.
"""

from __future__ import annotations

CASH = "1001"
RESTRICTED_CASH = "1012"
FEES_CURRENT = "1201"
FEES_NON_CURRENT = "1202"
FEE_ALLOWANCE_CURRENT = "1203"
FEE_ALLOWANCE_NON_CURRENT = "1204"
RELATED_FEES_CURRENT = "1211"
RELATED_FEES_NON_CURRENT = "1212"
RELATED_FEE_ALLOWANCE_CURRENT = "1213"
RELATED_FEE_ALLOWANCE_NON_CURRENT = "1214"
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
CONTRACT_LIABILITY = "2101"
STAND_READY_LIABILITY = "2111"
CONTINGENT_LIABILITY = "2112"
OTHER_TAX_PAYABLE = "2221"
INCOME_TAX_PAYABLE = "2222"
ACCRUED_FUNDING_COSTS = "2231"
DEFERRED_TAX_LIABILITIES = "2901"
SHARE_CAPITAL = "4001"
SHARE_AWARDS = "4002"
RETAINED_EARNINGS = "4104"
TRANSFERS_BETWEEN_NOTES = "4105"
OPENING_BASIS_DIFFERENCE = "4106"
FINANCING_INCOME = "6001"
GUARANTEE_REVENUE = "6002"
FEE_ACCRETION = "6003"
FACILITATION_FEES = "6004"
FUNDING_COSTS = "6401"
SERVICING_EXPENSES = "6402"
SALES_EXPENSES = "6601"
ADMINISTRATIVE_EXPENSES = "6602"
INTEREST_ON_CASH = "6603"
RESEARCH_EXPENSES = "6604"
PROVISION_FOR_LOANS = "6701"
PROVISION_FOR_FEES = "6702"
PROVISION_FOR_CONTINGENT = "6703"
INCOME_TAX_EXPENSE = "6801"

CHART: dict[str, tuple[str, str]] = {
    CASH: ("Cash and cash equivalents", "tca"),
    RESTRICTED_CASH: ("Restricted cash", "tca"),
    FEES_CURRENT: ("Guarantee fees receivable within a year", "far_c"),
    FEES_NON_CURRENT: ("Guarantee fees receivable later", "far_nc"),
    FEE_ALLOWANCE_CURRENT: ("Loss allowance for guarantee fees, within a year", "far_c"),
    FEE_ALLOWANCE_NON_CURRENT: ("Loss allowance for guarantee fees, later", "far_nc"),
    RELATED_FEES_CURRENT: ("Guarantee fees receivable of related parties within a year", "rp_c"),
    RELATED_FEES_NON_CURRENT: ("Guarantee fees receivable of related parties later", "rp_nc"),
    RELATED_FEE_ALLOWANCE_CURRENT: ("Loss allowance for fees of related parties, within a year", "rp_c"),
    RELATED_FEE_ALLOWANCE_NON_CURRENT: ("Loss allowance for fees of related parties, later", "rp_nc"),
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
    CONTRACT_LIABILITY: ("Contract liability: guarantee fees ahead of coverage", "cl"),
    STAND_READY_LIABILITY: ("Guarantee liabilities: stand ready", "gl_sr"),
    CONTINGENT_LIABILITY: ("Guarantee liabilities: contingent", "gl_c"),
    OTHER_TAX_PAYABLE: ("Other tax payable: value added tax", "otp"),
    INCOME_TAX_PAYABLE: ("Income tax payable", "tcl"),
    ACCRUED_FUNDING_COSTS: ("Accrued funding costs", "tcl"),
    DEFERRED_TAX_LIABILITIES: ("Deferred tax liabilities", "dtl"),
    SHARE_CAPITAL: ("Share capital and additional paid-in capital", "apic"),
    SHARE_AWARDS: ("Additional paid-in capital: share awards", "apic"),
    RETAINED_EARNINGS: ("Retained earnings", "re"),
    TRANSFERS_BETWEEN_NOTES: ("Transfers between notes", "re"),
    OPENING_BASIS_DIFFERENCE: ("Opening basis difference", "re"),
    FINANCING_INCOME: ("Financing income", "fi"),
    GUARANTEE_REVENUE: ("Revenue from releasing of guarantee liabilities", "rgl"),
    FEE_ACCRETION: ("Accretion of guarantee fees receivable", "rgl"),
    FACILITATION_FEES: ("Loan facilitation fees of funders", "cds"),
    FUNDING_COSTS: ("Funding costs", "opex"),
    SERVICING_EXPENSES: ("Origination and servicing", "fos"),
    SALES_EXPENSES: ("Sales and marketing", "sm"),
    ADMINISTRATIVE_EXPENSES: ("General and administrative", "ga"),
    INTEREST_ON_CASH: ("Interest income on cash", "pbt"),
    RESEARCH_EXPENSES: ("Research and development", "ga"),
    PROVISION_FOR_LOANS: ("Provision for loans receivable", "p_loans"),
    PROVISION_FOR_FEES: ("Provision for financial assets receivable", "p_far"),
    PROVISION_FOR_CONTINGENT: ("Provision for contingent liabilities", "p_cont"),
    INCOME_TAX_EXPENSE: ("Income tax expense", "tax"),
}
"""Account code to name and row of the statement layout ``lender``, in the order of the ledger."""

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
    "guarantee_contingent": CONTINGENT_LIABILITY,
    "additional_paid_in_capital": SHARE_AWARDS,
    "fee_receivable_current": FEES_CURRENT,
    "fee_receivable_non_current": FEES_NON_CURRENT,
    "fee_receivable_related_current": RELATED_FEES_CURRENT,
    "fee_receivable_related_non_current": RELATED_FEES_NON_CURRENT,
    "fee_allowance_current": FEE_ALLOWANCE_CURRENT,
    "fee_allowance_non_current": FEE_ALLOWANCE_NON_CURRENT,
    "fee_allowance_related_current": RELATED_FEE_ALLOWANCE_CURRENT,
    "fee_allowance_related_non_current": RELATED_FEE_ALLOWANCE_NON_CURRENT,
    "stand_ready_liability": STAND_READY_LIABILITY,
    "contract_liability": CONTRACT_LIABILITY,
    "other_tax_payable": OTHER_TAX_PAYABLE,
    "deferred_tax_assets": DEFERRED_TAX_ASSETS,
    "deferred_tax_liabilities": DEFERRED_TAX_LIABILITIES,
    "retained_earnings": RETAINED_EARNINGS,
    "transfers_between_notes": TRANSFERS_BETWEEN_NOTES,
    "opening_basis_difference": OPENING_BASIS_DIFFERENCE,
    "financing_income": FINANCING_INCOME,
    "guarantee_revenue": GUARANTEE_REVENUE,
    "fee_accretion": FEE_ACCRETION,
    "share_based_servicing": SERVICING_EXPENSES,
    "share_based_marketing": SALES_EXPENSES,
    "share_based_administrative": ADMINISTRATIVE_EXPENSES,
    "share_based_research": RESEARCH_EXPENSES,
    "provision_for_loans": PROVISION_FOR_LOANS,
    "provision_for_contingent": PROVISION_FOR_CONTINGENT,
    "provision_for_fee_receivable": PROVISION_FOR_FEES,
    "income_tax_expense": INCOME_TAX_EXPENSE,
}
"""Accounts that measured balances live in and the notes post to, by role."""

SAME_SOURCE = (
    "deferred_current",
    "deferred_non_current",
    "loss_allowance_current",
    "loss_allowance_non_current",
    "expected_recoveries",
    "guarantee_contingent",
    "fee_allowance_current",
    "fee_allowance_non_current",
    "fee_allowance_related_current",
    "fee_allowance_related_non_current",
    "additional_paid_in_capital",
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
    return "[\n" + "".join(f'    "{role}",\n' for role in SAME_SOURCE) + "]"

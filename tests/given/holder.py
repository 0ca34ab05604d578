"""A holding company without a contract: all its differences are given, by the month. Its figures are in the files below."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from gaapbridge.run import Run
from tests.given_lender import blocks, closed_one_by_one

MONTHS = (date(2022, 12, 31), date(2023, 1, 31), date(2023, 2, 28), date(2023, 3, 31))
"""The year that is measured at its closing alone, and three months that each open with the run before."""

PLAN = """\
format = 1

[entity]
name = "Holder"
currency = "CNY"
minor_digits = 2
presentation_unit = 1

[period]
opening = {opening}
closing = {closing}

[opening]
source = {source}

[notes]
order = ["leases", "investments", "preferred_shares"]

[given.leases]
caption = "Leases"
text = {{ us_gaap = "One cost (ASC 842-20-25-6).", ifrs = "Depreciation and interest (IFRS 16.31).", effect = "Earlier." }}
accounts = ["1821", "6602", "6691"]
tax = "rate"
file = "leases.csv"
amounts = "major"

[tax.leases]
method = "liability_method"
basis = "enacted"
reverses = [1.0]
rates = [{{ enacted = 2007-03-16, from = 2008-01-01, rate = 0.25 }}]

[given.investments]
caption = "Investments"
text = {{ us_gaap = "At cost less impairment (ASC 321-10-35-2).", ifrs = "At fair value (IFRS 9 5.7.5).", effect = "Higher." }}
accounts = ["1831", "4012"]
tax = "rate"
file = "investments.csv"
amounts = "major"

[tax.investments]
method = "liability_method"
basis = "enacted"
reverses = [1.0]
rates = [{{ enacted = 2007-03-16, from = 2008-01-01, rate = 0.25 }}]

[given.preferred_shares]
caption = "Preferred shares"
text = {{ us_gaap = "Mezzanine equity (ASC 480-10-S99-3A).", ifrs = "A liability (IAS 32.16).", effect = "Less equity." }}
accounts = ["2831", "4011", "4104", "6692"]
tax = "stated"
file = "preferred_shares.csv"
amounts = "major"

[adjustments]
path = "adjustments.csv"
amounts = "major"

[deferred_tax]
valuation_allowance = [{{ valid_from = 2020-01-01, in_ledger_minor = 0, further_minor = "all" }}]

[statement]
layout = "layout.json"

[accounts]
"1001" = {{ name = "Cash", line = "tca" }}
"1811" = {{ name = "Deferred tax assets", line = "dta" }}
"1821" = {{ name = "Right-of-use assets", line = "rou" }}
"1831" = {{ name = "Investments", line = "loans_nc" }}
"2821" = {{ name = "Lease liabilities", line = "lease" }}
"2831" = {{ name = "Preferred shares at fair value", line = "pref" }}
"2901" = {{ name = "Deferred tax liabilities", line = "dtl" }}
"4001" = {{ name = "Share capital", line = "apic" }}
"4011" = {{ name = "Redeemable preferred shares", line = "mezz" }}
"4012" = {{ name = "Fair value reserve", line = "apic" }}
"4104" = {{ name = "Retained earnings", line = "re" }}
"4106" = {{ name = "Opening basis difference", line = "re" }}
"6602" = {{ name = "General and administrative", line = "ga" }}
"6691" = {{ name = "Finance costs", line = "fin" }}
"6692" = {{ name = "Fair value loss", line = "fvl" }}
"6801" = {{ name = "Income tax expense", line = "tax" }}

[posting]
retained_earnings = "4104"
opening_basis_difference = "4106"
deferred_tax_assets = "1811"
deferred_tax_liabilities = "2901"
income_tax_expense = "6801"

[trial_balance]
{ledgers}
amounts = "major"
taken = "before_closing"
fiscal_year_end = "12-31"
retained_earnings_moved = {moved}

[thresholds]
rejected_rows = 0
rejected_principal_minor = 0
findings = 0

[runs]
folder = "runs"
"""

FILES = {
    "leases.csv": """\
date,path,account,amount_minor
2022-12-31,balance,1821,-100.00
2023-01-31,depreciation_and_interest,1821,-30.00
2023-01-31,depreciation_and_interest,6602,-70.00
2023-01-31,depreciation_and_interest,6691,100.00
2023-02-28,depreciation_and_interest,1821,-20.00
2023-02-28,depreciation_and_interest,6602,-75.00
2023-02-28,depreciation_and_interest,6691,95.00
2023-03-31,depreciation_and_interest,1821,50.00
2023-03-31,depreciation_and_interest,6602,-80.00
2023-03-31,depreciation_and_interest,6691,30.00
2023-03-31,balance,1821,-100.00
""",
    "investments.csv": """\
date,path,account,amount_minor
2022-12-31,balance,1831,400.00
2022-12-31,balance,4012,-300.00
2023-01-31,fair_value_through_oci,1831,100.00
2023-01-31,fair_value_through_oci,4012,-100.00
2023-02-28,balance,1831,500.00
2023-02-28,balance,4012,-375.00
2023-03-31,fair_value_through_oci,1831,-60.00
2023-03-31,fair_value_through_oci,4012,60.00
""",
    "preferred_shares.csv": """\
date,path,account,amount_minor
2022-12-31,balance,4011,1080.00
2022-12-31,balance,2831,-1150.00
2023-01-31,accretion_not_made,4011,7.00
2023-01-31,accretion_not_made,4104,-7.00
2023-02-28,accretion_not_made,4011,7.00
2023-02-28,accretion_not_made,4104,-7.00
2023-03-31,accretion_not_made,4011,7.00
2023-03-31,accretion_not_made,4104,-7.00
2023-03-31,fair_value,6692,60.00
2023-03-31,fair_value,2831,-60.00
""",
    "adjustments.csv": """\
id,note,date,account,debit_minor,credit_minor,path,reason,prepared_by,approved_by,reversing_date
A-1,leases,2023-01-31,1821,8.00,,,Rent indexed late,Li,Wang,2023-02-28
A-1,leases,2023-01-31,6602,,8.00,,Rent indexed late,Li,Wang,2023-02-28
A-2,preferred_shares,2023-02-28,2831,5.00,,issue_costs,Costs of the issue,Li,Wang,
A-2,preferred_shares,2023-02-28,4104,,5.00,issue_costs,Costs of the issue,Li,Wang,
A-3,leases,2023-02-10,1821,,12.00,,Paid in advance,Li,Wang,2023-03-15
A-3,leases,2023-02-10,6602,12.00,,,Paid in advance,Li,Wang,2023-03-15
""",
}

LEDGERS = {
    MONTHS[0]: (("1001", 9000), ("1821", 900), ("2821", -900), ("1831", 500), ("4001", -8000), ("4011", -1080),
                ("4104", -920), ("6602", 500)),
    MONTHS[1]: (("1001", 8950), ("1821", 870), ("2821", -870), ("1831", 500), ("4001", -8000), ("4011", -1087),
                ("4104", -413), ("6602", 50)),
    MONTHS[2]: (("1001", 8890), ("1821", 840), ("2821", -840), ("1831", 500), ("4001", -8000), ("4011", -1094),
                ("4104", -406), ("6602", 110)),
    MONTHS[3]: (("1001", 8840), ("1821", 810), ("2821", -810), ("1831", 500), ("4001", -8000), ("4011", -1101),
                ("4104", -399), ("6602", 160)),
}  # fmt: skip
"""Balances under US GAAP in major units, debit positive, income and expense of the calendar year on their accounts."""


def ledger_of(day: date) -> str:
    return f"trial-balance-{day}.csv"


def write_holder(folder: Path) -> Path:
    """All files but the plan; the path of that."""
    folder.mkdir(parents=True)
    (layout,) = blocks("layout.json")
    for name, text in {**FILES, "layout.json": layout}.items():
        (folder / name).write_text(text, encoding="utf-8")
    for day, balances in LEDGERS.items():
        assert sum(amount for _, amount in balances) == 0
        rows = [f"{account},{max(amount, 0)},{max(-amount, 0)}" for account, amount in balances]
        (folder / ledger_of(day)).write_text("\n".join(["account,debit_minor,credit_minor", *rows, ""]), encoding="utf-8")
    return folder / "plan.toml"


def plan_of(place: int) -> str:
    """The plan of a period, by its place among ``MONTHS``."""
    closing = MONTHS[place]
    if place == 0:
        return PLAN.format(
            opening="2021-12-31", closing=closing, source='"none"', ledgers=f'closing = "{ledger_of(closing)}"', moved="{}"
        )
    opening = MONTHS[place - 1]
    ledgers = f'opening = "{ledger_of(opening)}"\nclosing = "{ledger_of(closing)}"'
    moved = '{ "accretion" = -700 }'
    return PLAN.format(opening=opening, closing=closing, source='"prior_run"\nrun = "latest"', ledgers=ledgers, moved=moved)


def closed_months(plan: Path) -> list[Run]:
    """The runs of all periods."""
    return closed_one_by_one(plan, map(plan_of, range(len(MONTHS))))

"""Adapters of statements and of tax; see ``adapters``."""

from __future__ import annotations

from typing import Any

from gaapbridge.terms.money import nearest_unit
from tests.conformance import books
from tests.conformance.books import as_answered, rate_of
from tests.conformance.chunks import added, less, vat_inside
from tests.conformance.given import Given
from tests.conformance.reconciled import Sums, names_of, printed_units, reconciled

Answers = dict[str, Any]


def column_taxes(given: Given) -> Answers:
    """The rate is the plan's answer; the columns are posted with it. A share-based difference is not taxed."""
    columns = given["pre_tax_adjustments"]
    rate = rate_of(less(0, given["income_tax_us"]), given["income_before_tax_us"])
    effects = {name: columns[name] for name in columns}
    rates = {name: rate for name in columns if name != "share_based"}
    posted = books.taxed(effects, rates, {})
    return {"tax_adjustments": {name: column.income_tax for name, column in posted.items()}}


COLUMNS = {"ecl": "expected_credit_losses", "eir": "effective_interest"}


def column_sides(given: Given) -> Answers:
    """The sides follow from what the ledger holds: the loss of (ii) takes from its liability before it adds an asset."""
    effects, ledger = {}, {}
    for column in given["columns"]:
        name = COLUMNS[column["name"]]
        effects[name] = column["pre_tax_equity_adjustment"]
        if "existing_us_dta_on_allowance" in column:
            ledger["deferred_tax_assets"] = column["existing_us_dta_on_allowance"]
        elif "existing_us_dtl" in column:
            ledger["deferred_tax_liabilities"] = less(0, column["existing_us_dtl"])
    posted = books.taxed(effects, {name: as_answered(given["tax_rate"]) for name in effects}, ledger)
    return {
        short: {
            "deferred_tax_assets": posted[name].deferred_tax_assets,
            "deferred_tax_liabilities": posted[name].deferred_tax_liabilities,
            "equity_net": posted[name].equity_net,
        }
        for short, name in COLUMNS.items()
        if name in posted
    }


def value_added_tax(given: Given) -> Answers:
    """Tax inside each line as inside each contract; receipts in hundred-millionths, so that rounding does not show."""
    rate = given["vat_rate"]
    if "gross_receipts" in given:
        receipts = given["gross_receipts"]
        inside = vat_inside(receipts, rate, 8)
        return {"net_revenue": [less(gross, tax) for gross, tax in zip(receipts, inside, strict=True)], "output_vat": inside}
    years = given["loans_receivable_adjustment"]
    lines = {year: [years[year][line] for line in years[year]] for year in years}
    inside = {year: added(vat_inside(amounts, rate)) for year, amounts in lines.items()}
    return {
        "other_tax_payable_adjustment": inside,
        "net_of_vat": {year: less(added(amounts), inside[year]) for year, amounts in lines.items()},
    }


ASSETS_LESS_LIABILITIES: Sums = {
    "total_noncurrent_assets": [
        "property_plant_equipment", "goodwill", "intangible_assets", "financial_assets",
    ],
    "total_current_assets": ["trade_and_other_receivables", "inventories", "other_receivables", "cash"],
    "total_assets": ["total_noncurrent_assets", "total_current_assets"],
    "-total_liabilities": [
        "-interest_bearing_loans", "-trade_and_other_payables", "-employee_benefits", "-restructuring_provision",
        "-current_tax_liability", "-deferred_tax_liability",
    ],
    "total_assets_less_total_liabilities": ["total_assets", "-total_liabilities"],
    "-total_equity": ["-issued_capital", "-cash_flow_hedge_reserve", "-retained_earnings"],
}  # fmt: skip
"""Sub-totals of a balance sheet at transition, assets less liabilities; a minus marks credit balances."""


def transition(given: Given) -> Answers:
    given.restated("tax_rate_implied")
    rows = reconciled(given["rows"], ASSETS_LESS_LIABILITIES)
    return {
        "ifrs": {name: row.ifrs for name, row in rows.items()},
        "effect_totals": {name: rows[name].amounts["effect"] for name in names_of(ASSETS_LESS_LIABILITIES)},
    }


EQUITY_AND_LIABILITIES: Sums = {
    "-total": [
        "-equity_share_capital", "-other_equity", "-borrowings", "-provisions_noncurrent", "-deferred_tax_liabilities",
        "-trade_payables", "-other_financial_liabilities", "-other_current_liabilities", "-provisions_current",
    ],
}  # fmt: skip


def transition_of_equity(given: Given) -> Answers:
    given.restated("total_assets")
    rows = reconciled(given["rows"], EQUITY_AND_LIABILITIES)
    total, opening = rows["total"], rows["other_equity"].amounts["previous_gaap"]
    adjustments = {str(number): amount for number, amount in enumerate(given["retained_earnings_adjustments"])}
    equity = books.closing(opening, adjustments, {})
    return {
        "total_equity_and_liabilities": [total.amounts["previous_gaap"], total.amounts["effect"], total.ifrs],
        "retained_earnings": equity,
        "other_equity": books.closing(equity, {"fair_value_reserve": given["fair_value_reserve"]}, {}),
    }


def filed_statement(given: Given) -> Answers:
    """Every row stands by itself, sub-totals too: the example asks for sums across."""
    if "fair_value_reserve" in given:
        return transition_of_equity(given)
    if "columns" not in given:
        return transition(given)
    rows = reconciled(given["rows"], {}, ("us_gaap", *given["columns"]))
    answers: Answers = {"ifrs": {name: row.ifrs for name, row in rows.items()}}
    for name, key in (("total_equity", "equity_adjustment_total"), ("net_income", "net_income_adjustment_total")):
        if name in rows:
            answers[key] = less(rows[name].ifrs, rows[name].amounts["us_gaap"])
    return answers


def equity_roll(given: Given) -> Answers:
    opening, movement = given["opening_retained_earnings_2022"], given["net_income_adjustment_2023"]
    closing = {column: books.closing(opening[column], {"net income": movement[column]}, {}) for column in opening}
    return {"closing_retained_earnings_2023": closing, "closing_apic_share_based": less(0, closing["share_based"])}


SEGMENT_SUMS: Sums = {
    "-total_operating_income": ["-net_interest_income", "-other_operating_income"],
    "-net_after_impairment": ["-total_operating_income", "loan_impairment_charges"],
    "-profit_before_tax": ["-net_after_impairment", "operating_expenses"],
}


def segment_statement(given: Given) -> Answers:
    columns = given["columns"]
    segments = [column for column in columns if not column.startswith("ifrs_")]
    to_gaap = reconciled(given["rows"], SEGMENT_SUMS, columns)
    from_gaap = reconciled(given["rows"], SEGMENT_SUMS, segments)
    totals = {
        name: {**to_gaap[name].amounts, "ifrs_total": from_gaap[name].ifrs, "us_gaap_total": to_gaap[name].ifrs}
        for name in names_of(SEGMENT_SUMS)
    }
    return {
        **totals,
        "us_gaap": {name: to_gaap[name].ifrs for name in given["rows"]},
        "ifrs_total": {name: from_gaap[name].ifrs for name in given["rows"]},
    }


PLUG_SUMS: Sums = {
    "assets": ["loans_receivable_current", "loans_receivable_noncurrent"],
    "-liabilities_and_equity": ["-other_tax_payable", "-deferred_tax_liabilities", "-retained_earnings"],
    "difference": ["assets", "-liabilities_and_equity"],
}

UNITS = {"thousands": 1_000, "millions": 1_000_000}


def rounded_column(given: Given) -> Answers:
    """The column as presented, so that it foots; here the nearest unit of every line does as well."""
    given.stated("unit_in", "RMB", "USD")
    column, unit = given["column"], UNITS[given["unit_out"]]
    exact = reconciled({name: {"us_gaap": column[name]} for name in column}, PLUG_SUMS)
    printed = printed_units(exact, unit)
    return {
        "naive_rounded": {name: nearest_unit(column[name], unit) for name in column},
        "assets": printed["assets"],
        "liabilities_and_equity": printed["liabilities_and_equity"],
        "unrounded_balance_difference": exact["difference"].ifrs,
    }

"""Why no close gives an answer: for each operation without an adapter, and for each key that an adapter leaves out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

_CURVES = "losses come from curves by segment and month; this method is not offered"
_MODIFIED = "modifications are found and not measured"
_MODIFIED_AWARD = "modifications of awards are found and not measured"
_INSTALMENTS = "a tape has level, equal, bullet or interest-free instalments; no coupons that step up, no flows by date"
_SOLVED = "a close solves the rate and takes none from anybody; the example goes on with a rounded one"
_YEARLY = "a close states rates a period, none a year"
_FAIR_VALUE = "the fair value of a guarantee is an input, `stand_ready_minor`; a close does not find it"
_WHOLE_UNITS = "a close rounds no units; the example rounds them before it multiplies"
_REVISED = "a forfeiture rate holds for the years still to come; the example applies the revised one from the grant"
_OPTION = "the grant-date value of an award is an input; a close values no option"
_CASH = "awards are settled in shares; cash-settled ones have no tape"
_VESTING = "the vesting date and the units of a tranche stand on the tape and do not change"
_CURRENT_TAX = "a close posts deferred tax on columns; current tax stays the ledger's"

OPERATIONS: Mapping[str, str] = {
    "cecl_loss_rate": _CURVES,
    "cecl_vintage": _CURVES,
    "cecl_warm": _CURVES,
    "ecl_provision_matrix": "loss rates by days past due are taken for fees receivable only, in four buckets of a guarantee",
    "ecl_revolving": "a tape of loans has no undrawn commitments",
    "pcd_initial_recognition": "a tape has loans of the lender's own; none purchased with a discount for credit",
    "fvoci_impairment": "loans are carried at amortised cost; none through other comprehensive income",
    "eir_dated_schedule": _INSTALMENTS,
    "eir_prepayment_catch_up": _INSTALMENTS,
    "modification_loss": _MODIFIED,
    "modification_ten_percent_test": _MODIFIED,
    "modification_with_allowance_rollforward": _MODIFIED,
    "option_value": _OPTION,
    "sbc_cash_settled": _CASH,
    "sbc_espp": "shares sold at a discount at once have no tape",
    "sbc_ifrs_variable_number": _VESTING,
    "sbc_ifrs_variable_period": _VESTING,
    "sbc_intrinsic": "a unit's value is that of its grant date; none is measured again",
    "sbc_modification": _MODIFIED_AWARD,
    "sbc_modification_cash_alternative": _MODIFIED_AWARD,
    "deferred_tax_simple": "tax bases come with no tape: a column's tax is its rate times its difference",
    "deferred_tax_share_based": "the tax deduction of an award comes with no tape; its column moves inside equity",
    "intraperiod_allocation": _CURRENT_TAX,
    "tax_reconciliation": _CURRENT_TAX,
}
"""By operation."""

KEYS: Mapping[str, Mapping[str, str]] = {
    "ifrs9-ig-b26-amortised-cost": dict.fromkeys(("opening", "interest_revenue", "closing_before_final_rounding"), _SOLVED),
    "ifrs9-ig-b27-stepped-interest": {"annual_cash_flows_end_of_year: steps": _INSTALMENTS},
    "indas109-monthly-instalment-fee": dict.fromkeys(("contract_rate_nominal_annual", "eir_annual_effective"), _YEARLY),
    "ifrs9-guarantee-ecl-net-of-recoveries": dict.fromkeys(
        ("pv_recoveries", "ecl"), "recoveries come discounted in the table of losses; a close discounts payouts only"
    ),
    "ifrs15-guarantee-instalment-contract-liability": {
        "guarantee_liability_ecl_end": "the allowance of each month is an input of this example, and no answer to it"
    },
    "ifrs9-guarantee-fair-value-differential": {"initial_fair_value": _FAIR_VALUE},
    "indas109-guarantee-higher-of": {"initial_fair_value": _FAIR_VALUE},
    "asc718-cliff-vesting-estimated-forfeitures": {
        **dict.fromkeys(("total_cost_initial", "annual_cost_initial"), _WHOLE_UNITS),
        **dict.fromkeys(
            ("expected_to_vest_revised", "total_cost_revised", "cumulative_end_year2", "expense_year2", "expense_year3"),
            _REVISED,
        ),
    },
    "asc718-graded-vesting-both-attributions": dict.fromkeys(
        (
            "expected_to_vest", "cost_by_tranche", "total_cost", "expense_by_year_tranche_attribution",
            "expense_by_year_straight_line", "vested_cost_cumulative", "floor_binds",
        ),
        _WHOLE_UNITS,
    ),
    "asc718-pwc-sc-2-23-floor": {"black_scholes_value": _OPTION},
    "qifu-2022-column-tax-at-group-etr": {
        "effective_tax_rate": "the rate of a column is the plan's answer; a close derives none from the statement"
    },
    "qifu-adjustment-rollforward-2022-2023": {
        "implied_retained_earnings_1_jan_2022": "the balances of 1 January 2022 need the net income of 2022, which is no input"
    },
}  # fmt: skip
"""By example and key, where the operation has an adapter."""


def told(example: str, operation: str, keys: Sequence[str]) -> str:
    """The keys that are not covered, each with its reason; those of one reason stand together."""
    grouped: dict[str, list[str]] = {}
    for key in keys:
        why = KEYS.get(example, {}).get(key) or (OPERATIONS.get(operation, "") if key == operation else "")
        grouped.setdefault(why, []).append(key)
    return "; ".join(", ".join(names) + (f" ({why})" if why else "") for why, names in grouped.items())

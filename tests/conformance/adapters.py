"""One adapter an operation: inputs of a worked example renamed, what a close runs called, answers named.

An adapter computes nothing: a test forbids arithmetic here. It sees the inputs and never what is expected. An input that
it does not read makes the vector not covered, and so does an expected key that it does not produce.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from tests.conformance import awards, guarantees, interest, losses, statements
from tests.conformance.given import Given

Answers = dict[str, Any]

ADAPTERS: Mapping[str, Callable[[Given], Answers]] = {
    "ecl_pd_lgd_12m": losses.twelve_month_loss,
    "ecl_dual_measurement": losses.dual_loss,
    "ecl_probability_weighted": losses.weighted_loss,
    "ecl_discount_convention": losses.default_timing,
    "ecl_cash_shortfall": losses.paid_late,
    "ecl_default_timeline": losses.default_timeline,
    "interest_by_stage": losses.interest_by_stage,
    "allowance_rollforward": losses.allowance_roll,
    "eir_schedule": interest.bond_schedule,
    "eir_dual_schedule": interest.dual_pool,
    "eir_monthly_instalment": interest.instalment_loan,
    "column_tax": statements.column_taxes,
    "column_tax_side": statements.column_sides,
    "vat_inclusive": statements.value_added_tax,
    "reconciliation_balance_sheet": statements.filed_statement,
    "reconciliation_income_statement": statements.filed_statement,
    "reconciliation_rollforward": statements.equity_roll,
    "reconciliation_segments": statements.segment_statement,
    "rounding_plug": statements.rounded_column,
    "guarantee_dual_regime": guarantees.dual_regimes,
    "guarantee_ifrs_instalment": guarantees.instalment_fees,
    "guarantee_ifrs_measurement": guarantees.liability_measured,
    "guarantee_contingent_rollforward": guarantees.contingent_roll,
    "guarantee_ecl": guarantees.payout_loss,
    "sbc_us_straight_line": awards.cliff_vesting,
    "sbc_us_graded": awards.both_attributions,
    "sbc_ifrs_graded": awards.graded_groups,
    "sbc_ifrs_service": awards.service_condition,
    "sbc_market_condition": awards.market_condition,
    "sbc_dual": awards.dual_award,
    "sbc_graded_fractions": awards.graded_fractions,
}
"""The operations covered, by name."""

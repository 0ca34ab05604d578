"""Names of exports as core systems print them, by the tape they are on and the column of ours that each stands for."""

import pytest

from gaapbridge.contracts.kinds import KINDS
from gaapbridge.starter.known_names import names_of
from gaapbridge.starter.names import matched
from gaapbridge.tapes.trade_words import meanings

SCHEMAS = {tape.schema.name: tape.schema for kind in KINDS.values() for tape in kind.tapes}

NAMES = {
    "loans": {
        "Current Principal": "outstanding_principal_minor", "Interest Due & Unpaid": "billed_unpaid_interest_minor",
        "Deferred Orig Cost": "costs_paid_minor", "Monthly P&I ($)": "instalment_minor", "Level P&I": "instalment_minor",
        "手续费收入(元)": "fees_received_minor", "利率": "annual_rate", "未还利息(元)": "billed_unpaid_interest_minor",
        "转非应计日期": "nonaccrual_date", "月还款额(元)": "instalment_minor", "# Inst": "term_instalments",
        "Months Since Last Missed Payment": "months_since_last_missed", "距上次逾期月数": "months_since_last_missed",
    },
    "events": {
        "Post Date": "event_date", "记账日期": "event_date", "变动日期": "event_date", "业务类型": "kind", "变动类型": "kind",
        "发生额(元)": "amount_minor",
    },
    "payments": {"Post Date": "date", "记账日期": "date"},
    "guarantees": {
        "Guaranty End": "maturity_date", "Status Date": "exit_date", "Recoveries to Date ($)": "recovered_minor",
        "主债权借据号": "loan_id", "起保日期": "origination_date", "解保日期": "exit_date", "累计追回(万元)": "recovered_minor",
        "Guaranty No": "contract_id",
    },
    "guarantee_fees": {"保费期间起": "coverage_start", "保费期间止": "coverage_end"},
    "awards": {
        "Grant FV / Share ($)": "fair_value_per_unit", "授予日公允价值(元/股)": "fair_value_per_unit", "费用归属": "function",
        "可行权条件": "condition",
    },
    "award_events": {"变动日期": "event_date", "变动类型": "kind"},
}  # fmt: skip


@pytest.mark.parametrize(("tape", "theirs"), [(tape, theirs) for tape, names in NAMES.items() for theirs in names])
def test_a_name_of_an_export_is_known(tape: str, theirs: str) -> None:
    """By the name alone: the cells are not asked."""
    found = matched([theirs], SCHEMAS[tape].names, names_of(tape), lambda ours, name: False)
    assert {ours: match.theirs for ours, match in found.items()} == {NAMES[tape][theirs]: theirs}


@pytest.mark.parametrize(
    "theirs",
    ["mths_since_last_delinq", "Months Since Last Record", "Months Delinquent", "Last Delinquency Month", "上次逾期日期"],
)
def test_months_of_something_else_are_no_missed_instalments(theirs: str) -> None:
    """Of a borrower at any lender before this loan; of a public record; how long, or on which day, one is late."""
    found = matched([theirs], SCHEMAS["loans"].names, names_of("loans"), lambda ours, name: False)
    assert "months_since_last_missed" not in found


@pytest.mark.parametrize("theirs", ["APR", "利率", "Deferred Orig Cost", "Status Date"])
def test_a_name_that_is_used_for_something_else_too_is_to_be_looked_at(theirs: str) -> None:
    tape = "guarantees" if theirs == "Status Date" else "loans"
    (match,) = matched([theirs], SCHEMAS[tape].names, names_of(tape), lambda ours, name: False).values()
    assert match.why.startswith("a name of the trade") and match.why != "a name of the trade"


@pytest.mark.parametrize(
    ("column", "word", "ours"),
    [("repayment_type", "Level P&I", "level"), ("kind", "核销后收回", "recovery"), ("kind", "失效", "forfeiture")],
)
def test_a_word_of_an_export_is_known(column: str, word: str, ours: str) -> None:
    assert meanings(column, word) == (ours,)

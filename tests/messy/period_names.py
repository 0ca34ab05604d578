"""The names and words of the files of a whole period: columns of core systems in both countries, and accounts in Chinese."""

from __future__ import annotations

from collections.abc import Mapping

from tests.messy.chinese import TEXTS

_TERMS = {
    "segment": "Prod Cd", "currency": "Ccy", "origination_date": "Orig Dt", "first_payment_date": "First Pmt",
    "maturity_date": "Mat Dt", "principal_minor": "Orig Bal", "annual_rate": "Int Rate", "term_instalments": "Term",
    "repayment_type": "Amort", "instalment_minor": "P&I Pmt",
}  # fmt: skip
_STANDING = {
    "outstanding_principal_minor": "Curr Bal", "billed_unpaid_interest_minor": "Int Due", "days_past_due": "DPD",
    "status": "Stat", "exit_date": "Exit Dt", "default_date": "Dflt Dt", "claim_at_default_minor": "Dflt Claim",
    "cured_date": "Cure Dt", "nonaccrual_date": "NonAccr Dt", "watch_list": "Watch", "forborne": "TDR", "rating": "Risk Rtg",
    "rating_at_origination": "Orig Rtg",
}  # fmt: skip

AMERICAN: Mapping[str, Mapping[str, str]] = {
    "loans": {
        "contract_id": "Loan #", **_TERMS, "service_fee_minor": "Svc Fee", "fees_received_minor": "Orig Fee",
        "costs_paid_minor": "Orig Cost", "interest_received_minor": "Int Pd LTD", **_STANDING,
    },
    "guarantees": {
        "contract_id": "Guarantee #", "loan_id": "Loan #", **_TERMS, "guaranteed_share": "Guar Pct",
        "stand_ready_minor": "Guar FV", **_STANDING, "related_party": "Related Pty", "paid_out_minor": "Claims Pd",
        "recovered_minor": "Recovered",
    },
    "guarantee_fees": {
        "contract_id": "Guarantee #", "due_date": "Due Dt", "coverage_start": "Cov Start", "coverage_end": "Cov End",
        "fee_minor": "Fee Amt", "collected_minor": "Collected", "written_off_minor": "Written Off",
    },
    "events": {"contract_id": "Loan #", "event_date": "Eff Dt", "kind": "Tran Type", "amount_minor": "Tran Amt"},
    "payments": {
        "contract_id": "Loan #", "date": "Pmt Dt", "principal_minor": "Prin Pd", "interest_minor": "Int Pd",
        "fees_minor": "Late Fee",
    },
    "awards": {
        "award_id": "Grant #", "grant_date": "Grant Dt", "function": "Dept", "currency": "Ccy", "fair_value_per_unit": "GDFV",
        "condition": "Vest Type",
    },
    "award_tranches": {"award_id": "Grant #", "tranche": "Tranche", "vesting_date": "Vest Dt", "units": "Shares"},
    "award_events": {
        "award_id": "Grant #", "tranche": "Tranche", "event_date": "Tran Dt", "kind": "Tran Type", "units": "Shares",
    },
}  # fmt: skip
"""By tape the names of our columns on the screens of a core system in the United States."""

GROUPS = {
    **dict.fromkeys(("origination_date", "first_payment_date", "maturity_date", "term_instalments"), "Terms"),
    **dict.fromkeys(_STANDING, "Standing"),
}
"""The headings over groups of columns; the others are under `Contract`."""

CHINESE: Mapping[str, Mapping[str, str]] = {
    "events": {
        "contract_id": TEXTS["contract_id"][1]["loans"], "event_date": "发生日期", "kind": "交易类型",
        "amount_minor": "发生金额(元)",
    },
    "payments": {
        "contract_id": TEXTS["contract_id"][1]["loans"], "date": "还款日期", "principal_minor": "实还本金(元)",
        "interest_minor": "实还利息(元)", "fees_minor": "实还费用(元)",
    },
    "awards": {
        "award_id": "授予编号", "grant_date": "授予日期", "function": "费用类别", "currency": "币种",
        "fair_value_per_unit": "授予日公允价值", "condition": "归属条件",
    },
    "award_tranches": {"award_id": "授予编号", "tranche": "归属批次", "vesting_date": "归属日期", "units": "股数"},
    "award_events": {
        "award_id": "授予编号", "tranche": "归属批次", "event_date": "发生日期", "kind": "事件类型", "units": "股数",
    },
}  # fmt: skip

WORDS: Mapping[str, Mapping[tuple[str, object], str]] = {
    "USD": {
        ("status", "on_book"): "Active", ("status", "settled_early"): "Released Early", ("status", "matured"): "Expired",
        ("status", "paid_out"): "Claim Paid", ("kind", "write_off"): "Charge-Off", ("kind", "recovery"): "Recovery",
        ("kind", "prepayment"): "Payoff", ("kind", "forfeiture"): "Forfeited", ("kind", "exercise"): "Exercised",
        ("kind", "expiry"): "Expired", ("function", "origination_and_servicing"): "Servicing",
        ("function", "sales_and_marketing"): "Marketing", ("function", "general_and_administrative"): "G&A",
        ("function", "research_and_development"): "R&D", ("condition", "service"): "Time-Based",
    },
    "CNY": {
        ("kind", "write_off"): "核销", ("kind", "recovery"): "核销收回", ("kind", "prepayment"): "提前还款",
        ("kind", "forfeiture"): "离职失效", ("kind", "exercise"): "行权", ("kind", "expiry"): "到期失效",
        ("function", "origination_and_servicing"): "运营成本", ("function", "sales_and_marketing"): "销售费用",
        ("function", "general_and_administrative"): "管理费用", ("function", "research_and_development"): "研发费用",
        ("condition", "service"): "服务期条件",
    },
}  # fmt: skip
"""By currency the words for ours; those of loans are in `american` and `chinese`."""

ACCOUNTS: Mapping[str, str] = {
    "1001": "银行存款", "1002": "贷款业务往来资金", "1012": "受限货币资金", "1201": "应收担保费-一年内到期",
    "1202": "应收担保费-一年以上",
    "1203": "应收担保费坏账准备-一年内到期", "1204": "应收担保费坏账准备-一年以上", "1211": "应收担保费-关联方-一年内到期",
    "1212": "应收担保费-关联方-一年以上", "1213": "应收担保费坏账准备-关联方-一年内到期",
    "1214": "应收担保费坏账准备-关联方-一年以上",
    "1241": "应收代偿款", "1251": "应计担保费-一年内到期", "1252": "应计担保费-一年以上",
    "1253": "应计担保费坏账准备-一年内到期",
    "1254": "应计担保费坏账准备-一年以上", "1261": "应计担保费-关联方-一年内到期", "1262": "应计担保费-关联方-一年以上",
    "1263": "应计担保费坏账准备-关联方-一年内到期", "1264": "应计担保费坏账准备-关联方-一年以上",
    "1301": "发放贷款-本金-一年内到期",
    "1302": "发放贷款-本金-一年以上", "1303": "递延贷款手续费及成本-一年内到期", "1304": "递延贷款手续费及成本-一年以上",
    "1305": "应收利息", "1311": "贷款损失准备-一年内到期", "1312": "贷款损失准备-一年以上", "1313": "已核销贷款预计收回",
    "1601": "固定资产", "1811": "递延所得税资产", "2001": "应付信托投资人款项-一年内到期",
    "2002": "应付信托投资人款项-一年以上",
    "2101": "合同负债", "2111": "未到期责任准备金", "2112": "担保赔偿准备金", "2221": "应交税费-应交增值税",
    "2222": "应交税费-应交企业所得税", "2231": "应付利息", "2901": "递延所得税负债", "4001": "实收资本",
    "4002": "资本公积-股份支付",
    "4104": "利润分配-未分配利润", "4106": "期初会计差异", "6001": "贷款利息收入", "6002": "担保业务收入",
    "6003": "应收担保费折现收益",
    "6004": "撮合服务费收入", "6401": "资金成本", "6402": "贷款运营及服务费用", "6601": "销售费用", "6602": "管理费用",
    "6603": "银行存款利息收入", "6604": "研发费用", "6701": "计提贷款损失准备", "6702": "应收款项减值损失",
    "6703": "提取担保赔偿准备金",
    "6801": "所得税费用",
}  # fmt: skip
"""The accounts of the lender's ledger as a ledger in China names them."""

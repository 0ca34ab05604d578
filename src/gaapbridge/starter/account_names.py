"""Names of the trade, in English and in Chinese, for the accounts of the plan's chart: by role, or by code where none posts."""

from __future__ import annotations

from collections.abc import Mapping

ACCOUNT_NAMES: Mapping[str, tuple[str, ...]] = {
    "1001": ("cash", "cash at bank", "bank", "bank deposits", "现金", "库存现金", "银行存款"),
    "principal_current": (
        "loans receivable", "loans receivable current", "current loans receivable", "loan principal", "发放贷款", "贷款本金",
        "短期贷款", "发放贷款及垫款",
    ),
    "principal_non_current": (
        "loans receivable non current", "non current loans receivable", "long term loans", "长期贷款", "中长期贷款",
    ),
    "deferred_current": ("deferred loan fees", "deferred origination fees and costs", "unamortised loan fees"),
    "accrued_interest": ("interest receivable", "accrued interest receivable", "应收利息", "应计利息"),
    "loss_allowance_current": (
        "allowance for loan losses", "allowance for credit losses", "loan loss allowance", "贷款损失准备", "贷款减值准备",
    ),
    "financing_income": ("interest income", "loan interest income", "interest income on loans", "利息收入", "贷款利息收入"),
    "provision_for_loans": (
        "provision for loan losses", "provision for credit losses", "credit loss expense", "信用减值损失", "贷款减值损失",
    ),
    "fee_receivable_current": ("guarantee fees receivable", "guarantee fee receivable", "应收担保费", "应收保费"),
    "stand_ready_liability": ("guarantee liability", "guarantee liabilities", "stand ready liability", "未到期责任准备金"),
    "guarantee_contingent": ("contingent guarantee liability", "担保赔偿准备金"),
    "recoveries_receivable": ("recoveries receivable", "应收代偿款"),
    "guarantee_revenue": ("guarantee income", "guarantee revenue", "guarantee fee income", "担保收入", "担保费收入"),
    "other_tax_payable": ("vat payable", "value added tax payable", "应交增值税", "应交税费"),
    "deferred_tax_assets": ("deferred tax asset", "deferred income tax assets", "递延所得税资产"),
    "deferred_tax_liabilities": ("deferred tax liability", "deferred income tax liabilities", "递延所得税负债"),
    "income_tax_expense": ("income tax", "income taxes", "所得税费用", "所得税"),
    "retained_earnings": ("accumulated profit", "undistributed profit", "未分配利润"),
    "additional_paid_in_capital": ("additional paid in capital", "apic", "资本公积"),
    "2222": ("income taxes payable", "应交所得税", "应交企业所得税"),
    "4001": ("common stock", "capital stock", "paid in capital", "实收资本", "股本"),
    "6401": ("origination and servicing expenses", "运营费用"),
    "6601": ("sales and marketing expenses", "marketing expenses", "销售费用"),
    "6602": ("general and administrative expenses", "administrative expenses", "管理费用"),
    "6603": ("research and development expenses", "研发费用"),
}  # fmt: skip

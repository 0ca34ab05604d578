"""Names of the trade, in English and in Chinese, for the accounts of the plan's chart and for those that no note touches."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from gaapbridge.tapes.account_sides import says_balance, says_profit
from gaapbridge.tapes.plain_words import plain

CAPITAL, SHARE_AWARDS = "4001", "additional_paid_in_capital"
SURPLUS = ("additional paid in capital", "apic", "share capital and additional paid in capital", "资本公积")
"""Names of what is paid in, with or without the cost of share awards."""

LOSSES = ("provision for credit losses", "credit loss expense", "信用减值损失")
GUARANTEES = ("guarantee liability", "guarantee liabilities", "担保负债", "担保责任负债")
"""Names of what the plan has in several accounts: of loans, fees and guarantees; of what is stood ready for and expected."""

ACCOUNT_NAMES: Mapping[str, tuple[str, ...]] = {
    "1001": (
        "cash", "cash at bank", "cash and due from banks", "bank", "bank deposits", "现金", "库存现金", "银行存款", "货币资金",
    ),
    "principal_current": ("短期贷款",),
    "principal_non_current": ("中长期贷款",),
    "accrued_interest": (
        "interest receivable", "accrued interest receivable", "loans receivable accrued interest", "应收利息", "应计利息",
        "应收贷款利息",
    ),
    "expected_recoveries": (
        "expected recoveries of loans charged off", "recoveries receivable of charged off loans", "已核销贷款预计收回",
        "核销贷款预计回收",
    ),
    "financing_income": (
        "interest income", "loan interest income", "interest income on loans", "interest and fees on loans", "利息收入",
        "贷款利息收入", "融资业务收入",
    ),
    "provision_for_loans": (
        *LOSSES, "provision for loan losses", "信用减值损失 贷款", "贷款减值损失", "贷款损失", "计提贷款损失准备",
    ),
    "stand_ready_liability": (
        *GUARANTEES, "guarantee liability stand ready", "stand ready liability", "stand ready obligation", "未到期责任准备金",
        "担保负债 备付",
    ),
    "guarantee_contingent": (
        *GUARANTEES, "guarantee liability contingent", "contingent guarantee liability", "contingent liability for guarantees",
        "担保赔偿准备金", "担保预计负债", "担保负债 或有",
    ),
    "recoveries_receivable": (
        "recoveries receivable", "expected recoveries of guarantees paid out", "subrogation receivable", "应收代偿款",
        "应收代位追偿款",
    ),
    "contract_liability": (
        "contract liabilities", "deferred guarantee revenue", "unearned guarantee fees", "合同负债", "预收担保费",
    ),
    "guarantee_revenue": (
        "guarantee income", "guarantee revenue", "guarantee fee income", "revenue from guarantees", "担保收入", "担保费收入",
        "担保业务收入",
    ),
    "fee_accretion": ("accretion income", "accretion of fee receivable", "担保费折现摊销", "应收担保费折现摊销"),
    "provision_for_fee_receivable": (
        *LOSSES, "provision for guarantee fees receivable", "信用减值损失 应收担保费", "应收担保费减值损失", "应收款项减值损失",
        "坏账损失",
    ),
    "provision_for_contingent": (
        *LOSSES, "provision for guarantee losses", "信用减值损失 担保负债", "提取担保赔偿准备金", "提取担保赔偿准备",
        "担保赔偿损失",
    ),
    "other_tax_payable": ("vat payable", "value added tax payable", "应交增值税", "应交税费", "应交税费 应交增值税"),
    "deferred_tax_assets": ("deferred tax asset", "deferred income tax assets", "递延所得税资产"),
    "deferred_tax_liabilities": ("deferred tax liability", "deferred income tax liabilities", "递延所得税负债"),
    "income_tax_expense": ("income tax", "income taxes", "provision for income taxes", "所得税费用", "所得税"),
    "retained_earnings": ("accumulated profit", "undistributed profit", "未分配利润", "利润分配 未分配利润"),
    SHARE_AWARDS: ("additional paid in capital share based compensation", "资本公积 股份支付", "资本公积 其他资本公积"),
    "2222": ("income taxes payable", "应交所得税", "应交企业所得税", "应交税费 应交所得税", "应交税费 应交企业所得税"),
    CAPITAL: (*SURPLUS, "common stock", "capital stock", "paid in capital", "实收资本", "股本"),
    "6401": (
        "origination and servicing expenses", "loan servicing expense", "运营费用", "贷款运营及服务费用", "业务及服务费用",
    ),
    "6601": ("sales and marketing expenses", "marketing expenses", "销售费用"),
    "6602": ("general and administrative expenses", "administrative expenses", "管理费用"),
    "6603": ("research and development expenses", "研发费用"),
}  # fmt: skip
"""By role, or by code where none posts."""

_BY_TERM: Mapping[str, tuple[str, ...]] = {
    "principal": (
        "loans receivable", "loans receivable principal", "loan principal", "贷款本金", "发放贷款", "发放贷款及垫款",
        "发放贷款 本金",
    ),
    "deferred": (
        "deferred loan fees", "deferred origination fees and costs", "deferred loan fees and costs", "unamortised loan fees",
        "loans receivable deferred fees and costs", "递延贷款手续费及成本", "递延贷款费用", "贷款递延收益",
    ),
    "loss_allowance": (
        "allowance for loan losses", "allowance for credit losses", "loan loss allowance", "loss allowance for loans",
        "贷款损失准备", "贷款减值准备",
    ),
    "fee_receivable": ("guarantee fees receivable", "guarantee fee receivable", "应收担保费", "应收保费"),
    "accrued_fee": ("accrued guarantee fees", "accrued guarantee fee receivable", "应计担保费"),
    "fee_allowance": (
        "allowance for guarantee fees", "loss allowance for guarantee fees", "loss allowance for fees", "应收担保费坏账准备",
        "应收担保费减值准备",
    ),
    "accrued_fee_allowance": ("loss allowance for accrued guarantee fees", "loss allowance for accrued fees",
    "应计担保费坏账准备",
        "应计担保费减值准备",
   ),
}  # fmt: skip
"""By the roles of which there is one for each term, and some for related parties; a name without a term is the current's."""

_LATER = r"non.?current|long.term|\blater\b|(?:due )?after (?:a|one|1) year|一年(?:以上|以后|后)(?:到期)?|长期|非流动"
_SOONER = r"\bcurrent(?: portion)?\b|short.term|(?:due )?within (?:a|one|1) year|一年(?:以)?内(?:到期)?|短期|流动"
_RELATED = r"\brelated part(?:y|ies)\b|\baffiliates?\b|关联方|关联公司"
_TERMS = {
    "noncurrent": re.compile(_LATER, re.I),
    "current": re.compile(_SOONER, re.I),
    "related": re.compile(_RELATED, re.I),
}
"""Words for what a name says of term and party, in the order in which they are looked for."""

_SILENT = {"net", "for", "due", "from", "on", "and", "a", "to", "payout"}
_LETTERS = {
    "SG&A": "selling general administrative",
    "G&A": "general administrative",
    "S&M": "sales marketing",
    "R&D": "research development",
}
_SPELT = {"guaranty": "guarantee"}
TERM = {"current", "noncurrent"}
"""Words of the term of an account: due within a year, or later."""

ROWS: Mapping[tuple[str, str], tuple[str, ...]] = {
    ("tca", "tnca"): (
        "restricted cash", "prepaid expenses", "prepayments", "other receivables", "marketable securities", "investments",
        "time deposits", "受限资金", "受限货币资金", "其他货币资金", "存出保证金", "预付账款", "其他应收款", "交易性金融资产",
    ),
    ("tnca", "tnca"): (
        "property and equipment", "fixed assets", "accumulated depreciation", "intangible assets", "goodwill",
        "right of use assets", "operating lease assets", "furniture and equipment", "furniture and fixtures",
        "office equipment", "computer equipment", "leasehold improvements", "固定资产",
        "累计折旧", "无形资产", "累计摊销", "使用权资产", "商誉",
        "长期股权投资", "长期待摊费用",
    ),
    ("tcl", "tncl"): (
        "accounts payable", "accrued expenses", "accrued liabilities", "accrued funding costs", "accrued interest payable",
        "interest payable", "payable investors", "payables to funding partners", "notes payable", "borrowings",
        "warehouse line",
        "payroll payable", "other payables", "lease liabilities", "应付账款", "应付利息", "应付职工薪酬", "其他应付款", "借款",
        "应付信托投资人款项", "应付投资人款项", "应付债券", "租赁负债",
    ),
    ("eq_parent", "eq_parent"): (
        "treasury stock", "accumulated other comprehensive income", "statutory reserve", "surplus reserve", "盈余公积",
        "库存股",
        "其他综合收益", "一般风险准备",
    ),
    ("cds", "cds"): (
        "loan facilitation fees", "facilitation fees", "loan servicing income", "service fee income", "撮合服务费收入",
        "贷款撮合服务收入", "服务费收入", "手续费及佣金收入",
    ),
    ("opex", "opex"): (
        "funding costs", "interest expense", "cost of funds", "depreciation", "depreciation expense",
        "depreciation and amortization", "资金成本", "利息支出", "融资成本", "财务费用",
    ),
    ("pbt", "pbt"): (
        "interest income on cash", "interest income on bank deposits", "other income", "other expense", "foreign exchange gain",
        "government grants", "银行存款利息收入", "存款利息收入", "投资收益", "汇兑损益", "营业外收入", "营业外支出", "其他收益",
    ),
}  # fmt: skip
"""Accounts that no note touches, by the sub-totals in which they count: due within a year or at no time, and later."""

OF_PROFIT = {"cds", "opex", "pbt"}
"""Those of these sub-totals that the income statement has."""


def trade_names(role: str) -> Iterator[str]:
    """The names of the trade of an account by a role that posts to it, or by its code.

    >>> list(trade_names("accrued_fee_related_current"))[0], list(trade_names("2901"))
    ('accrued guarantee fees related parties current', [])
    """
    yield from ACCOUNT_NAMES.get(role, ())
    if split := re.fullmatch(r"(.+?)(_related)?(_non_current|_current)", role):
        stem, related, term = split.groups()
        beside = " related parties" if related else ""
        for name in _BY_TERM.get(stem, ()):
            yield f"{name}{beside}{' non current' if term == '_non_current' else ' current'}"
            if term == "_current":
                yield f"{name}{beside}"


def account_words(name: str) -> frozenset[str]:
    """The words of an account's name that say which it is.

    >>> sorted(account_words("Loans receivable, net: due within a year")), sorted(account_words("贷款损失准备-一年以上"))
    (['current', 'loan', 'receivable'], ['noncurrent', '贷款损失准备'])
    >>> sorted(account_words("Sales & Marketing")), sorted(account_words("Guaranty liabilities"))
    (['marketing', 'sale'], ['guarantee', 'liability'])
    """
    for word, shape in _TERMS.items():
        name = shape.sub(f" {word} ", name)
    for letters, words in _LETTERS.items():
        name = name.replace(letters, words)
    written = (re.sub(r"(?<=\w{3})ie$", "y", word) for word in plain(name).split())
    return frozenset(_SPELT.get(word, word) for word in written if word not in _SILENT and not word.isdigit())


def row_of(name: str) -> str | None:
    """The sub-total of the statement in which an account of that name counts, where its words have those of a known one; of a
    name of income or expense no row of the balance sheet, and of a balance's none of the income statement.

    >>> row_of("Payable to investors of trusts, later"), row_of("Suspense"), row_of("Interest expense - warehouse line")
    ('tncl', None, 'opex')
    """
    words = account_words(name)
    own = words - TERM
    profit, balance = says_profit(name), says_balance(name)
    found = [
        (len(known), later if "noncurrent" in words else sooner)
        for (sooner, later), names in ROWS.items()
        if not (balance if sooner in OF_PROFIT else profit)
        for known in (account_words(one) - TERM for one in names)
        if known <= own and (len(known) > 1 or known == own or not next(iter(known)).isascii())
    ]
    return max(found)[1] if found else None


def likeness(words: frozenset[str], names: Sequence[frozenset[str]]) -> float:
    """How alike the words of an account are to those of the most alike of the names of another, from 0 to 1; not at all where
    the first of these, its own, is of another term."""
    term, own = words & TERM, names[0] & TERM
    if term and own and term != own:
        return 0.0
    return max(len(words & name) / len(words | name) for name in names)

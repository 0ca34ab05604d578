"""Names of the trade, in English and in Chinese, for the columns of every tape and of a trial balance."""

from __future__ import annotations

from collections.abc import Mapping

Names = Mapping[str, tuple[str, ...]]
"""Names of the trade by our columns, the one preferred first."""

KNOWN_NAMES: Names = {
    "contract_id": (
        "loan id", "loan number", "account id", "account number", "contract number", "agreement id", "agreement number",
        "facility id", "facility number", "facility ref", "facility reference", "loan ref", "loan reference", "account ref",
        "contract ref", "deal id", "deal number", "deal", "asset number", "loan", "account", "id",
        "借据号", "借据编号", "合同编号", "合同号",
        "贷款编号", "贷款账号", "借款编号", "账号",
    ),
    "segment": (
        "product", "product code", "product type", "product name", "loan type", "asset class", "pool", "portfolio",
        "risk grade", "grade", "line of business", "business line", "产品", "产品类型", "产品名称", "产品代码", "贷款品种",
        "业务品种", "资产池",
    ),
    "currency": ("currency code", "loan currency", "iso currency", "币种", "币别", "货币"),
    "origination_date": (
        "origination day", "issue date", "open date", "opening date", "start date", "disbursement date", "disbursed date",
        "drawdown date", "drawdown", "advance date", "date advanced", "funding date", "funded date", "loan date",
        "contract date", "value date", "note date",
        "booking date", "opened date", "issued date", "booked date", "origination month", "issue month", "放款日期", "放款日",
        "起息日", "起息日期", "贷款发放日", "贷款发放日期", "发放日期", "借款日期", "贷款起始日",
    ),
    "first_payment_date": (
        "first due date", "first payment due date", "first instalment date", "first repayment date", "first payment month",
        "first payment", "first due", "first instalment", "first due day", "1st payment due", "1st payment date",
        "1st due date", "1st payment", "1st instalment", "首次还款日", "首期还款日", "首期还款日期",
        "首次还款日期", "首个还款日", "首期到期日",
    ),
    "maturity_date": (
        "maturity", "maturity month", "matures", "end date", "expiry date", "final payment date", "final due date",
        "last due date",
        "到期日", "到期日期", "贷款到期日", "合同到期日",
    ),
    "principal_minor": (
        "original principal", "original balance", "original principal balance", "original unpaid principal balance",
        "original amount", "original loan amount", "principal amount", "loan amount", "amount", "funded amount",
        "disbursed amount", "disbursement amount", "amount financed", "financed amount", "credit amount", "drawn amount",
        "amount advanced", "advanced amount", "amount lent", "lent",
        "贷款金额", "放款金额", "借款金额", "发放金额", "贷款本金", "放款本金", "合同金额",
    ),
    "annual_rate": (
        "interest rate", "annual interest rate", "nominal rate", "note rate", "contract rate", "coupon rate", "coupon",
        "current interest rate", "current rate", "original interest rate", "original rate", "rate", "apr", "年利率",
        "年化利率", "执行年利率", "合同年利率", "执行利率", "合同利率", "贷款利率", "利率",
    ),
    "term_instalments": (
        "term", "term month", "term in months", "loan term", "original term", "original loan term", "number of instalments",
        "number of payments", "number of periods", "tenor", "tenor months", "duration months", "期数",
        "总期数", "贷款期数", "还款期数",
        "贷款期限",
        "期限",
    ),
    "repayment_type": (
        "repayment method", "repayment plan", "repayment kind", "amortisation type", "amortisation", "schedule type",
        "repayment profile", "amortisation profile", "payment type", "还款方式", "amortisation method", "还款类型",
    ),
    "instalment_minor": (
        "instalment amount", "month p i", "level p i", "p i", "monthly instalment", "monthly payment", "scheduled payment",
        "scheduled payment amount",
        "payment amount", "emi", "p i payment", "每期还款额", "每月还款额", "月还款额", "月供", "期供",
    ),
    "day_count": (
        "day count convention", "day count basis", "daycount", "day count fraction", "interest basis", "accrual basis",
        "计息基础", "计息基准", "日计数基准",
    ),
    "payment_frequency": (
        "repayment frequency", "instalment frequency", "frequency", "payment interval", "还款频率", "还款周期", "还款间隔",
    ),
    "service_fee_minor": (
        "monthly fee", "monthly service fee", "fee per instalment", "service fee", "service fee amount", "每期服务费",
        "月服务费",
    ),
    "fees_received_minor": (
        "origination fee", "upfront fee", "arrangement fee", "processing fee", "documentation fee",
        "doc fee", "fee received", "loan fee", "手续费",
        "放款手续费", "一次性手续费", "手续费收入",
    ),
    "costs_paid_minor": (
        "origination cost", "direct cost", "deferred original cost", "deferred cost", "acquisition cost",
        "initial direct cost", "commission", "dealer commission",
        "broker commission", "broker compensation", "broker comp", "broker comp paid", "broker cost",
        "dealer cost", "agent commission", "introducer commission", "introducer fee", "cost paid",
        "transaction cost", "获客成本",
        "渠道佣金", "佣金",
    ),
    "outstanding_principal_minor": (
        "principal outstanding", "capital outstanding", "outstanding capital", "capital balance", "unpaid principal",
        "unpaid principal balance", "current unpaid principal balance",
        "current principal balance", "principal balance", "outstanding principal balance", "remaining principal",
        "current balance", "outstanding balance", "outstanding amount", "closing balance", "ending balance", "balance",
        "outstanding", "剩余本金", "current principal", "未还本金", "贷款余额", "本金余额", "当前余额", "未偿本金",
        "在贷余额", "余额",
    ),
    "billed_unpaid_interest_minor": (
        "unpaid interest", "interest due", "interest due unpaid", "interest billed not paid", "billed interest not paid",
        "interest billed unpaid", "billed unpaid interest", "interest billed and unpaid", "billed and unpaid interest",
        "interest billed not received", "未还利息", "interest past due", "past due interest", "overdue interest",
        "interest in arrears", "interest arrears", "interest receivable", "欠息", "逾期利息", "应收未收利息", "应收利息",
    ),
    "service_fees_ahead_minor": (
        "prepaid service fees", "service fees paid ahead", "service fees in advance", "unearned service fees", "预收服务费",
    ),
    "interest_received_minor": (
        "interest paid", "paid interest", "interest collected", "total interest received", "total received interest",
        "cumulative interest paid", "已收利息", "已还利息", "累计已收利息", "实收利息", "interest paid ltd",
        "interest paid life to date", "interest paid to date", "interest collected ltd",
        "interest collected to date", "interest received to date", "cumulative interest received",
    ),
    "days_past_due": (
        "days delinquent", "days overdue", "days in arrears", "days late", "arrears days", "overdue days",
        "delinquency days", "days of delinquency", "逾期天数", "当前逾期天数",
    ),
    "status": (
        "loan status", "contract status", "account status", "status code", "state of account", "account state",
        "loan state", "状态", "账户状态", "贷款状态", "借据状态",
        "合同状态",
    ),
    "exit_date": (
        "closed date", "close date", "date left", "leaving date", "closing date", "settled date", "settlement date",
        "payoff date", "paid off date", "payoff co date",
        "date resolved", "resolved date", "resolution date", "disposition date", "date disposed",
        "charge off date", "chargeoff date", "c o date", "write off date", "written off date",
        "结清日期", "结清日", "核销日期",
        "销户日期",
    ),
    "default_date": ("date of default", "impaired date", "credit impaired date", "违约日期", "违约日", "default day",
    ),
    "claim_at_default_minor": ("default claim", "amount owed at default", "违约债权", "违约时债权"),
    "cured_date": ("cure date", "date of cure", "恢复正常日期", "恢复日期", "脱困日期",
    ),
    "months_since_last_missed": (
        "months since missed", "months since last missed payment", "months since missed payment",
        "months since last missed instalment", "months since last late payment", "months since last late",
        "months since last past due", "months since last arrears", "months since in arrears", "mths since last missed",
        "距上次逾期月数", "距最近逾期月数", "最近一次逾期距今月数",
    ),
    "nonaccrual_date": ("non accrual date", "转非应计日期", "转非应计日", "last accrual date", "停息日期", "停息日",
        "nonaccrual date", "date of nonaccrual",
    ),
    "watch_list": ("watchlist", "watch list flag", "watch flag", "关注名单", "watch", "关注标志", "是否关注",
    ),
    "forborne": (
        "forbearance", "forbearance flag", "forborne flag", "restructured", "restructured flag", "重组标志", "是否重组",
        "tdr",
        "tdr flag", "modified flag",
    ),
    "rating": ("credit rating", "internal rating", "current rating", "评级", "信用评级", "内部评级", "当前评级",
        "risk rating",
    "risk rate", "内部评级等级",
    ),
    "rating_at_origination": ("original rating", "rating at grant", "放款时评级", "初始评级", "rating original",
    "origination rating", "original risk rating",
    ),
    "stand_ready_minor": ("fair value of guarantee", "stand ready fair value", "fair value of standing ready",
        "fair value at inception", "担保公允价值", "guarantee fair value",
    "担保责任公允价值",
    ),
    "guaranteed_share": (
        "guaranteed percent", "guaranteed percentage", "guarantee percentage", "guarantee share", "coverage ratio",
        "担保比例",
        "guarantee ratio",
    ),
    "payout_trigger_days": ("payout trigger", "claim trigger days", "代偿触发天数"),
    "related_party": ("related", "related party flag", "关联方", "是否关联方", "related party indicator",
    ),
    "paid_out_minor": (
        "paid out", "amount paid out", "claim paid", "claim amount", "payout amount", "代偿金额", "累计代偿金额",
        "claim paid to date", "claim paid ltd",
    ),
    "recovered_minor": ("recovered", "recoveries to date", "累计追回", "recovered amount", "amount recovered",
        "recovery amount", "追偿金额", "累计追偿金额"),
    "due_date": ("due", "fee due date", "payment due date", "应收日期", "应缴日期", "应收保费日", "缴费日期"),
    "coverage_start": ("coverage from", "保费期间起", "cover start", "period start", "start date", "保障起始日",
        "承保起始日", "担保起始日",
    "cover from", "责任起始日", "责任起始日期",
    ),
    "coverage_end": ("coverage to", "保费期间止", "cover end", "period end", "end date", "保障到期日", "承保到期日",
        "担保到期日",
    "cover until", "cover to", "责任终止日", "责任终止日期", "责任到期日",
    ),
    "fee_minor": (
        "fee", "guarantee fee", "fee amount", "premium", "premium amount", "amount", "保费", "担保费", "应收保费",
        "应收担保费",
    ),
    "collected_minor": (
        "collected", "fee collected", "premium collected", "received amount", "fee paid", "已收保费", "已收担保费",
        "实收保费",
        "实收担保费",
    ),
    "written_off_minor": ("written off", "fee written off", "written off amount", "核销金额", "核销保费", "核销担保费",
    ),
    "award_id": ("award", "award number", "award ref", "award reference", "grant ref", "grant id", "grant number", "grant",
        "授予编号", "授予号"),
    "grant_date": ("grant day", "date granted", "授予日", "授予日期"),
    "function": ("expense line", "费用归属", "cost centre", "department", "expense category", "费用类别", "部门"),
    "fair_value_per_unit": (
        "fair value", "grant date fair value", "grant fair value share", "grant date fair value share", "授予日公允价值 股",
        "fair value each", "fair value per award", "fair value per share", "fair value per option", "gdfv", "公允价值",
        "授予日公允价值", "单位公允价值",
    ),
    "vesting_start_date": ("vesting start", "vesting commencement date", "vest start date", "service start date",
        "归属起始日"),
    "condition": ("vesting condition", "可行权条件", "vesting type", "vesting basis", "归属条件"),
    "tranche": ("tranche number", "vest number", "vesting tranche", "批次", "归属批次"),
    "vesting_date": ("vest date", "vesting day", "归属日", "归属日期"),
    "units": ("shares", "quantity", "units granted", "shares granted", "options", "units vesting", "shares vesting",
        "awards vesting", "数量", "股数", "份数"),
    "event_date": ("date", "post date", "posting date", "记账日期", "变动日期", "date of event", "transaction date",
        "effective date", "事件日期", "发生日期", "交易日期",
    "transaction day", "effective day",
    ),
    "kind": ("event", "业务类型", "变动类型", "event type", "type", "transaction type", "event kind", "事件类型", "类型",
        "交易类型"),
    "amount_minor": ("amount", "发生额", "event amount", "transaction amount", "金额", "发生金额", "交易金额"),
    "date": ("payment date", "post date", "posting date", "记账日期", "transaction date", "交易日期",
        "received date", "receipt date", "paid date", "value date", "value day", "还款日期", "收款日期", "入账日期"),
    "interest_minor": ("interest", "interest paid", "interest amount", "利息", "还息金额", "实还利息"),
    "fees_minor": ("fee", "fee paid", "fee amount", "late fee", "fees paid", "total fees", "费用", "实还费用", "费用合计"),
    "service_fees_minor": (
        "service fee", "service fees", "service fee paid", "service fees paid", "service fee amount", "of which service fees",
        "服务费", "实还服务费", "还服务费", "其中服务费",
    ),
    "name": ("account name", "account title", "title", "description", "account description", "科目名称"),
    "debit_minor": (
        "debit", "dr", "debit balance", "ending debit", "closing debit", "ending balance debit", "closing balance debit",
        "借方", "借方余额", "期末借方余额", "期末借方", "期末余额 借方", "期末余额借方",
    ),
    "credit_minor": (
        "credit", "cr", "credit balance", "ending credit", "closing credit", "ending balance credit",
        "closing balance credit", "贷方", "贷方余额", "期末贷方余额", "期末贷方", "期末余额 贷方", "期末余额贷方",
    ),
    "balance_minor": (
        "ending balance", "closing balance", "end balance", "balance", "net balance", "ytd balance", "balance amount",
        "amount",
        "期末余额", "余额", "科目余额", "期末余额 余额", "期末 余额", "本币余额", "期末本币余额",
    ),
    "side": (
        "dr cr", "d c", "debit credit", "balance type", "balance side", "期末方向", "余额方向", "期末余额 方向", "期末 方向",
        "方向", "借贷方向", "借贷", "借 贷",
    ),
    "account": (
        "account code", "account number", "gl account", "gl code", "ledger account", "科目编号", "科目代码", "科目编码",
        "科目",
    ),
}  # fmt: skip
"""Names that stand for a column on every tape that has it."""

OF_TAPE: Mapping[str, Names] = {
    "guarantees": {
        "contract_id": (
            "guarantee id", "guarantee number", "guarantee contract number", "guarantee ref", "guarantee reference",
            "guarantee",
            "担保编号", "担保合同编号", "担保合同号", "保函编号",
        ),
        "loan_id": (
            "loan id", "loan number", "loan ref", "loan reference", "funded loan number", "funded loan id", "loan",
            "guaranteed loan", "underlying loan", "借据号", "借据编号",
            "贷款编号", "主合同编号",
            "主债权合同编号", "主债权借据号",
        ),
        "origination_date": (
            "guarantee date", "guarantee start date", "guarantee start", "in force from", "担保起始日", "担保起始日期",
            "起保日期", "起保日",
        ),
        "maturity_date": ("guarantee end date", "guarantee expiry date", "guarantee end", "担保到期日", "担保到期日期"),
        "exit_date": ("解保日期", "解保日", "status date"),
        "principal_minor": ("guaranteed amount", "guarantee amount", "担保金额", "主债权金额"),
        "outstanding_principal_minor": ("guaranteed balance", "guarantee balance", "担保余额", "在保余额"),
        "status": ("guarantee status", "担保状态"),
        "segment": ("funder", "funder code", "funding partner", "lending partner", "资金方", "合作机构", "合作银行"),
    },
    "guarantee_fees": {
        "contract_id": (
            "guarantee id", "guarantee number", "guarantee contract number", "guarantee ref", "guarantee reference",
            "guarantee",
            "担保编号", "担保合同编号", "担保合同号", "保函编号",
        ),
    },
    "payments": {
        "payment_id": (
            "payment number", "transaction number", "transaction id", "receipt number", "reference number", "流水号",
            "交易流水号", "交易流水", "还款流水号", "凭证号",
        ),
        "principal_minor": ("principal", "principal paid", "principal repaid", "本金", "还本金额", "实还本金"),
    },
    "performance": {
        "month_end": (
            "reporting date", "report date", "reporting month", "reporting period", "monthly reporting period", "period",
            "month", "period end", "as of date", "as of", "snapshot date", "observation date", "statement date",
            "cut off date", "data date", "as at", "as at date", "month end date", "end of month", "eom", "performance month",
            "activity month", "报告日期", "报告月份", "数据月份", "期末", "期末日", "期末日期", "月份", "账务月份", "数据日期",
            "快照日期", "月末", "月末日期", "统计月份", "统计日期",
        ),
        "balance_minor": (
            "principal balance", "outstanding principal", "outstanding principal balance", "outstanding balance",
            "principal outstanding", "current balance", "current principal", "current principal balance", "remaining principal",
            "unpaid principal", "unpaid principal balance", "current unpaid principal balance", "outstanding", "剩余本金",
            "贷款余额", "本金余额", "当前余额", "未还本金",
        ),
        "principal_minor": ("amount",),
        "origination_date": ("vintage", "vintage month", "cohort", "放款月份", "发放月份", "放款月", "起息月份"),
        "missed_instalments": (
            "missed payments", "payments missed", "instalments missed", "missed", "overdue instalments", "instalments overdue",
            "instalments past due", "payments past due", "months past due", "months delinquent", "months in arrears",
            "consecutive missed", "逾期期数", "连续逾期期数",
        ),
        "paid_minor": (
            "paid", "amount paid", "total paid", "payment received", "payments received", "amount received", "实还金额",
            "还款金额",
        ),
        "advanced_minor": ("advanced", "further advance", "further advances", "追加放款"),
        "remaining_instalments": (
            "remaining term", "remaining months", "instalments remaining", "remaining payments", "payments remaining",
            "months to maturity", "remaining months to maturity", "剩余期数",
        ),
        "month_on_book": ("months on book", "mob", "loan age", "age", "instalments due", "seasoning", "账龄", "已还期数"),
        "status": ("event", "outcome"),
    },
    "outcomes": {
        "date": (
            "month end", "reporting date", "reporting month", "month", "period", "event date", "outcome date",
            "charge off date", "recovery date", "核销日期", "回收日期", "发生日期",
        ),
        "what": (
            "event", "event type", "outcome", "type", "kind", "transaction", "transaction type", "业务类型", "类型", "事件类型",
        ),
    },
}  # fmt: skip
"""Names that stand for a column on one tape; there they stand for no other."""


def names_of(tape: str) -> Names:
    """The names of the trade that stand for columns of a tape.

    >>> "loan number" in names_of("loans")["contract_id"], "loan number" in names_of("guarantees")["contract_id"]
    (True, False)
    """
    own = OF_TAPE.get(tape, {})
    claimed = {name for names in own.values() for name in names}
    general = {ours: tuple(name for name in names if name not in claimed) for ours, names in KNOWN_NAMES.items()}
    return {**general, **{ours: (*names, *general.get(ours, ())) for ours, names in own.items()}}


KNOWN_BY_CELLS: Names = {
    "currency": ("current",),  # Curr, written out
    "repayment_type": ("type", "repayment", "method"),
    "status": ("state", "standing"),
    "origination_date": ("disbursed", "disbursement", "opened", "issued", "booked", "funded", "drawn", "start"),
    "exit_date": ("closed", "settled", "ended", "exit", "resolved"),
    "principal_minor": ("disbursed", "disbursement", "funded", "financed", "drawn"),
    "segment": ("type",),
    "date": ("posted", "received", "paid", "day"),
    "event_date": ("posted", "day"),
}
"""Names that may mean one of our columns or something else: the cells tell, in this order."""

LOOSE: Mapping[str, str] = {
    "apr": "a name of the trade, which may contain fees (Reg Z): look at it",
    "利率": "a name of the trade; see that it is for a year",
    "deferred original cost": "a name of the trade; see that it is what was paid, not what is still deferred",
    "deferred cost": "a name of the trade; see that it is what was paid, not what is still deferred",
    "status date": "a name of the trade; see that a contract on book has none",
}
"""Names of the trade that are used for something else too, with what is said of them."""

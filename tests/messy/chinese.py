"""The ledger of loan receipts, guarantees and guarantee fees of a lender in China, as CSV in GB18030 and as a workbook."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import polars as pl

from tests.messy.export import (
    Cell,
    Export,
    Heading,
    Row,
    Sheet,
    body,
    grouped_digits,
    names_of,
    totals,
    write_csv,
    write_sheet,
    year_month_day,
)

REPAYMENT = {
    "level": "等额本息",
    "equal_principal": "等额本金",
    "bullet": "先息后本",
    "interest_free_instalments": "免息分期",
}
LEFT = {
    "loans": {"prepaid": "提前结清", "matured": "结清", "written_off": "核销"},
    "guarantees": {"settled_early": "提前解保", "matured": "到期解保", "paid_out": "代偿"},
}
ON_BOOK, OVERDUE = "正常", "逾期"
GRADES = {"strong": "优", "fair": "中", "weak": "差"}
FLAGS = {False: "否", True: "是"}
CURRENCIES = {"CNY": "人民币"}
CSV_DATES, SHEET_DATES = "%Y%m%d", "%Y年{m}月{d}日"
EMPTY = "-"
TITLES = {"loans": "贷款借据台账", "guarantees": "担保业务台账", "guarantee_fees": "担保费明细表"}
PERCENT = ("annual_rate", "guaranteed_share")

BASIS, TERMS, AMOUNTS, STANDING, GRADING = "基本信息", "期限", "金额", "状态", "评级"

TEXTS = {
    "contract_id": ("", {"loans": "借据号", "guarantees": "担保编号", "guarantee_fees": "担保编号"}),
    "loan_id": (BASIS, {"guarantees": "借据号"}),
    "segment": (BASIS, {"loans": "产品代码", "guarantees": "资金方"}),
}
DATES = {
    "origination_date": (TERMS, "放款日期"),
    "first_payment_date": (TERMS, "首期还款日"),
    "maturity_date": (TERMS, "到期日"),
    "due_date": (TERMS, "应收日期"),
    "coverage_start": (TERMS, "责任起始日"),
    "coverage_end": (TERMS, "责任终止日"),
    "exit_date": (STANDING, "结清日期"),
    "default_date": (STANDING, "违约日期"),
    "cured_date": (STANDING, "恢复正常日期"),
    "nonaccrual_date": (STANDING, "停息日期"),
}
MONEY = {
    "principal_minor": "放款金额",
    "outstanding_principal_minor": "贷款余额",
    "instalment_minor": "每期还款额",
    "service_fee_minor": "每期服务费",
    "fees_received_minor": "放款手续费",
    "costs_paid_minor": "获客成本",
    "billed_unpaid_interest_minor": "应收利息",
    "interest_received_minor": "已收利息",
    "claim_at_default_minor": "违约债权",
    "stand_ready_minor": "担保责任公允价值",
    "paid_out_minor": "累计代偿金额",
    "recovered_minor": "累计追偿金额",
    "fee_minor": "应收担保费",
    "collected_minor": "实收担保费",
    "written_off_minor": "核销担保费",
}
RATES = {"annual_rate": "年利率(%)", "guaranteed_share": "担保比例(%)"}
COUNTS = {"term_instalments": (TERMS, "期数"), "days_past_due": (STANDING, "逾期天数")}
WORDS: Mapping[str, tuple[str, str, Mapping[object, str]]] = {
    "currency": (BASIS, "币种", dict(CURRENCIES)),
    "repayment_type": (TERMS, "还款方式", dict(REPAYMENT)),
    "watch_list": (GRADING, "关注标志", dict(FLAGS)),
    "forborne": (GRADING, "重组标志", dict(FLAGS)),
    "related_party": (BASIS, "关联方", dict(FLAGS)),
    "rating": (GRADING, "当前评级", dict(GRADES)),
    "rating_at_origination": (GRADING, "放款时评级", dict(GRADES)),
}


@dataclass(frozen=True)
class Written:
    """How a form of file writes its cells: the form of dates, an empty cell, the unit of amounts and how they are shown."""

    dates: str
    empty: str
    unit: int
    separators: bool
    workbook: bool

    def money(self, minor: int | None) -> Cell:
        """An amount: digits in yuan, or a number in ten thousands of yuan."""
        if minor is None:
            return self.empty
        if self.workbook:
            return minor / (100 * self.unit)
        return grouped_digits(minor) if self.separators else grouped_digits(minor).replace(",", "")

    def rate(self, fraction: float | None) -> Cell:
        """A rate in per cent, without the sign."""
        if fraction is None:
            return self.empty
        return round(fraction * 100, 2) if self.workbook else f"{fraction * 100:.2f}"


def ledger_csv(folder: Path, kind: str, tape: pl.DataFrame, instant: date, *, severe: bool = False) -> Export:
    """A tape of one instant as CSV in GB18030, amounts in yuan."""
    written = Written(CSV_DATES, EMPTY if severe else "", 1, severe, workbook=False)
    headings = _headings(kind, tape, written)
    name = f"{kind}-{instant}{'-severe' if severe else ''}"
    lines = [[h.theirs for h in headings], *body(tape, headings), totals(tape, headings, "合计")]
    tape.write_parquet(folder / f"{name}-truth.parquet")
    return Export(
        path=write_csv(folder / f"{name}.csv", lines, "gb18030"),
        truth=folder / f"{name}-truth.parquet",
        columns=names_of(headings),
        words=_words(kind, tape),
        total_rows=1,
        encoding="gb18030",
        dates=CSV_DATES,
        percent=PERCENT,
        empty=("", EMPTY) if severe else ("",),
    )


def ledger_sheet(folder: Path, kind: str, tape: pl.DataFrame, instant: date, *, severe: bool = False) -> Export:
    """A tape of one instant as a report in a workbook, amounts in ten thousands of yuan."""
    written = Written(SHEET_DATES, EMPTY if severe else "", 10_000, severe, workbook=True)
    headings = _headings(kind, tape, written)
    name = f"{kind}-{instant}{'-severe' if severe else ''}"
    above = [TITLES[kind], f"截止日期：{year_month_day(instant, SHEET_DATES)}    单位：万元"]
    report = Sheet(
        "台账",
        above,
        headings,
        [[None if cell == "" else cell for cell in row] for row in body(tape, headings)],
        [cell or None for cell in totals(tape, headings, "合计")],
        3,
        ["制表：财务部    复核："],
    )
    tape.write_parquet(folder / f"{name}-workbook-truth.parquet")
    return Export(
        path=write_sheet(folder / f"{name}.xlsx", report),
        truth=folder / f"{name}-workbook-truth.parquet",
        columns=names_of(headings, grouped=True),
        words=_words(kind, tape),
        skip_rows=len(above),
        header_rows=2,
        total_rows=2,
        sheet=report.name,
        dates="%Y年%m月%d日",
        unit=10_000,
        percent=PERCENT,
        empty=("", EMPTY) if severe else ("",),
    )


def status(kind: str, row: Row) -> str:
    """Overdue or not while on book, the way in which a contract left."""
    if row["status"] == "on_book":
        return OVERDUE if row["days_past_due"] else ON_BOOK
    return LEFT[kind][row["status"]]


def _words(kind: str, tape: pl.DataFrame) -> dict[str, dict[str, str]]:
    meant: dict[str, dict[str, str]] = {
        ours: {theirs: str(value).lower() if isinstance(value, bool) else str(value) for value, theirs in words.items()}
        for ours, (_, _, words) in WORDS.items()
        if ours in tape.columns
    }
    if kind in LEFT:
        meant["status"] = {ON_BOOK: "on_book", OVERDUE: "on_book", **{word: ours for ours, word in LEFT[kind].items()}}
    return meant


def _headings(kind: str, tape: pl.DataFrame, written: Written) -> list[Heading]:
    """The columns of a tape in groups, as a list of receipts has them: who, until when, how much, how it stands."""
    unit = "(万元)" if written.unit > 1 else "(元)"
    tab = "" if written.workbook else "\t"
    every: list[Heading] = [
        Heading(names[kind], ours, lambda row, ours=ours: f"{row[ours]}{tab if ours.endswith('_id') else ''}", group)
        for ours, (group, names) in TEXTS.items()
        if kind in names
    ]
    every += [
        Heading(theirs, ours, lambda row, ours=ours: year_month_day(row[ours], written.dates, written.empty), group)
        for ours, (group, theirs) in DATES.items()
    ]
    every += [
        Heading(theirs + unit, ours, lambda row, ours=ours: written.money(row[ours]), AMOUNTS, total=True)
        for ours, theirs in MONEY.items()
    ]
    every += [Heading(theirs, ours, lambda row, ours=ours: written.rate(row[ours]), TERMS) for ours, theirs in RATES.items()]
    every += [Heading(theirs, ours, lambda row, ours=ours: row[ours], group) for ours, (group, theirs) in COUNTS.items()]
    every += [
        Heading(theirs, ours, lambda row, ours=ours, words=words: words.get(row[ours], written.empty), group)
        for ours, (group, theirs, words) in WORDS.items()
    ]
    every += [Heading("账户状态", "status", lambda row: status(kind, row), STANDING)]
    branch = Heading("经办机构", None, lambda row: "上海分公司" if row["contract_id"][-1] in "02468" else "总部", BASIS)
    groups: Sequence[str] = ("", BASIS, TERMS, AMOUNTS, STANDING, GRADING)
    held = [heading for heading in every if heading.ours in tape.columns]
    return sorted([*held, branch], key=lambda heading: groups.index(heading.group))

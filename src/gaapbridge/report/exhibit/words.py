"""The words of an exhibit in the language asked for, from one table of labels: ``words.csv``, the reader's English beside
Chinese. What a plan says in Chinese of its own captions and names goes before it."""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path

ENGLISH, CHINESE = "en", "zh"

_MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)
_DATE = rf"(?P<month>{'|'.join(_MONTHS)}) (?P<day>\d+), (?P<year>\d+)"
_NUMBERS = {
    **{"two": "两", "three": "三", "four": "四", "five": "五", "six": "六", "seven": "七", "eight": "八", "nine": "九"},
    **{"ten": "十", "eleven": "十一"},
}
_LENGTHS = {"year": "年度", "month": "一个月", **{f"{name} months": f"{said}个月" for name, said in _NUMBERS.items()}}
_UNITS = {"thousands of ": "千", "millions of ": "百万", "": ""}


class Words:
    """English as it is, or Chinese: a caption by the table, a date, period or unit by its form, and what is made up of these.

    A text that neither the table nor the plan knows stays in English, so that nothing is left out.

    >>> said = Words(CHINESE)
    >>> said("Deferred tax assets"), said("As of December 31, 2023"), said("Amounts in thousands of CNY")
    ('递延所得税资产', '于2023年12月31日', '金额单位：人民币千元')
    >>> said("Less: Provision for loans receivable"), Words(CHINESE, {"Rent": "租金"})("Rent"), Words(ENGLISH)("Rent")
    ('减：应收贷款减值准备', '租金', 'Rent')
    """

    def __init__(self, language: str, own: Mapping[str, str] | None = None) -> None:
        self.language = language
        self._labels = {**_labels(), **(own or {})} if language == CHINESE else {}

    def __call__(self, text: str) -> str:
        """A text in the language."""
        if self.language == ENGLISH:
            return text
        if (known := self._labels.get(text)) is not None:
            return known
        for form, made in _FORMS:
            if (found := form.fullmatch(text)) is not None:
                return made(self, found)
        return text

    def prose(self, text: str) -> str:
        """A paragraph in the language: one that is known, or made up of known ones, as a note's of its kinds of contracts are.

        >>> said = Words(CHINESE, {"One.": "一。", "Two.": "二。"})
        >>> said.prose("One. Two."), said.prose("One. Three.")
        ('一。二。', 'One. Three.')
        """
        if not self.is_chinese or text in self._labels:
            return self(text)
        ends = (place for place in range(len(text), 0, -1) if text[place : place + 1] == " " and text[:place] in self._labels)
        for end in ends:
            rest = text[end + 1 :]
            if (said := self.prose(rest)) != rest:
                return self._labels[text[:end]] + said
        found = next(((made, one) for form, made in _PROSE if (one := form.fullmatch(text)) is not None), None)
        return text if found is None else found[0](self, found[1])

    @property
    def is_chinese(self) -> bool:
        """Whether it says Chinese."""
        return self.language == CHINESE


@cache
def _labels() -> dict[str, str]:
    with (Path(__file__).parent / "words.csv").open(encoding="utf-8", newline="") as stream:
        return {row["en"]: row["zh"] for row in csv.DictReader(stream)}


def _day(found: re.Match[str]) -> str:
    return f"{found['year']}年{_MONTHS.index(found['month']) + 1}月{found['day']}日"


def _dates(text: str) -> str:
    return re.sub(_DATE, _day, text)


def _currency(found: re.Match[str]) -> str:
    return _currency_of(found["code"], _UNITS[found["unit"]])


def _currency_of(code: str, unit: str) -> str:
    return f"人民币{unit}元" if code == "CNY" else f"{unit}{code}"


_MATTERS = re.compile(r", (?=no trial|the registrant|\d[\d,]* (?:check|finding|row|answer))")
"""Where one thing that stands open ends and the next begins."""

_PROSE: tuple[tuple[re.Pattern[str], Callable[[Words, re.Match[str]], str]], ...] = (
    (
        re.compile(
            r"(?P<who>.+) reports under U\.S\. GAAP\. The reconciliation shows what .+ would be under International Financial "
            r"Reporting Standards \(IFRS\)\. .+"
        ),
        lambda said, found: (
            f"{said(found['who'])}按美国公认会计准则报告。本调节表列示其各报表按国际财务报告准则应有的金额。"
            "每一附注为两套准则之间的一项差异，单列一栏：国际财务报告准则金额减去美国公认会计准则金额，并包含与其相关的增值税和递延所得税。"
        ),
    ),
    (
        re.compile(
            r"Amounts are in (?P<unit>thousands of |millions of |)(?P<code>[A-Z]{3}), with the signs that .+ are not printed; "
            r"sub-totals and totals include them\."
        ),
        lambda said, found: (
            f"金额单位为{_currency(found)}，正负号按调节表中各项目的列示，经取整使各行各合计均相符。因此调整金额与其精确金额的差异不超过一个列示单位；"
            "国际财务报告准则金额为该行之和，每加一项差异不超过一个单位。未经附注调整的项目不予列示，小计及合计已包含。"
        ),
    ),
    (
        re.compile(r"(?P<method>.+); in the order of the columns it takes from .+?(?:; at (?P<rate>.+))?\."),
        lambda said, found: (
            f"{said(found['method'])}；依各栏顺序，先冲减账面的递延所得税资产或负债，再增加另一方"
            + (f"；税率{found['rate']}。" if found["rate"] else "。")
        ),
    ),
)
"""Paragraphs that hold names, units or rates, by their form."""

_FORMS: tuple[tuple[re.Pattern[str], Callable[[Words, re.Match[str]], str]], ...] = (
    (re.compile(rf"[Aa]s of {_DATE}"), lambda said, found: f"于{_day(found)}"),
    (
        re.compile(rf"[Ff]or the (?P<length>[a-z ]+) ended {_DATE}"),
        lambda said, found: f"截至{_day(found)}止{_LENGTHS.get(found['length'], found['length'])}",
    ),
    (
        re.compile(r"[Ff]or the period from (?P<first>.+) to (?P<last>.+)"),
        lambda said, found: f"自{_dates(found['first'])}至{_dates(found['last'])}止期间",
    ),
    (
        re.compile(r"Amounts in (?P<unit>thousands of |millions of |)(?P<code>[A-Z]{3})"),
        lambda said, found: f"金额单位：{_currency(found)}",
    ),
    (re.compile(r"\((?P<numeral>[ivx]+)\) (?P<rest>.+)"), lambda said, found: f"({found['numeral']}) {said(found['rest'])}"),
    (re.compile(r"Less: (?P<rest>.+)"), lambda said, found: f"减：{said(found['rest'])}"),
    (re.compile(r"(?P<rest>.+) \(non-current\)"), lambda said, found: f"{said(found['rest'])}（非流动）"),
    (re.compile(r"(?P<rest>.+) (?P<when>for the .+)"), lambda said, found: f"{said(found['when'])}{said(found['rest'])}"),
    (re.compile(r"Income tax at (?P<rate>.+)"), lambda said, found: f"按{found['rate']}计算的所得税"),
    (
        re.compile(r"Roll-forward of the difference in (?P<what>.+)"),
        lambda said, found: f"{said(found['what'].capitalize())}差异的变动",
    ),
    (
        re.compile(r"Losses expected of (?P<what>\w+), all stages \((?P<where>.+)\)"),
        lambda said, found: f"{said(found['what'].capitalize())}的预期损失，所有阶段（{found['where']}）",
    ),
    (
        re.compile(r"Draft: (?P<matters>.+)\."),
        lambda said, found: f"草稿：{'，'.join(map(said, _MATTERS.split(found['matters'])))}。",
    ),
    (re.compile(r"(?P<count>[\d,]+) checks? fails?"), lambda said, found: f"{found['count']}项核对不符"),
    (re.compile(r"(?P<count>[\d,]+) findings? (?:is|are) open"), lambda said, found: f"{found['count']}项发现未处理"),
    (
        re.compile(r"(?P<count>[\d,]+) rows? of the tapes (?:is|are) left out"),
        lambda said, found: f"{found['count']}行数据未计入",
    ),
    (
        re.compile(r"(?P<count>[\d,]+) answers? (?:is|are) still an example's"),
        lambda said, found: f"{found['count']}项答复仍为示例内容",
    ),
    (
        re.compile(r"no trial balance (?P<when>.+)"),
        lambda said, found: f"{'、'.join(map(said, found['when'].split(' and ')))}没有试算平衡表",
    ),
    (
        re.compile(r"(?P<band>\d+(?:-\d+)?) days(?P<late> past due)?(?P<more> or more)?"),
        lambda said, found: (
            f"{'逾期' if found['late'] else ''}{found['band'].replace('-', '至')}天{'及以上' if found['more'] else ''}"
        ),
    ),
    (re.compile(r"(?P<rest>.+): opening"), lambda said, found: f"{said(found['rest'])}：期初"),
    (
        re.compile(r"(?P<rest>.+), (?P<where>U\.S\. GAAP|IFRS)"),
        lambda said, found: f"{said(found['rest'])}（{said(found['where'])}）",
    ),
    (
        re.compile(r"(?P<rest>.+): opening, and what the period before closed at"),
        lambda said, found: f"{said(found['rest'])}：期初与上期期末",
    ),
    (re.compile(r"(?P<rest>.+): opening and causes"), lambda said, found: f"{said(found['rest'])}：期初及变动"),
    (
        re.compile(r"Awards granted, (?P<where>.+): recognised, unrecognised or forfeited"),
        lambda said, found: f"已授予奖励（{said(found['where'])}）：已确认、未确认或没收",
    ),
    (
        re.compile(r"Weighted average grant-date fair value a unit, (?P<code>[A-Z]{3})"),
        lambda said, found: f"每份加权平均授予日公允价值（{_currency_of(found['code'], '')}）",
    ),
    (re.compile(r"(?P<count>\d+) other segments"), lambda said, found: f"其他{found['count']}个分部"),
    (re.compile(r"Under (?P<rest>.+)"), lambda said, found: f"按{said(found['rest'])}"),
    (re.compile(r"(?P<rest>.+):"), lambda said, found: f"{said(found['rest'])}："),
)
"""Texts that are made up of others, by their form; the first that fits."""

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
    unit, code = _UNITS[found["unit"]], found["code"]
    return f"人民币{unit}元" if code == "CNY" else f"{unit}{code}"


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
    (re.compile(r"Under (?P<rest>.+)"), lambda said, found: f"按{said(found['rest'])}"),
    (re.compile(r"(?P<rest>.+):"), lambda said, found: f"{said(found['rest'])}："),
)
"""Texts that are made up of others, by their form; the first that fits."""

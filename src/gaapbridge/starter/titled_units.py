"""The unit of amounts that a title above a header states, or a remark below the rows: 单位:万元, (in thousands), ($000s)."""

from __future__ import annotations

import re
from collections.abc import Sequence

_MONEY = r"(?:US\s?\$|USD|RMB|CNY|EUR|GBP|HKD|CHF|INR|Rs\.?|US|\$|¥|€|£|₹|dollars|yuan|euros|rupees|whole)"
_NAMED_UNIT = r"(?:(?<![编填制报])(?<!报送)单位\s*[:：]?\s*|[（(]\s*)(?:人民币)?(?:{0})(?=\W|人民币|$)"
"""A Chinese unit after the word for it, which may also be that of a company, or in brackets."""

_SAID = r"\bin\s+(?:{1}\s*)*(?:{0})(?!\w)|[(\[]\s*(?:{1}\s*)*(?:{0})\s*[)\]]|(?<!\w){1}\s*(?:in\s+)?(?:{0})(?!\w)"


def _either(chinese: str, english: str) -> re.Pattern[str]:
    return re.compile(f"{_NAMED_UNIT.format(chinese)}|{_SAID.format(english, _MONEY)}", re.I)


_TITLED = {
    "hundred_million": _either("亿元?", r"hundred[ -]millions?"),
    "crore": _either("千万元?", "crores?|cr"),
    "million": _either("百万元?", r"millions?|mm|mn|mio\.?"),
    "lakh": _either("十万元?", "lakhs?|lacs?"),
    "ten_thousand": _either("万元?", r"ten[ -]thousands?|[’']?0000s?"),
    "thousand": _either("千元?", r"thousands?|[’']?000[’']?s?|k|tsd\.?"),
    "minor": _either("分", r"cents?|fen|minor units"),
    "major": _either("元", r"dollars|yuan|euros"),
}
"""What a title says of the unit of all amounts; the first that fits."""


def unit_titled(text: str) -> str | None:
    """The unit that a title states for all amounts.

    >>> unit_titled("单位：万元"), unit_titled("Trial Balance ($000s)"), unit_titled("Amounts in USD thousands")
    ('ten_thousand', 'thousand', 'thousand')
    >>> unit_titled("(₹ in crore)"), unit_titled("Rs. in lakhs"), unit_titled("Angaben in Tsd. EUR"), unit_titled("Cr (total)")
    ('crore', 'lakh', 'thousand', None)
    >>> unit_titled("编制单位：元大小额贷款公司"), unit_titled("Thousand Oaks Lending"), unit_titled("万家小额贷款")
    (None, None, None)
    """
    return next((unit for unit, shape in _TITLED.items() if shape.search(text)), None)


def units_titled(titles: Sequence[str]) -> dict[str, str]:
    """The units that titles state, each with the first that does."""
    found: dict[str, str] = {}
    for text in titles:
        if unit := unit_titled(text):
            found.setdefault(unit, " ".join(text.split()))
    return found

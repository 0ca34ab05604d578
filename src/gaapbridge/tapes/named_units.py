"""The unit of amounts that the header of a column names: 万元, ($000s), lakhs, Tsd., 元."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from gaapbridge.tapes.schema import Amounts, Schema
from gaapbridge.terms import UnusableInput

_MONEY = r"(?:EUR|USD|GBP|HKD|CNY|RMB|CHF|INR|Rs\.?|₹|€|\$|£|¥)"
_NAMED = {
    "hundred_million": re.compile("亿"),
    "crore": re.compile(rf"千万|(?<![a-z])(?:crores?|{_MONEY}\s?cr)(?![a-z])", re.I),
    "million": re.compile(
        rf"百万|(?<![a-z])(?:millions?|mio|{_MONEY}\s?m[mn]?|mm?\s?{_MONEY})(?![a-z])|\((?:mn|mm)\)|\bin (?:mn|mm)\b", re.I
    ),
    "lakh": re.compile(r"十万|(?<![a-z])(?:lakhs?|lacs?)(?![a-z])", re.I),
    "ten_thousand": re.compile(r"ten.?thousand|万", re.I),
    "thousand": re.compile(
        r"千元|thousand|000s?['’)]|000s\b|\(k\)|\bin k\b"
        rf"|(?<![a-z])(?:tsd|tausend|k\s?{_MONEY}|{_MONEY}\s?k|T(?:EUR|€))(?![a-z])",
        re.I,
    ),
    "minor": re.compile(r"[（(]分[)）]|\bfen\b|\bcents?\b", re.I),
    "major": re.compile(r"元|yuan|dollars|euros", re.I),
}
"""What a header says of the unit of its column; the first that fits."""


def unit_named(name: str) -> str | None:
    """The unit that a header names in words; a currency alone is none.

    >>> unit_named("贷款余额(万元)"), unit_named("Balance ($000s)"), unit_named("放款金额(元)"), unit_named("Balance (USD)")
    ('ten_thousand', 'thousand', 'major', None)
    >>> unit_named("Lent (k EUR)"), unit_named("Saldo TEUR"), unit_named("Balance $k"), unit_named("401k fees")
    ('thousand', 'thousand', 'thousand', None)
    >>> unit_named("Amount (lakhs)"), unit_named("₹ crore"), unit_named("Saldo (Mio. EUR)"), unit_named("Betrag Tsd.")
    ('lakh', 'crore', 'million', 'thousand')
    >>> unit_named("Cr"), unit_named("Black Card Balance"), unit_named("Date (MM/DD)"), unit_named("余额(亿元)")
    (None, None, None, 'hundred_million')
    """
    return next((unit for unit, shape in _NAMED.items() if shape.search(name)), None)


def refuse_other_units(
    file: str, schema: Schema, sources: Mapping[str, Sequence[str]], amounts: Amounts, units: Mapping[str, str]
) -> None:
    """Raise where the header of a column of amounts names another unit than the plan states for it: its amounts would be read
    a hundred or ten thousand times too large or too small."""
    for ours, names in sources.items():
        stated = units.get(ours, amounts)
        for name in names if schema.column(ours).kind == "minor" else ():
            named = unit_named(name)
            if named not in (None, stated):
                by = "units" if ours in units else "amounts"
                raise UnusableInput(
                    file=file, row="header", column=name, value=said(named),
                    rule=f"the header names the unit of {ours}, and {by} of the plan states {said(stated)}",
                    remedy=f'add {ours} = "{named}" to units of read, or correct the header of the file',
                )  # fmt: skip


def said(unit: str | None) -> str:
    """A unit in words."""
    return f"{unit} units".replace("_", " ")

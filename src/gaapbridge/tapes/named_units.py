"""The unit and the currency of amounts that the header of a column names: 万元, ($000s), lakhs, Tsd., 元."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from gaapbridge.tapes.schema import Amounts, Schema
from gaapbridge.tapes.written_numbers import SIGNS
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


_OTHER_YUAN = {"港元": "HKD", "美元": "USD", "欧元": "EUR", "日元": "JPY"}
"""Words that hold the sign of the yuan and name another currency."""


def _by_sign() -> dict[str, set[str]]:
    """The codes of currencies by what may name them in a header: a code, a sign, a word; $ is of several."""
    found = {**{code: {code} for code in (*SIGNS, "CHF", "TWD")}, **{word: {code} for word, code in _OTHER_YUAN.items()}}
    for code, sign in ((code, sign) for code, signs in SIGNS.items() for sign in signs):
        found.setdefault(sign, set()).add(code)
    return found


_BY_SIGN = _by_sign()
_CURRENCY = re.compile(
    "|".join(
        rf"(?<![A-Za-z])[kTmM]?({sign})[mk]?(?![A-Za-z])" if sign.isascii() and sign.isalpha() else f"({re.escape(sign)})"
        for sign in sorted(_BY_SIGN, key=len, reverse=True)
    )
)


def currencies_named(name: str) -> set[str]:
    """The currencies that a header may name, by their codes or signs; none where it names none.

    >>> currencies_named("Amount kEUR"), currencies_named("Balance (USD)"), currencies_named("Europe loans")
    ({'EUR'}, {'USD'}, set())
    >>> currencies_named("余额(港元)"), "HKD" in currencies_named("Balance $k"), currencies_named("余额(万元)")
    ({'HKD'}, True, {'CNY'})
    """
    signs = (next(filter(None, found.groups())) for found in _CURRENCY.finditer(name))
    return set[str]().union(*(_BY_SIGN[sign] for sign in signs))


def in_other_currencies(schema: Schema, sources: Mapping[str, Sequence[str]], currency: str | None) -> dict[str, str]:
    """The columns of amounts whose header names a currency, and not that of the entity, by ours with the header."""
    return {
        ours: name
        for ours, names in sources.items()
        for name in (names if currency is not None and schema.column(ours).kind == "minor" else ())
        if (named := currencies_named(name)) and currency not in named
    }


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

"""The unit and the currency that the header of a column or a title above it names: 万元, ($000s), lakhs, Tsd., 元."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import cache

from gaapbridge.tapes.how import UNITS
from gaapbridge.tapes.schema import Amounts, Schema
from gaapbridge.tapes.written_numbers import SIGNS
from gaapbridge.terms import UnusableInput

_BY_POWER = {power: unit for unit, (power, of_major) in UNITS.items() if of_major}
OTHER = "other"
"""A unit that a plan has no word for, as billions or hundreds are."""

_TIMES = {"十": 1, "百": 2, "千": 3, "万": 4, "亿": 8}
_YUAN = r"(?:[美港欧日澳加新韩]|新?台币)?(?:元|圆)"
_IN_CHINESE = (
    re.compile(rf"[（(【\[][^）)】\]]*?([十百千万亿]*){_YUAN}\s*[）)】\]]|[（(【\[]\s*([十百千万亿]+)\s*[）)】\]]"),
    re.compile(rf"([十百千万亿]*){_YUAN}"),
    re.compile(r"([十百千万亿]+)$"),
)
"""What Chinese headers say of the unit, the surest first: in brackets, before the currency, at the end; never within a name."""

_MONEY = r"(?:US\s?\$|EUR|USD|GBP|HKD|CNY|RMB|CHF|INR|Rs\.?|₹|€|\$|£|¥|dollars?|euros?|yuan|rupees?)"
_ENGLISH = {
    4: r"ten[ -_]?thousands?",
    8: r"hundred[ -_]?millions?",
    2: r"hundreds?",
    3: r"thousands?|tsd\.?|tausend|milliers?|[’']?000[’']?s?|k",
    5: r"lakhs?|lacs?",
    6: r"millions?|mio\.?|mn|mm|m",
    7: r"crores?|cr",
    9: r"billions?|milliarden?|mrd\.?|bn|b",
}
_ALONE = re.compile("|".join((r"^(?:cr|k|mn|mm|m|bn|b|hundreds?)$", r"^[’']?000$")), re.I)
"""What is a unit only in brackets or beside a currency: a letter, a credit, a number."""


def _shapes(words: str) -> list[re.Pattern[str]]:
    """Where words are a unit: in brackets, alone or with a currency; beside one; after ``in``; at the end of a header."""
    one = rf"(10{{0,2}})?\s?(?:{words})"
    end = "|".join(word for word in words.split("|") if not _ALONE.match(word))
    return [
        re.compile(shape, re.I)
        for shape in (
            rf"[(\[（]\s*(?:in\s+)?(?:{_MONEY}[\s,]*)?{one}\s*(?:(?:of\s+|d[’'])?{_MONEY})?\s*[)\]）]",
            rf"(?<![A-Za-z0-9]){_MONEY}\s?{one}(?![A-Za-z0-9])",
            rf"(?<![A-Za-z0-9]){one}\s?(?:of\s+|d[’'])?{_MONEY}(?![A-Za-z])",
            rf"\bin\s+(?:{_MONEY}\s+)?{one}(?![A-Za-z0-9])",
            *([rf"(?<![A-Za-z0-9])(10{{0,2}}\s?)?(?:{end})$"] if end else []),
        )
    ]


_SURE, _ENDS = 4, 5
"""How many of the shapes are a unit wherever they stand, and with that at the end."""


@cache
def _in_english() -> dict[int, list[re.Pattern[str]]]:
    """The shapes of each power; made when a header is first asked, as that takes long."""
    return {power: _shapes(words) for power, words in _ENGLISH.items()}


_T_EUR = re.compile(r"(?<![A-Za-z])T\s?(?:EUR|€)(?![A-Za-z])")
_MINOR = re.compile(r"[（(]分[)）]|\bfen\b|\bcents?\b", re.I)
_MAJOR = re.compile(r"yuan|dollars|euros", re.I)


def unit_named(name: str) -> str | None:
    """The unit that a header names in words, ``OTHER`` where a plan has no word for it; a currency alone is none, nor is what
    stands within the name of a bank or a place.

    >>> unit_named("贷款余额(万元)"), unit_named("Balance ($000s)"), unit_named("放款金额(元)"), unit_named("Balance (USD)")
    ('ten_thousand', 'thousand', 'major', None)
    >>> unit_named("Lent (k EUR)"), unit_named("Saldo TEUR"), unit_named("Balance $k"), unit_named("401k fees")
    ('thousand', 'thousand', 'thousand', None)
    >>> unit_named("Amount (lakhs)"), unit_named("₹ crore"), unit_named("Saldo (Mio. EUR)"), unit_named("Betrag Tsd.")
    ('lakh', 'crore', 'million', 'thousand')
    >>> unit_named("Cr"), unit_named("Black Card Balance"), unit_named("Date (MM/DD)"), unit_named("余额(亿元)")
    (None, None, None, 'hundred_million')
    >>> unit_named("亿联银行贷款余额(元)"), unit_named("万科贷款余额"), unit_named("Thousand Oaks balance")
    ('major', None, None)
    >>> unit_named("余额(千美元)"), unit_named("余额(十亿元)"), unit_named("Lent (10K CNY)"), unit_named("Paid last 12M USD")
    ('thousand', 'other', 'ten_thousand', None)
    """
    if _MINOR.search(name):
        return "minor"
    power = _power_of(name)
    if power is None:
        return "major" if _MAJOR.search(name) else None
    return _BY_POWER.get(power, OTHER)


def _power_of(name: str) -> int | None:
    """The power of ten of major units that a header names; None where it names none."""
    for shape in _IN_CHINESE:
        if found := list(shape.finditer(name)):
            return sum(_TIMES[sign] for sign in next((one for one in found[-1].groups() if one), ""))
    if _T_EUR.search(name):
        return 3
    return _power_in_english(name, _ENDS)


def _power_in_english(text: str, shapes: int) -> int | None:
    """The power of ten that one of the first so many shapes finds."""
    for power, every in _in_english().items():
        for shape in every[:shapes]:
            if match := shape.search(text):
                return power + max(0, len((match[1] or "").strip()) - 1)
    return None


_SIMPLIFIED = str.maketrans("單萬億仟佰拾圓幣", "单万亿千百十圆币")
_CURRENCY_WORD = rf"(?:人民币|美金|港币|新?台币|{_YUAN}|{_MONEY})"
_LABEL = r"(?<![编填制报])(?<!报送)单位\s*[:：]?\s*"
_TITLED = re.compile(
    rf"(?:(?P<label>{_LABEL})|[（(【\[]\s*)(?P<before>{_CURRENCY_WORD}[\s,，/]*)?[（(]?\s*"
    rf"(?:(?P<minor>分)|(?P<times>[十百千万亿]*)\s*(?P<after>{_CURRENCY_WORD})?)\s*(?=\W|人民币|$)"
)
"""A Chinese unit after the word for it, or in brackets, before or after a currency or between two words for it."""

_UNREAD = re.compile(rf"{_LABEL}(?!\S*(?:公司|银行|企业|集团|机构|[行部社局]\b))\S*[元圆千万亿]")
"""A unit after the word for it that is none of these forms, and not what that word also means: a company."""

_PLAIN = {
    unit: re.compile(rf"\bin\s+(?:{_MONEY}\s+)?(?:{words})(?!\w)|[(\[]\s*(?:{_MONEY}\s+)?(?:{words})\s*[)\]]", re.I)
    for unit, words in {"minor": "cents?|fen|minor units", "major": "(?:whole )?(?:dollars|yuan|euros)"}.items()
}
"""Units of a title that are no power of the major one."""


def unit_titled(text: str) -> str | None:
    """The unit that a title states for all amounts below it, ``OTHER`` where a plan has no word for it. A title also names
    companies, dates and counts: what a header may say at its end it says in brackets, beside a currency or after ``in``.

    >>> unit_titled("单位：万元"), unit_titled("Trial Balance ($000s)"), unit_titled("Amounts in USD thousands")
    ('ten_thousand', 'thousand', 'thousand')
    >>> unit_titled("(₹ in crore)"), unit_titled("Angaben in Tsd. EUR"), unit_titled("Cr (total)"), unit_titled("单位:千美元")
    ('crore', 'thousand', None, 'thousand')
    >>> unit_titled("编制单位：元大小额贷款公司"), unit_titled("Loans of over a million"), unit_titled("(in billions)")
    (None, None, 'other')
    """
    if (power := _power_in_english(text, _SURE)) is not None:
        return _BY_POWER.get(power, OTHER)
    chinese = text.translate(_SIMPLIFIED)
    for found in _TITLED.finditer(chinese):
        times, currency = found["times"] or "", f"{found['before'] or ''}{found['after'] or ''}"
        if found["minor"]:
            return "minor"
        if times and (currency or times[-1] in "千万亿"):  # a lone 十 in brackets numbers a list
            return _BY_POWER.get(sum(_TIMES[sign] for sign in times), OTHER)
        if not times and (currency if found["label"] else re.search("[元圆]", currency)):
            return "major"
    if _UNREAD.search(chinese):
        return OTHER
    return next((unit for unit, shape in _PLAIN.items() if shape.search(text)), None)


def units_titled(titles: Sequence[str]) -> dict[str, str]:
    """The units that titles state, each with the first that does."""
    found: dict[str, str] = {}
    for text in titles:
        if unit := unit_titled(text):
            found.setdefault(unit, " ".join(text.split()))
    return found


_OTHER_WORDS = {
    "港元": "HKD", "港币": "HKD", "美元": "USD", "美金": "USD", "欧元": "EUR", "日元": "JPY", "日圆": "JPY", "英镑": "GBP",
    "澳元": "AUD", "加元": "CAD", "新元": "SGD", "韩元": "KRW", "新台币元": "TWD", "新台币": "TWD", "台币": "TWD",
}  # fmt: skip
"""Chinese words of other currencies; several hold the sign of the yuan."""

_CODES = ("CHF", "TWD", "AUD", "CAD", "SGD", "KRW", "SEK", "NOK", "DKK", "ZAR", "MXN", "BRL")


def _by_sign() -> dict[str, set[str]]:
    """The codes of currencies by what may name them in a header: a code, a sign, a word; $ and 元 are of several."""
    found = {**{code: {code} for code in (*SIGNS, *_CODES)}, **{word: {code} for word, code in _OTHER_WORDS.items()}}
    for code, sign in ((code, sign) for code, signs in SIGNS.items() for sign in signs):
        found.setdefault(sign, set()).add(code)
    return {**found, "元": {"CNY", "HKD", "TWD"}}


_BY_SIGN = _by_sign()


@cache
def _currency() -> re.Pattern[str]:
    """A currency by its code, sign or word, the longest first; made when a header is first asked."""
    return re.compile(
        "|".join(
            rf"(?<![A-Za-z])[kTmM]?({sign})[mk]?(?![A-Za-z])" if sign.isascii() and sign.isalpha() else f"({re.escape(sign)})"
            for sign in sorted(_BY_SIGN, key=len, reverse=True)
        )
    )


_SMALL = re.compile(rf"_({'|'.join(code.lower() for code in (*SIGNS, *_CODES) if code.isalpha())})$")
"""A code in small letters at the end, as a database names its columns."""


def currencies_named(name: str) -> set[str]:
    """The currencies that a header may name, by their codes or signs; none where it names none.

    >>> currencies_named("Amount kEUR"), currencies_named("Balance (USD)"), currencies_named("Europe loans")
    ({'EUR'}, {'USD'}, set())
    >>> currencies_named("余额(港元)"), "HKD" in currencies_named("Balance $k"), sorted(currencies_named("余额(万元)"))
    ({'HKD'}, True, ['CNY', 'HKD', 'TWD'])
    >>> currencies_named("amount_usd"), currencies_named("余额(新台币元)"), currencies_named("loans_all")
    ({'USD'}, {'TWD'}, set())
    """
    if code := _SMALL.search(name):
        return {code[1].upper()}
    signs = (next(filter(None, found.groups())) for found in _currency().finditer(name))
    return set[str]().union(*(_BY_SIGN[sign] for sign in signs))


def in_other_currencies(schema: Schema, sources: Mapping[str, Sequence[str]], currency: str | None) -> dict[str, str]:
    """The columns of amounts whose header names a currency, and not that of the entity, by ours with the header."""
    return {
        ours: name
        for ours, names in sources.items()
        for name in (names if currency is not None and schema.column(ours).kind == "minor" else ())
        if name != ours and (named := currencies_named(name)) and currency not in named
    }


def refuse_other_units(
    file: str, schema: Schema, sources: Mapping[str, Sequence[str]], amounts: Amounts, units: Mapping[str, str]
) -> None:
    """Raise where the header of a column of amounts names another unit than the plan states for it: its amounts would be read
    a hundred or ten thousand times too large or too small."""
    for ours, names in sources.items():
        stated = units.get(ours, amounts)
        for name in (one for one in names if one != ours) if schema.column(ours).kind == "minor" else ():
            named = unit_named(name)
            if named not in (None, stated):
                by = "units" if ours in units else "amounts"
                add = "bring its amounts into major units" if named == OTHER else f'add {ours} = "{named}" to units of read'
                raise UnusableInput(
                    file=file, row="header", column=name, value=said(named),
                    rule=f"the header names the unit of {ours}, and {by} of the plan states {said(stated)}",
                    remedy=f"{add}, or correct the header of the file",
                )  # fmt: skip


def said(unit: str | None) -> str:
    """A unit in words."""
    return "units that a plan has no word for" if unit == OTHER else f"{unit} units".replace("_", " ")

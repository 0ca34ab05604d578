"""In which currency and unit a table is printed, as its titles and headings say it."""

from __future__ import annotations

import re

_CURRENCIES = (
    ("RMB", r"\bRMB|\brenminbi|人民币|\bCNY\b"),
    ("HKD", r"HK\$|\bHKD\b|港[元币]|hong kong dollars?"),
    ("CAD", r"C\$|\bCAD\b|canadian dollars?"),
    ("AUD", r"A\$|\bAUD\b|australian dollars?"),
    ("USD", r"US ?\$|\bUSD\b|美元|u\.?s\.? dollars?|\bdollars?\b|^\$$|\$ ?(?:in )?(?:thousands?|millions?)"),
    ("EUR", r"€|\b[TK]?EUR\b|\beuros?\b"),
    ("GBP", r"£|\bGBP\b|pounds sterling"),
    ("JPY", r"\bJPY\b|\byen\b|日元|円"),
    ("CHF", r"\b[TK]?CHF\b|schweizer franken|francs suisses"),
    *((code, rf"\b{code}(?:m\b|\b)") for code in ("SEK", "NOK", "DKK", "BRL", "MXN", "INR", "KRW", "ZAR")),
)
_UNITS = (
    (
        "thousand",
        r"\bthousands?\b|['’‘]000s?\b|\b000s\b|[（(]000s?[)）]|千元|[（(]千|\b[TK](?:EUR|CHF)\b|\b[TK]€|\bTsd\b|\btausend\b"
        r"|\bmilliers\b|\bmiles de\b|\bmigliaia\b",
    ),
    ("billion", r"\bmrd\b|\bmilliarden\b|\bmilliards\b|\bmil millones\b"),
    (
        "million",
        r"\bmillions?\b|\bmio\b|\bmillionen\b|\bmillones\b|\bmilioni\b|\bM€|百万|\$ ?m\b"
        r"|\bmn\b|\b(?:EUR|USD|GBP|CHF|SEK|NOK|DKK) ?m\b",
    ),
    ("ten thousand", r"万元"),
    ("billion", r"\bbillions?\b|\bbn\b|十亿"),
)
_BESIDE = re.compile(
    r"\b(?:in |en )?(?:T€|K€|M€|[TK](?:EUR|CHF)|(?:Mio|Mrd|Tsd)\b\.?(?: ?(?:€|EUR|Euro|CHF))?|Tausend(?: (?:€|EUR|Euro))?"
    r"|(?:milliers|millions|millones|miles|migliaia|milioni) (?:d['’]|de |di )euros?)"
    r"|"
    r"(?:\b(?:RMB|CNY|USD|HKD|EUR|GBP|JPY|CAD|AUD|CHF|SEK|NOK|DKK)(?= ?m\b|\b)|(?:US|HK|C|A)?\$|[€£¥]|人民币)"
    r"(?: ?['’‘]?000s?\b| ?\(000s?\)| ?(?:thousands?|millions?|m)\b|千元|百万元|元)?"
    r"|\((?:un)?audited\)|\bin (?:thousands|millions)\b|['’‘]000s?\b|（?未经审计）?",
    re.IGNORECASE,
)


def currency_in(text: str) -> str:
    """The currency that a text names; blank where it names none.

    >>> currency_in("(RMB in thousands)"), currency_in("(in thousands)")
    ('RMB', '')
    """
    return next((code for code, words in _CURRENCIES if re.search(words, text, re.IGNORECASE)), "")


def unit_in(text: str) -> str:
    """The unit that a text names, `thousand` or another; blank where it names none.

    >>> unit_in("Amounts in millions, except per share data"), unit_in("单位：千元"), unit_in("in TEUR"), unit_in("Mrd. EUR")
    ('million', 'thousand', 'thousand', 'billion')
    """
    return next((unit for unit, words in _UNITS if re.search(words, text, re.IGNORECASE)), "")


def without_units(text: str) -> str:
    """A heading without the currency, unit and `(unaudited)` that stand under it.

    >>> without_units("IFRSs RMB"), without_units("US GAAP US$'000 (unaudited)"), without_units("Anpassung in Mio. €")
    ('IFRSs', 'US GAAP', 'Anpassung')
    """
    return " ".join(re.sub(r"\(\s*\)", "", _BESIDE.sub(" ", text)).split()).strip(" ,")

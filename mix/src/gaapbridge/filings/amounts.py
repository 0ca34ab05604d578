"""Figures as they are printed, and as people paste them: `$(1,234)`, `１，２３４`, `△10`, `——`, `10%`."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache

RULE = "an amount is a figure as printed: a whole number of presentation units, or one with decimals"
REMEDY = "give the figure as printed, such as (1,234), or a dash for nil"
MOST_DIGITS = 40

_CURRENCY = (
    r"(?:US\$|HK\$|NT\$|AU?\$|CA?\$|S\$|R\$|RMB|CNY|USD|EUR|GBP|JPY|CAD|AUD|HKD|CHF|INR|KRW|Rs\.?|人民币|美元|港元|元|[$¥€£₩₹])"
)
_DASHES = "-–—―−‐‑‒─"
_NIL = re.compile(rf"(?:[{_DASHES}]+|-0-|nil|none|n/?a\.?|n\.a\.|n/?m\.?|n\.m\.|不适用|无)", re.IGNORECASE)
_MARKS = re.compile(r"(?:[⁰¹²³⁴-⁹ᵃ-ᶻ]+|\[\w{1,3}\]|[*†‡§#^]+)+$")
_BRACKETED_MARK = re.compile(r"(?<=[\d)%])\s*\((?:\d|[a-z]|[ivx]{1,4})\)$")
_DIGITS = re.compile(r"(?:\d{1,3}(?:,\d{3})+|\d{1,3}(?:[ '’]\d{3})+|\d+)(?:\.\d+)?|\.\d+")
_THOUSANDS = re.compile(r"0{3}|0{3},?0{3}")
"""What heads a column of thousands, or of millions: `US$(000)`."""
_PERCENT = re.compile(r"\s*(?:%|pts?\.?|p\.?p\.?|bps|percent|per cent)$", re.IGNORECASE)
_WIDE = str.maketrans({"（": "(", "）": ")", "【": "[", "】": "]", "－": "-", "▲": "△"})


@dataclass(frozen=True, slots=True)
class Figure:
    """A printed amount; whether it is a per cent; whether it is printed as nil, by a dash or in words."""

    amount: Decimal
    percent: bool = False
    nil: bool = False


def figure_of(value: object) -> Figure | None:
    """The figure that a cell holds; None where it holds none, or one that cannot be told.

    >>> [str(figure_of(text).amount) for text in ("$(1,234)", "△10", "１，２３４．５", "—", "(5.0)%", "–7", "12-")]
    ['-1234', '-10', '1234.5', '0', '-5.0', '-7', '-12']
    >>> figure_of("29,82,076") is None, figure_of("see note") is None
    (True, True)
    """
    if isinstance(value, bool) or value is None:
        return None
    if isinstance(value, int):
        return Figure(Decimal(value))
    if isinstance(value, float):
        shown = Decimal(f"{value:.15g}")
        return Figure(shown) if shown.is_finite() else None
    return _printed(value) if isinstance(value, str) and len(value) < MOST_DIGITS + 20 else None


@lru_cache(maxsize=1 << 16)
def _printed(text: str) -> Figure | None:
    plain = _without_marks(text)
    percent = _PERCENT.search(plain) is not None
    plain = _PERCENT.sub("", plain)
    bare, negative = _without_sign(plain)
    if _NIL.fullmatch(bare):
        return Figure(Decimal(0), percent, nil=True)
    if _THOUSANDS.fullmatch(bare) or not _DIGITS.fullmatch(bare) or len(bare) >= MOST_DIGITS or not bare.isascii():
        return None
    amount = Decimal(re.sub(r"[, ']", "", bare))
    return Figure(-amount if negative else amount, percent)


def _without_marks(text: str) -> str:
    """The text without footnote marks, wide signs as plain ones, spaces single."""
    plain = _MARKS.sub("", " ".join(text.translate(_WIDE).split()).replace("’", "'"))
    plain = _BRACKETED_MARK.sub("", plain.strip())
    return " ".join(unicodedata.normalize("NFKC", _MARKS.sub("", plain)).split())


def _without_sign(text: str) -> tuple[str, bool]:
    """The bare figure, and whether it is negative: in brackets, or with a minus before or behind it."""
    negative = False
    bare = _without_currency(text)
    if bare.startswith("(") and bare.endswith(")"):
        bare, negative = _without_currency(bare[1:-1].strip()), True
    found = re.fullmatch(rf"[{_DASHES}△]\s*(\S*[\d.].*)", bare)
    if found and not negative and not _NIL.fullmatch(bare):
        bare, negative = _without_currency(found[1]), True
    found = re.fullmatch(rf"(\S*\d)\s*[{_DASHES}]", bare)
    if found and not negative:
        bare, negative = found[1], True
    return bare, negative


def _without_currency(text: str) -> str:
    return re.sub(rf"^{_CURRENCY}\s*|\s*{_CURRENCY}$", "", text).strip()


def is_before_a_figure(text: str, following: str) -> bool:
    """Whether a cell holds only what is printed before the figure of the next one: `$`, `(`, `$(`."""
    alone = re.fullmatch(rf"(?:{_CURRENCY})?\s*\(?", text.translate(_WIDE)) is not None
    return alone and re.match(rf"[(（]?\s*(?:[\d.０-９]|[{_DASHES}△▲]|nil\b|n/a)", following, re.IGNORECASE) is not None


def is_after_a_figure(text: str, before: str) -> bool:
    """Whether a cell holds only what is printed behind the figure of the one before: `)`, `%`, `)%`."""
    plain = text.translate(_WIDE)
    if plain in ("%", "pts", "pts.", "pp"):
        return re.search(rf"[{_DASHES}\d)）]$", before) is not None
    closes = plain in (")", ")%", ") %")
    return closes and re.search(r"[(（][^)）]*[\d.]+$", before) is not None

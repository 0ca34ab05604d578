"""Numbers as lenders write them, as the plain numbers that columns take: separators, signs, currencies, percent, units.

Whatever does not fit the stated way of writing becomes empty: a number is never read in another way than the plan says.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl

SIGNS: Mapping[str, tuple[str, ...]] = {
    "CNY": ("RMB", "CN¥", "¥", "元", "人民币"),
    "JPY": ("¥", "円"),
    "USD": ("US$", "$"),
    "EUR": ("€",),
    "GBP": ("£",),
    "HKD": ("HK$", "$"),
    "SGD": ("S$", "$"),
    "AUD": ("A$", "$"),
    "CAD": ("C$", "$"),
    "INR": ("₹",),
    "KRW": ("₩",),
}
"""How the unit of a currency is written beside an amount, besides its ISO 4217 code."""

_FOREIGN_CODE = r"(?:^|[^A-Za-z])([A-Z]{3})[ \u{00A0}]*[-(]?[0-9]|[0-9][ \u{00A0}]*\)?([A-Z]{3})$"
"""An ISO 4217 code beside a number."""

_MARK = r"[\p{No}\p{So}]"
"""Footnote marks, circled and squared numbers, fractions of one sign: NFKC makes digits of them."""

_MINUS = "[\u2212\u2012\u2013]"
_PLAIN = r"^-?[0-9]+(\.[0-9]+)?$"
_THIRDS = r"\.[0-9]{3}$"
_MARKS = {"%": -2, "‰": -3}


@dataclass(frozen=True)
class Writing:
    """How the numbers of a column are written.

    ``power`` is that of ten by which they are taken, ``marked`` whether a sign of percent or per mille counts in its place,
    ``exponents`` whether they may have one, ``other_sign`` whether what is negative is written as positive. Three decimals are
    refused where ``no_thirds``: they may be thousands. A dash behind the sign of the currency is nil, as spreadsheets show it.
    """

    decimal: str = "."
    thousands: str | None = None
    currency: str | None = None
    power: int = 0
    marked: bool = False
    exponents: bool = False
    no_thirds: bool = False
    other_sign: bool = False

    def plain(self, text: pl.Series) -> pl.Series:
        """Texts as plain numbers with a point, empty where they are not written so."""
        if self.decimal != "." or self.power or self.other_sign:
            return self._read(text)
        stands = (text.str.contains(_PLAIN) & ~text.str.contains(_THIRDS)) | text.is_null()
        if stands.all():
            return text
        read = self._read(text.filter(~stands))
        return text.clone().scatter(stands.not_().arg_true(), read)

    def _read(self, text: pl.Series) -> pl.Series:
        """The same, each cell taken apart: once, into columns, for an expression would do it again for every part."""
        folded = folded_of(text).str.replace_all(_MINUS, "-").str.strip_chars()
        parts = folded.str.extract_groups(self._pattern()).struct.unnest()
        read = parts.lazy().with_columns(pl.col("decimals").fill_null("")).select(self._number()).collect().to_series()
        if (names := self._names()) and folded.str.contains("-$").any():
            read = read.set(folded.str.contains(rf"^(?:{names})\s*-$").fill_null(False), "0")
        return read.alias(text.name)

    def _number(self) -> pl.Expr:
        """The number that the parts of a cell make, empty where they make none."""
        part = pl.col
        whole, decimals = part("whole"), part("decimals")
        whole = whole if self.thousands is None else whole.str.replace_all(self.thousands, "", literal=True)
        number, power = _shifted(whole, decimals, self.power), pl.lit(self.power)
        if self.marked:
            for mark, of_mark in _MARKS.items():
                number = pl.when(part("mark") == mark).then(_shifted(whole, decimals, of_mark)).otherwise(number)
                power = pl.when(part("mark") == mark).then(of_mark).otherwise(power)
        if self.exponents:
            exponent = part("exponent").cast(pl.Int32) + power
            with_exponent = pl.format("{}e{}", _shifted(whole, decimals, 0), exponent)
            number = pl.when(part("exponent").is_null()).then(number).otherwise(with_exponent)
        signs = [part(name) == "-" for name in ("sign", "inner", "after")]
        negative = pl.sum_horizontal((part("open") == "(").fill_null(False), *(sign.fill_null(False) for sign in signs))
        closed = part("open").is_not_null() == part("close").is_not_null()
        given = whole.is_not_null() & (whole.str.len_bytes() + decimals.str.len_bytes() > 0)
        allowed = given & closed & (negative <= 1)
        if self.no_thirds:
            allowed &= decimals.str.len_bytes() != 3
        signed = pl.when((negative == int(not self.other_sign)) & (number != "0")).then("-" + number).otherwise(number)
        return pl.when(allowed).then(signed).alias("number")

    def _pattern(self) -> str:
        grouped = "" if self.thousands is None else rf"[0-9]{{1,3}}(?:{_literal(self.thousands)}[0-9]{{3}})+|"
        exponent = r"(?:[eE](?P<exponent>[+-]?[0-9]{1,3}))?" if self.exponents else ""
        mark = r"\s*(?P<mark>[%‰])?" if self.marked else ""
        names = self._names()
        unit = rf"\s*(?:{names})?\s*" if names else r"\s*"
        number = rf"(?P<whole>{grouped}[0-9]*)(?:{_literal(self.decimal)}(?P<decimals>[0-9]+))?"
        return rf"^(?P<open>\()?(?P<sign>[+-])?{unit}(?P<inner>[+-])?{number}{exponent}{mark}{unit}(?P<after>-)?(?P<close>\))?$"

    def _names(self) -> str:
        """The pattern of what may stand beside an amount of the currency; nothing without one."""
        return "" if self.currency is None else "|".join(map(_literal, (self.currency, *SIGNS.get(self.currency, ()))))


def folded_of(text: pl.Series) -> pl.Series:
    """Texts with full-width signs as plain ones, empty where another sign would be folded into a digit: a note's mark is none.

    >>> folded_of(pl.Series(["１，２００", "1200", "1200¹", "⑤"])).to_list()
    ['1,200', '1200', None, None]
    """
    cell = pl.col("text")
    return text.to_frame("text").select(pl.when(~cell.str.contains(_MARK)).then(cell.str.normalize("NFKC"))).to_series()


def foreign_signs(text: pl.Series, currency: str) -> pl.Series:
    """What stands in texts as the sign or the code of another currency than that of the entity; empty where nothing does.

    >>> foreign_signs(pl.Series(["€1,200", "$1,200", "HK$12", "1200 EUR", "USD 5", "12 or so"]), "USD").to_list()
    ['€', None, 'HK$', 'EUR', None, None]
    """
    own = {currency, *SIGNS.get(currency, ())}
    every = sorted({sign for signs in SIGNS.values() for sign in signs} | own, key=len, reverse=True)
    folded = pl.col("text").str.normalize("NFKC").str.strip_chars()
    sign = folded.str.extract(f"({'|'.join(map(_literal, every))})")
    code = pl.coalesce(folded.str.extract(_FOREIGN_CODE, group) for group in (1, 2))
    found = pl.coalesce(pl.when(~one.is_in(own)).then(one) for one in (sign, code))
    return text.to_frame("text").select(found.alias("foreign")).to_series()


def _shifted(whole: pl.Expr, decimals: pl.Expr, power: int) -> pl.Expr:
    """Digits before and after the point as one number, its point moved to the right by a power of ten."""
    if power > 0:
        decimals = decimals.str.pad_end(power, "0")
        whole, decimals = whole + decimals.str.head(power), decimals.str.slice(power)
    elif power < 0:
        whole = whole.str.pad_start(1 - power, "0")
        whole, decimals = whole.str.head(power), whole.str.tail(-power) + decimals
    whole = whole.str.pad_start(1, "0").str.replace(r"^0+([0-9])", "$1")
    decimals = decimals.str.strip_chars_end("0")
    return pl.when(decimals == "").then(whole).otherwise(pl.format("{}.{}", whole, decimals))


def _literal(text: str) -> str:
    """A text as the pattern of itself."""
    return re.escape(text).replace(r"\ ", " ")

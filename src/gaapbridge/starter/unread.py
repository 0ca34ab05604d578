"""The columns of a file that nothing reads: which of ours they come nearest to, and which of them hold amounts of money."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence

import polars as pl

from gaapbridge.starter.known_names import names_of
from gaapbridge.starter.names import near
from gaapbridge.starter.seen_days import read_as
from gaapbridge.starter.seen_numbers import is_currency, is_number, shows_major_units, unit_said
from gaapbridge.starter.tape_words import different
from gaapbridge.tapes.plain_words import plain
from gaapbridge.tapes.schema import Schema

_MONEY = re.compile(
    r"\b(?:amount|principal|balance|interest|fee|cost|commission|premium|payment|instalment|recover\w*|income|p i)\b"
    r"|额|款|费|息|本金|成本|佣金|收入|收回|追回|追偿|代偿"
)
_NO_MONEY = re.compile(
    r"%|％|‰|\b(?:rate|ratio|share|score|percent\w*|ltv|dti|fico|number|count|date|day)\b|率|比例|日期|日$|号|天|方式|次数"
)
_NIL = re.compile(r"[-0.,\s$¥]*")

CURRENCY = "currency"
"""The column of the currency of a row."""


def may_be(
    unread: Sequence[str], absent: Sequence[str], schema: Schema, first: pl.DataFrame, fits: Callable[[str, str], bool]
) -> dict[str, list[str]]:
    """By columns of ours that a file does not seem to have those of its that come nearest.

    Their names tell, then their kind. A column of codes of currencies is a currency and nothing else. A day that the tape must
    have may be any column of days, an amount that it must have and that no name is near to any column that holds amounts.
    Only where no cell fits is one named whose cells do not, for the lender to see what is wrong with them.
    """
    known = names_of(schema.name)
    codes = [theirs for theirs in unread if _codes(first[theirs])]
    nearest = {theirs: near(theirs, absent, known) for theirs in unread if theirs not in codes}
    money = [theirs for theirs in money_in(unread, first) if not nearest[theirs]]
    found: dict[str, list[str]] = {CURRENCY: codes} if CURRENCY in absent else {}
    for ours in (one for one in absent if one != CURRENCY or not codes):
        column, named = schema.column(ours), [theirs for theirs, names in nearest.items() if ours in names]
        fit = [theirs for theirs in named if fits(ours, theirs)]
        if not column.required:
            found[ours] = fit
        elif column.kind == "date":
            found[ours] = fit + [theirs for theirs in nearest if theirs not in fit and fits(ours, theirs)] or named
        else:
            found[ours] = named or (money if column.kind == "minor" else [])
    return {ours: names for ours, names in found.items() if names}


def _codes(cells: pl.Series) -> bool:
    """Whether a column holds codes of currencies alone, as the bank's own ``Unit`` of which every cell is EUR."""
    texts = different(cells)
    return bool(texts) and all(map(is_currency, texts))


def money_in(unread: Sequence[str], first: pl.DataFrame) -> list[str]:
    """The columns among some that seem to hold amounts of money, some of them not nil: numbers under a name of money or of a
    unit, or with decimals, thousands or the sign of a currency."""
    return [name for name in unread if name in first.columns and _holds_money(name, first[name])]


def numbers_in(unread: Sequence[str], first: pl.DataFrame) -> list[str]:
    """The columns among some that hold numbers, some of them not nil."""
    return [name for name in unread if name in first.columns and _numbers(first[name])]


def _numbers(cells: pl.Series) -> list[str]:
    """The different numbers of a column that holds mostly such and not only nil; none of any other."""
    texts = [] if cells.dtype.is_temporal() else different(cells)
    numbers = [text for text in texts if is_number(text)]
    return [] if 2 * len(numbers) < len(texts) or all(map(_NIL.fullmatch, numbers)) else numbers


def _holds_money(name: str, cells: pl.Series) -> bool:
    numbers, words = _numbers(cells), plain(name)
    if numbers and unit_said(name) is not None:
        return True
    days = bool(numbers) and all(read_as(text, "%Y%m%d") for text in numbers)
    if days or _NO_MONEY.search(f"{name.lower()} {words}") or any("%" in text for text in numbers):
        return False
    return bool(numbers and _MONEY.search(words)) or any(map(shows_major_units, numbers))


def unread_amounts(ignored: str, money: Sequence[str], nearest: Mapping[str, Sequence[str]]) -> list[str]:
    """What a plan says of amounts in a tape that nothing reads, each with those of our columns that it may be; ``ignored`` is
    the key that lists them."""
    ours = {theirs: " or ".join(one for one, columns in nearest.items() if theirs in columns) for theirs in money}
    return [
        f"{ignored}: {' '.join(theirs.split())} holds amounts{f' (may be {names})' if names else ''}"
        for theirs, names in ours.items()
    ]

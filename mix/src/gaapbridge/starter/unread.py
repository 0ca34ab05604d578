"""The columns of a file that nothing reads: which of ours they come nearest to, and which of them hold amounts of money."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence

import polars as pl

from gaapbridge.starter.known_names import names_of
from gaapbridge.starter.names import near, other_measure
from gaapbridge.starter.seen_days import NO_DAY, is_day, read_as
from gaapbridge.starter.seen_numbers import is_currency, is_number, shows_major_units, unit_said
from gaapbridge.starter.tape_words import FEW_WORDS, different
from gaapbridge.tapes.plain_words import plain
from gaapbridge.tapes.schema import Column, Schema
from gaapbridge.tapes.trade_words import ON_BOOK, meanings, words_of_ours

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

EXIT = "exit_date"
"""The column of the day on which a contract left, for which a file may have several."""


def may_be(
    unread: Sequence[str], absent: Sequence[str], schema: Schema, first: pl.DataFrame, fits: Callable[[str, str], bool]
) -> dict[str, list[str]]:
    """By columns of ours that a file does not seem to have those of its that come nearest: by their names, whose cells may not
    fit where the tape must have ours, for the lender to see what is wrong with them; else by their cells (``_of_kind``)."""
    known = names_of(schema.name)
    codes = [theirs for theirs in unread if _codes(first[theirs])]
    nearest = {theirs: near(theirs, absent, known) for theirs in unread if theirs not in codes}
    found: dict[str, list[str]] = {}
    for ours in absent:
        named = [theirs for theirs, names in nearest.items() if ours in names]
        fit = [theirs for theirs in named if fits(ours, theirs) and (ours != EXIT or not_always(first[theirs]))]
        of_kind = _of_kind(schema.column(ours), schema, codes, nearest, first)
        alike = [one for one in of_kind if one not in fit and not other_measure(ours, one)]
        found[ours] = [*fit, *alike] or (named if schema.column(ours).required else [])
    return {ours: names for ours, names in found.items() if names}


def _of_kind(
    column: Column, schema: Schema, codes: Sequence[str], nearest: Mapping[str, Sequence[str]], first: pl.DataFrame
) -> list[str]:
    """Columns that may be one of ours by their cells, whatever they are called: of a currency those of ``codes`` of such,
    of a day, an amount, a count or a word that the tape must have those of days, amounts, whole numbers or words. Whether
    and when a contract left is asked so too: without it every contract is on book."""
    others = [theirs for theirs, names in nearest.items() if not names]
    if column.name == CURRENCY:
        return list(codes)
    if column.name == EXIT:
        return [theirs for theirs in others if _of_days(first[theirs]) and not_always(first[theirs])]
    among = words_of_ours(schema, column.name)
    if not (column.required or ON_BOOK in among):
        return []
    if column.kind == "date":
        return [theirs for theirs in nearest if _of_days(first[theirs])]
    if column.kind == "minor":
        return money_in(others, first)
    if column.kind == "count":
        return [theirs for theirs in numbers_in(others, first) if all(map(str.isdecimal, different(first[theirs])))]
    words = {
        one: texts for one, to in nearest.items() if not to or column.name in to if _of_words(texts := different(first[one]))
    }
    known = [theirs for theirs, texts in words.items() if any(meanings(column.name, text, among) for text in texts)]
    return (known or list(words)) if len(among) > 1 else known  # one word alone is stated for all rows, whatever they hold


def _of_days(cells: pl.Series) -> bool:
    """Whether a column holds days alone, some of them given."""
    texts = [] if cells.dtype.is_numeric() else different(cells)
    return bool(texts) and (cells.dtype.is_temporal() or (all(map(is_day, texts)) and not all(map(_no_day, texts))))


def not_always(cells: pl.Series) -> bool:
    """Whether a column of days has none in some rows, as one of the days on which contracts left.

    *Closing Date* of a mortgage lender is the day on which a loan was made: every contract on book has one.
    """
    return bool(cells.null_count()) or (cells.dtype == pl.String and any(map(_no_day, cells.str.strip_chars())))


def _no_day(text: str) -> bool:
    return not text or text.casefold() in NO_DAY


def _of_words(texts: Sequence[str]) -> bool:
    """Whether a column holds a few words, without a figure in any."""
    return 0 < len(texts) <= FEW_WORDS and not any(re.search(r"[0-9]", text) for text in texts)


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


def unread_columns(ignored: str, money: Sequence[str], nearest: Mapping[str, Sequence[str]]) -> list[str]:
    """What a plan says of columns of a tape that nothing reads: of amounts, each with those of our columns that it may be, and
    of those that may say whether a contract is on book still; ``ignored`` is the key that lists them."""
    ours = {theirs: " or ".join(one for one, columns in nearest.items() if theirs in columns) for theirs in money}
    amounts = [f"{theirs} holds amounts{f' (may be {names})' if names else ''}" for theirs, names in ours.items()]
    left = [f"{theirs} holds words (may be status)" for theirs in nearest.get("status", ())]
    return [f"{ignored}: {' '.join(text.split())}" for text in (*amounts, *left)]

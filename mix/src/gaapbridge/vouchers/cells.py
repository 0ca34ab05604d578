"""Cells as a ledger takes them: texts on one line, cut at a word, acting as no formula; codes and amounts whole, or refused."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal

from gaapbridge.run.form import safe_text
from gaapbridge.terms.errors import UnusableInput
from gaapbridge.terms.text import visible
from gaapbridge.vouchers.layout import LedgerColumn, LedgerLayout
from gaapbridge.vouchers.values import VALUES, Cell, Posted


def cell_of(layout: LedgerLayout, column: LedgerColumn, answers: Mapping[str, str], posted: Posted) -> Cell:
    """What stands in a column: text, whole number, or an amount. Raises ``UnusableInput`` where the ledger cannot take it."""
    if column.number is not None:
        return column.number
    if column.value is None:
        return _coded(layout, column, answers[column.answer] if column.answer is not None else column.text or "")
    return written_cell(layout, column, VALUES[column.value].of(posted))


def written_cell(layout: LedgerLayout, column: LedgerColumn, found: Cell) -> Cell:
    """A value as a ledger takes it in a column. Raises ``UnusableInput`` where it cannot."""
    if isinstance(found, Decimal):
        return _amount(layout, column, found)
    if isinstance(found, date):
        return dated(found, column.dates or layout.dates)
    if isinstance(found, str):
        one_line = " ".join(visible(" ".join(found.split())).split())
        if VALUES[column.value or ""].form == "text":
            return shortened_at_word(str(safe_text(one_line)), column.longest)
        return _coded(layout, column, one_line)
    return found


def dated(day: date, form: str) -> str:
    """A day in the form of a layout; months have their English names wherever the program runs.

    >>> dated(date(2023, 12, 31), "%d-%b-%y"), dated(date(2023, 1, 1), "%Y%m%d")
    ('31-Dec-23', '20230101')
    """
    return day.strftime(form.replace("%b", _MONTHS[day.month - 1]))


_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def shortened_at_word(text: str, longest: int | None) -> str:
    """A text of at most so many characters, cut where a word ends; within one that is longer than half of them.

    >>> shortened_at_word("ecl app-a: allowance derecognised", 24), shortened_at_word("预期信用损失 本期变动", 8)
    ('ecl app-a: allowance', '预期信用损失')
    >>> shortened_at_word("x" * 30, 10)
    'xxxxxxxxxx'
    """
    if longest is None or len(text) <= longest:
        return text
    kept, space, _ = text[: longest + 1].rpartition(" ")
    return kept.rstrip() if space and 2 * len(kept) > longest else text[:longest].rstrip()


def _coded(layout: LedgerLayout, column: LedgerColumn, code: str) -> str:
    safe = str(safe_text(code))
    if column.longest is not None and len(safe) > column.longest:
        raise UnusableInput(
            column=column.caption,
            value=safe,
            rule=f"{layout.ledger} takes {column.longest} characters there, and a code is not cut",
            remedy="give a shorter one by --with, or in [accounts] of a layout of your own; or take another value there",
        )
    return safe


def _amount(layout: LedgerLayout, column: LedgerColumn, amount: Decimal) -> Decimal:
    exponent = amount.as_tuple().exponent
    decimals = -exponent if isinstance(exponent, int) else 0
    if decimals > layout.most_decimals:
        rule = f"{layout.ledger} takes {layout.most_decimals} decimals, and the currency has {decimals}; nothing is rounded"
        raise UnusableInput(
            column=column.caption, rule=rule, remedy="raise most_decimals in a layout of your own if it takes more"
        )
    if abs(amount) >= 10**layout.most_digits:
        rule = f"{layout.ledger} takes {layout.most_digits} digits before the decimal point"
        raise UnusableInput(
            column=column.caption, value=f"{amount:,f}", rule=rule, remedy='post it by hand, or take lines = "each"'
        )
    return amount

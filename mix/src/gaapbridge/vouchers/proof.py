"""What was written, added up again from the file: every voucher balances there, and moves each account as it should."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any

from gaapbridge.run.form import safe_text
from gaapbridge.vouchers.layout import LedgerColumn, LedgerLayout
from gaapbridge.vouchers.tables import captions_of, read_again
from gaapbridge.vouchers.values import NUMBERS, Facts
from gaapbridge.vouchers.voucher import Voucher

Sums = dict[str, int]
"""By account as it is written, debit positive, minor units."""


def prove(layout: LedgerLayout, facts: Facts, vouchers: Sequence[Voucher], form: str, content: bytes) -> None:
    """Hold the vouchers in a file against those that it was written from, one after the other.

    Nothing that a layout or a run says can make them differ: a file that does is our mistake (``ValueError``).
    """
    rows = read_again(layout, form, content)
    written = _of_blocks(layout, facts, rows) if layout.arrangement == "blocks" else _of_table(layout, facts, rows)
    found, meant = list(written), [_meant(facts, voucher) for voucher in vouchers]
    if found != meant or any(sum(sums.values()) for sums in found):
        raise ValueError(f"{len(vouchers)} vouchers are not read from the file as they were written")


def _meant(facts: Facts, voucher: Voucher) -> Sums:
    sums: Sums = {}
    for line in voucher.lines:
        account = str(safe_text(facts.accounts.get(line.account, line.account)))
        sums[account] = sums.get(account, 0) + line.amount_minor
    return sums


def _of_table(layout: LedgerLayout, facts: Facts, rows: Sequence[Sequence[Any]]) -> Iterator[Sums]:
    """The sums of each voucher of a flat table: rows under one number stand together."""
    tell = [place for place, column in enumerate(layout.columns) if column.value in (*NUMBERS, "fiscal_year", "fiscal_period")]
    before: list[Any] | None = None
    sums: Sums = {}
    places = _places(layout.columns)
    for row in rows[len(layout.titles) + len(captions_of(layout, layout.columns)) :]:
        number = [row[place] for place in tell]
        if number != before and before is not None:
            yield sums
            sums = {}
        before = number
        _add(sums, places, row, facts.minor_digits)
    if before is not None:
        yield sums


def _of_blocks(layout: LedgerLayout, facts: Facts, rows: Sequence[Sequence[Any]]) -> Iterator[Sums]:
    """The sums of each block: a blank row ends its own columns, the next its lines."""
    above, places = len(captions_of(layout, layout.line)) + 1, _places(layout.line)
    section, place = 0, 0
    sums: Sums = {}
    for row in rows[len(layout.titles) :]:
        if not any(cell not in ("", None) for cell in row):
            if section == 1:
                yield sums
                sums = {}
            section, place = 1 - section, 0
            continue
        if section == 1 and place >= above:
            _add(sums, places, row[1:], facts.minor_digits)
        place += 1
    if section == 1:  # a workbook is read without the blank row that ends it
        yield sums


def _places(columns: Sequence[LedgerColumn]) -> dict[str, int]:
    """Where values stand in a row."""
    return {column.value: place for place, column in enumerate(columns) if column.value is not None}


def _add(sums: Sums, places: Mapping[str, int], row: Sequence[Any], minor_digits: int) -> None:
    if "amount" in places:
        amount = _minor(row[places["amount"]], minor_digits)
    else:
        amount = _minor(row[places["debit"]], minor_digits) - _minor(row[places["credit"]], minor_digits)
    account = str(row[places["account"]])
    sums[account] = sums.get(account, 0) + amount


def _minor(cell: Any, minor_digits: int) -> int:
    """Minor units of a cell; of a workbook's number to the decimals that it is shown with."""
    if cell in ("", None):
        return 0
    exact = cell if isinstance(cell, Decimal) else Decimal(str(cell))
    return int(exact.scaleb(minor_digits).quantize(Decimal(1)))

"""What cannot be read of a table, gathered so that its owner is told all of it at once."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import ClassVar

from gaapbridge.filings.amounts import REMEDY, RULE, figure_of
from gaapbridge.filings.grid import Uncalculated, Uncut, words_of
from gaapbridge.terms.errors import UnusableInput, together

LONGEST_SHOWN = 60


@dataclass(frozen=True, slots=True)
class Blank:
    """A blank amount under a framework, of a row that does not add up with nil: its row and column, as a refusal names them."""

    row: str
    column: str | None

    RULE: ClassVar[str] = "this amount is given"
    REMEDY: ClassVar[str] = "give the amount, a dash for nil"


@dataclass
class Refusals:
    """The refusals of one file, in the order in which they were met."""

    file: str
    met: list[UnusableInput] = field(default_factory=list)

    def add(self, rule: str, remedy: str, *, row: str | None = None, column: str | None = None, value: object = None) -> None:
        """Note one, to be raised with the others."""
        self.met.append(self.one(rule, remedy, row=row, column=column, value=value))

    def one(
        self, rule: str, remedy: str, *, row: str | None = None, column: str | None = None, value: object = None
    ) -> UnusableInput:
        """One that leaves nothing to be read, to be raised at once."""
        shown = None if value is None else words_of(value)[:LONGEST_SHOWN]
        return UnusableInput(file=self.file, row=row, column=column, value=shown, rule=rule, remedy=remedy)

    def amount(self, value: object, row: str, column: str) -> Decimal:
        """The figure of a cell; nil, and noted, where it holds none that can be told."""
        if isinstance(value, Uncalculated):
            remedy = "open the workbook in Excel and save it there, or write the value"
            self.add("the formula has no stored value", remedy, row=row, column=column, value=value)
            return Decimal(0)
        if isinstance(value, Uncut):
            rule = "each amount stands in one column, and spaces or bars say in which"
            remedy = "put a semicolon between the columns of this line and of all others, for a blank one too"
            self.add(rule, remedy, row=row, column=column, value=value)
            return Decimal(0)
        figure = figure_of(value)
        if figure is None:
            self.add(RULE, REMEDY, row=row, column=column, value=value)
            return Decimal(0)
        exponent = figure.amount.normalize().as_tuple().exponent
        if isinstance(exponent, int) and exponent < -MOST_DECIMALS:
            rule = f"an amount has at most {MOST_DECIMALS} decimals"
            self.add(rule, "round it as it is printed", row=row, column=column, value=value)
            return Decimal(0)
        return figure.amount

    def blank(self, blanks: Iterable[Blank]) -> None:
        """Note blank amounts of which nothing else of the table is left to read."""
        for one in blanks:
            self.add(one.RULE, one.REMEDY, row=one.row, column=one.column)

    def raise_all(self) -> None:
        """Raises the first `UnusableInput` with all further ones; nothing where none was met."""
        if self.met:
            raise together(self.met)


MOST_DECIMALS = 6
"""As many as `statement` keeps."""


def plain_number(amount: Decimal) -> int | Decimal:
    """An amount as JSON has it: whole where it is whole.

    >>> plain_number(Decimal("10.0")), plain_number(Decimal("8.70"))
    (10, Decimal('8.70'))
    """
    return int(amount) if amount == amount.to_integral_value() else amount

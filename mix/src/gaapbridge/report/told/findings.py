"""What a run found wrong in the lender's records, the rows that it could not measure, and what it could not check."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from gaapbridge.form import Table
from gaapbridge.run.reader import Run
from gaapbridge.statement.checks import Check
from gaapbridge.statement.printing import money_text
from gaapbridge.terms.finding import MINOR_UNITS, Finding

FOUND = ("finding", "where", "amount", "unit", "why", "remedy", "check", "accepted because")
LEFT = ("check", "statement", "row", "column", "why", "remedy")
REJECTED = {
    "file": "file", "row": "row", "column": "column", "value": "value", "rule": "rule", "remedy": "remedy",
    "contract_id": "contract", "amount_minor": "amount",
}  # fmt: skip
"""The columns of the lists; of rejected rows by what the run calls them."""

_IN_MINOR = re.compile(rf"(-?\d[\d,]*) {MINOR_UNITS}")

AMOUNT = FOUND.index("amount")
"""The column that is in the currency where it is money."""

Money = Callable[[int], object]
"""How a report shows minor units as an amount of the currency."""


@dataclass(frozen=True)
class InCurrency:
    """How amounts of ``currency`` are shown in texts, with so many decimals."""

    currency: str
    minor_digits: int

    def amount(self, minor: int) -> str:
        """An amount within a text.

        >>> InCurrency("USD", 2).amount(-85_200_173), InCurrency("USD", 2).amount(0)
        ('USD (852,001.73)', 'USD 0.00')
        """
        return f"{self.currency} {money_text(minor, self.minor_digits) if minor else f'{0:.{self.minor_digits}f}'}"

    def text(self, told: str) -> str:
        """A text of a close with each of its amounts, told in minor units, in the currency.

        >>> InCurrency("USD", 2).text("credit 65,000,000 minor units at the opening, 0 minor units declared")
        'credit USD 650,000.00 at the opening, USD 0.00 declared'
        """
        return _IN_MINOR.sub(lambda found: self.amount(int(found[1].replace(",", ""))), told)


def told_findings(findings: Sequence[Finding], checks: Iterable[Check], texts: InCurrency, money: Money) -> tuple[Table, ...]:
    """Findings that count, and those that the plan accepts with its reason; a list without a row is left out.

    Amounts are in the currency, as ``money`` shows them in a cell of their own, and as ``texts`` do in a sentence, where both
    sides of the ``checks`` are that found them.
    """
    sides = {check.id: check for check in checks if not check.unit}
    lists = {
        "Findings": [one for one in findings if one.accepted is None],
        "Accepted by the plan": [one for one in findings if one.accepted is not None],
    }
    return tuple(Table(title, FOUND, tuple(_found(own, sides, texts, money)), "0") for title, own in lists.items() if own)


def _found(
    findings: Iterable[Finding], sides: Mapping[str, Check], texts: InCurrency, money: Money
) -> Iterator[tuple[object, ...]]:
    for one in findings:
        amount: object = one.amount_minor
        unit, why = one.unit if amount is not None else None, one.why
        if one.unit == MINOR_UNITS and one.amount_minor is not None:
            amount, unit = money(one.amount_minor), texts.currency
            why = _in_currency(why, sides[one.where], texts) if one.where in sides else why
        yield one.name, one.where, amount, unit, texts.text(why), texts.text(one.remedy), one.check, one.accepted


def _in_currency(why: str, check: Check, texts: InCurrency) -> str:
    """Why a check of a close was made a finding, with both sides in the currency where it begins with them."""
    begin = check.sides
    if not why.startswith(begin):
        return why
    return f"expected {texts.amount(check.expected)}, found {texts.amount(check.actual)}{why.removeprefix(begin)}"


def told_not_checked(run: Run, texts: InCurrency) -> Table:
    """What could not be tied out, why, with amounts in the currency, and what would allow it."""
    left = ((one.check, one.statement, one.row, one.column, texts.text(one.why), one.remedy) for one in run.listed.not_checked)
    return Table("Not checked", LEFT, tuple(left))


def told_rejects(rejects: Iterable[Mapping[str, str]], texts: InCurrency) -> Table:
    """The rows of the tapes that were not measured, once for each rule that they break, their amounts in the currency."""
    rows = (tuple(one.get(name) or None for name in REJECTED) for one in rejects)
    told = ((*row, None if amount is None else texts.amount(int(amount))) for *row, amount in rows)
    return Table("Rejected rows", tuple(REJECTED.values()), tuple(told))


def said_of_findings(run: Run) -> tuple[str, ...]:
    """In sentences how many there are."""
    found = () if run.listed.findings else ("The run found nothing: no record of the lender disagrees with another.",)
    return (*found, f"Rows of the tapes that were not measured: {run.rejected_rows:,}.")

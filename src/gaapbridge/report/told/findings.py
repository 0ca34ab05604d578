"""What a run found wrong in the lender's records, the rows that it could not measure, and what it could not check."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

from gaapbridge.form import Table
from gaapbridge.run.reader import Run
from gaapbridge.statement.checks import Check
from gaapbridge.terms.finding import MINOR_UNITS, Finding

FOUND = ("finding", "where", "amount", "unit", "why", "remedy", "check", "accepted because")
LEFT = ("check", "statement", "row", "column", "why", "remedy")
REJECTED = ("file", "row", "column", "value", "rule", "remedy", "contract_id", "amount_minor")
"""The columns of the lists."""


AMOUNT = FOUND.index("amount")
"""The column that is in the currency where it is money."""

Money = Callable[[int], object]
"""How a report shows minor units as an amount of the currency."""


def told_findings(findings: Sequence[Finding], checks: Iterable[Check], currency: str, money: Money) -> tuple[Table, ...]:
    """Findings that count, and those that the plan accepts with its reason; a list without a row is left out.

    Amounts are in the ``currency``, as ``money`` shows them, and so are both sides of the ``checks`` that found them.
    """
    sides = {check.id: check for check in checks if not check.unit}
    lists = {
        "Findings": [one for one in findings if one.accepted is None],
        "Accepted by the plan": [one for one in findings if one.accepted is not None],
    }
    return tuple(Table(title, FOUND, tuple(_found(own, sides, currency, money)), "0") for title, own in lists.items() if own)


def _found(
    findings: Iterable[Finding], sides: Mapping[str, Check], currency: str, money: Money
) -> Iterator[tuple[object, ...]]:
    for one in findings:
        amount: object = one.amount_minor
        unit, why = one.unit if amount is not None else None, one.why
        if one.unit == MINOR_UNITS and one.amount_minor is not None:
            amount, unit = money(one.amount_minor), currency
            why = _in_currency(why, sides[one.where], currency, money) if one.where in sides else why
        yield one.name, one.where, amount, unit, why, one.remedy, one.check, one.accepted


def _in_currency(why: str, check: Check, currency: str, money: Money) -> str:
    """Why a check of a close was made a finding, with both sides in the currency where it begins with them."""
    begin = check.sides
    if not why.startswith(begin):
        return why
    return f"expected {currency} {money(check.expected)}, found {currency} {money(check.actual)}{why.removeprefix(begin)}"


def told_not_checked(run: Run) -> Table:
    """What could not be tied out, why, and what would allow it."""
    left = ((one.check, one.statement, one.row, one.column, one.why, one.remedy) for one in run.listed.not_checked)
    return Table("Not checked", LEFT, tuple(left))


def told_rejects(rejects: Iterable[Mapping[str, str]]) -> Table:
    """The rows of the tapes that were not measured, once for each rule that they break."""
    return Table("Rejected rows", REJECTED, tuple(tuple(one.get(name) or None for name in REJECTED) for one in rejects))


def said_of_findings(run: Run) -> tuple[str, ...]:
    """In sentences how many there are."""
    found = () if run.listed.findings else ("The run found nothing: no record of the lender disagrees with another.",)
    return (*found, f"Rows of the tapes that were not measured: {run.rejected_rows:,}.")

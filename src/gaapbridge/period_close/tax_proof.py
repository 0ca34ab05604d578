"""The tax proof of each column: its income before tax at the rate, and by name what its income tax is besides.

IAS 12.81(c) and ASC 740-10-50-12 ask it of a whole statement; each column carries its own tax, so each is proved by itself.
Its difference before tax is measured from the contracts, not from the journals that were taxed.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction

from gaapbridge.contracts.measured import Measured
from gaapbridge.difference import BASIS_DIFFERENCE, Note
from gaapbridge.measure.tax import tax_on
from gaapbridge.period_close.deferred_tax import ALLOWANCE, ROLES, realised_at
from gaapbridge.period_close.entries import NoteColumn
from gaapbridge.plan import Plan
from gaapbridge.statement.checks import Check
from gaapbridge.statement.evidence import RECOMPUTED, proven


@dataclass(frozen=True)
class TaxProof:
    """Income tax of one column in the period, a benefit above nil, minor units.

    ``income`` is what the column adds to income before tax, ``rate`` that of its closing balance, ``change_of_rate`` the
    remeasurement of the opening balance, ``allowance`` the release of the valuation allowance; ``expected`` is all of it,
    ``posted`` what the journal has. 1,000 at 20 % beside 400 that were taxed at 25 %: -200 + 20 = -180.
    """

    note: Note
    income: int
    rate: Fraction
    change_of_rate: int
    allowance: int
    expected: int
    posted: int

    @property
    def at_rate(self) -> int:
        """Income before tax at the rate."""
        return -tax_on(self.income, self.rate)


def tax_proofs(plan: Plan, columns: Sequence[NoteColumn], measured: Sequence[Measured]) -> list[TaxProof]:
    """The proof of every column, in their order; there is an opening."""
    differences = [_measured(column.note, measured) for column in columns]
    gross = [_gross(plan, column, *pair) for column, pair in zip(columns, differences, strict=True)]
    before, after = (list(amounts) for amounts in zip(*gross, strict=True))
    opened, closed = realised_at(plan, "opening", before), realised_at(plan, "closing", after)
    return [
        TaxProof(
            note=column.note,
            income=pair[1] - pair[0],
            rate=plan.tax[column.note.key].rate_at(plan.period.closing),
            change_of_rate=_change_of_rate(plan, column.note, pair[0]),
            allowance=(closed[number] - after[number]) - (opened[number] - before[number]),
            expected=closed[number] - opened[number],
            posted=-column.journal.balances("tax").get(plan.account_of("income_tax_expense"), 0),
        )
        for number, (column, pair) in enumerate(zip(columns, differences, strict=True))
    ]


def proved(plan: Plan, proofs: Iterable[TaxProof]) -> Iterable[Check]:
    """R6, proof: income tax that a column's journal posted is that of its difference as measured from the contracts."""
    statement = plan.period.income_statement
    for one in proofs:
        name = one.note.column
        figures = (
            f"income before tax of {one.income:,} bears {one.at_rate:,} at {float(one.rate):.4%}, the change of rate "
            f"{one.change_of_rate:,}, the valuation allowance {one.allowance:,}"
        )
        proof = proven(RECOMPUTED, one.expected, one.posted)
        yield Check(
            f"R6/{statement}/{name}/proof", "R6", statement, "tax", name, one.expected, one.posted, proof,
            part="proof", figures=figures,
        )  # fmt: skip


def _measured(note: Note, measured: Sequence[Measured]) -> tuple[int, int]:
    """A note's difference before tax at both instants, from the contracts, credit positive."""
    opening, closing = (sum(one.owned(note, instant) for one in measured) for instant in ("opening", "closing"))
    return opening, closing


def _gross(plan: Plan, column: NoteColumn, opening: int, closing: int) -> tuple[int, int]:
    """Deferred tax of a difference at both instants before any allowance; what was rolled forward opens as it was posted."""
    tax = plan.tax[column.note.key]
    at_closing = tax.rate_at(plan.period.closing)
    if tax.method == "liability_method":
        return -tax_on(opening, tax.rate_at(plan.instants["opening"])), -tax_on(closing, at_closing)
    posted = _posted_at_opening(plan, column)
    return posted, posted - tax_on(closing - opening, at_closing)


def _posted_at_opening(plan: Plan, column: NoteColumn) -> int:
    accounts = {plan.account_of(role) for role in ROLES}
    entries = (one for one in column.journal.entries if one.kind == "brought_forward" or one.flow == BASIS_DIFFERENCE)
    lines = (line for entry in entries for line in entry.lines if line.account in accounts and line.segment != ALLOWANCE)
    return sum(line.amount_minor for line in lines)


def _change_of_rate(plan: Plan, note: Note, opening: int) -> int:
    """What remeasuring the opening balance at the closing's rate comes to; nil where it keeps its rates."""
    tax = plan.tax[note.key]
    if tax.method == "roll_forward":
        return 0
    return tax_on(opening, tax.rate_at(plan.instants["opening"])) - tax_on(opening, tax.rate_at(plan.period.closing))

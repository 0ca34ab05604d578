"""The tax proof of each column: its income before tax at the rate, and by name what its income tax is besides.

IAS 12.81(c) and ASC 740-10-50-12 ask it of a whole statement; each column carries its own tax, so each is proved by itself.
Its difference before tax is measured from the contracts, not from the journals that were taxed.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from typing import TypedDict

from gaapbridge.book.journal import EntryKind
from gaapbridge.contracts.measured import Measured
from gaapbridge.difference import BASIS_DIFFERENCE, DEFERRED_TAX, VALUATION_ALLOWANCE, Note
from gaapbridge.measure.tax import tax_on
from gaapbridge.period_close.deferred_tax import realised_at
from gaapbridge.period_close.entries import NoteColumn
from gaapbridge.period_close.taxed_anew import rate_changes, rate_of_day
from gaapbridge.plan import Plan
from gaapbridge.statement.checks import Check
from gaapbridge.statement.evidence import RECOMPUTED, SAME_SOURCE, proven
from gaapbridge.statement.implied_rates import LEAST_RATE, no_tax_said, says_so
from gaapbridge.terms.finding import in_minor
from gaapbridge.terms.money import round_half_away


@dataclass(frozen=True)
class TaxProof:
    """Income tax of one column in the period, a benefit above nil, minor units.

    ``income`` is what the column adds to income before tax, ``at_rate`` its tax at ``rates``: that of the closing balance, and
    before it earlier ones, where a file states what stood as they changed. ``change_of_rate`` is the remeasurement of that, or
    of the opening balance, but for what of it goes through equity, ``allowance`` the release of the valuation allowance,
    ``stated`` what files state; ``expected`` is all of it, ``posted`` what the journal has. 1,000 at 20 % beside 400 that were
    taxed at 25 %: -200 + 20, or -180.
    """

    note: Note
    income: int
    rates: tuple[Fraction, ...]
    at_rate: int
    change_of_rate: int
    allowance: int
    stated: int
    expected: int
    posted: int

    @property
    def left(self) -> int:
        """What is expected besides: deferred tax is rounded at both instants, tax of the income between them once."""
        return self.expected - self.at_rate - self.change_of_rate - self.allowance - self.stated


ROUNDED, NOT_APART, MOST_ROUNDED = "rounding at both instants", "not told apart", 5
"""What is said of what is left, and up to how many minor units it is rounding."""


def tax_proofs(plan: Plan, columns: Sequence[NoteColumn], measured: Sequence[Measured]) -> list[TaxProof]:
    """The proof of every column, in their order; there is an opening."""
    differences = [_taxed(plan, column, measured) for column in columns]
    gross = [_gross(plan, column, *pair) for column, pair in zip(columns, differences, strict=True)]
    before, after = (list(amounts) for amounts in zip(*gross, strict=True))
    opened, closed = realised_at(plan, "opening", before), realised_at(plan, "closing", after)
    return [
        TaxProof(
            note=column.note,
            income=pair[1] - pair[0] - _outside(column),
            **_by_rate(plan, column, *pair),
            allowance=(closed[number] - after[number]) - (opened[number] - before[number]),
            stated=column.given.tax_moved + sum(_stated_through(column).values()),
            expected=closed[number] - opened[number] + sum(column.tax_through.values()),
            posted=-column.journal.balances(EntryKind.TAX).get(plan.account_of("income_tax_expense"), 0),
        )
        for number, (column, pair) in enumerate(zip(columns, differences, strict=True))
    ]


def proved(plan: Plan, proofs: Iterable[TaxProof]) -> Iterable[Check]:
    """R6, proof: income tax that a column's journal posted is that of its difference as measured from the contracts."""
    statement = plan.period.income_statement
    for one in proofs:
        name = one.note.column
        figures = (
            f"income before tax of {in_minor(one.income)} bears {in_minor(one.at_rate)} at "
            f"{', then '.join(f'{float(rate):.4%}' for rate in one.rates)}, the change of rate "
            f"{in_minor(one.change_of_rate)}, the valuation allowance {in_minor(one.allowance)}"
            f"{f', files state {in_minor(one.stated)}' if one.stated else ''}"
            f"{f', {ROUNDED if abs(one.left) <= MOST_ROUNDED else NOT_APART} {in_minor(one.left)}' if one.left else ''}"
        )
        proof = proven(SAME_SOURCE if one.note.is_given else RECOMPUTED, one.expected, one.posted)
        yield Check(
            f"R6/{statement}/{name}/proof", "R6", statement, "tax", name, one.expected, one.posted, proof,
            part="proof", figures=figures,
        )  # fmt: skip


def differences(plan: Plan, column: NoteColumn, measured: Sequence[Measured], instant: str) -> int:
    """A column's difference before tax at an instant: measured from the contracts, and stated by files."""
    return sum(one.owned(column.note, instant) for one in measured) + column.given.owned(plan, instant)


def untaxed(plan: Plan, columns: Sequence[NoteColumn]) -> Iterable[Check]:
    """R6: of a given note whose tax is stated, the file states some, or its caption or its effect says why there is none.

    A difference of 4,463.00 before tax on which nothing is stated would bear 1,115.75 at the 25 % of the plan's other notes.
    """
    statement, day = plan.period.closing_sheet, plan.instants["closing"]
    rates = [tax.rate_at(day) for tax in plan.tax.values()]
    for column in columns:
        stated, given = plan.given.get(column.note.key), column.given
        states_some = given.tax_opening or given.tax_closing or any(given.tax_through.values())
        if stated is None or stated.tax != "stated" or states_some:
            continue
        difference = given.owned(plan, "closing")
        if not difference or no_tax_said(stated.caption) or says_so(stated.text.effect):
            continue
        expected = -tax_on(difference, rates[0] if rates else LEAST_RATE)
        figures = f"on a difference before tax of {in_minor(difference)} the file states no deferred tax, at neither instant"
        yield Check(
            f"R6/{statement}/{column.note.column}/implied", "R6", statement, "dta", column.note.column, expected, 0,
            SAME_SOURCE, part="implied", figures=figures, remedy=STATE_IT,
        )  # fmt: skip


STATE_IT = 'state it in rows of the file, or have tax = "rate"; where none is due, say in effect that it bears no tax'


def _taxed(plan: Plan, column: NoteColumn, measured: Sequence[Measured]) -> tuple[int, int]:
    """A note's difference before tax at both instants, credit positive, but for what bears the tax that a file states."""
    opening, closing = (differences(plan, column, measured, instant) for instant in ("opening", "closing"))
    apart = column.given.apart_opening
    return opening - apart, closing - apart - column.given.apart_moved


def _outside(column: NoteColumn) -> int:
    """What of the movement that bears tax at a rate is no income."""
    return sum(one.amount for one in column.given.outside if one.bears == "rate")


def _stated_through(column: NoteColumn) -> dict[str, int]:
    """What of the tax that a file states goes through equity."""
    return {role: amount for role, amount in column.given.tax_through.items() if role in column.note.equity_roles}


def _rate(plan: Plan, note: Note, instant: str) -> Fraction:
    """The rate at an instant; nil of a note whose file states all tax."""
    return plan.tax[note.key].rate_at(plan.instants[instant]) if note.key in plan.tax else Fraction(0)


def _gross(plan: Plan, column: NoteColumn, opening: int, closing: int) -> tuple[int, int]:
    """Deferred tax of a difference at both instants before any allowance; what was rolled forward opens as it was posted."""
    tax, given = plan.tax.get(column.note.key), column.given
    at_opening, at_closing = (_rate(plan, column.note, instant) for instant in ("opening", "closing"))
    if tax is None or tax.method == "liability_method":
        stated = given.tax_opening + given.tax_moved
        return given.tax_opening - tax_on(opening, at_opening), stated - tax_on(closing, at_closing)
    posted = _posted_at_opening(plan, column)
    return posted, posted - tax_on(closing - opening, at_closing) + given.tax_moved


def _posted_at_opening(plan: Plan, column: NoteColumn) -> int:
    accounts = {plan.account_of(role) for role in DEFERRED_TAX}
    entries = (one for one in column.journal.entries if one.kind == EntryKind.BROUGHT_FORWARD or one.flow == BASIS_DIFFERENCE)
    lines = (line for entry in entries for line in entry.lines if line.account in accounts)
    return sum(line.amount_minor for line in lines if line.segment != VALUATION_ALLOWANCE)


class _ByRate(TypedDict):
    """What of a proof depends on the days of its rates."""

    rates: tuple[Fraction, ...]
    at_rate: int
    change_of_rate: int


def _by_rate(plan: Plan, column: NoteColumn, opening: int, closing: int) -> _ByRate:
    """Income between the days of another rate at the rate of then, and what stood on each of them at the change.

    Where nothing says what stood then, all income is at the closing's rate, and the opening balance at the change.
    """
    note, standing = column.note, column.given.standing
    traced, at_closing = sum(column.tax_traced.values()), _rate(plan, column.note, "closing")
    if not standing:
        income = closing - opening - _outside(column)
        change = _change_of_rate(plan, note, opening)
        return _ByRate(rates=(at_closing,), at_rate=-tax_on(income, at_closing), change_of_rate=change + traced)
    rates = (*(rate_of_day(plan, note.key, day) for day in standing), at_closing)
    stood = (opening, *standing.values(), closing)
    moved = [after - before for before, after in pairwise(stood)]
    for one in column.given.outside:
        if one.bears == "rate":
            moved[sum(day < one.day for day in standing)] -= one.amount
    changed = sum((change * standing[day] for day, change in rate_changes(plan, note.key).items()), Fraction(0))
    return _ByRate(
        rates=rates,
        at_rate=-round_half_away(sum((rate * income for rate, income in zip(rates, moved, strict=True)), Fraction(0))),
        change_of_rate=traced - round_half_away(changed),
    )


def _change_of_rate(plan: Plan, note: Note, opening: int) -> int:
    """What remeasuring the opening balance at the closing's rate comes to; nil where it keeps its rates."""
    tax = plan.tax.get(note.key)
    if tax is None or tax.method == "roll_forward":
        return 0
    return tax_on(opening, tax.rate_at(plan.instants["opening"])) - tax_on(opening, tax.rate_at(plan.period.closing))

"""The proof of income tax, item by item: what each note's difference before tax bears at its rate, and how the rate of tax on
US GAAP income becomes that on IFRS income (IAS 12.81(c), 12.81(g); ASC 740-10-50-2, 50-12).

All amounts are minor units as they stand in net assets: a deferred tax liability and an income tax expense are below nil.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from pydantic import ValidationError

from gaapbridge.difference import DEFERRED_TAX, VALUATION_ALLOWANCE
from gaapbridge.notes import FOLDERS
from gaapbridge.plan.tax import NoteTax
from gaapbridge.report.told.trail import BROUGHT_FORWARD
from gaapbridge.run.reader import Run
from gaapbridge.statement.document import IFRS, US_GAAP, Column
from gaapbridge.terms.money import round_half_away

BEFORE_TAX, INCOME_TAX = "pbt", "tax"
"""Rows of the income statement that a proof of tax compares."""

SAID = (
    "A note's difference before tax, as it stands in net assets, bears deferred tax at the note's rate; a liability and an "
    "expense are below nil.",
    "The common rate is the highest of the notes' rates at the closing; what a note bears at another one, or not at all, is "
    "its permanent item (IAS 12.81(c); ASC 740-10-50-12).",
)
"""What is said above the tables."""

DEFERRED = (
    "difference before tax", "rate", "deferred tax at the rate", "valuation allowance", "as files state, or at earlier rates",
    "deferred tax",
)  # fmt: skip
"""The columns of the proof of deferred tax."""


@dataclass(frozen=True, slots=True)
class ToldDeferred:
    """Deferred tax of one note at one instant.

    ``at_rate`` is the difference before tax at the note's rate, ``allowance`` what a valuation allowance takes of it, ``other``
    what files state or earlier rates left. 1,614,439.12 at 25 % are -403,609.78. The rate is None where files state all tax.
    """

    before_tax: int
    rate: Fraction | None
    at_rate: int
    allowance: int
    other: int

    @property
    def deferred(self) -> int:
        """The deferred tax that the note carries."""
        return self.at_rate + self.allowance + self.other


@dataclass(frozen=True, slots=True)
class ToldNoteTax:
    """One note: its caption, its deferred tax at the opening (None of a run of one instant) and at the closing."""

    id: str
    caption: str
    opening: ToldDeferred | None
    closing: ToldDeferred


@dataclass(frozen=True, slots=True)
class ToldColumnTax:
    """One column of the rate reconciliation: income before tax, and what leads from its tax at the common rate to its tax.

    ``own_rate`` is what another rate, or none, leaves of that, the permanent item; ``rate_change`` the remeasurement of what
    stood at the opening; ``other`` what files state and, of US GAAP, what the ledger's tax differs by from the common rate.
    """

    id: str
    caption: str
    before_tax: int
    at_rate: int
    own_rate: int
    rate_change: int
    allowance: int
    other: int

    @property
    def tax(self) -> int:
        """Income tax."""
        return self.at_rate + self.own_rate + self.rate_change + self.allowance + self.other

    @property
    def effective(self) -> Fraction:
        """The rate of tax on its income before tax; nil where it has none."""
        return Fraction(-self.tax, self.before_tax) if self.before_tax else Fraction(0)


ITEMS: Mapping[str, str] = {
    "at_rate": "Income tax at that rate",
    "own_rate": "Permanent: borne at another rate, or at none",
    "rate_change": "Change of rate, on the opening difference",
    "allowance": "Valuation allowance",
    "other": "Other items: of the ledger, stated by files, rounding",
}
"""The items of the reconciliation in order, as they are printed."""

ROUNDING = len(ITEMS)
"""Minor units by which a note's other item may differ from what files state: one for each item, rounded once."""


@dataclass(frozen=True, slots=True)
class ToldTax:
    """The proof of a run: deferred tax note by note, and the reconciliation of the rate, U.S. GAAP first, IFRS last.

    ``rate`` is the highest of the notes' rates at the closing. No column where there is no income statement.
    """

    notes: tuple[ToldNoteTax, ...]
    rate: Fraction
    columns: tuple[ToldColumnTax, ...]


def percent(rate: Fraction) -> str:
    """A rate in words.

    >>> percent(Fraction(1, 4)), percent(Fraction(26202, 100_000))
    ('25.0 %', '26.2 %')
    """
    return f"{float(100 * rate):.1f} %"


def told_tax(run: Run) -> ToldTax:
    """The tax proof of a run, from its journals, its rates and its exact statements."""
    allowed = _allowances(run)
    notes = tuple(_note(run, column, allowed) for column in run.document.columns)
    rate = max((one.closing.rate or Fraction(0) for one in notes), default=Fraction(0))
    return ToldTax(notes, rate, tuple(_columns(run, notes, rate)))


def tax_accounts(run: Run) -> frozenset[str]:
    """The accounts of deferred tax."""
    return frozenset(run.manifest.posting[role] for role in DEFERRED_TAX if role in run.manifest.posting)


def net_asset_accounts(run: Run, column: str) -> frozenset[str]:
    """The accounts of a note whose balances are its difference before tax: no income, no equity, no deferred tax."""
    manifest = run.manifest
    equity = {row.id for one in run.exact.statements for row in one.rows if row.of_what == "equity"}
    beside = {*manifest.profit_rows, manifest.retained_row, *equity}
    own = {one.account for one in run.roll_forward if one.note == column} - tax_accounts(run)
    return frozenset(account for account in own if manifest.accounts[account].line not in beside)


def _borne(income: int, rate: Fraction) -> int:
    """The tax that income bears at a rate, as it stands in net assets: 400 at 25 % bear -100. It is worked out here once more,
    as a reader of the proof does, and not by what the close measured it with."""
    return -round_half_away(income * rate)


Allowances = Mapping[tuple[str, bool], int]
"""Valuation allowances by note, at the opening and, false, at the closing."""


def _allowances(run: Run) -> Allowances:
    taxed = tax_accounts(run)
    found = dict.fromkeys(((column.id, instant) for column in run.document.columns for instant in (True, False)), 0)
    for line in run.listed.journals:
        if line.segment == VALUATION_ALLOWANCE and line.account in taxed:
            found[line.note, False] += line.amount_minor
            found[line.note, True] += line.amount_minor if line.kind == BROUGHT_FORWARD else 0
    return found


def _note(run: Run, column: Column, allowed: Allowances) -> ToldNoteTax:
    has_opening = run.manifest.statements.opening is not None
    first = _deferred(run, column.id, allowed, is_opening=True) if has_opening else None
    return ToldNoteTax(column.id, column.caption, first, _deferred(run, column.id, allowed, is_opening=False))


def _stated(run: Run, column: str) -> NoteTax | None:
    """What the plan states of a note's tax; a given note is its own key. None where it states none, or, in a run of before, in
    a form that gives no rate at an instant."""
    key = next((key for key, folder in FOLDERS.items() if folder.note.column == column), column)
    try:
        return NoteTax.model_validate(run.plan_content.get("tax", {})[key])
    except (KeyError, ValidationError):
        return None


def _deferred(run: Run, column: str, allowed: Allowances, *, is_opening: bool) -> ToldDeferred:
    held, taxed = net_asset_accounts(run, column), tax_accounts(run)
    before, deferred = 0, 0
    for one in run.roll_forward:
        if one.note == column:
            amount = one.opening_minor if is_opening else one.closing_minor
            before += amount if one.account in held else 0
            deferred += amount if one.account in taxed else 0
    stated, period, allowance = _stated(run, column), run.manifest.period, allowed[column, is_opening]
    day = date.fromisoformat(period.opening if is_opening else period.closing)
    rate = None if stated is None else stated.rate_at(day)
    at_rate = 0 if rate is None else _borne(before, rate)
    return ToldDeferred(before, rate, at_rate, allowance, deferred - at_rate - allowance)


def _columns(run: Run, notes: tuple[ToldNoteTax, ...], rate: Fraction) -> list[ToldColumnTax]:
    income = run.exact.statement(run.manifest.statements.income) if run.manifest.statements.income else None
    before, tax = (None, None) if income is None else (income.row(BEFORE_TAX), income.row(INCOME_TAX))
    if before is None or tax is None:
        return []
    us_before, us_tax = before.amount(US_GAAP), tax.amount(US_GAAP)
    us_rate = _borne(us_before, rate)
    made = [ToldColumnTax(US_GAAP, "U.S. GAAP", us_before, us_rate, 0, 0, 0, us_tax - us_rate)]
    made += [_of_note(run, one, before.amount(one.id), tax.amount(one.id), rate) for one in notes]
    sums = (sum(getattr(one, item) for one in made) for item in ("before_tax", *ITEMS))
    return [*made, ToldColumnTax(IFRS, "IFRS", *sums)]


def _of_note(run: Run, note: ToldNoteTax, income: int, tax: int, rate: Fraction) -> ToldColumnTax:
    own, opening = note.closing.rate, note.opening
    at_rate = _borne(income, rate)
    own_rate = _borne(income, own or Fraction(0)) - at_rate
    stated = _stated(run, note.id)
    taxed_anew = opening is not None and stated is not None and stated.method == "liability_method"
    change = opening_change(opening, own) if taxed_anew else 0
    allowance = note.closing.allowance - (0 if opening is None else opening.allowance)
    other = tax - at_rate - own_rate - change - allowance
    return ToldColumnTax(note.id, note.caption, income, at_rate, own_rate, change, allowance, other)


def beyond_rounding(note: ToldNoteTax, column: ToldColumnTax) -> int:
    """A note's other item less what it can be: what files state and earlier rates left of its deferred tax moved in the period.

    Income tax is the change of deferred tax, so that no more than rounding is left, ``ROUNDING``; what is more is tax of the
    statement that the note's differences do not bear (IAS 12.58, 12.81(c)). Of 27,912.34 of tax where 111,649.38 bear 25 %,
    27,912.35, one minor unit is left.
    """
    before, opening = 0 if note.opening is None else note.opening.other, note.opening
    untaxed = opening_change(opening, note.closing.rate) - column.rate_change
    return column.other - (note.closing.other - before) - untaxed


def opening_change(opening: ToldDeferred | None, rate: Fraction | None) -> int:
    """What remeasuring the opening difference at another rate comes to: 400 at 20 % for 25 % are 20 less of a liability."""
    return 0 if opening is None or rate is None else _borne(opening.before_tax, rate) - opening.at_rate

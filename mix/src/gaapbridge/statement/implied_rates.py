"""The rate of tax that every column implies, in profit and in the balance sheet: always reported, and challenged (R6).

A rate is challenged where nothing of the file explains it: no tax at all on an effect before tax, tax on none, tax of the other
sign, or a rate off the statutory one by more than rounding makes. An entity's own rate, below the statutory one, is told from
the file.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from gaapbridge.statement.checks import Check
from gaapbridge.statement.document import US_GAAP, Column, Document, Row, Statement, Wording
from gaapbridge.statement.effects import Offsets, deferred_tax_row
from gaapbridge.statement.evidence import RECOMPUTED
from gaapbridge.statement.not_checked import NotChecked
from gaapbridge.statement.rules_tax import tax_and_pretax
from gaapbridge.terms.money import round_half_away

LEAST_RATE = Fraction(9, 100)
"""Where no rate is known, what nil tax is challenged from: no rate of corporate tax in the OECD is lower."""

ALIKE = Fraction(1, 100)
"""Columns whose rates lie within a point of each other are at one rate, which is the entity's own."""

_SAYS_SO = re.compile(
    r"before (income )?tax|pre-?tax|gross of tax|bears? no (deferred )?tax|tax[- ](free|exempt)|(not|non-?) ?taxable|"
    r"(non-|not )deductible|permanent difference",
    re.IGNORECASE,
)
_TAX_FREE = re.compile(
    r"(share|stock|equity)[- ](based|settled)|\bgoodwill\b|\bSPAC\b|listing (expense|cost)|recapitali[sz]ation|reverse merger|"
    r"prefer(red|ence)|redeemable|mezzanine|\bwarrants?\b|convertible|reclassif|presentation|\b(sbc|sbp|esop)\b",
    re.IGNORECASE,
)


_OF_TAX_ITSELF = re.compile(
    r"\btax(es|ation)?\b|valuation allowances?|\bIAS 12\b|\bASC 740\b|steuer|\bimp[ôo]ts?\b|[税稅]", re.IGNORECASE
)
_TAX_WITH_IT = re.compile(
    r"(\b(and|with|before|after|including|less|plus|net of|gross of|related)|[,&+])\s+(\w+\s+)?tax(es|ation)?\b|\bpre-?tax\b",
    re.IGNORECASE,
)
"""Where a caption is of something else and its tax: `Leases, net of tax`."""
_ALL_TOGETHER = re.compile(
    r"net|adj(ustments?)?|differences?|effects?|total( adjustments?)?|(net )?effect of .*", re.IGNORECASE
)


def no_tax_said(caption: str) -> str:
    """Why a column of this caption rightly bears no tax; blank where it does not say.

    >>> no_tax_said("Share-based compensation"), no_tax_said("Leases, net of tax")
    ('its caption is of what bears no tax as a rule', '')
    """
    if says_so(caption):
        return "its caption says that no tax is in it"
    return "its caption is of what bears no tax as a rule" if _TAX_FREE.search(caption) else ""


def says_so(text: str) -> bool:
    """Whether words say outright that no tax is borne, or that amounts are before it."""
    return _SAYS_SO.search(text) is not None


@dataclass(frozen=True, slots=True)
class ImpliedRate:
    """The tax of a column, a benefit or an asset above nil, on its effect before tax, in one statement.

    ``told`` says why it is no finding though it is not the statutory rate. A loss of 3,306 with a benefit of 826 implies
    24.98 %, tax on nothing before it no rate.
    """

    statement: str
    column: str
    row: str
    pretax: int
    tax: int
    told: str
    wording: Wording
    on_sheet: bool

    @property
    def rate(self) -> Fraction | None:
        """The share of the effect that is tax; below nil where it has the other sign, None where there is no effect."""
        return Fraction(-self.tax, self.pretax) if self.pretax else None

    def as_dict(self) -> dict[str, object]:
        """For ``--format json``: amounts in the unit of the file, the rate as a fraction of one."""
        amounts = {"pre_tax": self.wording.number(self.pretax), "tax": self.wording.number(self.tax)}
        place = {"statement": self.statement, "column": self.column}
        return {**place, **amounts, "rate": None if self.rate is None else round(float(self.rate), 6), "why": self.told}

    def as_line(self) -> str:
        """For a reader at a terminal."""
        say = self.wording.amount
        rate = "no rate" if self.rate is None else percent(self.rate)
        line = f"{self.statement}/{self.column}: {rate}, {say(self.tax)} on {say(self.pretax)} before tax"
        return f"{line} ({self.told})" if self.told else line


def implied_rates(
    document: Document, offsets: Mapping[str, Offsets], statutory: Fraction | None, held: frozenset[str] = frozenset()
) -> tuple[tuple[ImpliedRate, ...], list[Check]]:
    """The implied rate of every column with an effect before tax, and a check for each that is challenged.

    ``held`` are columns whose tax a close has held to its plan's rates.
    """
    found_own = map(_own_rate, document.statements)
    own = [rate for rate in found_own if rate is not None and 0 <= rate <= 1]
    rates: list[ImpliedRate] = []
    checks: list[Check] = []
    for statement in document.statements:
        found = [one for column in document.columns if (one := _of(statement, column, offsets.get(statement.id, {})))]
        for column, implied in found:
            told, expected = _judged(implied, column, [other for _, other in found], statutory, own)
            if expected is not None and (said := _told_of(document, statement, column)):
                told, expected = said, None
            if implied.column in held and expected is not None:
                told, expected = "its close has held it to the rates of the plan", None
            rates.append(replace(implied, told=told))
            if expected is not None:
                checks.append(_check(implied, expected, statutory))
    return tuple(rates), checks


def _told_of(document: Document, statement: Statement, column: Column) -> str:
    """Why no one rate can be asked of a column: adjusted figures, or all differences together."""
    if re.search(r"non-gaap|adjusted|operating", statement.wording.to_gaap, re.IGNORECASE):
        return "adjusted figures are of no framework, so that no rate of tax is theirs"
    if len(document.columns) == 1 and _ALL_TOGETHER.fullmatch(column.label or column.id):
        return "the column holds all differences together, each of which may bear its own tax"
    return ""


def percent(rate: Fraction) -> str:
    """A rate in per cent, to two decimals."""
    return f"{100 * rate.numerator / rate.denominator:,.2f} %"


def _of(statement: Statement, column: Column, offsets: Offsets) -> tuple[Column, ImpliedRate] | None:
    """The implied rate of a column in a statement; None where it has no effect and no tax, or its tax is not shown."""
    income, tax = statement.row("pbt"), statement.row("tax")
    if income is not None and tax is not None:
        if income.is_derived(column.id) or tax.is_derived(column.id):
            return None
        pretax = _income_sign(income) * income.amount(column.id)
        borne, row = _tax_sign(statement, income, tax) * tax.amount(column.id), tax.id
    else:
        effects = tax_and_pretax(statement, column.id, offsets)
        if effects is None or isinstance(effects, NotChecked):
            return None
        borne, pretax = effects
        row = deferred_tax_row(statement, column.id)
    on_sheet = income is None or tax is None
    implied = ImpliedRate(statement.id, column.id, row, pretax, borne, "", statement.wording, on_sheet)
    return (column, implied) if pretax or borne else None


def _income_sign(row: Row) -> int:
    """Minus one where a loss is printed above nil."""
    return -1 if row.is_printed_as_loss else 1


def _tax_sign(statement: Statement, income: Row, tax: Row) -> int:
    """Minus one where the tax line is an expense above nil: told from the figures that lead to net income, else from the rows
    that add up."""
    net = statement.row("ni")
    if net is not None and tax.us_gaap:
        borne = _income_sign(net) * net.us_gaap - _income_sign(income) * income.us_gaap
        if abs(borne) == abs(tax.us_gaap):
            return 1 if borne == tax.us_gaap else -1
    return -1 if any((-1, tax.id) in row.of for row in statement.rows) else 1


def _own_rate(statement: Statement) -> Fraction | None:
    """The entity's own rate in a period: its tax under the framework that it reports under, on its income before tax."""
    income, tax = statement.row("pbt"), statement.row("tax")
    if income is None or tax is None or not income.us_gaap or income.is_derived(US_GAAP) or tax.is_derived(US_GAAP):
        return None
    return Fraction(-_tax_sign(statement, income, tax) * tax.us_gaap, _income_sign(income) * income.us_gaap)


def _judged(
    one: ImpliedRate, column: Column, beside: Sequence[ImpliedRate], statutory: Fraction | None, own: Sequence[Fraction]
) -> tuple[str, int | None]:
    """Why a rate is no finding though it is not the statutory one, and what tax was expected where it is one."""
    lowest, highest = min([*own, statutory or LEAST_RATE]), max([*own, statutory or Fraction(1)])
    if _within(one, lowest, highest):
        return _as_the_entity_s(one, statutory, own), None
    if one.rate is None:
        return _judged_on_nothing(one, f"{column.caption} {column.label}", statutory)
    if one.tax * one.pretax > 0:
        return ("see its sign among the findings", None) if one.on_sheet else ("", 0)
    if one.rate > highest:
        most = math.ceil(highest * abs(one.pretax))
        return ("see its rate among the findings", None) if one.on_sheet else ("", most if one.tax > 0 else -most)
    if said := no_tax_said(f"{column.caption} {column.label}"):
        return said, None
    if one.tax == 0:
        return "", -round_half_away((statutory or lowest) * one.pretax)
    if any(_is_alike(one.rate, other.rate) for other in beside if other is not one and other.tax):
        return "another column bears about the same, so it is a rate of the entity", None
    if not own:
        return "below the statutory rate; the file shows no income that tells the entity's own", None
    return "", -round_half_away((statutory or lowest) * one.pretax)


def _judged_on_nothing(one: ImpliedRate, said: str, statutory: Fraction | None) -> tuple[str, int | None]:
    """The same of tax where there is no effect before it, as a column of tax itself rightly has it, of a new rate say."""
    if one.on_sheet and statutory is not None:
        return "see its rate among the findings", None
    return ("its caption is of tax itself", None) if _OF_TAX_ITSELF.search(_TAX_WITH_IT.sub("", said)) else ("", 0)


def _is_alike(rate: Fraction, other: Fraction | None) -> bool:
    return other is not None and abs(other - rate) <= ALIKE


def _as_the_entity_s(one: ImpliedRate, statutory: Fraction | None, own: Sequence[Fraction]) -> str:
    """Which of its own rates explains one that is not the statutory rate."""
    if one.rate is None or statutory is None or not own or _within(one, statutory, statutory):
        return ""
    below = one.rate < statutory
    return f"not {'below' if below else 'above'} the entity's own rate, {percent(min(own) if below else max(own))}"


def _within(one: ImpliedRate, lowest: Fraction, highest: Fraction | int) -> bool:
    """Whether a rate between two explains the tax: each printed figure lies less than a unit from its exact amount."""
    if one.tax * one.pretax > 0 and abs(one.tax) > 1:
        return False
    least = lowest * (abs(one.pretax) - 1) - 1
    most = highest * (abs(one.pretax) + 1) + 1
    return least <= abs(one.tax) <= most


def _check(one: ImpliedRate, expected: int, statutory: Fraction | None) -> Check:
    say = one.wording.amount
    if one.rate is None:
        figures = f"tax of {say(one.tax)} stands where there is nothing before tax"
    else:
        judged = f"; the statutory rate is {percent(statutory)}" if statutory is not None else ""
        figures = f"tax of {say(one.tax)} on {say(one.pretax)} before tax is {percent(one.rate)}{judged}"
    return Check(
        f"R6/{one.statement}/{one.column}/implied", "R6", one.statement, one.row, one.column, expected, one.tax, RECOMPUTED,
        part="implied", figures=figures, wording=one.wording,
    )  # fmt: skip

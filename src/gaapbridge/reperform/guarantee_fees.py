"""Fees of one guarantee at one instant under both frameworks, in whole minor units and exact fractions.

US GAAP recognises the fee receivable and the duty to stand ready at inception (460-10-25-4); IFRS recognises revenue
instalment by instalment over the days each covers (IFRS 15.35, B18).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction

from gaapbridge.reperform.calculation import Figure, estimated, proportion, total, whole
from gaapbridge.reperform.exact import Step, rounded_fraction
from gaapbridge.reperform.grid import months_later
from gaapbridge.reperform.guarantee import FeeInstalment, Guarantee


@dataclass(frozen=True, slots=True)
class Fees:
    """Fees to date at an instant: F, C, W, E, and N, what is outstanding of instalments due after twelve months.

    `fair_value` is V, of the duty to stand ready at inception; the same at every instant.
    """

    fair_value: int
    promised: int
    collected: int
    written_off: int
    revenue: int
    due_later: int

    @property
    def outstanding(self) -> int:
        """Fees neither collected nor written off."""
        return self.promised - self.collected - self.written_off

    @property
    def steps(self) -> tuple[Step, ...]:
        """What every figure of the fees starts from."""
        return (
            Step("fair value at inception V", self.fair_value, "460-10-30-2", "sum of the fees where none is given"),
            Step("fees promised F", self.promised, "", "all instalments"),
            Step("collected to date C", self.collected, "", ""),
            Step("written off to date W", self.written_off, "", ""),
            Step("due after twelve months N", self.due_later, "", "neither collected nor written off"),
            Step("revenue to date E", self.revenue, "IFRS 15.35, B18", "fees due, by days covered"),
        )


def fees_to_date(fair_value: int, instalments: tuple[FeeInstalment, ...], day: date, *, kept: bool) -> Fees:
    """The fees at an instant; of a guarantee settled early whose fee is kept, all revenue is earned."""
    total_fees = promised(instalments)
    twelve_months_on = months_later(day, 12)
    later = [one for one in instalments if one.due_date > twelve_months_on]
    return Fees(
        fair_value,
        total_fees,
        sum(one.collected_minor for one in instalments),
        sum(one.written_off_minor for one in instalments),
        total_fees if kept else sum(revenue_to_date(one, day) for one in instalments),
        sum(one.fee_minor - one.collected_minor - one.written_off_minor for one in later),
    )


def promised(instalments: tuple[FeeInstalment, ...]) -> int:
    """The fees of all instalments: F."""
    return sum(instalment.fee_minor for instalment in instalments)


def revenue_to_date(instalment: FeeInstalment, day: date) -> int:
    """Revenue of one instalment once it is due: its fee by the days it covers up to `day`, rounded once.

    >>> one = FeeInstalment(contract_id="G", due_date=date(2023, 3, 1), coverage_start=date(2023, 3, 1),
    ...     coverage_end=date(2023, 4, 1), fee_minor=1_000)
    >>> revenue_to_date(one, date(2023, 2, 28)), revenue_to_date(one, date(2023, 3, 11)), revenue_to_date(one, date(2024, 1, 1))
    (0, 323, 1000)
    """
    if instalment.due_date > day:
        return 0
    covered = (instalment.coverage_end - instalment.coverage_start).days
    elapsed = min(max((day - instalment.coverage_start).days, 0), covered)
    return rounded_fraction(Fraction(instalment.fee_minor * elapsed, covered))


@dataclass(frozen=True, slots=True)
class Receivable:
    """The fee receivable R, its part due after twelve months, fees written off to date w and accretion to date a."""

    amount: Figure
    non_current: Figure
    written_off: Figure
    accretion: Figure
    steps: tuple[Step, ...]


def us_receivable(fees: Fees, accretion_election: str) -> Receivable:
    """At fair value, collections above it being accretion: V = C - a + R + w at every instant."""
    value, collected, written_off = fees.fair_value, fees.collected, fees.written_off
    if accretion_election == "after_fair_value":
        amount = whole(max(0, value - collected - written_off))
        to_date = whole(min(written_off, max(0, value - collected)))
    else:
        amount, to_date = _pro_rata(fees, fees.outstanding), _pro_rata(fees, written_off)
    accretion = total((1, whole(collected - value)), (1, amount), (1, to_date))
    non_current = whole(0)
    if fees.outstanding:
        later = Fraction(amount.amount * fees.due_later, fees.outstanding)
        non_current = proportion(later, amount.slack, is_estimate=value != fees.promised and accretion_election == "pro_rata")
    steps = (
        Step("fee receivable R", amount.amount, "460-10-25-4", accretion_election),
        Step("fee receivable due after twelve months", non_current.amount, "", "R N / (F - C - W)"),
        Step("fees written off to date w", to_date.amount, "326-20-35-8", "of R"),
        Step("accretion to date a", accretion.amount, "", "C - (V - R - w)"),
    )
    return Receivable(amount, non_current, to_date, accretion, steps)


def ifrs_receivable(fees: Fees) -> Receivable:
    """Revenue not yet collected, less what was written off of it; all current, nothing accretes."""
    uncollected = max(0, fees.revenue - fees.collected)
    amount = whole(max(0, fees.revenue - fees.collected - fees.written_off))
    to_date = whole(uncollected - amount.amount)
    steps = (
        Step("fee receivable R", amount.amount, "IFRS 15.108", "revenue to date not collected"),
        Step("fees written off to date w", to_date.amount, "5.4.4", "of R"),
    )
    return Receivable(amount, whole(0), to_date, whole(0), steps)


def stand_ready(guarantee: Guarantee, fees: Fees, day: date, *, kept: bool) -> tuple[Figure, Step]:
    """V less its straight-line release over the days of the term; nil once the guarantee is settled early."""
    days, elapsed = guarantee.term_days, (day - guarantee.origination_date).days
    released = rounded_fraction(Fraction(fees.fair_value * min(max(elapsed, 0), days), days))
    amount = 0 if kept else fees.fair_value - released
    return whole(amount), Step("stand-ready liability S", amount, "460-10-35-1", f"{elapsed} of {days} days elapsed")


def contract_liability(fees: Fees) -> tuple[Figure, Step]:
    """Fees collected ahead of revenue."""
    amount = max(0, fees.collected - fees.revenue)
    return whole(amount), Step("contract liability K", amount, "IFRS 15.106", "collected ahead of revenue")


def fee_allowance(receivable: Receivable, rate: Decimal) -> tuple[Figure, Figure, Step]:
    """Loss rate times the receivable, and times its non-current part."""
    amount = estimated(receivable.amount.amount * rate, receivable.amount.slack)
    later = estimated(receivable.non_current.amount * rate, receivable.non_current.slack)
    return amount, later, Step("allowance for fees", amount.amount, "326-20-30-3; 5.5.15, B5.5.35", f"loss rate {rate}")


def _pro_rata(fees: Fees, part: int) -> Figure:
    """V x part / F: exact where V is F, an estimate that may lie near half elsewhere; nil without fees."""
    if fees.promised == 0:
        return whole(0)
    return proportion(Fraction(fees.fair_value * part, fees.promised), is_estimate=fees.fair_value != fees.promised)

"""The fees of one guarantee at an instant, and what each framework makes of them.

Letters are those of the page on the measurement of guarantees. A fee is earned in whole minor units over the days it covers.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction

from gaapbridge.reperform.assumptions import Versions, read_rates
from gaapbridge.reperform.calculation import NIL, Figure, estimated, proportion, total, whole
from gaapbridge.reperform.exact import Step, rounded_fraction
from gaapbridge.reperform.grid import months_later
from gaapbridge.reperform.guarantees.contract import FeeInstalment, Guarantee
from gaapbridge.reperform.translated import Lying


@dataclass(frozen=True, slots=True)
class FeesToDate:
    """What the fee tape of an instant adds up to, in whole minor units.

    `promised` F, `collected` C, `written_off` W; `earned` E and `earned_and_lost` X of the instalments that count; what is
    outstanding of those that are `due` D, or `due_after_a_year` N; what is earned and outstanding of those not yet due:
    `undue` Q, and `undue_after_a_year` M.
    """

    promised: int
    collected: int
    written_off: int
    earned: int
    earned_and_lost: int
    due: int
    due_after_a_year: int
    undue: int
    undue_after_a_year: int

    @property
    def outstanding(self) -> int:
        """What is neither collected nor written off, earned or not."""
        return self.promised - self.collected - self.written_off

    @property
    def net_position(self) -> int:
        """What IFRS has earned less what was collected or lost of it; below nil it was collected ahead (IFRS 15.105)."""
        return self.earned - self.collected - self.earned_and_lost

    @classmethod
    def of(cls, instalments: Iterable[FeeInstalment], day: date, *, is_kept: bool, counts_when_due: bool) -> FeesToDate:
        """The fees on a day; of a guarantee that ended and is kept all are earned, due or not (IFRS 15.35, B18)."""
        listed, next_year = tuple(instalments), months_later(day, 12)
        earned = [(one, one.fee_minor if is_kept else earned_by(one, day)) for one in listed]
        counted = [(one, amount) for one, amount in earned if is_kept or not counts_when_due or one.due_date <= day]
        undue = [
            (one.due_date, max(0, amount - one.collected_minor - one.written_off_minor))
            for one, amount in earned
            if one.due_date > day
        ]
        return cls(
            promised=promised(listed),
            collected=sum(one.collected_minor for one in listed),
            written_off=sum(one.written_off_minor for one in listed),
            earned=sum(amount for _, amount in counted),
            earned_and_lost=sum(min(one.written_off_minor, max(0, amount - one.collected_minor)) for one, amount in counted),
            due=outstanding(one for one in listed if one.due_date <= day),
            due_after_a_year=outstanding(one for one in listed if one.due_date > next_year),
            undue=sum(amount for _, amount in undue),
            undue_after_a_year=sum(amount for due_date, amount in undue if due_date > next_year),
        )


@dataclass(frozen=True)
class FeeLossRates:
    """Shares of fees that will be written off, by version, segment and bucket: of all `promised`, and of those `earned`."""

    promised: Versions
    earned: Versions

    @classmethod
    def read(cls, path: Lying) -> FeeLossRates:
        """The two columns of a fee loss table."""
        return cls(*(read_rates(path, ("segment", "bucket"), column) for column in ("loss_rate", "earned_loss_rate")))


def promised(instalments: Iterable[FeeInstalment]) -> int:
    """The sum of the fees F."""
    return sum(one.fee_minor for one in instalments)


def outstanding(instalments: Iterable[FeeInstalment]) -> int:
    """What of some instalments is neither collected nor written off."""
    return sum(one.fee_minor - one.collected_minor - one.written_off_minor for one in instalments)


def earned_by(instalment: FeeInstalment, day: date) -> int:
    """Revenue of one fee to date: its share by the days of its coverage that have elapsed (IFRS 15.35, B18).

    >>> cover = {"coverage_start": date(2023, 12, 1), "coverage_end": date(2024, 1, 1)}
    >>> one = FeeInstalment(contract_id="G", due_date=date(2024, 1, 1), fee_minor=1_000, **cover)
    >>> [earned_by(one, day) for day in (date(2023, 11, 30), date(2023, 12, 31), date(2024, 2, 1))]
    [0, 968, 1000]
    """
    covered = (instalment.coverage_end - instalment.coverage_start).days
    elapsed = (day - instalment.coverage_start).days
    return rounded_fraction(Fraction(instalment.fee_minor * max(0, min(elapsed, covered)), covered))


@dataclass(frozen=True, slots=True)
class Receivable:
    """An asset from fees: its amount, the part due after a year, and what was written off of it to date."""

    amount: Figure
    non_current: Figure
    written_off: Figure


def us_receivable(value: Figure, fees: FeesToDate, accretion: str) -> Receivable:
    """The fee receivable, recognised at the fair value V: settled by shares, or before anything accretes (460-10-55-23(a))."""
    if accretion == "pro_rata":
        amount, lost = (share(value, part, fees.promised) for part in (fees.outstanding, fees.written_off))
    else:
        left = max(0, value.amount - fees.collected)
        amount, lost = (
            whole(max(0, left - fees.written_off), value.slack),
            whole(min(fees.written_off, left), value.slack),
        )
    return Receivable(amount, part_of(amount, fees.due_after_a_year, fees.outstanding), lost)


def us_accretion(value: Figure, fees: FeesToDate, receivable: Receivable) -> Figure:
    """Collected above fair value to date: a = C - (V - R - w) (835-30-35-2)."""
    return total((1, whole(fees.collected)), (-1, value), (1, receivable.amount), (1, receivable.written_off))


def stand_ready(value: Figure, guarantee: Guarantee, day: date) -> Figure:
    """The fair value less what of it falls to the days elapsed of the term, in whole minor units (460-10-35-2(b))."""
    elapsed = max(0, min((day - guarantee.origination_date).days, guarantee.term_days))
    return whole(value.amount - rounded_fraction(Fraction(value.amount * elapsed, guarantee.term_days)), value.slack)


def ifrs_receivables(fees: FeesToDate) -> tuple[Receivable, Receivable]:
    """What is earned and not collected: up to what is due the fee receivable, above it the accrued fee (IFRS 15.105, 108)."""
    earned = max(0, fees.net_position)
    due, accrued = min(earned, fees.due), whole(max(0, earned - fees.due))
    later = part_of(accrued, fees.undue_after_a_year, fees.undue)
    return Receivable(whole(due), NIL, whole(fees.earned_and_lost)), Receivable(accrued, later, NIL)


def contract_liability(fees: FeesToDate) -> int:
    """Collected ahead of the coverage it pays for, K (IFRS 15.106)."""
    return max(0, -fees.net_position)


def absorbed(liability: int, allowance: Figure, tax_rate: Fraction) -> Figure:
    """The part of the unearned fees that the loss allowance absorbs: the higher of the two is the liability (4.2.1(c)).

    Income excludes what is collected for the tax authority, so the amount compared is net of tax (IFRS 15.47).

    >>> [absorbed(106, whole(allowance), Fraction(6, 100)).amount for allowance in (40, 103, -1)]
    [40, 100, 0]
    """
    unearned = liability - tax_inside(whole(liability), tax_rate).amount
    is_close = allowance.amount <= unearned + allowance.slack
    return whole(min(unearned, max(0, allowance.amount)), allowance.slack if is_close else 0)


def fee_allowance(receivable: Receivable, loss_rate: Decimal) -> tuple[Figure, Figure]:
    """Loss rate x receivable, whole and non-current (326-20-30-3; IFRS 9 5.5.3, 5.5.5, B5.5.35)."""
    whole_of_it, later = (
        estimated(part.amount * loss_rate, part.slack) for part in (receivable.amount, receivable.non_current)
    )
    return whole_of_it, later


def tax_inside(amount: Figure, rate: Fraction) -> Figure:
    """Value-added tax inside an amount that includes it.

    >>> tax_inside(whole(-3_032), Fraction(6, 100)).amount
    -172
    """
    return whole(rounded_fraction(amount.amount * rate / (1 + rate)), amount.slack)


def share(value: Figure, part: int, of: int) -> Figure:
    """The fair value's share in a part of the fees; an estimate unless it is the fees themselves."""
    return proportion(Fraction(value.amount * part, of), value.slack, is_estimate=value.amount != of) if of else NIL


def part_of(amount: Figure, part: int, of: int) -> Figure:
    """The part of an amount that goes with a part of what it is made of; nil where that is nil."""
    return proportion(Fraction(amount.amount * part, of), amount.slack, is_estimate=False) if of else NIL


def fee_steps(fees: FeesToDate) -> tuple[Step, ...]:
    """What the fee tape adds up to, for reading."""
    return (
        Step("fees promised F", fees.promised),
        Step("collected to date C", fees.collected),
        Step("written off to date W", fees.written_off),
        Step("fees due and outstanding D", fees.due),
        Step("revenue to date E", fees.earned, "IFRS 15.35, B18", "by the days of coverage"),
        Step("earned and lost to date X", fees.earned_and_lost, "5.4.4", "written off after it was revenue"),
    )

"""Fees of one guarantee at one instant under both frameworks, in whole minor units and exact fractions.

US GAAP recognises the fee receivable and the duty to stand ready at inception (460-10-25-4, 460-10-55-23(a)); IFRS nothing
(IFRS 9 B2.5(a)), and then revenue instalment by instalment over the days each covers (IFRS 15.35, B18).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction

from gaapbridge.reperform.calculation import Figure, estimated, proportion, total, whole
from gaapbridge.reperform.exact import Step, rounded_fraction
from gaapbridge.reperform.grid import months_later
from gaapbridge.reperform.guarantees.contract import FeeInstalment, Guarantee


@dataclass(frozen=True, slots=True)
class Fees:
    """Fees to date at an instant: F, C, W, E, X, D, and N, what is outstanding of instalments due after twelve months.

    Q is what is earned and outstanding of instalments not yet due, M the part of it due after twelve months.

    `fair_value` is V, of the duty to stand ready at inception, the same at every instant; `origin` says of what it is.
    `is_kept` where the guarantee has left and its fees are owed still.
    """

    fair_value: int
    origin: Step
    promised: int
    collected: int
    written_off: int
    revenue: int
    earned_and_lost: int
    due: int
    due_later: int
    undue_earned: int
    undue_earned_later: int
    is_kept: bool

    @property
    def outstanding(self) -> int:
        """Fees neither collected nor written off."""
        return self.promised - self.collected - self.written_off

    @property
    def steps(self) -> tuple[Step, ...]:
        """What every figure of the fees starts from."""
        return (
            self.origin,
            Step("fees promised F", self.promised, "", "all instalments"),
            Step("collected to date C", self.collected, "", ""),
            Step("written off to date W", self.written_off, "", ""),
            Step("due and outstanding D", self.due, "", "neither collected nor written off"),
            Step("due after twelve months N", self.due_later, "", "neither collected nor written off"),
            Step("revenue to date E", self.revenue, "IFRS 15.35, B18", "all" if self.is_kept else "by days covered"),
            Step("earned and lost to date X", self.earned_and_lost, "5.4.4", "the part of W that was revenue"),
        )


def fees_to_date(
    fair_value: tuple[int, Step], instalments: tuple[FeeInstalment, ...], day: date, *, kept: bool, only_when_due: bool
) -> Fees:
    """The fees at an instant; of a guarantee that left and whose fees are kept, all are earned, and lost as written off.

    `only_when_due`: an instalment is no revenue before its due date.
    """
    total_fees, written_off = promised(instalments), sum(one.written_off_minor for one in instalments)
    twelve_months_on = months_later(day, 12)
    due = [one for one in instalments if one.due_date <= day]
    undue = [one for one in instalments if one.due_date > day]
    later = [one for one in undue if one.due_date > twelve_months_on]
    counted = due if only_when_due else instalments
    return Fees(
        *fair_value,
        total_fees,
        sum(one.collected_minor for one in instalments),
        written_off,
        total_fees if kept else sum(earned_to_date(one, day) for one in counted),
        written_off if kept else sum(earned_and_lost(one, day) for one in counted),
        still_owed(due),
        still_owed(later),
        still_owed(undue) if kept else sum(earned_and_owed(one, day) for one in undue),
        still_owed(later) if kept else sum(earned_and_owed(one, day) for one in later),
        kept,
    )


def promised(instalments: Iterable[FeeInstalment]) -> int:
    """The fees of all instalments: F."""
    return sum(instalment.fee_minor for instalment in instalments)


def still_owed(instalments: Iterable[FeeInstalment]) -> int:
    """Fees neither collected nor written off, of the instalments given."""
    return sum(one.fee_minor - one.collected_minor - one.written_off_minor for one in instalments)


def earned_to_date(instalment: FeeInstalment, day: date) -> int:
    """What of one instalment is earned: its fee by the days it covers up to `day`, rounded once, whether due or not.

    >>> one = FeeInstalment(contract_id="G", due_date=date(2023, 4, 1), coverage_start=date(2023, 3, 1),
    ...     coverage_end=date(2023, 4, 1), fee_minor=1_000)
    >>> earned_to_date(one, date(2023, 2, 28)), earned_to_date(one, date(2023, 3, 11)), earned_to_date(one, date(2024, 1, 1))
    (0, 323, 1000)
    """
    covered = (instalment.coverage_end - instalment.coverage_start).days
    elapsed = min(max((day - instalment.coverage_start).days, 0), covered)
    return rounded_fraction(Fraction(instalment.fee_minor * elapsed, covered))


def earned_and_lost(instalment: FeeInstalment, day: date) -> int:
    """What was written off of one instalment's revenue to date: of a fee not earned yet, nothing.

    >>> one = FeeInstalment(contract_id="G", due_date=date(2023, 3, 1), coverage_start=date(2023, 3, 1),
    ...     coverage_end=date(2023, 4, 1), fee_minor=1_000, collected_minor=300, written_off_minor=700)
    >>> earned_and_lost(one, date(2023, 2, 28)), earned_and_lost(one, date(2023, 3, 11)), earned_and_lost(one, date(2024, 1, 1))
    (0, 23, 700)
    """
    return min(instalment.written_off_minor, max(0, earned_to_date(instalment, day) - instalment.collected_minor))


def earned_and_owed(instalment: FeeInstalment, day: date) -> int:
    """What of one instalment is earned and neither collected nor written off."""
    return max(0, earned_to_date(instalment, day) - instalment.collected_minor - instalment.written_off_minor)


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
    non_current = _due_later(fees, amount, is_estimate=value != fees.promised and accretion_election == "pro_rata")
    steps = (
        Step("fee receivable R", amount.amount, "460-10-55-23(a)", accretion_election),
        Step("fee receivable due after twelve months", non_current.amount, "", "R N / (F - C - W)"),
        Step("fees written off to date w", to_date.amount, "326-20-35-8", "of R"),
        Step("accretion to date a", accretion.amount, "835-30-35-2", "C - (V - R - w)"),
    )
    return Receivable(amount, non_current, to_date, accretion, steps)


def ifrs_receivable(fees: Fees) -> Receivable:
    """Revenue neither collected nor lost, as far as it is due; nothing accretes, and nothing due is non-current."""
    amount, to_date = whole(min(_net_revenue(fees), fees.due)), whole(fees.earned_and_lost)
    steps = (
        Step("recognised at inception", 0, "B2.5(a)", "the fees to come are the fair value of the duty"),
        Step("fee receivable R", amount.amount, "IFRS 15.105, 108", "E - C - X, where positive, up to D"),
        Step("fees written off to date w", to_date.amount, "5.4.4", "X"),
    )
    return Receivable(amount, whole(0), to_date, whole(0), steps)


def accrued_fee(fees: Fees) -> Receivable:
    """Revenue neither collected nor lost above what is due: only time is needed before it is (IFRS 15.108)."""
    amount = _net_revenue(fees) - min(_net_revenue(fees), fees.due)
    later = Fraction(amount * fees.undue_earned_later, fees.undue_earned) if fees.undue_earned else Fraction(0)
    non_current = proportion(later, is_estimate=False)
    steps = (
        Step("accrued fee A", amount, "IFRS 15.105, 108", "E - C - X above D"),
        Step("accrued fee due after twelve months", non_current.amount, "", "A M / Q"),
    )
    return Receivable(whole(amount), non_current, whole(0), whole(0), steps)


def _net_revenue(fees: Fees) -> int:
    return max(0, fees.revenue - fees.collected - fees.earned_and_lost)


def stand_ready(guarantee: Guarantee, fees: Fees, day: date, *, kept: bool) -> tuple[Figure, Step]:
    """V less its straight-line release over the days of the term; nil once the guarantee has left."""
    days, elapsed = guarantee.term_days, (day - guarantee.origination_date).days
    released = rounded_fraction(Fraction(fees.fair_value * min(max(elapsed, 0), days), days))
    amount = 0 if kept else fees.fair_value - released
    return whole(amount), Step("stand-ready liability S", amount, "460-10-35-2(b)", f"{elapsed} of {days} days elapsed")


def contract_liability(fees: Fees) -> tuple[Figure, Step]:
    """Fees collected ahead of the coverage they pay for."""
    amount = max(0, fees.collected + fees.earned_and_lost - fees.revenue)
    return whole(amount), Step("contract liability K", amount, "IFRS 15.105, 106", "C + X - E, where positive")


def higher_of(liability: Figure, allowance: Figure, vat_rate: Fraction) -> tuple[Figure, tuple[Step, ...]]:
    """The part of the unearned fees U, net of tax, that the loss allowance takes the place of (4.2.1(c)).

    >>> [higher_of(whole(106), whole(allowance), Fraction(6, 100))[0].amount for allowance in (40, 103, -1)]
    [40, 100, 0]
    """
    unearned = liability.amount - tax_inside(liability, vat_rate).amount
    amount = min(unearned, max(0, allowance.amount))
    absorbed = whole(amount, allowance.slack if allowance.amount <= unearned + allowance.slack else 0)
    steps = (
        Step("unearned fees U", unearned, "IFRS 15.47", "K less the tax inside it"),
        Step("absorbed by the loss allowance", amount, "4.2.1(c)", "min(U, max(0, L))"),
    )
    return absorbed, steps


def tax_inside(part: Figure, rate: Fraction) -> Figure:
    """Value-added tax inside an amount that includes it: half_away(x v / (1 + v)).

    >>> tax_inside(whole(-106), Fraction(6, 100)).amount, tax_inside(whole(106), Fraction(0)).amount
    (-6, 0)
    """
    return whole(rounded_fraction(part.amount * rate / (1 + rate)), part.slack)


def fee_allowance(receivable: Receivable, rate: Decimal) -> tuple[Figure, Figure, Step]:
    """Loss rate times the receivable, and times its non-current part."""
    amount = estimated(receivable.amount.amount * rate, receivable.amount.slack)
    later = estimated(receivable.non_current.amount * rate, receivable.non_current.slack)
    return amount, later, Step("allowance for fees", amount.amount, "326-20-30-3; 5.5.15, B5.5.35", f"loss rate {rate}")


def _due_later(fees: Fees, receivable: Figure, *, is_estimate: bool) -> Figure:
    """The part of a receivable due after twelve months: R N / (F - C - W), nil where nothing is outstanding."""
    if fees.outstanding == 0:
        return whole(0)
    return proportion(Fraction(receivable.amount * fees.due_later, fees.outstanding), receivable.slack, is_estimate=is_estimate)


def _pro_rata(fees: Fees, part: int) -> Figure:
    """V x part / F: exact where V is F, an estimate that may lie near half elsewhere; nil without fees."""
    if fees.promised == 0:
        return whole(0)
    return proportion(Fraction(fees.fair_value * part, fees.promised), is_estimate=fees.fair_value != fees.promised)

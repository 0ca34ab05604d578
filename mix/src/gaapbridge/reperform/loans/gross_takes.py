"""What gross amounts take as income of a loan from its first day in default to its last: T.

Interest of the contract, in cash and in what is owed, service fees, and the deferral as it unwinds, by the best that is told of
it. What of it is above the rate on gross less allowance is no revenue (IFRS 9 5.4.1(b)).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from gaapbridge.reperform.assumptions import Assumptions
from gaapbridge.reperform.exact import ONE, ZERO, Step
from gaapbridge.reperform.interest import Terms, ifrs_deferral_ratio
from gaapbridge.reperform.loan import MATURED, ON_BOOK, PREPAID
from gaapbridge.reperform.loans.interest_owed import InterestOwed
from gaapbridge.reperform.loans.owed import Owed, principal_after
from gaapbridge.reperform.loans.received import interest_at_state, paid_last_beyond, received_by_rows, received_in
from gaapbridge.reperform.loans.told import Default, Told, paid_at

Part = tuple[str, Decimal]
"""What gross takes, called by what it is, in minor units."""


@dataclass(frozen=True, slots=True)
class GrossTakes:
    """T with its parts, in minor units.

    >>> takes = GrossTakes(date(2023, 1, 1), date(2023, 7, 1), (("interest paid", Decimal(40)), ("deferral", Decimal(-15))))
    >>> takes.total, [step.name for step in takes.steps()]
    (Decimal('25'), ['interest paid', 'deferral', 'gross takes from 2023-01-01 to 2023-07-01'])
    """

    begins: date
    ends: date
    parts: tuple[Part, ...]

    @property
    def total(self) -> Decimal:
        """T, in minor units."""
        return sum((amount for _, amount in self.parts), ZERO)

    def steps(self) -> tuple[Step, ...]:
        """The parts, then what they add up to."""
        parts = (Step(name, amount, "", "part of what gross takes") for name, amount in self.parts)
        in_all = Step(f"gross takes from {self.begins} to {self.ends}", self.total, "5.4.1(b)", "the sum of its parts")
        return (*parts, in_all)


@dataclass(frozen=True, slots=True)
class InDefault:
    """One time in default and what is known of it: the terms of the loan, principal and interest owed from day to day."""

    told: Told
    default: Default
    terms: Terms
    owed: Owed
    account: InterestOwed

    def gross_takes(self, assumptions: Assumptions, opening: date) -> GrossTakes:
        """T of its days in the period, which begins with the opening.

        By payments that tell interest; else by interest received to date, where both tapes state it and the loan was in default
        at the opening already; else by what is billed.
        """
        received = None if self.owed.tells_interest else self._received(opening)
        if received is not None:
            parts = self._by_interest_received(received)
        else:
            told = self._by_payments() if self.owed.tells_interest else (*self._by_rows(), *self._waived(opening))
            parts = (self._billed(), *told)
        unwound = ("deferral at the end less that at the beginning", self._deferral_rise(assumptions, opening))
        return GrossTakes(self.default.begins, self.default.until, (*parts, unwound))

    def _received(self, opening: date) -> Decimal | None:
        """What interest received to date rose by, before the last payment of a loan that was repaid."""
        return received_in(self.told, self.default, self.owed, self.terms.schedule, self.terms.grid, opening)

    def _billed(self) -> Part:
        """What has come to be owed of interest, paid or not."""
        return "interest billed", self.account.come(self.default.until) - self.account.come(self.default.begins)

    @property
    def _fee_apart(self) -> int:
        """The service fee of an instalment; nil where it is billed, in minor units."""
        return self.told.row.service_fee_minor - self.account.billed.service_fee_minor

    def _by_payments(self) -> tuple[Part, ...]:
        """Service fees paid that are apart; of a default that lasts until the loan was repaid all of them, and what it paid
        last beyond the interest it owed: below nil that was waived, a loss and no revenue (B5.4.6, 5.5.8)."""
        begins, payments = self.default.begins, self.owed.payments
        are_billed = self.account.billed.service_fee_minor > 0
        repaid = self.default.lasts and self.told.row.status in (PREPAID, MATURED)
        fees = 0 if are_billed else payments.service_fees(begins, date.max if repaid else self.default.until)
        parts: tuple[Part, ...] = (("service fees paid", Decimal(fees)),)
        if not repaid:
            return parts
        beyond = paid_last_beyond(self.told, self.owed, self.terms.schedule, self.terms.grid, with_fees=are_billed)
        return (*parts, ("paid last beyond the interest owed, waived if below nil", beyond))

    def _by_rows(self) -> tuple[Part, ...]:
        """What was paid on days not told and is missing in what is billed, and service fees, if apart, of the instalments paid
        since the beginning: of a time that was cured all that fell due by its end."""
        paid = self.owed.on(self.default.begins).paid
        caught_up = self.terms.grid.position(self.default.until).k - paid if self.told.cured(self.default) else 0
        since = self.told.instalments_since(self.terms.grid, paid) if self.default.lasts else caught_up
        fees = Decimal(self._fee_apart * since)
        return (
            ("interest paid on days not told", max(ZERO, -self.account.untold)),
            ("service fees of instalments paid", fees),
        )

    def _waived(self, opening: date) -> tuple[Part, ...]:
        """V: what is missing in what rows state as received, and in what is owed in the end, to what came: waived with the cure
        of a default, below nil. Of one that began after the opening only where principal fell by no more than agreed, nothing
        was added to it before, and more is missing than roundings."""
        told, default, grid, schedule = self.told, self.default, self.terms.grid, self.terms.schedule
        if not told.cured(default):
            return ()
        rows = received_by_rows(told, self.owed, schedule, grid, opening)
        if rows is None or rows.stated is None:
            return ()
        by_row = told.before_in(default, opening) is not None
        apart, cured, last = self._fee_apart, grid.position(default.until).k, grid.position(told.day).k
        first = 0 if told.before is None else paid_at(grid, told.before, opening)
        then = first if by_row else max(first, self.owed.on(default.begins).paid)
        fees = (rows.instalments if apart else last - cured + then - first) * told.row.service_fee_minor
        earlier = self.owed.scheduled_interest(schedule, grid, first, then)
        ahead = 0 if told.before is None or by_row else told.before.service_fees_ahead_minor
        came = earlier + self.account.come(default.until) + self._came_since() + fees - ahead
        lacks = min(ZERO, rows.settled + rows.before_the_last - came)
        fallen = last - (0 if told.before is None else grid.position(opening).k)
        if not by_row and (lacks >= -fallen - 1 or not self._fell_as_agreed(first, last)):
            return ()
        return (("waived with the cure", lacks),)

    def _fell_as_agreed(self, first: int, last: int) -> bool:
        """Whether principal fell by no more than the schedule has it from the opening on, and nothing was added before."""
        told, balances = self.told, self.terms.schedule.balances
        known = told.row.principal_minor if told.before is None else told.before.outstanding_principal_minor
        agreed = known * balances[last] / balances[first] if balances[first] > ZERO else ZERO
        left = told.row.outstanding_principal_minor - told.risen_by(told.day)
        return told.risen_by(self.default.begins) == 0 and left >= agreed - ONE

    def _came_since(self) -> Decimal:
        """C: what comes of interest after a cure up to the state, by schedule; of who repaid ahead, as that brings none, on the
        principal that is left; and on what was capitalised since its day."""
        told, ended, grid, schedule = self.told, self.default.until, self.terms.grid, self.terms.schedule
        after = principal_after(told, self.default, self.owed, schedule, grid) - told.risen_by(ended)
        added, balances = told.risen_by(told.day), schedule.balances
        left = Decimal(told.row.outstanding_principal_minor - added)
        first, last, since = grid.position(ended), grid.position(told.day), grid.periods(told.day) - grid.periods(ended)
        on_added = told.interest_on_risen(schedule.rate, grid, ended, told.day)
        if balances[first.k] > ZERO and left < after * balances[last.k] / balances[first.k] - ONE:
            return schedule.rate * left * since + on_added
        running = left * last.period_length * last.f - after * first.period_length * first.f
        fallen, owed = self.owed.scheduled_interest(schedule, grid, first.k, last.k), self.owed.scale * balances[first.k]
        if self.owed.by_payments is not None and ZERO <= after < owed:
            fallen *= after / owed
        return fallen + schedule.rate * running + on_added

    def _by_interest_received(self, received: Decimal) -> tuple[Part, ...]:
        """Interest received, and what is owed of it more than at the beginning."""
        return (
            ("interest received", received),
            (f"interest owed on {self.told.day}", interest_at_state(self.told, self.terms.schedule, self.terms.grid)),
            (f"less interest owed on {self.account.begins}", -self.account.first),
        )

    def _deferral_rise(self, assumptions: Assumptions, opening: date) -> Decimal:
        """E: the deferral on the principal of the last day less that of the first.

        Each by the prepayment curves in force on its day, so that what new ones of the period catch up is taken, and is no
        revenue (5.4.1(b)); of a loan that left, both by those of the opening, with which it is carried until it leaves. What is
        left after a loan was repaid is nil.
        """
        row, begins, until = self.told.row, self.default.begins, self.default.until
        first, last = (
            ifrs_deferral_ratio(row, self.terms, day, assumptions, day if row.status == ON_BOOK else opening)
            for day in (begins, until)
        )
        repaid = self.default.lasts and row.status in (PREPAID, MATURED)
        after = principal_after(self.told, self.default, self.owed, self.terms.schedule, self.terms.grid)
        return (ZERO if repaid else last * after) - first * self.owed.on(begins).principal

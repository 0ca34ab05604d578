"""What gross amounts take as income of a loan from its first day in default to its last: T.

Interest of the contract, in cash and in what is owed, service fees, and the deferral as it unwinds, by the best that is told of
it. What of it is above the rate on gross less allowance is no revenue (IFRS 9 5.4.1(b)).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from gaapbridge.reperform.assumptions import Assumptions
from gaapbridge.reperform.exact import ZERO, Step
from gaapbridge.reperform.interest import Terms, ifrs_deferral_ratio
from gaapbridge.reperform.loans.interest_owed import InterestOwed, interest_at_state
from gaapbridge.reperform.loans.owed import Owed
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
        at the opening already; else by what the contract brings.
        """
        if self.owed.by_payments and self.owed.by_payments.tells_interest:
            parts = self._by_payments()
        else:
            received = self._received(opening)
            parts = self._by_contract() if received is None else (("interest received", received), *self._rise())
        unwound = ("deferral at the end less that at the beginning", self._deferral_rise(assumptions, opening))
        return GrossTakes(self.default.begins, self.default.until, (*parts, unwound))

    def _by_payments(self) -> tuple[Part, ...]:
        """Interest paid and what is owed more, and service fees paid.

        At the end of a time that was cured is owed what was at its beginning and what the contract brought, less what was paid:
        what was paid adds nothing to what the contract brought.
        """
        begins, last = self.default.begins, self.told.last_day_paid(self.default)
        fees = self.owed.payments.service_fees(self.told.row.service_fee_minor, begins, last)
        if not self.default.lasts:
            return self._brought(), ("service fees paid", Decimal(fees))
        paid = self.owed.payments.interest(begins, last)
        return ("interest paid", Decimal(paid)), *self._rise(), ("service fees paid", Decimal(fees))

    def _received(self, opening: date) -> Decimal | None:
        """What interest received to date, service fees in it, rose by from row to row; None where that is not told."""
        before = self.told.before_in(self.default, opening) if self.default.lasts else None
        first, last = None if before is None else before.interest_received_minor, self.told.row.interest_received_minor
        return None if first is None or last is None else Decimal(last - first)

    def _by_contract(self) -> tuple[Part, ...]:
        """What the contract brings, what is billed beyond, and service fees of the instalments paid since the beginning.

        Nothing tells the last two of a time that was cured.
        """
        instalments = paid_at(self.terms.grid, self.told.row, self.told.day) - self.owed.on(self.default.begins).paid
        fees = self.told.row.service_fee_minor * max(0, instalments) if self.default.lasts else 0
        beyond = max(ZERO, self.account.untold_after(self.default.begins))
        return (
            self._brought(),
            ("interest billed beyond the contract", beyond),
            ("service fees of instalments paid", Decimal(fees)),
        )

    def _brought(self) -> Part:
        return "interest of the contract", self.account.brought.between(self.default.begins, self.default.until)

    def _rise(self) -> tuple[Part, Part]:
        """Interest owed at the state, and less that at the beginning."""
        at_state = interest_at_state(self.told, self.terms.schedule, self.terms.grid)
        return (
            (f"interest owed on {self.told.day}", at_state),
            (f"less interest owed on {self.default.begins}", -self.account.on(self.default.begins)),
        )

    def _deferral_rise(self, assumptions: Assumptions, opening: date) -> Decimal:
        """E: the deferral on the principal of the last day less that of the first.

        Both by the curves of the opening, with which gross amounts are carried up to the state before they are measured anew.
        """
        row, begins, until = self.told.row, self.default.begins, self.default.until
        first, last = (ifrs_deferral_ratio(row, self.terms, day, assumptions, opening) for day in (begins, until))
        at_end = Decimal(row.outstanding_principal_minor) if self.default.lasts else self.owed.on(until).principal
        return last * at_end - first * self.owed.on(begins).principal

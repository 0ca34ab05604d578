"""Interest that a modification adds to the principal: interest received, and principal advanced, without cash.

The principal rose by it beside what payments and write-offs tell, and no more of interest could be owed (310-20-35-9 to 35-11;
IFRS 9 5.4.1, 5.4.3).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal, localcontext

from gaapbridge.reperform.exact import EXACT, ONE, ZERO
from gaapbridge.reperform.grid import Grid
from gaapbridge.reperform.interest import accrued_interest
from gaapbridge.reperform.loan import MATURED, PREPAID, Event, Loan, Paid, Payment
from gaapbridge.reperform.loans.told import Capitalised, paid_at, with_service_fees
from gaapbridge.reperform.schedule import Schedule, contractual_schedule


@dataclass(frozen=True, slots=True)
class _Begun:
    """A loan as its period begins: the day, principal, interest owed, instalments paid, and interest received to date."""

    day: date
    principal: int
    interest: Decimal
    paid: int
    stated: int | None

    @classmethod
    def of(cls, before: Loan | None, row: Loan, schedule: Schedule, grid: Grid, opening: date) -> _Begun:
        """By its row where it was on book, else as it was paid out."""
        if before is None:
            return cls(row.origination_date, row.principal_minor, ZERO, 0, 0)
        owed = accrued_interest(before, schedule, grid.position(opening))
        paid = paid_at(grid, before, opening)
        return cls(opening, before.outstanding_principal_minor, owed, paid, before.interest_received_minor)


def capitalised_in(
    before: Loan | None,
    row: Loan,
    day: date,
    modified: Sequence[Event],
    payments: Paid | None,
    off: Sequence[Payment],
    opening: date,
) -> Capitalised | None:
    """What the last of the modifications capitalised of a loan in a period that begins at an instant, up to the day of its
    state; None where it is nothing. `before` is its row at the opening if it was on book, `off` what was written off in part.
    """
    if not modified:
        return None
    with localcontext(EXACT):
        grid = row.grid
        schedule = contractual_schedule(row, grid)
        begun, on = _Begun.of(before, row, schedule, grid, opening), max(event.event_date for event in modified)
        paid = None if payments is None else with_service_fees(payments, grid, before, begun.paid, row, day)
        owed = _owed_at_most(begun, row, on, paid, schedule, grid)
        gone = row.status in (PREPAID, MATURED) and payments is not None
        left = 0 if gone else row.outstanding_principal_minor
        repaid = 0 if payments is None else payments.principal(date.max)
        rose = max(0, left + repaid + sum(part.principal_minor for part in off) - begun.principal)
        told = sum(event.amount_minor for event in modified) if payments is None else 0
        amount = told if rose <= told <= 2 * owed + ONE and told > 0 else rose
        if amount == 0 or amount > 2 * owed + ONE:
            return None
        lacks = _is_lacking(begun, row, day, on, amount, schedule, grid)
        return Capitalised(amount, on, beside_stated=lacks) if lacks or payments is not None else None


def _owed_at_most(begun: _Begun, row: Loan, on: date, payments: Paid | None, schedule: Schedule, grid: Grid) -> Decimal:
    """U: the interest and service fees that could be owed on a day: what has come to be by then, less payments that tell it."""
    periods = grid.periods_going_on(on) - grid.periods_going_on(begun.day)
    came = begun.interest + schedule.rate * begun.principal * periods
    came += row.service_fee_minor * (grid.position(on).k - begun.paid)
    if payments is None or not payments.tells_interest:
        return came
    return came - payments.interest(date.min, on) - payments.service_fees(date.min, on)


def _is_lacking(begun: _Begun, row: Loan, day: date, on: date, amount: int, schedule: Schedule, grid: Grid) -> bool:
    """Whether both rows state interest received, without what was capitalised: with it they are as near to what came."""
    if begun.stated is None or row.interest_received_minor is None:
        return False
    first, middle, last = (grid.periods_going_on(one) for one in (begun.day, on, day))
    came = schedule.rate * (begun.principal * (middle - first) + row.outstanding_principal_minor * (last - middle))
    paid = begun.interest + came - accrued_interest(row, schedule, grid.position(day))
    fees = row.service_fee_minor * (grid.position(day).k - grid.position(begun.day).k)
    stated = row.interest_received_minor - begun.stated

    def off(received: int) -> Decimal:
        return min(abs(received - paid), abs(received - paid - fees))

    return off(stated + amount) <= off(stated)


def with_capitalised(payments: Paid, capitalised: Capitalised | None, contract_id: str) -> Paid:
    """Payments with what was capitalised as interest paid on its day, and principal advanced."""
    if capitalised is None:
        return payments
    made = Payment(contract_id, capitalised.day, -capitalised.amount, capitalised.amount)
    return replace(payments, payments=(*payments.payments, made))

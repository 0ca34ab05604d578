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
from gaapbridge.reperform.loan import MATURED, ON_BOOK, PREPAID, Event, Loan, Paid, Payment
from gaapbridge.reperform.loans.told import Capitalised, paid_at, with_service_fees
from gaapbridge.reperform.schedule import Schedule, contractual_schedule


@dataclass(frozen=True, slots=True)
class _Begun:
    """A loan as its period begins: the day, principal, interest owed less service fees ahead, instalments paid, interest
    received to date, and these fees."""

    day: date
    principal: int
    interest: Decimal
    paid: int
    stated: int | None
    fees_ahead: int

    @classmethod
    def of(cls, before: Loan | None, row: Loan, schedule: Schedule, grid: Grid, opening: date) -> _Begun:
        """By its row where it was on book, else as it was paid out."""
        if before is None:
            return cls(row.origination_date, row.principal_minor, ZERO, 0, 0, 0)
        owed = accrued_interest(before, schedule, grid.position(opening))
        paid = paid_at(grid, before, opening)
        ahead = before.service_fees_ahead_minor
        return cls(opening, before.outstanding_principal_minor, owed, paid, before.interest_received_minor, ahead)


@dataclass(frozen=True, slots=True)
class Modified:
    """What modifications did to the principal of a loan: the interest added to it, None where none is, and what is off it
    without cash, each as principal of its day."""

    capitalised: Capitalised | None
    off: tuple[Payment, ...]


def modified_in(
    before: Loan | None,
    row: Loan,
    day: date,
    events: Sequence[Event],
    payments: Paid | None,
    off: Sequence[Payment],
    told: Sequence[Payment],
    opening: date,
) -> Modified:
    """What the modifications among the events of a period that begins at an instant did to a loan, up to the day of its state.

    `before` is its row at the opening if it was on book, `off` what was written off in part, and `told` what events have of
    that: more than the principal fell by, where interest was added to it too.
    """
    modified = [event for event in events if event.kind == "modification"]
    if not modified:
        return Modified(None, tuple(off))
    with localcontext(EXACT):
        grid = row.grid
        schedule = contractual_schedule(row, grid)
        begun, on = _Begun.of(before, row, schedule, grid, opening), max(event.event_date for event in modified)
        paid = None if payments is None else with_service_fees(payments, grid, before, begun.paid, row, day)
        most = 2 * _owed_at_most(begun, row, on, paid, schedule, grid) + ONE
        gone = row.status in (PREPAID, MATURED) and payments is not None
        left = 0 if gone else row.outstanding_principal_minor
        repaid = 0 if payments is None else payments.principal(date.max)

        def rise(parts: Sequence[Payment]) -> int:
            return left + repaid + sum(part.principal_minor for part in parts) - begun.principal

        off = told if told and not off and 0 <= rise(told) <= most else off
        rose, stated = rise(off), sum(event.amount_minor for event in modified)
        is_forgiven = payments is not None and row.status == ON_BOOK and rose < 0
        counts = (payments is None or is_forgiven) and rose <= stated <= most and stated > 0
        amount = stated if counts else max(0, rose)
        amount = amount if amount <= most else 0
        if is_forgiven:
            off = (*off, Payment(row.contract_id, on, amount - rose))
        if amount == 0:
            return Modified(None, tuple(off))
        rises = _rises(modified, amount, row.cured_date)
        lacks = _is_lacking(begun, row, day, rises[-1][0], amount, schedule, grid)
        added = Capitalised(rises, beside_stated=lacks) if lacks or payments is not None else None
        return Modified(added, tuple(off))


def _rises(modified: Sequence[Event], amount: int, cured: date | None) -> tuple[tuple[date, int], ...]:
    """An amount on the days of modifications: their own amounts where these come to it, else all with the cure, or the last."""
    in_order = sorted(modified, key=lambda event: event.event_date)
    if sum(event.amount_minor for event in in_order) == amount:
        return tuple((event.event_date, event.amount_minor) for event in in_order if event.amount_minor)
    days = [event.event_date for event in in_order]
    return ((cured if cured is not None and cured in days else days[-1], amount),)


def _owed_at_most(begun: _Begun, row: Loan, on: date, payments: Paid | None, schedule: Schedule, grid: Grid) -> Decimal:
    """U: the interest, and beside it the service fees, that could be owed on a day: what has come to be by then, less payments
    that tell it. Who has paid service fees ahead owes none, and no less of interest."""
    periods = grid.periods_going_on(on) - grid.periods_going_on(begun.day)
    interest = begun.interest + begun.fees_ahead + schedule.rate * begun.principal * periods
    fees = Decimal(row.service_fee_minor * (grid.position(on).k - begun.paid) - begun.fees_ahead)
    if payments is not None and payments.tells_interest:
        interest, fees = interest - payments.interest(date.min, on), fees - payments.service_fees(date.min, on)
    return interest + max(ZERO, fees)


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
    made = (Payment(contract_id, day, -amount, amount) for day, amount in capitalised.rises)
    return replace(payments, payments=(*payments.payments, *made))

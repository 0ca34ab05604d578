"""What a default finds owed: principal, and interest in the exposure, of one contract in a month ahead, and how much of either
falls due later than a number of months from the instant; see ``timeline``."""

from __future__ import annotations

from gaapbridge.measure.compile import compiled_part
from gaapbridge.measure.timeline import BEFORE_INSTALMENT, FIRST_MISSED, NO_INTEREST, TO_RECOGNITION


@compiled_part
def exposed(  # type: ignore[no-untyped-def]
    exposure, balance, instalments, due, paid, lag, principal, billed, elapsed, interest_rate, interest, t
):
    """Principal and interest exposed to a default of month ``t``, by the convention that ``exposure`` names."""
    if exposure == FIRST_MISSED:
        return exposed_first_missed(
            balance, instalments, due, paid, lag, principal, billed, elapsed, interest_rate, interest, t
        )
    return exposed_by_month(
        balance, instalments, due, principal, billed, interest_rate, interest, exposure == BEFORE_INSTALMENT, t
    )


@compiled_part
def first_missed(instalments, due, paid, lag, t):  # type: ignore[no-untyped-def]
    """How many instalments are paid by who defaults in month ``t``: ``lag`` due dates before, not fewer than now, not all."""
    return max(paid, min(due + t - lag - 1, instalments - 1))


@compiled_part
def months_of_arrears(exposure, instalments, due, paid, lag, horizon):  # type: ignore[no-untyped-def]
    """In how many of the months ahead a default began with the oldest instalment unpaid now; in all any may have, without a
    timeline. With a lag of three and nothing overdue, months 1 to 4."""
    if exposure != FIRST_MISSED or paid >= instalments - 1:
        return horizon
    return min(max(paid + lag + 1 - due, 0), horizon)


@compiled_part
def exposed_first_missed(  # type: ignore[no-untyped-def]
    balance, instalments, due, paid, lag, principal, billed, elapsed, interest_rate, interest, t
):
    """Principal and interest exposed to a default that is recognised in month ``t``: what was owed at its first miss.

    The first miss is ``lag`` due dates before, not earlier than the oldest unpaid instalment nor later than the last one: who
    defaults after curing has paid the arrears. A default that began before the instant has the interest billed and all that
    follows, one that begins later the interest of the periods to its recognition.
    """
    missed = first_missed(instalments, due, paid, lag, t)
    scheduled = balance[paid] if paid < instalments else 0.0
    owed = principal * (balance[missed] / scheduled) if scheduled > 0.0 else principal
    if interest == NO_INTEREST:
        return owed, 0.0
    if missed == paid:
        return owed, billed + principal * interest_rate * (t if interest == TO_RECOGNITION else elapsed)
    return owed, owed * interest_rate * (lag + 1) if interest == TO_RECOGNITION else 0.0


@compiled_part
def exposed_by_month(  # type: ignore[no-untyped-def]
    balance, instalments, due, principal, billed, interest_rate, interest, before_instalment, t
):
    """The same without a timeline: the balance before or after the instalment of month ``t``, its interest and that billed.

    A contract past its schedule is exposed as it stands.
    """
    if due >= instalments or balance[due] <= 0.0:
        start = owed = principal
    else:
        scale = principal / balance[due]
        start = balance[due + t - 1] * scale
        owed = start if before_instalment else balance[due + t] * scale
    return owed, start * interest_rate + billed if interest != NO_INTEREST else 0.0


@compiled_part
def due_beyond(exposure, balance, instalments, due, paid, lag, months, t):  # type: ignore[no-untyped-def]
    """Shares of the principal and of the interest that a default of month ``t`` finds owed which fall due after ``months``.

    Of the principal what the schedule leaves by then, of the interest all where the instalment first missed is due later. Of 24
    equal parts, three due dates between miss and recognition, month 14 misses the eleventh: 12 of 14 parts fall due beyond 12.
    """
    if exposure == FIRST_MISSED:
        owed = missed = first_missed(instalments, due, paid, lag, t)
    else:
        missed = due + t - 1
        owed = missed if exposure == BEFORE_INSTALMENT else missed + 1
    of_interest = 1.0 if missed >= due + months else 0.0
    if balance[owed] <= 0.0:
        return 0.0, of_interest
    return (balance[due + months] / balance[owed] if owed < due + months else 1.0), of_interest

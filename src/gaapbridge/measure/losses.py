"""Expected loss of one contract: what defaults of each month ahead find owed and deferred, weighted and discounted."""

from __future__ import annotations

import math

from gaapbridge.measure.compile import compiled
from gaapbridge.measure.exposure import arrears_unpaid, due_beyond, exposed
from gaapbridge.measure.timeline import FIRST_MISSED


@compiled
def state_loss(  # type: ignore[no-untyped-def]
    weights, of_interest, deferred_ahead, balance, instalments, due, paid, lag, elapsed, horizon, principal, exposure,
    interest_rate, billed, interest, factor, shift, near_months,
):  # fmt: skip
    """Expected loss of one contract over ``horizon`` months ahead, and its part of what falls due within ``near_months``.

    The sum of weight x exposure x factor^t, interest at the weights ``of_interest``; ``weights[t-1]`` holds survival x hazard
    x loss given default of month t, already averaged over scenarios. A unit of principal loses ``deferred_ahead[t-1]`` besides,
    which is below nil where fees are deferred: a default is no gain, but may be no loss. With nothing owed there is none.
    """
    past = due >= instalments or balance[due] <= 0.0
    if past and principal <= 0.0 and (exposure != FIRST_MISSED or billed <= 0.0):
        return 0.0, 0.0
    months = horizon if exposure == FIRST_MISSED or not past else 1
    total, near = 0.0, 0.0
    for t in range(months, 0, -1):
        owed, accrued = exposed(
            exposure, balance, instalments, due, paid, lag, principal, billed, elapsed, interest_rate, interest, t
        )
        of_principal = weights[t - 1] * owed + deferred_ahead[t - 1] * owed
        of_accrued = of_interest[t - 1] * accrued
        lost = max(of_principal + of_accrued, 0.0)
        total = (total + lost) * factor
        if near_months > 0:
            later, accrued_later = due_beyond(exposure, balance, instalments, due, paid, lag, near_months, t)
            soon = of_principal * (1.0 - later) + of_accrued * (1.0 - accrued_later)
            near = (near + min(max(soon, 0.0), lost)) * factor
    moved = factor**-shift if shift > 0.0 else 1.0
    return total * moved, near * moved


@compiled
def fill_deferred_of_a_unit(  # type: ignore[no-untyped-def]
    found, whole, bare, balance, instalments, first_length, factor, bare_factor, due, elapsed, day, horizon
):
    """Fills ``found[t-1]``: what is deferred of each minor unit of principal ``day`` + t periods after due date ``due``, or at
    the instant, ``elapsed`` after it, where that is later; nil from the last due date on.

    What the contract is worth after the instalment before, ``whole``, above the same ``bare`` of fees and costs, each grown to
    the day. Of 100 owed that are worth 95, -0.05 on the due date.
    """
    whole_periods = math.floor(day)
    part = day - whole_periods
    growth, bare_growth = factor**-part, bare_factor**-part
    for t in range(1, horizon + 1):
        is_past = t + day < elapsed
        number = due if is_past else due + t + int(whole_periods)
        if number >= instalments or balance[number] <= 0.0:
            found[t - 1] = 0.0
        elif is_past or (number == 0 and first_length != 1.0):
            stub = (elapsed if is_past else part) * (first_length if number == 0 else 1.0)
            found[t - 1] = (whole[number] * factor**-stub - bare[number] * bare_factor**-stub) / balance[number]
        else:
            found[t - 1] = (whole[number] * growth - bare[number] * bare_growth) / balance[number]


@compiled
def fill_deferred_ahead(  # type: ignore[no-untyped-def]
    found, defaults, costs, discount, exposure, instalments, due, paid, lag, horizon, frozen, still,
):  # fmt: skip
    """Fills ``found[t-1]``: what of a deferral a default recognised in month t counts, per minor unit of the principal that it
    finds owed, times ``defaults[t-1]``, survival x hazard.

    ``costs[t-1]`` and ``discount[t-1]`` are what is deferred on the days whose costs count, and whose discount: see
    ``fill_deferred_of_a_unit``. What is ``frozen`` stays ``still`` until the arrears are paid. Of 100 owed that are worth 95, 5
    are offset by a default with a chance of 2 %: -0.001 a unit.
    """
    for t in range(1, horizon + 1):
        if frozen and arrears_unpaid(exposure, instalments, due, paid, lag, t):
            unit = still
        else:
            unit = max(costs[t - 1], 0.0) + min(discount[t - 1], 0.0)
        found[t - 1] = defaults[t - 1] * unit

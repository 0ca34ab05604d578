"""Expected loss of one contract: what defaults of each month ahead find owed and deferred, weighted and discounted."""

from __future__ import annotations

import math

from gaapbridge.measure.compile import compiled_part
from gaapbridge.measure.exposure import due_beyond, exposed, months_of_arrears
from gaapbridge.measure.timeline import FIRST_MISSED


@compiled_part
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
    total, near, split = 0.0, 0.0, near_months > 0 and due + near_months < instalments
    for t in range(months, 0, -1):
        owed, accrued = exposed(
            exposure, balance, instalments, due, paid, lag, principal, billed, elapsed, interest_rate, interest, t
        )
        of_principal = weights[t - 1] * owed + deferred_ahead[t - 1] * owed
        of_accrued = of_interest[t - 1] * accrued
        lost = max(of_principal + of_accrued, 0.0)
        total = (total + lost) * factor
        if split:
            later, accrued_later = due_beyond(exposure, balance, instalments, due, paid, lag, near_months, t)
            soon = of_principal * (1.0 - later) + of_accrued * (1.0 - accrued_later)
            near = (near + min(max(soon, 0.0), lost)) * factor
    moved = factor**-shift if shift > 0.0 else 1.0
    if near_months > 0 and not split:
        near = total  # nothing falls due later
    return total * moved, near * moved


NOT_GROWN = -1.0
"""No part of a period: of a contract of which nothing is ``grown`` yet."""


@compiled_part
def grow(grown, part, factor, bare_factor):  # type: ignore[no-untyped-def]
    """Fills ``grown`` of one contract at one rate: a part of a period, and what a unit with fees and costs grows to in it, and
    one without. Most losses of a contract stand on one part, whose powers are then known. A quarter at 4 % and 1 %:
    0.25, 1.009853, 1.002491."""
    if grown[0] != part:
        grown[0], grown[1], grown[2] = part, factor**-part, bare_factor**-part


@compiled_part
def fill_deferred_of_a_unit(  # type: ignore[no-untyped-def]
    found, whole, bare, balance, instalments, first_length, factor, bare_factor, grown, due, elapsed, day, horizon
):
    """Fills ``found[t-1]``: what is deferred of each minor unit of principal ``day`` + t periods after due date ``due``, or at
    the instant, ``elapsed`` after it, where that is later; nil from the last due date on.

    What the contract is worth after the instalment before, ``whole``, above the same ``bare`` of fees and costs, each grown to
    the day, as ``grown`` keeps it: see ``grow``. Of 100 owed that are worth 95, -0.05 on the due date.
    """
    periods = math.floor(day)
    first, t = due + periods, 1
    grow(grown, day - periods, factor, bare_factor)
    growth, bare_growth = grown[1], grown[2]
    while t <= horizon and (t + day < elapsed or (first + t == 0 and first_length != 1.0)):
        number, stub = (due, elapsed) if t + day < elapsed else (0, day - periods)
        if number == 0:
            stub *= first_length
        if number >= instalments or balance[number] <= 0.0:
            found[t - 1] = 0.0
        else:
            found[t - 1] = (whole[number] * factor**-stub - bare[number] * bare_factor**-stub) / balance[number]
        t += 1
    last = max(min(horizon, instalments - 1 - first), t - 1)
    worth, without, owed, ahead = whole[first + t :], bare[first + t :], balance[first + t :], found[t - 1 :]
    for month in range(last - t + 1):
        unit = (worth[month] * growth - without[month] * bare_growth) / owed[month]
        ahead[month] = unit if owed[month] > 0.0 else 0.0
    found[last:horizon] = 0.0


@compiled_part
def fill_deferred_ahead(  # type: ignore[no-untyped-def]
    found, units, grown, defaults, whole, bare, balance, instalments, first_length, factor, bare_factor, due, paid, lag,
    elapsed, of_costs, of_discount, horizon, exposure, frozen, still,
):  # fmt: skip
    """Fills ``found[t-1]``: what of a deferral a default recognised in month t counts, per minor unit of the principal that it
    finds owed, times ``defaults[t-1]``, survival x hazard.

    ``units`` is room for what is deferred on the days whose costs count, ``of_costs``, and whose discount, ``of_discount``: see
    ``fill_deferred_of_a_unit``. What is ``frozen`` stays ``still`` until the arrears are paid. Of 100 owed that are worth 95, 5
    are offset by a default with a chance of 2 %: -0.001 a unit.
    """
    costs, discount = units[0], units[0 if of_costs == of_discount else 1]
    fill_deferred_of_a_unit(
        costs, whole, bare, balance, instalments, first_length, factor, bare_factor, grown, due, elapsed, of_costs, horizon
    )
    if of_costs != of_discount:
        fill_deferred_of_a_unit(
            discount, whole, bare, balance, instalments, first_length, factor, bare_factor, grown, due, elapsed, of_discount,
            horizon,
        )  # fmt: skip
    begun = months_of_arrears(exposure, instalments, due, paid, lag, horizon) if frozen else 0
    for month in range(begun):
        found[month] = defaults[month] * still
    for month in range(begun, horizon):
        found[month] = defaults[month] * (max(costs[month], 0.0) + min(discount[month], 0.0))

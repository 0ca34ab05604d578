"""The compiled kernels of the tapes of contracts, and their parts: schedule, effective rate, carrying amount, expected loss.

Each part is a Horner recursion from the last instalment backwards, in the discount factor v = 1 / (1 + rate): a power only for
a broken period. A kernel takes columns of terms, knows no standard, no election, and gives one contract the same bits as many.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from gaapbridge.measure.compile import compiled
from gaapbridge.measure.exposure import due_beyond, exposed
from gaapbridge.measure.timeline import FIRST_MISSED

Numbers = NDArray[np.float64]
Whole = NDArray[np.int64]
Flags = NDArray[np.bool_]

LEVEL, EQUAL_PRINCIPAL, BULLET, INTEREST_FREE = 0, 1, 2, 3

SOLVED, NO_SIGN_CHANGE, NO_ROOT, NEVER_REPAID = 0, 1, 2, 3
"""Outcomes of the solver: a number, or one of three reasons why there is none."""

LARGEST_GROWTH = 2.0
"""A schedule whose balance grows beyond this many times the principal is not repaid by its instalments."""

LOWEST_FACTOR, HIGHEST_FACTOR = 0.5, 2.0
"""Admissible discount factors a period: rates from -50 % to +100 %."""


class ScheduleTerms(NamedTuple):
    """What N loans have agreed, amounts in minor units: see ``fill_schedule``.

    ``rate`` is a period's, ``instalments`` a count, ``kind`` one of the four above, ``first_length`` in periods.
    """

    principal: Numbers
    rate: Numbers
    instalments: Whole
    kind: Whole
    instalment: Numbers
    part: Numbers
    service_fee: Numbers
    first_length: Numbers


class RateRows(NamedTuple):
    """R effective rates of N loans: ``curve`` R x N is the row of ``mortality`` (curve x month on book) it uses.

    ``initial`` N is the amount that the flows are worth, in minor units.
    """

    initial: Numbers
    mortality: Numbers
    curve: Whole


class ValueRows(NamedTuple):
    """Q carrying amounts of N loans: ``rate_row`` Q says at which rate, the rest Q x N.

    ``curve`` is a row of the mortality, ``after`` the instalments behind (-1 where not on book), ``elapsed`` the fraction of
    a running period of ``length`` periods, ``principal`` what is outstanding in minor units.
    """

    rate_row: Whole
    curve: Whole
    after: Whole
    elapsed: Numbers
    length: Numbers
    principal: Numbers


class LossRows(NamedTuple):
    """L expected losses of N loans, columns L x N; ``exposure``, ``interest_beside`` and ``shift`` L.

    ``table`` is the row of ``weights`` (row x month ahead: survival x hazard x loss given default), that of interest lies
    ``interest_beside`` rows further. ``due`` are the due dates passed, past maturity too (-1 where not on book), ``paid`` the
    instalments paid in full, ``lag`` the due dates between a first miss and its recognition, ``elapsed_periods`` what is
    behind of the running period; ``horizon`` in months ahead, ``principal`` and ``billed`` interest in minor units.
    ``exposure`` and ``interest`` say what is exposed, in the words of ``measure.timeline``. ``shift`` is the part of a month
    that is not discounted. Losses of what falls due within ``near_months`` are told apart; of none where these are nil.
    """

    weights: Numbers
    table: Whole
    due: Whole
    paid: Whole
    lag: Whole
    elapsed_periods: Numbers
    horizon: Whole
    principal: Numbers
    billed: Numbers
    interest: Whole
    exposure: Whole
    interest_beside: Whole
    shift: Numbers
    near_months: int


class LossRates(NamedTuple):
    """The rate row at which each of L losses is discounted, and whether it is."""

    rate_row: Whole
    discounted: Flags


class SplitRows(NamedTuple):
    """S states of N loans, ``after`` S x N instalments (-1 where not on book), split at ``months`` ahead."""

    after: Whole
    months: int


@compiled
def fill_schedule(  # type: ignore[no-untyped-def]
    principal, rate, instalments, kind, instalment, part, service_fee, first_length, balance, flow
):
    """Contractual schedule of one loan: ``balance[0..n]`` after each instalment and ``flow[1..n]`` including the service fee.

    ``instalment`` is the level payment and ``part`` the equal principal part, in minor units. The last instalment takes
    what rounding has left, so the balance ends at exactly zero.
    """
    balance[0] = principal
    for j in range(1, instalments + 1):
        before = balance[j - 1]
        interest = before * rate * (first_length if j == 1 else 1.0)
        if j == instalments:
            cash = before + interest
        elif kind == LEVEL:
            cash = min(instalment, before + interest)
        elif kind == BULLET:
            cash = interest
        else:
            cash = min(part, before) + interest
        after = before + interest - cash
        balance[j] = 0.0 if j == instalments or cash == before + interest else after
        flow[j] = cash + (service_fee if before > 0.0 else 0.0)


@compiled
def outgrows(balance, instalments):  # type: ignore[no-untyped-def]
    """Whether the scheduled balance ever exceeds ``LARGEST_GROWTH`` times the principal, so that it is never repaid."""
    largest = balance[0]
    for j in range(1, instalments):
        largest = max(largest, balance[j])
    return largest > LARGEST_GROWTH * balance[0]


@compiled
def level_instalment(principal, rate, instalments):  # type: ignore[no-untyped-def]
    """The level instalment before rounding, by an annuity factor summed in v (no singularity at a rate of nil).

    12,000 over 12 periods at 2 % gives 1,134.715159.
    """
    factor, annuity = 1.0 / (1.0 + rate), 0.0
    for _ in range(instalments):
        annuity = (annuity + 1.0) * factor
    return principal / annuity


@compiled
def carrying_amount(balance, flow, mortality, instalments, after, first_length, factor):  # type: ignore[no-untyped-def]
    """Present value, at discount factor ``factor``, of the flows after instalment ``after``, given the loan is then alive.

    ``mortality[j]`` is the share of performing loans repaid in full after instalment j; a row of zeros is contractual life.
    """
    value = 0.0
    for j in range(instalments, after, -1):
        value = flow[j] + mortality[j] * balance[j] + (1.0 - mortality[j]) * value
        value *= factor if j > 1 or first_length == 1.0 else factor**first_length
    return value


@compiled
def solve_factor(initial, balance, flow, mortality, instalments, first_length, guess):  # type: ignore[no-untyped-def]
    """Discount factor that makes the flows worth ``initial``: bracketed Newton. Returns (factor, outcome).

    With flows that are not negative the value rises with the factor, so at most one root exists.
    """
    if not (initial > 0.0 and flow[1 : instalments + 1].sum() > 0.0):
        return 1.0, NO_SIGN_CHANGE
    low, high = LOWEST_FACTOR, HIGHEST_FACTOR
    factor = min(max(guess, low), high)
    for _ in range(200):
        value, slope = 0.0, 0.0
        for j in range(instalments, 1, -1):
            alive = 1.0 - mortality[j]
            inner = flow[j] + mortality[j] * balance[j] + alive * value
            slope = inner + factor * alive * slope
            value = inner * factor
        alive = 1.0 - mortality[1]
        inner = flow[1] + mortality[1] * balance[1] + alive * value
        if first_length == 1.0:
            slope = inner + factor * alive * slope
            value = inner * factor
        else:
            power = factor**first_length
            slope = first_length * power / factor * inner + power * alive * slope
            value = inner * power
        gap = value - initial
        if gap > 0.0:
            high = factor
        elif gap < 0.0:
            low = factor
        else:
            return factor, SOLVED
        following = factor - gap / slope
        if not (low < following < high):
            following = 0.5 * (low + high)
        if abs(following - factor) <= 2e-16 * factor or high - low <= 2e-16 * factor:
            solved = LOWEST_FACTOR < following < HIGHEST_FACTOR and abs(gap) <= 1e-9 * initial
            return following, SOLVED if solved else NO_ROOT
        factor = following
    return factor, NO_ROOT


@compiled
def state_loss(  # type: ignore[no-untyped-def]
    weights, of_interest, balance, instalments, due, paid, lag, elapsed, horizon, principal, exposure, interest_rate, billed,
    interest, factor, shift, near_months,
):  # fmt: skip
    """Expected loss of one contract over ``horizon`` months ahead, and its part of what falls due within ``near_months``.

    The sum of weight x exposure x factor^t, interest at the weights ``of_interest``; ``weights[t-1]`` holds survival x hazard
    x loss given default of month t, already averaged over scenarios. With nothing owed there is none.
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
        of_principal, of_accrued = weights[t - 1] * owed, of_interest[t - 1] * accrued
        total = (total + (of_principal + of_accrued)) * factor
        if near_months > 0:
            later, accrued_later = due_beyond(exposure, balance, instalments, due, paid, lag, near_months, t)
            near = (near + (of_principal * (1.0 - later) + of_accrued * (1.0 - accrued_later))) * factor
    moved = factor**-shift if shift > 0.0 else 1.0
    return total * moved, near * moved


@compiled
def agreed_outgrows(schedule, c, balance, flow):  # type: ignore[no-untyped-def]
    """Fills the schedule of loan ``c`` and says whether it outgrows its principal."""
    n = schedule.instalments[c]
    fill_schedule(
        schedule.principal[c], schedule.rate[c], n, schedule.kind[c], schedule.instalment[c], schedule.part[c],
        schedule.service_fee[c], schedule.first_length[c], balance, flow,
    )  # fmt: skip
    return outgrows(balance, n)


@compiled
def row_loss(losses, q, c, balance, instalments, rate, factor):  # type: ignore[no-untyped-def]
    """Expected loss ``q`` of loan ``c``, whose interest runs at ``rate``, and its part due within the near months."""
    row = losses.table[q, c]
    return state_loss(
        losses.weights[row], losses.weights[row + losses.interest_beside[q]], balance, instalments, losses.due[q, c],
        losses.paid[q, c], losses.lag[q, c], losses.elapsed_periods[q, c], losses.horizon[q, c], losses.principal[q, c],
        losses.exposure[q], rate, losses.billed[q, c], losses.interest[q, c], factor, losses.shift[q], losses.near_months,
    )  # fmt: skip


@compiled
def solve_rates(initial, rates, c, balance, flow, schedule, factors, outcomes):  # type: ignore[no-untyped-def]
    """Fills the factors at which the flows of loan ``c`` are worth ``initial``, and says whether all were found."""
    guess = 1.0 / (1.0 + schedule.rate[c])
    for r in range(rates.curve.shape[0]):
        guess, outcome = solve_factor(
            initial, balance, flow, rates.mortality[rates.curve[r, c]], schedule.instalments[c], schedule.first_length[c], guess
        )
        if outcome != SOLVED:
            outcomes[r:, c] = outcome
            return False
        factors[r, c] = guess
    return True


@compiled
def fill_deferrals(  # type: ignore[no-untyped-def]
    schedule, rates, values, c, balance, flow, factors, bare, bare_factors, outcomes, deferrals
):
    """Fills the deferrals of loan ``c``: its carrying amounts less those of the same contract without fees or costs at the rate
    that this has, both compounded alike. Says whether it has such a rate.

    Without fees the rate is the contract's, and the carrying amount the scheduled balance, unless simple interest runs for a
    first period of its own length: then the flows without fees, ``bare``, have ``bare_factors``. Without a charge nothing is
    deferred.
    """
    n, rate, first_length, fee = schedule.instalments[c], schedule.rate[c], schedule.first_length[c], schedule.service_fee[c]
    if rates.initial[c] == schedule.principal[c] and fee == 0.0:
        return True
    odd = first_length != 1.0 and rate != 0.0
    if odd:
        for j in range(1, n + 1):
            bare[j] = flow[j] - (fee if balance[j - 1] > 0.0 else 0.0)
        if not solve_rates(schedule.principal[c], rates, c, balance, bare, schedule, bare_factors, outcomes):
            return False
    of_stub, growth = 0.0, 1.0
    for q in range(values.after.shape[0]):
        k, r = values.after[q, c], values.rate_row[q]
        if k < 0 or k >= n or balance[k] <= 0.0:
            continue
        curve, factor, stub = rates.mortality[values.curve[q, c]], factors[r, c], values.length[q, c] * values.elapsed[q, c]
        worth = carrying_amount(balance, flow, curve, n, k, first_length, factor)
        if stub != 0.0:
            worth *= factor**-stub
        if odd:
            without = carrying_amount(balance, bare, curve, n, k, first_length, bare_factors[r, c])
            without *= bare_factors[r, c] ** -stub
        else:
            if stub != of_stub:  # most rows stand at one instant
                of_stub, growth = stub, (1.0 + rate) ** stub
            without = balance[k] * growth
        deferrals[q, c] = (worth - without) * (values.principal[q, c] / balance[k])
    return True


@compiled
def scan_loans(schedule, rates, values, losses, loss_rates, splits):  # type: ignore[no-untyped-def]
    """One pass over a chunk of N loans, with R rates, Q carrying amounts, L losses and S splits of each.

    Returns factors R x N, outcomes R x N, deferrals Q x N, shares of principal due beyond the split S x N, losses L x N and
    their parts due within the near months L x N: float64 estimates in minor units.
    """
    loans, longest = schedule.principal.size, schedule.instalments.max() if schedule.principal.size else 1
    factors, bare_factors = np.ones(rates.curve.shape), np.ones(rates.curve.shape)
    outcomes = np.zeros(rates.curve.shape, dtype=np.int64)
    deferrals, beyond = np.zeros(values.after.shape), np.zeros(splits.after.shape)
    totals, nears = np.zeros(losses.due.shape), np.zeros(losses.due.shape)
    balance, flow, bare = np.zeros(longest + 1), np.zeros(longest + 1), np.zeros(longest + 1)
    for c in range(loans):
        n = schedule.instalments[c]
        if agreed_outgrows(schedule, c, balance, flow):
            outcomes[:, c] = NEVER_REPAID
            continue
        if not solve_rates(rates.initial[c], rates, c, balance, flow, schedule, factors, outcomes):
            continue
        if not fill_deferrals(schedule, rates, values, c, balance, flow, factors, bare, bare_factors, outcomes, deferrals):
            continue
        for q in range(splits.after.shape[0]):
            k = splits.after[q, c]
            if k >= 0 and k + splits.months < n and balance[k] > 0.0:
                beyond[q, c] = balance[k + splits.months] / balance[k]
        for q in range(losses.due.shape[0]):
            if losses.due[q, c] >= 0:
                factor = factors[loss_rates.rate_row[q], c] if loss_rates.discounted[q] else 1.0
                totals[q, c], nears[q, c] = row_loss(losses, q, c, balance, n, schedule.rate[c], factor)
    return factors, outcomes, deferrals, beyond, totals, nears


@compiled
def scan_deferrals(schedule, rates, values, factors):  # type: ignore[no-untyped-def]
    """Deferrals Q x N of N loans whose ``factors`` R x N are known: float64 estimates in minor units."""
    longest, deferrals = schedule.instalments.max(), np.zeros(values.after.shape)
    balance, flow, bare = np.zeros(longest + 1), np.zeros(longest + 1), np.zeros(longest + 1)
    bare_factors, outcomes = np.ones_like(factors), np.zeros(factors.shape, dtype=np.int64)
    for c in range(schedule.principal.size):
        if not agreed_outgrows(schedule, c, balance, flow):
            fill_deferrals(schedule, rates, values, c, balance, flow, factors, bare, bare_factors, outcomes, deferrals)
    return deferrals


@compiled
def scan_guaranteed(schedule, losses, factor):  # type: ignore[no-untyped-def]
    """One pass over a chunk of N guaranteed loans: expected losses of L rows, at discount factors ``factor`` L x N.

    Returns losses L x N, float64 estimates in minor units, and outcomes of N.
    """
    loans, longest = schedule.principal.size, schedule.instalments.max() if schedule.principal.size else 1
    outcomes, totals = np.zeros(loans, dtype=np.int64), np.zeros(losses.due.shape)
    balance, flow = np.zeros(longest + 1), np.zeros(longest + 1)
    for c in range(loans):
        if agreed_outgrows(schedule, c, balance, flow):
            outcomes[c] = NEVER_REPAID
            continue
        for q in range(losses.due.shape[0]):
            if losses.due[q, c] >= 0:
                totals[q, c], _ = row_loss(losses, q, c, balance, schedule.instalments[c], schedule.rate[c], factor[q, c])
    return totals, outcomes


@compiled
def scheduled_balances(schedule, after):  # type: ignore[no-untyped-def]
    """Scheduled balances of N loans after instalments ``after`` S x N: float64 S x N, minor units."""
    longest, found = schedule.instalments.max(), np.zeros(after.shape)
    balance, flow = np.zeros(longest + 1), np.zeros(longest + 1)
    for c in range(schedule.principal.size):
        agreed_outgrows(schedule, c, balance, flow)
        for s in range(after.shape[0]):
            found[s, c] = balance[after[s, c]]
    return found

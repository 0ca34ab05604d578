"""The compiled kernels of the tapes of contracts, and their parts: schedule, effective rate, carrying amount, expected loss.

Each part is a Horner recursion from the last instalment backwards, in the discount factor v = 1 / (1 + rate): a power only for
a broken period. A kernel takes columns of terms, knows no standard, no election, and gives one contract the same bits as many.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from gaapbridge.measure.carrying import Worths, fill_deferrals, fill_worths, has_bare_rates, has_charges, room_for_worths
from gaapbridge.measure.compile import compiled, compiled_part
from gaapbridge.measure.effective_rates import NEVER_REPAID, SOLVED, solve_factor
from gaapbridge.measure.losses import NOT_GROWN, fill_deferred_ahead, state_loss

Numbers = NDArray[np.float64]
Whole = NDArray[np.int64]
Flags = NDArray[np.bool_]

LEVEL, EQUAL_PRINCIPAL, BULLET, INTEREST_FREE = 0, 1, 2, 3

LARGEST_GROWTH = 2.0
"""A schedule whose balance grows beyond this many times the principal is not repaid by its instalments."""


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


class DeferredRows(NamedTuple):
    """What of deferred fees and costs L losses of N loans count.

    ``value_row`` L is the carrying amount by whose rate and curve they are amortised, and which has them where they are
    ``frozen`` L x N; -1 where none count. ``defaults_beside`` L says how many rows of ``weights`` further those of survival x
    hazard lie. A default of month t counts what is deferred so many periods + t after the last due date, ``of_costs`` and
    ``of_discount`` L x N, as deferred amounts are above nil or below; ``elapsed`` L x N is the instant, the earliest such day.
    """

    value_row: Whole
    defaults_beside: Whole
    frozen: Flags
    of_costs: Numbers
    of_discount: Numbers
    elapsed: Numbers


class SplitRows(NamedTuple):
    """S states of N loans, ``after`` S x N instalments (-1 where not on book), split at ``months`` ahead."""

    after: Whole
    months: int


@compiled_part
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


@compiled_part
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


@compiled_part
def agreed_outgrows(schedule, c, balance, flow):  # type: ignore[no-untyped-def]
    """Fills the schedule of loan ``c`` and says whether it outgrows its principal."""
    n = schedule.instalments[c]
    fill_schedule(
        schedule.principal[c], schedule.rate[c], n, schedule.kind[c], schedule.instalment[c], schedule.part[c],
        schedule.service_fee[c], schedule.first_length[c], balance, flow,
    )  # fmt: skip
    return outgrows(balance, n)


@compiled_part
def row_loss(losses, q, c, balance, instalments, rate, factor, deferred_ahead):  # type: ignore[no-untyped-def]
    """Expected loss ``q`` of loan ``c``, whose interest runs at ``rate``, and its part due within the near months."""
    row = losses.table[q, c]
    return state_loss(
        losses.weights[row], losses.weights[row + losses.interest_beside[q]], deferred_ahead, balance, instalments,
        losses.due[q, c], losses.paid[q, c], losses.lag[q, c], losses.elapsed_periods[q, c], losses.horizon[q, c],
        losses.principal[q, c], losses.exposure[q], rate, losses.billed[q, c], losses.interest[q, c], factor, losses.shift[q],
        losses.near_months,
    )  # fmt: skip


@compiled_part
def due_beyond_the_split(balance, instalments, after, months):  # type: ignore[no-untyped-def]
    """Share of the principal owed ``after`` some instalments that falls due later than in so many months."""
    if after < 0 or after + months >= instalments or balance[after] <= 0.0:
        return 0.0
    return balance[after + months] / balance[after]


@compiled_part
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


@compiled_part
def solve_bare_rates(schedule, rates, c, balance, flow, worths, outcomes):  # type: ignore[no-untyped-def]
    """Fills the flows of loan ``c`` without fees, and the factors at which they are worth its principal, where it has such of
    its own. Says whether all were found."""
    if not has_bare_rates(schedule, c):
        return True
    for j in range(1, schedule.instalments[c] + 1):
        worths.flow[j] = flow[j] - (schedule.service_fee[c] if balance[j - 1] > 0.0 else 0.0)
    return solve_rates(schedule.principal[c], rates, c, balance, worths.flow, schedule, worths.factors, outcomes)


@compiled_part
def longest_term(schedule):  # type: ignore[no-untyped-def]
    """The most instalments of any of N loans, at least 1. By a loop, as every sum of a kernel: a method of arrays that Numba
    writes itself makes it load SciPy, where that is installed, before it takes the kernel from its cache."""
    longest = 1
    for c in range(schedule.instalments.size):
        longest = max(longest, schedule.instalments[c])
    return longest


class Room(NamedTuple):
    """Room for what is worked out of one loan after another: ``balance`` and ``flow`` after each instalment, its ``worths``;
    by month what defaults find deferred ``ahead``, and ``nothing`` of a loan without fees or costs; ``units`` and ``grown`` as
    ``fill_deferred_ahead`` says."""

    balance: Numbers
    flow: Numbers
    worths: Worths
    nothing: Numbers
    ahead: Numbers
    units: Numbers
    grown: Numbers


class Found(NamedTuple):
    """Float64 estimates of N loans in minor units: ``factors`` and ``outcomes`` R x N, ``deferrals`` Q x N, shares of principal
    due ``beyond`` the split S x N, ``losses`` L x N and their parts ``near``, due within the near months, L x N."""

    factors: Numbers
    outcomes: Whole
    deferrals: Numbers
    beyond: Numbers
    losses: Numbers
    near: Numbers


@compiled
def scan_loans(schedule, rates, values, losses, loss_rates, deferred, splits):  # type: ignore[no-untyped-def]
    """One pass over a chunk of N loans, with R rates, Q carrying amounts, L losses and S splits of each: ``Found``."""
    longest, months = longest_term(schedule), losses.weights.shape[1]
    found = Found(
        np.ones(rates.curve.shape), np.zeros(rates.curve.shape, dtype=np.int64), np.zeros(values.after.shape),
        np.zeros(splits.after.shape), np.zeros(losses.due.shape), np.zeros(losses.due.shape),
    )  # fmt: skip
    room = Room(
        np.zeros(longest + 1), np.zeros(longest + 1), room_for_worths(values, found.factors, longest), np.zeros(months),
        np.zeros(months), np.zeros((2, months)), np.zeros((rates.curve.shape[0], 3)),
    )  # fmt: skip
    for c in range(schedule.principal.size):
        fill_found(schedule, rates, values, losses, loss_rates, deferred, splits, c, room, found)
    return found


@compiled_part
def fill_found(schedule, rates, values, losses, loss_rates, deferred, splits, c, room, found):  # type: ignore[no-untyped-def]
    """Fills what is found of loan ``c``; nothing where it has no schedule that repays it, or a rate cannot be found."""
    n, charged, odd = schedule.instalments[c], has_charges(schedule, rates, c), has_bare_rates(schedule, c)
    balance, flow, worths, grown, factors = room.balance, room.flow, room.worths, room.grown, found.factors
    if agreed_outgrows(schedule, c, balance, flow):
        found.outcomes[:, c] = NEVER_REPAID
        return
    if not solve_rates(rates.initial[c], rates, c, balance, flow, schedule, factors, found.outcomes):
        return
    if charged:
        if not solve_bare_rates(schedule, rates, c, balance, flow, worths, found.outcomes):
            return
        fill_worths(schedule, rates, values, c, balance, flow, factors, worths)
        fill_deferrals(schedule, values, c, balance, factors, worths, found.deferrals)
        grown[:, 0] = NOT_GROWN
    for q in range(splits.after.shape[0]):
        found.beyond[q, c] = due_beyond_the_split(balance, n, splits.after[q, c], splits.months)
    for q in range(losses.due.shape[0]):
        if losses.due[q, c] >= 0:
            factor = factors[loss_rates.rate_row[q], c] if loss_rates.discounted[q] else 1.0
            value = deferred.value_row[q] if charged else -1
            if value >= 0:
                r, alike, principal = values.rate_row[value], worths.alike[value], losses.principal[q, c]
                fill_deferred_ahead(
                    room.ahead, room.units, grown[r], losses.weights[losses.table[q, c] + deferred.defaults_beside[q]],
                    worths.whole[alike], worths.bare[alike], balance, n, schedule.first_length[c], factors[r, c],
                    worths.factors[r, c] if odd else 1.0 / (1.0 + schedule.rate[c]),
                    losses.due[q, c], losses.paid[q, c], losses.lag[q, c], deferred.elapsed[q, c], deferred.of_costs[q, c],
                    deferred.of_discount[q, c], losses.horizon[q, c], losses.exposure[q], deferred.frozen[q, c],
                    found.deferrals[value, c] / principal if principal > 0.0 else 0.0,
                )  # fmt: skip
            found.losses[q, c], found.near[q, c] = row_loss(
                losses, q, c, balance, n, schedule.rate[c], factor, room.ahead if value >= 0 else room.nothing
            )


@compiled
def scan_deferrals(schedule, rates, values, factors):  # type: ignore[no-untyped-def]
    """Deferrals Q x N of N loans whose ``factors`` R x N are known: float64 estimates in minor units."""
    longest, deferrals = longest_term(schedule), np.zeros(values.after.shape)
    balance, flow, outcomes = np.zeros(longest + 1), np.zeros(longest + 1), np.zeros(factors.shape, dtype=np.int64)
    worths = room_for_worths(values, factors, longest)
    for c in range(schedule.principal.size):
        if not has_charges(schedule, rates, c) or agreed_outgrows(schedule, c, balance, flow):
            continue
        if solve_bare_rates(schedule, rates, c, balance, flow, worths, outcomes):
            fill_worths(schedule, rates, values, c, balance, flow, factors, worths)
            fill_deferrals(schedule, values, c, balance, factors, worths, deferrals)
    return deferrals


@compiled
def scan_guaranteed(schedule, losses, factor):  # type: ignore[no-untyped-def]
    """One pass over a chunk of N guaranteed loans: expected losses of L rows, at discount factors ``factor`` L x N.

    Returns losses L x N, float64 estimates in minor units, and outcomes of N.
    """
    longest, months = longest_term(schedule), losses.weights.shape[1]
    outcomes, totals = np.zeros(schedule.principal.size, dtype=np.int64), np.zeros(losses.due.shape)
    balance, flow, nothing = np.zeros(longest + 1), np.zeros(longest + 1), np.zeros(months)
    for c in range(schedule.principal.size):
        fill_losses(schedule, losses, factor, c, balance, flow, nothing, totals, outcomes)
    return totals, outcomes


@compiled_part
def fill_losses(schedule, losses, factor, c, balance, flow, nothing, totals, outcomes):  # type: ignore[no-untyped-def]
    """Fills the expected losses of guaranteed loan ``c``; none where it is not repaid by its instalments."""
    if agreed_outgrows(schedule, c, balance, flow):
        outcomes[c] = NEVER_REPAID
        return
    for q in range(losses.due.shape[0]):
        if losses.due[q, c] >= 0:
            totals[q, c], _ = row_loss(losses, q, c, balance, schedule.instalments[c], schedule.rate[c], factor[q, c], nothing)


@compiled
def scheduled_balances(schedule, after):  # type: ignore[no-untyped-def]
    """Scheduled balances of N loans after instalments ``after`` S x N: float64 S x N, minor units."""
    longest, found = longest_term(schedule), np.zeros(after.shape)
    balance, flow = np.zeros(longest + 1), np.zeros(longest + 1)
    for c in range(schedule.principal.size):
        agreed_outgrows(schedule, c, balance, flow)
        for s in range(after.shape[0]):
            found[s, c] = balance[after[s, c]]
    return found

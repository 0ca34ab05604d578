"""The compiled kernels of the tapes of contracts, and their parts: schedule, effective rate, carrying amount, expected loss.

Each part is a Horner recursion from the last instalment backwards, in the discount factor v = 1 / (1 + rate): no exp,
no log, and a power only for a broken period. A kernel takes columns of terms; it knows no standard and no election.
A chunk of one contract gives the same bits as a chunk of many.
"""

from __future__ import annotations

import numpy as np

from gaapbridge.measure.compile import compiled

LEVEL, EQUAL_PRINCIPAL, BULLET, INTEREST_FREE = 0, 1, 2, 3

SOLVED, NO_SIGN_CHANGE, NO_ROOT, NEVER_REPAID = 0, 1, 2, 3
"""Outcomes of the solver: a number, or one of three reasons why there is none."""

LARGEST_GROWTH = 2.0
"""A schedule whose balance grows beyond this many times the principal is not repaid by its instalments."""

LOWEST_FACTOR, HIGHEST_FACTOR = 0.5, 2.0
"""Admissible discount factors a period: rates from -50 % to +100 %."""


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
    factor = 1.0 / (1.0 + rate)
    annuity = 0.0
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
    total = 0.0
    for j in range(1, instalments + 1):
        total += flow[j]
    if not (initial > 0.0 and total > 0.0):
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
def expected_loss(  # type: ignore[no-untyped-def]
    weights, balance, scale, after, horizon, before_instalment, interest_rate, billed, overdue, factor, near_months
):
    """Expected loss over ``horizon`` months ahead of instalment ``after``: sum of weight x exposure x factor^t.

    ``weights[t-1]`` holds survival x hazard x loss given default of month t, already averaged over scenarios. The exposure
    is the balance before or after the instalment of the month, times ``scale`` (actual over scheduled principal), plus
    the month's interest at ``interest_rate`` and the ``billed`` unpaid interest. ``overdue`` above zero replaces the
    balance for a loan past its schedule. Returns the sum to the horizon and the part within ``near_months``.
    """
    total, near = 0.0, 0.0
    for t in range(horizon, 0, -1):
        if overdue > 0.0:
            start = overdue
            exposure = overdue
        else:
            start = balance[after + t - 1] * scale
            exposure = start if before_instalment else balance[after + t] * scale
        exposure += start * interest_rate + billed
        loss = weights[t - 1] * exposure
        total = (total + loss) * factor
        if t <= near_months:
            near = (near + loss) * factor
    return total, near


@compiled
def state_loss(  # type: ignore[no-untyped-def]
    weights, balance, instalments, after, horizon, principal, before_instalment, interest_rate, billed, factor, shift,
    near_months,
):  # fmt: skip
    """Expected loss of one contract with ``principal`` outstanding after instalment ``after``, and its part within
    ``near_months``: a contract past its schedule has one month of exposure, one without principal none.
    """
    past = after >= instalments or balance[after] <= 0.0
    if past and principal <= 0.0:
        return 0.0, 0.0
    scale = 0.0 if past else principal / balance[after]
    total, near = expected_loss(
        weights, balance, scale, after, 1 if past else horizon, before_instalment, interest_rate, billed,
        principal if past else 0.0, factor, near_months,
    )  # fmt: skip
    moved = factor**-shift if shift > 0.0 else 1.0
    return total * moved, near * moved


@compiled
def scan_loans(  # type: ignore[no-untyped-def]
    principal, rate, instalments, kind, instalment, part, service_fee, first_length, initial,
    mortality, solve_curve,
    value_row, value_curve, value_after, value_elapsed, value_length, value_principal,
    loss_row, loss_weights, loss_table, loss_after, loss_horizon, loss_principal, loss_billed, loss_interest,
    loss_discounted, loss_shift, loss_before, near_months, state_after, split_months,
):  # fmt: skip
    """One pass over a chunk of N loans.

    R rate rows (``solve_curve`` R x N: row of ``mortality``), Q value rows (``value_row`` Q: which rate; columns Q x N,
    ``value_after`` -1 where not on book), L loss rows likewise (``loss_shift`` is tau of the discount factor), and S states
    (``state_after`` S x N). Returns factors R x N, outcomes R x N, deferrals Q x N, shares of principal due beyond
    ``split_months`` S x N, losses L x N and their parts within ``near_months`` L x N: float64 estimates in minor units.
    """
    loans, rates, values, losses = principal.size, solve_curve.shape[0], value_row.size, loss_row.size
    factors = np.ones((rates, loans))
    outcomes = np.zeros((rates, loans), dtype=np.int64)
    deferrals, beyond = np.zeros((values, loans)), np.zeros(state_after.shape)
    totals, nears = np.zeros((losses, loans)), np.zeros((losses, loans))
    longest = instalments.max() if loans else 1
    balance, flow = np.zeros(longest + 1), np.zeros(longest + 1)
    for c in range(loans):
        n = instalments[c]
        fill_schedule(principal[c], rate[c], n, kind[c], instalment[c], part[c], service_fee[c], first_length[c], balance, flow)
        failed = outgrows(balance, n)
        for r in range(rates):
            if failed:
                outcomes[r, c] = NEVER_REPAID if r == 0 else outcomes[r - 1, c]
                continue
            guess = 1.0 / (1.0 + rate[c]) if r == 0 else factors[r - 1, c]
            factors[r, c], outcomes[r, c] = solve_factor(
                initial[c], balance, flow, mortality[solve_curve[r, c]], n, first_length[c], guess
            )
            failed = failed or outcomes[r, c] != SOLVED
        if failed:
            continue
        for q in range(values):
            k = value_after[q, c]
            if k < 0 or k >= n or balance[k] <= 0.0:
                continue
            v = factors[value_row[q], c]
            worth = carrying_amount(balance, flow, mortality[value_curve[q, c]], n, k, first_length[c], v)
            stub = value_length[q, c] * value_elapsed[q, c]
            growth = 1.0 if stub == 0.0 else v**-stub
            scheduled = balance[k]
            deferral = worth * growth - scheduled * (1.0 + rate[c] * stub)
            deferrals[q, c] = deferral * (value_principal[q, c] / scheduled)
        for q in range(state_after.shape[0]):
            k = state_after[q, c]
            if k >= 0 and k + split_months < n and balance[k] > 0.0:
                beyond[q, c] = balance[k + split_months] / balance[k]
        for q in range(losses):
            k = loss_after[q, c]
            if k < 0:
                continue
            factor = factors[loss_row[q], c] if loss_discounted[q] else 1.0
            interest = rate[c] if loss_interest[q, c] else 0.0
            billed = loss_billed[q, c] if loss_interest[q, c] else 0.0
            totals[q, c], nears[q, c] = state_loss(
                loss_weights[loss_table[q, c]], balance, n, k, loss_horizon[q, c], loss_principal[q, c], loss_before[q],
                interest, billed, factor, loss_shift[q], near_months,
            )  # fmt: skip
    return factors, outcomes, deferrals, beyond, totals, nears


@compiled
def scan_guaranteed(  # type: ignore[no-untyped-def]
    principal, rate, instalments, kind, instalment, part, first_length, loss_weights, loss_table, loss_after, loss_horizon,
    loss_principal, loss_billed, loss_factor, loss_shift, loss_before,
):  # fmt: skip
    """One pass over a chunk of N guaranteed loans: expected losses of L rows at given discount factors.

    Columns L x N as in ``scan_loans``, ``loss_after`` -1 where not on book, ``loss_factor`` the discount factor. Interest is
    part of the exposure. Returns losses L x N, float64 estimates in minor units, and outcomes of N.
    """
    loans, losses = principal.size, loss_factor.shape[0]
    outcomes, totals = np.zeros(loans, dtype=np.int64), np.zeros((losses, loans))
    longest = instalments.max() if loans else 1
    balance, flow = np.zeros(longest + 1), np.zeros(longest + 1)
    for c in range(loans):
        n = instalments[c]
        fill_schedule(principal[c], rate[c], n, kind[c], instalment[c], part[c], 0.0, first_length[c], balance, flow)
        if outgrows(balance, n):
            outcomes[c] = NEVER_REPAID
            continue
        for q in range(losses):
            k = loss_after[q, c]
            if k >= 0:
                totals[q, c], _ = state_loss(
                    loss_weights[loss_table[q, c]], balance, n, k, loss_horizon[q, c], loss_principal[q, c], loss_before,
                    rate[c], loss_billed[q, c], loss_factor[q, c], loss_shift, 0,
                )  # fmt: skip
    return totals, outcomes

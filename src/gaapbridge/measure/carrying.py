"""Carrying amounts of one loan after each of its instalments, and what fees and costs are deferred in them."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from gaapbridge.measure.compile import compiled, compiled_part

Numbers = NDArray[np.float64]
Whole = NDArray[np.int64]


class Worths(NamedTuple):
    """What one loan is worth after each instalment by Q carrying amounts, in rows n + 1 long: ``whole``, and ``bare`` of fees
    and costs. ``alike`` is the first carrying amount at the same rate and curve, whose row it is; ``flow`` without
    fees has ``factors`` R x N of its own, where it ``has_bare_rates``."""

    whole: Numbers
    bare: Numbers
    alike: Whole
    flow: Numbers
    factors: Numbers


@compiled_part
def has_charges(schedule, rates, c):  # type: ignore[no-untyped-def]
    """Whether loan ``c`` has fees or costs, without which nothing is ever deferred."""
    return rates.initial[c] != schedule.principal[c] or schedule.service_fee[c] != 0.0


@compiled_part
def has_bare_rates(schedule, c):  # type: ignore[no-untyped-def]
    """Whether loan ``c`` without its fees and costs has a rate of its own, as simple interest runs for a first period of its
    own length; else that is the contract's."""
    return schedule.first_length[c] != 1.0 and schedule.rate[c] != 0.0


@compiled
def room_for_worths(values, factors, longest):  # type: ignore[no-untyped-def]
    """Room for the ``Worths`` of one loan after another; ``factors`` R x N are those with fees and costs."""
    rows = values.after.shape[0]
    return Worths(
        np.zeros((rows, longest + 1)), np.zeros((rows, longest + 1)), np.zeros(rows, dtype=np.int64), np.zeros(longest + 1),
        np.ones_like(factors),
    )  # fmt: skip


@compiled_part
def fill_carrying_amounts(balance, flow, mortality, instalments, first, first_length, factor, found):  # type: ignore[no-untyped-def]
    """Fills ``found[k]`` for k from ``first`` to the last instalment: the present value, at discount factor ``factor``, of the
    flows after instalment k, given the loan is then alive.

    ``mortality[j]`` is the share of performing loans repaid in full after instalment j; a row of zeros is contractual life.
    """
    found[instalments] = value = 0.0
    for j in range(instalments, first, -1):
        value = flow[j] + mortality[j] * balance[j] + (1.0 - mortality[j]) * value
        value *= factor if j > 1 or first_length == 1.0 else factor**first_length
        found[j - 1] = value


@compiled_part
def fill_worths(schedule, rates, values, c, balance, flow, factors, worths):  # type: ignore[no-untyped-def]
    """Fills what loan ``c`` is worth after each instalment, from the first that any of its carrying amounts asks for.

    Without fees or costs it is worth the scheduled balance, at the contract rate, unless ``has_bare_rates``.
    """
    n, first_length, odd = schedule.instalments[c], schedule.first_length[c], has_bare_rates(schedule, c)
    first = n
    for k in values.after[:, c]:
        first = min(first, k) if k >= 0 else first
    for q in range(values.after.shape[0]):
        r, curve, alike = values.rate_row[q], values.curve[q, c], 0
        while values.rate_row[alike] != r or values.curve[alike, c] != curve:
            alike += 1
        worths.alike[q] = alike
        if alike < q:
            continue
        mortality = rates.mortality[curve]
        fill_carrying_amounts(balance, flow, mortality, n, first, first_length, factors[r, c], worths.whole[q])
        if odd:
            bare_factor = worths.factors[r, c]
            fill_carrying_amounts(balance, worths.flow, mortality, n, first, first_length, bare_factor, worths.bare[q])
        else:
            for j in range(first, n + 1):
                worths.bare[q, j] = balance[j]


@compiled_part
def fill_deferrals(schedule, values, c, balance, factors, worths, deferrals):  # type: ignore[no-untyped-def]
    """Fills the deferrals of loan ``c``: its carrying amounts less those of the same contract without fees or costs, both
    compounded from the last due date."""
    n, rate, odd = schedule.instalments[c], schedule.rate[c], has_bare_rates(schedule, c)
    of_stub, growth = 0.0, 1.0
    for q in range(values.after.shape[0]):
        k, r = values.after[q, c], values.rate_row[q]
        if k < 0 or k >= n or balance[k] <= 0.0:
            continue
        stub, alike = values.length[q, c] * values.elapsed[q, c], worths.alike[q]
        worth, without = worths.whole[alike, k], worths.bare[alike, k]
        if stub != 0.0:
            worth *= factors[r, c] ** -stub
        if odd:
            without *= worths.factors[r, c] ** -stub
        else:
            if stub != of_stub:  # most rows stand at one instant
                of_stub, growth = stub, (1.0 + rate) ** stub
            without *= growth
        deferrals[q, c] = (worth - without) * (values.principal[q, c] / balance[k])

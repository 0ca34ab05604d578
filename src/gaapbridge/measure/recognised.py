"""Defaults that are recognised within a period, as expected at its opening: their number, what is then owed, and its square."""

from __future__ import annotations

import numpy as np

from gaapbridge.measure.compile import compiled, compiled_part
from gaapbridge.measure.exposure import exposed
from gaapbridge.measure.kernels import agreed_outgrows, longest_term


@compiled
def scan_recognised(schedule, losses, whole_months, rest):  # type: ignore[no-untyped-def]
    """One pass over a chunk of N loans: what each is expected to bring of defaults that are recognised within so many months.

    ``whole_months`` and the fraction ``rest`` of the one after. Returns by row Q x N the probability, the amount then owed and
    the mean of its square: sums of survival x hazard (``losses.weights``) x 1, exposure and its square.
    """
    longest = longest_term(schedule)
    probability, amount, square = np.zeros(losses.due.shape), np.zeros(losses.due.shape), np.zeros(losses.due.shape)
    balance, flow = np.zeros(longest + 1), np.zeros(longest + 1)
    for c in range(schedule.principal.size):
        fill_recognised(schedule, losses, whole_months, rest, c, balance, flow, probability, amount, square)
    return probability, amount, square


@compiled_part
def fill_recognised(  # type: ignore[no-untyped-def]
    schedule, losses, whole_months, rest, c, balance, flow, probability, amount, square
):
    """Fills the same of loan ``c``; nil where it is not repaid by its instalments."""
    if agreed_outgrows(schedule, c, balance, flow):
        return
    n, rate = schedule.instalments[c], schedule.rate[c]
    for q in range(losses.due.shape[0]):
        if losses.due[q, c] < 0:
            continue
        chance, owing, squared = 0.0, 0.0, 0.0
        for t in range(1, min(whole_months + 1, losses.horizon[q, c]) + 1):
            share = 1.0 if t <= whole_months else rest
            owed, accrued = exposed(
                losses.exposure[q], balance, n, losses.due[q, c], losses.paid[q, c], losses.lag[q, c],
                losses.principal[q, c], losses.billed[q, c], losses.elapsed_periods[q, c], rate, losses.interest[q, c], t,
            )  # fmt: skip
            weight = share * losses.weights[losses.table[q, c], t - 1]
            chance += weight
            owing += weight * (owed + accrued)
            squared += weight * (owed + accrued) ** 2
        probability[q, c], amount[q, c], square[q, c] = chance, owing, squared

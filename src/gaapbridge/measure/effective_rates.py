"""The effective rate of one loan: the discount factor at which its flows are worth an amount, by Newton within bounds."""

from __future__ import annotations

from gaapbridge.measure.compile import compiled_part

SOLVED, NO_SIGN_CHANGE, NO_ROOT, NEVER_REPAID = 0, 1, 2, 3
"""Outcomes of the solver: a number, or one of three reasons why there is none."""

LOWEST_FACTOR, HIGHEST_FACTOR = 0.5, 2.0
"""Admissible discount factors a period: rates from -50 % to +100 %."""

LAST_STEP = 1e-10
"""A step of Newton's, in parts of the factor, after which there is none: each leaves of the error at most its square times the
number of instalments, which after this one is below the last digit that a float64 has."""

LARGEST_GAP = 1e-9
"""How far, in parts of what the flows are to be worth, they may be from it where the last step is made."""


@compiled_part
def solve_factor(initial, balance, flow, mortality, instalments, first_length, guess):  # type: ignore[no-untyped-def]
    """Discount factor that makes the flows worth ``initial``: bracketed Newton. Returns (factor, outcome).

    With flows that are not negative the value rises with the factor, so at most one root exists.
    """
    brought = 0.0
    for j in range(1, instalments + 1):
        brought += flow[j]
    if not (initial > 0.0 and brought > 0.0):
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
        near = abs(following - factor) <= LAST_STEP * factor and abs(gap) <= LARGEST_GAP * initial
        if not near and not (low < following < high):
            following = 0.5 * (low + high)
        if near or high - low <= 2e-16 * factor:
            solved = LOWEST_FACTOR < following < HIGHEST_FACTOR and abs(gap) <= LARGEST_GAP * initial
            return following, SOLVED if solved else NO_ROOT
        factor = following
    return factor, NO_ROOT

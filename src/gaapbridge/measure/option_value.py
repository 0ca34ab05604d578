"""Grant-date fair value of an option where the tape gives none: the Black-Scholes formula and a binomial lattice.

Rates are continuous and a year, as both formulas are written (718-10-55-16 to 55-20; IFRS 2 B4 to B21).
"""

from __future__ import annotations

from dataclasses import dataclass
from math import erf, exp, inf, log, sqrt

import numpy as np

NEVER = inf
"""The exercise multiple of an option that is kept to its end."""


@dataclass(frozen=True)
class OptionTerms:
    """An option on a share: price and strike in one currency, life in years, annual volatility and continuous rates."""

    spot: float
    strike: float
    years: float
    volatility: float
    risk_free_continuous: float
    dividend_yield: float


def black_scholes(terms: OptionTerms) -> tuple[float, float]:
    """Value of a call and of a put that can be exercised at the end only.

    A share at 42, strike 40, half a year, volatility 20 %, rate 10 %: a call of 4.76 and a put of 0.81.

    >>> [round(value, 2) for value in black_scholes(OptionTerms(42, 40, 0.5, 0.2, 0.1, 0))]
    [4.76, 0.81]
    """
    share = terms.spot * exp(-terms.dividend_yield * terms.years)
    payment = terms.strike * exp(-terms.risk_free_continuous * terms.years)
    deviation = terms.volatility * sqrt(terms.years)
    above = log(share / payment) / deviation + deviation / 2.0
    call = share * _normal(above) - payment * _normal(above - deviation)
    return call, call - share + payment


def lattice(terms: OptionTerms, steps: int, vesting_years: float, exercise_multiple: float) -> float:
    """Value of a call that is exercised once vested as soon as the share reaches ``exercise_multiple`` times the strike.

    A recombining tree (up by e^(volatility x root of the step), down by its inverse). A share at 30, strike 30, ten years,
    volatility 50 %, rate 3 %, vested after three years and exercised at twice the strike is worth 16.90; at no multiple 18.65.

    >>> ten_years = OptionTerms(30, 30, 10, 0.5, 0.03, 0)
    >>> [round(lattice(ten_years, 10, 3, multiple), 2) for multiple in (2.0, NEVER)]
    [16.9, 18.65]
    """
    step = terms.years / steps
    up = exp(terms.volatility * sqrt(step))
    rise = (exp((terms.risk_free_continuous - terms.dividend_yield) * step) - 1.0 / up) / (up - 1.0 / up)
    discount = exp(-terms.risk_free_continuous * step)
    values = np.zeros(0)
    for moment in range(steps, -1, -1):
        shares = terms.spot * up ** np.arange(-moment, moment + 1, 2, dtype=np.float64)
        gain = shares - terms.strike
        if moment == steps:
            values = np.maximum(gain, 0.0)
            continue
        kept = discount * (rise * values[1:] + (1.0 - rise) * values[:-1])
        exercised = (moment * step >= vesting_years) & (shares >= exercise_multiple * terms.strike)
        values = np.where(exercised, gain, kept)
    return float(values[0])


def _normal(deviations: float) -> float:
    """Probability that a standard normal number is below."""
    return 0.5 * (1.0 + erf(deviations / sqrt(2.0)))

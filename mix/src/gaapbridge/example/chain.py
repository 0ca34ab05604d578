"""What becomes of a borrower from one due date to the next, multiplied out into the curves of the plan.

The chain is the simulation's, but that nothing matures: each month has one due date, on which a borrower pays or
misses and his rating changes. Who has missed as many instalments in a row as lead to default is pending until
the default day, which comes a fixed part of a month after the last of them.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from gaapbridge.example.market import (
    DAYS_PER_MONTH,
    RATING_MISSED,
    RATING_PAID,
    RATINGS,
    Market,
    Numbers,
    Regime,
    scaled_odds,
)

ARREARS = ("current", "1-30", "31-60", "61-90")
BUCKETS = (*ARREARS, "probation")
"""Buckets of the curves. A borrower in probation has cured and owes nothing overdue."""

_MISSED_IN_BUCKET = (0, 1, 2, 3, 0)
_STANDINGS = 3
_SETTLED = 1e-12


@dataclass(frozen=True)
class Steps:
    """One month of the borrowers of one regime, S segments; a state is instalments missed (0, 1, 2) x rating.

    ``stays`` S x states x states: from state to state for those still on book. ``defaults`` S x states: chance of the miss
    that leads to default. ``pays`` S x states: chance that a borrower who is current pays. ``waits`` S: part of a month from
    that miss to the default day.
    """

    stays: Numbers
    defaults: Numbers
    pays: Numbers
    waits: Numbers

    @staticmethod
    def of(market: Market, regime: Regime, odds: float, leaving: Numbers) -> Steps:
        """The steps with all odds of a miss scaled; ``leaving`` S is the share of those who paid that prepays."""
        ratings, every = len(RATINGS), range(len(market.segments))
        states = _STANDINGS * ratings
        miss, roll = scaled_odds(regime.miss, odds), scaled_odds(regime.roll, odds)
        stays, defaults = np.zeros((len(every), states, states)), np.zeros((len(every), states))
        pays = np.zeros((len(every), states))
        pays[:, :ratings] = 1.0 - miss
        for segment in every:
            into = stays[segment].reshape(_STANDINGS, ratings, _STANDINGS, ratings)
            into[0, :, 0] = (1.0 - miss[segment])[:, None] * (1.0 - leaving[segment]) * RATING_PAID
            into[0, :, 1] = miss[segment][:, None] * RATING_MISSED
            for missed in range(1, market.misses_to_default[segment]):
                nothing = roll[segment, missed - 1]
                oldest = (1.0 - nothing) * regime.pays_one[missed - 1]
                into[missed, :, missed] = oldest * RATING_PAID
                into[missed, :, 0] = (1.0 - nothing - oldest) * RATING_PAID
                if missed + 1 < market.misses_to_default[segment]:
                    into[missed, :, missed + 1] = nothing * RATING_MISSED
                else:
                    defaults[segment].reshape(_STANDINGS, ratings)[missed] = nothing
        waits = market.default_days / DAYS_PER_MONTH - (market.misses_to_default - 1)
        return Steps(stays, defaults, pays, waits)


def hazards(market: Market, steps: Steps, months: int) -> tuple[Numbers, Numbers]:
    """Hazards of default and shares performing, each S x rating x bucket x month ahead.

    A share performing is of those on book at the start of the month: current, and paying in it. Of a borrower who has missed
    too much already default is certain, in the first month.
    """
    ratings = len(RATINGS)
    shape = (len(market.segments), ratings, len(BUCKETS))
    alive, pending = np.zeros((*shape, steps.defaults.shape[1])), np.zeros(shape)
    for bucket, missed in enumerate(_MISSED_IN_BUCKET):
        waiting = market.misses_to_default <= missed
        pending[waiting, :, bucket] = 1.0
        if missed < _STANDINGS:
            first = missed * ratings
            alive[~waiting, :, bucket, first : first + ratings] = np.eye(ratings)
    late, on_time = steps.waits[:, None, None], 1.0 - steps.waits[:, None, None]
    hazard, performing = np.ones((*shape, months)), np.zeros((*shape, months))
    for month in range(months):
        on_book = alive.sum(axis=-1) + pending
        newly = np.einsum("srbx,sx->srb", alive, steps.defaults)
        defaulting, pending = pending + on_time * newly, late * newly
        there = on_book > _SETTLED
        hazard[..., month][there] = defaulting[there] / on_book[there]
        performing[..., month][there] = np.einsum("srbx,sx->srb", alive, steps.pays)[there] / on_book[there]
        alive = np.einsum("srbx,sxy->srby", alive, steps.stays)
    return hazard, performing

"""Months ahead that history has not seen: one month's steps, ridge logits of what is remembered, carried on month by month."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from gaapbridge.assumptions.curve_tables import ARREARS, BUCKETS, MONTHS
from gaapbridge.estimation.cohorts import Counts
from gaapbridge.estimation.fitted import Numbers
from gaapbridge.estimation.months import Whole

RIDGE = 1.0
"""The penalty on the square of each coefficient but the stages' own levels."""

_LEVEL_RIDGE = 1e-4
_STEPS = 100
_SETTLED = 1e-12

_DEFAULT, _REPAID = len(ARREARS), len(ARREARS) + 1


@dataclass(frozen=True)
class Remembered:
    """K states of who is on book and not in default: stage of arrears, months since something was overdue, since default."""

    stage: Whole
    recency: Whole
    default_recency: Whole
    look_back_months: int

    def bucket(self) -> Whole:
        """The place in ``BUCKETS`` of each state."""
        probation, late = BUCKETS.index("probation"), BUCKETS.index("recently_late")
        clean = np.where(self.recency <= self.look_back_months, late, 0)
        free = np.where(self.default_recency <= self.look_back_months, probation, clean)
        placed: Whole = np.where(self.stage > 0, self.stage, free)
        return placed


def remembered(look_back_months: int) -> Remembered:
    """All states that can be: who owes nothing overdue has missed no earlier than it was last in default."""
    most = look_back_months + 1
    free = [(0, m, d) for m in range(1, most + 1) for d in range(1, most + 1) if m <= d]
    late = [(a, 0, d) for a in range(1, len(ARREARS)) for d in range(1, most + 1)]
    stage, recency, default_recency = np.array(free + late).T
    return Remembered(stage, recency, default_recency, look_back_months)


def one_step(counts: Counts) -> tuple[Remembered, Numbers]:
    """Chances of a month's outcomes, segment x state x (stage 0..3, default, repaid), from the counts of distinct states.

    Outcomes are split off one after the other, each a logit of its own: default; repaid; nothing overdue; the first stage; the
    second. What a stage was never seen to do, by any segment, it cannot do, and what it always did it does. Age is left out: in
    one vintage it is the calendar.
    """
    states = remembered(counts.look_back_months)
    places = states.stage, states.recency, states.default_recency
    seen = counts.steps.sum(axis=0)[:, places[0], places[1], places[2], :].astype(float)
    chances, left = np.zeros(seen.shape), np.ones(seen.shape[:2])
    columns = _columns(states, len(counts.segments))
    outcomes = (_DEFAULT, _REPAID, 0, 1, 2)
    for place, outcome in enumerate(outcomes):
        still = [*outcomes[place:], len(ARREARS) - 1]
        exposed, events = seen[..., still].sum(axis=-1), seen[..., outcome]
        fitted = logistic(columns, exposed.ravel(), events.ravel()).reshape(exposed.shape)
        for a in range(len(ARREARS)):
            own = states.stage == a
            number, of_all = events[:, own].sum(), exposed[:, own].sum()
            if number == 0 or number == of_all:
                fitted[:, own] = 0.0 if number == 0 else 1.0
        chances[..., outcome] = left * fitted
        left = left * (1.0 - fitted)
    chances[..., len(ARREARS) - 1] = left
    return states, chances


def carried_on(counts: Counts) -> tuple[Numbers, Numbers]:
    """Hazard and share paying by the chain of one month's steps: segment x bucket x month ahead 1..480.

    A bucket begins as its origins were spread over the states remembered, of all segments; one that was never seen is nil. Who
    is on book is followed; who defaults or repays is not.
    """
    states, chances = one_step(counts)
    kinds = states.bucket()
    spread = counts.steps.sum(axis=(0, 1, 5))[states.stage, states.recency, states.default_recency].astype(float)
    alive = np.zeros((len(counts.segments), len(BUCKETS), kinds.size))
    for b in range(len(BUCKETS)):
        own = np.where(kinds == b, spread, 0.0)
        alive[:, b] = own / max(own.sum(), 1.0)
    moves = _moves(states, chances)
    leaving, paying = chances[..., _DEFAULT], chances[..., 0] + chances[..., _REPAID]
    hazards, pays = np.zeros((2, *alive.shape[:2], MONTHS))
    for month in range(MONTHS):
        hazards[..., month] = np.einsum("sbk,sk->sb", alive, leaving)
        pays[..., month] = np.einsum("sbk,sk->sb", alive, paying)
        alive = alive @ moves
        total = alive.sum(axis=-1, keepdims=True)
        alive = np.divide(alive, total, out=np.zeros_like(alive), where=total > 0.0)
    return hazards, pays


def logistic(columns: Numbers, exposed: Numbers, events: Numbers) -> Numbers:
    """Fitted chances of ``events`` of ``exposed`` by cell: a binomial logit with a ridge, by Newton's steps that are halved
    until the penalised likelihood rises, so that cells which separate cannot make it diverge.

    The columns that begin the matrix, one for each stage of arrears, have hardly any penalty.
    """
    penalty = np.full(columns.shape[1], RIDGE)
    penalty[: len(ARREARS)] = _LEVEL_RIDGE
    coefficients = np.zeros(columns.shape[1])

    def likelihood(trial: Numbers) -> float:
        index = columns @ trial
        return float(events @ index - exposed @ np.logaddexp(0.0, index) - 0.5 * penalty @ trial**2)

    seen = exposed > 0.0
    every, columns, exposed, events = columns, columns[seen], exposed[seen], events[seen]
    height = likelihood(coefficients)
    for _ in range(_STEPS):
        chances = 1.0 / (1.0 + np.exp(-(columns @ coefficients)))
        slope = columns.T @ (events - exposed * chances) - penalty * coefficients
        curvature = (columns.T * (exposed * chances * (1.0 - chances))) @ columns + np.diag(penalty)
        step = np.linalg.solve(curvature, slope)
        share = 1.0
        while (higher := likelihood(coefficients + share * step)) < height and share > _SETTLED:
            share *= 0.5
        if higher - height <= _SETTLED * (1.0 + abs(height)):
            break
        coefficients, height = coefficients + share * step, higher
    fitted: Numbers = 1.0 / (1.0 + np.exp(-(every @ coefficients)))
    return fitted


def _columns(states: Remembered, segments: int) -> Numbers:
    """The covariates, (segment, state) x column: stages, segments without and with arrears, both memories in widening steps."""
    memory = states.look_back_months
    last = np.minimum.reduce([np.full(5, memory), np.array([1, 2, 3, 6, memory])])
    first = np.concatenate([[0], last[:-1]])
    free = states.stage == 0
    recency = [free & (states.recency > low) & (states.recency <= high) for low, high in zip(first, last, strict=True)]
    after = [(states.default_recency > low) & (states.default_recency <= high) for low, high in ((0, 3), (3, 6), (6, memory))]
    late = [rows & ~free for rows in after]
    by_state = np.column_stack([rows.astype(float) for rows in (*recency, *(rows & free for rows in after), *late)])
    stages = np.eye(len(ARREARS))[states.stage]
    own = np.kron(np.eye(segments), np.column_stack([free, ~free]).astype(float))
    return np.hstack([np.tile(stages, (segments, 1)), own, np.tile(by_state, (segments, 1))])


def _moves(states: Remembered, chances: Numbers) -> Numbers:
    """Chances from state to state, segment x state x state: a month on, both memories are a month older, or nil."""
    most = states.look_back_months + 1
    place = {key: k for k, key in enumerate(zip(states.stage, states.recency, states.default_recency, strict=True))}
    moves = np.zeros((chances.shape[0], len(place), len(place)))
    for (_, m, d), k in place.items():
        for a in range(len(ARREARS)):
            to = place[(a, 0 if a else min(m + 1, most), min(d + 1, most))]
            moves[:, k, to] += chances[:, k, a]
    return moves

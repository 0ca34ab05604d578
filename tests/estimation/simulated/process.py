"""The chances by which the simulated contracts behave: a chain of states, finer than any bucket, written down as numbers.

A contract is on book with so many instalments missed, or in default for so many months, or gone. What it does next depends on
its class (segment, an unseen trait of the borrower, the day of its instalment), on its age, on how long ago it last missed, how
often, and how long ago it was cured of a default. None of it has the form of an estimator: the trait is never seen, and half of
the contracts owe in the middle of the month, so that they stand at 15, 45 and 75 days and default only with the fourth miss.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.float64]
Places = NDArray[np.int64]

LONG_AGO = 13
"""Months since a miss, or since a default, of which a year's look-back says nothing; also where there never was one."""
LAST_MONTH_IN_DEFAULT = 18
"""Whoever is still in default after so many months is charged off in the next."""
GONE = ("charged_off", "prepaid", "matured")


@dataclass(frozen=True)
class State:
    """Where a contract on book stands at a month's end, not in default.

    ``missed`` instalments; ``since_miss`` and ``since_default`` months since the last month end with anything overdue, and in
    default (1: the month before); ``often`` 0 nothing missed in the look-back, 1 once, 2 more often or within probation.
    """

    missed: int
    since_miss: int
    since_default: int
    often: int


def _states() -> list[State]:
    year = range(1, LONG_AGO)
    clean = [State(0, LONG_AGO, LONG_AGO, 0)]
    late = [State(0, ago, LONG_AGO, often) for ago in year for often in (1, 2)]
    overdue = [State(missed, 0, LONG_AGO, often) for missed in (1, 2, 3) for often in (1, 2)]
    cured = [State(0, ago, default, 2) for default in year for ago in range(1, default + 1)]
    again = [State(missed, 0, default, 2) for missed in (1, 2, 3) for default in year]
    return clean + late + overdue + cured + again


STATES = _states()
PLACE = {state: place for place, state in enumerate(STATES)}
ON_BOOK = len(STATES)
IN_DEFAULT = ON_BOOK
"""Place of the first month in default; the months after follow."""
CHARGED_OFF, PREPAID, MATURED = (ON_BOOK + LAST_MONTH_IN_DEFAULT + 1 + place for place in range(len(GONE)))
PLACES = MATURED + 1
NOTHING_OVERDUE = np.array([state.missed == 0 for state in STATES])


def later(state: State, missed: int) -> State:
    """The state a month after, with so many instalments missed then. What is over a year ago is forgotten."""
    default = min(state.since_default + 1, LONG_AGO)
    probation = default < LONG_AGO
    if missed:
        often = 2 if probation else min(2, state.often + (state.missed == 0))
        return State(missed, 0, default, often)
    miss = min(state.since_miss + 1, LONG_AGO)
    often = 0 if miss == LONG_AGO and not probation else max(1, state.often)
    return State(0, miss, default, 2 if probation else often)


@dataclass(frozen=True)
class Class:
    """What does not change in a contract's life: segment, unseen trait (1 pays badly), due in mid-month (1)."""

    segment: int
    trait: int
    mid_month: int

    @property
    def misses_to_default(self) -> int:
        """Instalments missed at the month end at which 90 days are reached: 3 x 30, or 4 x 30 - 15."""
        return 4 if self.mid_month else 3


CLASSES = [Class(segment, trait, half) for segment in range(3) for trait in range(2) for half in range(2)]


def chance(logit: float) -> float:
    """The probability of a logit: nil is one half."""
    return 1.0 / (1.0 + math.exp(-logit))


@dataclass(frozen=True)
class Process:
    """The parameters. By segment: the logit of a first miss, what a bad trait adds, the chance of a cure in the first month.

    ``severity`` by segment in the first year, ``drift`` added by year of charge-off; recoveries come by ``lags`` months after
    it, and ``cost_ratio`` of the cash is spent on collecting it.
    """

    miss_logit: tuple[float, ...] = (-4.2, -3.6, -3.0)
    trait_logit: float = 1.2
    trait_share: tuple[float, ...] = (0.2, 0.3, 0.4)
    segment_share: tuple[float, ...] = (0.5, 0.44, 0.06)
    roll: tuple[float, ...] = (0.0, 0.30, 0.50, 0.62)
    stay: tuple[float, ...] = (0.0, 0.25, 0.20, 0.12)
    cure: tuple[float, ...] = (0.16, 0.13, 0.10)
    repaid_in_default: float = 0.02
    direct_charge_off: float = 0.01
    settled_in_arrears: float = 0.004
    prepayment_peak: float = 0.022
    severity: tuple[float, ...] = (0.45, 0.50, 0.55)
    drift: float = 0.0
    lags: tuple[float, ...] = (0.30, 0.10, 0.15, 0.15, 0.10, 0.08, 0.06, 0.06)
    cost_ratio: float = 0.0
    rate: tuple[float, ...] = (0.09, 0.12, 0.18)

    def miss(self, of: Class, state: State) -> float:
        """Chance that a contract that owes nothing overdue misses its instalment."""
        logit = self.miss_logit[of.segment] + self.trait_logit * of.trait
        logit += 1.6 * math.exp(-(state.since_miss - 1) / 4.0) if state.since_miss < LONG_AGO else 0.0
        logit += 0.4 * (state.often == 2)
        return chance(logit + (1.8 - 0.09 * state.since_default if state.since_default < LONG_AGO else 0.0))

    def prepayment(self, age: int) -> float:
        """Chance that a contract of nothing overdue and no recent miss is repaid in the month of this age: humped by age."""
        return self.prepayment_peak * (0.35 + 0.65 * math.exp(-(((age - 14) / 9.0) ** 2)))

    def prepays(self, state: State) -> float:
        """What is left of that chance in a state: less after a miss, coming back over six months; none in arrears."""
        if state.missed:
            return 0.0
        return min(1.0, 0.4 + 0.1 * (state.since_miss - 1))

    def charge_off(self, month: int) -> float:
        """Chance of a charge-off in the month after so many in default: none at first, most about the fourth."""
        if month >= LAST_MONTH_IN_DEFAULT:
            return 1.0
        return (0.02, 0.06, 0.14, 0.24, 0.26, 0.20, 0.15)[month] if month < 7 else 0.10

    def cured(self, of: Class, month: int) -> float:
        """Chance of a cure in that month: falls as the default lasts."""
        return (
            0.0 if month >= LAST_MONTH_IN_DEFAULT else self.cure[of.segment] * (1.0 - 0.3 * of.trait) * math.exp(-month / 6.0)
        )

    def loss(self, segment: int, year: int) -> float:
        """Severity of a charge-off in a year, counted from that of the first vintage: never above 95 %."""
        return min(0.95, self.severity[segment] + self.drift * year)

    @cached_property
    def chains(self) -> Numbers:
        """Class x place x place a month later, before prepayment by age and maturity; of those gone nothing moves."""
        return np.stack([self._chain(of) for of in CLASSES])

    @cached_property
    def prepaying(self) -> Numbers:
        """Place: the part of the chance by age that applies."""
        return np.array([self.prepays(state) for state in STATES] + [0.0] * (PLACES - ON_BOOK))

    def _chain(self, of: Class) -> Numbers:
        chain = np.zeros((PLACES, PLACES))
        for place, state in enumerate(STATES):
            for to, share in self._moves(of, state).items():
                chain[place, to] += share
        for month in range(LAST_MONTH_IN_DEFAULT + 1):
            charged, cured = self.charge_off(month), self.cured(of, month)
            repaid = 0.0 if charged == 1.0 else self.repaid_in_default
            place = IN_DEFAULT + month
            chain[place, CHARGED_OFF], chain[place, PREPAID] = charged, repaid
            chain[place, PLACE[State(0, 1, 1, 2)]] = cured
            if charged < 1.0:
                chain[place, place + 1] = 1.0 - charged - repaid - cured
        for place in (CHARGED_OFF, PREPAID, MATURED):
            chain[place, place] = 1.0
        return chain

    def _moves(self, of: Class, state: State) -> dict[int, float]:
        paid = PLACE[later(state, 0)]
        if state.missed == 0:
            miss = self.miss(of, state)
            return {PLACE[later(state, 1)]: miss, paid: 1.0 - miss}
        more = state.missed + 1
        worse = min(0.9, self.roll[state.missed] * (1.0 + 0.25 * of.trait) * (1.3 if state.since_default < LONG_AGO else 1.0))
        lost = self.direct_charge_off if state.missed >= 2 else 0.0
        same, settled = self.stay[state.missed] * (1.0 - worse), self.settled_in_arrears
        worsened = IN_DEFAULT if more >= of.misses_to_default else PLACE[later(state, more)]
        moves = {worsened: worse * (1.0 - lost - settled), CHARGED_OFF: lost, PREPAID: settled}
        moves[PLACE[later(state, state.missed)]] = same * (1.0 - lost - settled)
        moves[paid] = 1.0 - sum(moves.values())
        return moves


def phase(age: int, term: int) -> int:
    """The month after an age: 0 before the last instalment, 1 in which it falls due, 2 after."""
    return 0 if age + 1 < term else 1 if age + 1 == term else 2


def ending(chain: Numbers, at: int) -> Numbers:
    """A chain in a phase: who owes nothing when the last instalment has fallen due has matured, however that came.

    After that nobody pays one instalment and stays as late as before: there is none left to fall due.
    """
    if at == 0:
        return chain
    ended = chain.copy()
    over = np.append(NOTHING_OVERDUE, [False] * (PLACES - ON_BOOK))
    ended[:, MATURED] += ended[:, over].sum(axis=1)
    ended[:, over] = 0.0
    ended[:PREPAID, MATURED] += ended[:PREPAID, PREPAID]
    ended[:PREPAID, PREPAID] = 0.0
    if at == 2:
        for place, state in enumerate(STATES):
            same = PLACE.get(later(state, state.missed)) if state.missed else None
            if same is not None:
                ended[place, MATURED] += ended[place, same]
                ended[place, same] = 0.0
    return ended

"""The simulated lender: contracts drawn by the process month by month, and their history as ``Months``."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gaapbridge.estimation import months as words
from gaapbridge.estimation.months import Months
from tests.estimation.simulated.process import (
    CHARGED_OFF,
    CLASSES,
    IN_DEFAULT,
    MATURED,
    ON_BOOK,
    PLACES,
    PREPAID,
    STATES,
    Class,
    Numbers,
    Places,
    Process,
    ending,
)

TERMS = (12, 24, 36, 48)
FIRST = 2015 * 12
"""January 2015: the month of the first vintage."""
_MISSED = np.array([state.missed for state in STATES] + [0] * (PLACES - ON_BOOK))
_NOT_YET = -1


@dataclass(frozen=True)
class Wave:
    """Months (from, to) in which part of the contracts on book pay nothing by agreement; their file counts them as missed."""

    first: int
    last: int
    share: float


@dataclass(frozen=True)
class Lives:
    """What the contracts went through, as nobody sees it: contract x month, from ``FIRST``.

    ``place`` is the place in the chain at the month's end, -1 before origination; ``deferred`` how many months of an agreed
    deferral were counted as missed by then. By contract: class, term, vintage, principal in minor units.
    """

    process: Process
    place: NDArray[np.int16]
    deferred: NDArray[np.int8]
    of: NDArray[np.int64]
    term: Places
    vintage: Places
    principal_minor: Places

    @property
    def contracts(self) -> int:
        return len(self.term)


def live(
    contracts: int,
    seed: int,
    process: Process | None = None,
    *,
    months: int = 60,
    vintages: int = 30,
    wave: Wave | None = None,
) -> Lives:
    """So many contracts originated evenly over the vintages, followed for so many months. The same seed, the same lives."""
    rules = process or Process()
    draw = np.random.default_rng(seed)
    segment = draw.choice(3, contracts, p=rules.segment_share)
    trait = (draw.random(contracts) < np.array(rules.trait_share)[segment]).astype(np.int64)
    of = segment * 4 + trait * 2 + draw.integers(0, 2, contracts)
    term = np.array(TERMS)[draw.choice(4, contracts, p=(0.15, 0.25, 0.35, 0.25))]
    vintage = draw.integers(0, vintages, contracts)
    principal = np.round(np.exp(draw.normal(13.5, 0.5, contracts))).astype(np.int64)
    place = np.full((contracts, months), _NOT_YET, np.int16)
    deferred = np.zeros((contracts, months), np.int8)
    sampler = _Sampler(rules)
    now = np.full(contracts, _NOT_YET)
    for month in range(months):
        age = month - vintage
        chances, agreed = draw.random((2, contracts)), draw.random(contracts)
        alive = (age > 0) & (now >= 0) & (now < CHARGED_OFF)
        waiting = np.zeros(contracts, bool)
        if wave is not None and wave.first <= month <= wave.last:
            begins = agreed < wave.share if month == wave.first else deferred[:, month - 1] > 0
            waiting = alive & begins & (now < IN_DEFAULT) & (age < term)
            deferred[waiting, month] = deferred[waiting, month - 1] + 1
        moves = np.flatnonzero(alive & ~waiting)
        now[moves] = sampler.next(of[moves], now[moves], age[moves] - 1, term[moves], chances[:, moves])
        now[age == 0] = 0
        place[:, month] = now
    return Lives(rules, place, deferred, of, term, vintage, principal)


class _Sampler:
    """Draws the next place of many contracts at once."""

    def __init__(self, process: Process) -> None:
        self._sums = np.stack([[np.cumsum(ending(chain, at), axis=1) for chain in process.chains] for at in range(3)])
        self._sums[..., -1] = 1.0
        self._prepaying = process.prepaying
        self._by_age = np.array([process.prepayment(age) for age in range(100)])

    def next(self, of: Places, now: Places, age: Places, term: Places, chances: Numbers) -> Places:
        at = np.clip(age + 2 - term, 0, 2)
        sums = self._sums[at, of, now]
        to = (sums <= chances[0][:, None]).sum(axis=1)
        early = (at == 0) & (chances[1] < self._by_age[age + 1] * self._prepaying[now])
        return np.where(early, PREPAID, to)


@dataclass(frozen=True)
class Window:
    """What of the lives the history shows: months first..last from ``FIRST``, and what is wrong with it.

    ``gaps`` is the share of months between two others that are lacking; ``frozen`` whether the dated rule is applied to the
    deferrals; ``seen_from_age`` leaves out the months before a contract was this old (bought in). ``weekend`` is the share of
    instalments due and paid that stand as missed at a month end on a Saturday or Sunday, because the money comes on Monday.
    """

    first: int = 12
    last: int = 59
    gaps: float = 0.0
    frozen: bool = True
    seen_from_age: int = 0
    weekend: float = 0.0


def history(lives: Lives, window: Window | None = None, seed: int = 0) -> Months:
    """The lives as a history: rows sorted by contract and month, those charged off until their last recovery."""
    w = window or Window()
    draw = np.random.default_rng(seed + 1_000_003)
    contracts, months = lives.place.shape
    month = np.arange(months)
    before = np.hstack([np.full((contracts, 1), _NOT_YET, np.int16), lives.place[:, :-1]])
    left_at = _first(lives.place >= CHARGED_OFF)
    cash, cost = _recoveries(lives, left_at, draw)
    age = month[None, :] - lives.vintage[:, None]
    shown: NDArray[np.bool_] = (age >= w.seen_from_age) & (month >= w.first) & (month <= w.last)
    on: NDArray[np.bool_] = shown & (before < CHARGED_OFF) & (lives.place >= 0)
    was_on = np.logical_or.reduce(on, axis=1)
    last_cash = np.where(cash.any(axis=1), months - 1 - np.argmax(cash[:, ::-1] != 0, axis=1), -1)
    after: NDArray[np.bool_] = shown & (before >= CHARGED_OFF) & (month[None, :] <= last_cash[:, None]) & was_on[:, None]
    row, column = np.nonzero(on | after)
    kept, contract = np.unique(row, return_inverse=True)
    place = lives.place[row, column].astype(np.int64)
    balance = _balance(lives, row, place, age[row, column])
    owed = _balance(lives, row, before[row, column].astype(np.int64), age[row, column] - 1)
    gone = after[row, column]
    event = np.select(
        [gone, place == CHARGED_OFF, place == PREPAID, place == MATURED],
        [words.GONE, words.CHARGED_OFF, words.PREPAID, words.MATURED],
        words.STILL,
    ).astype(np.int8)
    inner = (event == words.STILL) & (column > w.first) & (column < w.last) & (age[row, column] > w.seen_from_age)
    observed = ~(inner & (draw.random(len(row)) < w.gaps))
    deferred = lives.deferred[row, column].astype(np.int64)
    slow = on_weekend(column) & (lives.of[row] % 2 == 0) & (draw.random(len(row)) < w.weekend) & (age[row, column] > 0)
    slow &= (place < ON_BOOK) & (_MISSED[place] == 0)
    days = np.where(event == words.STILL, _days(lives.of[row], place, deferred + slow), 0)
    half = np.asarray(lives.of[kept])
    return Months(
        contract=contract.astype(np.int32),
        month=(FIRST + column).astype(np.int32),
        age=age[row, column].astype(np.int32),
        remaining=np.maximum(0, lives.term[row] - age[row, column]).astype(np.int32),
        arrears_days=np.where(observed, days, 0).astype(np.int32),
        balance_minor=np.where(observed, balance, 0),
        written_off_minor=np.where(event == words.CHARGED_OFF, owed, 0),
        recovered_minor=(cash + cost)[row, column],
        cost_minor=cost[row, column],
        event=event,
        observed=observed,
        frozen=(deferred > 0) & w.frozen,
        segment=np.array([CLASSES[place].segment for place in half], np.int32),
        fold=((kept * 2_654_435_761 >> 7) % 10).astype(np.int8),
        vintage=(FIRST + lives.vintage[kept]).astype(np.int32),
        principal_minor=lives.principal_minor[kept],
        rate=np.array([lives.process.rate[CLASSES[place].segment] for place in half]),
        first_seen=FIRST + w.first,
    )


def on_weekend(month: Places) -> NDArray[np.bool_]:
    """Whether month ends, counted from ``FIRST``, are Saturdays or Sundays."""
    first_of_next = np.datetime64("2015-01", "M") + month + 1
    weekday = (first_of_next.astype("datetime64[D]").astype(np.int64) + 2) % 7  # 1 January 1970 is a Thursday: its eve is 2
    flags: NDArray[np.bool_] = weekday >= 5
    return flags


def paid_instalments(of: Class, place: int, age: int) -> int:
    """Instalments paid by a contract that stands so at an age: all that fell due less those missed."""
    if place < ON_BOOK:
        return age - STATES[place].missed
    return age - of.misses_to_default - (place - IN_DEFAULT)


def balance_ratio(rate: float, term: int, paid: int) -> float:
    """Principal still owed of 1 after so many level instalments: 1 at nil, 0 at the term."""
    grown = (1.0 + rate / 12.0) ** term
    return float((grown - (1.0 + rate / 12.0) ** min(max(paid, 0), term)) / (grown - 1.0))


def _balance(lives: Lives, row: Places, place: Places, age: Places) -> Places:
    rates = np.array([lives.process.rate[of.segment] for of in CLASSES])[lives.of[row]]
    to_default = np.array([of.misses_to_default for of in CLASSES])[lives.of[row]]
    behind = np.where(place < ON_BOOK, _MISSED[np.maximum(place, 0)], to_default + place - IN_DEFAULT)
    grown, term = 1.0 + rates / 12.0, lives.term[row]
    paid = np.clip(age - behind, 0, term)
    ratio = (grown**term - grown**paid) / (grown**term - 1.0)
    return np.where((place >= 0) & (place < CHARGED_OFF), np.round(lives.principal_minor[row] * ratio), 0).astype(np.int64)


def _days(of: Places, place: Places, deferred: Places) -> Places:
    to_default = np.array([each.misses_to_default for each in CLASSES])[of]
    missed = np.where(place < ON_BOOK, _MISSED[place], to_default + place - IN_DEFAULT) + deferred
    return np.where(missed > 0, 30 * missed - 15 * (of % 2), 0)


def _first(true: NDArray[np.bool_]) -> Places:
    """Column of the first that is true by row, -1 without."""
    return np.where(true.any(axis=1), np.argmax(true, axis=1), -1)


def _recoveries(lives: Lives, left_at: Places, draw: np.random.Generator) -> tuple[Places, Places]:
    """Cash net of cost, and the cost, by contract and month: a beta draw about the mean of the year, by the lags."""
    contracts, months = lives.place.shape
    cash, cost = np.zeros((contracts, months), np.int64), np.zeros((contracts, months), np.int64)
    for contract in np.flatnonzero(lives.place[:, -1] == CHARGED_OFF):
        at, of = int(left_at[contract]), CLASSES[int(lives.of[contract])]
        mean = 1.0 - lives.process.loss(of.segment, at // 12)
        net = draw.beta(4.0 * mean, 4.0 * (1.0 - mean))
        place, age = int(lives.place[contract, at - 1]), at - 1 - int(lives.vintage[contract])
        ratio = balance_ratio(lives.process.rate[of.segment], int(lives.term[contract]), paid_instalments(of, place, age))
        for lag, share in enumerate(lives.process.lags):
            if at + lag < months:
                amount = lives.principal_minor[contract] * ratio * net * share
                cash[contract, at + lag] = round(amount)
                cost[contract, at + lag] = round(amount * lives.process.cost_ratio / (1.0 - lives.process.cost_ratio))
    return cash, cost

"""What is true of the simulated contracts: chances worked out from the chain itself, without drawing anything.

For each class, term and age, and each place in the chain, the chances of what happens 1, 2, .. months ahead are carried back
month by month (``Ahead``). An origin's truth is that of its place; a bucket's is the mean over the origins that stand in it,
because a bucket is coarser than a place. Loss is carried back the same way, by vintage, as severity may drift by the year.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from tests.estimation.simulated.lender import TERMS, Lives, Window, balance_ratio, paid_instalments
from tests.estimation.simulated.process import (
    CHARGED_OFF,
    CLASSES,
    IN_DEFAULT,
    LAST_MONTH_IN_DEFAULT,
    MATURED,
    NOTHING_OVERDUE,
    ON_BOOK,
    PLACES,
    PREPAID,
    STATES,
    Class,
    Numbers,
    Places,
    Process,
    ending,
    phase,
)

BUCKETS = ("current", "recently_late", "probation", "1-30", "31-60", "61-90")
LOOK_BACK_MONTHS = 12
SEEN_FROM_AGE = 1
"""Instalments due at the first month end of a contract that was seen from the beginning: at most this."""
_OVERDUE = 3
_OLDEST = max(TERMS) + 4


@dataclass(frozen=True)
class Ahead:
    """By months ahead 1..K (axis 0): chances of an origin; further axes as asked for.

    ``on_book`` at the month's start, not in default, and not maturing in it; ``defaults`` recognised, ``prepaid`` and
    ``paying`` (nothing overdue at its end, or prepaid) in the month; ``matured`` in it, which counts nowhere.
    """

    on_book: Numbers
    defaults: Numbers
    prepaid: Numbers
    paying: Numbers
    matured: Numbers


def ahead(process: Process, months: int) -> dict[int, Ahead]:
    """By term: months ahead x class x age 0.. x place on book."""
    return {term: _of_term(process, term, months) for term in TERMS}


def _of_term(process: Process, term: int, months: int) -> Ahead:
    ages = term + 4  # the last age at which anybody is on book and not in default
    sums = [np.zeros((months, len(CLASSES), ages, ON_BOOK)) for _ in range(5)]
    for place, chain in enumerate(process.chains):
        steps = [_step(process, chain, age, term) for age in range(ages)]
        one = [np.stack(each) for each in zip(*(_one_month(step) for step in steps), strict=True)]
        stays = np.stack([step[:ON_BOOK, :ON_BOOK] for step in steps])
        for total, now in zip(sums, one, strict=True):
            total[0, place] = now
            for month in range(1, months):
                later = np.vstack([total[month - 1, place, 1:], np.zeros((1, ON_BOOK))])
                total[month, place] = np.einsum("aij,aj->ai", stays, later)
    return Ahead(*sums)


def _one_month(step: Numbers) -> tuple[Numbers, ...]:
    rows = step[:ON_BOOK]
    paying = rows[:, PREPAID] + rows[:, :ON_BOOK][:, NOTHING_OVERDUE].sum(axis=1)
    matured = rows[:, MATURED]
    return 1.0 - matured, rows[:, IN_DEFAULT] + rows[:, CHARGED_OFF], rows[:, PREPAID], paying, matured


def _step(process: Process, chain: Numbers, age: int, term: int) -> Numbers:
    """The chain of the month after an age, with prepayment by age and maturity in it."""
    at = phase(age, term)
    step = ending(chain, at)
    if at == 0:
        early = process.prepayment(age + 1) * process.prepaying
        step = step * (1.0 - early)[:, None]
        step[:, PREPAID] += early
    return step


@dataclass(frozen=True)
class Origins:
    """Month ends from which the future is counted: contract, month (from the first of the lives), place, bucket."""

    contract: Places
    month: Places
    place: Places
    bucket: Places


def origins(lives: Lives, window: Window, least_look_back: int = 6) -> Origins:
    """Month ends in the window at which a contract is on book, not in default, and at least so many months were seen.

    Seen are the month ends from the contract's first in the window to this one; a miss or a default before them is not known,
    so it does not count for the bucket. Of a contract seen since its first instalment all is known at once. (A contract that
    was deferred counts as it truly stands.)
    """
    months = np.arange(lives.place.shape[1])
    age = months[None, :] - lives.vintage[:, None]
    shown = (months >= window.first) & (months <= window.last) & (age >= window.seen_from_age)
    seen: Places = np.cumsum(shown, axis=1, dtype=np.int64)
    known = (seen >= least_look_back) | (age - seen < SEEN_FROM_AGE)
    contract, month = np.nonzero(shown & known & (lives.place >= 0) & (lives.place < ON_BOOK))
    place = lives.place[contract, month].astype(np.int64)
    return Origins(contract, month, place, buckets(lives.of[contract], place, seen[contract, month]))


_SINCE_MISS = np.array([state.since_miss for state in STATES])
_SINCE_DEFAULT = np.array([state.since_default for state in STATES])
_MISSED = np.array([state.missed for state in STATES])


def buckets(of: Places, place: Places, seen: Places) -> Places:
    """Place in ``BUCKETS``. A miss or a default counts for 12 months, and where its month end was seen: ``ago < seen``."""
    known = np.minimum(seen - 1, LOOK_BACK_MONTHS)
    late, default = _SINCE_MISS[place] <= known, _SINCE_DEFAULT[place] <= known
    days = 30 * _MISSED[place] - 15 * (of % 2)
    overdue = _OVERDUE + (days > 30).astype(np.int64) + (days > 60)
    return np.where(_MISSED[place] > 0, overdue, np.where(default, 2, np.where(late, 1, 0)))


def of_origins(lives: Lives, of: Origins, table: dict[int, Ahead]) -> Ahead:
    """Months ahead x origin."""
    months = next(iter(table.values())).on_book.shape[0]
    out = [np.zeros((months, len(of.contract))) for _ in range(5)]
    age = of.month - lives.vintage[of.contract]
    for term, chances in table.items():
        here = np.flatnonzero(lives.term[of.contract] == term)
        at = (lives.of[of.contract[here]], age[here], of.place[here])
        for total, each in zip(out, vars(chances).values(), strict=True):
            total[:, here] = each[(slice(None), *at)]
    return Ahead(*out)


def by_bucket(lives: Lives, window: Window, of: Origins, chances: Ahead, *, censored: bool) -> Ahead:
    """Sums of the chances, months ahead x segment x bucket; ``censored``: only of months that the window still shows."""
    months = chances.on_book.shape[0]
    segments = np.array([each.segment for each in CLASSES])[lives.of[of.contract]]
    cell = segments * len(BUCKETS) + of.bucket
    seen = np.ones((months, len(cell)), bool)
    if censored:
        seen = of.month[None, :] + np.arange(1, months + 1)[:, None] <= window.last
    size = 3 * len(BUCKETS)

    def summed(each: Numbers) -> Numbers:
        sums: Numbers = np.zeros((months, size))
        for month in range(months):
            sums[month] = np.bincount(cell, each[month] * seen[month], minlength=size)
        return sums.reshape(months, 3, len(BUCKETS))

    return Ahead(*(summed(each) for each in vars(chances).values()))


@dataclass(frozen=True)
class Loss:
    """Ultimate loss of a contract in default, as a part of its balance: class x whole months in default x age x vintage.

    ``undiscounted``, and ``discounted`` at the contract's rate to the month asked for. A default after a cure is part of it.
    """

    undiscounted: Numbers
    discounted: Numbers


def losses(process: Process, vintages: int) -> dict[int, Loss]:
    """By term. Raises nothing; ages at which nobody can be in default so long are nil."""
    out = {}
    for term in TERMS:
        both = [
            np.stack([_carried_back(process, term, place, vintages, discounted) for place in range(len(CLASSES))])
            for discounted in (False, True)
        ]
        out[term] = Loss(*both)
    return out


def _carried_back(process: Process, term: int, place: int, vintages: int, discounted: bool) -> Numbers:
    """Loss over balance by months in default x age x vintage.

    In default a charge-off loses the balance less what is recovered, and a cure loses what comes after it; of these the
    recoveries and what comes after are discounted. Otherwise the loss to come is that of a month later, discounted.
    """
    of, chain = CLASSES[place], process.chains[place]
    rate = process.rate[of.segment]
    factor = 1.0 / (1.0 + rate / 12.0) if discounted else 1.0
    lags = sum(share * factor**lag for lag, share in enumerate(process.lags)) / sum(process.lags)
    ages = term + 4 + LAST_MONTH_IN_DEFAULT + 2
    default = np.arange(IN_DEFAULT, IN_DEFAULT + LAST_MONTH_IN_DEFAULT + 1)
    gross, cash, after = (np.zeros((PLACES, vintages)) for _ in range(3))
    out = np.zeros((len(default), ages, vintages))
    for age in reversed(range(ages)):
        step = _step(process, chain, age, term)
        severity = np.array([process.loss(of.segment, (vintage + age + 1) // 12) for vintage in range(vintages)])
        owed = np.array([_owed(of, rate, term, at, age) for at in range(PLACES)])
        lost = (step[:, CHARGED_OFF] * owed)[:, None]
        recovered = lost * (1.0 - severity) * lags
        value = gross - cash + after
        on_book = np.vstack([value[:ON_BOOK], np.zeros((PLACES - ON_BOOK, vintages))])
        new_gross, new_cash = np.zeros_like(gross), np.zeros_like(cash)
        new_gross[default] = (lost + step @ _only(gross, default))[default]
        new_cash[default] = factor * (recovered + step @ _only(cash, default))[default]
        new_after = factor * (step @ (on_book + _only(after, default)))
        new_after[:ON_BOOK] = factor * (step @ value + lost - recovered)[:ON_BOOK]
        gross, cash, after = new_gross, new_cash, new_after
        balance = owed[default][:, None]
        out[:, age] = np.where(balance > 0.0, (gross - cash + after)[default] / np.where(balance > 0.0, balance, 1.0), 0.0)
    return out


def _only(values: Numbers, places: Places) -> Numbers:
    kept = np.zeros_like(values)
    kept[places] = values[places]
    return kept


def _owed(of: Class, rate: float, term: int, place: int, age: int) -> float:
    if place >= CHARGED_OFF:
        return 0.0
    paid = paid_instalments(of, place, age)
    return balance_ratio(rate, term, paid) if 0 <= paid <= term else 0.0

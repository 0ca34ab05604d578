"""A history counted slowly, contract by contract: the buckets and cohorts of ``Months``, in whole numbers and nothing else.

Written from the words alone: in default from the month end at which the days reach ``default_days``, from a charge-off or from
leaving with a balance, until nothing is overdue. A dated rule leaves the days of a month as they were at its start. Of a month
that was not observed nothing is known: no contract is followed into it, and the look-back begins anew after it. Nor is one
followed into the month of its last instalment or beyond: who pays in it leaves, and who cannot stays, so that it says too much.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

import numpy as np

from gaapbridge.estimation import months as words
from gaapbridge.estimation.months import Months
from tests.estimation.simulated.truth import BUCKETS, LOOK_BACK_MONTHS, SEEN_FROM_AGE

DEFAULT = "default"
UNSEEN = "unseen"
NO_LOOK_BACK = "no look-back"


@dataclass
class Counted:
    """By (segment, bucket, month ahead): ``on_book`` at the month's start, ``defaults``, ``prepaid``,
    and ``paying``, with nothing overdue at the month's end or prepaid.

    By (segment, instalments due at the month's end): ``exposed``, not in default and paying, and ``repaid`` of those.
    """

    on_book: Counter[tuple[int, str, int]] = field(default_factory=Counter)
    defaults: Counter[tuple[int, str, int]] = field(default_factory=Counter)
    prepaid: Counter[tuple[int, str, int]] = field(default_factory=Counter)
    paying: Counter[tuple[int, str, int]] = field(default_factory=Counter)
    exposed: Counter[tuple[int, int]] = field(default_factory=Counter)
    repaid: Counter[tuple[int, int]] = field(default_factory=Counter)


@dataclass(frozen=True)
class Told:
    """One contract, row by row: how it stands at the month's end (``STATES`` by words), and its days with the rule applied."""

    standing: list[str]
    days: list[int]


def told(months: Months, rows: range, default_days: int = 90, least_look_back: int = 6) -> Told:
    """How a contract stands at each of its month ends: a bucket, in default, gone (""), unseen or without a look-back."""
    standing: list[str] = []
    days: list[int] = []
    seen = least_look_back if rows and months.age[rows.start] <= SEEN_FROM_AGE else 0
    in_default, last_late, last_default = False, -99, -99
    for number, row in enumerate(rows):
        late = int(months.arrears_days[row])
        if months.frozen[row] or not months.observed[row]:
            late = days[-1] if days else late
        days.append(late)
        if months.event[row] != words.STILL:
            gone = months.event[row] in (words.CHARGED_OFF, words.LEFT_WITH_BALANCE) and not in_default
            in_default = in_default or gone
            standing.append(DEFAULT if gone else "")
            continue
        in_default = late >= default_days or (in_default and late > 0)
        if late > 0:
            last_late = number
        if in_default:
            last_default = number
        seen = seen + 1 if months.observed[row] else 0
        if not months.observed[row]:
            standing.append(UNSEEN)
        elif in_default:
            standing.append(DEFAULT)
        elif seen < least_look_back:
            standing.append(NO_LOOK_BACK)
        else:
            standing.append(_bucket(late, number - last_late, number - last_default))
    return Told(standing, days)


def _bucket(days: int, since_late: int, since_default: int) -> str:
    if days > 0:
        return BUCKETS[3 + (days > 30) + (days > 60)]
    if since_default <= LOOK_BACK_MONTHS:
        return "probation"
    return "recently_late" if since_late <= LOOK_BACK_MONTHS else "current"


def spans(months: Months) -> list[range]:
    """The rows of each contract."""
    starts = np.flatnonzero(np.diff(months.contract, prepend=-1)).tolist()
    return [range(first, last) for first, last in zip(starts, [*starts[1:], len(months.contract)], strict=True)]


def counted(months: Months, until: int, horizon: int, default_days: int = 90, least_look_back: int = 6) -> Counted:
    """The counts of what was known at the end of month ``until``."""
    out = Counted()
    for number, every in enumerate(spans(months)):
        rows = range(every.start, every.start + sum(int(months.month[row]) <= until for row in every))
        segment = int(months.segment[number])
        one = told(months, rows, default_days, least_look_back)
        for origin, bucket in enumerate(one.standing):
            if bucket in BUCKETS:
                _follow(out, months, rows, one, origin, (segment, bucket), horizon)
        for place in range(1, len(rows)):
            _age(out, months, rows, one, place, segment)
    return out


def _follow(out: Counted, months: Months, rows: range, one: Told, origin: int, cell: tuple[int, str], horizon: int) -> None:
    for ahead in range(1, min(horizon, len(rows) - 1 - origin) + 1):
        place = origin + ahead
        event, now = int(months.event[rows[place]]), one.standing[place]
        if now == UNSEEN or months.remaining[rows[place]] == 0:
            return
        if event not in (words.MATURED, words.LEFT):
            key = (*cell, ahead)
            out.on_book[key] += 1
            out.defaults[key] += now == DEFAULT
            out.prepaid[key] += event == words.PREPAID
            out.paying[key] += event == words.PREPAID or (event == words.STILL and one.days[place] == 0)
        if now == DEFAULT or event != words.STILL:
            return


def _age(out: Counted, months: Months, rows: range, one: Told, place: int, segment: int) -> None:
    event, was, now = int(months.event[rows[place]]), one.standing[place - 1], one.standing[place]
    if was in ("", DEFAULT, UNSEEN) or now == UNSEEN or event in (words.MATURED, words.LEFT):
        return
    if months.remaining[rows[place]] == 0 or not (event == words.PREPAID or (event == words.STILL and one.days[place] == 0)):
        return
    age = int(months.age[rows[place]])
    out.exposed[segment, age] += 1
    out.repaid[segment, age] += event == words.PREPAID

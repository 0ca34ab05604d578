"""What came of a book: the first default recognised, prepayment, charge-off and recoveries, and how far it was seen."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gaapbridge.estimation import months as m
from gaapbridge.estimation.recoveries import written_off
from gaapbridge.estimation.validation.book import IN_DEFAULT, Book, Places, ends_of

NEVER = 0
"""A month ahead in which nothing came."""


@dataclass(frozen=True)
class Observed:
    """By contract of a book, in months ahead of the opening (``NEVER`` where not): ``default`` first recognised, ``prepaid``
    without a default before, ``ended`` (repaid, matured, charged off), first ``charged_off``, whole or in part, or left with a
    balance; ``seen`` is how many months it was under observation, all of them where its outcome is known; ``frozen`` the first
    month whose arrears a dated rule leaves as they were. In minor units: ``gross_minor`` written off, parts added up,
    ``recovered_minor`` cash of recoveries since the opening, net of the cost of collecting.
    """

    default: Places
    prepaid: Places
    ended: Places
    charged_off: Places
    seen: Places
    frozen: Places
    gross_minor: Places
    recovered_minor: Places

    def chosen(self, which: NDArray[np.bool_]) -> Observed:
        """Those of the contracts that are wanted."""
        return Observed(**{name: getattr(self, name)[which] for name in self.__dataclass_fields__})


def observed(months: m.Months, standing: m.Tiny, book: Book, until: int) -> Observed:
    """What came of a book by the month ``until``; in a month that was not observed nothing begins."""
    count, whole = len(book.row), until - book.opening
    end = ends_of(months)[1][book.contract]
    default, prepaid, ended, charged_off, frozen = (np.full(count, NEVER, dtype=np.int64) for _ in range(5))
    seen = np.zeros(count, dtype=np.int64)
    gross, recovered = (np.zeros(count, dtype=np.int64) for _ in range(2))
    sold = np.zeros(count, dtype=np.bool_)
    for ahead in range(1, whole + 1):
        which = np.nonzero((book.row + ahead < end) & ~sold)[0]
        row = book.row[which] + ahead
        event, told = months.event[row], months.observed[row]
        open_before = (default[which] == NEVER) & (ended[which] == NEVER)
        lost = (event == m.CHARGED_OFF) | (event == m.LEFT_WITH_BALANCE)
        begins = open_before & told & (lost | ((event == m.STILL) & (standing[row] == IN_DEFAULT)))
        default[which[begins]] = ahead
        prepaid[which[open_before & ~begins & (event == m.PREPAID)]] = ahead
        frozen[which[months.frozen[row] & (frozen[which] == NEVER) & open_before]] = ahead
        gone = (event == m.PREPAID) | (event == m.MATURED) | lost
        ended[which[gone & (ended[which] == NEVER)]] = ahead
        off = lost | ((event == m.STILL) & (months.written_off_minor[row] > 0))
        charged_off[which[off & (charged_off[which] == NEVER)]] = ahead
        gross[which[off]] += written_off(months, months.event, row[off] - 1, row[off])
        recovered[which] += months.recovered_minor[row] - months.cost_minor[row]
        seen[which] = ahead
        sold[which[event == m.LEFT]] = True
    seen = np.where((ended != NEVER) | (default != NEVER), whole, seen)
    return Observed(default, prepaid, ended, charged_off, seen, frozen, gross, np.where(charged_off != NEVER, recovered, 0))

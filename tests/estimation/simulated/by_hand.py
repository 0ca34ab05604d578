"""Tiny histories written in a line each, to be worked out on paper."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from gaapbridge.estimation import months as words
from gaapbridge.estimation.months import Months

FIRST_MONTH = 2018 * 12
"""January 2018 is the first month end of every line."""
_EVENTS = {
    "P": words.PREPAID,
    "M": words.MATURED,
    "C": words.CHARGED_OFF,
    "B": words.LEFT_WITH_BALANCE,
    "L": words.LEFT,
    "g": words.GONE,
}


@dataclass(frozen=True)
class Line:
    """A contract. ``months``: one sign a month end, a digit for so many instalments missed (30 days each), ``?`` not observed,
    P repaid early, M matured, C charged off, B left with a balance, L left for no outcome, g gone (recoveries alone).

    ``frozen`` are the places, from 1, of months whose arrears the dated rule leaves as they were; ``cash`` what is recovered at
    a place. The balance is ``balance_minor`` until the contract leaves; a charge-off writes it off. At the first month end
    ``age`` instalments have fallen due: it was bought in, and what it did before is not known; at nil it is just originated.
    """

    months: str
    frozen: Sequence[int] = ()
    cash: tuple[tuple[int, int], ...] = ()
    balance_minor: int = 1_000
    segment: int = 0
    begins: int = 0
    age: int = 20
    term: int = 480
    rate: float = 0.12


def written(*lines: Line) -> Months:
    """The lines as a history: one instalment falls due in each month."""
    rows = [(number, place, line) for number, line in enumerate(lines) for place in range(1, len(line.months) + 1)]
    signs = [line.months[place - 1] for _, place, line in rows]
    event = np.array([_EVENTS.get(sign, words.STILL) for sign in signs], np.int8)
    balance = np.array([line.balance_minor for _, _, line in rows])
    still = event == words.STILL
    observed = np.array([sign != "?" for sign in signs])
    age = np.array([line.age + place - 1 for _, place, line in rows], np.int32)
    return Months(
        contract=np.array([number for number, _, _ in rows], np.int32),
        month=np.array([FIRST_MONTH + line.begins + place - 1 for _, place, line in rows], np.int32),
        age=age,
        remaining=np.maximum(0, np.array([line.term for _, _, line in rows], np.int32) - age),
        arrears_days=np.array([30 * int(sign) if sign.isdigit() else 0 for sign in signs], np.int32),
        balance_minor=np.where(still & observed, balance, 0),
        written_off_minor=np.where(event == words.CHARGED_OFF, balance, 0),
        recovered_minor=np.array([dict(line.cash).get(place, 0) for _, place, line in rows]),
        cost_minor=np.zeros(len(rows), np.int64),
        event=event,
        observed=observed,
        frozen=np.array([place in line.frozen for _, place, line in rows]),
        segment=np.array([line.segment for line in lines], np.int32),
        fold=np.arange(len(lines), dtype=np.int8) % 10,
        vintage=np.array([FIRST_MONTH + line.begins - line.age for line in lines], np.int32),
        principal_minor=np.array([line.balance_minor for line in lines]),
        rate=np.array([line.rate for line in lines]),
        first_seen=FIRST_MONTH,
    )


def last_month(*lines: Line) -> int:
    """The last month end of the lines."""
    return FIRST_MONTH + max(line.begins + len(line.months) for line in lines) - 1

"""True loss given default of the first defaults of a history, by segment and whole months in default."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from tests.estimation.simulated import truth
from tests.estimation.simulated.lender import Lives, Window, balance_ratio, paid_instalments
from tests.estimation.simulated.process import CHARGED_OFF, CLASSES, IN_DEFAULT, ON_BOOK, Numbers


@dataclass(frozen=True)
class TrueLoss:
    """Segment x whole months in default 0..: loss over balance, of those still in it; ``owed`` the balances behind it.

    ``with_direct`` is that of month 0 where charge-offs of contracts not in default before are defaults too: nothing of theirs
    but the severity.
    """

    undiscounted: Numbers
    discounted: Numbers
    owed: Numbers
    with_direct: Numbers


def true_loss(lives: Lives, window: Window, carried: dict[int, truth.Loss], months: int) -> TrueLoss:
    """Of each contract's first default, where it falls into the window; mixed by balance."""
    lost, later, owed = (np.zeros((3, months)) for _ in range(3))
    direct, direct_owed = np.zeros(3), np.zeros(3)
    for contract in range(lives.contracts):
        places = lives.place[contract]
        began = np.flatnonzero((places >= IN_DEFAULT) & (places <= CHARGED_OFF))
        if began.size == 0 or not window.first < began[0] <= window.last:
            continue
        at, class_place = int(began[0]), int(lives.of[contract])
        of, term = CLASSES[class_place], int(lives.term[contract])
        vintage, principal = int(lives.vintage[contract]), float(lives.principal_minor[contract])
        age, rate = at - vintage, lives.process.rate[of.segment]
        if places[at] == CHARGED_OFF:
            balance = principal * balance_ratio(rate, term, paid_instalments(of, int(places[at - 1]), age - 1))
            direct[of.segment] += balance * lives.process.loss(of.segment, at // 12)
            direct_owed[of.segment] += balance
            continue
        balance = principal * balance_ratio(rate, term, paid_instalments(of, IN_DEFAULT, age))
        month = 0
        while month < months and at + month <= window.last and ON_BOOK <= places[at + month] < CHARGED_OFF:
            cell = (class_place, month, age + month, vintage)
            owed[of.segment, month] += balance
            lost[of.segment, month] += balance * carried[term].undiscounted[cell]
            later[of.segment, month] += balance * carried[term].discounted[cell]
            month += 1
    base = np.maximum(owed, 1.0)
    with_direct = (lost[:, 0] + direct) / np.maximum(owed[:, 0] + direct_owed, 1.0)
    return TrueLoss(lost / base, later / base, owed, with_direct)

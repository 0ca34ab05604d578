"""The share of a fee receivable that will not be collected: what the lender's loss rates for fees are, were it to know.

Fees not yet due are lost when the borrower repays early, all that is open when the guarantee is paid out, and
an overdue fee when the borrower is let off. The rates are worked out from the probabilities of the market for
fees by the month, over a book to which contracts of the product's terms are added evenly.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from gaapbridge.example.contracts import ARRANGED_PRODUCT
from gaapbridge.example.fees import LET_OFF
from gaapbridge.example.market import ARREARS, SEGMENTS, Numbers, Regime


def fee_losses(regime: Regime) -> Numbers:
    """Loss rates S x 4 buckets. Where payout is certain everything is lost."""
    rates = np.ones((len(SEGMENTS), len(ARREARS)))
    for segment in range(len(SEGMENTS)):
        book = [_of_term(regime, segment, term) for term in ARRANGED_PRODUCT.terms]
        collected, receivable = np.tensordot(ARRANGED_PRODUCT.term_shares, book, axes=1)
        rates[segment, : collected.size] = 1.0 - collected / receivable
    return rates


def _of_term(regime: Regime, segment: int, term: int) -> Numbers:
    """Two rows by bucket: what will be collected, and what is receivable, over all ages; in fees of a month."""
    miss, roll, pays_one = float(regime.miss[segment]), regime.roll[segment], regime.pays_one
    collected = [_after_maturity(roll, pays_one, bucket, bucket) for bucket in range(roll.size + 1)]
    by_age = [collected]
    for age in range(term - 1, -1, -1):
        later, stays = by_age[0], 1.0 - float(regime.prepay[segment, age])
        now = [(1.0 - miss) * (1.0 + stays * later[0]) + miss * later[1]]
        for bucket in range(1, roll.size + 1):
            nothing, one = _chances(roll, pays_one, bucket)
            everything = _weight(bucket, bucket + 1) + stays * later[0]
            worse = later[bucket + 1] if bucket < roll.size else 0.0
            oldest = _weight(bucket, 1) + later[bucket]
            now.append(nothing * worse + one * oldest + (1.0 - nothing - one) * everything)
        by_age.insert(0, now)
    return _over_ages(regime, segment, term, by_age)


def _over_ages(regime: Regime, segment: int, term: int, by_age: Sequence[Sequence[float]]) -> Numbers:
    """Sums over ages, each bucket at each age weighted with the share of contracts in it."""
    miss, roll = float(regime.miss[segment]), regime.roll[segment]
    share, sums = np.eye(roll.size + 1)[0], np.zeros((2, roll.size + 1))
    for age in range(term + 1):
        receivable = [term - age + _weight(bucket - 1, bucket) for bucket in range(roll.size + 1)]
        sums += share * np.array([by_age[age], receivable])
        stays = 1.0 - float(regime.prepay[segment, min(age, term - 1)])
        step = np.zeros((roll.size + 1, roll.size + 1))
        step[0, :2] = (1.0 - miss) * stays, miss
        for bucket in range(1, roll.size + 1):
            nothing, one = _chances(roll, regime.pays_one, bucket)
            step[bucket, 0] = (1.0 - nothing - one) * stays
            step[bucket, bucket] += one
            if bucket < roll.size:
                step[bucket, bucket + 1] = nothing
        share = share @ step
    return sums


def _after_maturity(roll: Numbers, pays_one: Numbers, bucket: int, overdue: int) -> float:
    """Fees still collected when no more fall due: ``overdue`` of them open, the oldest since ``bucket`` months."""
    if overdue == 0 or bucket > roll.size:
        return 0.0
    nothing, one = _chances(roll, pays_one, bucket)
    worse = _after_maturity(roll, pays_one, bucket + 1, overdue)
    oldest = _weight(bucket, 1) + _after_maturity(roll, pays_one, bucket, overdue - 1)
    return nothing * worse + one * oldest + (1.0 - nothing - one) * _weight(bucket, overdue)


def _chances(roll: Numbers, pays_one: Numbers, bucket: int) -> tuple[float, float]:
    """Chance that a borrower in arrears pays nothing, and that he pays one instalment."""
    nothing = float(roll[bucket - 1])
    return nothing, (1.0 - nothing) * float(pays_one[bucket - 1])


def _weight(oldest: int, fees: int) -> float:
    """Consecutive fees, the oldest so many months late: those later than one month only of borrowers not let off."""
    return sum(1.0 if late <= 1 else 1.0 - LET_OFF for late in range(oldest, oldest - fees, -1))

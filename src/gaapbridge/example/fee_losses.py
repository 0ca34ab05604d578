"""The share of a fee receivable that will not be collected: what the lender's loss rates for fees are, were it to know.

Fees not yet due are lost when the borrower repays early, all that is open when the guarantee is paid out, and
an overdue fee when the borrower is let off. The rates are worked out from the probabilities of the market over a
book to which contracts of the product's terms are added evenly, of fees by the month and by the quarter; fees
paid at the start are never receivable.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from gaapbridge.example.chain import ARREARS
from gaapbridge.example.contracts import ARRANGED_PRODUCT
from gaapbridge.example.fees import KIND_SHARES, LET_OFF, MONTHLY, QUARTERLY
from gaapbridge.example.market import GUARANTEED_LOANS, RATING_MISSED, RATING_PAID, RATING_SHARES, Numbers, Regime

_STANDINGS = 3
_MONTHS_A_QUARTER = 3


def fee_losses(regime: Regime) -> Numbers:
    """Loss rates S x 4 buckets. Where payout is certain everything is lost."""
    rates = np.ones((len(GUARANTEED_LOANS.segments), len(ARREARS)))
    for segment, missed in enumerate(GUARANTEED_LOANS.misses_to_default):
        collected, receivable = np.zeros(_STANDINGS), np.zeros(_STANDINGS)
        for term, share in zip(ARRANGED_PRODUCT.terms, ARRANGED_PRODUCT.term_shares, strict=True):
            for kind in (MONTHLY, QUARTERLY):
                book = _Borrower.of(regime, segment, int(missed)).over_ages(_fees(kind, term))
                collected += share * KIND_SHARES[kind] * book[0]
                receivable += share * KIND_SHARES[kind] * book[1]
        rates[segment, :missed] = 1.0 - collected[:missed] / receivable[:missed]
    return rates


def _fees(kind: int, term: int) -> Numbers:
    """Fees going with instalment 0..term, in fees of a month: each month in arrears, or each quarter in advance."""
    month = np.arange(term + 1)
    if kind == MONTHLY:
        return (month > 0).astype(np.float64)
    return np.where(month % _MONTHS_A_QUARTER == 0, np.minimum(_MONTHS_A_QUARTER, term - month), 0).astype(np.float64)


@dataclass(frozen=True)
class _Borrower:
    """The chances of one segment's borrowers: ``miss`` by rating, ``nothing`` and ``oldest`` by instalments missed (1, 2)."""

    miss: Numbers
    nothing: Numbers
    oldest: Numbers
    prepay: Numbers
    misses_to_default: int

    @staticmethod
    def of(regime: Regime, segment: int, misses_to_default: int) -> _Borrower:
        """Those of a segment, whose guarantees are paid out after so many misses in a row."""
        nothing = regime.roll[segment]
        return _Borrower(
            regime.miss[segment], nothing, (1.0 - nothing) * regime.pays_one, regime.prepay[segment], misses_to_default
        )

    def over_ages(self, fees: Numbers) -> Numbers:
        """Two rows by instalments missed: what will be collected, and what is receivable, summed over all ages."""
        term = fees.size - 1
        to_come = self._to_come(fees)
        share = np.zeros((_STANDINGS, len(RATING_SHARES)))
        share[0] = RATING_SHARES
        sums = np.zeros((2, _STANDINGS))
        for age in range(term + _STANDINGS):
            share[0] *= age < term
            share[1:] *= (term - age + np.arange(1, _STANDINGS) > 0)[:, None]
            sums[0] += (share * to_come[age]).sum(axis=1)
            open_fees = [fees[age + 1 :].sum() + _overdue(fees, age, missed) for missed in range(_STANDINGS)]
            sums[1] += share.sum(axis=1) * open_fees
            share = self._moved(share, self.prepay[min(age, term - 1)])
        return sums

    def _to_come(self, fees: Numbers) -> Numbers:
        """Fees still collected, age x missed x rating."""
        term = fees.size - 1
        to_come = np.zeros((term + _STANDINGS + 1, _STANDINGS, self.miss.size))
        for age in range(term + _STANDINGS - 1, -1, -1):
            later, due = to_come[age + 1], fees[age + 1] if age < term else 0.0
            worse = [*(RATING_MISSED @ row for row in later[1:]), np.zeros(self.miss.size)]
            if age < term:
                stays = 1.0 - self.prepay[age]
                to_come[age, 0] = (1.0 - self.miss) * (due + stays * RATING_PAID @ later[0]) + self.miss * worse[0]
            for missed in range(1, self.misses_to_default):
                if missed > age - term:
                    nothing, oldest = self.nothing[missed - 1], self.oldest[missed - 1]
                    all_due = due + _overdue(fees, age, missed) + RATING_PAID @ later[0]
                    one = _late(fees, age - missed + 1, missed) + RATING_PAID @ later[missed]
                    rolled = worse[missed] if missed + 1 < self.misses_to_default else 0.0
                    to_come[age, missed] = nothing * rolled + oldest * one + (1.0 - nothing - oldest) * all_due
        return to_come

    def _moved(self, share: Numbers, leaving: float) -> Numbers:
        """Shares missed x rating after one more due date."""
        moved = np.zeros_like(share)
        moved[0] = (share[0] * (1.0 - self.miss)) @ RATING_PAID * (1.0 - leaving)
        moved[1] = (share[0] * self.miss) @ RATING_MISSED
        for missed in range(1, self.misses_to_default):
            nothing, oldest = self.nothing[missed - 1], self.oldest[missed - 1]
            moved[missed] += oldest * share[missed] @ RATING_PAID
            moved[0] += (1.0 - nothing - oldest) * share[missed] @ RATING_PAID
            if missed + 1 < self.misses_to_default:
                moved[missed + 1] += nothing * share[missed] @ RATING_MISSED
        return moved


def _overdue(fees: Numbers, age: int, missed: int) -> float:
    """Fees of the last ``missed`` instalments by ``age``, as far as they are pursued beyond it."""
    return sum(_late(fees, instalment, age + 1 - instalment) for instalment in range(age - missed + 1, age + 1))


def _late(fees: Numbers, instalment: int, months: int) -> float:
    """The fee going with an instalment, paid so many months late: after more than one only by borrowers not let off."""
    if not 0 <= instalment < fees.size:
        return 0.0
    return float(fees[instalment]) * (1.0 if months <= 1 else 1.0 - LET_OFF)

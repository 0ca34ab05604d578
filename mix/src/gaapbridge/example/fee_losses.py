"""The share of fees that will be written off: what the lender's loss rates for fees are, were it to know.

All that is open is lost when the guarantee is paid out, and an overdue fee when the borrower is let off. A fee that is
no longer owed because the borrower repays early is not lost: the guarantee ends with it. The rates are worked out from
the probabilities of the market over a book to which contracts of the product's terms are added evenly, of fees by the
month and by the quarter; fees paid at the start are never receivable.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from gaapbridge.example.chain import ARREARS
from gaapbridge.example.contracts import ARRANGED_PRODUCT
from gaapbridge.example.fees import KIND_SHARES, LET_OFF, MONTHLY, QUARTERLY
from gaapbridge.example.market import GUARANTEED_LOANS, RATING_MISSED, RATING_PAID, RATING_SHARES, Numbers, Regime

_STANDINGS = 3
_MONTHS_COVERED = {MONTHLY: 1, QUARTERLY: 3}
_ELAPSED = 0.5
"""Share of the running month that has elapsed, on average over the instants at which a lender may close."""


def fee_losses(regime: Regime) -> tuple[Numbers, Numbers]:
    """Loss rates S x 4 buckets, of all fees to come and of those earned. Where payout is certain everything is lost."""
    rates = np.ones((2, len(GUARANTEED_LOANS.segments), len(ARREARS)))
    for segment, missed in enumerate(GUARANTEED_LOANS.misses_to_default):
        borrower, sums = _Borrower.of(regime, segment, int(missed)), np.zeros((2, 2, _STANDINGS))
        for term, share in zip(ARRANGED_PRODUCT.terms, ARRANGED_PRODUCT.term_shares, strict=True):
            for kind in (MONTHLY, QUARTERLY):
                sums[0] += share * KIND_SHARES[kind] * borrower.of_all(_fees(kind, term))
                sums[1] += share * KIND_SHARES[kind] * borrower.of_earned(kind, term)
        kept, receivable = sums[:, 0, :missed], sums[:, 1, :missed]
        rates[:, segment, :missed] = 1.0 - kept / receivable
    return rates[0], rates[1]


def _fees(kind: int, term: int) -> Numbers:
    """Fees going with instalment 0..term, in fees of a month: each month in arrears, or each quarter in advance."""
    month = np.arange(term + 1)
    if kind == MONTHLY:
        return (month > 0).astype(np.float64)
    covered = _MONTHS_COVERED[kind]
    return np.where(month % covered == 0, np.minimum(covered, term - month), 0).astype(np.float64)


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

    def of_all(self, fees: Numbers) -> Numbers:
        """Two rows by instalments missed, over all ages: what of all fees to come will not be lost, and what is receivable."""
        to_keep, sums = self._to_keep(fees), np.zeros((2, _STANDINGS))
        for age, share in self._book(fees.size - 1):
            sums[0] += (share * to_keep[age]).sum(axis=1)
            open_fees = [fees[age + 1 :].sum() + _overdue(fees, age, missed) for missed in range(_STANDINGS)]
            sums[1] += share.sum(axis=1) * open_fees
        return sums

    def of_earned(self, kind: int, term: int) -> Numbers:
        """The same two rows of fees earned: those overdue by the time they cover that has elapsed, and the running month."""
        fees, covered, sums = _fees(kind, term), _MONTHS_COVERED[kind], np.zeros((2, _STANDINGS))
        collected = self._collected()
        for age, share in self._book(term):
            for missed in range(min(_STANDINGS, self.misses_to_default)):
                for place in range(missed):
                    instalment = age - missed + 1 + place
                    elapsed = 1.0 if kind == MONTHLY else min(1.0, (age - instalment + _ELAPSED) / covered)
                    earned = elapsed * share[missed]
                    sums[0, missed] += _late(fees, instalment, 1) * (earned * collected[missed, place]).sum()
                    sums[1, missed] += _late(fees, instalment, missed - place) * earned.sum()
                if kind == MONTHLY and age < term:
                    earned = _ELAPSED * fees[age + 1] * share[missed]
                    sums[:, missed] += (earned * collected[missed, missed]).sum(), earned.sum()
        return sums

    def _book(self, term: int) -> Iterator[tuple[int, Numbers]]:
        """Shares of the contracts once written, missed x rating, at every age."""
        share = np.zeros((_STANDINGS, len(RATING_SHARES)))
        share[0] = RATING_SHARES
        for age in range(term + _STANDINGS):
            share[0] *= age < term
            share[1:] *= (term - age + np.arange(1, _STANDINGS) > 0)[:, None]
            yield age, share
            share = self._moved(share, self.prepay[min(age, term - 1)])

    def _to_keep(self, fees: Numbers) -> Numbers:
        """Fees collected later, or no longer owed after an early settlement, age x missed x rating."""
        term = fees.size - 1
        to_keep = np.zeros((term + _STANDINGS + 1, _STANDINGS, self.miss.size))
        for age in range(term + _STANDINGS - 1, -1, -1):
            later, due = to_keep[age + 1], fees[age + 1] if age < term else 0.0
            worse = [*(RATING_MISSED @ row for row in later[1:]), np.zeros(self.miss.size)]
            if age < term:
                prepay, rest = self.prepay[age], fees[age + 2 :].sum()
                to_keep[age, 0] = (1.0 - self.miss) * (due + prepay * rest + (1.0 - prepay) * RATING_PAID @ later[0])
                to_keep[age, 0] += self.miss * worse[0]
            for missed in range(1, self.misses_to_default):
                if missed > age - term:
                    nothing, oldest = self.nothing[missed - 1], self.oldest[missed - 1]
                    all_due = due + _overdue(fees, age, missed) + RATING_PAID @ later[0]
                    one = _late(fees, age - missed + 1, missed) + RATING_PAID @ later[missed]
                    rolled = worse[missed] if missed + 1 < self.misses_to_default else 0.0
                    to_keep[age, missed] = nothing * rolled + oldest * one + (1.0 - nothing - oldest) * all_due
        return to_keep

    def _collected(self) -> Numbers:
        """Chance that one fee is ever collected, missed x place x rating: place 0 is the oldest missed, the last the next due.

        Those of borrowers who are let off once it is a month late are among the chances.
        """
        chances = np.zeros((_STANDINGS + 1, _STANDINGS + 1, self.miss.size))
        for missed in range(self.misses_to_default - 1, -1, -1):
            for place in range(missed + 1):
                in_time = 1.0 if missed - place <= 1 else 1.0 - LET_OFF
                rolled = RATING_MISSED @ chances[missed + 1, place]
                if missed == 0:
                    chances[0, 0] = 1.0 - self.miss + self.miss * rolled
                    continue
                nothing, oldest = self.nothing[missed - 1], self.oldest[missed - 1]
                one = in_time if place == 0 else RATING_PAID @ chances[missed, place - 1]
                chances[missed, place] = nothing * rolled + oldest * one + (1.0 - nothing - oldest) * in_time
        return chances

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

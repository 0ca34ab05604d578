"""The claim of one loan in default and what is deferred beside it: its allowance, and the fees that are taxed no more."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from fractions import Fraction
from math import ceil

from gaapbridge.reperform.assumptions import Assumptions
from gaapbridge.reperform.calculation import Figure, estimated, whole
from gaapbridge.reperform.elections import Elections
from gaapbridge.reperform.exact import ZERO, Framework, Step, rounded_fraction
from gaapbridge.reperform.interest import Terms, last_accrual_date, next_stop, us_deferral_on
from gaapbridge.reperform.loan import Loan


def at_most(gross: Figure, lost: Figure) -> Figure:
    """A loss that takes no more than what the loan is carried at (B5.5.28, B5.5.33; 326-20-30-1), nothing where that is nil.

    >>> [at_most(whole(gross), whole(576)).amount for gross in (600, 300, -20)]
    [576, 300, 0]
    """
    if lost.amount <= gross.amount:
        return lost
    return Figure(max(0, gross.amount), max(ZERO, gross.exact), gross.slack, derived=True)


@dataclass(frozen=True, slots=True)
class Claim:
    """What is lost of a claim, the deferred fees and costs in the gross amount beside it, of fees below nil, and that amount,
    the most that can be lost; minor units.

    `left` is what will be left of a discount among them that is still accreted under US GAAP, on the day on which accrual
    `stops` if nothing is paid; nil where none stops it, None where nothing is accreted or all counts.
    """

    lost: Figure
    fees: Figure
    deferred: Figure
    gross: Figure
    left: Figure | None = None
    stops: date | None = None

    @classmethod
    def of(
        cls,
        contract: Loan,
        terms: Terms,
        day: date,
        framework: Framework,
        assumptions: Assumptions,
        elections: Elections,
        lost: Decimal,
        fees: Figure,
        deferral: Decimal,
        gross: Figure,
    ) -> Claim:
        """The claim of a contract on a day. US GAAP accretes while the loan is not on non-accrual; by cash flows the whole cost
        is taken (326-20-30-4)."""
        kept = estimated(lost), fees, estimated(deferral), gross
        if framework == "ifrs" or elections.us_method == "dcf" or last_accrual_date(contract, day, elections) is not None:
            return cls(*kept)
        stops = next_stop(contract, day, elections)
        left = ZERO if stops is None else min(ZERO, us_deferral_on(contract, terms, stops, assumptions))
        return cls(*kept, estimated(left), stops)

    @property
    def counted(self) -> Figure:
        """What of the deferred amounts counts in the allowance: all, but of a discount that is still accreted what is left when
        accrual stops (326-20-30-5).

        Of fees of 100.00 still accreted 60.00 are left then; costs of 100.00 count whole.

        >>> [Claim(whole(0), whole(0), whole(kept), whole(0), whole(-6_000)).counted.amount for kept in (-10_000, 10_000)]
        [-6000, 10000]
        """
        if self.left is None or self.deferred.amount >= 0:
            return self.deferred
        return replace(self.left, slack=self.left.slack + self.deferred.slack)

    @property
    def allowance(self) -> Figure:
        """What the gross amount, with what is counted, has more than is recovered of the claim, not below nil and no more than
        that amount; both are rounded before they are added (B5.5.33; 326-20-30-1, 30-5).

        Of 360,000.00 claimed 288,000.00 are lost: 72,000.00 are left with fees of 10,000.00 deferred, with costs of 5,000.00,
        and with fees of 300,000.00 the 60,000.00 that they leave of the gross amount.

        >>> claimed = [(kept, whole(36_000_000 + kept)) for kept in (-1_000_000, 500_000, -30_000_000)]
        >>> claims = [Claim(whole(28_800_000), whole(0), whole(kept), gross) for kept, gross in claimed]
        >>> [claim.allowance.amount for claim in claims]
        [27800000, 29300000, 0]

        While fees of 10,000.00 are still accreted under US GAAP, and no day stops it, 62,000.00 are left; of fees of 100,000.00
        nothing.

        >>> accreted = [(kept, whole(36_000_000 + kept)) for kept in (-1_000_000, -10_000_000)]
        >>> [Claim(whole(28_800_000), whole(kept), whole(kept), gross, whole(0)).allowance.amount for kept, gross in accreted]
        [28800000, 26000000]
        """
        return self._lost_with(self.counted)

    def _lost_with(self, counted: Figure) -> Figure:
        amount, exact = self.lost.amount + counted.amount, self.lost.exact + counted.exact
        lost = Figure(max(0, amount), max(ZERO, exact), self.lost.slack + counted.slack, derived=True)
        return at_most(self.gross, lost)

    @property
    def fees_taken(self) -> Figure:
        """What of the deferred fees an allowance that counts all of the deferred amounts has taken: their part of what it took,
        in proportion to fees and costs, as one cannot be told to be lost before the other; all of them where both make nil. A
        discount still accreted is earned by neither framework yet, though one leaves it out of its allowance.

        Fees of 300.00 and costs of 100.00, 50.00 lost: 50.00 are taken, 75.00 of the fees.

        >>> claim = Claim(whole(5_000), whole(-30_000), whole(-20_000), whole(80_000))
        >>> claim.fees_taken.amount, replace(claim, left=whole(0)).fees_taken.amount
        (-7500, -7500)
        """
        fees, deferred = self.fees.amount, self.deferred.amount
        if deferred == 0:
            return self.fees
        taken = Fraction(self._lost_with(self.deferred).amount - self.lost.amount, deferred)
        unsure = self.lost.slack + self.fees.slack
        return whole(rounded_fraction(fees * taken), unsure * ceil(abs(Fraction(fees, deferred))) + unsure)

    @property
    def why(self) -> str:
        """Why so much of the deferred amounts counts."""
        if self.left is None or self.deferred.amount >= 0:
            return "all: in the gross amount"
        if self.stops is None:
            return "nil: a discount still accreted offsets no loss, and nothing stops it"
        return f"of a discount still accreted what is left on {self.stops.isoformat()}, when accrual stops if nothing is paid"

    def steps(self, framework: Framework) -> tuple[Step, ...]:
        """The steps from the loss of the claim to the allowance, and to the fees that it has taken."""
        paragraph = "B5.5.33" if framework == "ifrs" else "326-20-20, 30-1, 30-5"
        made = "round(loss of the claim) + what is counted, not below nil nor above the gross amount; all current"
        return (
            Step("deferred fees and costs", self.deferred.amount, paragraph, "in the gross amount, and no part of the claim"),
            Step("counted of these", self.counted.amount, paragraph, self.why),
            Step("loss allowance", self.allowance.amount, paragraph, made),
            Step(
                "deferred fees taken by the allowance",
                self.fees_taken.amount,
                "",
                "not taxed; pro rata to fees and costs, all counted",
            ),
        )

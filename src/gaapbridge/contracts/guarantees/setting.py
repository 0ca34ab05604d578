"""What is constant over one close of the guarantee tapes: credit risk with payout as the event, fees, value-added tax."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from functools import partial
from typing import cast

import numpy as np
from numpy.typing import NDArray

from gaapbridge.assumptions.account import Unchanged
from gaapbridge.assumptions.curves import Curves
from gaapbridge.assumptions.rates import FeeLosses
from gaapbridge.contracts.basis import NOTE as CREDIT_RISK
from gaapbridge.contracts.credit import CreditSetting, credit_setting
from gaapbridge.contracts.guarantees.expected_payouts import Payouts, payouts_by_day
from gaapbridge.difference import RELATED
from gaapbridge.differences.financial_guarantee.elections import Elections
from gaapbridge.differences.financial_guarantee.treatment import FeeLossRates, Treatment
from gaapbridge.measure.guarantee import EXPECTED_PAYOUTS
from gaapbridge.notes import Treatments
from gaapbridge.plan import Plan
from gaapbridge.terms.money import vat_fraction

NOTE = "financial_guarantee"
"""The note that elects how guarantees are measured beside their losses."""

Dates = NDArray[np.datetime64]


@dataclass(frozen=True)
class Inception:
    """How the fair value of guarantees made from a day on is measured where the tape states none: of what, at which rate a
    year, with which margin on ``payouts``, which are there where it is of them."""

    basis: int
    rate: float
    margin: float
    payouts: Payouts | None


@dataclass(frozen=True)
class GuaranteeSetting:
    """Everything a chunk of guarantees needs besides its own rows; ``vat`` is nil where fees are not quoted inclusive of it,
    ``unchanged`` are rules under which its hazards were estimated, ``ages_counted`` the months on book."""

    credit: CreditSetting
    inception_days: Dates
    inceptions: tuple[Inception, ...]
    treatments: tuple[Treatment, Treatment]
    elections: Elections
    fee_losses: FeeLosses
    vat: Fraction
    unchanged: tuple[Unchanged, ...]
    ages_counted: tuple[int, int] | None

    @property
    def kept_statuses(self) -> tuple[str, ...]:
        """Statuses of guarantees that have ended with their fees still owed, as far as they are outstanding."""
        outlive = any(treatment.fees_outlive_settlement(self.elections) for treatment in self.treatments)
        return ("matured", "settled_early") if outlive else ("matured",)

    @property
    def segments(self) -> tuple[str, ...]:
        """Segments of the totals: those of the curves, then the same for loans of related parties."""
        own = self.credit.segments
        return (*own, *(segment + RELATED for segment in own))

    @property
    def revised(self) -> bool:
        """Whether the curves or loss rates in force at the closing instant differ from those at the opening one."""
        opening, closing = (np.stack(self.fee_losses.at(day)) for day in (self.credit.opening, self.credit.closing))
        return self.credit.revised or not np.array_equal(opening, closing)

    def fee_loss_rates(
        self, day: date, segment: NDArray[np.int64], bucket: NDArray[np.int64], kept: NDArray[np.bool_]
    ) -> FeeLossRates:
        """Loss rates of fees in force on a day. Once a guarantee has ended and is kept all its fees are earned: one rate."""
        of_all, of_earned = (rates[segment, bucket] for rates in self.fee_losses.at(day))
        return FeeLossRates(of_all, np.where(kept, of_all, of_earned))


def guarantee_setting(
    plan: Plan, curves: Curves, fee_losses: FeeLosses, longest_term: int, treatments: Treatments
) -> GuaranteeSetting:
    """The setting of a plan's close."""
    credit = credit_setting(plan, curves, longest_term, treatments["expected_credit_loss"], guaranteed=True)
    us, ifrs = treatments["financial_guarantee"]
    elections = Elections.of(plan.closing_answers[NOTE])
    days = sorted({*plan.version_days(NOTE), *plan.version_days(CREDIT_RISK)})
    payouts = partial(payouts_by_day, plan, curves, longest_term, credit)
    inclusive = "guarantee_fees" in plan.vat.inclusive
    return GuaranteeSetting(
        credit=credit,
        inception_days=np.array(days, dtype="datetime64[D]"),
        inceptions=tuple(_inceptions(plan, cast(Treatment, us), days, payouts)),
        treatments=(cast(Treatment, us), cast(Treatment, ifrs)),
        elections=elections,
        fee_losses=fee_losses,
        vat=vat_fraction(plan.vat.rate) if inclusive else Fraction(0),
        unchanged=curves.account.unchanged,
        ages_counted=curves.account.ages_counted,
    )


def _inceptions(
    plan: Plan, treatment: Treatment, days: Sequence[date], payouts: Callable[[Sequence[date]], Sequence[Payouts]]
) -> Iterator[Inception]:
    """The answers, from each of some days on, of the side that recognises a guarantee at fair value; payouts are made where
    they are asked for."""
    answers = [Elections.of(plan.answers_at(NOTE, day)) for day in days]
    bases = [treatment.fair_value_basis(elections) for elections in answers]
    expected = payouts(days) if EXPECTED_PAYOUTS in bases else [None] * len(days)
    for basis, elections, paid in zip(bases, answers, expected, strict=True):
        asked = paid if basis == EXPECTED_PAYOUTS else None
        yield Inception(basis, treatment.fair_value_rate(elections), treatment.fair_value_margin(elections), asked)

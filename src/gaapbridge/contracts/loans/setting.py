"""What is constant over one close of the loan tape: the treatment of yields, value-added tax, and credit risk."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import cast

import numpy as np
from numpy.typing import NDArray

from gaapbridge.assumptions.account import Unchanged
from gaapbridge.assumptions.curves import Curves
from gaapbridge.contracts.credit import CreditSetting, credit_setting
from gaapbridge.differences.effective_interest.elections import Elections as InterestElections
from gaapbridge.differences.effective_interest.treatment import Treatment as InterestTreatment
from gaapbridge.notes import Treatments
from gaapbridge.plan import Plan
from gaapbridge.terms.money import vat_fraction


@dataclass(frozen=True)
class LoanSetting:
    """Everything a chunk of loans needs besides its own rows. ``recovery`` is by version, segment and month,
    ``unchanged`` are rules under which its hazards were estimated, ``ages_counted`` the months on book.

    ``taxed_days_past_due``: value-added tax on interest of a loan that is past due for longer is not payable yet.
    """

    credit: CreditSetting
    treatments: tuple[InterestTreatment, InterestTreatment]
    elections: InterestElections
    vat: Fraction
    vat_components: tuple[str, ...]
    taxed_days_past_due: int | None
    recovery: NDArray[np.float64]
    unchanged: tuple[Unchanged, ...]
    ages_counted: tuple[int, int] | None


def loan_setting(plan: Plan, curves: Curves, longest_term: int, treatments: Treatments) -> LoanSetting:
    """The setting of a plan's close; ``longest_term`` bounds the months that tables must reach."""
    us, ifrs = treatments["effective_interest"]
    return LoanSetting(
        credit=credit_setting(plan, curves, longest_term, treatments["expected_credit_loss"]),
        treatments=(cast(InterestTreatment, us), cast(InterestTreatment, ifrs)),
        elections=InterestElections.of(plan.closing_answers["effective_interest"]),
        vat=vat_fraction(plan.vat.rate),
        vat_components=tuple(plan.vat.inclusive),
        taxed_days_past_due=plan.vat.interest_past_due_days,
        recovery=curves.recovery,
        unchanged=curves.account.unchanged,
        ages_counted=curves.account.ages_counted,
    )

"""The elections of note (ii): what ASC 310-20 and IFRS 9 leave to the lender on yields."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from gaapbridge.plan.election import Election, count

ELECTIONS: tuple[Election, ...] = (
    count(
        "nonaccrual_days_past_due",
        "From how many days past due does US GAAP stop accruing interest and amortising fees and costs?",
        "310-20-35-17",
        1,
        3650,
        90,
        nature="policy",
    ),
)


@dataclass(frozen=True)
class Elections:
    """The lender's answers, typed. ``nonaccrual_days_past_due``: day from which US GAAP accrues nothing."""

    nonaccrual_days_past_due: int

    @classmethod
    def of(cls, answers: Mapping[str, Any]) -> Elections:
        """The answers of a plan, already checked against ``ELECTIONS``."""
        return cls(nonaccrual_days_past_due=answers["nonaccrual_days_past_due"])

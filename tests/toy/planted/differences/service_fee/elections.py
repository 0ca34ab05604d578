"""The elections of note (ix)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from gaapbridge.plan.election import Election, choice

ELECTIONS: tuple[Election, ...] = (
    choice(
        "first_day",
        "Is the day on which a service begins a day of service?",
        "606-10-25-31",
        {"counted": "it is a whole day", "not_counted": "the first whole day is the next"},
        "not_counted",
        nature="policy",
    ),
)


@dataclass(frozen=True)
class Elections:
    """The lender's answers."""

    first_day: str

    @classmethod
    def of(cls, answers: Mapping[str, Any]) -> Elections:
        """The answers of a plan, already checked against ``ELECTIONS``."""
        return cls(**{election.name: answers[election.name] for election in ELECTIONS})

    @property
    def days_before_the_second(self) -> int:
        """Whole days of service that are over when the second day begins."""
        return 1 if self.first_day == "counted" else 0

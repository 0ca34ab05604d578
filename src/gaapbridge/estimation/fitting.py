"""What is counted of a history for one day on which it is known, and the curves that are fitted to it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from gaapbridge.assumptions.curve_tables import MONTHS
from gaapbridge.estimation import cohorts, episodes
from gaapbridge.estimation.cohorts import Counts
from gaapbridge.estimation.defaults import Defaults, fit_defaults
from gaapbridge.estimation.episodes import Episodes
from gaapbridge.estimation.fitted import Fitted
from gaapbridge.estimation.losses import Losses, fit_losses
from gaapbridge.estimation.months import Months
from gaapbridge.estimation.scenarios import transitions
from gaapbridge.estimation.scenarios.transitions import Transitions
from gaapbridge.plan.history import ContractHistory
from gaapbridge.terms.errors import UnusableInput


@dataclass(frozen=True)
class Counted:
    """Counts of cohorts, of episodes of default and of steps from bucket to bucket, as known at the end of one month; they add
    up over chunks."""

    cohorts: Counts
    episodes: Episodes
    steps: Transitions

    def __add__(self, other: Counted) -> Counted:
        return Counted(self.cohorts + other.cohorts, self.episodes + other.episodes, self.steps + other.steps)

    def without(self, fold: int) -> Counted:
        """The counts of all contracts but those of a fold; steps as they are, which scenarios alone take."""
        return Counted(self.cohorts.without(fold), self.episodes.without(fold), self.steps)

    @classmethod
    def of(cls, months: Months, known: int, stated: ContractHistory, segments: tuple[str, ...]) -> Counted:
        """The counts of a chunk, of which nothing after ``known`` is read."""
        return cls(
            cohorts.count(months, known, stated.default_days, stated.look_back_months, segments, origins=stated.ages_counted),
            episodes.count(months, known, stated.default_days, segments),
            transitions.count(months, known, stated.default_days, stated.look_back_months, segments),
        )


@dataclass(frozen=True)
class Curves:
    """The curves of the history of a kind, known at the end of a month, before scenarios. ``losses`` is None, with ``why``,
    where history has none."""

    known: int
    counted: Counted
    defaults: Defaults
    losses: Losses | None
    why: str = ""

    def as_fitted(self, stated: ContractHistory, segments: tuple[str, ...]) -> Fitted:
        """The curves as arrays; of a history without losses those are nil."""
        nil = np.zeros((len(segments), MONTHS))
        losses = self.losses
        return Fitted(
            known=self.known,
            segments=segments,
            default_days=stated.default_days,
            look_back_months=stated.look_back_months,
            hazard=self.defaults.hazard,
            performing=self.defaults.performing,
            mortality=self.defaults.mortality,
            lgd_undiscounted=nil if losses is None else losses.lgd_undiscounted,
            lgd_discounted=nil if losses is None else losses.lgd_discounted,
            recovery=nil if losses is None else losses.recovery,
        )


def fit(counted: Counted, known: int, stated: ContractHistory) -> Curves:
    """The curves of what was counted; without a charge-off there are none of losses."""
    defaults = fit_defaults(counted.cohorts, minimum_defaults=stated.minimum_defaults, minimum_on_book=stated.minimum_on_book)
    rate = None if stated.discount_rate == "contract" else float(stated.discount_rate)
    try:
        losses = fit_losses(
            counted.episodes,
            severity_years=stated.severity_years,
            minimum_charge_offs=stated.minimum_charge_offs,
            minimum_at_risk=stated.minimum_at_risk,
            discount_rate_a_year=rate,
        )
    except UnusableInput as without:
        return Curves(known, counted, defaults, None, without.rule)
    return Curves(known, counted, defaults, losses)

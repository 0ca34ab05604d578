"""Curves of a simulated lender, fitted to what was known at an opening and held against the year after it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from gaapbridge.assumptions.curve_tables import BUCKETS, MONTHS
from gaapbridge.estimation.cohorts import count
from gaapbridge.estimation.defaults import fit_defaults
from gaapbridge.estimation.fitted import Fitted
from gaapbridge.estimation.months import Months, Tiny
from gaapbridge.estimation.states import standings
from gaapbridge.estimation.validation import validate
from gaapbridge.estimation.validation.book import IN_DEFAULT, NOT_TOLD
from gaapbridge.estimation.validation.conditions import Conditions
from tests.estimation.simulated.filed import SEGMENTS
from tests.estimation.simulated.lender import FIRST, Window, history, live

DEFAULT_DAYS, LOOK_BACK_MONTHS, YEAR = 90, 12, 12
OPENING = FIRST + 47


def standing(months: Months) -> Tiny:
    """The bucket of every row as it was known then."""
    found = standings(months, DEFAULT_DAYS, LOOK_BACK_MONTHS)
    told: Tiny = np.where(found.origin | (found.bucket == IN_DEFAULT), found.bucket, NOT_TOLD).astype(np.int8)
    return told


def held_against(contracts: int, seed: int) -> Mapping[str, Any]:
    """The test out of time of one simulated history, as ``validation.json`` has it: 10 % of calendar, 95 %."""
    months = history(live(contracts, seed, vintages=48), Window(last=47 + YEAR), seed)
    counts = count(months, OPENING, DEFAULT_DAYS, LOOK_BACK_MONTHS, SEGMENTS)
    found, lost = fit_defaults(counts, minimum_defaults=20, minimum_on_book=50), np.zeros((len(SEGMENTS), MONTHS))
    fitted = Fitted(
        known=OPENING, segments=SEGMENTS, default_days=DEFAULT_DAYS, look_back_months=LOOK_BACK_MONTHS, hazard=found.hazard,
        performing=found.performing, mortality=found.mortality, lgd_undiscounted=lost, lgd_discounted=lost, recovery=lost,
    )  # fmt: skip
    conditions = Conditions(
        window_months=YEAR, confidence=0.95, calendar_allowance=0.1, least_expected=50.0, claims_from=250, segments=SEGMENTS,
        buckets=BUCKETS,
    )  # fmt: skip
    told = validate(
        [months], standing, lambda *_: fitted, [OPENING], [], known=OPENING, until=OPENING + YEAR, conditions=conditions
    )
    (test,) = told["tests"]
    held: Mapping[str, Any] = test
    return held

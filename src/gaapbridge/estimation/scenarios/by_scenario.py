"""The hazard tables of every scenario of a plan, and all that was found on the way to them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from gaapbridge.estimation.fitted import Numbers
from gaapbridge.estimation.scenarios.by_hand import multipliers_by_hand
from gaapbridge.estimation.scenarios.overlay import Chain, chain_of, scaled
from gaapbridge.estimation.scenarios.reversion import reverted
from gaapbridge.estimation.scenarios.satellite import satellite_multipliers
from gaapbridge.estimation.scenarios.told import told_path, told_satellite
from gaapbridge.estimation.scenarios.transitions import Transitions, worsening
from gaapbridge.estimation.seen import month_name
from gaapbridge.plan.scenarios import Scenarios
from gaapbridge.terms.finding import Finding

Tables = tuple[Numbers, Numbers]
"""Hazard and performing, segment x bucket x month ahead."""


@dataclass(frozen=True)
class ByScenario:
    """The tables of each scenario, what a validator wants to know of how they were made, and what was found."""

    tables: Mapping[str, Tables]
    told: Mapping[str, Any]
    findings: tuple[Finding, ...]


def by_scenario(
    scenarios: Scenarios,
    hazard: Numbers,
    performing: Numbers,
    counted: Transitions,
    known: int,
    minimum_count: int,
    files: Mapping[str, Path],
) -> ByScenario:
    """Hazards of the history multiplied for every scenario, as known at the end of month ``known``.

    ``counted`` are its steps until then; a bucket of a segment with fewer than ``minimum_count`` takes those of all segments,
    and says so. ``files`` are those of the plan's macro series by the names of ``Scenarios.inputs``. A scenario with odds of 1
    has the tables as they are. Raises ``UnusableInput`` where a satellite cannot be had; nothing stands in for it.
    """
    chain = chain_of(counted.buckets, counted.by_segment, minimum_count)
    by_hand = multipliers_by_hand(scenarios)
    found = satellite_multipliers(scenarios, worsening(counted), known, files)
    multipliers = {**by_hand, **({} if found is None else {name: one.multipliers for name, one in found.paths.items()})}
    tables = {name: scaled(hazard, performing, chain, multipliers[name]) for name in scenarios.names}
    told = {
        "known": month_name(known),
        "supportable_months": scenarios.supportable_months,
        "reversion": scenarios.reversion,
        "share_of_history": _until_constant(reverted(scenarios)),
        "steps_taken": _steps_taken(chain),
        "satellite": None if found is None else told_satellite(found),
        "scenarios": {
            name: {
                "made": "by hand" if name in by_hand else "satellite",
                "multipliers": _until_constant(multipliers[name]),
                "default_within_12_months": _within_a_year(tables[name][0]).tolist(),
                **({"lgd_odds": float(scenarios.lgd_odds[name])} if scenarios.lgd_odds else {}),
                **({} if found is None or name in by_hand else told_path(found.paths[name])),
            }
            for name in scenarios.names
        },
    }
    return ByScenario(tables, told, () if found is None else found.findings)


def _within_a_year(hazard: Numbers) -> Numbers:
    """The chance of default within twelve months of who does not leave otherwise, segment x bucket."""
    chance: Numbers = 1.0 - np.prod(1.0 - hazard[..., :12], axis=-1)
    return chance


def _until_constant(months: Numbers) -> list[float]:
    """By month ahead until nothing changes any more; the last value holds."""
    changes = np.flatnonzero(np.diff(months))
    end = int(changes[-1]) + 2 if changes.size else 1
    return [float(one) for one in months[:end]]


def _steps_taken(chain: Chain) -> list[dict[str, str]]:
    """By segment, whose steps each bucket has."""
    return [dict(zip(chain.buckets, row, strict=True)) for row in chain.taken]

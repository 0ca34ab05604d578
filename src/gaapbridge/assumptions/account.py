"""What the account of an estimate tells a close of the hazards beside it: rules, ages, and how they revert to history."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Any

ACCOUNT = "estimation.json"
"""The file that ``gaapbridge estimate`` writes beside its tables."""


@dataclass(frozen=True)
class Unchanged:
    """Days in which arrears of some contracts did not rise as the hazards count them: of those named or of segments, or of all
    where neither is named. A rule from 2020-04-01 to 2020-08-31 has 2020-09-01 as ``end``."""

    first: date
    end: date
    contracts: tuple[str, ...]
    segments: tuple[str, ...]


@dataclass(frozen=True)
class Account:
    """What is told of a hazard table: its rules ``count_unchanged``, the fewest and the most months on book from which it was
    counted (None where from all), and the share of history in its odds by the month end at which a version was known, and month
    ahead; the last holds. None is told where all odds are 1: nothing reverts."""

    unchanged: tuple[Unchanged, ...] = ()
    ages_counted: tuple[int, int] | None = None
    share_of_history: Mapping[date, tuple[float, ...]] = field(default_factory=dict)

    def share_on(self, day: date) -> tuple[float, ...]:
        """That of the version in force from a day on, which is the last known by then; none where nothing is told."""
        known = [one for one in self.share_of_history if one <= day]
        return self.share_of_history[max(known)] if known else ()


def account_beside(hazard: Path) -> Account:
    """The account beside a hazard table that names it. Where none does, or it is no such account, nothing is told."""
    try:
        read = json.loads((hazard.parent / ACCOUNT).read_text(encoding="utf-8"))
        if hazard.name not in read["tables"]:
            return Account()
        return Account(
            tuple(_unchanged(rule) for rule in read["stated"]["exclusions"] if rule["rule"] == "count_unchanged"),
            _ages_counted(read["stated"].get("origins")),
            {
                _month_end(date.fromisoformat(one["known"] + "-01")): shares
                for one in read["scenarios"]
                if (shares := _shares(one))
            },
        )
    except (OSError, ValueError, KeyError, TypeError):
        return Account()


def _unchanged(rule: Mapping[str, Any]) -> Unchanged:
    """A rule is of whole months, whichever of their days it names."""
    first, last = (date.fromisoformat(rule[key]) for key in ("from", "to"))
    end = _month_end(last) + timedelta(days=1)
    return Unchanged(first.replace(day=1), end, tuple(rule["contracts"]), tuple(rule["segments"]))


def _ages_counted(origins: Mapping[str, int] | None) -> tuple[int, int] | None:
    return None if origins is None else (int(origins["from"]), int(origins["to"]))


def _shares(told: Mapping[str, Any]) -> tuple[float, ...]:
    moved = any(odd != 1.0 for one in told["scenarios"].values() for odd in one["multipliers"])
    return tuple(map(float, told["share_of_history"])) if moved else ()


def _month_end(day: date) -> date:
    return (day.replace(day=1) + timedelta(days=32)).replace(day=1) - timedelta(days=1)

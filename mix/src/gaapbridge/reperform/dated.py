"""What a plan answers on a day: of an estimate the version in force then, of a technique the plan of the period it falls in.

A change of either is a change of estimate: it counts from then on (IAS 8.32 to 8.36; 250-10-45-17, 45-18). A policy is that
of the plan on every day.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from gaapbridge.terms.errors import UnusableInput

TECHNIQUES: Mapping[str, tuple[str, ...]] = {
    "expected_credit_loss": (
        "us_method",
        "us_supportable_months",
        "us_reversion",
        "us_reversion_months",
        "us_reversion_reached",
        "us_dcf_lost_interest",
        "us_historical_scenario",
        "default_timeline",
        "default_timing",
        "exposure_at_default",
        "default_days_past_due",
        "cure_probation_days",
        "payout_days_past_due",
        "us_guarantee_discount",
    ),
    "financial_guarantee": ("stand_ready_measurement",),
}
"""The techniques that a measurement depends on, by note: how an estimate is made, not what is reported."""

Plan = Mapping[str, Any]


def answered_on(day: date, plans: Sequence[Plan]) -> Plan:
    """The first of some plans with what it and those of the periods before it, the latest first, answered on a day.

    >>> note = "expected_credit_loss"
    >>> plans = [
    ...     {"period": {"closing": date(year, 12, 31)}, "elections": {note: {"us_method": method, "us_interest": word}}}
    ...     for year, method, word in ((2023, "dcf", "in"), (2022, "pd_lgd", "out"))
    ... ]
    >>> [answered_on(date(year, 12, 31), plans)["elections"][note] for year in (2022, 2023)]
    [{'us_method': 'pd_lgd', 'us_interest': 'in'}, {'us_method': 'dcf', 'us_interest': 'in'}]
    """
    elected = {}
    for note, answers in plans[0].get("elections", {}).items():
        then = {name: _of_day(answer, day, name) for name, answer in answers.items()}
        for plan in plans[1:]:
            if day <= closing(plan):
                stated = plan.get("elections", {}).get(note, {})
                then |= {name: stated[name] for name in TECHNIQUES.get(note, ()) if name in stated and name in answers}
        elected[note] = then
    return {**plans[0], "elections": elected}


def days_of_change(plans: Sequence[Plan]) -> list[date]:
    """The days from which something may be answered otherwise, in order."""
    answers = [answer for note in plans[0].get("elections", {}).values() for answer in note.values()]
    versions = {version["valid_from"] for answer in answers if isinstance(answer, list) for version in answer}
    return sorted(versions | {closing(plan) + timedelta(days=1) for plan in plans[1:]})


def closing(plan: Plan) -> date:
    """The last day of a plan's period."""
    day = plan["period"]["closing"]
    return day if isinstance(day, date) else date.fromisoformat(day)


def _of_day(answer: Any, day: date, name: str) -> Any:
    """An answer on a day; of versions that all start later, the first."""
    if not isinstance(answer, list):
        return answer
    return in_force(answer, max(day, min(version["valid_from"] for version in answer)), name, "plan.toml")


def in_force(versions: Sequence[Mapping[str, Any]], day: date, name: str, file: str) -> Any:
    """The answer of the version in force on a day: the latest that starts on or before it; without one, unusable input.

    >>> given = [{"valid_from": date(2020, 1, 1), "value": 2}, {"valid_from": date(2022, 1, 1), "base": 1}]
    >>> [in_force(given, day, "given", "plan.toml") for day in (date(2021, 12, 31), date(2022, 1, 1))]
    [2, {'base': 1}]
    """
    begun = [version for version in versions if version["valid_from"] <= day]
    if not begun:
        rule = f"a version is in force on {day}"
        raise UnusableInput(file=file, column=name, rule=rule, remedy="add the version that was in force then")
    answer = {key: value for key, value in max(begun, key=lambda one: one["valid_from"]).items() if key != "valid_from"}
    return answer["value"] if list(answer) == ["value"] else answer

"""What a plan answers otherwise than the run before it did, by what the answers are: policies, techniques, estimates.

A changed technique counts from the closing on: the opening is measured with that of the run before, and what was measured once
for all, a fair value at inception, with that of its day (IAS 8.32 to 8.36; 250-10-45-17, 45-18; 820-10-35-26). A changed policy
measures the opening again (IAS 8.22; 250-10-45-5). An estimate that is stated otherwise of the instant at which the run before
closed, or of a day before, is neither: what was put in then was wrong (IAS 8.42; 250-10-45-23).
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from gaapbridge.notes import FOLDERS
from gaapbridge.plan import Election, Plan, TechniquesBefore
from gaapbridge.plan.versions import started
from gaapbridge.plan.written import written
from gaapbridge.run.manifest import TechniquesStated
from gaapbridge.run.reader import Run


@dataclass(frozen=True)
class PriorAnswers:
    """What the run before answered otherwise, by note and election.

    ``techniques`` holds its own answers, and those of the runs before it, by note and the last day on which they were in use.
    ``policies`` and ``estimates`` are the names of elections answered otherwise since, of estimates up to the instant
    between the two periods; ``asked_since`` of those that it was not asked, or not as they are asked now.
    """

    techniques: TechniquesBefore = field(default_factory=dict)
    policies: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    estimates: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    asked_since: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


def prior_answers(plan: Plan, prior: Run | None) -> PriorAnswers:
    """What a run answered otherwise than the plan that opens with it; nothing where there is no such run."""
    if prior is None:
        return PriorAnswers()
    techniques: dict[str, dict[str, Any]] = {}
    found: dict[str, dict[str, tuple[str, ...]]] = {"policies": {}, "estimates": {}, "asked_since": {}}
    for note in plan.measured_notes:
        then = prior.plan_content.get("elections", {}).get(note, {})
        for election in FOLDERS[note].elections.ELECTIONS:
            if election.name not in plan.elections[note] or (election.kind is not None and election.kind not in prior.kinds):
                continue
            what = _otherwise(plan, note, election, then.get(election.name))
            if what == "techniques":
                techniques.setdefault(note, {})[election.name] = then[election.name]
            elif what is not None:
                found[what][note] = (*found[what].get(note, ()), election.name)
    before = _in_use_before(prior)
    used = {note: {**before.get(note, {}), plan.period.opening: changed} for note, changed in techniques.items()}
    return PriorAnswers({**before, **used}, **found)


def _otherwise(plan: Plan, note: str, election: Election, then: Any) -> str | None:
    """Which of the four an election is of, None where it was answered as it is now."""
    now = plan.elections[note][election.name]
    if then is None or election.check(then) is not None:
        return "asked_since"
    if election.nature != "estimate":
        return None if then == now else {"policy": "policies", "technique": "techniques"}[election.nature]
    return None if started(then, plan.period.opening) == started(now, plan.period.opening) else "estimates"


def as_stated(techniques: TechniquesBefore) -> TechniquesStated:
    """Techniques that were in use before a plan's own as the manifest of its run states them: answers as a plan writes them."""
    return {
        note: {str(last_day): {name: written(answer) for name, answer in used.items()} for last_day, used in by_day.items()}
        for note, by_day in techniques.items()
    }


def _in_use_before(prior: Run) -> TechniquesBefore:
    """What a run's manifest states of techniques that were in use before its own; one that is asked otherwise now is left."""
    declared = {(note, one.name): one for note, folder in FOLDERS.items() for one in folder.elections.ELECTIONS}
    found: dict[str, dict[date, dict[str, Any]]] = {}
    for note, by_day in (prior.manifest.techniques_before or {}).items():
        for last_day, used in by_day.items():
            for name, text in used.items():
                answer, election = tomllib.loads(f"answer = {text}", parse_float=Decimal)["answer"], declared.get((note, name))
                if election is not None and election.nature == "technique" and election.check(answer) is None:
                    found.setdefault(note, {}).setdefault(date.fromisoformat(last_day), {})[name] = answer
    return found

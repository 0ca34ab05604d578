"""Reading the history of a plan: of the plan of a close, or of a file that states history alone, before there are curves."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import Annotated, Any

from pydantic import BeforeValidator, Field, ValidationError

from gaapbridge.plan.days import check_days
from gaapbridge.plan.declared import Declared
from gaapbridge.plan.history import History, is_alone
from gaapbridge.plan.model import FORMAT, Entity, Plan, known_format
from gaapbridge.plan.queries import Database, Extract, Files
from gaapbridge.plan.read import read_plan, toml_content
from gaapbridge.plan.refusals import MISSING, badly_typed, refusal
from gaapbridge.plan.section import Section
from gaapbridge.plan.settings import content_with, settings_of

SERIES = "history.scenarios."
"""What the names of sources of macro series begin with."""

LOSSES = "expected_credit_loss"
"""The note whose elections weigh the scenarios of curves."""

AWARDS = "history.awards."
"""What the names of the tapes of awards begin with."""


class HistoryFile(Section):
    """A file of history alone: whose it is, the databases it is in, and the history."""

    format: Annotated[int, BeforeValidator(known_format)] = FORMAT
    entity: Entity
    sources: dict[str, Database] = Field(default_factory=dict)
    history: History


@dataclass(frozen=True)
class HistoryPlan:
    """The history of a plan with what is needed to read it; ``known_at`` are the month ends of which tables are made,
    ``answers`` the elections on expected credit losses that its close has at the closing, none where there is no close, and
    ``serves`` the kinds whose hazards the close takes from the folder that is written."""

    path: Path
    entity: Entity
    sources: Mapping[str, Database]
    history: History
    known_at: tuple[date, ...]
    extracts: Mapping[str, Extract] = field(default_factory=dict)
    answers: Mapping[str, Any] = field(default_factory=dict)
    serves: tuple[str, ...] = ()

    @property
    def folder(self) -> Path:
        """The folder that relative paths start from."""
        return self.path.parent

    def locate(self, name: str) -> Path:
        """A path named in the plan, from the plan's folder."""
        return self.folder / name

    def name_of(self, path: Path) -> str:
        """What a file is called in rejects and errors: its path from the plan's folder, an extract by its query."""
        called = (extract.called for extract in self.extracts.values() if extract.path == path)
        return next(called, None) or os.path.relpath(path, self.folder)

    def days_bound(self, name: str) -> dict[str, date]:
        """The days that are bound to a query: the last on which something is to be known."""
        return {"instant": self.known_at[-1]}

    def answered(self, extracts: Mapping[str, Extract]) -> HistoryPlan:
        """The same, with what its queries gave, by the names of the sources."""
        return replace(self, extracts=extracts)

    def stated(self) -> dict[str, Files]:
        """What the tapes and the macro series are in, by the names that their sources have."""
        tapes: dict[str, Files] = {
            f"history.{kind}.{key}": tape.path
            for kind, history in self.history.kinds.items()
            for key, tape in history.tapes.items()
        }
        if self.history.awards is not None:
            tapes |= {f"{AWARDS}{key}": tape.path for key, tape in self.history.awards.tapes.items()}
        return tapes | {f"{SERIES}{name}": one for name, one in self.history.scenarios.inputs.items()}


def read_history(path: Path, declared: Declared, settings: Sequence[str] = ()) -> HistoryPlan:
    """The history that a plan states, or a file of history alone. Raises ``UnusableInput``, also where there is none."""
    content = content_with(path, toml_content(path), settings_of(settings))
    if is_alone(content):
        return _of_history_file(path, {key: value for key, value in content.items() if key != "starter"})
    plan = read_plan(path, declared, settings)
    found = history_of(plan)
    if found is None:
        remedy = "add [history.loans.performance] with its path, or name a plan that has it; docs/reference/history.md says how"
        raise refusal(path, "history", MISSING, "curves are estimated from the history of a plan", remedy)
    return found


def history_of(plan: Plan) -> HistoryPlan | None:
    """The history of the plan of a close, known at its instants where it states no others; None where it has none."""
    if plan.history is None:
        return None
    known_at = tuple(plan.history.known_at) or (plan.period.opening, plan.period.closing)
    answers = plan.answers_at(LOSSES, plan.period.closing) if LOSSES in plan.elections else {}
    serves = tuple(kind for kind in plan.history.kinds if _takes(plan, kind, plan.history.to))
    return HistoryPlan(plan.path, plan.entity, plan.sources, plan.history, known_at, answers=answers, serves=serves)


def _takes(plan: Plan, kind: str, to: str) -> bool:
    """Whether the hazards of a kind are those that are written into a folder."""
    hazard = plan.curves.of(kind).get("hazard")
    return isinstance(hazard, str) and os.path.dirname(os.path.normpath(hazard)) == os.path.normpath(os.path.join(to, kind))


def _of_history_file(path: Path, content: dict[str, Any]) -> HistoryPlan:
    check_days(path, content)
    try:
        file = HistoryFile.model_validate(content)
    except ValidationError as error:
        raise badly_typed(path, HistoryFile, error) from None
    if not file.history.known_at:
        rule = "a file of history alone says at which month ends its curves are known"
        raise refusal(path, "history.known_at", MISSING, rule, "add known_at = [2023-12-31] under [history]")
    return HistoryPlan(path, file.entity, file.sources, file.history, tuple(file.history.known_at))

"""Judgements on which tables of assumptions were estimated otherwise in one run than in another, and the tables they made."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from gaapbridge.changes.plan_keys import Key, Values, dotted, in_order, stated
from gaapbridge.plan.written import written
from gaapbridge.run.manifest import Estimated

HISTORY = "history"
"""The table of a plan in which judgements stand: ``estimate`` reads it, and no close."""

SCENARIOS = "scenarios"
"""What of an account's judgements is of all kinds of contracts."""


@dataclass(frozen=True)
class JudgementChange:
    """What was decided otherwise, by its key of the plan and as its account states it, and the tables that are others since."""

    key: Key
    old: Any
    new: Any
    tables: tuple[str, ...]

    def __str__(self) -> str:
        return f"{', '.join(self.tables)}: estimated on {dotted(self.key)} {written(self.old)} → {written(self.new)}"

    def as_dict(self) -> dict[str, Any]:
        """For ``--format json``."""
        return {
            "key": dotted(self.key), "old": written(self.old), "new": written(self.new), "tables": list(self.tables)
        }  # fmt: skip


def judgements_between(
    old: Mapping[str, Estimated], new: Mapping[str, Estimated], changed: Sequence[str]
) -> tuple[JudgementChange, ...]:
    """What was decided otherwise for tables that ``changed``, key by key in the order of the new account; one that several
    tables have in common is told once. Nothing is told of a table changed by hand since, or whose account states nothing."""
    found: dict[Key, JudgementChange] = {}
    for table in changed:
        before, after = old.get(table), new.get(table)
        if before is None or after is None or before.changed or after.changed or not (before.stated and after.stated):
            continue
        kind = table.split(".")[1]
        decided = [_by_key(kind, one.stated) for one in (before, after)]
        for key in in_order(*decided):
            was, now = (one.get(key) for one in decided)
            if was != now:
                others = found[key].tables if key in found else ()
                found[key] = JudgementChange(key, was, now, (*others, table))
    return tuple(found.values())


def _by_key(kind: str, decided: Mapping[str, Any]) -> Values:
    """What was decided for a kind of contracts, by key of the plan."""
    own = {name: value for name, value in decided.items() if name != SCENARIOS}
    return stated({HISTORY: {kind: own, SCENARIOS: decided.get(SCENARIOS, {})}})

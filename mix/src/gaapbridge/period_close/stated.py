"""What a plan states as its inputs: files and queries, by the names that the sources of a run have."""

from __future__ import annotations

from pathlib import Path

from gaapbridge.contracts.kinds import KINDS
from gaapbridge.plan import Plan
from gaapbridge.plan.queries import Files, Query
from gaapbridge.tapes import members


def stated_queries(plan: Plan) -> dict[str, Query]:
    """Every query of a plan."""
    stated = {**_singles(plan), **_tapes(plan)}
    return {name: query for source, files in stated.items() for name, query in members.named(source, _queries(files)).items()}


def stated_paths(plan: Plan) -> dict[str, Path]:
    """Where every source is that a plan states; of a query, what it gave."""
    found: dict[str, Path] = {}
    for source, files in _tapes(plan).items():
        answers = [plan.extracts[name].path for name in members.named(source, _queries(files))]
        found |= members.named(source, answers or members.found(plan.folder, _names(files)))
    singles = {
        name: plan.extracts[name].path if isinstance(one, Query) else plan.locate(one) for name, one in _singles(plan).items()
    }
    first = {name: path for name, path in singles.items() if name == _AMOUNTS}
    return first | found | singles


_AMOUNTS = "opening.file"
"""The amounts brought forward, which a manifest names first."""


def _queries(files: Files) -> list[Query]:
    return [one for one in (files if isinstance(files, list) else [files]) if isinstance(one, Query)]


def _names(files: Files) -> list[str]:
    return [one for one in (files if isinstance(files, list) else [files]) if isinstance(one, str)]


def _tapes(plan: Plan) -> dict[str, Files]:
    """What tapes are in, those of an instant first."""
    stated: dict[str, Files] = {}
    tapes = [tape for kind in KINDS.values() for tape in kind.tapes]
    for tape in sorted(tapes, key=lambda tape: not tape.at_both):
        for part in ("opening", "closing") if tape.at_both else ("path",):
            files = getattr(plan.tapes.named(tape.key), part, None)
            if files is not None:
                stated[f"tapes.{tape.key}" if part == "path" else f"tapes.{tape.key}.{part}"] = files
    return stated


def _singles(plan: Plan) -> dict[str, str | Query]:
    """What amounts brought forward, curves, ledgers, given notes, adjustments and the layout are in."""
    stated: dict[str, str | Query | None] = {_AMOUNTS: plan.opening.file}
    for kind in plan.tapes.kinds:
        stated |= {f"curves.{kind}.{table}": one for table, one in plan.curves.of(kind).items()}
    for state in ("opening", "closing"):
        stated[f"trial_balance.{state}"] = getattr(plan.trial_balance, state) if plan.trial_balance else None
    stated |= {f"given.{key}": note.file for key, note in plan.given.items()}
    stated["adjustments"] = plan.adjustments.path if plan.adjustments else None
    stated["statement.layout"] = plan.statement.own_layout
    return {name: one for name, one in stated.items() if one is not None}

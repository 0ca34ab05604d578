"""The chain from the old plan to the new one, closed again after each change in a scratch folder; runs are only read.

Every close of the chain brings forward the very prior run that a manifest names, whatever ``latest`` would be today.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from gaapbridge.changes.between import Changes
from gaapbridge.changes.plan_keys import PRIOR_RUN, Key, content_of, located, plan_of
from gaapbridge.comparison.steps import Amounts, Link, Step, difference
from gaapbridge.contracts.declared import DECLARED
from gaapbridge.period_close.inputs import read_inputs
from gaapbridge.period_close.period import measure_and_reconcile
from gaapbridge.plan.read import plan_from
from gaapbridge.progress import Progress
from gaapbridge.run.reader import Run
from gaapbridge.scratch import temporary_folder
from gaapbridge.statement.document import Document
from gaapbridge.terms.errors import UnusableInput


def walk(
    runs: tuple[Run, Run],
    changes: Changes,
    links: Sequence[Link],
    amounts: Callable[[Document], Amounts],
    progress: Progress,
) -> tuple[tuple[Step, ...], bool]:
    """The steps from the first of ``runs`` to the second, and whether the new plan could be closed again at the end.

    A plan on the way that cannot be used is merged with the next change; the last step takes what is left where the new
    plan itself cannot.
    """
    old, new = runs
    target = located(plan_of(new), new.plan_folder, new.sources)
    values, prior = _start(old, changes, target), old.prior_folder
    before, started = amounts(old.exact), time.perf_counter()
    steps: list[Step] = []
    waiting: list[str] = []
    reasons: list[str] = []
    for number, link in enumerate(links, start=1):
        progress.say(f"closing again, {number} of {len(links)}: {link.name} ({time.perf_counter() - started:.0f} s so far)")
        for key in link.keys:
            values[key] = target.get(key)
        prior = new.prior_folder if link.exchanges_prior_run else prior
        waiting.append(link.name)
        try:
            now = amounts(_closed(new.plan_folder, values, prior, progress))
        except UnusableInput as unusable:
            reasons.append(str(unusable))
            continue
        steps.append(Step(tuple(waiting), difference(before, now), tuple(reasons)))
        before, waiting, reasons = now, [], []
    if waiting:
        steps.append(Step(tuple(waiting), difference(before, amounts(new.exact)), tuple(reasons)))
    progress.say(f"closed again {len(links)} times in {time.perf_counter() - started:.1f} s")
    return tuple(steps), not waiting


def _start(old: Run, changes: Changes, target: Mapping[Key, Any]) -> dict[Key, Any]:
    """The old plan's values; what is unchanged is taken from the new plan, whose folder has the same files."""
    changed = {change.key for change in changes.keys}
    origin = located(plan_of(old), old.plan_folder, old.sources)
    return {key: value if key in changed else target[key] for key, value in origin.items()}


def _closed(folder: Path, values: Mapping[Key, Any], prior: Path | None, progress: Progress) -> Document:
    """The exact statements of a plan closed on today's files and code."""
    given = {key: value for key, value in values.items() if value is not None}
    if PRIOR_RUN in given and prior is not None:
        given[PRIOR_RUN] = str(prior)
    plan = plan_from(folder / "plan.toml", content_of(given), DECLARED)
    inputs = read_inputs(plan)
    with temporary_folder() as scratch:
        return measure_and_reconcile(inputs, scratch, progress).exact

"""Attribution: which change moved which figure by how much, found by closing again with one change after another.

The chain starts at the old run. First the old plan is closed on today's files and code; then the prior run is exchanged,
where the runs name different ones; then the changed keys are put in, in the order of the new plan file. What a change
contributes is the difference it makes after those before it, so the contributions add up to the whole difference, which is
checked: the last link of the chain must be what the new run recorded.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from gaapbridge.changes.between import Changes
from gaapbridge.changes.cells import columns_of, exact_amounts, same_in
from gaapbridge.comparison.steps import CODE, TODAYS_CODE, Amounts, Ground, Step, difference, links_of
from gaapbridge.progress import Progress
from gaapbridge.run.provenance import code_sha256, library_versions
from gaapbridge.run.reader import Run, SourceFile
from gaapbridge.statement.checks import Check
from gaapbridge.statement.document import Document
from gaapbridge.statement.evidence import RECOMPUTED, proven
from gaapbridge.terms.hashes import sha256_of


@dataclass(frozen=True)
class Attribution:
    """The steps from the old run to the new one, and a check of every cell that moved: contributions add up.

    ``ground`` names the input files, code and libraries that changed since the old run; ``changed_since`` those that changed
    since the new one, because of which contributions may not add up. ``closed_again`` says whether the new plan was
    closed again at the end; it need not be where there is one change only.
    """

    steps: tuple[Step, ...]
    ground: Ground
    checks: tuple[Check, ...]
    closed_again: bool
    changed_since: Ground

    @property
    def failing(self) -> tuple[Check, ...]:
        """Cells in which the contributions do not add up to the difference."""
        return tuple(check for check in self.checks if not check.holds)

    def as_dict(self) -> dict[str, Any]:
        """For ``--format json``."""
        return {
            "steps": [step.as_dict() for step in self.steps],
            "inputs_and_code": self.ground.named,
            "closed_again": self.closed_again,
            "changed_since_the_new_run": self.changed_since.named,
            "checks": len(self.checks),
            "failing": [check.as_dict() for check in self.failing],
        }


def attribute(old: Run, new: Run, changes: Changes, progress: Progress) -> Attribution:
    """Attribute the whole difference to the changes. One change takes all of it and nothing is closed again."""
    columns = columns_of(old, new)
    statements = [one for one in new.exact.statements if same_in(old.exact, one) is not None]

    def amounts(document: Document) -> Amounts:
        return exact_amounts(document, columns, statements)

    whole = difference(amounts(old.exact), amounts(new.exact))
    if changes.number == 0:
        return Attribution((), Ground(), _checks(whole, ()), closed_again=False, changed_since=Ground())
    if changes.number == 1:
        ground = _ground(changes)
        (link,) = links_of(changes, ground)
        return Attribution((Step((link.name,), whole),), ground, (), closed_again=False, changed_since=Ground())
    from gaapbridge.comparison.closing_again import walk  # loads the kernels

    ground = _changed_since(old, _files_today(old, new), changes.estimated)
    if ground.code and changes.code is None:
        ground = replace(ground, code=(TODAYS_CODE,))
    steps, reached = walk((old, new), changes, links_of(changes, ground), amounts, progress)
    checks = _checks(whole, steps) if reached else ()
    return Attribution(steps, ground, checks, closed_again=reached, changed_since=_changed_since(new, new.sources))


def _checks(whole: Amounts, steps: Sequence[Step]) -> tuple[Check, ...]:
    """For every cell that some step moved, or that differs: the contributions are the difference, without tolerance."""
    checks = []
    for address in dict.fromkeys([*whole, *(address for step in steps for address in step.contributions)]):
        statement, row, column = address.split("/")
        parts = [step.contributions.get(address, 0) for step in steps]
        expected, proof = whole.get(address, 0), proven(RECOMPUTED, *parts, whole.get(address, 0))
        checks.append(Check(f"attribution/{address}", "attribution", statement, row, column, expected, sum(parts), proof))
    return tuple(checks)


def _ground(changes: Changes) -> Ground:
    """Input files, code and libraries that changed from one run to the other."""
    others = [one for one in changes.in_place if one.name not in changes.estimated]
    return Ground(
        estimated=tuple(one.name for one in changes.in_place if one.name in changes.estimated),
        inputs=tuple(f"{one.name} ({one.new.stated})" for one in others if one.new is not None),
        code=(CODE,) if changes.code else (),
        libraries=tuple(f"{name} {was} → {now}" for name, (was, now) in changes.libraries.items()),
    )


def _changed_since(run: Run, files: Mapping[str, SourceFile], estimated: Sequence[str] = ()) -> Ground:
    """What has changed since a run was made; ``files`` are its input files where they are read from today, of which those
    ``estimated`` on other judgements are told apart."""
    then, before = run.sources, run.manifest.libraries
    changed = {name: file for name, file in files.items() if _hash_today(file.path) != then[name].sha256}
    return Ground(
        estimated=tuple(name for name in changed if name in estimated),
        inputs=tuple(f"{name} ({file.stated})" for name, file in changed.items() if name not in estimated),
        code=(CODE,) if code_sha256() != run.manifest.code_sha256 else (),
        libraries=tuple(
            f"{name} {before.get(name)} → {now}" for name, now in library_versions().items() if before.get(name) != now
        ),
    )


def _files_today(old: Run, new: Run) -> dict[str, SourceFile]:
    """The old run's input files; where the new run had the same content in a folder of its own, that file."""
    later = new.sources
    return {
        name: later[name] if name in later and later[name].sha256 == file.sha256 else file for name, file in old.sources.items()
    }


def _hash_today(path: Path) -> str | None:
    return sha256_of(path) if path.is_file() else None

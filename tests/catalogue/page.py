"""The page of the documentation that shows the catalogue of findings: an index, then each with an example."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from tests.catalogue.cases import Case, apply, cases

PAGE = "docs/findings.md"

INTRODUCTION = """# Findings

A finding is a named disagreement in the lender's records, or between two figures that should agree. `close`, `check`,
`estimate` and `verify` print those within their reach, each with its place, its amount and a remedy; a run keeps them in
`findings.json`.
Where there are more than `thresholds.findings` in the plan allows, the command ends with exit code 1; `verify` has no plan and
ends so on any. A row that breaks a rule of its tape is a reject, not a finding ([reference/tapes.md](reference/tapes.md)); the
rules R1 to R15 are in [reference/verify.md](reference/verify.md), R16 to R20, what every check proves among them, in
[reference/checks.md](reference/checks.md).

Each finding has an example below: what was changed in the files that `gaapbridge new plan` writes, and what was then printed.
`run` is the folder of the run to which these files close, `filing.json` a published statement, `history` three years of
monthly history of 120 loans. The tests cause every one of them: [tests/catalogue](../tests/catalogue).
"""


LENDERS = {
    "second_year": "- 2022 is closed, and the plan opens with that run",
    "failing_year": "- 2022 is closed with 662 of principal (1301) as cash (1001) in its trial balance, and the plan "
    "opens with that run",
    "filed_year": "- 2022 is closed and filed (v1), closed again as a draft that restates it (v2), and the plan opens with the "
    "latest run",
}
"""What the lenders are that are not the starter's as it is."""


def page_of(lender: Path, scratch: Path) -> str:
    """The page; the changes of each case are made in a copy of the lender, to say what was there before."""
    lines = [INTRODUCTION, "| finding | rule | found when | remedy |", "|---|---|---|---|", *map(_row, cases())]
    for case in cases():
        copy = scratch / case.folder.name
        shutil.copytree(lender, copy)
        lines += _entry(case, [apply(change, copy) for change in case.changes])
    return "\n".join(lines) + "\n"


def anchor(heading: str) -> str:
    """A heading as a browser addresses it."""
    return "".join(one for one in heading.lower().replace(" ", "-") if one.isalnum() or one in "-_")


def _row(case: Case) -> str:
    """One finding in the index."""
    cells = (f"[{case.name}](#{anchor(case.name)})", case.input["rule"], case.when, case.remedy.rstrip("."))
    return f"| {' | '.join(cells)} |"


def _entry(case: Case, changes: Sequence[str]) -> Iterator[str]:
    """One finding: what it means, the remedy, and the example."""
    yield from ("", f"## {case.name}", "", f"{case.meaning} Remedy: {case.remedy}", "")
    if (lender := case.input.get("lender")) is not None:
        yield LENDERS[lender]
    if planted := case.input.get("planted"):
        yield f"- planted in the journal of note (i), {planted['flow']}: {_amounts(planted['amounts_minor'])}"
    yield from (f"- {change}" for change in changes)
    yield from ("", "```console", f"$ gaapbridge {case.input['command']}", "...", case.printed.rstrip("\n"), "```")


def _amounts(amounts: Mapping[str, int]) -> str:
    return ", ".join(f"{'debit' if amount > 0 else 'credit'} `{role}` {abs(amount)}" for role, amount in amounts.items())

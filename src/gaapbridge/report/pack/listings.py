"""The pages that list: movements, hindsight, checks by evidence, findings, assumptions with their sources, manifest."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import groupby
from typing import Any

from gaapbridge.contracts.kinds import OF_WORD
from gaapbridge.explanation.hindsight import explain_hindsight
from gaapbridge.explanation.movements import explain_movements
from gaapbridge.explanation.tie_out import ADDED_UP, SIDES_OF
from gaapbridge.form import as_printed
from gaapbridge.notes import FOLDERS
from gaapbridge.plan.election import Election
from gaapbridge.report.pack.site import file_name
from gaapbridge.report.pack.views import Cell, Shown, View, simple
from gaapbridge.run.reader import Run
from gaapbridge.statement.checks import Check
from gaapbridge.statement.evidence import by_evidence
from gaapbridge.terms.finding import Finding
from gaapbridge.terms.text import shortened

MOST_FINDINGS, MOST_CHECKS = 300, 3_000
"""Rows of a page: a book may have any number of faults, and a pack is to be opened."""

LONGEST_ANSWER = 400

MEANING = {
    "independent": "Two sources: one was kept without the other. It can find what is wrong in either.",
    "recomputed": "A second path from the same source. It can find faults of arithmetic, and none of the source.",
    "same source": "One side was copied from the other. It finds only what was changed since.",
    "by construction": "Both sides were made by the step that is checked.",
    "nil = nil": "Nothing on either side, and nothing behind them.",
    "not stated": "The run was written before checks said what they prove.",
}

Part = dict[str, Any]
Content = dict[str, Any]


def part(heading: str, views: Sequence[View], *, said: Sequence[str] = (), anchor: str | None = None) -> Part:
    """A part of a page: its heading, what is said, its tables."""
    return {"heading": heading, "views": views, "said": said, "anchor": anchor}


def movements_content(run: Run, shown: Shown) -> Content:
    """The movement tables of the loss allowances, in the currency."""
    tables = explain_movements(run).tables
    shown_tables = [shown.table(table, "movements.html", money=table.header[1:]) for table in tables]
    views = [replace(view, rows=view.rows[:-1], total=view.rows[-1]) for view in shown_tables]
    said = ["Loss allowances from the opening to the closing, line by line and stage by stage (IFRS 7.35H; 326-20-50-13)."]
    said += [] if views else ["This run has no loss allowance."]
    return {"said": [*said, f"Amounts in {shown.currency}."], "parts": [part("", views)]}


def hindsight_content(run: Run, shown: Shown) -> Content:
    """What the opening expected of the period against what came."""
    if not run.hindsight:
        return {
            "said": ["This run has no contracts of an opening that was measured, so nothing was expected of its period."],
            "parts": [],
        }
    told = explain_hindsight(run)
    return {
        "said": ["What the opening expected of the period, and what came (R17). Amounts in minor units."],
        "facts_shown": [(name, value) for name, value in told.facts.items()],
        "parts": [part("", [shown.table(table, "hindsight.html") for table in told.tables if table.rows])],
    }


def checks_content(run: Run, shown: Shown) -> Content:
    """Every check under what it proves, strongest first, rule by rule; then what could not be checked."""
    checks, page = run.listed.checks, "checks.html"
    counts = by_evidence(checks)
    rows = [
        (
            Cell(kind, False, f"#{file_name(kind)}" if number else None),
            Cell(f"{number:,}", True),
            Cell(f"{_failing(checks, kind):,}", True),
            Cell(MEANING[kind]),
        )
        for kind, number in counts.items()
    ]
    summary = simple("Checks by what they prove", ("evidence", "checks", "of which fail", "what that means"), rows)
    parts = [part("By evidence", [summary])]
    failing = [check for check in checks if not check.holds]
    if failing:
        parts.append(part("Checks that fail", [_checks("Failing", failing, shown, page)], anchor="failing"))
    for kind in counts:
        own = sorted(
            (check for check in checks if check.evidence == kind), key=lambda check: (int(check.check[1:]), check.check)
        )
        views = [_rule(rule, list(made), shown, page) for rule, made in groupby(own, key=lambda check: check.check)]
        if views:
            parts.append(part(kind.capitalize(), views, said=[MEANING[kind]], anchor=file_name(kind)))
    left = [
        tuple(Cell(text or "") for text in (one.check, one.statement, one.row, one.why, one.remedy))
        for one in run.listed.not_checked
    ]
    parts.append(
        part(
            "Not checked",
            [simple("What could not be tied out", ("rule", "statement", "row", "why", "what would allow it"), left)],
        )
    )
    return {"said": [run.outcome], "parts": parts}


def _failing(checks: Sequence[Check], kind: str) -> int:
    return sum(check.evidence == kind and not check.holds for check in checks)


def _rule(rule: str, checks: Sequence[Check], shown: Shown, page: str) -> View:
    expected, found = SIDES_OF.get(rule, ADDED_UP)
    return _checks(f"{rule}: {expected}, against {found}", checks, shown, page)


def _checks(caption: str, checks: Sequence[Check], shown: Shown, page: str) -> View:
    names = ("check", "expected", "found", "difference", "tolerance", "unit", "holds")
    rows = [
        (
            Cell(check.id, False, shown.site.link(f"{check.statement}/{check.row}/{check.column}", page)),
            *(
                Cell(as_printed(amount, "0"), True)
                for amount in (check.expected, check.actual, check.difference, check.tolerance)
            ),
            Cell(check.unit or ("printed units" if check.check in ("R1", "R2", "R3") else "minor units")),
            Cell("yes" if check.holds else "NO"),
        )
        for check in checks[:MOST_CHECKS]
    ]
    left = len(checks) - len(rows)
    return simple(caption, names, rows, remark=f"and {left:,} more in the run's checks" if left > 0 else "")


def findings_content(run: Run, shown: Shown) -> Content:
    """Every finding with what to do; where ids are masked, only what names no contract."""
    findings = run.listed.findings
    parts = []
    for heading, own in (
        ("Findings", [one for one in findings if one.accepted is None]),
        ("Accepted by the plan", [one for one in findings if one.accepted is not None]),
    ):
        if own:
            parts.append(part(heading, [_findings(own[:MOST_FINDINGS], shown)], said=_left(len(own))))
    said = [] if findings else ["The run found nothing: no record of the lender disagrees with another."]
    said.append(f"Rows of the tapes that were not measured: {run.rejected_rows:,}.")
    if run.rejects:
        parts.append(part("Rejected rows", [_rejects(run, shown)], said=_left(len(run.rejects))))
    if findings and shown.masks.hides:
        said.append(
            "Ids are masked in this pack: why a finding was made, which may name contracts, is in the pack of the house."
        )
    return {"said": said, "parts": parts}


def _left(count: int) -> list[str]:
    return [f"The first {MOST_FINDINGS:,} of {count:,}; all of them are in the run."] if count > MOST_FINDINGS else []


def _findings(findings: Sequence[Finding], shown: Shown) -> View:
    masked = shown.masks.hides
    names = ("finding", "where", "amount", *(() if masked else ("why",)), "remedy", *(() if masked else ("accepted because",)))
    rows = [
        (
            Cell(f"{one.name}{f' ({one.check})' if one.check else ''}"),
            _where(one.where, shown),
            Cell(one.amount_text),
            *(() if masked else (Cell(one.why),)),
            Cell(one.remedy if not masked or one.check else "see the pack of the house"),
            *(() if masked else (Cell(one.accepted or ""),)),
        )
        for one in findings
    ]
    return simple("Findings", names, rows)


def _rejects(run: Run, shown: Shown) -> View:
    """Rows that were not measured, with the rule that each breaks; where ids are masked, without what quotes it."""
    names = ("file", "row", "column", "rule", *(() if shown.masks.hides else ("value", "contract_id", "remedy")))
    rows = [tuple(Cell(str(one.get(name) or "")) for name in names) for one in run.rejects[:MOST_FINDINGS]]
    return simple("Rejected rows", names, rows)


def _where(where: str, shown: Shown) -> Cell:
    """The place of a finding; where ids are masked a place is told that the pack has, or a contract by its mask."""
    href, word = shown.site.link(where, "findings.html"), where.partition("/")[0]
    if shown.masks.hides and href is None:
        return Cell(shown.masks.address(where) if word in OF_WORD else word)
    return Cell(where, False, href)


def assumptions_content(run: Run, shown: Shown) -> Content:
    """Every answer that the plan gives, with its paragraph, and every table of assumptions with the file it came from."""
    parts = [
        part(f"Elections: {FOLDERS[note].note.label}", [_elections(note, answers)])
        for note, answers in run.plan_content.get("elections", {}).items()
        if note in FOLDERS
    ]
    tables = [
        (Cell(name.removeprefix("curves.").replace(".", ", ").replace("_", " ")), Cell(one.path), Cell(one.sha256))
        for name, one in run.manifest.sources.items()
        if name.startswith("curves.")
    ]
    parts.append(
        part("Tables of assumptions", [simple("Tables", ("table", "file, from the folder of the plan", "SHA-256"), tables)])
    )
    set_there = [(Cell(key), Cell(value)) for key, value in (run.manifest.set or {}).items()]
    if set_there:
        parts.append(part("Set on the command line", [simple("Keys of the plan", ("key", "value"), set_there)]))
    return {
        "said": ["What the lender answers where a standard leaves a choice, and where each estimate comes from."],
        "parts": parts,
    }


def _elections(note: str, answers: Mapping[str, Any]) -> View:
    declared: Sequence[Election] = FOLDERS[note].elections.ELECTIONS
    rows = [
        (Cell(one.question), Cell(_answer(answers[one.name], one)), Cell(one.paragraph), Cell(one.nature), Cell(one.name))
        for one in declared
        if one.name in answers
    ]
    return simple("Answers", ("question", "answer", "paragraph", "nature", "key"), rows)


def _answer(answer: Any, election: Election) -> str:
    """An answer in words: what a word means, a table or the versions of an estimate as they are written."""
    if isinstance(answer, str):
        return election.choices.get(answer, answer)
    if isinstance(answer, list):
        return "; ".join(_answer(one, election) for one in answer)
    if isinstance(answer, dict):
        return shortened(
            ", ".join(f"{key.replace('_', ' ')}: {_answer(value, election)}" for key, value in answer.items()), LONGEST_ANSWER
        )
    return "not stated" if answer is None or answer == "" else str(answer)


def manifest_content(run: Run, shown: Shown) -> Content:
    """What the run says of itself: inputs and artefacts with their hashes, code and libraries, and how long it took."""
    manifest = run.manifest
    sources = [(Cell(name), Cell(one.path), Cell(one.sha256)) for name, one in manifest.sources.items()]
    artefacts = [(Cell(name), Cell(sha256)) for name, sha256 in sorted(manifest.artefacts_sha256.items())]
    took = [(Cell(name), Cell(f"{seconds:,.1f}", True)) for name, seconds in manifest.elapsed_seconds.items()]
    facts = [
        ("Content", manifest.content_sha256), ("Code", manifest.code), ("Plan, SHA-256", manifest.plan_sha256),
        ("Written at", manifest.written_at),
        ("Libraries", ", ".join(f"{name} {one}" for name, one in manifest.libraries.items())),
        ("Opens with", manifest.prior_run or "its own tapes"),
    ]  # fmt: skip
    return {
        "said": ["By these hashes the run, and what it was made from, is known again. They change when one byte does."],
        "facts_shown": facts,
        "parts": [
            part("Inputs", [simple("Inputs", ("input", "file, from the folder of the plan", "SHA-256"), sources)]),
            part("Artefacts", [simple("Artefacts", ("file of the run", "SHA-256"), artefacts)]),
            part("Run time", [simple("Run time", ("stage", "seconds"), took)]),
        ],
    }

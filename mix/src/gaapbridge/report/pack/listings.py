"""The pages that list: movements, hindsight, tax, checks by evidence, findings, assumptions with their sources, manifest."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import groupby
from typing import Any

from gaapbridge.contracts.kinds import OF_WORD
from gaapbridge.form import Table, as_printed
from gaapbridge.report.pack.site import ASSUMPTIONS, CHECKS, FINDINGS, HINDSIGHT, MANIFEST, file_name
from gaapbridge.report.pack.views import Cell, Shown, View, simple
from gaapbridge.report.told.elections import ToldElection, told_assumptions, told_elections
from gaapbridge.report.told.findings import AMOUNT, said_of_findings, told_findings, told_not_checked, told_rejects
from gaapbridge.report.told.losses import EXPECTED, MOVED, ToldMovement, compared_movements, told_hindsight, without_before
from gaapbridge.report.told.manifest import told_changes, told_manifest
from gaapbridge.report.told.tie_outs import LEGEND, ToldCheck, ToldEvidence, told_checks, told_evidence
from gaapbridge.run.reader import Run
from gaapbridge.terms.text import shortened

MOST_FINDINGS, MOST_CHECKS = 300, 3_000
"""Rows of a page: a book may have any number of faults, and a pack is to be opened."""

LONGEST_ANSWER = 400

Part = dict[str, Any]
Content = dict[str, Any]


def part(heading: str, views: Sequence[View], *, said: Sequence[str] = (), anchor: str | None = None) -> Part:
    """A part of a page: its heading, what is said, its tables; without an anchor of its own it is called by its heading."""
    return {"heading": heading, "views": views, "said": said, "anchor": anchor or file_name(heading.lower().replace(" ", "-"))}


def movements_content(run: Run, shown: Shown) -> Content:
    """The movement tables of the loss allowances, in the currency."""
    compared = compared_movements(run)
    parts = [part(one.title, [_movement(each, shown) for each in (one, before) if each]) for one, before in compared]
    said = [MOVED, *([] if parts else ["This run has no loss allowance."]), f"Amounts in {shown.currency}."]
    said += [] if all(before for _, before in compared) else [without_before(run)]
    return {"said": said, "parts": parts}


def _movement(told: ToldMovement, shown: Shown) -> View:
    *rows, total = (
        (Cell(caption), *(Cell(shown.money(amount), True) for amount in (*amounts, sum(amounts))))
        for caption, amounts in (*told.rows, told.closing)
    )
    return simple(told.when, ("", *told.stages, "All"), rows, total=total)


def hindsight_content(run: Run, shown: Shown) -> Content:
    """What the opening expected of the period against what came."""
    told = told_hindsight(run)
    if told is None:
        return {
            "said": ["This run has no contracts of an opening that was measured, so nothing was expected of its period."],
            "parts": [],
        }
    return {
        "said": [EXPECTED],
        "facts_shown": [(name, value) for name, value in told.facts.items()],
        "parts": [part("", [shown.in_currency(table, HINDSIGHT) for table in told.tables])],
    }


def checks_content(run: Run, shown: Shown) -> Content:
    """Every check under what it proves, strongest first, rule by rule; then what could not be checked."""
    checks, page = told_checks(run), CHECKS
    kinds = told_evidence(checks)
    marks = [
        (Cell(mark), Cell(f"{sum(one.mark == mark for one in checks):,}", True), Cell(what)) for mark, what in LEGEND.items()
    ]
    legend = simple("Tick marks", ("mark", "checks", "what it says"), marks)
    parts = [part("By evidence", [_by_evidence(kinds), legend])]
    failing = [check for check in checks if not check.holds]
    if failing:
        parts.insert(0, part("Checks that fail", [_checks("Failing", failing, shown, page)], anchor="failing"))
    for kind in kinds:
        own = sorted((check for check in checks if check.evidence == kind.kind), key=_rule_number)
        by_rule = [list(made) for _, made in groupby(own, key=_rule_number)]
        views = [_rule(made, shown, page) for made in sorted(by_rule, key=lambda made: all(check.holds for check in made))]
        if views:
            said = [f"{_counted(own)} {kind.meaning}"]
            parts.append(part(kind.kind.capitalize(), views, said=said, anchor=file_name(kind.kind)))
    left = told_not_checked(run, shown.texts)
    parts.append(part(left.title, [shown.table(replace(left, title="What could not be tied out"), page)]))
    return {"said": [run.outcome], "parts": parts}


def _by_evidence(kinds: Sequence[ToldEvidence]) -> View:
    rows = [
        (
            Cell(one.kind, False, f"#{file_name(one.kind)}" if one.checks else None),
            Cell(f"{one.checks:,}", True),
            Cell(f"{one.failing:,}", True),
            Cell(one.meaning),
        )
        for one in kinds
    ]
    return simple("Checks by what they prove", ("evidence", "checks", "of which fail", "what that means"), rows)


def _rule_number(check: ToldCheck) -> tuple[int, str]:
    return int(check.rule[1:]), check.rule


def _counted(checks: Sequence[ToldCheck]) -> str:
    """How many there are, and how many of them fail, in a line."""
    failing = sum(not check.holds for check in checks)
    several = "check" if len(checks) == 1 else "checks"
    return f"{len(checks):,} {several}, {f'{failing:,} of them FAIL' if failing else 'none of them fails'}."


def _rule(checks: Sequence[ToldCheck], shown: Shown, page: str) -> View:
    """The checks of a rule, those that fail first; folded under their number, but where one fails."""
    expected, found = checks[0].sides
    ordered = sorted(checks, key=lambda check: check.holds)
    view = _checks(f"{checks[0].rule}: {expected}, against {found}", ordered, shown, page)
    return replace(view, fold=_counted(checks), is_open=not ordered[0].holds)


def _checks(caption: str, checks: Sequence[ToldCheck], shown: Shown, page: str) -> View:
    names = ("check", "mark", "expected", "found", "difference", "tolerance", "unit", "holds")
    rows = [
        (
            Cell(check.id, False, shown.site.link(f"{check.statement}/{check.row}/{check.column}", page)),
            Cell(check.mark),
            *(
                Cell(as_printed(amount, "0"), True)
                for amount in (check.expected, check.actual, check.difference, check.tolerance)
            ),
            Cell(check.unit),
            Cell("yes" if check.holds else "NO"),
        )
        for check in checks[:MOST_CHECKS]
    ]
    left = len(checks) - len(rows)
    return simple(caption, names, rows, remark=f"and {left:,} more in the run's checks" if left > 0 else "")


def findings_content(run: Run, shown: Shown) -> Content:
    """Every finding with what to do; where ids are masked, only what names no contract."""
    lists = told_findings(run.listed.findings, run.listed.checks, shown.texts, shown.money)
    rejects, said = told_rejects(run.rejects, shown.texts), list(said_of_findings(run))
    parts = [_listed(table, shown) for table in (*lists, *([rejects] if rejects.rows else ()))]
    if lists and shown.masks.hides:
        said.append(
            "Ids are masked in this pack: why a finding was made, which may name contracts, is in the pack of the house."
        )
    return {"said": said, "parts": parts}


def _listed(table: Table, shown: Shown) -> Part:
    """A list under its title, as far as a page goes; where ids are masked, without what may name a contract."""
    count = len(table.rows)
    left = [f"The first {MOST_FINDINGS:,} of {count:,}; all of them are in the run."] if count > MOST_FINDINGS else []
    kept = _masked(table) if shown.masks.hides else table
    view = shown.table(kept, FINDINGS, most=MOST_FINDINGS)
    if "where" in kept.header:
        place = kept.header.index("where")
        rows = (
            (*cells[:place], _where(row[place], shown), replace(cells[AMOUNT], numeric=True), *cells[AMOUNT + 1 :])
            for row, cells in zip(kept.rows, view.rows, strict=False)
        )
        view = replace(view, rows=tuple(rows))
    return part(table.title, [replace(view, remark="")], said=left)


_TELLING = ("why", "accepted because", "value", "contract")
"""Columns that may name a contract."""


def _masked(table: Table) -> Table:
    """A list without what may name a contract; the remedy of a rule names none, another one may."""
    kept = [place for place, name in enumerate(table.header) if name not in _TELLING]
    rows = (dict(zip(table.header, row, strict=True)) for row in table.rows)
    safe = ({**row, "remedy": row["remedy"] if row.get("check") else "see the pack of the house"} for row in rows)
    header = tuple(table.header[place] for place in kept)
    return replace(table, header=header, rows=tuple(tuple(row[name] for name in header) for row in safe))


def _where(where: str, shown: Shown) -> Cell:
    """The place of a finding; where ids are masked a place is told that the pack has, or a contract by its mask."""
    href, word = shown.site.link(where, FINDINGS), where.partition("/")[0]
    if shown.masks.hides and href is None:
        return Cell(shown.masks.address(where) if word in OF_WORD else word)
    return Cell(where, False, href)


def assumptions_content(run: Run, shown: Shown) -> Content:
    """Every answer that the plan gives, with its paragraph, every table of assumptions with the file it came from, and what
    changed since the last run."""
    by_note = groupby(told_elections(run), key=lambda one: one.note)
    parts = [part(f"Elections: {note}", [answers_view(list(own))]) for note, own in by_note]
    parts += [part(table.title, [shown.table(table, ASSUMPTIONS)]) for table in told_assumptions(run)]
    changes = told_changes(run)
    lines = [simple(changes.since, ("change",), [(Cell(line),) for line in changes.lines])] if changes.lines else []
    said = [] if lines else [changes.since]
    parts.append(part("What changed since the last run", lines, said=said, anchor="changes"))
    return {
        "said": ["What the lender answers where a standard leaves a choice, and where each estimate comes from."],
        "parts": parts,
    }


def answers_view(answers: Sequence[ToldElection]) -> View:
    """Answers beside their questions, with the line of the plan that has them."""
    rows = [
        tuple(
            Cell(shortened(text, LONGEST_ANSWER)) for text in (one.question, one.answer, one.paragraph, one.nature, one.in_plan)
        )
        for one in answers
    ]
    return simple("Answers", ("question", "answer", "paragraph", "nature", "in the plan"), rows)


def manifest_content(run: Run, shown: Shown) -> Content:
    """What the run says of itself: inputs and artefacts with their hashes, code and libraries, and how long it took."""
    told = told_manifest(run)
    return {
        "said": ["By these hashes the run, and what it was made from, is known again. They change when one byte does."],
        "facts_shown": told.facts,
        "parts": [part(table.title, [shown.table(table, MANIFEST)]) for table in told.tables],
    }

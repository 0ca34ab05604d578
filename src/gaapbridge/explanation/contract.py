"""Explanation of one contract: both frameworks side by side, the flows of the period, and every step with its paragraph.

Amounts are the run's; the steps are those of the independent calculator, so an explanation is also a re-performance.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import fields, replace
from operator import attrgetter
from typing import Any

from gaapbridge.contracts.kind import Kind
from gaapbridge.difference import FRAMEWORKS
from gaapbridge.explanation.form import Explanation, Table
from gaapbridge.form import Tells
from gaapbridge.reperform.calculation import Calculation
from gaapbridge.reperform.exact import Step
from gaapbridge.reperform.losses import Month
from gaapbridge.reperform.run import (
    MEASURED_OTHERWISE,
    NO_CALCULATOR,
    One,
    calculate_one,
    calculate_some,
    has_calculator,
    is_measured_otherwise,
)
from gaapbridge.run.manifest import Estimated
from gaapbridge.run.measured import ids_beside
from gaapbridge.run.reader import Run
from gaapbridge.run.samples import TOTALS_ONLY, WITH_DETAIL
from gaapbridge.terms.errors import UnusableInput, nearest
from gaapbridge.terms.hashes import Hashing, sha256_of

CALLED = {"higher_of": "unearned fees absorbed by the loss allowance"}
"""Amounts whose name would be read as another: where the higher of two counts, this is the lower, which is taken off."""

MONTHS = tuple(one.name.replace("_", " ") for one in fields(Month))
"""Columns of the table of months: the weighted loss is what stands before it multiplied, of principal and interest each its own
loss, of what is deferred all; the loss is the same, but nil in a month whose scenarios together lose less than nil."""

_CELLS = attrgetter(*(one.name for one in fields(Month)))

CALCULATED = "independent calculation"
"""The fact that says what the second calculator makes of the contract."""

MEASURED, FLOWS, INPUT, STEPS, BY_MONTH = "measured", "flows", "input", "steps", "months"
"""What a table of a contract tells: what was measured at an instant, the flows of the period, rows of a tape, the steps of the
second calculator, and the months ahead behind its loss allowance."""

BOTH = ("us_gaap", "ifrs", "difference")
"""The columns of amounts under both frameworks, in minor units."""

MONEY_OF_A_MONTH = ("principal", "interest", "deferral", "weighted loss", "loss")
"""The columns of a month ahead that are in minor units."""

STATES = {"opening": "opening_", "closing": "", "exit": "exit_"}
WHEN = {
    "opening": "at the opening", "closing": "at the closing", "exit": "on the day it left",
    "restated": "at the closing on the estimates of the opening",
}  # fmt: skip
"""The dates at which a contract is measured, with how their columns begin; and how people say them."""


def explain_contract(
    run: Run, kind: Kind, contract_id: str, *, months: bool = False, hashing: Hashing = sha256_of
) -> Explanation:
    """Explain one measured contract of a run; ``hashing`` tells whether its sources are as they were.

    ``months`` adds the table behind each loss allowance: of every month ahead in which a default may be recognised the due
    date it missed first, hazard, exposure and loss given default.
    """
    address = f"{kind.word}/{contract_id}"
    row, kept = _row(run, kind, contract_id, address), _input_rows(run, kind, [contract_id])[contract_id]
    again: One | str
    if (reason := _not_calculated(run, kind)) is not None:
        again = reason
    else:
        try:
            again = calculate_one(run, address, row, hashing)
        except UnusableInput as unusable:
            if not kept:
                raise
            again = f"not made ({unusable})"
    return _explained(run, address, kind, row, kept, again, months)


def explain_kept(run: Run, kind: Kind, contract_ids: Sequence[str]) -> tuple[Explanation, ...]:
    """Explain contracts whose input rows the run keeps, month by month, from the run alone: its tapes are not looked at.

    They are calculated again where the tables of assumptions are as they were; where one is not, each says so.
    """
    again: Mapping[str, One | str]
    rows = run.measured_rows(kind.key, contract_ids)
    if (reason := _not_calculated(run, kind)) is not None:
        again = dict.fromkeys(contract_ids, reason)
    else:
        try:
            again = calculate_some(run, kind.word, contract_ids, kept=True, rows=rows)
        except UnusableInput as unusable:
            again = dict.fromkeys(contract_ids, f"not made: {unusable.rule}")
    kept = _input_rows(run, kind, contract_ids)
    return tuple(
        _explained(run, f"{kind.word}/{one}", kind, rows[one], kept[one], again[one], months=True) for one in contract_ids
    )


def explain_measured(run: Run, kind: Kind, contract_ids: Sequence[str]) -> tuple[Explanation, ...]:
    """What a run measured of contracts, with the input rows that it keeps of them, and no step: nothing is calculated again.

    One that was not measured is left out.
    """
    rows, kept = run.measured_rows(kind.key, contract_ids), _input_rows(run, kind, contract_ids)
    return tuple(
        Explanation(f"{kind.word}/{one}", _facts(kind, rows[one]), _measured(kind, rows[one], kept[one]))
        for one in contract_ids
        if one in rows
    )


def _not_calculated(run: Run, kind: Kind) -> str | None:
    """Why contracts of a kind cannot be calculated again, where they cannot."""
    if not has_calculator(kind):
        return NO_CALCULATOR
    return MEASURED_OTHERWISE if is_measured_otherwise(run) else None


def _explained(
    run: Run, address: str, kind: Kind, row: Mapping[str, Any], kept: tuple[Table, ...], again: One | str, months: bool
) -> Explanation:
    facts, tables = _facts(kind, row), list(_measured(kind, row, kept))
    if isinstance(again, str):
        return Explanation(address, {**facts, CALCULATED: again}, tuple(tables))
    facts[CALCULATED] = "agrees" if not again.differences else f"{len(again.differences)} figures differ"
    if again.instead is not None:
        facts["calculated from"] = f"the input rows that the run keeps ({again.instead})"
    facts |= _curves_made(run, kind, row, again.calculation)
    calculation = again.calculation if _is_restated(row) else _without_restated(again.calculation)
    tables += _steps(calculation)
    by_month = list(_months(calculation))
    if by_month and not months:
        facts["loss allowance month by month"] = "with --months"
    tables += by_month if months else []
    return Explanation(address, facts, tuple(tables))


def _curves_made(run: Run, kind: Kind, row: Mapping[str, Any], calculation: Calculation) -> dict[str, str]:
    """How the curves of a contract at the closing were estimated, where that is known: the hazards those of its bucket."""
    steps = next((one.steps for (state, _), one in calculation.states.items() if state == "closing"), ())
    bucket = next((str(step.value) for step in steps if step.name == "bucket"), None)
    if bucket is None:
        return {}
    closing, told = run.manifest.period.closing, {}
    for table, made in _estimated_of(run, kind):
        hazards = table == _HAZARD
        cells = made.cells_of(closing, row["segment"], bucket if hazards else "")
        said = f", bucket {bucket}" if hazards else ""
        told["hazards" if hazards else table.replace("_", " ")] = f"{made.told(closing)}{said}{': ' if cells else ''}{cells}"
    return told


_HAZARD = "hazard"
"""The table of which a contract has the curve of its bucket."""


def _estimated_of(run: Run, kind: Kind) -> Iterator[tuple[str, Estimated]]:
    """The estimated tables of a kind, by their keys."""
    before = f"curves.{kind.key}."
    for source, made in (run.manifest.estimated or {}).items():
        if source.startswith(before):
            yield source.removeprefix(before), made


def _facts(kind: Kind, row: Mapping[str, Any]) -> dict[str, Any]:
    """What is known of a contract in words: facts of its kind, as far as the version that wrote the run had them."""
    return {name.replace("_", " "): row[name] for name in kind.facts if name in row} | _stages_and_rates(row)


def _measured(kind: Kind, row: Mapping[str, Any], kept: tuple[Table, ...]) -> tuple[Table, ...]:
    """Both frameworks side by side at each date, the flows of the period, and the input rows that are kept."""
    components, flows = kind.shown(flows=False), kind.shown(flows=True)
    dates = [
        _side_by_side(Tells(MEASURED, f"Measured {WHEN[state]}", instant=state, minor=BOTH), row, prefix, components)
        for state, prefix in STATES.items()
        if _lives(row, prefix, components)
    ]
    told = Tells(FLOWS, "Flows of the period", minor=BOTH)
    moved = [_side_by_side(told, row, "", flows)] if _lives(row, "", flows) else []
    return (*dates, *moved, *kept)


def _row(run: Run, kind: Kind, contract_id: str, address: str) -> dict[str, Any]:
    if kind.key not in run.kinds:
        known = ", ".join(run.kinds)
        raise UnusableInput(file=str(run.folder), value=address, rule=f"this run measured {known}", remedy="name one of these")
    row = run.measurement(kind.key, contract_id)
    if row is None and run.keeps_totals_only:
        raise _not_kept(run, kind, contract_id, address)
    if row is None:
        near = nearest(contract_id, ids_beside(run.folder, kind.key, contract_id))
        absent = "no row was rejected, so no tape has it: write the id as the tapes do"
        elsewhere = "see rejects.csv" if run.rejected_rows else absent
        remedy = f"nearest: {', '.join(f'{kind.word}/{name}' for name in near)}" if near else elsewhere
        raise UnusableInput(file=str(run.folder), value=address, rule="no such contract in this run", remedy=remedy)
    return row


def _not_kept(run: Run, kind: Kind, contract_id: str, address: str) -> UnusableInput:
    """The refusal of a contract of which a run of totals only has nothing: whether it was measured, it does not know."""
    kept = [one for one, _ in run.sampled(kind.key)]
    near = ", ".join(f"{kind.word}/{one}" for one in nearest(contract_id, kept) or kept[:3])
    return UnusableInput(
        file=str(run.folder),
        value=address,
        rule=f"a run has what it measured of a contract that it explains ({TOTALS_ONLY})",
        remedy=f"{WITH_DETAIL}, or name one of the {len(kept):,} whose rows it keeps, such as {near}",
    )


def _stages_and_rates(row: Mapping[str, Any]) -> dict[str, Any]:
    """Stages of loans and guarantees, effective rates of loans."""
    facts: dict[str, Any] = {}
    if "stage_opening" in row:
        opening, closing = row["stage_opening"], row["stage_closing"]
        absent = "" if opening and closing else "; 0 is not on book"
        facts["stage at opening and closing"] = f"{opening} to {closing}{absent}"
    for side, name in FRAMEWORKS.items():
        if f"{side}_rate_per_period" in row:
            facts[f"effective rate a month, {name}"] = f"{row[f'{side}_rate_per_period']:.10%}"
    return facts


def _input_rows(run: Run, kind: Kind, contract_ids: Sequence[str]) -> dict[str, tuple[Table, ...]]:
    """The rows of contracts that the run keeps, tape by tape as they were read; none of most contracts."""
    identity = kind.tapes[0].schema.identity or "contract_id"
    held = run.input_rows_of(kind.key, identity, contract_ids)
    found: dict[str, list[Table]] = {one: [] for one in contract_ids}
    for name in (name for tape in kind.tapes for name in tape.sources if name in held):
        columns, by_contract = held[name].columns, dict[str, list[tuple[Any, ...]]]()
        place = columns.index(identity)
        for row in held[name].rows():  # many contracts have a few rows each: a frame for each of them costs more than all this
            by_contract.setdefault(row[place], []).append(row)
        for one, rows in by_contract.items():
            found[one].append(_rows_of_tape(columns, rows))
    return {one: tuple(tables) for one, tables in found.items()}


def _rows_of_tape(columns: Sequence[str], rows: Sequence[tuple[Any, ...]]) -> Table:
    """The rows of one contract on one tape: a single one as a list of its values, several without what all leave blank."""
    minor = tuple(name for name in columns if name.endswith("_minor"))
    if len(rows) == 1:
        row = dict(zip(columns, rows[0], strict=True))
        told = Tells(
            INPUT, f"Input row {row['row']} below the header of {row['file']}", minor=minor, file=row["file"], row=row["row"]
        )
        given = [(name, value) for name, value in row.items() if name not in ("file", "row") and value is not None]
        return Table(told.name, ("column", "value"), tuple((name, _cell(value)) for name, value in given), nil="0", tells=told)
    by_column = dict(zip(columns, zip(*rows, strict=True), strict=True))
    files = ", ".join(dict.fromkeys(by_column.pop("file")))
    told = Tells(INPUT, f"Input rows of {files}", minor=minor, file=files)
    shown = {name: map(_cell, values) for name, values in by_column.items() if any(value is not None for value in values)}
    return Table(told.name, tuple(shown), tuple(zip(*shown.values(), strict=True)), nil="0", tells=told)


def _cell(value: object) -> object:
    """A value of a tape as a cell: whole numbers as such, all else as text."""
    return value if value is None or (isinstance(value, int) and not isinstance(value, bool)) else str(value)


def _lives(row: Mapping[str, Any], prefix: str, names: tuple[str, ...]) -> bool:
    return any(row.get(f"{prefix}{side}_{name}") for side in ("us", "ifrs") for name in names)


def _side_by_side(told: Tells, row: Mapping[str, Any], prefix: str, names: tuple[str, ...]) -> Table:
    rows = []
    for name in names:
        if f"{prefix}us_{name}" in row:
            us, ifrs = row[f"{prefix}us_{name}"], row[f"{prefix}ifrs_{name}"]
            rows.append((CALLED.get(name) or name.replace("_", " "), us, ifrs, ifrs - us))
    return Table(f"{told.name}, minor units", ("amount", *BOTH), tuple(rows), tells=told)


def _is_restated(row: Mapping[str, Any]) -> bool:
    """Whether the run measured the closing on the opening's estimates too: only where they were revised in the period."""
    return any(name.startswith("restated_") for name in row)


def _without_restated(calculation: Calculation) -> Calculation:
    """A calculation without the state that the run had no cause to measure."""
    measured = {place: state for place, state in calculation.states.items() if place[0] != "restated"}
    return replace(calculation, states=measured)


def _steps(calculation: Calculation) -> Iterator[Table]:
    """Every step: state by state, then those of the whole period."""
    for (state, framework), one in calculation.states.items():
        if one.steps:
            told = Tells(STEPS, f"Steps, {WHEN[state]}, {FRAMEWORKS[framework]}", framework, state)
            yield _table_of_steps(told, one.steps)
    for title, steps in calculation.further:
        yield _table_of_steps(Tells(STEPS, title), steps)


def _table_of_steps(told: Tells, steps: tuple[Step, ...]) -> Table:
    rows = tuple((step.name, step.value, step.paragraph, step.note) for step in steps)
    return Table(told.name, ("step", "value", "paragraph", "remark"), rows, nil="0", tells=told)


def _months(calculation: Calculation) -> Iterator[Table]:
    """The loss allowance of each state month by month: what is expected to be lost in each, and their sum."""
    for (state, framework), one in calculation.states.items():
        if one.months:
            name = f"Months, {WHEN[state]}, {FRAMEWORKS[framework]}"
            told = Tells(BY_MONTH, name, framework, state, MONEY_OF_A_MONTH, at_most=one.most_lost)
            yield Table(name, MONTHS, tuple(map(_CELLS, one.months)), nil="0", adds_up=True, tells=told)

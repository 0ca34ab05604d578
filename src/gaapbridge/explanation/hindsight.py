"""The opening's expected losses against what came, as a table for each kind of contract and framework (R17)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from gaapbridge.contracts.kinds import KINDS
from gaapbridge.difference import FRAMEWORKS
from gaapbridge.explanation.form import Explanation, Table
from gaapbridge.run.reader import Run
from gaapbridge.terms.errors import UnusableInput

HINDSIGHT = "hindsight"
"""The address of the table."""

COLUMNS = (
    "by", "contracts", "expected", "came", "no surprise", "by closing's curves", "amount expected", "amount came",
    "no surprise, amount", "loss expected", "loss at opening's LGD", "holds",
)  # fmt: skip


def explain_hindsight(run: Run) -> Explanation:
    """Numbers of defaults, amounts owed when they were recognised, and losses, by note, segment and bucket; minor units.

    Raises ``UnusableInput`` where the run has none: it was written before, or had no opening.
    """
    if not run.hindsight:
        raise UnusableInput(
            file=str(run.folder), value=HINDSIGHT, rule="hindsight needs the contracts of an opening that was measured",
            remedy="close a period whose plan names an opening tape",
        )  # fmt: skip
    facts: dict[str, Any] = {"period": f"{run.manifest.period.opening} to {run.manifest.period.closing}"}
    tables: list[Table] = []
    for kind in run.hindsight:
        name = KINDS[kind["kind"]].contracts
        facts |= {f"{name}, {what.replace('_', ' ')}": number for what, number in kind["outside"].items()}
        facts |= {f"{name} lost before, {what.replace('_', ' ')}": number for what, number in kind["recoveries"].items()}
        tables += _tables(name, kind["cells"])
    return Explanation(HINDSIGHT, facts, tuple(tables))


def _tables(name: str, cells: list[Mapping[str, Any]]) -> Iterator[Table]:
    for framework, called in FRAMEWORKS.items():
        rows = tuple(_row(cell) for cell in cells if cell["framework"] == framework)
        yield Table(f"{name.capitalize()}, {called}: defaults recognised in the period", COLUMNS, rows, nil="0", adds_up=False)


def _row(cell: Mapping[str, Any]) -> tuple[object, ...]:
    number = cell["low"] <= cell["observed"] <= cell["high"]
    known = cell["observed_amount_minor"]
    judged_amount = "amount" in cell["tested"]
    amount = not judged_amount or cell["amount_low_minor"] <= known <= cell["amount_high_minor"]
    return (
        f"{cell['by']} {cell['cell']}".strip(), cell["contracts"], round(cell["expected"], 1), cell["observed"],
        f"{cell['low']:,} to {cell['high']:,}", round(cell["expected_by_closing_curves"], 1), cell["expected_amount_minor"],
        known, f"{cell['amount_low_minor']:,} to {cell['amount_high_minor']:,}" if judged_amount else "not judged",
        cell["expected_loss_minor"], cell["observed_loss_minor"], "yes" if number and amount else "NO",
    )  # fmt: skip

"""Explanation of one contract: both frameworks side by side, the flows of the period, and every step with its paragraph.

Amounts are the run's; the steps are those of the independent calculator, so an explanation is also a re-performance.
"""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

from gaapbridge.explanation.form import Explanation, Table
from gaapbridge.reperform.exact import Step
from gaapbridge.reperform.run import calculate_one
from gaapbridge.terms.errors import UnusableInput, nearest

COMPONENTS = (
    "deferred_fees", "deferred_costs", "accrued_interest", "loss_allowance", "loss_allowance_current", "expected_recoveries",
)  # fmt: skip
STATES = (("opening", "opening_"), ("closing", ""), ("exit", "exit_"))


def explain_contract(run: Path, contract_id: str) -> Explanation:
    """Explain one measured contract of a run."""
    row = _row(run, contract_id)
    calculation, differing = calculate_one(run, contract_id)
    facts: dict[str, Any] = {
        "segment": row["segment"],
        "path": row["path"],
        "status": row["status"],
        "stage at opening and closing": f"{row['stage_opening'] or '—'}, {row['stage_closing'] or '—'}",
        "effective rate a month, US GAAP": f"{row['us_rate_per_period']:.10%}",
        "effective rate a month, IFRS": f"{row['ifrs_rate_per_period']:.10%}",
        "independent calculation": "agrees" if not differing else f"{len(differing)} figures differ",
    }
    tables = [_side_by_side(row, state, prefix) for state, prefix in STATES if _lives(row, prefix)]
    for (kind, framework), state in calculation.states.items():
        title = f"Steps, {kind} state, {'US GAAP' if framework == 'us' else 'IFRS'}"
        tables.append(_steps(title, state.steps))
    if calculation.stage_3_steps:
        tables.append(_steps("Steps, interest on the allowance in stage 3, IFRS", calculation.stage_3_steps))
    return Explanation(f"loan/{contract_id}", facts, tuple(tables))


def _row(run: Path, contract_id: str) -> dict[str, Any]:
    import polars as pl

    frame = pl.scan_parquet(run / "measurements" / "loans" / "*.parquet")
    found = frame.filter(pl.col("contract_id") == contract_id).collect()
    if found.is_empty():
        near = nearest(contract_id, frame.select("contract_id").collect()["contract_id"].to_list())
        remedy = f"nearest: {', '.join('loan/' + name for name in near)}" if near else "see rejects.csv"
        raise UnusableInput(file=str(run), value=f"loan/{contract_id}", rule="no such contract in this run", remedy=remedy)
    return found.row(0, named=True)


def _lives(row: dict[str, Any], prefix: str) -> bool:
    return any(
        row[f"{prefix}{side}_{name}"] for side in ("us", "ifrs") for name in COMPONENTS if f"{prefix}{side}_{name}" in row
    )


def _side_by_side(row: dict[str, Any], state: str, prefix: str) -> Table:
    rows = []
    for name in COMPONENTS:
        if f"{prefix}us_{name}" in row:
            us, ifrs = row[f"{prefix}us_{name}"], row[f"{prefix}ifrs_{name}"]
            rows.append((name.replace("_", " "), us, ifrs, ifrs - us))
    return Table(f"Measured, {state} state, minor units", ("component", "us_gaap", "ifrs", "difference"), tuple(rows))


def _steps(title: str, steps: tuple[Step, ...]) -> Table:
    rows = tuple((step.name, _value(step), step.paragraph, step.note) for step in steps)
    return Table(title, ("step", "value", "paragraph", "remark"), rows)


def _value(step: Step) -> Any:
    if isinstance(step.value, Decimal):
        text = f"{step.value:.10f}"
        return text.rstrip("0").rstrip(".") if "." in text else text
    return step.value

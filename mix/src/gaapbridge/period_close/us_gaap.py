"""US GAAP as measured, for a ledger that takes its balances from a measurement."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from gaapbridge.contracts.declared import DECLARED
from gaapbridge.contracts.measured import over_all
from gaapbridge.period_close.inputs import read_inputs
from gaapbridge.period_close.period import measure
from gaapbridge.plan import read_plan
from gaapbridge.plan.model import Opening
from gaapbridge.progress import Progress


@dataclass(frozen=True)
class UsGaap:
    """What only a measurement can give a ledger under US GAAP: balances at both instants and income of the period, by
    posting role and debit positive, and amounts it needs besides (``written_off_gross``, ``paid_out``)."""

    opening: dict[str, int]
    closing: dict[str, int]
    income: dict[str, int]
    memoranda: dict[str, int]


def measure_us_gaap(plan_path: Path, scratch: Path) -> UsGaap:
    """US GAAP measured for a ledger that takes its balances from here; nothing is written but in ``scratch``.

    The trial balances the plan names are not compared.
    """
    plan = read_plan(Path(plan_path), DECLARED)
    plan = plan.model_copy(update={"opening": Opening(source="opening_tape"), "trial_balance": None})
    plan._path = Path(plan_path)
    measured = measure(read_inputs(plan), scratch, Progress(show=False))
    return UsGaap(*(over_all(measured, "us", part) for part in ("opening", "closing", "income", "memoranda")))

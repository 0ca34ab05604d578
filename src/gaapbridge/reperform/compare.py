"""Comparing a measured row with the independent calculation of the same contract, figure by figure."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Literal

from gaapbridge.reperform.assumptions import Assumptions
from gaapbridge.reperform.calculate import COMPONENTS, STATES, Choices
from gaapbridge.reperform.contract import Contract, Event
from gaapbridge.reperform.elections import Elections
from gaapbridge.reperform.exact import FRAMEWORKS, HALF, NEAR_HALF, ZERO, plain
from gaapbridge.reperform.row import (
    STAGE_3_INTEREST,
    VAT_COMPONENTS,
    Calculation,
    Figure,
    calculate_contract,
    column_prefix,
)

RATE_TOLERANCE = Decimal("1e-9")
"""Two solvers of one rate agree to this; a difference in method shows far above it."""

DERIVED = re.compile(r"deferred_fees$|deferred_\w+_non_current$|_vat_")
"""Columns that are made of rounded figures rather than rounded themselves."""

Verdict = Literal["agrees to rounding", "disagreement"]


@dataclass(frozen=True, slots=True)
class Difference:
    """One figure on which the two calculators differ.

    `verdict` is "agrees to rounding" where the exact amount lies so near half a unit (or a PD test so near
    its threshold) that both figures are honest; `reason` says which. Rates are given as text.
    """

    contract_id: str
    column: str
    measured: int | str
    calculated: int | str
    exact: Decimal
    verdict: Verdict
    reason: str

    @property
    def difference(self) -> str:
        """Measured less calculated."""
        return plain(Decimal(self.measured) - Decimal(self.calculated), 15) if self._is_number else ""

    @property
    def _is_number(self) -> bool:
        return isinstance(self.measured, int) or self.column.endswith("_rate_per_period")

    def as_dict(self) -> dict[str, str | int]:
        """The difference for `--format json`."""
        return {
            "contract_id": self.contract_id,
            "column": self.column,
            "measured": self.measured,
            "calculated": self.calculated,
            "difference": self.difference,
            "exact": plain(self.exact),
            "verdict": self.verdict,
            "reason": self.reason,
        }


def compare_contract(
    measured: Mapping[str, Any],
    opening: Contract | None,
    closing: Contract | None,
    events: tuple[Event, ...],
    assumptions: Assumptions,
    elections: Elections,
    *,
    skip: Collection[str] = (),
) -> tuple[int, list[Difference]]:
    """How many figures were compared, and every one that differs; `skip` names columns not to compare.

    Where the contract leaves an honest alternative open (an instalment near half a unit, a PD test at its
    threshold) and the measured row agrees with that alternative throughout, its differences are of rounding.
    """
    calculation = calculate_contract(opening, closing, events, assumptions, elections, detail=False)
    compared, found = compare_row(measured, calculation, skip=skip)
    if closing is not None and measured["status"] != closing.status:
        found.append(Difference(closing.contract_id, "status", measured["status"], closing.status, ZERO, "disagreement", ""))
        return compared + 1, found
    if all(difference.verdict == "agrees to rounding" for difference in found):
        return compared, found
    for name, choices in calculation.alternatives:
        if _agrees(measured, opening, closing, events, assumptions, elections, choices, skip):
            return compared, [_excused(difference, name) for difference in found]
    return compared, found


def compare_row(
    measured: Mapping[str, Any], calculation: Calculation, *, skip: Collection[str] = ()
) -> tuple[int, list[Difference]]:
    """How many figures were compared, and every one that differs.

    Integer columns must agree exactly, but for one unit per rounding near half that feeds them; effective
    rates within 1e-9; stages exactly.
    """
    if calculation.problem:
        return 1, [
            Difference(
                calculation.contract_id,
                "us_rate_per_period",
                "measured",
                "no effective rate",
                ZERO,
                "disagreement",
                calculation.problem,
            )
        ]
    found: list[Difference] = []
    compared = 0
    for column, figure in calculation.figures.items():
        if column in skip or (column not in measured and may_be_absent(column)):
            continue
        compared += 1
        amount = int(measured[column])
        if amount == figure.amount:
            continue
        near = _is_within_rounding(column, amount, figure)
        found.append(
            Difference(
                calculation.contract_id,
                column,
                amount,
                figure.amount,
                figure.exact,
                "agrees to rounding" if near else "disagreement",
                "near half" if near else "",
            )
        )
    for column, stage in calculation.stages.items():
        if column not in skip:
            compared += 1
            found += _compare_exactly(calculation, column, int(measured[column]), stage)
    return compared + len(calculation.rates), found + _compare_rates(measured, calculation)


def expected_columns() -> tuple[str, ...]:
    """Columns a measurement must have for the comparison.

    A restated state is measured only where the curves changed in the period; an exit has no recoveries.

    >>> "exit_ifrs_loss_allowance" in expected_columns(), "closing_us_deferred_fees" in expected_columns()
    (True, False)
    """
    states = [f"{column_prefix(kind)}{framework}_{name}" for kind in STATES for framework in FRAMEWORKS for name in COMPONENTS]
    rates = [f"{framework}_rate_per_period" for framework in FRAMEWORKS]
    others = [
        f"{kind}_{name}"
        for kind in STATES
        for name in ("principal", "principal_non_current", *(f"vat_{inside}" for inside in VAT_COMPONENTS))
    ]
    facts = ("contract_id", "status", "stage_opening", "stage_closing", STAGE_3_INTEREST)
    return (*facts, *rates, *(column for column in (*states, *others) if not may_be_absent(column)))


def may_be_absent(column: str) -> bool:
    """Whether a measurement may lack a column; it is compared where it is there.

    >>> may_be_absent("restated_us_loss_allowance"), may_be_absent("us_loss_allowance")
    (True, False)
    """
    return column.startswith("restated_") or (column.startswith("exit_") and column.endswith("_expected_recoveries"))


def _is_within_rounding(column: str, amount: int, figure: Figure) -> bool:
    """Whether a measured amount is an honest rounding too.

    A figure rounded by itself may only be the other neighbour of a near half; one that rests on rounded
    figures may move by as many units as there are near halves below it.
    """
    if abs(amount - figure.amount) > figure.slack:
        return False
    return DERIVED.search(column) is not None or abs(Decimal(amount) - figure.exact) <= HALF + NEAR_HALF


def _compare_rates(measured: Mapping[str, Any], calculation: Calculation) -> list[Difference]:
    """Effective rates that differ by more than solvers may."""
    found = []
    for framework, rate in calculation.rates.items():
        column = f"{framework}_rate_per_period"
        given = Decimal(repr(float(measured[column])))
        if not given.is_finite() or abs(given - rate) > RATE_TOLERANCE:
            found.append(Difference(calculation.contract_id, column, str(given), plain(rate, 20), rate, "disagreement", ""))
    return found


def _compare_exactly(calculation: Calculation, column: str, measured: int, calculated: int) -> list[Difference]:
    if measured == calculated:
        return []
    return [Difference(calculation.contract_id, column, measured, calculated, Decimal(calculated), "disagreement", "")]


def _agrees(
    measured: Mapping[str, Any],
    opening: Contract | None,
    closing: Contract | None,
    events: tuple[Event, ...],
    assumptions: Assumptions,
    elections: Elections,
    choices: Choices,
    skip: Collection[str],
) -> bool:
    other = calculate_contract(opening, closing, events, assumptions, elections, detail=False, choices=choices)
    return all(found.verdict == "agrees to rounding" for found in compare_row(measured, other, skip=skip)[1])


def _excused(difference: Difference, name: str) -> Difference:
    return Difference(
        difference.contract_id,
        difference.column,
        difference.measured,
        difference.calculated,
        difference.exact,
        "agrees to rounding",
        name,
    )

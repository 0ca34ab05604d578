"""Comparing a measured row with the independent calculation of the same contract, figure by figure."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any, Literal

from gaapbridge.reperform.calculation import Calculate, Calculation, Figure
from gaapbridge.reperform.exact import HALF, NEAR_HALF, ZERO, plain

RATE_TOLERANCE = Decimal("1e-9")
"""Two solvers of one rate agree to this; a difference in method shows far above it."""

Verdict = Literal["agrees to rounding", "disagreement"]


@dataclass(frozen=True, slots=True)
class Difference:
    """One figure on which the two calculators differ.

    `verdict` is "agrees to rounding" where the exact amount lies so near half a unit (or a PD test so near
    its threshold) that both figures are honest; `reason` says which. Rates are given as text.
    """

    kind: str
    contract_id: str
    column: str
    measured: int | str
    calculated: int | str
    exact: Decimal
    verdict: Verdict
    reason: str

    @property
    def address(self) -> str:
        """The contract's address: loan/ID, guarantee/ID, award/ID."""
        return f"{self.kind}/{self.contract_id}"

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
            "kind": self.kind,
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
    calculate: Calculate,
    *,
    made: Calculation | None = None,
    skip: Collection[str] = (),
) -> tuple[int, list[Difference]]:
    """How many figures were compared, and every one that differs; `skip` names columns not to compare.

    `made` is what it was calculated to, where somebody has asked for that already.

    Where the contract leaves an honest alternative open (an instalment near half a unit, a PD test at its
    threshold) and the measured row agrees with that alternative throughout, its differences are of rounding.
    """
    calculation = made or calculate(detail=False)
    compared, found = compare_row(measured, calculation, skip=skip)
    if all(difference.verdict == "agrees to rounding" for difference in found):
        return compared, found
    for name, choices in calculation.alternatives:
        other = compare_row(measured, calculate(detail=False, choices=choices), skip=skip)[1]
        if all(difference.verdict == "agrees to rounding" for difference in other):
            return compared, [replace(difference, verdict="agrees to rounding", reason=name) for difference in found]
    return compared, found


def compare_row(
    measured: Mapping[str, Any], calculation: Calculation, *, skip: Collection[str] = ()
) -> tuple[int, list[Difference]]:
    """How many figures were compared, and every one that differs.

    Integer columns must agree exactly, but for one unit per rounding near half that feeds them; effective
    rates within 1e-9; stages and other facts exactly. Columns that a run may leave out are compared where they are.
    """
    if calculation.problem:
        return 1, [_difference(calculation, "contract_id", "measured", "not measurable", reason=calculation.problem)]
    columns = measured.keys() - set(skip)
    figures = {column: figure for column, figure in calculation.figures.items() if column in columns}
    facts = {column: fact for column, fact in calculation.facts.items() if column in columns}
    found: list[Difference] = []
    for column, figure in figures.items():
        amount = int(measured[column])
        if amount != figure.amount:
            found.append(_rounded_apart(calculation, column, amount, figure))
    for column, fact in facts.items():
        if measured[column] != fact:
            found.append(_difference(calculation, column, measured[column], fact))
    return len(figures) + len(facts) + len(calculation.rates), found + _compare_rates(measured, calculation)


def missing(kind: str, contract_id: str, measured: str, calculated: str) -> Difference:
    """A contract that one side has and the other has not."""
    return Difference(kind, contract_id, "contract_id", measured, calculated, ZERO, "disagreement", "")


def _rounded_apart(calculation: Calculation, column: str, amount: int, figure: Figure) -> Difference:
    """An amount that differs, and whether it is an honest rounding too.

    A figure rounded by itself may only be the other neighbour of a near half; one that rests on rounded
    figures may move by as many units as there are near halves below it.
    """
    within_slack = abs(amount - figure.amount) <= figure.slack
    near = within_slack and (figure.derived or abs(Decimal(amount) - figure.exact) <= HALF + NEAR_HALF)
    found = _difference(calculation, column, amount, figure.amount, figure.exact)
    return replace(found, verdict="agrees to rounding", reason="near half") if near else found


def _compare_rates(measured: Mapping[str, Any], calculation: Calculation) -> list[Difference]:
    """Effective rates that differ by more than solvers may."""
    found = []
    for framework, rate in calculation.rates.items():
        column = f"{framework}_rate_per_period"
        given = Decimal(repr(float(measured[column])))
        if not given.is_finite() or abs(given - rate) > RATE_TOLERANCE:
            found.append(_difference(calculation, column, str(given), plain(rate, 20), rate))
    return found


def _difference(
    calculation: Calculation,
    column: str,
    measured: int | str,
    calculated: int | str,
    exact: Decimal | None = None,
    reason: str = "",
) -> Difference:
    told = exact if exact is not None else Decimal(calculated) if isinstance(calculated, int) else ZERO
    return Difference(calculation.kind, calculation.contract_id, column, measured, calculated, told, "disagreement", reason)

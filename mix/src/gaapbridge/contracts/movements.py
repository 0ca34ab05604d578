"""Movement tables of loss allowances by stage (IFRS 7.35H, B8E; 326-20-50-13, 50-21): every column adds, none is left over."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from gaapbridge.contracts.totals import STAGES, Totals
from gaapbridge.difference import BASIS_DIFFERENCE, EVER_WRITTEN_OFF, OPENED, REMAINED, SETTLED, SIDES, WRITTEN_OFF

ByStage = NDArray[np.object_]
"""Whole numbers of any size, by stage."""

ADJUSTMENT_LINE, NOT_ALLOCATED = "adjustment", "not_allocated"
"""The line of what files add in the period, and where it and what they added before stand: in no stage."""

RECOVERIES = ("expected_recoveries", "recoveries_receivable")
"""Components of a guarantee paid out: within the liability, or an asset of its own."""


@dataclass(frozen=True)
class MovementTable:
    """The allowance of one framework by stage (minor units): lines in order, and the closing as measured.

    Stage 0 holds contracts without a stage at an instant: those that came and went within the period, and of guarantees
    those paid out, of which recoveries are expected. ``adjusted_opening`` and ``adjusted_closing`` are what files add at the
    instants: no contract measures it, so it is allocated to no stage. ``basis_difference``, by stage, is what the opening is
    measured higher than it was brought forward, of which the lines know nothing.
    """

    framework: str
    lines: dict[str, ByStage]
    measured_closing: ByStage
    adjusted_opening: int = 0
    adjusted_closing: int = 0
    basis_difference: Mapping[str, int] = field(default_factory=dict)

    @property
    def residual(self) -> ByStage:
        """Closing as measured less the sum of the lines, by stage; nil or the table is wrong."""
        left: ByStage = self.measured_closing - np.sum(np.stack(list(self.lines.values())), axis=0)
        return left

    @property
    def measured_opening(self) -> dict[str, int]:
        """The opening as measured, by stage and what is allocated to none."""
        return {**_by_name(self.lines["opening"]), NOT_ALLOCATED: self.adjusted_opening}

    @property
    def rows(self) -> dict[str, dict[str, int]]:
        """Every line by stage and what is allocated to none, in order: the opening as it was brought forward, what it is
        measured higher than that, the lines, what files add in the period. An overlay of 500 carried on opens and closes 500
        higher; one of 100 that the prior run lacked opens nothing, and is an ``opening_basis_difference`` of 100."""
        measured = self.measured_opening
        differs = {stage: self.basis_difference.get(stage, 0) for stage in measured}
        added = self.adjusted_closing - self.adjusted_opening
        return {
            "opening": {stage: amount - differs[stage] for stage, amount in measured.items()},
            BASIS_DIFFERENCE: differs,
            **{name: _by_name(amounts) for name, amounts in self.lines.items() if name != "opening"},
            ADJUSTMENT_LINE: {**dict.fromkeys(measured, 0), NOT_ALLOCATED: added},
        }

    @property
    def totals(self) -> dict[str, int]:
        """Every line over all stages, with what files add."""
        return {name: sum(row.values()) for name, row in self.rows.items()}

    def opened_at(self, brought_forward: Mapping[str, int]) -> MovementTable:
        """The table, opening at what was brought forward by stage: 4,136.92 measured, 4,036.92 brought, 100 differ."""
        differs = {stage: amount - brought_forward.get(stage, 0) for stage, amount in self.measured_opening.items()}
        return replace(self, basis_difference=differs)

    def as_dict(self) -> dict[str, object]:
        """The table for a file: lines by name, each by stage, and what is allocated to none."""
        closing = {**_by_name(self.measured_closing), NOT_ALLOCATED: self.adjusted_closing}
        return {"framework": self.framework, "lines": self.rows, "closing": closing}


def movement_tables(totals: Totals) -> tuple[MovementTable, MovementTable]:
    """The tables of both frameworks' loss allowance; stages are those of IFRS 9 in both, so that they can be compared."""
    return (_allowance(totals, SIDES[0]), _allowance(totals, SIDES[1]))


def contingent_tables(totals: Totals) -> tuple[MovementTable, MovementTable]:
    """The same of guarantees, with what is expected and received of those paid out: the liability less those recoveries.

    Closing = opening + provision - paid out + recovered; the provision is all lines but opening, write_off and recovery.
    """
    return (_contingent(totals, SIDES[0]), _contingent(totals, SIDES[1]))


def _by_name(amounts: ByStage) -> dict[str, int]:
    by_stage = {("within_period" if stage == 0 else f"stage_{stage}"): int(amounts[stage]) for stage in STAGES}
    return {**by_stage, NOT_ALLOCATED: 0}


def _contingent(totals: Totals, framework: str) -> MovementTable:
    exposed = _allowance(totals, framework)
    expected_before, expected_now = (
        np.sum([_added(totals, f"{state}_{framework}_{name}", EVER_WRITTEN_OFF, axis=0) for name in RECOVERIES], axis=0)
        for state in ("opening", "closing")
    )
    recovered = _added(totals, "recoveries_received", EVER_WRITTEN_OFF, axis=0)
    lines = {
        **exposed.lines,
        "opening": exposed.lines["opening"] - expected_before,
        "expected_recoveries": expected_before - expected_now - recovered,
        "recovery": recovered,
    }
    return MovementTable(framework, lines, exposed.measured_closing - expected_now)


def _allowance(totals: Totals, framework: str) -> MovementTable:
    def at_opening(series: str, *paths: str) -> ByStage:
        return _added(totals, series, paths, axis=1)

    def at_closing(series: str, *paths: str) -> ByStage:
        return _added(totals, series, paths, axis=0)

    def impaired(series: str, *paths: str) -> ByStage:
        return _in_stage_3(_added(totals, series, paths, axis=0))

    opening, late, closing = (f"{state}_{framework}_loss_allowance" for state in ("opening", "late", "closing"))
    interest, used = f"{framework}_interest_on_allowance", "principal_written_off"
    transferred = at_closing(opening, "stayed") - at_opening(opening, "stayed")
    lines = {
        "opening": at_opening(opening, *OPENED),
        "origination": at_closing(late, "new")
        + at_opening(used, "new_written_off")
        + impaired(used, "new")
        - impaired(interest, "new", "new_written_off"),
        "transfers": transferred + impaired(opening, "written_off") - at_opening(opening, "written_off"),
        "remeasurement": at_closing(late, "stayed")
        - at_closing(opening, "stayed")
        + impaired(used, "stayed", "written_off")
        - impaired(opening, "written_off")
        - impaired(interest, "stayed", "written_off"),
        "assumptions": at_closing(closing, *REMAINED) - at_closing(late, *REMAINED),
        "derecognition": -at_opening(opening, "settled", "lost")
        + impaired(used, "settled")
        + at_opening(used, "new_settled")
        - impaired(interest, *SETTLED),
        "unwind": impaired(interest, *REMAINED, *SETTLED, *WRITTEN_OFF),
        "write_off": -impaired(used, *REMAINED, "settled", "written_off") - at_opening(used, "new_settled", "new_written_off"),
    }
    return MovementTable(framework, lines, at_closing(closing, *REMAINED))


def _in_stage_3(amounts: ByStage) -> ByStage:
    """All of it in stage 3: interest is left out, and amounts are written off, of what is credit-impaired, though a contract
    that left has no stage at the closing, and one that was cured another (IFRS 9 5.4.1(b), 5.4.4)."""
    moved: ByStage = np.zeros_like(amounts)
    moved[STAGES.index(3)] = amounts.sum()
    return moved


def _added(totals: Totals, series: str, paths: tuple[str, ...], axis: int) -> ByStage:
    """A series over some paths, by the stage at closing (axis 0) or at opening (axis 1)."""
    summed: ByStage = totals.by_stage(series, paths).sum(axis=axis)
    return summed

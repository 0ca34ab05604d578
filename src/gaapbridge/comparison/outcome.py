"""A comparison of two runs: what changed, what moved, and which change moved it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from gaapbridge.comparison.attribution import Attribution
from gaapbridge.comparison.cells import Cell, Effect
from gaapbridge.comparison.changes import Changes
from gaapbridge.comparison.record import Record


@dataclass(frozen=True)
class Comparison:
    """Two runs side by side. ``notices`` say what cannot be compared, and why; ``attribution`` is None where none was made."""

    old: Record
    new: Record
    notices: tuple[str, ...]
    changes: Changes
    cells: tuple[Cell, ...]
    effects: tuple[Effect, ...]
    attribution: Attribution | None

    @property
    def moved(self) -> tuple[Cell, ...]:
        """Cells that print otherwise, or are another exact amount."""
        return tuple(cell for cell in self.cells if cell.moved)

    @property
    def exit_code(self) -> int:
        """0; 1 where the contributions of the changes do not add up to the difference."""
        return 1 if self.attribution is not None and self.attribution.failing else 0

    def as_dict(self) -> dict[str, Any]:
        """For ``--format json``: every cell, moved or not."""
        return {
            "old": _record(self.old),
            "new": _record(self.new),
            "notices": self.notices,
            "changes": self.changes.as_dict(),
            "findings": findings_between(self.old, self.new),
            "checks": checks_between(self.old, self.new),
            "files": files_between(self),
            "effects": [{"column": one.column, "on": one.on, **one.cell.as_dict()} for one in self.effects],
            "cells": [cell.as_dict() for cell in self.cells],
            "attribution": None if self.attribution is None else self.attribution.as_dict(),
        }

    def as_text(self) -> str:
        """For a terminal: what changed, what moved in every column and why, then the cells that moved."""
        from gaapbridge.comparison.printing import print_comparison

        return print_comparison(self)


def findings_between(old: Record, new: Record) -> dict[str, list[Mapping[str, Any]]]:
    """Findings that appeared, went away, or are of another amount (as the new run has them)."""
    both = [key for key in new.findings if key in old.findings]
    return {
        "appeared": [finding for key, finding in new.findings.items() if key not in old.findings],
        "went_away": [finding for key, finding in old.findings.items() if key not in new.findings],
        "of_another_amount": [
            new.findings[key] for key in both if new.findings[key]["amount_minor"] != old.findings[key]["amount_minor"]
        ],
    }


def checks_between(old: Record, new: Record) -> dict[str, Any]:
    """How many checks either run made and how many held; those only one made, and those that turned, by id."""
    both = [name for name in new.checks if name in old.checks]
    return {
        "old": {"made": len(old.checks), "held": sum(old.checks.values())},
        "new": {"made": len(new.checks), "held": sum(new.checks.values())},
        "appeared": [name for name in new.checks if name not in old.checks],
        "went_away": [name for name in old.checks if name not in new.checks],
        "hold_no_more": [name for name in both if old.checks[name] and not new.checks[name]],
        "hold_again": [name for name in both if new.checks[name] and not old.checks[name]],
    }


def files_between(comparison: Comparison) -> dict[str, list[str]]:
    """Files that only one of the runs wrote."""
    old, new = comparison.old.files, comparison.new.files
    return {"only_in_old": sorted(old - new), "only_in_new": sorted(new - old)}


def _record(record: Record) -> dict[str, Any]:
    opening, closing = record.period
    return {
        "run": str(record.folder),
        "entity": record.entity,
        "opening": opening,
        "closing": closing,
        "written_at": record.manifest["written_at"],
        "prior_run": None if record.prior_run is None else str(record.prior_run),
    }

"""The pictures of a validation: totals with their intervals, months ahead, hazards, calibration and run-off."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import accumulate
from typing import Any

from gaapbridge.report.charts import Band, Point, bands, panels

MOST_BANDS = 40
"""Parts of the book that one picture shows: of more, those of which most was expected."""


def totals_by(test: Mapping[str, Any], outcome: str, dimension: str) -> str | None:
    """Numbers that came by a dimension, each with its interval; None of fewer than two parts."""
    rows = [row for row in test["cells"] if row["outcome"] == outcome and row["dimension"] == dimension]
    if len(rows) < 2:
        return None
    most = sorted(rows, key=lambda row: -row["expected"])[:MOST_BANDS]
    shown = [Band(row["cell"], row["expected"], row["low"], row["high"], row["came"]) for row in rows if row in most]
    return bands(shown, "contracts")


def months_ahead(test: Mapping[str, Any]) -> str:
    """Defaults that came by bucket and month ahead, each with the interval of chance."""
    points = [
        Point(row["bucket"], row["months_ahead"], row["expected"], row["came"], row["low"], row["high"])
        for row in test["months_ahead"]
    ]
    return panels(points, "month ahead", "defaults")


def hazards(test: Mapping[str, Any]) -> str:
    """Hazards as they were expected and as they came, by bucket and month ahead."""
    points = [Point(row["bucket"], row["months_ahead"], row["hazard"], row["hazard_came"]) for row in test["months_ahead"]]
    return panels(points, "month ahead", "hazard")


def calibrated(test: Mapping[str, Any]) -> str:
    """Shares that defaulted over the probability expected, by bands of it, each with its interval."""
    points = [
        Point(
            "share that defaulted", row["probability"], row["probability"], row["came_share"],
            row["low"] / row["contracts"], row["high"] / row["contracts"],
        )
        for row in test["calibration"]["bands"]
    ]  # fmt: skip
    return panels(points, "probability expected", "share", columns=1)


def run_off_courses(test: Mapping[str, Any]) -> str:
    """Gross charge-off to each month ahead, expected and come, in per cent of what was expected to the end, by opening."""
    points = []
    for row in test["run_off"]:
        expected, came = (list(accumulate(row["by_month"][name])) for name in ("expected_minor", "came_minor"))
        whole = max(expected[-1], 1)
        points += [
            Point(row["opening"], month + 1, 100.0 * e / whole, 100.0 * c / whole)
            for month, (e, c) in enumerate(zip(expected, came, strict=True))
        ]
    return panels(points, "month ahead", "per cent")

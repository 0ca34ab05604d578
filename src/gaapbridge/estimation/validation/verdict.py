"""A verdict on every cell: what was expected of it, what came, and whether that is a surprise."""

from __future__ import annotations

from collections import Counter
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gaapbridge.estimation.validation.cells import OUTCOMES, PARTS, Tally
from gaapbridge.estimation.validation.distinct import Distinct
from gaapbridge.estimation.validation.intervals import Spread, interval_of_amount, interval_of_number, shared_months
from gaapbridge.estimation.validation.summary import from_opening_to_opening, seen_outside, worst_cells
from gaapbridge.measure.outcomes import Band

Numbers = NDArray[np.float64]

INSIDE, OUTSIDE, TOO_FEW = "inside", "outside", "too few expected to say"
OUTSIDE_FEW = "outside, few expected"
"""Of a cell in which few were expected and so many came that it is a surprise all the same: its number was counted out."""

NUMBER, AMOUNT = 0, 1


def verdicts(tally: Tally, distinct: Distinct | None, calendar_allowance: float) -> list[dict[str, Any]]:
    """One row an outcome and cell that holds contracts, numbers and balances each with a verdict.

    ``distinct`` says how well the curves were known that were fitted to each opening; None out of sample, where what one fold's
    curves have too much another's have too little, and the sum over folds has neither.
    """
    names = tally.grid.names()
    return [
        _row(tally, outcome, cell, names[cell], distinct, calendar_allowance)
        for outcome in range(len(OUTCOMES))
        for cell in np.flatnonzero(tally.contracts.sum(axis=0)).tolist()
    ]


def _row(
    tally: Tally, outcome: int, cell: int, name: tuple[str, str], distinct: Distinct | None, calendar_allowance: float
) -> dict[str, Any]:
    conditions = tally.grid.conditions
    expected = float(tally.expected_parts[outcome, cell] / PARTS)
    came, contracts = int(tally.came[outcome, cell]), int(tally.contracts[:, cell].sum())
    spreads = [_spread(tally, unit, outcome, cell, distinct, calendar_allowance) for unit in (NUMBER, AMOUNT)]
    band = interval_of_number(expected, spreads[NUMBER], tally.counted.get((outcome, cell)), conditions.alpha)
    amount, amount_came = float(tally.expected_minor[outcome, cell]), int(tally.came_minor[outcome, cell])
    band_of_amounts = interval_of_amount(amount, spreads[AMOUNT], conditions.alpha)
    enough = expected >= conditions.least_expected
    narrow = Spread(spreads[NUMBER].chance, 0.0, 0.0, (calendar_allowance * expected) ** 2)
    narrow_band = interval_of_number(expected, narrow, tally.counted.get((outcome, cell)), conditions.alpha)
    return {
        "outcome": OUTCOMES[outcome], "dimension": name[0], "cell": name[1], "contracts": contracts,
        "expected": expected, "came": came, "ratio": came / expected if expected > 0.0 else None,
        "low": band.low, "high": band.high, "verdict": verdict_of(band, came, enough, few=OUTSIDE_FEW),
        "variance": _variances(spreads[NUMBER]), "low_narrow": narrow_band.low, "high_narrow": narrow_band.high,
        "expected_minor": round(amount), "came_minor": amount_came, "ratio_of_amount": amount_came / amount if amount else None,
        "low_minor": band_of_amounts.low, "high_minor": band_of_amounts.high,
        "verdict_of_amount": verdict_of(band_of_amounts, amount_came, enough, few=TOO_FEW),
    }  # fmt: skip


def _inside_narrow(row: dict[str, Any]) -> bool:
    return row["verdict"] in (INSIDE, OUTSIDE) and bool(row["low_narrow"] <= row["came"] <= row["high_narrow"])


def verdict_of(band: Band, came: int, enough: bool, few: str) -> str:
    """Whether what came is in an interval; ``few`` is said of a number outside it where not enough were expected."""
    if band.holds(came):
        return INSIDE if enough else TOO_FEW
    return OUTSIDE if enough else few


def _variances(spread: Spread) -> dict[str, float]:
    return {name: float(getattr(spread, name)) for name in ("chance", "overlap", "curves", "calendar")}


def _spread(tally: Tally, unit: int, outcome: int, cell: int, distinct: Distinct | None, calendar_allowance: float) -> Spread:
    """Variances of what a cell expected. Curves fitted at several openings share what they were fitted to, and err together;
    years strike windows together as far as they share months."""
    by_bucket: Numbers = tally.by_bucket[unit, outcome, :, cell]
    by_opening = by_bucket.sum(axis=1)
    shared = shared_months(tally.grid.openings, tally.grid.conditions.window_months)
    of_curves = 0.0
    if distinct is not None:
        which = [distinct.known.index(one) for one in tally.grid.openings]
        of_curves = float(((by_bucket * distinct.relative_deviation(outcome)[which]).sum(axis=0) ** 2).sum())
    return Spread(
        chance=float(tally.chance[unit, outcome, cell]),
        overlap=float(tally.overlap[unit, outcome, cell]),
        curves=of_curves,
        calendar=float(calendar_allowance**2 * (by_opening @ shared @ by_opening)),
    )


def summed_up(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """By outcome: the total, what of it could have been seen, from opening to opening, how many of the cells with enough
    expected are inside, by number and by amount, and the worst of those outside.

    Cells overlap, so this share describes; it is no test with as many draws as there are cells. *Narrow* is the interval of
    chance and calendar alone, as if every opening had contracts of its own and the curves were known.
    """
    told = []
    for outcome in OUTCOMES:
        own = [row for row in rows if row["outcome"] == outcome]
        total = next((row for row in own if row["dimension"] == "all"), None)
        if total is None:
            continue
        cells = [row for row in own if row["dimension"] != "all"]
        number = Counter(row["verdict"] for row in cells)
        amount = Counter(row["verdict_of_amount"] for row in cells)
        told.append(
            {
                "outcome": outcome, **{name: total[name] for name in ("contracts", "expected", "came", "ratio", "low", "high")},
                "verdict": total["verdict"], "ratio_of_amount": total["ratio_of_amount"],
                "verdict_of_amount": total["verdict_of_amount"],
                **{name: total[name] for name in ("expected_minor", "came_minor", "low_minor", "high_minor")},
                "seen_outside": seen_outside(total["expected"], total["low"], total["high"]),
                "seen_outside_of_amount": seen_outside(total["expected_minor"], total["low_minor"], total["high_minor"]),
                "by_opening": from_opening_to_opening([row["ratio"] for row in own if row["dimension"] == "opening"]),
                "by_opening_of_amount": from_opening_to_opening(
                    [row["ratio_of_amount"] for row in own if row["dimension"] == "opening"]
                ),
                "worst": worst_cells(own, (OUTSIDE, OUTSIDE_FEW)),
                "cells": number[INSIDE] + number[OUTSIDE],
                "cells_inside": number[INSIDE], "cells_inside_narrow": sum(map(_inside_narrow, cells)),
                "cells_inside_of_amount": amount[INSIDE], "cells_too_few": number[TOO_FEW],
                "cells_outside_few": number[OUTSIDE_FEW],
            }
        )  # fmt: skip
    return told

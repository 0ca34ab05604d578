"""What a test comes to beside its totals: from opening to opening, in its worst cells, and what it could have seen at all."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import comb
from typing import Any


def side_chance(above: int, below: int) -> float:
    """How probable it is that so many draws of even chances lie as unevenly or more: the sign test, on both sides.

    >>> side_chance(5, 0), side_chance(3, 2)
    (0.0625, 1.0)
    """
    draws, fewer = above + below, min(above, below)
    return min(1.0, 2.0 * sum(comb(draws, number) for number in range(fewer + 1)) / 2.0**draws)


def from_opening_to_opening(ratios: Sequence[float | None]) -> dict[str, Any] | None:
    """Lowest and highest of observed over expected by opening, how many lie above and below one, and the chance of a sign test.

    That test takes openings for independent; where their windows or contracts overlap there are fewer draws, and the chance is
    larger than it says. None where no opening has a ratio.
    """
    told = [ratio for ratio in ratios if ratio is not None]
    if not told:
        return None
    above, below = sum(ratio > 1.0 for ratio in told), sum(ratio < 1.0 for ratio in told)
    return {
        "openings": len(told), "lowest": min(told), "highest": max(told), "above": above, "below": below,
        "side_chance": side_chance(above, below),
    }  # fmt: skip


def worst_cells(rows: Sequence[Mapping[str, Any]], outside: Sequence[str]) -> list[dict[str, Any]]:
    """The cells of an outcome that have one of the verdicts ``outside``, of that dimension in which they hold most of what was
    expected: so their shares add up. First those in which came is furthest from expected, each with its share of the contracts
    and of what was expected in all."""
    total = next(row for row in rows if row["dimension"] == "all")
    of_dimension: dict[str, list[Mapping[str, Any]]] = {}
    for row in rows:
        if row["dimension"] != "all" and row["verdict"] in outside:
            of_dimension.setdefault(row["dimension"], []).append(row)
    found = max(of_dimension.values(), key=lambda some: sum(row["expected"] for row in some), default=[])
    return [
        {
            **{name: row[name] for name in ("dimension", "cell", "expected", "came", "ratio", "verdict")},
            "share_of_contracts": row["contracts"] / total["contracts"],
            "share_of_expected": row["expected"] / total["expected"] if total["expected"] else 0.0,
        }
        for row in sorted(found, key=lambda row: -abs(row["came"] - row["expected"]))
    ]


def seen_outside(expected: float, low: float, high: float) -> dict[str, float] | None:
    """The ratios of came to expected under and over which a total would have been outside: what the test could have seen.

    Of 539 expected with 366 to 712 no surprise: under 0.68 and over 1.32. Curves that expect 1 / 0.68 = 1.47 times what is
    right, or 1 / 1.32 = 0.76 of it, are found every second time, nearer ones less often. None where nothing was expected.
    """
    return {"under": low / expected, "over": high / expected} if expected > 0.0 else None


def run_off_summary(rows: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Gross charge-off, severity and loss of a run-off over all openings, each from opening to opening.

    Amounts of openings are added up, though a contract stands in several; there is no interval of such a sum, so the verdict is
    at how many openings it was inside. What it could have seen is told of the opening with the narrowest interval.
    """
    if not rows:
        return []
    names = ("expected_minor", "came_minor")
    sums = {of: {name: sum(row[of][name] for row in rows) for name in names} for of in ("gross", "loss")}

    def amounts(of: str, name: str) -> dict[str, Any]:
        expected, came = sums[of]["expected_minor"], sums[of]["came_minor"]
        told = [found for row in rows if (found := _seen_amount(row[of])) is not None]
        return {
            "of": name, "expected": expected, "came": came, "ratio": _over(came, expected),
            "inside": sum(row[of]["verdict"] == "inside" for row in rows),
            "seen_outside": min(told, key=lambda one: one["over"] - one["under"], default=None),
            "by_opening": from_opening_to_opening([row[of]["ratio"] for row in rows]),
        }  # fmt: skip

    expected, came = (_over(sums["loss"][name], sums["gross"][name]) for name in names)
    severities = [_over(row["severity_came"], row["severity_expected"]) for row in rows]
    severity = {
        "of": "severity", "expected": expected, "came": came, "ratio": _over(came, expected), "inside": None,
        "seen_outside": None, "by_opening": from_opening_to_opening(severities),
    }  # fmt: skip
    return [amounts("gross", "gross charge-off"), severity, amounts("loss", "loss")]


def _over(came: float | None, expected: float | None) -> float | None:
    return came / expected if came is not None and expected else None


def _seen_amount(amount: Mapping[str, Any]) -> dict[str, float] | None:
    return seen_outside(amount["expected_minor"], amount["low_minor"], amount["high_minor"])

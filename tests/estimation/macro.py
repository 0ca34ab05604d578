"""Macro series beside a lender's history, each of which has one thing about it that a satellite says."""

from __future__ import annotations

from pathlib import Path

import polars as pl

FIRST_YEAR, MONTHS, AHEAD = 2018, 48, 12
SPIKE = 34
"""The month in which ``spike`` jumps, and with it how many of the lender's loans were later than the month before."""


def write_macro(folder: Path) -> None:
    """``macro.csv``, a year longer than ``months.csv`` beside it, and a path of each series, ``macro_path.csv``.

    ``late`` follows how many more loans than around it became later; ``unlike`` goes the other way; ``trend`` grows for ever;
    ``noise`` has nothing to do with anything; ``spike`` hardly moves but in one month; ``far`` is ``late`` with a path beyond
    all that was.
    """
    loans = pl.read_csv(folder / "months.csv", try_parse_dates=True).sort("contract_id", "month_end")
    later = pl.col("days_past_due") > pl.col("days_past_due").shift(1).over("contract_id")
    by_month = loans.with_columns(later=later).group_by("month_end").agg(pl.col("later").sum()).sort("month_end")
    came = [_wave(month) for month in range(MONTHS - by_month.height)] + by_month["later"].to_list()
    history = [_values(month, one - _around(came, month)) for month, one in enumerate(came)]
    _write(folder / "macro.csv", 0, history)
    mean = {name: sum(one[name] for one in history[12:]) / (MONTHS - 12) for name in history[0]}
    _write(folder / "macro_path.csv", MONTHS, [{**mean, "far": 100.0}] * AHEAD)


def _wave(month: int) -> int:
    return (7 * month) % 5


def _around(came: list[int], month: int) -> float:
    near = came[max(month - 3, 0) : month + 4]
    return round(sum(near) / len(near), 2)


def _values(month: int, came: float) -> dict[str, float]:
    noise = (37 * month) % 11
    return {
        "late": round(came, 2),
        "unlike": round((5 * month) % 7 - 3 * came, 2),
        "trend": round(100 * 1.02**month, 2),
        "noise": float(noise),
        "spike": (30 if month == SPIKE else 0) - noise / 2,
        "far": round(came, 2),
    }


def _write(path: Path, first: int, rows: list[dict[str, float]]) -> None:
    months = [f"{FIRST_YEAR + (first + place) // 12}-{(first + place) % 12 + 1:02d}-01" for place in range(len(rows))]
    pl.DataFrame([{"month": month, **row} for month, row in zip(months, rows, strict=True)]).write_csv(path)

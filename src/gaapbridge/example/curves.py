"""The curve files of the example plan: prepayment, hazards, losses given default and recoveries, in two
versions.

Written as text with six decimals, one row for each key, as the tape contract asks.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from gaapbridge.example.market import (
    BUCKETS,
    SCENARIOS,
    SEGMENTS,
    VERSIONS,
    hazards,
    losses_given_default,
    regimes,
    remaining_recoveries,
)

_HAZARD_MONTHS = 24
_LOSS_MONTHS = 25
CURVE_FILES = {
    "prepayment": "curves/prepayment.csv",
    "hazard": "curves/hazard.csv",
    "loss_given_default": "curves/loss_given_default.csv",
    "recovery": "curves/recovery.csv",
}


def write_curves(folder: Path) -> None:
    """Write the four curve files below ``folder``; the names are those of ``CURVE_FILES``."""
    _write(
        folder / CURVE_FILES["prepayment"],
        "valid_from,segment,month_on_book,single_monthly_mortality",
        _prepayment(),
    )
    _write(folder / CURVE_FILES["hazard"], "valid_from,scenario,segment,bucket,months_ahead,hazard", _hazard())
    _write(
        folder / CURVE_FILES["loss_given_default"],
        "valid_from,scenario,segment,months_since_default,lgd_undiscounted,lgd_discounted",
        _loss_given_default(),
    )
    _write(
        folder / CURVE_FILES["recovery"],
        "valid_from,segment,months_since_write_off,remaining_recovery_ratio",
        _recovery(),
    )


def _prepayment() -> Iterable[str]:
    for version, regime in zip(VERSIONS, regimes(), strict=True):
        for segment, row in zip(SEGMENTS, regime.prepay, strict=True):
            for month, share in enumerate(row, start=1):
                yield f"{version},{segment},{month},{share:.6f}"


def _hazard() -> Iterable[str]:
    for version, regime in zip(VERSIONS, regimes(), strict=True):
        for scenario in SCENARIOS:
            table = hazards(regime, scenario, _HAZARD_MONTHS)
            for segment, buckets in zip(SEGMENTS, table, strict=True):
                for bucket, row in zip(BUCKETS, buckets, strict=True):
                    for month, share in enumerate(row, start=1):
                        yield f"{version},{scenario},{segment},{bucket},{month},{share:.6f}"


def _loss_given_default() -> Iterable[str]:
    for version, regime in zip(VERSIONS, regimes(), strict=True):
        for scenario in SCENARIOS:
            undiscounted, discounted = losses_given_default(regime, scenario, _LOSS_MONTHS)
            for number, segment in enumerate(SEGMENTS):
                for month in range(_LOSS_MONTHS):
                    plain, present = undiscounted[number, month], discounted[number, month]
                    yield f"{version},{scenario},{segment},{month},{plain:.6f},{present:.6f}"


def _recovery() -> Iterable[str]:
    for version, regime in zip(VERSIONS, regimes(), strict=True):
        for segment, row in zip(SEGMENTS, remaining_recoveries(regime), strict=True):
            for month, ratio in enumerate(row):
                yield f"{version},{segment},{month},{ratio:.6f}"


def _write(path: Path, header: str, rows: Iterable[str]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("\n".join([header, *rows, ""]), encoding="utf-8", newline="\n")

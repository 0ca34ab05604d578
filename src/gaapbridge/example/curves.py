"""The curve files of the example plan, in two versions: of loans, of guarantees and of share awards.

All are worked out from the probabilities that the simulation draws from. Written as text with six decimals,
one row for each key, as the tape contract asks.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from gaapbridge.contracts.kinds import KINDS
from gaapbridge.example.awards import FORFEITURE_RATES
from gaapbridge.example.fee_losses import fee_losses
from gaapbridge.example.market import (
    ARREARS,
    BUCKETS,
    GUARANTEED_LOANS,
    OWN_LOANS,
    SCENARIOS,
    SEGMENTS,
    VERSIONS,
    Market,
    hazards,
    losses_given_default,
    remaining_recoveries,
)

_HAZARD_MONTHS = 24
_HAZARD = "valid_from,scenario,segment,bucket,months_ahead,hazard,performing,default_days"
_LOSS_MONTHS = 25
CURVE_FILES = {
    kind: {one.key: f"{folder}/{one.key}.csv" for one in KINDS[kind].tables}
    for kind, folder in (("loans", "curves"), ("guarantees", "curves/guarantees"), ("awards", "curves/awards"))
}
"""The path of every table from the plan, by kind of contract."""


def write_curves(folder: Path) -> None:
    """Write every curve file below ``folder``."""
    for market, files in ((OWN_LOANS, CURVE_FILES["loans"]), (GUARANTEED_LOANS, CURVE_FILES["guarantees"])):
        _write(folder / files["prepayment"], "valid_from,segment,month_on_book,single_monthly_mortality", _prepayment(market))
        _write(folder / files["hazard"], _HAZARD, _hazard(market))
        _write(
            folder / files["loss_given_default"],
            "valid_from,scenario,segment,months_since_default,lgd_undiscounted,lgd_discounted",
            _loss_given_default(market),
        )
    _write(
        folder / CURVE_FILES["loans"]["recovery"],
        "valid_from,segment,months_since_write_off,remaining_recovery_ratio",
        _recovery(OWN_LOANS),
    )
    _write(folder / CURVE_FILES["guarantees"]["fee_loss"], "valid_from,segment,bucket,loss_rate", _fee_loss(GUARANTEED_LOANS))
    _write(folder / CURVE_FILES["awards"]["forfeiture"], "valid_from,function,annual_rate", _forfeiture())


def _prepayment(market: Market) -> Iterable[str]:
    for version, regime in zip(VERSIONS, market.regimes, strict=True):
        for segment, row in zip(SEGMENTS, regime.prepay, strict=True):
            for month, share in enumerate(row, start=1):
                yield f"{version},{segment},{month},{share:.6f}"


def _hazard(market: Market) -> Iterable[str]:
    for version, regime in zip(VERSIONS, market.regimes, strict=True):
        for scenario in SCENARIOS:
            table, performing = hazards(regime, scenario, _HAZARD_MONTHS)
            for segment, buckets, paying in zip(SEGMENTS, table, performing, strict=True):
                for bucket, row, current in zip(BUCKETS, buckets, paying, strict=True):
                    for month, (share, pays) in enumerate(zip(row, current, strict=True), start=1):
                        yield f"{version},{scenario},{segment},{bucket},{month},{share:.6f},{pays:.6f},{market.default_days}"


def _loss_given_default(market: Market) -> Iterable[str]:
    for version, regime in zip(VERSIONS, market.regimes, strict=True):
        for scenario in SCENARIOS:
            undiscounted, discounted = losses_given_default(market, regime, scenario, _LOSS_MONTHS)
            for number, segment in enumerate(SEGMENTS):
                for month in range(_LOSS_MONTHS):
                    plain, present = undiscounted[number, month], discounted[number, month]
                    yield f"{version},{scenario},{segment},{month},{plain:.6f},{present:.6f}"


def _recovery(market: Market) -> Iterable[str]:
    for version, regime in zip(VERSIONS, market.regimes, strict=True):
        for segment, row in zip(SEGMENTS, remaining_recoveries(regime), strict=True):
            for month, ratio in enumerate(row):
                yield f"{version},{segment},{month},{ratio:.6f}"


def _fee_loss(market: Market) -> Iterable[str]:
    for version, regime in zip(VERSIONS, market.regimes, strict=True):
        for segment, row in zip(SEGMENTS, fee_losses(regime), strict=True):
            for bucket, rate in zip(ARREARS, row, strict=True):
                yield f"{version},{segment},{bucket},{rate:.6f}"


def _forfeiture() -> Iterable[str]:
    for place, version in enumerate(VERSIONS):
        for function, rates in FORFEITURE_RATES.items():
            yield f"{version},{function},{rates[place]:.6f}"


def _write(path: Path, header: str, rows: Iterable[str]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("\n".join([header, *rows, ""]), encoding="utf-8", newline="\n")

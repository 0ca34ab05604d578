"""The curve files of the example plan, in two versions: of loans, of guarantees and of share awards.

All are worked out from the probabilities that the simulation draws from. Written as text with six decimals,
one row for each key, as the tape contract asks.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from functools import cache
from pathlib import Path

from gaapbridge.contracts.kinds import KINDS
from gaapbridge.example.awards import FORFEITURE_RATES
from gaapbridge.example.chain import ARREARS, BUCKETS, hazards
from gaapbridge.example.contracts import ARRANGED_PRODUCT, OWN_PRODUCT, Product
from gaapbridge.example.fee_losses import fee_losses
from gaapbridge.example.losses import losses_given_default, remaining_recoveries, steps_of
from gaapbridge.example.market import GUARANTEED_LOANS, HISTORICAL, OWN_LOANS, RATINGS, SCENARIOS, VERSIONS, Market, Regime

_HAZARD_MONTHS = 24
_LOSS_MONTHS = 25
_HAZARD_HEADER = "valid_from,scenario,segment,rating,bucket,months_ahead,hazard,performing,default_days"
_LOSS_HEADER = "valid_from,scenario,segment,months_since_default,lgd_undiscounted,lgd_discounted"
_RECOVERY_HEADER = "valid_from,segment,months_since_write_off,remaining_recovery_ratio"
CURVE_FILES = {
    kind: {one.key: f"{folder}/{one.key}.csv" for one in KINDS[kind].tables}
    for kind, folder in (("loans", "curves"), ("guarantees", "curves/guarantees"), ("awards", "curves/awards"))
}
"""The path of every table from the plan, by kind of contract."""


def write_curves(folder: Path) -> None:
    """Write every curve file below ``folder``."""
    for name, text in _texts().items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8", newline="\n")


@cache
def _texts() -> dict[str, str]:
    """What stands in every file, by its path: no seed moves it."""
    rows: dict[str, tuple[str, Iterable[str]]] = {}
    for product, files in ((OWN_PRODUCT, CURVE_FILES["loans"]), (ARRANGED_PRODUCT, CURVE_FILES["guarantees"])):
        rows[files["prepayment"]] = ("valid_from,segment,month_on_book,single_monthly_mortality", _prepayment(product.market))
        rows[files["hazard"]] = (_HAZARD_HEADER, _hazard(product))
        rows[files["loss_given_default"]] = (_LOSS_HEADER, _loss_given_default(product))
    rows[CURVE_FILES["loans"]["recovery"]] = (_RECOVERY_HEADER, _recovery(OWN_LOANS))
    rows[CURVE_FILES["guarantees"]["fee_loss"]] = ("valid_from,segment,bucket,loss_rate,earned_loss_rate", _fee_loss())
    rows[CURVE_FILES["awards"]["forfeiture"]] = ("valid_from,function,annual_rate", _forfeiture())
    return {name: "\n".join([header, *lines, ""]) for name, (header, lines) in rows.items()}


def _prepayment(market: Market) -> Iterable[str]:
    for version, regime in zip(VERSIONS, market.regimes, strict=True):
        for segment, row in zip(market.segments, regime.prepay, strict=True):
            for month, share in enumerate(row, start=1):
                yield f"{version},{segment},{month},{share:.6f}"


def _hazard(product: Product) -> Iterable[str]:
    market = product.market
    for version, scenario, regime in _scenarios(market):
        hazard, performing = hazards(market, steps_of(product, regime, scenario), _HAZARD_MONTHS)
        for place, (segment, days) in enumerate(zip(market.segments, market.default_days, strict=True)):
            for rating, name in enumerate(RATINGS):
                for bucket, of_bucket in enumerate(BUCKETS):
                    key = f"{version},{scenario},{segment},{name},{of_bucket}"
                    pairs = zip(hazard[place, rating, bucket].tolist(), performing[place, rating, bucket].tolist(), strict=True)
                    for month, (defaulting, paying) in enumerate(pairs, start=1):
                        yield f"{key},{month},{defaulting:.6f},{paying:.6f},{days}"


def _loss_given_default(product: Product) -> Iterable[str]:
    for version, scenario, regime in _scenarios(product.market):
        undiscounted, discounted = losses_given_default(product, regime, scenario, _LOSS_MONTHS)
        for number, segment in enumerate(product.market.segments):
            for month in range(_LOSS_MONTHS):
                plain, present = undiscounted[number, month], discounted[number, month]
                yield f"{version},{scenario},{segment},{month},{plain:.6f},{present:.6f}"


def _scenarios(market: Market) -> Iterable[tuple[date, str, Regime]]:
    """Version, scenario and the regime it is of: historical loss is that of ordinary times, whatever the version."""
    for version, regime in zip(VERSIONS, market.regimes, strict=True):
        for scenario in SCENARIOS:
            yield version, scenario, market.regimes[0] if scenario == HISTORICAL else regime


def _recovery(market: Market) -> Iterable[str]:
    for version, regime in zip(VERSIONS, market.regimes, strict=True):
        for segment, row in zip(market.segments, remaining_recoveries(regime), strict=True):
            for month, ratio in enumerate(row):
                yield f"{version},{segment},{month},{ratio:.6f}"


def _fee_loss() -> Iterable[str]:
    for version, regime in zip(VERSIONS, GUARANTEED_LOANS.regimes, strict=True):
        for segment, of_all, of_earned in zip(GUARANTEED_LOANS.segments, *fee_losses(regime), strict=True):
            for bucket, rate, earned in zip(ARREARS, of_all, of_earned, strict=True):
                yield f"{version},{segment},{bucket},{rate:.6f},{earned:.6f}"


def _forfeiture() -> Iterable[str]:
    for place, version in enumerate(VERSIONS):
        for function, rates in FORFEITURE_RATES.items():
            yield f"{version},{function},{rates[place]:.6f}"

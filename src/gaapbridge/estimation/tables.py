"""Fitted curves as the tables that a plan names: every version that was estimated in one file, in the columns of its schema."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path

import numpy as np
import polars as pl

from gaapbridge.assumptions.curve_tables import BUCKETS, HAZARD, LOSS_GIVEN_DEFAULT, PREPAYMENT, RECOVERY
from gaapbridge.estimation.fitted import Numbers
from gaapbridge.estimation.fitting import Curves
from gaapbridge.estimation.pools import Pool
from gaapbridge.estimation.recognition import recognised
from gaapbridge.estimation.scenarios.overlay import scaled_odds
from gaapbridge.estimation.seen import last_day
from gaapbridge.tapes.schema import Schema
from gaapbridge.terms.writing import writing

DECIMALS = 10
"""Decimals of a ratio in a table: what is beyond differs between machines."""

Tables = Mapping[str, tuple[Numbers, Numbers]]
"""Hazard and performing by scenario, each segment x bucket x month ahead."""


@dataclass(frozen=True)
class Version:
    """The curves of one month end, of the segments of one day of recognition, by scenario; ``lgd_odds`` multiply the odds of
    loss given default of those they name."""

    pool: Pool
    curves: Curves
    by_scenario: Tables
    lgd_odds: Mapping[str, Decimal] = field(default_factory=dict)


SCHEMAS: Mapping[str, Schema] = {
    "hazard.csv": HAZARD,
    "prepayment.csv": PREPAYMENT,
    "loss_given_default.csv": LOSS_GIVEN_DEFAULT,
    "recovery.csv": RECOVERY,
}
"""The tables that are written, by their files."""


def write_tables(folder: Path, versions: Sequence[Version], further: Mapping[str, pl.DataFrame]) -> list[str]:
    """Write the tables of all versions into a folder, and ``further`` ones by their files; gives the names of all.

    One of losses is not written of a history without any."""
    frames = {
        "hazard.csv": _together(_hazard_parts(versions)),
        "prepayment.csv": _prepayment(versions),
        "loss_given_default.csv": _together(_loss_parts(versions)),
        "recovery.csv": _recovery(versions),
    }
    in_order = {
        name: frame.select(one for one in SCHEMAS[name].names if one in frame.columns) for name, frame in frames.items()
    }
    return write_frames(folder, {**in_order, **further})


def write_frames(folder: Path, frames: Mapping[str, pl.DataFrame]) -> list[str]:
    """Write tables into a folder by their files; those without a row are left out."""
    written = {name: frame for name, frame in frames.items() if frame.height}
    for name, frame in written.items():
        with writing(folder / name):
            frame.write_csv(folder / name)
    return list(written)


def _hazard_parts(versions: Sequence[Version]) -> Iterator[pl.DataFrame]:
    for version in versions:
        days = pl.lit(version.pool.stated.default_days)
        look_back = pl.lit(version.pool.stated.look_back_months)
        for scenario, tables in version.by_scenario.items():
            hazard, performing = recognised(*tables, version.pool.stated.default_days)
            for number, segment in enumerate(version.pool.segments):
                for place, bucket in enumerate(BUCKETS):
                    both = rounded(hazard[number, place]), _floored(performing[number, place])
                    curve = _curve({"hazard": both[0], "performing": both[1]}, "months_ahead", 1)
                    named = _of(curve, version, scenario=scenario, segment=segment, bucket=bucket)
                    yield named.with_columns(default_days=days, look_back_months=look_back)


def _prepayment(versions: Sequence[Version]) -> pl.DataFrame:
    return _together(
        _of(_curve({"single_monthly_mortality": rounded(row)}, "month_on_book", 1), version, segment=segment)
        for version in versions
        for segment, row in zip(version.pool.segments, version.curves.defaults.mortality, strict=True)
    )


def _loss_parts(versions: Sequence[Version]) -> Iterator[pl.DataFrame]:
    for version in versions:
        losses = version.curves.losses
        for scenario in version.by_scenario if losses is not None else ():
            assert losses is not None
            odds = np.float64(version.lgd_odds.get(scenario, 1))
            for number, segment in enumerate(version.pool.segments):
                own = {name: getattr(losses, name)[number] for name in ("lgd_undiscounted", "lgd_discounted")}
                curves = {name: rounded(scaled_odds(values, odds)) for name, values in own.items()}
                yield _of(_curve(curves, "months_since_default", 0), version, scenario=scenario, segment=segment)


def _recovery(versions: Sequence[Version]) -> pl.DataFrame:
    return _together(
        _of(_curve({"remaining_recovery_ratio": rounded(row)}, "months_since_write_off", 0), version, segment=segment)
        for version in versions
        if version.curves.losses is not None
        for segment, row in zip(version.pool.segments, version.curves.losses.recovery, strict=True)
    )


def rounded(values: Numbers) -> Numbers:
    """Ratios as a table has them."""
    shown: Numbers = np.round(values, DECIMALS)
    return shown


def _floored(values: Numbers) -> Numbers:
    """Rounded so that what it adds to stays at most one."""
    scale = 10.0**DECIMALS
    return np.floor(values * scale) / scale


def _curve(values: Mapping[str, Numbers], month: str, first: int) -> pl.DataFrame:
    """A curve by month, up to the one after which nothing changes."""
    moves = [np.flatnonzero(np.diff(one)) for one in values.values()]
    last = max((int(one[-1]) + 2 for one in moves if one.size), default=1)
    frame = pl.DataFrame({name: one[:last] for name, one in values.items()})
    return frame.with_columns(pl.Series(month, np.arange(first, first + last)))


def _of(curve: pl.DataFrame, version: Version, **words: str) -> pl.DataFrame:
    named = [pl.lit(word).alias(name) for name, word in words.items()]
    return curve.with_columns(*named, valid_from=pl.lit(last_day(version.curves.known)))


def _together(parts: Iterable[pl.DataFrame]) -> pl.DataFrame:
    listed = list(parts)
    return pl.concat(listed) if listed else pl.DataFrame()

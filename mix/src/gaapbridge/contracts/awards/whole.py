"""Share awards read whole: three small files held against their schemas and against each other.

An award whose row, tranches and events are all good goes on; of any other every row is among the rejects.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import polars as pl

from gaapbridge.contracts.awards.schema import AWARD_EVENTS, AWARD_TRANCHES, AWARDS, SETTLEMENTS, WHOLE_AWARD
from gaapbridge.tapes.ranges import Held, Read, held, not_given
from gaapbridge.tapes.read import Source
from gaapbridge.tapes.schema import Circumstances, Schema

_TRANCHE = ("award_id", "tranche")


@dataclass(frozen=True)
class Awards:
    """Good awards, their tranches and their events in the columns of their schemas, and what was ``read`` of each tape, by
    the name of its schema: each row read is in one of the frames or named in the rejects. ``written`` is what stands in the
    files where that reads differently, by their names in the manifest.
    """

    awards: pl.DataFrame
    tranches: pl.DataFrame
    events: pl.DataFrame
    read: Mapping[str, Read]
    written: Mapping[str, pl.DataFrame | None] = field(default_factory=dict)

    @property
    def good(self) -> dict[str, pl.DataFrame]:
        """Good rows of the tapes that were read, by their names in the manifest, in the order of their awards."""
        frames = {AWARDS.name: self.awards, AWARD_TRANCHES.name: self.tranches, AWARD_EVENTS.name: self.events}
        return {f"tapes.{name}": frame.sort("award_id", maintain_order=True) for name, frame in frames.items()}

    @property
    def rows(self) -> int:
        """All rows that were read."""
        return sum(read.totals.rows for read in self.read.values())


def read_awards(
    awards: Source, tranches: Source, events: Source | None, *, currency: str, functions: Sequence[str], minor_digits: int
) -> Awards:
    """The awards of a plan; ``functions`` are those of the forfeiture rates, ``events`` None where there is no such tape."""
    circumstances = Circumstances(currency=currency, functions=tuple(functions))
    granted = _read(awards, AWARDS, circumstances)
    vesting = _read(tranches, AWARD_TRANCHES, circumstances)
    happened = _read(events, AWARD_EVENTS, circumstances)
    beside = (
        (granted, granted.good.with_columns(tranche_listed=_listed("award_id", vesting.every))),
        (vesting, _tranches_beside_awards(vesting, granted, minor_digits)),
        (happened, _events_beside_tranches(happened, vesting, granted)),
    )
    kept = [tape.across(frame, [rule for rule in tape.schema.across if rule is not WHOLE_AWARD]) for tape, frame in beside]
    rejected = pl.concat([tape.rejected_ids for tape in kept]).implode()
    award_rejected = pl.col("award_id").is_in(rejected)
    granted, vesting, happened = (
        tape.across(tape.good.with_columns(award_rejected=award_rejected), [WHOLE_AWARD]) for tape in kept
    )
    return Awards(
        granted.good.sort("row"),
        vesting.good.sort("row"),
        happened.good.sort("row"),
        {tape.schema.name: tape.read for tape in (granted, vesting, happened)},
        {f"tapes.{tape.schema.name}": tape.written for tape in (granted, vesting, happened)},
    )


def _read(source: Source | None, schema: Schema, circumstances: Circumstances) -> Held:
    return not_given(schema) if source is None else held(source.whole(), schema, circumstances, source.file)


def _listed(column: str, every: pl.DataFrame) -> pl.Expr:
    """Whether the value of a column stands anywhere on a tape, in a good row or not."""
    return pl.col(column).is_in(every[column].implode())


def _tranches_beside_awards(vesting: Held, granted: Held, minor_digits: int) -> pl.DataFrame:
    """Good tranches with the grant date of their award and what they are worth, in minor units."""
    terms = granted.good.select("award_id", "grant_date", pl.col("fair_value_per_unit").alias("fair_value_of_award"))
    value = pl.col("fair_value_per_unit").fill_null(pl.col("fair_value_of_award")) * 10.0**minor_digits
    return vesting.good.join(terms, on="award_id", how="left").with_columns(
        award_listed=_listed("award_id", granted.every), value_minor=pl.col("units") * value
    )


def _events_beside_tranches(happened: Held, vesting: Held, granted: Held) -> pl.DataFrame:
    """Good events with the dates of their award and tranche, and the tranche's units up to and including the event.

    Forfeitures before vesting reduce what vests; a late one breaks a rule of its own and is not counted here.
    """
    listed = vesting.every.select(*_TRANCHE).drop_nulls().unique().with_columns(tranche_listed=pl.lit(True))
    terms = vesting.good.select(*_TRANCHE, "vesting_date", pl.col("units").alias("units_granted"))
    frame = (
        happened.good.join(listed, on=_TRANCHE, how="left")
        .join(terms, on=_TRANCHE, how="left")
        .join(granted.good.select("award_id", "grant_date"), on="award_id", how="left")
        .sort("event_date", "row")
    )
    early = pl.col("event_date") < pl.col("vesting_date")
    forfeited = pl.when(early & (pl.col("kind") == "forfeiture")).then(pl.col("units")).otherwise(0)
    settled = pl.when(~early & pl.col("kind").is_in(SETTLEMENTS)).then(pl.col("units")).otherwise(0)
    return frame.with_columns(
        award_listed=_listed("award_id", granted.every),
        tranche_listed=pl.col("tranche_listed").fill_null(False),
        units_forfeited_to_date=forfeited.cum_sum().over(_TRANCHE),
        units_settled_to_date=settled.cum_sum().over(_TRANCHE),
        units_vested=pl.col("units_granted") - forfeited.sum().over(_TRANCHE),
    )

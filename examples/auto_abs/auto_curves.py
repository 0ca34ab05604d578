"""Prepayment, hazard, loss and recovery curves from the months up to the opening instant, nothing after."""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import date
from fractions import Fraction

import auto_assumptions as stated
import polars as pl
from auto_filed import month_number
from auto_source import LEFT, Source

from gaapbridge.assumptions import estimate
from gaapbridge.terms.errors import UnusableInput

_BUCKET = {0: "current", 1: "1-30", 2: "31-60", 3: "default"}  # by months missed; so none stands in 61-90
_IN_USE = ("current", "1-30", "31-60")
_ALL_BUT_CERTAIN = 0.95  # hazard of the bucket in which none stands: it lies beyond the day of default


@dataclass(frozen=True)
class Figures:
    """The counts and ratios behind the curves.

    ``thin_buckets`` has the contract-months of each bucket with too few for all segments together, ``pooled`` the buckets of
    each segment that take the counts of all segments.
    """

    contract_months: int
    transitions: estimate.TransitionCounts
    pooled: dict[str, list[str]]
    thin_buckets: dict[str, int]
    default_episodes: int
    default_months_by_outcome: dict[str, int]
    default_again: Fraction
    written_off_contracts: int
    recovery_ratios: list[Fraction]
    discount_rate_a_year: float

    def as_json(self) -> dict[str, object]:
        """What ``estimates.json`` holds: shares as decimals."""
        ratios = [round(float(ratio), 6) for ratio in self.recovery_ratios]
        shares = {"default_again": round(float(self.default_again), 6), "recovery_ratios": ratios}
        return {field.name: shares.get(field.name, getattr(self, field.name)) for field in fields(self)}


def curves(source: Source, known_at: date) -> tuple[dict[str, pl.DataFrame], Figures]:
    """The four curve tables by name, and the figures behind them. A history too short for one is refused."""
    history = monthly_history(source, known_at)
    counts = _of_all_segments(source, estimate.transition_counts(history))
    cured, episodes = cured_months(source, known_at), default_months(source, known_at)
    _refuse_unseen(counts, cured, episodes, known_at)
    pooled, thin = estimate.pooled_counts(counts, stated.MINIMUM_TRANSITIONS, _IN_USE)
    exposed, prepaid = estimate.prepayment_counts(history)
    mortality = estimate.single_monthly_mortality(
        {segment: exposed.get(segment, {}) for segment in counts},
        prepaid,
        half_window_months=stated.MORTALITY_HALF_WINDOW_MONTHS,
        minimum_count=stated.MINIMUM_MORTALITY_EXPOSURE,
    )
    again = estimate.development(cured, ("defaulted", "left"), stated.MINIMUM_EPISODES)
    default_again = estimate.eventual_shares(again, "defaulted")[0]
    written_off = written_off_months(source, known_at)
    ratios = estimate.recovery_ratios(written_off, stated.MINIMUM_WRITTEN_OFF)
    rate = average_rate(source, known_at)
    recovery = dict.fromkeys(mortality, estimate.remaining_recovery(ratios))
    tables = {
        "prepayment": _long(mortality, known_at, "month_on_book", "single_monthly_mortality", first=1),
        "hazard": _hazard_table(pooled, [float(month["defaulted"]) for month in again], known_at),
        "loss_given_default": _losses(source, episodes, ratios, default_again, rate, known_at),
        "recovery": _long(recovery, known_at, "months_since_write_off", "remaining_recovery_ratio", first=0),
    }
    return tables, Figures(
        contract_months=history.height,
        transitions=counts,
        pooled=_pooled_buckets(counts),
        thin_buckets={bucket: sum(counts[estimate.ALL_SEGMENTS][bucket].values()) for bucket in thin},
        default_episodes=episodes.filter(pl.col("month") == 0).height,
        default_months_by_outcome=dict(sorted(episodes["outcome"].value_counts().iter_rows())),
        default_again=default_again,
        written_off_contracts=written_off.filter(pl.col("month") == 0).height,
        recovery_ratios=ratios,
        discount_rate_a_year=float(rate),
    )


def _of_all_segments(source: Source, counts: estimate.TransitionCounts) -> estimate.TransitionCounts:
    """The counts with a row of noughts for each segment of which no month was observed."""
    nothing = {bucket: dict.fromkeys(estimate.STATES, 0) for bucket in estimate.BUCKETS}
    segments = [*sorted(source.contracts["segment"].unique()), estimate.ALL_SEGMENTS]
    return {segment: counts.get(segment, nothing) for segment in segments}


def _pooled_buckets(counts: estimate.TransitionCounts) -> dict[str, list[str]]:
    own = {segment: rows for segment, rows in sorted(counts.items()) if segment != estimate.ALL_SEGMENTS}
    return {
        segment: [bucket for bucket in _IN_USE if sum(rows[bucket].values()) < stated.MINIMUM_TRANSITIONS]
        for segment, rows in own.items()
    }


def _refuse_unseen(counts: estimate.TransitionCounts, cured: pl.DataFrame, episodes: pl.DataFrame, known_at: date) -> None:
    """Refuses an opening before which something was never seen that a curve says: its hazard or loss would be made up."""
    together = counts[estimate.ALL_SEGMENTS]
    unseen = [f"a contract {bucket}" for bucket in _IN_USE if not sum(together[bucket].values())]
    if not sum(together[bucket]["default"] for bucket in _IN_USE):
        unseen.append("a default")
    if episodes.is_empty():
        unseen.append("a month in default")
    if cured.is_empty():
        unseen.append("a month since a cure")
    if unseen:
        raise UnusableInput(
            key="--opening",
            value=str(known_at),
            rule=f"the curves are estimated from what was seen by the opening, and {unseen[0]} was not",
            remedy="give a later opening, or a folder with earlier months",
        )


def monthly_history(source: Source, known_at: date) -> pl.DataFrame:
    """One row per contract and month observed from start to end, in the columns that ``estimate`` asks for.

    A contract's first report has no known starting bucket and is left out (contracts entered aged 3 to 18
    months, so ages before that are not observed); so are months that were not reported, those after them, and those before
    which it was not on book. A charge-off, or leaving the pool with a balance, from a bucket is a default.
    """
    own = "contract_id"
    seen = pl.col("filed") & pl.col("filed").shift(1).over(own).fill_null(False) & (pl.col("brought_minor") > 0)
    reported = source.months.filter(seen).select(
        own, "month", pl.col("missed_before").alias("from"), pl.col("missed").alias("to")
    )
    # Who left the pool with a balance did so in the month after the last report, which has no row of its own.
    vanished = source.months.filter(LEFT).select(
        own, pl.col("month") + 1, pl.col("missed").alias("from"), pl.col("missed").alias("to")
    )
    rows = pl.concat([reported, vanished]).filter(pl.col("month") <= month_number(known_at))
    left = source.exits.select(own, "status", "exit_month")
    rows = rows.join(left, left_on=[own, "month"], right_on=[own, "exit_month"], how="left")
    start, end = (pl.col(name).clip(upper_bound=stated.DEFAULT_MISSED).replace_strict(_BUCKET) for name in ("from", "to"))
    exit_state = pl.col("status").replace_strict({"prepaid": "prepaid", "matured": "matured", "written_off": "default"})
    return rows.join(source.contracts.select(own, "segment", "first_payment_month_number"), on=own).select(
        own,
        "segment",
        (pl.col("month") - pl.col("first_payment_month_number") + 1).alias("month_on_book"),
        start.alias("bucket_from"),
        exit_state.fill_null(end).alias("state_to"),
    )


def _hazard_table(counts: estimate.TransitionCounts, again: list[float], known_at: date) -> pl.DataFrame:
    """Hazards and shares performing by segment, scenario and bucket. A scenario scales the odds of default; in probation a
    contract defaults as those cured before did, and afterwards as the current do."""
    rows: list[tuple[object, ...]] = []
    months = range(1, stated.MONTHS_AHEAD + 1)
    for segment in sorted(counts.keys() - {estimate.ALL_SEGMENTS}):
        hazards, performing = estimate.recognised_ahead(counts[segment], stated.MONTHS_AHEAD)
        hazards["61-90"], performing["61-90"] = [_ALL_BUT_CERTAIN] * len(months), [0.0] * len(months)
        hazards["probation"] = (again + hazards["current"][len(again) :])[: len(months)]
        performing["probation"] = performing["current"]
        for scenario, odds in stated.SCENARIO_ODDS.items():
            for bucket, path in hazards.items():
                scaled = [estimate.scaled_odds(hazard, float(odds)) for hazard in path]
                paying = [min(pays, 1.0 - hazard) for pays, hazard in zip(performing[bucket], scaled, strict=True)]
                rows += [
                    (known_at, scenario, segment, bucket, *month, stated.DEFAULT_DAYS)
                    for month in zip(months, scaled, paying, strict=True)
                ]
    names = [
        "valid_from", "scenario", "segment", "bucket", "months_ahead", "hazard", "performing", "default_days",
    ]  # fmt: skip
    return pl.DataFrame(rows, schema=names, orient="row")


def default_months(source: Source, known_at: date) -> pl.DataFrame:
    """One row per default episode and month in it, with what the next report says, where there is one yet.

    ``exposure_minor`` is the balance at the end of the month in which the default began.
    """
    rows = _with_next(source, known_at).filter(pl.col("default_month").is_not_null() & pl.col("cure_month").is_null())
    episode = ["contract_id", "default_month"]
    rows = rows.with_columns(pl.col("end_minor").first().over(episode).alias("exposure_minor"))
    outcome = (
        pl.when(pl.col("next_status").is_not_null())
        .then(pl.col("next_status").replace({"written_off": "charged_off", "prepaid": "repaid", "matured": "repaid"}))
        .when(pl.col("next_missed") == 0)
        .then(pl.lit("cured"))
        .otherwise(pl.lit("none"))
    )
    return rows.select(
        "contract_id",
        "segment",
        (pl.col("month") - pl.col("default_month")).alias("month"),
        "exposure_minor",
        outcome.alias("outcome"),
    )


def cured_months(source: Source, known_at: date) -> pl.DataFrame:
    """One row per cured episode and month since its cure, until it defaults again or the contract leaves."""
    rows = _with_next(source, known_at).filter(pl.col("cure_month").is_not_null())
    episode = ["contract_id", "cure_month"]
    again = (pl.col("next_missed") >= stated.DEFAULT_MISSED) | (pl.col("next_status") == "written_off")
    outcome = (
        pl.when(again.fill_null(False))
        .then(pl.lit("defaulted"))
        .when(pl.col("next_status").is_not_null())
        .then(pl.lit("left"))
        .otherwise(pl.lit("none"))
    )
    return rows.select(
        "contract_id",
        (pl.col("month") - pl.col("cure_month")).alias("month"),
        pl.col("end_minor").first().over(episode).alias("exposure_minor"),
        outcome.alias("outcome"),
    )


def _with_next(source: Source, known_at: date) -> pl.DataFrame:
    """Months with a balance, each with the status or missed months of the month after, if known by then."""
    own = "contract_id"
    left = source.exits.select(own, pl.col("exit_month").alias("next"), pl.col("status").alias("next_status"))
    return (
        source.months.with_columns(
            pl.col("missed").shift(-1).over(own).alias("next_missed"), (pl.col("month") + 1).alias("next")
        )
        .filter((pl.col("end_minor") > 0) & (pl.col("next") <= month_number(known_at)))
        .join(left, on=[own, "next"], how="left")
        .filter(pl.col("next_status").is_not_null() | (pl.col("next_month") == pl.col("next")))
        .join(source.contracts.select(own, "segment"), on=own)
        .sort(own, "month")
    )


def written_off_months(source: Source, known_at: date) -> pl.DataFrame:
    """One row per contract written off by the date and month since, with the net cash received, nil included.

    Proceeds received before the write-off count in its month.
    """
    last = month_number(known_at)
    gone = source.exits.filter((pl.col("status") == "written_off") & (pl.col("exit_month") <= last))
    months = gone.with_columns(pl.int_ranges("exit_month", last + 1, dtype=pl.Int32).alias("at")).explode("at")
    cash = (
        source.cash.filter(pl.col("month") <= last)
        .join(gone.select("contract_id", "exit_month"), on="contract_id")
        .group_by("contract_id", pl.max_horizontal("month", "exit_month").cast(pl.Int32).alias("at"))
        .agg(pl.col("cash_minor").sum())
    )
    return months.join(cash, on=["contract_id", "at"], how="left").select(
        "contract_id",
        (pl.col("at") - pl.col("exit_month")).alias("month"),
        pl.col("outstanding_minor").alias("written_off_minor"),
        pl.col("cash_minor").fill_null(0).alias("recovered_minor"),
    )


def _losses(
    source: Source,
    episodes: pl.DataFrame,
    ratios: list[Fraction],
    default_again: Fraction,
    rate_a_year: Fraction,
    known_at: date,
) -> pl.DataFrame:
    """Loss given default by segment and months since default, the same in all scenarios."""
    discount = 1 / (1 + rate_a_year / 12)
    rows = []
    for segment in sorted(source.contracts["segment"].unique().to_list()):
        own = episodes.filter(pl.col("segment") == segment)
        enough = own.filter(pl.col("outcome") == "charged_off").height >= stated.MINIMUM_CHARGE_OFFS
        shares = estimate.development(own if enough else episodes, _OUTCOMES, stated.MINIMUM_EPISODES)
        plain, discounted = (estimate.loss_given_default(shares, ratios, default_again, v) for v in (Fraction(1), discount))
        paths = zip(plain, discounted, strict=True)
        rows += [
            (known_at, scenario, segment, month, *pair) for month, pair in enumerate(paths) for scenario in stated.SCENARIO_ODDS
        ]
    names = [
        "valid_from",
        "scenario",
        "segment",
        "months_since_default",
        "lgd_undiscounted",
        "lgd_discounted",
    ]
    table = pl.DataFrame(rows, schema=names, orient="row")
    return table.sort("scenario", "segment", "months_since_default")


_OUTCOMES = ("charged_off", "cured", "repaid")


def average_rate(source: Source, instant: date) -> Fraction:
    """Note rate weighted by the balances on book at the instant: recoveries are discounted at it."""
    rows = source.months.filter((pl.col("month") == month_number(instant)) & (pl.col("end_minor") > 0)).join(
        source.contracts.select("contract_id", "annual_rate"), on="contract_id"
    )
    weights = rows["end_minor"].to_list()
    rates = [Fraction(str(rate)) for rate in rows["annual_rate"]]
    weighted = sum((rate * weight for rate, weight in zip(rates, weights, strict=True)), Fraction(0)) / sum(weights)
    return Fraction(round(weighted * 1_000_000), 1_000_000)


def _long(paths: dict[str, list[float]], known_at: date, month: str, value: str, *, first: int) -> pl.DataFrame:
    rows = [
        (known_at, segment, place, amount)
        for segment, path in sorted(paths.items())
        for place, amount in enumerate(path, start=first)
    ]
    return pl.DataFrame(rows, schema=["valid_from", "segment", month, value], orient="row")

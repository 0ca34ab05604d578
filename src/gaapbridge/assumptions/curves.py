"""Curves as dense tables: every version, segment and month in place, or the files are refused.

A version is in force from its ``valid_from`` until the next; at an instant that is measured one is, or the file is refused.
The origination of a contract that is older than every version takes the first. Beyond the last month given the last value
holds; of a recovery curve nothing is left.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Protocol

import numpy as np
import polars as pl
from numpy.typing import NDArray

from gaapbridge.assumptions.account import Account, account_beside
from gaapbridge.assumptions.curve_tables import BUCKETS, HAZARD, LOSS_GIVEN_DEFAULT, MONTHS, PREPAYMENT, RECOVERY
from gaapbridge.assumptions.look_back import LookBack, look_back, stated_once, with_recently_late
from gaapbridge.assumptions.versions import in_force
from gaapbridge.tapes.checks import check, refusal
from gaapbridge.tapes.how import How
from gaapbridge.tapes.read import Source, open_tape
from gaapbridge.tapes.schema import Circumstances, Schema
from gaapbridge.terms import UnusableInput

Dense = NDArray[np.float64]

_ROUNDED = 1e-9
"""What shares that were rounded may be above one together."""


@dataclass(frozen=True)
class Curves:
    """Float64 tables by version (``versions``, ascending), in the order of ``segments``, ``scenarios`` and ``ratings``.

    Without curves by rating there is one rating, which has no name. ``prepayment`` version x segment x month on book 1..480;
    ``hazard`` and ``performing`` version x scenario x segment x rating x bucket (the first ``buckets`` of ``BUCKETS``) x month
    ahead 1..480; ``default_days``, whole days, and ``look_back`` version x segment; ``hazards_from`` by version the day from
    which its hazards are, ``recoveries_from`` its recoveries, None where there are none; ``lgd_*`` version x scenario x
    segment x month since default 0..479; ``recovery`` version x segment x month since write-off 0..479. ``known_from`` is
    the first day on which both prepayment and hazards are in force: what is known of the origination of an older contract
    is their first version. ``account`` says how they were made.
    """

    segments: tuple[str, ...]
    scenarios: tuple[str, ...]
    ratings: tuple[str, ...]
    versions: tuple[date, ...]
    known_from: date
    prepayment: Dense
    hazard: Dense
    performing: Dense
    default_days: NDArray[np.int64]
    look_back: LookBack
    hazards_from: tuple[date, ...]
    recoveries_from: tuple[date | None, ...]
    lgd_undiscounted: Dense
    lgd_discounted: Dense
    recovery: Dense
    account: Account

    def default_days_on(self, day: date) -> tuple[tuple[str, int], ...]:
        """Each segment with the day of recognition that its hazards in force on a day are made for."""
        return tuple(zip(self.segments, self.default_days[in_force(self.versions, day)].tolist(), strict=True))

    @property
    def buckets(self) -> int:
        """How many buckets the hazards are for: without any of ``recently_late`` the others alone."""
        return int(self.hazard.shape[4])

    @property
    def everybody_pays(self) -> list[str]:
        """Scenarios in which all who are on book are current and pay, in every month and bucket."""
        pays = (self.performing == 1.0).all(axis=(0, 2, 3, 4, 5))
        return [scenario for scenario, always in zip(self.scenarios, pays, strict=True) if always]

    @property
    def gained_by_discounting(self) -> list[tuple[date, str]]:
        """Versions and scenarios in which some loss is less where its recoveries are discounted, and none is more.

        Recoveries are worth no more discounted than not; but what is lost after a cure and a default again is discounted whole.
        """
        less = (self.lgd_discounted < self.lgd_undiscounted).any(axis=(2, 3))
        more = (self.lgd_discounted > self.lgd_undiscounted).any(axis=(2, 3))
        return [(self.versions[int(version)], self.scenarios[int(scenario)]) for version, scenario in np.argwhere(less & ~more)]

    @property
    def by_rating(self) -> tuple[str, ...]:
        """The ratings that a tape must give, none where the curves are not by rating."""
        return () if self.ratings == ("",) else self.ratings


def read_curves(
    prepayment: Path,
    hazard: Path,
    loss_given_default: Path,
    recovery: Path | None,
    instants: Collection[date],
    read: Mapping[str, TableHow] | None = None,
) -> Curves:
    """The curves of a plan that measures these instants; ``read`` says by table how a file is written.

    Raises ``UnusableInput`` for a bad cell, a gap, shares above one together, a recovery that rises, or an instant before the
    first version.
    """
    given = {PREPAYMENT: prepayment, HAZARD: hazard, LOSS_GIVEN_DEFAULT: loss_given_default, RECOVERY: recovery}
    how = read or {}
    stated = [(schema, path) for schema, path in given.items() if path is not None]
    tables = {schema.name: good_table(path, schema, instants, how.get(schema.name)) for schema, path in stated}
    segments = _names(tables[PREPAYMENT.name], "segment")
    scenarios, ratings = _names(tables[HAZARD.name], "scenario"), _names(tables[HAZARD.name], "rating")
    versions = tuple(sorted({day for table in tables.values() for day in table["valid_from"].unique().to_list()}))
    given_hazards = tables[HAZARD.name]
    hazards, buckets = with_recently_late(given_hazards)
    tables[HAZARD.name] = hazards
    files = {PREPAYMENT.name: prepayment, HAZARD.name: hazard, LOSS_GIVEN_DEFAULT.name: loss_given_default}
    by_segment: dict[str, Sequence[str]] = {"segment": segments}
    by_scenario: dict[str, Sequence[str]] = {"scenario": scenarios, "segment": segments}
    by_bucket: dict[str, Sequence[str]] = {**by_scenario, "rating": ratings, "bucket": buckets}

    def dense(schema: Schema, axes: Mapping[str, Sequence[str]], month: str, *values: str) -> list[Dense]:
        return _dense(tables[schema.name], str(files[schema.name]), versions, axes, month, *values)

    (paid_early,) = dense(PREPAYMENT, by_segment, "month_on_book", "single_monthly_mortality")
    defaulting, performing = dense(HAZARD, by_bucket, "months_ahead", "hazard", "performing")
    default_days = stated_once(
        hazards, "default_days", str(hazard), versions, segments,
        "the hazards of a segment are made for one day of recognition",
        "keep those of one day; contracts recognised at another are a segment of their own",
    )  # fmt: skip
    lost, lost_discounted = dense(LOSS_GIVEN_DEFAULT, by_scenario, "months_since_default", "lgd_undiscounted", "lgd_discounted")
    curves = Curves(
        segments=segments,
        scenarios=scenarios,
        ratings=ratings,
        versions=versions,
        known_from=max(_first_day(tables[name]) for name in (PREPAYMENT.name, HAZARD.name)),
        prepayment=paid_early,
        hazard=defaulting,
        performing=performing,
        default_days=default_days,
        look_back=look_back(given_hazards, str(hazard), versions, segments),
        hazards_from=_own_versions(given_hazards, versions),
        recoveries_from=_own_versions(tables[RECOVERY.name], versions) if recovery else (None,) * len(versions),
        lgd_undiscounted=lost,
        lgd_discounted=lost_discounted,
        recovery=_recovery(tables.get(RECOVERY.name), str(recovery), versions, segments),
        account=account_beside(hazard),
    )
    _refuse_excess(curves, str(hazard))
    _refuse_more_than_all(curves, str(hazard))
    _refuse_rising_recovery(curves, str(recovery))
    return curves


class TableHow(How, Protocol):
    """How the file of a table is written, with its names of our columns and those that mean nothing to us."""

    @property
    def columns(self) -> Mapping[str, str]: ...

    @property
    def ignore(self) -> Sequence[str]: ...


def open_table(path: Path, schema: Schema, how: TableHow | None = None) -> Source:
    """The file of a table whose header fits. Raises ``UnusableInput``."""
    columns, ignore = ({}, ()) if how is None else (how.columns, how.ignore)
    return open_tape(path, schema, columns=columns, ignore=ignore, read=how, mapped_in="its read table, columns")


def good_table(path: Path, schema: Schema, instants: Collection[date], how: TableHow | None = None) -> pl.DataFrame:
    """The rows of a file whose every cell is good, with a version in force at each instant; the first fault is raised."""
    checked = check(open_table(path, schema, how).whole(), schema, Circumstances(), str(path))
    if checked.rejects.height:
        raise refusal(checked.rejects, of_remedy=f" ({checked.rejects.height} such cells in the file)")
    first, early = _first_day(checked.good), min(instants)
    if first > early:
        raise UnusableInput(
            file=str(path),
            column="valid_from",
            value=str(first),
            rule=f"a version is in force on {early}, which is measured; the first starts on {first}",
            remedy=f"add the version that was in force on {early}",
        )
    return checked.good


def _first_day(table: pl.DataFrame) -> date:
    """The day from which the first version of a table, which has rows, is in force."""
    first = table["valid_from"].min()
    assert isinstance(first, date)
    return first


def _own_versions(table: pl.DataFrame, versions: Sequence[date]) -> tuple[date, ...]:
    """By version of the curves the one of a table that is in force with it."""
    own = sorted(table["valid_from"].unique().to_list())
    return tuple(own[in_force(own, day)] for day in versions)


def _names(table: pl.DataFrame, column: str) -> tuple[str, ...]:
    return tuple(sorted(table[column].unique().to_list()))


def _dense(
    table: pl.DataFrame,
    file: str,
    versions: Sequence[date],
    axes: Mapping[str, Sequence[str]],
    month: str,
    *values: str,
    tail: float | None = None,
) -> list[Dense]:
    """Dense tables of some values by version, axes and month; months run without a gap from the first, which all share."""
    ordered = table.sort("valid_from", *axes, month)
    runs = ordered.group_by("valid_from", *axes, maintain_order=True).len("months")
    keys, counts = runs.drop("months").rows(), runs["months"].to_numpy().astype(np.int64)
    for key in keys:
        refuse_unknown(file, key, axes)
    starts = np.cumsum(counts) - counts
    _refuse_missing_months(ordered, file, axes, month, np.arange(ordered.height) - np.repeat(starts, counts))
    own = list(dict.fromkeys(key[0] for key in keys))
    ahead = np.arange(MONTHS)
    within = ahead < counts[:, None]
    given = starts[:, None] + np.minimum(ahead, counts[:, None] - 1)
    shape = (len(own), *map(len, axes.values()), MONTHS)
    at = _places(keys, (own, *axes.values()))
    found = []
    for value in values:
        curves = ordered[value].to_numpy()[given]
        dense = np.full(shape, np.nan)
        dense[at] = curves if tail is None else np.where(within, curves, tail)
        refuse_gaps(file, dict(zip(own, dense[..., 0], strict=True)), axes, "curve")
        found.append(dense[[in_force(own, day) for day in versions]])
    return found


def _places(keys: Sequence[tuple[object, ...]], axes: Sequence[Sequence[object]]) -> tuple[NDArray[np.int64], ...]:
    """Where each key, a name of every axis, has its place along each of them."""
    places = [{name: place for place, name in enumerate(names)} for names in axes]
    along = zip(places, zip(*keys, strict=True), strict=True)
    return tuple(np.array([found[name] for name in names], dtype=np.int64) for found, names in along)


def _refuse_missing_months(
    ordered: pl.DataFrame, file: str, axes: Mapping[str, Sequence[str]], month: str, place: NDArray[np.int64]
) -> None:
    """Raise where the months of a curve, each at its place in it, do not run from the first without a gap."""
    first = 1 if month in ("month_on_book", "months_ahead") else 0
    wrong = np.flatnonzero(ordered[month].to_numpy() != first + place)
    if wrong.size:
        row = ordered.row(int(wrong[0]), named=True)
        where = ", ".join(str(row[part]) for part in ("valid_from", *axes))
        raise UnusableInput(
            file=file,
            column=month,
            value=f"{where}: month {first + place[wrong[0]]} is missing",
            rule=f"months run from {first} without a gap",
            remedy="add the missing month",
        )


def refuse_unknown(file: str, key: tuple[object, ...], axes: Mapping[str, Sequence[str]]) -> None:
    """Raise where a name in the key of a row, its version first, is not one of its axis."""
    for (axis, names), name in zip(axes.items(), key[1:], strict=True):
        if name not in names:
            raise UnusableInput(
                file=file,
                column=axis,
                value=str(name),
                rule=f"every {axis} is one of {', '.join(names)}",
                remedy="give it a prepayment curve and hazards too, or remove it",
            )


def refuse_gaps(file: str, versions: Mapping[date, Dense], axes: Mapping[str, Sequence[str]], what: str) -> None:
    """Raise where a version lacks ``what`` one of its combinations of names should have: it is not a number there."""
    for day, values in versions.items():
        missing = np.argwhere(np.isnan(values))
        if missing.size:
            names = [names[i] for names, i in zip(axes.values(), missing[0], strict=True)]
            raise UnusableInput(
                file=file,
                value=f"{day}: {', '.join(names)}",
                rule=f"every version has a {what} for every " + ", ".join(axes),
                remedy=f"add the missing {what}",
            )


def _recovery(table: pl.DataFrame | None, file: str, versions: Sequence[date], segments: Sequence[str]) -> Dense:
    if table is None:
        return np.zeros((len(versions), len(segments), MONTHS))
    axes = {"segment": segments}
    (left,) = _dense(table, file, versions, axes, "months_since_write_off", "remaining_recovery_ratio", tail=0.0)
    return left


def _refuse_excess(curves: Curves, file: str) -> None:
    """Hazard and prepayment of one month cannot exceed the contracts that are left, at any age a contract can then have."""
    later = np.maximum.accumulate(curves.prepayment[..., ::-1], axis=-1)[..., ::-1]
    leaving = curves.performing * later[:, None, :, None, None, :]
    excess = np.argwhere(curves.hazard + leaving > 1.0)
    if excess.size:
        place = tuple(excess[0])
        raise UnusableInput(
            file=file,
            column="hazard",
            value=f"{_month_ahead(curves, place)}: {curves.hazard[place]} + {leaving[place]}",
            rule="hazard plus single monthly mortality x performing is at most 1, at every month on book not before the month "
            "ahead",
            remedy="lower one of them",
        )


def _refuse_more_than_all(curves: Curves, file: str) -> None:
    """Who defaults in a month is not among those who are current and pay in it; where everybody pays, a finding says so."""
    kept = ~np.isin(curves.scenarios, curves.everybody_pays)
    excess = np.argwhere((curves.hazard + curves.performing > 1.0 + _ROUNDED) & kept[:, None, None, None, None])
    if excess.size:
        place = tuple(excess[0])
        raise UnusableInput(
            file=file,
            column="performing",
            value=f"{_month_ahead(curves, place)}: {curves.hazard[place]} + {curves.performing[place]}",
            rule="hazard plus performing is at most 1: who defaults in a month does not pay in it",
            remedy="estimate both of the same contracts, those on book at the beginning of the month",
        )


def _month_ahead(curves: Curves, place: tuple[int, ...]) -> str:
    """The place of a hazard in words: its version, names and month."""
    version, scenario, segment, rating, bucket, month = place
    names = (curves.scenarios[scenario], curves.segments[segment], curves.ratings[rating], BUCKETS[bucket])
    return f"{curves.versions[version]}, {', '.join(filter(None, names))}, month {month + 1} ahead"


def _refuse_rising_recovery(curves: Curves, file: str) -> None:
    """What is still to come of an amount written off cannot grow as time goes by."""
    rises = np.argwhere(np.diff(curves.recovery, axis=-1) > 0.0)
    if rises.size:
        version, segment, month = (int(place) for place in rises[0])
        before, after = curves.recovery[version, segment, month : month + 2]
        raise UnusableInput(
            file=file,
            column="remaining_recovery_ratio",
            value=f"{curves.versions[version]}, {curves.segments[segment]}, month {month + 1}: {after}",
            rule=f"the share still expected does not rise from one month to the next, here from {before}",
            remedy="state what is still to come, not what has come",
        )

"""Small monthly histories, written down contract by contract."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from typing import Any

import numpy as np

from gaapbridge.estimation import months as m

START = 2018 * 12
"""January 2018."""


@dataclass(frozen=True)
class Contract:
    """A contract's days past due at each month's end from ``first``; in its last month ``event`` comes of it."""

    arrears_days: Sequence[int]
    event: int = m.STILL
    first: int = START
    age: int = 1
    segment: int = 0
    fold: int = 0
    missing: Sequence[int] = ()
    frozen: Sequence[int] = ()
    term: int = 60


def history(*contracts: Contract) -> m.Months:
    """The months of contracts, in their order; ``missing`` and ``frozen`` count a contract's months from 0."""
    number = [len(one.arrears_days) for one in contracts]

    def joined(rows: Sequence[Sequence[int] | np.ndarray], kind: type) -> np.ndarray:
        return np.concatenate([np.asarray(row, kind) for row in rows])

    places = [np.arange(n) for n in number]
    ages = [
        one.age + place if one.age != m.UNKNOWN else np.full(place.size, m.UNKNOWN) for one, place in paired(contracts, places)
    ]
    whole = np.zeros(sum(number), np.int64)
    return m.Months(
        contract=np.repeat(np.arange(len(contracts)), number).astype(np.int32),
        month=joined([one.first + place for one, place in paired(contracts, places)], np.int32),
        age=joined(ages, np.int32),
        remaining=joined([one.term - age for one, age in paired(contracts, ages)], np.int32),
        arrears_days=joined([one.arrears_days for one in contracts], np.int32),
        balance_minor=whole + 100_000,
        written_off_minor=whole,
        recovered_minor=whole,
        cost_minor=whole,
        event=joined([[m.STILL] * (n - 1) + [one.event] for one, n in paired(contracts, number)], np.int8),
        observed=~joined([np.isin(place, one.missing) for one, place in paired(contracts, places)], np.bool_),
        frozen=joined([np.isin(place, one.frozen) for one, place in paired(contracts, places)], np.bool_),
        segment=np.array([one.segment for one in contracts], np.int32),
        fold=np.array([one.fold for one in contracts], np.int8),
        vintage=np.array([one.first - one.age for one in contracts], np.int32),
        principal_minor=np.full(len(contracts), 100_000, np.int64),
        rate=np.full(len(contracts), 0.1),
        first_seen=min(one.first for one in contracts),
    )


def paired(left: Sequence[Any], right: Sequence[Any]) -> zip[tuple[Any, Any]]:
    """Both of the same length."""
    return zip(left, right, strict=True)


def repeated(months: m.Months, times: int) -> m.Months:
    """The same history so many times, each time of other contracts."""
    contracts = months.segment.size
    found = {one.name: np.tile(getattr(months, one.name), times) for one in fields(months) if one.name != "first_seen"}
    found["contract"] = (np.repeat(np.arange(times), months.contract.size) * contracts + found["contract"]).astype(np.int32)
    return replace(months, **found)


def of_contracts(months: m.Months, first: int, last: int) -> m.Months:
    """The chunk of contracts ``first`` to before ``last``, numbered anew."""
    rows = (months.contract >= first) & (months.contract < last)
    by_contract = {"segment", "fold", "vintage", "principal_minor", "rate"}
    found = {
        one.name: getattr(months, one.name)[first:last] if one.name in by_contract else getattr(months, one.name)[rows]
        for one in fields(months)
        if one.name != "first_seen"
    }
    found["contract"] = (found["contract"] - first).astype(np.int32)
    return replace(months, **found)


def drawn(contracts: int, months: int, seed: int, term: int = 48) -> m.Months:
    """Contracts in missed instalments, by a chain with a memory: who missed lately misses again more often; 90 days default."""
    random = np.random.default_rng(seed)
    made = []
    for place in range(contracts):
        segment, days, since, lived, event = place % 2, 0, 99, [], m.STILL
        for month in range(min(months, term)):
            chance = (0.04 if segment else 0.02) * (6.0 if since <= 12 else 1.0) if days == 0 else 0.5
            days = days + 30 if random.random() < chance else 0
            since = 0 if days else since + 1
            lived.append(days)
            if days >= 120:
                event = m.CHARGED_OFF
            elif days == 0 and random.random() < (0.03 if since <= 3 else 0.015):
                event = m.PREPAID
            elif month == term - 1:
                event = m.MATURED
            if event != m.STILL:
                break
        made.append(Contract(lived, event, segment=segment, fold=place % 10, term=term))
    return history(*made)

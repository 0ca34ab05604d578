"""Totals of balances by year of origination, past-due bucket and non-accrual, for disclosures (326-20-50-6, 50-14, 50-16).

Whole minor units of the contracts on book at either instant, added over the table of contracts.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from gaapbridge.assumptions.curve_tables import ARREARS
from gaapbridge.contracts.exact_sums import ExactSums, whole
from gaapbridge.contracts.kind import CLOSING, OPENING, Kind
from gaapbridge.difference import SIDES

KEYS = ("origination_year", "bucket", "nonaccrual")
"""What totals are keyed by; ``nonaccrual`` is that of US GAAP, and false of contracts that bear no interest of the lender's."""

Key = tuple[str, int, int, bool]
"""An instant, and the three."""

Keyed = Mapping[Key, Mapping[str, int]]
"""By key the number of contracts and every balance of theirs, by the name it is told under."""


def balances_of(kind: Kind) -> dict[str, dict[str, str]]:
    """By instant, the balances of a kind by the name they are told under, and the column of the table that holds each."""
    return {instant: _balances(kind, instant, prefix) for instant, prefix in ((OPENING, "opening_"), (CLOSING, ""))}


def told_apart_at(instant: str) -> tuple[str, ...]:
    """The columns of a table of contracts that tell apart what is totalled at an instant: who is on book, and the keys."""
    return (f"{instant}_on_book", KEYS[0], *(f"{name}_{instant}" for name in KEYS[1:]))


def keyed_sums(balances: Mapping[str, Mapping[str, str]], sums: ExactSums) -> Keyed:
    """The totals of contracts from the sums of their table; none where they have no schedule, and so no bucket."""
    found: dict[Key, dict[str, int]] = {}
    if KEYS[0] not in sums.told_apart:
        return found
    told_apart = list(sums.told_apart)
    for instant, columns in balances.items():
        on_book, *keys = (told_apart.index(name) for name in told_apart_at(instant))
        names = {name: sums.amounts.index(column) for name, column in columns.items() if column in sums.amounts}
        for sort, (upper, lower) in sums.halves.items():
            if sort[on_book]:
                year, bucket, nonaccrual = (sort[place] for place in keys)
                of_key = found.setdefault((instant, year, bucket, nonaccrual), dict.fromkeys(("contracts", *names), 0))
                of_key["contracts"] += sums.contracts[sort]
                for name, place in names.items():
                    of_key[name] += whole(int(upper[place]), int(lower[place]))
    return found


def keyed_totals(kind: Kind, keyed: Keyed) -> list[dict[str, Any]]:
    """A row for each instant, year, bucket and non-accrual that has contracts: their number and every balance of theirs."""
    in_order = sorted(keyed, key=lambda key: (key[0] != OPENING, *key[1:]))
    return [
        {
            "kind": kind.key,
            "instant": instant,
            **dict(zip(KEYS, (year, ARREARS[bucket], nonaccrual), strict=True)),
            **keyed[instant, year, bucket, nonaccrual],
        }
        for instant, year, bucket, nonaccrual in in_order
    ]


def _balances(kind: Kind, instant: str, prefix: str) -> dict[str, str]:
    """Balances by the name they are told under, and the column of the table that holds each."""
    balances = [one for one in kind.components if instant in one.states]
    compared = {f"{side}_{one.name}": f"{prefix}{side}_{one.name}" for one in balances if one.sides for side in SIDES}
    return {**{one.name: f"{instant}_{one.name}" for one in balances if not one.sides}, **compared}

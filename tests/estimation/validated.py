"""Histories that follow stated curves by construction: each contract lives month by month by them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from gaapbridge.assumptions.curve_tables import MONTHS
from gaapbridge.estimation import months as m
from gaapbridge.estimation.fitted import Fitted
from gaapbridge.estimation.validation.book import IN_DEFAULT
from gaapbridge.estimation.validation.conditions import Conditions

BUCKETS = ("current", "1-30", "31-60", "61-90", "probation", "recently_late")
SEGMENTS = ("strong", "weak")
OPENING = 2018 * 12 + 11


def conditions(**changed: object) -> Conditions:
    """Twelve months, 95 %, no calendar, a verdict from five expected on."""
    stated: dict[str, object] = {
        "window_months": 12, "confidence": 0.95, "calendar_allowance": 0.0, "least_expected": 5.0, "claims_from": 250,
        "segments": SEGMENTS, "buckets": BUCKETS,
    }  # fmt: skip
    return Conditions(**(stated | changed))  # type: ignore[arg-type]


def curves(hazards: Sequence[float], mortality: float = 0.01, performing: float = 0.9, times: float = 1.0) -> Fitted:
    """Curves of two segments, one hazard in every month ahead by bucket, of the weaker segment half as much again."""
    flat = np.array(hazards)[None, :, None] * np.array([1.0, 1.5])[:, None, None] * times
    lost = np.full((2, MONTHS), 0.5)
    return Fitted(
        known=OPENING, segments=SEGMENTS, default_days=90, look_back_months=12,
        hazard=np.broadcast_to(flat, (2, len(hazards), MONTHS)), performing=np.full((2, len(hazards), MONTHS), performing),
        mortality=np.full((2, MONTHS), mortality), lgd_undiscounted=lost, lgd_discounted=lost, recovery=lost,
    )  # fmt: skip


def lived(fitted: Fitted, count: int, seed: int, months: int, one_bucket: bool = False) -> tuple[m.Months, m.Tiny]:
    """``count`` contracts from the opening on for so many months, and the bucket of every row: that of the opening, which is
    the bucket of every later row where there is ``one_bucket``, so that every later month end is an opening like it."""
    chance = np.random.default_rng(seed)
    segment = chance.integers(0, 2, count)
    bucket = np.zeros(count, dtype=np.int64) if one_bucket else chance.integers(0, len(BUCKETS), count)
    age, remaining = chance.integers(1, 30, count), chance.integers(20 + months, 60 + months, count)
    balance = np.rint(chance.lognormal(13.0, 0.5, count)).astype(np.int64)
    hazard = fitted.hazard[segment, bucket, 0]
    leaving = fitted.mortality[segment, 0] * fitted.performing[segment, bucket, 0]
    draws = chance.random((count, months))
    ends = draws < (hazard + leaving)[:, None]
    ended = ends.any(axis=1)
    last = np.where(ended, ends.argmax(axis=1) + 1, months)
    defaulted = ended & (draws[np.arange(count), last - 1] < hazard)
    rows = last + 1
    contract = np.repeat(np.arange(count), rows)
    ahead = np.arange(rows.sum()) - np.repeat(np.cumsum(rows) - rows, rows)
    final = ahead == last[contract]
    event = np.where(final & (ended & ~defaulted)[contract], m.PREPAID, m.STILL)
    standing = np.where(one_bucket | (ahead == 0), bucket[contract], 0)
    standing = np.where(final & defaulted[contract], IN_DEFAULT, standing).astype(np.int8)
    nil = np.zeros(len(contract), dtype=np.int64)
    return m.Months(
        contract=contract.astype(np.int32), month=(OPENING + ahead).astype(np.int32),
        age=(age[contract] + ahead).astype(np.int32), remaining=(remaining[contract] - ahead).astype(np.int32),
        arrears_days=nil.astype(np.int32), balance_minor=balance[contract], written_off_minor=nil, recovered_minor=nil,
        cost_minor=nil, event=event.astype(np.int8), observed=np.ones(len(contract), bool),
        frozen=np.zeros(len(contract), bool),
        segment=segment.astype(np.int32), fold=(np.arange(count) % 10).astype(np.int8),
        vintage=np.full(count, OPENING - 12, dtype=np.int32), principal_minor=balance, rate=np.full(count, 0.06),
        first_seen=OPENING,
    ), standing  # fmt: skip

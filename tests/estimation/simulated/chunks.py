"""Parts of a history: some of its contracts, in another order, or another future."""

from __future__ import annotations

from dataclasses import fields, replace

import numpy as np

from gaapbridge.estimation import months as words
from gaapbridge.estimation.months import Months
from tests.estimation.simulated.process import Places

BY_CONTRACT = ("segment", "fold", "vintage", "principal_minor", "rate")


def chosen(months: Months, contracts: Places) -> Months:
    """Only these contracts, in this order, numbered anew: as a chunk of a history comes."""
    starts = np.searchsorted(months.contract, contracts)
    stops = np.searchsorted(months.contract, contracts, side="right")
    rows = np.concatenate([np.arange(start, stop) for start, stop in zip(starts, stops, strict=True)])
    by_row = [each.name for each in fields(Months) if each.name not in (*BY_CONTRACT, "first_seen", "contract")]
    return replace(
        months,
        contract=np.repeat(np.arange(len(contracts)), stops - starts).astype(np.int32),
        **{name: getattr(months, name)[rows] for name in by_row},
        **{name: getattr(months, name)[contracts] for name in BY_CONTRACT},
    )


def another_future(months: Months, after: int, seed: int = 0) -> Months:
    """All that lies after a month made otherwise: arrears, events, cash. Until it nothing changes, nor which rows there are."""
    draw = np.random.default_rng(seed)
    later = months.month > after
    event = np.where(later & (months.event == words.STILL), words.CHARGED_OFF, months.event)
    return replace(
        months,
        arrears_days=np.where(later, draw.integers(0, 5, len(later)) * 30, months.arrears_days).astype(np.int32),
        balance_minor=np.where(later, 1, months.balance_minor),
        written_off_minor=np.where(later, 9, months.written_off_minor),
        recovered_minor=np.where(later, 7, months.recovered_minor),
        event=event.astype(np.int8),
    )

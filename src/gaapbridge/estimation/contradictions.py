"""Rows of a history that contradict one another: balances that rise, arrears that differ, segments that change."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import polars as pl

from gaapbridge.estimation.arrays import contract_numbers
from gaapbridge.estimation.seen import Told, told_of


def of_rows(good: pl.DataFrame) -> Mapping[str, Told]:
    """What good rows of performance, by contract and month, contradict: balances above that of the month before and what was
    advanced since, 0 days past due beside instalments missed, a segment other than the month before."""
    ids, number = good["contract_id"], contract_numbers(good["contract_id"])
    same = np.diff(number, prepend=-1) == 0
    named, whose = ids.gather(np.flatnonzero(~same)), number.astype(np.int32)
    balance, advanced = good["balance_minor"].to_numpy(), good["advanced_minor"].to_numpy()
    above = np.where(same, np.diff(balance, prepend=0) - advanced, 0)
    found = {"rises": told_of(named, whose, above > 0, above)}
    days, missed = (good[name].fill_null(fill) for name, fill in (("days_past_due", 1), ("missed_instalments", 0)))
    found["arrears_differ"] = told_of(named, whose, ((days == 0) & (missed > 0)).to_numpy(), balance)
    changed = (good["segment"] != good["segment"].shift(1)).fill_null(value=False).to_numpy() & same
    found["segment_changes"] = told_of(named, whose, changed, balance)
    return found

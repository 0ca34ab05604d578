"""The dated rules by which parts of a history count otherwise, laid over its months."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields, replace
from pathlib import Path

import numpy as np
import polars as pl
from numpy.typing import NDArray

from gaapbridge.estimation.months import BY_CONTRACT, Months, Small, month_number
from gaapbridge.estimation.seen import month_name
from gaapbridge.plan.history import Exclusion
from gaapbridge.plan.refusals import meant, refusal


def excluded(months: Months, ids: pl.Series, segments: Sequence[str], rules: Sequence[Exclusion]) -> Months:
    """The months with all rules over them."""
    for rule in rules:
        months, ids = _with(months, ids, segments, rule)
    return months


def _with(months: Months, ids: pl.Series, segments: Sequence[str], rule: Exclusion) -> tuple[Months, pl.Series]:
    concerned = _concerned(months.segment, ids, segments, rule)
    if rule.rule == "contracts_left_out":
        kept = ~concerned
        return contracts_of(months, kept), ids.filter(pl.Series(kept))
    assert rule.from_ is not None and rule.to is not None, "the plan has seen to it"
    first, last = month_number(rule.from_), month_number(rule.to)
    where = concerned[months.contract] & (months.month >= first) & (months.month <= last)
    if rule.rule == "count_unchanged":
        return replace(months, frozen=months.frozen | where), ids
    assert rule.rule == "months_left_out", "every other rule has its own lines"
    return replace(months, observed=months.observed & ~where), ids


def refuse_of_nothing(plan: Path, key: str, rules: Sequence[Exclusion], segments: Sequence[str], seen: tuple[int, int]) -> None:
    """Raise where a rule is about a segment that there is none of, or about months that the history does not have."""
    for rule in rules:
        for segment in rule.segments:
            if segment not in segments:
                said = f"a rule is about segments that the history has: {', '.join(segments)}"
                raise refusal(plan, key, segment, said, meant(segment, segments, "correct the segment, or remove it"))
        if (
            rule.from_ is not None
            and rule.to is not None
            and (month_number(rule.from_) > seen[1] or month_number(rule.to) < seen[0])
        ):
            said = (
                f"a rule is about months that the history has, which goes from {month_name(seen[0])} to {month_name(seen[1])}"
            )
            raise refusal(plan, key, f"{rule.from_} to {rule.to}", said, "correct the days, or remove the rule")


def left_out(segment: Small, ids: pl.Series, segments: Sequence[str], rules: Sequence[Exclusion]) -> NDArray[np.bool_]:
    """Which contracts, of their segments and ids, the rules leave out."""
    out = np.zeros(ids.len(), bool)
    for rule in rules:
        if rule.rule == "contracts_left_out":
            out |= _concerned(segment, ids, segments, rule)
    return out


def _concerned(segment: Small, ids: pl.Series, segments: Sequence[str], rule: Exclusion) -> NDArray[np.bool_]:
    """The contracts that a rule is about: those it names, or those of segments, or all."""
    if not rule.contracts and not rule.segments:
        return np.ones(ids.len(), bool)
    numbers = [number for number, one in enumerate(segments) if one in rule.segments]
    named: NDArray[np.bool_] = ids.is_in(rule.contracts).to_numpy()
    return named | np.isin(segment, numbers)


def contracts_of(months: Months, kept: NDArray[np.bool_]) -> Months:
    """The months of some contracts alone, numbered anew."""
    if kept.all():
        return months
    rows = kept[months.contract]
    numbers = (np.cumsum(kept) - 1).astype(np.int32)
    by_row = [one.name for one in fields(Months) if one.name not in (*BY_CONTRACT, "first_seen")]
    cut = {name: getattr(months, name)[rows] for name in by_row}
    cut |= {name: getattr(months, name)[kept] for name in BY_CONTRACT}
    return replace(months, **{**cut, "contract": numbers[cut["contract"]]})

"""What the rows of a history tell besides figures: what contradicts or is missing, what cannot be told apart; as findings."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta

import numpy as np
import polars as pl
from numpy.typing import NDArray

from gaapbridge.estimation import months as m
from gaapbridge.estimation.arrays import Arrays
from gaapbridge.estimation.causes import CAUSES
from gaapbridge.estimation.recoveries import in_part
from gaapbridge.estimation.units import Units
from gaapbridge.plan.history import ContractHistory
from gaapbridge.terms.errors import UnusableInput
from gaapbridge.terms.finding import MINOR_UNITS, NAMED_CONTRACTS, Finding, in_minor, named

_WEEKEND = 5
_BY_THIRTY = 30
_LATER_AT_WEEKENDS = 1.25
"""From how many times the share late at other month ends that at weekends is a finding."""
_ONE_VINTAGE_MONTHS = 12
_MANY = 0.1
"""The share of the contracts above which those that leave with a balance in one month are a finding, and of all a refusal."""

_FAR = 2
"""Charge-offs from half to twice what was owed before can be right: with interest and fees, or after proceeds."""


@dataclass(frozen=True)
class Told:
    """Contracts that a cause concerns: how many, in how many months, with what amount, and the lowest ids."""

    contracts: int = 0
    months: int = 0
    amount_minor: int = 0
    first_ids: tuple[str, ...] = ()

    def __add__(self, other: Told) -> Told:
        ids = tuple(sorted({*self.first_ids, *other.first_ids})[:NAMED_CONTRACTS])
        return Told(
            self.contracts + other.contracts, self.months + other.months, self.amount_minor + other.amount_minor, ids
        )  # fmt: skip


@dataclass(frozen=True)
class Seen:
    """What was seen of some contracts, which adds up over all of them: causes of findings, contract-months and those up to 30
    days late by month, contract-months by segment, contracts by vintage, months without a look-back, and by month the
    contracts whose rows ``ended`` with a balance, and how many were ``repaid`` by one; ``charge_offs``, those with an amount
    ``stated``, what these owed before, and whether anything was recovered; and what tells the ``units`` of amounts."""

    causes: Mapping[str, Told] = field(default_factory=dict)
    on_book: Mapping[int, int] = field(default_factory=dict)
    late: Mapping[int, int] = field(default_factory=dict)
    segments: Mapping[int, int] = field(default_factory=dict)
    vintages: Mapping[int, int] = field(default_factory=dict)
    contracts: int = 0
    months: int = 0
    no_look_back: int = 0
    ended: Mapping[int, int] = field(default_factory=dict)
    repaid: int = 0
    charge_offs: Told = field(default_factory=Told)
    stated: Told = field(default_factory=Told)
    owed_minor: int = 0
    recovered: bool = False
    units: Units = field(default_factory=Units)
    named: frozenset[str] = frozenset()

    def __add__(self, other: Seen) -> Seen:
        causes = {
            name: self.causes.get(name, Told()) + other.causes.get(name, Told()) for name in {**self.causes, **other.causes}
        }
        return Seen(
            causes, _summed(self.on_book, other.on_book), _summed(self.late, other.late),
            _summed(self.segments, other.segments), _summed(self.vintages, other.vintages),
            self.contracts + other.contracts, self.months + other.months, self.no_look_back + other.no_look_back,
            _summed(self.ended, other.ended), self.repaid + other.repaid,
            self.charge_offs + other.charge_offs, self.stated + other.stated,
            self.owed_minor + other.owed_minor, self.recovered or other.recovered, self.units + other.units,
            self.named | other.named,
        )  # fmt: skip

    @classmethod
    def of(
        cls, arrays: Arrays, of_rows: Mapping[str, Told], kept: m.Months, known: int, named: frozenset[str],
        ended: NDArray[np.int32],
    ) -> Seen:  # fmt: skip
        """What the months of some contracts tell; ``of_rows`` was told of their rows, ``ended`` are the months in which rows of
        such ended as the plan says were repaid. Segments are counted in the months that
        rules have ``kept``, up to the first that is ``known``; of contracts ``named`` by rules those that there are."""
        months = arrays.months
        still = (months.event == m.STILL) & months.observed
        entered = np.flatnonzero(np.diff(months.contract, prepend=-1))
        since = months.month - months.month[entered][months.contract]
        causes = {name: told for name, told in (*of_rows.items(), *_causes(arrays)) if told.contracts}
        late = still & (months.arrears_days > 0) & (months.arrears_days <= _BY_THIRTY)
        return cls(
            causes=causes,
            on_book=_counted(months.month[still]),
            late=_counted(months.month[late]),
            segments=_counted(kept.segment[kept.contract[(kept.event == m.STILL) & kept.observed & (kept.month <= known)]]),
            vintages=_counted(months.vintage),
            contracts=arrays.ids.len(),
            months=int(still.sum()),
            no_look_back=int((still & ((since < m.FEWEST_MONTHS) & (months.age >= m.FEWEST_MONTHS))).sum()),
            ended=_counted(np.concatenate([months.month[months.event == m.LEFT_WITH_BALANCE], ended])),
            repaid=int(np.isin(months.event, (m.PREPAID, m.MATURED)).sum()) - len(ended),
            charge_offs=told_of(arrays.ids, months.contract, months.event == m.CHARGED_OFF, months.written_off_minor),
            stated=told_of(arrays.ids, months.contract, arrays.off.stated_minor > 0, arrays.off.stated_minor),
            owed_minor=int(arrays.off.owed_minor.sum()),
            recovered=bool(months.recovered_minor.any()),
            units=Units.of(months, arrays.off.stated_minor, arrays.off.owed_minor),
            named=frozenset(arrays.ids.filter(arrays.ids.is_in(sorted(named))).to_list() if named else ()),
        )


def _summed(one: Mapping[int, int], other: Mapping[int, int]) -> dict[int, int]:
    return dict(Counter(one) + Counter(other))


def _counted(numbers: NDArray[np.int32]) -> dict[int, int]:
    values, counts = np.unique(numbers, return_counts=True)
    return dict(zip(values.tolist(), counts.tolist(), strict=True))


def told_of(
    ids: pl.Series, contract: NDArray[np.int32], where: NDArray[np.bool_], amount: NDArray[np.int64] | None = None
) -> Told:
    """The contracts of the months ``where`` something is so, with the sum of an amount in them."""
    if not where.any():
        return Told()
    concerned = np.unique(contract[where])
    first = tuple(ids.gather(concerned[:NAMED_CONTRACTS]).to_list())
    return Told(len(concerned), int(where.sum()), 0 if amount is None else int(amount[where].sum()), first)


def _causes(arrays: Arrays) -> Iterator[tuple[str, Told]]:
    months = arrays.months
    of_each = np.arange(arrays.ids.len(), dtype=np.int32)
    yield "gap", told_of(arrays.ids, months.contract, ~months.observed)
    yield "net", told_of(arrays.ids, months.contract, arrays.net, months.recovered_minor)
    yield "left_with_balance", told_of(arrays.ids, months.contract, months.event == m.LEFT_WITH_BALANCE, months.balance_minor)
    unknown = (months.remaining == m.UNKNOWN) & (months.event == m.PREPAID)
    yield "maturity_not_known", told_of(arrays.ids, months.contract, unknown)
    yield "age_not_known", told_of(arrays.ids, of_each, _of_any(months.contract, months.age == m.UNKNOWN, len(of_each)))
    yield "no_rate", told_of(arrays.ids, of_each, arrays.no_rate)
    yield "no_segment", told_of(arrays.ids, of_each, arrays.no_segment)
    lost = months.written_off_minor - months.recovered_minor + months.cost_minor
    net = np.bincount(months.contract, weights=lost, minlength=len(of_each))
    gross = np.bincount(months.contract, weights=months.written_off_minor, minlength=len(of_each))
    yield "recovered_more", told_of(arrays.ids, of_each, (gross > 0) & (net < 0), -net.astype(np.int64))
    recovered = np.bincount(months.contract, weights=months.recovered_minor, minlength=len(of_each))
    yield from _of_charge_offs(arrays)
    yield "recovered_below_nil", told_of(arrays.ids, of_each, recovered < 0, recovered.astype(np.int64))


def _of_charge_offs(arrays: Arrays) -> Iterator[tuple[str, Told]]:
    months, off = arrays.months, arrays.off
    of_each = np.arange(arrays.ids.len(), dtype=np.int32)
    yield "moved", told_of(arrays.ids, of_each, off.moved_minor > 0, off.moved_minor)
    yield "repaid_off", told_of(arrays.ids, of_each, off.repaid_minor > 0, off.repaid_minor)
    amount = months.written_off_minor
    yield "in_part", told_of(arrays.ids, months.contract, in_part(months), amount)
    was_sold = _of_any(months.contract, months.event == m.LEFT, len(of_each))[months.contract]
    yield "sold_off", told_of(arrays.ids, months.contract, was_sold & (months.event != m.STILL) & (amount > 0), amount)
    off_or_part = (months.event == m.CHARGED_OFF) | in_part(months)
    charged_off = _of_any(months.contract, off_or_part, len(of_each))[months.contract]
    in_arrears = (months.event == m.STILL) & (months.arrears_days > 0)
    stray = (months.recovered_minor != 0) & ~charged_off & ~in_arrears
    yield "never_written_off", told_of(arrays.ids, months.contract, stray, months.recovered_minor)


def _of_any(contract: NDArray[np.int32], where: NDArray[np.bool_], contracts: int) -> NDArray[np.bool_]:
    return np.bincount(contract[where], minlength=contracts) > 0


def findings_of(
    seen: Seen,
    kind: str,
    history: ContractHistory,
    segments: tuple[str, ...],
    by_missed: bool,
    known: int,
    named_by_rules: frozenset[str],
) -> list[Finding]:
    """The findings of the history of a kind, in the order of their names; ``known`` is the first month end of its tables."""
    address = f"history.{kind}"
    causes = {name: told for name, told in seen.causes.items() if name != "no_rate" or history.discount_rate == "contract"}
    found = [_of_cause(name, told, address) for name, told in sorted(causes.items())]
    found += _of_segments(seen, history, segments, address, known)
    found += _of_rules(named_by_rules - seen.named, address)
    found += _of_vintages(seen, address)
    found += _of_ends(seen, address)
    found += _of_losses(seen, address)
    return [*found, *(_of_weekends(seen, address) if by_missed else ())]


def _of_cause(name: str, counted: Told, address: str) -> Finding:
    told = CAUSES[name]
    why = f"{_many(counted)}, {counted.months:,} contract-month{'s' if counted.months > 1 else ''}: {told.why}"
    where = f"{address}/{named(counted.first_ids, counted.contracts)}"
    return Finding(told.name, where, counted.amount_minor or None, why, told.remedy, unit=MINOR_UNITS)


def _many(counted: Told) -> str:
    return f"{counted.contracts:,} contract{'s' if counted.contracts > 1 else ''}"


def _of_rules(missing: frozenset[str], address: str) -> Iterator[Finding]:
    if missing:
        told = CAUSES["rule_of_nobody"]
        why = f"{len(missing):,} contract{'s' if len(missing) > 1 else ''}: {told.why}"
        where = f"{address}/{named(sorted(missing)[:NAMED_CONTRACTS], len(missing))}"
        yield Finding(told.name, where, None, why, told.remedy)


def _of_segments(
    seen: Seen, history: ContractHistory, segments: tuple[str, ...], address: str, known: int
) -> Iterator[Finding]:
    for number, segment in enumerate(segments):
        months = seen.segments.get(number, 0)
        if months < max(history.minimum_months, 1):
            told = CAUSES["thin_segment"] if months else CAUSES["segment_never_seen"]
            by = f"{months:,} contract-months by {month_name(known)}"
            why = f"{by}, of {history.minimum_months:,} that the plan asks for: {told.why}"
            yield Finding(told.name, f"{address}/{segment}", None, why, told.remedy)


def _of_vintages(seen: Seen, address: str) -> Iterator[Finding]:
    made = sorted(vintage for vintage in seen.vintages if vintage != m.UNKNOWN)
    if made and made[-1] - made[0] < _ONE_VINTAGE_MONTHS:
        told = CAUSES["one_vintage"]
        why = f"all were made from {month_name(made[0])} to {month_name(made[-1])}: {told.why}"
        yield Finding(told.name, address, None, why, told.remedy)


def _of_ends(seen: Seen, address: str) -> Iterator[Finding]:
    for month, left in sorted(seen.ended.items()):
        there = seen.on_book.get(month, 0) + left
        if left > _MANY * there and left > 1:
            told = CAUSES["end_together"]
            why = f"the rows of {left:,} of {there:,} contracts end in {month_name(month)}: {told.why}"
            yield Finding(told.name, f"{address}/{month_name(month)}", None, why, told.remedy)


def refuse_a_history_on_book(seen: Seen, kind: str, file: str) -> None:
    """Refuse a history of which the rows of more contracts end with a balance than are repaid by one: its records are of what
    is on book alone, and each that was repaid would count as a default.

    Example: of 800 contracts 600 have no row any more, and none one that says repaid.
    """
    ended = sum(seen.ended.values())
    if ended > max(seen.repaid, 1):
        raise UnusableInput(
            file=file,
            column="status",
            rule=f"the rows of {ended:,} of {seen.contracts:,} contracts end with a balance, {seen.repaid:,} are repaid by "
            "one: each would count as a default, as nothing says that it was repaid",
            remedy="give the row by which each left, with its status; of records of what is on book alone, where outcomes has "
            f'every charge-off, state without_last_row = "repaid" under [history.{kind}]',
        )


def refuse_a_history_cut_off(seen: Seen, file: str) -> None:
    """Refuse a history of which more than a tenth of all contracts end in one month with a balance, and not in its last.

    Each would count as a default, and every curve would say so. What ends with a balance in a month of few left on book may be
    so, and is a finding. Example: of 120 contracts the rows of 48 end a month before those of the others.
    """
    for month, left in sorted(seen.ended.items()):
        if left > _MANY * seen.contracts and left > 1:
            told = CAUSES["end_together"]
            raise UnusableInput(
                file=file,
                column="month_end",
                value=month_name(month),
                rule=f"the rows of {left:,} of all {seen.contracts:,} contracts end in it: {told.why}",
                remedy=told.remedy,
            )


def _of_losses(seen: Seen, address: str) -> Iterator[Finding]:
    stated, owed, off = seen.stated, seen.owed_minor, seen.charge_offs
    if owed and not owed <= _FAR * stated.amount_minor <= _FAR * _FAR * owed:
        told = CAUSES["far_from_owed"]
        why = f"{_many(stated)} owed {in_minor(owed)}: {told.why}"
        yield Finding(
            told.name, f"{address}/{named(stated.first_ids, stated.contracts)}", stated.amount_minor, why, told.remedy
        )
    if off.contracts and not seen.recovered:
        told = CAUSES["no_recoveries"]
        why = f"{_many(off)} charged off, and nothing recovered: {told.why}"
        yield Finding(told.name, f"{address}/{named(off.first_ids, off.contracts)}", off.amount_minor, why, told.remedy)


def _of_weekends(seen: Seen, address: str) -> Iterator[Finding]:
    shares = {weekend: _share(seen, weekend) for weekend in (True, False)}
    at_weekend, else_ = shares[True], shares[False]
    if at_weekend and else_ is not None and at_weekend >= _LATER_AT_WEEKENDS * else_:
        ends = [month_name(month) for month in sorted(seen.on_book) if is_weekend(month)]
        told = CAUSES["weekend"]
        why = (
            f"{at_weekend:.1%} were up to {_BY_THIRTY} days late at the {len(ends)} month ends on a Saturday or Sunday, "
            f"{else_:.1%} at the others: {told.why}"
        )
        yield Finding(told.name, f"{address}/{named(ends[:NAMED_CONTRACTS], len(ends))}", None, why, told.remedy)


def _share(seen: Seen, weekend: bool) -> float | None:
    of = [month for month in seen.on_book if is_weekend(month) == weekend]
    on_book = sum(seen.on_book[month] for month in of)
    return sum(seen.late.get(month, 0) for month in of) / on_book if on_book else None


def last_day(month: int) -> date:
    """The last day of a month by its number.

    >>> last_day(2018 * 12 + 11)
    datetime.date(2018, 12, 31)
    """
    return date((month + 1) // 12, (month + 1) % 12 + 1, 1) - timedelta(days=1)


def is_weekend(month: int) -> bool:
    """Whether a month ends on a Saturday or a Sunday."""
    return last_day(month).weekday() >= _WEEKEND


def month_name(month: int) -> str:
    """A month by its number, as it is printed.

    >>> month_name(2018 * 12 + 11)
    '2018-12'
    """
    return f"{month // 12}-{month % 12 + 1:02d}"

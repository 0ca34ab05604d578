"""Prepayment, hazard, loss and recovery tables as plain lookups, read straight from the curve files.

Each file holds versions by `valid_from`; the version in force on a day is the latest not after it (the
first one, if the day precedes them all). Beyond the last month given the last value holds; a recovery
ratio is nil there.
"""

from __future__ import annotations

import bisect
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal, InvalidOperation
from functools import cache, lru_cache
from typing import Any, TypeVar

from gaapbridge.reperform.elections import as_decimal
from gaapbridge.reperform.exact import ONE, ZERO
from gaapbridge.reperform.tapes import Columns, Table, as_day, columns_of, read_columns
from gaapbridge.reperform.translated import Lying
from gaapbridge.terms.errors import UnusableInput, nearest

BUCKETS = ("current", "1-30", "31-60", "61-90")
HAZARDS = ("hazard", "performing")
LOSSES = ("lgd_undiscounted", "lgd_discounted")
"""Columns of values that stand side by side in one file; of losses the plain one first, then that of discounted recoveries."""

PROBATION, RECENTLY_LATE = "probation", "recently_late"
"""The buckets of contracts with nothing overdue that were in default, or missed an instalment, lately; fees know neither."""
Key = tuple[str, ...]
Read = TypeVar("Read")


@dataclass(frozen=True, slots=True)
class Curve:
    """Values by month from `first_month` on.

    >>> Curve(1, (Decimal("0.02"), Decimal("0.01")), last_holds=True).at(9)
    Decimal('0.01')
    """

    first_month: int
    values: tuple[Decimal, ...]
    last_holds: bool

    def at(self, month: int) -> Decimal:
        """Value of a month; before the first month given, the first."""
        place = max(month - self.first_month, 0)
        if place < len(self.values):
            return self.values[place]
        return self.values[-1] if self.last_holds else ZERO


@dataclass(frozen=True)
class Versions:
    """The versions of one file: `tables[version]` maps a key (segment, or scenario and more) to its curve."""

    file: str
    days: tuple[date, ...]
    tables: Mapping[date, Mapping[Key, Curve]]

    def in_force(self, day: date) -> date:
        """The latest version not after `day`; the first version for a day before them all."""
        return self.days[max(bisect.bisect_right(self.days, day) - 1, 0)]

    def curve(self, day: date, key: Key) -> Curve:
        """The curve in force on `day`; a gap is unusable input."""
        version = self.in_force(day)
        table = self.tables[version]
        if key not in table:
            near = ", ".join(nearest("/".join(key), ["/".join(known) for known in table])) or "no others"
            raise UnusableInput(
                file=self.file,
                row=f"valid_from {version}",
                value=" / ".join(key),
                rule="every version gives every segment, scenario and bucket used",
                remedy=f"add the missing rows (there are {near})",
            )
        return table[key]

    def rate(self, day: date, key: Key) -> Decimal:
        """The one value of a key in force on `day`, of a table without months."""
        return self.curve(day, key).at(0)


@dataclass(frozen=True, slots=True)
class DefaultCurves:
    """By months ahead (1..): the hazard of recognised default, and the share of those on book who are current and pay."""

    hazard: Curve
    performing: Curve


@dataclass(frozen=True, slots=True)
class LooksBack:
    """Within how many `months` a cure or a missed instalment counts, nil where a table does not say, and whether it has hazards
    of contracts recently late."""

    months: int = 0
    knows_recently_late: bool = False


@dataclass(frozen=True)
class Assumptions:
    """All tables; `recoveries` may be absent, nothing is then expected after write-off.

    `by_rating` where the hazard table has a column of ratings; every contract then has one. `look_backs` are by version of the
    hazards and segment, of those alone that look back.
    """

    prepayments: Versions
    hazards: Versions
    performing: Versions
    by_rating: bool
    losses: Versions
    recoveries: Versions | None
    look_backs: Mapping[tuple[date, str], LooksBack] = field(default_factory=dict)

    @classmethod
    def read(
        cls,
        prepayment: Lying,
        hazard: Lying,
        loss_given_default: Lying,
        recovery: Lying | None = None,
    ) -> Assumptions:
        """The tables of curve files (CSV, Parquet or XLSX)."""
        return cls.from_rows(
            read_columns(prepayment),
            read_columns(hazard),
            read_columns(loss_given_default),
            None if recovery is None else read_columns(recovery),
            files=(str(prepayment), str(hazard), str(loss_given_default), str(recovery or "")),
        )

    @classmethod
    def of_prepayment(cls, prepayment: Lying) -> Assumptions:
        """The table of prepayments alone, for who asks for no losses: those of losses are by far the longest."""
        (prepayments,) = _versions(read_columns(prepayment), _OF_REPAID, 1, str(prepayment))
        none = Versions("", (), {})
        return cls(prepayments, none, none, False, none, None)

    @classmethod
    def from_rows(
        cls,
        prepayment: Table,
        hazard: Table,
        loss_given_default: Table,
        recovery: Table | None = None,
        files: tuple[str, str, str, str] = ("prepayment", "hazard", "loss_given_default", "recovery"),
    ) -> Assumptions:
        """The tables of rows whose names are those of the curve files."""
        hazard_columns = columns_of(hazard)
        by_rating = "rating" in hazard_columns
        segment, scenario = ("segment",), ("scenario", "segment")
        of_hazards = _Form((*scenario, *(("rating",) if by_rating else ()), "bucket"), "months_ahead", HAZARDS)
        of_losses = _Form(scenario, "months_since_default", LOSSES)
        of_recovered = _Form(segment, "months_since_write_off", ("remaining_recovery_ratio",))
        (prepayments,) = _versions(columns_of(prepayment), _OF_REPAID, 1, files[0])
        hazards, performing = _versions(hazard_columns, of_hazards, 1, files[1])
        by_column = zip(LOSSES, _versions(columns_of(loss_given_default), of_losses, 0, files[2]), strict=True)
        losses = _together(dict(by_column), files[2])
        recoveries = None
        if recovery is not None:
            (recoveries,) = _versions(columns_of(recovery), of_recovered, 0, files[3], last_holds=False)
        looking = _look_backs(hazard_columns, files[1])
        return cls(prepayments, hazards, performing, by_rating, losses, recoveries, looking)

    def single_monthly_mortality(self, day: date, segment: str) -> Curve:
        """Share repaid in full at the end of a month on book (1..), in the version in force on `day`."""
        return self.prepayments.curve(day, (segment,))

    def default_curves(self, day: date, scenario: str, segment: str, bucket: str, rating: str | None) -> DefaultCurves:
        """Hazard and share performing by months ahead; the rating counts where the table has one."""
        key = (scenario, segment, *((rating or "",) if self.by_rating else ()), bucket)
        return DefaultCurves(self.hazards.curve(day, key), self.performing.curve(day, key))

    def looks_back(self, day: date, segment: str) -> LooksBack:
        """How far the hazards in force on `day` look back of a segment."""
        return self.look_backs.get((self.hazards.in_force(day), segment), LooksBack())

    def loss_given_default(self, day: date, scenario: str, segment: str, *, discounted: bool) -> Curve:
        """Loss by months since default (0..), recoveries discounted to the default date or not."""
        return self.losses.curve(day, (scenario, segment, LOSSES[discounted]))

    def remaining_recovery_ratio(self, day: date, segment: str) -> Curve:
        """Share of the amount written off still expected, by months since write-off (0..)."""
        if self.recoveries is None:
            return Curve(0, (ZERO,), last_holds=False)
        return self.recoveries.curve(day, (segment,))


def _look_backs(columns: Columns, file: str) -> dict[tuple[date, str], LooksBack]:
    """What a hazard table says of how far back it looks, by version and segment; nothing without its column."""
    stated = columns.get("look_back_months")
    if stated is None:
        return {}
    days = _read(columns["valid_from"], cache(as_day), "valid_from", file)
    found: dict[tuple[date, str], LooksBack] = {}
    for day, segment, bucket, months in zip(days, columns["segment"], columns["bucket"], stated, strict=True):
        if months not in _BLANK:
            key = day, str(segment)
            late = bucket == RECENTLY_LATE or (key in found and found[key].knows_recently_late)
            found[key] = LooksBack(_month(months), late)
    return found


def _together(by_column: Mapping[str, Versions], file: str) -> Versions:
    """Tables of one file as one, each key with the column it stands in."""
    first = next(iter(by_column.values()))
    tables = {
        day: {(*key, name): curve for name, own in by_column.items() for key, curve in own.tables[day].items()}
        for day in first.days
    }
    return Versions(file, first.days, tables)


def read_rates(path: Lying, keys: tuple[str, ...], value_column: str) -> Versions:
    """A table of one rate a key and version, such as loss rates of fees or forfeitures a year."""
    return rates_from_rows(read_columns(path), keys, value_column, str(path))


def rates_from_rows(rows: Table, keys: tuple[str, ...], value_column: str, file: str) -> Versions:
    """As `read_rates`, of rows whose names are those of the file.

    >>> rates = rates_from_rows([{"valid_from": "2023-01-01", "function": "sales", "rate": "0.1"}], ("function",), "rate", "f")
    >>> rates.rate(date(2024, 1, 1), ("sales",))
    Decimal('0.1')
    """
    return _versions(columns_of(rows), _Form(keys, None, (value_column,)), 0, file)[0]


def read_forfeitures(path: Lying) -> Versions:
    """The forfeiture rates a year by function, along completed years since the grant where the table tells them apart."""
    return forfeitures_from_rows(read_columns(path), str(path))


def forfeitures_from_rows(rows: Table, file: str) -> Versions:
    """As `read_forfeitures`, of rows whose names are those of the file.

    >>> row = {"valid_from": "2023-01-01", "function": "sales", "service_years": 0, "annual_rate": "0.2"}
    >>> rates = forfeitures_from_rows([row, row | {"service_years": 1, "annual_rate": "0.1"}], "f")
    >>> rates.curve(date(2024, 1, 1), ("sales",)).at(5)
    Decimal('0.1')
    """
    columns = dict(columns_of(rows))
    years = "service_years"
    if years in columns:  # of a version that tells no years apart the cells are empty
        columns[years] = [0 if cell in _BLANK else cell for cell in columns[years]]
    return _versions(columns, _Form(("function",), years if years in columns else None, ("annual_rate",)), 0, file)[0]


def bucket_of(days_past_due: int) -> str:
    """The delinquency bucket of a contract not in default.

    >>> bucket_of(0), bucket_of(30), bucket_of(31), bucket_of(120)
    ('current', '1-30', '31-60', '61-90')
    """
    if days_past_due <= 0:
        return BUCKETS[0]
    if days_past_due <= 30:
        return BUCKETS[1]
    return BUCKETS[2] if days_past_due <= 60 else BUCKETS[3]


@dataclass(frozen=True, slots=True)
class _Form:
    """How a table of curves is written: the columns of its keys, of its month, if it has one, and of its values."""

    keys: tuple[str, ...]
    month: str | None
    values: tuple[str, ...]

    @property
    def all(self) -> tuple[str, ...]:
        """The columns that no row may leave blank."""
        return ("valid_from", *self.keys, *(() if self.month is None else (self.month,)), *self.values)


_BLANK = frozenset((None, ""))
_OF_REPAID = _Form(("segment",), "month_on_book", ("single_monthly_mortality",))


def _versions(columns: Columns, form: _Form, first_month: int, file: str, *, last_holds: bool = True) -> tuple[Versions, ...]:
    """Gather the cells of a table into curves, one set for each column of values; months run on from `first_month`.

    Without a month column there is one value each. Cells are read column by column: of hazards alone there are more rows than
    a small book has contracts.
    """
    _refuse_blanks(columns, form, file)
    days = _read(columns["valid_from"], cache(as_day), "valid_from", file)
    months = [0] * len(days) if form.month is None else _read(columns[form.month], _month, form.month, file)
    values = [_ratios(columns[name], name, file) for name in form.values]
    rows: dict[tuple[object, ...], list[int]] = {}
    for row, key in enumerate(zip(days, *(columns[name] for name in form.keys), strict=True)):
        rows.setdefault(key, []).append(row)
    curves: list[dict[date, dict[Key, Curve]]] = [{day: {} for day in sorted(set(days))} for _ in form.values]
    for own in rows.values():
        day, key = days[own[0]], tuple(str(columns[name][own[0]]) for name in form.keys)
        ordered = _by_month(own, months, first_month, form, file, f"valid_from {day}, {' / '.join(key)}")
        for found, ratios in zip(curves, values, strict=True):
            found[day][key] = Curve(first_month, tuple([ratios[row] for row in ordered]), last_holds)
    return tuple(Versions(file, tuple(found), found) for found in curves)


def _refuse_blanks(columns: Columns, form: _Form, file: str) -> None:
    """A table has rows, each complete, and one for all ages."""
    if not any(columns.values()):
        raise UnusableInput(file=file, rule="a curve file has rows", remedy="give the curve or drop the source")
    for name in form.all:
        cells = columns.get(name, (None,))
        if not _BLANK.isdisjoint(cells):
            raise _bad(
                file, _first(cells, lambda cell: cell in (None, "")), name, "", "a curve row is complete", f"fill {name}"
            )
    if form.month == "months_ahead" and "month_on_book" in columns:
        ages = _read([age or 0 for age in columns["month_on_book"]], _month, "month_on_book", file)
        if any(ages):
            number = _first(ages, bool)
            raise _bad(file, number, "month_on_book", str(ages[number - 1]), "one table for all ages", "remove the row")


def _first(cells: Sequence[Any], is_wrong: Callable[[Any], bool]) -> int:
    """The number of the first row whose cell is wrong."""
    return next(number for number, cell in enumerate(cells, start=1) if is_wrong(cell))


def _ratios(cells: Sequence[Any], column: str, file: str) -> list[Decimal]:
    """A column of shares of one."""
    ratios = _read(cells, as_decimal, column, file)
    if not ZERO <= min(ratios) <= max(ratios) <= ONE:
        number = _first(ratios, lambda ratio: not ZERO <= ratio <= ONE)
        raise _bad(file, number, column, str(ratios[number - 1]), "between 0 and 1", "correct the curve")
    return ratios


def _read(cells: Sequence[object], read: Callable[[Any], Read], column: str, file: str) -> list[Read]:
    """The cells of a column as what they are; the first that is not is named with its row."""
    made: list[Read] = []
    try:
        made.extend(map(read, cells))
    except (InvalidOperation, ValueError) as wrong:
        raise _bad(file, len(made) + 1, column, str(cells[len(made)]), "dates and numbers", str(wrong)) from wrong
    return made


@lru_cache(maxsize=1_000)
def _month(cell: object) -> int:
    """A month as a whole number; few of them stand in very many rows."""
    return int(as_decimal(cell))


def _by_month(own: Sequence[int], months: Sequence[int], first_month: int, form: _Form, file: str, row: str) -> list[int]:
    """The rows of one curve, month by month."""
    by_month: dict[int, int] = {}
    for place in own:
        if months[place] in by_month:
            column = form.month or form.keys[-1]
            raise _bad(file, place + 1, column, str(months[place]), "one row per key and month", "remove the double")
        by_month[months[place]] = place
    expected = range(first_month, first_month + len(own))
    if sorted(by_month) != list(expected):
        rule = f"months run on from {first_month} without a gap"
        raise UnusableInput(file=file, row=row, column=form.month, rule=rule, remedy="add the missing months")
    return [by_month[month] for month in expected]


def _bad(file: str, number: int, column: str, value: str, rule: str, remedy: str) -> UnusableInput:
    return UnusableInput(file=file, row=str(number), column=column, value=value, rule=rule, remedy=remedy)

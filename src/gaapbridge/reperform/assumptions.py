"""Prepayment, hazard, loss and recovery tables as plain lookups, read straight from the curve files.

Each file holds versions by `valid_from`; the version in force on a day is the latest not after it (the
first one, if the day precedes them all). Beyond the last month given the last value holds; a recovery
ratio is nil there.
"""

from __future__ import annotations

import bisect
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation

from gaapbridge.reperform.elections import as_decimal
from gaapbridge.reperform.exact import ONE, ZERO
from gaapbridge.reperform.tapes import Row, as_day, read_rows
from gaapbridge.reperform.translated import Lying
from gaapbridge.terms.errors import UnusableInput, nearest

BUCKETS = ("current", "1-30", "31-60", "61-90")
PROBATION = "probation"
"""The bucket of a contract that was in default and has cured not long ago; fees know no probation."""
Key = tuple[str, ...]


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


@dataclass(frozen=True)
class Assumptions:
    """All tables; `recoveries` may be absent, nothing is then expected after write-off.

    `by_rating` where the hazard table has a column of ratings; every contract then has one.
    """

    prepayments: Versions
    hazards: Versions
    performing: Versions
    by_rating: bool
    losses: Versions
    recoveries: Versions | None

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
            read_rows(prepayment),
            read_rows(hazard),
            read_rows(loss_given_default),
            None if recovery is None else read_rows(recovery),
            files=(str(prepayment), str(hazard), str(loss_given_default), str(recovery or "")),
        )

    @classmethod
    def from_rows(
        cls,
        prepayment: Iterable[Row],
        hazard: Iterable[Row],
        loss_given_default: Iterable[Row],
        recovery: Iterable[Row] | None = None,
        files: tuple[str, str, str, str] = ("prepayment", "hazard", "loss_given_default", "recovery"),
    ) -> Assumptions:
        """The tables of rows whose names are those of the curve files."""
        loss_rows, hazard_rows = list(loss_given_default), list(hazard)
        by_rating = bool(hazard_rows) and "rating" in hazard_rows[0]
        keys = ("scenario", "segment", *(("rating",) if by_rating else ()), "bucket")
        plain = _losses(loss_rows, "lgd_undiscounted", files[2])
        discounted = _losses(loss_rows, "lgd_discounted", files[2])
        both = {day: {**plain.tables[day], **discounted.tables[day]} for day in plain.days}
        return cls(
            prepayments=_versions(prepayment, ("segment",), "month_on_book", "single_monthly_mortality", 1, True, files[0]),
            hazards=_versions(hazard_rows, keys, "months_ahead", "hazard", 1, True, files[1]),
            performing=_versions(hazard_rows, keys, "months_ahead", "performing", 1, True, files[1]),
            by_rating=by_rating,
            losses=Versions(files[2], plain.days, both),
            recoveries=None
            if recovery is None
            else _versions(
                recovery,
                ("segment",),
                "months_since_write_off",
                "remaining_recovery_ratio",
                0,
                False,
                files[3],
            ),
        )

    def single_monthly_mortality(self, day: date, segment: str) -> Curve:
        """Share repaid in full at the end of a month on book (1..), in the version in force on `day`."""
        return self.prepayments.curve(day, (segment,))

    def default_curves(self, day: date, scenario: str, segment: str, bucket: str, rating: str | None) -> DefaultCurves:
        """Hazard and share performing by months ahead; the rating counts where the table has one."""
        key = (scenario, segment, *((rating or "",) if self.by_rating else ()), bucket)
        return DefaultCurves(self.hazards.curve(day, key), self.performing.curve(day, key))

    def loss_given_default(self, day: date, scenario: str, segment: str, *, discounted: bool) -> Curve:
        """Loss by months since default (0..), recoveries discounted to the default date or not."""
        column = "lgd_discounted" if discounted else "lgd_undiscounted"
        return self.losses.curve(day, (scenario, segment, column))

    def remaining_recovery_ratio(self, day: date, segment: str) -> Curve:
        """Share of the amount written off still expected, by months since write-off (0..)."""
        if self.recoveries is None:
            return Curve(0, (ZERO,), last_holds=False)
        return self.recoveries.curve(day, (segment,))


def read_rates(path: Lying, keys: tuple[str, ...], value_column: str) -> Versions:
    """A table of one rate a key and version, such as loss rates of fees or forfeitures a year."""
    return rates_from_rows(read_rows(path), keys, value_column, str(path))


def rates_from_rows(rows: Iterable[Row], keys: tuple[str, ...], value_column: str, file: str) -> Versions:
    """As `read_rates`, of rows whose names are those of the file.

    >>> rates = rates_from_rows([{"valid_from": "2023-01-01", "function": "sales", "rate": "0.1"}], ("function",), "rate", "f")
    >>> rates.rate(date(2024, 1, 1), ("sales",))
    Decimal('0.1')
    """
    return _versions(rows, keys, None, value_column, 0, True, file)


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


def _losses(rows: Iterable[Row], column: str, file: str) -> Versions:
    versions = _versions(rows, ("scenario", "segment"), "months_since_default", column, 0, True, file)
    tables = {day: {(*key, column): curve for key, curve in table.items()} for day, table in versions.tables.items()}
    return Versions(file, versions.days, tables)


def _versions(
    rows: Iterable[Row],
    keys: tuple[str, ...],
    month_column: str | None,
    value_column: str,
    first_month: int,
    last_holds: bool,
    file: str,
) -> Versions:
    """Gather rows into curves; months must run on without a gap from `first_month`. Without a month column, one value each."""
    gathered: dict[date, dict[Key, dict[int, Decimal]]] = {}
    for number, row in enumerate(rows, start=1):
        version, key, month, value = _curve_row(row, keys, month_column, value_column, file, number)
        months = gathered.setdefault(version, {}).setdefault(key, {})
        if month in months:
            raise _bad(file, number, month_column or keys[-1], str(month), "one row per key and month", "remove the double")
        months[month] = value
    if not gathered:
        raise UnusableInput(file=file, rule="a curve file has rows", remedy="give the curve or drop the source")
    tables: dict[date, dict[Key, Curve]] = {}
    for version in sorted(gathered):
        for key, months in gathered[version].items():
            expected = range(first_month, first_month + len(months))
            if sorted(months) != list(expected):
                raise UnusableInput(
                    file=file,
                    row=f"valid_from {version}, {' / '.join(key)}",
                    column=month_column,
                    rule=f"months run on from {first_month} without a gap",
                    remedy="add the missing months",
                )
            values = tuple(months[month] for month in expected)
            tables.setdefault(version, {})[key] = Curve(first_month, values, last_holds)
    return Versions(file, tuple(sorted(tables)), tables)


def _curve_row(
    row: Row, keys: tuple[str, ...], month_column: str | None, value_column: str, file: str, number: int
) -> tuple[date, Key, int, Decimal]:
    """Version, key, month and value of one row."""
    for column in ("valid_from", *keys, month_column, value_column):
        if column is not None and row.get(column) in (None, ""):
            raise _bad(file, number, column, "", "a curve row is complete", f"fill {column}")
    if month_column == "months_ahead" and int(as_decimal(row.get("month_on_book") or 0)) != 0:
        raise _bad(
            file,
            number,
            "month_on_book",
            str(row["month_on_book"]),
            "one table for all ages",
            "remove the row",
        )
    try:
        value = as_decimal(row[value_column])
        month = 0 if month_column is None else int(as_decimal(row[month_column]))
        version = as_day(row["valid_from"])
    except (InvalidOperation, ValueError) as wrong:
        raise _bad(file, number, value_column, str(row[value_column]), "dates and numbers", str(wrong)) from wrong
    if not ZERO <= value <= ONE:
        raise _bad(file, number, value_column, str(value), "between 0 and 1", "correct the curve")
    return version, tuple(str(row[key]) for key in keys), month, value


def _bad(file: str, number: int, column: str, value: str, rule: str, remedy: str) -> UnusableInput:
    return UnusableInput(file=file, row=str(number), column=column, value=value, rule=rule, remedy=remedy)

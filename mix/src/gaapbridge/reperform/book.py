"""The contracts of one kind in a run: what was measured of them, and how each is calculated again."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from gaapbridge.reperform.calculation import Calculate
from gaapbridge.reperform.sample import Strata, rows
from gaapbridge.reperform.tapes import Tape, column_values
from gaapbridge.terms.errors import UnusableInput, nearest


@dataclass(frozen=True)
class Book:
    """Loans, guarantees or awards of a run.

    `columns` must be measured; those that `may_be_absent` are compared where they are. `carried` columns rest on an
    opening that no tape of the run describes. `calculations` reads the sources of the contracts wanted.
    """

    kind: str
    measurements: tuple[Path, ...]
    columns: tuple[str, ...]
    may_be_absent: Callable[[str], bool]
    carried: frozenset[str]
    strata: Strata
    tapes: tuple[tuple[Tape, str], ...]
    calculations: Callable[[Collection[str]], Mapping[str, Calculate]]

    @property
    def not_checked(self) -> tuple[str, ...]:
        """What cannot be compared, and why."""
        other = ", ".join(self._other_columns())
        reasons = [f"measured columns of a {self.kind} that are not calculated here: {other}"] if other else []
        if self.carried:
            prior = "brought forward from the prior run, which has its own re-performance"
            reasons.append(f"opening figures of a {self.kind}: {prior}")
        return tuple(reasons)

    def require_columns(self, rows: Mapping[str, Collection[str]] | None = None) -> None:
        """Refuse a measurement without a promised column: it cannot be compared. Asked of the table's files, or of its ``rows``
        by contract, where these have been read."""
        parts = self._measured_columns() if rows is None else rows.items()
        for file, types in parts:
            for column in self.columns:
                if column not in types:
                    raise UnusableInput(
                        file=str(file),
                        column=column,
                        rule="a measurement has every column",
                        remedy=f"run the close again (found {', '.join(nearest(column, types))})",
                    )

    def listed(self) -> Iterator[str]:
        """The ids on the tapes."""
        for tape, column in self.tapes:
            yield from column_values(tape.path, tape.name_of(column))

    def measured_ids(self) -> Iterator[str]:
        """The ids measured."""
        yield from (str(row["contract_id"]) for row in rows(self.measurements, ("contract_id",)))

    def _other_columns(self) -> list[str]:
        """Whole-number columns of the measurements that the comparison does not reach."""
        found = {column for _, types in self._measured_columns() for column, type_name in types.items() if type_name == "int64"}
        return sorted(column for column in found.difference(self.columns) if not self.may_be_absent(column))

    def _measured_columns(self) -> Iterator[tuple[Path, dict[str, str]]]:
        import pyarrow.parquet as parquet
        from pyarrow import ArrowInvalid

        for file in self.measurements:
            try:
                yield file, {field.name: str(field.type) for field in parquet.read_schema(file)}
            except ArrowInvalid:
                remedy = "restore the run, or close the plan again"
                raise UnusableInput(file=str(file), rule="a measurement is a whole Parquet file", remedy=remedy) from None

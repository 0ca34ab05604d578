"""Re-performing a run: a sample of its measured contracts calculated again, independently, and compared."""

from __future__ import annotations

import csv
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gaapbridge.reperform.compare import Difference, compare_contract, expected_columns, may_be_absent
from gaapbridge.reperform.contract import Contract, Event
from gaapbridge.reperform.exact import ZERO, plain
from gaapbridge.reperform.row import Calculation, calculate_contract
from gaapbridge.reperform.sample import draw, rows
from gaapbridge.reperform.sources import Sources, Tape, read_sources
from gaapbridge.reperform.tapes import column_values, read_contracts, read_events
from gaapbridge.terms.errors import UnusableInput, nearest

SEED = 20231231
SHOWN = 20


@dataclass(frozen=True, slots=True)
class Reperformance:
    """The outcome: what was drawn, how many figures were compared, and every difference.

    `differences` includes those within rounding; `disagreements` are the others. `not_checked` says what
    could not be compared, and why.
    """

    run_folder: str
    seed: int | None
    population: int
    contract_ids: tuple[str, ...]
    strata: dict[str, int]
    figures_compared: int
    differences: tuple[Difference, ...]
    not_checked: tuple[str, ...]

    @property
    def disagreements(self) -> tuple[Difference, ...]:
        """Differences that rounding does not explain."""
        return tuple(found for found in self.differences if found.verdict == "disagreement")

    @property
    def within_rounding(self) -> tuple[Difference, ...]:
        """Differences of an amount near half a minor unit, or of a test at its threshold."""
        return tuple(found for found in self.differences if found.verdict != "disagreement")

    def as_dict(self) -> dict[str, object]:
        """For `--format json`."""
        return {
            "run": self.run_folder,
            "seed": self.seed,
            "population": self.population,
            "contracts": len(self.contract_ids),
            "strata": self.strata,
            "figures_compared": self.figures_compared,
            "within_rounding": [found.as_dict() for found in self.within_rounding],
            "disagreements": [found.as_dict() for found in self.disagreements],
            "not_checked": list(self.not_checked),
        }

    def as_text(self) -> str:
        """For reading: counts first, then the disagreements, then what was not checked."""
        lines = [
            f"Independent calculation of {len(self.contract_ids):,} of {self.population:,} measured contracts"
            + ("" if self.seed is None else f" (seed {self.seed})"),
            f"  figures compared    {self.figures_compared:>10,}",
            f"  within rounding     {len(self.within_rounding):>10,}",
            f"  disagreements       {len(self.disagreements):>10,}",
        ]
        lines += [f"  drawn {count:>6,}  {stratum}" for stratum, count in self.strata.items()]
        for title, found in (
            ("Disagreements", self.disagreements),
            ("Within rounding", self.within_rounding),
        ):
            if found:
                lines += ["", title, *(_line(one) for one in found[:SHOWN])]
                lines += [f"  and {len(found) - SHOWN:,} more"] if len(found) > SHOWN else []
        if self.not_checked:
            lines += ["", "Not checked", *(f"  {reason}" for reason in self.not_checked)]
        return "\n".join(lines) + "\n"


def reperform(
    run_folder: Path,
    sample: int | None = 100,
    seed: int = SEED,
    contract_ids: Collection[str] | None = None,
) -> Reperformance:
    """Calculate a sample of a run's contracts again and compare every figure.

    `sample` None takes all; `contract_ids` takes exactly those. Sources must be unchanged since the run
    (UnusableInput otherwise). Without given ids the tapes are also searched for contracts that were neither
    measured nor rejected.
    """
    sources = read_sources(Path(run_folder))
    _require_columns(sources)
    drawn = draw(sources.measurements, _sample_size(sample, sources), seed)
    if contract_ids is not None:
        chosen: tuple[str, ...] = tuple(dict.fromkeys(contract_ids))
    else:
        chosen = drawn.contract_ids
    wanted = frozenset(chosen)
    measured = {str(row["contract_id"]): row for row in rows(sources.measurements, wanted=wanted)}
    _require_known(chosen, measured, sources)
    opening, closing, events = _tape_rows(sources, wanted)
    skip, not_checked = _not_checked(sources)
    compared, found = 0, list[Difference]()
    for contract_id in chosen:
        if contract_id not in opening and contract_id not in closing:
            found.append(_missing(contract_id, "measured", "not on the tapes"))
            continue
        count, differing = compare_contract(
            measured[contract_id],
            opening.get(contract_id),
            closing.get(contract_id),
            events.get(contract_id, ()),
            sources.assumptions,
            sources.elections,
            skip=skip,
        )
        compared += count
        found += differing
    if contract_ids is None:
        found += _unmeasured(sources)
    return Reperformance(
        run_folder=str(run_folder),
        seed=seed if contract_ids is None and sample is not None else None,
        population=drawn.population,
        contract_ids=chosen,
        strata=drawn.strata if contract_ids is None else {},
        figures_compared=compared,
        differences=tuple(found),
        not_checked=not_checked,
    )


def calculate_one(run_folder: Path, contract_id: str) -> tuple[Calculation, tuple[Difference, ...]]:
    """One measured contract of a run calculated with every step, and its differences from the run."""
    sources = read_sources(Path(run_folder))
    _require_columns(sources)
    measured = {str(row["contract_id"]): row for row in rows(sources.measurements, wanted={contract_id})}
    _require_known((contract_id,), measured, sources)
    opening, closing, events = _tape_rows(sources, {contract_id})
    before, after, happened = opening.get(contract_id), closing.get(contract_id), events.get(contract_id, ())
    if before is None and after is None:
        raise UnusableInput(value=contract_id, rule="measured, but on no tape", remedy="restore the tapes")
    assumptions, elections, row = sources.assumptions, sources.elections, measured[contract_id]
    skip, _ = _not_checked(sources)
    _, found = compare_contract(row, before, after, happened, assumptions, elections, skip=skip)
    return calculate_contract(before, after, happened, assumptions, elections), tuple(found)


def _sample_size(sample: int | None, sources: Sources) -> int:
    if sample is not None:
        return max(sample, 1)
    import pyarrow.parquet as parquet

    counts: list[int] = [parquet.read_metadata(file).num_rows for file in sources.measurements]
    return max(sum(counts), 1)


def _require_columns(sources: Sources) -> None:
    """A measurement without a promised column cannot be compared."""
    import pyarrow.parquet as parquet

    for file in sources.measurements:
        known = set(parquet.read_schema(file).names)
        for column in expected_columns():
            if column not in known:
                raise UnusableInput(
                    file=str(file),
                    column=column,
                    rule="a measurement has every column",
                    remedy=f"run the close again (found {', '.join(nearest(column, known))})",
                )


def _require_known(chosen: tuple[str, ...], measured: dict[str, dict[str, Any]], sources: Sources) -> None:
    for contract_id in chosen:
        if contract_id not in measured:
            near = nearest(contract_id, (row["contract_id"] for row in rows(sources.measurements, ("contract_id",))))
            raise UnusableInput(
                value=contract_id,
                rule="not a contract of this run",
                remedy=f"nearest: {', '.join(near) or 'none'}",
            )


def _tape_rows(
    sources: Sources, wanted: Collection[str]
) -> tuple[dict[str, Contract], dict[str, Contract], dict[str, tuple[Event, ...]]]:
    """The sample's rows of both tapes and its events."""
    digits = sources.elections.minor_digits
    sides = [
        {} if tape is None else read_contracts(tape.path, tape.names, tape.amounts, digits, wanted)
        for tape in (sources.opening, sources.closing)
    ]
    tape = sources.events
    events = {} if tape is None else read_events(tape.path, tape.names, tape.amounts, digits, wanted)
    return sides[0], sides[1], events


def _not_checked(sources: Sources) -> tuple[frozenset[str], tuple[str, ...]]:
    """Columns that cannot be compared in this run; and why, with the measured columns not calculated here."""
    reasons = []
    other = _other_columns(sources)
    if other:
        reasons.append(f"measured columns that are not calculated here: {', '.join(other)}")
    if sources.opening is not None or not sources.opening_is_carried:
        return frozenset(), tuple(reasons)
    columns = {column for column in expected_columns() if column.startswith("opening_")} | {"stage_opening"}
    reasons.append("opening figures: brought forward from the prior run, which has its own re-performance")
    return frozenset(columns), tuple(reasons)


def _other_columns(sources: Sources) -> list[str]:
    """Whole-number columns of the measurements that the comparison does not reach."""
    import pyarrow.parquet as parquet

    known = set(expected_columns())
    return sorted(
        {
            field.name
            for file in sources.measurements
            for field in parquet.read_schema(file)
            if str(field.type) == "int64" and field.name not in known and not may_be_absent(field.name)
        }
    )


def _unmeasured(sources: Sources) -> list[Difference]:
    """Contracts on a tape that the run neither measured nor rejected, though they can be measured."""
    known = {str(row["contract_id"]) for row in rows(sources.measurements, ("contract_id",))}
    known |= _rejected(sources.run_folder / "rejects.csv")
    missing: dict[str, None] = {}
    for tape in (sources.opening, sources.closing):
        if tape is not None:
            missing.update(dict.fromkeys(one for one in _ids(tape) if one not in known))
    if not missing:
        return []
    opening, closing, events = _tape_rows(sources, missing)
    found = []
    for contract_id in missing:
        before, after = opening.get(contract_id), closing.get(contract_id)
        if before is None and after is None:
            found.append(_missing(contract_id, "neither measured nor rejected", "on a tape, unusable"))
            continue
        happened = events.get(contract_id, ())
        calculated = calculate_contract(before, after, happened, sources.assumptions, sources.elections, detail=False)
        if calculated.states and not calculated.problem:
            found.append(_missing(contract_id, "neither measured nor rejected", "on a tape"))
    return found


def _ids(tape: Tape) -> Iterator[str]:
    return column_values(tape.path, tape.names.get("contract_id", "contract_id"))


def _rejected(path: Path) -> set[str]:
    if not path.is_file():
        return set()
    with path.open(newline="", encoding="utf-8-sig") as opened:
        return {row.get("contract_id") or "" for row in csv.DictReader(opened)}


def _missing(contract_id: str, measured: str, calculated: str) -> Difference:
    return Difference(contract_id, "contract_id", measured, calculated, ZERO, "disagreement", "")


def _line(found: Difference) -> str:
    """One difference on one line."""
    exact = f" exact {plain(found.exact, 7)}" if isinstance(found.measured, int) else ""
    reason = f" ({found.reason})" if found.reason else ""
    measured, here = f"measured {found.measured}", f"here {found.calculated}"
    return f"  {found.contract_id}  {found.column}  {measured}  {here}{exact}{reason}"

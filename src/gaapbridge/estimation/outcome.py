"""What an estimation comes to: which tables were written, of which history, how each cell was made, and what was found."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
import polars as pl

from gaapbridge.assumptions.curve_tables import BUCKETS
from gaapbridge.contracts.rejects import by_rule, rejected_rows, rows_named
from gaapbridge.estimation.fitting import Curves
from gaapbridge.estimation.months import FEWEST_MONTHS, MONTHS_A_YEAR
from gaapbridge.estimation.scenarios.weighed import HEAD, scenario_rows, scenario_words
from gaapbridge.estimation.seen import Seen, last_day
from gaapbridge.estimation.validation.conclusions import HEADLINE, RULES, headline_texts, rules_texts
from gaapbridge.form import Table
from gaapbridge.notebook import result_html
from gaapbridge.plan.history import Exclusion
from gaapbridge.plan.history_file import HistoryPlan
from gaapbridge.run.shown import findings_shown
from gaapbridge.terms.finding import Finding
from gaapbridge.terms.text import LONGEST_VALUE, shortened, text_of, visible

SHOWN = 20
"""Broken rules that the text shows; the file of rejects has them all."""


@dataclass(frozen=True)
class SourceRead:
    """One tape of a history: its name in the plan, its files with their hashes and rows, all its rows, and control totals
    (name, stated, found)."""

    source: str
    files: tuple[tuple[str, str, int], ...]
    rows: int
    rejected_rows: int
    controls: tuple[tuple[str, int, int], ...]

    def as_dict(self) -> dict[str, Any]:
        """For JSON."""
        controls = {name: {"stated": stated, "found": found, "held": stated == found} for name, stated, found in self.controls}
        files = [{"file": file, "sha256": sha256, "rows": rows} for file, sha256, rows in self.files]
        counted = {"rows": self.rows, "rejected_rows": self.rejected_rows}
        return {"source": self.source, "files": files, **counted, "control_totals": controls}


@dataclass(frozen=True)
class Figures:
    """What curves of one month end come to.

    By segment and bucket the share that defaults within twelve months of those who do not leave otherwise, by segment the loss
    given a fresh default, undiscounted, and the mean monthly prepayment at ages seen.
    """

    known: int
    default_in_a_year: dict[tuple[str, str], float]
    loss_given_default: dict[str, float]
    prepayment: dict[str, float]

    @classmethod
    def of(cls, curves: Curves, segments: Sequence[str]) -> Figures:
        """The figures of some curves."""
        within = 1.0 - np.prod(1.0 - curves.defaults.hazard[..., :MONTHS_A_YEAR], axis=-1)
        defaults = {
            (segment, bucket): float(within[number, place])
            for number, segment in enumerate(segments)
            for place, bucket in enumerate(BUCKETS)
        }
        losses = curves.losses
        lost = {} if losses is None else dict(zip(segments, losses.lgd_undiscounted[:, 0].tolist(), strict=True))
        first, last = curves.defaults.prepayment.seen or (1, 1)
        paid = curves.defaults.mortality[:, first - 1 : last].mean(axis=1).tolist()
        return cls(curves.known, defaults, lost, dict(zip(segments, paid, strict=True)))

    def __or__(self, other: Figures) -> Figures:
        """Those of one month end and of further segments."""
        return Figures(
            self.known, self.default_in_a_year | other.default_in_a_year, self.loss_given_default | other.loss_given_default,
            self.prepayment | other.prepayment,
        )  # fmt: skip

    def as_dict(self) -> dict[str, Any]:
        """For JSON."""
        defaults = [{"segment": s, "bucket": b, "default_within_12_months": p} for (s, b), p in self.default_in_a_year.items()]
        return {
            "known_at": str(last_day(self.known)), "defaults": defaults, "loss_given_default": self.loss_given_default,
            "prepayment_a_month": self.prepayment,
        }  # fmt: skip


@dataclass(frozen=True)
class Effect:
    """What a dated rule moves: figures under all rules, and under all but this one."""

    rule: Exclusion
    with_it: Figures
    without_it: Figures

    def as_dict(self) -> dict[str, Any]:
        """For JSON."""
        rule = self.rule.model_dump(mode="json", by_alias=True, exclude_none=True)
        return {"rule": rule, "with": self.with_it.as_dict(), "without": self.without_it.as_dict()}


@dataclass(frozen=True)
class KindEstimated:
    """The curves of one kind of contracts: their folder and files, the history, the figures, and how each cell was made."""

    kind: str
    folder: Path
    files: Mapping[str, str]
    segments: tuple[str, ...]
    sources: tuple[SourceRead, ...]
    seen: Seen
    figures: tuple[Figures, ...]
    told: Mapping[str, list[dict[str, Any]]]
    effects: tuple[Effect, ...]
    details: Mapping[str, Any]
    findings: tuple[Finding, ...]
    rejects: pl.DataFrame

    def as_dict(self) -> dict[str, Any]:
        """For JSON: what ``estimation.json`` holds but the version of the code."""
        look_back = {"months_whose_state_is_not_known": self.seen.no_look_back, "fewest_months": FEWEST_MONTHS}
        return {
            "kind": self.kind,
            "folder": str(self.folder),
            "known_at": [str(last_day(one.known)) for one in self.figures],
            "segments": list(self.segments),
            "contracts": self.seen.contracts,
            "contract_months": self.seen.months,
            "look_back": look_back,
            "sources": [source.as_dict() for source in self.sources],
            "tables": {name: {"sha256": sha256, "told": self.told.get(name, [])} for name, sha256 in self.files.items()},
            "figures": [one.as_dict() for one in self.figures],
            "exclusions": [one.as_dict() for one in self.effects],
            **self.details,
            "findings": [finding.as_dict() for finding in self.findings],
            "rejects": self.rejects.height,
        }


@dataclass(frozen=True)
class AwardsEstimated:
    """The forfeiture rates of awards: their folder and file, the history, how each row was made, and what was found."""

    kind: str
    folder: Path
    files: Mapping[str, str]
    sources: tuple[SourceRead, ...]
    table: pl.DataFrame
    told: tuple[Mapping[str, Any], ...]
    contract_months: int
    findings: tuple[Finding, ...]
    rejects: pl.DataFrame

    details: ClassVar[Mapping[str, Any]] = {}

    def as_dict(self) -> dict[str, Any]:
        """For JSON: what ``estimation.json`` holds but the version of the code."""
        return {
            "kind": self.kind,
            "folder": str(self.folder),
            "known_at": sorted({one["known_at"] for one in self.told}),
            "contract_months": self.contract_months,
            "sources": [source.as_dict() for source in self.sources],
            "tables": {name: {"sha256": sha256, "told": list(self.told)} for name, sha256 in self.files.items()},
            "findings": [finding.as_dict() for finding in self.findings],
            "rejects": self.rejects.height,
        }


@dataclass(frozen=True)
class Estimation:
    """The tables estimated from a plan's history, by kind of contract."""

    plan: HistoryPlan
    folder: Path
    kinds: tuple[KindEstimated | AwardsEstimated, ...]

    @property
    def findings(self) -> tuple[Finding, ...]:
        """What was found of all histories."""
        return tuple(finding for kind in self.kinds for finding in kind.findings)

    @property
    def exit_code(self) -> int:
        """0 where no more was found than the plan bears, else 1."""
        return 1 if len(self.findings) > self.plan.history.findings else 0

    def as_dict(self) -> dict[str, Any]:
        """For ``--format json``."""
        return {
            "plan": str(self.plan.path),
            "entity": self.plan.entity.name,
            "folder": str(self.folder),
            "kinds": [kind.as_dict() for kind in self.kinds],
            "findings": [finding.as_dict() for finding in self.findings],
            "exit_code": self.exit_code,
        }

    def as_text(self, width: int | None = None) -> str:
        """For a terminal: what was read, what each cell rests on, what rules move, what was found, and where the tables are."""
        known = ", ".join(str(day) for day in self.plan.known_at)
        parts: list[list[str]] = [[f"{self.plan.path.name}: {self.plan.entity.name}, curves as known at {known}"]]
        for kind in self.kinds:
            parts += [list(part) for part in _told(kind, width)]
        parts.append(list(self._scenarios(width)))
        parts.append(list(self._verdict()))
        return "\n\n".join(text_of(lines, width) for lines in parts if lines)

    def __repr__(self) -> str:
        return visible(f"Estimation({str(self.folder)!r}: {len(self.kinds)} kinds, {len(self.findings):,} findings)")

    def _repr_html_(self) -> str:
        known = ", ".join(str(day) for day in self.plan.known_at)
        rows = tuple((one.source, one.rows, one.rejected_rows) for kind in self.kinds for one in kind.sources)
        read = Table("Sources", ("source", "rows", "rejected"), rows)
        heading = f"{self.plan.path.name}: {self.plan.entity.name}, curves as known at {known}, in {self.folder}"
        return result_html([[heading], [read], *([table] for table in findings_shown(self.findings))])

    def _scenarios(self, width: int | None) -> Iterator[str]:
        """The odds of each scenario, with its weights at the closing."""
        if self.plan.history.kinds:
            yield "Scenarios, as stated"
            yield from Table("", HEAD, tuple(scenario_rows(self.plan))).as_lines(width)
            yield from (f"  {words}" for words in scenario_words(self.plan))

    def _verdict(self) -> Iterator[str]:
        if self.findings:
            yield f"Findings: {len(self.findings)}; the plan bears {self.plan.history.findings}"
            yield from (f"  {one.sentence}. Remedy: {one.remedy}." for one in self.findings)
        for kind in self.kinds:
            report = kind.details.get("validation") or {}
            yield f"Written: {', '.join((*kind.files, *report.get('files', ())))} in {kind.folder}"


def _told(kind: KindEstimated | AwardsEstimated, width: int | None) -> Iterator[Iterator[str]]:
    """The parts of the text about one kind."""
    if isinstance(kind, AwardsEstimated):
        yield _read_of(kind.sources, width)
        yield _forfeited(kind, width)
        yield _rejected(kind.rejects)
        return
    yield _read(kind, width)
    yield _cells(kind, width)
    yield _moved(kind, width)
    yield _tested(kind, width)
    yield _rejected(kind.rejects)


def _read_of(sources: Sequence[SourceRead], width: int | None) -> Iterator[str]:
    rows = tuple((one.source, one.rows, one.rejected_rows) for one in sources)
    yield from Table("", ("source", "rows", "rejected"), rows).as_lines(width)


def _forfeited(kind: AwardsEstimated, width: int | None) -> Iterator[str]:
    """The rates of the last version."""
    last = kind.table.filter(pl.col("valid_from") == pl.col("valid_from").max())
    if last.height:
        yield f"Forfeited a year, of unvested units, as known at {last['valid_from'][0]}"
        rows = tuple(
            (function, years, f"{rate:.1%}")
            for function, years, rate in last.select("function", "service_years", "annual_rate").iter_rows()
        )
        yield from Table("", ("function", "from years of service", "rate"), rows).as_lines(width)


def _read(kind: KindEstimated, width: int | None) -> Iterator[str]:
    yield from _read_of(kind.sources, width)
    yield f"  {kind.seen.contracts:,} contracts, {kind.seen.months:,} months on book"
    yield (
        f"  {kind.seen.no_look_back:,} months count from nowhere: within {FEWEST_MONTHS} months of a contract's first row "
        "nobody knows how it stood before"
    )


def _cells(kind: KindEstimated, width: int | None) -> Iterator[str]:
    """Default within twelve months by cell, in the last version."""
    last = kind.figures[-1]
    borrowed = _borrowed(kind, last.known)
    yield f"Default within 12 months, of those who do not leave otherwise, as known at {last_day(last.known)}"
    rows = tuple(
        (segment, *(_default(last.default_in_a_year[segment, bucket], bucket in borrowed) for bucket in BUCKETS))
        for segment in kind.segments
    )
    yield from Table("", ("segment", *BUCKETS), rows).as_lines(width)
    if borrowed:
        yield "  in brackets: nobody was seen there; it is the figure of another bucket, and no estimate"
    if last.loss_given_default:
        lost = tuple(
            (segment, f"{lgd:.1%}", f"{last.prepayment[segment]:.2%}") for segment, lgd in last.loss_given_default.items()
        )
        yield from Table("", ("segment", "loss given a fresh default", "prepaid a month"), lost).as_lines(width)


def _borrowed(kind: KindEstimated, known: int) -> set[str]:
    """Buckets in which nobody was seen by then."""
    cells = [cell for cell in kind.told.get("hazard.csv", ()) if cell["known_at"] == str(last_day(known))]
    return {cell["bucket"] for cell in cells if cell["made"] == "borrowed"}


def _default(chance: float, borrowed: bool) -> str:
    return f"({chance:.2%})" if borrowed else f"{chance:.2%}"


def _moved(kind: KindEstimated, width: int | None) -> Iterator[str]:
    for one in kind.effects:
        days = f" {one.rule.from_} to {one.rule.to}" if one.rule.from_ else ""
        yield f"With and without {one.rule.rule}{days} ({one.rule.reason}), as known at {last_day(one.with_it.known)}"
        borrowed = _borrowed(kind, one.with_it.known)
        rows = tuple(
            (segment, *(_both(one, segment, bucket, bucket in borrowed) for bucket in BUCKETS), _both_losses(one, segment))
            for segment in kind.segments
        )
        yield from Table("", ("segment", *BUCKETS, "loss given default"), rows).as_lines(width)


def _both(effect: Effect, segment: str, bucket: str, borrowed: bool) -> str:
    cell = segment, bucket
    return " / ".join(_default(one.default_in_a_year[cell], borrowed) for one in (effect.with_it, effect.without_it))


def _both_losses(effect: Effect, segment: str) -> str:
    lost = (one.loss_given_default.get(segment) for one in (effect.with_it, effect.without_it))
    return " / ".join("none" if one is None else f"{one:.1%}" for one in lost)


def _tested(kind: KindEstimated, width: int | None) -> Iterator[str]:
    """What was expected and what came: what it comes to, and a table a test."""
    report = kind.details.get("validation")
    if report is None:
        return
    yield "Expected and came, on contracts and at month ends that curves were not fitted to"
    yield from (f"  {words}" for words in report["conclusions"])
    for test in report["tests"]:
        yield from ("", f"{test['name'][0].upper()}{test['name'][1:]}")
        yield from Table("", HEADLINE, tuple(headline_texts(test))).as_lines(width)
        if moved := rules_texts(test, moved=True):
            yield ""
            yield from Table("", RULES, tuple(moved)).as_lines(width)


def _rejected(rejects: pl.DataFrame) -> Iterator[str]:
    if rejects.is_empty():
        return
    yield f"Rejected rows: {rejected_rows(rejects):,}"
    told = by_rule(rejects)
    for one in told.head(SHOWN).iter_rows(named=True):
        value = shortened(one["value"] or "", LONGEST_VALUE)
        rows = f"row{'s' if len(one['rows']) > 1 else ''} {rows_named(one['rows'])}"
        yield f"  {one['file']}, {rows}, {one['column']} {value}: {one['rule']}. Remedy: {one['remedy']}."
    if told.height > SHOWN:
        yield f"  and {told.height - SHOWN:,} more, all in rejects.csv"

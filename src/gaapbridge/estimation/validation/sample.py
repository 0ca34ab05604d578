"""One test of curves: contracts that were not in the fit, or months that were not, on openings that are alike."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gaapbridge.estimation import months as m
from gaapbridge.estimation.fitted import Fitted
from gaapbridge.estimation.seen import last_day
from gaapbridge.estimation.validation.book import Book, Places, book_at
from gaapbridge.estimation.validation.cells import DEFAULT, OUTCOMES, PREPAYMENT, Grid, Tally
from gaapbridge.estimation.validation.conditions import Conditions
from gaapbridge.estimation.validation.course import Course
from gaapbridge.estimation.validation.distinct import Distinct
from gaapbridge.estimation.validation.expected import before_the_last, expected
from gaapbridge.estimation.validation.in_default import InDefault
from gaapbridge.estimation.validation.limits import FROZEN
from gaapbridge.estimation.validation.observed import NEVER, Observed, observed
from gaapbridge.estimation.validation.run_off import LossTerms, RunOff
from gaapbridge.estimation.validation.scores import Scores, calibration, discrimination, drift, stability
from gaapbridge.estimation.validation.summary import run_off_summary
from gaapbridge.estimation.validation.verdict import summed_up, verdicts
from gaapbridge.terms.errors import UnusableInput

Numbers = NDArray[np.float64]

POPULATION = ("bucket", "segment", "age", "balance")
"""By what a book is held against that of the first opening."""


@dataclass(frozen=True)
class Tested:
    """Curves with the contracts that they are tested on: those of a fold left out of the fit, all of them where it is None."""

    fitted: Fitted
    fold: int | None
    terms: LossTerms | None


@dataclass
class Sample:
    """A test: at every opening the curves tested there, and what is added up chunk by chunk.

    ``out_of_time``: on months after those of the fit; else, out of sample, on other contracts of the same months.
    ``weekend``: all its openings are month ends on a Saturday or Sunday; else none is.
    """

    openings: tuple[int, ...]
    until: int
    conditions: Conditions
    tested: Mapping[int, tuple[Tested, ...]]
    out_of_time: bool
    weekend: bool
    tally: Tally = field(init=False)
    scores: Scores = field(init=False)
    course: Course = field(init=False)
    run_off: RunOff = field(init=False)
    in_default: InDefault = field(init=False)
    outside: dict[str, int] = field(init=False, default_factory=dict)

    def __post_init__(self) -> None:
        self.tally = Tally(Grid(self.conditions, self.openings))
        self.scores, self.course = Scores(self.openings), Course(self.conditions)
        self.run_off = RunOff(self.openings, self.until)
        self.in_default = InDefault(self.openings, self.until, len(self.conditions.segments))

    @property
    def name(self) -> str:
        """What a reader calls it: ``out of time, month ends on a working day``."""
        held_out, day = "time" if self.out_of_time else "sample", "weekend" if self.weekend else "working day"
        return f"out of {held_out}, month ends on a {day}"

    def add(self, months: m.Months, standing: m.Tiny) -> None:
        """Add a chunk: the book of each opening, what its curves expect of it, and what came."""
        before: list[tuple[Book, Places, list[tuple[Numbers, Numbers]]]] = []
        for opening in self.openings:
            book = book_at(months, standing, opening)
            came = observed(months, standing, book, self.until)
            self._outside(book, came)
            cells = self.tally.grid.of(book)
            shared: list[tuple[Numbers, Numbers]] = [
                (np.zeros(len(book.row)), np.zeros((len(before), len(book.row)))) for _ in OUTCOMES
            ]
            for one in self.tested[opening]:
                which = np.ones(len(book.row), dtype=np.bool_) if one.fold is None else book.fold == one.fold
                if one.fold is None and one.terms is not None:
                    self.in_default.add(months, standing, opening, one.terms, one.fitted.default_days)
                found = self._tested(book.chosen(which), came.chosen(which), cells[:, which], one, before)
                for (probability, overlap), (own, own_overlap) in zip(shared, found, strict=True):
                    probability[which], overlap[:, which] = own, own_overlap
            self._share(book, cells, shared, before)
            before.append((book, cells, shared))

    def _tested(
        self, book: Book, came: Observed, cells: Places, one: Tested, before: list[Any]
    ) -> list[tuple[Numbers, Numbers]]:
        """Add what some contracts of an opening have come to; their probabilities, and those of the months that the windows of
        the openings before have in common with theirs."""
        window = self.conditions.window_months
        ahead = expected(book, one.fitted, max(window, self.until - book.opening))
        watched = np.minimum(came.seen, window)
        self.tally.count(book, cells)
        found = []
        for outcome, table, month in ((DEFAULT, ahead.recognised, came.default), (PREPAYMENT, ahead.prepaid, came.prepaid)):
            counted = watched if outcome == DEFAULT else np.minimum(watched, before_the_last(book))
            probability = ahead.within(table, counted)
            happened = (month != NEVER) & (month <= window)
            self.tally.add(outcome, book, cells, probability, happened)
            if outcome == DEFAULT:
                self.scores.add(book.opening, probability, happened)
            reach = [np.minimum(counted, max(0, window - (book.opening - other.opening))) for other, _, _ in before]
            shared = np.array([ahead.within(table, months) for months in reach]).reshape(len(before), len(book.row))
            found.append((probability, shared))
        self.course.add(book, ahead, came)
        if one.terms is not None:
            self.run_off.add(book, ahead, came, one.terms, one.fitted.default_days)
        return found

    def _share(self, book: Book, cells: Places, shared: list[tuple[Numbers, Numbers]], before: list[Any]) -> None:
        """Add the covariances with earlier openings: one outcome in the months that two windows share counts at both."""
        for place, (other, other_cells, other_shared) in enumerate(before):
            _, here, there = np.intersect1d(book.contract, other.contract, assume_unique=True, return_indices=True)
            same = np.where(cells[:, here] == other_cells[:, there], cells[:, here], -1)
            balances = book.balance_minor[here].astype(np.float64) * other.balance_minor[there]
            for outcome, (_, overlap) in enumerate(shared):
                common = overlap[place, here]
                earlier = np.maximum(other_shared[outcome][0][there], common)
                self.tally.share(outcome, same, common * (1.0 - earlier), balances)

    def _outside(self, book: Book, came: Observed) -> None:
        window = min(self.conditions.window_months, self.until - book.opening)
        told = {
            **book.outside,
            "left within the window, counted until then": int((came.seen < window).sum()),
            FROZEN: int(((came.frozen != NEVER) & (came.frozen <= window)).sum()),
        }
        for name, number in told.items():
            self.outside[name] = self.outside.get(name, 0) + number

    def told(self, distinct: Distinct) -> dict[str, Any]:
        """What the test has come to, as plain words and numbers. Out of time intervals have the error of the curves, as
        ``distinct`` tells it, and the allowance for the calendar; out of sample neither."""
        calendar_allowance = self.conditions.calendar_allowance if self.out_of_time else 0.0
        rows = verdicts(self.tally, distinct if self.out_of_time else None, calendar_allowance)
        if not rows:
            raise UnusableInput(
                column="openings",
                value=", ".join(str(last_day(one)) for one in self.openings),
                rule="some contract is on book at an opening and not in default, its look-back and months on book counted",
                remedy="name openings at which contracts have the months on book that origins states, or leave origins out",
            )
        together = self.scores.counts.sum(axis=0)
        terms = [tested[0].terms for tested in self.tested.values()]
        known = tuple(one for one in terms if one is not None)
        run_off = self.run_off.rows(known, self.conditions) if known and len(known) == len(self.openings) else []
        (total,) = (row for row in rows if row["dimension"] == "all" and row["outcome"] == OUTCOMES[DEFAULT])
        return {
            "name": self.name, "out_of_time": self.out_of_time, "weekend": self.weekend,
            "openings": [last_day(one).isoformat() for one in self.openings],
            "window_months": self.conditions.window_months, "calendar_allowance": calendar_allowance,
            "outside": self.outside,
            "summary": summed_up(rows), "run_off_summary": run_off_summary(run_off), "cells": rows,
            "discrimination": [
                {"opening": name, **found}
                for name, counts in [("all openings", together), *self._by_opening()]
                if (found := discrimination(counts)) is not None
            ],
            "calibration": calibration(together, self.conditions.alpha, total, self.conditions.least_expected),
            "stability": self._stability(rows),
            "months_ahead": self.course.rows(),
            "run_off": run_off,
            "in_default": self.in_default.rows(known, self.conditions) if run_off else [],
        }  # fmt: skip

    def _by_opening(self) -> list[tuple[str, NDArray[np.int64]]]:
        return [(last_day(one).isoformat(), self.scores.counts[at]) for at, one in enumerate(self.openings)]

    def _stability(self, rows: list[dict[str, Any]]) -> dict[str, Any]:
        """How far books moved from the first opening to each other, and how observed over expected drifts."""
        counts, dimensions = self.tally.contracts, np.array([dimension for dimension, _ in self.tally.grid.names()])
        moved = [
            {
                "opening": last_day(one).isoformat(),
                **{of: stability(counts[0, dimensions == of], counts[at, dimensions == of]) for of in POPULATION},
            }
            for at, one in enumerate(self.openings)
        ]  # fmt: skip
        by_opening = [row for row in rows if row["dimension"] == "opening"]
        drifts = {}
        for outcome in OUTCOMES:
            own = {row["cell"]: row for row in by_opening if row["outcome"] == outcome}
            at = [one for one in self.openings if last_day(one).isoformat() in own]
            of = [own[last_day(one).isoformat()] for one in at]
            drifts[outcome] = drift(at, [row["expected"] for row in of], [row["came"] for row in of])
        return {"openings": moved, "drift": drifts}

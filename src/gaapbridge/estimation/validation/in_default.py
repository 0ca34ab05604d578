"""Contracts in default at an opening: what their loss curve expected to be charged off and lost of them, against what came."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gaapbridge.estimation.episodes import states
from gaapbridge.estimation.months import Months, Tiny
from gaapbridge.estimation.seen import last_day
from gaapbridge.estimation.validation.book import Places, defaulted_at
from gaapbridge.estimation.validation.cells import NOTHING_COUNTED
from gaapbridge.estimation.validation.conditions import Conditions
from gaapbridge.estimation.validation.intervals import interval_of_number
from gaapbridge.estimation.validation.observed import NEVER, observed
from gaapbridge.estimation.validation.run_off import LossTerms, amount_held, spreads
from gaapbridge.measure.outcomes import EXACT_BELOW_VARIANCE, Counted, count_out

Numbers = NDArray[np.float64]

BANDS = ((0, "0 months"), (1, "1 to 3"), (4, "4 to 11"), (12, "12 and more"))
"""Whole months in default at the opening from which a band begins, and what it is called."""


@dataclass
class InDefault:
    """Sums by opening of contracts in default there, of which the curves of the day are asked what comes by the history's end.

    ``sums``: charge-offs expected (number), what they amount to, its variance by chance, the sum of squares by which severities
    of single contracts count, and the variance of their number. ``came``: contracts, what they owe, charge-offs, gross, lost of
    it. ``by_month``: gross expected by segment and month ahead; ``by_band``: contracts, gross expected and gross that came by
    months in default.
    """

    openings: tuple[int, ...]
    until: int
    segments: int
    sums: Numbers = field(init=False)
    came: Places = field(init=False)
    by_month: Numbers = field(init=False)
    by_band: Numbers = field(init=False)
    counted: dict[int, Counted | None] = field(init=False, default_factory=dict)

    def __post_init__(self) -> None:
        openings = len(self.openings)
        self.sums, self.by_band = np.zeros((openings, 5)), np.zeros((openings, len(BANDS), 3))
        self.came = np.zeros((openings, 5), dtype=np.int64)
        self.by_month = np.zeros((openings, self.segments, self.until - min(self.openings, default=self.until)))

    def add(self, months: Months, standing: Tiny, opening: int, terms: LossTerms, default_days: int) -> None:
        """Add those of a chunk. A contract first seen in default counts from its first month there."""
        told = terms.in_default
        if told is None:
            return
        at, whole, book = self.openings.index(opening), self.until - opening, defaulted_at(months, standing, opening)
        came = observed(months, standing, book, self.until)
        since = states(months, default_days).months_in[book.row]
        rows = told.charged_off[book.segment, np.minimum(since, told.charged_off.shape[1] - 1), :whole]
        share, owed = np.minimum(rows.sum(axis=1), 1.0), book.balance_minor.astype(np.float64)
        self.sums[at] += (
            share.sum(), (share * owed).sum(), (share * (1.0 - share) * owed**2).sum(),
            (share * owed**2).sum(), (share * (1.0 - share)).sum(),
        )  # fmt: skip
        np.add.at(self.by_month[at, :, :whole], book.segment, rows * owed[:, None])
        off = came.charged_off != NEVER
        lost = came.gross_minor.sum() - came.recovered_minor.sum()
        self.came[at] += (len(share), book.balance_minor.sum(), off.sum(), came.gross_minor.sum(), lost)
        band = np.searchsorted([first for first, _ in BANDS], since, side="right") - 1
        np.add.at(self.by_band[at], band, np.stack([np.ones_like(owed), share * owed, came.gross_minor], axis=1))
        before = self.counted.get(at, NOTHING_COUNTED)
        few = before is not None and self.sums[at, 4] < EXACT_BELOW_VARIANCE
        self.counted[at] = before.plus(Counted(*count_out(share))) if few and before is not None else None

    def rows(self, terms: tuple[LossTerms, ...], conditions: Conditions) -> list[dict[str, Any]]:
        """One row an opening at which anybody was in default: charge-offs, their amount, severity and loss, with intervals.

        As of a run-off the calendar strikes charge-offs by the allowance stated and severity by what it varied between years,
        and curves and severity are known no better than the charge-offs tell that they rest on.
        """
        return [
            self._row(at, one, conditions) for at, one in enumerate(terms) if self.came[at, 0] and one.in_default is not None
        ]

    def _row(self, at: int, terms: LossTerms, conditions: Conditions) -> dict[str, Any]:
        assert terms.in_default is not None, "asked where it is told"
        number, gross, chance, squares, of_one = (float(value) for value in self.sums[at])
        contracts, owed, came, came_gross, came_loss = (int(value) for value in self.came[at])
        whole = self.until - self.openings[at]
        of_segment = self.by_month[at, :, :whole]
        loss = sum(
            float(ahead.sum()) * terms.severity_by_end(ahead, float(in_the_end))
            for ahead, in_the_end in zip(of_segment, terms.in_default.severity, strict=True)
        )
        severity = loss / gross if gross > 0.0 else terms.severity
        of_gross, of_loss = spreads(gross, chance, squares, severity, terms, conditions)
        of_number, _ = spreads(number, of_one, 0.0, severity, terms, conditions)
        band = interval_of_number(number, of_number, self.counted[at], conditions.alpha)
        return {
            "opening": last_day(self.openings[at]).isoformat(), "until": last_day(self.until).isoformat(),
            "contracts": contracts, "owed_minor": owed, "expected_charge_offs": number, "charge_offs": came,
            "low": band.low, "high": band.high, "verdict": "inside" if band.holds(came) else "outside",
            "gross": amount_held(gross, came_gross, of_gross, conditions),
            "loss": amount_held(loss, came_loss, of_loss, conditions),
            "severity_expected": severity, "severity_came": came_loss / came_gross if came_gross else None,
            "rests_on": terms.charge_offs,
            "by_months_in_default": [
                {"months": name, "contracts": int(one[0]), "expected_minor": round(one[1]), "came_minor": round(one[2])}
                for (_, name), one in zip(BANDS, self.by_band[at].tolist(), strict=True)
            ],
        }  # fmt: skip

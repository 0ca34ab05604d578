"""Run-off: what is charged off and lost of an opening's book until the history ends, expected and come, severity apart."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gaapbridge.estimation.months import MONTHS_A_YEAR, UNKNOWN
from gaapbridge.estimation.seen import last_day
from gaapbridge.estimation.validation.book import Book, Places
from gaapbridge.estimation.validation.conditions import Conditions
from gaapbridge.estimation.validation.expected import Expectation, lag_of
from gaapbridge.estimation.validation.intervals import Spread, interval_of_amount
from gaapbridge.estimation.validation.observed import NEVER, Observed

Numbers = NDArray[np.float64]

AT_ONCE = 20_000
"""Contracts whose months ahead are held in memory together."""


@dataclass(frozen=True)
class InDefaultTerms:
    """What comes of contracts in default, as it was known on a day.

    ``charged_off``: segment x whole months in default (the last for all after it) x months ahead, share of what is owed that is
    charged off in that month, further defaults included; ``severity`` in the end by segment.
    """

    charged_off: Numbers
    severity: Numbers


@dataclass(frozen=True)
class LossTerms:
    """How a default becomes a loss, as it was known on a day.

    ``charged_off``: segment x whole months since recognition, share of the exposure at default that is charged off in that
    month, re-default included. ``severity``: share of what is charged off that is never recovered, net of cost;
    ``severity_between_contracts`` and ``severity_between_years`` its standard deviations; ``charge_offs`` how many distinct
    ones both rest on. ``to_come``: by whole months since charge-off, from 0, the share of it whose proceeds are expected later;
    after the last nothing is. ``in_default`` is what comes of contracts in default already, None where that is not told.
    """

    charged_off: Numbers
    severity: float
    severity_between_contracts: float
    severity_between_years: float
    charge_offs: int
    to_come: Numbers
    in_default: InDefaultTerms | None = None

    def severity_by_end(self, charged_off: Numbers, in_the_end: float | None = None) -> float:
        """Severity by the end of a history of what is charged off in each of its last months, the last of them the end itself.
        ``in_the_end`` is that of a segment, where it is not that of all.

        Severity 0.5 in the end, of which 0.2 comes after month 0 and 0.1 after month 1. Of 100 each in the last three months
        nothing comes after the end of the first, 10 of the second and 20 of the last: (50 + 60 + 70) / 300 = 0.6.
        """
        severity, gross = self.severity if in_the_end is None else in_the_end, float(charged_off.sum())
        since_end = charged_off[::-1][: len(self.to_come)]
        later = np.minimum(self.to_come[: len(since_end)], 1.0 - severity)
        return severity + float(since_end @ later) / gross if gross > 0.0 else severity


def exposure(book: Book, default_days: int, months: int) -> Numbers:
    """Balance at a default recognised in month t ahead: what was owed before the first instalment missed, N x months.

    X_t = P B_j / B_p with j = max(p, min(q + t - L - 1, n - 1)) on a level instalment. 1,000 at nothing a month with ten
    instalments left and 90 days: 1,000 for t = 1 to 4, then 900, 800 and so on.
    """
    lag, left = lag_of(default_days), book.remaining
    known = left != UNKNOWN
    count = np.where(known, np.maximum(left, 0) + book.missed, 1).astype(np.float64)[:, None]
    ahead = np.arange(1, months + 1)[None, :] - lag - 1
    paid = np.maximum(np.minimum(ahead, np.where(known, left, 1)[:, None] - 1) + book.missed[:, None], 0)
    rate = book.rate[:, None] / MONTHS_A_YEAR
    growth: Numbers = np.power(1.0 + rate, paid - count)
    with_interest: Numbers = (1.0 - growth) / np.where(rate > 0.0, 1.0 - np.power(1.0 + rate, -count), 1.0)
    share = np.where(rate > 0.0, with_interest, 1.0 - paid / np.maximum(count, 1.0))
    told = known[:, None] & (count > 0.0)
    owed = book.balance_minor[:, None] * np.where(told, np.clip(share, 0.0, 1.0), 1.0)
    return np.asarray(owed, dtype=np.float64)


@dataclass
class RunOff:
    """By opening: expected charge-offs (number), what they amount to and its variance by chance, the sum of their squares; and
    what came. ``by_month``: expected and come, gross, by month ahead."""

    openings: tuple[int, ...]
    until: int
    sums: Numbers = field(init=False)
    came: Places = field(init=False)
    by_month: Numbers = field(init=False)

    def __post_init__(self) -> None:
        self.sums = np.zeros((len(self.openings), 4))
        self.came = np.zeros((len(self.openings), 3), dtype=np.int64)
        self.by_month = np.zeros((len(self.openings), 2, self.until - min(self.openings, default=self.until)))

    def add(self, book: Book, ahead: Expectation, came: Observed, terms: LossTerms, default_days: int) -> None:
        """Add the contracts of a book, some at once; ``ahead`` reaches to the end of the history."""
        for first in range(0, len(book.row), AT_ONCE):
            which = np.zeros(len(book.row), dtype=np.bool_)
            which[first : first + AT_ONCE] = True
            part = Expectation(ahead.kind[which], ahead.horizon[which], ahead.recognised, ahead.prepaid, ahead.alive)
            self._add(book.chosen(which), part, came.chosen(which), terms, default_days)

    def _add(self, book: Book, ahead: Expectation, came: Observed, terms: LossTerms, default_days: int) -> None:
        at, whole = self.openings.index(book.opening), self.until - book.opening
        default = ahead.by_month(ahead.recognised, came.seen)[:, :whole]
        at_default = default * exposure(book, default_days, whole)
        reached = np.cumsum(terms.charged_off, axis=1)
        left = np.minimum(np.arange(whole - 1, -1, -1), reached.shape[1] - 1)  # of a default in month t the months to the end
        until_end = reached[:, left][book.segment]
        number, amount = (default * until_end).sum(axis=1), (at_default * until_end).sum(axis=1)
        each = np.divide(amount, number, out=np.zeros_like(amount), where=number > 0.0)
        self.sums[at] += (
            number.sum(), amount.sum(), (number * (1.0 - np.minimum(number, 1.0)) * each**2).sum(), (number * each**2).sum(),
        )  # fmt: skip
        for segment in np.unique(book.segment):
            owed = at_default[book.segment == segment].sum(axis=0)
            self.by_month[at, 0, :whole] += np.convolve(owed, terms.charged_off[segment])[:whole]
        off = came.charged_off != NEVER
        self.came[at] += (off.sum(), came.gross_minor.sum(), came.gross_minor.sum() - came.recovered_minor.sum())
        self.by_month[at, 1] += np.bincount(came.charged_off[off] - 1, came.gross_minor[off], self.by_month.shape[2])

    def rows(self, terms: tuple[LossTerms, ...], conditions: Conditions) -> list[dict[str, Any]]:
        """One row an opening: gross charge-off, severity and loss, each expected, come and with its interval.

        The calendar strikes gross charge-off by the allowance stated and severity by what it varied between years; curves and
        severity are known no better than the charge-offs tell that they rest on.
        """
        return [self._row(at, one, conditions) for at, one in enumerate(terms)]

    def _row(self, at: int, terms: LossTerms, conditions: Conditions) -> dict[str, Any]:
        number, gross, chance, squares = (float(value) for value in self.sums[at])
        came, came_gross, came_loss = (int(value) for value in self.came[at])
        severity = terms.severity_by_end(self.by_month[at, 0, : self.until - self.openings[at]])
        spread, loss = spreads(gross, chance, squares, severity, terms, conditions)
        mean_severity = came_loss / came_gross if came_gross else None
        few = min(came, terms.charge_offs)
        ratio = came_loss / (severity * gross) if severity * gross > 0.0 else None
        claim = f"not claimed: {few:,} charge-offs, fewer than {conditions.claims_from:,}"
        if few >= conditions.claims_from and ratio is not None:
            claim = "within a quarter" if abs(ratio - 1.0) <= 0.25 else "not within a quarter"
        return {
            "opening": last_day(self.openings[at]).isoformat(), "until": last_day(self.until).isoformat(),
            "expected_charge_offs": number, "charge_offs": came,
            "gross": amount_held(gross, came_gross, spread, conditions),
            "loss": amount_held(severity * gross, came_loss, loss, conditions),
            "severity_expected": severity, "severity_came": mean_severity, "severity_in_the_end": terms.severity,
            "rests_on": terms.charge_offs, "claim": claim,
            "by_month": {
                "expected_minor": [round(one) for one in self.by_month[at, 0, : self.until - self.openings[at]]],
                "came_minor": [round(one) for one in self.by_month[at, 1, : self.until - self.openings[at]]],
            },
        }  # fmt: skip


def spreads(
    gross: float, chance: float, squares: float, severity: float, terms: LossTerms, conditions: Conditions
) -> tuple[Spread, Spread]:
    """Variances of gross charge-off, of which ``chance`` is given, and of the loss at a severity.

    ``squares`` are those of single charge-offs: by so much severities of single contracts count. Of 1,000 gross that rest on
    100 charge-offs, a calendar of 10 %: 10,000 of curves and 10,000 of the calendar beside chance.
    """
    rests_on = max(terms.charge_offs, 1)
    of_gross = Spread(chance, 0.0, gross**2 / rests_on, (conditions.calendar_allowance * gross) ** 2)
    between = terms.severity_between_contracts
    of_severity = terms.severity_between_years**2 + between**2 / rests_on
    of_loss = Spread(
        severity**2 * chance + between**2 * squares, 0.0, severity**2 * of_gross.curves,
        severity**2 * of_gross.calendar + gross**2 * of_severity,
    )  # fmt: skip
    return of_gross, of_loss


def amount_held(expected: float, came: int, spread: Spread, conditions: Conditions) -> dict[str, Any]:
    """An amount expected and come, with its interval and verdict, as plain numbers."""
    interval = interval_of_amount(expected, spread, conditions.alpha)
    return {
        "expected_minor": round(expected), "came_minor": came, "low_minor": interval.low, "high_minor": interval.high,
        "ratio": came / expected if expected > 0.0 else None, "verdict": "inside" if interval.holds(came) else "outside",
    }  # fmt: skip

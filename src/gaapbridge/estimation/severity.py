"""Severity: the share of a balance charged off that its proceeds do not bring back, by year of charge-off.

What a repossessed car or a sold claim fetches moves from year to year, and nothing fitted to the past sees the next year. So
severity is shown year by year with its drift, and a plan elects which years serve its forecast.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from gaapbridge.estimation.recoveries import RATIO_UNITS, Ladder, WrittenOff, ladder

SeverityYears = int | Literal["all", "drift"]
"""Which years serve the forecast: the last so many with charge-offs, all, or all with their drift, carried a year on."""

FEWEST_YEARS = 3
"""Years without which there is no drift to speak of: through two points any line goes."""


@dataclass(frozen=True)
class YearOfSeverity:
    """One year of charge-offs: ``severity`` = 1 - (proceeds to date + proceeds still to come) / balance charged off.

    ``to_come_minor`` is from the ladder, of the months since charge-off that history has not reached; ``at_once`` is the share
    that came up to the month of charge-off. ``spread``: standard deviation between single contracts of proceeds to date over
    balance, by balance; None of fewer than two. 1,000 charged off, 300 received and 100 to come: severity 0.6.
    """

    year: int
    charge_offs: int
    written_off_minor: int
    proceeds_minor: int
    cost_minor: int
    to_come_minor: float
    at_once: float
    severity: float
    spread: float | None


@dataclass(frozen=True)
class Severity:
    """The severity that serves, of one segment or of all, and both ways in which a plan could have elected otherwise.

    ``elected`` by ``years`` of the plan, of the years from ``since`` on; ``all_years`` and ``with_drift`` beside it,
    ``drift_a_year`` the slope of a line through the years by their balances (both None under three years). ``charge_offs``
    are those on which ``elected`` rests, ``largest_share`` the most that one contract has of their proceeds.
    ``own_weight`` is the share of a segment's own charge-offs in its level, the rest being that of all segments.
    ``spread_between_contracts`` and ``spread_between_years`` are standard deviations, the latter of the years' severities less
    what sampling alone would make them differ; None where one year or contract says nothing.
    """

    years: SeverityYears
    since: int
    elected: float
    all_years: float
    with_drift: float | None
    drift_a_year: float | None
    charge_offs: int
    own_weight: float
    largest_share: float
    spread_between_contracts: float | None
    spread_between_years: float | None
    by_year: tuple[YearOfSeverity, ...]
    rungs: Ladder

    def discounted(self, discount_per_month: float) -> float:
        """Proceeds of one charged off, discounted to its month: those of the elected severity, at the pace of the ladder.

        Ratios of the ladder after month 0 stand; month 0 has the rest. Severity 0.6, 0.1 in month 1, v = 0.99: 0.3 + 0.099.
        """
        later = self.rungs.ratios[1:]
        at_once = 1.0 - self.elected - later.sum()
        return float(at_once + (later * discount_per_month ** np.arange(1, len(later) + 1)).sum())


def fit_severity(counts: WrittenOff, years: SeverityYears, minimum_charge_offs: int, minimum_observed: int) -> Severity:
    """Severity of ``counts.of(segments)``, which have a charge-off at least.

    ``minimum_observed`` charge-offs are what each rung of the ladder rests on at least. Where the last years elected have fewer
    than ``minimum_charge_offs``, years before them serve as well until there are as many: a year that has just begun is not
    an estimate. Where drift is elected and history has fewer than three years with charge-offs, all years serve:
    ``with_drift`` is None then.
    """
    rungs = ladder(counts, minimum_observed)
    by_year = tuple(_years(counts, rungs))
    balances = np.array([year.written_off_minor for year in by_year], float)
    severities = np.array([year.severity for year in by_year])
    slope, drifted = None, None
    if len(by_year) >= FEWEST_YEARS:
        places = np.array([year.year for year in by_year], float)
        centre = (places * balances).sum() / balances.sum()
        slope = float((balances * (places - centre) * severities).sum() / (balances * (places - centre) ** 2).sum())
        drifted = float((severities * balances).sum() / balances.sum() + slope * (places[-1] + 1 - centre))
    whole = float((severities * balances).sum() / balances.sum())
    serve = by_year
    if isinstance(years, int):
        last = next((n for n in range(years, len(by_year)) if _number(by_year[-n:]) >= minimum_charge_offs), len(by_year))
        serve = by_year[-last:]
    elected = sum(year.severity * year.written_off_minor for year in serve) / sum(year.written_off_minor for year in serve)
    return Severity(
        years=years,
        since=serve[0].year,
        elected=drifted if years == "drift" and drifted is not None else float(elected),
        all_years=whole,
        with_drift=drifted,
        drift_a_year=slope,
        charge_offs=_number(serve),
        own_weight=1.0,
        largest_share=_largest_share(counts, serve),
        spread_between_contracts=_between_contracts(counts),
        spread_between_years=_between_years(by_year),
        by_year=by_year,
        rungs=rungs,
    )


def fit_severity_of_segment(
    own: WrittenOff, every: WrittenOff, of_all: Severity, minimum_charge_offs: int, minimum_observed: int
) -> Severity:
    """Severity of one segment, ``own``, held to that of all segments, ``of_all`` of the counts ``every``.

    What it lies above all segments in the same years counts by n / (n + K), with n its own charge-offs in the years that serve
    and K ``minimum_charge_offs``: in the same years, for severity drifts, and a segment whose loans were charged off late is no
    worse than others for that. The drift is that of all, and to its ladder that of all is added as if of K charge-offs.

    Of all 0.4 in 2018 and 0.6 in 2019, 0.5 of both; ten of its own, all in 2019, at 0.7, K = 30: 0.5 + 10/40 x 0.1 = 0.525.
    """
    if not own.number.any():
        return replace(of_all, charge_offs=0, own_weight=0.0)
    rungs = ladder(own, minimum_observed, (every, minimum_charge_offs / int(every.number.sum())))
    by_year = tuple(_years(own, rungs))
    same = {year.year: year.severity for year in of_all.by_year}

    def above(years: tuple[YearOfSeverity, ...]) -> tuple[float, float]:
        weight = _number(years) / (_number(years) + minimum_charge_offs)
        balance = sum(year.written_off_minor for year in years)
        beyond = sum((year.severity - same[year.year]) * year.written_off_minor for year in years)
        return weight, weight * beyond / balance if balance else 0.0

    serve = tuple(year for year in by_year if year.year >= of_all.since)
    (weight, of_serving), (_, of_every) = above(serve), above(by_year)
    return replace(
        of_all,
        elected=of_all.elected + of_serving,
        all_years=of_all.all_years + of_every,
        with_drift=None if of_all.with_drift is None else of_all.with_drift + of_every,
        charge_offs=_number(serve),
        own_weight=weight,
        largest_share=_largest_share(own, serve),
        spread_between_contracts=_between_contracts(own),
        spread_between_years=_between_years(by_year),
        by_year=by_year,
        rungs=rungs,
    )


def not_as_elected(severity: Severity, minimum_charge_offs: int) -> str:
    """Why years serve that the plan did not elect, in words; nothing where those serve that it did.

    Of ``severity_years = 1`` with 12 charge-offs in 2020 and K = 30: which years serve instead, and that 12 are too few.
    """
    of_years = {year.year: year.charge_offs for year in severity.by_year}
    last = max(of_years)
    if severity.years == "drift" and severity.with_drift is None:
        return f'severity_years is "drift", and {len(of_years)} years of charge-off have none: all of them serve without it'
    if isinstance(severity.years, int):
        elected = list(of_years)[-severity.years :]
        if severity.since < elected[0]:
            had = sum(of_years[year] for year in elected)
            return (
                f"severity_years is {severity.years}, and {elected[0]} to {last} have {had} charge-offs, under "
                f"minimum_charge_offs = {minimum_charge_offs}: {severity.since} to {last} serve, of {severity.charge_offs}"
            )
    return ""


def _largest_share(counts: WrittenOff, years: tuple[YearOfSeverity, ...]) -> float:
    """What one contract has of the proceeds of some years; nil where there are none."""
    first = counts.first_seen // 12
    proceeds = sum(year.proceeds_minor for year in years)
    largest = max((int(counts.largest_minor[year.year - first]) for year in years), default=0)
    return min(largest / proceeds, 1.0) if proceeds > 0 else 0.0


def _number(years: tuple[YearOfSeverity, ...]) -> int:
    return sum(year.charge_offs for year in years)


def _years(counts: WrittenOff, rungs: Ladder) -> list[YearOfSeverity]:
    span = len(counts.number)
    to_come = counts.written_off_minor * np.array([rungs.after(span - 1 - month) for month in range(span)])
    found = []
    for place, year in enumerate(range(counts.first_seen // 12, counts.until // 12 + 1)):
        own = counts.year_of() == place
        number, balance = int(counts.number[own].sum()), int(counts.written_off_minor[own].sum())
        if not number:
            continue
        received = int(counts.proceeds_minor[place].sum())
        coming = float(to_come[own].sum())
        found.append(
            YearOfSeverity(
                year=year,
                charge_offs=number,
                written_off_minor=balance,
                proceeds_minor=received,
                cost_minor=int(counts.cost_minor[place]),
                to_come_minor=coming,
                at_once=int(counts.proceeds_minor[place, 0]) / balance,
                severity=1.0 - (received + coming) / balance,
                spread=_spread(counts, place, number),
            )
        )
    return found


def _spread(counts: WrittenOff, place: int, number: int) -> float | None:
    """Standard deviation of the ratios of one year's contracts, by balance, from their whole-number sums."""
    if number < 2:
        return None
    weight, total, squares = (int(sums[place]) for sums in (counts.ratio_weight, counts.ratio, counts.ratio_squared))
    variance = max(weight * squares - total * total, 0) / weight**2 * number / (number - 1)
    return float(np.sqrt(variance)) / RATIO_UNITS


def _between_contracts(counts: WrittenOff) -> float | None:
    """Within years, pooled: differences between years are not differences between contracts."""
    numbers = [int(counts.number[counts.year_of() == place].sum()) for place in range(len(counts.ratio))]
    spreads = [(number - 1, _spread(counts, place, number)) for place, number in enumerate(numbers)]
    known = [(freedom, spread) for freedom, spread in spreads if spread is not None]
    freedom = sum(one for one, _ in known)
    return float(np.sqrt(sum(one * spread**2 for one, spread in known) / freedom)) if freedom else None


def _between_years(by_year: tuple[YearOfSeverity, ...]) -> float | None:
    """By moments: the variance of the years' severities, less the mean of their sampling variances, never below nil."""
    known = [(year.severity, year.spread**2 / year.charge_offs) for year in by_year if year.spread is not None]
    if len(known) < 2:
        return None
    severities, sampling = np.array(known).T
    return float(np.sqrt(max(severities.var(ddof=1) - sampling.mean(), 0.0)))

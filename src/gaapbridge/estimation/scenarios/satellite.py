"""A satellite from files to multipliers: series read and tested, the regression, paths, and what is to be said of each."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from gaapbridge.estimation.scenarios.paths import PathMultipliers, joined, path_multipliers
from gaapbridge.estimation.scenarios.regression import Coefficient, Held, held_signs, refuse_short
from gaapbridge.estimation.scenarios.reversion import reverted
from gaapbridge.estimation.scenarios.series import Monthly, read_series, transformed
from gaapbridge.estimation.scenarios.stationarity import FEWEST, Stationarity, longest_run, stationarity
from gaapbridge.estimation.scenarios.target import shift_by_month
from gaapbridge.estimation.scenarios.transitions import Worsening
from gaapbridge.estimation.seen import month_name
from gaapbridge.plan.scenarios import UNDATED, Satellite, Scenarios, Series, path_name
from gaapbridge.terms.errors import UnusableInput
from gaapbridge.terms.finding import Finding

WORSENING, RESIDUALS = "worsening", "residuals"
"""What the target, and what is left unexplained of it, are called among the series that are tested."""

_PLACE = "history.scenarios.satellite"
_BY_HAND = "state odds by hand"


@dataclass(frozen=True)
class Satellited:
    """The regression that holds its signs, months left out as few would worsen in them, tests of every series and, where they
    are long enough, of the target and what is left unexplained of it, series not used as they do not return to a mean
    (``unsteady``), each scenario's path, and findings.
    """

    held: Held
    thin_months: int
    tests: Mapping[str, Stationarity]
    unsteady: tuple[str, ...]
    paths: Mapping[str, PathMultipliers]
    findings: tuple[Finding, ...]


def satellite_multipliers(scenarios: Scenarios, counted: Worsening, known: int, files: Mapping[str, Path]) -> Satellited | None:
    """What the satellite makes of the scenarios with paths, on what was known at the end of a month; None without one.

    A series that both tests call not stationary is not used, which is a finding, and so is one with the wrong sign. Raises
    ``UnusableInput`` where history is too short, or none is left.
    """
    stated = scenarios.satellite
    if stated is None:
        return None
    raw = {name: read_series(files[f"{name}.history"], one).known(known, one) for name, one in stated.series.items()}
    series = {name: transformed(one, stated.series[name]) for name, one in raw.items()}
    target = shift_by_month(counted, stated.least_expected)
    refuse_short(target, series, stated)
    tests = {name: stationarity(one.values, stated, name) for name, one in series.items()}
    unsteady = tuple(name for name, test in tests.items() if test.verdict == "not stationary")
    steady = {name: one for name, one in series.items() if name not in unsteady}
    if not steady:
        raise UnusableInput(
            key="history.scenarios.satellite.series",
            value=", ".join(unsteady),
            rule="a series returns to a mean: both tests say of each of these that it does not",
            remedy=f'state a transformation that does, such as "difference", or {_BY_HAND}',
        )
    held = held_signs(target.shift, steady, stated)
    ours = {WORSENING: target.shift, RESIDUALS: held.regression.residuals}
    long_enough = {name: one.values for name, one in ours.items() if longest_run(one.values).size >= FEWEST}
    tests |= {name: stationarity(values, stated, name) for name, values in long_enough.items()}
    used = {one.series for one in held.regression.coefficients}
    paths = {
        name: path_multipliers(
            held.regression, _continued(stated, raw, used, name, known, scenarios.supportable_months, files), known,
            scenarios.supportable_months, reverted(scenarios),
        )
        for name in stated.scenarios
    }  # fmt: skip
    findings = (*_of_series(stated, tests, unsteady, held), *_of_paths(paths))
    return Satellited(held, target.thin, tests, unsteady, paths, findings)


def _continued(
    stated: Satellite, raw: Mapping[str, Monthly], used: set[str], scenario: str, known: int, needed: int,
    files: Mapping[str, Path],
) -> dict[str, Monthly]:  # fmt: skip
    """Each series used with its path in a scenario, transformed as one."""
    whole = {}
    for name in used:
        called = path_name(name, scenario, _day(stated.series[name], name, scenario, known))
        path = read_series(files[called], stated.series[name])
        one = joined(raw[name], path, known, max(needed, 1), called)
        whole[name] = transformed(one, stated.series[name])
    return whole


def _day(series: Series, name: str, scenario: str, known: int) -> str:
    """The day of the path that serves tables as known at the end of a month."""
    days = series.paths[scenario]
    found = [day for day in days if day == UNDATED or day.startswith(month_name(known))]
    if not found:
        raise UnusableInput(
            key=f"{_PLACE}.series.{name}.paths.{scenario}",
            value=", ".join(days),
            rule=f"tables as known at the end of {month_name(known)} have a path of that day",
            remedy="add the path that was forecast then, or take the month end out of known_at",
        )
    return found[0]


def _of_series(
    stated: Satellite, tests: Mapping[str, Stationarity], unsteady: tuple[str, ...], held: Held
) -> Iterator[Finding]:
    for name in unsteady:
        test = tests[name]
        yield Finding(
            name="macro series not stationary",
            where=f"{_PLACE}/{name}",
            amount_minor=None,
            why=f"it does not return to a mean by both tests (p {test.dickey_fuller_p:.3f} of a unit root, p {test.kpss_p:.3f} "
            "of a level), so that a regression on it finds what is not there; it is not used",
            remedy="state another transformation of it, or remove it",
        )
    if WORSENING in tests and tests[WORSENING].verdict == "not stationary":
        left = tests[RESIDUALS].verdict if RESIDUALS in tests else "too short to be tested"
        yield Finding(
            name="worsening not stationary",
            where=f"{_PLACE}/{WORSENING}",
            amount_minor=None,
            why="the log-odds of worsening do not return to a mean in this history by both tests, so that standard errors of "
            f"the satellite say too little; what it leaves unexplained is {left}",
            remedy=f"give a longer history, or {_BY_HAND}",
        )
    for one in held.taken_out:
        yield Finding(
            name="macro series against its sign",
            where=f"{_PLACE}/{one.series}",
            amount_minor=None,
            why=f"its coefficient is {_told(one)}, where the plan states {stated.series[one.series].sign}; it is not used",
            remedy="remove the series, or say why the other sign is right and state it",
        )
    for one in held.regression.coefficients:
        if one.low <= 0.0 <= one.high:
            yield Finding(
                name="macro series not significant",
                where=f"{_PLACE}/{one.series}",
                amount_minor=None,
                why=f"its coefficient is {_told(one)}, and its interval of 95 % has nil in it; it is used",
                remedy=f"remove the series, or {_BY_HAND}",
            )
        if one.without_month * one.value <= 0.0 or abs(one.without_month) < abs(one.value) / 2.0:
            yield Finding(
                name="macro series rests on one month",
                where=f"{_PLACE}/{one.series}",
                amount_minor=None,
                why=f"its coefficient is {_told(one)}, {one.without_month:+.4g} without {month_name(one.month)}; it is used",
                remedy=f"take the month out of the history by a dated rule if it was no month like others, or {_BY_HAND}",
            )


def _of_paths(paths: Mapping[str, PathMultipliers]) -> Iterator[Finding]:
    for scenario, path in paths.items():
        for one in path.out_of_range:
            yield Finding(
                name="path outside history",
                where=f"{_PLACE}/{one.series}/{scenario}",
                amount_minor=None,
                why=f"from {month_name(one.month)} on, in {one.months} months, it is {one.value:.4g} and the months of the "
                f"regression saw {one.lowest:.4g} to {one.highest:.4g}: the multiplier is extrapolated",
                remedy="say why the straight line holds there, or state odds by hand",
            )


def _told(one: Coefficient) -> str:
    return f"{one.value:+.4g} at a lag of {one.lag} months, standard error {one.error:.3g}"

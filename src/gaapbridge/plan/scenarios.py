"""What a plan states of the scenarios of estimated curves: odds by hand, a regression on macro series, and how both revert."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, PlainValidator, model_validator

from gaapbridge.plan.queries import Input
from gaapbridge.plan.reading import ReadKeys, refuse_contradictions
from gaapbridge.plan.section import Section


def _odd(value: Any) -> Decimal:
    number = Decimal(value) if isinstance(value, int) and not isinstance(value, bool) else value
    if not (isinstance(number, Decimal) and number.is_finite() and 0 < number <= 100):
        raise ValueError("must multiply the odds by more than 0 and at most 100; write 1 where nothing changes")
    return number


def _odds(value: Any) -> tuple[Decimal, ...]:
    if value == []:
        raise ValueError("must have the odds of at least one month; write [1.5, 1.4], the last holds beyond")
    return tuple(map(_odd, value if isinstance(value, list) else [value]))


def _significance(value: Any) -> Decimal:
    if not (isinstance(value, Decimal) and Decimal("0.01") < value <= Decimal("0.1")):
        raise ValueError("must be above 0.01 and at most 0.1, between which the tests have tables; write 0.05")
    return value


Odds = Annotated[tuple[Decimal, ...], PlainValidator(_odds)]
"""By what the odds of worsening are multiplied: one number for all months, or one for each month ahead, of which the last holds
beyond."""


LgdOdds = Annotated[Decimal, PlainValidator(_odd)]
"""By what the odds of loss given default are multiplied: a table of losses is by month since default, so one number for all."""

UNDATED = ""
"""The day of a path that serves the tables of every month end."""


def _by_day(value: Any) -> Any:
    if not isinstance(value, dict) or set(value) == {"source", "query"}:
        return {UNDATED: value}
    for day in value:
        try:
            last = (date.fromisoformat(day) + timedelta(days=1)).day == 1
        except ValueError:
            last = False
        if not last:
            raise ValueError('paths of several tables are by month end; write { 2022-12-31 = "a.csv", 2023-12-31 = "b.csv" }')
    return value


Paths = Annotated[dict[str, Input], BeforeValidator(_by_day)]
"""The file or query of a path; or one for the tables of each month end, as a forecast is another a year later."""


class SeriesRead(ReadKeys):
    """How the files of a series are written: which of their columns are ``period`` and ``value``, which mean nothing, and the
    rest as in any ``read`` table."""

    columns: dict[str, str] = Field(default_factory=dict)
    ignore: list[str] = Field(default_factory=list)

    @model_validator(mode="after")
    def _apart(self) -> SeriesRead:
        refuse_contradictions(self)
        return self


class Series(Section):
    """A macro series: where its history and its path in each scenario are, how it enters, and the sign that theory gives it.

    All files are written alike, as ``read`` says, with a row for each ``every`` month or quarter. ``transformation`` is done on
    the series as it is stated, by month or by quarter; a quarter's value is that of its months.
    """

    history: Input
    paths: dict[str, Paths]
    every: Literal["month", "quarter"]
    read: SeriesRead = SeriesRead()
    transformation: Literal["level", "difference", "log_difference", "year_on_year"]
    sign: Literal["positive", "negative"]


class Satellite(Section):
    """A regression of the log-odds of worsening on macro series, by month.

    ``most_lags`` bounds the months by which a series may lead, of which ``criterion`` chooses. A month in which fewer than
    ``least_expected`` contracts would worsen at the average odds is left out; ``least_months`` are those without which nothing
    is estimated. ``significance`` is the level at which tests of stationarity are read.
    """

    series: Annotated[dict[str, Series], Field(min_length=1, max_length=3)]
    most_lags: Annotated[int, Field(ge=0, le=12)]
    criterion: Literal["aic", "bic"]
    least_expected: Annotated[int, Field(ge=1, le=10_000)]
    least_months: Annotated[int, Field(ge=24, le=480)]
    significance: Annotated[Decimal, PlainValidator(_significance)]

    @model_validator(mode="after")
    def _same_scenarios(self) -> Satellite:
        first, *others = self.series
        for other in others:
            for name in sorted(set(self.series[first].paths) ^ set(self.series[other].paths)):
                lacking = other if name in self.series[first].paths else first
                raise ValueError(f"scenario {name} has no path of {lacking}; add it to the paths of {lacking}")
        if not self.series[first].paths:
            raise ValueError('a satellite has a scenario; add paths = { downside = "macro/downside.csv" } to each series')
        return self

    @property
    def judgements(self) -> dict[str, Any]:
        """What is decided of it, in plain words and numbers."""
        series = {name: one.model_dump(mode="json", exclude={"history", "paths", "read"}) for name, one in self.series.items()}
        plain = self.model_dump(mode="json", exclude={"series", "significance"})
        return {**plain, "significance": float(self.significance), "series": series}

    @property
    def scenarios(self) -> tuple[str, ...]:
        """The scenarios that have paths."""
        return tuple(next(iter(self.series.values())).paths)


class Scenarios(Section):
    """The scenarios for which hazards are made of those of the history, each by its ``odds`` or by the ``satellite``.

    After ``supportable_months`` the odds revert to those of the history, which are 1 (326-20-30-9; IFRS 9 B5.5.50): from the
    next month, in equal steps of their logarithm over ``reversion_months``, or never, ``none``, where the last ones hold.
    ``reversion_reached`` is the month of a straight line in which history is reached, as in the election of that name.
    ``lgd_odds`` multiply the odds of loss given default of every scenario, in all months; without them it is the same in all.
    """

    odds: dict[str, Odds] = Field(default_factory=dict)
    lgd_odds: dict[str, LgdOdds] = Field(default_factory=dict)
    satellite: Satellite | None = None
    supportable_months: Annotated[int, Field(ge=0, le=480)]
    reversion: Literal["immediate", "straight_line", "none"]
    reversion_months: Annotated[int, Field(ge=0, le=480)]
    reversion_reached: Literal["in_month", "month_after"]

    @model_validator(mode="after")
    def _each_once(self) -> Scenarios:
        if not self.names:
            raise ValueError("there is at least one scenario; add odds = { base = 1 }")
        for name in sorted(set(self.odds) & set(() if self.satellite is None else self.satellite.scenarios)):
            raise ValueError(f"scenario {name} has odds and paths; remove it from one of them")
        for name in sorted(set(self.lgd_odds) ^ set(self.names)) if self.lgd_odds else ():
            if name in self.names:
                raise ValueError(
                    f"scenario {name} has no lgd_odds and others have; add {name} = 1 where its losses are as history"
                )
            raise ValueError(f"lgd_odds are of scenarios, and {name} is none; give it odds too, or remove it")
        if self.reversion == "straight_line" and self.reversion_months == 0:
            raise ValueError('a straight line takes months; state reversion_months, or reversion = "immediate"')
        return self

    @property
    def names(self) -> tuple[str, ...]:
        """Every scenario, those by hand first."""
        return (*self.odds, *(() if self.satellite is None else self.satellite.scenarios))

    @property
    def judgements(self) -> dict[str, Any]:
        """What is decided of them, in plain words and numbers: all but where series are and how they are read."""
        odds = {name: [float(one) for one in stated] for name, stated in self.odds.items()}
        return {
            "odds": {name: stated if len(stated) > 1 else stated[0] for name, stated in odds.items()},
            "lgd_odds": {name: float(one) for name, one in self.lgd_odds.items()},
            "satellite": None if self.satellite is None else self.satellite.judgements,
            **self.model_dump(mode="json", exclude={"odds", "lgd_odds", "satellite"}),
        }

    @property
    def inputs(self) -> Mapping[str, str | Any]:
        """Every file or query of macro series by its name, ``unemployment.history`` or what ``path_name`` says."""
        series = {} if self.satellite is None else self.satellite.series
        return {
            **{f"{name}.history": one.history for name, one in series.items()},
            **{
                path_name(name, scenario, day): path
                for name, one in series.items()
                for scenario, days in one.paths.items()
                for day, path in days.items()
            },
        }


def path_name(series: str, scenario: str, day: str) -> str:
    """What the path of a series in a scenario is called among the inputs.

    >>> path_name("unemployment", "downside", UNDATED), path_name("unemployment", "downside", "2023-12-31")
    ('unemployment.paths.downside', 'unemployment.paths.downside.2023-12-31')
    """
    return ".".join(filter(None, (series, "paths", scenario, day)))

"""Estimates in dated versions: the answer to such an election is a list of tables, each in force from its ``valid_from``.

``rate = [{ valid_from = 2020-01-01, value = 0.03 }, { valid_from = 2023-06-30, value = 0.04 }]`` holds a figure; the answer
that is a table of its own, as scenario weights are, stands beside the day: ``{ valid_from = 2020-01-01, base = 0.6, ... }``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date, timedelta
from itertools import pairwise
from typing import Any

VALID_FROM = "valid_from"
"""The key of a version's first day in force."""

VALUE = "value"
"""The key of a version's answer where that is no table."""

Versions = Sequence[Mapping[str, Any]]

TechniquesBefore = Mapping[str, Mapping[date, Mapping[str, Any]]]
"""Techniques that were in use before a plan's own: by note and the last day on which they were, then by election."""


def is_dated(answer: Any) -> bool:
    """Whether an answer, already checked, is one in versions."""
    return isinstance(answer, list)


def first_days(versions: Versions) -> list[date]:
    """The first day of each version, in their order."""
    return [version[VALID_FROM] for version in versions]


def answer_of(version: Mapping[str, Any]) -> Any:
    """What a version answers, without its date.

    >>> answer_of({"valid_from": date(2020, 1, 1), "value": 3}), answer_of({"valid_from": date(2020, 1, 1), "base": 1})
    (3, {'base': 1})
    """
    answer = {name: value for name, value in version.items() if name != VALID_FROM}
    return answer[VALUE] if list(answer) == [VALUE] else answer


def version_in_force(versions: Versions, day: date) -> Mapping[str, Any] | None:
    """The latest version that started on or before a day; None where none had.

    >>> versions = [{"valid_from": date(2020, 1, 1), "value": 3}, {"valid_from": date(2022, 1, 1), "value": 4}]
    >>> version_in_force(versions, date(2021, 12, 31)), version_in_force(versions, date(2019, 12, 31))
    ({'valid_from': datetime.date(2020, 1, 1), 'value': 3}, None)
    """
    return next(reversed(started(versions, day)), None)


def started(versions: Versions, day: date) -> list[Mapping[str, Any]]:
    """The versions that started on or before a day, in their order."""
    return [version for version in versions if version[VALID_FROM] <= day]


def answers_on(day: date, answers: Mapping[str, Any], before: Mapping[date, Mapping[str, Any]]) -> dict[str, Any]:
    """Answers of a note on a day: estimates in the version in force then, or the first; techniques as they were in use then.

    ``before`` are techniques that were in use earlier, by the last day on which they were.

    >>> [answers_on(date(year, 12, 31), {"method": "b"}, {date(2022, 12, 31): {"method": "a"}}) for year in (2022, 2023)]
    [{'method': 'a'}, {'method': 'b'}]
    """
    found = {
        name: answer_of(version_in_force(answer, day) or answer[0]) if is_dated(answer) else answer
        for name, answer in answers.items()
    }
    for last_day in sorted(before, reverse=True):
        if day <= last_day:
            found |= before[last_day]
    return found


def days_of_change(answers: Mapping[str, Any], before: Mapping[date, Mapping[str, Any]]) -> list[date]:
    """The days from which answers of a note are others: a version of an estimate starts, or a technique, in order."""
    revised = {day for answer in answers.values() if is_dated(answer) for day in first_days(answer)}
    return sorted(revised | {last_day + timedelta(days=1) for last_day in before})


def in_versions(answer: Any, first_day: date) -> list[dict[str, Any]]:
    """An answer without a date as the one version in force from a day."""
    return [{VALID_FROM: first_day, **(answer if isinstance(answer, dict) else {VALUE: answer})}]


def wrong_versions(answer: Any, wrong: Callable[[Any], str | None], *, is_table: bool) -> str | None:
    """What is wrong with an answer in versions, or None; ``wrong`` says it of one version's answer."""
    if not isinstance(answer, list) or not answer or not all(isinstance(version, dict) for version in answer):
        one = str(wrong(None)).removeprefix("must be ")
        stated = "" if is_table else f"{VALUE} = "
        return f"must be a list of versions, each with {VALID_FROM} and {stated}{one}"
    for version in answer:
        if type(version.get(VALID_FROM)) is not date:
            return f"every version has {VALID_FROM}, the first day on which it is in force"
        told = wrong(answer_of(version)) if is_table else _wrong_value(version, wrong)
        if told is not None:
            return f"the version of {version[VALID_FROM]}: {told}"
    days = first_days(answer)
    if any(later <= earlier for earlier, later in pairwise(days)):
        return f"versions stand in the order of {VALID_FROM}, no day twice"
    return None


def _wrong_value(version: Mapping[str, Any], wrong: Callable[[Any], str | None]) -> str | None:
    if set(version) != {VALID_FROM, VALUE}:
        return f"has {VALID_FROM} and {VALUE}, nothing else"
    return wrong(version[VALUE])

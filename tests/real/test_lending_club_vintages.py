"""Curves of the marketplace loans of two months, held against those of the next two: what the page says of it."""

import re
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from gaapbridge.contracts.declared import DECLARED
from gaapbridge.estimation import cohorts
from gaapbridge.estimation.defaults import Defaults, fit_defaults
from gaapbridge.estimation.exclusions import contracts_of
from gaapbridge.estimation.history import open_history, read_tapes, stated_paths
from gaapbridge.estimation.months import CHARGED_OFF, Months
from gaapbridge.estimation.states import standings
from gaapbridge.plan.history_file import read_history
from tests.real.examples import module_of

pytestmark = pytest.mark.real_data

TERM, KNOWN = 36, 2019 * 12
FITTED, HELD = (2015 * 12 + 3, 2015 * 12 + 4), {"June": 2015 * 12 + 5, "July": 2015 * 12 + 6}
LEAST = 50  # defaults expected of a grade of which something is said
ROWS = (  # of the page: age, months ahead, and whether counted from the first instalment alone
    (1, TERM, True),
    (1, TERM, False),
    (5, TERM, False),
    (5, 12, False),
    (12, 12, False),
)

Seen = tuple[list[Months], tuple[str, ...]]


@pytest.fixture(scope="module")
def seen(real_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Seen:
    """The months of the history that the example writes, and its grades."""
    output, scratch = tmp_path_factory.mktemp("lending_club"), tmp_path_factory.mktemp("chunks")
    assert module_of("lending_club", "prepare").main([str(real_data / "lc_tape"), str(output)]) == 0
    plan = read_history(output / "plan.toml", DECLARED)
    tapes = open_history(plan, "loans", stated_paths(plan))
    return list(read_tapes(tapes, scratch, lambda rows: None).months()), tapes.setting.segments


def of_vintages(seen: Seen, *vintages: int) -> Iterator[Months]:
    return (contracts_of(months, np.isin(months.vintage, vintages)) for months in seen[0])


def fitted(seen: Seen, *, from_origination: bool) -> Defaults:
    counted = [
        cohorts.count(months, KNOWN, 90, 12, seen[1], from_origination=from_origination)
        for months in of_vintages(seen, *FITTED)
    ]
    return fit_defaults(sum(counted[1:], counted[0]), minimum_defaults=10, minimum_on_book=100)


def expected_of_one(curves: Defaults, grade: int, age: int, ahead: int) -> float:
    """The chance that a loan which pays at an age defaults within some months, as a close has it: sum of S h."""
    there, defaults = 1.0, 0.0
    for month in range(min(ahead, TERM - age)):
        hazard = curves.hazard[grade, 0, month]
        prepaid = curves.mortality[grade][age + month] * curves.performing[grade, 0, month]
        defaults += there * hazard
        there *= 1.0 - hazard - prepaid
    return float(defaults)


def held(seen: Seen, curves: Defaults, vintage: int, age: int, ahead: int) -> tuple[float, int, int, int]:
    """Defaults expected and come of who pays at an age, and of grades with enough expected how many are inside, of how many."""
    grades = range(len(seen[1]))
    loans, came = (np.zeros(len(grades), np.int64) for _ in range(2))
    for months in of_vintages(seen, vintage):
        rows = np.flatnonzero((months.age == age) & (standings(months, 90, 12).bucket == 0))
        default = np.full(months.segment.size, KNOWN)
        lost = months.event == CHARGED_OFF
        default[months.contract[lost]] = months.month[lost] - 1  # in default since the month's end before
        own = months.contract[rows]
        within = default[own] - months.month[rows] <= min(ahead, TERM - age)
        loans += np.bincount(months.segment[own], minlength=len(grades))
        came += np.bincount(months.segment[own[within]], minlength=len(grades))
    chances = np.array([expected_of_one(curves, grade, age, ahead) for grade in grades])
    expected, spread = loans * chances, np.sqrt(loans * chances * (1.0 - chances))
    enough = expected >= LEAST
    inside = np.abs(came - expected)[enough] < 1.96 * spread[enough]
    return float(expected.sum()), int(came.sum()), int(inside.sum()), int(enough.sum())


def test_the_page_says_what_was_expected_of_later_loans_and_what_came(seen: Seen, root: Path) -> None:
    """From the first instalment on and counted from it the loans of June come true, those of July within a tenth; counted from
    every month they do not, as few default in their first months."""
    page = (root / "examples/lending_club/README.md").read_text(encoding="utf-8")
    curves = {way: fitted(seen, from_origination=way) for way in (True, False)}
    rows = [line.split("|")[3:5] for line in page.splitlines() if line.startswith("| the ")]
    assert len(rows) == len(ROWS)
    for cells, (age, ahead, way) in zip(rows, ROWS, strict=True):
        for cell, vintage in zip(cells, HELD.values(), strict=True):
            expected, came, inside, of = held(seen, curves[way], vintage, age, ahead)
            assert re.sub(r"\s+", " ", cell).strip() == f"{expected:,.0f}, {came:,}, {inside} of {of}", (age, ahead, way)
    first = held(seen, curves[True], HELD["June"], 1, TERM)
    assert abs(first[1] / first[0] - 1.0) < 0.05 and first[2] >= 0.9 * first[3]

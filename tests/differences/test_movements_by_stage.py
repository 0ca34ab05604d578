"""Movement tables by stage: what is credit-impaired moves in stage 3, whatever stage a contract had at either instant."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pytest

from gaapbridge.contracts.loans import KIND
from gaapbridge.contracts.movements import MovementTable, movement_tables
from gaapbridge.contracts.rows import Rows
from gaapbridge.contracts.totals import Standing, total
from gaapbridge.difference import PATHS


def moved(path: str, stages: tuple[int, int], **amounts: int) -> MovementTable:
    """The IFRS table of one loan of a path, with its stages at both instants."""
    rows = Rows.of(KIND, 1)
    for name, amount in amounts.items():
        rows[name] = np.array([amount])
    opening, closing = (np.array([stage]) for stage in stages)
    standing = Standing(np.array([0]), np.array([PATHS.index(path)]), opening, closing)
    _, table = movement_tables(total(standing, rows, ("all",)))
    assert not table.residual.any()
    return table


def lines(table: MovementTable) -> Mapping[str, Mapping[str, int]]:
    """The lines that are not nil, each with its stages that are not."""
    told: dict[str, dict[str, int]] = table.as_dict()["lines"]  # type: ignore[assignment]
    found = {name: {stage: amount for stage, amount in line.items() if amount} for name, line in told.items()}
    return {name: line for name, line in found.items() if line}


def test_a_loan_written_off_within_the_year_leaves_from_stage_3() -> None:
    """Allowance of 1,000 in stage 2; then in default, 300 of interest left out on it; 5,000 written off: 3,700 provided."""
    table = moved(
        "written_off", (2, 0), opening_ifrs_loss_allowance=1_000, ifrs_interest_on_allowance=300, principal_written_off=5_000
    )
    assert lines(table) == {
        "opening": {"stage_2": 1_000},
        "transfers": {"stage_2": -1_000, "stage_3": 1_000},
        "remeasurement": {"stage_3": 3_700},
        "unwind": {"stage_3": 300},
        "write_off": {"stage_3": -5_000},
    }


def test_a_loan_that_came_and_was_repaid_within_the_year_had_its_interest_in_stage_3() -> None:
    table = moved("new_settled", (0, 0), ifrs_interest_on_allowance=30)
    assert lines(table) == {"derecognition": {"stage_3": -30}, "unwind": {"stage_3": 30}}


def test_a_loan_settled_after_a_default_had_its_interest_in_stage_3() -> None:
    table = moved("settled", (1, 0), opening_ifrs_loss_allowance=80, ifrs_interest_on_allowance=30)
    assert lines(table) == {
        "opening": {"stage_1": 80},
        "derecognition": {"stage_1": -80, "stage_3": -30},
        "unwind": {"stage_3": 30},
    }


@pytest.mark.parametrize(("path", "stages"), [("stayed", (1, 1)), ("new", (0, 1))])
def test_a_loan_cured_within_the_year_had_its_interest_in_stage_3(path: str, stages: tuple[int, int]) -> None:
    """Cured and back in stage 1, where it has 50; of what was released 30 were never income."""
    before = 20 if path == "stayed" else 0
    table = moved(
        path,
        stages,
        opening_ifrs_loss_allowance=before,
        late_ifrs_loss_allowance=50,
        closing_ifrs_loss_allowance=50,
        ifrs_interest_on_allowance=30,
    )
    assert lines(table)["unwind"] == {"stage_3": 30}
    provided = "remeasurement" if path == "stayed" else "origination"
    assert lines(table)[provided] == {"stage_1": 50 - before, "stage_3": -30}


def test_a_loan_that_came_and_went_within_the_year_had_its_interest_in_stage_3() -> None:
    table = moved("new_written_off", (0, 0), ifrs_interest_on_allowance=30, principal_written_off=700)
    assert lines(table) == {
        "origination": {"within_period": 700, "stage_3": -30},
        "unwind": {"stage_3": 30},
        "write_off": {"within_period": -700},
    }

"""The independent calculator knows every answer that a plan may give."""

from __future__ import annotations

import copy
import tomllib
from pathlib import Path
from typing import Any

import pytest

import gaapbridge.reperform
from gaapbridge.contracts.declared import DECLARED
from gaapbridge.reperform.dated import TECHNIQUES
from gaapbridge.reperform.elections import AwardElections, Elections, GuaranteeElections
from gaapbridge.starter.miniature import miniature
from gaapbridge.starter.plan_text import plan_text
from gaapbridge.terms.errors import UnusableInput

PLAN = tomllib.loads(plan_text(miniature()))
READERS = (Elections.from_plan, Elections.of_guarantees, GuaranteeElections.from_plan, AwardElections.from_plan)


NOTHING_MEASURED = {"sicr_backstop_rebuttal", "hindsight_confidence", "hindsight_overdispersion"}
"""Techniques on which no measured figure depends: a reason, and how an outcome is judged."""

WHERE_SHOWN = {"guarantee_income"}
"""Policies that move amounts between lines of the income statement, and no measured figure."""


def answers() -> list[tuple[str, str, str]]:
    """Every note, election and admissible word."""
    return [(key, one.name, word) for key, note in DECLARED.notes.items() for one in note.elections for word in one.choices]


def answered(note: str, name: str, answer: str) -> dict[str, Any]:
    plan = copy.deepcopy(PLAN)
    plan["elections"][note][name] = answer
    return plan


@pytest.mark.parametrize(("note", "name", "answer"), answers())
def test_it_reads_every_answer(note: str, name: str, answer: str) -> None:
    for read in READERS:
        read(answered(note, name, answer))


def test_every_election_is_read_where_it_calculates() -> None:
    """One that stands nowhere in it changes nothing there, whatever a lender answers: lenders who answer otherwise are measured
    and calculated in ``test_reperform_close``."""
    folder = Path(gaapbridge.reperform.__file__).parent
    text = "".join(path.read_text(encoding="utf-8") for path in folder.rglob("*.py"))
    elections = {one.name for note in DECLARED.notes.values() for one in note.elections}
    assert {name for name in elections if f'"{name}"' not in text} == NOTHING_MEASURED | WHERE_SHOWN


def test_it_knows_every_technique_that_a_measurement_depends_on() -> None:
    declared = {key: {one.name for one in note.elections if one.nature == "technique"} for key, note in DECLARED.notes.items()}
    known = {key: set(TECHNIQUES.get(key, ())) | NOTHING_MEASURED for key in declared}
    assert all(names <= known[key] for key, names in declared.items())
    assert all(set(names) <= declared[key] for key, names in TECHNIQUES.items())


def test_it_refuses_an_answer_that_it_does_not_know() -> None:
    with pytest.raises(UnusableInput, match="not a choice"):
        Elections.from_plan(answered("expected_credit_loss", "default_timing", "at noon"))

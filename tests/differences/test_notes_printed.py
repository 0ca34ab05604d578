"""The notes of a close state this lender's policy and add up: each election with its answer, each column rolled forward."""

from __future__ import annotations

import json
import re
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from gaapbridge.contracts.declared import DECLARED
from gaapbridge.contracts.kinds import KINDS
from gaapbridge.example import ExampleFiles
from gaapbridge.notes import FOLDERS, NOTES
from gaapbridge.period_close.note_texts import note_text, source_of_us_gaap
from gaapbridge.plan import Plan, read_plan
from gaapbridge.run import Run
from gaapbridge.statement.notes_text import TITLES

DAY = timedelta(days=1)


@pytest.fixture(scope="module")
def plan(lender: ExampleFiles) -> Plan:
    return read_plan(lender.plans[max(lender.plans)], DECLARED)


def amount(text: str) -> int:
    """A printed amount."""
    digits = int(re.sub(r"\D", "", text))
    return -digits if text.startswith("(") else digits


def rolls(notes: str) -> list[list[int]]:
    """The amounts of every roll-forward in the notes."""
    blocks = re.findall(r"^Roll-forward of .*\n((?:  .*\n?)+)", notes, flags=re.MULTILINE)
    return [[0 if line.endswith("—") else amount(line.split()[-1]) for line in block.splitlines()] for block in blocks]


def test_every_roll_forward_adds_and_ends_at_the_statement(years: list[Run]) -> None:
    for run in years:
        printed = rolls((run.folder / "notes.txt").read_text(encoding="utf-8"))
        document = json.loads((run.folder / "statement.json").read_text(encoding="utf-8"))
        rows = {row["id"]: row["adj"] for row in document["statements"][0]["rows"]}
        effects = [rows["re" if column["id"] == "sbc" else "eq"].get(column["id"], 0) for column in document["columns"]]
        assert [roll[-1] for roll in printed] == effects and any(effects)
        assert [sum(roll[:-1]) for roll in printed] == effects


def test_every_election_is_stated_with_its_answer(plan: Plan, years: list[Run]) -> None:
    words = " ".join((years[-1].folder / "notes.txt").read_text(encoding="utf-8").split())
    for note in NOTES.values():
        stated = dict(note_text(plan, note).elections)
        asked = [one.question for one in FOLDERS[note.key].elections.ELECTIONS if plan.elections[note.key][one.name] != ""]
        assert list(stated)[: len(asked)] == asked
    assert "base 60 %, upside 15 %, downside 25 %" in words
    assert "At which rate of tax? 25 %" in words and "guarantee fees: 6 %" in words


def test_the_block_says_what_was_answered(plan: Plan) -> None:
    """Another answer, another line: a word becomes its meaning, a figure stays one, rates are those of their dates."""
    note = NOTES["share_based_compensation"]
    graded = plan.model_copy(
        update={"elections": {**plan.elections, note.key: {**plan.elections[note.key], "us_attribution": "graded"}}}
    )
    question = "Over which period does US GAAP spread the cost of an award that vests in tranches?"
    assert dict(note_text(plan, note).elections)[question] == "the whole award in equal parts, never below what has vested"
    assert dict(note_text(graded, note).elections)[question] == "each tranche over its own vesting period"
    note = NOTES["effective_interest"]
    first = plan.tax[note.key].rates[0]
    later = first.model_copy(update={"enacted": plan.period.closing, "from_": date(2024, 1, 1), "rate": Decimal("0.165")})
    over_two_years = [Decimal("0.7"), Decimal("0.3")]
    raised = plan.tax[note.key].model_copy(update={"rates": [first, later], "reverses": over_two_years})
    answers = dict(note_text(plan.model_copy(update={"tax": {**plan.tax, note.key: raised}}), note).elections)
    assert answers["At which rate of tax?"] == "16.5 % as of December 31, 2023; 25 % as of December 31, 2022"
    assert answers["Which rate is that?"].endswith("difference reverses: 70 % in year 1 and 30 % in year 2 after it")
    effective = raised.model_copy(update={"basis": "group_effective", "reverses": None})
    answers = dict(note_text(plan.model_copy(update={"tax": {**plan.tax, note.key: effective}}), note).elections)
    assert answers["Which rate is that?"] == "the group's effective rate of the year"


def test_the_block_says_an_estimate_of_each_instant(plan: Plan) -> None:
    """A version that starts in the period: both are said; one that starts after it: nothing of it."""
    note = NOTES["expected_credit_loss"]
    since, then = date(2020, 1, 1), plan.period.closing
    versions = {"valid_from": since, "value": 2}, {"valid_from": then, "value": 3}, {"valid_from": then + DAY, "value": 4}

    def said(*stated: object) -> str:
        elections = {**plan.elections, note.key: {**plan.elections[note.key], "sicr_pd_ratio": list(stated)}}
        risen = "How many times must the default probability have risen since origination"
        question = f"{risen} for credit risk to have risen significantly?"
        return dict(note_text(plan.model_copy(update={"elections": elections}), note).elections)[question]

    assert said(*versions) == "3 as of December 31, 2023; 2 as of December 31, 2022"
    assert said(versions[0], versions[2]) == "2"


def test_a_lender_of_loans_reads_nothing_of_guarantees(plan: Plan) -> None:
    """Neither in the text of note (i) nor among its elections, though the plan answers them."""
    loans = plan.model_copy(update={"tapes": plan.tapes.model_copy(update={"guarantees": None, "guarantee_fees": None})})
    note = NOTES["expected_credit_loss"]
    both, alone = note_text(plan, note), note_text(loans, note)
    assert all("uarantee" in both.paragraphs[heading] for heading in TITLES)
    assert not any("uarantee" in text for text in alone.paragraphs.values())
    dropped = [question for question, _ in both.elections if (question not in dict(alone.elections))]
    assert len(dropped) == 4 and all("uarantee" in question for question in dropped)


def test_where_us_gaap_amounts_come_from(plan: Plan) -> None:
    assert source_of_us_gaap(plan, ("opening", "closing"), comparative=True).startswith(
        "They come from the lender's trial balance. Amounts of the"
    )
    alone = source_of_us_gaap(plan, (), comparative=True)
    assert (
        "No trial balance was given as of December 31, 2023: they hold only what was measured from loans, guarantees" in alone
    )
    restated = source_of_us_gaap(plan, ("opening", "closing"), comparative=False)
    assert "the balance sheet as of December 31, 2022 is restated" in restated
    assert "come from the lender's trial balance" not in alone
    measured = plan.model_copy(update={"opening": plan.opening.model_copy(update={"source": "opening_tape", "run": None})})
    half = source_of_us_gaap(measured, ("closing",), comparative=False)
    assert "come from the lender's trial balance. No trial balance was given as of December 31, 2022: " in half


def test_headings_of_the_third_level_are_kinds_of_contracts(root: Path) -> None:
    """Another word would never be printed."""
    pages = (root / "src/gaapbridge/differences").glob("*/NOTE.md")
    headings = [name for page in pages for name in re.findall(r"^### +(.+?) *$", page.read_text("utf-8"), flags=re.MULTILINE)]
    assert headings
    assert {name.lower().removesuffix(" with value-added tax") for name in headings} <= set(KINDS)

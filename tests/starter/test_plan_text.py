"""The plan explains itself: every election, every key, every choice, every posting role, in short lines."""

import re
import tomllib
from collections.abc import Iterator
from decimal import Decimal
from typing import Any, Literal, get_args, get_origin

import pytest
from pydantic import BaseModel

from gaapbridge.contracts.declared import DECLARED
from gaapbridge.contracts.kinds import KINDS
from gaapbridge.difference import COMMON_ROLES
from gaapbridge.notes import NOTES
from gaapbridge.plan import read_plan
from gaapbridge.plan.election import Election, count
from gaapbridge.plan.model import Plan
from gaapbridge.plan.template import commented
from gaapbridge.starter import Starter
from gaapbridge.starter.history_text import EXAMPLE as HISTORY
from gaapbridge.starter.history_text import history_lines
from gaapbridge.starter.history_text import switched_off as switched_lines
from gaapbridge.starter.miniature import miniature
from gaapbridge.starter.own_tapes import switched_off
from gaapbridge.starter.plan_text import plan_text

EXAMPLE = plan_text(miniature())

SWITCHED_OFF = {
    '#status = "draft"',
    '#detail = "totals"',
    '#status_note = "Form 20-F of April 25, 2025"',
    '#restates = "v1"',
    '#restates_because = "the curves of one segment were those of another"',
    "#[sign_off]",
    '#prepared_by = "A. Preparer"',
    "#prepared_on = 2024-02-20",
    '#reviewed_by = "B. Reviewer"',
    "#reviewed_on = 2024-02-27",
    "#[comparatives]",
    '#balance_sheet = "latest"',
    '#income = "latest"',
    '#run = "latest"',
    '#file = "brought_forward.csv"',
    '#retained_earnings_moved = { "dividend of 2022" = -100000 }',
    '#"principal rose" = { as = "accepted", reason = "revolving loans, drawn again within their limit" }',
    "#[given.leases]",
    '#caption = "Leases, net of tax"',
    '#text = { us_gaap = "... (ASC 842-20-25-6)", ifrs = "... (IFRS 16.31, 16.36)", effect = "..." }',
    '#accounts = ["1821", "6602"]',
    '#tax = "stated"',
    '#file = "given/leases.csv"',
    '#amounts = "major"',
    "#[adjustments]",
    '#path = "adjustments.csv"',
    "#[filing]",
    '#commission_file_number = "001-00000"',
    '#registrant = "EXAMPLE LENDER"',
    '#address = "1 Example Road, Shanghai, People\'s Republic of China"',
    '#annual_report = "20-F"',
    "#date = 2024-04-25",
    '#signatory = "A. Person"',
    '#title = "Chief Financial Officer"',
    '#explanation = "An independent accountant performed a limited assurance engagement on it."',
    "#[words.zh]",
    '#"Example Lender" = "示例贷款公司"',
    *filter(lambda line: line.startswith("#") and not line.startswith("# "), switched_lines([*history_lines(HISTORY)])),
}
"""Keys of the example that are there to be switched on."""

ELECTIONS = [
    pytest.param(election, id=f"{note}.{election.name}") for note, one in DECLARED.notes.items() for election in one.elections
]


@pytest.mark.parametrize("election", ELECTIONS)
def test_an_example_is_admissible(election: Election) -> None:
    answer = tomllib.loads(f"answer = {election.example}", parse_float=Decimal)["answer"]
    assert election.check(answer) is None


@pytest.mark.parametrize("election", ELECTIONS)
def test_an_election_is_asked_before_it_is_answered(election: Election) -> None:
    (block,) = [part for part in EXAMPLE.split("\n\n") if re.search(rf"^{election.name} = ", part, re.MULTILINE)]
    *comment, answer = block.strip().split("\n")
    assert all(line.startswith("# ") for line in comment)
    said = " ".join(" ".join(line.removeprefix("#").split()) for line in comment)
    assert election.question in said and f"({election.paragraph}; {election.nature})" in said
    for word, meaning in election.choices.items():
        assert f"{word} {meaning}" in said
    assert election.choices or str(election.check(None)).removeprefix("must be ") in said
    assert (election.kind or "") in said
    assert answer == f"{election.name} = {election.example}"


def test_a_long_question_keeps_its_paragraph_whole() -> None:
    long = count("days", " ".join(["word"] * 19) + "?", "IFRS 9 5.5.11, B5.5.20", 0, 1, 0, nature="policy")
    asked = commented(long).split("\n")
    assert asked[1] == "# (IFRS 9 5.5.11, B5.5.20; policy)"


def test_the_plan_reads(starter: Starter) -> None:
    plan = read_plan(starter.plan, DECLARED)
    assert plan.tapes.kinds == tuple(KINDS)
    assert plan.notes.order == sorted(NOTES, key=lambda key: NOTES[key].place)
    assert plan.notes.order[:2] == ["expected_credit_loss", "effective_interest"], "(i) and (ii)"


def test_every_tape_table_and_role_is_named_in_order() -> None:
    plan = tomllib.loads(EXAMPLE)
    assert list(plan["tapes"]) == [tape.key for kind in KINDS.values() for tape in kind.tapes]
    assert list(plan["curves"]) == [kind.key for kind in KINDS.values() if kind.tables]
    assert [list(files) for files in plan["curves"].values()] == [
        [one.key for one in kind.tables] for kind in KINDS.values() if kind.tables
    ]
    needed = [
        {role for note in NOTES.values() for role in note.needs([kind.key]) if kind.key in note.kinds}
        for kind in KINDS.values()
    ]
    first = {role: next((place for place, roles in enumerate(needed) if role in roles), None) for role in plan["posting"]}
    places = [len(needed) if role in COMMON_ROLES else first[role] for role in plan["posting"]]
    assert None not in places and places == sorted(places)
    assert list(plan["tax"]) == list(plan["elections"]) == plan["notes"]["order"]
    assert plan["vat"]["inclusive"] == [word for kind in KINDS.values() for word in kind.inclusive]
    assert list(plan["accounts"]) == sorted(plan["accounts"])


def models(annotation: Any) -> Iterator[type[BaseModel]]:
    """Every model in an annotation."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for inner in get_args(annotation):
        yield from models(inner)


def keys(model: type[BaseModel]) -> Iterator[tuple[str, Any]]:
    """Every key a plan may hold, with its type."""
    for name, field in model.model_fields.items():
        yield field.alias or name, field.annotation
        for inner in models(field.annotation):
            yield from keys(inner)


def words(annotation: Any) -> Iterator[str]:
    """Every word that a key may be answered with."""
    if get_origin(annotation) is Literal:
        yield from get_args(annotation)
    for inner in get_args(annotation):
        yield from words(inner)


@pytest.mark.parametrize("key", sorted({key for key, _ in keys(Plan)}))
def test_every_key_of_a_plan_is_there(key: str) -> None:
    assert re.search(rf"\b{key}\b", EXAMPLE)


@pytest.mark.parametrize("word", sorted({word for _, annotation in keys(Plan) for word in words(annotation)}))
def test_every_word_of_a_key_is_said_in_a_comment(word: str) -> None:
    comments = [line for line in EXAMPLE.split("\n") if line.startswith("#")]
    assert re.search(rf"\b{word}\b", "\n".join(comments))


def test_every_posting_role_is_explained_and_no_other() -> None:
    table = EXAMPLE[EXAMPLE.index("\n[posting]") : EXAMPLE.index("# ==== 6.")]
    explained = dict(re.findall(r'^(\w+) += "(\d+)"  # \w', table, re.MULTILINE))
    assert set(explained) == {role for note in NOTES.values() for role in note.needs(KINDS)}


def test_lines_are_short_and_comments_stand_apart() -> None:
    lines = EXAMPLE.split("\n")
    assert [line for line in lines if len(line) > 105 or line != line.rstrip()] == []
    comments = [line for line in lines if line.startswith("#")]
    assert {line for line in comments if not line.startswith("# ")} == {"#", *SWITCHED_OFF}


def test_a_table_switched_off_needs_no_more_than_its_signs_removed() -> None:
    off = switched_off(EXAMPLE, ["tapes.loans", "curves.loans"])
    left = tomllib.loads(off)
    assert set(left["tapes"]) == {"loans"} and set(left["curves"]) == {"loans"} and "trial_balance" not in left
    on = re.sub(r"(?m)^( *)#(?=[^ #\n])", r"\1", off)
    assert sum(before != after for before, after in zip(off.split("\n"), EXAMPLE.split("\n"), strict=True)) > 40
    own = {one.removeprefix("#") for one in SWITCHED_OFF}
    left = [line for line in EXAMPLE.split("\n") if line not in own and line[1:] not in own]
    assert [line for line in on.split("\n") if line not in own] == left

"""The mistakes that ``make mutation`` makes: each kind once, one place at a time, and none in words for readers."""

import ast

import pytest

from benchmarks.mutants import OPERATORS, mutants
from benchmarks.mutation import ROOMS, drawn

MADE = [
    ("comparison", "paid < due", "(paid <= due)"),
    ("comparison", "day in closed", "(day not in closed)"),
    ("arithmetic", "gross - tax", "(gross + tax)"),
    ("arithmetic", "total += tax", "total -= tax"),
    ("constant", "12", "13"),
    ("constant", "False", "True"),
    ("and, or", "late and owed", "(late or owed)"),
    ("branch", "us if first else ifrs", "(ifrs if first else us)"),
    ("sign or not", "-opening", "(opening)"),
    ("sign or not", "not late", "(late)"),
    ("statement", "journal.declare(roles)", "pass"),
    ("statement", "amounts[role] = 5", "pass"),
    ("order", "split(opening, closing)", "split(closing, opening)"),
]


@pytest.mark.parametrize(("operator", "before", "after"), MADE)
def test_each_mistake_changes_its_place_and_no_other(operator: str, before: str, after: str) -> None:
    statement = before if operator == "statement" or "+=" in before else f"kept = {before}"
    text = f'"""12 < 13, and not more."""\n\n\ndef closing(owed):  # 12 months\n    {statement}\n    return owed\n'
    (one,) = [mutant for mutant in mutants("m.py", text) if (mutant.operator, mutant.before) == (operator, before)]
    assert (one.function, list(one.statement)) == ("closing", [5])
    assert one.made(text) == text.replace(statement, statement.replace(before, after))
    assert one.name == f"m.py::closing: `{before}` -> `{after}`"


def test_every_kind_of_mistake_is_tried() -> None:
    assert {operator for operator, _, _ in MADE} == set(OPERATORS)


def test_a_condition_that_nothing_else_turns_is_turned() -> None:
    (one,) = mutants("m.py", "if late:\n    paid = due\n")
    assert one.made("if late:\n    paid = due\n") == "if (not late):\n    paid = due\n"
    assert list(one.statement) == [1]


@pytest.mark.parametrize(
    "text",
    [
        '"""As of 12."""\n',
        'f"{owed + 12} owed"\n',
        'raise ValueError(12, "owed")\n',
        "assert owed > 12\n",
        "@kept(12)\ndef closing() -> tuple[int, 12]: ...\n",
        "from books import journal\n",
        'NAMES = ("us", "ifrs")\n',
    ],
)
def test_words_annotations_and_assertions_are_left_alone(text: str) -> None:
    assert list(mutants("m.py", text)) == []


def test_the_same_mistake_twice_has_two_names() -> None:
    text = "twice = rate * 2 + rate * 2\n"
    names = [mutant.name for mutant in mutants("m.py", text)]
    assert len(set(names)) == len(names)
    assert "m.py::module: `2` -> `3`" in names and "m.py::module: `2` -> `3` (2)" in names


@pytest.mark.campaign
def test_a_sample_is_even_repeatable_and_of_code() -> None:
    """As many of each room; the same for a seed; a longer one begins as a shorter one; each can be read as Python."""
    sample = drawn(4 * len(ROOMS), 7, list(ROOMS))
    assert [room for room, _ in sample] == list(ROOMS) * 4
    assert drawn(len(ROOMS), 7, list(ROOMS)) == sample[: len(ROOMS)]
    assert drawn(len(ROOMS), 8, list(ROOMS)) != sample[: len(ROOMS)]
    assert len({mutant.name for _, mutant in sample}) == len(sample)
    assert all(ast.parse(mutant.after) for _, mutant in sample)

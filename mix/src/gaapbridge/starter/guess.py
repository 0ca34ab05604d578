"""What is guessed of a file: keys of a plan with a reason each, and questions that only its owner can answer."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from gaapbridge.plan.model import READ

NOTHING = frozenset(("null", "none", "n/a", "na", "nan", "#n/a", "-", "--", "—"))
"""What systems write where there is nothing, in small letters."""

COLUMNS, OWN = "columns", ""
"""Tables of a tape in a plan, besides that of how it is read."""


@dataclass(frozen=True)
class Question:
    """What a file leaves open: ``about`` what, why, and the lines of a plan that would answer it, one choice or
    another, which belong to the tape's ``table``: its own where that is blank, its columns or how it is read."""

    about: str
    why: str
    choices: tuple[str, ...] = ()
    table: str = READ


@dataclass(frozen=True)
class Guess:
    """Keys with their values and a reason for each, and what is left open."""

    keys: Mapping[str, Any] = field(default_factory=dict)
    reasons: Mapping[str, str] = field(default_factory=dict)
    questions: tuple[Question, ...] = ()


NONE = Guess()
"""Nothing to state: the file is as one of ours."""


def sure(key: str, value: Any, why: str) -> Guess:
    """One key that is stated."""
    return Guess({key: value}, {key: why})


def open_question(about: str, why: str, *choices: str, table: str = READ) -> Guess:
    """One question, nothing stated."""
    return Guess(questions=(Question(about, why, choices, table),))


def together(guesses: Iterable[Guess]) -> Guess:
    """All of several guesses; of a key that holds several columns, all of them."""
    keys: dict[str, Any] = {}
    reasons: dict[str, str] = {}
    questions: list[Question] = []
    for guess in guesses:
        for key, value in guess.keys.items():
            stated = keys.get(key)
            match value:
                case dict() if stated is not None:
                    keys[key] = {**stated, **value}
                case list() if stated is not None:
                    keys[key] = list(dict.fromkeys((*stated, *value)))
                case _:
                    keys[key] = value
            reasons[key] = "; ".join(dict.fromkeys(filter(None, (reasons.get(key), guess.reasons.get(key)))))
        questions.extend(guess.questions)
    return Guess(keys, reasons, tuple(questions))

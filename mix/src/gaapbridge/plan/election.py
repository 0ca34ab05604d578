"""An accounting election: a question a standard leaves to judgement, answered by name in the plan and nowhere else.

A note declares its elections once; validation, the starter plan and the reference page are made from the declaration.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any, Literal

from gaapbridge.plan.shares import figure, per_cent
from gaapbridge.plan.versions import VALID_FROM, VALUE, wrong_versions

Check = Callable[[Any], str | None]

Nature = Literal["policy", "technique", "estimate"]

NATURES: Mapping[Nature, str] = {
    "policy": "a changed answer measures the opening again; what that moves goes to equity (IAS 8.22; 250-10-45-5)",
    "technique": "a changed answer counts from the closing on; what it moves goes through profit, as a change of estimate does "
    "(IAS 8.32 to 8.36; 250-10-45-17, 45-18)",
    "estimate": f"dated: each version is in force from its {VALID_FROM}, the opening is measured with the one in force then; "
    "what a later one moves goes through profit (IAS 8.36; 250-10-45-17)",
}
"""What becomes of a changed answer, by what the election is declared to be."""

EXAMPLE_FROM = "2020-01-01"
"""The first day of the version that an example shows."""


@dataclass(frozen=True)
class Election:
    """One election. ``check`` returns what is wrong with an answer, or None; there is never a default.

    ``nature`` says what a changed answer is (``NATURES``). An estimate is answered in dated versions; ``check_one`` says
    what is wrong with the answer of one. ``choices`` maps each admissible word to what it means, and is empty where the
    answer is a number, a text or a table; ``weighs`` says that a table answers with shares of one. ``kind`` names the kind
    of contract that the election is about, where a plan without such contracts need not answer. ``needed_above`` is for a
    reason: the election it gives one for, and the number above which it may not be left empty. ``by_period`` is the answer
    by which an amount depends on where the period begins, so that parts of a period need not add up to it.
    """

    name: str
    question: str
    paragraph: str
    example: str
    nature: Nature
    check: Check
    check_one: Check
    choices: Mapping[str, str]
    kind: str | None = None
    needed_above: tuple[str, int] | None = None
    weighs: bool = False
    by_period: str | None = None

    def about(self, kind: str) -> Election:
        """The same election, to be answered only where the plan names contracts of that kind."""
        return replace(self, kind=kind)

    def apart_by(self, answer: str) -> Election:
        """The same election, with an answer by which parts of a period need not add up to it."""
        assert answer in self.choices, f"{self.name}: {answer} is no answer"
        return replace(self, by_period=answer)

    def in_words(self, answer: Any) -> str:
        """An answer as a reader of the notes needs it: the meaning of a word, scenarios with their weights, figures.

        >>> scenarios = weights("ifrs_scenarios", "", "", "", nature="estimate")
        >>> scenarios.in_words({"base": Decimal("0.6"), "downside": Decimal("0.4")})
        'base 60 %, downside 40 %'
        >>> days = count_by_segment("payout_days_past_due", "", "", 1, 90, "61", nature="technique")
        >>> days.in_words({"app-a": 31, "app-b": 62})
        'app-a 31, app-b 62'
        """
        if self.choices:
            return self.choices[answer]
        if isinstance(answer, dict):
            shown = per_cent if self.weighs else figure
            return ", ".join(f"{name} {shown(Decimal(number))}" for name, number in answer.items())
        return answer if isinstance(answer, str) else figure(Decimal(answer))


def choice(name: str, question: str, paragraph: str, choices: Mapping[str, str], example: str, *, nature: Nature) -> Election:
    """An election answered by one of a few words."""

    def wrong(answer: Any) -> str | None:
        return None if isinstance(answer, str) and answer in choices else "must be one of " + ", ".join(choices)

    return replace(_declared(name, question, paragraph, f'"{example}"', wrong, nature), choices=choices)


def count(name: str, question: str, paragraph: str, least: int, most: int, example: int, *, nature: Nature) -> Election:
    """An election answered by a whole number."""

    def wrong(answer: Any) -> str | None:
        return None if _is_whole_from(answer, least, most) else f"must be a whole number from {least} to {most}"

    return _declared(name, question, paragraph, str(example), wrong, nature)


def count_by_segment(
    name: str, question: str, paragraph: str, least: int, most: int, example: str, *, nature: Nature
) -> Election:
    """An election answered by a whole number, or by a table that has one for each segment."""

    def wrong(answer: Any) -> str | None:
        counts = list(answer.values()) if isinstance(answer, dict) else [answer]
        if counts and all(_is_whole_from(number, least, most) for number in counts):
            return None
        return f"must be a whole number from {least} to {most}, or a table of segment = such a number"

    return _declared(name, question, paragraph, example, wrong, nature)


def ratio(name: str, question: str, paragraph: str, least: str, most: str, example: str, *, nature: Nature) -> Election:
    """An election answered by a decimal number."""

    def wrong(answer: Any) -> str | None:
        return None if _is_from(answer, least, most) else f"must be a number from {least} to {most}"

    return _declared(name, question, paragraph, example, wrong, nature)


def weights(name: str, question: str, paragraph: str, example: str, *, nature: Nature) -> Election:
    """An election answered by a table of scenario weights that add up to one."""

    def wrong(answer: Any) -> str | None:
        if not isinstance(answer, dict) or not answer:
            return "must be a table of scenario = weight from 0 to 1, adding up to 1"
        if VALUE in answer:
            return f"no scenario is called {VALUE}"
        if not all(_is_from(weight, "0", "1") for weight in answer.values()):
            return "every weight must be a number from 0 to 1"
        total = sum(map(Decimal, answer.values()))
        return None if total == 1 else f"the weights add up to {total}, not to 1"

    return replace(_declared(name, question, paragraph, example, wrong, nature, is_table=True), weighs=True)


def text(name: str, question: str, paragraph: str, example: str, *, nature: Nature) -> Election:
    """An election answered by a sentence that goes on record."""

    def wrong(answer: Any) -> str | None:
        return None if isinstance(answer, str) else "must be a text"

    return _declared(name, question, paragraph, f'"{example}"', wrong, nature)


def reason(
    name: str, question: str, paragraph: str, example: str, needed_above: tuple[str, int], *, nature: Nature
) -> Election:
    """A text that may be empty only while another election, a number, is answered with at most so much."""
    return replace(text(name, question, paragraph, example, nature=nature), needed_above=needed_above)


def _declared(
    name: str, question: str, paragraph: str, example: str, check: Check, nature: Nature, *, is_table: bool = False
) -> Election:
    """An election without words to choose from: an estimate is answered in versions, each of which is checked."""
    if nature != "estimate":
        return Election(name, question, paragraph, example, nature, check, check, {})

    def wrong(answer: Any) -> str | None:
        return wrong_versions(answer, check, is_table=is_table)

    stated = example.removeprefix("{ ").removesuffix(" }") if is_table else f"{VALUE} = {example}"
    versions = f"[{{ {VALID_FROM} = {EXAMPLE_FROM}, {stated} }}]"
    return Election(name, question, paragraph, versions, nature, wrong, check, {})


def _is_whole_from(answer: Any, least: int, most: int) -> bool:
    return isinstance(answer, int) and not isinstance(answer, bool) and least <= answer <= most


def _is_from(answer: Any, least: str, most: str) -> bool:
    """Whether an answer is a number within bounds, written with or without a decimal point."""
    if isinstance(answer, bool) or not isinstance(answer, int | Decimal):
        return False
    return Decimal(answer).is_finite() and Decimal(least) <= answer <= Decimal(most)

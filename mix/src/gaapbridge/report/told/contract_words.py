"""One contract in the words of the trade: what became of it in the period, its stage at both dates, what a tape says of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

BECAME = {
    "stayed": "on the books at both dates",
    "new": "originated in the period, on the books at its end",
    "settled": "on the books at the opening, repaid in full in the period",
    "new_settled": "originated and repaid in full in the period",
    "written_off": "on the books at the opening, written off or paid out in the period",
    "new_written_off": "originated, and written off or paid out, in the period",
    "written_off_earlier": "written off or paid out before the period",
    "lost": "on the books at the opening, missing from the closing tape",
    "ignored": "in no figure of the period",
}
"""What became of a contract, by its path."""

STATUSES = {"on_book": "on the books", "paid_out": "paid out", "written_off": "written off"}
"""How a tape's status is read, where it is a code and no word."""

STAGES = "stage at opening and closing"
OFF_BOOKS = "not on the books"


def facts_in_words(facts: Mapping[str, Any]) -> list[tuple[str, str]]:
    """The facts of a contract, each with its name as people say it.

    >>> facts_in_words({"path": "settled", "stage at opening and closing": "1 to 0; 0 is not on book"})[0]
    ('in the period', 'on the books at the opening, repaid in full in the period')
    >>> facts_in_words({"stage at opening and closing": "1 to 0; 0 is not on book"})
    [('stage at the opening', '1'), ('stage at the closing', 'not on the books')]
    """
    return [pair for name, value in facts.items() for pair in _in_words(name, str(value))]


def _in_words(name: str, value: str) -> list[tuple[str, str]]:
    if name == "path":
        return [("in the period", BECAME.get(value, value.replace("_", " ")))]
    if name == "status":
        return [("status on the tape", value_in_words(name, value) or value)]
    if name == STAGES:
        begin, _, end = value.partition(";")[0].partition(" to ")
        stages = zip(("opening", "closing"), (begin, end), strict=True)
        return [(f"stage at the {day}", OFF_BOOKS if stage == "0" else stage) for day, stage in stages]
    return [(name, str(yes_or_no(value)))]


def yes_or_no(value: object) -> object:
    """What a tape says as people do where it is a flag, or the text of one; anything else as it is.

    >>> yes_or_no(True), yes_or_no("False"), yes_or_no(12), yes_or_no("fair")
    ('yes', 'no', 12, 'fair')
    """
    return {"True": "yes", "False": "no"}.get(str(value), value)


def value_in_words(column: str, value: str) -> str:
    """What a value of a tape says where it is a code; blank where it is a word or a figure itself.

    >>> value_in_words("status", "on_book"), value_in_words("watch_list", "False"), value_in_words("rating", "fair")
    ('on the books', 'no', '')
    """
    if column == "status":
        return STATUSES.get(value, "")
    said = str(yes_or_no(value))
    return "" if said == value else said

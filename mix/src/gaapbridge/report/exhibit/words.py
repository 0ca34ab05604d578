"""The words of an exhibit in the language asked for, from one table: ``words.csv``, English beside a column for each language.

A row is a text, or a form: English with places in braces, ``As of {day}``, of which the first that fits is taken. What may
stand in a place is said by its name (``PLACES``; two of a sort differ by a digit); a form with a place of no such name is
filled by who knows what belongs there. A language is added as a column, a text as a row: no code knows a language. What a
lender calls its own, a plan says in ``words`` by the same name of a language: ``[words.zh]``.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from gaapbridge.run.reader import Run
from gaapbridge.statement.printing import MONTHS
from gaapbridge.terms.errors import UnusableInput
from gaapbridge.terms.languages import ENGLISH, TABLE, languages
from gaapbridge.terms.text import is_blank

CHINESE = "zh"

OWN_NAMES = "words"
"""The table of a plan in which a lender says its own names and sentences, in a table for each language."""

CONTINUED = "{title} (continued)"
"""The caption of a table that goes on."""


@dataclass(frozen=True, slots=True)
class Place:
    """What may stand in a place of a form: its pattern, and whether it is told in the language, as far as it is known, or stays
    as it is; one that ``must_be_known`` makes the form fit only where it is."""

    pattern: str
    is_told: bool = True
    must_be_known: bool = False


_DAY = rf"(?:{'|'.join(MONTHS)}) \d{{1,2}}, \d{{4}}"

PLACES: Mapping[str, Place] = {
    "known": Place(".+", must_be_known=True),
    "last": Place(r"(?!\d{4}\b).+", must_be_known=True),
    "text": Place(".+"),
    "name": Place(".+"),
    "key": Place(r"\S+"),
    "when": Place("for the .+", must_be_known=True),
    "framework": Place(r"U\.S\. GAAP|IFRS"),
    "day": Place(_DAY),
    "days": Place(rf"as of {_DAY}(?: and as of {_DAY})*"),
    "month": Place("|".join(MONTHS)),
    "length": Place("[a-z ]+"),
    "unit": Place(r"(?:thousands of |millions of )?[A-Z]{3}"),
    "rates": Place(r"[\d.]+ %(?:, then [\d.]+ %)*"),
    "code": Place("[A-Z]{3}", is_told=False),
    "numeral": Place("[ivx]+", is_told=False),
    "number": Place(r"\d+", is_told=False),
    "year": Place(r"\d{4}", is_told=False),
    "count": Place(r"[\d,]+", is_told=False),
    "figure": Place(r"\d+\.\d+", is_told=False),
    "rate": Place(r"[\d.]+ %", is_told=False),
    "amount": Place(r"[A-Z]{3} [\d,.]+", is_told=False),
    "paragraph": Place(".+", is_told=False),
    "clause": Place(".+", is_told=False),
}
"""What may stand in a place, by its name; the ``last`` of several parts is no year, whose comma is its day's."""

DIGITS = "0123456789"
"""What two places of a sort differ by."""

_PLACE = re.compile(r"\{([a-z]+)\d*\}")
_SENTENCE_ENDS = re.compile(r"\. ")


def _place(name: str) -> Place:
    return PLACES[name.rstrip(DIGITS)]


@dataclass(frozen=True, slots=True)
class Form:
    """A form: its English as a pattern, its text in the language, and whether it is a whole sentence or several."""

    pattern: re.Pattern[str]
    said: str
    is_sentence: bool

    @classmethod
    def of(cls, english: str, said: str) -> Form | None:
        """The form of a row; None of a text, and of what is filled and never recognised. It may begin within a sentence."""
        names = _PLACE.findall(english)
        if not names or any(name not in PLACES for name in names):
            return None
        parts = re.split(r"(\{[a-z]+\d*\})", english)
        patterns = [
            f"(?P<{part[1:-1]}>{_place(part[1:-1]).pattern})" if _PLACE.fullmatch(part) else re.escape(part) for part in parts
        ]
        first = patterns[0]
        patterns[0] = f"[{first[0].upper()}{first[0].lower()}]{first[1:]}" if first[:1].isalpha() else first
        return cls(re.compile("".join(patterns)), said, english.endswith("."))


class Words:
    """English as it is, or another language: a text by the table or by what a plan says of its own, else by the forms.

    A text that neither knows stays in English, so that nothing is left out.

    >>> said = Words(CHINESE)
    >>> said("Deferred tax assets"), said("As of December 31, 2023"), said("Amounts in thousands of CNY")
    ('递延所得税资产', '于2023年12月31日', '金额单位：人民币千元')
    >>> said("Less: Provision for loans receivable"), Words(CHINESE, {"Rent": "租金"})("Rent"), Words(ENGLISH)("Rent")
    ('减：应收贷款减值准备', '租金', 'Rent')
    """

    def __init__(self, language: str, own: Mapping[str, str] | None = None) -> None:
        self.language = language
        self._texts = {**_texts(TABLE, language), **(own or {})}
        self._folded = {text.casefold(): said for text, said in self._texts.items()}
        self._forms = _forms(TABLE, language)
        self._known: dict[str, str | None] = {}

    @classmethod
    def of(cls, run: Run, language: str) -> Words:
        """The words for a run, those of its plan for its own names before those of the table."""
        return cls(language, own_names(run, language))

    def __call__(self, text: str) -> str:
        """A text in the language."""
        said = self._told(text)
        return text if said is None else said

    def prose(self, text: str) -> str:
        """A paragraph in the language: one that is known, or made up of known ones, as a note's of its kinds of contracts are.

        >>> said = Words(CHINESE, {"One.": "一。", "Two.": "二。"})
        >>> said.prose("One. Two."), said.prose("One. Three.")
        ('一。二。', 'One. Three.')
        >>> Words(ENGLISH, {"One.": "Un.", "Two.": "Deux."}).prose("One. Two.")
        'Un. Deux.'
        """
        said = self._in_sentences(text)
        return text if said is None else said

    def filled(self, form: str, **places: str) -> str:
        """A form with what belongs in its places, each as it is to be printed.

        >>> Words(ENGLISH).filled("{lead}.", lead="Rounding"), Words(CHINESE).filled("{lead}.", lead="尾差")
        ('Rounding.', '尾差：')
        """
        return self._texts.get(form, form).format(**places)

    def _told(self, text: str) -> str | None:
        """A text by the table, or by the first form that fits; None where there is none. What was once found is kept."""
        if text in self._texts:
            return self._texts[text]
        if text not in self._known:
            self._known[text] = next(self._by_forms(text, self._forms), None)
        return self._known[text]

    def _by_forms(self, text: str, forms: tuple[Form, ...]) -> Iterator[str]:
        for form in forms:
            found = form.pattern.fullmatch(text)
            places = None if found is None else self._in_places(found.groupdict())
            if places is not None:
                yield form.said.format(**places)

    def _in_places(self, found: Mapping[str, str]) -> dict[str, str] | None:
        """What stands in the places of a form in the language; None where some of it has to be known and is not."""
        places: dict[str, str] = {}
        for name in reversed(list(found)):  # what stands last is the shorter, and is soon found not to be known
            place, text = _place(name), found[name]
            said = self._within(text) if place.is_told else text
            if said is None and place.must_be_known:
                return None
            places[name] = text if said is None else said
        return places

    def _within(self, text: str) -> str | None:
        """A text that stands within another, so that it begins as a word of a sentence does."""
        return said if (said := self._told(text)) is not None else self._folded.get(text.casefold())

    def _in_sentences(self, text: str) -> str | None:
        """Sentences that are known, the longest run of them first; None where one of them is not."""
        if (said := self._sentence(text)) is not None:
            return said
        for end in reversed([found.start() + 1 for found in _SENTENCE_ENDS.finditer(text)]):
            first = self._sentence(text[:end])
            if first is not None and (rest := self._in_sentences(text[end + 1 :])) is not None:
                return f"{first}{' ' if first[-1:].isascii() else ''}{rest}"  # Chinese has no blanks
        return None

    def _sentence(self, text: str) -> str | None:
        if text in self._texts:
            return self._texts[text]
        return next(self._by_forms(text, tuple(form for form in self._forms if form.is_sentence)), None)


def own_names(run: Run, language: str) -> dict[str, str]:
    """What the plan of a run says in a language of its own names, captions and sentences. A blank, which plans are refused
    with, says nothing in a run of before: what it stands for stays in English.

    Raises ``UnusableInput`` where it says something in a language that has no column: nothing would ever print it.
    """
    said: dict[str, dict[str, str]] = run.plan_content.get(OWN_NAMES, {})
    for unknown in sorted({*said} - {*languages()}):
        raise UnusableInput(
            file=str(run.folder),
            key=f"{OWN_NAMES}.{unknown}",
            rule=f"the words of a plan are in a language of the exhibit: {', '.join(languages()[1:])}",
            remedy="name the table by one of these in the plan and close again, or take it out",
        )
    return {english: own for english, own in said.get(language, {}).items() if not is_blank(own)}


@cache
def _rows(table: Path) -> tuple[dict[str, str], ...]:
    with table.open(encoding="utf-8", newline="") as stream:
        return tuple(csv.DictReader(stream))


@cache
def _texts(table: Path, language: str) -> dict[str, str]:
    """Every row that a language has; English is as it stands."""
    return {} if language == ENGLISH else {row[ENGLISH]: row[language] for row in _rows(table) if row[language]}


@cache
def _forms(table: Path, language: str) -> tuple[Form, ...]:
    made = (Form.of(english, said) for english, said in _texts(table, language).items())
    return tuple(form for form in made if form is not None)

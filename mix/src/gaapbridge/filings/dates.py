"""Dates and periods in the words of headings: `Three months ended June 30, 2025`, 截至2023年12月31日."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from gaapbridge.terms.words import Words

_MONTHS = (
    "jan(?:uary|uar|vier|v)?|jänner|enero|gennaio",
    "feb(?:ruary|ruar|rero|braio)?|févr?(?:ier)?",
    "mar(?:ch|s|zo)?|märz",
    "apr(?:ile?)?|avr(?:il)?|abril",
    "may|mai|mayo|maggio",
    "june?|juni|juin|junio|giugno",
    "july?|juli|juil(?:let)?|julio|luglio",
    "aug(?:ust)?|août|agosto",
    "sept?(?:ember|embre|iembre)?|settembre",
    "oct(?:ober|obre|ubre)?|okt(?:ober)?|ottobre",
    "nov(?:ember|embre|iembre)?",
    "dec(?:ember)?|dez(?:ember)?|déc(?:embre)?|dic(?:iembre|embre)?",
)
"""In English, German, French, Spanish and Italian."""
_MONTH = rf"(?P<month>{'|'.join(_MONTHS)})\b\.?"
_YEAR = r"(?P<year>(?:19|20)\d\d)"
_DAY = r"(?P<day>\d{1,2})(?:st|nd|rd|th|er|\.|º|°)?"
_DAY_MONTH = rf"\b{_DAY}\s+(?:de\s+)?{_MONTH}"
_DATES = (
    Words(rf"\b{_MONTH}\s*{_DAY}\s*,?\s*{_YEAR}\b", re.IGNORECASE),
    Words(rf"{_DAY_MONTH}\s*,?\s*(?:del?\s+)?{_YEAR}\b", re.IGNORECASE),
    Words(rf"\b{_YEAR}[-/.](?P<month>\d{{1,2}})[-/.](?P<day>\d{{1,2}})\b"),
    Words(rf"\b(?P<day>\d{{1,2}})\.\s?(?P<month>\d{{1,2}})\.\s?{_YEAR}\b"),
    Words(rf"\b(?P<day>1[3-9]|2\d|3[01])/(?P<month>\d{{1,2}})/{_YEAR}\b"),
    Words(rf"{_YEAR}\s*年\s*(?P<month>\d{{1,2}})\s*月\s*(?P<day>\d{{1,2}})\s*日"),
)
_WITHOUT_YEAR = (
    Words(rf"\b{_MONTH}\s*{_DAY}\b", re.IGNORECASE),
    Words(_DAY_MONTH, re.IGNORECASE),
    Words(r"(?P<month>\d{1,2})\s*月\s*(?P<day>\d{1,2})\s*日"),
)
_NUMBERS = {"three": 3, "six": 6, "nine": 9, "twelve": 12, "三": 3, "六": 6, "九": 9, "十二": 12, "one": 1}
_NUMBERS |= {"drei": 3, "sechs": 6, "neun": 9, "zwölf": 12, "trois": 3, "neuf": 9, "douze": 12}
_LENGTHS = (
    (Words(r"\b(?:fiscal )?(?:quarters?) (?:ended|ending)\b|止季度", re.IGNORECASE), 3),
    (Words(r"\bhalf[- ]?years? (?:ended|ending)\b|止半年", re.IGNORECASE), 6),
    (
        Words(
            r"\byears? (?:ended|ending|to)\b|止年度|\bgeschäftsjahr\b|\bexercice (?:clos|arrêté)\b|\bejercicio\b|\besercizio\b",
            re.IGNORECASE,
        ),
        12,
    ),
)
_SO_MANY = Words(
    r"\b(three|six|nine|twelve|one|\d{1,2})[- ]months?\b|止\s*(三|六|九|十二|\d{1,2})\s*个月"
    r"|\b(drei|sechs|neun|zwölf|trois|six|neuf|douze|\d{1,2}) (?:monaten?|mois)\b",
    re.IGNORECASE,
)
_WEEKS = Words(r"\b(\d{2})[- ]weeks?\b", re.IGNORECASE)
_QUARTER = Words(rf"\bQ([1-4])\s*,?\s*{_YEAR}\b|\b{_YEAR}\s*Q([1-4])\b".replace("?P<year>", ""), re.IGNORECASE)
_WHOLE_YEAR = Words(r"((?:19|20)\d\d)\s*年度|\b(?:FY|fiscal(?: year)?|year)\s*((?:19|20)\d\d)\b", re.IGNORECASE)
_BARE_YEAR = Words(r"\(?((?:19|20)\d\d)\)?")
_BETWEEN = Words(r"\s*(?:to|through|until|bis(?: zum)?|au|al|[-–—/]|至|到)\s*", re.IGNORECASE)
_ABOUT = Words(
    r"\b(?:as of|as at|at|for the|for|balances? (?:at|as of)|balances?|(?:fiscal )?(?:years?|quarters?|half[- ]?years?) "
    r"(?:ended|ending|to)|(?:three|six|nine|twelve|\d{1,2})[- ](?:months?|weeks?) (?:ended|ending|to)|ended|through"
    r"|zum|per|am|stand|au|al)\s*(?=§)"
    r"|截至|止年度|止(?:三|六|九|\d)个月|年度",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Span:
    """A day, or the period from `first` to `last`."""

    first: date | None
    last: date
    whole_year: bool = False
    """Whether only a year was named: of a balance sheet the day is not known then."""

    @property
    def as_of(self) -> str | None:
        """The day, or the last of the period, as it is written; None where it is not known."""
        return None if self.whole_year else self.last.isoformat()

    @property
    def period(self) -> str:
        """The period as it is written; blank for a day."""
        return f"{self.first.isoformat()}/{self.last.isoformat()}" if self.first else ""

    @property
    def short(self) -> str:
        """How it is named in the id of a statement: `2023`, `2025q2`, `2025h1`, or with all its days."""
        first, last = self.first, self.last
        if first is None:
            return str(last.year) if (last.month, last.day) == (12, 31) else last.isoformat()
        months = (last.year - first.year) * 12 + last.month - first.month + 1
        whole = first.day == 1 and (last + timedelta(days=1)).day == 1 and first.year == last.year
        if whole and months == 12:
            return str(last.year)
        if whole and months == 3 and last.month % 3 == 0:
            return f"{last.year}q{last.month // 3}"
        if whole and months == 6 and last.month % 6 == 0:
            return f"{last.year}h{last.month // 6}"
        return f"{first.isoformat()}-{last.isoformat()}"


def span_of(text: str, *, year: int | None = None) -> Span | None:
    """The one day or period that a text names; None where it names none or several. `year` is taken for that of the day.

    >>> span_of("For the three months ended June 30, 2025").period
    '2025-04-01/2025-06-30'
    >>> span_of("zum 31. Dezember 2023").as_of, span_of("au 31 décembre 2023").as_of, span_of("31.12.2018").as_of
    ('2023-12-31', '2023-12-31', '2018-12-31')
    >>> span_of("截至2023年12月31日").as_of, span_of("December 31, 2023 and 2022", year=2022).as_of
    ('2023-12-31', '2022-12-31')
    >>> span_of("December 31, 2023 and January 1, 2024") is None
    True
    """
    days = list(_days(text, year))
    if len(days) == 2 and _BETWEEN.fullmatch(text[days[0][2] : days[1][1]]) and days[0][0] < days[1][0]:
        return Span(days[0][0], days[1][0])
    distinct = {day for day, _, _ in days}
    if len(distinct) == 1:
        last = distinct.pop()
        return Span(_first_day(text, last), last)
    return None if distinct else _named_period(text)


def year_of(text: str) -> int | None:
    """The year, where a text is a year and nothing else."""
    found = _BARE_YEAR.fullmatch(text.strip())
    return int(found[1]) if found else None


def names_a_time(text: str) -> bool:
    """Whether a heading names a day or a length of time, with its year or without: `Three months ended`, `June 30,`, `2023`.

    >>> [names_a_time(text) for text in ("Three months ended", "September 30,", "2023", "As reported")]
    [True, True, True, False]
    """
    words = (*(form for form, _ in _LENGTHS), _SO_MANY, _WEEKS, *_WITHOUT_YEAR)
    return span_of(text) is not None or year_of(text) is not None or any(form.search(text) for form in words)


def without_dates(text: str) -> str:
    """A heading without the date it names and the words that belong to it.

    >>> without_dates("As reported as of December 31, 2023")
    'As reported'
    """
    for one in (*_DATES, _QUARTER, _WHOLE_YEAR):
        text = one.sub("§", text)
    text = re.sub(r"\s+", " ", text)
    text = _ABOUT.sub("", text).replace("§", " ")
    return " ".join(text.split()).strip(" ,:;-–—")


def _days(text: str, year: int | None) -> Iterator[tuple[date, int, int]]:
    """Every date in a text, in its order, with where it stands."""
    found: list[tuple[date, int, int]] = []
    for form in _WITHOUT_YEAR if year is not None else _DATES:
        for one in form.finditer(text):
            day = _day(year if year is not None else int(one["year"]), one["month"], int(one["day"]))
            if day is not None and not any(one.start() < end and start < one.end() for _, start, end in found):
                found.append((day, one.start(), one.end()))
    return iter(sorted(found, key=lambda one: one[1]))


def _day(year: int, month: str, day: int) -> date | None:
    number = int(month) if month.isdigit() else _number_of(month)
    try:
        return date(year, number, day)
    except ValueError:
        return None


def _number_of(month: str) -> int:
    return next(number for number, words in enumerate(_MONTHS, start=1) if re.fullmatch(words, month, re.IGNORECASE))


def _first_day(text: str, last: date) -> date | None:
    """The first day of a period that ends on a day; None where the text speaks of no period."""
    if weeks := _WEEKS.search(text):
        return last - timedelta(days=7 * int(weeks[1]) - 1)
    if many := _SO_MANY.search(text):
        said = (many[1] or many[2] or many[3]).lower()
        return _months_before(last, _NUMBERS.get(said) or int(said))
    for words, months in _LENGTHS:
        if words.search(text):
            return _months_before(last, months)
    return None


def _months_before(last: date, months: int) -> date:
    """The first of so many months that end on a day."""
    whole = (last + timedelta(days=1)).day == 1
    behind = last.year * 12 + last.month - 1 - months + (1 if whole else 0)
    year, month = divmod(behind, 12)
    if whole:
        return date(year, month + 1, 1)
    day = min(last.day, 28) if month == 1 else min(last.day, 30)
    return date(year, month + 1, day) + timedelta(days=1)


def _named_period(text: str) -> Span | None:
    """A period named without a day: `Q2 2025`, `2023年度`, `fiscal 2023`."""
    if (quarter := _QUARTER.search(text)) is not None:
        year, number = int(quarter[2] or quarter[3]), int(quarter[1] or quarter[4])
        first = date(year, 3 * number - 2, 1)
        return Span(first, date(year + number // 4, 3 * number % 12 + 1, 1) - timedelta(days=1))
    years = {found[1] or found[2] for found in _WHOLE_YEAR.finditer(text)}
    if len(years) == 1:
        year = int(years.pop())
        return Span(date(year, 1, 1), date(year, 12, 31), whole_year=True)
    return None

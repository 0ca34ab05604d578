"""How the days of a file are written, told from its cells: a format is proposed only where no other reads them otherwise."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from itertools import combinations

from gaapbridge.starter.guess import NOTHING, Guess, open_question, sure, together
from gaapbridge.tapes.written_days import EXCEL, ISO, shape_of

_APART = ("/", "-", ".", " ")
_ORDERS = ("%Y{0}%m{0}%d", "%d{0}%m{0}%Y", "%m{0}%d{0}%Y", "%d{0}%m{0}%y", "%m{0}%d{0}%y", "%y{0}%m{0}%d")
_NAMED = ("%d{0}%b{0}%Y", "%b{0}%d{0}%Y", "%d{0}%b{0}%y", "%d{0}%B{0}%Y")
_DAYS = (
    *(order.format(apart) for order in (*_ORDERS, *_NAMED) for apart in _APART),
    "%Y%m%d", "%d%m%Y", "%m%d%Y", "%d%b%Y", "%b %d, %Y", "%B %d, %Y", "%B %d %Y", "%Y年%m月%d日",
)  # fmt: skip
FORMATS = (*_DAYS, *(f"{day} {time}" for day in _DAYS for time in ("%H:%M:%S", "%H:%M")), EXCEL)
"""Formats that are tried."""

MONTHS = (
    *(order.format(apart) for order in ("%Y{0}%m", "%m{0}%Y", "%b{0}%Y", "%b{0}%y", "%B{0}%Y") for apart in _APART),
    "%Y%m", "%Y年%m月",
)  # fmt: skip
"""Formats that are tried besides where a month is enough."""

_ISO = re.compile(ISO)
_SHAPES = {form: re.compile(shape_of(form).replace(r"\p{L}", r"[^\W\d_]")) for form in (*FORMATS, *MONTHS) if form != EXCEL}
_FIRST, _LAST = date(1950, 1, 1), date(2099, 12, 31)
"""No contract is dated outside of these; a format that says so is not the file's."""

NO_DAY = NOTHING | {
    "00000000", "0000-00-00", "00/00/0000", "99991231", "9999-12-31", "12/31/9999", "31/12/9999", "9999/12/31", "19000101",
    "1900-01-01", "01/01/1900", "1900/01/01",
}  # fmt: skip
"""What systems write where there is no day."""


def read_as(text: str, form: str) -> date | None:
    """The day that a text is in a format; None where it is none, or one of no contract.

    >>> read_as("31/01/2023", "%d/%m/%Y"), read_as("31/01/2023", "%m/%d/%Y"), read_as("44957", "excel")
    (datetime.date(2023, 1, 31), None, datetime.date(2023, 1, 31))
    """
    if form == EXCEL:
        whole = re.fullmatch(r"([0-9]{5})(?:\.0+)?", text)
        day = date(1899, 12, 30) + timedelta(days=int(whole[1])) if whole else None
    elif not _SHAPES[form].match(text):
        return None
    else:
        try:
            day = datetime.strptime(text, form).date()
        except ValueError:
            return None
    return day if day is not None and _FIRST <= day <= _LAST else None


def is_day(text: str) -> bool:
    """Whether a text is a day in some format, or says that there is none."""
    return bool(_ISO.match(text)) or text.casefold() in NO_DAY or any(read_as(text, form) for form in FORMATS)


def guess_days(cells: Mapping[str, Sequence[str]], formats: Sequence[str] = FORMATS) -> Guess:
    """The formats of a file's days, by the cells of each of its columns of days; its columns are written alike."""
    texts = [text for column in cells.values() for text in column]
    by_shape: dict[str, list[str]] = defaultdict(list)
    for text in dict.fromkeys(texts):
        if not _ISO.match(text) and text.casefold() not in NO_DAY:
            by_shape[_shape(text)].append(text)
    empty = [text for text in dict.fromkeys(texts) if text.casefold() in NO_DAY]
    found = list(_formats(by_shape.values(), formats))
    if empty:
        found.append(sure("empty", empty, "stands where there is no day"))
    return together(found)


MOSTLY = 0.95
"""Share of days that a format has to read; a few may be no days of the calendar, and are rejected one by one."""


def _formats(shapes: Iterable[Sequence[str]], formats: Sequence[str]) -> Iterator[Guess]:
    """The format of the days of each shape, or the question which it is."""
    for texts in shapes:
        read = {form: [read_as(text, form) for text in texts] for form in formats}
        fit = {form: days for form, days in read.items() if sum(map(bool, days)) >= MOSTLY * len(texts)}
        forms = [form for place, form in enumerate(fit) if fit[form] not in list(fit.values())[:place]]
        if len(forms) > 1:
            lines = [f'dates = ["{form}"]' for form in forms]
            yield open_question("dates", _either(texts, {form: fit[form] for form in forms}), *lines)
        elif forms:
            yield sure("dates", [forms[0]], _no_other(texts, forms[0], read))
        elif mixed := _mixed(texts, read):
            yield open_question("dates", mixed)


def _mixed(texts: Sequence[str], read: Mapping[str, Sequence[date | None]]) -> str | None:
    """That days are written in two orders that together read what neither does; None where no two do so."""
    for one, other in combinations(read, 2):
        days = list(zip(texts, read[one], read[other], strict=True))
        only_one = next((text for text, first, second in days if first and not second), None)
        only_other = next((text for text, first, second in days if second and not first), None)
        together_read = sum(bool(first or second) for _, first, second in days)
        if only_one and only_other and together_read >= MOSTLY * len(texts):
            return (
                f"two orders of day and month are mixed: {only_one} is a day in {one} alone, {only_other} in {other} alone, "
                "and no format can tell others that may be either: export the column in one order, best as 2023-12-31"
            )
    return None


def _either(texts: Sequence[str], read: Mapping[str, Sequence[date | None]]) -> str:
    """Why one of some formats is not chosen: a text that each reads, and for each one that it does not."""
    of_all = list(zip(*read.values(), strict=True))
    differ = [text for text, days in zip(texts, of_all, strict=True) if None not in days and len(set(days)) > 1]
    said = f"{differ[0]} may be {'either' if len(read) == 2 else 'any of them'}" if differ else "no day tells one from another"
    places = range(len(texts))
    gaps = {
        form: next((texts[at] for at in places if days[at] is None and any(of_all[at])), None) for form, days in read.items()
    }
    told = [f"{text} is no day in {form}" for form, text in gaps.items() if text is not None]
    return f"{said}; {', '.join(told)}" if told else f"{said}, and so may every other day of that shape"


def _no_other(texts: Sequence[str], form: str, read: Mapping[str, Sequence[date | None]]) -> str:
    """Why a format is chosen: a text that is no other day in any, read by as few as may be; and one that none reads."""
    of_all = [[day for day in days if day is not None] for days in zip(*read.values(), strict=True)]
    places = range(len(texts))
    clear = [at for at in places if of_all[at] and set(of_all[at]) == {read[form][at]}]
    none = [texts[at] for at in places if not of_all[at]]
    telling = texts[min(clear, key=lambda at: len(of_all[at]))] if clear else None
    why = f"{telling} is no other day in any format" if telling else "no other format reads as many days"
    return f"{why}; {none[0]} is none in any" if none else why


def _shape(text: str) -> str:
    """What texts of one format have in common: digits where digits are, letters where letters are."""
    return re.sub(r"[^\W\d_]+", "A", re.sub(r"[0-9]{1,3}(?![0-9])", "9", text)) if not text.isdigit() else str(len(text))


_IN_TEXTS = (
    (re.compile(r"(?<![0-9])(20[0-9]{2})[-_./年]?([01][0-9])[-_./月]?([0-3][0-9])(?![0-9])"), (1, 2, 3)),
    (re.compile(r"(?<![0-9])(20[0-9]{2})年([0-9]{1,2})月([0-9]{1,2})日"), (1, 2, 3)),
)
_WRITTEN_OUT = re.compile(r"([A-Z][a-z]{2,8}) ([0-9]{1,2}),?\s+(20[0-9]{2})")
_YEAR_LAST = re.compile(r"(?<![0-9])(?<![0-9][/.-])([0-9]{1,2})([/.-])([0-9]{1,2})\2(20[0-9]{2})(?![0-9])")
_AS_OF = re.compile(r"\bas (?:of|at)\b|截至|截止", re.I)
_NEAR = 20
"""Characters behind "as of" in which its day stands."""


def day_in(text: str) -> date | None:
    """The only day that a title or the name of a file states, or the only one that it says it is of; none that could be two.

    >>> day_in("loans_20231231.csv"), day_in("As of December 31, 2023"), day_in("截至2023年6月30日"), day_in("12/11/2023")
    (datetime.date(2023, 12, 31), datetime.date(2023, 12, 31), datetime.date(2023, 6, 30), None)
    >>> day_in("As of: 12/31/2022 Run: 01/13/2023")
    datetime.date(2022, 12, 31)
    """
    said = [days for found in _AS_OF.finditer(text) if (days := _days_in(text[found.end() : found.end() + _NEAR]))]
    days = set().union(*said) if said else _days_in(text)
    return days.pop() if len(days) == 1 else None


def _days_in(text: str) -> set[date]:
    """The days that a text states; of one that may be read as two, both."""
    written = [tuple(int(found[place]) for place in places) for shape, places in _IN_TEXTS for found in shape.finditer(text)]
    for found in _YEAR_LAST.finditer(text):
        first, second, year = int(found[1]), int(found[3]), int(found[4])
        written += [(year, first, second), (year, second, first)]
    days = {day for year, month, of_month in written if (day := _day(year, month, of_month))}
    for found in _WRITTEN_OUT.finditer(text):
        days |= {day for form in ("%B %d %Y", "%b %d %Y") if (day := read_as(" ".join(found.groups()), form))}
    return days


def _day(year: int, month: int, of_month: int) -> date | None:
    try:
        return date(year, month, of_month)
    except ValueError:
        return None

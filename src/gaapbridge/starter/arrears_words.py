"""The words by which a history says how late a contract is, as the days past due that stand for each: a proposal."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence

import polars as pl

from gaapbridge.starter.guess import NONE, Guess, open_question, sure
from gaapbridge.starter.names import Match
from gaapbridge.starter.seen_numbers import is_number
from gaapbridge.starter.tape_words import FEW_WORDS, MOSTLY, different
from gaapbridge.tapes.raw import BATCH_ROWS, Raw
from gaapbridge.tapes.schema import Schema
from gaapbridge.tapes.trade_words import ON_BOOK, meanings

LATE = "days_past_due"
"""The column of how late a contract is."""

_MISSED, _STATUS = "missed_instalments", "status"
_MONTH = 30

_NIL = frozenset((
    "current", "not past due", "not late", "not overdue", "up to date", "performing", "regular", "no arrears", "in order",
    "正常", "未逾期", "无逾期", "无",
))  # fmt: skip
_DASH = re.compile(r"[-–—−~～至到]")
_UNIT = r"(?:(?:\s*(?:d|dpd|days?)\b)?(?:\s*(?:past due|late|overdue|delinquent|in arrears))?|\s*天)?"
_HEAD = r"^(?:late|overdue|past due|delinquent|arrears|dpd|逾期)?\s*\(?\s*"
_TAIL = r"\s*\)?$"
_BAND = re.compile(rf"{_HEAD}([0-9]{{1,4}})(?:\s*(?:天|days?))?\s*-\s*([0-9]{{1,4}}){_UNIT}{_TAIL}")
_ABOVE = rf"(?:>=?|over|above|more than|超过|大于)\s*([0-9]{{1,4}}){_UNIT}"
_AND_MORE = rf"([0-9]{{1,4}})\s*{_UNIT}\s*(?:\+|plus|and over|and above|or more|以上){_UNIT}"
_FROM = re.compile(rf"{_HEAD}(?:{_ABOVE}|{_AND_MORE}){_TAIL}")
_UNDER = re.compile(rf"{_HEAD}(?:<=?|under|below|up to|小于)\s*[0-9]{{1,4}}{_UNIT}{_TAIL}|{_HEAD}[0-9]{{1,4}}\s*天?以内{_TAIL}")
_STAGE = re.compile(r"^m\s*([0-9]{1,2})\s*(?:\+|以上)?$")
_ALONE = re.compile(rf"{_HEAD}([0-9]{{2,4}})\s*(?:d|dpd|days?|天)(?:\s*(?:past due|late|overdue|delinquent))?{_TAIL}")


def days_meant(word: str) -> tuple[int, ...]:
    """The days past due that may stand for a word, the likelier first; none of a word that is not known.

    Of a band it is its first day, or the second where the first is the last of a month of arrears: 30 to 59 days are mostly
    in the bucket 31-60. *M2* is the second month of arrears with most lenders, and two whole months with others: either is
    offered, and neither is taken.

    >>> days_meant("Current"), days_meant("31-60 days"), days_meant("30 - 59 DPD"), days_meant("90+"), days_meant("90天以上")
    ((0,), (31,), (31,), (91,), (91,))
    >>> days_meant("M0"), days_meant("M2"), days_meant("60 days"), days_meant("35 days"), days_meant("Closed")
    ((0, 1), (31, 61), (61, 60), (), ())
    """
    text = _DASH.sub("-", " ".join(unicodedata.normalize("NFKC", word).casefold().split()))
    if text in _NIL:
        return (0,)
    if found := _BAND.match(text):
        first, last = int(found[1]), int(found[2])
        if first == 0:
            return (0, 1)
        return (_inside(first),) if first < last else ()
    if found := _FROM.match(text):
        return (_inside(int(found[1] or found[2])),)
    if _UNDER.match(text):
        return (1,)
    if found := _STAGE.match(text):
        months = int(found[1])
        return (_MONTH * (months - 1) + 1, _MONTH * months + 1) if months else (0, 1)
    if found := _ALONE.match(text):
        days = int(found[1])
        return (days + 1, days) if days % _MONTH == 0 else ()
    return ()


def _inside(first: int) -> int:
    return first + 1 if first % _MONTH == 0 else first


def hold_arrears(texts: Sequence[str]) -> bool:
    """Whether the cells of a column are words for how late a contract is: few, most of them known, some of them late, and one
    for nothing overdue. Bands of scores, ages or shares have none."""
    if not 2 <= len(texts) <= FEW_WORDS:
        return False
    meant = [days_meant(text) for text in texts if not is_number(text)]
    known = [one for one in meant if one]
    nil = (0,) in known or any(text.strip() == "0" or _STAGE.match(text.casefold()) for text in texts)
    late = any(max(one) > 0 for one in known)
    return nil and late and 2 * len(known) > len(texts) and len(known) >= MOSTLY * len(meant)


def by_words(first: pl.DataFrame, matches: Mapping[str, Match], schema: Schema) -> dict[str, Match]:
    """The column of a history whose words say how late a contract is, where no other says it and just one does."""
    if _MISSED not in schema.names or LATE in matches or _MISSED in matches:
        return {}
    taken = {match.theirs for match in matches.values()}
    held = [name for name in first.columns if name not in taken and hold_arrears(different(first[name]))]
    if not held and _STATUS in matches and _of_status(different(first[matches[_STATUS].theirs])):
        held = [matches[_STATUS].theirs]
    return {LATE: Match(LATE, held[0], "its words say how late: look at it")} if len(held) == 1 else {}


def _of_status(texts: Sequence[str]) -> bool:
    """Whether the words of a status say how late those are that are on book."""
    return hold_arrears([text for text in texts if not _left(text)])


def _left(word: str) -> bool:
    """Whether a word of a status says that a contract is on book no more."""
    means = meanings(_STATUS, word)
    return bool(means) and ON_BOOK not in means


def beside_status(matches: Mapping[str, Match]) -> Guess:
    """How late a contract is, read from the column of its status too."""
    theirs = matches[LATE].theirs if LATE in matches else None
    if theirs is None or _STATUS not in matches or matches[_STATUS].theirs != theirs:
        return NONE
    return sure("first_of", {LATE: [theirs]}, f"{LATE}: {theirs} says it beside the status; who has left is 0 days late")


def arrears_in(
    raws: Sequence[Raw], matches: Mapping[str, Match], texts: Mapping[str, Sequence[str]], schema: Schema
) -> dict[str, dict[str, tuple[str, ...]]]:
    """The words of all rows of such a column, by what it is called here, with the days that may stand for each."""
    if _MISSED not in schema.names or LATE not in matches:
        return {}
    theirs, shown = matches[LATE].theirs, texts[LATE]
    in_status = _STATUS in matches and matches[_STATUS].theirs == theirs
    if not (_of_status(shown) if in_status else hold_arrears(shown)):
        return {}
    batches = (batch for raw in raws if theirs in raw.header for batch in raw.batches([theirs], BATCH_ROWS))
    words = {word for batch in batches for word in different(batch[theirs]) if not is_number(word)}
    meant = {word: (0,) if in_status and _left(word) else days_meant(word) for word in sorted(words, key=_later)}
    return {LATE: {word: tuple(map(str, days)) for word, days in meant.items()}}


def _later(word: str) -> tuple[int, str]:
    return max(days_meant(word), default=-1), word


def asked_of(words: Mapping[str, Mapping[str, Sequence[str]]], matches: Mapping[str, Match]) -> Guess:
    """What is to be looked at where words stand for days past due."""
    if LATE not in words:
        return NONE
    why = (
        f"{matches[LATE].theirs} says it in words, and read.values.{LATE} how many days stand for each: the first of its band. "
        "Read every line again, as no file says where a band of your systems begins; a default is recognised by the days that "
        "stand there"
    )
    return open_question(LATE, why)

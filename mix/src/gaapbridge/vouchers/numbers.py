"""Numbers of vouchers: made from entity, period, version, note, kind and part alone, so that none is given twice.

The long one fits sixteen characters, which every ledger takes for a reference. The short one is a whole number below 2^31 for
ledgers that number vouchers anew in each period; there it is told apart by the day on which it is posted.
"""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass
from datetime import date

from gaapbridge.terms.errors import UnusableInput

_DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_ENTITY_CHARACTERS = 3


@dataclass(frozen=True, slots=True)
class Numbered:
    """What a number tells apart: whose books, the period's two instants, the run's version of it, the note's place in the
    statement from 1, the kind of voucher as a letter and its place from 1, and the part from 0 where one was divided."""

    entity: str
    opening: date
    closing: date
    version: int
    place: int
    letter: str
    kind_place: int
    part: int

    @property
    def days(self) -> int:
        """Days of the period: with its last day they tell it from every other."""
        return (self.closing - self.opening).days

    @property
    def number(self) -> str:
        """Sixteen characters: the closing day, the days and the version to base 36, note, kind and part, and the entity.

        >>> year = Numbered("Example Lender", date(2022, 12, 31), date(2023, 12, 31), 2, 1, "M", 4, 0)
        >>> year.number
        '231231A5021M0W3H'

        Raises ``UnusableInput`` where something has no room: above 1,295 days or versions, 35 notes or parts.
        """
        drawn = base64.b32encode(hashlib.sha256(self.entity.encode()).digest()).decode()[:_ENTITY_CHARACTERS]
        places = (self.days, 2), (self.version, 2), (self.place, 1)
        middle = "".join(_in_base_36(number, length) for number, length in places)
        return f"{self.closing:%y%m%d}{middle}{self.letter}{_in_base_36(self.part, 1)}{drawn}"

    def number_in_period(self, posted: date) -> int:
        """A whole number that no other voucher posted in that month has: day, days of the period, version, note and kind.

        >>> year = Numbered("Example Lender", date(2022, 12, 31), date(2023, 12, 31), 2, 1, "M", 4, 0)
        >>> year.number_in_period(year.closing)
        313650214

        Raises ``UnusableInput`` above 999 days, version 99, nine notes, and where a voucher was divided.
        """
        if self.days > 999 or self.version > 99 or self.place > 9 or self.part:
            raise _no_room("999 days, 99 versions, 9 notes and vouchers in one part")
        return (((posted.day * 1000 + self.days) * 100 + self.version) * 10 + self.place) * 10 + self.kind_place


def _in_base_36(number: int, length: int) -> str:
    if number >= len(_DIGITS) ** length:
        raise _no_room("1,295 days, 1,295 versions, 35 notes and 35 parts")
    written = ""
    while len(written) < length:
        number, digit = divmod(number, len(_DIGITS))
        written = _DIGITS[digit] + written
    return written


def _no_room(most: str) -> UnusableInput:
    remedy = "close a shorter period, or take a layout that asks for another number"
    return UnusableInput(rule=f"the number of a voucher has room for at most {most}", remedy=remedy)

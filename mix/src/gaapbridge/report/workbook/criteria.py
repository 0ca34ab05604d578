"""Sums by what a column holds, as formulas: SUMIFS, and a slower product where SUMIFS would take an id for another.

SUMIFS takes ``13*`` for every code that begins with 13, ``<5`` for a comparison, ``0100`` for the number 100 and ``ab`` for
``AB``. A book with such ids compares whole texts instead.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

MOST_IN_A_CRITERION = 255
"""Characters that SUMIFS takes."""


@dataclass(frozen=True, slots=True)
class Sums:
    """How a book adds up by its ids: whether SUMIFS takes none for a pattern, a comparison or another, and whether two of them
    differ by their capitals alone."""

    by_sumifs: bool = True
    by_capitals: bool = False

    @classmethod
    def over(cls, ids: Iterable[str]) -> Sums:
        """The way for some ids.

        >>> Sums.over(["1301", "1302"]), Sums.over(["13*"])
        (Sums(by_sumifs=True, by_capitals=False), Sums(by_sumifs=False, by_capitals=False))
        >>> Sums.over(["100", "0100"]), Sums.over(["a1", "A1"])
        (Sums(by_sumifs=False, by_capitals=False), Sums(by_sumifs=False, by_capitals=True))
        """
        distinct = {*ids}
        plain = all(one and len(one) <= MOST_IN_A_CRITERION and not re.search(r"[*?~]|^[<>=]", one) for one in distinct)
        by_sumifs = plain and len({_as_taken(one) for one in distinct}) == len(distinct)
        return cls(by_sumifs, len({one.casefold() for one in distinct}) < len(distinct))

    def of(self, total: str, held: Mapping[str, str], less: Mapping[str, str] | None = None) -> str:
        """What stands in a range where others hold a value, a cell or a text as ``literal``, and where some do not hold a text.

        >>> Sums().of("net", {"account": "$A$1"}, {"kind": "brought_forward"})
        'SUMIFS(net,account,$A$1,kind,"<>brought_forward")'
        >>> Sums(by_sumifs=False).of("net", {"account": "$A$1"}, {"kind": "brought_forward"})
        'SUMPRODUCT((account=$A$1)*(kind<>"brought_forward")*net)'
        """
        apart = less or {}
        if self.by_sumifs:
            asked = [f"{column},{value}" for column, value in held.items()]
            asked += [f"{column},{literal(f'<>{text}')}" for column, text in apart.items()]
            return f"SUMIFS({total},{','.join(asked)})"
        terms = [f"({column}={value})" for column, value in held.items()]
        terms += [f"EXACT({column},{value})" for column, value in held.items() if self.by_capitals]
        terms += [f"({column}<>{literal(text)})" for column, text in apart.items()]
        return f"SUMPRODUCT({'*'.join([*terms, total])})"


def literal(text: str) -> str:
    """A text as formulas write it.

    >>> literal("write_off"), literal('a"b')
    ('"write_off"', '"a""b"')
    """
    return '"' + text.replace('"', '""') + '"'


def _as_taken(text: str) -> str:
    """A text as SUMIFS compares it: without capitals, and a number by its value."""
    try:
        return str(float(text))
    except ValueError:
        return text.casefold()

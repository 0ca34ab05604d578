"""Text for people: characters that a terminal would obey, or that no eye sees, are shown as what they are."""

from __future__ import annotations

import re
from collections.abc import Iterable

from gaapbridge.terms.wrapping import wrapped

_UNSEEN = re.compile("[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ud800-\udfff]")
"""Controls, marks of direction and of no width, separators of lines, halves of pairs."""

_ENDS = 1000
_ENDLESS = re.compile(rf"\S{{{_ENDS + 1},}}")
LONGEST_VALUE = 100
"""Characters of a value that are printed."""


def visible(text: str) -> str:
    r"""The text with every control character as its escape, so that it stays on its line and does nothing.

    >>> visible("L-1\x1b[2J\nChecks: all hold"), visible("甲公司")
    ('L-1\\x1b[2J\\nChecks: all hold', '甲公司')
    """
    if text.isprintable():
        return text
    return _UNSEEN.sub(lambda found: found[0].encode("unicode_escape").decode("ascii"), text)


def is_blank(text: str) -> bool:
    r"""Whether a text has nothing that an eye sees.

    >>> is_blank(" \u200b"), is_blank("A")
    (True, False)
    """
    return not _UNSEEN.sub("", text).strip()


def readable(text: str) -> str:
    """The text as ``visible`` shows it, words without end cut; no path or id that anybody gives is as long."""
    shown = visible(text)
    return shown if len(shown) <= _ENDS else _ENDLESS.sub(lambda found: shortened(found[0], LONGEST_VALUE), shown)


def text_of(lines: Iterable[str], width: int | None = None) -> str:
    """Lines as one text, whatever their figures and names hold; wrapped at words to a ``width`` in columns, if any."""
    shown = map(readable, lines)
    return "\n".join(shown if width is None else (part for line in shown for part in wrapped(line, width, whole_words=True)))


def visible_json(text: str) -> str:
    r"""A JSON text with the characters that ``visible`` shows as the escapes of JSON, which mean the same to programs.

    >>> visible_json('"\x9b\u202e"')
    '"\\u009b\\u202e"'
    """
    return _UNSEEN.sub(lambda found: f"\\u{ord(found[0]):04x}", text)


def shortened(text: str, characters: int) -> str:
    """A text of at most so many characters, and how long it was where it was longer.

    >>> shortened("9" * 1000, 12)
    '999999999999... (1,000 characters)'
    """
    return text if len(text) <= characters else f"{text[:characters]}... ({len(text):,} characters)"

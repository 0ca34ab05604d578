"""Text files in UTF-8, whatever encoding they are written in: that of their byte order mark, or the one that the plan states.

Bytes alone do not tell one encoding from another: Russian in KOI8-R decodes as Chinese. So none is guessed; a file that is not
UTF-8 is refused with what each encoding would make of it.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator

from gaapbridge.terms import UnusableInput

_MARKS = {codecs.BOM_UTF8: "UTF-8-SIG", codecs.BOM_UTF16_LE: "UTF-16", codecs.BOM_UTF16_BE: "UTF-16"}
_LEGACY = ("GB18030", "cp1252")
_BLOCK = 1 << 22
_SHOWN = 12


def in_utf_8(content: bytes, file: str, stated: str | None) -> bytes:
    """The content in UTF-8 without a byte order mark. Raises ``UnusableInput``."""
    encoding = stated or next((name for mark, name in _MARKS.items() if content.startswith(mark)), "UTF-8")
    try:
        if encoding == "UTF-8":
            _decode(content, encoding)
            return content.removeprefix(codecs.BOM_UTF8)
        return b"".join(text.encode() for text in _texts(content, encoding)).removeprefix(codecs.BOM_UTF8)
    except UnicodeError:  # also of UTF-16 without its mark
        raise _refused(content, file, encoding, stated) from None


def _decode(content: bytes, encoding: str) -> None:
    """Raise ``UnicodeDecodeError`` where the content is not of an encoding."""
    for _ in _texts(content, encoding):
        pass


def _texts(content: bytes, encoding: str) -> Iterator[str]:
    """The text block by block, so that it is never whole in memory once more."""
    decoder = codecs.getincrementaldecoder(encoding)()
    for start in range(0, len(content), _BLOCK):
        yield decoder.decode(content[start : start + _BLOCK])
    yield decoder.decode(b"", final=True)


def _refused(content: bytes, file: str, encoding: str, stated: str | None) -> UnusableInput:
    """The refusal of a file, with the first place that is not of an encoding."""
    start = _first_wrong(content, encoding)
    line = content.count(b"\n", 0, start)
    readings = [f'"{one}" makes {found}' for one in _LEGACY if (found := _sample(content, one)) is not None]
    return UnusableInput(
        file=file,
        row="header" if line == 0 else str(line),
        value=f"byte 0x{content[start]:02x}",
        rule=f"a CSV file is encoded in {encoding}, as the plan states" if stated else "a CSV file is encoded in UTF-8",
        remedy=f"save the file as CSV UTF-8, or state read.encoding{': ' + ', '.join(readings) if readings else ''}",
    )


def _first_wrong(content: bytes, encoding: str) -> int:
    try:
        content.decode(encoding)
    except UnicodeDecodeError as error:
        return min(error.start, len(content) - 1)
    return 0


def _sample(content: bytes, encoding: str) -> str | None:
    """The first words beyond ASCII that an encoding makes of a content; None where it is not of it."""
    try:
        text = content.decode(encoding)
    except UnicodeDecodeError:
        return None
    found = re.search(r"\w*[^\x00-\x7f]+\w*", text)
    return None if found is None else found[0][:_SHOWN]

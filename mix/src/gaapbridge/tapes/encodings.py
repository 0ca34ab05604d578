"""Text files in UTF-8, whatever encoding they are written in: that of their byte order mark, or the one that the plan states.

Bytes alone do not tell one encoding from another: Russian in KOI8-R decodes as Chinese. So none is guessed; a file that is not
UTF-8 is refused with what each encoding would make of it.
"""

from __future__ import annotations

import codecs
import io
import re
from collections.abc import Iterator
from typing import BinaryIO

from gaapbridge.terms import UnusableInput

BLOCK_BYTES = 1 << 22
"""Bytes of a file that are in memory at a time."""

_MARKS = {codecs.BOM_UTF8: "UTF-8-SIG", codecs.BOM_UTF16_LE: "UTF-16", codecs.BOM_UTF16_BE: "UTF-16"}
LEGACY = ("GB18030", "cp1252")
"""Encodings that files without a mark are in, beside UTF-8."""

_SHOWN = 12


def in_utf_8(stream: BinaryIO, file: str, stated: str | None) -> Iterator[bytes]:
    """The content of a file in UTF-8, block by block and without a byte order mark. Raises ``UnusableInput``."""
    stream.seek(0)
    start = stream.read(max(map(len, _MARKS)))
    marked = next((name for mark, name in _MARKS.items() if start.startswith(mark)), None)
    encoding = stated or marked or "UTF-8"
    if marked is not None and encoding.removesuffix("-SIG") != marked.removesuffix("-SIG"):
        raise _marked_otherwise(file, encoding, marked)
    at_start = True
    try:
        for text in texts(stream, encoding):
            yield (text.removeprefix("\ufeff") if at_start else text).encode()
            at_start = at_start and not text
    except UnicodeError:  # also of UTF-16 without its mark
        raise _refused(stream, file, encoding, stated, marked) from None


def texts(stream: BinaryIO, encoding: str) -> Iterator[str]:
    """The text of a file in an encoding, block by block from its beginning. Raises ``UnicodeError`` where it is not of it."""
    stream.seek(0)
    decoder = codecs.getincrementaldecoder(encoding)()
    while block := stream.read(BLOCK_BYTES):
        yield decoder.decode(block)
    yield decoder.decode(b"", final=True)


def _refused(stream: BinaryIO, file: str, encoding: str, stated: str | None, marked: str | None) -> UnusableInput:
    """The refusal of a file, with the first place that is not of an encoding."""
    line, byte = _first_wrong(stream, encoding)
    place, value = "header" if line == 0 else str(line), f"byte 0x{byte:02x}"
    if encoding == marked == "UTF-16" and (size := stream.seek(0, io.SEEK_END)) % 2:
        rule = f"a CSV file in UTF-16 has two bytes for every sign; of its {size:,} one is missing or too many"
        remedy = "export or copy the file again: it was cut off, or something was added to it in another encoding"
        return UnusableInput(file=file, row=place, value=value, rule=rule, remedy=remedy)
    rule = f"a CSV file is encoded in {encoding}{', as the plan states' if stated else ''}"
    if marked == "UTF-16" or _has_nul(stream):
        if encoding != "UTF-16":
            rule += "; this one looks like UTF-16"
        elif marked is None:
            rule += "; this one has no byte order mark"
        remedy = "save the file as CSV UTF-8, or export it again as UTF-16 with its byte order mark, whole"
        return UnusableInput(file=file, row=place, value=value, rule=rule, remedy=remedy)
    readings = [f'"{one}" makes {found}' for one in LEGACY if (found := _sample(stream, one)) is not None]
    return UnusableInput(
        file=file,
        row=place,
        value=value,
        rule=rule,
        remedy=f"save the file as CSV UTF-8, or state read.encoding{': ' + ', '.join(readings) if readings else ''}",
    )


def _has_nul(stream: BinaryIO) -> bool:
    """Whether a file begins with bytes of which some are nil, as one of every sign of ASCII is in UTF-16 and none elsewhere."""
    stream.seek(0)
    return b"\0" in stream.read(BLOCK_BYTES)


def _marked_otherwise(file: str, stated: str, marked: str) -> UnusableInput:
    """The refusal of a file that begins with the mark of another encoding than is stated."""
    return UnusableInput(
        file=file,
        value=f'read.encoding = "{stated}"',
        rule=f"a file is of the encoding whose byte order mark it begins with: {marked}",
        remedy="leave out read.encoding: the mark tells it",
    )


def _first_wrong(stream: BinaryIO, encoding: str) -> tuple[int, int]:
    """The line, counted from 0, and the byte at the first place that is not of an encoding."""
    stream.seek(0)
    start = stream.read(1)
    stream.seek(0)
    decoder = codecs.getincrementaldecoder(encoding)()
    lines, more = 0, True
    try:
        while more:
            block = stream.read(BLOCK_BYTES)
            lines, more = lines + block.count(b"\n"), bool(block)
            decoder.decode(block, final=not more)
    except UnicodeDecodeError as error:
        wrong = error.object[error.start :]  # of the block, and what the one before had left open
        return lines - wrong.count(b"\n"), wrong[0]
    except UnicodeError:
        pass
    return 0, start[0]


def _sample(stream: BinaryIO, encoding: str) -> str | None:
    """The first words beyond ASCII that an encoding makes of a file; None where it is not of it."""
    found = ""
    try:
        for text in texts(stream, encoding):
            found = found or beyond_ascii(text)
    except UnicodeError:
        return None
    return found[:_SHOWN] or None


def beyond_ascii(text: str) -> str:
    """The first word of a text that is not of ASCII alone; nothing where all are."""
    found = re.search(r"\w*[^\x00-\x7f]+\w*", text)
    return found[0] if found else ""

"""Reading JSON so that whatever is wrong with the file is said, once and in place."""

from __future__ import annotations

import codecs
import json
from pathlib import Path
from typing import NoReturn

from gaapbridge.terms.errors import UnusableInput


def read_json(path: Path) -> object:
    """What a JSON file says. Raises `UnusableInput` where it is missing, cut off, not UTF-8 or ambiguous.

    A key given twice is refused, because one of the two amounts would be dropped in silence; so are
    NaN and infinity, which are no JSON.
    """
    text = read_text(path)
    try:
        return json.loads(text, object_pairs_hook=_each_key_once, parse_constant=_refuse_constant)
    except UnusableInput as refusal:
        refusal.file = path.name
        raise
    except json.JSONDecodeError as error:
        raise UnusableInput(
            file=path.name,
            row=f"line {error.lineno}",
            column=f"character {error.colno}",
            rule=f"the file is JSON ({error.msg})",
            remedy="the file may be cut off; export it again",
        ) from None
    except RecursionError:
        raise UnusableInput(
            file=path.name, rule="the file is a reconciliation", remedy="it is nested too deeply to be one"
        ) from None
    except ValueError as error:
        raise UnusableInput(file=path.name, rule=f"the file is JSON ({error})", remedy="check the figures in it") from None


def read_text(path: Path) -> str:
    """The text of a file in UTF-8, with or without a byte order mark. Raises `UnusableInput`."""
    return text_in_utf_8(read_bytes(path), path.name)


def read_bytes(path: Path) -> bytes:
    """What a file holds. Raises `UnusableInput` where it cannot be read."""
    try:
        return path.read_bytes()
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise UnusableInput(
            file=path.name or str(path),
            rule=f"the file can be read ({reason})",
            remedy="check its name and folder",
        ) from None


def utf_16_of(content: bytes) -> str | None:
    """The encoding of bytes that are text in UTF-16, with its mark or, since text has no nil, without; else None.

    >>> utf_16_of("total".encode("utf-16-le")), utf_16_of(b"total")
    ('utf-16-le', None)
    """
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    if b"\0" in content[:4000] and not content.startswith(codecs.BOM_UTF8):
        return "utf-16-le" if content[1::2].count(0) >= content[::2].count(0) else "utf-16-be"
    return None


def text_in_utf_8(content: bytes, file: str) -> str:
    """The text that bytes are in UTF-8. Raises `UnusableInput` where they are not, or where there is none."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise UnusableInput(
            file=file,
            row=f"byte {error.start}",
            rule="the file is text in UTF-8",
            remedy="save it again as UTF-8",
        ) from None
    if not text.strip():
        raise UnusableInput(file=file, rule="the file is not empty", remedy="export it again")
    return text


def _each_key_once(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found: dict[str, object] = {}
    for key, value in pairs:
        if key in found:
            raise UnusableInput(column=key, rule="a key occurs once in its JSON object", remedy="remove one of the two")
        found[key] = value
    return found


def _refuse_constant(name: str) -> NoReturn:
    raise UnusableInput(value=name, rule="an amount is a number", remedy="give the printed figure")

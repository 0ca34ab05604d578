"""The forms in which a run keeps what it writes: JSON, and tables whose texts cannot act as formulas."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Sequence
from typing import Any


def json_text(content: Any) -> str:
    """JSON as the run keeps it: UTF-8, one space, keys as given, one newline at the end."""
    return json.dumps(content, ensure_ascii=False, indent=1) + "\n"


def csv_text(header: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """A comma-separated table whose texts cannot act as formulas."""
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(header)
    writer.writerows([safe_text(cell) for cell in row] for row in rows)
    return stream.getvalue()


_FORMULA = tuple("=+-@\t\r")


def safe_text(text: object) -> object:
    """Text that a spreadsheet will not take for a formula."""
    return f"'{text}" if isinstance(text, str) and text.startswith(_FORMULA) else text


def plain_text(safe: str) -> str:
    """The text that was made safe.

    >>> plain_text(str(safe_text("-1301"))), plain_text("1301")
    ('-1301', '1301')
    """
    return safe[1:] if safe.startswith("'") and safe[1:].startswith(_FORMULA) else safe

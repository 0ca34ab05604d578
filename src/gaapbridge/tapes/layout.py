"""Where in a file the table of a tape stands, and how its characters and cells are written."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Layout:
    """Rows above the header, rows of the header, rows of totals below, the sheet, the delimiter and the encoding."""

    skip_rows: int = 0
    header_rows: int = 1
    total_rows: int = 0
    sheet: str | None = None
    delimiter: str | None = None
    encoding: str | None = None


PLAIN = Layout()

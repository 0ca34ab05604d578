"""Workbooks for the independent calculator: opened by another library than the measured run's, the same sheet of them read."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gaapbridge.terms.errors import UnusableInput

EASTERN_DATES = frozenset({27, 28, 29, 30, 31, 36, 50, 51, 52, 53, 54, 57, 58})
"""Formats of Chinese, Japanese and Korean Excel that show a date and have no code in the file; openpyxl does not know them."""


@dataclass(frozen=True)
class Sheet:
    """The sheet of a workbook that a tape stands on: the visible one that is called like it, else the only visible one."""

    path: Path
    called: str = ""

    def __str__(self) -> str:
        return str(self.path)

    def header(self) -> list[str]:
        """The names of its columns: the first row that holds anything."""
        return [str(name) for name in next(self._filled(), ())]

    def rows(self) -> Iterator[dict[str, Any]]:
        """Its rows below the header."""
        filled = self._filled()
        header = [str(name) for name in next(filled, ())]
        for values in filled:
            yield dict(zip(header, values, strict=False))

    def _filled(self) -> Iterator[tuple[Any, ...]]:
        """Its rows that hold anything."""
        import openpyxl

        book = openpyxl.load_workbook(self.path, read_only=True, data_only=True)
        formats = enumerate(style.numFmtId for style in book._cell_styles)
        book._date_formats |= {style for style, shown in formats if shown in EASTERN_DATES}
        try:
            for values in self._chosen(book.worksheets).iter_rows(values_only=True):
                if any(value is not None for value in values):
                    yield values
        finally:
            book.close()

    def _chosen(self, sheets: list[Any]) -> Any:
        visible = {sheet.title: sheet for sheet in sheets if sheet.sheet_state == "visible"}
        if self.called in visible or len(visible) == 1:
            return visible.get(self.called) or next(iter(visible.values()))
        raise UnusableInput(
            file=str(self.path),
            value=", ".join(visible),
            rule=f"a workbook has one visible sheet, or one called {self.called or 'like the tape'}",
            remedy="restore the file that the run measured",
        )

"""How far the cells of a sheet reach: known before a library makes an object of every cell between."""

from __future__ import annotations

from gaapbridge.workbook.package import OTHER_BYTES, Sheet, Workbook, main_names, walk
from gaapbridge.workbook.places import COLUMNS, DIGITS, Area, area, letters, too_large

_KINDS = main_names("row", "c", "v", "f", "is", "mergeCell")


def extent_of(book: Workbook, sheet: Sheet, file: str, most: int) -> Area | None:
    """From the first cell of a sheet that holds anything to the last; None where none does. What has a style only counts for
    nothing. Raises ``UnusableInput`` at the first cell by which it is more than ``most`` cells, and where more are merged."""
    watch = _Watch(file, most)
    walk(book.archive, sheet.part, watch.element, file, most=OTHER_BYTES)
    return watch.extent


class _Watch:
    """The place of the cell that is being read, and what was seen before it."""

    __slots__ = ("column", "extent", "file", "merged", "most", "row")

    def __init__(self, file: str, most: int) -> None:
        self.file, self.most = file, most
        self.row = self.column = self.merged = 0
        self.extent: Area | None = None

    def element(self, name: str, given: dict[str, str]) -> None:
        """What an element opens."""
        match _KINDS.get(name):
            case "row":
                self.row, self.column = int(given.get("r", self.row + 1)), 0
            case "c":
                reference = given.get("r")
                self.column = self.column + 1 if reference is None else COLUMNS[reference.rstrip(DIGITS)]
            case "v" | "f" | "is":
                self._reach()
            case "mergeCell":
                self.merged += area(given["ref"]).cells
                if self.merged > self.most:
                    raise too_large(self.file, f"merged cells at {given['ref']}", self.most, "part them, or delete")

    def _reach(self) -> None:
        """Take the cell into the extent."""
        held = self.extent or Area(self.row, self.column, self.row, self.column)
        self.extent = Area(
            min(held.first_row, self.row), min(held.first_column, self.column),
            max(held.last_row, self.row), max(held.last_column, self.column),
        )  # fmt: skip
        if self.extent.cells > self.most:
            raise too_large(self.file, f"a cell at {letters(self.column)}{self.row}", self.most, "delete")

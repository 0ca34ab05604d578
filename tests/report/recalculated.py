"""A workbook as a spreadsheet program calculates it: every formula, the figure kept beside it, and the one found."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import openpyxl


@dataclass(frozen=True)
class Formula:
    """A cell with a formula: where it stands, the formula, the figure kept beside it, the figure calculated."""

    sheet: str
    cell: str
    formula: str
    kept: Any
    calculated: Any

    @property
    def agrees(self) -> bool:
        """Whether both figures are one, within a millionth of a unit."""
        if isinstance(self.kept, int | float) and isinstance(self.calculated, int | float):
            return abs(self.kept - self.calculated) < 1e-6
        return bool(self.kept == self.calculated)


class Calculated:
    """A workbook opened by IronCalc, which calculates it, and by openpyxl, which reads what was written."""

    def __init__(self, path: Path) -> None:
        import ironcalc

        self.written, self.kept = openpyxl.load_workbook(path), openpyxl.load_workbook(path, data_only=True)
        self.model = ironcalc.load_from_xlsx(str(path), "en", "UTC")
        self.model.evaluate()

    def value(self, sheet: str, cell: str) -> Any:
        """What a cell comes to."""
        place = self.written[sheet][cell]
        return self.model.get_cell_value(self.written.sheetnames.index(sheet), place.row, place.column)

    def change(self, sheet: str, cell: str, text: str) -> None:
        """Write another value into a cell and calculate anew."""
        place = self.written[sheet][cell]
        self.model.set_user_input(self.written.sheetnames.index(sheet), place.row, place.column, text)
        self.model.evaluate()

    def formulas(self) -> Iterator[Formula]:
        """Every formula of the workbook."""
        for sheet in self.written:
            for row in sheet.iter_rows():
                for cell in row:
                    if cell.data_type == "f":
                        kept = self.kept[sheet.title][cell.coordinate].value
                        calculated = self.value(sheet.title, cell.coordinate)
                        yield Formula(sheet.title, cell.coordinate, cell.value, kept, calculated)

    def found(self, sheet: str, column: str, text: str) -> str:
        """The address of the first cell of a column that holds a text."""
        return next(cell.coordinate for cell in self.written[sheet][column] if cell.value == text)

"""How a sheet is declared: once, where it is written, with its name, its title, what it contains and what writes it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from gaapbridge.report.workbook.places import Places
from gaapbridge.report.workbook.sheets import A4, Book, Sheet


@dataclass(frozen=True, slots=True)
class Declared:
    """A sheet: its name, by which links and its tab know it; its title, read first, after the name of the entity, alone where
    it is blank; what the cover says that it contains; and what writes it into the workbook once it has ``opened`` it."""

    name: str
    title: str
    contains: str
    write: Callable[[Book, Places, Declared], None]

    def opened(
        self,
        book: Book,
        widths: Sequence[float],
        *,
        freeze: tuple[int, int] = (1, 0),
        portrait: bool = False,
        paper: int = A4,
    ) -> Sheet:
        """The sheet in the workbook, to be written row by row: widths of its columns, rows and columns that stay in sight."""
        return book.sheet(self.name, widths, freeze=freeze, title=self.title, portrait=portrait, paper=paper)


SheetsOf = Callable[[Places], Iterator[Declared]]
"""What says which sheets a run has of some sort: none where it has nothing to show on one, one for each of its notes."""

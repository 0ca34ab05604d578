"""The parts of a report by name: what each is, what writes it, and the libraries that it cannot do without.

What writes a part is imported when it is asked for, so that a workbook needs nothing of what draws charts, and that processes
beside have begun (``begin``) before anything here is slow to load.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from gaapbridge import drawing
from gaapbridge.beside import Beside
from gaapbridge.terms.errors import UnusableInput, nearest

if TYPE_CHECKING:  # what reads a run, and the second calculator, which only pictures of contracts need
    from gaapbridge.report.charts_of_contracts import ContractPictures
    from gaapbridge.report.masks import Masks
    from gaapbridge.run.reader import Run

INSTALL = 'python -m pip install "gaapbridge[report]"'
"""How the libraries of reports are installed."""


def missing(libraries: Iterable[str]) -> list[str]:
    """Those of some libraries that are not installed."""
    return [name for name in libraries if find_spec(name) is None]


@dataclass(frozen=True, slots=True)
class Part:
    """One part of a report: its name, what it is in words, the libraries it needs, and what writes its files into a folder.

    That is given the pictures of contracts that the parts of one report have in common. A part that has nothing in common with
    others stands ``apart``: it is written by a process beside, while others are written here.
    """

    name: str
    what: str
    libraries: tuple[str, ...]
    write: Callable[[Run, Path, Masks, ContractPictures], None]
    apart: bool = False

    @property
    def missing(self) -> list[str]:
        """The libraries that it needs and that are not installed."""
        return missing(self.libraries)

    def refuse_missing(self) -> None:
        """Raise ``UnusableInput`` where a library is not installed."""
        if self.missing:
            rule = f"the {self.name} needs {' and '.join(self.missing)}"
            raise UnusableInput(key="--only", value=self.name, rule=rule, remedy=f"{INSTALL}, or name other parts by --only")


def _workbook(run: Run, folder: Path, masks: Masks, _: object) -> None:
    from gaapbridge.report import workbook

    workbook.write(run, folder, masks)


def _pack(run: Run, folder: Path, masks: Masks, of_contracts: ContractPictures) -> None:
    from gaapbridge.report import pack

    pack.write(run, folder, masks, of_contracts)


def _pdf(run: Run, folder: Path, masks: Masks, of_contracts: ContractPictures) -> None:
    from gaapbridge.report import exhibit

    exhibit.write(run, folder, masks, of_contracts)


def _filing(run: Run, folder: Path, masks: Masks, _: object) -> None:
    from gaapbridge.report.exhibit import write_filing

    write_filing(run, folder, masks)


PARTS: dict[str, Part] = {
    part.name: part
    for part in (
        Part("workbook", "every figure with live formulas, for Excel", ("xlsxwriter",), _workbook, apart=True),
        Part("pack", "pages that open each figure down to the contract", ("jinja2", "markupsafe", "vl_convert"), _pack),
        Part("pdf", "the exhibit, and the disclosures beside it", ("typst", "vl_convert"), _pdf),
        Part("filing", "the exhibit and its form for a regulator", ("jinja2",), _filing),
    )
}
"""Every part, in the order in which it is written."""


APART = Beside(
    "gaapbridge.report.apart", "the process that writes parts of a report beside stays until they are written",
    "give it memory, or write one part after the other by --only",
)  # fmt: skip
"""What writes the parts that stand apart."""


def begin(only: Iterable[str] | str | None = None) -> None:
    """Start the processes beside that some parts want, or all: worth saying as soon as they are known, before anything slow.

    What draws, where one has pictures; what writes a part that stands apart, where there are others meanwhile. Raises
    ``UnusableInput`` as ``chosen_parts`` does. A library that is missing is told by its part.
    """
    parts = chosen_parts(only)
    if any(drawing.ENGINE in part.libraries for part in parts):
        drawing.begin()
    if parts_apart(parts):
        APART.begin()


def parts_apart(parts: Sequence[Part]) -> tuple[Part, ...]:
    """Those of some parts that are written by a process beside: none where there is nothing to be written meanwhile."""
    apart = tuple(part for part in parts if part.apart)
    return apart if len(apart) < len(parts) else ()


def chosen_parts(only: Iterable[str] | str | None) -> tuple[Part, ...]:
    """The parts asked for, as ``("workbook", "pack")`` or ``"workbook,pack"``, or all. Raises ``UnusableInput`` for a name that
    is none, and where none is named."""
    names = [name.strip() for name in only.split(",")] if isinstance(only, str) else only
    asked = list(PARTS) if names is None else list(names)
    for name in asked or [""]:
        if name not in PARTS:
            like = nearest(name, PARTS)
            remedy = f"did you mean {' or '.join(like)}" if like else "say --only workbook, or leave it out for all of them"
            raise UnusableInput(
                key="--only", value=name or "nothing", rule=f"a part is one of {', '.join(PARTS)}", remedy=remedy
            )
    return tuple(part for part in PARTS.values() if part.name in asked)

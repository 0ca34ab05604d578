"""The parts of a report by name: what each is, what writes it, and the libraries that it cannot do without.

What writes a part is imported when it is asked for, so that a workbook needs nothing of what draws charts.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from gaapbridge.report.masks import Masks
from gaapbridge.run.reader import Run
from gaapbridge.terms.errors import UnusableInput, nearest

if TYPE_CHECKING:  # the second calculator, which only pictures of contracts need
    from gaapbridge.report.charts_of_contracts import ContractPictures

INSTALL = 'python -m pip install "gaapbridge[report]"'
"""How the libraries of reports are installed."""


def missing(libraries: Iterable[str]) -> list[str]:
    """Those of some libraries that are not installed."""
    return [name for name in libraries if find_spec(name) is None]


@dataclass(frozen=True, slots=True)
class Part:
    """One part of a report: its name, what it is in words, the libraries it needs, and what writes its files into a folder.

    That is given the pictures of contracts that the parts of one report have in common.
    """

    name: str
    what: str
    libraries: tuple[str, ...]
    write: Callable[[Run, Path, Masks, ContractPictures], None]

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
        Part("workbook", "every figure with live formulas, for Excel", ("xlsxwriter",), _workbook),
        Part("pack", "pages that open each figure down to the contract", ("jinja2", "markupsafe", "vl_convert"), _pack),
        Part("pdf", "the exhibit, and the disclosures beside it", ("typst", "vl_convert"), _pdf),
        Part("filing", "the exhibit and its form for a regulator", ("jinja2",), _filing),
    )
}
"""Every part, in the order in which it is written."""


def chosen_parts(only: Iterable[str] | None) -> tuple[Part, ...]:
    """The parts asked for, or all. Raises ``UnusableInput`` for a name that is none, and where none is named."""
    asked = list(PARTS) if only is None else list(only)
    for name in asked or [""]:
        if name not in PARTS:
            like = nearest(name, PARTS)
            remedy = f"did you mean {' or '.join(like)}" if like else "say --only workbook, or leave it out for all of them"
            raise UnusableInput(
                key="--only", value=name or "nothing", rule=f"a part is one of {', '.join(PARTS)}", remedy=remedy
            )
    return tuple(part for part in PARTS.values() if part.name in asked)

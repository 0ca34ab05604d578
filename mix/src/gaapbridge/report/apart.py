"""Parts of a report that stand apart, as the process beside writes them: it has loaded what it needs before it is asked."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from pathlib import Path

from gaapbridge.report import workbook  # noqa: F401 - what writes a part is loaded before it is asked for
from gaapbridge.report.charts_of_contracts import ContractPictures
from gaapbridge.report.masks import Masks
from gaapbridge.report.parts import PARTS
from gaapbridge.run.reader import Run


def load() -> None:
    """Load the libraries of those parts, as far as they are installed."""
    for library in (name for part in PARTS.values() if part.apart for name in part.libraries if name not in part.missing):
        import_module(library)


def answer(asked: tuple[Path, Mapping[str, Path], Masks]) -> None:
    """Write parts of the run of a folder, each by its name into a folder of its own, with those masks."""
    folder, places, masks = asked
    run = Run(folder)
    for name, place in places.items():
        place.mkdir(exist_ok=True)  # one that ended may have begun
        PARTS[name].write(run, place, masks, ContractPictures(run))

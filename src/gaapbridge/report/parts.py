"""The parts of a report by name: what each writes, the module whose function writes it, and the libraries it cannot do without.

A part is looked up when it is asked for, so that a workbook needs nothing of what draws charts.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

from gaapbridge.run.reader import Run
from gaapbridge.terms.errors import UnusableInput, nearest

Writer = Callable[[Run, Path], None]
"""What a part is written by: a run, and the folder that it writes its files into."""


@dataclass(frozen=True, slots=True)
class Part:
    """One part of a report: its name, what it is in words, the module and function that write it, the libraries it needs."""

    name: str
    what: str
    module: str
    libraries: tuple[str, ...]
    function: str = "write"

    @property
    def is_there(self) -> bool:
        """Whether this version has what writes it."""
        return find_spec(self.module) is not None

    def writer(self) -> Writer:
        """What writes it. Raises ``UnusableInput`` where a library is not installed."""
        missing = [name for name in self.libraries if find_spec(name) is None]
        if missing:
            rule = f"the {self.name} needs {' and '.join(missing)}"
            raise UnusableInput(key="--only", value=self.name, rule=rule, remedy='python -m pip install "gaapbridge[report]"')
        writer: Writer = getattr(import_module(self.module), self.function)
        return writer


PARTS: dict[str, Part] = {
    part.name: part
    for part in (
        Part("workbook", "every figure with live formulas, for Excel", "gaapbridge.report.workbook", ("xlsxwriter",)),
        Part("pack", "pages to click through, for a browser", "gaapbridge.report.pack", ("jinja2", "altair", "vl_convert")),
        Part("pdf", "the exhibit as a PDF", "gaapbridge.report.exhibit", ("typst",)),
        Part("filing", "the exhibit as a regulator takes it", "gaapbridge.report.exhibit", ("jinja2",), "write_filing"),
    )
}
"""Every part, in the order in which it is written."""


def chosen_parts(only: Iterable[str] | None) -> tuple[Part, ...]:
    """The parts asked for, or all there are.

    Raises ``UnusableInput`` for a name that is none, with the nearest, and for a part that this version does not have.
    """
    if only is None:
        return tuple(part for part in PARTS.values() if part.is_there)
    asked = list(dict.fromkeys(only))
    for name in asked:
        if name not in PARTS:
            like = nearest(name, PARTS)
            remedy = f"did you mean {' or '.join(like)}" if like else "say --only workbook, or leave it out for all of them"
            raise UnusableInput(
                key="--only", value=name or "nothing", rule=f"a part is one of {', '.join(PARTS)}", remedy=remedy
            )
        if not PARTS[name].is_there:
            raise UnusableInput(
                key="--only", value=name, rule="this version does not write that part",
                remedy=f"name one of {', '.join(part.name for part in PARTS.values() if part.is_there)}",
            )  # fmt: skip
    return tuple(part for part in PARTS.values() if part.name in asked)

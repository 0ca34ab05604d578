"""What stands behind an address as one page of its own: a contract like those of the pack, whichever it is.

It needs the run, not its report; the page holds its style, asks nothing of anywhere, and can be sent.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gaapbridge.contracts.kinds import OF_WORD
from gaapbridge.explanation import explain
from gaapbridge.explanation.form import Explanation
from gaapbridge.notebook import result_html
from gaapbridge.report.masks import MASKED, NO_MASKS, masks_of
from gaapbridge.report.pack.alone import explained_page
from gaapbridge.report.pack.site import id_name
from gaapbridge.report.parts import INSTALL, missing
from gaapbridge.run import open_run
from gaapbridge.run.found import run_around
from gaapbridge.run.reader import Run
from gaapbridge.terms.arguments import expect
from gaapbridge.terms.errors import UnusableInput
from gaapbridge.terms.text import text_of, visible
from gaapbridge.terms.writing import writing

LIBRARIES = ("jinja2", "markupsafe")
"""The libraries that a page cannot do without."""


@dataclass(frozen=True)
class ExplainedPage:
    """A page that was written: of which explanation, and its file."""

    explanation: Explanation
    file: Path

    def as_dict(self) -> dict[str, Any]:
        """For ``--format json``."""
        return {"address": self.explanation.address, "file": str(self.file)}

    def as_text(self, width: int | None = None) -> str:
        """Where it is."""
        return text_of([f"{self.explanation.address}: {self.file}", ""], width)

    def __repr__(self) -> str:
        return visible(f"ExplainedPage({str(self.file)!r})")

    def _repr_html_(self) -> str:
        return result_html([[f"{self.explanation.address}: {self.file}"]])


def write_page(
    run: Run | os.PathLike[str] | str, address: str, *, mask_ids: bool = False, to: os.PathLike[str] | str | None = None
) -> ExplainedPage:
    """Write what ``explain`` tells of an address as a page: of a contract month by month, as the pack does.

    ``to`` is its file; without it the page is called by the address, ``loan-L-0042.html``, and stands in the current folder.
    Where a report masked the id, the mask is an address too: ``loan/M-8d1f5ac00b27``. Raises ``UnusableInput`` where there is
    no such address, and where the file is there and is another.
    """
    expect("mask_ids", mask_ids, bool)
    expect("to", to, str, os.PathLike, or_none=True)
    _refuse_missing()
    run = open_run(run).unchanged()
    known = masks_of(run) if mask_ids or MASKED in address else NO_MASKS
    explanation = explain(run, known.unmasked(address), months=True)
    masks = known if mask_ids else NO_MASKS
    word, _, rest = masks.address(explanation.address).partition("/")
    name = f"{word}-{id_name(rest)}" if word in OF_WORD else id_name(explanation.address.replace("/", "-"))
    file = Path(f"{name}.html") if to is None else Path(to)
    page = explained_page(run, explanation, masks)
    _refuse_other(file, page)
    with writing(file):
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(page, encoding="utf-8", newline="\n")
    return ExplainedPage(explanation, file)


def _refuse_missing() -> None:
    """Raise ``UnusableInput`` where a library of pages is not installed."""
    if lacking := missing(LIBRARIES):
        raise UnusableInput(key="--html", rule=f"a page needs {' and '.join(lacking)}", remedy=f"{INSTALL}, or no --html")


def _refuse_other(file: Path, page: str) -> None:
    """Raise ``UnusableInput`` where the file is in a run, or is another that somebody may want."""
    if (around := run_around(file.parent)) is not None:
        rule = "a run stays as it was written; a page stands beside it"
        raise UnusableInput(file=str(file), value=str(around), rule=rule, remedy="name a file outside of the run by --to")
    if os.path.lexists(file) and (not file.is_file() or file.read_bytes() != page.encode()):
        rule = "a page takes the place of nothing but itself"
        raise UnusableInput(file=str(file), rule=rule, remedy="remove it, or name another file by --to")

"""Reports: what people open of a run. A workbook with live formulas, a pack of pages, the exhibit as it is filed.

Every part is made from a `Run` alone, so that it can be written when the tapes are gone, and byte for byte again.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gaapbridge.form import Table
from gaapbridge.notebook import result_html
from gaapbridge.report.parts import INSTALL, PARTS, begin, chosen_parts
from gaapbridge.terms.arguments import expect
from gaapbridge.terms.text import text_of, visible

if TYPE_CHECKING:  # what reads a run is loaded once the processes beside have begun
    from gaapbridge.run.reader import Run

UNTOLD = (
    "Warning: {:,} ids of contracts are words of a report, days, or too short to be told in a text. They are masked where a "
    "contract is named; see that no segment or file is called by one."
)


@dataclass(frozen=True)
class Report:
    """A report that was written: of which run, where, and the files of each part by its name.

    ``ids_untold`` counts ids that ``mask_ids`` could mask in their own places only, being words, days, or too short.
    """

    run: Run
    folder: Path
    files: Mapping[str, tuple[str, ...]]
    ids_untold: int = 0

    def as_dict(self) -> dict[str, Any]:
        """For ``--format json``."""
        return {
            "folder": str(self.folder),
            "run": str(self.run.folder),
            "parts": {name: list(files) for name, files in self.files.items()},
            **({"ids_untold": self.ids_untold} if self.ids_untold else {}),
            **({"not_written": list(self._not_written)} if self._not_written else {}),
            "open": list(self._open),
        }

    def as_text(self, width: int | None = None) -> str:
        """What was written, and where each part is opened."""
        lines = [f"Report of {self.run.manifest.entity}, {self.run.manifest.period}: {self.folder}"]
        lines += [f"  {name}: {what}: {self.folder / opened}" for name, what, opened in self._parts]
        lines += [UNTOLD.format(self.ids_untold)] if self.ids_untold else []
        lines += [f"Warning: {why}" for why in self._not_written]
        lines += [f"Warning: {self._draft} No Form 6-K is written of it."] if self._draft else []
        return text_of([*lines, ""], width)

    @property
    def _draft(self) -> str:
        """That an exhibit is a draft, and why; blank where none was written or nothing stands open."""
        from gaapbridge.report.told.draft import draft_line

        return draft_line(self._open) if {"pdf", "filing"} & set(self.files) else ""

    @property
    def _not_written(self) -> Sequence[str]:
        """What of the PDFs and their pictures could not be made, and why, as the texts in their place say: a font that lacks a
        character. Of several pictures the first is told."""
        texts = {name: self.folder / name for name in self.files.get("pdf", ()) if name.endswith(".txt")}
        told = {name: path.read_text(encoding="utf-8").splitlines() for name, path in texts.items() if path.is_file()}
        more = {name: f" (and {len(lines) - 1} more: {name})" if len(lines) > 1 else "" for name, lines in told.items()}
        return [f"{lines[0]}{more[name]}" for name, lines in told.items() if lines]

    @property
    def _open(self) -> Sequence[str]:
        """What stands open before an exhibit can be signed."""
        from gaapbridge.report.told.draft import open_matters

        return open_matters(self.run)

    @property
    def _parts(self) -> tuple[tuple[str, str, str], ...]:
        """Each part by name, what it is, and the file that is opened first."""
        return tuple((name, PARTS[name].what, _opened(files)) for name, files in self.files.items() if files)

    def __repr__(self) -> str:
        return visible(f"Report({str(self.folder)!r}: {', '.join(self.files)})")

    def _repr_html_(self) -> str:
        parts = Table("", ("part", "what it is", "opened first"), self._parts)
        return result_html([[f"Report of {self.run.manifest.entity}: {self.folder}", parts]])


def _opened(files: Sequence[str]) -> str:
    """The file of a part that is opened first: its index where it has one, else the first beside no folder, before any that
    says what could not be made."""
    index = (name for name in files if name.endswith("index.html"))
    return next(index, min(files, key=lambda name: ("/" in name, name.endswith(".txt"), name)))


def reports_at_all() -> str | None:
    """Why no report could be written here; None where one can.

    It is asked before a close that is to end with one, and by the demonstration, which goes without.
    """
    missing = sorted({name for part in chosen_parts(None) for name in part.missing})
    return f"a report needs {', '.join(missing)}: {INSTALL}" if missing else None


def write_report(
    run: Run | os.PathLike[str] | str,
    *,
    only: Sequence[str] | str | None = None,
    mask_ids: bool = False,
    to: os.PathLike[str] | str | None = None,
) -> Report:
    """Write the report of a run, or some of its parts, beside the run: ``v1-report`` beside ``v1``.

    ``only`` names parts, as ``("workbook", "pack")`` or ``"workbook,pack"``. The folder is written whole or not at all; an
    older report of the same run gives way. ``mask_ids`` puts a mask in the place of every contract's id, the same in each
    part, for a report that leaves the house: ``v1-report-masked``.

    Raises ``UnusableInput`` where the run is not as it was written, where a part is none or needs a library that is not
    installed, where the folder holds what nobody may throw away, and where a statement to be masked names a contract.
    """
    expect("only", only, str, tuple, list, or_none=True)
    expect("mask_ids", mask_ids, bool)
    expect("to", to, str, os.PathLike, or_none=True)
    begin(only)
    from gaapbridge.report.folder import report_folder, write_parts
    from gaapbridge.report.masks import NO_MASKS, masks_of
    from gaapbridge.run import open_run

    run = open_run(run).unchanged()
    parts = chosen_parts(only)
    masks = masks_of(run) if mask_ids else NO_MASKS
    folder = report_folder(run, masks) if to is None else Path(to)
    return Report(run, folder, write_parts(run, parts, folder, masks), len(masks.untold))

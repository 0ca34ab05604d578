"""The notes known, found by their folders under ``differences``: what each declares, how it posts, how each side treats."""

from __future__ import annotations

import pkgutil
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import import_module, resources
from types import ModuleType
from typing import Any

from gaapbridge import differences
from gaapbridge.difference import Note, Posted, Sums
from gaapbridge.plan import Plan


@dataclass(frozen=True)
class Policy:
    """One framework's policy on a note by the name of its module: plain data, which finds the functions where they are."""

    module: str

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return getattr(import_module(self.module), name)


Sides = tuple[Policy, Policy]
Treatments = Mapping[str, Sides]
"""The treatment of each note on the first and the second side. The conformance suite puts one framework on both."""


@dataclass(frozen=True)
class Folder:
    """One note's folder: the note, its elections module and its journal module."""

    note: Note
    elections: ModuleType
    journal: ModuleType

    @property
    def text(self) -> str:
        """What the note says of both frameworks, ``NOTE.md``."""
        return resources.files(f"{differences.__name__}.{self.note.key}").joinpath("NOTE.md").read_text(encoding="utf-8")

    def post(self, plan: Plan, sums: Mapping[str, Sums]) -> Posted:
        """The note's journal from the sums of the tapes."""
        answers = self.elections.Elections.of(plan.answers_at(self.note.key, plan.period.closing))
        posted: Posted = self.journal.post(sums, answers)
        return posted


def _folders() -> dict[str, Folder]:
    found = {}
    for module in sorted(pkgutil.iter_modules(differences.__path__), key=lambda module: module.name):
        name = f"{differences.__name__}.{module.name}"
        note: Note = import_module(name).NOTE
        assert note.key == module.name, f"the folder differences/{module.name} is called by the key of its note, {note.key}"
        found[note.key] = Folder(note, import_module(f"{name}.elections"), import_module(f"{name}.journal"))
    return found


FOLDERS: Mapping[str, Folder] = _folders()
"""Every note's folder, by its key in the plan."""

NOTES: Mapping[str, Note] = {key: folder.note for key, folder in FOLDERS.items()}
"""The notes, by their key in the plan."""


def standard_treatments() -> Treatments:
    """US GAAP on the first side, IFRS on the second, of every note."""
    names = {key: f"{differences.__name__}.{key}" for key in FOLDERS}
    return {key: (Policy(f"{name}.us_gaap"), Policy(f"{name}.ifrs")) for key, name in names.items()}

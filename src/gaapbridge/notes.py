"""The notes known, found by their folders under ``differences``: what each declares, how it posts, how each side treats.

Beside these measured notes a plan may have given ones, whose amounts a file gives: a note all the same, made from the plan.
"""

from __future__ import annotations

import pkgutil
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import import_module, resources
from types import ModuleType
from typing import Any

from gaapbridge import differences
from gaapbridge.difference import GIVEN, RETAINED, Note, Posted, Sums
from gaapbridge.plan import Plan
from gaapbridge.plan.model import ACCOUNT
from gaapbridge.statement.layout import Layout

_found = cache(import_module)
"""A module by its name; looking for one that is there costs more than many a policy, asked thousands of times."""


@dataclass(frozen=True)
class Policy:
    """One framework's policy on a note by the name of its module: plain data, which finds the functions where they are."""

    module: str

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return getattr(_found(self.module), name)


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


def notes_of(plan: Plan, layout: Layout) -> dict[str, Note]:
    """The notes of a plan in the order of the statement, by key: those that contracts measure, and those that files give.

    A given note takes the numeral after those that are known and before it, where contracts are measured at all; its roles are
    its accounts themselves, told apart by the rows of the layout that carry them.
    """
    known = max(note.place for note in NOTES.values()) if plan.measured_notes else 0
    places = {key: known + place for place, key in enumerate((key for key in plan.notes.order if key in plan.given), start=1)}
    return {key: NOTES[key] if key in NOTES else _given(plan, layout, key, places[key]) for key in plan.notes.order}


def _given(plan: Plan, layout: Layout, key: str, place: int) -> Note:
    stated = plan.given[key]
    rows = {account: plan.accounts[account].line for account in stated.accounts if account != plan.posting.get(RETAINED)}
    income = [account for account, row in rows.items() if not layout.is_balance_sheet_row(row)]
    attributed = [account for account in income if rows[account] not in layout.net_income_rows()]
    equity = [account for account, row in rows.items() if row in layout.equity_rows()]
    return Note(
        key=key,
        column=key,
        numeral=_numeral(place),
        label=stated.caption,
        balances={GIVEN: _roles([account for account in rows if account not in income])},
        profit={GIVEN: _roles([account for account in income if account not in attributed])},
        example_tax_rate="0.0",
        vat_in_lines=False,
        equity=_roles(equity),
        attributed=_roles(attributed),
    )


def _roles(accounts: Collection[str]) -> tuple[str, ...]:
    return tuple(f"{ACCOUNT}{account}" for account in accounts)


def _numeral(place: int) -> str:
    """A number in small Roman letters, as notes are numbered.

    >>> _numeral(4), _numeral(9), _numeral(16)
    ('iv', 'ix', 'xvi')
    """
    letters = ((10, "x"), (9, "ix"), (5, "v"), (4, "iv"), (1, "i"))
    text = ""
    for value, letter in letters:
        count, place = divmod(place, value)
        text += letter * count
    return text


def standard_treatments() -> Treatments:
    """US GAAP on the first side, IFRS on the second, of every note."""
    names = {key: f"{differences.__name__}.{key}" for key in FOLDERS}
    return {key: (Policy(f"{name}.us_gaap"), Policy(f"{name}.ifrs")) for key, name in names.items()}

"""Everything that notes and kinds of contracts declare to a plan."""

from __future__ import annotations

from gaapbridge.contracts.kinds import KINDS
from gaapbridge.notes import FOLDERS
from gaapbridge.plan import Declaration, Declared

DECLARED = Declared(
    notes={
        key: Declaration(folder.elections.ELECTIONS, folder.note.tapes, folder.note.needs) for key, folder in FOLDERS.items()
    },
    kinds=tuple(KINDS.values()),
)
"""What a plan is read against."""

"""Everything that notes and kinds of contracts declare to a plan."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from gaapbridge.contracts.kind import Kind
from gaapbridge.contracts.kinds import KINDS
from gaapbridge.difference import Note
from gaapbridge.notes import FOLDERS
from gaapbridge.plan import Declaration, Declared


def refuse_clashes(notes: Sequence[Note], kinds: Sequence[Kind]) -> None:
    """Raise where a name that must find one note, kind or tape would find two, or a note is of a kind that is not there."""
    named = {
        "notes have the numeral": [note.numeral for note in notes],
        "notes have the column": [note.column for note in notes],
        "kinds of contracts have the word": [kind.word for kind in kinds],
        "kinds of contracts have the place": [str(kind.place) for kind in kinds],
        "tapes have the key": [tape.key for kind in kinds for tape in kind.tapes],
    }
    for what, names in named.items():
        for name, count in Counter(names).items():
            if count > 1:
                raise ValueError(f"{count} {what} {name}: take the next that is free")
    keys = [kind.key for kind in kinds]
    for note in notes:
        for kind in (*note.balances, *note.profit, *note.measured):
            if kind not in keys:
                raise ValueError(f"note {note.key} names contracts of a kind {kind}; known are {', '.join(keys)}")


refuse_clashes([folder.note for folder in FOLDERS.values()], list(KINDS.values()))

DECLARED = Declared(
    notes={
        key: Declaration(
            folder.note.column,
            folder.elections.ELECTIONS,
            folder.note.kinds,
            folder.note.needs,
            folder.note.balance_roles,
            folder.note.profit_roles,
        )
        for key, folder in FOLDERS.items()
    },
    kinds=tuple(KINDS.values()),
)
"""What a plan is read against."""

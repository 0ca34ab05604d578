"""The reference page of elections, rendered from what the notes declare; a test holds `docs/reference/elections.md` to it."""

from __future__ import annotations

from collections.abc import Iterator

from gaapbridge.notes import Folder
from gaapbridge.plan import Election
from gaapbridge.plan.election import NATURES
from gaapbridge.plan.template import admissible
from gaapbridge.starter.plan_text import notes_in_order

_INTRODUCTION = """\
# Elections

This page is rendered from the elections that the notes declare (`elections.py` of each); a test holds it to them.

What the standards leave to the lender is answered in the plan, by name, in the table of the note. No election has a default:
where one is missing, or answered by a word or number that is not admissible, the plan is refused with the question and its
paragraph. The answers shown are those of the plan that `gaapbridge new plan` writes; they are examples, not advice.

Each election is declared to be one of three things, which says what becomes of a changed answer:

"""


def elections_page() -> str:
    """The text of `docs/reference/elections.md`."""
    natures = "".join(f"- *{nature}*: {meaning}.\n" for nature, meaning in NATURES.items())
    return _INTRODUCTION + natures + "".join(part for folder in notes_in_order() for part in _note(folder))


def _note(folder: Folder) -> Iterator[str]:
    note = folder.note
    tapes = " or ".join(f"`[tapes.{kind}]`" for kind in note.kinds)
    yield f"\n## Note ({note.numeral}): {note.label}\n\n"
    yield f"`[elections.{note.key}]`, answered where `{note.key}` is in `notes.order`; the note is measured from {tapes}.\n"
    yield from (line for election in folder.elections.ELECTIONS for line in _election(election))


def _election(election: Election) -> Iterator[str]:
    yield f"\n### `{election.name}`\n\n{election.question} ({election.paragraph})\n\n"
    yield f"Declared: {election.nature}.\n\n"
    yield from (f"- `{word}`: {meaning}\n" for word, meaning in election.choices.items())
    if not election.choices:
        yield f"- {admissible(election)}\n"
    if election.kind is not None:
        yield f"\nAsked only where the plan names `[tapes.{election.kind}]`.\n"
    yield f"\nExample: `{election.name} = {election.example}`\n"

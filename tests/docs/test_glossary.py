"""The glossary: every word once, in order, in one sentence, with the place in the code that has it."""

from __future__ import annotations

import re
from itertools import pairwise

from gaapbridge.contracts.kind import STATES
from gaapbridge.contracts.kinds import KINDS
from gaapbridge.difference import PATHS
from tests.docs.pages import DOCS, Page, Row

GLOSSARY = Page(DOCS / "glossary.md")

WORDS = (
    "kind", "contract", "loan", "guarantee", "award", "tape", "schema", "columns", "component", "flow", "path", "state",
    "segment", "note", "column", "treatment", "election", "kernel", "chunk", "part", "run", "artefact", "finding", "reject",
    "tie-out", "evidence", "address", "basis difference", "brought forward", "role", "instant", "period",
)  # fmt: skip


def faults(rows: tuple[Row, ...]) -> list[str]:
    """Words out of order or twice, with more than one sentence, or with nothing in the code."""
    words = [row["word"] for row in rows]
    found = [f"{later} stands after {earlier}" for earlier, later in pairwise(words) if later <= earlier]
    found += [f"{row['word']} is not one sentence" for row in rows if not row["is"] or re.search(r"\.( |$)", row["is"])]
    return found + [f"{row['word']} is nowhere in the code" for row in rows if "](../src/" not in row["in the code"]]


def meaning(word: str) -> str:
    (line,) = [line for line in GLOSSARY.text.splitlines() if line.startswith(f"| {word} |")]
    return line


def test_every_word_has_one_sentence_and_its_place() -> None:
    (table,) = GLOSSARY.tables
    assert set(WORDS) <= {row["word"] for row in table.rows}
    assert faults(table.rows) == []


def test_addresses_are_those_of_kinds() -> None:
    """A further kind need not stand here; one that does is known."""
    named = re.findall(r"`(\w+)/ID`", meaning("address"))
    assert named and set(named) <= {kind.word for kind in KINDS.values()}


def test_paths_and_states_are_those_of_the_code() -> None:
    assert re.findall(r"`(\w+)`", meaning("path"))[: len(PATHS)] == list(PATHS)
    assert all(state in meaning("state") for state in STATES)


def test_a_faulty_word_is_seen() -> None:
    code = "[`Note`](../src/gaapbridge/difference.py)"
    rows = (
        {"word": "note", "is": "a difference", "in the code": code},
        {"word": "note", "is": "a difference. It has a column", "in the code": "nowhere"},
    )
    assert faults(rows) == ["note stands after note", "note is not one sentence", "note is nowhere in the code"]

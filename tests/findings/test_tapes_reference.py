"""The reference page is what the contracts render."""

from pathlib import Path

import pytest

from gaapbridge.contracts.reference import SCHEMAS
from tests.tapes_page import tapes_page


def test_the_reference_page_is_in_step(root: Path) -> None:
    written = (root / "docs/reference/tapes.md").read_text(encoding="utf-8")
    assert written == tapes_page(), "write it again: python -m tests.pages"


@pytest.mark.parametrize("schema", SCHEMAS, ids=lambda schema: schema.name)
def test_a_contract_is_sound(schema) -> None:
    names = set(schema.names)
    assert len(names) == len(schema.columns)
    every = (*schema.rules, *schema.across)
    assert len({rule.id for rule in every}) == len(every)
    assert {rule.column for rule in every} | {name for rule in schema.rules for name in rule.beside} <= names
    assert set(schema.key) | ({schema.identity, schema.amount} - {None}) <= names
    assert all(rule.sentence and rule.remedy for rule in every)

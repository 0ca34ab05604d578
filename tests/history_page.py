"""The page of the documentation about histories: the tapes' columns and rules, the keys, and what is found."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from gaapbridge.contracts.reference import section_of
from gaapbridge.estimation.causes import CAUSES
from gaapbridge.estimation.schema import FEE_OF_PERFORMED, IN_UNIT, LISTED, ONE_A_MONTH, PERFORMED, SCHEMAS, STAYS_AWAY

INTRODUCTION = Path(__file__).with_suffix(".md").read_text(encoding="utf-8")


def history_page() -> str:
    """The text of ``docs/reference/history.md``."""
    return INTRODUCTION + "".join(_sections())


def _sections() -> Iterator[str]:
    for schema in SCHEMAS.values():
        yield from section_of(schema)
    yield "\n## Across rows and tapes\n\n| rule | severity | remedy |\n|---|---|---|\n"
    for rule in (ONE_A_MONTH, STAYS_AWAY, LISTED, PERFORMED, IN_UNIT, FEE_OF_PERFORMED):
        yield f"| {rule.sentence} | reject | {rule.remedy} |\n"
    yield "\n## Findings\n\n| finding | found when | remedy |\n|---|---|---|\n"
    for cause in sorted(CAUSES.values(), key=lambda cause: cause.name):
        yield f"| {cause.name} | {cause.why} | {cause.remedy} |\n"

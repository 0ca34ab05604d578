"""Rejects of several tapes brought together."""

from __future__ import annotations

from collections.abc import Iterable

import polars as pl

from gaapbridge.contracts.kinds import KINDS
from gaapbridge.tapes.both_tapes import OTHER_ROW_GOOD
from gaapbridge.tapes.checks import REJECTS

_RULES = tuple(rule for kind in KINDS.values() for tape in kind.tapes for rule in (*tape.schema.rules, *tape.schema.across))
CONSEQUENCES = frozenset(rule.sentence for rule in (OTHER_ROW_GOOD, *_RULES) if rule.follows)
"""Sentences of the rules that a row breaks because another row of its contract is rejected."""

UNLISTED = frozenset(rule.sentence for rule in _RULES if rule.looks_up)
"""Sentences of the rules that a row breaks where its contract is on no tape, if only because its id there cannot be read."""


def rejected_rows(rejects: pl.DataFrame) -> int:
    """How many rows of the tapes are rejected; a row that breaks several rules counts once."""
    return rejects.select("file", "row").n_unique()


def together(parts: Iterable[pl.DataFrame]) -> pl.DataFrame:
    """All rejects by file and row, those with a reason of their own first, as they are the ones to correct; then those of
    contracts that are on no tape."""
    rejects = pl.concat([pl.DataFrame(schema=REJECTS), *(part.select(REJECTS.names()) for part in parts)])
    rule = pl.col("rule")
    return rejects.sort(rule.is_in(CONSEQUENCES), rule.is_in(UNLISTED), "file", "row", maintain_order=True)

"""Rejects of several tapes brought together."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

import polars as pl

from gaapbridge.contracts.kinds import KINDS
from gaapbridge.tapes.both_tapes import OTHER_ROW_GOOD
from gaapbridge.tapes.checks import REJECTS, refusal
from gaapbridge.terms.errors import UnusableInput

_RULES = tuple(rule for kind in KINDS.values() for tape in kind.tapes for rule in (*tape.schema.rules, *tape.schema.across))
NAMED_ROWS = 5
"""Rows that are named of those that are rejected alike."""

NAMED_VALUES = 3
"""Values that are named of those."""

REASONS_TOLD = 100
"""Reasons that a refusal has, of rows that are rejected for more."""

CONSEQUENCES = frozenset(rule.sentence for rule in (OTHER_ROW_GOOD, *_RULES) if rule.follows)
"""Sentences of the rules that a row breaks because another row of its contract is rejected."""

UNLISTED = frozenset(rule.sentence for rule in _RULES if rule.looks_up)
"""Sentences of the rules that a row breaks where its contract is on no tape, if only because its id there cannot be read."""


def rejected_rows(rejects: pl.DataFrame) -> int:
    """How many rows of the tapes are rejected; a row that breaks several rules counts once."""
    return rejects.select("file", "row").n_unique()


def alike(rejects: pl.DataFrame) -> pl.DataFrame:
    """Rejects that differ in their row alone as one, in the order of the first, with all their ``rows``: of forty contracts
    with a word that is not known there is one thing to do."""
    same = [name for name in REJECTS.names() if name not in ("row", "contract_id", "amount_minor")]
    return rejects.group_by(same, maintain_order=True).agg(pl.col("row").alias("rows"))


def by_rule(rejects: pl.DataFrame) -> pl.DataFrame:
    """Rejects of one rule and remedy as one, in the order of the first, with all their ``rows`` and the first of their values:
    of a history in which each of forty thousand rows says otherwise how late it is, there is one thing to do."""
    same = ["file", "column", "rule", "remedy"]
    each = pl.col("value").drop_nulls().unique(maintain_order=True)
    together = rejects.group_by(same, maintain_order=True).agg(pl.col("row").alias("rows"), each.alias("value"))
    return together.with_columns(pl.col("value").map_elements(_values_named, return_dtype=pl.String))


def _values_named(values: Sequence[str]) -> str:
    """The first of some values; of those that are shown with cells beside them, as in ``5 (fee_minor 3)``, one."""
    first = 1 if any(value.endswith(")") for value in values[:NAMED_VALUES]) else NAMED_VALUES
    more = len(values) - first
    return ", ".join(values[:first]) + (f" and {more:,} other{'s' if more > 1 else ''}" if more > 0 else "")


def refused(
    rejects: pl.DataFrame, *, of_rule: str, of_remedy: str = "", told_by: Callable[[pl.DataFrame], pl.DataFrame] = alike
) -> UnusableInput:
    """The refusal of tapes for what is rejected on them: what is to be mended, each reason once with its rows, and not what is
    rejected because something else of its contract is. Texts are added to the rule and the remedy of the first; ``told_by``
    says what one reason is."""
    own = told_by(rejects.filter(~pl.col("rule").is_in(CONSEQUENCES)))
    told = (own if own.height else told_by(rejects)).head(REASONS_TOLD)
    told = told.with_columns(row=pl.col("rows").map_elements(rows_named, return_dtype=pl.String))
    first = refusal(told, of_rule=of_rule, of_remedy=of_remedy)
    first.further = tuple(refusal(told[index]) for index in range(1, told.height))
    return first


def rows_named(rows: Sequence[int]) -> str:
    """The rows of some rejects that are alike, of many the first.

    >>> rows_named([7]), rows_named([1, 3, 5]), rows_named(list(range(1, 41)))
    ('7', '1, 3, 5', '1, 2, 3, 4, 5 and 35 more')
    """
    more = len(rows) - NAMED_ROWS
    return ", ".join(map(str, rows[:NAMED_ROWS])) + (f" and {more:,} more" if more > 0 else "")


def together(parts: Iterable[pl.DataFrame]) -> pl.DataFrame:
    """All rejects by file and row, those with a reason of their own first, as they are the ones to correct; then those of
    contracts that are on no tape."""
    rejects = pl.concat([pl.DataFrame(schema=REJECTS), *(part.select(REJECTS.names()) for part in parts)])
    rule = pl.col("rule")
    return rejects.sort(rule.is_in(CONSEQUENCES), rule.is_in(UNLISTED), "file", "row", maintain_order=True)

"""Contracts that cannot be measured, as rejects of their tapes: the row that says why, and every other row of theirs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import polars as pl

from gaapbridge.contracts.side_by_side import OF_OPENING
from gaapbridge.tapes.both_tapes import without
from gaapbridge.tapes.checks import REJECTS
from gaapbridge.tapes.ranges import Held

GROWS = "the scheduled balance must not grow beyond twice the principal: the instalment is below the interest"
"""The rule that a contract breaks whose instalments never repay it."""


@dataclass(frozen=True)
class Fault:
    """Why a contract cannot be measured: the columns concerned, the rule they break, and the remedy."""

    column: str
    rule: str
    remedy: str


def unmeasurable(
    failed: pl.DataFrame, faults: Mapping[int, Fault], value: pl.Expr, opening: Held, closing: Held, others: Sequence[Held] = ()
) -> pl.DataFrame:
    """Rejects (``REJECTS``) of the ``failed`` contracts, which stand side by side with their ``outcome``, a key of ``faults``.

    The cause stands on the closing row, on the opening one where there is no other.
    """
    if failed.is_empty():
        return pl.DataFrame(schema=REJECTS)
    told = [faults[outcome] for outcome in failed["outcome"].to_list()]
    listed = pl.col("row").is_not_null()
    causes = failed.select(
        pl.when(listed).then(pl.lit(closing.file)).otherwise(pl.lit(opening.file)).alias("file"),
        pl.coalesce("row", "row" + OF_OPENING).cast(pl.Int64).alias("row"),
        pl.Series("column", [fault.column for fault in told]),
        value.alias("value"),
        pl.Series("rule", [fault.rule for fault in told]),
        pl.Series("remedy", [fault.remedy for fault in told]),
        pl.col("contract_id"),
        pl.coalesce("outstanding_principal_minor", "outstanding_principal_minor" + OF_OPENING).alias("amount_minor"),
    )
    beside = [
        without(replace(tape, rejects=causes.clear()), failed["contract_id"]).rejects for tape in (opening, closing, *others)
    ]
    return pl.concat([causes, pl.concat(beside).join(causes, on=["file", "row"], how="anti", maintain_order="left")])

"""R16: flows that rest on what rows tell of cash, where no tape of it does: of which contracts, and how far off at most."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import polars as pl

from gaapbridge.contracts.kinds import KINDS
from gaapbridge.contracts.measured import Measured
from gaapbridge.engine.sink import scan_parts
from gaapbridge.plan import Plan
from gaapbridge.run.folder import measurement_path
from gaapbridge.statement.not_checked import NotChecked
from gaapbridge.terms.finding import in_minor

NAMED = 5
"""Contracts that are named; the others are counted."""


def told_by_rows(plan: Plan, measured: Sequence[Measured], folder: Path) -> Iterator[NotChecked]:
    """What is not checked of every flow of a kind measured below ``folder``, the contracts that may be most off first.

    Of one in default since February that paid 19 of 36 instalments by December the interest is 4,321,323, between the 5,042,927
    of nothing paid till then and the 3,602,940 of all paid on the first day.
    """
    for kind in (KINDS[one.kind] for one in measured):
        for flow, apart in kind.apart.items():
            rows = scan_parts(measurement_path(folder, kind.key)).select("contract_id", amount=apart.component)
            found = rows.filter(pl.col("amount") > 0).sort(["amount", "contract_id"], descending=[True, False]).collect()
            if found.is_empty():
                continue
            named = ", ".join(f"{kind.word}/{name} {in_minor(amount)}" for name, amount in found.head(NAMED).iter_rows())
            more = f" and {found.height - NAMED:,} more" if found.height > NAMED else ""
            counted, amount = f"{found.height:,} {kind.contracts}", f"{found['amount'].sum():,}"
            why = f"{apart.why.format(contracts=counted, amount=amount)}: {named}{more}"
            remedy = f"name a tape of what was received under [tapes.{kind.cash.tape}]" if kind.cash else ""
            yield NotChecked("R16", plan.period.income_statement, f"{kind.key}/{flow}", apart.framework, why, remedy)

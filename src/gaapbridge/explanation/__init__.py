"""Explanation of a run's numbers: a printed cell, or a contract step by step under both frameworks."""

from __future__ import annotations

from pathlib import Path

from gaapbridge.explanation.form import Explanation
from gaapbridge.terms.addresses import KIND_OF


def explain(run: Path, address: str, *, months: bool = False) -> Explanation:
    """Explain ``loan/ID``, ``guarantee/ID``, ``award/ID`` or a cell ``STATEMENT/ROW/COLUMN`` of a run folder.

    ``months`` adds to a contract the months behind its loss allowance.
    Raises ``UnusableInput`` naming the nearest three where the address is unknown.
    """
    word, _, contract_id = address.partition("/")
    if word in KIND_OF:
        from gaapbridge.explanation.contract import explain_contract

        return explain_contract(run, KIND_OF[word], contract_id, months=months)
    from gaapbridge.explanation.cell import explain_cell

    return explain_cell(run, address)

"""Explanation of a run's numbers: a printed cell, or a contract step by step under both frameworks."""

from __future__ import annotations

import os
from pathlib import Path

from gaapbridge.contracts.kinds import OF_WORD
from gaapbridge.explanation.form import Explanation
from gaapbridge.period_close.run_folder import manifest_of, refuse_changed
from gaapbridge.terms.errors import UnusableInput


def explain(run: Path, address: str, *, months: bool = False) -> Explanation:
    """Explain ``loan/ID``, ``guarantee/ID``, ``award/ID`` or a cell ``STATEMENT/ROW/COLUMN`` of a run folder.

    A cell that is printed as a comparative is explained from the prior run. ``months`` adds to a contract the months behind
    its loss allowance.
    Raises ``UnusableInput`` naming the nearest three where the address is unknown, and where the run is not as it was written.
    """
    refuse_changed(run)
    word, _, contract_id = address.partition("/")
    if word in OF_WORD:
        from gaapbridge.explanation.contract import explain_contract

        return explain_contract(run, OF_WORD[word], contract_id, months=months)
    from gaapbridge.explanation.cell import explain_cell, has_cell, prints_cell

    prior = _prior_run(run)
    if prior is None or has_cell(run, address):
        return explain_cell(run, address)
    if (prior / "manifest.json").is_file():
        return explain(prior, address) if has_cell(prior, address) else explain_cell(run, address)
    if prints_cell(run, address):
        rule = f"it is printed from the prior run {prior}, which is not there"
        raise UnusableInput(file=str(run), value=address, rule=rule, remedy="restore it")
    return explain_cell(run, address)


def _prior_run(run: Path) -> Path | None:
    """The run of the period before, whose statements are printed as comparatives; None where none was brought forward."""
    stated = manifest_of(run).get("prior_run")
    return None if stated is None else Path(os.path.normpath(run / stated))

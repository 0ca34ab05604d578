"""Explanation of a run's numbers: a printed cell, or a contract step by step under both frameworks."""

from __future__ import annotations

import os

from gaapbridge.contracts.kinds import OF_WORD
from gaapbridge.explanation.form import Explanation
from gaapbridge.explanation.hindsight import HINDSIGHT, explain_hindsight
from gaapbridge.explanation.movements import MOVEMENTS, explain_movements
from gaapbridge.run import open_run
from gaapbridge.run.manifest import has_manifest
from gaapbridge.run.reader import Run
from gaapbridge.run.remembered import Remembered, remembered
from gaapbridge.terms.arguments import expect
from gaapbridge.terms.errors import UnusableInput


def explain(run: Run | os.PathLike[str] | str, address: str, *, months: bool = False) -> Explanation:
    """Explain ``loan/ID``, ``guarantee/ID``, ``award/ID``, a cell ``STATEMENT/ROW/COLUMN``, ``hindsight``, ``movements``
    (of loss allowances by stage), or a tie-out or a finding by its address, of a run or folder.

    A cell that is printed as a comparative is explained from the prior run. ``months`` adds to a contract the months behind
    its loss allowance.
    Raises ``UnusableInput`` naming the nearest three where the address is unknown, and where the run is not as it was written.
    """
    expect("address", address, str)
    with remembered() as hashes:
        run = open_run(run).unchanged(hashes.sha256_of)
        return _explained(run, address, months, hashes)


def _explained(run: Run, address: str, months: bool, hashes: Remembered) -> Explanation:
    if address == HINDSIGHT:
        return explain_hindsight(run)
    if address == MOVEMENTS:
        return explain_movements(run)
    word, _, contract_id = address.partition("/")
    if word in OF_WORD:
        from gaapbridge.explanation.contract import explain_contract

        return explain_contract(run, OF_WORD[word], contract_id, months=months, hashing=hashes.sha256_of)
    from gaapbridge.explanation.cell import explain_cell
    from gaapbridge.explanation.tie_out import explain_tie_out

    if (told := explain_tie_out(run, address)) is not None:
        return told
    prior = run.prior_folder
    if prior is None or address in run.exact.cells:
        return explain_cell(run, address)
    if has_manifest(prior):
        before = Run(prior)
        return explain(before, address) if address in before.exact.cells else explain_cell(run, address)
    if address in run.document.cells:
        rule = f"it is printed from the prior run {prior}, which is not there"
        raise UnusableInput(file=str(run.folder), value=address, rule=rule, remedy="restore it")
    return explain_cell(run, address)

"""Explanation of a run's numbers: a printed cell, or a contract step by step under both frameworks."""

from __future__ import annotations

import os
from pathlib import Path

from gaapbridge.explanation.form import Explanation
from gaapbridge.period_close.run_folder import manifest_of
from gaapbridge.statement.rules_kept import as_written
from gaapbridge.terms.addresses import KIND_OF
from gaapbridge.terms.errors import UnusableInput


def explain(run: Path, address: str, *, months: bool = False) -> Explanation:
    """Explain ``loan/ID``, ``guarantee/ID``, ``award/ID`` or a cell ``STATEMENT/ROW/COLUMN`` of a run folder.

    A cell that is printed as a comparative is explained from the prior run. ``months`` adds to a contract the months behind
    its loss allowance.
    Raises ``UnusableInput`` naming the nearest three where the address is unknown, and where the run is not as it was written.
    """
    _refuse_changed(run)
    word, _, contract_id = address.partition("/")
    if word in KIND_OF:
        from gaapbridge.explanation.contract import explain_contract

        return explain_contract(run, KIND_OF[word], contract_id, months=months)
    from gaapbridge.explanation.cell import explain_cell, has_cell

    prior = _prior_run(run)
    if prior is not None and not has_cell(run, address) and has_cell(prior, address):
        return explain(prior, address)
    return explain_cell(run, address)


def _prior_run(run: Path) -> Path | None:
    """The run of the period before, whose statements are printed as comparatives; None where it is not there any more."""
    stated = manifest_of(run).get("prior_run")
    prior = None if stated is None else Path(os.path.normpath(run / stated))
    return prior if prior is not None and (prior / "manifest.json").is_file() else None


def _refuse_changed(run: Path) -> None:
    """Nothing is explained from files that are not those of the run."""
    for check in as_written(run, manifest_of(run)["artefacts_sha256"]):
        if not check.holds:
            raise UnusableInput(
                file=str(run / str(check.row)),
                rule=f"an artefact is as its run wrote it; this one is {check.part}",
                remedy="restore the run, or close the plan again",
            )

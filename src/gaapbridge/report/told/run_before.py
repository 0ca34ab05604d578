"""The run of the period before, whose figures stand beside those of a run as its comparatives (IAS 1.38)."""

from __future__ import annotations

from gaapbridge.run.manifest import has_manifest
from gaapbridge.run.reader import Run
from gaapbridge.terms.errors import UnusableInput


def run_before(run: Run) -> Run | None:
    """The run that another opens with; None where it opens with none, or that is gone, was changed, or is another by now."""
    folder = run.prior_folder
    if folder is None or not has_manifest(folder):
        return None
    try:
        prior = Run(folder).unchanged()
    except UnusableInput:
        return None
    closes = (prior.manifest.entity, prior.manifest.period.closing)
    return prior if closes == (run.manifest.entity, run.manifest.period.opening) else None

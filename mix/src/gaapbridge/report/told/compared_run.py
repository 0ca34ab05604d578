"""The run of the period before, whose figures stand beside those of a run as its comparatives (IAS 1.38)."""

from __future__ import annotations

from gaapbridge.run.found import run_before
from gaapbridge.run.manifest import has_manifest
from gaapbridge.run.reader import Run
from gaapbridge.terms.errors import UnusableInput


def compared_run(run: Run) -> Run | None:
    """The run that another opens with, as it was written; None where none is at hand, or it was changed since."""
    try:
        prior = run_before(run)
        return None if prior is None else prior.unchanged()
    except UnusableInput:
        return None


REFUSED = (
    "The run of the period before is at hand and was refused: it is not as it was written, or it is another one by now, so "
    "that nothing is taken from it."
)
"""What is said where there are comparatives to be had, and none are taken."""


def is_refused(run: Run) -> bool:
    """Whether a run stands where the one that another opens with stood, and is not that one as it was written."""
    folder = run.prior_folder
    return folder is not None and has_manifest(folder) and compared_run(run) is None

"""The run of the period before, whose figures stand beside those of a run as its comparatives (IAS 1.38)."""

from __future__ import annotations

from gaapbridge.run.found import run_before
from gaapbridge.run.reader import Run
from gaapbridge.terms.errors import UnusableInput


def compared_run(run: Run) -> Run | None:
    """The run that another opens with, as it was written; None where none is at hand, or it was changed since."""
    try:
        prior = run_before(run)
        return None if prior is None else prior.unchanged()
    except UnusableInput:
        return None

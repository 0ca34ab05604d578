"""How a command ends on a mistake of ours: a line that says where it happened, and an exit code that nothing else has."""

from __future__ import annotations

import os
import traceback
from pathlib import Path
from typing import NoReturn

from gaapbridge.cli.refusals import as_errors
from gaapbridge.cli.streams import give, say
from gaapbridge.terms.errors import UnusableInput
from gaapbridge.terms.version import VERSION

INTERNAL_FAULT = 3
"""The exit code of a fault of ours: what was asked for is neither clean, nor found faulty, nor unusable."""

TRACED = "GAAPBRIDGE_DEBUG"
"""The variable of the environment under which the calls that led to a fault are printed before its line."""


def end_with_fault(fault: BaseException, *, for_programs: bool) -> NoReturn:
    """End with one line on standard error: what happened, where, and how to report it; for programs as JSON as well."""
    if os.environ.get(TRACED, "0") != "0":
        say("".join(traceback.format_exception(fault)).rstrip())
    told = as_refusal(fault)
    say(told)
    if for_programs:
        give(as_errors([told], INTERNAL_FAULT))
    raise SystemExit(INTERNAL_FAULT) from None


def as_refusal(fault: BaseException) -> UnusableInput:
    """A fault in the form of all that is refused; the place is the last of ours that was called.

    >>> as_refusal(ZeroDivisionError("division by zero")).value
    'ZeroDivisionError: division by zero'
    """
    ours = [one for one in traceback.extract_tb(fault.__traceback__) if "gaapbridge" in Path(one.filename).parts]
    place = f" in {Path(ours[-1].filename).name}, line {ours[-1].lineno}" if ours else ""
    return UnusableInput(
        value=f"{type(fault).__name__}: {fault}",
        rule=f"this is a fault of gaapbridge {VERSION} itself{place}, and says nothing of the input",
        remedy=f"report this line with what was called; {TRACED}=1 prints the calls that led there",
    )

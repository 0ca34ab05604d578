"""How a command ends that cannot do what it was asked: a line for each reason, and JSON for programs that asked for it."""

from __future__ import annotations

import errno
import os
from collections.abc import Sequence
from typing import NoReturn

import typer

from gaapbridge.cli.streams import give, say
from gaapbridge.terms.errors import UnusableInput
from gaapbridge.terms.writing import reason_of

UNUSABLE = 2
"""The exit code of what cannot be used."""

REFUSALS_SHOWN = 20
"""Refusals that are printed line by line; the others are counted, and stand in the JSON."""


def refuse(unusable: UnusableInput, *, for_programs: bool) -> NoReturn:
    """End with a line on standard error for each reason; for programs with all of them on standard output as well."""
    refusals = (unusable, *unusable.further)
    for one in refusals[:REFUSALS_SHOWN]:
        say(one)
    if (more := len(refusals) - REFUSALS_SHOWN) > 0:
        say(f"{more:,} more are refused")
    if for_programs:
        give(as_errors(refusals))
    raise SystemExit(UNUSABLE) from None


def as_errors(refusals: Sequence[UnusableInput], code: int = UNUSABLE) -> dict[str, object]:
    """Refusals for programs: the first as ``error``, all of them as ``errors``, each part by its label, null where unknown.

    >>> found = as_errors([UnusableInput(file="a.json", rule="an amount is whole", remedy="round it")])
    >>> found["error"]["rule"], found["error"]["row"], len(found["errors"])
    ('an amount is whole', None, 1)
    """
    errors = [one.parts for one in refusals]
    return {"error": errors[0], "errors": errors, "exit_code": code}


def of_misuse(misused: typer.TyperException) -> UnusableInput:
    """A command line that is none of ours, in the form of all unusable input."""
    context = getattr(misused, "ctx", None)
    command = "gaapbridge" if context is None else context.command_path
    return UnusableInput(rule=misused.format_message().rstrip("."), remedy=f"see {command} --help")


def of_memory(refused: MemoryError) -> UnusableInput:
    """What memory refused, in the form of all unusable input."""
    rule = f"what is asked for fits into memory ({refused})" if str(refused) else "what is asked for fits into memory"
    return UnusableInput(key="memory", rule=rule, remedy="make room, or ask for fewer --workers where the command has them")


def of_file_system(refused: OSError) -> UnusableInput:
    """What the file system refused, in the form of all unusable input."""
    remedy = "check the path, the rights to it and the space left"
    if refused.filename is None and refused.errno == errno.ENOENT:
        return UnusableInput(rule="the folder that the command is called in exists", remedy="change to one that does")
    if refused.filename is None:
        return UnusableInput(rule=f"what is asked for can be read and written ({reason_of(refused)})", remedy=remedy)
    rule = f"the file can be read or written ({reason_of(refused)})"
    return UnusableInput(file=os.fsdecode(refused.filename), rule=rule, remedy=remedy)

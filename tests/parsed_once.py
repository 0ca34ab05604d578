"""Curves are parsed once a session for files of the same content, by the close and by the second calculator each for itself.

Every close of the example reads the same fifty thousand rows, and so does every contract that is explained or re-performed.
Tests of reading call the readers themselves. What cannot be used is refused anew each time; so is read what is no plain file.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from gaapbridge.assumptions.account import account_beside
from gaapbridge.assumptions.curves import Curves
from gaapbridge.contracts.guarantees import tapes as guarantees
from gaapbridge.contracts.loans import tapes as loans
from gaapbridge.reperform.assumptions import Assumptions
from gaapbridge.terms.hashes import sha256_of


@contextmanager
def parsed_once() -> Iterator[None]:
    """Both readers of curves with a memory."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Assumptions, "read", _remembering_second(Assumptions.read))
        for kind in (loans, guarantees):
            patch.setattr(kind, "read_curves", _remembering(kind.read_curves))
        yield


def _contents(files: Collection[Any]) -> tuple[str, ...] | None:
    """The forms and hashes of files; None where one is no plain file."""
    if not all(file is None or (isinstance(file, Path) and file.is_file()) for file in files):
        return None
    return tuple("" if file is None else f"{file.suffix} {sha256_of(file)}" for file in files)


def _remembering(read: Callable[..., Curves]) -> Callable[..., Curves]:
    parsed: dict[object, Curves] = {}

    def read_once(*arguments: Any) -> Curves:
        *files, instants, how = arguments
        contents = _contents(files)
        if contents is None:
            return read(*arguments)
        key = (contents, *sorted(instants), repr(how))
        known = parsed[key] if key in parsed else parsed.setdefault(key, read(*arguments))
        return replace(known, account=account_beside(files[1]))  # it may change where the tables do not

    return read_once


def _remembering_second(read: Callable[..., Assumptions]) -> Callable[..., Assumptions]:
    parsed: dict[object, Assumptions] = {}

    def read_once(*files: Any) -> Assumptions:
        contents = _contents(files)
        if contents is None:
            return read(*files)
        known = parsed[contents] if contents in parsed else parsed.setdefault(contents, read(*files))
        prepayment, hazard, losses, *recovery = map(str, files)  # a gap names the file in which it is
        return replace(
            known,
            prepayments=replace(known.prepayments, file=prepayment),
            hazards=replace(known.hazards, file=hazard),
            performing=replace(known.performing, file=hazard),
            losses=replace(known.losses, file=losses),
            recoveries=known.recoveries and replace(known.recoveries, file=recovery[0]),
        )

    return read_once

"""Input that cannot be used at all, described so that its owner can repair it."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Sequence
from functools import partial
from typing import Any

from gaapbridge.terms.text import LONGEST_VALUE, readable, shortened, visible


class UnusableInput(Exception):
    """A file, or a part of one, from which nothing can be computed; the command line exits with 2.

    Says the file, the row and the column, or the key of a plan (as far as they are known), the value found, the rule it
    breaks and the remedy. `str()` gives them labelled, on one line:

    >>> str(UnusableInput(file="a.json", row="fi", value="1.5", rule="an amount is whole", remedy="round it"))
    'file: a.json | row: fi | value: 1.5 | rule: an amount is whole | remedy: round it'

    Where a file is refused for several reasons this is the first of them, and `further` has the others.
    """

    def __init__(
        self,
        *,
        rule: str,
        remedy: str,
        file: str | None = None,
        key: str | None = None,
        row: str | None = None,
        column: str | None = None,
        value: str | None = None,
        further: Sequence[UnusableInput] = (),
    ) -> None:
        super().__init__(rule)
        self.file = file
        self.key = key
        self.row = row
        self.column = column
        self.value = value
        self.rule = rule
        self.remedy = remedy
        self.further = tuple(further)

    def __reduce__(self) -> tuple[Any, ...]:
        return partial(UnusableInput, **vars(self)), ()

    @property
    def parts(self) -> dict[str, str | None]:
        """Every part by label, in the order in which they are printed, as it is; None where it is not known."""
        labels = ("file", "key", "row", "column", "value", "rule", "remedy")
        return {label: None if (part := getattr(self, label)) is None else str(part) for label in labels}

    def as_dict(self) -> dict[str, str]:
        """The parts that are known, each on one line."""
        return {label: _one_line(label, text) for label, text in self.parts.items() if text is not None}

    def __str__(self) -> str:
        return " | ".join(f"{label}: {text}" for label, text in self.as_dict().items())


def together(refusals: Sequence[UnusableInput]) -> UnusableInput:
    """One refusal that has all of them, so that a file is mended at once; there is at least one."""
    first, *others = refusals
    first.further = (*first.further, *(one for other in others for one in (other, *other.further)))
    return first


INTERRUPTED, INTERRUPTED_CODE = "interrupted; what was not whole yet is not kept", 130
"""What is said where somebody interrupts a command, and its exit code."""

ENDED, ENDED_CODE = "ended from outside; what was not whole yet is not kept", 143
"""The same where a machine does, as one that shuts down or a limit of time (SIGTERM)."""


class TooLarge(Exception):
    """An amount or a total beyond what is taken for one; whoever knows the tape it is of says so as ``UnusableInput``. Where
    it is the sum of rows of a contract, ``source`` is the tape of them and ``contract_id`` the contract."""

    def __init__(self, rule: str, source: str | None = None, contract_id: str | None = None) -> None:
        super().__init__(rule, source, contract_id)
        self.rule, self.source, self.contract_id = rule, source, contract_id

    def __str__(self) -> str:
        return self.rule


def nearest(name: str, known: Iterable[str], n: int = 3) -> list[str]:
    """The at most `n` known names that `name` may stand for, best first; for "did you mean". None is better than an odd one.

    Like spelling counts, whatever the case and however words are joined; where nothing is spelt alike, names made of the same
    words and others.

    >>> nearest("loan_nc", ["loans_c", "loans_nc", "apic"], n=1), nearest("Annual Rate", ["annual_rate"])
    (['loans_nc'], ['annual_rate'])
    >>> nearest("rate", ["annual_rate", "status"]), nearest("currency", ["purpose"])
    (['annual_rate'], [])
    """
    plain: dict[str, str] = {}
    for other in sorted(known):
        plain.setdefault(_plain(other), other)
    alike = difflib.get_close_matches(_plain(name), plain, n=n, cutoff=_ALIKE)
    words = set(_plain(name).split("_"))
    related = [other for other in plain if words <= set(other.split("_")) or words >= set(other.split("_"))]
    return [plain[other] for other in alike or related[:n]]


_ALIKE = 0.6
"""Share of letters in common from which two names are spelt alike."""


def _plain(name: str) -> str:
    """A name in small letters, its words joined by underscores."""
    return re.sub(r"[\s_-]+", "_", name.strip().casefold())


def _one_line(label: str, text: str) -> str:
    line = " ".join(text.split())
    return shortened(visible(line), LONGEST_VALUE) if label in _FOUND else readable(line)


_FOUND = ("key", "row", "column", "value")
"""Labels of what stands in a file, which may be of any length."""

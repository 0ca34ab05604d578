"""Input that cannot be used at all, described so that its owner can repair it."""

from __future__ import annotations

import difflib
from collections.abc import Iterable


class UnusableInput(Exception):
    """A file, or a part of one, from which nothing can be computed; the command line exits with 2.

    Says the file, the row and the column (as far as they are known), the value found, the rule it
    breaks and the remedy. `str()` gives them labelled, on one line:

    >>> str(UnusableInput(file="a.json", row="fi", value="1.5", rule="an amount is whole", remedy="round it"))
    'file: a.json | row: fi | value: 1.5 | rule: an amount is whole | remedy: round it'
    """

    def __init__(
        self,
        *,
        rule: str,
        remedy: str,
        file: str | None = None,
        row: str | None = None,
        column: str | None = None,
        value: str | None = None,
    ) -> None:
        super().__init__(rule)
        self.file = file
        self.row = row
        self.column = column
        self.value = value
        self.rule = rule
        self.remedy = remedy

    def as_dict(self) -> dict[str, str]:
        """The parts that are known, by label, in the order in which they are printed."""
        labels = ("file", "row", "column", "value", "rule", "remedy")
        known = {label: getattr(self, label) for label in labels}
        return {label: _one_line(text) for label, text in known.items() if text is not None}

    def __str__(self) -> str:
        return " | ".join(f"{label}: {text}" for label, text in self.as_dict().items())


def nearest(name: str, known: Iterable[str], n: int = 3) -> list[str]:
    """The at most `n` known names most like `name`, best first; for "did you mean".

    >>> nearest("loan_nc", ["loans_c", "loans_nc", "apic"], n=1)
    ['loans_nc']
    """
    return difflib.get_close_matches(name, sorted(known), n=n, cutoff=0.4)


def _one_line(text: object) -> str:
    return " ".join(str(text).split())

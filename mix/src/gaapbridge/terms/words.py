"""Words that are looked for in a text: a regular expression that is compiled when it is first asked, and not when it is loaded.

The words that filings use in every language take as long to compile as most files take to be verified, and of most a file asks
few.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cached_property


class Words:
    """A regular expression with the methods of a compiled one that tables of words need.

    >>> Words(r"total (assets)").search("total assets")[1]
    'assets'
    """

    def __init__(self, pattern: str, flags: int = 0) -> None:
        self.pattern, self._flags = pattern, flags

    @cached_property
    def _compiled(self) -> re.Pattern[str]:
        return re.compile(self.pattern, self._flags)

    def search(self, text: str) -> re.Match[str] | None:
        """The first place in a text."""
        return self._compiled.search(text)

    def match(self, text: str) -> re.Match[str] | None:
        """The place at which a text begins with it."""
        return self._compiled.match(text)

    def fullmatch(self, text: str) -> re.Match[str] | None:
        """The whole text, where it is nothing else."""
        return self._compiled.fullmatch(text)

    def finditer(self, text: str) -> Iterator[re.Match[str]]:
        """Every place in a text."""
        return self._compiled.finditer(text)

    def sub(self, by: str, text: str, count: int = 0) -> str:
        """A text with every place, or the first so many, written otherwise."""
        return self._compiled.sub(by, text, count=count)

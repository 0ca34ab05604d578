"""The languages in which an exhibit is written: the columns of its table of words, which stands with the reports.

Plans are held to them before anything is measured, so that no close is thrown away for a name that nothing would print.
"""

from __future__ import annotations

import csv
from pathlib import Path

ENGLISH = "en"

TABLE = Path(__file__).parents[1] / "report" / "exhibit" / "words.csv"
"""Every text and form of an exhibit in every language."""


def languages() -> tuple[str, ...]:
    """The languages of the table, English first.

    >>> languages()[:2]
    ('en', 'zh')
    """
    with TABLE.open(encoding="utf-8", newline="") as stream:
        return tuple(next(csv.reader(stream)))

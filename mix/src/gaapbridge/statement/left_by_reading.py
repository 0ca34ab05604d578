"""What a file in the JSON shape says and reading does not use: misspelt keys, kinds of statement nobody knows, unread sheets.

Published files carry keys of their own (`source`, `published_anomalies`, ...), which are left alone. One that is nearly a known
key is told: `roll_forward` would leave every roll unchecked without a word.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator, Mapping

from gaapbridge.statement.document import Document
from gaapbridge.statement.not_checked import NotChecked
from gaapbridge.terms.periods import first_and_last_day
from gaapbridge.terms.statement_kinds import KINDS, kind_named

Raw = Mapping[str, object]

NOT_READ = "not_read"
"""What the reader of a workbook or a page left aside: a list of `where`, `why` and `remedy`."""

TOP = (
    *("id", "issuer", "currency", "unit", "from", "to", "from_gaap", "to_gaap", "pair", "columns"),
    *("statements", "rollforward", "period_sums", NOT_READ),
)
COLUMN = ("id", "note", "label", "vat_in_lines", "role", "of")
STATEMENT = ("id", "kind", "as_of", "period", "complete", "basis", "rows", *("from", "to", "from_gaap", "to_gaap", "pair"))
ROW = ("id", "label", "section", "role", "us_gaap", "adj", "ifrs", "of", "derived")
ROLL = ("open", "close", "flow", "retained", "flow_row", "offset", "paths", "paths_pretax")
PERIOD_SUM = ("total", "parts", "row")

OTHER_WORDS = {
    **dict.fromkeys(("adjustment", "adjustments", "adjusted"), "adj"),
    **dict.fromkeys(("roll", "rolls"), "rollforward"),
    **{"date": "as_of", "asofdate": "as_of", "type": "kind", "children": "of", "sumof": "of"},
}
ALIKE = 0.8


def left_by_reading(top: Raw, document: Document) -> tuple[NotChecked, ...]:
    """What of a file is not used, in its order."""
    kinds = (_unknown_kind(one.id, one.kind) for one in document.statements if kind_named(one.kind) is None)
    return (*_not_read(top), *_misspelt(top), *kinds, *_undated(document))


def _not_read(top: Raw) -> Iterator[NotChecked]:
    for one in _listed(top, NOT_READ):
        said = {name: str(one.get(name, "")) for name in ("where", "why", "remedy")}
        yield NotChecked("file", None, said["where"] or None, None, said["why"] or "it was not read", said["remedy"])


def _unknown_kind(statement: str, kind: str) -> NotChecked:
    why = f"the kind of the statement, {kind}, is not known, so nothing is asked of it as of a balance sheet or a flow"
    return NotChecked("kind", statement, None, None, why, f"write one of {', '.join(KINDS)}")


def _undated(document: Document) -> Iterator[NotChecked]:
    """Dates that are none: rolls follow from the dates, and would be missing in silence."""
    for one in document.statements:
        if one.as_of is not None and first_and_last_day(f"{one.as_of}/{one.as_of}") is None:
            yield NotChecked("date", one.id, None, None, f"{one.as_of} is no date", "write it as 2023-12-31")
        if one.period is not None and first_and_last_day(one.period) is None:
            yield NotChecked("date", one.id, None, None, f"{one.period} is no period", "write it as 2023-01-01/2023-12-31")


def _misspelt(top: Raw) -> Iterator[NotChecked]:
    yield from _nearly(top, TOP, None, None)
    for one in _listed(top, "columns"):
        yield from _nearly(one, COLUMN, "columns", str(one.get("id")))
    for one in _listed(top, "rollforward"):
        yield from _nearly(one, ROLL, "rollforward", None)
    for one in _listed(top, "period_sums"):
        yield from _nearly(one, PERIOD_SUM, "period_sums", None)
    for one in _listed(top, "statements"):
        yield from _nearly(one, STATEMENT, str(one.get("id")), None)
        for row in _listed(one, "rows"):
            yield from _nearly(row, ROW, str(one.get("id")), str(row.get("id")))


def _nearly(owner: Raw, known: tuple[str, ...], statement: str | None, row: str | None) -> Iterator[NotChecked]:
    """Keys that are no known one and nearly are."""
    for key in owner:
        if key not in known and (meant := _meant(key, known)) is not None and meant not in owner:
            why = f"the key `{key}` is not known, so what it says is not used"
            yield NotChecked("key", statement, row, None, why, f"did you mean `{meant}`? rename it")


def _meant(key: str, known: tuple[str, ...]) -> str | None:
    """The known key that another stands for, None where it is one of the file's own.

    >>> _meant("roll_forward", TOP), _meant("Off", ROW), _meant("source", TOP)
    ('rollforward', 'of', None)
    """
    plain = _plain(key)
    if OTHER_WORDS.get(plain) in known:
        return OTHER_WORDS[plain]
    by_plain = {_plain(one): one for one in known}
    near = difflib.get_close_matches(plain, by_plain, n=1, cutoff=ALIKE)
    return by_plain[near[0]] if near else None


def _plain(key: str) -> str:
    return re.sub(r"[\W_]+", "", key.casefold())


def _listed(owner: Raw, key: str) -> list[Raw]:
    listed = owner.get(key)
    return [one for one in listed if isinstance(one, Mapping)] if isinstance(listed, list) else []

"""The kinds of statement that the rules tell apart, and the names by which filings call them."""

from __future__ import annotations

import re

BALANCE_SHEET = "balance sheet"
INCOME_STATEMENT = "income statement"
LIST = "list"
KINDS = (BALANCE_SHEET, INCOME_STATEMENT, LIST)

_LOSS = r"profit (and|or|&) loss"
_NAMES = (
    (BALANCE_SHEET, re.compile(r"balance sheets?|(statements? of )?financial (position|condition)|资产负债表")),
    (INCOME_STATEMENT, re.compile(rf"(income|p ?& ?l|{_LOSS})( statements?)?|利润表|损益表")),
    (INCOME_STATEMENT, re.compile(rf"statements? of .*(income|operations|earnings|{_LOSS}).*")),
    (LIST, re.compile("list")),
)
_CONSOLIDATED = re.compile(r"^(unaudited |condensed |interim |consolidated |合并)+")


def kind_named(text: str) -> str | None:
    """The kind that a statement's `kind` names, however it is written; None for one that is not known.

    >>> kind_named("Consolidated Balance Sheets"), kind_named("income_statement"), kind_named("cash flow")
    ('balance sheet', 'income statement', None)
    """
    plain = _CONSOLIDATED.sub("", re.sub(r"[\s_-]+", " ", text).strip().casefold())
    return next((kind for kind, names in _NAMES if names.fullmatch(plain)), None)

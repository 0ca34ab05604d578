"""The kinds of statement that the rules tell apart, and the names by which filings call them."""

from __future__ import annotations

import re

from gaapbridge.terms.words import Words

BALANCE_SHEET = "balance sheet"
INCOME_STATEMENT = "income statement"
LIST = "list"
KINDS = (BALANCE_SHEET, INCOME_STATEMENT, LIST)
CASH_FLOW_STATEMENT = "cash flow statement"
"""A kind that headings name and no rule knows."""

_LOSS = r"profit (?:and|or|&) loss"
_IN_HEADINGS = (
    (
        BALANCE_SHEET,
        Words(
            r"balance sheets?\b|financial (?:position|condition)\b|[资資][产產][负負][债債]表|[财財][务務][状狀][况況]表"
            r"|貸借対照表|財政状態計算書|\b(?:konzern)?bilanz(?:en)?\b|\bbilan\b|situation financière"
        ),
    ),
    (
        INCOME_STATEMENT,
        Words(
            r"income statements?\b|statements? of (?!.*\b(?:cash|changes)\b)(?:[\w&-]+ ){0,3}"
            rf"(?:income|operations|earnings|comprehensive|profit|loss)|{_LOSS}|利[润潤]表|[损損]益(?:表|計算書)|[综綜]合收益表"
            r"|gewinn- und verlust|gewinn und verlust|gesamtergebnisrechnung|\bcomptes? de résultat"
        ),
    ),
    (
        CASH_FLOW_STATEMENT,
        Words(r"\bcash flows?\b|[现現]金流量表|キャッシュ・フロー|kapitalflussrechnung|flux de trésorerie"),
    ),
)
_BY_ITSELF = (
    (INCOME_STATEMENT, Words(r"income|p ?& ?l(?: statements?)?")),
    (LIST, Words("list")),
)


def kind_in(heading: str) -> str | None:
    """The kind of statement that a heading names; None where it names none, or several.

    >>> kind_in("Effects on the consolidated balance sheet"), kind_in("Balance sheet and income statement")
    ('balance sheet', None)
    """
    plain = _plain(heading)
    kinds = {kind for kind, words in _IN_HEADINGS if words.search(plain)}
    return kinds.pop() if len(kinds) == 1 else None


def kind_named(text: str) -> str | None:
    """The kind that a statement's `kind` names, however it is written; None for one that no rule knows.

    >>> kind_named("Consolidated Balance Sheets"), kind_named("income_statement"), kind_named("cash flow")
    ('balance sheet', 'income statement', None)
    """
    plain = _plain(text)
    alone = next((kind for kind, names in _BY_ITSELF if names.fullmatch(plain)), None)
    found = alone or kind_in(text)
    return found if found in KINDS else None


def _plain(text: str) -> str:
    return re.sub(r"[\s_-]+", " ", text).strip().casefold()

"""What the rows of a balance sheet are of, by the words of their section in any language: the one place for them."""

from __future__ import annotations

from collections.abc import Mapping

ASSETS, LIABILITIES, EQUITY = "assets", "liabilities", "equity"

NET_ASSETS = ("net assets", "净资产", "淨資產", "純資産", "nettovermögen", "actif net")
WORDS: Mapping[str, tuple[str, ...]] = {
    EQUITY: (
        *("equity", "deficit", "capital and reserves", "权益", "權益", "資本", "eigenkapital", "capitaux propres"),
        *NET_ASSETS,
    ),
    LIABILITIES: ("liabilit", "负债", "負債", "schulden", "verbindlichkeiten", "passif"),
    ASSETS: ("asset", "资产", "資產", "資産", "vermögen", "aktiva", "actif"),
}
"""Words by what the rows of a section are of; the first that has one counts: net assets are equity."""


def of_what(section: str) -> str | None:
    """What the rows of a section are of: equity, liabilities or assets; None where it does not say.

    >>> of_what("Current assets"), of_what("非流动负债"), of_what("Net assets"), of_what("total")
    ('assets', 'liabilities', 'equity', None)
    """
    return next((kind for kind in WORDS if speaks_of(kind, section)), None)


def speaks_of(kind: str, text: str) -> bool:
    """Whether a caption or a section has a word for assets, for liabilities or for equity; a caption may have several.

    >>> [speaks_of(kind, "Total liabilities and equity") for kind in WORDS]
    [True, True, False]
    """
    folded = text.casefold()
    return any(word in folded for word in WORDS[kind])


def sides_of(text: str) -> frozenset[str]:
    """Everything that a caption or a section has words for; *net assets* are equity, and no assets beside it.

    >>> sorted(sides_of("Total liabilities and equity")), sorted(sides_of("净资产合计")), sorted(sides_of("Total"))
    (['equity', 'liabilities'], ['equity'], [])
    """
    rest = text.casefold()
    for word in WORDS[EQUITY]:
        rest = rest.replace(word, " ")
    others = (kind for kind in (LIABILITIES, ASSETS) if speaks_of(kind, rest))
    return frozenset((*others, *([EQUITY] if speaks_of(EQUITY, text) else [])))

"""What the captions of rows mean, in the words that filings use: one table for whoever reads tables and for the rules.

A caption is compared folded (`folded_caption`): small letters, no footnote marks, plain quotes. The words stand in
`caption_words`.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Container, Sequence
from functools import lru_cache

from gaapbridge.terms.caption_words import (
    BASIC,
    CONTINENTAL,
    CONTRA,
    COST,
    DEFERRED_TAX,
    EARNED,
    GAIN,
    HAN,
    IN_HAN,
    INTERESTS,
    LESS,
    LOSS,
    MARK,
    MEANINGS,
    MEZZANINE,
    MIXED,
    NOT_EARNED,
    OF_HOLDERS,
    ON_THE_CONTINENT,
    OUTCOME,
    PART,
    PER_SHARE,
    SECTIONS,
    SHEET_TOTAL,
    TOTAL,
)
from gaapbridge.terms.sections import ASSETS, EQUITY, LIABILITIES, NET_ASSETS, WORDS, sides_of, speaks_of

TOTALS = ("ta", "tl", "tle", "eq", "eq_parent")
"""The totals of a balance sheet, by the ids with a meaning of their own."""
OF_BALANCE_SHEET = (*TOTALS, "re", "apic", "dta", "dtl", "otp")
OF_INCOME = ("pbt", "tax", "ni", "ni_attr")
_SHEET_IDS = (*TOTALS, "tca", "tnca", "tcl", "tncl")
_ONLY_ONE = ("ta", "tl", "tle", "re", "apic")
"""Meanings that a statement has once: of two rows that say so neither has it."""


def plain_caption(text: str) -> str:
    """A caption without its footnote marks, as it is printed otherwise.

    >>> plain_caption("Loans receivable, net (1) *:"), plain_caption("Accumulated deficit")
    ('Loans receivable, net', 'Accumulated deficit')
    """
    caption = text.strip()
    while (shorter := MARK.sub("", caption).rstrip(" :：")) != caption:
        caption = shorter
    return caption


@lru_cache(maxsize=1 << 14)
def folded_caption(text: str) -> str:
    """A caption as it is compared: small letters, plain quotes and brackets, no footnote marks, no `, net` behind it."""
    plain = unicodedata.normalize("NFKC", plain_caption(text)).casefold().replace("’", "'")
    return re.sub(r",? net$", "", " ".join(plain.split())).rstrip(" .")


@lru_cache(maxsize=1 << 14)
def meaning_of_row(caption: str) -> str | None:
    """The id with a meaning of its own that a caption stands for; None for one that the rules know nothing of.

    >>> [meaning_of_row(one) for one in ("TOTAL ASSETS:", "Provision for income taxes", "Net (loss) income", "Cash")]
    ['ta', 'tax', 'ni', None]
    """
    plain = _without_brackets(folded_caption(caption))
    tables = (IN_HAN if HAN.search(plain) else (), MEANINGS, ON_THE_CONTINENT if CONTINENTAL.search(plain) else ())
    found = next((meaning for table in tables for meaning, words in table if words.search(plain)), None)
    return None if found in ("eq", "eq_parent") and MEZZANINE.search(plain) else found


def meaning_below(caption: str, met: Container[str | None]) -> str | None:
    """The meaning of a caption below rows of the meanings met: a second *Bilanzsumme* is that of liabilities and equity.

    >>> meaning_below("Bilanzsumme", ()), meaning_below("Bilanzsumme", ("ta",)), meaning_below("Total assets", ("ta",))
    ('ta', 'tle', 'ta')
    """
    meaning = meaning_of_row(caption)
    below = meaning == "ta" and "ta" in met and "tle" not in met
    return "tle" if below and SHEET_TOTAL.search(folded_caption(caption)) else meaning


def rows_by_meaning(captions: Sequence[str]) -> dict[str, int]:
    """Which row of a statement has each meaning, by its place among the captions; a blank one has none.

    Of several equities and incomes it is the last, but for those of continuing operations. Equity of the holders, beside
    interests of others, is that of the parent, unless it stands below them and no other equity does. What closes either side
    of a sheet, *Bilanzsumme*, is total assets above and both liabilities and equity below.

    >>> rows_by_meaning(["Total shareholders' equity", "Noncontrolling interests", "Total equity", "Cash"])
    {'eq_parent': 0, 'eq': 2}
    """
    places: dict[str, list[int]] = {}
    for place, caption in enumerate(captions):
        if caption and (meaning := meaning_below(caption, places)) is not None:
            places.setdefault(meaning, []).append(place)
    interests = [place for place, caption in enumerate(captions) if is_of_interests(caption)]
    equities = places.get("eq", [])
    if equities and interests and equities[-1] < interests[-1] and _is_of_holders(captions[equities[-1]]):
        places["eq_parent"] = [*places.get("eq_parent", []), places.pop("eq")[-1]]
    elif len(equities) > 1:
        places.setdefault("eq_parent", equities[:1])
    chosen = {meaning: _chosen(meaning, held, captions) for meaning, held in places.items()}
    return {meaning: place for meaning, place in sorted(chosen.items(), key=lambda one: one[1] or 0) if place is not None}


def _chosen(meaning: str, places: Sequence[int], captions: Sequence[str]) -> int | None:
    if meaning in ("eq", "ni"):
        whole = [place for place in places if "continuing" not in captions[place].casefold()]
        return (whole or places)[-1]
    return None if meaning in _ONLY_ONE and len(places) > 1 else places[0]


def _is_of_holders(caption: str) -> bool:
    return OF_HOLDERS.search(folded_caption(caption)) is not None


@lru_cache(maxsize=1 << 14)
def looks_like_total(caption: str) -> bool:
    """Whether a caption is that of a total or a result, which other rows lead to.

    >>> told = ("Subtotal", "Gross profit", "Net loss", "Net loss on investments", "Loss before taxes")
    >>> [looks_like_total(one) for one in told]
    [True, True, True, False, True]
    """
    plain = folded_caption(caption)
    if TOTAL.search(plain) or OUTCOME.search(_without_brackets(plain)):
        return True
    return meaning_of_row(caption) in ("pbt", "ni", "ni_attr")


def is_per_share(caption: str, heading: str = "") -> bool:
    """Whether a row, or one that only says `Basic` under such a heading, is of amounts per share or numbers of shares."""
    plain = folded_caption(caption)
    if PER_SHARE.search(plain):
        return True
    return BASIC.search(plain) is not None and PER_SHARE.search(folded_caption(heading)) is not None


def section_of(heading: str) -> str:
    """The section that a heading opens: one of those with a meaning, else the heading itself in small letters.

    >>> section_of("LIABILITIES AND SHAREHOLDERS' EQUITY"), section_of("Temporary equity:"), section_of("Adjusted for")
    ('liabilities', 'mezzanine', 'adjusted for')
    """
    plain = folded_caption(heading)
    return next((section for section, words in SECTIONS if words.search(plain)), plain)


def is_of_balance_sheet(id: str, label: str, section: str) -> bool:
    """Whether a total is one of a balance sheet, whatever kind its table is of."""
    return id in _SHEET_IDS or any(speaks_of(kind, f"{label} {section}") for kind in WORDS)


def is_deducted(caption: str) -> bool:
    """Whether a caption says that its row is taken off, as in `Less: allowance`."""
    return LESS.search(caption.casefold()) is not None


def is_part_of_another(caption: str) -> bool:
    """Whether a row only says how much of another it is.

    >>> is_part_of_another("of which restricted"), is_part_of_another("其中：受限资金"), is_part_of_another("Restricted cash")
    (True, True, False)
    """
    return PART.search(folded_caption(caption)) is not None


def may_be_deducted(caption: str) -> bool:
    """Whether a caption names what some print as a positive amount and take off: an allowance, treasury shares.

    >>> told = ("Allowance for credit losses", "Treasury shares, at cost", "Loans, net of allowance", "Allowance recoverable")
    >>> [may_be_deducted(one) for one in told]
    [True, True, False, False]
    """
    return CONTRA.search(caption.casefold()) is not None


def speaks_of_cost(caption: str) -> bool:
    """Whether a caption names a cost, and no income: what a statement that prints costs as positive amounts takes off.

    >>> [speaks_of_cost(one) for one in ("Cost of revenue", "Income tax", "Reversal of impairment losses", "Revenue")]
    [True, True, False, False]
    """
    return not speaks_of_income(caption) and COST.search(caption.casefold()) is not None


def speaks_of_income(caption: str) -> bool:
    """Whether a caption speaks of income alone: a gain, a reversal of losses, and not a gain or loss, nor a cost of revenue."""
    plain = NOT_EARNED.sub("", caption.casefold())
    if plain.lstrip().startswith("reversal") or plain.endswith("转回"):
        return True
    return EARNED.search(plain) is not None and MIXED.search(plain) is None


def is_of_interests(caption: str) -> bool:
    """Whether a row is the share of the non-controlling interests."""
    return INTERESTS.search(caption.casefold()) is not None


def is_loss(caption: str) -> bool:
    """Whether a caption speaks of a loss alone, and not of a result that may be one: `Net loss`, not `Net income (loss)`."""
    plain = caption.casefold()
    return LOSS.search(plain) is not None and GAIN.search(plain) is None


def is_mezzanine(caption: str, *, id: str = "", section: str = "") -> bool:
    """Whether a row is equity outside equity, between liabilities and equity; a section, where it has one, says so alone.

    >>> is_mezzanine("Class A shares subject to possible redemption"), is_mezzanine("Non-redeemable interests")
    (True, False)
    """
    if section:
        return MEZZANINE.search(folded_caption(section)) is not None
    return id == "mezz" or MEZZANINE.search(folded_caption(caption)) is not None


def side_of(section: str, caption: str) -> str | None:
    """The one side of a sheet that a row is of, by its section, else its caption; mezzanine equity stands with equity.

    None where none or several are named, and of net assets: they may add up equity, or assets less liabilities.

    >>> side_of("", "Total mezzanine equity"), side_of("current assets", "Total"), side_of("equity", "Net assets")
    ('equity', 'assets', None)
    """
    if any(word in caption.casefold() for word in NET_ASSETS):
        return None
    for text in (section, caption):
        said = sides_of(text) | (frozenset([EQUITY]) if MEZZANINE.search(folded_caption(text)) else frozenset())
        if len(said) == 1:
            return next(iter(said))
    return None


def deferred_tax_sign(id: str, label: str, section: str) -> int:
    """1 for a deferred tax asset, -1 for a deferred tax liability, 0 for any other row.

    >>> deferred_tax_sign("dta_current", "dta_current", ""), deferred_tax_sign("x", "Deferred tax liabilities", "")
    (1, -1)
    """
    for sign, name in ((1, "dta"), (-1, "dtl")):
        if id == name or id.startswith(f"{name}_"):
            return sign
    if DEFERRED_TAX.search(label.casefold()) is None:
        return 0
    said = label if speaks_of(LIABILITIES, label) or speaks_of(ASSETS, label) else section
    return -1 if speaks_of(LIABILITIES, said) else 1 if speaks_of(ASSETS, said) else 0


def _without_brackets(plain: str) -> str:
    """`(loss) income / profit` as `loss income profit`: which of them is bracketed says nothing."""
    return " ".join(re.sub(r"[()/]", " ", plain).split())

"""What the captions of rows mean, in the words that filings use: one table for whoever reads tables and for the rules.

A caption is compared folded (`folded_caption`): small letters, no footnote marks, plain quotes. A word that is not known
is added here, once. The words for kinds of statement stand in `statement_kinds`.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from functools import lru_cache

from gaapbridge.terms.sections import ASSETS, LIABILITIES, WORDS, speaks_of

TOTALS = ("ta", "tl", "tle", "eq", "eq_parent")
"""The totals of a balance sheet, by the ids with a meaning of their own."""
OF_BALANCE_SHEET = (*TOTALS, "re", "apic", "dta", "dtl", "otp")
OF_INCOME = ("pbt", "tax", "ni", "ni_attr")

_OWNERS = r"(?:(?:share|stock|unit)(?: ?|-)holders?'?s?'?|share owners?'|members?'|partners?'|owners?'?)"
_EQUITY = r"(?:equity|deficits?|deficiency|capital)"
_RESULT = r"(?:(?:income|profits?|earnings|loss(?:es)?)(?: or| and)?(?: |$))+"
_OF_TAX = r"(?:benefit|provision|expenses?|recovery|credit|from|for|of|and|or)"
_TAXED = r"(?:income|mining|corporate|income and mining)"
_PERIOD = r"for the (?:year|period|quarter)"
_MEANINGS = tuple(
    (meaning, re.compile(words))
    for meaning, words in (
        ("tle", rf"^total liabilities\b.*(?:\band\b|&).*{_EQUITY}|^total liabilities {_EQUITY}|^total equity and liabilities"),
        ("tle", r"负债[和及与].*权益(?:总计|合计|总额)?$"),
        ("ta", r"^total assets$|^(?:资产(?:总计|合计|总额)|总资产)$"),
        ("tl", r"^total liabilities$|^(?:负债(?:总计|合计|总额)|总负债)$"),
        (
            "eq",
            rf"^total (?:{_OWNERS} )?{_EQUITY}(?: {_EQUITY})?$|^{_OWNERS} {_EQUITY}(?: {_EQUITY})?$|^(?:net assets|equity)$",
        ),
        ("eq", r"^(?:股东|所有者)?权益(?:总计|合计|总额)?$"),
        ("eq_parent", rf"^total (?!.*non-? ?controlling).*equity(?: {_EQUITY})?(?: attributable .*)?$"),
        ("eq_parent", r"^equity attributable to (?!non)|^归属于.*权益(?:合计|总额)?$"),
        ("re", r"^(?:(?:retained (?:earnings|deficit)(?: loss)?|accumulated (?:deficit|losses|profits))[ ,]*(?:or )?)+$"),
        ("re", r"^(?:留存收益|未分配利润|累计亏损)"),
        ("apic", r"^additional paid-? ?in[- ]capital$|^(?:capital|share) premium$|^paid-in capital$|^资本公积"),
        ("dta", r"^(?:net )?deferred (?:income )?tax(?:es)? assets?\b|^递延(?:所得)?税(?:项)?资产"),
        ("dtl", r"^(?:net )?deferred (?:income )?tax(?:es)? liabilit|^递延(?:所得)?税(?:项)?负债"),
        ("otp", r"^other tax(?:es)? payables?$|^其他应[付交]税"),
        ("pbt", rf"^(?:net )?{_RESULT}(?:from continuing operations )?before (?:the )?(?:{_OF_TAX} )*(?:income )?tax"),
        ("pbt", r"^pre-?tax (?:income|profit|earnings|loss)|^(?:税前利润|利润总额|除税前(?:利润|溢利))"),
        (
            "tax",
            rf"^(?:total )?(?:{_OF_TAX} )*(?:{_TAXED} )?tax(?:es|ation)?(?: {_OF_TAX})*$",
        ),
        ("tax", r"^(?:所得税|税项)(?:费用|开支)?$"),
        ("ni_attr", rf"^net {_RESULT}attributable(?: to (?!.*non-? ?controlling)|$)|^归属于.*净利润"),
        ("ni", rf"^(?:consolidated )?net {_RESULT}(?:{_PERIOD}|from continuing operations)?$|^净(?:利润|亏损|损失)"),
        ("ni", rf"^{_RESULT}(?:comprehensive (?:income|loss) )?(?:{_PERIOD}|from continuing operations$)"),
    )
)
_ONLY_ONE = ("ta", "tl", "tle", "re", "apic")
"""Meanings that a statement has once: of two rows that say so neither has it."""

_TOTAL = re.compile(r"\b(?:sub-?)?totals?\b|合计|小计|总计|总额|^总")
_OUTCOME = re.compile(
    rf"^(?:gross (?:profit|margin|loss)|(?:operating|pre-?tax) {_RESULT}|net revenues?$|(?:adjusted )?ebitda?\b"
    rf"|(?:total )?comprehensive (?:income|loss)|(?:[a-z]+ )*{_RESULT}(?:.* )?(?:before|from (?:continuing )?operations)\b"
    r"|毛利|营业利润|利润总额|净利润|净亏损|税前)"
)
_PER_SHARE = re.compile(
    r"per (?:\w+ )*(?:shares?|ads|unit|limited)\b|per-share|\beps\b|weighted[- ]average|\bshares? (?:outstanding|used)\b"
    r"|number of shares|每股|加权平均"
)
_BASIC = re.compile(r"^(?:[-–—] ?)?(?:basic|diluted)\b|^(?:基本|稀释)")
_MARK = re.compile(r"\s*(?:\((?:\d{1,2}|[a-h]|[ivx]{1,5})\)|\[\w{1,3}\]|[*†‡§]+|[⁰¹²³⁴-⁹]+)$")

_MEZZANINE = re.compile(
    r"mezzanine|temporary equity|subject to (?:possible )?(?:conversion or )?redemption"
    r"|(?<!non-)(?<!non )\bredeemable\b(?!.*liabilit)|夹层|可赎回"
)
_SECTIONS = (
    ("mezzanine", _MEZZANINE),
    ("current assets", re.compile(r"^(?:total )?current assets|^流动资产")),
    ("non-current assets", re.compile(r"^(?:total )?non-?\s?current assets|^非流动资产")),
    ("current liabilities", re.compile(r"^(?:total )?current liabilities|^流动负债")),
    ("non-current liabilities", re.compile(r"^(?:total )?(?:non-?\s?current|long-?term) liabilities|^非流动负债")),
    ("assets", re.compile(r"^assets$|^资产$")),
    ("liabilities", re.compile(r"^liabilities\b|^负债")),
    ("equity", re.compile(r"equity|deficit|股东权益|所有者权益|^权益")),
    ("revenue", re.compile(r"^(?:net |total )?(?:revenues?|sales|income)\b|^营业收入|^收入")),
    ("expense", re.compile(r"expenses?\b|\bcosts?\b|费用|成本")),
)
_SHEET_IDS = (*TOTALS, "tca", "tnca", "tcl", "tncl")
_LESS = re.compile(r"^\W*(?:less|deduct|减)\b|^减")
_CONTRA = re.compile(
    r"^\W*(?:(?:valuation|(?:credit |loan )?loss|bad debt|doubtful accounts|impairment) )?allowances?(?:\W+(?:for|on)\b.*)?\W*$"
    r"|^\W*accumulated (?:depreciation|amorti[sz]ation|impairment)\b|^\W*treasury (?:stock|shares)\b"
    r"|^(?!.*(?:净|递延|扣除)).*(?:备抵|减值准备|累计折旧|累计摊销|库存股)\W*$"
)
_COST = re.compile(
    r"\b(costs?|expenses?|interest on|provisions?|depreciation|amorti[sz]ation|impairments?|(?<!net of )tax(es)?|losses)\b"
    r"|费用|成本|折旧|摊销"
)
_EARNED = re.compile(r"\b(reversals?|gains?|recover(y|ies)|revenues?|income|profits?)\b|转回|收益|收入")
_NOT_EARNED = re.compile(r"\bcosts? of \w+( \w+)?|\b(income|profits?) tax(es)?\b|所得税|营业成本")
_MIXED = re.compile(r"\b(loss(es)?|expenses?|costs?)\b|亏损|损失|费用")
_INTERESTS = re.compile(r"non-? ?controlling|minority|少数股东")
_OF_HOLDERS = re.compile(rf"{_OWNERS}|^股东")
_LOSS, _GAIN = re.compile(r"\bloss\b|亏损"), re.compile(r"income|profit|earnings|利润")
_DEFERRED_TAX = re.compile(r"deferred (?:income )?tax|递延所得税")


def plain_caption(text: str) -> str:
    """A caption without its footnote marks, as it is printed otherwise.

    >>> plain_caption("Loans receivable, net (1) *:"), plain_caption("Accumulated deficit")
    ('Loans receivable, net', 'Accumulated deficit')
    """
    caption = text.strip()
    while (shorter := _MARK.sub("", caption).rstrip(" :：")) != caption:
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
    found = next((meaning for meaning, words in _MEANINGS if words.search(plain)), None)
    return None if found in ("eq", "eq_parent") and _MEZZANINE.search(plain) else found


def rows_by_meaning(captions: Sequence[str]) -> dict[str, int]:
    """Which row of a statement has each meaning, by its place among the captions; a blank one has none.

    Of several equities and incomes it is the last, but for those of continuing operations. Equity of the holders, beside
    interests of others, is that of the parent, unless it stands below them and no other equity does.

    >>> rows_by_meaning(["Total shareholders' equity", "Noncontrolling interests", "Total equity", "Cash"])
    {'eq_parent': 0, 'eq': 2}
    """
    places: dict[str, list[int]] = {}
    for place, caption in enumerate(captions):
        if caption and (meaning := meaning_of_row(caption)) is not None:
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
    return _OF_HOLDERS.search(folded_caption(caption)) is not None


@lru_cache(maxsize=1 << 14)
def looks_like_total(caption: str) -> bool:
    """Whether a caption is that of a total or a result, which other rows lead to.

    >>> told = ("Subtotal", "Gross profit", "Net loss", "Net loss on investments", "Loss before taxes")
    >>> [looks_like_total(one) for one in told]
    [True, True, True, False, True]
    """
    plain = folded_caption(caption)
    if _TOTAL.search(plain) or _OUTCOME.search(_without_brackets(plain)):
        return True
    return meaning_of_row(caption) in ("pbt", "ni", "ni_attr")


def is_per_share(caption: str, heading: str = "") -> bool:
    """Whether a row, or one that only says `Basic` under such a heading, is of amounts per share or numbers of shares."""
    plain = folded_caption(caption)
    if _PER_SHARE.search(plain):
        return True
    return _BASIC.search(plain) is not None and _PER_SHARE.search(folded_caption(heading)) is not None


def section_of(heading: str) -> str:
    """The section that a heading opens: one of those with a meaning, else the heading itself in small letters.

    >>> section_of("LIABILITIES AND SHAREHOLDERS' EQUITY"), section_of("Temporary equity:"), section_of("Adjusted for")
    ('liabilities', 'mezzanine', 'adjusted for')
    """
    plain = folded_caption(heading)
    return next((section for section, words in _SECTIONS if words.search(plain)), plain)


def is_of_balance_sheet(id: str, label: str, section: str) -> bool:
    """Whether a total is one of a balance sheet, whatever kind its table is of."""
    return id in _SHEET_IDS or any(speaks_of(kind, f"{label} {section}") for kind in WORDS)


def is_deducted(caption: str) -> bool:
    """Whether a caption says that its row is taken off, as in `Less: allowance`."""
    return _LESS.search(caption.casefold()) is not None


def may_be_deducted(caption: str) -> bool:
    """Whether a caption names what some print as a positive amount and take off: an allowance, treasury shares.

    >>> told = ("Allowance for credit losses", "Treasury shares, at cost", "Loans, net of allowance", "Allowance recoverable")
    >>> [may_be_deducted(one) for one in told]
    [True, True, False, False]
    """
    return _CONTRA.search(caption.casefold()) is not None


def speaks_of_cost(caption: str) -> bool:
    """Whether a caption names a cost, and no income: what a statement that prints costs as positive amounts takes off.

    >>> [speaks_of_cost(one) for one in ("Cost of revenue", "Income tax", "Reversal of impairment losses", "Revenue")]
    [True, True, False, False]
    """
    return not speaks_of_income(caption) and _COST.search(caption.casefold()) is not None


def speaks_of_income(caption: str) -> bool:
    """Whether a caption speaks of income alone: a gain, a reversal of losses, and not a gain or loss, nor a cost of revenue."""
    plain = _NOT_EARNED.sub("", caption.casefold())
    if plain.lstrip().startswith("reversal") or plain.endswith("转回"):
        return True
    return _EARNED.search(plain) is not None and _MIXED.search(plain) is None


def is_of_interests(caption: str) -> bool:
    """Whether a row is the share of the non-controlling interests."""
    return _INTERESTS.search(caption.casefold()) is not None


def is_loss(caption: str) -> bool:
    """Whether a caption speaks of a loss alone, and not of a result that may be one: `Net loss`, not `Net income (loss)`."""
    plain = caption.casefold()
    return _LOSS.search(plain) is not None and _GAIN.search(plain) is None


def is_mezzanine(caption: str, *, id: str = "", section: str = "") -> bool:
    """Whether a row is equity outside equity, between liabilities and equity; a section, where it has one, says so alone.

    >>> is_mezzanine("Class A shares subject to possible redemption"), is_mezzanine("Non-redeemable interests")
    (True, False)
    """
    if section:
        return _MEZZANINE.search(folded_caption(section)) is not None
    return id == "mezz" or _MEZZANINE.search(folded_caption(caption)) is not None


def deferred_tax_sign(id: str, label: str, section: str) -> int:
    """1 for a deferred tax asset, -1 for a deferred tax liability, 0 for any other row.

    >>> deferred_tax_sign("dta_current", "dta_current", ""), deferred_tax_sign("x", "Deferred tax liabilities", "")
    (1, -1)
    """
    for sign, name in ((1, "dta"), (-1, "dtl")):
        if id == name or id.startswith(f"{name}_"):
            return sign
    if _DEFERRED_TAX.search(label.casefold()) is None:
        return 0
    said = label if speaks_of(LIABILITIES, label) or speaks_of(ASSETS, label) else section
    return -1 if speaks_of(LIABILITIES, said) else 1 if speaks_of(ASSETS, said) else 0


def _without_brackets(plain: str) -> str:
    """`(loss) income / profit` as `loss income profit`: which of them is bracketed says nothing."""
    return " ".join(re.sub(r"[()/]", " ", plain).split())

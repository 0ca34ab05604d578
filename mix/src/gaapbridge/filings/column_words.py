"""What the headings of columns mean, in the words that filings use for them."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from enum import StrEnum


class Means(StrEnum):
    """What a column holds: the framework reconciled from or to, either of them, what leads from one to the other, or none."""

    FROM = "us_gaap"
    TO = "ifrs"
    EITHER = "either"
    ADJUSTMENT = "adjustment"
    SUM = "sum"
    MEMO = "memo"
    UNKNOWN = "unknown"


TEXT_COLUMNS = {
    "statement": "statement|报表",
    "kind": "kind",
    "as_of": "as[ _]of|date|balance sheet date|日期",
    "period": "period|期间",
    "section": "section|category|类别",
    "label": "label|(?:line )?items?|description|accounts?|captions?|financial statement (?:lines?|captions?)|项目|科目",
    "role": "role",
    "id": "id",
    "of": "of",
    "issuer": "issuer|company|公司",
    "currency": "currency|币种|货币",
    "unit": "unit|单位",
}
"""Columns of texts beside the figures, by the key of the flat form."""

_MEANT: tuple[tuple[Means, str], ...] = (
    (
        Means.MEMO,
        r"^(?:notes?|anhang|footnotes?|ref(?:erence)?s?|附注|注释?)(?: no)?$|%|\bper ?cent(?:age)?\b|变动率|百分比|\bmargin\b",
    ),
    (Means.SUM, r"\bsub-?totals?\b|^total (?:adjust|effect|impact|differences?|change)|post[- ]reclassification|小计"),
    (
        Means.FROM,
        r"^(?:(?:balance|amount)s? )?(?:without|before|prior to|excluding)\b.*(?:adopt|adjust|effect|impact|change)",
    ),
    (
        Means.FROM,
        r"\bas (?:previously|originally|initially) (?:reported|filed|stated|issued|presented)|\bas (?:reported|filed)\b",
    ),
    (Means.FROM, r"^(?:previously|originally) (?:reported|stated|filed)|^reported\b|^historical\b|^pre-|\bpre-?adoption\b"),
    (Means.TO, r"\bas (?:adjusted|restated|revised|corrected|recast|computed|amended|reclassified)\b|\bpost-?adoption\b"),
    (Means.TO, r"^(?:restated|revised|recast|corrected)\b|^pro forma\b|\bafter (?:adoption|adjustments?|restatement)\b"),
    (
        Means.ADJUSTMENT,
        r"\badjustments?\b|\beffects?\b|\bimpacts?\b|\bdifferences?\b|\breclass|\bchanges?\b|\brestatements?\b|\bconversion\b"
        r"|\bincrease\b|\bdecrease\b|\bcorrections?\b|\berrors?\b|\badoption of\b|\bremeasurement\b|调整|差异|影响|重分类|变动",
    ),
    (
        Means.FROM,
        r"\bhgb\b|\bnormes françaises\b|\bwie (?:\w+ )?(?:berichtet|ausgewiesen)\b|\bvor anpassung|\bpublié(?:e?s?)?\b",
    ),
    (Means.TO, r"\bangepasst|\bnach anpassung|\bretraité(?:e?s?)?\b"),
    (
        Means.ADJUSTMENT,
        r"\banpassung(?:en)?\b|\beffekte?\b|\büberleitung\b|\bumgliederung(?:en)?\b|\bneubewertung(?:en)?\b|\bunterschiede?\b"
        r"|\bretraitements?\b|\bajustements?\b|\breclassements?\b|\bincidences?\b|\bajustes?\b|\brettific(?:a|he)\b",
    ),
    (Means.TO, r"\bnon-? ?gaap\b|^(?:adjusted|core|operating|underlying)\b|非公认|非美国"),
    (Means.FROM, r"\bu\.? ?s\.? ?gaap\b|\bgaap\b|generally accepted accounting|美国(?:公认)?会计|^(?:reported|按美国)"),
    (Means.TO, r"\bifrss?\b|international financial reporting|国际财务报告|\bias ?\d|^under (?:the )?new\b"),
    (Means.EITHER, r"^(?:balances?|carrying (?:amounts?|values?)|amounts?|as at|opening|closing)\b|^$"),
)

_OF_NOTES = (
    ("ecl", r"^expected credit loss(?:es)?(?:,? net of tax)?$|^预期信用损失$"),
    ("eir", r"^effective interest(?: rate)?(?: (?:method|on .*))?(?:,? net of tax)?$|^实际利率法?$"),
    ("sbc", r"^(?:share|stock|equity)-based (?:compensation|payments?)(?: expenses?)?$|^股份支付$|^股权激励$"),
    ("fg", r"^financial guarantees?(?: contracts?)?(?:,? net of tax)?$|^财务担保(?:合同)?$"),
)
_OF_NOTE = r"(?:[ivx]{1,5}|[a-h]|\d{1,2})"
_NUMERAL = re.compile(
    rf"^\(?(?:notes? )?({_OF_NOTE})\)\s*|\s*\((?:notes? )?\(?({_OF_NOTE})\)+$|\s*\bnotes? \(?({_OF_NOTE})\)?$", re.IGNORECASE
)


def meaning_of(heading: str) -> Means:
    """What a column under this heading holds, dates in it left aside.

    >>> [str(meaning_of(one)) for one in ("U.S. GAAP", "As previously reported", "Effects", "Non-GAAP", "美国会计准则")]
    ['us_gaap', 'us_gaap', 'adjustment', 'ifrs', 'us_gaap']
    """
    plain = folded(heading)
    exact = {"us_gaap": Means.FROM, "ifrs": Means.TO}.get(plain.replace(" ", "_"))
    return exact or next((means for means, words in _MEANT if re.search(words, plain)), Means.UNKNOWN)


def text_column_of(heading: str) -> str | None:
    """The key of a column of texts, by its heading; None for another one."""
    plain = folded(heading)
    return next((key for key, words in TEXT_COLUMNS.items() if re.fullmatch(words, plain)), None)


def folded(heading: str) -> str:
    """A heading as it is compared: small letters, plain signs, no footnote marks, single spaces.

    >>> folded("As Reported (1) *")
    'as reported'
    """
    plain = unicodedata.normalize("NFKC", heading.translate(_SUPERSCRIPTS)).casefold().replace("’", "'")
    plain = re.sub(r"[*†‡§]+|\[\w{1,3}\]|\(\d{1,2}\)|\([a-z]\)", " ", plain)
    return " ".join(plain.split()).strip(" :.;")


def note_and_caption(heading: str) -> tuple[str | None, str]:
    """The numeral of the note that a heading refers to, and the rest of it.

    >>> note_and_caption("(ii) Effective interest rate"), note_and_caption("Fair value (b)"), note_and_caption("Leases")
    (('ii', 'Effective interest rate'), ('b', 'Fair value'), (None, 'Leases'))
    """
    found = _NUMERAL.search(heading)
    rest = " ".join(_NUMERAL.sub("", heading, count=1).split())
    if found is None or not rest:
        return None, heading
    return found[1] or found[2] or found[3], rest


def column_id(caption: str) -> str:
    """The id of an adjustment: that of the note of ours which its caption names, else the caption itself.

    >>> column_id("Share-based compensation"), column_id("Expected credit losses, net of tax"), column_id("Leases")
    ('sbc', 'ecl', 'leases')
    """
    plain = folded(caption)
    return next((note for note, words in _OF_NOTES if re.search(words, plain)), slug(caption))


def slug(text: str, longest: int = 48) -> str:
    """An id that can be read, made of a caption: whole words in small letters, joined by underscores.

    >>> slug("Loans receivable, net"), slug("应收贷款"), slug("R&D")
    ('loans_receivable_net', '应收贷款', 'r_d')
    """
    joined = re.sub(r"\W+", "_", unicodedata.normalize("NFKC", text).casefold().replace("'", "").replace("’", "")).strip("_")
    return joined if len(joined) <= longest else joined[:longest].rpartition("_")[0] or joined[:longest]


def unique_in(taken: Callable[[str], bool], name: str, first: int = 2) -> str:
    """The name, or with the first number behind it, from `first` on, that is not taken: `other_2`."""
    if not taken(name):
        return name
    number = first
    while taken(f"{name}_{number}"):
        number += 1
    return f"{name}_{number}"


_SUPERSCRIPTS = {ord(one): None for one in "⁰¹²³⁴⁵⁶⁷⁸⁹"}

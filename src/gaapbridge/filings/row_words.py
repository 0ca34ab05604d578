"""What the captions of rows and the headings above them mean: kinds of statements, sections, rows with an id of their own."""

from __future__ import annotations

import re
import unicodedata

from gaapbridge.terms.statement_kinds import BALANCE_SHEET, INCOME_STATEMENT

_KINDS = (
    (BALANCE_SHEET, r"balance sheets?\b|financial (?:position|condition)\b|资产负债表|财务状况表"),
    (
        INCOME_STATEMENT,
        r"income statements?\b|statements? of (?:consolidated )?(?:income|operations|earnings|comprehensive|profit|loss)"
        r"|profit (?:and|or) loss|利润表|损益表|综合收益表",
    ),
    ("cash flow statement", r"\bcash flows?\b|现金流量表"),
)

_MEZZANINE = (
    r"mezzanine|temporary equity|subject to (?:possible )?(?:conversion or )?redemption|redeemable (?!.*liabilit)|夹层|可赎回"
)
_SECTIONS = (
    ("mezzanine", _MEZZANINE),
    ("current assets", r"^(?:total )?current assets|^流动资产"),
    ("non-current assets", r"^(?:total )?non-?\s?current assets|^非流动资产"),
    ("current liabilities", r"^(?:total )?current liabilities|^流动负债"),
    ("non-current liabilities", r"^(?:total )?(?:non-?\s?current|long-?term) liabilities|^非流动负债"),
    ("assets", r"^assets$|^资产$"),
    ("liabilities", r"^liabilities\b|^负债"),
    ("equity", r"equity|deficit|股东权益|所有者权益|^权益"),
    ("revenue", r"^(?:net |total )?(?:revenues?|sales|income)\b|^营业收入|^收入"),
    ("expense", r"expenses?\b|\bcosts?\b|费用|成本"),
)

_OWNERS = r"(?:(?:share|stock)holders'?|members'?|partners'?|owners'?)"
_DEFICIT = r"(?: deficits?| deficiency| equity)?"
_RESULT = r"(?:(?:income|profits?|earnings|loss(?:es)?)(?: or| and)?(?: |$))+"
_OF_TAX = r"(?:benefit|provision|expenses?|recovery|credit|from|for|of|and|or)"
_IDS = (
    ("tle", r"^total liabilities.*\band\b.*(?:equity|deficit|capital)|^total equity and liabilities"),
    ("tle", r"负债[和及与].*权益.*(?:总计|合计|总额)"),
    ("ta", r"^total assets$|^(?:资产(?:总计|合计|总额)|总资产)$"),
    ("tl", r"^total liabilities$|^(?:负债(?:总计|合计|总额)|总负债)$"),
    (
        "eq",
        rf"^total (?:{_OWNERS} )?(?:equity|deficit|capital){_DEFICIT}$|^{_OWNERS} equity{_DEFICIT}$|^(?:net assets|equity)$",
    ),
    ("eq", r"^(?:股东权益|所有者权益|权益)(?:总计|合计|总额)?$"),
    ("eq_parent", rf"^total .*equity{_DEFICIT}(?: attributable .*)?$|^equity attributable to (?!non)"),
    ("eq_parent", r"^归属于.*权益(?:合计|总额)?$"),
    ("re", r"^(?:(?:retained (?:earnings|deficit)(?: loss)?|accumulated (?:deficit|losses|profits))[ ,]*(?:or )?)+$"),
    ("re", r"^(?:留存收益|未分配利润|累计亏损)"),
    ("apic", r"^additional paid-? ?in[- ]capital$|^(?:capital|share) premium$|^paid-in capital$|^资本公积"),
    ("dta", r"^(?:net )?deferred (?:income )?tax(?:es)? assets?\b|^递延(?:所得)?税(?:项)?资产"),
    ("dtl", r"^(?:net )?deferred (?:income )?tax(?:es)? liabilit|^递延(?:所得)?税(?:项)?负债"),
    ("otp", r"^other tax(?:es)? payables?$|^其他应[付交]税"),
    ("pbt", rf"^(?:net )?{_RESULT}(?:from continuing operations )?before (?:the )?(?:{_OF_TAX} )*(?:income )?tax"),
    ("pbt", r"^pre-?tax (?:income|profit|earnings|loss)|^(?:税前利润|利润总额|除税前(?:利润|溢利))"),
    ("tax", rf"^(?:total )?(?:{_OF_TAX} )*(?:income |mining |corporate |income and mining )?tax(?:es|ation)?(?: {_OF_TAX})*$"),
    ("tax", r"^(?:所得税|税项)(?:费用|开支)?$"),
    ("ni_attr", rf"^net {_RESULT}attributable to (?!.*non-? ?controlling)|^归属于.*净利润"),
    ("ni", rf"^(?:consolidated )?net {_RESULT}(?:for the (?:year|period)|from continuing operations)?$|^净(?:利润|亏损|损失)"),
    ("ni", rf"^{_RESULT}(?:comprehensive (?:income|loss) )?(?:for the (?:year|period|quarter)|from continuing operations$)"),
)

_TOTAL = re.compile(r"^(?:sub-?)?totals?\b|(?:合计|总计|小计|总额)$|^(?:合计|总计|小计)|\btotals?$")
_OUTCOME = re.compile(
    rf"^(?:gross (?:profit|margin|loss)|operating {_RESULT}|{_RESULT}from operations|net revenues?|ebitda?|adjusted ebitda"
    r"|comprehensive (?:income|loss)|营业利润|毛利)"
)
_PER_SHARE = re.compile(
    r"per (?:\w+ )*(?:shares?|ads|unit|limited)\b|per-share|\beps\b|weighted[- ]average|\bshares? (?:outstanding|used)\b"
    r"|number of shares|每股|加权平均"
)
_BASIC = re.compile(r"^(?:[-–—] ?)?(?:basic|diluted)\b|^(?:基本|稀释)")
_MARK = re.compile(r"\s*(?:\((?:\d{1,2}|[a-h]|[ivx]{1,5})\)|\[\w{1,3}\]|[*†‡§]+|[⁰¹²³⁴-⁹]+)$")


def plain_caption(text: str) -> str:
    """A caption without its footnote marks, as it is printed otherwise.

    >>> plain_caption("Loans receivable, net (1) *:"), plain_caption("Accumulated deficit")
    ('Loans receivable, net', 'Accumulated deficit')
    """
    caption = text.strip()
    while (shorter := _MARK.sub("", caption).rstrip(" :：")) != caption:
        caption = shorter
    return caption


def kind_in(text: str) -> str | None:
    """The kind of statement that a heading names; None where it names none, or several."""
    plain = folded_caption(text)
    kinds = {kind for kind, words in _KINDS if re.search(words, plain)}
    return kinds.pop() if len(kinds) == 1 else None


def section_of(heading: str) -> str:
    """The section that a heading opens: one of those with a meaning, else the heading itself in small letters.

    >>> section_of("LIABILITIES AND SHAREHOLDERS' EQUITY"), section_of("Temporary equity:"), section_of("Adjusted for")
    ('liabilities', 'mezzanine', 'adjusted for')
    """
    plain = folded_caption(heading)
    return next((section for section, words in _SECTIONS if re.search(words, plain)), plain)


def is_mezzanine(caption: str) -> bool:
    """Whether a row of a balance sheet stands between liabilities and equity."""
    return re.search(_MEZZANINE, folded_caption(caption)) is not None


def meaning_of_row(caption: str) -> str | None:
    """The id with a meaning of its own that a caption stands for.

    >>> [meaning_of_row(one) for one in ("Total assets", "Provision for income taxes", "Net (loss) income", "资本公积")]
    ['ta', 'tax', 'ni', 'apic']
    """
    plain = _without_brackets(folded_caption(caption))
    return next((row for row, words in _IDS if re.search(words, plain)), None)


def adds_up(caption: str) -> bool:
    """Whether a caption is that of a total or a result, which other rows lead to."""
    plain = folded_caption(caption)
    return _TOTAL.search(plain) is not None or _OUTCOME.search(_without_brackets(plain)) is not None


def is_per_share(caption: str, heading: str = "") -> bool:
    """Whether a row, or one that only says `Basic` under such a heading, is of amounts per share or numbers of shares."""
    plain = folded_caption(caption)
    if _PER_SHARE.search(plain):
        return True
    return _BASIC.search(plain) is not None and _PER_SHARE.search(folded_caption(heading)) is not None


def folded_caption(text: str) -> str:
    """A caption as it is compared: small letters, plain quotes and brackets, no footnote marks."""
    plain = unicodedata.normalize("NFKC", plain_caption(text)).casefold().replace("’", "'")
    return re.sub(r",? net$", "", " ".join(plain.split()))


def _without_brackets(plain: str) -> str:
    """`(loss) income / profit` as `loss income profit`: which of them is bracketed says nothing."""
    return " ".join(re.sub(r"[()/]", " ", plain).split())

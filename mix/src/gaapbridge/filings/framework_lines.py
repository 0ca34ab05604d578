"""Captions of lines that are an amount under a framework: `Net income in accordance with IFRS`, `Equity, US GAAP`."""

from __future__ import annotations

import re
from dataclasses import dataclass

from gaapbridge.terms.captions import folded_caption
from gaapbridge.terms.words import Words

_GAAP = r"(?:gaap|generally accepted accounting (?:principles|practices?)|accounting principles generally accepted)"
_AMERICAN = (
    rf"u\.? ?s\.? ?{_GAAP}|american gaap|{_GAAP} in (?:the )?(?:u\.? ?s\.?(?: ?a\.?)?|united states(?: of america)?)"
    rf"|united states {_GAAP}|美国(?:公认)?会计(?:准则|原则)?"
)
_INTERNATIONAL = (
    r"(?:eu[- ])?ifrss?(?: accounting standards)?|ias\b(?! ?\d)|international (?:financial reporting|accounting) standards"
)
_OWN = r"(?!(?:under|per|in|with|to|of|as)\b)(?P<own>[a-z]+)"
_FRAMEWORKS = (
    ("IFRS", Words(rf"\b(?:{_INTERNATIONAL})|国际财务报告准则")),
    ("US GAAP", Words(rf"\b(?:{_AMERICAN})\b|美国(?:公认)?会计(?:准则|原则)?")),
    ("Non-GAAP", Words(r"\bnon-? ?gaap\b")),
    ("Japanese GAAP", Words(r"\bj-? ?gaap\b|日本基準")),
    ("HGB", Words(r"\bhgb\b")),
    ("", Words(rf"\b{_OWN} (?:{_GAAP}|accounting (?:principles|standards))\b(?! in (?:the )?u)")),
    ("GAAP", Words(rf"\b{_GAAP}\b")),
    ("As reported", Words(r"\bas (?:previously |originally )?(?:reported|stated|filed)\b")),
    ("As adjusted", Words(r"\bas (?:adjusted|restated|revised|recast)\b")),
)
_OWNERS = r"(?:share|stock|unit)(?: ?owners?|holders?)'?s?'?|members?'?|partners?'?|owners?'?"
_AMOUNT = (
    r"income|profits?|loss(?:es)?|earnings|results?|equity|deficit|assets|liabilities|operating|revenues?|sales|ebitda?"
    r"|comprehensive|capital|cash|costs?"
)
_HELD = Words(
    r"^(?:the |consolidated |total |reported |adjusted |approximate |basic |diluted |net |gross |group )*"
    rf"(?:{_OWNERS}|{_AMOUNT}|\((?:loss(?:es)?|income|profit|deficit|earnings)\)|净利润|净亏损|(?:股东|所有者)?权益)"
)
_PREPARED = r"(?:as )?(?:reported|determined|presented|calculated|computed|prepared|stated)?"
_UNDER = r"under|in (?:accordance|conformity|compliance) with|according to|pursuant to|based on|as per|per|in|to"
_JOINED = Words(rf"[\s,:;()\-–—/]*\b(?:{_PREPARED}\s*(?:{_UNDER})|{_PREPARED}|as)[\s,:;(\-–—]*$")
_OTHERWISE = Words(r"\bper\b|\bbasic\b|\bdiluted\b|%|per ?cent|\(in\b|\bin (?:us\$|rmb|usd|eur|cny)")
"""What makes another amount of one: a share's, a part's, or one in another currency."""
_OF_A_DAY = Words(r"equity|deficit|net assets|^total (?:assets|liabilities)|capital|权益")


@dataclass(frozen=True, slots=True)
class FrameworkLine:
    """A caption in its two parts: which amount is held, and under which framework."""

    held: str
    framework: str

    @property
    def is_of_a_day(self) -> bool:
        """Whether the amount is one at a day, as equity is, and not of a period."""
        return _OF_A_DAY.search(self.held) is not None


def framework_line(caption: str) -> FrameworkLine | None:
    """The parts of a caption; None where it is no amount under one framework.

    >>> framework_line("Net income in accordance with U.S. GAAP"), framework_line("IFRS profit for the year")
    (FrameworkLine(held='net income', framework='US GAAP'), FrameworkLine(held='profit for the year', framework='IFRS'))
    >>> framework_line("Reversal of goodwill amortization under IFRS"), framework_line("Net loss from leases")
    (None, None)
    """
    found = _parted(caption)
    if found is None:
        return None
    name, before, after = found
    held = " ".join(filter(None, (before, after))) if _OTHERWISE.search(after) else before or after
    if not _HELD.match(held) or re.search(r"\b(?:adjustments?|differences?|effects?)\b", before):
        return None
    return FrameworkLine(held, name)


def differ(pair: tuple[str, str], other: tuple[str, str]) -> bool:
    """Whether two pairs of names are of different frameworks; `As reported` and the like may be of any.

    >>> differ(("J-GAAP", "IFRS"), ("U.S. GAAP", "IFRS")), differ(("As reported", "As restated"), ("US GAAP", "IFRS"))
    (True, False)
    """
    named = [[_framework_in(one) for one in names] for names in (pair, other)]
    return any(one and two and one != two for one, two in zip(*named, strict=True))


def _framework_in(heading: str) -> str | None:
    """The framework that a heading names; None for `GAAP` alone, or what says only that it was reported."""
    found = _parted(heading)
    return found[0] if found is not None and found[0] not in ("GAAP", "As reported", "As adjusted") else None


def framework_alone(caption: str) -> str | None:
    """The framework that a caption names and nothing else, so that it does not say which amount; None for any other.

    >>> framework_alone("As reported under IFRS"), framework_alone("Net income under IFRS")
    ('IFRS', None)
    """
    found = _parted(caption)
    return found[0] if found is not None and not any(found[1:]) else None


def _parted(caption: str) -> tuple[str, str, str] | None:
    """The framework that a caption names, and the words before and after it."""
    plain = folded_caption(caption)
    found = [(name or one["own"].capitalize() + " GAAP", one) for name, words in _FRAMEWORKS if (one := words.search(plain))]
    if not found:
        return None
    name, at = found[0]
    after = plain[at.end() :].strip(" -–—,:").removeprefix(")").strip()
    return name, _JOINED.sub("", plain[: at.start()]).strip(" -–—,:"), after


def names_no_framework(caption: str, other: FrameworkLine) -> bool:
    """Whether a caption is the same amount without a framework, as in `Net income` above `Non-GAAP net income`.

    >>> names_no_framework("Total income before income taxes", FrameworkLine("income before income taxes", "Non-GAAP"))
    True
    """
    plain, held = (" ".join(re.sub(r"[()/]", " ", text).split()) for text in (folded_caption(caption), other.held))
    return bool(plain) and re.sub(r"^(?:total|consolidated|reported) ", "", plain) == held

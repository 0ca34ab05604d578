"""What stands in rows of totals: the words that are one by themselves, and how one is told that says more."""

from __future__ import annotations

_ENGLISH = ("total", "totals", "grand total", "subtotal", "sub-total", "sum")
_CHINESE = ("合计", "总计", "小计")

TOTALS = (*_CHINESE, *_ENGLISH)
"""What stands in the place of a contract's or an account's number in a row of totals, in any case."""

SAYS_TOTAL = "|".join(["total", r"^sum\b", *(r"\s*".join(word) for word in _CHINESE)])
"""A pattern of texts that are, or begin with or hold, one of those words, in any case: "Total assets", "合 计"."""

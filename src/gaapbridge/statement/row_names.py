"""Rows whose meaning the rules know, by the captions under which filings print them, where a table has no ids of its own."""

from __future__ import annotations

import re

_HOLDERS = r"((share|stock|unit)holders|owners|members|partners)['’]?s?['’]? ?"
_DEFICIT = r"(equity|deficit|deficiency)( ?\((deficit|deficiency)\))?|\((deficit|deficiency)\) ?equity"
_CAPTIONS = {
    "ta": re.compile(r"total assets|资产(总计|总额|合计)|总资产"),
    "tl": re.compile(r"total liabilities|负债(总计|总额|合计)|总负债"),
    "tle": re.compile(rf"total liabilities\b.*\b({_DEFICIT})|负债(和|及|与).*权益(总计|合计|总额)?"),
    "eq": re.compile(rf"total ({_HOLDERS})?({_DEFICIT})|(股东|所有者)?权益(总计|合计|总额)"),
    "re": re.compile(r"retained earnings( ?\(accumulated deficit\))?|accumulated (deficit|losses)|未分配利润|累计亏损"),
    "apic": re.compile(r"additional paid[- ]in[- ]capital|资本公积"),
    "ni": re.compile(r"net (income|profit|earnings)( ?\(loss\))?( for the (year|period))?|净利润"),
}
_TOTAL = re.compile(
    r"\b(sub-?)?totals?\b|合计|小计|总计|总额|^总"
    r"|^(gross|operating|net|pre-?tax) (profit|income|loss|earnings|margin)\b"
    r"|\b(income|profit|loss|earnings)\b.* (before|from (continuing )?operations)\b"
    r"|毛利|营业利润|利润总额|净利润|净亏损|税前",
    re.IGNORECASE,
)
_SHEET = re.compile(r"asset|liabilit|equity|资产|负债|权益", re.IGNORECASE)
_SHEET_IDS = ("ta", "tca", "tnca", "tl", "tcl", "tncl", "eq", "eq_parent", "tle")
_LESS = re.compile(r"^\W*(less|deduct|减)\b|^减", re.IGNORECASE)
_CONTRA = re.compile(
    r"\b(allowance|accumulated (depreciation|amorti[sz]ation|impairment)|treasury (stock|shares))\b"
    r"|备抵|减值准备|累计折旧|库存股",
    re.IGNORECASE,
)
_INTERESTS = re.compile(r"non-?controlling|minority|少数股东", re.IGNORECASE)
_LOSS = re.compile(r"\bloss\b|亏损", re.IGNORECASE)
_RESULT = re.compile(r"income|profit|earnings|利润", re.IGNORECASE)
_MEZZANINE = re.compile(r"mezzanine|temporary equity|redeemable|subject to (possible )?redemption|夹层", re.IGNORECASE)
_DEFERRED_TAX = re.compile(r"deferred (income )?tax|递延所得税", re.IGNORECASE)
_LIABILITY, _ASSET = re.compile(r"liabilit|负债", re.IGNORECASE), re.compile(r"asset|资产", re.IGNORECASE)


def meaning_of(label: str) -> str | None:
    """The id of the row that a caption stands for; None for one that the rules know nothing of.

    >>> meaning_of("Total shareholders' equity (deficit)"), meaning_of("TOTAL ASSETS:"), meaning_of("Cash")
    ('eq', 'ta', None)
    """
    plain = " ".join(label.split()).strip(" .:：*").casefold()
    return next((name for name, caption in _CAPTIONS.items() if caption.fullmatch(plain)), None)


def looks_like_total(label: str) -> bool:
    """Whether a caption says that its row adds up others."""
    return _TOTAL.search(label) is not None


def is_of_balance_sheet(id: str, label: str, section: str) -> bool:
    """Whether a total is one of a balance sheet, whatever kind its table is of."""
    return id in _SHEET_IDS or _SHEET.search(f"{label} {section}") is not None


def is_deducted(label: str) -> bool:
    """Whether a caption says that its row is taken off, as in `Less: allowance`."""
    return _LESS.search(label) is not None


def may_be_deducted(label: str) -> bool:
    """Whether a caption names what some print as a positive amount and take off: an allowance, treasury shares."""
    return _CONTRA.search(label) is not None


def is_of_interests(label: str) -> bool:
    """Whether a row is the share of the non-controlling interests."""
    return _INTERESTS.search(label) is not None


def is_loss(label: str) -> bool:
    """Whether a caption speaks of a loss alone, and not of a result that may be one: `Net loss`, not `Net income (loss)`."""
    return _LOSS.search(label) is not None and _RESULT.search(label) is None


def is_mezzanine(id: str, label: str, section: str) -> bool:
    """Whether a row is equity outside equity: redeemable shares, between liabilities and equity."""
    if section:
        return _MEZZANINE.search(section) is not None
    return id == "mezz" or _MEZZANINE.search(label) is not None


def deferred_tax_sign(id: str, label: str, section: str) -> int:
    """1 for a deferred tax asset, -1 for a deferred tax liability, 0 for any other row.

    >>> deferred_tax_sign("dta_current", "dta_current", ""), deferred_tax_sign("x", "Deferred tax liabilities", "")
    (1, -1)
    """
    for sign, name in ((1, "dta"), (-1, "dtl")):
        if id == name or id.startswith(f"{name}_"):
            return sign
    if _DEFERRED_TAX.search(label) is None:
        return 0
    said = label if _LIABILITY.search(label) or _ASSET.search(label) else section
    return -1 if _LIABILITY.search(said) else 1 if _ASSET.search(said) else 0

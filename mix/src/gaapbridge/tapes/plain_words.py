"""The words of a name or a text of a file in small letters, written out and singular, so that those of the trade are known."""

from __future__ import annotations

import re
from functools import lru_cache

import polars as pl

_WORDS = {
    "no": "number", "nr": "number", "num": "number", "nbr": "number", "acct": "account", "agmt": "agreement",
    "amt": "amount", "amnt": "amount", "bal": "balance", "ccy": "currency", "dt": "date", "d": "date", "int": "interest",
    "orig": "original", "origination": "original", "curr": "current", "cur": "current", "out": "outstanding",
    "prin": "principal", "princ": "principal", "prncp": "principal", "pmt": "payment", "pymnt": "payment", "pay": "payment",
    "rec": "received", "pd": "paid", "mth": "month", "mths": "month", "mo": "month", "mos": "month", "mnth": "month",
    "matr": "maturity", "delinq": "delinquent", "dlq": "delinquent", "inst": "instalment", "installment": "instalment",
    "installments": "instalment", "amortization": "amortisation", "amortizing": "amortising", "on": "date",
    "mat": "maturity", "stat": "status", "sts": "status", "prod": "product", "cd": "code", "monthly": "month", "rt": "rate",
    "gtee": "guarantee", "guaranty": "guarantee", "pct": "percent", "chargeoff": "charge off", "center": "centre",
    "tran": "transaction", "trans": "transaction", "txn": "transaction", "eff": "effective", "dflt": "default",
    "svc": "service", "cov": "coverage", "dept": "department", "vest": "vesting", "vests": "vesting", "guar": "guarantee",
    "rtg": "rating",
    "accr": "accrual", "amort": "amortisation", "pty": "party", "fv": "fair value", "fmv": "fair market value", "flg": "flag",
}  # fmt: skip
_PHRASES = {"dpd": "day past due", "upb": "unpaid principal balance", "opb": "original principal balance"}
_SILENT = {
    "minor", "cent", "fen", "usd", "cny", "rmb", "eur", "gbp", "hkd", "jpy", "the", "of", "in", "元", "万元", "千元",
    "人民币元", "分", "月", "天", "期", "人民币", "000", "thousand", "k", "teur", "keur", "dollar", "percent",
    "lakh", "lac", "crore", "million", "mio", "tsd", "inr", "rupee", "百万元", "亿元",
}  # fmt: skip

_PER_ANNUM = re.compile(r"\bp\.\s?a\b\.?|\bper annum\b|%\s*pa\b|\(\s*pa\s*\)", re.I)
"""A rate is for a year where nothing else is said."""

_NUMBER_OF = re.compile(r"^\s*#(?=\s*[A-Za-z])")
"""``# Inst`` is a number of instalments, and no instalment."""


@lru_cache(1 << 14)
def plain(name: str) -> str:
    """A name's words in small letters: taken apart, written out, singular, without units.

    >>> plain("OrigLoanAmt_USD"), plain("DPD"), plain("Days Past-Due"), plain("Interest rate (% p.a.)"), plain("# Inst")
    ('original loan amount', 'day past due', 'day past due', 'interest rate', 'number instalment')
    """
    words = words_apart(_NUMBER_OF.sub("number ", _PER_ANNUM.sub(" ", name)))
    written_out = " ".join(_PHRASES.get(word, _WORDS.get(word, word)) for word in words).split()
    singular = [word[:-1] if len(word) > 3 and word.endswith("s") and not word.endswith("ss") else word for word in written_out]
    return " ".join(word for word in singular if word not in _SILENT)


def rewritten(words: pl.Series) -> pl.Series:
    """Words without what is of their writing alone: their case, and whether blanks, hyphens or underscores part them.

    >>> rewritten(pl.Series(["Charged-Off", "CHARGED OFF", "charged_off"])).unique().to_list()
    ['charged off']
    """
    return words.str.to_lowercase().str.replace_all(r"[\s_-]+", " ").str.strip_chars()


def words_apart(name: str) -> list[str]:
    """The words of a name in small letters, as its signs and capital letters part them."""
    return [word.lower() for word in re.findall(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+|[^\W\d_a-zA-Z]+", name)]

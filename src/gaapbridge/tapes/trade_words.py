"""Words that lenders write where a tape has words of its own, and which of ours each would be.

What says that a contract was charged off is never taken for one on book: such a word is written off, or it is left open.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

import polars as pl

from gaapbridge.tapes.plain_words import plain, rewritten
from gaapbridge.tapes.schema import Circumstances, Schema

_ENDED = (
    "closed", "paid", "paid off", "paid in full", "fully paid", "repaid", "fully repaid", "repaid in full", "settled",
    "redeemed", "discharged", "pif", "结清", "已结清", "正常结清", "还清",
)  # fmt: skip
_EARLY = (
    "prepaid", "repaid early", "paid off early", "settled early", "closed early", "early repayment", "early settlement",
    "prepayment", "prepaid in full", "early payoff", "redeemed early", "early redemption", "refinanced", "提前结清", "提前还清",
)  # fmt: skip
_WRITTEN_OFF = (
    "written off", "write off", "charged off", "charge off", "wo", "co", "核销", "已核销", "核销处理", "呆账核销",
)  # fmt: skip

KNOWN_WORDS: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "repayment_type": {
        "level": (
            "annuity", "level payment", "level pay", "level instalment", "equal instalment", "equal payment",
            "equal monthly instalment", "emi", "amortising", "fully amortising", "constant payment", "p i", "level p i",
            "等额本息",
        ),
        "equal_principal": (
            "linear", "straight line", "level principal", "equal principal payment", "constant principal", "equal capital",
            "declining",
            "等额本金",
        ),
        "bullet": (
            "bullet loan", "bullet payment", "interest only", "io", "single payment", "一次性还本", "先息后本",
            "按期付息到期还本", "按月付息到期还本", "到期一次还本",
        ),
        "interest_free_instalments": ("interest free", "zero interest", "no interest", "免息分期"),
    },
    "status": {
        "on_book": (
            "open", "opened", "active", "live", "current", "performing", "running", "outstanding", "in force", "regular",
            "normal", "late", "overdue", "delinquent", "past due", "in arrears", "arrears", "default", "defaulted",
            "impaired",
            "non performing", "in grace period", "in repayment", "正常", "逾期", "在贷", "还款中", "未结清", "在保", "关注",
        ),
        "prepaid": (*_ENDED, *_EARLY),
        "settled_early": (*_ENDED, *_EARLY, "released", "released early", "解保", "已解保", "解除担保", "提前解保"),
        "matured": (
            *_ENDED, "completed", "expired", "at maturity", "paid at maturity", "repaid at maturity", "settled at maturity",
            "redeemed at maturity", "closed at maturity", "到期结清", "到期解保",
        ),
        "written_off": _WRITTEN_OFF,
        "paid_out": ("paid out", "claim paid", "called", "compensated", "代偿", "已代偿"),
        "repaid": (
            *_ENDED, *_EARLY, "matured", "completed", "expired", "at maturity", "paid at maturity", "repaid at maturity",
            "settled at maturity", "redeemed at maturity", "closed at maturity", "到期结清",
        ),
        "charged_off": _WRITTEN_OFF,
        "sold": ("loan sold", "sold loan", "transferred", "repurchased", "bought back", "转让", "已转让", "出表"),
        "gone": ("left", "removed", "after exit", "post exit"),
    },
    "what": {
        "charge_off": _WRITTEN_OFF,
        "recovery": (
            "recovered", "recoveries", "collection after charge off", "proceeds", "sale proceeds", "collateral proceeds",
            "repossession proceeds", "repo proceeds", "收回", "核销收回", "核销后收回", "追偿", "回收",
        ),
        "collection_cost": (
            "cost", "collection costs", "cost of collection", "collection fee", "collection expense", "催收费用",
        ),
        "payout": ("paid out", "claim paid", "代偿", "已代偿"),
    },
    "kind": {
        "write_off": ("written off", "charge off", "charged off", "co", "wo", "核销"),
        "recovery": ("recovered", "recoveries", "collection after charge off", "收回", "核销收回", "核销后收回", "追偿"),
        "prepayment": (
            "prepaid", "early repayment", "early payoff", "payoff", "partial prepayment", "full prepayment", "提前还款",
            "部分提前还款",
        ),
        "modification": (
            "modified", "restructured", "restructure", "restructuring", "amendment", "extension", "展期", "重组", "修改",
        ),
        "forfeiture": ("forfeited", "forfeit", "没收", "失效", "离职失效"),
        "exercise": ("exercised", "行权"),
        "expiry": ("expired", "expiration", "过期", "到期失效"),
        "cancellation": ("cancelled", "canceled", "cancel", "取消"),
    },
    "function": {
        "origination_and_servicing": ("operations", "servicing", "origination", "cost of revenue", "运营", "运营成本"),
        "sales_and_marketing": ("s m", "sales", "marketing", "销售费用", "市场营销"),
        "general_and_administrative": ("g a", "general administrative", "admin", "administrative", "管理费用"),
        "research_and_development": ("r d", "research", "development", "研发费用", "研发"),
    },
    "condition": {
        "service": (
            "time", "time based", "time based vesting", "service condition", "service based", "服务期",
            "服务期条件", "服务条件",
        ),
    },
    "side": {
        "debit": ("dr", "d", "debits", "debit balance", "借", "借方", "借方余额"),
        "credit": ("cr", "c", "credits", "credit balance", "贷", "贷方", "贷方余额"),
        "nil": ("平", "zero", "none", "无"),
    },
    "currency": {"CNY": ("rmb", "人民币", "人民币元", "156"), "USD": ("us dollar", "美元", "840"), "HKD": ("港币", "344")},
}  # fmt: skip
"""For each column that holds words: ours, and those of the trade; a word under two of ours leaves open which it is."""

USUAL_WORDS: Mapping[str, Sequence[str]] = {
    "status": (
        "current", "active", "open", "performing", "past due", "overdue", "delinquent", "in arrears", "default", "prepaid",
        "repaid early", "settled early", "early payoff", "refinanced", "released", "matured", "completed", "expired",
        "repaid at maturity", "written off", "charged off", "charge off", "paid out", "claim paid", "called", "closed",
        "settled", "repaid", "redeemed", "paid off", "paid in full", "正常", "逾期", "未结清", "提前结清", "提前还清",
        "提前解保", "解保", "到期结清", "到期解保", "核销", "已核销", "代偿", "已代偿", "结清", "已结清",
    ),
    "kind": (
        "write off", "written off", "charge off", "charged off", "recovery", "recovered", "prepayment", "early repayment",
        "partial prepayment", "payoff", "modification", "restructuring", "extension", "forfeiture", "exercise", "expiry",
        "cancellation", "核销", "收回", "核销后收回", "提前还款", "部分提前还款", "展期", "重组", "失效", "行权", "取消",
    ),
}  # fmt: skip
"""Of columns whose words come one by one, as contracts leave or something happens to them: the words that a later file holds
first, in the order in which a plan lists them."""

FLAGS: Mapping[bool, frozenset[str]] = {
    True: frozenset(("y", "yes", "t", "是", "有")),
    False: frozenset(("n", "no", "f", "否", "无")),
}
"""Words for true and for false, besides those that every tape may hold."""

ON_BOOK, WRITTEN_OFF = "on_book", "written_off"
"""Ours for a contract that is there, and for one that was written off."""

OFF = (WRITTEN_OFF, "charged_off")
"""Ours for one that was written off, on a tape of contracts and in a history."""

_CHARGE_OFF = re.compile(
    r"charge.{0,3}off|chg.{0,3}off|writ\w*.{0,3}off|write.{0,3}down|\b[cw]/?o(?:ff)?\b|核销|销账|账销|转销", re.I
)
_NOT = re.compile(
    r"\b(?:not|non|no|un\w*|pre|before|pending|partial\w*|revers\w*|reinstat\w*)\b|未|待|拟|非|无|不|部分|撤|冲回|恢复", re.I
)
"""What denies a write-off, only announces it, undoes it, or says it of a part."""

_DONE = re.compile(r"(?:charged?|chgd?|written|write)[\s_-]*offs?(?![a-z])")
_CODES = re.compile(r"[cw]/?o(?:ff)?")
_DONE_CHINESE = re.compile(r"(?:(?:已|全额|全部|呆账|坏账|损失|不良|贷款)*(?:核销|销账|转销)(?:处理|贷款|账户)?|账销案存)")
_REASONS = frozenset((
    "loan", "account", "acct", "bad", "debt", "default", "defaulted", "loss", "losses", "recovery", "collections",
    "bk", "bankrupt", "bankruptcy", "chapter", "ch", "7", "13", "ch7", "ch13", "deceased", "death", "fraud", "repo",
    "repossession", "repossessed", "skip", "foreclosure", "hardship", "full", "fully", "死亡", "破产",
    "欺诈", "失联", "损失", "呆账", "坏账",
))  # fmt: skip
"""Beside the words that say done, the only ones that may stand with them, a year apart: why, and of what."""

_YEAR = re.compile(r"(?:19|20)[0-9]{2}")
_PARTS = re.compile(r"[-–—:;,.()\[\]|（）：；，、【】]+")
"""What stands between the parts of a word."""

_DELINQUENT = re.compile(
    r"""^(?:late|逾期|past\ due|delinquent|dpd)?\W*m?[0-9]+\s*(?:[-–~至]\s*[0-9]+|\+|以上)?\s*   # 30-59, 90+, M1
        (?:dpd|days?(?:\ (?:past\ due|late|overdue|delinquent))?|天(?:及?以上|以内)?)?\W*$""",
    re.I | re.X,
)
_LATE = re.compile(r"dpd|day|天|late|逾期|past due|delinq|\+|[-–~至]|^m[0-9]", re.I)


def meanings(column: str, theirs: str, among: Iterable[str] | None = None) -> tuple[str, ...]:
    """Which of our words a word of a file would be, of some of ours or of all; none where it is not known.

    >>> meanings("repayment_type", "Annuity"), meanings("status", "CLOSED", ["on_book", "prepaid", "matured"])
    (('level',), ('prepaid', 'matured'))
    >>> meanings("status", "30-59 DPD"), meanings("status", "Charged Off - Bankruptcy"), meanings("status", "Alaska")
    (('on_book',), ('written_off',), ())
    >>> meanings("status", "未核销"), meanings("status", "坏账"), meanings("status", "Current, was charged off")
    ((), (), ())
    """
    ours = list(KNOWN_WORDS[column]) if among is None else list(among)
    written = _plain(theirs)
    found = tuple(one for one in ours if written in {_plain(word) for word in (one, *KNOWN_WORDS[column].get(one, ()))})
    if _CHARGE_OFF.search(theirs) and ON_BOOK in ours:
        charged_off = tuple(one for one in ours if one in OFF)[:1]
        return charged_off if _is_charged_off(theirs) else ()
    if not found and ON_BOOK in ours and _DELINQUENT.match(theirs.strip()) and _LATE.search(theirs):
        return ("on_book",)
    return found


def _plain(word: str) -> str:
    """A word in plain words; one that is a unit, which a name may leave out, as it stands."""
    return plain(word) or word.strip().casefold()


def _is_charged_off(text: str) -> bool:
    """Whether a word says that a contract was written off and nothing else: it holds no word but those of closed lists. A code
    stands in a part by itself, as ``w/o default`` is without one.

    >>> _is_charged_off("C/O - bankruptcy"), _is_charged_off("CO candidate"), _is_charged_off("W/O default")
    (True, False, False)
    """
    said, beside = False, []
    for part in _PARTS.split(_DONE.sub(" \0 ", text.casefold())):
        if _CODES.fullmatch(part.strip()) or _DONE_CHINESE.fullmatch(part.strip()):
            said = True
            continue
        words = part.split()
        said = said or "\0" in words
        beside += [word for word in words if word != "\0"]
    return said and all(word in _REASONS or _YEAR.fullmatch(word) for word in beside)


def says_charged_off(text: str) -> bool:
    """Whether a word may say that a contract was written off: it holds such a word and does not deny it.

    >>> says_charged_off("Chgd-Off"), says_charged_off("C/O"), says_charged_off("Colorado")
    (True, True, False)
    """
    return bool(_CHARGE_OFF.search(text)) and not _NOT.search(text)


def proposed(column: str, words: Sequence[str], among: Sequence[str]) -> dict[str, tuple[str, ...]]:
    """The words of a file that a tape may not hold, and which of ours each would be."""
    return {word: meanings(column, word, among) for word in words if word not in among}


def words_of_ours(schema: Schema, column: str) -> list[str]:
    """The words that a column of a tape may hold, where it holds words of ours: those that no rule of it breaks."""
    rules = [rule for rule in schema.rules if rule.column == column and not rule.beside]
    conditions = [broken for rule in rules if (broken := rule.broken(Circumstances())) is not None]
    if column not in KNOWN_WORDS or not conditions:
        return []
    words = pl.DataFrame({column: list(KNOWN_WORDS[column])})
    return words.filter(~pl.any_horizontal(conditions))[column].to_list()


def to_come(column: str, words: Sequence[str], among: Sequence[str]) -> dict[str, tuple[str, ...]]:
    """Usual words that a file in those words does not hold and a later one may, in its writing, Latin or Chinese, with those of
    ours that each would be.

    >>> to_come("kind", ["Recovered", "CHARGE-OFF"], ["recovery"]), to_come("kind", ["收回", "核销"], ["recovery"])
    ({'recovery': ('recovery',)}, {'核销后收回': ('recovery',)})
    """
    writings, held = {word.isascii() for word in words}, set(rewritten(pl.Series(list(words), dtype=pl.String)))
    usual = [word for word in USUAL_WORDS.get(column, ()) if word.isascii() in writings and word not in held]
    return {word: means for word in usual if (means := meanings(column, word, among))}


def truth_of(word: str) -> bool | None:
    """The truth that a word of a file states; None where it is not known."""
    return next((truth for truth, words in FLAGS.items() if word.strip().casefold() in words), None)

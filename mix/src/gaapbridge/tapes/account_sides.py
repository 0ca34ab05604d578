"""What an account's name says of the statement it counts in: words of income and expense, and balances called by them."""

from __future__ import annotations

import re
from functools import cache

_HELD = re.compile(
    r"(?:accrued|pre-?paid|deferred|unearned|unreali[sz]ed|unamorti[sz]ed|capitali[sz]ed) (?:(?!tax)\w+ ){0,3}"
    r"(?:expenses?|income|revenues?|charges|costs?|interest)\b"
    r"|accumulated [\w ]*|(?:expenses?|income|charges|interest) (?:tax(?:es)? )?(?:payables?|receivables?)\b"
    r"|income tax(?:es)?(?= (?:payable|receivable|asset|liabilit))"
    r"|(?:allowances?|reserves?) (?:for|against) (?:\w+ )*?(?:loss(?:es)?)\b"
    r"|\bloss(?:es)? (?:allowances?|reserves?)|other comprehensive (?:income|loss)|net of [\w ]*"
    r"|(?:through|in) (?:profit or loss|other comprehensive income)"
    r"|(?:累计|递延|预收|预付|预提|长期待摊|待摊|应收|应付|应交|应计|未实现|未确认|未摊销|待结转)"
    r"(?:贷款|融资|租赁|担保|服务|手续|汇兑|业务|利息|费)*(?:收入|收益|费用|支出|利息|损益|损失|折旧|摊销)"
    r"|(?:损失|减值|坏账|跌价|赔偿)准备金?|其他综合收益|计入当期损益",
    re.I,
)
"""Balances that are called by a word of income or expense."""

_OF_PROFIT = re.compile(
    r"\b(?:expenses?|income|revenues?|gains?|loss(?:es)?|charges?|write-?(?:backs?|offs?|downs?|ups?)"
    r"|written back|write (?:back|down)|depreciation|amorti[sz]ation|impairment|provision for|accretion|proceeds"
    r"|disposal of|sale of|cost of|interest on)\b|\binterest\s*$"
    r"|支出|收益|收入|费用|损失|损益|折旧|摊销|减值|计提|提取|利息\s*$",
    re.I,
)

_OF_BALANCES = re.compile(
    r"\b(?:payables?|receivables?|prepaid|prepayments?|accrued|deferred|unearned)\b|应收|应付|预收|预付|递延", re.I
)


_OF_PROFIT_ALONE = re.compile(r"\b(?:expenses?|income|revenues?)\b|支出|收益|收入|费用|损益", re.I)
"""Words of income and expense that no balance is called by: a loss, a provision, depreciation or interest may be one."""

_ELSE = re.compile(
    r"fixed.income|low.income|income tax(?:es|ation)?(?! expense)|[\w ]*\bin advance\b|[\w ]*suspen[\w ]*"
    r"|\bincome[ -](?:funds?|trusts?|securit\w*|propert\w*|producing)\b|\b(?:inland|internal) revenue\b"
    r"|\brevenue (?:stamps?|bonds?)\b|[\w ]*\b(?:not|never) (?:yet )?(?:received|paid|billed|collected)\b"
    r"|[\w -]*\bdue (?:to|from)\b[\w -]*|\bun-?billed [\w ]*"
    r"|\b(?:provisions?|deposits?|liabilit\w*|advances?) (?:for|of) (?:\w+ ){0,2}expenses?\b"
    r"|\bexpenses? (?:recoverable|reimburs\w*|advances?|owed|float|outstanding)\b"
    r"|\b(?:recoverable|reimbursable|outstanding) (?:\w+ ){0,2}expenses?\b"
    r"|未\w{0,3}(?:收入|收益|费用)|备用金.*|费用报销|收入准备",
    re.I,
)
"""What holds a word of income and is none."""

_OWED = re.compile(
    r"\b(?:payables?|receivables?)\b|\b(?:allowances?|reserves?) (?:for|against)\b|\bloss(?:es)? allowances?\b"
    r"|\bloss(?:es)? reserves?\b|\b(?:deferred|unearned) (?:(?!tax)\w+ ){0,3}(?:income|revenues?)\b(?! tax)"
    r"|\b(?:accrued|prepaid) (?:(?!interest)\w+ )?expenses\b"
    r"|\baccumulated (?:depreciation|amorti[sz]ation)\b|应收|应付|预收|预付|累计(?:折旧|摊销)|(?:损失|减值|坏账|跌价)准备"
    r"|递延(?:担保|服务|手续|利息|费)*(?:收入|收益)",
    re.I,
)
"""Words of what is owed, and of what is taken off it."""

_EARNED_ON = re.compile(r"\b(?:on|of|from|for) (?:\w+ ){0,3}(?:payables?|receivables?|deferred|unearned|accrued)\b", re.I)
"""What income is earned on or an expense spent for, of what is owed."""

_MOVED = re.compile(
    r"\b(?:increase|decrease|changes?|movements?) (?:in|of)\b|\b(?:additions?|transfers?) to\b"
    r"|\b(?:provisions?|bad debts?|recover\w*|collect\w*|servic\w*|deferred tax\w*|waive\w*|releas\w*|earned)\b"
    r"|坏账损失|收回|追回|变动|转回|冲回|转入|结转",
    re.I,
)
"""What accounts of income or expense say of what is owed: how it moved."""


_DASH, _CHINESE = "[-–—]", "[\u4e00-\u9fff]"


def says_profit(name: str) -> bool:
    """Whether a name is one of income or expense: it has a word of them that is not part of what a balance is called.

    >>> says_profit("Interest expense - warehouse line"), says_profit("Accrued expenses"), says_profit("固定资产-折旧")
    (True, False, True)
    """
    return bool(_OF_PROFIT.search(_HELD.sub(" ", _spaced(name))))


def says_balance(name: str) -> bool:
    """Whether a name is one of a balance though it may hold words of income or expense.

    >>> says_balance("Accrued interest expense"), says_balance("Service fees receivable"), says_balance("Interest expense")
    (True, True, False)
    """
    return not says_profit(name) and bool(_HELD.search(_spaced(name)) or _OF_BALANCES.search(name))


@cache
def of_profit_alone(name: str) -> bool:
    """Whether a name is that of income or expense and of no balance: what may be either is not.

    >>> [of_profit_alone(name) for name in ("Interest income", "Income on receivables", "Unearned income", "Loan losses")]
    [True, True, False, False]
    """
    spaced = _spaced(name)
    said = _ELSE.sub(" ", _HELD.sub(" ", spaced))
    return bool(_OF_PROFIT_ALONE.search(said)) and not _OF_BALANCES.search(_EARNED_ON.sub(" ", spaced))


def of_balances_alone(name: str) -> bool:
    """Whether a name is that of a balance, owed or taken off what is, and of no income or expense.

    >>> [of_balances_alone(name) for name in ("Loans receivable", "Fees on loans receivable", "Provision for receivables")]
    [True, False, False]
    """
    spaced = _spaced(name)
    about_it = _EARNED_ON.search(spaced) or _MOVED.search(spaced)
    return not says_profit(name) and bool(_OWED.search(spaced)) and not about_it


def _spaced(name: str) -> str:
    """A name with blanks in the place of what parts its words, and of Chinese ones nothing.

    >>> _spaced("Income tax - payable"), _spaced("Write-off of loans, net"), _spaced("累计-折旧")
    ('Income tax payable', 'Write-off of loans net', '累计折旧')
    """
    joined = re.sub(rf"(?<={_CHINESE})\s*{_DASH}\s*(?={_CHINESE})", "", name)
    return " ".join(re.sub(rf"[,&]|\s{_DASH}|{_DASH}\s|[–—]", " ", joined).split())

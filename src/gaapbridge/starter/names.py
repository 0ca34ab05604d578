"""Names that lenders give to the columns of a loan tape, and how a file's own names are matched with ours.

Five looks at a header, the surest first: the same name; the same words, however written; a name of the trade; a name of more
than one meaning whose cells fit; a name that is nearly one of these. No column of a file stands for two of ours.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

KNOWN_NAMES: Mapping[str, tuple[str, ...]] = {
    "contract_id": (
        "loan id", "loan number", "account id", "account number", "contract number", "agreement id", "agreement number",
        "facility id", "deal id", "asset number", "loan", "account", "id", "合同编号", "借据编号", "贷款编号",
    ),
    "segment": (
        "product", "product type", "product name", "loan type", "asset class", "pool", "portfolio", "risk grade", "grade",
        "产品", "产品类型",
    ),
    "currency": ("currency code", "loan currency", "iso currency", "币种"),
    "origination_date": (
        "origination day", "issue date", "open date", "opening date", "start date", "disbursement date", "disbursed date",
        "drawdown date", "funding date", "funded date", "loan date", "contract date", "value date", "note date",
        "booking date", "opened date", "issued date", "booked date", "origination month", "issue month", "放款日期", "起息日",
    ),
    "first_payment_date": (
        "first due date", "first payment due date", "first instalment date", "first repayment date", "first payment month",
        "first payment", "first due", "first instalment", "first due day", "首次还款日",
    ),
    "maturity_date": (
        "maturity", "maturity month", "end date", "expiry date", "final payment date", "final due date", "到期日",
    ),
    "principal_minor": (
        "original principal", "original balance", "original principal balance", "original unpaid principal balance",
        "original amount", "original loan amount", "principal amount", "loan amount", "amount", "funded amount",
        "disbursed amount", "disbursement amount", "amount financed", "financed amount", "credit amount", "drawn amount",
        "贷款金额", "放款金额",
    ),
    "annual_rate": (
        "interest rate", "annual interest rate", "nominal rate", "note rate", "contract rate", "coupon rate", "coupon",
        "current interest rate", "current rate", "original interest rate", "original rate", "rate", "apr", "年利率",
    ),
    "term_instalments": (
        "term", "term month", "term in months", "loan term", "original term", "original loan term", "number of instalments",
        "number of payments", "tenor", "tenor months", "duration months", "期数",
    ),
    "repayment_type": (
        "repayment method", "repayment plan", "repayment kind", "amortisation type", "amortisation", "schedule type",
        "payment type", "还款方式",
    ),
    "instalment_minor": (
        "instalment amount", "monthly instalment", "monthly payment", "scheduled payment", "scheduled payment amount",
        "payment amount", "emi",
    ),
    "service_fee_minor": ("monthly fee", "monthly service fee", "fee per instalment"),
    "fees_received_minor": (
        "origination fee", "upfront fee", "arrangement fee", "processing fee", "fee received", "loan fee",
    ),
    "costs_paid_minor": (
        "origination cost", "direct cost", "acquisition cost", "initial direct cost", "commission", "dealer commission",
        "broker commission", "broker cost", "dealer cost", "agent commission", "cost paid", "transaction cost",
    ),
    "outstanding_principal_minor": (
        "principal outstanding", "unpaid principal", "unpaid principal balance", "current unpaid principal balance",
        "current principal balance", "principal balance", "outstanding principal balance", "remaining principal",
        "current balance", "outstanding balance", "outstanding amount", "closing balance", "ending balance", "balance",
        "outstanding", "剩余本金", "未还本金", "贷款余额",
    ),
    "billed_unpaid_interest_minor": (
        "unpaid interest", "interest due", "interest past due", "past due interest", "overdue interest",
        "interest in arrears", "interest arrears", "interest receivable",
    ),
    "interest_received_minor": (
        "interest paid", "paid interest", "interest collected", "total interest received", "total received interest",
        "cumulative interest paid",
    ),
    "days_past_due": (
        "days delinquent", "days overdue", "days in arrears", "days late", "arrears days", "overdue days",
        "delinquency days", "days of delinquency", "逾期天数",
    ),
    "status": ("loan status", "contract status", "account status", "状态"),
    "exit_date": (
        "closed date", "close date", "closing date", "settled date", "settlement date", "payoff date", "paid off date",
        "charge off date", "write off date", "written off date",
    ),
    "default_date": ("date of default", "impaired date", "credit impaired date"),
    "cured_date": ("cure date", "date of cure"),
    "nonaccrual_date": ("non accrual date", "last accrual date"),
    "watch_list": ("watchlist", "watch list flag", "watch flag"),
    "forborne": ("forbearance", "forbearance flag", "forborne flag", "restructured", "restructured flag"),
}  # fmt: skip
"""Names of the trade for each of our columns, the one preferred first."""

KNOWN_BY_CELLS: Mapping[str, tuple[str, ...]] = {
    "repayment_type": ("type", "repayment", "method"),
    "status": ("state", "standing"),
    "origination_date": ("disbursed", "disbursement", "opened", "issued", "booked", "funded", "drawn", "start"),
    "exit_date": ("closed", "settled", "ended", "exit"),
    "principal_minor": ("disbursed", "disbursement", "funded", "financed", "drawn"),
    "segment": ("type",),
}
"""Names that may mean one of our columns or something else: the cells tell, in this order."""

_WORDS = {
    "no": "number", "nr": "number", "num": "number", "nbr": "number", "acct": "account", "agmt": "agreement",
    "amt": "amount", "amnt": "amount", "bal": "balance", "ccy": "currency", "dt": "date", "d": "date", "int": "interest",
    "orig": "original", "origination": "original", "curr": "current", "cur": "current", "out": "outstanding",
    "prin": "principal", "princ": "principal", "prncp": "principal", "pmt": "payment", "pymnt": "payment", "pay": "payment",
    "rec": "received", "pd": "paid", "mth": "month", "mths": "month", "mo": "month", "mos": "month", "mnth": "month",
    "matr": "maturity", "delinq": "delinquent", "dlq": "delinquent", "inst": "instalment", "installment": "instalment",
    "installments": "instalment", "amortization": "amortisation", "amortizing": "amortising", "on": "date",
}  # fmt: skip
_PHRASES = {"dpd": "day past due", "upb": "unpaid principal balance", "opb": "original principal balance"}
_SILENT = {"minor", "cent", "fen", "usd", "cny", "rmb", "eur", "gbp", "hkd", "jpy", "the", "of", "in"}

ALIKE = 0.82
"""How alike, from 0 to 1, each word of two names must be for the names to be taken for one another: a slip of the pen is,
``paid`` and ``unpaid`` are not."""


@dataclass(frozen=True)
class Match:
    """A column of a file that stands for one of ours, and why it was taken for it."""

    ours: str
    theirs: str
    why: str


def plain(name: str) -> str:
    """A name's words in small letters: taken apart, written out, singular, without units.

    >>> plain("OrigLoanAmt_USD"), plain("DPD"), plain("Days Past-Due")
    ('original loan amount', 'day past due', 'day past due')
    """
    words = [word.lower() for word in re.findall(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+|[^\W\d_a-zA-Z]+", name)]
    written_out = " ".join(_PHRASES.get(word, _WORDS.get(word, word)) for word in words).split()
    singular = [word[:-1] if len(word) > 3 and word.endswith("s") and not word.endswith("ss") else word for word in written_out]
    return " ".join(word for word in singular if word not in _SILENT)


def matched(header: Sequence[str], ours: Sequence[str], fits: Callable[[str, str], bool]) -> dict[str, Match]:
    """The columns of a header that stand for ours, by our names in their order.

    ``fits(ours, theirs)`` tells whether the cells could be what our column holds; asked where the name does not say.
    """
    found: dict[str, Match] = {}
    taken: set[str] = set()
    for name, theirs, why in _proposals(header, ours, fits):
        if name not in found and theirs not in taken:
            found[name] = Match(name, theirs, why)
            taken.add(theirs)
    return {name: found[name] for name in ours if name in found}


def _proposals(header: Sequence[str], ours: Sequence[str], fits: Callable[[str, str], bool]) -> Iterator[tuple[str, str, str]]:
    """Pairs of names, the surest first."""
    yield from ((name, name, "the same name") for name in ours if name in header)
    written = {theirs: plain(theirs) for theirs in header}
    known = {name: (plain(name), *map(plain, KNOWN_NAMES.get(name, ()))) for name in ours}
    for name in ours:
        yield from ((name, theirs, "the same words") for theirs in header if written[theirs] == plain(name))
    for name in ours:
        for words in known[name]:
            yield from (
                (name, theirs, "a name of the trade") for theirs in header if _sorted(written[theirs]) == _sorted(words)
            )
    for name, may_be in KNOWN_BY_CELLS.items():
        for theirs in header:
            if name in ours and written[theirs] in may_be and fits(name, theirs):
                yield name, theirs, "a name of more than one meaning, whose cells fit: look at it"
    alike = [
        (max(_likeness(written[theirs], words) for words in known[name]), name, theirs) for name in ours for theirs in header
    ]
    for likeness, name, theirs in sorted(alike, key=lambda pair: -pair[0]):
        if likeness >= ALIKE and fits(name, theirs):
            yield name, theirs, "a name nearly the same: look at it"


def _sorted(words: str) -> list[str]:
    """Words in an order of their own: ``date of origination`` is ``origination date``."""
    return sorted(words.split())


def _likeness(one: str, other: str) -> float:
    """How alike the least alike words of two names are; 0 where one has more words than the other."""
    first, second = one.split(), other.split()
    if not first or len(first) != len(second):
        return 0.0
    return min(SequenceMatcher(None, a, b).ratio() for a, b in zip(first, second, strict=True))

"""The example lender's own general ledger, and the US GAAP trial balance completed from a measurement.

The ledger is kept by double entry, month by month, in whole fen, from the cash book and the books of the
guarantees alone: it knows cash, principal, funding, taxes paid, written-off principal, payouts, fees receivable
and the stand-ready liability. What only a measurement can give (deferred fees and costs, loss allowances, the
contingent liability, expected recoveries, the cost of share awards, deferred tax) is adjusted at each year-end,
as it is in life, by ``trial_balance``. Every posting has two sides, so a trial balance sums to zero whatever is
measured.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from gaapbridge.example import chart
from gaapbridge.example.cash import MONTHS, CashFlows, GuaranteeCash
from gaapbridge.example.contracts import FIRST_DAY, MONTHS_PER_YEAR
from gaapbridge.example.guarantee_books import GuaranteeYear
from gaapbridge.example.year_end import YearEnd
from gaapbridge.terms.money import share_of

VAT_NUMERATOR, VAT_DENOMINATOR = 6, 106
TAX_PER_CENT = 25

MEASURED_ROLES = {
    "deferred_current": "unamortised fees and costs, within a year",
    "deferred_non_current": "the same, later",
    "accrued_interest": "accrued interest; the ledger's own contractual figure where not given",
    "loss_allowance_current": "loss allowance on what is due within a year (a credit: not above nil)",
    "loss_allowance_non_current": "the same, of what is due later (not above nil)",
    "expected_recoveries": "expected recoveries of loans written off",
    "guarantee_contingent": "contingent liability of guarantees (a credit)",
    "recoveries_receivable": "expected recoveries of guarantees paid out",
    "fee_allowance_current": "loss allowance for guarantee fees receivable within a year (not above nil)",
    "fee_allowance_non_current": "the same, later",
    "fee_allowance_related_current": "the same, of related parties, within a year",
    "fee_allowance_related_non_current": "the same, of related parties, later",
    "contract_liability": "nil under US GAAP",
    "other_tax_payable": "output VAT contained in deferrals and accruals (a payable is a credit)",
    "deferred_tax_assets": "25 per cent of the temporary differences where neither is given",
    "deferred_tax_liabilities": "the same (a credit)",
    "additional_paid_in_capital": "cumulative cost of share awards (a credit)",
    "share_based_servicing": "their cost of the year, origination and servicing (a debit)",
    "share_based_marketing": "the same, sales and marketing",
    "share_based_administrative": "the same, general and administrative; takes what the functions leave",
    "share_based_research": "the same, research and development",
    "written_off_gross": "principal, deferral and accrued written off in the year; else the principal",
}
"""What ``trial_balance`` takes from a US GAAP measurement, by posting role: fen, debit positive as in the books
(an allowance is below nil). A role not given is nil unless it says otherwise.
"""

_CONTRA = {
    "deferred_current": chart.FINANCING_INCOME,
    "deferred_non_current": chart.FINANCING_INCOME,
    "accrued_interest": chart.FINANCING_INCOME,
    "other_tax_payable": chart.FINANCING_INCOME,
    "loss_allowance_current": chart.PROVISION_FOR_LOANS,
    "loss_allowance_non_current": chart.PROVISION_FOR_LOANS,
    "expected_recoveries": chart.PROVISION_FOR_LOANS,
    "guarantee_contingent": chart.PROVISION_FOR_CONTINGENT,
    "recoveries_receivable": chart.PROVISION_FOR_CONTINGENT,
    "fee_allowance_current": chart.PROVISION_FOR_FEES,
    "fee_allowance_non_current": chart.PROVISION_FOR_FEES,
    "fee_allowance_related_current": chart.PROVISION_FOR_FEES,
    "fee_allowance_related_non_current": chart.PROVISION_FOR_FEES,
    "contract_liability": chart.GUARANTEE_REVENUE,
    "deferred_tax_assets": chart.INCOME_TAX_EXPENSE,
    "deferred_tax_liabilities": chart.INCOME_TAX_EXPENSE,
    "additional_paid_in_capital": chart.ADMINISTRATIVE_EXPENSES,
}
"""The account that the movement of each measured balance goes to."""

_COSTS = ("share_based_servicing", "share_based_marketing", "share_based_administrative", "share_based_research")
_NOT_TAXED_LATER = (
    "deferred_tax_assets",
    "deferred_tax_liabilities",
    "additional_paid_in_capital",
    *_COSTS,
    "written_off_gross",
)
_FACILITATION_PER_CENT = 3
_FUNDED_PER_CENT = 85
_RESTRICTED_PER_CENT_OF_FUNDING = 8
_EQUIPMENT_MONTHS = 60


@dataclass(frozen=True)
class Books:
    """What the ledger is posted from: the cash of loans and of guarantees, and year-ends of both."""

    loans: CashFlows
    guarantees: GuaranteeCash
    loan_years: Mapping[date, YearEnd]
    guarantee_years: Mapping[date, GuaranteeYear]


@dataclass(frozen=True)
class LedgerYear:
    """The ledger at one year-end: balances before the year's profit is closed, debit positive, sum zero.

    ``accrued_interest`` and ``principal_written_off`` (of the year) are memoranda of the lender's own books.
    """

    balances: Mapping[str, int]
    accrued_interest: int
    principal_written_off: int


@dataclass(frozen=True)
class Ledger:
    """The lender's own ledger by year-end, oldest first."""

    years: Mapping[date, LedgerYear]

    def before(self, instant: date) -> date | None:
        """The year-end before, if the lender existed."""
        earlier = [day for day in self.years if day < instant]
        return max(earlier) if earlier else None


def keep_ledger(books: Books) -> Ledger:
    """Post everything, with as much share capital as keeps cash above nil in every month."""
    lowest_cash, _ = _post_all(books, 0)
    cushion = int(books.loans.lent.max()) // 20
    capital = -(-max(0, cushion - lowest_cash) // 10_000_000) * 10_000_000
    _, ledger = _post_all(books, capital)
    return ledger


def trial_balance(
    ledger: Ledger,
    instant: date,
    us_balances: Mapping[str, int],
    prior_us_balances: Mapping[str, int],
) -> dict[str, int]:
    """US GAAP trial balance before closing entries, debit positive: the ledger, adjusted to ``MEASURED_ROLES``.

    A balance's opening part is against retained earnings and its movement against income, by ``_CONTRA``. So
    financing income is interest and fees received less costs paid, plus the movement of what is accrued and
    deferred, plus what of that was written off; a provision is the movement of its allowance (for loans, net
    of expected recoveries), plus what was written off or paid out, less recoveries. The cost of share awards
    goes to its functions.
    """
    year, before = ledger.years[instant], ledger.before(instant)
    now = _complete(us_balances, year)
    then = _complete(prior_us_balances, ledger.years[before]) if before is not None else dict.fromkeys(now, 0)
    accounts = _Accounts(dict(year.balances))
    for role, against in _CONTRA.items():
        accounts.post(chart.CHART.posting[role], chart.RETAINED_EARNINGS, then[role])
        accounts.post(chart.CHART.posting[role], against, now[role] - then[role])
    for role in _COSTS:
        accounts.post(chart.CHART.posting[role], chart.ADMINISTRATIVE_EXPENSES, now[role])
    gross = now["written_off_gross"] - year.principal_written_off
    accounts.post(chart.PROVISION_FOR_LOANS, chart.FINANCING_INCOME, gross)
    return {account: accounts.balance(account) for account in chart.CHART.accounts}


def write_ledger(path: Path, ledger: Ledger) -> None:
    """Keep the lender's own ledger beside its trial balances, so that they can be completed later."""
    years = {
        instant.isoformat(): {
            "balances": dict(year.balances),
            "accrued_interest": year.accrued_interest,
            "principal_written_off": year.principal_written_off,
        }
        for instant, year in ledger.years.items()
    }
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(years, indent=1) + "\n", encoding="utf-8", newline="\n")


def read_ledger(path: Path) -> Ledger:
    """Read what ``write_ledger`` wrote."""
    years = json.loads(path.read_text(encoding="utf-8"))
    return Ledger({date.fromisoformat(instant): LedgerYear(**year) for instant, year in years.items()})


def _complete(given: Mapping[str, int], year: LedgerYear) -> dict[str, int]:
    """All measured roles: those given, and the rule of the role for the others."""
    unknown = [role for role in given if role not in MEASURED_ROLES]
    if unknown:
        raise ValueError(f"no account of the example ledger takes {unknown}; known: {sorted(MEASURED_ROLES)}")
    if any(amount > 0 for role, amount in given.items() if "allowance" in role):
        raise ValueError("balances are debit positive: a loss allowance is a credit")
    full = dict.fromkeys(MEASURED_ROLES, 0)
    full["accrued_interest"] = year.accrued_interest
    full["written_off_gross"] = year.principal_written_off
    full.update({role: int(amount) for role, amount in given.items()})
    if "deferred_tax_assets" not in given and "deferred_tax_liabilities" not in given:
        untaxed = sum(full[role] for role in MEASURED_ROLES if role not in _NOT_TAXED_LATER)
        tax = share_of(-untaxed, TAX_PER_CENT, 100)
        full["deferred_tax_assets"], full["deferred_tax_liabilities"] = max(0, tax), min(0, tax)
    return full


@dataclass
class _Accounts:
    """Balances by account, debit positive, changed only by postings with two sides."""

    balances: dict[str, int] = field(default_factory=dict)

    def post(self, debit: str, credit: str, amount: int) -> None:
        """Debit one account and credit another; a negative amount is the reverse entry."""
        if debit not in chart.CHART.accounts or credit not in chart.CHART.accounts:
            raise ValueError(f"not in the chart of accounts: {debit} or {credit}")
        self.balances[debit] = self.balance(debit) + int(amount)
        self.balances[credit] = self.balance(credit) - int(amount)

    def balance(self, account: str) -> int:
        """Debit-positive balance."""
        return self.balances.get(account, 0)

    @property
    def cash(self) -> int:
        """All cash, that of loans included."""
        return self.balance(chart.CASH) + self.balance(chart.LOAN_CASH)

    def close_year(self) -> None:
        """Close every income-statement account to retained earnings."""
        for account in chart.INCOME_STATEMENT_ACCOUNTS:
            self.post(chart.RETAINED_EARNINGS, account, self.balance(account))


def _post_all(books: Books, capital: int) -> tuple[int, Ledger]:
    """The whole ledger for a given share capital, and the lowest month-end cash."""
    accounts, years = _Accounts(), {}
    accounts.post(chart.CASH, chart.SHARE_CAPITAL, capital)
    equipment = int(books.loans.lent.sum()) // 500
    accounts.post(chart.EQUIPMENT, chart.CASH, equipment)
    lowest = accounts.cash
    for month in range(MONTHS):
        _post_loans(accounts, books.loans, month)
        _post_guarantees(accounts, books.guarantees, month)
        _post_running_costs(accounts, books, month, equipment)
        _post_funding(accounts)
        _post_taxes(accounts, books, month)
        lowest = min(lowest, accounts.cash)
        if (month + 1) % MONTHS_PER_YEAR == 0:
            years[date(FIRST_DAY.year + month // MONTHS_PER_YEAR, 12, 31)] = _year_end(accounts, books, month)
    return lowest, Ledger(years)


def _post_loans(accounts: _Accounts, cash: CashFlows, month: int) -> None:
    """Borrowers' money, through an account of its own, and principal given up; all principal stands as current until the
    year-end split.
    """
    accounts.post(chart.PRINCIPAL_CURRENT, chart.LOAN_CASH, int(cash.lent[month]))
    accounts.post(chart.LOAN_CASH, chart.PRINCIPAL_CURRENT, int(cash.principal[month]))
    accounts.post(chart.LOAN_CASH, chart.FINANCING_INCOME, int(cash.interest[month]) + int(cash.fees[month]))
    accounts.post(chart.FINANCING_INCOME, chart.LOAN_CASH, int(cash.costs[month]))
    accounts.post(chart.PROVISION_FOR_LOANS, chart.PRINCIPAL_CURRENT, int(cash.written_off[month]))
    accounts.post(chart.LOAN_CASH, chart.PROVISION_FOR_LOANS, int(cash.recovered[month]))


def _post_guarantees(accounts: _Accounts, cash: GuaranteeCash, month: int) -> None:
    """What funders pay for a loan arranged; guarantee fees collected, funders paid, and what comes back from borrowers."""
    accounts.post(chart.CASH, chart.FACILITATION_FEES, _facilitation(cash, month))
    accounts.post(chart.CASH, chart.FEES_CURRENT, int(cash.fees[month]))
    accounts.post(chart.CASH, chart.RELATED_FEES_CURRENT, int(cash.fees_of_related_parties[month]))
    accounts.post(chart.PROVISION_FOR_CONTINGENT, chart.CASH, int(cash.paid_out[month]))
    accounts.post(chart.CASH, chart.PROVISION_FOR_CONTINGENT, int(cash.recovered[month]))


def _post_running_costs(accounts: _Accounts, books: Books, month: int, equipment: int) -> None:
    """Expenses paid in the month they arise, depreciation, and interest on cash."""
    outstanding, lent = accounts.balance(chart.PRINCIPAL_CURRENT), int(books.loans.lent[month])
    funders = books.guarantees.funders
    arranged = int(funders.lent[month])
    guaranteed = int((funders.lent - funders.principal - funders.written_off)[: month + 1].sum())
    accounts.post(chart.CASH, chart.INTEREST_ON_CASH, share_of(max(0, accounts.cash), 1, 1_000))
    servicing = share_of(outstanding, 8, 10_000) + share_of(lent, 1, 1_000) + share_of(guaranteed, 3, 10_000)
    accounts.post(chart.SERVICING_EXPENSES, chart.CASH, servicing)
    accounts.post(chart.SALES_EXPENSES, chart.CASH, share_of(lent, 6, 1_000) + share_of(arranged, 3, 1_000))
    accounts.post(chart.ADMINISTRATIVE_EXPENSES, chart.CASH, share_of(outstanding, 4, 10_000))
    accounts.post(chart.RESEARCH_EXPENSES, chart.CASH, share_of(outstanding + guaranteed, 1, 10_000))
    depreciation = share_of(equipment, month + 1, _EQUIPMENT_MONTHS) - share_of(equipment, month, _EQUIPMENT_MONTHS)
    accounts.post(chart.ADMINISTRATIVE_EXPENSES, chart.EQUIPMENT, depreciation)


def _post_funding(accounts: _Accounts) -> None:
    """Investors of the trusts fund a fixed share of principal; their return is paid a month later."""
    owed = -accounts.balance(chart.FUNDING_CURRENT)
    accounts.post(chart.ACCRUED_FUNDING_COSTS, chart.CASH, -accounts.balance(chart.ACCRUED_FUNDING_COSTS))
    accounts.post(chart.FUNDING_COSTS, chart.ACCRUED_FUNDING_COSTS, share_of(owed, 52, 12_000))
    target = share_of(accounts.balance(chart.PRINCIPAL_CURRENT), _FUNDED_PER_CENT, 100)
    accounts.post(chart.CASH, chart.FUNDING_CURRENT, target - owed)
    restricted = share_of(target, _RESTRICTED_PER_CENT_OF_FUNDING, 100)
    accounts.post(chart.RESTRICTED_CASH, chart.CASH, restricted - accounts.balance(chart.RESTRICTED_CASH))


def _post_taxes(accounts: _Accounts, books: Books, month: int) -> None:
    """Remit the VAT on what was received last month, book that on this month's interest and fees; pay last year's
    income tax in May.

    VAT on guarantee fees is remitted as they are collected and booked as they are earned, at the year-end.
    """
    guarantees = books.guarantees
    interest, facilitation = _vat(_received(books.loans, month)), _vat(_facilitation(guarantees, month))
    if month > 0:
        fees = int(guarantees.fees[month - 1]) + int(guarantees.fees_of_related_parties[month - 1])
        before = _vat(_received(books.loans, month - 1)) + _vat(_facilitation(guarantees, month - 1)) + _vat(fees)
        accounts.post(chart.OTHER_TAX_PAYABLE, chart.CASH, before)
    accounts.post(chart.FINANCING_INCOME, chart.OTHER_TAX_PAYABLE, interest)
    accounts.post(chart.FACILITATION_FEES, chart.OTHER_TAX_PAYABLE, facilitation)
    if month % MONTHS_PER_YEAR == 4:
        accounts.post(chart.INCOME_TAX_PAYABLE, chart.CASH, -accounts.balance(chart.INCOME_TAX_PAYABLE))


def _received(cash: CashFlows, month: int) -> int:
    return int(cash.interest[month]) + int(cash.fees[month])


def _facilitation(cash: GuaranteeCash, month: int) -> int:
    return share_of(int(cash.funders.lent[month]), _FACILITATION_PER_CENT, 100)


def _vat(amount: int) -> int:
    """Value-added tax contained in an amount."""
    return share_of(amount, VAT_NUMERATOR, VAT_DENOMINATOR)


def _year_end(accounts: _Accounts, books: Books, month: int) -> LedgerYear:
    """The year's guarantees; current tax on its cash-based profit; non-current splits, undone at once; closing to
    retained earnings.
    """
    instant = date(FIRST_DAY.year + month // MONTHS_PER_YEAR, 12, 31)
    loans, guarantees = books.loan_years[instant], books.guarantee_years[instant]
    _close_guarantees(accounts, guarantees)
    profit = -sum(accounts.balance(account) for account in chart.INCOME_STATEMENT_ACCOUNTS)
    accounts.post(chart.INCOME_TAX_EXPENSE, chart.INCOME_TAX_PAYABLE, share_of(max(0, profit), TAX_PER_CENT, 100))
    split = (
        (chart.PRINCIPAL_NON_CURRENT, chart.PRINCIPAL_CURRENT, loans.principal_non_current),
        (chart.FUNDING_CURRENT, chart.FUNDING_NON_CURRENT, share_of(loans.principal_non_current, _FUNDED_PER_CENT, 100)),
        (chart.FEES_NON_CURRENT, chart.FEES_CURRENT, guarantees.others.receivable_non_current),
        (chart.RELATED_FEES_NON_CURRENT, chart.RELATED_FEES_CURRENT, guarantees.related.receivable_non_current),
    )
    for debit, credit, amount in split:
        accounts.post(debit, credit, amount)
    written_off = int(books.loans.written_off[month + 1 - MONTHS_PER_YEAR : month + 1].sum())
    year = LedgerYear(dict(accounts.balances), loans.accrued_interest, written_off)
    for debit, credit, amount in split:
        accounts.post(credit, debit, amount)
    accounts.close_year()
    return year


def _close_guarantees(accounts: _Accounts, year: GuaranteeYear) -> None:
    """What the year did to fees receivable and the stand-ready liability besides cash, and the VAT on what was earned."""
    for receivable, book in zip((chart.FEES_CURRENT, chart.RELATED_FEES_CURRENT), year.books, strict=True):
        accounts.post(receivable, chart.STAND_READY_LIABILITY, book.inception - book.set_off)
        accounts.post(receivable, chart.FEE_ACCRETION, book.accretion)
        accounts.post(chart.PROVISION_FOR_FEES, receivable, book.written_off)
    accounts.post(chart.STAND_READY_LIABILITY, chart.GUARANTEE_REVENUE, year.released)
    accounts.post(chart.GUARANTEE_REVENUE, chart.OTHER_TAX_PAYABLE, _vat(year.released))
    accounts.post(chart.FEE_ACCRETION, chart.OTHER_TAX_PAYABLE, _vat(sum(book.accretion for book in year.books)))
    accounts.post(chart.OTHER_TAX_PAYABLE, chart.PROVISION_FOR_FEES, _vat(sum(book.written_off for book in year.books)))

"""The example lender's own general ledger, and the US GAAP trial balance completed from a measurement.

The ledger is kept by double entry, month by month, in whole fen, from the cash book alone: it knows cash,
principal, funding, taxes paid and written-off principal. What only a measurement can give (deferred fees and
costs, the loss allowance, expected recoveries, deferred tax) is adjusted at each year-end, as it is in life,
by ``trial_balance``. Every posting has two sides, so a trial balance sums to zero whatever is measured.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from gaapbridge.example import chart
from gaapbridge.example.cash import MONTHS, CashFlows
from gaapbridge.example.contracts import FIRST_DAY, MONTHS_PER_YEAR
from gaapbridge.example.year_end import YearEnd
from gaapbridge.terms.money import share_of

VAT_NUMERATOR, VAT_DENOMINATOR = 6, 106
TAX_PER_CENT = 25

MEASURED_ROLES = {
    "deferred_current": "unamortised fees and costs, within a year",
    "deferred_non_current": "the same, later",
    "accrued_interest": "accrued interest; the ledger's own contractual figure where not given",
    "loss_allowance_current": "loss allowance, losses within a year (a credit: not above nil)",
    "loss_allowance_non_current": "the same, losses later (not above nil)",
    "expected_recoveries": "expected recoveries of loans written off",
    "other_tax_payable": "output VAT contained in deferrals and accruals (a payable is a credit)",
    "deferred_tax_assets": "25 per cent of the temporary differences where neither is given",
    "deferred_tax_liabilities": "the same (a credit)",
    "written_off_gross": "principal, deferral and accrued written off in the year; else the principal",
}
"""What ``trial_balance`` takes from a US GAAP measurement, by posting role: fen, debit positive as in the books
(an allowance is below nil). A role not given is nil unless it says otherwise.
"""

_TAX_AND_FLOWS = ("deferred_tax_assets", "deferred_tax_liabilities", "written_off_gross")
_FUNDED_PER_CENT = 85
_RESTRICTED_PER_CENT_OF_FUNDING = 8
_EQUIPMENT_MONTHS = 60


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


@dataclass(frozen=True)
class TrialBalanceRow:
    """One account of a trial balance; exactly one side is not nil, or both are."""

    account: str
    name: str
    debit_minor: int
    credit_minor: int


def keep_ledger(cash: CashFlows, year_ends: Mapping[date, YearEnd]) -> Ledger:
    """Post the whole cash book, with as much share capital as keeps cash above nil in every month."""
    lowest_cash, _ = _post_all(cash, year_ends, 0)
    cushion = int(cash.lent.max()) // 20
    capital = -(-max(0, cushion - lowest_cash) // 10_000_000) * 10_000_000
    _, ledger = _post_all(cash, year_ends, capital)
    return ledger


def trial_balance(
    ledger: Ledger,
    instant: date,
    us_balances: Mapping[str, int],
    prior_us_balances: Mapping[str, int],
) -> list[TrialBalanceRow]:
    """US GAAP trial balance before closing entries: the ledger, adjusted to ``MEASURED_ROLES``.

    A balance's opening part is against retained earnings and its movement against income: deferrals, accruals
    and VAT in financing income; the allowance and expected recoveries in the provision; deferred tax in
    income tax. So financing income is interest and fees received less costs paid, plus the movement of what
    is accrued and deferred, plus what of that was written off; the provision is the movement of the allowance
    net of expected recoveries, plus gross amounts written off, less recoveries. Roles beginning
    ``principal_`` are ignored: principal is the ledger's own.
    """
    year, before = ledger.years[instant], ledger.before(instant)
    now = _complete(us_balances, year)
    then = _complete(prior_us_balances, ledger.years[before]) if before is not None else dict.fromkeys(now, 0)
    books = _Books(dict(year.balances))
    income, provision, tax = chart.FINANCING_INCOME, chart.PROVISION_FOR_LOANS, chart.INCOME_TAX_EXPENSE
    for role, against in (
        ("deferred_current", income),
        ("deferred_non_current", income),
        ("accrued_interest", income),
        ("other_tax_payable", income),
        ("loss_allowance_current", provision),
        ("loss_allowance_non_current", provision),
        ("expected_recoveries", provision),
        ("deferred_tax_assets", tax),
        ("deferred_tax_liabilities", tax),
    ):
        books.post(chart.POSTING[role], chart.RETAINED_EARNINGS, then[role])
        books.post(chart.POSTING[role], against, now[role] - then[role])
    books.post(provision, income, now["written_off_gross"] - year.principal_written_off)
    return [
        TrialBalanceRow(code, name, max(0, books.balance(code)), max(0, -books.balance(code)))
        for code, (name, _) in chart.CHART.items()
    ]


def write_trial_balance(path: Path, rows: list[TrialBalanceRow]) -> None:
    """Write a trial balance as CSV: account, name, debit_minor, credit_minor."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["account", "name", "debit_minor", "credit_minor"])
        writer.writerows([row.account, row.name, row.debit_minor, row.credit_minor] for row in rows)


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
    unknown = [role for role in given if role not in MEASURED_ROLES and not role.startswith("principal_")]
    if unknown:
        raise ValueError(f"no account of the example ledger takes {unknown}; known: {sorted(MEASURED_ROLES)}")
    if max(given.get(role, 0) for role in ("loss_allowance_current", "loss_allowance_non_current")) > 0:
        raise ValueError("balances are debit positive: a loss allowance is a credit")
    full = dict.fromkeys(MEASURED_ROLES, 0)
    full["accrued_interest"] = year.accrued_interest
    full["written_off_gross"] = year.principal_written_off
    full.update({role: int(amount) for role, amount in given.items() if role in MEASURED_ROLES})
    if "deferred_tax_assets" not in given and "deferred_tax_liabilities" not in given:
        untaxed = sum(full[role] for role in MEASURED_ROLES if role not in _TAX_AND_FLOWS)
        tax = share_of(-untaxed, TAX_PER_CENT, 100)
        full["deferred_tax_assets"], full["deferred_tax_liabilities"] = max(0, tax), min(0, tax)
    return full


@dataclass
class _Books:
    """Balances by account, debit positive, changed only by postings with two sides."""

    balances: dict[str, int] = field(default_factory=dict)

    def post(self, debit: str, credit: str, amount: int) -> None:
        """Debit one account and credit another; a negative amount is the reverse entry."""
        if debit not in chart.CHART or credit not in chart.CHART:
            raise ValueError(f"not in the chart of accounts: {debit} or {credit}")
        self.balances[debit] = self.balance(debit) + int(amount)
        self.balances[credit] = self.balance(credit) - int(amount)

    def balance(self, account: str) -> int:
        """Debit-positive balance."""
        return self.balances.get(account, 0)

    def close_year(self) -> None:
        """Close every income-statement account to retained earnings."""
        for account in chart.INCOME_STATEMENT_ACCOUNTS:
            self.post(chart.RETAINED_EARNINGS, account, self.balance(account))


def _post_all(cash: CashFlows, year_ends: Mapping[date, YearEnd], capital: int) -> tuple[int, Ledger]:
    """The whole ledger for a given share capital, and the lowest month-end cash."""
    books, years = _Books(), {}
    books.post(chart.CASH, chart.SHARE_CAPITAL, capital)
    equipment = int(cash.lent.sum()) // 500
    books.post(chart.EQUIPMENT, chart.CASH, equipment)
    lowest = books.balance(chart.CASH)
    for month in range(MONTHS):
        _post_loans(books, cash, month)
        _post_running_costs(books, cash, month, equipment)
        _post_funding(books)
        _post_taxes(books, cash, month)
        lowest = min(lowest, books.balance(chart.CASH))
        if (month + 1) % MONTHS_PER_YEAR == 0:
            instant = date(FIRST_DAY.year + month // MONTHS_PER_YEAR, 12, 31)
            first = month + 1 - MONTHS_PER_YEAR
            written_off = int(cash.written_off[first : month + 1].sum())
            years[instant] = _year_end(books, year_ends[instant], written_off)
    return lowest, Ledger(years)


def _post_loans(books: _Books, cash: CashFlows, month: int) -> None:
    """Borrowers' money and principal given up; all principal stands as current until the year-end split."""
    books.post(chart.PRINCIPAL_CURRENT, chart.CASH, int(cash.lent[month]))
    books.post(chart.CASH, chart.PRINCIPAL_CURRENT, int(cash.principal[month]))
    books.post(chart.CASH, chart.FINANCING_INCOME, int(cash.interest[month]) + int(cash.fees[month]))
    books.post(chart.FINANCING_INCOME, chart.CASH, int(cash.costs[month]))
    books.post(chart.PROVISION_FOR_LOANS, chart.PRINCIPAL_CURRENT, int(cash.written_off[month]))
    books.post(chart.CASH, chart.PROVISION_FOR_LOANS, int(cash.recovered[month]))


def _post_running_costs(books: _Books, cash: CashFlows, month: int, equipment: int) -> None:
    """Expenses paid in the month they arise, depreciation, and interest on cash."""
    outstanding, lent = books.balance(chart.PRINCIPAL_CURRENT), int(cash.lent[month])
    books.post(chart.CASH, chart.INTEREST_ON_CASH, share_of(max(0, books.balance(chart.CASH)), 1, 1_000))
    books.post(chart.SERVICING_EXPENSES, chart.CASH, share_of(outstanding, 8, 10_000) + share_of(lent, 1, 1_000))
    books.post(chart.SALES_EXPENSES, chart.CASH, share_of(lent, 6, 1_000))
    books.post(chart.ADMINISTRATIVE_EXPENSES, chart.CASH, share_of(outstanding, 4, 10_000))
    depreciation = share_of(equipment, month + 1, _EQUIPMENT_MONTHS) - share_of(equipment, month, _EQUIPMENT_MONTHS)
    books.post(chart.ADMINISTRATIVE_EXPENSES, chart.EQUIPMENT, depreciation)


def _post_funding(books: _Books) -> None:
    """Investors of the trusts fund a fixed share of principal; their return is paid a month later."""
    owed = -books.balance(chart.FUNDING_CURRENT)
    books.post(chart.ACCRUED_FUNDING_COSTS, chart.CASH, -books.balance(chart.ACCRUED_FUNDING_COSTS))
    books.post(chart.FUNDING_COSTS, chart.ACCRUED_FUNDING_COSTS, share_of(owed, 52, 12_000))
    target = share_of(books.balance(chart.PRINCIPAL_CURRENT), _FUNDED_PER_CENT, 100)
    books.post(chart.CASH, chart.FUNDING_CURRENT, target - owed)
    restricted = share_of(target, _RESTRICTED_PER_CENT_OF_FUNDING, 100)
    books.post(chart.RESTRICTED_CASH, chart.CASH, restricted - books.balance(chart.RESTRICTED_CASH))


def _post_taxes(books: _Books, cash: CashFlows, month: int) -> None:
    """Remit last month's VAT, book this month's on interest and fees received; pay last year's income tax in
    May.
    """
    books.post(chart.OTHER_TAX_PAYABLE, chart.CASH, -books.balance(chart.OTHER_TAX_PAYABLE))
    received = int(cash.interest[month]) + int(cash.fees[month])
    books.post(chart.FINANCING_INCOME, chart.OTHER_TAX_PAYABLE, share_of(received, VAT_NUMERATOR, VAT_DENOMINATOR))
    if month % MONTHS_PER_YEAR == 4:
        books.post(chart.INCOME_TAX_PAYABLE, chart.CASH, -books.balance(chart.INCOME_TAX_PAYABLE))


def _year_end(books: _Books, contracts: YearEnd, written_off: int) -> LedgerYear:
    """Current tax on the year's cash-based profit; the non-current split, undone at once; closing to retained
    earnings.
    """
    profit = -sum(books.balance(account) for account in chart.INCOME_STATEMENT_ACCOUNTS)
    books.post(chart.INCOME_TAX_EXPENSE, chart.INCOME_TAX_PAYABLE, share_of(max(0, profit), TAX_PER_CENT, 100))
    funding_later = share_of(contracts.principal_non_current, _FUNDED_PER_CENT, 100)
    books.post(chart.PRINCIPAL_NON_CURRENT, chart.PRINCIPAL_CURRENT, contracts.principal_non_current)
    books.post(chart.FUNDING_CURRENT, chart.FUNDING_NON_CURRENT, funding_later)
    year = LedgerYear(dict(books.balances), contracts.accrued_interest, written_off)
    books.post(chart.PRINCIPAL_CURRENT, chart.PRINCIPAL_NON_CURRENT, contracts.principal_non_current)
    books.post(chart.FUNDING_NON_CURRENT, chart.FUNDING_CURRENT, funding_later)
    books.close_year()
    return year

"""R19: the ledger is the right one: by its signs, taken before the profit is closed, of one year, its income the contracts'.

A trial balance that was taken after closing entries balances as well as any, and so does one in which two years stand as one.
Every balance of it agrees; only retained earnings and income tell.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from gaapbridge.contracts.kinds import KINDS
from gaapbridge.contracts.measured import Measured, over_all
from gaapbridge.difference import PATHS
from gaapbridge.period_close.inputs import Records
from gaapbridge.period_close.reversed_ledger import refuse_reversed_ledger
from gaapbridge.period_close.ties import Ties
from gaapbridge.plan import Plan
from gaapbridge.plan.ledger import TrialBalances
from gaapbridge.statement.checks import Check
from gaapbridge.statement.evidence import INDEPENDENT, RECOMPUTED, SAME_SOURCE, proven
from gaapbridge.statement.layout import Layout
from gaapbridge.statement.not_checked import NotChecked
from gaapbridge.terms.errors import UnusableInput
from gaapbridge.terms.finding import in_minor
from gaapbridge.terms.money import share_of, vat_fraction

Balances = Mapping[str, int]


def refuse_wrong_ledger(plan: Plan, records: Records, layout: Layout) -> None:
    """Raise ``UnusableInput`` where a trial balance has every sign reversed, where the closing one is after closing entries,
    or the year before was never closed, or where the income of the period cannot be told from the ledgers there are."""
    refuse_reversed_ledger(plan, records, layout)
    if plan.trial_balance is None or plan.opening.source == "none":
        return
    opening, closing = records.ledger("opening"), records.ledgers["closing"].balances
    accounts = _Accounts.of(plan, layout)
    file = plan.name_of(records.paths["trial_balance.closing"])
    if accounts.income and not any(closing.get(account, 0) for account in accounts.income):
        raise UnusableInput(
            file=file,
            column="account",
            value=f"{accounts.income[0]} to {accounts.income[-1]}",
            rule="a trial balance is taken before closing entries: on this one every account of the income statement is nil",
            remedy="export it again from before the profit was closed to retained earnings; where income is closed month by "
            "month, export what each account has taken since the fiscal year began",
        )
    if opening is None:
        _refuse_interim(plan, plan.trial_balance)
        return
    closed = _closed_between(plan, plan.trial_balance, accounts, opening)
    moved = accounts.total(closing, accounts.retained) - accounts.total(opening, accounts.retained)
    if closed and moved == _declared(plan.trial_balance):
        raise UnusableInput(
            file=file,
            column="account",
            value=", ".join(accounts.retained),
            rule=f"retained earnings take up the profit of the fiscal year to {plan.period.opening}, {-closed:,} minor units: "
            "here they stand as at the opening, so income and expense hold two years as one",
            remedy="close that year in the ledger and export the trial balance again; where all of the profit was distributed, "
            "state it in retained_earnings_moved under [trial_balance]",
        )


def income_of_period(plan: Plan, records: Records, layout: Layout, closing: Balances) -> Balances:
    """The ledger's balances for the income statement: at an interim opening, income and expense less what they held then."""
    opening = records.ledger("opening")
    if plan.trial_balance is None or opening is None or plan.trial_balance.ends_fiscal_year(plan.period.opening):
        return closing
    income = _Accounts.of(plan, layout).income
    return {**closing, **{account: closing.get(account, 0) - opening.get(account, 0) for account in income}}


def ledger_ties(plan: Plan, measured: Sequence[Measured], records: Records, layout: Layout) -> Ties:
    """R19: retained earnings roll forward, and the accounts of income agree with what was measured of the contracts."""
    if plan.trial_balance is None:
        why, remedy = "the plan names no trial balance", "name it under [trial_balance]"
        return Ties((), (NotChecked("R19", None, None, "us_gaap", why, remedy),))
    opening, closing = records.ledger("opening"), records.ledgers["closing"].balances
    accounts, checks, left = _Accounts.of(plan, layout), list[Check](), list[NotChecked]()
    if opening is None:
        statement, why = plan.period.closing_sheet, "the opening trial balance is not known"
        remedy = "name it under [trial_balance]"
        left.append(NotChecked("R19", statement, layout.retained_earnings, "us_gaap", why, remedy))
    else:
        checks.append(_retained_earnings(plan, plan.trial_balance, accounts, opening, closing))
    checks += _income(plan, measured, income_of_period(plan, records, layout, closing))
    left += (*_shared(plan), *_unstated(plan, measured))
    return Ties(tuple(checks), tuple(left))


@dataclass(frozen=True)
class _Accounts:
    """The accounts of a chart that tell which ledger it is: income and expense, and retained earnings."""

    income: tuple[str, ...]
    retained: tuple[str, ...]

    @classmethod
    def of(cls, plan: Plan, layout: Layout) -> _Accounts:
        """Those of the plan's chart, by the row they are carried in."""
        lines = {code: account.line for code, account in plan.accounts.items()}
        return cls(
            income=tuple(code for code, line in lines.items() if not layout.is_balance_sheet_row(line)),
            retained=tuple(code for code, line in lines.items() if line == layout.retained_earnings),
        )

    @staticmethod
    def total(balances: Balances, accounts: Sequence[str]) -> int:
        """Balances of some accounts added, debit positive."""
        return sum(balances.get(account, 0) for account in accounts)


def _refuse_interim(plan: Plan, ledger: TrialBalances) -> None:
    if not ledger.ends_fiscal_year(plan.period.opening):
        raise UnusableInput(
            file=str(plan.path),
            key="trial_balance.opening",
            value="missing",
            rule=f"a period that opens within a fiscal year, on {plan.period.opening}, takes its income from two ledgers",
            remedy="name the trial balance of the opening, taken before closing entries like the other",
        )


def _closed_between(plan: Plan, ledger: TrialBalances, accounts: _Accounts, opening: Balances) -> int:
    """Profit that closing entries of the period take to retained earnings, debit positive: that of a year that ends with its
    opening."""
    return accounts.total(opening, accounts.income) if ledger.ends_fiscal_year(plan.period.opening) else 0


def _declared(ledger: TrialBalances) -> int:
    """Declared movements of retained earnings, debit positive."""
    return -sum(ledger.retained_earnings_moved.values())


def _retained_earnings(plan: Plan, ledger: TrialBalances, accounts: _Accounts, opening: Balances, closing: Balances) -> Check:
    """Retained earnings of the opening + profit of a year that ends with it + declared movements = those of the closing."""
    before, after = (accounts.total(balances, accounts.retained) for balances in (opening, closing))
    closed, declared = _closed_between(plan, ledger, accounts, opening), _declared(ledger)
    statement = plan.period.closing_sheet
    return Check(
        f"R19/{statement}/retained_earnings",
        "R19",
        statement,
        ", ".join(accounts.retained),
        "us_gaap",
        expected=before + closed + declared,
        actual=after,
        evidence=proven(RECOMPUTED, before, closed, declared, after),
        figures=f"credit {in_minor(-before)} at the opening, {in_minor(-closed)} profit of the year that ended, "
        f"{in_minor(-declared)} declared, {in_minor(-after)} at the closing",
        remedy="state what moved them besides profit in retained_earnings_moved under [trial_balance]; else export both trial "
        "balances again, from before closing entries",
    )


def _income(plan: Plan, measured: Sequence[Measured], ledger: Balances) -> Iterator[Check]:
    """Each account of income that notes own = US GAAP income measured from the contracts, net of the tax a ledger takes out;
    but those whose income the tapes do not state."""
    assert plan.trial_balance is not None, "asked only where there is a ledger"
    shared, copied = (
        {plan.account_of(role) for role in roles if role in plan.posting}
        for roles in (plan.trial_balance.shared, plan.trial_balance.same_source)
    )
    by_account: dict[str, dict[str, int]] = {}
    for role, amount in over_all(measured, "us", "income").items():
        by_account.setdefault(plan.account_of(role), {})[role] = amount
    statement = plan.period.income_statement
    for account, roles in by_account.items():
        if account in shared or any(role in one.unstated for role in roles for one in measured):
            continue
        gross, found = sum(roles.values()), ledger.get(account, 0)
        ranges = [_taxes(plan, one, role, amount) for role, amount in roles.items() for one in measured]
        low, high = (gross + sum(ends) for ends in zip(*((r.low, r.high) for r in ranges), strict=True))
        beside = sum(_elsewhere(one, role) for role in roles for one in measured)
        expected = min((min(max(found, low + fees), high + fees) for fees in (0, beside)), key=lambda held: abs(held - found))
        yield Check(
            f"R19/{statement}/{account}",
            "R19",
            statement,
            account,
            "us_gaap",
            expected=expected,
            actual=found,
            evidence=proven(SAME_SOURCE if account in copied else INDEPENDENT, gross, found),
            tolerance=sum(r.roundings for r in ranges) // 2,
            part="income",
            figures=f"measured {in_minor(gross)}"
            + (f", net of value-added tax from {in_minor(low)} to {in_minor(high)}" if low != high else "")
            + (f", {in_minor(gross + beside)} without fees that may have an account of their own" if beside else ""),
            remedy="compare the account with the flows of explain; where it also takes what no note measures, name its role in "
            "shared under [trial_balance]",
        )


def _elsewhere(measured: Measured, role: str) -> int:
    """What of an income role a ledger may have on another account, such as late fees, minor units: all or none of it."""
    received = KINDS[measured.kind].received.get(role)
    flows = received.elsewhere if received else ()
    return sum(sum(measured.sums.of(flow, PATHS).values()) for flow in flows)


@dataclass(frozen=True)
class _Taxes:
    """The most that value-added tax may take an account of income down or up, and how many roundings there are of it."""

    low: int
    high: int
    roundings: int


def _taxes(plan: Plan, measured: Measured, role: str, amount: int) -> _Taxes:
    """The tax that a ledger may have taken out of what one kind of contract earned on a role."""
    kind = KINDS[measured.kind]
    taxed = kind.taxed.get(role)
    if taxed is None or not plan.vat.rate or not set(kind.inclusive) & set(plan.vat.inclusive):
        return _Taxes(0, 0, 0)
    sums = measured.sums
    received, besides = (
        sum(sum(sums.of(series, paths).values()) for series, paths in amounts) for amounts in (taxed.received, taxed.besides)
    )
    share = vat_fraction(plan.vat.rate)
    most = taxed.sign * share_of(max(received, abs(amount) + besides), share.numerator, share.denominator)
    months = 12 * (plan.period.closing.year - plan.period.opening.year) + plan.period.closing.month - plan.period.opening.month
    return _Taxes(min(most, 0), max(most, 0), sum(sums.of("contracts", PATHS).values()) * max(months, 1))


def _shared(plan: Plan) -> Iterator[NotChecked]:
    """Accounts of income that also take what no note measures."""
    assert plan.trial_balance is not None, "asked only where there is a ledger"
    accounts = dict.fromkeys(plan.account_of(role) for role in plan.trial_balance.shared if role in plan.posting)
    if accounts:
        why = "the plan says that these accounts also take what no note measures (shared)"
        remedy = "give what the notes measure accounts of its own; they may belong to the same row of the statement"
        yield NotChecked("R19", plan.period.income_statement, ", ".join(accounts), "us_gaap", why, remedy)


def _unstated(plan: Plan, measured: Sequence[Measured]) -> Iterator[NotChecked]:
    """Accounts whose income is measured from what came in to date, which not every tape states."""
    assert plan.trial_balance is not None, "asked only where there is a ledger"
    for role, why in ((role, why) for one in measured for role, why in one.unstated.items()):
        if role not in plan.trial_balance.shared:
            said = f"{why}, and income is what came in between the two instants and what accrued"
            remedy = "name the column on both tapes, of what was received since origination; or interest of payments"
            yield NotChecked("R19", plan.period.income_statement, plan.account_of(role), "us_gaap", said, remedy)

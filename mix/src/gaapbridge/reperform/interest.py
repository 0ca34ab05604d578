"""Effective interest of one contract at one date: deferral, its split, and accrued interest.

Both frameworks share the arithmetic and differ in the flows: contractual under US GAAP, expected under IFRS.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from gaapbridge.reperform.assumptions import Assumptions
from gaapbridge.reperform.deferred import DeferredAhead, Discount
from gaapbridge.reperform.elections import Elections
from gaapbridge.reperform.exact import EXACT, ONE, ZERO, Framework, Step
from gaapbridge.reperform.grid import DAYS_A_PERIOD, Grid, Position, days_earlier
from gaapbridge.reperform.loan import Loan
from gaapbridge.reperform.schedule import Schedule, contractual_schedule
from gaapbridge.reperform.yields import (
    EffectiveRate,
    Flows,
    contractual_flows,
    effective_rate,
    expected_flows,
    present_value,
    present_values,
)


@dataclass(frozen=True, slots=True)
class Terms:
    """What a contract is from its origination on, whatever the date: grid, schedule and rate; and what it would be without
    fees or costs."""

    grid: Grid
    schedule: Schedule
    net_initial_amount: int
    rate: EffectiveRate
    bare_schedule: Schedule
    bare_rate: EffectiveRate

    @property
    def rate_per_period(self) -> Decimal:
        """The solved rate; only asked for once it is known to exist."""
        assert self.rate.per_period is not None, "a contract without a rate is not measured"
        return self.rate.per_period

    @property
    def bare_rate_per_period(self) -> Decimal:
        """The solved rate without fees and costs, as surely."""
        assert self.bare_rate.per_period is not None, "a contract without a rate is not measured"
        return self.bare_rate.per_period

    def is_running(self, position: Position) -> bool:
        """Whether the schedule still owes something after the instalments behind a position."""
        return position.k < self.schedule.instalments and self.schedule.balances[position.k] > ZERO


@dataclass(frozen=True, slots=True)
class Interest:
    """Exact interest components, asset-signed minor units, and where they were evaluated.

    `deferral` is the reported one, scaled to the outstanding principal; `cost_share` of it is deferred costs.
    """

    deferral: Decimal
    cost_share: Decimal
    accrued: Decimal
    steps: tuple[Step, ...]


def contract_terms(contract: Loan, framework: Framework, assumptions: Assumptions) -> Terms:
    """Grid, schedule and rate; the IFRS rate uses the prepayment version in force at origination."""
    grid = contract.grid
    schedule = contractual_schedule(contract, grid)
    flows = framework_flows(contract, schedule, framework, assumptions, contract.origination_date)
    net = contract.principal_minor - contract.fees_received_minor + contract.costs_paid_minor
    bare_schedule = contractual_schedule(replace(contract, service_fee_minor=0), grid)
    bare_flows = framework_flows(contract, bare_schedule, framework, assumptions, contract.origination_date)
    rate, bare_rate = (
        effective_rate(Decimal(worth), paid, grid) for worth, paid in ((net, flows), (contract.principal_minor, bare_flows))
    )
    return Terms(grid, schedule, net, rate if bare_rate.per_period is not None else bare_rate, bare_schedule, bare_rate)


def framework_flows(
    contract: Loan, schedule: Schedule, framework: Framework, assumptions: Assumptions, curve_date: date
) -> Flows:
    """Contractual flows under US GAAP, expected ones with the version in force on `curve_date` under IFRS."""
    if framework == "us":
        return contractual_flows(schedule)
    return expected_flows(schedule, assumptions.single_monthly_mortality(curve_date, contract.segment).at)


def interest_at(
    contract: Loan,
    terms: Terms,
    day: date,
    framework: Framework,
    assumptions: Assumptions,
    elections: Elections,
    curve_date: date,
) -> Interest:
    """Deferral and accrued interest of a contract on book on `day`."""
    flows, bare = _with_and_without(contract, terms, framework, assumptions, curve_date)
    position = terms.grid.position(day)
    last_accrual = last_accrual_date(contract, day, elections) if framework == "us" else None
    if last_accrual is None:
        deferral, steps = reported_deferral(contract, terms, flows, bare, position, framework)
        accrued = accrued_interest(contract, terms.schedule, position)
        note = "billed and unpaid, plus the running period's share at the contract rate"
    else:
        stopped = terms.grid.position(last_accrual)
        deferral, steps = reported_deferral(contract, terms, flows, bare, stopped, framework)
        accrued, note = Decimal(-contract.service_fees_ahead_minor), "nil on non-accrual, but for service fees paid ahead"
        frozen = Step("last accrual date", last_accrual.isoformat(), "310-20-35-17", "deferral frozen here")
        steps = (frozen, *steps)
    share, split_step = _cost_share(contract)
    accrued_step = Step("accrued interest", accrued, "310-20-35-17" if last_accrual else "", note)
    return Interest(deferral, share, accrued, (*steps, split_step, accrued_step))


def last_accrual_date(contract: Loan, day: date, elections: Elections) -> date | None:
    """The date at which US accrual stopped, or None while it runs (310-20-35-17).

    The lender's own date where the tape gives one, else counted back from the days past due; never before
    origination.
    """
    if contract.nonaccrual_date is not None:
        return max(contract.nonaccrual_date, contract.origination_date)
    if elections.nonaccrual_days_past_due is None:
        return None
    beyond = contract.days_past_due - elections.nonaccrual_days_past_due
    if beyond < 0:
        return None
    return max(days_earlier(day, beyond), contract.origination_date)


def accrual_stops_by_default(contract: Loan, elections: Elections) -> bool:
    """Whether US accrual has stopped by the day on which a default ahead is recognised: both are days past due."""
    stops, late = elections.nonaccrual_days_past_due, elections.default_days(contract.segment)
    return stops is not None and stops <= late


def next_stop(contract: Loan, day: date, elections: Elections) -> date | None:
    """The day on which US accrual will stop if nothing is paid, of a loan that accrues on `day`; None where nothing is past
    due, or no days past due stop it."""
    if contract.days_past_due <= 0 or elections.nonaccrual_days_past_due is None:
        return None
    return days_earlier(day, contract.days_past_due - elections.nonaccrual_days_past_due)


def us_deferral_on(contract: Loan, terms: Terms, day: date, assumptions: Assumptions) -> Decimal:
    """What is deferred under US GAAP on a day, of the principal outstanding: exact minor units, nil at or after the last
    instalment (310-20-35-26)."""
    flows, bare = _with_and_without(contract, terms, "us", assumptions, day)
    return reported_deferral(contract, terms, flows, bare, terms.grid.position(day), "us")[0]


def reported_deferral(
    contract: Loan, terms: Terms, flows: Flows, bare: Flows, position: Position, framework: Framework
) -> tuple[Decimal, tuple[Step, ...]]:
    """The deferral per schedule times P / B_k; nil past the last instalment."""
    k = position.k
    if not terms.is_running(position):
        return ZERO, (Step("deferral", ZERO, "", "nil at or after the last instalment"),)
    balance, (worth, bare_worth, deferral) = terms.schedule.balances[k], _per_schedule(terms, flows, bare, position)
    factor = Decimal(contract.outstanding_principal_minor) / balance
    paragraph = "310-20-35-26" if framework == "us" else "IFRS 9 B5.4.6"
    steps = (
        Step("scheduled balance B_k", balance, "", f"after {k} instalments"),
        Step("present value G_k", worth, paragraph, "remaining flows at the original effective rate"),
        Step("without fees and costs", bare_worth, paragraph, "the same of the contract without them, at the rate it then has"),
        Step("deferral per schedule", deferral, paragraph, "the first less the second, both grown to the date"),
        Step("factor P / B_k", factor, "", "re-amortises a delinquent or curtailed loan"),
        Step("deferral", deferral * factor, paragraph, "reported"),
    )
    return deferral * factor, steps


def deferred_ahead(
    contract: Loan,
    terms: Terms,
    recognised: Decimal,
    day: date,
    framework: Framework,
    assumptions: Assumptions,
    elections: Elections,
    curve_date: date,
) -> DeferredAhead:
    """What will be deferred from a day on, at its rates and by its curves; frozen on US non-accrual. Defaults of month t are
    `recognised` + t due dates on.

    A default loses it with its sign, as the gross amount has it (B5.5.28, B5.5.29; 326-20-30-4). In losses not discounted under
    US GAAP a discount counts only so far as it is no income to come: what is left of it when accrual stops (326-20-30-5).
    """
    flows, bare = _with_and_without(contract, terms, framework, assumptions, curve_date)
    position = terms.grid.position(day)
    share, now = _deferral_ratios(terms, flows, bare, position.k), position.passed + position.stub
    if framework == "ifrs":
        return DeferredAhead(share, now, recognised, recognised)
    last_accrual = last_accrual_date(contract, day, elections)
    frozen = None if last_accrual is None else _deferral_ratio(terms, flows, bare, terms.grid.position(last_accrual))
    discount: Discount = "whole"
    stops = elections.nonaccrual_days_past_due
    if elections.us_method == "pd_lgd":
        discount = "never_left" if stops is None else "left_when_accrual_stops"
    late = elections.default_days(contract.segment)
    stopped = recognised if stops is None else recognised + EXACT.divide(Decimal(stops - late), DAYS_A_PERIOD)
    return DeferredAhead(share, now, recognised, stopped, frozen, discount)


def ifrs_deferral_ratio(contract: Loan, terms: Terms, day: date, assumptions: Assumptions, curve_date: date) -> Decimal:
    """The deferral of a day under IFRS on one unit of principal outstanding: per schedule / B_k, prepayments as they were
    expected on `curve_date`; nil past the last instalment (B5.4.6)."""
    flows, bare = _with_and_without(contract, terms, "ifrs", assumptions, curve_date)
    return _deferral_ratio(terms, flows, bare, terms.grid.position(day))


def _with_and_without(
    contract: Loan, terms: Terms, framework: Framework, assumptions: Assumptions, curve_date: date
) -> tuple[Flows, Flows]:
    """The flows of a contract, and of the same without fees and costs."""
    flows, bare = (
        framework_flows(contract, schedule, framework, assumptions, curve_date)
        for schedule in (terms.schedule, terms.bare_schedule)
    )
    return flows, bare


def _deferral_ratio(terms: Terms, flows: Flows, bare: Flows, position: Position) -> Decimal:
    """The deferral per schedule on one unit of principal; nil past the last instalment."""
    if not terms.is_running(position):
        return ZERO
    return _per_schedule(terms, flows, bare, position)[-1] / terms.schedule.balances[position.k]


def _deferral_ratios(terms: Terms, flows: Flows, bare: Flows, k: int) -> Callable[[Decimal], Decimal]:
    """The same as `_deferral_ratio` by due dates passed, whole and in part, from those that k instalments are behind on."""
    balances, rates = terms.schedule.balances, (terms.rate_per_period, terms.bare_rate_per_period)
    worths = [present_values(paid, terms.grid, rate, k) for paid, rate in zip((flows, bare), rates, strict=True)]

    def ratio(passed: Decimal) -> Decimal:
        passed = round(passed, 30)  # a sum of quotients that is a due date is one
        behind = int(passed)
        if behind >= terms.schedule.instalments or balances[behind] <= ZERO:
            return ZERO
        stub = terms.grid.length(behind + 1) * (passed - behind)
        worth, bare_worth = (of[behind - k] * (ONE + rate) ** stub for of, rate in zip(worths, rates, strict=True))
        return (worth - bare_worth) / balances[behind]

    return ratio


def _per_schedule(terms: Terms, flows: Flows, bare: Flows, position: Position) -> tuple[Decimal, Decimal, Decimal]:
    """G_k; G0_k, of the contract without fees; and G_k (1+r)^stub - G0_k (1+r0)^stub."""
    rate, bare_rate = terms.rate_per_period, terms.bare_rate_per_period
    stub = position.period_length * position.f
    worth, bare_worth = (
        present_value(paid, terms.grid, yielded, position.k) for paid, yielded in ((flows, rate), (bare, bare_rate))
    )
    grown, bare_grown = (
        amount if stub == ZERO else amount * (ONE + yielded) ** stub
        for amount, yielded in ((worth, rate), (bare_worth, bare_rate))
    )
    return worth, bare_worth, grown - bare_grown


def accrued_interest(contract: Loan, schedule: Schedule, position: Position) -> Decimal:
    """Billed and unpaid interest plus P x i x stub while instalments remain."""
    billed = Decimal(contract.billed_unpaid)
    if position.k >= schedule.instalments:
        return billed
    stub = position.period_length * position.f
    return billed + Decimal(contract.outstanding_principal_minor) * schedule.rate * stub


def non_current_part(amount: int, schedule: Schedule, k: int) -> Decimal:
    """Part of an amount that goes with the principal due after twelve instalments: amount x B_{k+12} / B_k.

    Multiplied before it is divided, so that an exact half stays one.
    """
    if k + 12 >= schedule.instalments or schedule.balances[k] <= ZERO:
        return ZERO
    return amount * schedule.balances[k + 12] / schedule.balances[k]


def terms_steps(contract: Loan, terms: Terms, position: Position, framework: Framework) -> tuple[Step, ...]:
    """The steps up to the effective rate, for reading."""
    paragraph = "310-20-35-26" if framework == "us" else "IFRS 9 App. A, B5.4.4"
    flows = "contractual flows" if framework == "us" else "expected flows, version at origination"
    yearly = terms.rate.a_year
    return (
        Step("whole instalments behind k", position.k, "", f"of {terms.schedule.instalments}"),
        Step("stub fraction f", position.f, "", "elapsed share of the running period"),
        Step("due day of the month", terms.grid.due_day, "", "31 is the end of every month"),
        Step("first period phi", terms.grid.first_period, "", "months"),
        Step("contract rate per period", terms.schedule.rate, "", contract.repayment_type),
        Step("level instalment", terms.schedule.instalment, "", "minor units; none for other types"),
        Step("net initial amount C0", terms.net_initial_amount, "310-20-25-2; IFRS 9 B5.4.1", "minor units"),
        Step("effective rate per period", terms.rate.per_period, paragraph, flows),
        Step("effective rate a year", yearly, paragraph, "(1 + r)^12 - 1"),
    )


def _cost_share(contract: Loan) -> tuple[Decimal, Step]:
    """Share of the deferral that is deferred costs.

    Costs / (costs - fees), or costs / (costs + fees) where a service fee makes both work the same way.
    """
    costs, fees = contract.costs_paid_minor, contract.fees_received_minor
    together = costs + fees if contract.service_fee_minor > 0 else costs - fees
    share = ZERO if together == 0 else Decimal(costs) / Decimal(together)
    return share, Step("share of deferred costs", share, "310-20-25-2", "of costs and fees")

"""Note (i) under US GAAP: ASC 326-20 (CECL), lifetime loss from day one, no stages."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from gaapbridge.differences.expected_credit_loss.elections import Elections
from gaapbridge.differences.expected_credit_loss.treatment import Amounts, Credit, Dates, Flags, Numbers, Rows
from gaapbridge.measure import timeline
from gaapbridge.measure.timeline import (
    AFTER_INSTALMENT,
    AT_INSTANT,
    BEFORE_INSTALMENT,
    FIRST_MISSED,
    NO_INTEREST,
    TO_RECOGNITION,
)


def scenario_weights(scenarios: Sequence[str], elections: Elections) -> Numbers:
    """Weights of the forecast's scenarios; one is the usual choice (326-20-30-7)."""
    return np.array([elections.us_scenarios.get(name, 0.0) for name in scenarios])


def forecast(hazard: Numbers, scenarios: Sequence[str], elections: Elections) -> Numbers:
    """Hazards of a reasonable and supportable period, then reverting to historical loss (326-20-30-9).

    ``hazard`` scenario x segment x bucket x month ahead. With 12 supportable months and immediate reversion, month 13 on is
    the historical scenario's.
    """
    historical = hazard[list(scenarios).index(elections.us_historical_scenario)]
    months = np.arange(1, hazard.shape[-1] + 1)
    beyond = np.maximum(months - elections.us_supportable_months, 0)
    steps = elections.us_reversion_months if elections.us_reversion == "straight_line" else 0
    parts = steps + 1 if elections.us_reversion_reached == "month_after" else max(steps, 1)
    reverted = np.minimum(beyond / parts, 1.0)
    blended: Numbers = hazard * (1.0 - reverted) + historical[None] * reverted
    return blended


def loss_given_default(undiscounted: Numbers, discounted: Numbers, elections: Elections) -> Numbers:
    """Loss given default: undiscounted under ``pd_lgd``, recoveries discounted under ``dcf`` (326-20-30-4, 30-5)."""
    return discounted if elections.us_method == "dcf" else undiscounted


def discounts(elections: Elections) -> bool:
    """Whether losses are discounted at the effective rate: only by the discounted cash flow method (326-20-30-4)."""
    return elections.us_method == "dcf"


def guarantee_rate(contract_rate: Numbers, elections: Elections) -> Numbers:
    """Rate a period at which losses on guarantees are discounted, if they are: as elected (326-20-30-4, 30-11).

    The current one or that of the guaranteed loan; a guarantee has no effective rate.
    """
    if elections.us_guarantee_discount == "contract_rate":
        return contract_rate
    return np.full_like(contract_rate, elections.guarantee_rate_per_month)


def default_shift(elections: Elections) -> float:
    """How many months before its end a default happens within its month, for discounting (326-20-30-4). Middle is 0.5."""
    return {"start": 1.0, "middle": 0.5, "end": 0.0}[elections.default_timing]


def exposure(elections: Elections) -> int:
    """What a default finds exposed: the balance at its first miss, or that of the month it is recognised in (326-20-30-6).

    Without a timeline the month's own instalment is owed too, or was paid, by election.
    """
    if elections.default_timeline == "first_missed":
        return FIRST_MISSED
    return BEFORE_INSTALMENT if elections.exposure_at_default == "before_instalment" else AFTER_INSTALMENT


def due_dates_before_recognition(default_days: Rows, elapsed: Numbers, elections: Elections) -> Rows:
    """Due dates between the first miss of a default and its recognition; none without a timeline (326-20-30-1, 30-6).

    A miss of the last instalment is recognised after maturity: no extension of the term. At 90 days usually three.
    """
    if elections.default_timeline == "none":
        return np.zeros_like(default_days)
    return timeline.due_dates_before_recognition(default_days, elapsed)


def accrued_interest(contractual_interest: Numbers, fees_ahead: Numbers, accrues: Flags) -> Numbers:
    """Accrued interest in the carrying amount: contractual, less service fees paid ahead; on non-accrual nothing accrues
    (practice: 310-10-35-53A, 50-6), and what was paid ahead is no more income than before: fees of 8,100 make (8,100)."""
    return np.where(accrues, contractual_interest, -fees_ahead)


def interest_in_exposure(credit: Credit, accrues: Flags, reversed_by_default: Flags, elections: Elections) -> Rows:
    """Interest exposed to a default: what amortised cost holds at the instant, while it accrues (326-20-30-1, 30-5A).

    None where accrued interest is excluded by election, or reversed against income by the day of default (35-8A); a
    guarantee pays the interest too (30-11).
    """
    if credit.guaranteed:
        return np.full(accrues.shape, TO_RECOGNITION)
    counts = accrues & (elections.us_accrued_interest == "included") & ~reversed_by_default
    return np.where(counts, AT_INSTANT, NO_INTEREST)


def loses_interest_whole(elections: Elections) -> bool:
    """Whether interest exposed to a default is lost whole, by election under the discounted cash flow method (326-20-30-4)."""
    return elections.us_method == "dcf" and elections.us_dcf_lost_interest == "whole"


def default_days(guaranteed: bool, segments: Sequence[str], elections: Elections) -> Rows:
    """Days past due, by segment, from which a contract is in default or a guarantee pays out (326-20-55-4, 30-11)."""
    return np.array([elections.default_days(name, guaranteed=guaranteed) for name in segments], dtype=np.int64)


def in_default(credit: Credit, elections: Elections) -> Flags:
    """Contracts measured as defaulted: past the default day, or defaulted and not cured (326-20-55-4)."""
    open_default = ~np.isnat(credit.default_date) & np.isnat(credit.cured_date)
    defaulted: Flags = (credit.days_past_due >= credit.default_days) | open_default
    return defaulted


def days_after_default(accrual_left: Rows, elections: Elections) -> tuple[Rows, Rows]:
    """How many days after a default is recognised what is deferred stands still, of costs and of a discount: a default counts
    what it is then. ``accrual_left`` are the days on the day of default until interest stops, below nil before it.

    Non-accrual from 30 days on, default at 90: 60 days before. From 120 on: costs are amortised cost on the day of default, and
    what is left of a discount 30 days later is never accreted; what is accreted by then offsets no loss (326-20-30-5). But
    ``dcf`` takes the cost of the day of default whole (30-4).
    """
    at_default = np.minimum(accrual_left, 0)
    return at_default, at_default if discounts(elections) else accrual_left


def counted_deferral(deferred: Amounts, left: Amounts, elections: Elections) -> Amounts:
    """What a default counts of ``deferred`` fees and costs, of which so much will be ``left`` when interest stops.

    Of fees of 10 deferred (-10), 7 of them left: (7), as 3 are income to come (326-20-30-5). But ``dcf`` takes the cost whole
    (30-4), and costs are amortised cost always (326-20-20).
    """
    if discounts(elections):
        return deferred
    counted: Amounts = np.where(deferred < 0, np.minimum(left, 0), deferred)
    return counted


def allowance_in_default(lost: Amounts, deferred: Amounts, left: Amounts, elections: Elections) -> Amounts:
    """Allowance of loans in default: amortised cost, ``deferred`` fees and costs in it, above what is collected (326-20-30-1).

    Of a claim of 100 ``lost`` are 80. With fees of 10 deferred (-10), all ``left`` when interest stops, the cost is 90 and the
    allowance 70; 20 are collected. With 7 left, 73: see ``counted_deferral``.
    """
    above: Amounts = np.maximum(lost + counted_deferral(deferred, left, elections), 0)
    return above


def most_lost(gross: Amounts) -> Amounts:
    """The most that an allowance can be: the amortised cost basis that it is deducted from (326-20-30-1). Of 90 at most 90."""
    return np.maximum(gross, 0)


def in_probation(credit: Credit, elections: Elections) -> Flags:
    """Contracts cured so recently that they default again more often: a bucket of its own (326-20-30-2, 30-7)."""
    probation = np.timedelta64(elections.cure_probation_days, "D")
    recent: Flags = ~np.isnat(credit.cured_date) & (credit.instant - credit.cured_date < probation)
    return recent & ~in_default(credit, elections)


def compares_with_origination() -> bool:
    """Whether the horizon depends on how credit risk has changed: no, losses of the whole life count from the first day
    (326-20-30-1)."""
    return False


def lifetime(credit: Credit, elections: Elections) -> Flags:
    """Whether losses are measured over the remaining life: always (326-20-30-1)."""
    return np.ones_like(credit.watch_list)


def horizon(lifetime: Flags, remaining_months: Rows) -> Rows:
    """Months ahead over which losses count: the remaining contractual term (326-20-30-6)."""
    return remaining_months


def surprise(elections: Elections) -> float:
    """Probability below which an outcome says that an estimate was wrong (326-20-30-7 to 30-9): 0.99 leaves 0.01."""
    return 1.0 - elections.hindsight_confidence


def overdispersion(elections: Elections) -> float:
    """How many times wider than of independent borrowers defaults spread (326-20-30-7 to 30-9)."""
    return elections.hindsight_overdispersion


def net_interest_from(defaulted: Dates, opening: np.datetime64, elections: Elections) -> Dates:
    """Day from which interest is recognised on the net amount only: none, it is a rule of IFRS alone (310-10-35-53A)."""
    return np.full_like(defaulted, np.datetime64("NaT"))


def interest_on_allowance(rate: Numbers, net: Numbers, taken: Numbers) -> Numbers:
    """Interest not recognised on the allowance of impaired loans: none (326-20-45-3)."""
    return np.zeros_like(rate)


def expected_recoveries(
    written_off: Numbers, remaining: Numbers, discounted: Numbers, still_owed: Numbers, elections: Elections
) -> Numbers:
    """Negative allowance for expected recoveries, not above what was written off and is still owed (326-20-30-1).

    Of 1,000 written off 0.2 is still to come: 200, undiscounted.
    """
    return np.minimum(written_off * remaining, still_owed)


def interest_on_recoveries(rate: Numbers, expected: Numbers, elections: Elections) -> Numbers:
    """Interest on what is expected of loans written off: none, recoveries are not discounted (326-20-30-1)."""
    return np.zeros_like(rate)


def expected_payout_recoveries(paid: Numbers, remaining_ratio: Numbers, still_owed: Numbers) -> Numbers:
    """Expected recoveries of guarantees paid out, not above what is still owed (326-20-30-11)."""
    return np.minimum(paid * remaining_ratio, still_owed)


def payout_recoveries_are_asset(elections: Elections) -> bool:
    """Whether they are an asset of their own, or reduce the contingent liability: by election (326-20-30-11, 210-20-45-1)."""
    return elections.compensated_guarantees == "receivable"

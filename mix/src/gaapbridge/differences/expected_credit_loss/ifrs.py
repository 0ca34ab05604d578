"""Note (i) under IFRS 9: twelve-month or lifetime loss by stage, probability-weighted and discounted."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from gaapbridge.differences.expected_credit_loss.elections import Elections
from gaapbridge.differences.expected_credit_loss.treatment import Amounts, Credit, Dates, Flags, Numbers, Rows
from gaapbridge.measure import timeline
from gaapbridge.measure.timeline import AFTER_INSTALMENT, BEFORE_INSTALMENT, FIRST_MISSED, TO_RECOGNITION


def scenario_weights(scenarios: Sequence[str], elections: Elections) -> Numbers:
    """Probabilities of the scenarios; their losses are weighted, not their drivers (IFRS 9 5.5.17(a), B5.5.42)."""
    return np.array([elections.ifrs_scenarios.get(name, 0.0) for name in scenarios])


def forecast(hazard: Numbers, scenarios: Sequence[str], elections: Elections) -> Numbers:
    """Hazards of each scenario over the whole life, as forecast (IFRS 9 B5.5.49 to B5.5.52)."""
    return hazard


def loss_given_default(undiscounted: Numbers, discounted: Numbers, elections: Elections) -> Numbers:
    """Loss given default with recoveries discounted from their own dates (IFRS 9 B5.5.28, B5.5.44)."""
    return discounted


def discounts(elections: Elections) -> bool:
    """Whether losses are discounted: always, at the effective rate (IFRS 9 B5.5.44)."""
    return True


def guarantee_rate(contract_rate: Numbers, elections: Elections) -> Numbers:
    """Rate a period at which losses on guarantees are discounted: the current one, no effective rate exists (B5.5.48)."""
    return np.full_like(contract_rate, elections.guarantee_rate_per_month)


def default_shift(elections: Elections) -> float:
    """How many months before its end a default happens within its month, for discounting (IFRS 9 B5.5.44). Middle is 0.5."""
    return {"start": 1.0, "middle": 0.5, "end": 0.0}[elections.default_timing]


def exposure(elections: Elections) -> int:
    """What a default finds exposed: the balance at its first miss, or that of the month it is recognised in (IFRS 9 B5.5.28).

    Without a timeline the month's own instalment is owed too, or was paid, by election.
    """
    if elections.default_timeline == "first_missed":
        return FIRST_MISSED
    return BEFORE_INSTALMENT if elections.exposure_at_default == "before_instalment" else AFTER_INSTALMENT


def due_dates_before_recognition(default_days: Rows, elapsed: Numbers, elections: Elections) -> Rows:
    """Due dates between the first miss of a default and its recognition; none without a timeline (IFRS 9 B5.5.28, B5.5.37).

    A miss of the last instalment is recognised after maturity: no extension of the term. At 90 days usually three.
    """
    if elections.default_timeline == "none":
        return np.zeros_like(default_days)
    return timeline.due_dates_before_recognition(default_days, elapsed)


def accrued_interest(contractual_interest: Numbers, fees_ahead: Numbers, accrues: Flags) -> Numbers:
    """Accrued interest in the gross carrying amount: the contractual interest, less service fees paid ahead, in every stage
    (IFRS 9 5.4.1, Appendix A)."""
    return contractual_interest


def interest_in_exposure(credit: Credit, accrues: Flags, reversed_by_default: Flags, elections: Elections) -> Rows:
    """Interest exposed to a default: all that is owed when it is recognised, any shortfall counts (IFRS 9 B5.5.28)."""
    return np.full(accrues.shape, TO_RECOGNITION)


def loses_interest_whole(elections: Elections) -> bool:
    """Whether interest exposed to a default is lost whole: no, recoveries serve every shortfall alike (IFRS 9 B5.5.28)."""
    return False


def default_days(guaranteed: bool, segments: Sequence[str], elections: Elections) -> Rows:
    """Days past due, by segment, from which a contract is in default or a guarantee pays out (IFRS 9 B5.5.37)."""
    return np.array([elections.default_days(name, guaranteed=guaranteed) for name in segments], dtype=np.int64)


def in_default(credit: Credit, elections: Elections) -> Flags:
    """Contracts measured as defaulted: past the default day, or defaulted and not cured (IFRS 9 B5.5.37)."""
    open_default = ~np.isnat(credit.default_date) & np.isnat(credit.cured_date)
    defaulted: Flags = (credit.days_past_due >= credit.default_days) | open_default
    return defaulted


def days_after_default(accrual_left: Rows, elections: Elections) -> tuple[Rows, Rows]:
    """How many days after a default is recognised what is deferred stands still, of costs and of a discount: none, a loss is
    what the gross amount of its day is above what is recovered (IFRS 9 5.5.17, B5.5.28, B5.5.29)."""
    return np.zeros_like(accrual_left), np.zeros_like(accrual_left)


def counted_deferral(deferred: Amounts, left: Amounts, elections: Elections) -> Amounts:
    """What a default counts of ``deferred`` fees and costs: all of them, the gross amount has them (IFRS 9 B5.5.33)."""
    return deferred


def allowance_in_default(lost: Amounts, deferred: Amounts, left: Amounts, elections: Elections) -> Amounts:
    """Allowance of loans in default: gross amount, ``deferred`` fees and costs in it, above what is recovered (IFRS 9 B5.5.33).

    Of a claim of 100 ``lost`` are 80. With costs of 5 deferred the gross amount is 105 and the allowance 85; 20 are recovered.
    """
    above: Amounts = np.maximum(lost + counted_deferral(deferred, left, elections), 0)
    return above


def most_lost(gross: Amounts) -> Amounts:
    """The most that an allowance can be: the gross carrying amount, the contractual cash at the effective rate (IFRS 9 Appendix
    A, credit loss; B5.5.28, B5.5.33). Of 90 at most 90."""
    return np.maximum(gross, 0)


def in_probation(credit: Credit, elections: Elections) -> Flags:
    """Contracts cured so recently that they default again more often: a bucket of its own (IFRS 9 5.5.7, B5.5.27)."""
    probation = np.timedelta64(elections.cure_probation_days, "D")
    recent: Flags = ~np.isnat(credit.cured_date) & (credit.instant - credit.cured_date < probation)
    return recent & ~in_default(credit, elections)


def compares_with_origination() -> bool:
    """Whether the horizon depends on how credit risk has changed: yes, since initial recognition (IFRS 9 5.5.3, 5.5.9)."""
    return True


def lifetime(credit: Credit, elections: Elections) -> Flags:
    """Whether credit risk has risen significantly: stage 2 or 3 (IFRS 9 5.5.3, 5.5.9 to 5.5.11).

    The default probability of the same remaining life has risen by the elected ratio and by the elected amount, unless
    credit risk is low (5.5.10); or days past due, watch list or forbearance say so.
    """
    risen = credit.pd_now >= elections.sicr_pd_ratio * credit.pd_at_origination
    risen &= credit.pd_now - credit.pd_at_origination >= elections.sicr_pd_increase
    risen &= credit.pd_12m > elections.low_credit_risk_pd_12m
    late = credit.days_past_due >= elections.sicr_days_past_due
    significant: Flags = risen | late | credit.watch_list | credit.forborne
    significant |= in_default(credit, elections) | in_probation(credit, elections)
    return significant


def horizon(lifetime: Flags, remaining_months: Rows) -> Rows:
    """Months ahead over which losses count: twelve in stage 1, the remaining life otherwise (IFRS 9 5.5.3, 5.5.5)."""
    return np.where(lifetime, remaining_months, np.minimum(remaining_months, 12))


def surprise(elections: Elections) -> float:
    """Probability below which an outcome says that an estimate was wrong (IFRS 9 B5.5.52): 0.99 leaves 0.01."""
    return 1.0 - elections.hindsight_confidence


def overdispersion(elections: Elections) -> float:
    """How many times wider than of independent borrowers defaults spread (IFRS 9 B5.5.52)."""
    return elections.hindsight_overdispersion


def net_interest_from(defaulted: Dates, opening: np.datetime64, elections: Elections) -> Dates:
    """Day from which interest is recognised on the net amount only: that of default, or none in the period of default.

    In default since 1 March, closed from the end of December: 1 March by ``day`` (IAS 34.28), no day by ``next_period``
    (IFRS 9 5.4.1(b), "subsequent reporting periods").
    """
    assert elections.stage_3_interest_from is not None, "a plan with loans answers it"
    at_once = elections.stage_3_interest_from == "day"
    return np.where(at_once | (defaulted <= opening), defaulted, np.datetime64("NaT"))


def interest_on_allowance(rate: Numbers, net: Numbers, taken: Numbers) -> Numbers:
    """Interest of stage 3 loans that is not revenue: what gross amounts take, less the effective rate x net amount.

    So revenue is the rate on gross less allowance (IFRS 9 5.4.1(b)): of 104 owed 60 are lost, and at 2 % a month revenue is
    0.88; of 2.00 that the contract brings on 100 of principal, 1.12 are not.
    """
    return taken - rate * net


def expected_recoveries(
    written_off: Numbers, remaining: Numbers, discounted: Numbers, still_owed: Numbers, elections: Elections
) -> Numbers:
    """What remains of a loan that is written off as far as no recovery can reasonably be expected (IFRS 9 5.4.4, B5.4.9).

    Of 1,000 written off 0.2 is still to come and worth 0.19: 190, an asset in stage 3. By election nothing remains, and
    recoveries are impairment gains when received (5.5.8).
    """
    assert elections.ifrs_after_write_off is not None, "a plan with loans answers it"
    kept = elections.ifrs_after_write_off == "expected_recoveries"
    return np.minimum(written_off * discounted, still_owed) * kept


def interest_on_recoveries(rate: Numbers, expected: Numbers, elections: Elections) -> Numbers:
    """Interest revenue on what remains after a write-off, on the net amount: effective rate x amount (IFRS 9 5.4.1(b))."""
    return rate * expected * (elections.ifrs_after_write_off == "expected_recoveries")


def expected_payout_recoveries(paid: Numbers, remaining_ratio: Numbers, still_owed: Numbers) -> Numbers:
    """Expected recoveries of guarantees paid out, discounted: an asset credit-impaired from the start (IFRS 9 5.4.1(a)).

    Not above what is still owed. Its fair value at payout is what is expected then, so that no allowance stands beside it.
    """
    return np.minimum(paid * remaining_ratio, still_owed)


def payout_recoveries_are_asset(elections: Elections) -> bool:
    """Whether they are an asset of their own, or by election reduce the liability, which the standard forbids (IAS 32.42)."""
    return elections.compensated_guarantees == "receivable"

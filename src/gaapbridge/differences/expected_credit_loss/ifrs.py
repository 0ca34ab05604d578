"""Note (i) under IFRS 9: twelve-month or lifetime loss by stage, probability-weighted and discounted."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from gaapbridge.differences.expected_credit_loss.elections import Elections
from gaapbridge.differences.expected_credit_loss.treatment import Credit, Flags, Numbers, Rows


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
    """Rate a period at which losses on guarantees are discounted: the elected current rate, no effective rate exists (B5.5.48).

    3 % a year is 0.24663 % a month.
    """
    assert elections.guarantee_discount_rate is not None, "a plan with guarantees answers it"
    return np.full_like(contract_rate, (1.0 + elections.guarantee_discount_rate) ** (1.0 / 12.0) - 1.0)


def default_shift(elections: Elections) -> float:
    """How many months before its end a default happens within its month, for discounting (IFRS 9 B5.5.44). Middle is 0.5."""
    return {"start": 1.0, "middle": 0.5, "end": 0.0}[elections.default_timing]


def exposed_before_instalment(elections: Elections) -> bool:
    """Whether who defaults in a month owes that month's instalment too (IFRS 9 B5.5.28)."""
    return elections.exposure_at_default == "before_instalment"


def includes_accrued_interest(accrues: Flags, elections: Elections) -> Flags:
    """Whether accrued interest is part of the exposure: always, a shortfall of any contractual flow counts (IFRS 9 B5.5.28)."""
    return np.ones_like(accrues)


def default_days(guaranteed: bool, elections: Elections) -> int:
    """Days past due from which a contract is in default; of a guarantee, from which it pays out (IFRS 9 B5.5.37)."""
    if not guaranteed:
        return elections.default_days_past_due
    assert isinstance(elections.payout_days_past_due, int), "one day for all segments"
    return elections.payout_days_past_due


def in_default(credit: Credit, elections: Elections) -> Flags:
    """Stage 3: past the default day, or defaulted and still in probation after curing (IFRS 9 B5.5.37, 5.5.7)."""
    probation = np.timedelta64(elections.cure_probation_days, "D")
    uncured = np.isnat(credit.cured_date) | (credit.instant - credit.cured_date < probation)
    late = credit.days_past_due >= default_days(credit.guaranteed, elections)
    defaulted: Flags = late | (~np.isnat(credit.default_date) & uncured)
    return defaulted


def lifetime(credit: Credit, elections: Elections) -> Flags:
    """Whether credit risk has risen significantly: stage 2 or 3 (IFRS 9 5.5.3, 5.5.9 to 5.5.11).

    The default probability of the same remaining life has risen by the elected ratio and by the elected amount, unless
    credit risk is low (5.5.10); or days past due, watch list or forbearance say so.
    """
    risen = credit.pd_now >= elections.sicr_pd_ratio * credit.pd_at_origination
    risen &= credit.pd_now - credit.pd_at_origination >= elections.sicr_pd_increase
    risen &= credit.pd_12m > elections.low_credit_risk_pd_12m
    late = credit.days_past_due >= elections.sicr_days_past_due
    significant: Flags = risen | late | credit.watch_list | credit.forborne | in_default(credit, elections)
    return significant


def horizon(lifetime: Flags, remaining_months: Rows) -> Rows:
    """Months ahead over which losses count: twelve in stage 1, the remaining life otherwise (IFRS 9 5.5.3, 5.5.5)."""
    return np.where(lifetime, remaining_months, np.minimum(remaining_months, 12))


def interest_on_allowance(rate: Numbers, allowance_sum: Numbers, credit_impaired: Flags) -> Numbers:
    """Interest not recognised on the allowance of stage 3 loans: effective rate x allowance (IFRS 9 5.4.1(b))."""
    return np.where(credit_impaired, rate * allowance_sum, 0.0)


def expected_recoveries(written_off: Numbers, remaining_ratio: Numbers, still_owed: Numbers) -> Numbers:
    """Asset for recoveries after write-off: none, they are impairment gains when received (IFRS 9 5.4.4, 5.5.8)."""
    return np.zeros_like(written_off)


def expected_payout_recoveries(paid: Numbers, remaining_ratio: Numbers, still_owed: Numbers) -> Numbers:
    """Expected recoveries of guarantees paid out, which reduce the liability, not above what is still owed (IFRS 9 B5.5.32)."""
    return np.minimum(paid * remaining_ratio, still_owed)

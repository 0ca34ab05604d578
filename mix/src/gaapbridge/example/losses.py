"""Loss given default and expected recoveries: the share of what is owed at default that is never paid, worked out
from the probabilities of the market.

After a default the borrower of an own loan has two chances to pay all arrears before the loan is written off; who
cures may default again, and what is lost then is part of the loss that comes. What was written off or paid out
is recovered in part on the same day of eighteen months.
"""

from __future__ import annotations

import numpy as np

from gaapbridge.example.chain import BUCKETS, Steps, hazards
from gaapbridge.example.contracts import INTEREST_FREE, MONTHS_PER_YEAR, Product
from gaapbridge.example.market import (
    CHANCES_IN_DEFAULT,
    DAYS_PER_MONTH,
    LONGEST_TERM,
    RATING_PAID,
    RECOVERY_MONTHS,
    WRITE_OFF_DAYS,
    Numbers,
    Regime,
    recovery_weights,
)

WORSENING_ODDS = {"base": 1.0, "upside": 0.75, "downside": 1.12, "long_run": 1.0}
"""What a scenario scales the odds of every miss by. With the weights of the plan the losses of the first three come to those
of the base: an amount weighted by probability is unbiased (IFRS 9 5.5.17(a)).
"""

_RECOVERY_FACTOR = {"base": 1.0, "upside": 1.1, "downside": 0.94, "long_run": 1.0}

GUARANTEE_DISCOUNT_A_YEAR = 0.03
"""The current rate at which the plan discounts losses on guarantees: they have no effective rate (IFRS 9 B5.5.48)."""


def steps_of(product: Product, regime: Regime, scenario: str) -> Steps:
    """The chain of a product's borrowers in a scenario, prepaying as its book does on average."""
    return Steps.of(product.market, regime, WORSENING_ODDS[scenario], _mean_prepayment(product, regime))


def losses_given_default(product: Product, regime: Regime, scenario: str, months: int) -> tuple[Numbers, Numbers]:
    """Loss given default S x months since default: undiscounted, and discounted.

    Of a guarantee both are shares of what was paid out. Of an own loan the first is a share of principal (no interest is
    accrued at default under US GAAP), the second of principal and the interest owed at default. Recoveries are discounted
    at the rate at which the plan discounts losses of that kind (IFRS 9 B5.5.44, B5.5.48; 326-20-30-4).
    """
    market, weights = product.market, recovery_weights()
    recovered = (regime.recovered * _RECOVERY_FACTOR[scenario])[:, None]
    default = market.default_days / DAYS_PER_MONTH
    lost_after = WRITE_OFF_DAYS / DAYS_PER_MONTH - default if market.stays_in_default else 0.0 * default
    chances = np.array(CHANCES_IN_DEFAULT) if market.stays_in_default else np.zeros(0)
    again = _defaults_again(product, regime, scenario) if market.stays_in_default else np.zeros(len(market.segments))
    since = np.arange(months)
    left = (chances[None, :, None] - default[:, None, None] > since + 0.5).sum(axis=1)
    cured = np.where(since < lost_after[:, None], 1.0 - (1.0 - regime.cure_in_default) ** left, 0.0)
    coming = lost_after[:, None, None] + np.arange(1, RECOVERY_MONTHS + 1) - since[None, :, None]
    still = np.where(coming > 0.0, weights, 0.0)
    present = still / (1.0 + _discount_rate(product))[:, None, None] ** np.maximum(coming, 0.0)
    interest = _mean_rate(product)[:, None] * (default[:, None] + 1.0 + since) if market.stays_in_default else 0.0
    undiscounted = (1.0 - cured) * (1.0 - recovered * still.sum(axis=2))
    discounted = (1.0 - cured) * (1.0 - recovered * present.sum(axis=2) / (1.0 + interest))
    repeated = 1.0 - cured[:, :1] * again[:, None]
    return tuple(loss + cured * again[:, None] * loss[:, :1] / repeated for loss in (undiscounted, discounted))


def remaining_recoveries(regime: Regime) -> Numbers:
    """Share of the amount written off still to be recovered, S x months since write-off 0..18."""
    left = np.concatenate([[1.0], 1.0 - np.cumsum(recovery_weights())])
    left[-1] = 0.0
    ratios: Numbers = regime.recovered[:, None] * left[None, :]
    return ratios


def balances_by_term(product: Product) -> dict[int, Numbers]:
    """Balance of level loans S x instalments paid 0..n, for each term n, of a principal of one."""
    rate = _mean_rate(product)[:, None]
    return {
        term: (1.0 - (1.0 + rate) ** -(term - np.arange(term + 1))) / (1.0 - (1.0 + rate) ** -term) for term in product.terms
    }


def _discount_rate(product: Product) -> Numbers:
    """Rate a month by segment: of own loans about the effective one, for fees and costs nearly cancel; else the current one."""
    if product.market.stays_in_default:
        return _mean_rate(product)
    return np.full(len(product.market.segments), (1.0 + GUARANTEE_DISCOUNT_A_YEAR) ** (1.0 / MONTHS_PER_YEAR) - 1.0)


def _mean_rate(product: Product) -> Numbers:
    """Contract rate a month by segment; interest-free loans count."""
    bearing = 1.0 - product.kind_shares[INTEREST_FREE]
    rate = np.array(product.lowest_rate) + np.array(product.rate_spread) / 2.0
    by_segment: Numbers = bearing * rate[product.market.bands] / MONTHS_PER_YEAR
    return by_segment


def _mean_prepayment(product: Product, regime: Regime) -> Numbers:
    """Prepayment a month by segment, over the months to come of contracts of every age."""
    weights = np.zeros(LONGEST_TERM)
    for term, share in zip(product.terms, product.term_shares, strict=True):
        weights[:term] += share * np.arange(1, term + 1)
    mean: Numbers = regime.prepay @ (weights / weights.sum())
    return mean


def _defaults_again(product: Product, regime: Regime, scenario: str) -> Numbers:
    """What of the exposure at default of a borrower who cures is exposed at a later default, by segment.

    He has paid all arrears, so that less is left to lose; none is where nothing falls due any more.
    """
    lag = CHANCES_IN_DEFAULT[0] - 1
    hazard, performing = hazards(product.market, steps_of(product, regime, scenario), LONGEST_TERM + lag)
    bucket, rating = BUCKETS.index("probation"), RATING_PAID[-1]
    hazard, performing = (np.tensordot(rating, table[:, :, bucket], (0, 1)) for table in (hazard, performing))
    exposed, again = np.zeros(len(hazard)), np.zeros(len(hazard))
    for (term, balance), share in zip(balances_by_term(product).items(), product.term_shares, strict=True):
        for missed in range(1, term + 1):
            exposed += share * balance[:, missed - 1]
            if missed + CHANCES_IN_DEFAULT[0] < term:
                again += share * _exposure(balance, missed + CHANCES_IN_DEFAULT[0], lag, hazard, performing, regime.prepay)
    return again / exposed


def _exposure(balance: Numbers, due: int, lag: int, hazard: Numbers, performing: Numbers, prepay: Numbers) -> Numbers:
    """Expected exposure at default of contracts with ``due`` instalments behind them, over the rest of their lives."""
    term = balance.shape[1] - 1
    alive, exposure = np.ones(len(hazard)), np.zeros(len(hazard))
    for month in range(1, term - due + lag + 1):
        paid = max(due, min(due + month - lag - 1, term - 1))
        exposure += alive * hazard[:, month - 1] * balance[:, paid]
        alive = alive * (1.0 - hazard[:, month - 1] - prepay[:, min(due + month, LONGEST_TERM) - 1] * performing[:, month - 1])
    return exposure

"""Note (iv) under US GAAP: a stand-ready liability and its fee receivable from day one (ASC 460), released straight-line."""

from __future__ import annotations

import numpy as np

from gaapbridge.differences.financial_guarantee.elections import Elections
from gaapbridge.differences.financial_guarantee.treatment import FeeLossRates, Fees, Numbers, Whole
from gaapbridge.measure.guarantee import (
    DISCOUNTED_FEES,
    EXPECTED_PAYOUTS,
    NOMINAL_FEES,
    FeeReceivable,
    receivable_after_fair_value,
    receivable_pro_rata,
    share,
    straight_line_remaining,
)


def fair_value_basis(elections: Elections) -> int:
    """What the fair value at inception is of, where the tape states none: fees or expected payouts (460-10-30-2, 55-23)."""
    return {
        "nominal_fees": NOMINAL_FEES,
        "discounted_fees": DISCOUNTED_FEES,
        "expected_payouts_plus_margin": EXPECTED_PAYOUTS,
    }[elections.stand_ready_measurement]


def fair_value_rate(elections: Elections) -> float:
    """Rate a year at which it is discounted (460-10-30-2)."""
    return elections.stand_ready_discount_rate


def fair_value_margin(elections: Elections) -> float:
    """Margin on expected payouts that a guarantor would ask for, as a share of them (460-10-30-2)."""
    return elections.stand_ready_margin


def inception(fair_value: Whole) -> Whole:
    """Recognised at inception: the fair value, as a receivable and as a stand-ready liability (460-10-25-2, 25-4, 30-2)."""
    return fair_value


def fee_receivable(fees: Fees, elections: Elections) -> Whole:
    """Fee receivable: the fair value, less what collections and write-offs have settled of it (460-10-55-23(a))."""
    return _settled(fees, elections).receivable


def fee_receivable_non_current(receivable: Whole, fees: Fees) -> Whole:
    """Part of the receivable due in more than twelve months, by the fees not collected (210-10-45-4)."""
    return share(receivable, fees.owed_later, fees.total - fees.collected - fees.written_off)


def accrued_fee(fees: Fees, elections: Elections) -> Whole:
    """Fee earned before it is due: none, the receivable holds all fees from day one (460-10-25-4)."""
    return np.zeros_like(fees.earned)


def accrued_fee_non_current(accrued: Whole, fees: Fees) -> Whole:
    """Part of the accrued fee due in more than twelve months: there is none (210-10-45-4)."""
    return np.zeros_like(accrued)


def fee_allowance(receivable: Whole, rates: FeeLossRates) -> Numbers:
    """Loss allowance of the receivable: the loss rate of all fees not yet collected, by delinquency (326-20-30-3).

    Early settlement shortens the term, it is no loss (30-6): of 200 receivable at rates of 3 % and 1 % 6 are lost.
    """
    return receivable * rates.promised


def fees_outlive_settlement(elections: Elections) -> bool:
    """Whether fees not yet collected are still owed after the borrower settled early (460-10-35-2)."""
    return elections.early_settlement == "fee_kept"


def fees_written_off(fees: Fees, elections: Elections) -> Whole:
    """Receivable written off to date, against its allowance (326-20-35-8)."""
    return _settled(fees, elections).written_off


def fees_accreted(fees: Fees, elections: Elections) -> Whole:
    """Collected above the fair value that was settled, to date: accretion (835-30-35-2)."""
    return _settled(fees, elections).accreted


def stand_ready(fees: Fees) -> Whole:
    """Stand-ready liability: the fair value less its release in equal parts a day over the term (460-10-35-2(b))."""
    return np.where(fees.kept, 0, straight_line_remaining(fees.fair_value, fees.elapsed_days, fees.term_days))


def set_off(receivable: Whole, stand_ready: Whole) -> Whole:
    """Fee no longer owed after an early settlement: derecognised against the stand-ready liability (460-10-35-2(a))."""
    return np.minimum(receivable, stand_ready)


def fee_revenue(fees: Fees, elections: Elections) -> Whole:
    """Revenue from fees to date: none, revenue is the release of the stand-ready liability (460-10-35-2)."""
    return np.zeros_like(fees.earned)


def waits_for_due_date(elections: Elections) -> bool:
    """Whether a fee is no revenue before it is due: no, the release knows no due dates (460-10-35-2)."""
    return False


def contract_liability(fees: Fees, elections: Elections) -> Whole:
    """Liability for fees collected ahead: none, the stand-ready liability stands for it (460-10-25-2)."""
    return np.zeros_like(fees.earned)


def absorbed(unearned: Whole, loss_allowance: Whole, elections: Elections) -> Whole:
    """Unearned fees absorbed by the loss allowance: none, both liabilities stand in full (460-10-30-5, 326-20-30-11)."""
    return np.zeros_like(unearned)


def stands_beside(elections: Elections) -> bool:
    """Whether the liability for fees stands beside the loss allowance in full: always (460-10-30-5, 326-20-30-11)."""
    return True


def shows_net_movement(elections: Elections) -> bool:
    """Whether the whole net movement stands on one line of the income statement: no, each flow has its own (220-10-S99)."""
    return False


def _settled(fees: Fees, elections: Elections) -> FeeReceivable:
    settle = receivable_pro_rata if elections.fee_accretion == "pro_rata" else receivable_after_fair_value
    return settle(fees.fair_value, fees.total, fees.collected, fees.written_off)

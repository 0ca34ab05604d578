"""Note (iv) under IFRS: nothing for fees not yet due; revenue as the coverage that each instalment pays for elapses."""

from __future__ import annotations

import numpy as np

from gaapbridge.differences.financial_guarantee.elections import Elections
from gaapbridge.differences.financial_guarantee.treatment import FeeLossRates, Fees, Numbers, Whole
from gaapbridge.measure.guarantee import NOMINAL_FEES, ContractBalance, contract_balance, higher_of, share


def fair_value_basis(elections: Elections) -> int:
    """What the fair value at inception is of: the fees to come, so nothing is left to recognise (IFRS 9 5.1.1, B2.5(a))."""
    return NOMINAL_FEES


def fair_value_rate(elections: Elections) -> float:
    """Rate a year at which it is discounted: none, nothing is recognised (IFRS 9 5.1.1)."""
    return 0.0


def fair_value_margin(elections: Elections) -> float:
    """Margin on expected payouts: none, nothing is recognised (IFRS 9 5.1.1)."""
    return 0.0


def inception(fair_value: Whole) -> Whole:
    """Recognised at inception: nothing, premiums are charged by instalments and none is yet due (IFRS 9 5.1.1, B2.5(a))."""
    return np.zeros_like(fair_value)


def fee_receivable(fees: Fees, elections: Elections) -> Whole:
    """Fee receivable: revenue to date above what was collected and lost, as far as it is due (IFRS 15.105, 108)."""
    return np.minimum(_balance(fees, elections).receivable, fees.owed_of_due)


def fee_receivable_non_current(receivable: Whole, fees: Fees) -> Whole:
    """Part of the receivable due in more than twelve months: none, all of it is due (IAS 1.66)."""
    return np.zeros_like(receivable)


def accrued_fee(fees: Fees, elections: Elections) -> Whole:
    """Fee earned before it is due: time alone makes it due, so it is a receivable and no contract asset (IFRS 15.105, 108)."""
    earned = _balance(fees, elections).receivable
    return earned - np.minimum(earned, fees.owed_of_due)


def accrued_fee_non_current(accrued: Whole, fees: Fees) -> Whole:
    """Part of the accrued fee due in more than twelve months, by what is earned and not yet due (IAS 1.66).

    Of a guarantee that has ended all that is owed is earned.
    """
    owed = fees.total - fees.collected - fees.written_off
    ahead = np.where(fees.kept, owed - fees.owed_of_due, fees.ahead)
    return share(accrued, np.where(fees.kept, fees.owed_later, fees.ahead_later), ahead)


def fee_allowance(receivable: Whole, rates: FeeLossRates) -> Numbers:
    """Loss allowance of the receivable: the loss rate of fees already earned, by delinquency (IFRS 9 5.5.3, 5.5.5).

    It is overdue or falls due with the next instalment, so losses of twelve months and of its life are the same. Of 200
    receivable at rates of 3 % and 1 % 2 are lost.
    """
    return receivable * rates.earned


def fees_outlive_settlement(elections: Elections) -> bool:
    """Whether fees not yet collected are still owed after the borrower settled early (IFRS 15.35)."""
    return elections.early_settlement == "fee_kept"


def fees_written_off(fees: Fees, elections: Elections) -> Whole:
    """Earned fees written off to date; a fee not yet earned is no asset that could be (IFRS 9 5.4.4)."""
    return _lost(fees, elections)


def fees_accreted(fees: Fees, elections: Elections) -> Whole:
    """Accretion to date: none, nothing was recognised below its nominal amount (IFRS 9 5.1.3)."""
    return np.zeros_like(fees.collected)


def stand_ready(fees: Fees) -> Whole:
    """Stand-ready liability: none (IFRS 9 4.2.1(c))."""
    return np.zeros_like(fees.fair_value)


def set_off(receivable: Whole, stand_ready: Whole) -> Whole:
    """Fee no longer owed after an early settlement: none recognised; an earned fee that is lost is a loss (IFRS 9 5.4.4)."""
    return np.zeros_like(receivable)


def fee_revenue(fees: Fees, elections: Elections) -> Whole:
    """Revenue from fees to date: the elapsed share of the coverage of each; all once kept (IFRS 15.35, B18).

    By election of instalments due only: then what is earned of a fee before it is due waits for that day.
    """
    earned = fees.earned_of_due if waits_for_due_date(elections) else fees.earned
    return np.where(fees.kept, fees.total, earned)


def waits_for_due_date(elections: Elections) -> bool:
    """Whether a fee is no revenue before it is due: by election (IFRS 15.35, 108)."""
    return elections.ifrs_fee_revenue == "when_due"


def contract_liability(fees: Fees, elections: Elections) -> Whole:
    """Liability for fees collected ahead of the coverage they pay for (IFRS 15.106)."""
    return _balance(fees, elections).liability


def absorbed(unearned: Whole, loss_allowance: Whole, elections: Elections) -> Whole:
    """Unearned fees absorbed by the loss allowance: up to it where the higher of the two counts (IFRS 9 4.2.1(c))."""
    if stands_beside(elections):
        return np.zeros_like(unearned)
    return higher_of(unearned, loss_allowance).absorbed


def stands_beside(elections: Elections) -> bool:
    """Whether the liability for fees stands beside the loss allowance in full: by election; more than IFRS 9 4.2.1(c) asks."""
    return elections.ifrs_liability == "additive"


def shows_net_movement(elections: Elections) -> bool:
    """Whether the whole net movement stands on one line of the income statement: by election (IAS 1.82, 1.85)."""
    return elections.guarantee_income == "net_in_provision"


def _balance(fees: Fees, elections: Elections) -> ContractBalance:
    return contract_balance(fee_revenue(fees, elections), fees.collected, _lost(fees, elections))


def _lost(fees: Fees, elections: Elections) -> Whole:
    lost = fees.lost_of_due if waits_for_due_date(elections) else fees.lost
    return np.where(fees.kept, fees.written_off, lost)

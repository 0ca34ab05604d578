"""Note (iv) under IFRS: nothing for fees not yet due; revenue as the coverage that each instalment pays for elapses."""

from __future__ import annotations

import numpy as np

from gaapbridge.differences.financial_guarantee.elections import Elections
from gaapbridge.differences.financial_guarantee.treatment import Fees, Numbers, Whole
from gaapbridge.measure.guarantee import ContractBalance, contract_balance, higher_of, share


def inception(fair_value: Whole) -> Whole:
    """Recognised at inception: nothing, premiums are charged by instalments and none is yet due (IFRS 9 5.1.1, B2.5(a))."""
    return np.zeros_like(fair_value)


def fee_receivable(fees: Fees, elections: Elections) -> Whole:
    """Fee receivable: revenue to date above what was collected and lost (IFRS 15.105, 108)."""
    return _balance(fees).receivable


def fee_receivable_non_current(receivable: Whole, fees: Fees) -> Whole:
    """Part of the receivable due in more than twelve months: only where a guarantee has ended and is owed for (IAS 1.66)."""
    return np.where(fees.kept, share(receivable, fees.later, fees.total - fees.collected - fees.written_off), 0)


def fee_allowance(receivable: Whole, loss_rate: Numbers) -> Numbers:
    """Loss allowance of the receivable: the loss rate of its delinquency bucket (IFRS 9 5.5.15, B5.5.35)."""
    return receivable * loss_rate


def fees_outlive_settlement(elections: Elections) -> bool:
    """Whether fees not yet collected are still owed after the borrower settled early (IFRS 15.35)."""
    return elections.early_settlement == "fee_kept"


def fees_written_off(fees: Fees, elections: Elections) -> Whole:
    """Earned fees written off to date; a fee not yet earned is no asset that could be (IFRS 9 5.4.4)."""
    return _lost(fees)


def fees_accreted(fees: Fees, elections: Elections) -> Whole:
    """Accretion to date: none, nothing was recognised below its nominal amount (IFRS 9 5.1.3)."""
    return np.zeros_like(fees.collected)


def stand_ready(fees: Fees) -> Whole:
    """Stand-ready liability: none (IFRS 9 4.2.1(c))."""
    return np.zeros_like(fees.fair_value)


def set_off(receivable: Whole, stand_ready: Whole) -> Whole:
    """Fee no longer owed after an early settlement: none recognised; an earned fee that is lost is a loss (IFRS 9 5.4.4)."""
    return np.zeros_like(receivable)


def fee_revenue(fees: Fees) -> Whole:
    """Revenue from fees to date: of instalments due, the elapsed share of their coverage; all once kept (IFRS 15.35, B18)."""
    return np.where(fees.kept, fees.total, fees.accrued)


def contract_liability(fees: Fees) -> Whole:
    """Liability for fees collected ahead of the coverage they pay for (IFRS 15.106)."""
    return _balance(fees).liability


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


def _balance(fees: Fees) -> ContractBalance:
    return contract_balance(fee_revenue(fees), fees.collected, _lost(fees))


def _lost(fees: Fees) -> Whole:
    return np.where(fees.kept, fees.written_off, fees.lost)

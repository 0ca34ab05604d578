"""Note (iv) under IFRS: nothing for fees not yet due; revenue as the coverage that each instalment pays for elapses."""

from __future__ import annotations

import numpy as np

from gaapbridge.differences.financial_guarantee.elections import Elections
from gaapbridge.differences.financial_guarantee.treatment import Fees, Whole
from gaapbridge.measure.guarantee import ContractBalance, contract_balance, higher_of


def inception(fair_value: Whole) -> Whole:
    """Recognised at inception: nothing, premiums are charged by instalments and none is yet due (IFRS 9 5.1.1)."""
    return np.zeros_like(fair_value)


def fee_receivable(fees: Fees, elections: Elections) -> Whole:
    """Fee receivable: revenue to date above what was collected and written off (IFRS 15.108)."""
    return _balance(fees).receivable


def fee_receivable_non_current(receivable: Whole, fees: Fees) -> Whole:
    """Part of the receivable due in more than twelve months: none, what is recognised is due (IAS 1.66)."""
    return np.zeros_like(receivable)


def fees_written_off(fees: Fees, elections: Elections) -> Whole:
    """Receivable written off to date (IFRS 9 5.4.4)."""
    return _balance(fees).written_off


def fees_accreted(fees: Fees, elections: Elections) -> Whole:
    """Accretion to date: none, nothing was recognised below its nominal amount (IFRS 15.63)."""
    return np.zeros_like(fees.collected)


def stand_ready(fees: Fees) -> Whole:
    """Stand-ready liability: none (IFRS 9 4.2.1(c))."""
    return np.zeros_like(fees.fair_value)


def set_off(receivable: Whole, stand_ready: Whole) -> Whole:
    """Fee no longer owed after an early settlement: none recognised, an earned fee that is lost is a loss (IFRS 15.108)."""
    return np.zeros_like(receivable)


def fee_revenue(fees: Fees) -> Whole:
    """Revenue from fees to date: of instalments due, the elapsed share of their coverage; all once kept (IFRS 15.35, B18)."""
    return np.where(fees.kept, fees.total, fees.accrued)


def contract_liability(fees: Fees) -> Whole:
    """Liability for fees collected ahead of the coverage they pay for (IFRS 15.106)."""
    return _balance(fees).liability


def absorbed(contract_liability: Whole, loss_allowance: Whole, elections: Elections) -> Whole:
    """Contract liability absorbed by the loss allowance: up to it where the higher of the two counts (IFRS 9 4.2.1(c))."""
    if elections.ifrs_liability == "additive":
        return np.zeros_like(contract_liability)
    return higher_of(contract_liability, loss_allowance).absorbed


def _balance(fees: Fees) -> ContractBalance[Whole]:
    return contract_balance(fee_revenue(fees), fees.collected, fees.written_off)

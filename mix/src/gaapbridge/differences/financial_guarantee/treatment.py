"""The shape both treatments of note (iv) have: the same questions, answered once by US GAAP and once by IFRS."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from gaapbridge.differences.financial_guarantee.elections import Elections

Whole = NDArray[np.int64]
Flags = NDArray[np.bool_]
Numbers = NDArray[np.float64]


@dataclass(frozen=True)
class Fees:
    """The fees of N guarantees at a date, whole minor units to date.

    ``fair_value`` at inception; ``total`` of all instalments, ``collected`` and ``written_off`` of them. ``earned`` is the
    share of their coverage that has elapsed, ``lost`` what of that was written off, both also ``of_due`` instalments only.
    ``owed`` is neither collected nor written off: of those due, and of those due ``later`` than in twelve months. ``ahead`` is
    earned and owed of instalments that are not yet due, also of those due later. ``elapsed_days`` of the ``term_days`` of the
    guarantee; ``kept``: the guarantee has ended, the fee is still owed.
    """

    fair_value: Whole
    total: Whole
    collected: Whole
    written_off: Whole
    earned: Whole
    earned_of_due: Whole
    lost: Whole
    lost_of_due: Whole
    owed_of_due: Whole
    owed_later: Whole
    ahead: Whole
    ahead_later: Whole
    elapsed_days: Whole
    term_days: Whole
    kept: Flags


@dataclass(frozen=True)
class FeeLossRates:
    """Shares that will be written off of the fees of N guarantees: of all ``promised``, or of those ``earned`` only."""

    promised: Numbers
    earned: Numbers


class Treatment(Protocol):
    """Columns in, columns out; N guarantees each, whole minor units but for an allowance, which is an estimate."""

    def fair_value_basis(self, elections: Elections) -> int: ...

    def fair_value_rate(self, elections: Elections) -> float: ...

    def fair_value_margin(self, elections: Elections) -> float: ...

    def inception(self, fair_value: Whole) -> Whole: ...

    def fee_receivable(self, fees: Fees, elections: Elections) -> Whole: ...

    def fee_receivable_non_current(self, receivable: Whole, fees: Fees) -> Whole: ...

    def accrued_fee(self, fees: Fees, elections: Elections) -> Whole: ...

    def accrued_fee_non_current(self, accrued: Whole, fees: Fees) -> Whole: ...

    def fee_allowance(self, receivable: Whole, rates: FeeLossRates) -> Numbers: ...

    def fees_outlive_settlement(self, elections: Elections) -> bool: ...

    def fees_written_off(self, fees: Fees, elections: Elections) -> Whole: ...

    def fees_accreted(self, fees: Fees, elections: Elections) -> Whole: ...

    def stand_ready(self, fees: Fees) -> Whole: ...

    def set_off(self, receivable: Whole, stand_ready: Whole) -> Whole: ...

    def fee_revenue(self, fees: Fees, elections: Elections) -> Whole: ...

    def waits_for_due_date(self, elections: Elections) -> bool: ...

    def contract_liability(self, fees: Fees, elections: Elections) -> Whole: ...

    def absorbed(self, unearned: Whole, loss_allowance: Whole, elections: Elections) -> Whole: ...

    def stands_beside(self, elections: Elections) -> bool: ...

    def shows_net_movement(self, elections: Elections) -> bool: ...

"""The shape both treatments of note (i) have: the same questions, answered once by US GAAP and once by IFRS."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol, TypeVar

import numpy as np
from numpy.typing import NDArray

from gaapbridge.differences.expected_credit_loss.elections import Elections

Rows = NDArray[np.int64]
Dates = NDArray[np.datetime64]
Flags = NDArray[np.bool_]
Numbers = NDArray[np.float64]
Amounts = TypeVar("Amounts", Rows, Numbers)
"""Whole minor units, or amounts that are not rounded yet."""


@dataclass(frozen=True)
class Credit:
    """What is known of a contract's credit risk at an instant, columns of N.

    ``guaranteed``: they are guarantees, and the event is their payout, ``default_days`` past due. Default probabilities are as
    seen now (``pd_now``) and at origination (``pd_at_origination``), over the same remaining life or, where the tape states
    both, over the next twelve months; ``pd_12m`` is for the next twelve months. They are not a number where a treatment does
    not compare credit risk with that of origination.
    """

    guaranteed: bool
    instant: Dates
    days_past_due: Rows
    default_days: Rows
    default_date: Dates
    cured_date: Dates
    watch_list: Flags
    forborne: Flags
    pd_now: Numbers
    pd_at_origination: Numbers
    pd_12m: Numbers


class Treatment(Protocol):
    """Columns in, columns out; N contracts each. ``scenarios`` names the first axis of a hazard table."""

    def scenario_weights(self, scenarios: Sequence[str], elections: Elections) -> Numbers: ...

    def forecast(self, hazard: Numbers, scenarios: Sequence[str], elections: Elections) -> Numbers: ...

    def loss_given_default(self, undiscounted: Numbers, discounted: Numbers, elections: Elections) -> Numbers: ...

    def discounts(self, elections: Elections) -> bool: ...

    def guarantee_rate(self, contract_rate: Numbers, elections: Elections) -> Numbers: ...

    def default_shift(self, elections: Elections) -> float: ...

    def exposure(self, elections: Elections) -> int: ...

    def due_dates_before_recognition(self, default_days: Rows, elapsed: Numbers, elections: Elections) -> Rows: ...

    def accrued_interest(self, contractual_interest: Numbers, fees_ahead: Numbers, accrues: Flags) -> Numbers: ...

    def interest_in_exposure(
        self, credit: Credit, accrues: Flags, reversed_by_default: Flags, elections: Elections
    ) -> Rows: ...

    def loses_interest_whole(self, elections: Elections) -> bool: ...

    def default_days(self, guaranteed: bool, segments: Sequence[str], elections: Elections) -> Rows: ...

    def in_default(self, credit: Credit, elections: Elections) -> Flags: ...

    def days_after_default(self, accrual_left: Rows, elections: Elections) -> tuple[Rows, Rows]: ...

    def counted_deferral(self, deferred: Amounts, left: Amounts, elections: Elections) -> Amounts: ...

    def allowance_in_default(self, lost: Amounts, deferred: Amounts, left: Amounts, elections: Elections) -> Amounts: ...

    def most_lost(self, gross: Amounts) -> Amounts: ...

    def in_probation(self, credit: Credit, elections: Elections) -> Flags: ...

    def compares_with_origination(self) -> bool: ...

    def lifetime(self, credit: Credit, elections: Elections) -> Flags: ...

    def horizon(self, lifetime: Flags, remaining_months: Rows) -> Rows: ...

    def surprise(self, elections: Elections) -> float: ...

    def overdispersion(self, elections: Elections) -> float: ...

    def net_interest_from(self, defaulted: Dates, opening: np.datetime64, elections: Elections) -> Dates: ...

    def interest_on_allowance(self, rate: Numbers, net: Numbers, taken: Numbers) -> Numbers: ...

    def expected_recoveries(
        self, written_off: Numbers, remaining: Numbers, discounted: Numbers, still_owed: Numbers, elections: Elections
    ) -> Numbers: ...

    def interest_on_recoveries(self, rate: Numbers, expected: Numbers, elections: Elections) -> Numbers: ...

    def expected_payout_recoveries(self, paid: Numbers, remaining_ratio: Numbers, still_owed: Numbers) -> Numbers: ...

    def payout_recoveries_are_asset(self, elections: Elections) -> bool: ...

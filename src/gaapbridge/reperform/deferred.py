"""What is deferred beside a loan when a default is recognised in a month ahead, and what of it that default loses.

US interest income stops some months before the default is recognised, or after it: what is deferred is frozen then.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Literal

from gaapbridge.reperform.exact import ZERO, Framework, Step

Discount = Literal["whole", "left_when_accrual_stops", "never_left"]
"""What counts of a discount: as costs do, what is left on the day accrual stops, or nothing as it never stops."""


@dataclass(frozen=True, slots=True)
class Counted:
    """What counts of the deferral in one default, minor units, fees below nil; and of which due date it is, in words."""

    amount: Decimal
    words: str


@dataclass(frozen=True, slots=True)
class DeferredAhead:
    """The deferral of the due dates from today's on, and which of them a default of a month ahead takes.

    `shares` are of one unit of principal owed, by the instalments behind on a due date; nil where none is given. `passed` due
    dates are behind today. Accrual stops `months_stopped` before the default is recognised, or after it where that is below
    nil. `frozen` is today's on US non-accrual: it stays until the arrears are paid.
    """

    shares: Mapping[int, Decimal] = field(default_factory=dict)
    passed: int = 0
    frozen: Decimal | None = None
    months_stopped: int = 0
    discount: Discount = "whole"

    def counted(self, owed: Decimal, month: int, *, is_behind: bool) -> Counted:
        """What counts of it in a default of a month ahead on so much principal; `is_behind` says that the arrears of today were
        not paid before.

        Fees of 8 % of what is owed three months ahead, of 6 % the month after; 10 % are frozen in today's arrears:

        >>> shares = {3: Decimal("-0.08"), 4: Decimal("-0.06")}
        >>> def fees(months: int, discount: Discount, frozen: Decimal | None = None) -> Counted:
        ...     return DeferredAhead(shares, 0, frozen, months, discount).counted(Decimal(500), 3, is_behind=True)
        >>> fees(-1, "whole")
        Counted(amount=Decimal('-40.00'), words='due date 3')
        >>> fees(-1, "left_when_accrual_stops")
        Counted(amount=Decimal('-30.00'), words='discount of due date 4')
        >>> fees(0, "never_left").words, fees(0, "never_left", Decimal("-0.1")).words
        ('no discount: accreted', 'frozen')
        """
        if self is NOTHING_DEFERRED:
            return NOTHING_COUNTED
        if self.frozen is not None and is_behind:
            return Counted(owed * self.frozen, "frozen")
        by_default = self._due_date(month, max(0, self.months_stopped))
        deferred = owed * self.shares.get(by_default, ZERO)
        if self.discount == "whole":
            return Counted(deferred, f"due date {by_default}")
        costs = max(ZERO, deferred)
        if self.discount == "never_left":
            return Counted(costs, f"costs of due date {by_default}" if costs else "no discount: accreted")
        stop = self._due_date(month, self.months_stopped)
        left = min(ZERO, owed * self.shares.get(stop, ZERO))
        parts = [f"costs of due date {by_default}"] if costs else []
        parts += [f"discount of due date {stop}"] if left or not costs else []
        return Counted(costs + left, "; ".join(parts))

    def _due_date(self, month: int, months_before: int) -> int:
        """The due date so many months before that of a month ahead, but none before today's."""
        return max(self.passed, self.passed + month - months_before)

    def steps(self, framework: Framework) -> tuple[Step, ...]:
        """Which of the deferred fees and costs a default loses with the claim, of which day, and why."""
        if self is NOTHING_DEFERRED:
            return ()
        what, paragraph, why = _TOLD["ifrs" if framework == "ifrs" else self.discount]
        told = [Step("deferred fees and costs lost in a default", what, paragraph, why)]
        if framework == "us" and self.discount != "never_left":
            note = "(D - nonaccrual_days_past_due) / 30.4375, rounded; below nil: after it; nil where none is given"
            told.append(Step("months from the stop of accrual to recognition M", self.months_stopped, "310-20-35-17", note))
        if self.frozen is not None:
            name = "the same of a unit of principal until arrears are paid"
            told.append(Step(name, self.frozen, "310-20-35-17", "frozen on non-accrual, fees too"))
        return tuple(told)


NOTHING_DEFERRED, NOTHING_COUNTED = DeferredAhead(), Counted(ZERO, "")

_TOLD = {
    "ifrs": ("all", "B5.5.28, B5.5.29", "of the due date of recognition"),
    "whole": ("all", "326-20-30-4, 30-5", "of the due date of recognition, or M before it: frozen since"),
    "left_when_accrual_stops": (
        "costs, and a discount left when accrual stops",
        "326-20-30-5",
        "costs as of recognition, or M before it; a discount as of M before it or after: what is left is no income to come",
    ),
    "never_left": ("costs alone", "326-20-30-5", "of the due date of recognition; a discount still accreted offsets no loss"),
}

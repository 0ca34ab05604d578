"""What is deferred beside a loan when a default is recognised in a month ahead, and what of it that default loses.

US interest income stops some days before the default is recognised, or after it: what is deferred is frozen then.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from gaapbridge.reperform.exact import ZERO, Framework, Step, plain

Discount = Literal["whole", "left_when_accrual_stops", "never_left"]
"""What counts of a discount: as costs do, what is left on the day accrual stops, or nothing as it never stops."""


@dataclass(frozen=True, slots=True)
class Counted:
    """What counts of the deferral in one default, minor units, fees below nil; and of which day it is, in words."""

    amount: Decimal
    words: str


@dataclass(frozen=True, slots=True)
class DeferredAhead:
    """The deferral of the days from today on, and of which of them a default of a month ahead takes it.

    Days are told by the due dates passed, whole and in part: `share` gives what is deferred then of one unit of principal owed,
    and `now` is today. A default of month t is recognised on `recognised` + t and accrual stops on `stopped` + t, today where
    that is behind. `frozen` is today's on US non-accrual: it stays until the arrears are paid.
    """

    share: Callable[[Decimal], Decimal]
    now: Decimal
    recognised: Decimal
    stopped: Decimal
    frozen: Decimal | None = None
    discount: Discount = "whole"

    def counted(self, owed: Decimal, month: int, *, is_behind: bool) -> Counted:
        """What counts of it in a default of a month ahead on so much principal; `is_behind` says that the arrears of today were
        not paid before.

        Fees of 8 % of what is owed before the third due date, of 6 % after it; 10 % are frozen in today's arrears. A default of
        month 3 is recognised a little before that date, and accrual stops with it, or a month later:

        >>> before, after = Decimal("-0.1"), Decimal("0.9")
        >>> def fees(stopped: Decimal, discount: Discount, frozen: Decimal | None = None) -> Counted:
        ...     def share(day: Decimal) -> Decimal:
        ...         return Decimal("-0.08") if day < 3 else Decimal("-0.06")
        ...     ahead = DeferredAhead(share, ZERO, before, stopped, frozen, discount)
        ...     return ahead.counted(Decimal(500), 3, is_behind=True)
        >>> fees(after, "whole")
        Counted(amount=Decimal('-40.00'), words='after 2.9 due dates')
        >>> fees(after, "left_when_accrual_stops")
        Counted(amount=Decimal('-30.00'), words='discount after 3.9 due dates')
        >>> fees(before, "never_left").words, fees(before, "never_left", Decimal("-0.1")).words
        ('no discount: accreted', 'frozen')
        """
        if self.frozen is not None and is_behind:
            return Counted(owed * self.frozen, "frozen")
        by_default = self._day(month, min(self.recognised, self.stopped))
        deferred = owed * self.share(by_default)
        if self.discount == "whole":
            return Counted(deferred, _after(by_default))
        costs = max(ZERO, deferred)
        if self.discount == "never_left":
            return Counted(costs, f"costs {_after(by_default)}" if costs else "no discount: accreted")
        stop = self._day(month, self.stopped)
        left = min(ZERO, owed * self.share(stop))
        parts = [f"costs {_after(by_default)}"] if costs else []
        parts += [f"discount {_after(stop)}"] if left or not costs else []
        return Counted(costs + left, "; ".join(parts))

    def _day(self, month: int, first: Decimal) -> Decimal:
        """The day of a month ahead that goes with one of month 0, but none before today."""
        return max(self.now, first + month)

    def steps(self, framework: Framework) -> tuple[Step, ...]:
        """Which of the deferred fees and costs a default loses with the claim, of which day, and why."""
        what, paragraph, why = _TOLD["ifrs" if framework == "ifrs" else self.discount]
        told = [Step("deferred fees and costs lost in a default", what, paragraph, why)]
        note = "due dates passed when a default of month 1 is recognised"
        told.append(Step("day of recognition y", self.recognised + 1, paragraph, note))
        if framework == "us" and self.discount != "never_left":
            note = "the same when accrual stops: (D - nonaccrual_days_past_due) / 30.4375 before; y where none is given"
            told.append(Step("day on which accrual stops z", self.stopped + 1, "310-20-35-17", note))
        if self.frozen is not None:
            name = "the same of a unit of principal until arrears are paid"
            told.append(Step(name, self.frozen, "310-20-35-17", "frozen on non-accrual, fees too"))
        return tuple(told)


NOTHING_COUNTED = Counted(ZERO, "")


def _after(day: Decimal) -> str:
    return f"after {plain(day, 3)} due dates"


_TOLD = {
    "ifrs": ("all", "B5.5.28, B5.5.29", "of the day of recognition"),
    "whole": (
        "all",
        "326-20-30-4, 30-5",
        "of the day of recognition, or of the stop of accrual before: frozen since",
    ),
    "left_when_accrual_stops": (
        "costs, and a discount left when accrual stops",
        "326-20-30-5",
        "costs of recognition, or of the stop of accrual before; a discount of the stop: what is left is no income",
    ),
    "never_left": ("costs alone", "326-20-30-5", "of the day of recognition; a discount still accreted offsets no loss"),
}

"""A roll-forward: an opening balance and the named movements that lead to the closing one."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class RollForward:
    """Opening amount and movements by flow, in minor units; the closing amount is derived.

    It cannot disagree with itself: there is no closing amount to disagree with.

    >>> RollForward(1_000, (("origination", 250), ("write_off", -50))).closing_minor
    1200
    """

    opening_minor: int
    movements: tuple[tuple[str, int], ...]

    @property
    def closing_minor(self) -> int:
        """Opening plus every movement."""
        return self.opening_minor + sum(amount for _, amount in self.movements)

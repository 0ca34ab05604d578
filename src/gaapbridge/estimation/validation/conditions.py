"""What a validation is asked for: none of it is a default, for each is a judgement of the lender."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from gaapbridge.estimation.seen import is_weekend


@dataclass(frozen=True)
class Conditions:
    """How far an outcome is looked for and what counts as a surprise.

    ``window_months`` after an opening (12: default recognised within twelve months); ``confidence`` of every interval;
    ``calendar_allowance``, the standard deviation of the effect that a year has on all contracts alike, as a share, for what is
    tested out of time; ``least_expected``, the number below which a cell is too few to say; ``claims_from``, the charge-offs
    from which a run-off loss may be said to come true within a quarter; ``segments`` and ``buckets`` are what curves are by.
    """

    window_months: int
    confidence: float
    calendar_allowance: float
    least_expected: float
    claims_from: int
    segments: tuple[str, ...]
    buckets: tuple[str, ...]

    @property
    def alpha(self) -> float:
        """How improbable an outcome is a surprise."""
        return 1.0 - self.confidence


def on_days(openings: Sequence[int], *, weekend: bool) -> tuple[int, ...]:
    """Those of the openings whose month ends on a weekend, or those whose does not."""
    return tuple(one for one in sorted(openings) if is_weekend(one) == weekend)

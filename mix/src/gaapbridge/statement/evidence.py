"""What a check proves (R18): two figures may agree because both are right, or because both come from one place.

A check that compares two sources can find what is wrong in either. One that reaches a figure of one source by a second path
finds faults of arithmetic, and none of the source. One whose two sides were made by the same step finds only what was changed
since. So the kinds are counted apart, and no total stands alone.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Literal, Protocol

Evidence = Literal["independent", "recomputed", "same source", "by construction", "nil = nil", "not stated"]

INDEPENDENT: Evidence = "independent"
"""Two sources: a tape against a ledger that its keeper has kept without it, a filing against the filing before."""

RECOMPUTED: Evidence = "recomputed"
"""A second path from the same source: posted by the notes against measured from the contracts, a filing's figures re-added."""

SAME_SOURCE: Evidence = "same source"
"""One side was copied from the other: a ledger account that takes its balance from the measurement."""

BY_CONSTRUCTION: Evidence = "by construction"
"""Both sides were made by the step that is checked: a column that was added up, and is added up again."""

NIL: Evidence = "nil = nil"
"""Nothing on either side, and nothing behind them."""

NOT_STATED: Evidence = "not stated"
"""A check of a run that was written before checks said what they prove."""

STATED: tuple[Evidence, ...] = (INDEPENDENT, RECOMPUTED, SAME_SOURCE, BY_CONSTRUCTION, NIL)
"""What a check may prove, strongest first."""


class Proof(Protocol):
    """What is counted of a check: what it proves, and whether it holds."""

    @property
    def evidence(self) -> Evidence: ...

    @property
    def holds(self) -> bool: ...


def proven(evidence: Evidence, *figures: int) -> Evidence:
    """What a check proves that compares such figures; ``figures`` are all that stand behind both of its sides.

    >>> proven(INDEPENDENT, 250, 250), proven(INDEPENDENT, 0, 0), proven(RECOMPUTED, 0, 0, 250, -250)
    ('independent', 'nil = nil', 'recomputed')
    """
    return evidence if any(figures) else NIL


def by_evidence(checks: Iterable[Proof]) -> dict[Evidence, int]:
    """How many checks there are of each kind, strongest first; kinds without any count nil."""
    counted = Counter(check.evidence for check in checks)
    return {kind: counted[kind] for kind in (*STATED, *([NOT_STATED] if counted[NOT_STATED] else []))}


def counted(checks: Iterable[Proof]) -> str:
    """How many checks hold and fail, and what all of them prove.

    >>> from types import SimpleNamespace as Made
    >>> counted([Made(evidence=INDEPENDENT, holds=True), Made(evidence=NIL, holds=True), Made(evidence=NIL, holds=False)])
    '2 hold, 1 fail: 1 independent, 0 recomputed, 0 same source, 0 by construction, 2 nil'
    """
    made = list(checks)
    held = sum(check.holds for check in made)
    kinds = ", ".join(f"{number:,} {kind.partition(' = ')[0]}" for kind, number in by_evidence(made).items())
    return f"{held:,} hold, {len(made) - held:,} fail: {kinds}"

"""Outcomes in another unit than balances, as yuan beside fen: every severity would be wrong by it, so none is made."""

from __future__ import annotations

from dataclasses import astuple, dataclass

import numpy as np
from numpy.typing import NDArray

from gaapbridge.estimation.months import Months
from gaapbridge.terms.errors import UnusableInput

TIMES_ANOTHER_UNIT = 50
"""How many times what it is held against an amount in another unit is at least: of cents taken for units it is 100 times."""

TELLING = 10
"""Contracts from which most of them say that amounts are in another unit; of fewer there are findings."""

MORE = 10
"""How many times what was written off nobody recovers: a tenth of it, in units that are taken for cents, is ten times it."""

Whole = NDArray[np.int64]


@dataclass(frozen=True)
class Units:
    """Contracts of which a charge-off is ``stated`` and what they owed before is known, of these the ``tiny`` ones; contracts
    charged off of which something was ``recovered``, of these ``far_more`` than was written off. They add up over chunks."""

    stated: int = 0
    tiny: int = 0
    recovered: int = 0
    far_more: int = 0

    def __add__(self, other: Units) -> Units:
        return Units(*map(sum, zip(astuple(self), astuple(other), strict=True)))

    @classmethod
    def of(cls, months: Months, stated_minor: Whole, owed_minor: Whole) -> Units:
        """Those of a chunk; by month what was charged off, as stated, and what was owed before."""
        lost, came = (
            np.bincount(months.contract, weights=amounts, minlength=len(months.segment))
            for amounts in (months.written_off_minor, months.recovered_minor)
        )
        stated = (stated_minor > 0) & (owed_minor > 0)
        return cls(
            stated=len(np.unique(months.contract[stated])),
            tiny=len(np.unique(months.contract[stated & (TIMES_ANOTHER_UNIT * stated_minor <= owed_minor)])),
            recovered=int(((lost > 0) & (came > 0)).sum()),
            far_more=int(((lost > 0) & (came > MORE * lost)).sum()),
        )


def refuse_another_unit(units: Units, kind: str, file: str) -> None:
    """Raise where most outcomes are in another unit than balances.

    Most of ten charge-offs or more are a fiftieth of what was owed, or less; or of most of ten contracts or more with
    recoveries more than ten times what was written off was recovered. Of 12 contracts that owed 77,000 cents each 770 were
    charged off: units were taken for cents. Too much charged off is rejected row by row.
    """
    said = ""
    if units.stated >= TELLING and 2 * units.tiny > units.stated:
        said = f"{units.tiny:,} of {units.stated:,} charge-offs are a {TIMES_ANOTHER_UNIT}th of what was owed, or less"
    elif units.recovered >= TELLING and 2 * units.far_more > units.recovered:
        said = f"recoveries of {units.far_more:,} of {units.recovered:,} contracts are more than {MORE} times the charge-off"
    if said:
        raise UnusableInput(
            file=file,
            column="amount_minor",
            rule=f"outcomes are in the unit of balances: {said}",
            remedy=f'correct amounts of [history.{kind}.outcomes], "minor" or "major"; a charge-off is stated before proceeds',
        )

"""Histories worked out on paper: what is counted of each, by bucket and months ahead.

An origin needs a look-back of six month ends, so the first of each line is its sixth. Written as bucket: {months ahead:
(on book at the start and not maturing, defaults recognised, repaid early)}.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from tests.estimation.simulated.by_hand import Line

Cells = dict[str, dict[int, tuple[int, int, int]]]


@dataclass(frozen=True)
class Paper:
    """Lines, what is counted of them, and why."""

    lines: tuple[Line, ...]
    cells: Cells
    why: str


HISTORIES = {
    "cured and in default again": Paper(
        (Line("00000012300123C"),),
        {
            "current": {1: (1, 0, 0), 2: (1, 0, 0), 3: (1, 1, 0)},
            "1-30": {1: (2, 0, 0), 2: (2, 2, 0)},
            "31-60": {1: (2, 2, 0)},
            "probation": {1: (2, 0, 0), 2: (2, 0, 0), 3: (2, 1, 0), 4: (1, 1, 0)},
        },
        "Month 6 is current; default is recognised at the end of month 9, so 3, 2 and 1 months ahead of months 6, 7 and "
        "8. Month 10 owes nothing: probation, as month 11. Months 12 and 13 are overdue, which goes before. The second "
        "default, month 14, is 4, 3, 2, 1 months ahead of 10, 11, 12, 13. The charge-off comes to a contract in default "
        "already: it counts nowhere.",
    ),
    "cured and paid since": Paper(
        (Line("0000012300"),),
        {
            "1-30": {1: (1, 0, 0), 2: (1, 1, 0)},
            "31-60": {1: (1, 1, 0)},
            "probation": {1: (1, 0, 0)},
        },
        "Month 6 is overdue, 7 as well, 8 in default; 9 and 10 are in probation, and after 10 nothing is known.",
    ),
    "one miss, then clean after a year": Paper(
        (Line("00000" + "1" + "0" * 14),),
        {
            "1-30": dict.fromkeys(range(1, 15), (1, 0, 0)),
            "recently_late": {ahead: (min(12, 14 - ahead), 0, 0) for ahead in range(1, 14)},
            "current": {1: (1, 0, 0)},
        },
        "Missed at month 6; months 7 to 18 have it within twelve months, 19 and 20 are current. Of the twelve origins 7 "
        "to 18, months k ahead end by month 20 for those up to 20 - k: 12 for k = 1 and 2, then one fewer each. Month 19 "
        "sees one month.",
    ),
    "matures in the window": Paper(
        (Line("0000000M", term=27),),
        {"current": {1: (1, 0, 0)}},
        "Month 7 is counted of month 6; month 8, in which it matures, counts nowhere, neither of month 6 nor of month 7.",
    ),
    "repaid in the month of default": Paper(
        (Line("00000012P"),),
        {
            "current": {1: (1, 0, 0), 2: (1, 0, 0), 3: (1, 0, 1)},
            "1-30": {1: (1, 0, 0), 2: (1, 0, 1)},
            "31-60": {1: (1, 0, 1)},
        },
        "Two missed at month 8; in month 9, in which the third would make it a default, it is repaid: a repayment, no default.",
    ),
    "frozen by a dated rule": Paper(
        (Line("0000001230", frozen=(7, 8, 9)),),
        {"current": {1: (4, 0, 0), 2: (3, 0, 0), 3: (2, 0, 0), 4: (1, 0, 0)}},
        "Months 7 to 9 keep the nil arrears of month 6. Without the rule it would default at month 9.",
    ),
    "frozen where it stood": Paper(
        (Line("0000012340", frozen=(7, 8, 9)),),
        {"1-30": {1: (4, 0, 0), 2: (3, 0, 0), 3: (2, 0, 0), 4: (1, 0, 0)}},
        "One missed at month 6 and held there to month 9; paid up in month 10, which is an origin without a month after it.",
    ),
    "a month not observed": Paper(
        (Line("0000000?1230000"),),
        {
            "current": {1: (1, 0, 0)},
            "probation": {1: (1, 0, 0)},
        },
        "Month 6 is followed into 7 and not into 8, nor is 7. The look-back begins anew with month 9, so the next origin is "
        "the sixth month end from there, 14, which has the default of month 11 within twelve months.",
    ),
    "seen from the first instalment": Paper(
        (Line("001230", age=0), Line("001230", age=1), Line("001230", age=2)),
        {
            "current": {1: (4, 0, 0), 2: (4, 0, 0), 3: (4, 2, 0), 4: (2, 2, 0)},
            "1-30": {1: (2, 0, 0), 2: (2, 2, 0)},
            "31-60": {1: (2, 2, 0)},
        },
        "With no instalment or one due at its first month end nothing of it can be unknown, so the first two are origins from "
        "then on: months 1 and 2 in current, 3 in 1-30, 4 in 31-60, default at 5. The third was bought in: month 6 sees none.",
    ),
    "charged off from arrears": Paper(
        (Line("0000001C"), Line("0000000B")),
        {"current": {1: (3, 1, 0), 2: (2, 2, 0)}, "1-30": {1: (1, 1, 0)}},
        "A charge-off from arrears is the default, and so is leaving with a balance: both at month 8. The first is two "
        "months ahead of its month 6 and one of its month 7 (1-30); the second two of month 6 and one of month 7 "
        "(current).",
    ),
    "sold": Paper(
        (Line("0000000L"),),
        {"current": {1: (1, 0, 0)}},
        "It counts until it is sold: the month in which it leaves is no outcome and counts nowhere.",
    ),
}

LOSS_LINES = (
    Line("0123Cggggggggggggg", cash=((5, 300), (8, 100))),
    Line("0123Cggggggggggggg", cash=((5, 300), (8, 100))),
    Line("012300123Cgggggggg", cash=((10, 300), (13, 100))),
    Line("01230000000000000M", term=37),
)
"""Four contracts that default for the first time at their fourth month end, each with 1,000 owed. The first two are charged off
the month after. The other two are cured then: the third defaults again four months after that and is charged off a month later,
the fourth matures. Each charge-off brings 300 at once and 100 three months later: a severity of 600/1,000."""

LOSS_AT_DEFAULT = Fraction(3, 4) * Fraction(3, 5)
"""Three of four first defaults end in a charge-off, of 600 in 1,000: 9/20. The chain says the same: of five episodes three are
charged off and two cured, of which one defaults again: U = 3/5 x 3/5 + 2/5 x 1/2 x U, so U = 9/25 / (4/5) = 9/20. A cure set to
nil would say 9/25, and charge-offs of first episodes alone 3/10."""

_MONTH = Fraction(100, 101)
_OWN_LOSS = 1 - Fraction(3, 10) * _MONTH - Fraction(1, 10) * _MONTH**4
LOSS_AT_DEFAULT_DISCOUNTED = (2 * _OWN_LOSS + _MONTH**5 * _OWN_LOSS) / 4
"""At 1 % a month, to the first default: a charge-off a month after it brings 3/10 after one month and 1/10 after four, so it
loses 0.6068; the third contract loses as much five months later, 0.5774. Together 1.7911 of four: 0.4478, less than it is
undiscounted, as the discount of a later default outweighs that of the cash."""

"""The limits of a validation in words, with the figures of this one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from gaapbridge.estimation.validation.conditions import Conditions

FROZEN = "with a month in the window whose arrears a dated rule leaves as they were"
"""How many contracts a dated rule concerns, as it is told beside the cells."""


def limits(tests: Sequence[Mapping[str, Any]], conditions: Conditions) -> list[str]:
    """What a reader has to know before a verdict is believed; only what concerns these tests."""
    said = [
        "Cells overlap: a contract is in one cell of every dimension. The share of cells inside describes the curves; it is no "
        "test with as many independent draws as there are cells.",
        f"A cell has a verdict from {conditions.least_expected:,.0f} expected on. Below that a wrong curve and a right one "
        "look alike, and the cell says so; where all the same so many came that it is a surprise, it says that.",
        "The interval of a number is counted out exactly where its variance is below 25, else taken for normal; that of an "
        "amount is always taken for normal, which a few large balances make too narrow. Amounts are balances at the opening.",
    ]
    if any(len(test["openings"]) > 1 for test in tests):
        said.append(
            "Windows of openings less than a window apart share months, and one default counts at each: the variance has the "
            "covariance of the same contract at two openings. The errors of calibration and drift have not, and are too small."
        )
    said.append(
        "Narrow is the interval of chance and calendar alone, as if every opening had its own contracts and curves were known."
    )
    if any(test["out_of_time"] for test in tests):
        said.append(
            "Out of time the interval has the error of the curves themselves: those of a bucket that rest on D distinct "
            "outcomes of all segments are known to 1 / sqrt(D) of themselves, and buckets err independently of each other. "
            "What the curve of a thin segment may be wrong by beyond its bucket is not in it: there the interval is too narrow."
        )
        said.append(
            "Out of time a calendar effect with a standard deviation of "
            f"{100 * conditions.calendar_allowance:g} % is allowed for, on all contracts alike and on windows as far as they "
            "share months. It is an election of the plan, no estimate."
        )
    if not all(test["out_of_time"] for test in tests):
        said.append(
            "Out of sample means other contracts of the same months: the calendar is known to the curves. What the fit of one "
            "fold has too much another's has too little, so totals come out close by construction; cells and folds say more."
        )
    if any(test["weekend"] for test in tests):
        said.append(
            "Where a month ends on a Saturday or Sunday instalments of its last days are collected after it: arrears counted "
            "in missed instalments are overstated then. These openings are tests of their own and say little of the curves."
        )
    if any(test["outside"].get(FROZEN) for test in tests):
        said.append(
            "Where a dated rule leaves arrears as they were within a window, what came is by that rule too; what came "
            "without each rule is told beside it. Most of what such a rule moves is the test itself, and not the curves."
        )
    if any(test["run_off"] for test in tests):
        said.append(
            "Run-off is gross charge-off times severity, to the end of the history; a default still open then has lost nothing "
            "yet on either side. Severity expected is that by the same day: what the recovery ladder of its curves expects "
            "later is not in it, as it cannot have come; severity in the end stands beside it, and nothing tests what comes "
            "after the last month. That loss comes true within a quarter is said from "
            f"{conditions.claims_from:,} charge-offs on, of the test and of what severity rests on, whichever are fewer."
        )
    if any(test["in_default"] for test in tests):
        said.append(
            "Loss of contracts in default at the opening is what is charged off of them to the end of the history, less what "
            "came after the opening. They are few: what a year does to severity strikes all of them, and the same contract "
            "stands at several openings. A contract first seen in default counts from its first month there."
        )
    return said

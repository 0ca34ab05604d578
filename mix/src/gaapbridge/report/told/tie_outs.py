"""The tie-outs of a run with the tick marks of an audit file: what was footed, what agrees to what, what was computed again.

A mark says which kind of work a check is, its evidence (R18) what the work proves; a report shows both, and never one total.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from gaapbridge.explanation.tie_out import ADDED_UP, SIDES_OF
from gaapbridge.run.reader import Run
from gaapbridge.statement.checks import Check
from gaapbridge.statement.evidence import Evidence, by_evidence
from gaapbridge.terms.finding import MINOR_UNITS

FOOTS, CROSS_FOOTS, TRIAL_BALANCE, PRIOR_YEAR, RECOMPUTED = "F", "CF", "TB", "PY", "Rx"
CASH, OUTCOME = "C", "O"

LEGEND: Mapping[str, str] = {
    FOOTS: "foots: the column was added down again, and a balance sheet balances",
    CROSS_FOOTS: "cross-foots: the row was added across again, U.S. GAAP and the differences to IFRS",
    TRIAL_BALANCE: "agrees to the trial balance",
    PRIOR_YEAR: "agrees to the prior year: rolls forward from what the year before closed at",
    RECOMPUTED: "recomputed: reached by a second path, from the contracts, the journals or the rates",
    CASH: "agrees to cash received or paid",
    OUTCOME: "held against the outcome: what came in the period against what the opening expected",
}
"""What each tick mark says, in the order in which a legend prints them."""

RULES: Mapping[str, tuple[str, str]] = {
    "R1": (CROSS_FOOTS, "U.S. GAAP and the differences add across to IFRS"),
    "R2": (FOOTS, "lines add down to their sub-total"),
    "R3": (FOOTS, "assets equal liabilities and equity"),
    "R4": (PRIOR_YEAR, "equity rolls forward from the opening through net income"),
    "R5": (PRIOR_YEAR, "balances before tax roll forward from the opening through income"),
    "R6": (RECOMPUTED, "tax is the rate of what bears it"),
    "R7": (RECOMPUTED, "value-added tax is the rate of what bears it"),
    "R8": (FOOTS, "share-based amounts net to nil within equity"),
    "R9": (TRIAL_BALANCE, "the ledger account agrees with its contracts"),
    "R10": (RECOMPUTED, "the journals agree with both frameworks measured from the contracts"),
    "R11": (RECOMPUTED, "the movement of the loss allowance agrees with its ends and with the journals"),
    "R12": (FOOTS, "rounded figures add up, each within a unit of its exact amount"),
    "R13": (FOOTS, "differences in equity add up to the differences in net assets"),
    "R14": (RECOMPUTED, "shorter periods add up to the period"),
    "R16": (CASH, "balances move by the cash of the contracts"),
    "R17": (OUTCOME, "what came is no surprise to what was expected"),
    "R19": (TRIAL_BALANCE, "the closing ledger follows from the opening one and from the contracts"),
}
"""Of each rule its tick mark, and what holds where it holds."""

MEANING: Mapping[Evidence, str] = {
    "independent": "Two sources: one was kept without the other. It can find what is wrong in either.",
    "recomputed": "A second path from the same source. It can find faults of arithmetic, and none of the source.",
    "same source": "One side was copied from the other. It finds only what was changed since.",
    "by construction": "Both sides were made by the step that is checked.",
    "nil = nil": "Nothing on either side, and nothing behind them.",
    "not stated": "The run was written before checks said what they prove.",
}
"""What each kind of evidence means."""


@dataclass(frozen=True, slots=True)
class ToldCheck:
    """One check as a report shows it; amounts in ``unit``, minor units where the check does not say otherwise. ``sides`` says
    what is expected and what is found."""

    id: str
    mark: str
    rule: str
    what: str
    sides: tuple[str, str]
    statement: str | None
    row: str | None
    column: str | None
    expected: int
    actual: int
    tolerance: int
    unit: str
    evidence: Evidence
    holds: bool

    @property
    def difference(self) -> int:
        """Found less expected."""
        return self.actual - self.expected


@dataclass(frozen=True, slots=True)
class ToldEvidence:
    """How many checks prove one kind of thing, how many of them fail, and what that kind means."""

    kind: Evidence
    checks: int
    failing: int
    meaning: str


def told_evidence(checks: Sequence[ToldCheck]) -> tuple[ToldEvidence, ...]:
    """Checks by what they prove, strongest first, kinds without any among them."""
    failing = {one.evidence: 0 for one in checks}
    for one in checks:
        failing[one.evidence] += not one.holds
    return tuple(
        ToldEvidence(kind, number, failing.get(kind, 0), MEANING[kind]) for kind, number in by_evidence(checks).items()
    )


def told_checks(run: Run) -> tuple[ToldCheck, ...]:
    """Every check of a run in the order in which it was made, with its tick mark.

    ``R9/bs-2023/1301`` with 9,700,989,423 on both sides bears TB: the ledger account agrees with its contracts.
    """
    return tuple(map(_told, run.listed.checks))


def _told(check: Check) -> ToldCheck:
    rule = check.check.rstrip("abcdefghijklmnopqrstuvwxyz")
    mark, what = RULES.get(rule, (RECOMPUTED, ""))
    return ToldCheck(
        check.id, mark, check.check, what, SIDES_OF.get(check.check, ADDED_UP), check.statement, check.row, check.column,
        check.expected, check.actual, check.tolerance, check.unit or MINOR_UNITS, check.evidence, check.holds,
    )  # fmt: skip

"""A check, the finding a failing check becomes, and what could not be checked.

Shared by `verify`, which challenges a printed statement, and by the close, which also has the books.
A check never says only that something is wrong: it carries what was expected and what was found, so
that the reader can add it up again.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from gaapbridge.statement.document import IFRS, OURS, Row, Statement, Wording
from gaapbridge.statement.evidence import Evidence
from gaapbridge.statement.not_checked import NotChecked
from gaapbridge.terms.finding import MINOR_UNITS, Finding


@dataclass(frozen=True, slots=True)
class Check:
    """One tie-out: what was expected, what was found, and by how much they may differ.

    `check` is the rule (`R4`); `id` is unique within one verification (`R4/bs-2022/fg`); `evidence` says what it proves
    (R18); `part` tells the parts of a rule apart; `figures` shows them in words. `unit` is that of its amounts, blank where it
    is the unit of the statement; `remedy` is what to do where the rule's own remedy is no help; `wording` is how many decimals
    its amounts have, and what the frameworks are called; `rounded` is the number of printed figures behind it, each rounded by
    itself, nil where rounding is no excuse.

    >>> roll = Check("R4/bs-2022/eir", "R4", "bs-2022", "eq", "eir", -105_303, -105_304, "recomputed", tolerance=1)
    >>> roll.difference, roll.holds
    (-1, True)
    """

    id: str
    check: str
    statement: str | None
    row: str | None
    column: str | None
    expected: int
    actual: int
    evidence: Evidence
    tolerance: int = 0
    part: str = ""
    figures: str = ""
    unit: str = ""
    remedy: str = ""
    wording: Wording = OURS
    rounded: int = 0

    @property
    def difference(self) -> int:
        """Found less expected: printed less recomputed."""
        return self.actual - self.expected

    @property
    def holds(self) -> bool:
        """Whether the difference is within the tolerance."""
        return abs(self.difference) <= self.tolerance

    @property
    def by_rounding(self) -> bool:
        """Whether it fails by no more than rounding alone can make: each figure lies within half a last digit of its own.

        22,669 and -25 are 22,644, and 22,643 may be printed: three figures allow 1.5.
        """
        return not self.holds and 2 * abs(self.difference) <= self.rounded

    def as_dict(self) -> dict[str, object]:
        """The check as it is written to `checks.json`."""
        return {
            "id": self.id,
            "check": self.check,
            "statement": self.statement,
            "row": self.row,
            "column": self.column,
            "expected": self.wording.number(self.expected),
            "actual": self.wording.number(self.actual),
            "difference": self.wording.number(self.difference),
            "tolerance": self.wording.number(self.tolerance),
            "unit": self.unit,
            "holds": self.holds,
            "evidence": self.evidence,
        }

    @property
    def sides(self) -> str:
        """Both sides of a check of a close in words: `expected 5,398, found 0`."""
        return f"expected {self.expected:,}, found {self.actual:,}"

    def as_finding(self, remedy: str) -> Finding:
        """A check of a close that does not hold, as a finding: its amount is in minor units unless the check says otherwise."""
        return Finding(
            name=WORDS[self.check + self.part][0],
            where=self.id,
            amount_minor=self.difference,
            why=f"{self.sides}; {self.figures}" if self.figures else self.sides,
            remedy=self.remedy or remedy,
            check=self.check,
            unit=self.unit or MINOR_UNITS,
        )


@dataclass(frozen=True, slots=True)
class StatementFinding:
    """A check that does not hold, told as a finding: its name, why it matters, what to do.

    `rounding` says that rounding of the printed figures alone can make its difference.
    """

    name: str
    check: str
    statement: str | None
    row: str | None
    column: str | None
    difference: int
    why: str
    remedy: str
    unit: str = ""
    wording: Wording = OURS
    rounding: bool = False

    @property
    def where(self) -> str:
        """The address of the disagreement, as in `bs-2022/re/eir`."""
        return "/".join(part for part in (self.statement, self.row, self.column) if part)

    def as_dict(self) -> dict[str, object]:
        """The finding as it is written to `findings.json`."""
        return {
            "name": self.name,
            "check": self.check,
            "statement": self.statement,
            "row": self.row,
            "column": self.column,
            "difference": self.wording.number(self.difference),
            "unit": self.unit,
            "why": self.why,
            "remedy": self.remedy,
            **({"rounding": True} if self.rounding else {}),
        }


Outcome = tuple[list[Check], list[NotChecked]]
"""What a rule comes to: the checks that it could make, and those that it could not."""


def printed_figures(*figures: int) -> int:
    """How many of them are printed: nil is no figure that was rounded."""
    return sum(figure != 0 for figure in figures)


def completed(rule: str, statement: Statement, row: Row, column: str) -> NotChecked:
    """A check that would rest on a cell which whoever transcribed the statement completed."""
    why = "a cell was completed by arithmetic, so it is no evidence"
    return NotChecked(rule, statement.id, row.id, column, why, "give the cell as printed")


def findings_of(checks: Iterable[Check]) -> list[StatementFinding]:
    """One finding for each check that does not hold, in the order of the checks."""
    return [_finding(check) for check in checks if not check.holds]


def told_once(findings: Iterable[StatementFinding]) -> list[StatementFinding]:
    """The same findings; IFRS of a row is left to the column that is wrong, where that is all that is wrong with it.

    A column of a sub-total that is 30 too large makes IFRS too large by 30, which R2, or R12, finds once more; so does a sum of
    the adjustments of a row, in R1. What rounding can make is told of both: either cell may have been rounded by itself.
    """
    found = list(findings)
    by_row: dict[tuple[str, str | None, str | None], list[int]] = {}
    for place, one in enumerate(found):
        if one.check in ("R1", "R2") and one.column != IFRS:
            by_row.setdefault((one.check, one.statement, one.row), []).append(place)
    once: dict[int, StatementFinding] = dict(enumerate(found))
    for place, one in enumerate(found):
        same = by_row.get(("R1" if one.check == "R1" else "R2", one.statement, one.row), [])
        follows = one.check in ("R1", "R2", "R12") and one.column == IFRS and not one.rounding
        if follows and same and sum(found[other].difference for other in same) == one.difference:
            first, beyond = once[same[0]], one.why.partition(";")[0]
            once[same[0]] = replace(first, why=f"{first.why}; {one.wording.to_gaap} with it: {beyond}")
            del once[place]
    return list(once.values())


def with_unique_ids(checks: list[Check]) -> list[Check]:
    """The same checks; an id met again (two rolls closing in one statement) gets `#2`, `#3`, ..."""
    met: dict[str, int] = {}
    unique = []
    for check in checks:
        met[check.id] = met.get(check.id, 0) + 1
        if met[check.id] > 1:
            check = replace(check, id=f"{check.id}#{met[check.id]}")
        unique.append(check)
    return unique


def _finding(check: Check) -> StatementFinding:
    name, meaning, remedy = WORDS[check.check + check.part]
    say, signed = check.wording.amount, check.wording.signed
    counted = f"expected {say(check.expected)}, found {say(check.actual)}: {signed(check.difference)}"
    named = meaning.format(from_gaap=check.wording.from_gaap, to_gaap=check.wording.to_gaap)
    why = f"{check.figures or counted}; {named}"
    return StatementFinding(
        name=name,
        check=check.check,
        statement=check.statement,
        row=check.row,
        column=check.column,
        difference=check.difference,
        why=why,
        remedy=check.remedy or remedy,
        unit=check.unit,
        wording=check.wording,
        rounding=check.by_rounding,
    )


WORDS: dict[str, tuple[str, str, str]] = {
    "R1": (
        "row does not cross-foot",
        "{from_gaap} plus the adjustments is not the {to_gaap} amount printed",
        "compare the row with its source; one of its cells is misprinted, missing or in another column",
    ),
    "R1sum": (
        "row does not cross-foot",
        "the columns that it adds up do not come to the sum printed",
        "compare the row with its source; one of its cells is misprinted, missing or in another column",
    ),
    "R2": (
        "sub-total does not add up",
        "the sub-total of a column is not the sum of its lines in that column",
        "look for a line that is missing, or for an amount printed in another column",
    ),
    "R3": (
        "assets do not equal liabilities and equity",
        "an adjustment that does not balance was not posted as a journal",
        "find the other half of the adjustment",
    ),
    "R17": (
        "losses other than expected",
        "what came of the contracts of the opening is a surprise to the curves that it was measured with",
        "compare the curves with what came, segment by segment, and estimate them anew",
    ),
    "R4": (
        "equity effect does not roll forward",
        "the closing effect on equity is not the opening one and the year's effect on income, so a part of "
        "the movement reached equity outside income or not at all",
        "ask for the movement of this column; declare it if it is a movement outside income",
    ),
    "R5": (
        "pre-tax equity effect does not roll forward",
        "before tax, the balance sheet does not move by what the income statement shows",
        "ask for the roll-forward of the balances behind this column",
    ),
    "R6movement": (
        "movement: deferred tax does not move with the tax line",
        "part of the tax of the column did not go to deferred tax",
        "ask for the deferred tax roll-forward of the column",
    ),
    "R6sign": (
        "sign: deferred tax is on the wrong side",
        "a pre-tax gain carries a deferred tax liability or a smaller asset, a pre-tax loss the reverse",
        "ask how the deferred tax of the column was built up",
    ),
    "R6rate": (
        "rate: deferred tax is above the statutory rate",
        "the deferred tax of the column is more than the statutory rate of its pre-tax effect",
        "ask for the rates applied, or for the part of the pre-tax effect that is missing",
    ),
    "R6proof": (
        "proof: income tax is not the rate of the income before tax",
        "what the column posted is not the tax on its difference as measured from the contracts, at the plan's rates",
        "see its entries with explain; compare the difference before tax with R5 and R10",
    ),
    "R6implied": (
        "implied: tax is not what the effect before tax bears",
        "the column bears no tax, tax on nothing, tax of the other sign, or tax at another rate than the entity's",
        "ask for the rate applied; where no tax is due on the column, say so in its caption (before tax, bears no tax)",
    ),
    "R7": (
        "VAT leg does not agree with its lines",
        "other tax payable is not the VAT included in the lines it belongs to",
        "check which lines include VAT and at which rate; where a column's lines also hold amounts without VAT (costs paid, "
        "allowances), the file says so in vat_in_lines, a table in no_vat_in_lines",
    ),
    "R8": (
        "share-based column does not net to nil",
        "share-based compensation moves amounts within equity and leaves its total unchanged",
        "compare additional paid-in capital with retained earnings in this column",
    ),
    "R9": (
        "sub-ledger differs from the general ledger",
        "what was measured under US GAAP is not what the ledger holds",
        "post or correct the difference, or explain it before the adjustment is relied on",
    ),
    "R10": (
        "IFRS per the columns differs from IFRS measured directly",
        "trial balance and adjustments lead to a different IFRS figure from the one measured from the contracts",
        "find the balance that no note, or more than one, has adjusted",
    ),
    "R11": (
        "movement table does not close",
        "opening and movements do not lead to the closing balance, or differ from the journals",
        "find the movement that is missing from the table",
    ),
    "R12": (
        "printed figures do not foot",
        "what a sub-total holds beyond its printed rows differs between the frameworks, though no column touches it",
        "compare the sub-total and its rows with the source",
    ),
    "R12exact": (
        "printed figure is not its exact amount, rounded",
        "rounding moves a printed figure by less than a unit",
        "compare the figure with exact.json and with the journals of its row",
    ),
    "R13": (
        "share of the non-controlling interests does not agree",
        "total less attributable is not the share of the non-controlling interests",
        "check how the adjustment is shared between the owners",
    ),
    "R14": (
        "part periods do not add up to the longer one",
        "the shorter periods' amounts are not the longer period's",
        "look for an amount moved between columns or corrected in a later period",
    ),
    "R15changed": (
        "artefact changed since the run",
        "a run is never changed once written, so nothing that rests on this file can be relied on",
        "restore it from a copy, or close again and compare the two runs",
    ),
    "R15unlisted": (
        "file in the run that its manifest does not list",
        "the close did not write it, and nothing vouches for it",
        "take it out of the run's folder, or restore the manifest",
    ),
    "R15missing": (
        "artefact missing from the run",
        "what the run measured and checked can no longer be shown in full",
        "restore it from a copy, or close again and compare the two runs",
    ),
    "R16": (
        "principal does not roll forward by its cash",
        "what was received does not lead from the opening principal to the closing one",
        "see the contracts that are named; compare the payments with the tape's balances",
    ),
    "R19": (
        "retained earnings do not roll forward",
        "the opening ledger's, the profit of a year that ended with it and declared movements do not come to the closing one's",
        "see which entry of the ledger took the difference, or whether a file is of another year",
    ),
    "R19income": (
        "income differs from the general ledger",
        "what was earned and lost on the contracts under US GAAP is not what the ledger's account took",
        "compare the account with what was measured, flow by flow",
    ),
    "R16ledger": (
        "cash of contracts differs from the ledger",
        "the ledger's accounts of this cash do not move by what the tapes have received and paid out",
        "look for payments that are on one side only, or for other cash on these accounts",
    ),
}
"""Name, meaning and remedy of a failing check, by rule and part."""

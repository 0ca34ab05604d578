"""A lender's files as four core systems export them, closed by editing the plan alone.

What a controller does: `new plan` with all files of the period, the lender's own tables in the place of those copied into
`curves/`, the lines of the plan that the outputs ask about, `check`, `close`. The result is that of the lender's clean tapes
and ledger, which are read without any `read` table: every statement, journal line, check and finding, to the minor unit.
"""

from __future__ import annotations

import difflib
import os
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest
from typer.testing import CliRunner

from gaapbridge.cli import app
from gaapbridge.example.curves import CURVE_FILES
from gaapbridge.run import Run
from gaapbridge.terms.errors import UnusableInput
from tests.messy.chinese import GRADES
from tests.messy.lender import Lender, small_lender
from tests.messy.period import VARIANTS, Period, clean

MOST_LINES, MOST_COMMANDS = 15, 6
LOANS = int(os.environ.get("GAAPBRIDGE_MESSY_LOANS", "400"))
"""Loans that the lender has originated, and guarantees by 14 for 10; with 7,000 of them about 5,000 are on the closing tape."""


@dataclass(frozen=True)
class Edit:
    """A line of the plan as `new plan` wrote it, by how it begins; what a controller writes in its place, and the words of an
    output that asked for it."""

    old: str
    new: str
    told: str


ANSWERS = (
    Edit('name = "Example Lender"', 'name = "Example Lender Ltd"', "an example's, by the tables of plan.toml: entity.name"),
    Edit("us_reversion = ", 'us_reversion = "straight_line"', "elections"),
    Edit("us_reversion_months = ", "us_reversion_months = 6", "elections"),
    Edit("hindsight_confidence = ", "hindsight_confidence = 0.995", "elections"),
)
"""What no file says: whose books they are, and three of the 39 elections, in which this lender differs from the example."""

DAYS = Edit(
    "payout_days_past_due = ",
    "payout_days_past_due = { bank-a = 62, bank-b = 62, bank-c = 62, bank-d = 62, trust-a = 31, trust-b = 31, trust-c = 31, "
    "trust-d = 31, insurer-c = 90 }",
    "hazards are made for the day of default: those of bank-a from 2020-01-01 are for 62 days",
)
"""The day on which each funder is paid, which `check` misses once the lender's curves are there."""

PAID_IN_FULL = Edit('#"Paid in Full" = ', '"Paid in Full" = "matured"', "Paid in Full → prepaid or matured")
NO_INTEREST = Edit('#"0% INSTL" = ', '"0% INSTL" = "interest_free_instalments"', "0% INSTL → not known")
TAXED = (
    Edit("rate = 0.0  #", "rate = 0.06", " vat, tax,"),
    Edit("inclusive = []", 'inclusive = ["deferred_fees", "accrued_interest", "guarantee_fees"]', " vat, tax,"),
    Edit("#interest_past_due_days = ", "interest_past_due_days = 90", " vat, tax,"),
)
"""The value-added tax of this lender, which no plan in dollars has by itself."""

CHINESE = (
    Edit('#"结清" = "prepaid"', '"结清" = "matured"', "结清 → prepaid or matured"),
    Edit('"1002" = ""', '"1002" = "1002"', "贷款业务往来资金; may be 1002 Cash of loans: advanced and collected"),
    Edit('"4106" = ""', '"4106" = "4106"', "期初会计差异; may be 4106 Opening basis difference"),
    Edit('"6003" = ""', '"6003" = "6003"', "应收担保费折现收益; may be 6003 Accretion of guarantee fees"),
)
ASKED: Mapping[str, tuple[Edit, ...]] = {
    "clean": (),
    "US CSV": (PAID_IN_FULL, NO_INTEREST, *TAXED),
    "US XLSX": (PAID_IN_FULL, NO_INTEREST, *TAXED),
    "Chinese CSV": CHINESE,
    "Chinese XLSX": CHINESE,
}
"""What is asked of each lender's files: words of two meanings, accounts whose names say nothing."""

LIABILITY = "Contract liability: guarantee fees ahead of coverage; may be 2101 Contract liability"


@dataclass
class Session:
    """A controller at the command line: the folder, what was printed, the commands given."""

    folder: Path
    printed: str = ""
    commands: list[str] = field(default_factory=list)

    def run(self, *arguments: str) -> int:
        """A command; its exit code. What cannot be used is printed in one line, as the command does, with exit code 2."""
        self.commands.append(" ".join(arguments[:2]))
        result = CliRunner().invoke(app, list(arguments))
        unusable = str(result.exception) if isinstance(result.exception, UnusableInput) else ""
        self.printed += " ".join(f"{result.output} {unusable}".split()) + "\n"
        return 2 if unusable else result.exit_code

    @property
    def plan(self) -> Path:
        return self.folder / "plan.toml"

    def edit(self, *edits: Edit) -> None:
        """Lines of the plan replaced, each of which was asked for in so many words."""
        lines = self.plan.read_text(encoding="utf-8").split("\n")
        for edit in edits:
            assert edit.told in self.printed, edit.told
            (place,) = (number for number, line in enumerate(lines) if line.startswith(edit.old))
            lines[place] = edit.new
        self.plan.write_text("\n".join(lines), encoding="utf-8")

    def bring_curves(self, lender: Lender, grades: Mapping[str, str]) -> None:
        """The lender's own tables over those that were copied: one `cp`. They name its ratings as its tapes do."""
        for kind, tables in CURVE_FILES.items():
            for key, path in tables.items():
                place = self.folder / "curves" / f"{kind}-{key.replace('_', '-')}.csv"
                assert place.is_file()
                text = (lender.files.folder / path).read_text(encoding="utf-8")
                for ours, theirs in grades.items() if key == "hazard" else ():
                    text = text.replace(f",{ours},", f",{theirs},")
                place.write_text(text, encoding="utf-8")
        self.commands.append("cp")


def closed(session: Session, period: Period, lender: Lender, name: str) -> Run:
    """The period closed, the commands counted and the lines of the plan that were edited."""
    assert session.run("new", "plan", str(session.folder), *period.arguments()) == 0
    written = session.plan.read_text(encoding="utf-8").split("\n")
    session.bring_curves(lender, GRADES if name.startswith("Chinese") else {})
    liabilities = [line.split(" = ")[0] for line in written if "  # OPEN: Contract liability" in line]
    asked = (Edit(f'{code} = ""', f'{code.strip("#")} = "2101"', LIABILITY) for code in liabilities)
    session.edit(*ANSWERS, *ASKED[name], *asked)
    assert session.run("check", str(session.plan)) == 2
    session.edit(DAYS)
    assert session.run("check", str(session.plan)) == 0
    assert session.run("close", str(session.plan)) == 0
    changed = difflib.unified_diff(written, session.plan.read_text(encoding="utf-8").split("\n"), n=0)
    edited = sum(line.startswith("+") for line in changed) - 1
    print(f"{name}: {edited} lines edited, {len(session.commands)} commands")
    assert edited <= MOST_LINES and len(session.commands) <= MOST_COMMANDS, session.commands
    return Run(next(session.folder.glob("runs/*/*/v1")))


@pytest.fixture(scope="module")
def books(tmp_path_factory: pytest.TempPathFactory) -> tuple[Lender, Run]:
    """The lender, and the close of its clean tapes."""
    folder = tmp_path_factory.mktemp("lender")
    lender = small_lender(folder / "own", loans=LOANS)
    (folder / "clean").mkdir()
    return lender, closed(Session(folder / "plan"), clean(folder / "clean", lender), lender, "clean")


@pytest.mark.campaign
@pytest.mark.parametrize("name", VARIANTS)
def test_messy_files_close_as_the_clean_ones_by_editing_the_plan(name: str, tmp_path: Path, books: tuple[Lender, Run]) -> None:
    lender, truth = books
    (tmp_path / "files").mkdir()
    session = Session(tmp_path / "plan")
    run = closed(session, VARIANTS[name](tmp_path / "files", lender), lender, name)
    assert run.exact.statements == truth.exact.statements and run.document.statements == truth.document.statements
    assert run.listed.journals == truth.listed.journals and len(run.listed.journals) > 1_000
    assert [replace(check, unit="") for check in run.listed.checks] == [
        replace(check, unit="") for check in truth.listed.checks
    ]
    assert (run.listed.findings, run.rejected_rows, run.exit_code) == ((), 0, 0)
    if name == "Chinese XLSX":
        assert session.run("reperform", str(run.folder), "--sample", "10") == 0
        assert len(session.commands) <= MOST_COMMANDS

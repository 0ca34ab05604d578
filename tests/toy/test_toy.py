"""A further kind of contract with its note is two folders and one line of a layout; nothing else is touched.

``planted`` holds a fee receivable on a tape of five columns, straight line against cash. It is put into a copy of the package,
and every command is run there as a user runs it.
"""

from __future__ import annotations

import filecmp
import os
import shutil
import subprocess
import sys
import tomllib
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.house.tree import ROOT

PLANTED = Path(__file__).with_name("planted")
LAYOUT = "filings/layouts/lender.json"
ROW = (
    '    {"id": "sfr", "label": "Service fees receivable", "section": "current assets", "role": "line", '
    '"normal": "debit", "in": "tca"},\n'
)


@dataclass(frozen=True)
class Copy:
    """A copy of the package in which the toy stands, and a starter plan that it wrote."""

    folder: Path

    def run(self, *arguments: str, expected: int = 0) -> str:
        """What a command prints; it must end with the ``expected`` code."""
        program = "import sys; from gaapbridge.cli import main; sys.exit(main())"
        environment = {**os.environ, "PYTHONPATH": str(self.folder)}
        done = subprocess.run(
            [sys.executable, "-c", program, *arguments], cwd=self.folder, env=environment, capture_output=True, text=True
        )
        assert done.returncode == expected, done.stdout + done.stderr
        return done.stdout


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Copy:
    folder = tmp_path_factory.mktemp("toy")
    package = folder / "gaapbridge"
    shutil.copytree(ROOT / "src/gaapbridge", package, ignore=shutil.ignore_patterns("__pycache__"))
    for floor in ("contracts", "differences"):
        shutil.copytree(PLANTED / floor, package / floor, dirs_exist_ok=True)
    layout = (package / LAYOUT).read_text(encoding="utf-8")
    (package / LAYOUT).write_text(layout.replace('    {"id": "tca"', ROW + '    {"id": "tca"', 1), encoding="utf-8")
    copied = Copy(folder)
    copied.run("new", "plan", "lender")
    copied.run("close", "lender/plan.toml")
    return copied


def test_two_folders_and_one_line_are_all_that_differs(copy: Copy) -> None:
    """The copy is the package, but for the two folders and the row."""
    unlike: list[str] = []

    def look(here: filecmp.dircmp[str]) -> None:
        unlike.extend(f"{Path(here.right).relative_to(copy.folder / 'gaapbridge')}/{name}" for name in here.right_only)
        unlike.extend(f"{Path(here.right).relative_to(copy.folder / 'gaapbridge')}/{name}" for name in here.diff_files)
        assert not here.left_only
        for inner in here.subdirs.values():
            look(inner)

    look(filecmp.dircmp(ROOT / "src/gaapbridge", copy.folder / "gaapbridge", ignore=["__pycache__"]))
    assert sorted(unlike) == ["contracts/service_fees", "differences/service_fee", LAYOUT]
    after = (copy.folder / "gaapbridge" / LAYOUT).read_text(encoding="utf-8")
    assert after.replace(ROW, "") == (ROOT / "src/gaapbridge" / LAYOUT).read_text(encoding="utf-8")


def test_the_plan_states_it(copy: Copy) -> None:
    """Tape, election, tax, accounts and roles stand in the plan that is written for a new lender; dictionary and check too."""
    plan = tomllib.loads((copy.folder / "lender/plan.toml").read_text(encoding="utf-8"))
    assert plan["notes"]["order"][-1] == "service_fee"
    assert plan["elections"]["service_fee"] == {"first_day": "not_counted"}
    assert {"service_fee", "expected_credit_loss"} <= plan["tax"].keys()
    assert {"service_fee_receivable", "service_fee_revenue"} <= plan["posting"].keys()
    assert plan["accounts"][plan["posting"]["service_fee_receivable"]]["line"] == "sfr"
    assert plan["tapes"]["service_fees"]["closing"] == "tapes/service-fees-2023-12-31.csv"
    dictionary = (copy.folder / "lender/dictionary.md").read_text(encoding="utf-8")
    assert "## Service fee tape" in dictionary and "| `fee_minor` | amount | refused | fee for the whole term" in dictionary
    checked = copy.run("check", "lender/plan.toml")
    assert "tapes.service_fees.closing" in checked and "Plan and inputs are clean." in checked


def test_it_closes_and_its_column_is_right(copy: Copy) -> None:
    """A thousand a day. Of fee 1, 91 days are over when the year opens and 50,000 is collected: 41,000. Of fee 2, 183 days are
    over when it closes and 100,000 is collected: 83,000. US GAAP carries that; IFRS, by cash, nothing."""
    closed = copy.run("close", "lender/plan.toml")
    assert "Service fees receivable" in closed and "Findings: none." in closed
    cell = copy.run("explain", "latest", "bs-2023/sfr/sf", "--runs", "lender/runs")
    assert "exact_minor  (83,000)" in cell and "service-fee/FEE-2  services  (83,000)" in cell
    brought_forward = next(line for line in cell.splitlines() if "ix-brought_forward-receivable" in line)
    assert brought_forward.endswith("(41,000)")


def test_a_fee_is_explained_and_has_no_second_calculator(copy: Copy) -> None:
    closing = (copy.folder / "lender/tapes/service-fees-2023-12-31.csv").read_text(encoding="utf-8").splitlines()
    contract = closing[-1].partition(",")[0]
    explained = copy.run("explain", "latest", f"service-fee/{contract}", "--runs", "lender/runs")
    assert "independent calculation  no second calculator" in explained
    assert "receivable" in explained and "Flows of the period" in explained
    assert "service_fees: no second calculator" in copy.run("reperform", "latest", "--runs", "lender/runs")
    near = copy.run("explain", "latest", "service-fee/none", "--runs", "lender/runs", expected=2)
    assert near == ""


def test_a_bad_row_of_it_is_rejected(copy: Copy, tmp_path: Path) -> None:
    """A fee below nil is named with file, row, column and remedy, and the close stops."""
    shutil.copytree(copy.folder / "lender", tmp_path / "lender", ignore=shutil.ignore_patterns("runs"))
    tape = tmp_path / "lender/tapes/service-fees-2023-12-31.csv"
    tape.write_text(tape.read_text(encoding="utf-8") + "F9,2023-01-01,2023-12-31,-5,0\n", encoding="utf-8")
    said = copy.run("check", str(tmp_path / "lender/plan.toml"), expected=2)
    assert "service-fees-2023-12-31.csv, row 3, fee_minor -5" in said and "state the fee as a positive number" in said


def test_the_note_satisfies_what_every_note_must(copy: Copy) -> None:
    """With the same policy on both sides nothing is posted."""
    program = """
from pathlib import Path
from gaapbridge.contracts.declared import DECLARED
from gaapbridge.notes import standard_treatments
from gaapbridge.period_close.period import close_plan
from gaapbridge.plan import read_plan
both = {key: (sides[0], sides[0]) for key, sides in standard_treatments().items()}
run = close_plan(read_plan(Path("lender/plan.toml"), DECLARED), treatments=both)
print(sorted({one.note for one in run.journals if one.entries}), all(check.holds for check in run.checks))
"""
    environment = {**os.environ, "PYTHONPATH": str(copy.folder)}
    done = subprocess.run([sys.executable, "-c", program], cwd=copy.folder, env=environment, capture_output=True, text=True)
    assert "'sf'" not in done.stdout and done.stdout.startswith("["), done.stdout + done.stderr

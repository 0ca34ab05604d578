"""A further kind of contract with its note is two folders and one line of a layout; nothing else of the package is touched.

``planted`` holds a fee receivable on a tape of five columns, straight line against cash. It is put into a copy of the package,
every command is run there as a user runs it, and the copy is held to the rules of the house: what is copied from it keeps them.
"""

from __future__ import annotations

import filecmp
import os
import re
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.forked import started
from tests.house.tree import PACKAGE, ROOT, nothing

PLANTED = Path(__file__).with_name("planted")
LAYOUT = "filings/layouts/lender.json"
ROW = (
    '    {"id": "sfr", "label": "Service fees receivable", "section": "current assets", "role": "line", '
    '"normal": "debit", "in": "tca"},\n'
)


@dataclass(frozen=True)
class Copy:
    """A copy of the package in which the toy stands, a starter plan that it wrote, and the words that run its command line."""

    folder: Path
    command: tuple[str, ...]

    @property
    def package(self) -> Path:
        return self.folder / PACKAGE

    def run(self, *arguments: str, expected: int = 0) -> str:
        """What a command prints; it must end with the ``expected`` code."""
        done = subprocess.run([*self.command, *arguments], cwd=self.folder, capture_output=True, text=True)
        assert done.returncode == expected, done.stdout + done.stderr
        return done.stdout

    def python(self, program: str, *arguments: str, expected: int = 0) -> str:
        """What a program prints that imports the copy; the rules of the house are there too."""
        environment = {**os.environ, "PYTHONPATH": os.pathsep.join(map(str, (self.folder / "src", ROOT)))}
        done = subprocess.run(
            [sys.executable, "-c", program, *arguments], cwd=self.folder, env=environment, capture_output=True, text=True
        )
        assert done.returncode == expected, done.stdout + done.stderr
        return done.stdout


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Copy]:
    folder = tmp_path_factory.mktemp("toy")
    package = folder / PACKAGE
    for part in (PACKAGE, "benchmarks", "examples"):
        shutil.copytree(ROOT / part, folder / part, ignore=shutil.ignore_patterns("__pycache__"))
    for floor in ("contracts", "differences"):
        shutil.copytree(PLANTED / floor, package / floor, dirs_exist_ok=True)
    layout = (package / LAYOUT).read_text(encoding="utf-8")
    (package / LAYOUT).write_text(layout.replace('    {"id": "tca"', ROW + '    {"id": "tca"', 1), encoding="utf-8")
    with started(folder / "src") as words:
        copied = Copy(folder, tuple(words))
        copied.run("new", "plan", "lender")
        copied.run("close", "lender/plan.toml")
        yield copied


@pytest.mark.campaign
def test_two_folders_and_one_line_are_all_that_differs(copy: Copy) -> None:
    """The copy is the package, but for the two folders and the row."""
    unlike: list[str] = []

    def look(here: filecmp.dircmp[str]) -> None:
        unlike.extend(f"{Path(here.right).relative_to(copy.package)}/{name}" for name in here.right_only + here.diff_files)
        assert not here.left_only
        for inner in here.subdirs.values():
            look(inner)

    look(filecmp.dircmp(ROOT / PACKAGE, copy.package, ignore=["__pycache__"]))
    assert sorted(unlike) == ["contracts/service_fees", "differences/service_fee", LAYOUT]
    after = (copy.package / LAYOUT).read_text(encoding="utf-8")
    assert after.replace(ROW, "") == (ROOT / PACKAGE / LAYOUT).read_text(encoding="utf-8")


@pytest.mark.campaign
def test_the_plan_states_it(copy: Copy) -> None:
    """Tape, election, tax, accounts and roles stand in the plan that is written for a new lender; dictionary and check too."""
    plan = tomllib.loads((copy.folder / "lender/plan.toml").read_text(encoding="utf-8"))
    assert "service_fee" in plan["notes"]["order"]
    assert plan["elections"]["service_fee"] == {"first_day": "not_counted"}
    assert {"service_fee", "expected_credit_loss"} <= plan["tax"].keys()
    assert {"service_fee_receivable", "service_fee_revenue"} <= plan["posting"].keys()
    assert plan["accounts"][plan["posting"]["service_fee_receivable"]]["line"] == "sfr"
    assert plan["tapes"]["service_fees"]["closing"] == "tapes/service-fees-2023-12-31.csv"
    dictionary = (copy.folder / "lender/dictionary.md").read_text(encoding="utf-8")
    assert "## Service fee tape" in dictionary and "| `fee_minor` | amount | refused | fee for the whole term" in dictionary
    checked = copy.run("check", "lender/plan.toml")
    assert "tapes.service_fees.closing" in checked and "Plan and inputs are clean." in checked


@pytest.mark.campaign
def test_it_closes_and_its_column_is_right(copy: Copy) -> None:
    """A thousand a day. Of fee 1, 91 days are over when the year opens and 50,000 is collected: 41,000. Of fee 2, 183 days are
    over when it closes and 100,000 is collected: 83,000. US GAAP carries that; IFRS, by cash, nothing."""
    closed = copy.run("close", "lender/plan.toml")
    assert "Service fees receivable" in closed and "Findings: none." in closed
    cell = copy.run("explain", "latest", "bs-2023/sfr/sf", "--runs", "lender/runs")
    assert "exact_minor  (83,000)" in cell and "service-fee/FEE-2  services  (83,000)" in cell
    brought_forward = next(line for line in cell.splitlines() if "ix-brought_forward-receivable" in line)
    assert brought_forward.endswith("(41,000)")


@pytest.mark.campaign
def test_a_fee_is_explained_and_has_no_second_calculator(copy: Copy) -> None:
    closing = (copy.folder / "lender/tapes/service-fees-2023-12-31.csv").read_text(encoding="utf-8").splitlines()
    contract = closing[-1].partition(",")[0]
    explained = copy.run("explain", "latest", f"service-fee/{contract}", "--runs", "lender/runs")
    assert "independent calculation  no second calculator" in explained
    assert "receivable" in explained and "Flows of the period" in explained
    assert "service_fees: no second calculator" in copy.run("reperform", "latest", "--runs", "lender/runs")
    near = copy.run("explain", "latest", "service-fee/none", "--runs", "lender/runs", expected=2)
    assert near == ""


@pytest.fixture
def changed(copy: Copy, tmp_path: Path) -> Path:
    """The lender in a folder of the test's own, to be changed; it has not been closed."""
    shutil.copytree(copy.folder / "lender", tmp_path / "lender", ignore=shutil.ignore_patterns("runs"))
    return tmp_path / "lender"


@pytest.mark.campaign
def test_a_bad_row_of_it_is_rejected(copy: Copy, changed: Path) -> None:
    """A fee below nil is named with file, row, column and remedy, and the close stops."""
    tape = changed / "tapes/service-fees-2023-12-31.csv"
    tape.write_text(tape.read_text(encoding="utf-8") + "F9,2023-01-01,2023-12-31,-5,0\n", encoding="utf-8")
    said = copy.run("check", str(changed / "plan.toml"), expected=2)
    assert "service-fees-2023-12-31.csv, row 3, fee_minor -5" in said and "state the fee as a positive number" in said


def without(tape: Path, contract: str) -> None:
    """Take a contract off a tape."""
    rows = tape.read_text(encoding="utf-8").splitlines(keepends=True)
    left = [row for row in rows if not row.startswith(f"{contract},")]
    assert len(left) == len(rows) - 1
    tape.write_text("".join(left), encoding="utf-8")


@pytest.mark.campaign
def test_a_fee_that_is_on_the_opening_tape_only_is_found_and_explained(copy: Copy, changed: Path) -> None:
    """Nothing is dropped: its 41,000 leave through income and the finding names it."""
    without(changed / "tapes/service-fees-2023-12-31.csv", "FEE-1")
    said = copy.run("close", str(changed / "plan.toml"), expected=1)
    assert "fee left without a reason" in said and "service-fee/FEE-1" in said
    explained = copy.run("explain", "latest", "service-fee/FEE-1", "--runs", str(changed / "runs"))
    assert "lost" in explained and "41,000" in explained


@pytest.mark.campaign
def test_a_fee_that_the_opening_tape_lacks_is_found_where_there_is_an_opening_tape(copy: Copy, changed: Path) -> None:
    with (changed / "tapes/service-fees-2023-12-31.csv").open("a", encoding="utf-8") as tape:
        tape.write("FEE-3,2022-12-31,2023-12-30,364000,364000\n")
    plan = changed / "plan.toml"
    assert "fee missing at the opening" in copy.run("close", str(plan), expected=1)
    text = plan.read_text(encoding="utf-8").replace('source = "opening_tape"', 'source = "none"')
    alone = re.sub(r'(?m)^opening = ".*-2022-12-31.csv"\n', "", text)
    assert alone != text
    plan.write_text(alone, encoding="utf-8")
    assert "missing at the opening" not in copy.run("close", str(plan), expected=1)


HELD_TO = """
import sys
from pathlib import Path
from tests.house import test_contracts, test_kinds, test_notes, test_reachable, test_run, test_size, test_words
from tests.forked import started
from tests.house.tree import Tree

root = Path.cwd()
paths = (path.relative_to(root).as_posix() for path in root.rglob("*") if "__pycache__" not in path.parts)
tree = Tree(root, tuple(sorted(path for path in paths if path.startswith(("src/", "benchmarks/", "examples/")))))
unreached = lambda tree: sorted(set(test_reachable.unreached(tree)) - test_reachable.NOT_REACHED_YET)
every = (
    *test_notes.RULES, *test_words.RULES, *test_kinds.RULES.values(),
    test_contracts.foreign_imports, test_contracts.eager_imports, test_run.named_artefacts,
    lambda tree: test_size.ratchet(test_size.file_lines(tree), test_size.FILE_LINES, test_size.LONG_FILES),
    lambda tree: test_size.ratchet(test_size.function_lines(tree), test_size.FUNCTION_LINES, test_size.LONG_FUNCTIONS),
    unreached,
)
for rule in (*test_kinds.RULES.values(), unreached) if sys.argv[1:] == ["two"] else every:
    for fault in rule(tree):
        print(fault)
"""
"""Prints what breaks a rule of the house in the copy, where its kind and its note are known; with ``two``, the rules of kinds
and of what is reached alone."""


@pytest.mark.campaign
def test_it_keeps_the_rules_of_the_house(copy: Copy) -> None:
    nothing(copy.python(HELD_TO).splitlines())


@pytest.mark.campaign
def test_a_rule_that_it_broke_would_be_seen(copy: Copy) -> None:
    """An election read past the treatment, and a function that nobody calls."""
    odd = copy.package / "contracts/service_fees/odd.py"
    odd.write_text('"""Odd."""\n\n\ndef spare(setting):\n    """What is odd."""\n    return setting.elections.first_day\n')
    try:
        seen = copy.python(HELD_TO, "two")
    finally:
        odd.unlink()
    assert "service_fees/odd.py:6 first_day" in seen and "service_fees/odd.py::spare" in seen


def test_it_is_written_as_the_package_is() -> None:
    """Where it is copied to, neither lint nor the order of its imports has anything to say."""
    done = subprocess.run(
        [sys.executable, "-m", "ruff", "check", "--no-cache", str(PLANTED)], cwd=ROOT, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.campaign
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
print(sorted({one.note for one in run.listed.journals if one.entry}), all(check.holds for check in run.listed.checks))
"""
    said = copy.python(program)
    assert said.startswith("[") and "'sf'" not in said

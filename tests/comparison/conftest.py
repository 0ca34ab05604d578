"""A small lender with both years closed, written once; each test changes a copy of its folder."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path

import pytest

from gaapbridge.example.demo import measured_year_ends
from gaapbridge.example.lender import complete_ledger, write_example
from gaapbridge.period_close.period import close

LOANS = 500
PLANS = {2022: "plan-2022.toml", 2023: "plan.toml"}


@dataclass(frozen=True)
class Lender:
    """The folder of a lender, with plans of 2022 and 2023; ``close`` closes a year, its plan changed by replacements."""

    folder: Path

    @property
    def runs(self) -> Path:
        return self.folder / "runs"

    def plan(self, year: int, *replacements: tuple[str, str]) -> Path:
        """A plan of a year with texts replaced, in a file of its own."""
        text = (self.folder / PLANS[year]).read_text()
        for old, new in replacements:
            assert old in text, old
            text = text.replace(old, new, 1)
        path = self.folder / f"plan-{year}-changed.toml"
        path.write_text(text)
        return path

    def close(self, year: int, *replacements: tuple[str, str]) -> Path:
        """Close a year by such a plan; the folder of the run."""
        return close(self.plan(year, *replacements)).folder

    def run(self, year: int, version: int = 1) -> Path:
        """The folder of a run."""
        return self.runs / "example-lender" / f"{year}-01-01_{year}-12-31" / f"v{version}"


@pytest.fixture(scope="session")
def closed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A lender with 2022 and 2023 closed."""
    folder = tmp_path_factory.mktemp("compared") / "lender"
    files = write_example(folder, loans=LOANS)
    complete_ledger(folder, measured_year_ends(files))
    for year in PLANS:
        assert close(files.plans[year]).exit_code == 0
    return folder


@pytest.fixture
def lender(closed: Path, tmp_path: Path) -> Lender:
    """A copy of that lender, free to be changed."""
    return Lender(Path(shutil.copytree(closed, tmp_path / "lender")))

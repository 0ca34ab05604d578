"""The years of a small example lender that reports are made of, and the later one as it is filed."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from gaapbridge.example.demo import Demonstration
from gaapbridge.period_close import close
from gaapbridge.run import Run
from tests.made_once import MadeOnce

FILED = """

[filing]
commission_file_number = "001-38752"
registrant = "EXAMPLE LENDER."
address = "1 Example Road\\nShanghai, People's Republic of China\\n"
annual_report = "20-F"
date = 2024-04-25
signatory = "Zoë\\nPerson"
title = "Chief Financial Officer"

[words.zh]
"Example Lender" = "示例贷款公司"
"""


@pytest.fixture(scope="session")
def done(made_once: MadeOnce) -> Demonstration:
    """Both years of a small example lender."""
    return made_once.demonstration(300)


@pytest.fixture
def lender(done: Demonstration, tmp_path: Path) -> Path:
    """A copy of its folder, to close other plans in."""
    return Path(shutil.copytree(done.plan.parent, tmp_path / "lender"))


@pytest.fixture(scope="session")
def filed(done: Demonstration, made_once: MadeOnce) -> Run:
    """Its later year again, by a plan that says what is filed, and has its name in Chinese."""

    def close_again(folder: Path) -> None:
        shutil.copytree(done.plan.parent, folder)
        plan = folder / "filed.toml"
        plan.write_text(done.plan.read_text(encoding="utf-8") + FILED, encoding="utf-8")
        close(plan)

    (run,) = made_once.folder("filed", close_again).glob("runs/*/2023-*/v2")
    return Run(run)

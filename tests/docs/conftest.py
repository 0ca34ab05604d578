"""The starter's lender, closed once: what the documentation follows."""

from __future__ import annotations

from pathlib import Path

import pytest

from gaapbridge.period_close import close
from gaapbridge.run import Run
from gaapbridge.starter import Starter, write_starter


@pytest.fixture(scope="session")
def starter(tmp_path_factory: pytest.TempPathFactory) -> Starter:
    return write_starter(tmp_path_factory.mktemp("docs") / "lender")


@pytest.fixture(scope="session")
def run(starter: Starter) -> Run:
    return close(starter.plan)


@pytest.fixture(scope="session")
def folder(run: Run) -> Path:
    """The folder of the run."""
    return run.folder

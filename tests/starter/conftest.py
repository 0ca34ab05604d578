"""A starter plan written once, and its close."""

from pathlib import Path

import pytest

from gaapbridge.period_close import close
from gaapbridge.run import Run
from gaapbridge.starter import Starter, write_starter


@pytest.fixture(scope="session")
def starter(tmp_path_factory: pytest.TempPathFactory) -> Starter:
    return write_starter(tmp_path_factory.mktemp("starter") / "example")


@pytest.fixture(scope="session")
def closed(starter: Starter) -> Run:
    return close(starter.plan)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Where a test writes a starter plan of its own: not there yet."""
    return tmp_path / "mine"

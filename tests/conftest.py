"""What all tests share: how hard Hypothesis searches, and where real loan tapes lie when there are any."""

import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

ROOT = Path(__file__).resolve().parents[1]

# ci: the same cases each time, so that a red run is red again. dev: fresh cases, and failures remembered.
settings.register_profile(
    "ci",
    max_examples=60,
    derandomize=True,
    database=None,
    deadline=None,  # a first call may compile a kernel
    print_blob=True,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.register_profile("dev", max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "ci" if os.environ.get("CI") else "dev"))


@pytest.fixture(scope="session")
def root() -> Path:
    """The folder of the checkout."""
    return ROOT


@pytest.fixture(scope="session")
def real_data() -> Path:
    """The folder of real loan tapes; a test that asks for it is skipped, by name, where there is none."""
    named = os.environ.get("GAAPBRIDGE_REAL_DATA")
    if not named:
        pytest.skip("GAAPBRIDGE_REAL_DATA names no folder: the real loan tapes are not part of the project")
    folder = Path(named)
    if not folder.is_dir():
        pytest.fail(f"GAAPBRIDGE_REAL_DATA names {named!r}, which is not a folder")
    return folder


def pytest_addoption(parser: pytest.Parser) -> None:
    """``--vectors DIR``: another folder of worked examples for tests/conformance."""
    parser.addoption("--vectors", default=None, help="folder of worked examples (default: the project's own)")

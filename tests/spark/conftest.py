"""The close on Spark. `make test-spark` runs these tests in their own environment; elsewhere each is reported as not run."""

from __future__ import annotations

import os
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

import pytest


@pytest.fixture(scope="session", autouse=True)
def _with_spark(root: Path) -> Iterator[None]:
    """Workers find the functions of these tests where this process does; Java hands its environment on to them."""
    if find_spec("pyspark") is None:
        pytest.skip("not run: Spark has an environment of its own, make test-spark")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYTHONPATH", os.pathsep.join([str(root), str(root / "src")]))
        yield

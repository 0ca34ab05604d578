"""The wheel of the checkout, built once."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import pytest

from tests.made_once import MadeOnce
from tests.wheel.build import built


@pytest.fixture(scope="session")
def wheel(made_once: MadeOnce, root: Path) -> Path:
    """The wheel, in a folder that holds nothing else."""
    (found,) = made_once.folder("wheel", partial(built, root)).glob("*.whl")
    return found

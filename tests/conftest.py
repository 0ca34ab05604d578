"""What all tests share: how hard Hypothesis searches, where real loan tapes lie when there are any, in what order tests run.

The package is imported where it is used: who hands tests to workers reads this file, too, and every worker waits for it.
"""

from __future__ import annotations

import gc
import os
import random
import shutil
from collections.abc import Generator, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, settings

from tests.forked import started

if TYPE_CHECKING:
    from tests.made_once import MadeOnce

pytest_plugins = ["tests.campaigns", "tests.rewritten_once"]

ROOT = Path(__file__).resolve().parents[1]
os.environ["GAAPBRIDGE_PARTS_MB"] = "0"  # a close of a test measures: what is kept is asked for by tests of it alone
MADE_ONCE = pytest.StashKey["MadeOnce"]()

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


@pytest.fixture(scope="session", autouse=True)
def _curves_parsed_once() -> Iterator[None]:
    """Curves of the same content; see ``tests.parsed_once``."""
    from tests.parsed_once import parsed_once

    with parsed_once():
        yield


@pytest.fixture(scope="session")
def _written_starter(tmp_path_factory: pytest.TempPathFactory) -> Path:
    from gaapbridge.starter import write_starter

    return write_starter(tmp_path_factory.mktemp("starter") / "lender").folder


@pytest.fixture
def starter_copy(_written_starter: Path, tmp_path: Path) -> Path:
    """A copy of the starter's lender, to be changed; LOAN-2, consumer, is 45 days past due."""
    return Path(shutil.copytree(_written_starter, tmp_path / "lender"))


@pytest.fixture(scope="session")
def made_once(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> MadeOnce:
    """Lenders closed once for all workers, to be looked at or copied; see ``tests.made_once``."""
    from tests.made_once import shared_by_workers

    made = request.config.stash[MADE_ONCE] = shared_by_workers(tmp_path_factory)
    return made


@pytest.hookimpl(wrapper=True)
def pytest_runtest_teardown(item: pytest.Item) -> Generator[None, None, None]:
    """The test that changed what all look at fails by its name."""
    yield
    if "made_once" in getattr(item, "fixturenames", ()) and MADE_ONCE in item.config.stash:
        changed = item.config.stash[MADE_ONCE].changed()
        assert changed == [], "this test, or one that another worker ran beside it, changed what all look at: it needs a copy"


@pytest.fixture(scope="session")
def command() -> Iterator[list[str]]:
    """The words that run the command line in a process of its own, which has loaded everything; see ``tests.forked``."""
    with started() as words:
        yield words


def pytest_collection_finish() -> None:
    """What was loaded stays: it is not looked through for garbage again and again, which took a twentieth of a close."""
    gc.freeze()
    gc.set_threshold(50_000)  # as the command line has it


def pytest_addoption(parser: pytest.Parser) -> None:
    """``--vectors DIR``: other worked examples for tests/conformance. ``--shuffled SEED``: tests in a random order."""
    parser.addoption("--vectors", default=None, help="folder of worked examples (default: the project's own)")
    parser.addoption("--shuffled", default=None, type=int, help="seed of a random order of files and of the tests in each")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """No test may depend on one before it: the order is another for each seed, and the same for all workers. Without a seed the
    files of campaigns come first, of single long tests before those with others or with cases of a table: a long one that
    began last would be waited for alone. A file stays together, for what it has made for all its tests."""
    seed = config.getoption("--shuffled")
    if seed is None:
        places: dict[Path, list[int]] = {}
        for item in items:
            mark = item.get_closest_marker("campaign")
            places.setdefault(item.path, []).append(2 if mark is None else 1 if mark.kwargs else 0)
        first = {path: (min(of_one), max(of_one)) for path, of_one in places.items()}
        items.sort(key=lambda item: first[item.path])
        return
    chance, by_file = random.Random(seed), dict[Path, list[pytest.Item]]()
    for item in items:
        by_file.setdefault(item.path, []).append(item)
    files = sorted(by_file)
    chance.shuffle(files)
    for file in files:
        chance.shuffle(by_file[file])
    items[:] = [item for file in files for item in by_file[file]]

"""A small example lender, closed for two years: what every difference folder is tried on."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from gaapbridge.contracts.kinds import KINDS
from gaapbridge.example import ExampleFiles, complete_ledger, write_example
from gaapbridge.example.demo import measured_year_ends
from gaapbridge.period_close import close
from gaapbridge.run import Run
from gaapbridge.run.folder import measurement_path


@pytest.fixture(scope="session")
def lender(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ExampleFiles]:
    folder = tmp_path_factory.mktemp("lender")
    files = write_example(folder, loans=1000)
    complete_ledger(folder, measured_year_ends(files))
    yield files


@pytest.fixture(scope="session")
def years(lender: ExampleFiles) -> list[Run]:
    """The runs of both years, the second carrying forward the first."""
    return [close(lender.plans[year]) for year in sorted(lender.plans)]


@pytest.fixture(scope="session")
def tables(years: list[Run]) -> dict[str, Path]:
    """The per-contract tables of the second year, by kind of contract."""
    return {kind: measurement_path(years[-1].folder, kind) for kind in KINDS}

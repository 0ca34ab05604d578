"""One example lender, written once for all tests of the simulator, and its tapes as frames."""

from __future__ import annotations

import polars as pl
import pytest

from gaapbridge.example import ExampleFiles, write_example

LOANS = 12_000


@pytest.fixture(scope="session")
def example(tmp_path_factory: pytest.TempPathFactory) -> ExampleFiles:
    """The example lender with enough loans for every state to occur."""
    return write_example(tmp_path_factory.mktemp("example"), loans=LOANS)


@pytest.fixture(scope="session")
def tapes(example: ExampleFiles) -> dict[int, pl.DataFrame]:
    """Loan tapes by year."""
    return {instant.year: pl.read_parquet(path) for instant, path in example.tapes.items()}


@pytest.fixture(scope="session")
def events(example: ExampleFiles) -> dict[int, pl.DataFrame]:
    """Event tapes by year."""
    return {year: pl.read_parquet(path) for year, path in example.events.items()}

"""One example lender, written once for all tests of the simulator, and its tapes as frames."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from gaapbridge.example import ExampleFiles, write_example

LOANS = 12_000
Frames = dict[int, pl.DataFrame]


def frames(files: Mapping[date, Path]) -> Frames:
    """Tapes by year."""
    return {instant.year: pl.read_parquet(path) for instant, path in files.items()}


@pytest.fixture(scope="session")
def example(tmp_path_factory: pytest.TempPathFactory) -> ExampleFiles:
    """The example lender with enough loans for every state to occur."""
    return write_example(tmp_path_factory.mktemp("example"), loans=LOANS)


@pytest.fixture(scope="session")
def tapes(example: ExampleFiles) -> Frames:
    """Loan tapes by year."""
    return frames(example.tapes)


@pytest.fixture(scope="session")
def guarantees(example: ExampleFiles) -> Frames:
    """Guarantee tapes by year."""
    return frames(example.guarantees)


@pytest.fixture(scope="session")
def fees(example: ExampleFiles) -> Frames:
    """Tapes of fee instalments by year."""
    return frames(example.guarantee_fees)


@pytest.fixture(scope="session")
def events(example: ExampleFiles) -> Frames:
    """Event tapes by year."""
    return {year: pl.read_parquet(path) for year, path in example.events.items()}


@pytest.fixture(scope="session")
def payments(example: ExampleFiles) -> Frames:
    """Tapes of payments by year."""
    return {year: pl.read_parquet(path) for year, path in example.payments.items()}

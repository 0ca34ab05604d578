"""Two years of the starter's lender, closed once: the first of one instant, the second opening with it."""

from __future__ import annotations

from pathlib import Path

import pytest

from gaapbridge.period_close import close
from gaapbridge.starter import write_starter
from tests.miniature import first_year, second_year


@pytest.fixture(scope="session")
def years(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """The runs of 2022 and of 2023."""
    lender = write_starter(tmp_path_factory.mktemp("vouchers") / "lender")
    text = lender.plan.read_text(encoding="utf-8")
    first, second = lender.folder / "first.toml", lender.folder / "second.toml"
    first.write_text(first_year(text), encoding="utf-8")
    second.write_text(second_year(text), encoding="utf-8")
    return close(first).folder, close(second).folder

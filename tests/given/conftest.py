"""The lender with given notes, closed for two years, without adjustments and with them; a holder closed by the month."""

from __future__ import annotations

import pytest

from gaapbridge.run import Run
from tests.given.holder import closed_months, write_holder
from tests.given_lender import closed, with_adjustments, write_lender


@pytest.fixture(scope="session")
def runs(tmp_path_factory: pytest.TempPathFactory) -> list[Run]:
    plan = write_lender(tmp_path_factory.mktemp("given") / "lender")
    return closed(plan, plan.read_text(encoding="utf-8"))


@pytest.fixture(scope="session")
def adjusted(tmp_path_factory: pytest.TempPathFactory) -> list[Run]:
    plan = write_lender(tmp_path_factory.mktemp("adjusted") / "lender")
    return closed(plan, with_adjustments(plan.read_text(encoding="utf-8")))


@pytest.fixture(scope="session")
def months(tmp_path_factory: pytest.TempPathFactory) -> list[Run]:
    """A year and three months of a holder without a contract."""
    return closed_months(write_holder(tmp_path_factory.mktemp("holder") / "books"))

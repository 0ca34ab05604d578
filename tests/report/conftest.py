"""The years of a small example lender that reports are made of, and the later one as it is filed."""

from __future__ import annotations

import pytest

from gaapbridge.example.demo import Demonstration, demonstrate
from gaapbridge.period_close import close
from gaapbridge.progress import Progress
from gaapbridge.run import Run

FILED = """

[filing]
commission_file_number = "001-38752"
registrant = "EXAMPLE LENDER."
address = "1 Example Road\\nShanghai, People's Republic of China\\n"
annual_report = "20-F"
date = 2024-04-25
signatory = "Zoë\\nPerson"
title = "Chief Financial Officer"

[words.zh]
"Example Lender" = "示例贷款公司"
"""


@pytest.fixture(scope="module")
def done(tmp_path_factory: pytest.TempPathFactory) -> Demonstration:
    """Both years of a small example lender."""
    return demonstrate(tmp_path_factory.mktemp("years") / "demo", 300, Progress(show=False))


@pytest.fixture(scope="module")
def filed(done: Demonstration) -> Run:
    """Its later year again, by a plan that says what is filed, and has its name in Chinese."""
    plan = done.plan.with_name("filed.toml")
    plan.write_text(done.plan.read_text(encoding="utf-8") + FILED, encoding="utf-8")
    return close(plan)

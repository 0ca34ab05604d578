"""The reference page of `verify` is held to what the program does."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from gaapbridge.filings.flat_form import KNOWN, PATH_ROLES
from gaapbridge.statement.document import ROLES
from gaapbridge.statement.tie_out import ROLLED
from gaapbridge.verification import verify


@pytest.fixture
def page(root: Path) -> str:
    return (root / "docs/reference/verify.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("form", ["json", "csv"])
def test_its_examples_are_sound(form: str, page: str, tmp_path: Path) -> None:
    file, made = tmp_path / f"example.{form}", set[str]()
    for example in re.findall(rf"```{form}\n(.*?)```", page, flags=re.DOTALL):
        file.write_text(example, encoding="utf-8")
        outcome = verify(file, statutory_rate="0.25", tolerance=0)
        assert not outcome.findings
        made |= {check.check for check in outcome.checks}
    assert made >= {"R1", "R2", "R3", "R6", "R12"}


def test_it_names_every_rule_role_and_column(page: str) -> None:
    rules = re.findall(r"^\| (R\d+) \|", page, flags=re.MULTILINE)
    assert rules == ["R1", "R2", "R3", "R4", "R5", "R6", "R7", "R8", "R12", "R13", "R14", "R15"]
    assert set(ROLLED) <= set(rules)
    for name in (*ROLES, *PATH_ROLES, *KNOWN):
        assert f"`{name}`" in page

"""``python -m gaapbridge`` does what the script does: the same text on the same stream, and the same exit code."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.published import published

SCRIPT = [sys.executable, "-c", "from gaapbridge.__main__ import main; main()"]
"""What the script of the wheel runs."""


def said(command: list[str], folder: Path) -> tuple[int, str, str]:
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True)
    return done.returncode, done.stdout, done.stderr


@pytest.mark.campaign(but=1)
@pytest.mark.parametrize(
    ("words", "code"),
    [
        (["verify", str(published("petroteq-2019"))], 1),
        (["verify", "nothing.json"], 2),
        (["close", "no-plan.toml", "--format", "json"], 2),
    ],
)
def test_the_module_is_the_script(words: list[str], code: int, tmp_path: Path) -> None:
    module = said([sys.executable, "-m", "gaapbridge", *words], tmp_path)
    assert module == said([*SCRIPT, *words], tmp_path)
    assert module[0] == code and "".join(module[1:]).strip()


def test_the_script_of_the_wheel_is_that_function(root: Path) -> None:
    assert 'gaapbridge = "gaapbridge.__main__:main"' in (root / "pyproject.toml").read_text(encoding="utf-8")

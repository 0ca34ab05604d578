"""The README shows what the demonstration really prints."""

from __future__ import annotations

import io
from pathlib import Path

from gaapbridge.example.demo import run_demo
from gaapbridge.progress import Progress


def test_the_statement_in_the_readme_is_the_demonstrations(root: Path, tmp_path: Path) -> None:
    out = io.StringIO()
    assert run_demo(tmp_path / "demo", 20_000, Progress(show=False), out) == 0
    printed = out.getvalue()
    shown = (root / "README.md").read_text(encoding="utf-8").split("```")[3].strip("\n")
    statement, _, checks = shown.partition("\nChecks:")
    for block in statement.split("\n\n"):
        assert block.rstrip() in printed
    assert "Checks:" + checks.splitlines()[0] in printed
    for command in ("gaapbridge explain", "gaapbridge reperform", "gaapbridge verify"):
        assert command in printed

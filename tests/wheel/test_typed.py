"""What a type checker says of a user's own lines, against the wheel as it is installed: verbs and parts of a run are typed."""

from __future__ import annotations

import re
import subprocess
import sys
import venv
from pathlib import Path

import pytest

from tests.wheel.build import LIBRARIES

LINES = """
import gaapbridge
from gaapbridge import Run, explain

reveal_type(gaapbridge.check)
reveal_type(gaapbridge.close)
reveal_type(gaapbridge.compare)
reveal_type(gaapbridge.explain)
reveal_type(gaapbridge.export)
reveal_type(gaapbridge.verify)
reveal_type(gaapbridge.Run)
run = Run("runs/example-lender/2023-01-01_2023-12-31/v1")
reveal_type(run.statement)
reveal_type(run.journals)
reveal_type(run.checks)
reveal_type(run.findings)
reveal_type(run.not_checked)
reveal_type(run.measurements("loans"))
reveal_type(run.listed.checks)
reveal_type(explain(run, "loan/L1").as_text())
reveal_type(gaapbridge.__version__)
gaapbridge.clsoe
run.statemnt
"""

REVEALED = """
-> gaapbridge.checking.PlanCheck
-> gaapbridge.run.reader.Run
-> gaapbridge.comparison.outcome.Comparison
-> gaapbridge.explanation.form.Explanation
-> gaapbridge.vouchers.outcome.Export
-> gaapbridge.verification.Verification
-> gaapbridge.run.reader.Run
polars.dataframe.frame.DataFrame
polars.dataframe.frame.DataFrame
polars.dataframe.frame.DataFrame
polars.dataframe.frame.DataFrame
polars.dataframe.frame.DataFrame
polars.lazyframe.frame.LazyFrame
tuple[gaapbridge.statement.checks.Check, ...]
str
str
""".strip().split("\n")
"""The end of what is revealed of each, in order."""

NOT_READ = [
    "numpy",
    "pyarrow",
    "numba",
    "llvmlite",
    "pydantic",
    "pydantic_core",
    "typer",
    "click",
    "rich",
    "openpyxl",
    "pandas",
    "duckdb",
    "psycopg",
]
"""Libraries of which no type is revealed: they would be checked from their sources, which takes most of the time."""


@pytest.mark.campaign
def test_a_users_lines_are_typed_and_a_slip_is_seen(wheel: Path, tmp_path: Path) -> None:
    venv.create(tmp_path / "installed", with_pip=False)
    python = tmp_path / "installed/bin/python"
    install = ["pip", "--quiet", "--python", str(python), "install", "--no-deps", "--no-index", str(wheel)]
    subprocess.run([sys.executable, "-m", *install], check=True, capture_output=True)
    (folder,) = tmp_path.glob("installed/lib/python3.*/site-packages")
    (folder / "libraries.pth").write_text(f"{LIBRARIES}\n", encoding="utf-8")
    (tmp_path / "lines.py").write_text(LINES, encoding="utf-8")
    names = ",".join(f"{name}.*" for name in NOT_READ)
    (tmp_path / "mypy.ini").write_text(f"[mypy]\n[mypy-{names}]\nfollow_imports = skip\nfollow_imports_for_stubs = true\n")
    strict = ["-m", "mypy", "--strict", "--python-executable", str(python), "--cache-dir", str(tmp_path / "cache")]
    done = subprocess.run([sys.executable, *strict, "lines.py"], cwd=tmp_path, env={"PATH": ""}, capture_output=True, text=True)
    revealed = re.findall(r'note: Revealed type is "(.*)"', done.stdout)
    assert len(revealed) == len(REVEALED), done.stdout
    assert [one for one, end in zip(revealed, REVEALED, strict=True) if not one.endswith(end)] == []
    slips = re.findall(r"error: (.*?) +\[attr-defined\]", done.stdout)
    assert ['"clsoe"' in slips[0], '"statemnt"' in slips[1], done.stdout.count(" error: ")] == [True, True, 2], done.stdout

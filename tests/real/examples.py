"""What the tests of the examples share: an example's modules, and the close that must hold."""

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import polars as pl

from gaapbridge.period_close import close
from gaapbridge.reperform.run import reperform

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"


def module_of(example: str, name: str) -> ModuleType:
    """A module of an example's folder, imported as its own command line would import it."""
    folder = EXAMPLES / example
    if str(folder) not in sys.path:
        sys.path.insert(0, str(folder))
    # Both folders have a `prepare`; their other modules have names of their own.
    unique = f"{example}_{name}" if name == "prepare" else name
    if unique in sys.modules:
        return sys.modules[unique]
    specification = importlib.util.spec_from_file_location(unique, folder / f"{name}.py")
    assert specification is not None and specification.loader is not None
    module = importlib.util.module_from_spec(specification)
    sys.modules[unique] = module
    specification.loader.exec_module(module)
    return module


def closed_contracts(plan: Path, found: tuple[str, ...] = (), missed: tuple[str, ...] = ()) -> list[str]:
    """Close a plan: nothing is rejected or found, and no check fails, but what is named; the independent calculator agrees.

    The ids measured.
    """
    run = close(plan)
    assert tuple(check.id for check in run.listed.checks if not check.holds) == missed
    assert tuple(finding.name for finding in run.listed.findings) == found
    assert run.exit_code == (1 if found or missed else 0)
    assert {check.check for check in run.listed.checks} >= {"R1", "R2", "R3", "R10", "R12"}
    again = reperform(run.folder, sample=120)
    assert again.figures_compared > 5000 and again.disagreements == ()
    (folder,) = {path.parent for path in (plan.parent / "runs").rglob("manifest.json")}
    assert pl.read_csv(folder / "rejects.csv").is_empty()
    return sorted(pl.read_parquet(folder / "measurements" / "loans" / "*.parquet")["contract_id"])

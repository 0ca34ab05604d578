"""What the tests of the examples share: an example's modules, and the close where there is one."""

import importlib
import importlib.util
import sys
from pathlib import Path
from types import ModuleType

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

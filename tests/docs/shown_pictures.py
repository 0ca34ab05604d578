"""The pictures that README and docs show, and the script that makes them."""

from __future__ import annotations

import importlib.util
import re
import sys
from types import ModuleType

from tests.docs.pages import DOCS, ROOT, Page, pages

IMAGE = re.compile(r"!\[([^\]]*)\]\(([^)\s]+)\)")


def drawing(name: str, *folders: str) -> ModuleType:
    """A script of docs, which is no package, as a module."""
    found = importlib.util.spec_from_file_location(f"docs_{name}", DOCS.joinpath(*folders, f"{name}.py"))
    assert found is not None and found.loader is not None
    script = sys.modules[found.name] = importlib.util.module_from_spec(found)
    found.loader.exec_module(script)
    return script


PICTURES = drawing("pictures")
"""The script that makes the pictures."""


def shown() -> list[tuple[str, str, str]]:
    """Page, text and file of every picture that a page shows."""
    return [
        (page.path.name, text, (page.path.parent / file).resolve().name)
        for page in (Page(ROOT / "README.md"), *pages())
        for text, file in IMAGE.findall(page.text)
        if "pictures/" in file
    ]

"""The published reconciliations that lie in the package, by name: the golden files of the tests."""

from pathlib import Path

import gaapbridge

PUBLISHED = sorted(path.stem for path in (Path(gaapbridge.__file__).parent / "filings" / "published").glob("*.json"))
"""The names of all of them."""


def published(name: str) -> Path:
    """The file of one of them."""
    return Path(gaapbridge.__file__).parent / "filings" / "published" / f"{name}.json"

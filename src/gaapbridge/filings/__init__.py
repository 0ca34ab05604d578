"""Published statements as facts, and the layouts of our own statements.

`published/` holds reconciliations that issuers have filed, transcribed; they are the golden files of
the tests and can be verified like any other file. `layouts/` holds the rows of the statements that
the product prints.
"""

from __future__ import annotations

from pathlib import Path

from gaapbridge.filings.json_form import read_json, read_text
from gaapbridge.terms.errors import UnusableInput, nearest

__all__ = ["layout_file", "published", "read_json", "read_text"]

_HERE = Path(__file__).parent


def published(name: str) -> Path:
    """The file of a packaged published reconciliation.

    >>> published("qifu-2023").name
    'qifu-2023.json'
    """
    return _packaged("published", name)


def layout_file(name_or_path: str | Path) -> Path:
    """The file of a packaged layout (`qifu`, `lender`), or a path to a layout of the user's own.

    >>> layout_file("lender").name
    'lender.json'

    Read it by `read_json`, and make a `Layout` of it by `statement.layout.layout_of`. A name that is
    not packaged raises `UnusableInput`.
    """
    path = Path(name_or_path)
    return path if path.suffix == ".json" else _packaged("layouts", str(name_or_path))


def _packaged(folder: str, name: str) -> Path:
    known = sorted(path.stem for path in (_HERE / folder).glob("*.json"))
    if name not in known:
        like = nearest(name, known)
        raise UnusableInput(
            value=name,
            rule=f"it is one of the packaged {folder}: {', '.join(known)}",
            remedy=f"did you mean {like[0]}" if like else "name one of them, or the path of a .json file",
        )
    return _HERE / folder / f"{name}.json"

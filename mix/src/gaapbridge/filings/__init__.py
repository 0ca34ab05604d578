"""Published statements as facts, and the layouts of our own statements.

`published/` holds reconciliations that issuers have filed, transcribed; they are the golden files of
the tests and can be verified like any other file. `layouts/` holds the rows of the statements that
the product prints.
"""

from __future__ import annotations

from pathlib import Path

from gaapbridge.filings.json_form import read_json, read_text
from gaapbridge.terms.errors import UnusableInput, nearest

__all__ = ["layout_file", "read_json", "read_text"]

_LAYOUTS = Path(__file__).parent / "layouts"


def layout_file(name_or_path: str | Path) -> Path:
    """The file of a packaged layout (`qifu`, `lender`), or a path to a layout of the user's own.

    >>> layout_file("lender").name
    'lender.json'

    Read it by `read_json`, and make a `Layout` of it by `statement.layout.layout_of`. A name that is
    not packaged raises `UnusableInput`.
    """
    path = Path(name_or_path)
    if path.suffix == ".json":
        return path
    known = sorted(packaged.stem for packaged in _LAYOUTS.glob("*.json"))
    if str(name_or_path) not in known:
        like = nearest(str(name_or_path), known)
        raise UnusableInput(
            value=str(name_or_path),
            rule=f"it is one of the packaged layouts: {', '.join(known)}",
            remedy=f"did you mean {like[0]}" if like else "name one of them, or the path of a .json file",
        )
    return _LAYOUTS / f"{name_or_path}.json"

"""Opening the files of a tape: each in its format, several as one."""

from __future__ import annotations

from dataclasses import fields, replace
from pathlib import Path

from gaapbridge.tapes.from_csv import read_csv
from gaapbridge.tapes.from_parquet import read_parquet
from gaapbridge.tapes.from_xlsx import read_xlsx
from gaapbridge.tapes.layout import PLAIN, Layout
from gaapbridge.tapes.raw import Raw
from gaapbridge.tapes.schema import Schema
from gaapbridge.terms import UnusableInput, nearest

ENDINGS = (".parquet", ".csv", ".xlsx")


def opened(path: Path, file: str, schema: Schema, layout: Layout = PLAIN) -> Raw:
    """The content of the file at the path in a layout. Raises ``UnusableInput`` where it cannot be read as a table."""
    if path.is_dir():
        raise UnusableInput(file=file, rule="a tape is a file, not a folder", remedy="name the file in the folder")
    if not path.is_file():
        beside = [entry.name for entry in path.parent.iterdir()] if path.parent.is_dir() else []
        close = nearest(path.name, beside)
        remedy = f"did you mean {' or '.join(close)}?" if close else "correct the path in the plan"
        raise UnusableInput(file=file, rule="the file exists", remedy=remedy)
    kind = path.suffix.lower()
    if kind not in ENDINGS:
        raise UnusableInput(
            file=file,
            value=path.suffix or "no ending",
            rule=f"the file name ends in {', '.join(ENDINGS)}",
            remedy="save the tape as one of them, under that ending",
        )
    _refuse_layout(kind, file, layout)
    if path.stat().st_size == 0:
        raise UnusableInput(file=file, rule="the file is not empty", remedy="export the file again")
    try:
        match kind:
            case ".parquet":
                return read_parquet(path, file)
            case ".csv":
                raw = read_csv(path, file, layout)
            case _:
                raw = read_xlsx(path, file, schema.name, layout)
        return replace(raw, left_out=layout.total_rows)
    except PermissionError as error:
        raise UnusableInput(file=file, rule="the file may be read", remedy="give read permission") from error


def _refuse_layout(kind: str, file: str, layout: Layout) -> None:
    """Raise where a layout states what a file of that ending does not have."""
    for key in _ALIEN[kind]:
        if getattr(layout, key) != getattr(PLAIN, key):
            raise UnusableInput(
                file=file,
                value=f"read.{key} = {getattr(layout, key)!r}",
                rule=f"a {kind} file has a layout of {', '.join(_OWN[kind]) or 'its own'}",
                remedy=f"leave out read.{key}",
            )


_OWN = {
    ".csv": ("skip_rows", "header_rows", "total_rows", "delimiter", "encoding"),
    ".xlsx": ("skip_rows", "header_rows", "total_rows", "sheet"),
    ".parquet": (),
}
_ALIEN = {kind: tuple(one.name for one in fields(Layout) if one.name not in own) for kind, own in _OWN.items()}
"""What is stated of the layout of a file by its ending, and what is not."""

"""Tables as people paste them, as lines of cells, written into every form that a table comes in."""

from __future__ import annotations

import csv
import html
import io
from collections.abc import Sequence
from pathlib import Path

import openpyxl

Cells = Sequence[Sequence[str]]
FORMS = ("csv", "semicolons.csv", "tsv", "txt", "xlsx", "html", "utf-16.csv")


def lines_of(text: str) -> Cells:
    """Cells separated by `|`, a line each."""
    return [[cell.strip() for cell in line.split("|")] for line in text.strip().splitlines()]


def written(folder: Path, form: str, table: Cells) -> Path:
    """The table in a file of a form."""
    path = folder / f"pasted.{form}"
    if form == "xlsx":
        book = openpyxl.Workbook()
        for row in table:
            book.active.append([cell or None for cell in row])
        book.save(path)
    elif form == "html":
        rows = "".join("<tr>" + "".join(f"<td>{html.escape(cell)}</td>" for cell in row) + "</tr>" for row in table)
        path.write_text(f"<html><body><table>{rows}</table></body></html>", encoding="utf-8")
    else:
        separator = {"csv": ",", "semicolons.csv": ";", "utf-16.csv": ","}.get(form, "\t")
        stream = io.StringIO()
        csv.writer(stream, delimiter=separator, lineterminator="\n").writerows(table)
        path.write_text(stream.getvalue(), encoding="utf-16" if form == "utf-16.csv" else "utf-8")
    return path

"""Tables in text files: CSV with any separator, tabs as pages are pasted with, columns of spaces; encodings of the trade."""

from __future__ import annotations

import csv
import io
import re
from pathlib import Path

from gaapbridge.filings.aligned import aligned_grids
from gaapbridge.filings.aligned_lines import is_aligned
from gaapbridge.filings.barred import BAR, with_amounts_in_order
from gaapbridge.filings.grid import Grid, line_of
from gaapbridge.filings.json_form import read_bytes, text_in_utf_8, utf_16_of
from gaapbridge.filings.table_read import Raw
from gaapbridge.terms.errors import UnusableInput

SEPARATORS = ("\t", ";", BAR)
"""Those that no amount holds; the comma is taken where none of them stands in half of the lines."""

_CHINESE = re.compile("资产|负债|权益|合计|准则|利润|收入|人民币|调整|项目|报表|附注|贷款|年度")
_FLAT = re.compile(r"^\W*statement\b.*\bid\b", re.IGNORECASE)


def read_text_tables(path: Path) -> tuple[list[Grid], list[Raw]]:
    """The table in a text file, or all that a filing of text marks, and what there is to say of its encoding.

    Raises `UnusableInput`.
    """
    text, said = _decoded(read_bytes(path), path.name)
    separator = _separator(text)
    if separator == "," and not _FLAT.search(text) and is_aligned(text):
        return aligned_grids(text), said
    try:
        lines = _cut(text, separator, quoted=True)
    except csv.Error as error:
        if separator == ",":
            raise UnusableInput(
                file=path.name,
                rule=f"the file is CSV ({error})",
                remedy="the file may be cut off or hold an open quote; export it again",
            ) from None
        lines = _cut(text, separator, quoted=False)
    grid = Grid("", tuple(line_of(number, cells) for number, cells in lines if any(map(str.strip, cells))), (), separator)
    if separator == BAR and not _FLAT.search(text):
        grid, unplaced = with_amounts_in_order(grid)
        said += unplaced
    return [grid], said


def _cut(text: str, separator: str, *, quoted: bool) -> list[tuple[int, list[str]]]:
    """The lines by number; pasted text is not always quoted as a program would, `"RMB" thousand`."""
    stream = io.StringIO(text, newline="")
    if quoted:
        reader = csv.reader(stream, delimiter=separator, strict=True)
    else:
        reader = csv.reader(stream, delimiter=separator, quoting=csv.QUOTE_NONE)
    return [(reader.line_num, cells) for cells in reader]


def _separator(text: str) -> str:
    """Of a header of ours, the one it has most of; else the one that stands in half of the lines."""
    lines = [line for line in text.splitlines() if line.strip()]
    if _FLAT.search(lines[0]):
        return max((",", ";", "\t"), key=lines[0].count)
    return next((one for one in SEPARATORS if 2 * sum(one in line for line in lines) >= len(lines)), ",")


def _decoded(content: bytes, file: str) -> tuple[str, list[Raw]]:
    """The text, and a word about an encoding that the file does not declare.

    Bytes do not tell one encoding from another, so that GB18030 is taken only where it makes words of Chinese statements.
    """
    encoding = utf_16_of(content) or "utf-8"
    try:
        if encoding == "utf-8":
            return text_in_utf_8(content, file), []
        text = content.decode(encoding).removeprefix("\ufeff")
    except UnicodeDecodeError:
        raise UnusableInput(file=file, rule="the file is whole text in UTF-16", remedy="save it again as UTF-8") from None
    except UnusableInput:
        text = _as_chinese(content)
        if not text:
            raise
        encoding = "GB18030"
    if not text.strip():
        raise UnusableInput(file=file, rule="the file is not empty", remedy="export it again")
    if encoding == "utf-16":
        return text, []
    why = f"it is not in UTF-8; it was read as {encoding.upper()}, in which it makes sense"
    return text, [{"where": "encoding", "why": why, "remedy": "save it as UTF-8 where a name looks wrong"}]


def _as_chinese(content: bytes) -> str:
    """The text in GB18030, if words of statements come of it; else nothing."""
    try:
        text = content.decode("gb18030")
    except UnicodeDecodeError:
        return ""
    return text if _CHINESE.search(text) else ""

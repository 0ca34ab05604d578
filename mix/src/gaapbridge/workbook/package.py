"""The parts of an Excel workbook: a ZIP archive of XML, read within bounds before anything else reads it.

What a workbook says of itself stands here: its sheets and which of them are hidden, the epoch of its dates, whether its
formulas were ever calculated, and the cell styles that are dates of East Asian Excel.
"""

from __future__ import annotations

import posixpath
import re
import zipfile
import zlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from xml.parsers import expat

from gaapbridge.terms import UnusableInput, nearest

MAIN = ("http://schemas.openxmlformats.org/spreadsheetml/2006/main", "http://purl.oclc.org/ooxml/spreadsheetml/main")
"""The namespaces of a workbook's own elements, as Excel writes them and as the strict form does."""

SHEET_BYTES, STRINGS_BYTES, OTHER_BYTES = 512 << 20, 256 << 20, 64 << 20
"""The most that a part may hold once it is unpacked: two million cells need less."""

_READ = 1 << 20
_EASTERN_DATES = frozenset({*range(27, 32), 36, *range(50, 55), 57, 58})
"""Built-in formats of Chinese, Japanese and Korean Excel that show a date; no format code of theirs stands in the file."""

_Start = Callable[[str, dict[str, str]], None]
_Text = Callable[[str], None]


@dataclass(frozen=True)
class Sheet:
    """A sheet of cells: its name, the part of the archive that holds it, and whether it is hidden."""

    name: str
    part: str
    hidden: bool


@dataclass(frozen=True)
class Workbook:
    """A workbook's sheets in order, and how its cells are to be understood.

    `from_1904`: dates are counted from 1904-01-01. `uncalculated`: whatever wrote the workbook asks Excel to calculate
    it when it is opened, so that a formula's stored value may be none. `eastern_dates`: the cell styles of those formats.
    """

    archive: zipfile.ZipFile
    sheets: tuple[Sheet, ...]
    from_1904: bool
    uncalculated: bool
    eastern_dates: frozenset[str]
    without_cells: tuple[str, ...] = ()
    """The names of its sheets that hold a chart, a dialog or a macro in the place of cells."""

    def sheet(self, tape: str, named: str | None, file: str) -> Sheet:
        """The sheet that the plan names; else the visible one called like the tape; else the only visible one."""
        by_name = {sheet.name: sheet for sheet in self.sheets}
        if named is not None:
            if named not in by_name:
                close = nearest(named, by_name, n=1)
                remedy = f"did you mean {close[0]}?" if close else f"the sheets are {', '.join(by_name)}"
                raise UnusableInput(
                    file=file, value=named, rule="the workbook has the sheet that the plan names", remedy=remedy
                )
            return by_name[named]
        visible = [sheet for sheet in self.sheets if not sheet.hidden]
        chosen = by_name.get(tape) or (visible[0] if len(visible) == 1 else None)
        if chosen is None:
            raise UnusableInput(
                file=file,
                value=", ".join(by_name),
                rule=f"a workbook has one sheet, or one named {tape}",
                remedy=f"name the sheet {tape}",
            )
        if chosen.hidden:
            raise UnusableInput(
                file=file,
                value=chosen.name,
                rule="a sheet that is read without being named in the plan is visible",
                remedy="show the sheet in the workbook, or name it in the plan",
            )
        return chosen


@contextmanager
def opened(path: Path, file: str, *, wholly: bool = False) -> Iterator[Workbook]:
    """The workbook at the path while it is read; what is damaged, or no workbook, is `UnusableInput` whenever it shows.

    ``wholly``: a library will read all of it, so all of its XML together is bounded, wherever it is.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            _refuse_size(archive, "xl/sharedStrings.xml", STRINGS_BYTES, file)
            if wholly:
                _refuse_bulk(archive, file)
            yield _workbook(archive, file)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, KeyError, ValueError) as error:
        raise not_whole(file, str(error)) from error
    except expat.ExpatError as error:
        raise not_whole(file, f"XML: {error}") from error


def not_whole(file: str, detail: str) -> UnusableInput:
    """The refusal of a file that is no workbook, or not all of one."""
    return UnusableInput(
        file=file,
        value=detail.strip().split("\n")[0],
        rule="the file is a whole Excel workbook (.xlsx) without a password",
        remedy="save the workbook again",
    )


def walk(
    archive: zipfile.ZipFile,
    part: str,
    start: _Start,
    file: str,
    *,
    text: _Text | None = None,
    passed_over: re.Pattern[bytes] | None = None,
    most: int = OTHER_BYTES,
) -> None:
    """Calls `start` with the name and attributes of each element of a part as it is read, `text` with what stands between.

    Names are `namespace name`; what matches `passed_over` may be left out, so that must be whole elements. A part larger
    than `most`, or with a document type, which could expand without bound, is refused.
    """
    _refuse_size(archive, part, most, file)

    def doctype(*_: object) -> None:
        raise not_whole(file, f"{part} declares a document type")

    parser = expat.ParserCreate(namespace_separator=" ")
    parser.buffer_text = True
    parser.StartDoctypeDeclHandler = doctype
    parser.StartElementHandler = start
    parser.CharacterDataHandler = text
    with archive.open(_member(archive, part)) as stream:
        while read := stream.read(_READ):
            parser.Parse(passed_over.sub(b"", read) if passed_over else read, False)
    parser.Parse(b"", True)


def main_names(*names: str) -> Mapping[str, str]:
    """The names of elements of a workbook by how `walk` gives them."""
    return {f"{space} {name}": name for space in MAIN for name in names}


def _workbook(archive: zipfile.ZipFile, file: str) -> Workbook:
    parts: dict[str, str] = {}
    stated: list[tuple[str, str, bool]] = []
    facts: dict[str, bool] = {}
    known = main_names("workbookPr", "sheet", "calcPr")

    def relation(_: str, given: dict[str, str]) -> None:
        if given.get("Type", "").endswith("/worksheet"):
            parts[given["Id"]] = posixpath.normpath(posixpath.join("/xl", given["Target"]))[1:]

    def element(name: str, given: dict[str, str]) -> None:
        match known.get(name):
            case "workbookPr":
                facts["from_1904"] = _true(given.get("date1904"))
            case "calcPr":
                facts["uncalculated"] = _true(given.get("fullCalcOnLoad"))
            case "sheet":
                link = next((value for key, value in given.items() if key.endswith(" id")), "")
                stated.append((given["name"], link, given.get("state", "visible") != "visible"))

    walk(archive, "xl/_rels/workbook.xml.rels", relation, file)
    walk(archive, "xl/workbook.xml", element, file)
    return Workbook(
        archive,
        tuple(Sheet(name, parts[link], hidden) for name, link, hidden in stated if link in parts),
        facts.get("from_1904", False),
        facts.get("uncalculated", False),
        _eastern_dates(archive, file),
        tuple(name for name, link, _ in stated if link not in parts),
    )


def _eastern_dates(archive: zipfile.ZipFile, file: str) -> frozenset[str]:
    """The styles of cells, by their number in the file, that show a date by a built-in format without a code of its own."""
    if "xl/styles.xml" not in archive.namelist():
        return frozenset()
    coded: set[int] = set()
    formats: list[int] = []
    inside = [""]
    known = main_names("numFmt", "cellXfs", "cellStyleXfs", "cellStyles", "xf")

    def element(name: str, given: dict[str, str]) -> None:
        match known.get(name):
            case "numFmt":
                coded.add(int(given["numFmtId"]))
            case "xf":
                if inside[0] == "cellXfs":
                    formats.append(int(given.get("numFmtId", "0")))
            case str() as group:
                inside[0] = group
            case None:
                pass

    walk(archive, "xl/styles.xml", element, file)
    return frozenset(str(style) for style, shown in enumerate(formats) if shown in _EASTERN_DATES - coded)


def _true(given: str | None) -> bool:
    return given in ("1", "true")


def _member(archive: zipfile.ZipFile, part: str) -> zipfile.ZipInfo:
    """The part in the archive; names of parts are equal whatever their case."""
    for member in archive.infolist():
        if member.filename.lower() == part.lower():
            return member
    raise zipfile.BadZipFile(f"there is no {part}")


def _refuse_bulk(archive: zipfile.ZipFile, file: str) -> None:
    """Refuses a workbook whose XML unpacks to more than that of any statement."""
    size = sum(member.file_size for member in archive.infolist() if member.filename.lower().endswith((".xml", ".rels")))
    if size > OTHER_BYTES:
        raise UnusableInput(
            file=file,
            value=f"{size >> 20:,} MB",
            rule=f"the sheets and texts of a workbook unpack to at most {OTHER_BYTES >> 20} MB",
            remedy="save the sheet of the statement as a workbook of its own, or as CSV",
        )


def _refuse_size(archive: zipfile.ZipFile, part: str, most: int, file: str) -> None:
    """Refuses a part that the archive's directory says is larger than any table that is read from a workbook."""
    size = max((member.file_size for member in archive.infolist() if member.filename.lower() == part.lower()), default=0)
    if size > most:
        raise UnusableInput(
            file=file,
            value=f"{part} of {size >> 20:,} MB",
            rule=f"this part of a workbook has at most {most >> 20} MB",
            remedy="save the sheet as CSV or Parquet",
        )

"""Workbooks written as XML in a test, where a library for workbooks would write something else."""

from __future__ import annotations

import struct
import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path

_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_MAIN = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'

_FIRST = "<fonts><font/></fonts><fills><fill><patternFill/></fill></fills><borders><border/></borders>"
_LAST = '<cellStyles><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles>'

STYLES = (
    f'{_FIRST}<cellStyleXfs><xf numFmtId="0"/></cellStyleXfs><cellXfs><xf numFmtId="0"/><xf numFmtId="14"/></cellXfs>{_LAST}'
)
"""Cell style 0 is general, 1 a date."""

EASTERN = (
    f'{_FIRST}<cellStyleXfs><xf numFmtId="31"/></cellStyleXfs>'
    f'<cellXfs><xf numFmtId="0"/><xf numFmtId="14"/><xf numFmtId="31"/></cellXfs>{_LAST}'
)
"""Cell style 2 is a date of East Asian Excel by its built-in format."""

EXCEL_2013 = (
    '<extLst><ext uri="{140A7094-0E35-4892-8432-C4D2E57EDEB5}" '
    'xmlns:x15="http://schemas.microsoft.com/office/spreadsheetml/2010/11/main">'
    '<x15:workbookPr chartTrackingRefBase="1"/></ext></extLst>'
)
"""What Excel 2013 and later add at the end of every workbook."""


def workbook(
    path: Path,
    *sheets: str,
    names: Sequence[str] = ("loans",),
    states: Sequence[str] = (),
    before: str = "",
    after: str = "",
    strings: Sequence[str] = (),
    styles: str = STYLES,
) -> Path:
    """A workbook of sheets given as XML (`<sheetData>` and what is beside it); `before` and `after` stand about their list."""
    listed, related = "", ""
    for number, name in enumerate(names, start=1):
        state = f' state="{states[number - 1]}"' if states else ""
        listed += f'<sheet name="{name}" sheetId="{number}"{state} r:id="rId{number}"/>'
        related += _relation(f"rId{number}", "worksheet", f"worksheets/sheet{number}.xml")
    related += _relation("rId98", "styles", "styles.xml") + _relation("rId99", "sharedStrings", "sharedStrings.xml")
    shared = "".join(f"<si><t>{text}</t></si>" for text in strings)
    parts = {
        "[Content_Types].xml": f'<Types xmlns="{_PACKAGE}/content-types">'
        '<Default Extension="xml" ContentType="application/xml"/>'
        '<Override PartName="/xl/workbook.xml" '
        'ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/>'
        + "".join(
            f'<Override PartName="/xl/worksheets/sheet{number}.xml" '
            'ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/>'
            for number in range(1, len(names) + 1)
        )
        + "</Types>",
        "_rels/.rels": _relations(_relation("rId1", "officeDocument", "xl/workbook.xml")),
        "xl/workbook.xml": f'<workbook {_MAIN} xmlns:r="{_OFFICE}">{before}<sheets>{listed}</sheets>{after}</workbook>',
        "xl/_rels/workbook.xml.rels": _relations(related),
        "xl/styles.xml": f"<styleSheet {_MAIN}>{styles}</styleSheet>",
        "xl/sharedStrings.xml": f"<sst {_MAIN}>{shared}</sst>",
        **{f"xl/worksheets/sheet{n}.xml": f"<worksheet {_MAIN}>{text}</worksheet>" for n, text in enumerate(sheets, start=1)},
    }
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for part, text in parts.items():
            archive.writestr(part, text)
    return path


def rows(*given: Mapping[str, str] | Sequence[str], first: int = 1) -> str:
    """`<sheetData>`: each row a list of cells from column A, or cells by column letter, each by `cell`, `text` or blank."""
    written = ""
    for number, row in enumerate(given, start=first):
        by_column = row if isinstance(row, Mapping) else {chr(ord("A") + index): one for index, one in enumerate(row)}
        cells = "".join(one.replace("<c", f'<c r="{column}{number}"', 1) for column, one in by_column.items() if one)
        written += f'<row r="{number}">{cells}</row>'
    return f"<sheetData>{written}</sheetData>"


def number(stored: object, style: int = 0) -> str:
    """A cell with a number."""
    return f'<c s="{style}"><v>{stored}</v></c>'


def text(stored: str) -> str:
    """A cell with a text of its own."""
    return f'<c t="inlineStr"><is><t>{stored}</t></is></c>'


def texts(*stored: str) -> list[str]:
    """Cells with texts."""
    return [text(one) for one in stored]


def claims(path: Path, part: str, size: int) -> Path:
    """The workbook, its directory claiming that a part unpacks to so many bytes."""
    content = bytearray(path.read_bytes())
    name = part.encode()
    at = content.index(b"PK\x01\x02")
    while content[at + 46 : at + 46 + len(name)] != name:
        at = content.index(b"PK\x01\x02", at + 1)
    content[at + 24 : at + 28] = struct.pack("<I", size)
    path.write_bytes(bytes(content))
    return path


def _relation(key: str, kind: str, target: str) -> str:
    return f'<Relationship Id="{key}" Type="{_OFFICE}/{kind}" Target="{target}"/>'


def _relations(listed: str) -> str:
    return f'<Relationships xmlns="{_PACKAGE}/relationships">{listed}</Relationships>'

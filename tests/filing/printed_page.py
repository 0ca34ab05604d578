"""A reconciliation of the JSON shape printed as issuers file it: a page of HTML, or the lines of it as they are pasted."""

from __future__ import annotations

import calendar
import html
from datetime import date
from typing import Any

Raw = dict[str, Any]
NAMES = {"us_gaap": "US GAAP", "ifrs": "IFRS"}


def day_in_words(text: str) -> str:
    day = date.fromisoformat(text)
    return f"{calendar.month_name[day.month]} {day.day}, {day.year}"


def title(statement: Raw) -> str:
    if statement.get("as_of"):
        return f"As of {day_in_words(statement['as_of'])}"
    return f"For the year ended {day_in_words(statement['period'].partition('/')[2])}"


def printed(amount: int) -> str:
    return "—" if amount == 0 else f"({-amount:,})" if amount < 0 else f"{amount:,}"


def amounts(row: Raw, columns: list[str]) -> list[int]:
    return [row["us_gaap"], *(row["adj"].get(column, 0) for column in columns), row["ifrs"]]


def headings(document: Raw) -> list[str]:
    captions = [f"({one['note']}) {one['label']}" if one.get("note") else one["label"] for one in document["columns"]]
    return [document.get("from_gaap", "US GAAP"), *captions, document.get("to_gaap", "IFRS")]


def sections(statement: Raw) -> list[tuple[str, Raw]]:
    """Each row with the section heading printed above it, blank where it goes on."""
    found, before = [], ""
    for row in statement["rows"]:
        section = row.get("section", "") if row.get("role", "line") == "line" else before
        found.append(((section.capitalize() + ":") if section != before else "", row))
        before = section
    return found


def as_pasted(document: Raw) -> str:
    """The lines as a spreadsheet gives them to the clipboard."""
    columns = [one["id"] for one in document["columns"]]
    lines = [f"Reconciliation between U.S. GAAP and IFRS, {document['issuer']}", f"({document['currency']} in thousands)"]
    for statement in document["statements"]:
        lines += ["", title(statement), "\t".join(["", *headings(document)])]
        for section, row in sections(statement):
            lines += [section] if section else []
            lines.append("\t".join([row["label"], *map(printed, amounts(row, columns))]))
    return "\n".join(lines) + "\n"


def as_page(document: Raw, *, break_after: int = 12) -> str:
    """The page: a layout table around, three cells to a figure, a page break in every statement that repeats its headings."""
    columns = [one["id"] for one in document["columns"]]
    parts = ["<html><head><title>Exhibit 99.1</title><style>p {display: none}</style></head><body>"]
    parts.append(
        f"<p>Reconciliation between U.S. GAAP and International Financial Reporting Standards</p><p>{document['issuer']}</p>"
    )
    parts.append("<table><tr><td>Number of employees</td><td>3,199</td><td>2,901</td></tr></table>")
    parts.append("<table><tr><td>")
    for statement in document["statements"]:
        parts.append(f"<p align=center><b>{title(statement)}</b></p><p>({document['currency']} in&nbsp;thousands)</p>")
        rows = sections(statement)
        parts += [_table(document, rows[:break_after], columns), "<hr><p>F-12</p>"]
        if rows[break_after:]:
            parts.append(_table(document, rows[break_after:], columns))
    parts.append("</td></tr></table></body></html>")
    return "\n".join(parts)


def _table(document: Raw, rows: list[tuple[str, Raw]], columns: list[str]) -> str:
    spacer = "<td>&#160;</td>"
    above = "".join(f'{spacer}<td colspan="2"><b>{html.escape(one)}</b></td><td></td>' for one in headings(document))
    unit = "".join(f'{spacer}<td colspan="2">{document["currency"]}</td><td></td>' for _ in headings(document))
    lines = [f"<tr><td></td>{above}</tr>", f"<tr><td></td>{unit}</tr>"]
    for section, row in rows:
        if section:
            lines.append(f'<tr><td colspan="{4 * len(headings(document))}"><i>{section}</i></td></tr>')
        cells = "".join(spacer + _figure(amount) for amount in amounts(row, columns))
        lines.append(f"<tr><td>{html.escape(row['label'])}<sup>(1)</sup></td>{cells}</tr>")
    return f"<table cellpadding=0>{''.join(lines)}</table>"


def _figure(amount: int) -> str:
    """A figure in three cells: what stands before it, itself as a tagged fact, the closing bracket."""
    shown = printed(amount)
    bare = shown.strip("()")
    tagged = f'<ix:nonFraction name="x:y" unitRef="u">{bare}</ix:nonFraction>' if amount else bare
    opening, closing = ("(", ")") if amount < 0 else ("", "&nbsp;")
    return f"<td>&nbsp;</td><td align=right>{opening}{tagged}</td><td>{closing}</td>"


def side_by_side(document: Raw, periods: list[str], group: str) -> str:
    """A page whose table has its periods side by side: a row of dates, one of names, one of the adjustments under `group`."""
    columns, spacer = document["columns"], "<td></td>"
    statements = document["statements"][: len(periods)]
    wide = 4 * (len(columns) + 2) - 1
    ends = (
        f'{spacer}<td colspan="3">Amounts as<br>reported under<br>U.S. GAAP</td>',
        f'{spacer}<td colspan="3">Amounts<br>under IFRS</td>',
    )
    over = f'{spacer}<td colspan="{4 * len(columns) - 1}">{group}</td>'
    notes = "".join(
        f'{spacer}<td colspan="3">{one["label"]}<br>(note ({"abcdef"[place]}))</td>' for place, one in enumerate(columns)
    )
    lines = [
        "".join(f'{spacer}<td colspan="{wide}">{period}</td>' for period in periods),
        (ends[0] + over + ends[1]) * len(periods),
        (f'{spacer}<td colspan="3"></td>{notes}{spacer}<td colspan="3"></td>') * len(periods),
    ]
    labels = ["", "(in US$'000)", ""]
    for row in statements[-1]["rows"]:
        beside = [next(one for one in statement["rows"] if one["id"] == row["id"]) for statement in statements]
        ids = [one["id"] for one in columns]
        lines.append("".join(spacer + _figure(amount) for one in beside for amount in amounts(one, ids)))
        labels.append(html.escape(row["label"]))
    rows = "".join(f"<tr><td>{label}</td>{line}</tr>" for label, line in zip(labels, lines, strict=True))
    return f"<html><body><p>Consolidated statements of operations</p><table>{rows}</table></body></html>"

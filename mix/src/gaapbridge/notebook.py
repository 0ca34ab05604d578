"""What a notebook shows of a result: the same parts as its text, as HTML.

Every text is escaped, so that no name in a lender's files becomes markup. No colour is stated: a table is readable where the
page is light and where it is dark.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Sequence
from decimal import Decimal
from html import escape
from typing import Any

from gaapbridge.form import Part, Table, as_printed
from gaapbridge.terms.text import readable

MOST_ROWS = 200
"""Rows of a table that are shown; the others are counted."""

NUMBER = "text-align:right;white-space:nowrap;font-variant-numeric:tabular-nums"
TEXT = "text-align:left;vertical-align:top"
LINE = "margin:0;white-space:pre-wrap"
TOTAL = "border-top:1px solid;font-weight:bold"


def result_html(sections: Iterable[Sequence[Part]]) -> str:
    """A result as HTML: of each section its heading, and below it its lines and tables.

    >>> print(result_html([["Moved <by> you", "of 2 cells 1"]]))
    <div class="gaapbridge">
    <h4>Moved &lt;by&gt; you</h4>
    <p style="margin:0;white-space:pre-wrap">of 2 cells 1</p>
    </div>
    """
    shown = []
    for first, *others in sections:
        shown += [_heading(first) if isinstance(first, str) else table_html(first)]
        shown += [_line(part) if isinstance(part, str) else table_html(part) for part in others]
    return "\n".join(['<div class="gaapbridge">', *shown, "</div>"])


def table_html(table: Table, strong: Container[int] = ()) -> str:
    """A table as HTML, its title above it: numbers to the right, negative ones in brackets; ``strong`` rows are totals.

    >>> print(table_html(Table("", ("row", "minor"), (("loans", -1200),))).partition("<tbody>")[2])
    <tr><td style="text-align:left;vertical-align:top">loans</td>\
<td style="text-align:right;white-space:nowrap;font-variant-numeric:tabular-nums">(1,200)</td></tr></tbody></table>
    """
    heads = [_cell("th", name, NUMBER if right else TEXT) for name, right in zip(table.header, table.numeric, strict=True)]
    rows = [_row(row, table.nil, TOTAL if place in strong else "") for place, row in enumerate(table.rows[:MOST_ROWS])]
    if table.adds_up:
        rows.append(_row(("Total", *[None] * (len(table.header) - 2), table.total), table.nil, TOTAL))
    left = len(table.rows) - MOST_ROWS
    more = [_line(f"and {left:,} rows more")] if left > 0 else []
    head, body = f"<thead><tr>{''.join(heads)}</tr></thead>", f"<tbody>{''.join(rows)}</tbody>"
    return "\n".join([*([_heading(table.title)] if table.title else []), f"<table>{head}{body}</table>", *more])


def _heading(text: str) -> str:
    return f"<h4>{_escaped(text)}</h4>"


def _line(text: str) -> str:
    return f'<p style="{LINE}">{_escaped(text)}</p>'


def _row(row: Sequence[Any], nil: str, style: str) -> str:
    cells = (_cell("td", as_printed(value, nil), NUMBER if _is_number(value) else TEXT) for value in row)
    start = f'<tr style="{style}">' if style else "<tr>"
    return f"{start}{''.join(cells)}</tr>"


def _cell(tag: str, text: str, style: str) -> str:
    return f'<{tag} style="{style}">{_escaped(text)}</{tag}>'


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float | Decimal) and not isinstance(value, bool)


def _escaped(text: str) -> str:
    return escape(readable(text))
